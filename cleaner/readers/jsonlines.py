"""JSON Lines: one record a line, each a document.

A record is named `feeds/a.jsonl:12` for its line. A huge file is split at line starts, and the lines before
each piece are counted when it is split, so that a record has the same name whatever the pieces' size;
a byte offset would serve as well, but no editor jumps to one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from cleaner.errors import InputError
from cleaner.html import read_page
from cleaner.model import Document
from cleaner.readers.compression import blocks, chunks, compression
from cleaner.readers.records import kind, parse, take_id, take_url
from cleaner.readers.sources import Source, Unreadable

_BOM = b"\xef\xbb\xbf"
_KEYS_SHOWN = 8


def read_jsonlines(source: Source, text_field: str = "text") -> Iterator[Document | Unreadable]:
    """A document for every record, or why there is none; blank lines are passed over.

    `text_field` names the field that holds the text, `id` and `url` those; all other fields are `given`.
    A record's digest is that of its line, without blanks around it. Raises InputError where the file
    can't be opened; one that breaks off gives its records, then says so.
    """
    number = source.first_line - 1
    try:
        for number, line in enumerate(_lines(source), source.first_line):
            if line and not line.isspace():
                yield parse_record(line, f"{source.name}:{number}", text_field)
    except InputError as error:
        read = f" after line {number}" if number >= source.first_line else ""
        yield Unreadable(source=source.name, id=source.name, cause=error.cause + read, hint=error.hint)


def parse_record(line: bytes, place: str, text_field: str = "text") -> Document | Unreadable:
    """The document of one line, or why there is none; `place` names it where it has no id of its own."""
    line = line.strip()
    digest = hashlib.sha256(line).hexdigest()
    try:
        record = parse(line)
    except ValueError as error:
        return Unreadable(source=place, id=place, cause=str(error), hint="mend the line", digest=digest)
    name = take_id(record) or place
    if text_field not in record and isinstance(record.get("html"), str):
        url = take_url(record)
        page = read_page(record.pop("html"), url)
        return Document(
            id=name, text=page.text, source=place, digest=digest, url=url or page.url, given=record,
            stated=page.stated, blocks=page.blocks,
        )  # fmt: skip
    text = record.pop(text_field, record)  # itself: nothing that JSON can hold
    if isinstance(text, str):
        url = take_url(record)
        return Document(id=name, text=text, source=place, digest=digest, url=url, given=record)
    if text is record:
        shown = ", ".join(key[:40] for key in list(record)[:_KEYS_SHOWN]) or "no others"
        cause, hint = f"has no field `{text_field}`", f"name the one that holds the text; it has {shown}"
    else:
        cause, hint = f"its field `{text_field}` holds {kind(text)}, not a string", "mend the record"
    return Unreadable(source=place, id=name, cause=cause, hint=hint, digest=digest)


def split_jsonlines(source: Source, target_bytes: int) -> list[Source]:
    """Pieces of about `target_bytes` that begin and end with a line; a packed file is one piece.

    Raises OSError where the file can't be read.
    """
    end = source.start + source.size
    if source.size <= target_bytes or compression(source.path):
        return [source]
    pieces: list[Source] = []
    start, first_line = source.start, source.first_line
    with source.path.open("rb") as file:
        if not source.start and _is_utf16(file.read(4)):
            return [source]  # to be refused once, not piece by piece
        while start < end:
            # From the last byte of the target: a piece that ends with its line takes no further one.
            file.seek(min(start + max(target_bytes, 1), end) - 1)
            file.readline()
            stop = min(file.tell(), end)
            pieces.append(replace(source, start=start, stop=stop, size=stop - start, first_line=first_line))
            first_line += sum(block.count(b"\n") for block in blocks(file, start, stop))
            start = stop
    return pieces


def _lines(source: Source) -> Iterator[bytes]:
    """The lines without their line feeds. A line cut off by damage is not given."""
    held: list[bytes] = []  # pieces of a line longer than a chunk
    at_start = not source.start
    for chunk in chunks(source.path, start=source.start, stop=source.stop):
        if at_start:
            if _is_utf16(chunk[:4]):
                cause, hint = "is not UTF-8, as JSON Lines are", "convert it: iconv -f UTF-16 -t UTF-8"
                raise InputError(source.name, cause, hint)
            chunk, at_start = chunk.removeprefix(_BOM), False  # noqa: PLW2901
        first, *others = chunk.split(b"\n")
        held.append(first)
        if others:
            yield b"".join(held)
            held = [others.pop()]
            yield from others
    if last := b"".join(held):
        yield last


def _is_utf16(head: bytes) -> bool:
    """By the mark, or by a zero beside the first bracket."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head
