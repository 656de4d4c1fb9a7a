"""Structure rules: what stands around the article on a whole page, told by weights over facts of its lines."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.model import Match
from cleaner.program import CompiledRule, Program
from cleaner.scene import Scene
from cleaner.structure.region import article_lines, line_points, page_of, wholeness, why_line, why_whole

_REASONS_TOLD = 3


def find_structure(program: Program, scene: Scene) -> Iterator[Match]:
    """The lines outside the article, or what other rules have left of them."""
    for rule in program.of_phase.get("structure", ()):
        structure = rule.rule.structure
        if structure and (structure.of == "markup") == bool(scene.blocks) and scene.lines.texts:
            yield from _outside(rule, program, scene)


def _outside(rule: CompiledRule, program: Program, scene: Scene) -> Iterator[Match]:
    structure, lines = rule.rule.structure, scene.lines
    if structure is None or not rule.in_scope(scene.language, scene.host) or not _is_whole(rule, program, scene):
        return
    page, card = page_of(scene), program.scorecard(structure.points)
    points = line_points(page, card).tolist()
    kept = article_lines(points, least=structure.least, change=structure.change)
    taken: dict[int, list[tuple[int, int]]] = {}
    for winner in scene.winners:
        taken.setdefault(winner.line, []).append((winner.start, winner.end))
    for i, article in enumerate(kept):
        if scene.misses is not None:
            why = _told(why_line(page, card, i))
            scene.missed(rule.rule, i, "points", f"{points[i]:+.2f}, of {structure.least:+.2f} for the article: {why}")
        if article:
            continue
        at = lines.starts[i]
        for start, end in (*sorted(taken.get(i, ())), (lines.end(i), lines.end(i))):
            if start > at and not lines.text[at:start].isspace():
                yield Match(rule=rule.rule, start=at, end=start, line=i, swept=True)
            at = max(at, end)


def _is_whole(rule: CompiledRule, program: Program, scene: Scene) -> bool:
    structure = rule.rule.structure
    if scene.whole_pages != "auto" or structure is None:
        scene.missed(rule.rule, 0, "whole page", f"--whole-pages {scene.whole_pages}")
        return scene.whole_pages == "always"
    card = program.scorecard(structure.whole)
    points = wholeness(scene, card)
    if scene.misses is not None:
        verdict = "yes" if points > 0 else "no"
        scene.missed(rule.rule, 0, "whole page", f"{verdict}, {points:+.2f}: {_told(why_whole(scene, card))}")
    return points > 0


def _told(reasons: list[tuple[float, str]]) -> str:
    return ", ".join(f"{test} {points:+.2f}" for points, test in reasons[:_REASONS_TOLD])
