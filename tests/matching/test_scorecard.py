"""Scorecards: read and written alike, faulty ones reported; their sum is what the clauses say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.matching.page.scorecard import EDGE, Clause, ClauseCondition, Scorecard, faults, parse_clause

KINDS = {"end": ("word", "sentence", "colon"), "start": ("capital", "small")}
NUMBERS = ("words", "prose above 3", "in address")

_points = st.integers(-900, 900).map(lambda n: n / 100)
_near = st.integers(-3, 3)
_numbers = st.builds(
    lambda fact, near, below, denied: ClauseCondition(fact=fact, near=near, below=below, denied=denied),
    st.sampled_from(NUMBERS), _near, st.sampled_from((0.0, 0.001, 0.25, 1.0, 2.0, 91.0)), st.booleans(),
)  # fmt: skip


@st.composite
def _kinds(draw: st.DrawFn) -> ClauseCondition:
    fact = draw(st.sampled_from(sorted(KINDS)))
    kinds = draw(st.sets(st.sampled_from((*KINDS[fact], EDGE)), min_size=1))
    return ClauseCondition(fact=fact, near=draw(_near), kinds=frozenset(kinds), denied=draw(st.booleans()))


clauses = st.builds(
    lambda tests, otherwise: Clause(tests=tuple(tests), otherwise=otherwise),
    st.lists(st.tuples(_numbers | _kinds(), _points), max_size=3), _points,
)  # fmt: skip


@given(clauses)
def test_a_clause_is_read_as_it_was_written(clause: Clause) -> None:
    assert parse_clause(str(clause)) == clause


def test_a_clause_reads_well() -> None:
    text = "cluster < 0.25 => -0.41 | end @-1 is not colon/edge => -0.10 | +0.33"
    clause = parse_clause(text)
    assert str(clause) == text
    assert clause.tests[1][0] == ClauseCondition(fact="end", near=-1, kinds=frozenset({"colon", "edge"}), denied=True)


def _expected(clause: Clause, columns: dict[str, list[float]], line: int) -> float:
    """By the words of the module: the first condition that holds gives its points."""
    for test, points in clause.tests:
        column, at = columns[test.fact], line + test.near
        inside = 0 <= at < len(column)
        if test.kinds:
            names = KINDS[test.fact]
            holds = (names[int(column[at])] if inside else EDGE) in test.kinds
        else:
            holds = (column[at] if inside else -1.0) < (test.below or 0.0)
        if holds != test.denied:
            return points
    return clause.otherwise


@st.composite
def _pages(draw: st.DrawFn) -> dict[str, list[float]]:
    count = draw(st.integers(1, 7))
    numbers = {name: st.sampled_from((-1.0, 0.0, 0.001, 0.1, 0.25, 1.0, 3.0, 100.0)) for name in NUMBERS}
    kinds = {name: st.integers(0, len(names) - 1).map(float) for name, names in KINDS.items()}
    return {name: draw(st.lists(of, min_size=count, max_size=count)) for name, of in {**numbers, **kinds}.items()}


@given(st.lists(clauses, max_size=6), _pages())
def test_a_score_is_the_sum_that_a_reader_works_out(those: list[Clause], page: dict[str, list[float]]) -> None:
    count = len(page["words"])
    card = Scorecard(those, KINDS)
    score = card.score(lambda fact: np.array(page[fact]), count).tolist()
    for line in range(count):
        wanted = 0.0
        for clause in those:
            wanted += _expected(clause, page, line)
        assert score[line] == wanted

        def value(fact: str, near: int, line: int = line) -> float | None:
            return page[fact][line + near] if 0 <= line + near < count else None

        assert card.sum(value) == wanted
        constant = sum(c.otherwise for c in those if _undecided(c, page, line))
        assert sum(points for points, _ in card.reasons(value)) == pytest.approx(wanted - constant)


def _undecided(clause: Clause, page: dict[str, list[float]], line: int) -> bool:
    marked = Clause(tests=tuple((test, 1.0) for test, _ in clause.tests), otherwise=0.0)
    return _expected(marked, page, line) == 0.0


def test_beyond_the_page_a_number_is_less_than_none_and_a_kind_is_the_edge() -> None:
    card = Scorecard(map(parse_clause, ["words @-1 < 0 => +1.00 | +0.00", "end @+2 is edge => +0.10 | +0.00"]), KINDS)
    page = {"words": np.array([0.0, 4.0, 9.0]), "end": np.array([0.0, 1.0, 2.0])}
    assert card.score(page.__getitem__, 3).tolist() == [1.0, 0.1, 0.1]


def test_reasons_are_listed_once_with_the_weightiest_first() -> None:
    written = ["words < 4 => -0.20 | +0.00", "words < 4 => -0.30 | +0.00", "end is colon => +0.90 | +0.00", "+7.00"]
    card = Scorecard(map(parse_clause, written), KINDS)
    assert card.reasons(lambda fact, _: {"words": 2.0, "end": 2.0}[fact]) == [
        (0.9, "end is colon"), (-0.5, "words < 4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("words < 4 -0.20 | +0.10", "'words < 4 -0.20' is no condition with its points, such as `words < 4 => -0.20`"),
        ("words <= 4 => -0.20 | +0.10", "is no condition"),
        ("words < 4 => -0.20 | 0.10", "'0.10' is no number of points, such as `+0.20`"),
        ("words < 4 => few | +0.10", "'few' is no number of points"),
        ("", "'' is no number of points"),
        ("wrods < 4 => -0.20 | +0.10", "there is no fact 'wrods'"),
        ("words is colon => -0.20 | +0.10", "'words' is a number: words is colon"),
        ("end < 4 => -0.20 | +0.10", "'end' is one of kinds: end < 4"),
        ("end is colon/comma => -0.20 | +0.10", "'end' is never comma"),
    ],
)
def test_what_is_wrong_with_a_clause_is_reported(text: str, message: str) -> None:
    (fault,) = faults(["+0.10", "end is edge => +1.00 | +0.00", text], ["words", "end"], KINDS)
    assert message in fault
