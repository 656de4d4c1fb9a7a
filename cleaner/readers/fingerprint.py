"""Digest and stamp of each input file, by which a build notices that a file has changed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cleaner.readers import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input file; `sha256` is of its bytes as they lie there, then its sidecar's (None: unreadable)."""

    name: str
    bytes: int
    sha256: str | None
    stamp: tuple[int, int] = (0, 0)
    """Size and time of its last change, by which one that changes under the build is found out; local files only."""


def digested(sources: Sequence[Source], workers: int = 1) -> list[Input]:
    """The inputs with their digests, which are taken in so many threads."""
    with ThreadPoolExecutor(max(1, workers)) as threads:
        return list(threads.map(_digested, sources))


def _digested(source: Source) -> Input:
    try:
        stamp, sha = stamp_of(source), source.digest()
    except OSError:
        return Input(name=source.name, bytes=source.size, sha256=None)  # its reader will tell why
    return Input(name=source.name, bytes=source.size, sha256=sha, stamp=stamp)


def stamp_of(source: Source) -> tuple[int, int]:
    """Size in bytes and time of the last change in ns of a local file; zeros for others. Raises OSError."""
    if not isinstance(source.path, Path):
        return 0, 0
    told = source.path.stat()
    return told.st_size, told.st_mtime_ns
