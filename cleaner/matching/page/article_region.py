"""Finds the lines of the article on a whole page, from the points that scorecards give to the text and to each line.

First `wholeness` decides whether a text is a whole page, with menus and footers, at all; if not, an article
region rule does nothing. Then `line_points` scores each line, and `article_on` chooses the sequence of article and
boilerplate lines with the most points, where each change between the two costs points. Points are additive and have no
unit; a scorecard is fitted by `cleaner rules fit` (`cleaner.authoring.fit`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaner.matching.context import MatchContext
from cleaner.matching.page.article_elements import in_article
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
_MOST_POINTS = 4.0  # limit for one line, so that it does not decide about its neighbours too
_OF_ARTICLE = 1.5  # points for a list or table in the article
_NEAR_BEST = 1.0  # points below the best line, on a page where no line has enough


def page_lines_of(context: MatchContext) -> PageLines:
    """Return the lines of a document; facts about them are measured when they are first used."""
    return PageLines(context, LINE_MEASURES)


def wholeness(context: MatchContext, card: Scorecard) -> float:
    """Return the points of the text as a whole page, with boilerplate, by the scorecard `whole` of the rule.

    It is a whole page if they are more than the rule's `sure`.
    """
    return card.sum(value_of_text(context))


def why_whole(context: MatchContext, card: Scorecard) -> list[tuple[float, str]]:
    """Return the conditions that decided `wholeness`, as (points, condition); the largest points, ±, first."""
    return card.reasons(value_of_text(context))


def line_points(page: PageLines, card: Scorecard) -> Column:
    """Return the points of each line: a float64 array of shape (lines,). More points mean article, less boilerplate."""
    return card.score(page.fact, page.count)


def why_line(page: PageLines, card: Scorecard, line: int) -> list[tuple[float, str]]:
    """Return the conditions that decided about a line (an index), as (points, condition); the largest, ±, first."""

    def value(fact: str, near: int) -> float | None:
        return float(page.fact(fact)[line + near]) if 0 <= line + near < page.count else None

    return card.reasons(value)


def article_on(page: PageLines, points: Sequence[float], *, least: float, change: float) -> list[bool]:
    """Return for each line of a page whether it belongs to the article, given the points of each line.

    A list, table or preformatted text without links is never divided: it counts as one line, with the mean of its
    lines' points, and with some more where the markup puts it into the article. `least` and
    `change` are as in `article_lines`.
    """
    wholes = page.wholes
    means = [
        sum(points[start:stop]) / (stop - start) + (_OF_ARTICLE if own else 0.0)
        for own, (start, stop) in zip(in_article(page), wholes, strict=True)
    ]
    kept = article_lines(means, least=least, change=change)
    return [own for own, (start, stop) in zip(kept, wholes, strict=True) for _ in range(start, stop)]


def article_lines(points: Sequence[float], *, least: float, change: float) -> list[bool]:
    """Return for each line whether it belongs to the article, given the points of each line.

    A line of more than `least` points counts for the article, one of fewer against it; each change between article and
    boilerplate costs `change` points. The result is the best path through these two states (Viterbi, "Error bounds for
    convolutional codes", IEEE Trans. Inf. Theory 13, 1967).

    If this gives no line at all, the result is the lines within one point of the best one, so a text with lines always
    has an article.

        >>> article_lines([-2.0, 3.0, -0.4, 2.0, -3.0], least=0.0, change=0.5)
        [False, True, True, True, False]
        >>> article_lines([-9.0, -5.0], least=0.0, change=0.5)
        [False, True]
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
