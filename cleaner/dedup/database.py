"""Tables of any size: DuckDB sorts, joins and groups them in memory of one size, and what is more on the disk."""

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
"""Bytes that DuckDB takes at most before it spills."""
AT_ONCE = 1 << 16
"""Rows that are handed over, and taken back, at a time."""
_THREADS = 4  # each wants memory of its own, of which there is no more for them
_NO_MEMORY = "Allocation failure"  # as DuckDB says where the system refuses; its own limit has other words


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    """An empty one, which ends with the block; what it spills goes into `folder`.

    Raises OutputError where the disk refuses, or where the database needs more than `MEMORY` and can't spill it; and
    MemoryError where the system gives no memory.
    """
    duckdb = _duckdb()
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY}B",
        "temp_directory": str(folder / "spilled"),
        "threads": min(_THREADS, os.cpu_count() or 1),
        "preserve_insertion_order": False,  # where the order matters it is asked for
        "autoinstall_known_extensions": False,  # these would come from the network
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # names of tables are no variables
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
    import duckdb  # noqa: PLC0415 - slow to import, and few commands need it

    # Workers freeze what they hold; at the end DuckDB's binding complains aloud of what is not collected.
    atexit.register(gc.unfreeze)
    return duckdb


def batch_of(**columns: NDArray[Any] | pa.Array) -> pa.RecordBatch:
    """Rows as columns, of numbers or whatever Arrow holds."""
    arrays = [each if isinstance(each, pa.Array) else numbers(each) for each in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, list(columns))


def insert(into: Database, table: str, batches: Iterable[pa.RecordBatch]) -> None:
    """Add rows to a table, which has these columns in this order."""
    for lot in _pooled(batches):
        into.register("lot", pa.Table.from_batches(lot))
        into.execute(f"INSERT INTO {table} SELECT * FROM lot")
        into.unregister("lot")


def _pooled(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Small ones together, as each lot takes a while."""
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
    """Write what a query finds as Parquet."""
    name = str(file).replace("'", "''")
    of.execute(f"COPY ({query}) TO '{name}'")


def batches(file: Path, *columns: str) -> Iterator[pa.RecordBatch]:
    """What was exported, some rows at a time: all columns, unless they are named."""
    with pq.ParquetFile(file) as parquet:
        yield from parquet.iter_batches(AT_ONCE, columns=list(columns) or None)


def columns_of(batch: pa.RecordBatch) -> list[NDArray[Any]]:
    """Its columns, of numbers, none of them missing."""
    return [values(column) for column in batch.columns]


def select(of: Database, folder: Path, query: str) -> Iterator[list[NDArray[Any]]]:
    """What a query finds, as columns of numbers, some rows at a time; until all were taken it is a file in `folder`."""
    file = folder / "selected.parquet"
    export(of, file, query)
    yield from map(columns_of, batches(file))
    file.unlink()
