"""Passes kept documents on to the later documents in the same LSH buckets, which may repeat them.

For each bucket the place of its next document is known. If this is far ahead, the bucket is written to a file and read
again there (time-forward processing: Chiang et al., "External-memory graph algorithms", SODA 1995). So memory holds
the buckets of one range of places only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cleaner.dedup.number_file import RowFile

MOST = 256
"""The most kept documents of a bucket that are passed on: the first ones."""


class KeptInBuckets:
    """Places of kept documents by bucket, for one pass over the documents in the order of their places.

    `cuts` are the places, in order, at which a new range begins. Raises OutputError if the disk refuses.
    """

    def __init__(self, cuts: Sequence[int], scratch: Path) -> None:
        self._cuts = cuts
        self._scratch = scratch
        self._stretch = 0
        self._here: dict[int, list[int]] = {}
        self._later: dict[int, list[tuple[int, int]]] = {}  # range → bucket and place

    def of(self, place: int, buckets: Sequence[int]) -> list[int]:
        """Return the places of the kept documents in a document's buckets, each once, in order."""
        if (stretch := self._stretch_of(place)) != self._stretch:
            self._go_on(stretch)
        return sorted({head for bucket in buckets for head in self._here.get(bucket, ())})

    def pass_on(self, buckets: Sequence[int], following: Sequence[int], kept: int | None) -> None:
        """Pass the kept documents of a document's buckets on to the next document of each bucket (-1: there is none).

        `kept` is the place of the document itself if it is kept; then it is passed on, too.
        """
        for bucket, place in zip(buckets, following, strict=True):
            heads = self._here.pop(bucket, None) or []
            if place < 0:
                continue
            if kept is not None and len(heads) < MOST:
                heads.append(kept)
            if heads:
                stretch = self._stretch_of(place)
                if stretch == self._stretch:
                    self._here[bucket] = heads
                else:
                    self._later.setdefault(stretch, []).extend((bucket, head) for head in heads)

    def _stretch_of(self, place: int) -> int:
        return bisect_right(self._cuts, place)

    def _go_on(self, stretch: int) -> None:
        for each, those in self._later.items():
            with RowFile(self._file(each), np.int64, 2) as file:
                file.append(np.array(those))
        self._later.clear()
        self._here.clear()
        self._stretch = stretch
        waiting = self._file(stretch)
        if waiting.exists():
            with RowFile(waiting, np.int64, 2) as file:
                for bucket, head in file.read(0, len(file)).tolist():
                    self._here.setdefault(bucket, []).append(head)
            waiting.unlink()

    def _file(self, stretch: int) -> Path:
        return self._scratch / f"heads-{stretch}"
