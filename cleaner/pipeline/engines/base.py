"""The interface of an engine, which maps one function over jobs.

An engine calls `prepare` once in every process; it returns the function to map, and does what is expensive, such as
compiling the rules. The function takes a job, and `tick`, which it calls to report progress. An engine is a context:
inside, it maps several batches of jobs one after the other. Results come in any order. An engine may lose ticks, but
no results. It may run a job again if a machine has died: a job writes the same files each time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

JobT = TypeVar("JobT")
Result = TypeVar("Result")

Tick = Callable[[int, int], None]
"""Reports progress: the documents and bytes done since the last call."""
Prepare = Callable[[], Callable[[JobT, Tick], Result]]
Run = Callable[[Iterable[JobT]], Generator[Result, None, None]]
"""Yields the results of a batch of jobs as they finish, and takes jobs as there is room for them. Close the generator
if you don't take all results."""


class Engine(Protocol):
    """Map the prepared function over jobs with `workers` processes; 0 for as many as there is room for.

    `places` are the paths that the jobs read and write. Engines with workers on other machines check that they exist
    there.
    """

    def __call__(
        self,
        prepare: Prepare[JobT, Result],
        *,
        workers: int,
        tick: Tick,
        places: Sequence[Path] = (),
    ) -> AbstractContextManager[Run[JobT, Result]]: ...
