"""Measures how much of one text is in another, by 4-gram shingles, as article-extraction-benchmark does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_SIZE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Shares of shingles, 0 to 1."""

    precision: float
    """Share of the found shingles that are wanted."""
    recall: float
    """Share of the wanted shingles that are found."""

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def overlap(gold: str, text: str) -> Overlap:
    """Compare a text with the wanted one."""
    wanted, found = _shingles(gold), _shingles(text)
    shared = (wanted & found).total()
    return Overlap(precision=shared / max(1, found.total()), recall=shared / max(1, wanted.total()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[i : i + _SIZE]) for i in range(max(1, len(words) - _SIZE + 1)))
