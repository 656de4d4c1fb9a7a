"""Reads the records of a web archive, and reports the parts between them that are damaged.

A record is a header, a block of the length that the header says, and two line ends. Where that doesn't hold, the next
header is looked for, so that a damaged record loses no other one.
Specification: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cleaner.errors import InputError

HEAD_BYTES = 1 << 16  # the longest header of a record, or of a server's response
_BLOCK = 1 << 16
_BEGIN = re.compile(rb"WARC/\d")
_NEXT = re.compile(rb"WARC/\d\.\d\r?\n(?=[A-Za-z-]+:)")
_BLANK = re.compile(rb"\r?\n\r?\n")
_LONGEST_BEGIN = 64


@dataclass(frozen=True, slots=True)
class RecordDamage:
    """A damaged part in place of a record, with the cause."""

    cause: str


@dataclass(slots=True)
class Record:
    """A record; its block must be read before the next record, if at all."""

    headers: Mapping[str, str]
    """Headers by their names in lower case."""
    length: int
    """Length of its block in bytes, by the header."""
    _bytes: PeekableBytes
    is_damaged: bool = False
    """Whether its length extends past the beginning of the next record."""

    def head(self) -> bytes:
        """The beginning of the block."""
        return self._bytes.peek(min(self.length, HEAD_BYTES))

    def block(self) -> bytes | None:
        """All of it; None where there is less, or where its length leads past the next record."""
        held = self._bytes.peek(self.length + _LONGEST_BEGIN)
        behind = held[self.length :].lstrip(b"\r\n")
        if len(held) >= self.length and (not behind or _BEGIN.match(behind)):
            return held[: self.length]
        found = _NEXT.search(held)
        self.is_damaged = found is not None and found.start() < self.length
        return held[: self.length] if len(held) >= self.length and not self.is_damaged else None


class PeekableBytes:
    """A buffer over pieces of bytes that can be read without consuming them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = bytearray()
        self._at = 0
        self.fault: InputError | None = None
        """Why the pieces broke off: it counts behind what was held by then."""

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes without consuming them; fewer only at the end."""
        while len(self._held) - self._at < size:
            try:
                piece = next(self._pieces, None)
            except InputError as error:
                self.fault, piece = error, None
            if piece is None:
                break
            if self._at > _BLOCK:
                del self._held[: self._at]
                self._at = 0
            self._held += piece
        return bytes(self._held[self._at : self._at + size])

    def skip(self, size: int) -> int:
        """Skip `size` bytes and return how many were skipped; fewer only at the end."""
        left = size
        while left and (held := len(self.peek(1)) and len(self._held) - self._at):
            step = min(left, held)
            self._at += step
            left -= step
        return size - left


def read_records(data: PeekableBytes) -> Iterator[Record | RecordDamage]:
    """Yield the records in order. Raises EOFError if the last one is truncated, and InputError if reading fails."""
    while True:
        while (blank := data.peek(1)) and blank in b"\r\n":
            data.skip(1)
        if not blank and data.fault:
            raise data.fault
        if not blank:
            return
        head = data.peek(HEAD_BYTES)
        end = _BLANK.search(head)
        if not _BEGIN.match(head) or (not end and len(head) == HEAD_BYTES):
            yield RecordDamage("holds data that is not a record")
            _to_next(data)
            continue
        if not end:
            raise data.fault or EOFError
        headers = _headers(head[: end.start()])
        length = headers.get("content-length", "")
        if not length.isdecimal() or len(length) > 18:
            yield RecordDamage("holds a record whose header has no length")
            _to_next(data)
            continue
        data.skip(end.end())
        record = Record(headers, int(length), data)
        yield record
        if record.is_damaged:
            _to_next(data)
        elif data.skip(record.length) < record.length:
            raise data.fault or EOFError


def _to_next(data: PeekableBytes) -> None:
    """Skip to bytes that look like the beginning of a record, or to the end."""
    data.skip(1)
    while held := data.peek(_BLOCK):
        if found := _NEXT.search(held):
            data.skip(found.start())
            return
        data.skip(max(1, len(held) - _LONGEST_BEGIN))


def _headers(head: bytes) -> Mapping[str, str]:
    """The first of each name; one may go on in lines that begin with a blank."""
    headers: dict[str, str] = {}
    lines = re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines()
    for line in lines[1:]:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers
