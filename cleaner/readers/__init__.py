"""Readers: a path or an address becomes documents.

A reader is chosen by the suffix, what a file is packed with is told by its content, and so is the encoding
of a text. A new format is its file and a row in `READERS`; one whose files can be read in pieces has a row
in `SPLITTERS`, too. Every reader streams: what it must hold at once (a page, a record) has a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cleaner.model.document import Document
from cleaner.readers.discovery import find_files
from cleaner.readers.sources import MOST_LINES, Keys, Reader, Source, Unreadable, read_by, within_bounds

__all__ = [
    "MOST_LINES", "READERS", "SPLITTERS", "Keys", "Source", "Unreadable", "discover", "read", "split", "within_bounds",
]  # fmt: skip

# Markdown isn't among them: its marks would be read as text.
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
    **dict.fromkeys((".tar", ".tgz", ".tbz2", ".tzst"), "archives:read_tar"),
}
"""Module and function, which are slow to import all at once: few inputs need more than one."""

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
    """What reads files with this suffix; archives read what they hold by the readers of files."""
    place = READERS[suffix]
    reader: Reader = _function(place)
    if suffix in _FILES:
        return reader
    return lambda source, keys: _function(place)(source, keys, readers={each: reader_of(each) for each in _FILES})


def discover(where: str | Path) -> tuple[list[Source], list[Unreadable]]:
    """The sources below a folder, of a file or of a glob, and what is refused there; each in order of name.

    `where` is a path, or an address that fsspec knows (`s3://bucket/folder`). Hidden files, `README.md`, the
    sidecars of texts and pages (`NAME.json` beside `NAME.txt`) and what describes a dataset are no inputs. Refused
    are files that no reader is for, datasets that a build wrote, and links that lead out of the folder; links to
    folders in it are not followed, as what they hold is found in its own place. Raises InputError where nothing
    is found.
    """
    return find_files(where, READERS)


def split(source: Source, target_bytes: int) -> list[Source]:
    """Pieces of about `target_bytes`, in order, that together give the same documents; or the whole one."""
    splitter = SPLITTERS.get(source.suffix)
    try:
        pieces: list[Source] = _function(splitter)(source, target_bytes) if splitter else [source]
        return pieces
    except OSError:
        return [source]  # its reader will tell


def read(source: Source, keys: Keys | None = None) -> Iterator[Document | Unreadable]:
    """The documents of a source, in its order, and what can't be read of it; reading goes on after each.

    `keys` names the fields that hold a record's text or page.
    """
    return read_by(reader_of(source.suffix), source, keys or Keys())
