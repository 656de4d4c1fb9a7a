"""Ways to map one function over jobs. A new way is a function and a row in `ENGINES`.

An engine is given `prepare`, which is called once in every process and returns the function to map:
whatever is dear to build (a compiled program) is built there. The function is given a job and `tick`, to be
called as the work goes on. Results come in no order. An engine may lose ticks; it may not lose results.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from threading import Thread, current_thread, main_thread
from typing import Any, Protocol, TypeVar

from cleaner.errors import CleanerError

Job = TypeVar("Job")
Result = TypeVar("Result")

Tick = Callable[[int, int], None]
"""Told of progress: documents and bytes done since the last call."""
Prepare = Callable[[], Callable[[Job, Tick], Result]]

_TICK_SECONDS = 0.1


class Engine(Protocol):
    """Map the prepared function over jobs, with so many workers."""

    def __call__(
        self, prepare: Prepare[Job, Result], jobs: Sequence[Job], *, workers: int, tick: Tick
    ) -> Generator[Result, None, None]: ...


def serial(
    prepare: Prepare[Job, Result],
    jobs: Sequence[Job],
    *,
    workers: int,  # noqa: ARG001 - this one
    tick: Tick,
) -> Generator[Result, None, None]:
    """One after the other, in this process."""
    run = prepare()
    for job in jobs:
        yield run(job, tick)


def processes(
    prepare: Prepare[Job, Result], jobs: Sequence[Job], *, workers: int, tick: Tick
) -> Generator[Result, None, None]:
    """In fresh processes of this machine. Raises CleanerError where one of them dies.

    The workers hang on a pipe that this process alone can hold open: they end when it is closed, which a
    killed process does, too. None is left behind, and none writes on when its build is over.
    """
    context = multiprocessing.get_context("spawn")
    done = context.Array("q", 2)
    lifeline, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(min(workers, len(jobs)), context, initializer=_start, initargs=(prepare, done, lifeline))
    pending: set[Future[Result]] = set()
    try:
        with _interrupts_held():
            pending = {pool.submit(_run, job) for job in jobs}
        told = [0, 0]
        while pending:
            finished, pending = wait(pending, timeout=_TICK_SECONDS, return_when=FIRST_COMPLETED)
            now = list(done.get_obj())
            tick(now[0] - told[0], now[1] - told[1])
            told = now
            for future in finished:
                yield future.result()
    except BrokenProcessPool as error:
        raise CleanerError(
            "workers",
            "a worker process died; most often for want of memory",
            "use fewer workers. In a script of your own, call build() below `if __name__ == '__main__':`",
        ) from error
    finally:
        if pending:
            held.close()
        pool.shutdown(cancel_futures=True)
        held.close()
        lifeline.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back until the block ends: it would leave a process half started, and tracebacks of two.

    Processes that start in the block never see a Ctrl-C, as they inherit the mask: their parent ends them.
    """
    missed: list[int] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    # The mask is this thread's alone. Should another one be given the signal, Python still acts in the main one.
    in_main = current_thread() is main_thread()
    handler = signal.signal(signal.SIGINT, lambda number, _: missed.append(number)) if in_main else None
    try:
        yield
    finally:
        if in_main:
            signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if missed:
            signal.raise_signal(signal.SIGINT)


ENGINES: Mapping[str, Engine] = {"serial": serial, "processes": processes}

# What `_start` leaves in a worker for `_run`: a pool's initializer can return nothing.
_worker: dict[str, Any] = {}


def _start(prepare: Callable[[], Any], done: Any, lifeline: Any) -> None:
    Thread(target=_end_with, args=(lifeline,), daemon=True).start()

    def tick(documents: int, size: int) -> None:
        with done:
            done[0] += documents
            done[1] += size

    # At the first job and not here: what fails here, fails without a word.
    _worker.update(prepare=cache(prepare), tick=tick)


def _run(job: Any) -> Any:
    return _worker["prepare"]()(job, _worker["tick"])


def _end_with(lifeline: Any) -> None:
    try:
        lifeline.recv()
    except (EOFError, OSError):
        os._exit(1)
