"""The bytes of a file, unpacked: what a file is packed with is told by its first bytes, not by its name.

A `.jsonl.gz` that some download has already unpacked is thus read as it is, and a packed file that lost
its `.gz` is unpacked all the same. A new way of packing is a row in `COMPRESSIONS`.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from cleaner.errors import InputError

_BLOCK = 1 << 20  # bytes read at a time
_PACKED_BLOCK = 1 << 15  # small, as all that it unpacks to is held at once
_MAGIC_BYTES = 8
_AGAIN = "fetch the file or pack it again"


class Decompressor(Protocol):
    """One packed stream; `eof` once its end is reached, `unused_data` what stands behind that."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """A way of packing: what its files begin with, and how one stream of it is unpacked."""

    name: str
    magic: re.Pattern[bytes]
    decompressor: Callable[[], Decompressor]


def _gzip() -> Decompressor:
    return zlib.decompressobj(wbits=31)  # 16 + 15: with gzip's header and checksum, the largest window


def _zstd() -> Decompressor:
    import zstandard  # noqa: PLC0415 - seldom needed

    # Archives made with `zstd --long=31` ask for a window of 2 GiB, past zstandard's default of 128 MiB.
    return zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()


COMPRESSIONS: Mapping[str, Compression] = {
    ".gz": Compression(name="gzip", magic=re.compile(rb"\x1f\x8b"), decompressor=_gzip),
    # A frame, or a skippable one, with which files of several frames may begin (RFC 8878, 3.1).
    ".zst": Compression(
        name="zstd", magic=re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), decompressor=_zstd
    ),
}


def compression(path: Path) -> Compression | None:
    """What the file is packed with; None where it is plain. Raises OSError."""
    with path.open("rb") as file:
        return _told_by(file.read(_MAGIC_BYTES))


def chunks(path: Path, *, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The file's unpacked bytes, piece by piece; of a plain file only those in [start, stop).

    Raises InputError where the file can't be opened, or where packed data is damaged or cut short: after
    all that stands before the damage has been given.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_MAGIC_BYTES)
            file.seek(0)
            if packed := _told_by(head):
                yield from _unpacked(file, packed)
            elif not head and (named := COMPRESSIONS.get(path.suffix.lower())):
                raise InputError(str(path), f"is empty: it holds no {named.name} data", _AGAIN)
            else:
                yield from blocks(file, start, stop)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise InputError(str(path), cause, "see that the file is there and may be read") from error


def blocks(file: BinaryIO, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes of an open file in [start, stop), piece by piece. Raises OSError."""
    file.seek(start)
    left = sys.maxsize if stop is None else stop - start
    while block := file.read(min(_BLOCK, left)):
        yield block
        left -= len(block)


def _told_by(head: bytes) -> Compression | None:
    return next((row for row in COMPRESSIONS.values() if row.magic.match(head)), None)


def _unpacked(file: BinaryIO, packed: Compression) -> Iterator[bytes]:
    """All streams of a file, one after the other; zeros between and behind them are padding."""
    stream: Decompressor | None = None
    while block := file.read(_PACKED_BLOCK):
        while block := block if stream else block.lstrip(b"\0"):
            stream = stream or packed.decompressor()
            if data := _decompressed(stream, block, packed, file):
                yield data
            block, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
    if stream:
        raise InputError(str(file.name), f"its {packed.name} data is cut short", _AGAIN)


def _decompressed(stream: Decompressor, block: bytes, packed: Compression, file: BinaryIO) -> bytes:
    try:
        return stream.decompress(block)
    except Exception as error:  # each library has an error of its own, and zstandard's is imported late
        raise InputError(str(file.name), f"its {packed.name} data is damaged ({error})", _AGAIN) from error
