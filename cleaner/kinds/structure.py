"""Structure rules: what stands around the article on a whole page, told by weights over facts of its lines."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.model import Match
from cleaner.program import CompiledRule, Program
from cleaner.scene import Scene
from cleaner.structure.region import article_lines, line_points, page_of, wholeness

_REASONS_TOLD = 3


def find_structure(program: Program, scene: Scene) -> Iterator[Match]:
    """The lines outside the article, or what other rules have left of them."""
    for rule in program.of_phase.get("structure", ()):
        structure = rule.rule.structure
        if structure and (structure.of == "markup") == bool(scene.blocks) and scene.lines.texts:
            yield from _outside(rule, program, scene)


def _outside(rule: CompiledRule, program: Program, scene: Scene) -> Iterator[Match]:
    structure, lines = rule.rule.structure, scene.lines
    if structure is None or scene.whole_pages == "never" or not rule.in_scope(scene.language, scene.host):
        return
    page = page_of(scene)
    if scene.whole_pages == "auto":
        points = wholeness(page, program.scorecard(structure.whole))
        if points <= 0:
            scene.missed(rule.rule, 0, "whole", f"{points:+.1f} points for a whole page, of at least 0")
            return
    card = program.scorecard(structure.points)
    weighed = line_points(page, card)
    kept = article_lines(weighed.tolist(), least=structure.least, change=structure.change)
    taken: dict[int, list[tuple[int, int]]] = {}
    for winner in scene.winners:
        taken.setdefault(winner.line, []).append((winner.start, winner.end))
    for i, article in enumerate(kept):
        if article:
            if scene.misses is not None:
                why = ", ".join(
                    f"{test} {each:+.1f}" for each, test in card.reasons(page.fact, page.count, i)[:_REASONS_TOLD]
                )
                scene.missed(rule.rule, i, "points", f"{weighed[i]:+.1f} points for the article: {why}")
            continue
        at = lines.starts[i]
        for start, end in (*sorted(taken.get(i, ())), (lines.end(i), lines.end(i))):
            if start > at and not lines.text[at:start].isspace():
                yield Match(rule=rule.rule, start=at, end=start, line=i, swept=True)
            at = max(at, end)
