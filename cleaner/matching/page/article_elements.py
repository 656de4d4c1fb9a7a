"""Finds the lists and tables that the markup puts into the article: beside its prose, in the same `<article>`.

The scorecard of lines knows an element's names, links and neighbours. It does not know whether what holds both the
element and the prose is the article, and so rejects a list of ingredients in a `<div>` of its own.
"""

from __future__ import annotations

from cleaner.matching.page.page_lines import PageLines
from cleaner.model.document import Block

_BESIDE = frozenset(
    ("nav", "header", "footer", "aside", "figure", "form", "button", "hidden", "aria-hidden", "dialog", "details")
)
_LISTED = frozenset({"li", "dt", "dd", "tr", "td", "th", "caption"})


def in_article(page: PageLines) -> list[bool]:
    """Return for each run of `page.wholes` whether it is a list or table without links that an `<article>` holds
    together with the core of the page. One line, and lines without letters, as those of a rating, do not count; nor
    does anything in a text that was no HTML."""
    if not page.blocks:
        return [False] * len(page.wholes)
    around = _around_core(page)
    within = _of_articles_alone(page, around)

    def belongs(start: int, stop: int) -> bool:
        block = page.blocks[start]
        held = stop - start > 1 and block.tag in _LISTED and _BESIDE.isdisjoint(block.inside)
        common = next((number for number in block.above if number in around), 0)
        texts = page.lines.texts[start:stop]
        return held and common in within and any(any(map(str.isalpha, text)) for text in texts)

    return [bool(within) and belongs(start, stop) for start, stop in page.wholes]


def _around_core(page: PageLines) -> frozenset[int]:
    """The numbers of the core and of the elements that hold it."""
    core = page.core
    above = next((block.above for block in page.blocks if core in block.above), ())
    return frozenset(above[above.index(core) :]) if above else frozenset()


def _of_articles_alone(page: PageLines, numbers: frozenset[int]) -> frozenset[int]:
    """Those of the elements all of whose lines are inside an `<article>`."""
    mixed = {number for block in page.blocks if not _is_inside(block) for number in numbers.intersection(block.above)}
    return numbers - mixed


def _is_inside(block: Block) -> bool:
    return "article" in block.inside
