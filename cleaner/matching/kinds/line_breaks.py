"""Repairs of line breaks that do not belong to the text (hard wraps, breaks at tags, split words), found before any
other rule reads the lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import Damage, EffectiveAction
from cleaner.text.line_breaks import find_breaks
from cleaner.text.lines import Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """The lines that rules see, and the repairs that turn the lines of the text into them."""

    lines: Lines
    repairs: tuple[Match, ...] = ()
    """In order of place. Repairs of a rule that does not remove in this document have not changed the lines."""


def mend(
    program: Program,
    lines: Lines,
    *,
    language: str | None,
    host: str | None,
    effective_actions: Mapping[str, EffectiveAction] | None = None,
) -> Mended:
    """Repair the line breaks of a text. `effective_actions` as for `cleaner.matching.kinds.find_matches`."""
    rules: dict[Damage, CompiledRule] = {}
    for rule in program.of_phase.get("line_breaks", ()):  # in order of id; the narrowest scope wins
        damage = rule.rule.line_breaks
        if damage and rule.in_scope(language, host) and (damage not in rules or rule.reach > rules[damage].reach):
            rules[damage] = rule
    if not rules:
        return Mended(lines=lines)
    repairs = tuple(
        Match(
            rule=rules[each.damage].rule, start=each.start, end=each.end, line=each.line, replacement=each.replacement
        )
        for each in find_breaks(lines, program.words_of(language).get("leading_words", frozenset()))
        if each.damage in rules
    )
    effective_actions = effective_actions or program.effective_actions
    made = [(match.start, match.end) for match in repairs if effective_actions[match.rule.id] == "drop"]
    return Mended(lines=Lines(lines.text, made) if made else lines, repairs=repairs)
