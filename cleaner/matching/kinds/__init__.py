"""The rule kinds: how places are found. Nothing here changes text, and no rule sees another's output.

Rules run in phases, and may see the labels that earlier phases gave: lines (phrases, patterns, inline
patterns, joins), then those of them that ask about labels, then elements, then the headline, then neighbours and
what asks about the title, then repeats, then cuts, and structure last. Within a phase the order of rules means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cleaner.matching.candidates import Candidates, candidates
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.byline import find_signatures
from cleaner.matching.kinds.cuts import find_cuts
from cleaner.matching.kinds.elements import find_elements
from cleaner.matching.kinds.headline import find_heading, find_headline
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.kinds.neighbours import find_neighbours, find_repeats
from cleaner.matching.kinds.structure import find_structure
from cleaner.matching.program import Program
from cleaner.matching.resolve import MatchSet, add, without_spent
from cleaner.model.document import Match
from cleaner.model.rule import EffectiveAction

Finder = Callable[[Program, MatchContext, Candidates, Sequence[Match]], Iterator[Match]]

PHASES: tuple[tuple[str, tuple[Finder, ...]], ...] = (
    ("lines", (lambda program, context, near, _: find_indexed(program, context, near["lines"]),)),
    ("context", (lambda program, context, near, _: find_indexed(program, context, near["context"]),)),
    ("elements", (lambda program, context, _near, _: find_elements(program, context),)),
    ("heading", (lambda program, context, _near, _: find_heading(program, context),)),
    ("headline", (lambda program, context, _near, _: find_headline(program, context),)),
    ("signature", (lambda program, context, _near, _: find_signatures(program, context),)),
    (
        "neighbours",
        (
            lambda program, context, near, _: find_indexed(program, context, near["neighbours"]),
            lambda program, context, _near, _: find_neighbours(program, context),
        ),
    ),
    ("repeats", (lambda program, context, _near, _: find_repeats(program, context),)),
    ("cuts", (lambda program, context, _near, winners: find_cuts(program, context, winners),)),
    ("structure", (lambda program, context, _near, _: find_structure(program, context),)),
)


def settled(match_set: MatchSet, context: MatchContext) -> MatchSet:
    """The contest as structure rules meet it, the scene labelled alike: rules over their budgets have no say in it."""
    left = without_spent(match_set, context.lines.text, context.lines.total_words)
    if left is not match_set:
        context.label(left.winners)
    return left


def find_matches(
    program: Program, context: MatchContext, effective_actions: Mapping[str, EffectiveAction] | None = None
) -> MatchSet:
    """All matches of a program in a document, phase by phase; `context` is left with the labels of the winners.

    `effective_actions` says what rules' matches come to in this document, where that is not what the program says.
    """
    match_set = MatchSet(effective_actions=effective_actions or program.effective_actions)
    near = candidates(program, context)
    for name, finders in PHASES:
        if name == "structure":
            match_set = settled(match_set, context)
        before = match_set.winners
        found = [match for finder in finders for match in finder(program, context, near, before)]
        if found:
            match_set = add(match_set, found)
            if match_set.winners is not before:  # marks alone win nothing
                context.label(match_set.winners)
    return match_set
