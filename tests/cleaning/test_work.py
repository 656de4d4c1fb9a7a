"""A text twice as long is twice the work, whatever it is made of: nothing grows with the square of a text.

What the first half of a text costs is taken off on both sides, so that a document's own cost hides nothing. That
doubles in linear work and becomes four times as much in square work.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.awkward import PAGES, TEXTS, Make
from cleaner.api import default_program
from cleaner.cleaning.clean import clean_document
from cleaner.model.document import Document
from cleaner.readers.html import read_html
from support.work import calls, memory

UNITS = 300
MOST = 2.3
LEAST = 200  # calls that more of the same text adds; where there are fewer, the text is one thing to all of them

Task = Callable[[str], object]


def _cleaned(text: str) -> object:
    return clean_document(Document(id="a", text=text), default_program())


def _read_and_cleaned(markup: str) -> object:
    return clean_document(read_html(markup, name="a", source="a", digest="", given={}), default_program())


CASES = {
    **{name: (_cleaned, make) for name, make in TEXTS.items()},
    **{f"page of {name}": (_read_and_cleaned, make) for name, make in PAGES.items()},
}
LABELLED = (
    "credits",
    "captions that share words",
    "publishers",
    "related headings",
    "page of figures",
    "page of hidden",
)
"""Where most lines have a label, and each asks for the others'."""


def growth(measure: Callable[[Callable[[], object]], int], task: Task, make: Make, units: int) -> tuple[int, int]:
    """What the second half of a text adds, and what as much again as the whole does."""
    texts = [make(units * times // 2) for times in (1, 2, 4)]
    task(texts[-1])  # what is made once and kept is made now
    half, whole, double = (measure(lambda text=text: task(text)) for text in texts)  # type: ignore[misc]
    return whole - half, double - whole


@pytest.mark.parametrize("name", CASES)
def test_twice_the_text_is_twice_the_calls(name: str) -> None:
    first, second = growth(calls, *CASES[name], UNITS)
    assert second <= MOST * max(first, LEAST)


@pytest.mark.parametrize("name", LABELLED)
def test_twice_the_text_is_twice_the_memory(name: str) -> None:
    first, second = growth(memory, *CASES[name], UNITS)
    assert second <= MOST * first


def test_square_work_is_seen_in_calls() -> None:
    def square(text: str) -> None:
        lines = text.split("\n")
        for line in lines:
            for other in lines:
                line.startswith(other)

    first, second = growth(calls, square, TEXTS["one letter a line"], 40)
    assert second > MOST * max(first, LEAST)


def test_square_work_within_one_call_is_seen_in_memory() -> None:
    def square(text: str) -> None:
        seen = set(text.split("\n"))
        for line in list(seen):
            len(seen - {line})

    first, second = growth(memory, square, TEXTS["one word a line"], 200)
    assert second > MOST * first
