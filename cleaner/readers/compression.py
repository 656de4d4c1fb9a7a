"""Reads the decompressed bytes of a file; its first bytes, not its name, determine the compression.

So a `.jsonl.gz` that a download has already decompressed is read as it is, and a compressed file without `.gz` is
decompressed. To add a compression, add a row to `COMPRESSIONS`. At most one block is decompressed at a time, and
reading stops at a file that expands to more than 200 times its size.
"""

from __future__ import annotations

import bz2
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from cleaner.errors import InputError
from cleaner.readers.locations import Member, Place

HELD_BYTES = 1 << 28
"""The most bytes held at once of what can't be read in pieces: a text, a line, a table in an archive."""

# Texts unpack to 3-10 times, logs and tables to 50 times their packed size; a bomb of gzip to 1,000 times, one of
# bzip2 or zstd to a million.
_MOST_TIMES = 200
_UNSUSPECTED = 1 << 26  # bytes that any file may unpack to

_BLOCK = 1 << 20  # bytes read at a time
_PACKED_BLOCK = 1 << 15
_ZSTD_SLICE = 1 << 10  # may unpack to 32 MiB: a block of 128 KiB takes four bytes (RFC 8878, 3.1.1.2)
_MAGIC_BYTES = 8
_TAIL = 64
_AGAIN = "fetch the file or pack it again"


class Decompressor(Protocol):
    """One compressed stream, with the interface of `bz2.BZ2Decompressor`: `eof` after its end, `unused_data` the bytes
    after that; while it needs no input, `decompress(b"", n)` returns more."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Inflate:
    """zlib's stream, as a `Decompressor`. `wbits` is zlib's: 31 for gzip, 15 for zlib, -15 for raw deflate."""

    def __init__(self, wbits: int = 31) -> None:
        self._stream = zlib.decompressobj(wbits=wbits)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max_length)


class _Zstd:
    def __init__(self) -> None:
        import zstandard  # rarely needed

        # Archives made with `zstd --long=31` ask for a window of 2 GiB, past zstandard's default of 128 MiB.
        self._stream = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
        self._held = b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data + self._held

    @property
    def needs_input(self) -> bool:
        return not self._held

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Decompress in small slices, as the stream of the library has no limit for its output."""
        data = self._held + data
        out: list[bytes] = []
        at = size = 0
        while at < len(data) and size < max_length and not self._stream.eof:
            out.append(self._stream.decompress(data[at : at + _ZSTD_SLICE]))
            size += len(out[-1])
            at += _ZSTD_SLICE
        self._held = data[at:]
        return b"".join(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """A compression: what its files begin with, and how to decompress one stream."""

    name: str
    magic: re.Pattern[bytes]
    decompressor: Callable[[], Decompressor]


COMPRESSIONS: Mapping[str, Compression] = {
    ".gz": Compression(name="gzip", magic=re.compile(rb"\x1f\x8b"), decompressor=Inflate),
    # A frame, or a skippable one, with which files of several frames may begin (RFC 8878, 3.1).
    ".zst": Compression(
        name="zstd", magic=re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), decompressor=_Zstd
    ),
    # The block size, then the mark of a block, or of the end where there is none.
    ".bz2": Compression(name="bzip2", magic=re.compile(rb"BZh[1-9](?:1AY&|\x17rE8)"), decompressor=bz2.BZ2Decompressor),
}


def compression(place: Place) -> Compression | None:
    """Return the compression of a file; None if it is not compressed. Raises OSError."""
    with place.open("rb") as file:
        return _compression_of(file.read(_MAGIC_BYTES))


@dataclass(slots=True)
class UnpackCount:
    """Counts of compressed and decompressed bytes, and the decompressed bytes allowed at any ratio."""

    packed: int = 0
    unpacked: int = 0
    unsuspected: int | None = None
    """Bytes; None for the default of 64 MiB."""
    begun: int = 0
    """Offset of the compressed stream that is being read."""


def chunks(
    place: Place, *, start: int = 0, stop: int | None = None, ratio: UnpackCount | None = None, skipped: int = 0
) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file in pieces; of an uncompressed file only those in [start, stop).

    `ratio` counts them, for a caller that looks for bombs in an archive; `skipped` bytes of a compressed file are
    skipped.

    Raises InputError if the file can't be opened, or if compressed data is damaged, truncated, or expands to more than
    200 times its size; all data before that is yielded first.
    """
    try:
        with place.open("rb") as file:
            if skipped:
                file.seek(skipped)
            head = file.read(_MAGIC_BYTES)
            if packed := _compression_of(head):
                yield from _unpacked(file, head, packed, str(place), ratio or UnpackCount())
            elif not head and (named := COMPRESSIONS.get(place.suffix.lower())):
                raise InputError(str(place), f"is empty: it holds no {named.name} data", _AGAIN)
            elif start or stop is not None:
                yield from blocks(file, start, stop)
            else:
                while block := head + file.read(_BLOCK):
                    yield block
                    head = b""
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise InputError(str(place), cause, "see that the file is there and may be read") from None


def streams(place: Place) -> Iterator[Iterator[bytes]]:
    """Yield the decompressed bytes of a file as `chunks` does, then those from each later offset where a stream may
    begin.

    A caller that meets damage can so continue after it; others take only the first. Raises what `chunks` raises.
    """
    at: int | None = 0
    while at is not None:
        ratio = UnpackCount()
        yield chunks(place, ratio=ratio, skipped=at)
        at = None if isinstance(place, Member) else _next_stream(place, at + ratio.begun + 1)


def _next_stream(place: Place, at: int) -> int | None:
    """Offset of the next bytes that a compressed stream begins with; None in an uncompressed file."""
    packed = compression(place) or COMPRESSIONS.get(place.suffix.lower())
    with place.open("rb") as file:
        file.seek(at)
        held = b""
        while packed and (block := file.read(_BLOCK)):
            held += block
            if found := packed.magic.search(held):
                return at + found.start()
            at += max(0, len(held) - _MAGIC_BYTES)
            held = held[-_MAGIC_BYTES:]
    return None


def blocks(file: BinaryIO, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Yield the bytes of an open file in [start, stop) in pieces. Raises OSError."""
    file.seek(start)
    left = sys.maxsize if stop is None else stop - start
    while block := file.read(min(_BLOCK, left)):
        yield block
        left -= len(block)


def read_whole(place: Place, limit: int = HELD_BYTES) -> bytes:
    """Return all decompressed bytes. Raises InputError as `chunks` does, and if there are more than `limit`."""
    held = bytearray()
    for chunk in chunks(place):
        held += chunk
        if len(held) > limit:
            raise InputError(str(place), f"is longer than {limit:,} bytes", "split it: it can't be one article")
    return bytes(held)


def seekable_file(place: Place) -> BinaryIO:
    """Return the decompressed bytes as a seekable file. Raises InputError and OSError.

    An uncompressed local or remote file is opened; others are held in memory, up to `HELD_BYTES`.
    """
    if not isinstance(place, Member) and not compression(place):
        return place.open("rb")
    try:
        return io.BytesIO(read_whole(place))
    except InputError as error:
        raise InputError(error.place, error.cause, "unpack it: a table is read from a plain file") from error


def is_suspect(packed: int, unpacked: int) -> bool:
    """Report whether `unpacked` bytes are more than 200 times `packed`, as in no text."""
    return unpacked > _MOST_TIMES * packed


def expect_no_bomb(place: str, packed: int, unpacked: int, unsuspected: int | None = None) -> None:
    """Raise InputError if `packed` bytes expand to more than 200 times as many and to more than any file may."""
    if unpacked > (unsuspected or _UNSUSPECTED) and is_suspect(packed, unpacked):
        cause = f"unpacks to more than {_MOST_TIMES} times its size, as a decompression bomb does"
        raise InputError(place, cause, "if you trust it, unpack it yourself and use what it holds")


class ForwardFile(io.RawIOBase):
    """Pieces of bytes as a file that seeks only forwards. A read of more than 16 MiB raises OSError.

    The limit is for tarfile, which reads headers of any length that an archive states.
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = memoryview(b"")
        self._at = 0
        self.tail = b""
        """The last bytes of what was read last."""
        self.fault: InputError | None = None
        """The error of the pieces; a read raises it after all bytes before it are read."""

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        left = (offset if whence == io.SEEK_SET else self._at + offset) - self._at
        if left < 0 or whence == io.SEEK_END:
            raise io.UnsupportedOperation("can be read forwards alone")
        while left and (data := self.read(min(left, _BLOCK))):
            left -= len(data)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """`size` bytes, fewer only at the end."""
        if not 0 <= size <= _BLOCK << 4:
            raise OSError("a header is longer than 16 MiB")
        out = bytearray()
        while len(out) < size and (self._piece or self._next()):
            wanted = size - len(out)
            out += self._piece[:wanted]
            self._piece = self._piece[wanted:]
        if self.fault and not out and size:
            raise self.fault
        self._at += len(out)
        self.tail = bytes(out[-_TAIL:]) or self.tail
        return bytes(out)

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(min(len(buffer), _BLOCK))
        buffer[: len(data)] = data
        return len(data)

    def _next(self) -> bool:
        try:
            for piece in self._pieces:
                if piece:
                    self._piece = memoryview(piece)
                    return True
        except InputError as error:
            self.fault = error
        return False


def _compression_of(head: bytes) -> Compression | None:
    return next((row for row in COMPRESSIONS.values() if row.magic.match(head)), None)


def _unpacked(file: BinaryIO, head: bytes, packed: Compression, place: str, ratio: UnpackCount) -> Iterator[bytes]:
    """All streams of a file in order; zeros between and after them are padding."""
    stream: Decompressor | None = None
    block = head
    while block:
        ratio.packed += len(block)
        while block := block if stream else block.lstrip(b"\0"):
            if stream is None:
                stream, ratio.begun = packed.decompressor(), ratio.packed - len(block)
            for data in _decompressed(stream, block, packed, place):
                ratio.unpacked += len(data)
                expect_no_bomb(place, ratio.packed, ratio.unpacked, ratio.unsuspected)
                yield data
            block, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
        block = file.read(_PACKED_BLOCK)
    if stream:
        raise InputError(place, f"its {packed.name} data is cut short", _AGAIN)


def _decompressed(stream: Decompressor, block: bytes, packed: Compression, place: str) -> Iterator[bytes]:
    """The decompressed bytes of a block, in pieces."""
    more = True
    while more:
        try:
            data = stream.decompress(block, _BLOCK)
        except Exception as error:  # each library has an error of its own, and zstandard's is imported late
            raise InputError(place, f"its {packed.name} data is damaged ({error})", _AGAIN) from error
        if data:
            yield data
        block, more = b"", not stream.eof and (not stream.needs_input or len(data) >= _BLOCK)
