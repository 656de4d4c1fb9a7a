"""Processes, and what they spent."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from resource import struct_rusage
from time import perf_counter, sleep

ROOT = Path(__file__).parent.parent

MIB = 1024 if sys.platform != "darwin" else 2**20  # what getrusage counts in: KiB, and bytes on a Mac
_PLACE = re.compile(r"(?:/[\w.+-]+){2,}")  # a path, which is nobody's business
_POLL = 0.02
_PATIENCE = 10  # seconds
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """By a process and all that it waited for, start-up included."""

    cpu: float
    """Seconds, of all its processes."""
    wall: float
    """Seconds."""
    peak: float
    """MiB of memory that the largest of its processes held at once."""


class FailedError(Exception):
    """A process that is measured ended badly; says how."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    killed_after: float | None = None,
    codes: Container[int] = (0,),
) -> Spent:
    """Run a command to its end, or kill it (and its whole group) after so many seconds of wall time.

    Processes that it leaves behind (datatrove's are a fork server's children, not its own) are waited for and counted;
    on Linux alone, elsewhere they are missed. Raises FailedError.
    """
    _adopt()
    whole = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    whole.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has been compiled, and is not at each start
    with tempfile.TemporaryFile() as said:
        began = perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), cwd=cwd, env=whole, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )
        if killed_after is not None:
            _kill(process.pid, began + killed_after)
        _, status, usage = os.wait4(process.pid, 0)
        wall = perf_counter() - began
        process.returncode = code = os.waitstatus_to_exitcode(status)
        usages = [usage, *_left_behind(process.pid)]
        if killed_after is None and code not in codes:
            said.seek(0)
            last = said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise FailedError(f"{Path(command[0]).name} ended with {code}: {_PLACE.sub('…', last)}")
    return Spent(
        cpu=sum(each.ru_utime + each.ru_stime for each in usages),
        wall=wall,
        peak=max(each.ru_maxrss for each in usages) / MIB,
    )


@cache
def _adopt() -> None:
    """Become the parent of processes whose parent ends (prctl(2)): who waits for a process learns what it spent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _left_behind(group: int) -> Iterator[struct_rusage]:
    """What those spent that a command left behind; they are ended where they don't end by themselves."""
    until = perf_counter() + _PATIENCE
    while True:
        try:
            pid, _, usage = os.wait4(-group, os.WNOHANG)
        except ChildProcessError:
            return
        if pid:
            yield usage
        elif perf_counter() > until:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
            return
        else:
            sleep(_POLL)


def _kill(pid: int, when: float) -> None:
    while perf_counter() < when:
        sleep(_POLL)
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
    os.killpg(pid, signal.SIGKILL)


def alternated(rounds: int, **jobs: Callable[[], Spent]) -> dict[str, list[Spent]]:
    """What each job spent in each round; every other round runs them backwards, so that none is always the first."""
    found: dict[str, list[Spent]] = {name: [] for name in jobs}
    for number in range(rounds):
        for name in list(jobs)[:: -1 if number % 2 else 1]:
            found[name].append(jobs[name]())
    return found
