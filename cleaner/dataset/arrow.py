"""Converts numbers and strings to Arrow columns and back, by building the buffers directly.

`pa.array` and `to_numpy` do the same, but import pandas to see whether the values are of pandas: a third of a second
and more in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

RowsT = TypeVar("RowsT", pa.Array, pa.Table)


def numbers(values: NDArray[Any]) -> pa.Array:
    """Return a column of these numbers, without nulls."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers)


def keys(values: NDArray[np.uint8]) -> pa.Array:
    """Return a column of keys of one size, from an array with one row of bytes for each key."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.binary(values.shape[1]), len(values), buffers)


def strings(values: Iterable[str]) -> pa.Array:
    """A column of these strings; half a surrogate pair, which UTF-8 has no form for, is escaped."""
    encoded = [value.encode("utf-8", "backslashreplace") for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def values(column: pa.Array) -> NDArray[Any]:
    """Return the numbers of a column without nulls as a read-only array; nothing is copied."""
    return np.from_dlpack(column)


def bytes_of(column: pa.Array) -> NDArray[np.uint8]:
    """Return a read-only array with a row of bytes for each key of a column of keys of one size; nothing is copied."""
    width = column.type.byte_width
    return np.frombuffer(column.buffers()[1], np.uint8, len(column) * width, column.offset * width).reshape(-1, width)


def taken(rows: RowsT, places: NDArray[np.integer[Any]]) -> RowsT:
    """Return the rows with these numbers."""
    return rows.take(numbers(places.astype(np.int64, copy=False)))
