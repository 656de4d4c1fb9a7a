"""Reads JSON Lines (https://jsonlines.org): one record per line, each a document.

A record is named `feeds/a.jsonl:12` after its line. A large file is split at line starts, and the lines before each
piece are counted when it is split, so the names do not depend on the size of the pieces. A line number is used and not
a byte offset, as editors can jump to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cleaner.errors import InputError
from cleaner.model.document import Document
from cleaner.readers.compression import HELD_BYTES, blocks, chunks, compression
from cleaner.readers.records import parse, to_document
from cleaner.readers.sources import Keys, Source, Unreadable, guarded

_BOM = b"\xef\xbb\xbf"
_HEAD = 6  # bytes: a mark and two characters


def read_jsonlines(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """Yield a document for each record, or an `Unreadable`; blank lines are skipped.

    `keys` names the fields that hold the text or a page; `id` and `url` have these names; all others become `given`.
    A record's digest is that of its line without blanks around it. A file that can't be opened or is truncated yields
    an `Unreadable` after its records.
    """
    number = source.first_line - 1
    try:
        for number, line in enumerate(_lines(source), source.first_line):
            place = f"{source.name}:{number}"
            if line is None:
                cause, hint = f"is longer than {HELD_BYTES:,} bytes", "split it: it can't be one article"
                yield Unreadable(source=place, id=place, cause=cause, hint=hint)
            elif line and not line.isspace():
                yield parse_record(line, place, keys)
    except InputError as error:
        read = f" after line {number}" if number >= source.first_line else ""
        yield Unreadable(source=source.name, id=source.name, cause=error.cause + read, hint=error.hint)


def parse_record(line: bytes, place: str, keys: Keys) -> Document | Unreadable:
    """Return the document of one line, or why there is none; `place` is its id if it has none of its own."""
    line = line.strip()
    digest = hashlib.sha256(line).hexdigest()

    def made() -> Document | Unreadable:
        try:
            record, decoded = parse(line)
        except ValueError as error:
            return Unreadable(source=place, id=place, cause=str(error), hint="mend the line", digest=digest)
        return to_document(record, place, digest, keys, decoded)

    return guarded(made, place, digest)


def split_jsonlines(source: Source, target_bytes: int) -> list[Source]:
    """Return pieces of about `target_bytes` bytes that begin and end with a line; one piece for a compressed file.

    A remote file is one piece, too, as counting its lines would fetch it twice. Raises OSError if it can't be read.
    """
    end = source.start + source.size
    if source.size <= target_bytes or not isinstance(source.path, Path) or compression(source.path):
        return [source]
    pieces: list[Source] = []
    start, first_line = source.start, source.first_line
    with source.path.open("rb") as file:
        if not source.start and _is_utf16(file.read(_HEAD)):
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


def _lines(source: Source) -> Iterator[bytes | None]:
    """The lines without their line feeds; None for one that is too long. A line cut off by damage is not given."""
    held: list[bytes] = []  # pieces of a line longer than a chunk
    length = 0
    end = b"\n"
    at_start = not source.start
    for chunk in chunks(source.path, start=source.start, stop=source.stop):
        if at_start:
            if _is_utf16(chunk[:_HEAD]):
                cause, hint = "is not UTF-8, as JSON Lines are", "convert it: iconv -f UTF-16 -t UTF-8"
                raise InputError(source.name, cause, hint)
            chunk, at_start = chunk.removeprefix(_BOM), False  # noqa: PLW2901
            end = _line_end(chunk)
        first, *others = chunk.split(end)
        length += len(first)
        if length > HELD_BYTES:
            held.clear()
        else:
            held.append(first)
        if others:
            yield b"".join(held) if length <= HELD_BYTES else None
            held = [others.pop()]
            length = len(held[0])
            yield from others
    if length > HELD_BYTES:
        yield None
    elif last := b"".join(held):
        yield last


def _line_end(head: bytes) -> bytes:
    """A carriage return, where the file begins with a record that ends with one and there is no line feed."""
    first, end, _ = head.partition(b"\r")
    if b"\n" in head or not end:
        return b"\n"
    try:
        parse(first)
    except ValueError:
        return b"\n"
    return end


def _is_utf16(head: bytes) -> bool:
    """Report whether the first characters have zeros beside them. A stray mark or zero damages only its own line."""
    return head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")[:4].count(0) >= 2
