"""Residue rules: remove or mark single lines of an article by a scorecard over facts of the line and its neighbours.

A residue rule is for what is left in an article that some scraper has flattened, not for whole pages. No line goes for
its shape alone: another rule must have labelled a line near it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cleaner.matching.context import MatchContext, Weighed
from cleaner.matching.kinds.indexed import conditions_hold
from cleaner.matching.page.article_region import line_points, page_lines_of, why_line
from cleaner.matching.page.page_lines import PageLines
from cleaner.matching.page.scorecard import Scorecard
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import Rule

_NEAR = 3
"""Most lines between a line and a labelled one that confirms it as residue."""
_REASONS_SHOWN = 3
_NEARLY = 2.0
"""`explain` shows the points of lines that lack at most this number of points."""


def find_residue(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the lines without a label that have the points of a residue rule, in a text that is no whole page."""
    if context.blocks or context.article or not context.labels:
        return
    rules = [rule for rule in program.of_phase.get("residue", ()) if rule.in_scope(context.language, context.host)]
    if not rules:
        return
    lines, page = context.lines, page_lines_of(context)
    wordy = (i for i, words in enumerate(lines.texts) if any(map(str.isalnum, words)))
    near = [i for i in wordy if i not in context.labels and vouched(context, i)]
    points_by_list: dict[str, list[float]] = {}
    for rule in rules:
        asked = rule.rule.residue
        if asked is None or not near:
            continue
        card = program.scorecard(asked.points)
        if (points := points_by_list.get(asked.points)) is None:
            points = points_by_list[asked.points] = line_points(page, card).tolist()
        if context.weighed is not None:
            shown = {i: points[i] for i in near if points[i] >= asked.least - _NEARLY}
            context.weighed.append(_weighed(rule.rule, context, page, card, shown))
        for i in near:
            has_points = asked.least <= points[i] and (asked.below is None or points[i] < asked.below)
            if has_points and conditions_hold(rule, context, i):
                yield Match(rule=rule.rule, start=lines.starts[i], end=lines.end(i), line=i, swept=True)


def vouched(context: MatchContext, i: int) -> bool:
    """Report whether a line near line i has a label."""
    return any(j in context.labels for j in range(i - _NEAR, i + _NEAR + 1) if j != i)


def _weighed(
    rule: Rule, context: MatchContext, page: PageLines, card: Scorecard, points: Mapping[int, float]
) -> Weighed:
    """The points of lines that the rule takes or nearly takes, for `explain`, by the lines of the text.

    Of a line with several units those of the highest are given; other lines have no figure.
    """
    lines = [(True, "")] * len(context.lines.unsplit)
    index = context.lines.unsplit_index or range(len(context.lines))
    for i, _ in sorted(points.items(), key=lambda item: item[1]):
        reasons = ", ".join(f"{test} {each:+.2f}" for each, test in why_line(page, card, i)[:_REASONS_SHOWN])
        lines[index[i]] = rule.residue is None or points[i] < rule.residue.least, f"{points[i]:+.2f} points: {reasons}"
    return Weighed(rule=rule, whole="", lines=tuple(lines))
