"""What there is to read, and what can't be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cleaner.model import Document
from cleaner.readers.compression import COMPRESSIONS, blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read, or a range of one."""

    path: Path
    name: str
    """Posix path below the input folder: what documents are named for, on any machine."""
    size: int
    """Bytes to read: of the file as it is packed, or of the range."""
    sidecar: Path | None = None
    """A JSON object of metadata that stands beside a text."""
    start: int = 0
    """Byte offset of the range's first line."""
    stop: int | None = None
    """Byte offset behind the range's last line; None for the file's end."""
    first_line: int = 1
    """Number of the range's first line in its file."""

    @property
    def stem(self) -> str:
        """The name without its suffixes: `feeds/a` of `feeds/a.txt.gz`."""
        return name_parts(self.name)[0]

    @property
    def suffix(self) -> str:
        """What its reader is chosen by: `.txt` of `feeds/a.TXT.gz`."""
        return name_parts(self.name)[1]

    def digest(self) -> str:
        """sha256 of the bytes to read, packed as they are, then the sidecar's, as hex. Raises OSError."""
        sha = hashlib.sha256()
        with self.path.open("rb") as file:
            for block in blocks(file, self.start, self.stop):
                sha.update(block)
        if self.sidecar:
            sha.update(self.sidecar.read_bytes())
        return sha.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file or a record that gives no document: where it stands, why, and what to do."""

    source: str
    """As `Document.source`: `feeds/a.jsonl:12` for a record, else the file's name."""
    id: str
    """The record's own id where it has one, else `source`."""
    cause: str
    hint: str = ""
    digest: str = ""
    """As `Document.digest`; empty where the bytes could not be had."""

    def __str__(self) -> str:
        return f"{self.source}: {self.cause}" + (f"; {self.hint}" if self.hint else "")


Reader = Callable[[Source, str], Iterator[Document | Unreadable]]
"""Reads a source, given the name of the field that holds a record's text. May raise InputError."""


def name_parts(name: str) -> tuple[str, str]:
    """A name's stem and lower-case suffix, both without the suffix of what it is packed with.

    >>> name_parts("feeds/2024.05.JSONL.gz")
    ('feeds/2024.05', '.jsonl')
    """
    path = PurePosixPath(name)
    if path.suffix.lower() in COMPRESSIONS:
        path = path.with_suffix("")
    return str(path.with_suffix("")), path.suffix.lower()
