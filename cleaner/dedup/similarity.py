"""Computes the exact similarity of two documents from the sets of their shingles, which are made from their texts.

The sets are in one file, 8 bytes for each shingle, and their positions in another. Memory holds the texts of a batch,
and the two sets that are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from cleaner.dedup.database import AT_ONCE
from cleaner.dedup.inputs import CorpusPart, ends
from cleaner.dedup.number_file import RowFile
from cleaner.dedup.shingles import Hashes, jaccard, shingle_set

# The state of a document: unknown, wanted, or the range of its shingles in the file.
_UNKNOWN, _WANTED = (0, 0), (-1, -1)
_FIRST = 1  # so that no range equals the state of an unknown document


class ShingleSets:
    """The sets of shingles of some documents, by their numbers in the corpus. Use it as a context manager.

    Raises OutputError if the disk refuses.
    """

    def __init__(self, parts: Sequence[CorpusPart], scratch: Path) -> None:
        self._parts = parts
        self._ends = ends(parts)
        self._shingles = RowFile(scratch / "shingles", np.uint64)
        self._places = RowFile(scratch / "places of shingles", np.int64, 2)
        self._any_wanted = False

    def __enter__(self) -> Self:
        with ExitStack() as files:
            files.enter_context(self._shingles).reserve(_FIRST)
            files.enter_context(self._places).reserve(int(self._ends[-1]))
            self._files = files.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def want(self, numbers: Iterable[int]) -> None:
        """Note documents whose shingles `read` must make, unless it has made them."""
        for number in numbers:
            if tuple(self._places.read(number, number + 1)[0].tolist()) == _UNKNOWN:
                self._places.write(number, np.array(_WANTED))
                self._any_wanted = True

    def read(self) -> bool:
        """Make the shingles of the wanted documents; each text is read once, in the order of the corpus. Returns False
        if none are wanted."""
        if not self._any_wanted:
            return False
        self._any_wanted = False
        for part, (start, end) in zip(self._parts, pairwise(self._ends.tolist()), strict=True):
            wanted = list(self._wanted(start, end))
            at = len(self._shingles)
            for row, text in part.texts(wanted) if wanted else ():
                found = shingle_set(text)
                self._shingles.write(at, found)
                self._places.write(start + row, np.array((at, at + found.size)))
                at += found.size
        return True

    def _wanted(self, start: int, end: int) -> Iterator[int]:
        """Return the wanted rows of a part."""
        for at in range(start, end, AT_ONCE):
            places = self._places.read(at, min(at + AT_ONCE, end))
            yield from (np.flatnonzero(places[:, 0] == _WANTED[0]) + at - start).tolist()

    def of(self, one: int, other: int) -> float | None:
        """Return the Jaccard similarity of two documents, 0 to 1; None if one of them was not read."""
        places = self._places.take((one, other))
        if (places < _FIRST).any():
            return None
        return jaccard(*(self._set(*place) for place in places.tolist()))

    def _set(self, start: int, end: int) -> Hashes:
        return self._shingles.read(start, end)
