"""Finds the line breaks of verse and of lists, which a repair of broken lines must keep.

A line of verse or of a list may begin with a small letter, as the rest of a broken sentence does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from cleaner.text.lines import Lines

_SHORT = 10  # words; a line of verse has no more
_LEAST = 5  # breaks in a row; fewer may be pieces of a sentence
_LEAST_SMALL_SHARE = 1 / 3  # of these breaks; a menu has none before a small letter
_ENDS_WITHIN = re.compile(r"\w{2}[.!?]['\"”’)]* \w")


def breaks_of_verse(lines: Lines, closed: Collection[int], small: Collection[int]) -> set[int]:
    """Return the breaks among short lines in a row, where no sentence ends within a line.

    A break is the index of the line above it; `closed` are those before a mark that begins no line, `small` those
    before a small letter.
    """
    short = [
        count <= _SHORT and not _ENDS_WITHIN.search(line) for line, count in zip(lines.texts, lines.words, strict=True)
    ]
    within = [i for i, pair in enumerate(pairwise(short)) if all(pair) and i not in closed]
    return {
        i
        for run in runs(within)
        if len(run) >= _LEAST and sum(j in small for j in run) >= _LEAST_SMALL_SHARE * len(run)
        for i in run
    }


def breaks_of_items(texts: Sequence[str], small: Iterable[int]) -> set[int]:
    """Return the breaks among lines that all begin small, below a line that ends with a colon.

    >>> breaks_of_items(["The crew must:", "count the lamps", "mend the nets"], [1])
    {1}
    """
    return {
        i
        for run in runs(sorted(small))
        if run[0] > 0 and texts[run[0] - 1].endswith(":") and texts[run[0]][0].islower()
        for i in run
    }


def runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield the runs of consecutive numbers in `numbers`, which are in order."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run
