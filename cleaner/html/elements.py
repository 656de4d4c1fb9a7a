"""What each element of HTML means for a text, as tables (HTML Living Standard, section 15: rendering)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SKIPPED: Final = frozenset(
    "script style template noscript noframes noembed svg iframe object canvas video audio select datalist textarea"
    " title".split()
)
"""No text of the page: code, what stands in for what can't be shown, the states of controls."""

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
"""Elements that stand on lines of their own: line breaks between such a line and the one beside it."""

CELLS: Final = frozenset({"td", "th"})
WRAPPERS: Final = frozenset({"p", "div"})
"""In a list item they part lines, not paragraphs; the first of a table's cell doesn't end the row's line."""

LOOSE: Final = frozenset({"article", "section", "blockquote", "table", "td", "th"})
"""Within a list item, what holds paragraphs again."""

UNITS: Final = frozenset({"ul", "ol", "dl", "table", "pre"})
"""Elements that make one thing of their lines, which are `PARTS`; a table whose cells hold blocks lays out a page."""

PARTS: Final = frozenset({"li", "dt", "dd", "tr", "td", "th", "caption", "pre"})

EMPHASIS: Final = frozenset({"b", "strong", "em", "i"})

TELLING: Final = frozenset(
    "main article section nav header footer aside figure figcaption form table ul ol dl li blockquote button address"
    " details dialog menu pre fieldset label h1 h2 h3 h4 h5 h6".split()
)
"""Elements that a line may be said to stand in."""

ARIA_ROLES: Final[Mapping[str, str]] = {
    "navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside", "main": "main",
    "article": "article", "form": "form", "search": "form", "dialog": "dialog", "alertdialog": "dialog",
    "button": "button", "figure": "figure", "menu": "menu", "menubar": "menu", "toolbar": "menu",
}  # fmt: skip
"""WAI-ARIA roles, as the elements whose role they are (ARIA in HTML)."""

PHRASES: Final = frozenset({"span", "small", "em", "i", "b", "strong", "sup", "sub", "abbr"})
UNSEEN: Final = frozenset({"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"})
"""Classes of Bootstrap, HTML5 Boilerplate and WordPress for what only screen readers tell. Within a line, as
`PHRASES` are, such a piece is left out, as one is that isn't displayed: no fact of a line could tell of it."""
