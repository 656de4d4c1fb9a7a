"""Article region rules: remove all lines around the article of a whole page, by scorecards over facts of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cleaner.matching.context import MatchContext, Weighed
from cleaner.matching.page.article_region import article_on, line_points, page_lines_of, wholeness, why_line, why_whole
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import ArticleRegion, Rule

_REASONS_SHOWN = 3


def find_article_regions(program: Program, context: MatchContext) -> Iterator[Match]:
    """The lines outside the article, or what other rules have left of them.

    A line of the text is weighed as a whole, also where it is split into units.
    """
    whole = context.of_whole_lines()
    if whole.weighed is not None:
        whole.weighed += weigh(program, whole)
    index = context.lines.unsplit_index or range(len(whole.lines))
    first_part = {line: i for i, line in reversed(list(enumerate(index)))}
    for rule, region in _in_force(program, whole):
        if _is_whole(region, program, whole):
            found = list(_outside(rule, region, program, whole))
            context.article = frozenset(i for i, line in enumerate(index) if line in whole.article)
            yield from (replace(match, line=first_part[match.line]) for match in found)


def _in_force(program: Program, context: MatchContext) -> Iterator[tuple[Rule, ArticleRegion]]:
    for each in program.of_phase.get("article_region", ()):
        region = each.rule.article_region
        fits = region is not None and (region.of == "markup") == bool(context.blocks) and context.lines.texts
        if region is not None and fits and each.in_scope(context.language, context.host):
            yield each.rule, region


def _is_whole(region: ArticleRegion, program: Program, context: MatchContext) -> bool:
    if context.whole_pages != "auto":
        return context.whole_pages == "always"
    return wholeness(context, program.scorecard(region.whole)) > region.sure


def _outside(rule: Rule, region: ArticleRegion, program: Program, context: MatchContext) -> Iterator[Match]:
    lines = context.lines
    page = page_lines_of(context)
    points = line_points(page, program.scorecard(region.points))
    taken: dict[int, list[tuple[int, int]]] = {}
    for winner in context.winners:
        taken.setdefault(winner.line, []).append((winner.start, winner.end))
    kept = article_on(page, points.tolist(), least=region.least, change=region.change)
    context.article = frozenset(i for i, article in enumerate(kept) if article)
    for i, article in enumerate(kept):
        if article:
            continue
        at = lines.starts[i]
        for start, end in (*sorted(taken.get(i, ())), (lines.end(i), lines.end(i))):
            if start > at and not lines.text[at:start].isspace():
                yield Match(rule=rule, start=at, end=start, line=i, swept=True)
            at = max(at, end)


def weigh(program: Program, context: MatchContext) -> Iterator[Weighed]:
    """Yield, for each article region rule in scope, the points by which it decides, with the facts that weigh most."""
    for rule, region in _in_force(program, context):
        verdict = "a whole page" if _is_whole(region, program, context) else "no whole page"
        if context.whole_pages == "auto":
            card = program.scorecard(region.whole)
            points = f"{wholeness(context, card):+.2f} points: {_reasons_text(why_whole(context, card))}"
        else:
            points = f"--whole-pages {context.whole_pages}"
        lines: list[tuple[bool, str]] = []
        if _is_whole(region, program, context):
            page, card = page_lines_of(context), program.scorecard(region.points)
            for i, each in enumerate(line_points(page, card).tolist()):
                lines.append((each > region.least, f"{each:+.2f} points: {_reasons_text(why_line(page, card, i))}"))
        yield Weighed(rule=rule, whole=f"{verdict}, {points}", lines=tuple(lines))


def _reasons_text(reasons: list[tuple[float, str]]) -> str:
    return ", ".join(f"{test} {points:+.2f}" for points, test in reasons[:_REASONS_SHOWN])
