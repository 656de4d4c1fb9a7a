"""Types of the readers: a source to read, what can't be read, the fields of a record; and guards around readers."""

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
TARS = (".tar", ".tgz", ".tbz2", ".tzst")
ARCHIVES = frozenset({".zip", *TARS})
_LONGEST_CAUSE = 500  # characters: what a library says may quote a whole record
BYTE_RANGES = frozenset({".jsonl", ".ndjson"})
"""Suffixes of files whose ranges are counted in bytes; other files are split by row groups."""


MOST_LINES = 200_000
"""The most lines of a text. Each line takes time and memory however short it is, and 20 MB may be ten million lines of
one letter. The longest novels have some 60,000 printed lines."""

_LINE_ENDS = "\n\r\v\f\u2028\u2029"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to read, or a range of one."""

    path: Place
    name: str
    """Posix path relative to the input folder: the same on any machine, so documents are named after it."""
    size: int
    """Bytes to read: of the file as it is compressed, or of the range."""
    sidecar: Place | None = None
    """The file next to a text that holds a JSON object of metadata."""
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
        """The suffix that selects the reader: `.txt` of `feeds/a.TXT.gz`."""
        return name_parts(self.name)[1]

    def absolute(self) -> Source:
        """Return the source with absolute paths, for a process with another working folder."""
        return replace(self, path=absolute(self.path), sidecar=self.sidecar and absolute(self.sidecar))

    def digest(self) -> str:
        """Return the SHA-256, as hex, of the bytes to read (still compressed) and then the sidecar's. Raises
        OSError."""
        sha = hashlib.sha256()
        with self.path.open("rb") as file:
            for block in blocks(file, self.start, self.stop):
                sha.update(block)
        if self.sidecar:
            sha.update(self.sidecar.read_bytes())
        return sha.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file or a record without a document: where it is, the cause, and a hint what to do."""

    source: str
    """As `Document.source`: `feeds/a.jsonl:12` for a record, else the file's name."""
    id: str
    """The record's own id where it has one, else `source`."""
    cause: str
    hint: str = ""
    digest: str = ""
    """As `Document.digest`; empty if the bytes could not be read."""

    def __post_init__(self) -> None:
        for name in ("cause", "hint"):  # a library's message may repeat an address
            object.__setattr__(self, name, redacted(getattr(self, name)))

    def __str__(self) -> str:
        return f"{self.source}: {self.cause}" + (f"; {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Names of the fields of a record that hold its text or page."""

    text: str = "text"
    html: str = "html"
    """A page, which is read if there is no text."""
    others: tuple[str, ...] = ()
    """Fields to take the text from, in this order, if `text` holds none."""

    @classmethod
    def of(cls, text: str | Sequence[str], html: str = "html") -> Keys:
        """Return the keys for fields of the text in order: a list of names, or names separated by commas.

        >>> Keys.of("text,content").others
        ('content',)
        """
        first, *others = text_fields(text)
        return cls(text=first, html=html, others=tuple(others))

    @property
    def texts(self) -> tuple[str, ...]:
        """All fields for the text, in order."""
        return (self.text, *self.others)


def text_fields(named: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of fields from a list, or from names separated by commas; each once, no empty ones."""
    names = [each.strip() for each in named.split(",")] if isinstance(named, str) else named
    return tuple(dict.fromkeys(name for name in names if name))


OnUnreadable = Callable[[Unreadable], None]
"""Called with each file or record that gives no document."""
MadeT = TypeVar("MadeT")

Reader = Callable[[Source, Keys], Iterator[Document | Unreadable]]
"""Reads a source, given the names of the fields that hold a record's text or page. May raise InputError."""


def read_by(reader: Reader, source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """Yield what a reader yields for a source, and if it raises, an `Unreadable` with the cause. Raises nothing."""
    try:
        yield from map(within_bounds, reader(source, keys))
    except InputError as error:
        yield _unreadable(source, error.cause, error.hint)
    except Exception as error:  # a library's own, at a file that may be made to break it: the rest must be read
        cause = f"reading it failed: {type(error).__name__}: {error}"[:_LONGEST_CAUSE]
        yield _unreadable(source, cause, "check that the file is complete; if it is, please report this")


def _unreadable(source: Source, cause: str, hint: str) -> Unreadable:
    """The cause, without paths of this machine: a dataset must not contain any."""
    path = str(source.path)
    if "/" in path:  # else it is its name, or a word of the cause
        cause = cause.replace(path, source.name)
    return Unreadable(source=source.name, id=source.name, cause=cause, hint=hint)


def shown_name(name: str) -> str:
    """Return a file name as text that can be written as UTF-8; other bytes become `\\xe9`.

    A backslash in front of `x` and two hex digits becomes `\\x5c`, so that different names stay different.
    """
    return os.fsencode(_LIKE_A_BYTE.sub(r"\\x5c", name)).decode("utf-8", "backslashreplace")


_LIKE_A_BYTE = re.compile(r"\\(?=x[0-9a-f]{2})")


def within_bounds(item: Document | Unreadable) -> Document | Unreadable:
    """Return a document unchanged, or an `Unreadable` if it has more than `MOST_LINES` lines."""
    if isinstance(item, Unreadable) or len(item.text) < MOST_LINES:
        return item
    lines = 1 + sum(map(item.text.count, _LINE_ENDS)) - item.text.count("\r\n")
    if lines <= MOST_LINES:
        return item
    cause = f"has {lines:,} lines, of at most {MOST_LINES:,}"
    hint = "split it into its articles, or take it out of the input"
    return Unreadable(source=item.source, id=item.id, cause=cause, hint=hint, digest=item.digest)


def guarded(make: Callable[[], MadeT], place: str, digest: str = "") -> MadeT | Unreadable:
    """Return what `make` returns for a record, or an `Unreadable` if it raises, so that reading continues."""
    try:
        return make()
    except Exception as error:  # a library's own, at a record that may be made to break it
        cause = f"reading it failed: {type(error).__name__}: {error}"[:_LONGEST_CAUSE]
        return Unreadable(source=place, id=place, cause=cause, hint="please report it, with this record", digest=digest)


def name_parts(name: str) -> tuple[str, str]:
    """Return a name's stem and lower-case suffix, without the suffix of a compression.

    >>> name_parts("feeds/2024.05.JSONL.gz")
    ('feeds/2024.05', '.jsonl')
    """
    path = str(PurePosixPath(name))
    suffix = PurePosixPath(path).suffix
    if suffix.lower() in COMPRESSIONS:
        path = path.removesuffix(suffix)
        suffix = PurePosixPath(path).suffix
    return path.removesuffix(suffix), suffix.lower()
