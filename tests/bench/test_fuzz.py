"""A minute of the campaign (`make fuzz`): the same cases each time, and none that hangs on the speed of the machine."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.fuzz.campaign import Found, attempt, first_fault
from bench.fuzz.cases import Case, kept, minimised
from bench.fuzz.mutators import mutated
from bench.fuzz.properties import BrokenError, require
from bench.fuzz.targets import TARGETS, Target

EXAMPLES = 8
SEED = 16


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_what_is_promised(name: str) -> None:
    found = first_fault(TARGETS[name], examples=EXAMPLES, seed=SEED)
    assert found is None, f"{name}: {found}"


def _holds_no_x(folder: Path, _: Case) -> None:
    require(b"x" not in (folder / "raw" / "a.txt").read_bytes(), "there is no x")


def _fails(folder: Path, _: Case) -> None:
    raise ValueError(folder.name)


CASE = Case(
    files={"raw/a.txt": b"one\ntwo x\nthree\n", "raw/\udcff.txt": b"b"}, damaged="raw/a.txt", steady=("b",), rows=2
)


@pytest.mark.parametrize(
    ("holds", "kind"),
    [
        (_holds_no_x, "_holds_no_x, there is no x"),
        (_fails, "_fails, ValueError in test_fuzz.py, _fails"),
    ],
)
def test_a_case_that_fails_names_the_property_or_the_exception(holds: object, kind: str) -> None:
    found = attempt(Target(cases=TARGETS["texts"].cases, properties=(holds,)), CASE)  # type: ignore[arg-type]
    assert isinstance(found, Found)
    assert found.kind == kind


def test_a_fault_of_a_known_kind_is_passed_over() -> None:
    target = Target(cases=TARGETS["names"].cases, properties=(_fails,))
    assert first_fault(target, examples=2, seed=1) is not None
    assert first_fault(target, examples=2, seed=1, known=["_fails, ValueError in test_fuzz.py, _fails"]) is None


def test_a_case_is_cut_down_as_far_as_it_fails() -> None:
    small = minimised(CASE, lambda case: b"x" in case.files["raw/a.txt"])
    assert small.files == {"raw/a.txt": b"x", "raw/\udcff.txt": b"b"}


def test_a_case_that_was_kept_can_be_run_again(tmp_path: Path) -> None:
    CASE.keep(tmp_path / "case", "texts", "fault")
    assert kept(tmp_path / "case") == ("texts", CASE)


def test_mutations_follow_from_the_seed() -> None:
    data = b"The ferry waited.\n" * 20
    assert mutated(data, Random(3)) == mutated(data, Random(3)) != mutated(data, Random(4))


def test_a_broken_property_says_what_was_met() -> None:
    with pytest.raises(BrokenError) as raised:
        require(False, "rows", (1, 2))
    assert (raised.value.name, raised.value.about) == ("rows", "(1, 2)")
