"""Run jobs on this machine: in this process, or in new ones."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from itertools import chain, islice
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from cleaner.dataset.folders import signals_held
from cleaner.errors import CleanerError
from cleaner.pipeline.engines.base import JobT, Prepare, Result, Run, Tick

_TICK_SECONDS = 0.1
_QUEUED = 2
"""Jobs given to the pool for each worker: one that runs, and one that waits, so that no worker is idle."""

# Arrow reads this when a worker loads it. Workers return freed memory at once, not after ten seconds: 20 MiB for each
# of them. A single process does not, since it would take a twentieth of the time of a rebuild.
_ARROWS_DECAY = ("JE_ARROW_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")


@contextmanager
def local(
    prepare: Prepare[JobT, Result],
    *,
    workers: int,
    tick: Tick,
    places: Sequence[Path] = (),  # noqa: ARG001 - here they are
) -> Iterator[Run[JobT, Result]]:
    """Run jobs in `workers` new processes (0: one for each core); in this process if one is enough.

    Raises CleanerError if a process dies.
    """
    most = workers or os.cpu_count() or 1
    here = cache(prepare)
    with ExitStack() as pools:
        open_pool = cache(lambda size: pools.enter_context(_pool(prepare, size, tick)))

        def run(jobs: Iterable[JobT]) -> Generator[Result, None, None]:
            waiting = iter(jobs)
            first = list(islice(waiting, 2))
            if most == 1 or (len(first) < 2 and not open_pool.cache_info().currsize):
                for job in chain(first, waiting):
                    yield here()(job, tick)
            elif first:
                yield from open_pool(most)(chain(first, waiting))

        yield run


@contextmanager
def _pool(prepare: Prepare[JobT, Result], size: int, tick: Tick) -> Iterator[Run[JobT, Result]]:
    """Start new processes on this machine.

    They wait on a pipe that only this process holds open, and end when it is closed, also because this process was
    killed. So no worker outlives its build or writes after its end.
    """
    os.environ.setdefault(*_ARROWS_DECAY)
    context = multiprocessing.get_context("spawn")
    with signals_held():  # the resource tracker of multiprocessing starts here
        done = context.Array("q", 2)
    lifeline, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(size, context, initializer=_start, initargs=(prepare, done, lifeline))
    pending: set[Future[Result]] = set()
    # Not `concurrent.futures.wait`: it takes the locks of all pending futures each time, and keeps them on Ctrl-C.
    finished: SimpleQueue[Future[Result]] = SimpleQueue()
    reported = [0, 0]

    def run(jobs: Iterable[JobT]) -> Generator[Result, None, None]:
        waiting = iter(jobs)
        while True:
            more = list(islice(waiting, _QUEUED * size - len(pending)))
            with signals_held():
                for job in more:
                    future = pool.submit(_run, job)
                    pending.add(future)
                    future.add_done_callback(finished.put)
            if not pending:
                return
            ended = None
            with suppress(Empty):
                ended = finished.get(timeout=_TICK_SECONDS)
            now = list(done.get_obj())
            tick(now[0] - reported[0], now[1] - reported[1])
            reported[:] = now
            if ended:
                pending.remove(ended)
                yield ended.result()

    try:
        yield run
        pool.shutdown(cancel_futures=bool(pending))
    except BrokenProcessPool as error:
        raise CleanerError(
            "workers",
            "a worker process died, most often because it ran out of memory",
            "use fewer workers. In a script of your own, call build() below `if __name__ == '__main__':`",
        ) from error
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        lifeline.close()


# Set by `_start` in a worker, for `_run`: the initializer of a pool returns nothing.
_worker: dict[str, Any] = {}


def _start(prepare: Callable[[], Any], done: Any, lifeline: Any) -> None:
    Thread(target=_end_with, args=(lifeline,), daemon=True).start()

    def tick(documents: int, size: int) -> None:
        with done:
            done[0] += documents
            done[1] += size

    # At the first job and not here: an error in an initializer is not reported.
    _worker.update(prepare=cache(prepare), tick=tick)


def _run(job: Any) -> Any:
    return _worker["prepare"]()(job, _worker["tick"])


def _end_with(lifeline: Any) -> None:
    try:
        lifeline.recv()
    except (EOFError, OSError):
        os._exit(1)
