"""Computes a digest and a stamp of each input file, by which a build detects that a file has changed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cleaner.readers import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input file; `sha256` is the hex digest of its bytes on disk and then its sidecar's (None: unreadable)."""

    name: str
    bytes: int
    sha256: str | None
    stamp: tuple[int, int] = (0, 0)
    """Size in bytes and time of the last change in ns, to detect changes during the build; zeros for remote files."""


def digest_inputs(sources: Sequence[Source], workers: int = 1) -> list[Input]:
    """Return the inputs with their digests, in the order of `sources`, computed by `workers` threads. Raises
    nothing."""
    with ThreadPoolExecutor(max(1, workers)) as threads:
        return list(threads.map(_digested, sources))


def _digested(source: Source) -> Input:
    try:
        stamp, sha = file_stamp(source), source.digest()
    except OSError:
        return Input(name=source.name, bytes=source.size, sha256=None)  # its reader reports the cause
    return Input(name=source.name, bytes=source.size, sha256=sha, stamp=stamp)


def file_stamp(source: Source) -> tuple[int, int]:
    """Return size in bytes and time of the last change in ns of a local file; zeros for others. Raises OSError."""
    if not isinstance(source.path, Path):
        return 0, 0
    status = source.path.stat()
    return status.st_size, status.st_mtime_ns
