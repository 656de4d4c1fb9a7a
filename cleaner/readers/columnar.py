"""Parquet and Arrow: tables by columns, as `datasets` writes them.

A record is named `table.parquet:12` for its row. A Parquet file is split between its row groups, and the rows before
each piece are counted, so that a record has the same name whatever the pieces' size.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from cleaner.errors import InputError
from cleaner.model import Document
from cleaner.readers.compression import Forward, chunks, seekable_file
from cleaner.readers.places import Member
from cleaner.readers.records import digest_of, naming, text_names, to_document
from cleaner.readers.sources import Keys, Source, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 32  # few, as a long value that is stored once may stand in each of them
_BUFFER = 1 << 20
_ARROW_FILE = b"ARROW1"
_AGAIN = "fetch the file or write it again"


def read_parquet(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """A document for every row of the source's row groups, or why there is none.

    Columns of bytes are left out, but for those of the text and the page. A record's digest is that of its fields.
    Raises InputError where the file can't be opened, or has no column of the text; one that breaks off gives its
    rows, then says so.
    """
    yield from _documents(source, keys, _parquet_batches(source, keys))


def read_arrow(source: Source, keys: Keys) -> Iterator[Document | Unreadable]:
    """A document for every row of an Arrow file or stream, or why there is none; as `read_parquet` does."""
    yield from _documents(source, keys, _arrow_batches(source, keys))


def _parquet_batches(source: Source, keys: Keys) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import

    with (
        seekable_file(source.path) as file,
        pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False) as parquet,
    ):
        names = _wanted(source, parquet.schema_arrow, keys)
        for group in range(parquet.num_row_groups)[source.start : source.stop]:
            yield from parquet.iter_batches(_BATCH_ROWS, row_groups=[group], columns=names, use_threads=False)


def _arrow_batches(source: Source, keys: Keys) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    with io.BufferedReader(Forward(chunks(source.path))) as unpacked:
        if not unpacked.peek(len(_ARROW_FILE)).startswith(_ARROW_FILE):
            with pa.ipc.open_stream(unpacked) as stream:
                names = _wanted(source, stream.schema, keys)
                yield from (batch.select(names) for batch in stream)
            return
    if isinstance(source.path, Member):
        raise InputError(source.name, "is an Arrow file in an archive, where it can't be sought in", "unpack it")
    with seekable_file(source.path) as file, pa.ipc.open_file(file) as table:
        names = _wanted(source, table.schema, keys)
        yield from (table.get_batch(at).select(names) for at in range(table.num_record_batches))


def split_parquet(source: Source, target_bytes: int) -> list[Source]:
    """Pieces of about `target_bytes`, of one row group at least. Raises OSError where the file can't be read."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.parquet as pq  # noqa: PLC0415

    if source.size <= target_bytes:
        return [source]
    try:
        with seekable_file(source.path) as file, pq.ParquetFile(file) as parquet:
            stop = parquet.num_row_groups if source.stop is None else source.stop
            groups = [parquet.metadata.row_group(at) for at in range(source.start, stop)]
    except (pa.ArrowException, InputError):
        return [source]  # its reader will tell
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


def _documents(source: Source, keys: Keys, batches: Iterator[pa.RecordBatch]) -> Iterator[Document | Unreadable]:
    import pyarrow as pa  # noqa: PLC0415

    row = source.first_line
    try:
        for batch in batches:
            batch.validate(full=True)  # offsets that lead out of it would be followed
            for at in range(0, len(batch), _BATCH_ROWS):
                for values in _in_microseconds(batch.slice(at, _BATCH_ROWS)).to_pylist():
                    record = _plain(values, keys)
                    yield to_document(record, f"{source.name}:{row}", digest_of(record), keys)
                    row += 1
    except (pa.ArrowException, OSError, ValueError, InputError) as error:
        cause, hint = (error.cause, error.hint) if isinstance(error, InputError) else (_told(error), _AGAIN)
        if row > source.first_line:
            cause = f"{cause} after row {row - 1}"
        yield Unreadable(source=source.name, id=source.name, cause=cause, hint=hint)


def _wanted(source: Source, schema: pa.Schema, keys: Keys) -> list[str]:
    """The columns that are read. Raises InputError where none holds the text."""
    texts = {*text_names(schema.names, keys), *({keys.html} & set(schema.names))}
    if not texts:
        raise InputError(source.name, f"has no column `{keys.text}`", naming(schema.names))
    twice = [name for name in schema.names if schema.names.count(name) > 1]
    if twice:
        raise InputError(source.name, f"has two columns `{twice[0]}`", "give each a name of its own")
    return [field.name for field in schema if field.name in texts or not _holds_bytes(field.type)]


def _holds_bytes(kind: pa.DataType) -> bool:
    """Whether a type, or one within it, is of bytes: of pictures or sounds, as a rule."""
    import pyarrow as pa  # noqa: PLC0415

    types = pa.types
    plain = types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    return plain or any(_holds_bytes(kind.field(at).type) for at in range(kind.num_fields))


def _in_microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Times to the microsecond: for nanoseconds Python has no type."""
    import pyarrow as pa  # noqa: PLC0415

    fine = [field for field in batch.schema if pa.types.is_timestamp(field.type) and field.type.unit == "ns"]
    for field in fine:
        at = batch.schema.get_field_index(field.name)
        column = batch.column(at).cast(pa.timestamp("us", field.type.tz), safe=False)
        batch = batch.set_column(at, field.name, column)
    return batch


def _plain(values: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """A record with values as JSON has them, but for the text and the page, which may be bytes."""
    texts = {key: values.pop(key) for key in (*text_names(values, keys), keys.html) if key in values}
    plain: dict[str, Any] = orjson.loads(orjson.dumps(values, default=str, option=orjson.OPT_NON_STR_KEYS))
    return texts | plain


def _told(error: Exception) -> str:
    return "can't be read: " + (str(error).strip().split("\n")[0] or type(error).__name__).rstrip(".")
