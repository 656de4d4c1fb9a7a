"""CSV and TSV: a header, then a record a row.

A record is named `table.csv:12` for the line that it begins on. Rows are read as RFC 4180 has them: a cell in
quotes may hold line breaks, so that a file can't be split without reading it.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from cleaner.errors import InputError
from cleaner.model import Document
from cleaner.readers.compression import chunks
from cleaner.readers.encoding import decode, marked_encoding
from cleaner.readers.records import to_document
from cleaner.readers.sources import Keys, Source, Unreadable

_DELIMITERS = ",;\t|"
_CELL = 50_000_000  # characters; a quote that isn't closed would swallow the whole file
_COLUMNS_SHOWN = 8


def read_delimited(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """A document for every row, or why there is none; blank rows are passed over, and empty cells aren't `given`.

    What separates the cells (a comma, semicolon, tab or bar) is told by the header. A record's digest is that of its
    rows' text. Raises InputError where the file can't be opened, or where its header has no column of the text; one
    that breaks off gives its rows, then says so.
    """
    taken: list[str] = []
    lines = _noted(_lines(source), taken)
    csv.field_size_limit(_CELL)  # of the whole process; nothing else here reads CSV
    header, rows = _opened(source, lines, keys)
    above = len(taken)
    first = above + 1
    taken.clear()
    try:
        for cells in rows:
            place, line = f"{source.name}:{first}", "".join(taken).rstrip("\r\n")
            first = above + rows.line_num + 1
            taken.clear()
            if not any(cells):
                continue
            digest = hashlib.sha256(line.encode("utf-8", "replace")).hexdigest()
            if len(cells) == len(header):
                record = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
                if not record.keys() & {keys.text, keys.html}:
                    record[keys.text if keys.text in header else keys.html] = ""
                yield to_document(record, place, digest, keys)
            else:
                cause = f"has {len(cells)} cells, and the header {len(header)}"
                hint = "mend the row: a cell with line breaks or separators stands in quotes"
                yield Unreadable(source=place, id=place, cause=cause, hint=hint, digest=digest)
    except csv.Error as error:
        cause, hint = f"the rows from line {first} on can't be read: {error}", "see whether a quote isn't closed"
        yield Unreadable(source=source.name, id=source.name, cause=cause, hint=hint)
    except InputError as error:
        cause = f"{error.cause} after line {first - 1}"
        yield Unreadable(source=source.name, id=source.name, cause=cause, hint=error.hint)


def _opened(source: Source, lines: Iterator[str], keys: Keys) -> tuple[list[str], Any]:
    """The names in the header, and what reads the rows below it. Raises InputError."""
    head = next((line for line in lines if line.strip()), "")
    if not head:
        raise InputError(source.name, "is empty: it has no header", "begin it with a row that names the columns")
    # The comma first, of those that give as many columns.
    columns = {each: len(next(csv.reader([head], delimiter=each))) for each in _DELIMITERS}
    delimiter = "\t" if source.suffix == ".tsv" else max(_DELIMITERS, key=columns.__getitem__)
    header = [name.strip() for name in next(csv.reader([head], delimiter=delimiter))]
    if keys.text not in header and keys.html not in header:
        shown = ", ".join(name[:40] for name in header[:_COLUMNS_SHOWN])
        cause, hint = f"its header has no column `{keys.text}`", f"name the one that holds the text; it has {shown}"
        raise InputError(source.name, cause, hint)
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InputError(source.name, f"its header has two columns `{twice}`", "give each a name of its own")
    return header, csv.reader(lines, delimiter=delimiter)


def _noted(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    """The lines; those that the row at hand is made of stand in `taken`."""
    for line in lines:
        taken.append(line)
        yield line


def _lines(source: Source) -> Iterator[str]:
    """The lines with their ends, decoded."""
    held = ""
    for text in _decoded(source):
        *whole, held = (held + text).split("\n")
        for line in whole:
            yield line + "\n"
        if len(held) > _CELL:
            raise InputError(source.name, f"has a line of more than {_CELL:,} characters", "split it")
    if held:
        yield held


def _decoded(source: Source) -> Iterator[str]:
    """The text in pieces: in the encoding that a mark tells, else line by line as UTF-8 or what it is like."""
    pieces = chunks(source.path)
    first = next(pieces, b"")
    if encoding := marked_encoding(first):
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        yield decoder.decode(first).removeprefix("\ufeff")
        for piece in pieces:
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
        return
    guessed = ""
    for block in _whole_lines(chain([first], pieces)):
        try:
            yield block.decode("utf-8")
        except UnicodeDecodeError:
            if not guessed:
                try:
                    guessed = decode(block).encoding
                except ValueError as error:
                    raise InputError(source.name, str(error), "give the table itself") from error
            yield block.decode(guessed, "replace")


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, cut behind a line; no character of any encoding without a mark holds the byte of a line feed."""
    held: list[bytes] = []
    length = 0
    for piece in pieces:
        cut = piece.rfind(b"\n") + 1
        length += len(piece)
        if cut or length > _CELL:
            yield b"".join([*held, piece[:cut]])
            held, length = [piece[cut:]], len(piece) - cut
        else:
            held.append(piece)
    yield b"".join(held)
