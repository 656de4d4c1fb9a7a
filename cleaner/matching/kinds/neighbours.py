"""Rules that use the labels of other rules: neighbours of labelled lines, and duplicate lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed
from cleaner.matching.context import MatchContext
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import Label

_SIDES = frozenset({"above", "below"})


def find_neighbours(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield lines without a label next to a labelled one."""
    beside = sorted(
        {j for i in context.labels for j in (i - 1, i + 1) if 0 <= j < len(context.lines)} - context.labels.keys()
    )
    called: dict[CompiledRule, list[int]] = {}
    for i in beside:
        for side, j in (("above", i - 1), ("below", i + 1)):
            for rule in program.neighbours.get((side, context.labels.get(j)), ()):
                lines = called.setdefault(rule, [])
                if lines[-1:] != [i]:
                    lines.append(i)
    for rule in sorted(called, key=lambda rule: rule.index):
        yield from _whole_lines(rule, context, called[rule])


def find_duplicate_lines(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield further copies of labelled lines, and of a title that the input states."""
    rules = program.of_phase.get("duplicate_lines", ())
    if not rules or not (context.labels or context.title_keys):
        return
    copies: dict[tuple[Label, ...], list[int]] = {}
    for rule in rules:
        wanted = rule.rule.duplicate_line.of if rule.rule.duplicate_line else ()
        if wanted not in copies:
            copies[wanted] = _copies(context, wanted)
        yield from _whole_lines(rule, context, copies[wanted])


def _copies(context: MatchContext, wanted: Collection[Label]) -> list[int]:
    """Yield the lines without a label that are copies of lines with one of the `wanted` labels."""
    keys = context.lines.keys
    seen = {keys[i] for i, label in context.labels.items() if label in wanted} - {""}
    if "title" in wanted:
        seen |= context.title_keys
    return [i for i, key in enumerate(keys) if key in seen and i not in context.labels] if seen else []


def _whole_lines(rule: CompiledRule, context: MatchContext, indexes: Collection[int]) -> Iterator[Match]:
    lines = context.lines
    if not indexes or not rule.in_scope(context.language, context.host):
        return
    for i in indexes:
        if failed := first_failed(context, i, rule.checks, rule.where):
            if failed[0] not in _SIDES:  # a neighbour with another label is no near miss
                context.missed(rule.rule, i, *failed)
            continue
        line = lines.plain(i)
        if excepted := next((regex for regex in rule.unless if regex.search(line)), None):
            context.missed(rule.rule, i, "unless", excepted.pattern)
            continue
        yield Match(rule=rule.rule, start=lines.starts[i], end=lines.end(i), line=i)
