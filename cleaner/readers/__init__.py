"""Readers: a path becomes documents.

A reader is chosen by the suffix, what a file is packed with is told by its content, and so is the encoding
of a text. A new format is its file and a row in `READERS`; one whose files can be read in pieces has a row
in `SPLITTERS`, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from cleaner.errors import InputError
from cleaner.model import Document
from cleaner.readers.discovery import find
from cleaner.readers.jsonlines import read_jsonlines, split_jsonlines
from cleaner.readers.sources import Reader, Source, Unreadable
from cleaner.readers.text import read_text

__all__ = ["READERS", "SPLITTERS", "Source", "Unreadable", "discover", "read", "split"]

# Markdown isn't among them: its marks would be read as text.
READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".jsonl": read_jsonlines,
    ".ndjson": read_jsonlines,
}

SPLITTERS: Mapping[str, Callable[[Source, int], list[Source]]] = {
    ".jsonl": split_jsonlines,
    ".ndjson": split_jsonlines,
}


def discover(where: str | Path) -> tuple[list[Source], list[Unreadable]]:
    """The sources below a folder, of a file or of a glob, and what is refused there; each in order of name.

    Hidden files, `README.md` and the sidecars of texts (`NAME.json` beside `NAME.txt`) are no inputs. Refused
    are files that no reader is for, and links that lead out of the folder; links to folders in it are not
    followed, as what they hold is found in its own place. Raises InputError where nothing is found.
    """
    return find(where, READERS)


def split(source: Source, target_bytes: int) -> list[Source]:
    """Pieces of about `target_bytes`, in order, that together give the same documents; or the whole one."""
    splitter = SPLITTERS.get(source.suffix)
    try:
        return splitter(source, target_bytes) if splitter else [source]
    except OSError:
        return [source]  # its reader will tell


def read(source: Source, *, text_field: str = "text") -> Iterator[Document | Unreadable]:
    """The documents of a source, in its order, and what can't be read of it; reading goes on after each.

    `text_field` names the field that holds a record's text.
    """
    try:
        yield from READERS[source.suffix](source, text_field)
    except InputError as error:
        yield Unreadable(source=source.name, id=source.name, cause=error.cause, hint=error.hint)
