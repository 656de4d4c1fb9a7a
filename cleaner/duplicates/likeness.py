"""How alike two documents truly are: by the sets of their shingles, made again from their texts.

The sets wait in a file, 8 bytes a shingle, and are read from there, two at a time: memory holds the texts of a batch
alone, and where the sets are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from cleaner.duplicates.parts import Part, ends
from cleaner.duplicates.words import Hashes, jaccard, shingle_set
from cleaner.folders import told

_SHINGLE = np.dtype(np.uint64).itemsize  # bytes


class Likeness:
    """The shingles of some documents, by their numbers in the corpus. Use it as a context."""

    def __init__(self, parts: Sequence[Part], scratch: Path) -> None:
        self._parts = parts
        self._path = scratch / "shingles"
        self._ends = ends(parts)
        self._places = np.full((int(self._ends[-1]), 2), -1, np.int64)

    def __enter__(self) -> Self:
        self._file = self._path.open("w+b")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError) if error else told(self._path):
            self._file.close()

    def read(self, numbers: Iterable[int]) -> None:
        """Make the shingles of more documents: each text is read once, in the order of the corpus.

        Raises OutputError where the disk refuses.
        """
        wanted = np.unique(np.fromiter(numbers, np.int64))
        wanted = wanted[self._places[wanted, 0] < 0]
        at = self._file.seek(0, SEEK_END) // _SHINGLE
        for number, part in enumerate(self._parts):
            start, end = self._ends[number : number + 2].tolist()
            here = wanted[wanted.searchsorted(start) : wanted.searchsorted(end)] - start
            for row, text in part.texts(here.tolist()) if len(here) else ():
                found = shingle_set(text)
                with told(self._path):
                    self._file.write(found.tobytes())
                self._places[start + row] = at, at + found.size
                at += found.size
        with told(self._path):
            self._file.flush()

    def of(self, one: int, other: int) -> float | None:
        """The Jaccard similarity of two documents; None where one was not read."""
        places = self._places[[one, other]]
        if (places < 0).any():
            return None
        return jaccard(*(self._set(*place) for place in places.tolist()))

    def _set(self, start: int, end: int) -> Hashes:
        self._file.seek(start * _SHINGLE)
        return np.frombuffer(self._file.read((end - start) * _SHINGLE), np.uint64)
