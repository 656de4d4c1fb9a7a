"""How much work something is, counted and not timed: the same on every machine, however busy.

Calls are one measure: of Python's functions, and of those written in C. What a single call does is the other: to copy a
set, to slice a string or to put one together is one step of the interpreter, however long. So `memory` adds up how far
the memory rises between one call and the next. What only reads (`find` from the start of a text,
again and again) shows in neither; `make work` looks for that by time, at sizes where it would take minutes.
"""

from __future__ import annotations

import cProfile
import gc
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(task: Callable[[], object]) -> int:
    """How many functions a task calls."""
    profile = cProfile.Profile()
    profile.runcall(task)
    return sum(entry.callcount for entry in profile.getstats())


def memory(task: Callable[[], object]) -> int:
    """Bytes by which a task makes the memory rise, each rise counted though it falls again."""
    risen = held = 0

    def watch(_frame: FrameType, _event: str, _argument: Any) -> None:
        nonlocal risen, held
        now, peak = tracemalloc.get_traced_memory()
        risen += peak - held
        held = now
        tracemalloc.reset_peak()

    gc.collect()
    gc.disable()  # it would run now here, now there
    tracemalloc.start()
    try:
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        sys.setprofile(watch)
        task()
    finally:
        sys.setprofile(None)
        tracemalloc.stop()
        gc.enable()
    return risen
