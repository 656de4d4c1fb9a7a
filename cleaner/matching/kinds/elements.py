"""Element rules: every line that is, or is inside, one of the named HTML elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.indexed import conditions_hold, constants
from cleaner.matching.program import Program
from cleaner.model.document import Block, FieldMatch, Match

_AROUND = " \t\xa0|,;:–—-"  # separators between a piece and its neighbour


def find_elements(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the lines in the elements that rules name, or the parts of these lines that no other rule removes."""
    if not context.blocks or not program.elements:
        return
    asked: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[CompiledRule]] = {}
    taken: dict[int, list[Match]] = {}
    for winner in context.winners:
        taken.setdefault(winner.line, []).append(winner)
    for i in range(len(context.lines)):
        block = context.blocks[context.lines.rows[i]]
        key = block.tag, block.inside, block.names
        if (rules := asked.get(key)) is None:
            rules = asked[key] = _rules_of(program, block)
        for rule in rules:
            if rule.in_scope(context.language, context.host) and conditions_hold(rule, context, i):
                yield from _left(rule, context, i, taken.get(i, ()))


def _rules_of(program: Program, block: Block) -> list[CompiledRule]:
    """Return the rules with a selector that matches the line's element or one around it."""
    keys = (block.tag, *block.inside, *(f".{name}" for name in block.names))
    found = {rule.index: rule for key in keys for rule in program.elements.get(key, ())}
    return [rule for rule in found.values() if any(each.holds(block) for each in rule.elements)]


def _left(rule: CompiledRule, context: MatchContext, i: int, taken: Sequence[Match]) -> Iterator[Match]:
    """Yield the pieces of a line between those that other rules remove, without separators at their ends."""
    at, end = context.lines.starts[i], context.lines.end(i)
    for match in (*sorted(taken, key=lambda match: match.start), None):
        stop = match.start if match else end
        gap = context.lines.text[at:stop]
        if not gap.isspace() and gap:
            fields = constants(rule, context, i)
            if rule.rule.takes and (piece := gap.strip(_AROUND if taken else None)):
                start = at + gap.index(piece)
                fields = (FieldMatch(name=rule.rule.takes, raw=piece, start=start, end=start + len(piece)), *fields)
            yield Match(rule=rule.rule, start=at, end=stop, line=i, fields=fields)
        at = match.end if match else end
