"""Computes the exact similarity of two documents from the sets of their shingles, made again from their texts.

The sets wait in a file, 8 bytes a shingle, and where they lie there in another one. Memory holds the texts of a batch,
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

# What is known of a document: nothing, that its shingles are wanted, or (from 0) between which shingles its own lie.
_UNKNOWN, _WANTED = (0, 0), (-1, -1)
_FIRST = 1  # so that no document's are where nothing is known of it


class Likeness:
    """The shingles of some documents, by their numbers in the corpus. Use it as a context.

    Raises OutputError where the disk refuses.
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
        """Name documents whose shingles `read` is to make, unless it has."""
        for number in numbers:
            if tuple(self._places.read(number, number + 1)[0].tolist()) == _UNKNOWN:
                self._places.write(number, np.array(_WANTED))
                self._any_wanted = True

    def read(self) -> bool:
        """Make the shingles of those that are wanted: each text is read once, in the order of the corpus. False where
        none are."""
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
        """The rows of a part that are wanted."""
        for at in range(start, end, AT_ONCE):
            places = self._places.read(at, min(at + AT_ONCE, end))
            yield from (np.flatnonzero(places[:, 0] == _WANTED[0]) + at - start).tolist()

    def of(self, one: int, other: int) -> float | None:
        """The Jaccard similarity of two documents; None where one was not read."""
        places = self._places.take((one, other))
        if (places < _FIRST).any():
            return None
        return jaccard(*(self._set(*place) for place in places.tolist()))

    def _set(self, start: int, end: int) -> Hashes:
        return self._shingles.read(start, end)
