"""Readers: a path or an address becomes documents.

A reader is chosen by the suffix, what a file is packed with is told by its content, and so is the encoding
of a text. A new format is its file and a row in `READERS`; one whose files can be read in pieces has a row
in `SPLITTERS`, too. Every reader streams: what it must hold at once (a page, a record) has a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from cleaner.model import Document
from cleaner.readers.archives import read_tar, read_zip
from cleaner.readers.columnar import read_arrow, read_parquet, split_parquet
from cleaner.readers.delimited import read_delimited
from cleaner.readers.discovery import find
from cleaner.readers.jsonlines import read_jsonlines, split_jsonlines
from cleaner.readers.sources import Keys, Reader, Source, Unreadable, read_by
from cleaner.readers.text import read_text
from cleaner.readers.warc import read_warc

__all__ = ["READERS", "SPLITTERS", "Keys", "Source", "Unreadable", "discover", "read", "split"]

# Markdown isn't among them: its marks would be read as text.
_FILES: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".html": read_text,
    ".htm": read_text,
    ".xhtml": read_text,
    ".jsonl": read_jsonlines,
    ".ndjson": read_jsonlines,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".warc": read_warc,
    ".wet": read_warc,
}
READERS: Mapping[str, Reader] = {
    **_FILES,
    ".zip": partial(read_zip, readers=_FILES),
    **dict.fromkeys((".tar", ".tgz", ".tbz2", ".tzst"), partial(read_tar, readers=_FILES)),
}

SPLITTERS: Mapping[str, Callable[[Source, int], list[Source]]] = {
    ".jsonl": split_jsonlines,
    ".ndjson": split_jsonlines,
    ".parquet": split_parquet,
}


def discover(where: str | Path) -> tuple[list[Source], list[Unreadable]]:
    """The sources below a folder, of a file or of a glob, and what is refused there; each in order of name.

    `where` is a path, or an address that fsspec knows (`s3://bucket/folder`). Hidden files, `README.md`, the
    sidecars of texts and pages (`NAME.json` beside `NAME.txt`) and what describes a dataset are no inputs. Refused
    are files that no reader is for, datasets that a build wrote, and links that lead out of the folder; links to
    folders in it are not followed, as what they hold is found in its own place. Raises InputError where nothing
    is found.
    """
    return find(where, READERS)


def split(source: Source, target_bytes: int) -> list[Source]:
    """Pieces of about `target_bytes`, in order, that together give the same documents; or the whole one."""
    splitter = SPLITTERS.get(source.suffix)
    try:
        return splitter(source, target_bytes) if splitter else [source]
    except OSError:
        return [source]  # its reader will tell


def read(source: Source, keys: Keys | None = None) -> Iterator[Document | Unreadable]:
    """The documents of a source, in its order, and what can't be read of it; reading goes on after each.

    `keys` names the fields that hold a record's text or page.
    """
    return read_by(READERS[source.suffix], source, keys or Keys())
