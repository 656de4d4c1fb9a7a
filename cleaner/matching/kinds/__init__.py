"""The rule kinds: how places are found. Nothing here changes text, and no rule sees another's output.

Rules run in phases, and may see the labels that earlier phases gave: lines (phrases, patterns, inline
patterns, joins), then those of them that ask about labels, then elements, then the headline, then neighbours and
what asks about the title, then repeats, then cuts, and structure last. Within a phase the order of rules means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from cleaner.matching.candidates import Candidates, candidates
from cleaner.matching.context import Scene
from cleaner.matching.kinds.byline import find_signatures
from cleaner.matching.kinds.cuts import find_cuts
from cleaner.matching.kinds.elements import find_elements
from cleaner.matching.kinds.headline import find_heading, find_headline
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.kinds.neighbours import find_neighbours, find_repeats
from cleaner.matching.kinds.structure import find_structure
from cleaner.matching.program import Program
from cleaner.matching.resolve import Contest, enter, without_spent
from cleaner.model.document import Match
from cleaner.model.rule import Fate

Find = Callable[[Program, Scene, Candidates, Sequence[Match]], Iterator[Match]]

PHASES: tuple[tuple[str, tuple[Find, ...]], ...] = (
    ("lines", (lambda program, scene, near, _: find_indexed(program, scene, near["lines"]),)),
    ("context", (lambda program, scene, near, _: find_indexed(program, scene, near["context"]),)),
    ("elements", (lambda program, scene, _near, _: find_elements(program, scene),)),
    ("heading", (lambda program, scene, _near, _: find_heading(program, scene),)),
    ("headline", (lambda program, scene, _near, _: find_headline(program, scene),)),
    ("signature", (lambda program, scene, _near, _: find_signatures(program, scene),)),
    (
        "neighbours",
        (
            lambda program, scene, near, _: find_indexed(program, scene, near["neighbours"]),
            lambda program, scene, _near, _: find_neighbours(program, scene),
        ),
    ),
    ("repeats", (lambda program, scene, _near, _: find_repeats(program, scene),)),
    ("cuts", (lambda program, scene, _near, winners: find_cuts(program, scene, winners),)),
    ("structure", (lambda program, scene, _near, _: find_structure(program, scene),)),
)


def settled(contest: Contest, scene: Scene) -> Contest:
    """The contest as structure rules meet it, the scene labelled alike: rules over their budgets have no say in it."""
    left = without_spent(contest, scene.lines.text, scene.lines.total_words)
    if left is not contest:
        scene.label(left.winners)
    return left


def find(program: Program, scene: Scene, fates: Mapping[str, Fate] | None = None) -> Contest:
    """All matches of a program in a document, phase by phase; `scene` is left with the labels of the winners.

    `fates` says what rules' matches come to in this document, where that is not what the program says.
    """
    contest = Contest(fates=fates or program.fates)
    near = candidates(program, scene)
    for name, finders in PHASES:
        if name == "structure":
            contest = settled(contest, scene)
        before = contest.winners
        found = [match for finder in finders for match in finder(program, scene, near, before)]
        if found:
            contest = enter(contest, found)
            if contest.winners is not before:  # marks alone win nothing
                scene.label(contest.winners)
    return contest
