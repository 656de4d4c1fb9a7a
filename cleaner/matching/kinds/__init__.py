"""Finds the matches of all rules in a document. Nothing here changes text, and rules never see text that other rules
have changed.

Rules run in phases, and see the labels that earlier phases gave; `cleaner.matching.kind_table` lists the phases
and says which kind runs when. Within a phase the order of rules has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cleaner.matching.candidates import Candidates, candidates
from cleaner.matching.context import MatchContext
from cleaner.matching.kind_table import KIND_TABLE, PHASES, Phase
from cleaner.matching.kinds.cuts import find_cuts
from cleaner.matching.kinds.finders import document_finder
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.program import Program
from cleaner.matching.resolve import MatchSet, add, without_spent
from cleaner.model.document import Match
from cleaner.model.rule import EffectiveAction


def settled(match_set: MatchSet, context: MatchContext) -> MatchSet:
    """Return the matches without those of rules over their budgets, and label again: article region rules need this."""
    left = without_spent(match_set, context.lines.text, context.lines.total_words)
    if left is not match_set:
        context.label(left.winners)
    return left


def find_matches(
    program: Program, context: MatchContext, effective_actions: Mapping[str, EffectiveAction] | None = None
) -> MatchSet:
    """Find all matches of a program in a document, phase by phase, and label `context` by those that win.

    `effective_actions` (rule id → effective action in this document) replaces that of the program.
    """
    match_set = MatchSet(effective_actions=effective_actions or program.effective_actions)
    near = candidates(program, context)
    for phase in PHASES:
        if phase == "article_region":
            match_set = settled(match_set, context)
        before = match_set.winners
        found = list(_found_in(phase, program, context, near, before))
        if found:
            match_set = add(match_set, found)
            if match_set.winners is not before:  # marks do not win
                context.label(match_set.winners)
    return match_set


def _found_in(
    phase: Phase, program: Program, context: MatchContext, near: Candidates, winners: Sequence[Match]
) -> Iterator[Match]:
    """Yield the matches of one phase: of the candidates, then of kinds without a lookup."""
    if phase == "cuts":
        yield from find_cuts(program, context, winners)
        return
    yield from find_indexed(program, context, near.get(phase, ()))
    if phase in program.of_phase:
        for name, kind in KIND_TABLE.items():
            if kind.phase == phase and (find := document_finder(name)):
                yield from find(program, context)
