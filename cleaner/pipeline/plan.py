"""Divide an input into shards, at places that depend on its content, so that few shards change with a file.

The plan depends on the input alone, and not on the number of workers. A digest of a file's name decides whether a new
shard begins there, as in content-defined chunking (Muthitacharoen, Chen and Mazières, "A low-bandwidth network file
system", SOSP 2001). If a file is added or removed, the shards elsewhere stay the same and are reused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

from cleaner.dataset.digests import digest_of
from cleaner.readers import Source, Unreadable, split
from cleaner.readers.fingerprint import Input
from cleaner.readers.locations import Place
from cleaner.readers.sources import BYTE_RANGES

SHARD_BYTES = 64 * 2**20
"""The most input bytes of a shard. A compressed file is never divided, and may be larger."""
_LEAST_SHARD_BYTES = 4 * 2**20
_WANTED_SHARDS = 64  # enough to use the cores of one machine evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPart:
    """A file of a shard, or a range of a file."""

    source: Source
    key: str
    """SHA-256 of what its documents depend on, except the program: its bytes, its name, its place in the file."""
    stamp: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The plan of a shard, which becomes one file of each table. `number` counts from 0."""

    number: int
    parts: tuple[InputPart, ...]
    """In the order of the input."""
    refused: tuple[Unreadable, ...] = ()
    taken: frozenset[str] = frozenset()
    """Ids of this shard that an earlier shard uses already."""

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(part.source.size for part in self.parts)

    @cached_property
    def key(self) -> str:
        """SHA-256 of what the shard's rows depend on, except the program."""
        refused = [str(each) for each in self.refused]
        return digest_of([[part.key for part in self.parts], refused, sorted(self.taken)])


def plan(
    sources: Sequence[Source],
    inputs: Sequence[Input],
    refused: Iterable[Unreadable] = (),
    *,
    shard_bytes: int = SHARD_BYTES,
) -> list[Planned]:
    """Divide the input into shards, in its order; `inputs` are the sources with their digests.

    A file larger than a shard is divided if its reader can do this. For small inputs the size of a shard is
    `shard_bytes` divided by a power of two, so that there are enough shards for all workers; powers of two, so that
    the size does not change with every file.
    """
    least = sum(source.size for source in sources) // _WANTED_SHARDS
    target = max(1, min(shard_bytes, max(_LEAST_SHARD_BYTES, 1 << least.bit_length())))
    known = {source.path: each for source, each in zip(sources, inputs, strict=True)}
    runs = list(_runs(sources, target)) or [[]]
    return [
        Planned(
            number=number,
            parts=tuple(_part(source, known) for source in run),
            refused=tuple(refused) if number == 0 else (),
        )
        for number, run in enumerate(runs)
    ]


def _runs(sources: Iterable[Source], target: int) -> Iterator[list[Source]]:
    run: list[Source] = []
    held = 0
    for source in sources:
        pieces = split(source, target)
        if run and (len(pieces) > 1 or held + source.size > target):
            yield run
            run, held = [], 0
        *whole, rest = pieces
        yield from ([piece] for piece in whole)
        run.append(rest)
        held += rest.size
        if held >= target or (held * 2 >= target and crc32(source.name.encode()) * target < source.size << 34):
            yield run
            run, held = [], 0
    if run:
        yield run


def _part(source: Source, known: Mapping[Place, Input]) -> InputPart:
    whole = known[source.path]
    is_range = bool(source.start) or source.stop is not None
    content = whole.sha256
    if is_range and content and source.suffix in BYTE_RANGES:
        content = source.digest()  # lines that are appended to a file leave its earlier ranges as they were
    place = [source.start, source.stop, source.first_line] if is_range else []
    return InputPart(source=source, key=digest_of([source.name, content, place]), stamp=whole.stamp)
