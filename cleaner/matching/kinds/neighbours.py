"""Rules that look at what other rules have labelled: neighbours, repeats."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed
from cleaner.matching.context import Scene
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import Label

_SIDES = frozenset({"above", "below"})


def find_neighbours(program: Program, scene: Scene) -> Iterator[Match]:
    """Lines without a label next to a labelled one."""
    beside = sorted(
        {j for i in scene.labels for j in (i - 1, i + 1) if 0 <= j < len(scene.lines)} - scene.labels.keys()
    )
    called: dict[CompiledRule, list[int]] = {}
    for i in beside:
        for side, j in (("above", i - 1), ("below", i + 1)):
            for rule in program.neighbours.get((side, scene.labels.get(j)), ()):
                lines = called.setdefault(rule, [])
                if lines[-1:] != [i]:
                    lines.append(i)
    for rule in sorted(called, key=lambda rule: rule.index):
        yield from _whole_lines(rule, scene, called[rule])


def find_repeats(program: Program, scene: Scene) -> Iterator[Match]:
    """Further copies of labelled lines, and of a title that the input gave."""
    rules = program.of_phase.get("repeats", ())
    if not rules or not (scene.labels or scene.title_keys):
        return
    copies: dict[tuple[Label, ...], list[int]] = {}
    for rule in rules:
        wanted = rule.rule.repeat.of if rule.rule.repeat else ()
        if wanted not in copies:
            copies[wanted] = _copies(scene, wanted)
        yield from _whole_lines(rule, scene, copies[wanted])


def _copies(scene: Scene, wanted: Collection[Label]) -> list[int]:
    """The lines without a label that are copies of lines with one of these."""
    keys = scene.lines.keys
    seen = {keys[i] for i, label in scene.labels.items() if label in wanted} - {""}
    if "title" in wanted:
        seen |= scene.title_keys
    return [i for i, key in enumerate(keys) if key in seen and i not in scene.labels] if seen else []


def _whole_lines(rule: CompiledRule, scene: Scene, indexes: Collection[int]) -> Iterator[Match]:
    lines = scene.lines
    if not indexes or not rule.in_scope(scene.language, scene.host):
        return
    for i in indexes:
        if failed := first_failed(scene, i, rule.checks, rule.where):
            if failed[0] not in _SIDES:  # that another label stands beside is no near miss
                scene.missed(rule.rule, i, *failed)
            continue
        line = lines.plain(i)
        if excepted := next((regex for regex in rule.unless if regex.search(line)), None):
            scene.missed(rule.rule, i, "unless", excepted.pattern)
            continue
        yield Match(rule=rule.rule, start=lines.starts[i], end=lines.end(i), line=i)
