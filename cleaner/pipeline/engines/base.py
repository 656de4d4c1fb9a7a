"""What an engine is: a way to map one function over jobs.

An engine is given `prepare`, which is called once in every process and returns the function to map:
whatever is dear to build (a compiled program) is built there. The function is given a job and `tick`, to be
called as the work goes on. An engine is held open while there is work, and maps one lot of jobs after the other, whose
results come in no order. It may lose ticks; it may not lose results. It may
run a job again that a dead machine held: a job writes the same files each time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

JobT = TypeVar("JobT")
Result = TypeVar("Result")

Tick = Callable[[int, int], None]
"""Told of progress: documents and bytes done since the last call."""
Prepare = Callable[[], Callable[[JobT, Tick], Result]]
Run = Callable[[Iterable[JobT]], Generator[Result, None, None]]
"""Gives the results of a lot of jobs as they come; jobs are taken as there is room for them. Close it where not all
results are taken."""


class Engine(Protocol):
    """Map the prepared function over jobs, with so many workers; 0 for as many as there is room for.

    `places` are what the jobs read and write. Engines whose workers run elsewhere see that they are there, too.
    """

    def __call__(
        self,
        prepare: Prepare[JobT, Result],
        *,
        workers: int,
        tick: Tick,
        places: Sequence[Path] = (),
    ) -> AbstractContextManager[Run[JobT, Result]]: ...
