"""Measures a text as a whole, to distinguish a page with its boilerplate from an article alone.

Every text is measured, so this module does not import numpy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property

from cleaner.matching.context import MatchContext
from cleaner.matching.page.line_facts import CLOSERS
from cleaner.matching.page.page_lines import is_prose

_SHORT = 4


class Text:
    """The lines of a text, with the counts that several facts use."""

    def __init__(self, context: MatchContext) -> None:
        self.context = context
        self.words = context.lines.words

    @property
    def count(self) -> int:
        """Lines."""
        return len(self.words)

    @cached_property
    def short(self) -> int:
        """Lines of a few words."""
        return self.short_among(0, self.count)

    def short_among(self, start: int, stop: int) -> int:
        """Lines of a few words from one line to another, that one not counted."""
        return sum(words <= _SHORT for words in self.words[start:stop])

    @cached_property
    def prose(self) -> list[int]:
        """The lines of prose."""
        return [i for i in range(self.count) if is_prose(self.context.lines, i)]

    @cached_property
    def boilerplate(self) -> int:
        """Lines whose label, from another rule, is never part of an article."""
        return sum(label in CLOSERS for label in self.context.labels.values())

    @cached_property
    def loose(self) -> list[int]:
        """Lines of a few words without a label: menus have many of them, residue has few."""
        labels = self.context.labels
        return [i for i, words in enumerate(self.words) if words <= _SHORT and i not in labels]

    @cached_property
    def loose_outside(self) -> int:
        """Of those, the ones before the first line of prose and behind the last."""
        first, last = (self.prose[0], self.prose[-1]) if self.prose else (self.count, -1)
        return sum(i < first or i > last for i in self.loose)

    def share(self, lines: float) -> float:
        """Of all lines."""
        return lines / max(1, self.count)


def _outside(text: Text) -> float:
    """Short lines before the first line of prose and behind the last."""
    if not text.prose:
        return text.short
    return text.short_among(0, text.prose[0]) + text.short_among(text.prose[-1] + 1, text.count)


def _copied(text: Text) -> float:
    counts = Counter(text.context.lines.keys)
    return text.share(sum(times for times in counts.values() if times > 1))


def _prose_share(text: Text) -> float:
    return sum(text.words[i] for i in text.prose) / max(1, text.context.lines.total_words)


_COUNTS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 100, 150, 250)
_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

WHOLENESS: Mapping[str, tuple[Callable[[Text], float], tuple[float, ...]]] = {
    "lines": (lambda t: t.count, _COUNTS),
    "short lines": (lambda t: t.short, _COUNTS),
    "short share": (lambda t: t.share(t.short), _SHARES),
    "short lines outside": (_outside, _COUNTS),
    "furniture": (lambda t: t.boilerplate, _COUNTS),
    "furniture share": (lambda t: t.share(t.boilerplate), _SHARES),
    "loose lines": (lambda t: len(t.loose), _COUNTS),
    "loose lines outside": (lambda t: t.loose_outside, _COUNTS),
    "loose share": (lambda t: t.share(len(t.loose)), _SHARES),
    "copied": (_copied, _SHARES),
    "prose share": (_prose_share, _SHARES),
}
"""Each fact: how it is measured, and the edges that a fit may split it at."""


def value_of_text(context: MatchContext) -> Callable[[str, int], float]:
    """Return the function that a scorecard calls for the facts of a text; each is measured once."""
    text, known = Text(context), dict[str, float]()

    def value(fact: str, _near: int) -> float:
        if fact not in known:
            known[fact] = float(WHOLENESS[fact][0](text))
        return known[fact]

    return value
