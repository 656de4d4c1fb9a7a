"""Measures each line of an HTML page by its markup: one column of numbers for each fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cleaner.matching.page.page_lines import Measure, PageLines
from cleaner.model.document import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

TAGS = ("other", "p", "heading", "li", "cell", "figcaption", "blockquote", "div", "button", "pre", "section")
_TAG_OF: Mapping[str, int] = {
    "p": 1, **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), 2), **dict.fromkeys(("li", "dt", "dd"), 3),
    **dict.fromkeys(("td", "th", "tr", "table", "caption"), 4), "figcaption": 5, "blockquote": 6, "div": 7,
    **dict.fromkeys(("button", "label", "legend", "summary", "option"), 8), "pre": 9,
    **dict.fromkeys(("section", "article", "main", "body"), 10),
}  # fmt: skip

_INSIDE = (
    "main", "article", "nav", "header", "footer", "aside", "figure", "form", "table", "ul", "ol", "li", "blockquote",
    "button", "hidden", "aria-hidden", "dialog", "section", "details",
)  # fmt: skip
"""Elements that may contain a line; each is a fact."""

_NAMED: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "body": "body articlebody entry post story text paragraph content copy prose richtext rte wysiwyg",
        "article": "article articles news single",
        "comments": "comment comments commento disqus reply replies respond discussion forum kommentar kommentare",
        "related": "related recommend recommended recommendation recommendations similar more"
        " read also further suggested mehr",
        "teasers": "teaser teasers promo card cards grid list item items"
        " feed river stream tile latest popular trending most",
        "share": "share sharing social facebook twitter whatsapp follow sharebar addtoany addthis teilen",
        "caption": "caption captions figcaption credit credits image img photo"
        " picture media gallery slideshow video player figure",
        "byline": "byline author authors autor writer contributor bio reporter profile",
        "meta": "meta date time timestamp published updated dateline info details pubdate",
        "headline": "headline title heading hed kicker",
        "deck": "lead lede intro summary subtitle standfirst dek"
        " deck subheadline teasertext description excerpt abstract",
        "navigation": "nav navigation menu breadcrumb breadcrumbs pagination pager"
        " skip toolbar topbar navbar dropdown submenu",
        "frame": "header footer masthead colophon bottom top sidebar rail aside secondary widget widgets column",
        "newsletter": "newsletter subscribe subscription signup email register registration"
        " piano paywall premium offer abo",
        "ads": "ad ads advert advertisement advertising sponsored sponsor"
        " dfp outbrain taboola anzeige werbung promoted",
        "legal": "cookie cookies consent gdpr privacy legal copyright disclaimer cmp banner notice",
        "tags": "tag tags topic topics category categories keyword keywords section channel",
        "quote": "quote pullquote blockquote embed tweet instagram",
        "box": "box infobox fact facts sidebar inline callout",
    }.items()
}
"""Conventional words of `class`, `id`, …, by fact. Its value: how near above the line the first such word occurs."""

_LEVELS = (1, 2, 3, 4, 6)


def _inside(name: str) -> Measure:
    return lambda page: page.column(name in block.inside for block in page.blocks)


def _nearness(block: Block, words: frozenset[str]) -> int:
    """Return 3 to 1 by how near the line the first of the words occurs in its names; 0 if none does."""
    at = next((i for i, name in enumerate(block.names) if name in words), None)
    return 0 if at is None else 3 if at < 4 else 2 if at < 10 else 1


def _named(words: frozenset[str]) -> Measure:
    return lambda page: page.column(_nearness(block, words) for block in page.blocks)


def _container(block: Block, level: int) -> int:
    return block.above[min(level, len(block.above) - 1)] if block.above else -1


def _prose_in(level: int) -> Measure:
    """Share of the page's prose in the same container, `level` levels above the line's own element."""

    def share(page: PageLines) -> Column:
        held, total = page.prose_within, page.prose_above[-1] or 1.0
        return page.column(held[_container(block, level)] / total for block in page.blocks)

    return share


def _style(block: Block) -> tuple[object, ...]:
    """Return what a template gives to all paragraphs of an article, also where advertisements separate them."""
    return block.tag, block.inside, block.names


def _prose_in_style(page: PageLines) -> Column:
    """Share of the page's prose in lines of the same element, classes and surroundings."""
    held: Counter[object] = Counter()
    for block, words in zip(page.blocks, page.prose.tolist(), strict=True):
        held[_style(block)] += words
    total = page.prose_above[-1] or 1.0
    return page.column(held[_style(block)] / total for block in page.blocks)


def _alike(page: PageLines) -> Column:
    """Number of lines with the same element, classes and surroundings."""
    count = Counter(map(_style, page.blocks))
    return page.column(count[_style(block)] for block in page.blocks)


def _links_in(level: int) -> Measure:
    """Share of links in the words of the line's container."""

    def share(page: PageLines) -> Column:
        held, linked = page.words_within, page.linked_within
        return page.column(
            linked[key] / held[key] if held[key := _container(block, level)] else 0.0 for block in page.blocks
        )

    return share


def _in_core(page: PageLines) -> Column:
    """How many levels below the page's core the line's own element is, or its list or table; 0 outside."""
    core = page.core
    return page.column(
        block.above.index(core) - (block.above.index(block.element) if block.element in block.above else 0)
        if core in block.above
        else 0
        for block in page.blocks
    )


def _share_in_branch(share: Callable[[PageLines], Column]) -> Measure:
    """Share of the words in the line's child of the core; -1 outside."""

    def measure(page: PageLines) -> Column:
        branches = page.branches
        held: Counter[int] = Counter()
        counted: Counter[int] = Counter()
        for branch, words, own in zip(branches, page.words.tolist(), share(page).tolist(), strict=True):
            held[branch] += words
            counted[branch] += own
        return page.column(counted[branch] / (held[branch] or 1.0) if branch >= 0 else -1.0 for branch in branches)

    return measure


def _prose_below_in_core(page: PageLines) -> Column:
    """Share of the core's prose that is below the line; -1 outside."""
    within = page.column(page.core in block.above for block in page.blocks)
    above = page.np.cumsum(page.prose * within)
    result: Column = page.np.where(within > 0, 1.0 - above / ((above[-1] if page.count else 0.0) or 1.0), -1.0)
    return result


def _prose_beside(page: PageLines) -> Column:
    """Share of the page's prose in the same element as the line, or as its list or table."""
    total = page.prose_above[-1] or 1.0
    return page.column(page.prose_beside[parent] / total for parent in page.beside)


def _of_element(of: Callable[[PageLines], Column]) -> Measure:
    """The sum over the lines of the line's list or table; -1 where it is in none."""

    def measure(page: PageLines) -> Column:
        held: Counter[int] = Counter()
        for block, own in zip(page.blocks, of(page).tolist(), strict=True):
            held[block.element] += own
        return page.column(held[block.element] if block.element else -1.0 for block in page.blocks)

    return measure


def _links_in_element(page: PageLines) -> Column:
    """Share of links in the words of the line's list or table; -1 where it is in none."""
    linked, words = _of_element(lambda p: p.linked)(page), page.fact("words in element")
    result: Column = page.np.where(words > 0, linked / page.np.maximum(words, 1.0), -1.0)
    return result


def _stated(page: PageLines) -> Column:
    return page.column(1 if block.stated is None else 2 * block.stated for block in page.blocks)


_LINKS = (0.001, 0.1, 0.25, 0.5, 0.8, 0.99)
_PROSE = (0.001, 0.02, 0.1, 0.25, 0.5, 0.75, 0.95)

MARKUP_MEASURES: Mapping[str, tuple[Measure, tuple[float, ...]]] = {
    "tag": (lambda p: p.column(_TAG_OF.get(block.tag, 0) for block in p.blocks), tuple(range(1, len(TAGS)))),
    "links": (lambda p: p.column(block.links for block in p.blocks), _LINKS),
    "emphasis": (lambda p: p.column(block.emphasis for block in p.blocks), (0.001, 0.5, 0.99)),
    "stated": (_stated, (1, 2)),
    **{f"in {name}": (_inside(name), (1,)) for name in _INSIDE},
    **{f"named {name}": (_named(words), (1, 2, 3)) for name, words in _NAMED.items()},
    **{f"prose in container {level}": (_prose_in(level), _PROSE) for level in _LEVELS},
    "prose in style": (_prose_in_style, _PROSE),
    "alike": (_alike, (2, 3, 5, 9, 17, 33)),
    **{f"links in container {level}": (_links_in(level), _LINKS) for level in _LEVELS},
    "core": (_in_core, (1, 2, 3, 4, 6)),
    "links in branch": (_share_in_branch(lambda p: p.linked), (0.0, *_LINKS)),
    "prose in branch": (_share_in_branch(lambda p: p.prose), (0.0, *_PROSE)),
    "prose below in core": (_prose_below_in_core, (0.0, *_PROSE)),
    "prose beside": (_prose_beside, _PROSE),
    "links in element": (_links_in_element, (0.0, *_LINKS)),
    "lines in element": (_of_element(lambda p: p.np.ones(p.count)), (0, 2, 3, 5, 9, 17, 33)),
    "words in element": (_of_element(lambda p: p.words), (0, 6, 13, 31, 91, 200)),
}
"""As `MEASURES`, for lines that have blocks."""

MARKUP_KINDS: Mapping[str, tuple[str, ...]] = {"tag": TAGS, "stated": ("not", "unknown", "body")}

MARKUP_NEIGHBOURS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("tag", (-2, -1, 1, 2)), ("links", (-2, -1, 1, 2)), ("stated", (-1, 1)),
    ("prose in style", (-2, -1, 1, 2)), ("core", (-1, 1)), ("prose beside", (-1, 1)),
)  # fmt: skip
