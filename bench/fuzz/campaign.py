"""Cases of a target, one after the other, until one fails."""

from __future__ import annotations

import signal
import tempfile
import traceback
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded

from bench.fuzz.cases import Case
from bench.fuzz.properties import BrokenError
from bench.fuzz.targets import Target

MOST_SECONDS = 60
"""Of processor time that a case may take: it is small, and a watch is not to fail a busy machine."""


class HungError(BaseException):
    """A case took too long. No guard of the program may take it for the fault of a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A case that fails, and how."""

    case: Case
    kind: str
    """The property that fails, or the exception and where it was raised: by this, faults are one or two."""
    about: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"


def first_fault(
    target: Target,
    *,
    examples: int,
    seed: int,
    known: Container[str] = (),
    shrink: bool = True,
    before: Callable[[Case], None] = lambda _: None,
) -> Found | None:
    """Try so many cases of a target; the one that fails, if any does: with `shrink` the simplest that Hypothesis
    comes to. Faults of a known kind are passed over.
    """
    failed: list[Found] = []

    @seeded(seed)
    @settings(max_examples=examples, deadline=None, database=None, phases=(Phase.generate, Phase.shrink)[: 1 + shrink],
              suppress_health_check=list(HealthCheck), derandomize=False, report_multiple_bugs=False,
              verbosity=Verbosity.quiet)  # fmt: skip
    @given(target.cases)
    def tried(case: Case) -> None:
        before(case)
        if (found := attempt(target, case)) and found.kind not in known:
            failed.append(found)
            raise BrokenError(found.kind)

    with suppress(BrokenError):
        tried()
    return failed[-1] if failed else None


def attempt(target: Target, case: Case) -> Found | None:
    """What fails of a case; None where all holds."""
    for holds in target.properties:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "project"
            case.write(folder)
            try:
                with _watched():
                    holds(folder, case)
            except BrokenError as broken:
                return Found(case=case, kind=f"{holds.__name__}, {broken.name}", about=broken.about)
            except (Exception, HungError) as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                kind = f"{holds.__name__}, {type(error).__name__} in {Path(last.filename).name}, {last.name}"
                return Found(case=case, kind=kind, about=str(error))
    return None


@contextmanager
def _watched() -> Iterator[None]:
    def hung(_: int, __: FrameType | None) -> None:
        raise HungError(f"more than {MOST_SECONDS} seconds of work")

    before = signal.signal(signal.SIGPROF, hung)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
