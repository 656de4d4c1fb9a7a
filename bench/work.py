"""Awkward texts by time: twice the text should take twice as long, at sizes where a square would take minutes.

The tests count calls and memory at small sizes; here what only reads shows, too. Ends with an error where a text took
more than `MOST` times as long as half of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from bench.awkward import PAGES, TEXTS, Make
from cleaner.api import default_program
from cleaner.cleaning.clean import clean_document
from cleaner.model.document import Document
from cleaner.readers.html import read_html

UNITS = 25_000
MOST = 3.0  # times are not exact: caches overflow, the collector runs
LEAST_SECONDS = 0.5  # what takes less says nothing


def _cleaned(text: str) -> None:
    clean_document(Document(id="a", text=text), default_program())


def _read_and_cleaned(markup: str) -> None:
    clean_document(read_html(markup, name="a", source="a", digest="", given={}), default_program())


def _seconds(task: Callable[[str], None], text: str) -> float:
    """The quicker of two runs: what else the machine does makes a run slower, never quicker."""

    def once() -> float:
        began = time.process_time()
        task(text)
        return time.process_time() - began

    return min(once(), once())


def measured(units: int) -> Iterator[tuple[str, float, float]]:
    """Each text's name, and the seconds of half of it and of all of it."""
    cases: list[tuple[str, Callable[[str], None], Make]] = [
        *((name, _cleaned, make) for name, make in TEXTS.items()),
        *((f"page of {name}", _read_and_cleaned, make) for name, make in PAGES.items()),
    ]
    for name, task, make in cases:
        task(make(100))  # what is made once and kept
        yield name, _seconds(task, make(units)), _seconds(task, make(2 * units))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS, help="lines, words or elements of half a text")
    failed = 0
    for name, half, whole in measured(parser.parse_args().units):
        square = whole > max(LEAST_SECONDS, MOST * half)
        failed += square
        print(f"{name:34} {half:8.2f} s {whole:8.2f} s {'  grows with the square' if square else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
