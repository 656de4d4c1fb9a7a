"""Reads Parquet and Arrow: tables by columns, as `datasets` writes them.

A record is named `table.parquet:12` after its row. A Parquet file is split between row groups, and the rows before each
piece are counted, so the names do not depend on the size of the pieces.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.errors import InputError
from cleaner.model.document import Document
from cleaner.readers.compression import ForwardFile, chunks, seekable_file
from cleaner.readers.locations import Member
from cleaner.readers.parquet_values import BATCH_ROWS, LOST, holds_bytes, rows_of
from cleaner.readers.records import record_digest, text_field_hint, text_names, to_document
from cleaner.readers.sources import Keys, Source, Unreadable, guarded

_DAMAGED: Final = (pa.ArrowException, OSError, ValueError, MemoryError)  # what Arrow raises at damaged data
_MOST_DAMAGED = 64  # batches in a row
_BUFFER = 1 << 20
_ARROW_FILE = b"ARROW1"
_AGAIN = "fetch the file or write it again"


def read_parquet(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """Yield a document for each row of the source's row groups, or an `Unreadable`.

    Columns of bytes are left out, except those of the text and the page. A record's digest is that of its fields. An
    unreadable value becomes null, unless it is the text. In a damaged row group, the rows before the damage are read,
    and one `Unreadable` names the lost rows. A file that can't be opened or has no column for the text is one
    `Unreadable`.
    """
    yield from _documents(source, keys, _parquet_batches(source, keys))


def read_arrow(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """Yield a document for each row of an Arrow file or stream, as `read_parquet` does."""
    yield from _documents(source, keys, _arrow_batches(source, keys))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows, and the number of the first."""

    first: int
    rows: pa.RecordBatch


def _parquet_batches(source: Source, keys: Keys) -> Iterator[_Batch | Unreadable]:
    with (
        seekable_file(source.path) as file,
        pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True) as parquet,
    ):
        names = _wanted(source, parquet.schema_arrow, keys)
        first = source.first_line
        for number in range(parquet.num_row_groups)[source.start : source.stop]:
            group = _RowGroup(source.name, parquet, number, first)
            yield from group.batches(names, {*text_names(names, keys), keys.html})
            first += group.rows


class _RowGroup:
    """A row group of a Parquet file: its rows, as far as they can be read, and what of them can't."""

    def __init__(self, name: str, parquet: Any, number: int, first: int) -> None:
        self._name = name
        self._parquet = parquet
        self._number = number
        self._first = first
        self.rows = int(parquet.metadata.row_group(number).num_rows)
        self._given = 0

    def batches(self, names: Sequence[str], needed: set[str]) -> Iterator[_Batch | Unreadable]:
        """Without the columns that are damaged, unless they are needed."""
        try:
            yield from self._behind(names)
            return
        except _DAMAGED as error:
            fault = error
        bad = [name for name in names if not self._is_readable(name)]
        if bad and not needed & set(bad):
            place = f"{self._name}:{self._first + self._given}"
            columns = ", ".join(bad)
            cause = f"its columns {columns} {_cause_of(fault)}, in {self._lost()}"
            hint = f"these rows are read without them; {_AGAIN}"
            yield Unreadable(source=place, id=f"{place}/{columns}", cause=cause, hint=hint)
            try:
                yield from self._behind([name for name in names if name not in bad])
                return
            except _DAMAGED as error:
                fault = error
        place = f"{self._name}:{self._first + self._given}"
        yield Unreadable(source=place, id=place, cause=f"{_cause_of(fault)}; lost are {self._lost()}", hint=_AGAIN)

    def _lost(self) -> str:
        return f"rows {self._first + self._given} to {self._first + self.rows - 1}"

    def _behind(self, names: Sequence[str]) -> Iterator[_Batch]:
        """The rows behind those that were given. Raises ValueError where there are fewer than there should be."""
        at = 0
        for batch in self._read(names):
            rows = batch.slice(min(max(self._given - at, 0), len(batch)))
            at += len(batch)
            if len(rows):
                yield _Batch(self._first + self._given, rows)
                self._given += len(rows)
        if self._given < self.rows:
            raise ValueError(f"it ends after {self._given} of {self.rows} rows")

    def _read(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        batches: Iterator[pa.RecordBatch] = self._parquet.iter_batches(
            BATCH_ROWS, row_groups=[self._number], columns=names, use_threads=False
        )
        return batches

    def _is_readable(self, name: str) -> bool:
        try:
            return sum(map(len, self._read([name]))) >= self.rows
        except _DAMAGED:
            return False


def _arrow_batches(source: Source, keys: Keys) -> Iterator[_Batch | Unreadable]:
    with io.BufferedReader(ForwardFile(chunks(source.path))) as unpacked:
        if not unpacked.peek(len(_ARROW_FILE)).startswith(_ARROW_FILE):
            with pa.ipc.open_stream(unpacked) as stream:
                names = _wanted(source, stream.schema, keys)
                yield from _numbered(source, repeat(stream.read_next_batch), names)
            return
    if isinstance(source.path, Member):
        raise InputError(source.name, "is an Arrow file in an archive, where it can't be read", "unpack the archive")
    with seekable_file(source.path) as file, pa.ipc.open_file(file) as table:
        names = _wanted(source, table.schema, keys)
        reads = (partial(table.get_batch, at) for at in range(table.num_record_batches))
        yield from _numbered(source, reads, names)


def _numbered(
    source: Source, reads: Iterable[Callable[[], pa.RecordBatch]], names: Sequence[str]
) -> Iterator[_Batch | Unreadable]:
    """The readable batches, with their rows counted from the first, and an `Unreadable` for each damaged one, whose
    number of rows is unknown.

    A stream whose batches can't be found any more is read no further. Raises InputError where it breaks off.
    """
    first, in_a_row = source.first_line, 0
    for number, read in enumerate(reads, 1):
        try:
            batch = read().select(names)
        except StopIteration:
            return
        except _DAMAGED as error:
            if isinstance(error, InputError):
                raise
            in_a_row += 1
            place = f"{source.name}:batch-{number}"
            cause = f"{_cause_of(error)}; its rows are lost, and not counted, after row {first - 1}"
            if in_a_row == 1:
                yield Unreadable(source=place, id=place, cause=cause, hint=_AGAIN)
            if in_a_row >= _MOST_DAMAGED or "only read" in str(error):
                return
            continue
        in_a_row = 0
        yield _Batch(first, batch)
        first += len(batch)


def split_parquet(source: Source, target_bytes: int) -> list[Source]:
    """Return pieces of about `target_bytes` bytes, each of one row group or more. Raises OSError if it can't be
    read."""
    if source.size <= target_bytes:
        return [source]
    try:
        with seekable_file(source.path) as file, pq.ParquetFile(file) as parquet:
            stop = parquet.num_row_groups if source.stop is None else source.stop
            groups = [parquet.metadata.row_group(at) for at in range(source.start, stop)]
    except (pa.ArrowException, InputError):
        return [source]  # its reader reports the error
    weights = [sum(group.column(at).total_compressed_size for at in range(group.num_columns)) for group in groups]
    total = max(1, sum(weights))
    pieces: list[Source] = []
    start, first, before, weight, rows = source.start, source.first_line, 0, 0, 0
    for at, group in enumerate(groups, source.start):
        weight += weights[at - source.start]
        rows += group.num_rows
        behind = source.size * weight // total
        if behind - before >= target_bytes or at + 1 == stop:
            # The last piece has the rest of the bytes, those of the file's own index among them.
            size = (source.size if at + 1 == stop else behind) - before
            pieces.append(replace(source, start=start, stop=at + 1, size=size, first_line=first))
            start, first, before = at + 1, source.first_line + rows, before + size
    return pieces or [source]


def _documents(source: Source, keys: Keys, batches: Iterator[_Batch | Unreadable]) -> Iterator[Document | Unreadable]:
    row = source.first_line
    try:
        for item in batches:
            if isinstance(item, Unreadable):
                yield item
                continue
            for row, values in enumerate(rows_of(item.rows), item.first):
                place = f"{source.name}:{row}"
                yield guarded(partial(_document, values, place, keys), place)
            row += 1
    except (*_DAMAGED, InputError) as error:
        cause, hint = (error.cause, error.hint) if isinstance(error, InputError) else (_cause_of(error), _AGAIN)
        if row > source.first_line:
            cause = f"{cause} after row {row - 1}"
        yield Unreadable(source=source.name, id=source.name, cause=cause, hint=hint)


def _document(values: dict[str, Any], place: str, keys: Keys) -> Document | Unreadable:
    lost = [name for name, value in values.items() if value is LOST]
    texts = (*text_names(values, keys), keys.html)
    text = next((name for name in texts if values.get(name) is not None), None)
    if text in lost:
        cause, hint = f"its field `{text}` is damaged, or is not UTF-8", "mend the row, or write the column as bytes"
        return Unreadable(source=place, id=place, cause=cause, hint=hint)
    record = _plain({name: None if name in lost else value for name, value in values.items()}, keys)
    return to_document(record, place, record_digest(record), keys)


def _wanted(source: Source, schema: pa.Schema, keys: Keys) -> list[str]:
    """The columns that are read. Raises InputError where none holds the text."""
    texts = {*text_names(schema.names, keys), *({keys.html} & set(schema.names))}
    if not texts:
        raise InputError(source.name, f"has no column `{keys.text}`", text_field_hint(schema.names))
    twice = [name for name in schema.names if schema.names.count(name) > 1]
    if twice:
        raise InputError(source.name, f"has two columns `{twice[0]}`", "give each a name of its own")
    return [field.name for field in schema if field.name in texts or not holds_bytes(field.type)]


def _plain(values: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """A record with values as JSON has them, but for the text and the page, which may be bytes."""
    texts = (*text_names(values, keys), keys.html)
    return {key: value if key in texts else _as_json(value) for key, value in values.items()}


def _as_json(value: Any) -> Any:
    try:
        return orjson.loads(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS))
    except (TypeError, ValueError):
        return None


def _cause_of(error: Exception) -> str:
    return "can't be read: " + (str(error).strip().split("\n")[0] or type(error).__name__).rstrip(".")
