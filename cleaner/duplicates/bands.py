"""Which signatures may be alike, without comparing each with each: they have a band of their MinHash in common.

Of b bands of r values two documents of similarity s share one or more with probability 1 - (1 - s**r)**b (Leskovec,
Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4). What shares none is never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.duplicates.parts import Numbers
from cleaner.duplicates.signatures import VALUES
from cleaner.duplicates.words import Hashes

RECALL = 0.99
"""Of pairs as alike as is asked for, so many at least share a band; of more alike ones, more."""
_MOST_ROWS = 8  # bytes of a key
_SLICE = 1 << 22  # signatures whose keys are sorted at a time: 100 MB


@dataclass(frozen=True, slots=True)
class Bands:
    """How a MinHash is cut: `count` bands of `rows` values."""

    count: int
    rows: int

    def finds(self, similarity: float) -> float:
        """The probability that two documents of this similarity share a band."""
        return float(1 - (1 - similarity**self.rows) ** self.count)


@cache
def bands(threshold: float) -> Bands:
    """The fewest bands, and so the fewest pairs to compare, that find `RECALL` of what is as alike as `threshold`."""
    ways = [Bands(VALUES // rows, rows) for rows in range(1, _MOST_ROWS + 1)]
    return next(way for way in reversed(ways) if way.rows == 1 or way.finds(threshold) >= RECALL)


def band_keys(minhashes: NDArray[np.uint8], band: int, way: Bands) -> Hashes:
    """The key of one band (from 0) of each MinHash: equal where its values are."""
    keys = np.zeros((len(minhashes), _MOST_ROWS), np.uint8)
    keys[:, : way.rows] = minhashes[:, band * way.rows : (band + 1) * way.rows]
    return keys.view("<u8")[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """Signatures that share a band: `of[starts[n]:starts[n + 1]]` are the buckets of signature n."""

    starts: Numbers
    of: NDArray[np.int32]


def buckets(minhashes: NDArray[np.uint8], ours: NDArray[np.bool_], way: Bands) -> Buckets:
    """The buckets with two signatures and more, one of `ours` among them.

    The rows may be mapped from a file: each band is read once. A signature costs 16 bytes and, for each bucket that
    it stands in, 24 while they are put in order.
    """
    members: list[NDArray[np.int32]] = []
    numbers: list[NDArray[np.int32]] = []
    count = 0
    for band in range(way.count):
        for rows, bucket in shared(band_keys(minhashes, band, way), ours):
            members.append(rows)
            numbers.append(bucket + np.int32(count))
            count += int(bucket[-1]) + 1
    none = np.empty(0, np.int32)
    return placed(np.concatenate([*members, none]), np.concatenate([*numbers, none]), len(minhashes))


Find = Callable[[NDArray[np.uint8], NDArray[np.bool_], Bands], Buckets]
"""A way to find the buckets, such as `buckets`: of MinHashes, which of them are ours, and how they are cut."""


def placed(members: NDArray[np.int32], numbers: NDArray[np.int32], count: int) -> Buckets:
    """The buckets of `count` signatures, told as pairs: a signature, and the number of a bucket that it stands in."""
    order = members.argsort(kind="stable")
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(members, minlength=count), out=starts[1:])
    return Buckets(starts=starts, of=numbers[order])


def shared(keys: Hashes, ours: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """The rows whose key others have, and the number of each one's key among such keys.

    Rows are taken in turns by their keys, so that no more than about `_SLICE` are sorted at once.
    """
    turns = -(-len(keys) // _SLICE)
    for turn in range(turns):
        rows = np.flatnonzero(keys % np.uint64(turns) == turn) if turns > 1 else np.arange(len(keys))
        order = rows[keys[rows].argsort(kind="stable")].astype(np.int32)
        ordered = keys[order]
        firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(order) else order
        sizes = np.diff(firsts, append=len(order))
        wanted = sizes > 1
        wanted[wanted] = np.logical_or.reduceat(ours[order], firsts)[wanted] if len(order) else False
        if wanted.any():
            number = np.cumsum(wanted, dtype=np.int32) - np.int32(1)
            yield order[np.repeat(wanted, sizes)], np.repeat(number[wanted], sizes[wanted])
