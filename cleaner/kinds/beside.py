"""Rules that look at what other rules have labelled: neighbours, repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.conditions import first_failed
from cleaner.model import Match
from cleaner.program import CompiledRule, Program
from cleaner.scene import Scene

_SIDES = frozenset({"above", "below"})


def find_neighbours(program: Program, scene: Scene) -> Iterator[Match]:
    """Lines without a label next to a labelled one."""
    beside = sorted(
        {j for i in scene.labels for j in (i - 1, i + 1) if 0 <= j < len(scene.lines)} - scene.labels.keys()
    )
    neighbours = [rule for rule in program.of_phase.get("neighbours", ()) if rule.kind == "neighbour"]
    yield from _whole_lines(neighbours, scene, beside)


def find_repeats(program: Program, scene: Scene) -> Iterator[Match]:
    """Further copies of labelled lines, and of a title that the input gave."""
    rules = program.of_phase.get("repeats", ())
    if not rules or not (scene.labels or scene.title_keys):
        return
    keys = scene.lines.keys
    for rule in rules:
        wanted = rule.rule.repeat.of if rule.rule.repeat else ()
        seen = {keys[i] for i, label in scene.labels.items() if label in wanted} - {""}
        if "title" in wanted:
            seen |= scene.title_keys
        copies = [i for i, key in enumerate(keys) if key in seen and i not in scene.labels]
        yield from _whole_lines((rule,), scene, copies)


def _whole_lines(rules: Iterable[CompiledRule], scene: Scene, indexes: Iterable[int]) -> Iterator[Match]:
    lines = scene.lines
    for rule in rules:
        if not rule.in_scope(scene.language, scene.host):
            continue
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
