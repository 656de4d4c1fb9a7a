"""Run jobs on a Ray cluster: each job is a task, on any machine.

Ray runs a task again elsewhere if its worker or its machine dies. Tasks and not actors, since machines may come and go:
a task runs wherever there is room, and a process keeps its prepared function for its next tasks.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from cleaner.dataset.digests import versions
from cleaner.errors import CleanerError
from cleaner.pipeline.engines.base import JobT, Prepare, Result, Run, Tick

_RETRIES = 10
"""How often a job is repeated after its worker or machine has died. Ray does not count workers that ran out of memory,
which it repeats without limit, nor machines that were removed with notice."""
_QUEUED = 2
"""Jobs given to Ray for each core: one that runs, and one that waits, which makes an autoscaling cluster grow."""
_ANSWER_SECONDS = 10
_ENDING_SECONDS = 30
_NOT_LOADED = "The remote function failed to import"
"""The start of Ray's RuntimeError if a worker does not find the function's module."""

# Ray reads these on import. They turn off usage statistics, and a hook for `uv run` that would send the working folder
# with all data to every machine.
_ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What every worker receives, once."""

    prepare: Callable[[], Callable[[Any, Tick], Any]]
    places: Sequence[Path]
    versions: Mapping[str, str | None]


@contextmanager
def on_ray(
    prepare: Prepare[JobT, Result], *, workers: int, tick: Tick, places: Sequence[Path] = ()
) -> Iterator[Run[JobT, Result]]:
    """Run jobs as tasks of a Ray cluster; ticks are reported when a job ends.

    The cluster is the one that this process is connected to, else that of `RAY_ADDRESS`, else one that `ray start` has
    started on this machine, else a new one on this machine only, which ends with the work. At most `workers` jobs (0:
    two for each core) are submitted at once, so that a million jobs take no memory.

    Raises CleanerError if Ray is not installed or does not answer, if a machine of the cluster has other versions or
    lacks one of the `places`, and if a job's workers died `_RETRIES` times.
    """
    with ExitStack() as stack:

        @cache
        def cluster() -> Any:
            return stack.enter_context(connected())

        def run(jobs: Iterable[JobT]) -> Generator[Result, None, None]:
            waiting = iter(jobs)
            first = list(islice(waiting, 1))
            if not first:
                return
            waiting = chain(first, waiting)
            ray = cluster()
            task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_run)
            # In a list, so that a worker fetches it on first use and not with every task.
            work = [ray.put(_Work(prepare=prepare, places=tuple(places), versions=versions()))]
            running: list[Any] = []
            try:
                while True:
                    room = workers or max(1, _QUEUED * int(ray.cluster_resources().get("CPU", 0)))
                    running += [task.remote(work, job) for job in islice(waiting, max(0, room - len(running)))]
                    if not running:
                        return
                    ended, running = ray.wait(running)
                    for each in ended:
                        result, documents, size = _result(ray, each)
                        tick(documents, size)
                        yield result
            finally:
                _end(ray, running)

        yield run


@contextmanager
def connected() -> Iterator[Any]:
    """Return the module `ray`, connected to the cluster that `on_ray` describes. Raises CleanerError."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray  # an extra, and slow to import
    except ImportError:
        raise CleanerError(
            "engine ray", "Ray is not installed", "pip install 'cleaner[ray]', on every machine of the cluster"
        ) from None
    if ray.is_initialized():
        yield ray
        return
    address = os.environ.get("RAY_ADDRESS", "")
    try:
        host, _, port = address.rpartition("//")[2].rpartition(":")
        if port.isdigit():  # without a listener, Ray would try for minutes
            socket.create_connection((host, int(port)), _ANSWER_SECONDS).close()
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:
        raise CleanerError(
            address or "ray", f"no Ray cluster answers: {_lines(error)[0]}",
            "see that it runs and RAY_ADDRESS is right; RAY_ADDRESS=local starts one of this machine alone",
        ) from error  # fmt: skip
    try:
        yield ray
    finally:
        ray.shutdown()


def _result(ray: Any, task: Any) -> Any:
    try:
        return ray.get(task)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, ray.exceptions.RayError) or str(error.cause).startswith(_NOT_LOADED):
            cause = f"a machine of the cluster can't load the work: {_lines(error.cause)[-1]}"
            raise CleanerError("workers", cause, "install cleaner, of this version, on every machine") from error
        raise error.cause from error
    except ray.exceptions.RayError as error:
        raise CleanerError(
            "workers",
            f"a job was tried {_RETRIES + 1} times, and its worker died: {_lines(error)[0]}",
            "most often it ran out of memory: use smaller shards, or machines with more memory for each core",
        ) from error


def _lines(error: Exception) -> list[str]:
    return str(error).strip().splitlines() or [type(error).__name__]


def _end(ray: Any, running: Sequence[Any]) -> None:
    """Cancel running tasks and wait until they have ended: no task may write while the caller cleans up."""
    for task in running:
        ray.cancel(task, force=True)
    if running:
        ray.wait(running, num_returns=len(running), timeout=_ENDING_SECONDS)


# In the workers


def _run(work: Sequence[Any], job: Any) -> tuple[Any, int, int]:
    """Return the job's result, and the documents and bytes it reported."""
    done = [0, 0]

    def tick(documents: int, size: int) -> None:
        done[0] += documents
        done[1] += size

    return _prepared(work[0])(job, tick), done[0], done[1]


@lru_cache(maxsize=1)
def _prepared(reference: Any) -> Callable[[Any, Tick], Any]:
    import ray

    work: _Work = ray.get(reference)
    here = socket.gethostname()
    if differing := [
        f"{name} {there or 'missing'} (here {work.versions[name] or 'missing'})"
        for name, there in versions().items()
        if there != work.versions[name]
    ]:
        cause = f"has other versions, which might write other bytes: {', '.join(differing)}"
        raise CleanerError(here, cause, "install the same ones on every machine of the cluster")
    for place in work.places:
        if not place.exists():
            hint = "read and write where every machine of the cluster can: on a shared disk, or at an address"
            raise CleanerError(f"{here}: {place}", "is not there on that machine", hint)
    return work.prepare()
