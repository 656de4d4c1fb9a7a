"""Numbers and strings into Arrow's columns and back, their buffers laid out by hand.

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
    """A column of these numbers, none of them missing."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), buffers)


def keys(values: NDArray[np.uint8]) -> pa.Array:
    """A column of keys of one size, from a row of bytes each."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.binary(values.shape[1]), len(values), buffers)


def strings(values: Iterable[str]) -> pa.Array:
    """A column of these strings; half a surrogate pair, which UTF-8 has no form for, is escaped."""
    encoded = [value.encode("utf-8", "backslashreplace") for value in values]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def values(column: pa.Array) -> NDArray[Any]:
    """The numbers of a column, none of which is missing: not copied, and not to be written to."""
    return np.from_dlpack(column)


def bytes_of(column: pa.Array) -> NDArray[np.uint8]:
    """A row of bytes for each key of a column of keys of one size: not copied, and not to be written to."""
    width = column.type.byte_width
    return np.frombuffer(column.buffers()[1], np.uint8, len(column) * width, column.offset * width).reshape(-1, width)


def taken(rows: RowsT, places: NDArray[np.integer[Any]]) -> RowsT:
    """The rows at these places."""
    return rows.take(numbers(places.astype(np.int64, copy=False)))
