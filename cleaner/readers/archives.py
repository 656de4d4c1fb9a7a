"""Reads zip and tar archives as if they were folders, without unpacking them to disk.

A member is named `crawl.zip/inner/a.txt`. The members of a zip are read sorted by name, as the files of a folder are;
those of a tar in its own order, since it is read only once. A sidecar is found by its name in a zip; in a tar it must
be next to its text. The name of a member is never used as a path.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from cleaner.errors import InputError
from cleaner.model.document import Document
from cleaner.readers.compression import (
    HELD_BYTES,
    ForwardFile,
    UnpackCount,
    chunks,
    expect_no_bomb,
    is_suspect,
    read_whole,
    seekable_file,
)
from cleaner.readers.damaged_zip import find_members
from cleaner.readers.discovery import SIDECAR, is_hidden, no_reader
from cleaner.readers.locations import Member
from cleaner.readers.sources import (
    ARCHIVES,
    HAVE_SIDECARS,
    Keys,
    Reader,
    Source,
    Unreadable,
    name_parts,
    read_by,
    shown_name,
)
from cleaner.readers.tar import Tar, expect_whole

_SIDECAR_BYTES = 1 << 24
_BLOCK = 1 << 20
_MOST_SKIPPED = 1 << 32  # bytes of a bomb in a packed tar up to which the members after it are read
_LEFT_OUT = "take it out of the archive, or unpack the archive yourself and give the folder"
_AGAIN = "fetch the archive or pack it again"
_ENCRYPTED = 0x1  # general purpose flag (APPNOTE 4.4.4)
_DRIVE = re.compile(r"[A-Za-z]:")
_UNPACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others are unpacked without a bound
_METHODS = {9: "deflate64", zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "lzma", 93: "zstd", 99: "AES"}  # (4.4.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file in an archive, and the reason why it must not be read (`fault`; "" if it may be)."""

    name: str
    size: int
    pieces: Iterator[bytes]
    fault: str = ""


def read_zip(source: Source, keys: Keys, readers: Mapping[str, Reader]) -> Iterator[Document | Unreadable]:
    """Yield the documents of all members, each read by the reader for its suffix, and an `Unreadable` for refused ones.

    Raises InputError if the file can't be opened or is not a zip; members with intact headers are read before that.
    Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
    """
    try:
        with seekable_file(source.path) as file:
            try:
                archive = zipfile.ZipFile(file)
            except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, struct.error) as error:
                yield from _read(source, keys, readers, _torn_entries(file))
                cause = (
                    f"can't be read as a zip: {_cause_of(error)}; of its members those are read that have their headers"
                )
                raise InputError(source.name, cause, _AGAIN) from error
            with archive:
                yield from _read(source, keys, readers, _zip_entries(archive))
    except OSError as error:
        raise InputError(source.name, f"can't be read as a zip: {_cause_of(error)}", _AGAIN) from error


def read_tar(source: Source, keys: Keys, readers: Mapping[str, Reader]) -> Iterator[Document | Unreadable]:
    """As `read_zip`, for a tar, compressed or not. A truncated one yields its members, then raises InputError."""
    ratio = UnpackCount(unsuspected=_MOST_SKIPPED)
    file = ForwardFile(chunks(source.path, ratio=ratio))
    try:
        with Tar(file) as archive:
            yield from _read(source, keys, readers, _tar_entries(archive, ratio))
            expect_whole(archive, source.name, _AGAIN)
    except (tarfile.TarError, OSError, ValueError, RecursionError) as error:
        raise file.fault or InputError(source.name, f"can't be read as a tar: {_cause_of(error)}", _AGAIN) from error


def _read(
    source: Source, keys: Keys, readers: Mapping[str, Reader], entries: Iterator[_Entry]
) -> Iterator[Document | Unreadable]:
    """The documents of the entries. A text or a sidecar waits for the next entry, as the two may belong together."""

    def settled(each: Source) -> Iterator[Document | Unreadable]:
        reader = readers.get(each.suffix)
        return read_by(reader, each, keys) if reader else iter([no_reader(each.name, readers)])

    waiting: Source | None = None
    broken: Exception | None = None
    try:
        for entry in entries:
            name = f"{source.name}/{entry.name}"
            fault = _fault(entry.name)
            if not fault and is_hidden(entry.name):
                continue
            if fault := fault or entry.fault:
                yield Unreadable(source=name, id=name, cause=fault, hint=_LEFT_OUT)
                continue
            try:
                member = _opened(entry, name)
            except InputError as error:
                yield Unreadable(source=name, id=name, cause=error.cause, hint=error.hint)
                continue
            if waiting and waiting.stem == member.stem and (waiting.suffix == SIDECAR) != (member.suffix == SIDECAR):
                text, sidecar = (waiting, member) if member.suffix == SIDECAR else (member, waiting)
                waiting = None
                yield from settled(replace(text, sidecar=sidecar.path))
                continue
            if waiting:
                yield from settled(waiting)
            waiting = member if _waits(member.suffix) else None
            if not waiting:
                yield from settled(member)
    except Exception as error:  # an error of the archive, raised after the entries before it
        broken = error
    if waiting:
        yield from settled(waiting)
    if broken:
        raise broken


def _waits(suffix: str) -> bool:
    return suffix == SIDECAR or suffix in HAVE_SIDECARS


def _fault(name: str) -> str:
    """Why a member of this name must not be read; "" if it may be."""
    plain = name.replace("\\", "/")
    if plain.startswith("/") or ".." in plain.split("/") or _DRIVE.match(plain):
        return "its name leads out of the archive"
    return "is an archive in an archive" if name_parts(name)[1] in ARCHIVES else ""


def _opened(entry: _Entry, name: str) -> Source:
    """Return the member as a source; one that waits for the next is held in memory. Raises the errors of reading."""
    stem, suffix = name_parts(name)
    place = Member(name, cast("BinaryIO", ForwardFile(entry.pieces)))
    if _waits(suffix):
        place = Member(
            stem + suffix, io.BytesIO(read_whole(place, _SIDECAR_BYTES if suffix == SIDECAR else HELD_BYTES))
        )
    return Source(path=place, name=name, size=entry.size)


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    """The files of a zip sorted by name, each next to its sidecar."""

    def pieces(info: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with archive.open(info) as file:  # it yields no more bytes than its header says
                while data := file.read(_BLOCK):
                    yield data
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, UnicodeDecodeError) as error:
            raise InputError(
                info.filename, f"its data in the archive is damaged ({_cause_of(error)})", _AGAIN
            ) from error

    suspects = _Suspects(archive.start_dir)
    for info in sorted(archive.infolist(), key=lambda each: (name_parts(each.filename), each.header_offset)):
        if not info.filename.endswith("/"):  # `is_dir` fails at a name of no characters
            fault = _fault_of(info) or suspects.fault(info)
            yield _Entry(name=str(PurePosixPath(info.filename)), size=info.file_size, pieces=pieces(info), fault=fault)


def _torn_entries(file: BinaryIO) -> Iterator[_Entry]:
    """The files of a zip whose directory is lost, in their order in the file."""
    for member in find_members(file):
        info = member.info
        if not info.filename.endswith("/"):  # `is_dir` fails at a name of no characters
            name = shown_name(str(PurePosixPath(info.filename)))
            yield _Entry(name=name, size=info.file_size, pieces=member.pieces(), fault=_fault_of(info))


def _fault_of(info: zipfile.ZipInfo) -> str:
    """Why a member of a zip must not be read; "" if it may be."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in _UNPACKED:
        return f"is packed with {_METHODS.get(info.compress_type, 'a method that is not known')}"
    return ""


class _Suspects:
    """Detects members of a zip that are bombs, alone or together, from their headers, before anything is unpacked.

    A refused member does not count for the others.
    """

    def __init__(self, length: int) -> None:
        self._length = length  # of the bytes of all members, unless they share some
        self._unpacked = 0
        self._suspect = (0, 0)

    def fault(self, info: zipfile.ZipInfo) -> str:
        """Return why a member is refused; "" if it is not."""
        packed, unpacked = info.compress_size, info.file_size
        alike = (self._suspect[0] + packed, self._suspect[1] + unpacked)
        try:
            expect_no_bomb(info.filename, self._length, self._unpacked + unpacked)
            if is_suspect(packed, unpacked):
                expect_no_bomb(info.filename, *alike)
                self._suspect = alike
        except InputError as error:
            return error.cause
        self._unpacked += unpacked
        return ""


def _tar_entries(archive: Tar, ratio: UnpackCount) -> Iterator[_Entry]:
    """The files of a tar in its own order. A bomb is skipped: its bytes do not count for the files after it."""
    spared = UnpackCount()
    bomb: UnpackCount | None = None  # the counts at its beginning

    def pieces(member: tarfile.TarInfo) -> Iterator[bytes]:
        nonlocal bomb
        begun = replace(ratio)
        file = cast("BinaryIO", archive.extractfile(member))
        while data := file.read(_BLOCK):
            try:
                expect_no_bomb(member.name, ratio.packed - spared.packed, ratio.unpacked - spared.unpacked)
            except InputError:
                bomb = begun
                raise
            yield data

    for member in archive:
        if bomb:
            spared.packed += ratio.packed - bomb.packed
            spared.unpacked += ratio.unpacked - bomb.unpacked
            bomb = None
        if member.isdir():
            continue
        fault = ""
        if member.issym() or member.islnk():
            fault = "is a link"
        elif not member.isreg() or member.issparse():
            fault = "is a sparse file, which may be of any length" if member.issparse() else "is a device, not a file"
        name = shown_name(str(PurePosixPath(member.name)))
        yield _Entry(name=name, size=member.size, pieces=pieces(member), fault=fault)


def _cause_of(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".").lower()
