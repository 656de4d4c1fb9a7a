"""Scorecards: weights over facts, written so that a person can read them and a diff can show them.

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
class Condition:
    """What a clause asks of a line."""

    fact: str
    near: int = 0
    """Of the line so many below (above, where negative)."""
    below: float | None = None
    """The fact is less than this."""
    kinds: frozenset[str] = frozenset()
    """The fact is one of these kinds."""
    denied: bool = False
    """The contrary: at least `below`; none of `kinds`."""

    def __str__(self) -> str:
        fact = f"{self.fact} @{self.near:+d}" if self.near else self.fact
        if self.kinds:
            return f"{fact} {'is not' if self.denied else 'is'} {'/'.join(sorted(self.kinds))}"
        return f"{fact} {'>=' if self.denied else '<'} {self.below:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Conditions with the points of the first that holds, and the points where none does."""

    tests: tuple[tuple[Condition, float], ...]
    otherwise: float

    def __str__(self) -> str:
        return " | ".join([*(f"{test} => {points:+.2f}" for test, points in self.tests), f"{self.otherwise:+.2f}"])


def parse_clause(text: str) -> Clause:
    """A clause as it is written. Raises ValueError, with the cause in words."""
    *tests, otherwise = (part.strip() for part in text.split("|"))
    return Clause(tests=tuple(map(_test, tests)), otherwise=_points(otherwise))


def _test(text: str) -> tuple[Condition, float]:
    condition, arrow, points = text.partition(" => ")
    found = _CONDITION.fullmatch(condition.strip())
    if not (arrow and found):
        raise ValueError(f"{text!r} is no condition with its points, such as `words < 4 => -0.20`")
    kinds = frozenset(found["kinds"].split("/")) if found["is"] else frozenset()
    return Condition(
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
"""Gives a fact's column: a number a line, of a kind its index."""


class Scorecard:
    """Clauses ready to be summed over a page."""

    def __init__(self, clauses: Iterable[Clause], kinds: Mapping[str, tuple[str, ...]]) -> None:
        self.clauses = tuple(clauses)
        self._kinds = kinds

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts that it asks for."""
        return frozenset(test.fact for clause in self.clauses for test, _ in clause.tests)

    def score(self, fact_of: FactOf, count: int) -> Column:
        """The points of each of `count` lines."""
        import numpy as np  # noqa: PLC0415

        held: dict[Condition, Mask] = {}
        total = np.zeros(count)
        for clause in self.clauses:
            points = np.full(count, clause.otherwise)
            for test, value in reversed(clause.tests):
                if test not in held:
                    held[test] = self._holds(test, fact_of, count)
                points[held[test]] = value
            total += points
        return total

    def reasons(self, fact_of: FactOf, count: int, line: int) -> list[tuple[float, str]]:
        """What decided about a line: points, and the condition that gave them; the weightiest first."""
        reasons: dict[str, float] = {}
        for clause in self.clauses:
            for test, points in clause.tests:
                if self._holds(test, fact_of, count)[line]:
                    reasons[str(test)] = reasons.get(str(test), 0.0) + points
                    break
        return sorted(((points, test) for test, points in reasons.items()), key=lambda each: -abs(each[0]))

    def _holds(self, test: Condition, fact_of: FactOf, count: int) -> Mask:
        import numpy as np  # noqa: PLC0415

        own = fact_of(test.fact)
        kinds = self._kinds.get(test.fact, ())
        column = np.full(count, float(len(kinds)) if kinds else -1.0)
        if test.near > 0:
            column[: -test.near] = own[test.near :]
        elif test.near < 0:
            column[-test.near :] = own[: test.near]
        else:
            column = own
        if test.kinds:
            names = (*kinds, EDGE)
            holds: Mask = np.isin(column, [i for i, name in enumerate(names) if name in test.kinds])
        else:
            holds = column < (test.below or 0.0)
        return ~holds if test.denied else holds


def faults(clauses: Iterable[str], facts: Iterable[str], kinds: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What is wrong with clauses as they are written: in form, or in what they ask for."""
    known, told = frozenset(facts), []
    for text in clauses:
        try:
            clause = parse_clause(text)
        except ValueError as error:
            told.append(str(error))
            continue
        for test, _ in clause.tests:
            if test.fact not in known:
                told.append(f"there is no fact {test.fact!r}")
            elif bool(test.kinds) != (test.fact in kinds):
                told.append(f"{test.fact!r} is {'one of kinds' if test.fact in kinds else 'a number'}: {test}")
            elif unknown := test.kinds - {*kinds.get(test.fact, ()), EDGE}:
                told.append(f"{test.fact!r} is never {', '.join(sorted(unknown))}")
    return told
