"""Counts of keys in a table of fixed size.

A count-min sketch (Cormode and Muthukrishnan, "An improved data stream summary", 2005): a count is never too low, and
is too high where other keys share both of its counters. It does not depend on the order in which keys are added.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

_COUNTERS = 1 << 22  # in each of two rows of four bytes each: 32 MiB


class HashedCounts:
    """How often each key was added, at least.

    >>> counts = HashedCounts()
    >>> counts.add("a"), counts.add("a"), counts["a"], counts["b"]
    (None, None, 2, 0)
    """

    def __init__(self) -> None:
        self._first = array("I", bytes(4 * _COUNTERS))
        self._second = array("I", bytes(4 * _COUNTERS))

    def add(self, key: str) -> None:
        """Count a key once more."""
        first, second = _places(key)
        self._first[first] += 1
        self._second[second] += 1

    def __getitem__(self, key: str) -> int:
        first, second = _places(key)
        return min(self._first[first], self._second[second])


def _places(key: str) -> tuple[int, int]:
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest[:4]) % _COUNTERS, int.from_bytes(digest[4:]) % _COUNTERS
