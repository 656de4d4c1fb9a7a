"""Reads CSV and TSV: a header, then one record per row.

A record is named `table.csv:12` for the line that it begins on. A cell in quotes may hold line breaks, so that a file
can't be split without reading it. The dialect is detected from its first half million characters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from cleaner.errors import InputError
from cleaner.model.document import Document
from cleaner.readers import csv_rows as rows
from cleaner.readers.csv_cells import CellSplitter, Dialect, without_line_end
from cleaner.readers.csv_dialect import (
    SAMPLE_CHARS,
    Header,
    distinct,
    header_of,
    is_escaped,
    is_quoted_cell,
    line_end,
    shapes_of,
)
from cleaner.readers.csv_text import CsvText, mended_cells
from cleaner.readers.records import text_field_hint, text_names, to_document
from cleaner.readers.sources import Keys, Source, Unreadable

_LINES_SHOWN = 3
_LINES_OF_SAMPLE = 2000


def read_delimited(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """Yield a document for each row, or an `Unreadable`; blank rows are skipped, and empty cells are left out.

    The separator (comma, semicolon, tab or bar), the line end and the meaning of quotes are detected from the
    beginning of the file. Blank lines, `sep=;` and lines with a `#` may precede the header. A record's digest is that
    of its rows' text. A cell that contains what looks like further rows is reported next to its document. Raises
    InputError if the file can't be opened, or if its header has no column for the text; a truncated file yields its
    rows, then an `Unreadable`. Format: https://www.rfc-editor.org/rfc/rfc4180, read with the deviations that occur.
    """
    text = CsvText(source)
    sample, rest = _sampled(text.pieces())
    ends = text.ends = line_end(sample)
    header = _header(source, sample.split(ends), keys)
    lines = _lines(source, chain([sample], rest), ends)
    reader = _reader(sample, ends, header)
    names = distinct(header.names)
    for _ in range(header.above):
        next(lines)
    last = header.above
    try:
        for row in reader.read(lines, last + 1):
            last = row.first + row.text.count(ends) - row.text.endswith(ends)
            if any(cell.strip() for cell in row.cells):
                yield from _documents(row, names, source, keys, text)
    except InputError as error:
        cause = f"{error.cause} after line {last}"
        yield Unreadable(source=source.name, id=source.name, cause=cause, hint=error.hint)


def _documents(
    row: rows.CsvRow, names: list[str], source: Source, keys: Keys, text: CsvText
) -> Iterator[Document | Unreadable]:
    """The document of a row, or why there is none, and what is doubtful of it."""
    place = f"{source.name}:{row.first}"
    digest = hashlib.sha256(row.text.rstrip("\r\n").encode("utf-8", "surrogateescape")).hexdigest()
    try:
        cells, decoded = text.cells(row)
    except ValueError as error:
        yield Unreadable(source=place, id=place, cause=str(error), hint="mend the row", digest=digest)
        return
    if len(cells) > len(names) and not any(cells[len(names) :]):
        cells = cells[: len(names)]  # separators at the row's end
    if len(cells) != len(names):
        cause = f"has {len(cells)} cells, and the header {len(names)}"
        hint = "mend the row: put cells with line breaks or separators in quotes"
        yield Unreadable(source=place, id=place, cause=cause, hint=hint, digest=digest)
        return
    record = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
    if not (text_names(record, keys) or keys.html in record):
        record[next(iter(text_names(names, keys)), keys.html)] = ""
    yield to_document(record, place, digest, keys, decoded)
    if row.doubtful:
        shown = ", ".join(map(str, row.doubtful[:_LINES_SHOWN])) + (", ..." if row.doubtful[_LINES_SHOWN:] else "")
        cause = f"was read with a cell that holds lines which look like rows: {shown}"
        hint = "check whether a quote is not closed; if so, mend the row"
        yield Unreadable(source=place, id=f"{source.name}:{row.doubtful[0]}", cause=cause, hint=hint)


def _header(source: Source, lines: Iterable[str], keys: Keys) -> Header:
    """The header. Raises InputError where there is none, or none with a column of the text."""

    def wanted(names: Iterable[str]) -> list[str]:
        return [*text_names(names, keys), *([keys.html] if keys.html in names else [])]

    header = header_of(lines, wanted, tabbed=source.suffix == ".tsv")
    if header is None:
        raise InputError(source.name, "is empty: it has no header", "begin it with a row that names the columns")
    try:
        names = mended_cells(header.names)
    except ValueError as error:
        raise InputError(source.name, str(error), "give the table itself") from error
    header = replace(header, names=tuple(names))
    named = wanted(names)
    if not named:
        raise InputError(source.name, f"its header has no column `{keys.text}`", text_field_hint(names))
    if header.names.count(named[0]) > 1:
        raise InputError(source.name, f"its header has two columns `{named[0]}`", "give each a name of its own")
    return header


def _reader(sample: str, ends: str, header: Header) -> rows.RowReader:
    """What reads the rows, in the dialect that those of the sample show."""
    delimiter, columns = header.delimiter, len(header.names)
    *lines, last = sample.split(ends, _LINES_OF_SAMPLE)
    lines = [line + ends for line in lines] + ([last] if last and len(sample) < SAMPLE_CHARS else [])
    escaped = is_escaped(sample, delimiter)
    splitter = CellSplitter(Dialect(delimiter=delimiter, escaped=escaped))
    seen = list(rows.RowReader(splitter, columns).read(iter(lines[header.above :]), 1))
    plain = [row.cells for row in seen if len(row.cells) == columns and "\n" not in without_line_end(row.text)]
    in_quotes = lines[header.above - 1].lstrip("\ufeff").startswith('"')
    quoted = is_quoted_cell(delimiter, in_quotes, splitter.evidence, len(seen))
    dialect = Dialect(delimiter=delimiter, quoted=quoted, escaped=escaped)
    return rows.RowReader(CellSplitter(dialect), columns, shapes_of(plain, columns))


def _sampled(pieces: Iterator[str]) -> tuple[str, Iterator[str]]:
    """The beginning of a text, of `SAMPLE_CHARS` characters at least where it has them, and the pieces behind it."""
    held: list[str] = []
    size = 0
    try:
        while size < SAMPLE_CHARS and (piece := next(pieces, None)) is not None:
            held.append(piece)
            size += len(piece)
    except InputError as error:
        if not any(held):
            raise
        return "".join(held), _broken_off(error)
    return "".join(held), pieces


def _broken_off(error: InputError) -> Iterator[str]:
    raise error
    yield ""


def _lines(source: Source, pieces: Iterable[str], ends: str) -> Iterator[str]:
    """The lines with their ends."""
    held = ""
    for text in pieces:
        *whole, held = (held + text).split(ends)
        for line in whole:
            yield line + ends
        if len(held) > rows.CELL_CHARS:
            raise InputError(source.name, f"has a line of more than {rows.CELL_CHARS:,} characters", "split it")
    if held:
        yield held
