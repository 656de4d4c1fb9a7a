"""Archives: zip and tar, read as if they were folders, and never unpacked to disk.

A member is named `crawl.zip/inner/a.txt`. The members of a zip are read in order of name, as a folder's files are;
those of a tar in its own order, since it is read but once. A sidecar is told by its name in a zip, and in a tar it
stands next to its text. What a member's name says is never used as a path.
"""

from __future__ import annotations

import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, Self, cast

from cleaner.errors import InputError
from cleaner.model import Document
from cleaner.readers.compression import HELD_BYTES, Forward, chunks, expect_no_bomb, seekable_file, whole
from cleaner.readers.discovery import SIDECAR, is_hidden, no_reader
from cleaner.readers.places import Member
from cleaner.readers.sources import HAVE_SIDECARS, Keys, Reader, Source, Unreadable, name_parts, read_by, shown

ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".tbz2", ".tzst"})

_SIDECAR_BYTES = 1 << 24
_BLOCK = 1 << 20
_LEFT_OUT = "take it out of the archive, or unpack the archive yourself and give the folder"
_AGAIN = "fetch the archive or pack it again"
_ENCRYPTED = 0x1  # general purpose flag (APPNOTE 4.4.4)
_DRIVE = re.compile(r"[A-Za-z]:")
_UNPACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others are unpacked without a bound
_METHODS = {9: "deflate64", zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "lzma", 93: "zstd", 99: "AES"}  # (4.4.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A file in an archive, and what speaks against reading it."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    fault: str = ""


def read_zip(source: Source, keys: Keys, readers: Mapping[str, Reader]) -> Iterator[Document | Unreadable]:
    """What the members give, each read as a file of its kind by one of `readers`; and what is refused of them.

    Raises InputError where the file can't be opened or is no zip.
    """
    try:
        with seekable_file(source.path) as file, zipfile.ZipFile(file) as archive:
            yield from _read(source, keys, readers, _zip_entries(archive, source))
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, OSError) as error:
        raise InputError(source.name, f"can't be read as a zip: {_told(error)}", _AGAIN) from error


def read_tar(source: Source, keys: Keys, readers: Mapping[str, Reader]) -> Iterator[Document | Unreadable]:
    """As `read_zip`, of a tar that may be packed itself; one that breaks off gives its members, then says so."""
    file = Forward(chunks(source.path))
    try:
        with tarfile.TarFile(
            fileobj=cast("BinaryIO", file), tarinfo=_Header, encoding="utf-8", errors="surrogateescape"
        ) as archive:
            yield from _read(source, keys, readers, _tar_entries(archive))
    except (tarfile.TarError, OSError, ValueError, RecursionError) as error:
        raise file.fault or InputError(source.name, f"can't be read as a tar: {_told(error)}", _AGAIN) from error


def _read(
    source: Source, keys: Keys, readers: Mapping[str, Reader], entries: Iterator[_Entry]
) -> Iterator[Document | Unreadable]:
    """What the entries give. A text, or a sidecar, waits for the entry behind it, as the two may belong together."""

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
    except Exception as error:  # the archive's, to be told behind what stood before it
        broken = error
    if waiting:
        yield from settled(waiting)
    if broken:
        raise broken


def _waits(suffix: str) -> bool:
    return suffix == SIDECAR or suffix in HAVE_SIDECARS


def _fault(name: str) -> str:
    """What speaks against a member of this name."""
    plain = name.replace("\\", "/")
    if plain.startswith("/") or ".." in plain.split("/") or _DRIVE.match(plain):
        return "its name leads out of the archive"
    return "is an archive in an archive" if name_parts(name)[1] in ARCHIVES else ""


def _opened(entry: _Entry, name: str) -> Source:
    """The member as a source; one that waits for another is held, as the archive goes on. Raises what reading does."""
    stem, suffix = name_parts(name)
    place = Member(name, entry.open())
    if _waits(suffix):
        place = Member(stem + suffix, io.BytesIO(whole(place, _SIDECAR_BYTES if suffix == SIDECAR else HELD_BYTES)))
    return Source(path=place, name=name, size=entry.size)


def _zip_entries(archive: zipfile.ZipFile, source: Source) -> Iterator[_Entry]:
    """The files of a zip in order of name, each beside its sidecar."""
    total = 0

    def pieces(info: zipfile.ZipInfo) -> Iterator[bytes]:
        nonlocal total
        given = 0
        try:
            with archive.open(info) as file:
                while data := file.read(_BLOCK):
                    given += len(data)
                    total += len(data)
                    expect_no_bomb(info.filename, info.compress_size, given)
                    expect_no_bomb(source.name, source.size, total)  # entries may share their bytes
                    yield data
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise InputError(info.filename, f"its data in the archive is damaged ({_told(error)})", _AGAIN) from error

    for info in sorted(archive.infolist(), key=lambda each: (name_parts(each.filename), each.header_offset)):
        if info.is_dir():
            continue
        fault = ""
        if stat.S_ISLNK(info.external_attr >> 16):
            fault = "is a link"
        elif info.flag_bits & _ENCRYPTED:
            fault = "is encrypted"
        elif info.compress_type not in _UNPACKED:
            fault = f"is packed with {_METHODS.get(info.compress_type, 'a method that is not known')}"
        opened = partial(_forward, pieces, info)
        yield _Entry(name=str(PurePosixPath(info.filename)), size=info.file_size, open=opened, fault=fault)


def _tar_entries(archive: tarfile.TarFile) -> Iterator[_Entry]:
    """The files of a tar in its own order."""
    while member := archive.next():
        archive.members.clear()  # type: ignore[attr-defined]  # or all headers would be held
        if member.isdir():
            continue
        fault = ""
        if member.issym() or member.islnk():
            fault = "is a link"
        elif not member.isreg() or member.issparse():
            fault = "is a sparse file, which may be of any length" if member.issparse() else "is no file but a device"
        opened = partial(archive.extractfile, member)
        name = shown(str(PurePosixPath(member.name)))
        yield _Entry(name=name, size=member.size, open=cast("Callable[[], BinaryIO]", opened), fault=fault)


def _forward(pieces: Callable[[zipfile.ZipInfo], Iterator[bytes]], info: zipfile.ZipInfo) -> BinaryIO:
    return cast("BinaryIO", Forward(pieces(info)))


def _told(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".").lower()


class _Header(tarfile.TarInfo):
    """A header; one that is damaged or cut short is a fault of the archive, which tarfile takes for its end."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error
