"""Write the tables of a dataset to Parquet, in row groups of bounded size, and read columns back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.dataset.columns import array, held, holder, size_of, sizes
from cleaner.dataset.folders import output_errors
from cleaner.dataset.tables import Table, TableRow

COMPRESSION = {"compression": "zstd", "compression_level": 3}


# A batch becomes a row group: large enough to compress well, small enough for readers to skip and stream. Finishing
# a shard takes some five times a batch: with 8 MiB, a worker held 20 MiB more in its large shards than in small ones.
_BATCH_ROWS = 10_000


_BATCH_CHARACTERS = 4 * 2**20


_BATCH_BYTES = 2**28  # of all columns: metadata may be far longer than its text


_ROW_BYTES = 2**31 - 1  # offsets of a column have 32 bits


# After this number of single rows, they are converted to columns, which take less memory.
_LOOSE_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A written file; `path` is relative to the dataset, `size` is that of its columns before compression, in bytes."""

    path: str
    rows: int
    bytes: int
    size: int
    sha256: str


class TableWriter:
    """Writes rows to one Parquet file, with at most one batch of them in memory.

    Use it as a context manager; `written` is valid afterwards. Raises OutputError if the disk refuses. Any fault of
    a row is raised by `row`, before anything of it is written.
    """

    def __init__(self, dataset: Path, path: str, table: Table) -> None:
        self._file = dataset / path
        self._path = path
        self._table = table
        self._schema = table.schema
        self._columns = [(each.name, each.get, holder(each.type)) for each in table.columns]
        self._loose: list[tuple[Any, ...]] = []
        self._ready: list[pa.RecordBatch] = []
        self._characters = self._bytes = self._held = self._rows = 0

    def __enter__(self) -> Self:
        with output_errors(self._path):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._parquet = pq.ParquetWriter(self._file, self._schema, **COMPRESSION)
        return self

    def row(self, value: Any) -> TableRow:
        """Return the row of a value. Raises ValueError if a column can't hold its part of the value."""
        values: list[Any] = []
        for name, get, hold in self._columns:
            try:
                values.append(hold(get(value)))
            except Exception as error:  # a getter's own
                raise ValueError(f"its `{name}` can't be written: {type(error).__name__}: {error}") from error
        size = sum(map(size_of, values))
        if size > _ROW_BYTES:
            raise ValueError(f"it takes {size:,} bytes, of at most {_ROW_BYTES:,}")
        return TableRow(tuple(values), size)

    def add(self, row: TableRow, characters: int) -> None:
        """Add a row; `characters` is the length of its text."""
        if self._held and self._bytes + row.size > _BATCH_BYTES:
            self._flush()
        self._loose.append(row.values)
        if len(self._loose) >= _LOOSE_ROWS:
            self._settle()
        self._count(1, characters, row.size)

    def extend(self, rows: pa.Table) -> None:
        """Add rows that are already columns. The file is the same as if each row had been added with `add`."""
        lengths = pc.utf8_length(rows.column("text")).to_pylist()  # `to_numpy` would import pandas
        passed = np.cumsum([length or 0 for length in lengths])
        weights = np.cumsum(sizes(rows))
        at = before = heavy = 0
        while at < len(rows):
            fit = int(np.searchsorted(weights, heavy + _BATCH_BYTES - self._bytes, side="right"))
            if self._held and fit <= at:
                self._flush()
                continue
            full = int(np.searchsorted(passed, before + _BATCH_CHARACTERS - self._characters)) + 1
            stop = min(full, max(fit, at + 1), at + _BATCH_ROWS - self._held, len(rows))
            self._settle()
            self._ready += rows.slice(at, stop - at).to_batches()
            characters, size = int(passed[stop - 1]) - before, int(weights[stop - 1]) - heavy
            self._count(stop - at, characters, size)
            at, before, heavy = stop, before + characters, heavy + size

    def _count(self, rows: int, characters: int, size: int) -> None:
        self._held += rows
        self._characters += characters
        self._bytes += size
        if self._held >= _BATCH_ROWS or self._characters >= _BATCH_CHARACTERS:
            self._flush()

    def _settle(self) -> None:
        """Convert the single rows to columns."""
        if self._loose:
            columns = zip(*self._loose, strict=True)
            arrays = [array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
            self._ready.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._loose = []

    def _flush(self) -> None:
        self._settle()
        self._rows += sum(batch.num_rows for batch in self._ready)
        columns = [list(arrays) for arrays in zip(*(batch.columns for batch in self._ready), strict=True)]
        self._ready = []
        for arrays in columns:  # one by one, so that at most one column is in memory twice
            arrays[:] = [pa.concat_arrays(arrays)]
        batch = pa.RecordBatch.from_arrays([array for arrays in columns for array in arrays], schema=self._schema)
        with output_errors(self._path):
            self._parquet.write_batch(batch)
        self._held = self._characters = self._bytes = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end_parquet(self._parquet, self._path, self._flush if self._held else None, error)

    @property
    def written(self) -> Written:
        """The written file; valid after the context has ended. Raises OutputError if it can't be read."""
        with output_errors(self._path), self._file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            length, groups = file.tell(), pq.read_metadata(file)
            size = sum(groups.row_group(at).total_byte_size for at in range(groups.num_row_groups))
            return Written(path=self._path, rows=self._rows, bytes=length, size=size, sha256=digest)


def end_parquet(
    parquet: pq.ParquetWriter, path: str | Path, flush: Callable[[], None] | None, error: BaseException | None
) -> None:
    """Close a Parquet file at the end of a `with` block, after `flush` has written the rows that are left.

    If the block raised `error`, the rows are dropped, and a failure to close does not hide `error`.
    Raises OutputError, which names `path`, if the file can't be written.
    """
    if error:
        with suppress(OSError):
            parquet.close()
        return
    if flush:
        flush()
    with output_errors(path):
        parquet.close()


def with_columns(table: Table, rows: pa.Table, values: Sequence[Any], names: Collection[str]) -> pa.Table:
    """Return rows of a table in which the columns `names` are computed from `values`, one value for each row."""
    columns = [
        held([column.get(value) for value in values], column.type) if column.name in names else rows.column(column.name)
        for column in table.columns
    ]
    return pa.Table.from_arrays(columns, schema=table.schema)


def record_batch(table: Table, rows: Sequence[Any]) -> pa.RecordBatch:
    """Return the rows as a record batch of the table."""
    arrays = [held([column.get(row) for row in rows], column.type) for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def column_of(file: Path, name: str) -> Iterator[list[Any]]:
    """Yield the values of one column of a Parquet file, a batch at a time."""
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=[name]):
            yield batch.column(0).to_pylist()
