"""Tables of any size: DuckDB sorts, joins and groups them in bounded memory, and spills to disk."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cleaner.dataset.arrow import numbers, values
from cleaner.errors import OutputError

if TYPE_CHECKING:
    import duckdb

Database: TypeAlias = "duckdb.DuckDBPyConnection"
MEMORY = 256 * 2**20
"""The most bytes that DuckDB uses before it spills."""
AT_ONCE = 1 << 16
"""Rows that are inserted or fetched at a time."""
_THREADS = 4  # each needs its share of the memory
_NO_MEMORY = "Allocation failure"  # as DuckDB says where the system refuses; its own limit has other words


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    """Open an empty database, which exists until the context ends and spills into `folder`.

    Raises OutputError if the disk refuses, or if the database needs more than `MEMORY` and can't spill it; MemoryError
    if the system gives no memory.
    """
    duckdb = _duckdb()
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY}B",
        "temp_directory": str(folder / "spilled"),
        "threads": min(_THREADS, os.cpu_count() or 1),
        "preserve_insertion_order": False,  # queries sort where order matters
        "autoinstall_known_extensions": False,  # they would be downloaded
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # a table name must not mean a Python variable
    }
    try:
        with duckdb.connect(config=config) as opened:
            yield opened
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        if _NO_MEMORY in str(error):
            raise MemoryError(str(error)) from error
        cause = f"can't hold what duplicates are found by: {str(error).splitlines()[0].rstrip('.')}"
        raise OutputError(str(folder), cause, "free some space and build again; what was there is untouched") from error


@cache
def _duckdb() -> ModuleType:
    import duckdb  # slow to import, and few commands need it

    # Workers freeze their objects (`gc.freeze`); at exit DuckDB's binding warns about any that are not collected.
    atexit.register(gc.unfreeze)
    return duckdb


def batch_of(**columns: NDArray[Any] | pa.Array) -> pa.RecordBatch:
    """Return a record batch of columns, which are NumPy or Arrow arrays."""
    arrays = [each if isinstance(each, pa.Array) else numbers(each) for each in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, list(columns))


def insert(into: Database, table: str, batches: Iterable[pa.RecordBatch]) -> None:
    """Insert rows into a table with these columns in this order."""
    for lot in _pooled(batches):
        into.register("lot", pa.Table.from_batches(lot))
        into.execute(f"INSERT INTO {table} SELECT * FROM lot")
        into.unregister("lot")


def _pooled(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Concatenate small batches, because each insert takes a while."""
    lot, count = list[pa.RecordBatch](), 0
    for batch in batches:
        lot.append(batch)
        count += len(batch)
        if count >= AT_ONCE:
            yield lot
            lot, count = [], 0
    if lot:
        yield lot


def export(of: Database, file: Path, query: str) -> None:
    """Write the result of a query to a Parquet file."""
    name = str(file).replace("'", "''")
    of.execute(f"COPY ({query}) TO '{name}'")


def batches(file: Path, *columns: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of an exported file in batches; with `names`, only these columns."""
    with pq.ParquetFile(file) as parquet:
        yield from parquet.iter_batches(AT_ONCE, columns=list(columns) or None)


def columns_of(batch: pa.RecordBatch) -> list[NDArray[Any]]:
    """Return the columns of a batch as arrays of numbers without nulls."""
    return [values(column) for column in batch.columns]


def select(of: Database, folder: Path, query: str) -> Iterator[list[NDArray[Any]]]:
    """Yield the result of a query as columns of numbers, in batches; it is kept as a file in `folder` meanwhile."""
    file = folder / "selected.parquet"
    export(of, file, query)
    yield from map(columns_of, batches(file))
    file.unlink()
