"""Reads zips whose directory, at their end, is cut off or damaged: members are found by the header before each.

Specification: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cleaner.errors import InputError
from cleaner.readers.compression import expect_no_bomb

_HEADER = struct.Struct("<4s5H3I2H")  # (4.3.7)
_SIGNATURE = b"PK\x03\x04"
_BLOCK = 1 << 16
_STREAMED, _UTF8 = 0x8, 0x800  # general purpose flags (4.4.4)
_IN_EXTRA, _ZIP64 = 0xFFFFFFFF, 1  # (4.5.3)
_AGAIN = "fetch the archive or pack it again"


@dataclass(slots=True)
class ZipMember:
    """A member as its own header describes it. It must be read, once, before the next one."""

    file: BinaryIO
    info: zipfile.ZipInfo
    at: int
    """Offset of its data in the file."""
    packed: int | None
    """Bytes of its data; None if the header does not state it."""
    end: int = 0
    """Offset of its end, as far as it was read."""

    def pieces(self) -> Iterator[bytes]:
        """Yield its bytes. Raises InputError if its data is damaged, truncated, or expands to more than 200 times its
        size."""
        stored = self.info.compress_type == zipfile.ZIP_STORED
        stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        crc = taken = given = 0
        self.file.seek(self.at)
        while not stream.eof and (self.packed is None or taken < self.packed):
            block = self.file.read(_BLOCK if self.packed is None else min(_BLOCK, self.packed - taken))
            if not block:
                raise self._fault("is cut short")
            taken += len(block)
            while block:
                try:
                    data = block if stored else stream.decompress(block, _BLOCK)
                except zlib.error as error:
                    raise self._fault(f"in the archive is damaged ({error})") from error
                block = b"" if stored else stream.unconsumed_tail
                given += len(data)
                expect_no_bomb(self.info.filename, taken, given)
                crc = zlib.crc32(data, crc)
                self.end = self.at + taken - len(stream.unused_data)
                yield data
        if self.packed is not None and (crc != self.info.CRC or not (stored or stream.eof)):
            raise self._fault("in the archive is damaged (bad crc-32)")

    def _fault(self, what: str) -> InputError:
        return InputError(self.info.filename, f"its data {what}", _AGAIN)

    def behind(self) -> int:
        """Where the next header may be."""
        if self.packed is not None:
            return self.at + self.packed
        if not self.end:  # it was not read
            try:
                for _ in self.pieces():
                    pass
            except InputError:
                pass
        return max(self.end, self.at)


def find_members(file: BinaryIO) -> Iterator[ZipMember]:
    """In the file's order. Raises OSError."""
    at = 0
    while (found := _next_header(file, at)) is not None:
        member = _member(file, found)
        if member is None:
            at = found + len(_SIGNATURE)
            continue
        yield member
        at = member.behind()


def _next_header(file: BinaryIO, at: int) -> int | None:
    """Offset of the next signature of a header."""
    file.seek(at)
    held = b""
    while block := file.read(_BLOCK):
        held += block
        if (place := held.find(_SIGNATURE)) >= 0:
            return at + place
        at += max(0, len(held) - len(_SIGNATURE) + 1)
        held = held[-len(_SIGNATURE) + 1 :]
    return None


def _member(file: BinaryIO, at: int) -> ZipMember | None:
    """The member whose header is at this offset; None if it is truncated or has no name."""
    file.seek(at)
    head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return None
    _, version, flags, method, _, _, crc, packed, size, name_length, extra_length = _HEADER.unpack(head)
    name, extra = file.read(name_length), file.read(extra_length)
    if len(name) < name_length or len(extra) < extra_length or not name:
        return None
    info = zipfile.ZipInfo(name.decode("utf-8" if flags & _UTF8 else "cp437", "surrogateescape"))
    info.flag_bits, info.compress_type, info.CRC, info.extract_version = flags, method, crc, version
    if _IN_EXTRA in (packed, size) and extra[:2] == struct.pack("<H", _ZIP64) and len(extra) >= 20:
        size, packed = struct.unpack_from("<2Q", extra, 4)
    info.compress_size, info.file_size = packed, size
    unknown = flags & _STREAMED and not packed
    return ZipMember(file, info, at + _HEADER.size + name_length + extra_length, None if unknown else packed)
