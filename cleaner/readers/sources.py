"""What there is to read, and what can't be read."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TypeVar

from cleaner.errors import InputError
from cleaner.model.document import Document
from cleaner.model.escape import redacted
from cleaner.readers.compression import COMPRESSIONS, blocks
from cleaner.readers.locations import Place, absolute

TEXTS = frozenset({".txt", ".text"})
PAGES = frozenset({".html", ".htm", ".xhtml"})
HAVE_SIDECARS = TEXTS | PAGES
_LONGEST_CAUSE = 500  # characters: what a library says may quote a whole record
BYTE_RANGES = frozenset({".jsonl", ".ndjson"})
"""Files whose ranges are counted in bytes; those of other files in what they are made of."""


MOST_LINES = 200_000
"""Lines of the longest text that is cleaned. A line costs time and memory however short it is, and 20 MB may be ten
million lines of one letter. The longest novels have some 60,000 lines as they are printed."""

_LINE_ENDS = "\n\r\v\f\u2028\u2029"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read, or a range of one."""

    path: Place
    name: str
    """Posix path below the input folder: what documents are named for, on any machine."""
    size: int
    """Bytes to read: of the file as it is packed, or of the range."""
    sidecar: Place | None = None
    """A JSON object of metadata that stands beside a text."""
    start: int = 0
    """Where the range begins: the byte offset of its first line; of a Parquet file, its first row group."""
    stop: int | None = None
    """Where it ends: behind its last line, or row group; None for the file's end."""
    first_line: int = 1
    """Number of the range's first line, or row, in its file."""

    @property
    def stem(self) -> str:
        """The name without its suffixes: `feeds/a` of `feeds/a.txt.gz`."""
        return name_parts(self.name)[0]

    @property
    def suffix(self) -> str:
        """What its reader is chosen by: `.txt` of `feeds/a.TXT.gz`."""
        return name_parts(self.name)[1]

    def absolute(self) -> Source:
        """The same, to be read from another working folder."""
        return replace(self, path=absolute(self.path), sidecar=self.sidecar and absolute(self.sidecar))

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

    def __post_init__(self) -> None:
        for name in ("cause", "hint"):  # a library's words, which may repeat an address
            object.__setattr__(self, name, redacted(getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.source}: {self.cause}" + (f"; {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The fields of a record that a document is made of, by name."""

    text: str = "text"
    html: str = "html"
    """A page, which is read where there is no text."""
    others: tuple[str, ...] = ()
    """Fields that are asked for the text in this order, where `text` holds none."""

    @classmethod
    def of(cls, text: str | Sequence[str], html: str = "html") -> Keys:
        """Those of fields in order: a list of names, or names with commas between.

        >>> Keys.of("text,content").others
        ('content',)
        """
        first, *others = text_fields(text)
        return cls(text=first, html=html, others=tuple(others))

    @property
    def texts(self) -> tuple[str, ...]:
        """The fields for the text, in order."""
        return (self.text, *self.others)


def text_fields(named: str | Sequence[str]) -> tuple[str, ...]:
    """The names of fields: a list of them, or names with commas between."""
    names = [each.strip() for each in named.split(",")] if isinstance(named, str) else named
    return tuple(dict.fromkeys(name for name in names if name))


Made = TypeVar("Made")

Reader = Callable[[Source, Keys], Iterator[Document | Unreadable]]
"""Reads a source, given the names of the fields that hold a record's text or page. May raise InputError."""


def read_by(reader: Reader, source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """What a reader gives of a source; where it fails, why."""
    try:
        yield from map(within_bounds, reader(source, keys))
    except InputError as error:
        yield _unreadable(source, error.cause, error.hint)
    except Exception as error:  # a library's own, at a file that may be made to break it: the rest must be read
        cause = f"reading it failed: {type(error).__name__}: {error}"[:_LONGEST_CAUSE]
        yield _unreadable(source, cause, "see whether the file is whole; if it is, please report it")


def _unreadable(source: Source, cause: str, hint: str) -> Unreadable:
    """Why a source can't be read. A dataset holds no path of the machine that it was built on."""
    path = str(source.path)
    if "/" in path:  # else it is its name, or a word of the cause
        cause = cause.replace(path, source.name)
    return Unreadable(source=source.name, id=source.name, cause=cause, hint=hint)


def shown_name(name: str) -> str:
    """A file name as text; bytes in it that are not UTF-8 as `\\xe9`, since no writer takes them.

    A backslash that would read as the beginning of that becomes `\\x5c`: no two names are shown alike.
    """
    return os.fsencode(_LIKE_A_BYTE.sub(r"\\x5c", name)).decode("utf-8", "backslashreplace")


_LIKE_A_BYTE = re.compile(r"\\(?=x[0-9a-f]{2})")


def within_bounds(item: Document | Unreadable) -> Document | Unreadable:
    """A document, unless it has more lines than are cleaned; then why it is not."""
    if isinstance(item, Unreadable) or len(item.text) < MOST_LINES:
        return item
    lines = 1 + sum(map(item.text.count, _LINE_ENDS)) - item.text.count("\r\n")
    if lines <= MOST_LINES:
        return item
    cause = f"has {lines:,} lines, of at most {MOST_LINES:,}"
    hint = "split it into its articles, or take it out of the input"
    return Unreadable(source=item.source, id=item.id, cause=cause, hint=hint, digest=item.digest)


def guarded(make: Callable[[], Made], place: str, digest: str = "") -> Made | Unreadable:
    """What is made of a record; where that fails, why: those behind it must be read."""
    try:
        return make()
    except Exception as error:  # a library's own, at a record that may be made to break it
        cause = f"reading it failed: {type(error).__name__}: {error}"[:_LONGEST_CAUSE]
        return Unreadable(source=place, id=place, cause=cause, hint="please report it, with this record", digest=digest)


def name_parts(name: str) -> tuple[str, str]:
    """A name's stem and lower-case suffix, both without the suffix of what it is packed with.

    >>> name_parts("feeds/2024.05.JSONL.gz")
    ('feeds/2024.05', '.jsonl')
    """
    path = str(PurePosixPath(name))
    suffix = PurePosixPath(path).suffix
    if suffix.lower() in COMPRESSIONS:
        path = path.removesuffix(suffix)
        suffix = PurePosixPath(path).suffix
    return path.removesuffix(suffix), suffix.lower()
