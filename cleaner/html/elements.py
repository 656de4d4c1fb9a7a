"""Tables of HTML elements by their effect on text (HTML Living Standard, section 15: rendering)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SKIPPED: Final = frozenset(
    "script style template noscript noframes noembed svg iframe object canvas video audio select datalist textarea"
    " title".split()
)
"""Elements without text of the page: code, fallback content, states of controls."""

PARAGRAPH: Final = 2
LINE: Final = 1

BREAKS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        "html body address article aside blockquote center details dialog dir div dl fieldset figure footer form"
        " frameset h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul".split(),
        PARAGRAPH,
    ),
    **dict.fromkeys(
        "button caption dd dt figcaption legend li optgroup option summary tbody tfoot thead tr".split(), LINE
    ),
}
"""Block elements, with the number of line breaks before and after each."""

CELLS: Final = frozenset({"td", "th"})
WRAPPERS: Final = frozenset({"p", "div"})
"""In a list item they separate lines, not paragraphs; the first one in a table cell does not end the row's line."""

LOOSE: Final = frozenset({"article", "section", "blockquote", "table", "td", "th"})
"""Elements that separate their paragraphs even within a list item."""

UNITS: Final = frozenset({"ul", "ol", "dl", "table", "pre"})
"""Elements whose lines (`PARTS`) belong together: lists, tables, preformatted text."""

PARTS: Final = frozenset({"li", "dt", "dd", "tr", "td", "th", "caption", "pre"})

EMPHASIS: Final = frozenset({"b", "strong", "em", "i"})

CONTAINERS: Final = frozenset(
    "main article section nav header footer aside figure figcaption form table ul ol dl li blockquote button address"
    " details dialog menu pre fieldset label h1 h2 h3 h4 h5 h6".split()
)
"""Elements that `Block.inside` may name for a line."""

ARIA_ROLES: Final[Mapping[str, str]] = {
    "navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside", "main": "main",
    "article": "article", "form": "form", "search": "form", "dialog": "dialog", "alertdialog": "dialog",
    "button": "button", "figure": "figure", "menu": "menu", "menubar": "menu", "toolbar": "menu",
}  # fmt: skip
"""WAI-ARIA roles, with the elements that have them (ARIA in HTML, https://www.w3.org/TR/html-aria/)."""

PHRASES: Final = frozenset({"span", "small", "em", "i", "b", "strong", "sup", "sub", "abbr"})
SCREEN_READER_CLASSES: Final = frozenset({"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"})
"""Classes of Bootstrap, HTML5 Boilerplate and WordPress for text that only screen readers read out. In an element of
`PHRASES` this text is left out, as hidden text is: facts are kept by line, and could not mark a part of one."""
