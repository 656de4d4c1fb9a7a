"""Structure rules: remove all lines around the article of a whole page, by scorecards over facts of its lines."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.matching.context import MatchContext, Weighed
from cleaner.matching.page.article_region import article_on, line_points, page_lines_of, wholeness, why_line, why_whole
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import Rule, Structure

_REASONS_SHOWN = 3


def find_structure(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the lines outside the article, or the parts of them that no other rule removes."""
    if context.weighed is not None:
        context.weighed += weigh(program, context)
    for rule, structure in _in_force(program, context):
        if _is_whole(structure, program, context):
            yield from _outside(rule, structure, program, context)


def _in_force(program: Program, context: MatchContext) -> Iterator[tuple[Rule, Structure]]:
    for each in program.of_phase.get("structure", ()):
        structure = each.rule.structure
        fits = structure is not None and (structure.of == "markup") == bool(context.blocks) and context.lines.texts
        if structure is not None and fits and each.in_scope(context.language, context.host):
            yield each.rule, structure


def _is_whole(structure: Structure, program: Program, context: MatchContext) -> bool:
    if context.whole_pages != "auto":
        return context.whole_pages == "always"
    return wholeness(context, program.scorecard(structure.whole)) > structure.sure


def _outside(rule: Rule, structure: Structure, program: Program, context: MatchContext) -> Iterator[Match]:
    lines = context.lines
    page = page_lines_of(context)
    points = line_points(page, program.scorecard(structure.points))
    taken: dict[int, list[tuple[int, int]]] = {}
    for winner in context.winners:
        taken.setdefault(winner.line, []).append((winner.start, winner.end))
    kept = article_on(page, points.tolist(), least=structure.least, change=structure.change)
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
    """Yield, for each structure rule in scope, the points by which it decides, with the facts that weigh most."""
    for rule, structure in _in_force(program, context):
        verdict = "a whole page" if _is_whole(structure, program, context) else "no whole page"
        if context.whole_pages == "auto":
            card = program.scorecard(structure.whole)
            points = f"{wholeness(context, card):+.2f} points: {_reasons_text(why_whole(context, card))}"
        else:
            points = f"--whole-pages {context.whole_pages}"
        lines: list[tuple[bool, str]] = []
        if _is_whole(structure, program, context):
            page, card = page_lines_of(context), program.scorecard(structure.points)
            for i, each in enumerate(line_points(page, card).tolist()):
                lines.append((each > structure.least, f"{each:+.2f} points: {_reasons_text(why_line(page, card, i))}"))
        yield Weighed(rule=rule, whole=f"{verdict}, {points}", lines=tuple(lines))


def _reasons_text(reasons: list[tuple[float, str]]) -> str:
    return ", ".join(f"{test} {points:+.2f}" for points, test in reasons[:_REASONS_SHOWN])
