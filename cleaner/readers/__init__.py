"""Reads documents from files and addresses of all known formats, compressions and encodings.

The suffix of a name selects the reader; the content of a file determines its compression and, for a text, its
encoding. Every reader streams: the part that it holds at once (a page, a record) has an upper bound.

To add a reader for a format:

1. Write `cleaner/readers/FORMAT.py` with a function `read_FORMAT(source, keys)`, a `Reader`. It yields a `Document` for
   each record, or an `Unreadable` that says why there is none, and raises InputError if it can't open the file.
2. Add a row for each suffix to `_FILES` below. No other module lists suffixes of readers: discovery, archives
   and messages take them from this table. If a file can be read in pieces, add its splitter to `SPLITTERS`.
3. Add `tests/readers/test_FORMAT.py`.
4. Add the format to the list of inputs in `docs/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cleaner.model.document import Document
from cleaner.readers.discovery import find_files
from cleaner.readers.sources import MOST_LINES, TARS, Keys, Reader, Source, Unreadable, read_by, within_bounds

__all__ = [
    "MOST_LINES", "READERS", "SPLITTERS", "Keys", "Source", "Unreadable", "discover", "read", "split", "within_bounds",
]  # fmt: skip

# Without Markdown: its marks would be read as text.
_FILES: Mapping[str, str] = {
    ".txt": "text:read_text",
    ".text": "text:read_text",
    ".html": "text:read_text",
    ".htm": "text:read_text",
    ".xhtml": "text:read_text",
    ".jsonl": "jsonl:read_jsonlines",
    ".ndjson": "jsonl:read_jsonlines",
    ".csv": "csv:read_delimited",
    ".tsv": "csv:read_delimited",
    ".parquet": "parquet:read_parquet",
    ".arrow": "parquet:read_arrow",
    ".feather": "parquet:read_arrow",
    ".warc": "warc:read_warc",
    ".wet": "warc:read_warc",
}
READERS: Mapping[str, str] = {
    **_FILES,
    ".zip": "archives:read_zip",
    **dict.fromkeys(TARS, "archives:read_tar"),
}
"""Module and function by suffix. Modules are imported on first use, as few inputs need more than one."""

SPLITTERS: Mapping[str, str] = {
    ".jsonl": "jsonl:split_jsonlines",
    ".ndjson": "jsonl:split_jsonlines",
    ".parquet": "parquet:split_parquet",
}


@cache
def _function(place: str) -> Callable[..., Any]:
    module, name = place.split(":")
    function: Callable[..., Any] = getattr(import_module(f"cleaner.readers.{module}"), name)
    return function


def reader_of(suffix: str) -> Reader:
    """Return the reader for a suffix; that of an archive uses the other readers for its members. Raises KeyError."""
    place = READERS[suffix]
    reader: Reader = _function(place)
    if suffix in _FILES:
        return reader
    return lambda source, keys: _function(place)(source, keys, readers={each: reader_of(each) for each in _FILES})


def discover(where: str | Path) -> tuple[list[Source], list[Unreadable]]:
    """Return the sources of a file, a folder or a glob, and the refused files; each sorted by name.

    `where` is a path, or an address that fsspec supports (`s3://bucket/folder`). Files are not opened.

    Ignored are hidden files, `README.md`, sidecars (`NAME.json` next to `NAME.txt` or `NAME.html`, which is read with
    it) and files that describe a dataset. Links to folders inside the input folder are not followed, as their files
    are found anyway. Refused are files without a reader, datasets that a build wrote, and links out of the folder.

    Raises InputError if nothing is found.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("b.txt", "a.jsonl.gz", "c.pdf", ".hidden.txt"):
    ...         _ = Path(folder, name).write_bytes(b"")
    ...     sources, refused = discover(folder)
    >>> [each.name for each in sources], [each.source for each in refused]
    (['a.jsonl.gz', 'b.txt'], ['c.pdf'])
    """
    return find_files(where, READERS)


def split(source: Source, target_bytes: int) -> list[Source]:
    """Return sources of about `target_bytes` bytes, in order, that together have the same documents.

    The list holds only `source` itself if its format has no splitter, it is compressed or remote, or can't be read.
    Raises nothing.
    """
    splitter = SPLITTERS.get(source.suffix)
    try:
        pieces: list[Source] = _function(splitter)(source, target_bytes) if splitter else [source]
        return pieces
    except OSError:
        return [source]  # its reader reports the error


def read(source: Source, keys: Keys | None = None) -> Iterator[Document | Unreadable]:
    """Yield the documents of a source in order, and an `Unreadable` for each record that has none.

    `keys` names the fields that hold a record's text or page. It raises nothing for faulty input: a file that can't be
    opened is one `Unreadable`, and reading continues after a damaged record. It does not normalise or clean texts.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.jsonl")
    ...     _ = path.write_text('{"text": "Lamps."}\\n{"n": 2}\\n')
    ...     first, second = read(Source(path=path, name="a.jsonl", size=29))
    >>> first.id, first.text, second.source, second.cause
    ('a.jsonl:1', 'Lamps.', 'a.jsonl:2', 'has no field `text`')
    """
    return read_by(reader_of(source.suffix), source, keys or Keys())
