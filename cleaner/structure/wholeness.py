"""Facts of a text as a whole, by which a page with its furniture is told from an article on its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from cleaner.structure.facts import CLOSERS, Page

_SHORT = 4


def _outside(page: Page) -> float:
    """Short lines before the first line of prose and behind the last."""
    prose = page.np.flatnonzero(page.prose)
    short = page.words <= _SHORT
    if not len(prose):
        return float(short.sum())
    return float(short[: prose[0]].sum() + short[prose[-1] + 1 :].sum())


def _furniture(page: Page) -> float:
    return float(sum(page.labelled(CLOSERS)))


def _copied(page: Page) -> float:
    counts = Counter(page.lines.keys)
    return sum(counts[key] > 1 for key in page.lines.keys) / max(1, page.count)


def _prose_share(page: Page) -> float:
    return float(page.prose_above[-1]) / max(1, page.lines.total_words)


_COUNTS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 100, 150, 250)
_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

WHOLENESS: Mapping[str, tuple[Callable[[Page], float], tuple[float, ...]]] = {
    "lines": (lambda p: p.count, _COUNTS),
    "short lines": (lambda p: float((p.words <= _SHORT).sum()), _COUNTS),
    "short share": (lambda p: float((p.words <= _SHORT).mean()) if p.count else 0.0, _SHARES),
    "short lines outside": (_outside, _COUNTS),
    "furniture": (_furniture, _COUNTS),
    "furniture share": (lambda p: _furniture(p) / max(1, p.count), _SHARES),
    "copied": (_copied, _SHARES),
    "prose share": (_prose_share, _SHARES),
}
"""Each fact: how it is measured, and the edges that a fit may split it at."""
