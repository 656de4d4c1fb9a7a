"""How alike two documents truly are: by the sets of their shingles, made again from their texts.

The sets wait in a file, 8 bytes a shingle, and are mapped from there: memory holds the texts of a batch alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from cleaner.duplicates.parts import Part, ends
from cleaner.duplicates.words import Hashes, jaccard, shingle_set


class Likeness:
    """The shingles of some documents, by their numbers in the corpus."""

    def __init__(self, parts: Sequence[Part], scratch: Path) -> None:
        self._parts = parts
        self._file = scratch / "shingles"
        self._file.touch()
        self._ends = ends(parts)
        self._places = np.full((int(self._ends[-1]), 2), -1, np.int64)
        self._sets: Hashes = np.empty(0, np.uint64)

    def read(self, numbers: Iterable[int]) -> None:
        """Make the shingles of more documents: each text is read once, in the order of the corpus."""
        wanted = np.unique(np.fromiter(numbers, np.int64))
        wanted = wanted[self._places[wanted, 0] < 0]
        at = self._sets.size
        with self._file.open("ab") as file:
            for number, part in enumerate(self._parts):
                start, end = self._ends[number : number + 2].tolist()
                here = wanted[wanted.searchsorted(start) : wanted.searchsorted(end)] - start
                for row, text in part.texts(here.tolist()) if len(here) else ():
                    found = shingle_set(text)
                    file.write(found.tobytes())
                    self._places[start + row] = at, at + found.size
                    at += found.size
        self._sets = np.memmap(self._file, np.uint64, "r") if at else self._sets

    def of(self, one: int, other: int) -> float | None:
        """The Jaccard similarity of two documents; None where one was not read."""
        (a, b), (c, d) = self._places[one].tolist(), self._places[other].tolist()
        if a < 0 or c < 0:
            return None
        return jaccard(self._sets[a:b], self._sets[c:d])
