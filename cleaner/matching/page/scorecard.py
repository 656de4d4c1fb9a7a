"""Scorecards: weights over facts in a notation that people can read and compare in a diff.

A scorecard is a list of clauses, and a clause a line such as

    cluster < 0.25 => -0.41 | sentences < 1 => -0.10 | +0.33

The first condition that holds gives its points, else the last number counts; the clauses' points add up. It is a
sum of decision trees of two splits, so that no more than two facts are ever weighed together (Lou et al.,
"Accurate intelligible models with pairwise interactions", KDD 2013).

A condition compares a fact with a number, or names kinds (`end is colon/comma`). `@-1` and `@+2` ask for the fact
of the line above, or of the second one below; beyond the page a number is -1, and a kind `edge`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Mask = NDArray[np.bool_]

EDGE = "edge"

_CONDITION = re.compile(
    r"(?P<fact>[a-z][a-z -]*?(?: \d+)?)(?: @(?P<near>[+-]\d))? "
    r"(?:(?P<sign><|>=) (?P<edge>-?[\d.]+)|(?P<is>is(?: not)?) (?P<kinds>\S.*))"
)
_POINTS = re.compile(r"[+-]\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseCondition:
    """A condition of a clause on a line."""

    fact: str
    near: int = 0
    """Offset of the line that is tested: 1 is the line below, -1 the line above."""
    below: float | None = None
    """The fact is less than this."""
    kinds: frozenset[str] = frozenset()
    """The fact is one of these kinds."""
    denied: bool = False
    """Whether the condition is inverted: at least `below`; none of `kinds`."""

    def __str__(self) -> str:
        fact = f"{self.fact} @{self.near:+d}" if self.near else self.fact
        if self.kinds:
            return f"{fact} {'is not' if self.denied else 'is'} {'/'.join(sorted(self.kinds))}"
        return f"{fact} {'>=' if self.denied else '<'} {self.below:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Conditions, each with the points if it is the first that holds, and the points if none holds."""

    tests: tuple[tuple[ClauseCondition, float], ...]
    otherwise: float

    def __str__(self) -> str:
        return " | ".join([*(f"{test} => {points:+.2f}" for test, points in self.tests), f"{self.otherwise:+.2f}"])


def parse_clause(text: str) -> Clause:
    """Parse the text of a clause. Raises ValueError with the cause."""
    *tests, otherwise = (part.strip() for part in text.split("|"))
    return Clause(tests=tuple(map(_test, tests)), otherwise=_points(otherwise))


def _test(text: str) -> tuple[ClauseCondition, float]:
    condition, arrow, points = text.partition(" => ")
    found = _CONDITION.fullmatch(condition.strip())
    if not (arrow and found):
        raise ValueError(f"{text!r} is no condition with its points, such as `words < 4 => -0.20`")
    kinds = frozenset(found["kinds"].split("/")) if found["is"] else frozenset()
    return ClauseCondition(
        fact=found["fact"],
        near=int(found["near"] or 0),
        below=None if found["is"] else float(found["edge"]),
        kinds=kinds,
        denied=found["is"] == "is not" or found["sign"] == ">=",
    ), _points(points)


def _points(text: str) -> float:
    if not _POINTS.fullmatch(text.strip()):
        raise ValueError(f"{text.strip()!r} is no number of points, such as `+0.20`")
    return float(text)


FactOf = Callable[[str], "Column"]
"""Returns a fact's column: for each line a number, or the index of a kind."""
ValueOf = Callable[[str, int], float | None]
"""Returns a fact of a line at an offset from the current one; None beyond the page."""


class Scorecard:
    """Clauses prepared for summing, over all lines of a page or for one text."""

    def __init__(self, clauses: Iterable[Clause], kinds: Mapping[str, tuple[str, ...]]) -> None:
        self.clauses = tuple(clauses)
        self._kinds = kinds

    @cached_property
    def _conditions(self) -> dict[ClauseCondition, int]:
        """Every distinct condition with its number; those on the same fact are consecutive."""
        all_of = {test for clause in self.clauses for test, _ in clause.tests}
        asked = sorted(all_of, key=lambda test: (test.fact, test.near, str(test)))
        return {test: number for number, test in enumerate(asked)}

    @cached_property
    def _asked(self) -> list[tuple[str, int, Callable[[Column], Mask]]]:
        """For each fact of a line near: what gives its conditions' rows, from its column."""
        groups = groupby(self._conditions, key=lambda test: (test.fact, test.near))
        return [(fact, near, self._rows(fact, list(tests))) for (fact, near), tests in groups]

    def _rows(self, fact: str, tests: list[ClauseCondition]) -> Callable[[Column], Mask]:
        import numpy as np  # only whole pages need it

        if fact in self._kinds:
            kinds = range(len(self._kinds[fact]) + 1)
            of_kind = np.array([[self._holds(test, kind) for kind in kinds] for test in tests])
            return lambda column: of_kind[:, column.astype(int)]
        below = np.array([[test.below or 0.0] for test in tests])
        denied = np.array([[test.denied] for test in tests])
        return lambda column: (column < below) != denied

    @cached_property
    def _ranks(self) -> list[tuple[list[int], Column]]:
        """For the first conditions of all clauses, then the second, ...: their numbers, and a column of points.

        A clause without one has the number behind the last, of a condition that never holds.
        """
        import numpy as np  # only whole pages need it

        never = len(self._conditions)
        ranks = []
        for rank in range(max((len(clause.tests) for clause in self.clauses), default=0)):
            each = [clause.tests[rank] if rank < len(clause.tests) else None for clause in self.clauses]
            numbers = [self._conditions[test[0]] if test else never for test in each]
            ranks.append((numbers, np.array([[test[1] if test else 0.0] for test in each])))
        return ranks

    def score(self, fact_of: FactOf, count: int) -> Column:
        """Return the points of each of `count` lines, as float64."""
        import numpy as np  # only whole pages need it

        none = np.zeros((1, count), dtype=bool)
        held = [tests(self._shifted(fact_of(fact), fact, near)) for fact, near, tests in self._asked]
        holds = np.concatenate([*held, none])
        points = np.array([clause.otherwise for clause in self.clauses]).reshape(-1, 1).repeat(count, axis=1)
        for numbers, given in reversed(self._ranks):
            points = np.where(holds[numbers], given, points)
        total = np.zeros(count)
        for row in points:  # in order, as the sum of floats depends on it
            total += row
        return total

    @cached_property
    def _numbers(self) -> list[tuple[list[tuple[tuple[str, int], float, bool, float]], float]]:
        """The clauses as plain as can be, where they ask for no kinds: those of whole texts are weighed for each."""
        if any(test.kinds for test in self._conditions):
            return []
        return [
            ([((t.fact, t.near), t.below or 0.0, t.denied, points) for t, points in clause.tests], clause.otherwise)
            for clause in self.clauses
        ]

    def sum(self, value_of: ValueOf) -> float:
        """The points in one place, without numpy; added up one by one, as `score` does it and Python 3.12's sum not."""
        total = 0.0
        if not self._numbers:
            for clause in self.clauses:
                total += self._decided(clause, value_of)[1]
            return total
        values: dict[tuple[str, int], float] = {}
        for tests, otherwise in self._numbers:
            for asked, below, denied, points in tests:
                if (value := values.get(asked)) is None:
                    value = value_of(*asked)
                    value = values[asked] = -1.0 if value is None else value
                if (value < below) is not denied:
                    total += points
                    break
            else:
                total += otherwise
        return total

    def reasons(self, value_of: ValueOf) -> list[tuple[float, str]]:
        """Return the deciding conditions as (points, condition); the largest points, ±, first."""
        reasons: dict[str, float] = {}
        for clause in self.clauses:
            test, points = self._decided(clause, value_of)
            if test is not None:
                reasons[str(test)] = reasons.get(str(test), 0.0) + points
        return sorted(((points, test) for test, points in reasons.items()), key=lambda each: (-abs(each[0]), each[1]))

    def _decided(self, clause: Clause, value_of: ValueOf) -> tuple[ClauseCondition | None, float]:
        for test, points in clause.tests:
            value = value_of(test.fact, test.near)
            if self._holds(test, self._beyond(test.fact) if value is None else value):
                return test, points
        return None, clause.otherwise

    def _beyond(self, fact: str) -> float:
        """Return the value for a line beyond the page: a kind of its own, or less than any number."""
        return float(len(self._kinds[fact])) if fact in self._kinds else -1.0

    def _holds(self, test: ClauseCondition, value: float) -> bool:
        if test.kinds:
            return ((*self._kinds.get(test.fact, ()), EDGE)[int(value)] in test.kinds) is not test.denied
        return (value < (test.below or 0.0)) is not test.denied

    def _shifted(self, own: Column, fact: str, near: int) -> Column:
        """Return for each line the value of the line `near` lines below it."""
        import numpy as np  # only whole pages need it

        if not near:
            return own
        column = np.full(len(own), self._beyond(fact))
        if near > 0:
            column[:-near] = own[near:]
        else:
            column[-near:] = own[:near]
        return column


def faults(clauses: Iterable[str], facts: Iterable[str], kinds: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the faults in the texts of clauses: in their form, or in the facts that they name."""
    known, messages = frozenset(facts), []
    for text in clauses:
        try:
            clause = parse_clause(text)
        except ValueError as error:
            messages.append(str(error))
            continue
        for test, _ in clause.tests:
            if test.fact not in known:
                messages.append(f"there is no fact {test.fact!r}")
            elif bool(test.kinds) != (test.fact in kinds):
                messages.append(f"{test.fact!r} is {'one of kinds' if test.fact in kinds else 'a number'}: {test}")
            elif unknown := test.kinds - {*kinds.get(test.fact, ()), EDGE}:
                messages.append(f"{test.fact!r} is never {', '.join(sorted(unknown))}")
    return messages
