"""Where the article stands on a whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaner.matching.context import MatchContext
from cleaner.matching.page.line_facts import MEASURES, TEXT_FACTS
from cleaner.matching.page.markup_facts import MARKUP_KINDS, MARKUP_MEASURES
from cleaner.matching.page.page_facts import value_of_text
from cleaner.matching.page.page_lines import PageLines
from cleaner.matching.page.scorecard import Scorecard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

LINE_MEASURES = {**MEASURES, **MARKUP_MEASURES}
LINE_KINDS = {**TEXT_FACTS, **MARKUP_KINDS}
_MOST_POINTS = 4.0  # past it a line is as sure as can be, and one line should not carry its neighbours
_NEAR_BEST = 1.0


def page_lines_of(context: MatchContext) -> PageLines:
    """The lines of a document, ready to be measured."""
    return PageLines(context, LINE_MEASURES)


def wholeness(context: MatchContext, card: Scorecard) -> float:
    """The points for the text being a whole page, furniture and all; above 0 it is one."""
    return card.sum(value_of_text(context))


def why_whole(context: MatchContext, card: Scorecard) -> list[tuple[float, str]]:
    """What decided that, the weightiest first."""
    return card.reasons(value_of_text(context))


def line_points(page: PageLines, card: Scorecard) -> Column:
    """For each line, the points for its being the article's."""
    return card.score(page.fact, page.count)


def why_line(page: PageLines, card: Scorecard, line: int) -> list[tuple[float, str]]:
    """What decided about a line, the weightiest first."""

    def value(fact: str, near: int) -> float | None:
        return float(page.fact(fact)[line + near]) if 0 <= line + near < page.count else None

    return card.reasons(value)


def article_on(page: PageLines, points: Sequence[float], *, least: float, change: float) -> list[bool]:
    """Which lines of a page are the article's, by their points. A list, table or preformatted text without links
    goes or stays as a whole: it counts as one line that has the mean of its lines' points.
    """
    wholes = page.wholes
    means = [sum(points[start:stop]) / (stop - start) for start, stop in wholes]
    kept = article_lines(means, least=least, change=change)
    return [own for own, (start, stop) in zip(kept, wholes, strict=True) for _ in range(start, stop)]


def article_lines(points: Sequence[float], *, least: float, change: float) -> list[bool]:
    """Which lines are the article's: those of more than `least` points, where each change between article and
    furniture costs `change` (the best path through two states, Viterbi 1967). There is always some article: where
    no line has enough points, those near the best count.
    """
    article, other = 0.0, 0.0
    came: list[tuple[bool, bool]] = []  # for each line, whether the best path to (article, other) was in the article
    for each in points:
        gain = max(-_MOST_POINTS, min(_MOST_POINTS, each - least))
        stay, leave = article >= other - change, article - change > other
        article, other = (article if stay else other - change) + gain, (article - change if leave else other)
        came.append((stay, leave))
    inside = article > other
    lines: list[bool] = []
    for stay, leave in reversed(came):
        lines.append(inside)
        inside = stay if inside else leave
    lines.reverse()
    if not any(lines) and lines:
        best = max(points)
        return [each > best - _NEAR_BEST for each in points]
    return lines
