"""Converts Python values to Arrow arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from itertools import chain
from operator import index
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaner.dataset.arrow import values as numbers_of


def held(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return the values as an Arrow array. Raises the errors of their holder."""
    return array(list(map(holder(kind), values)), kind)


def holder(kind: pa.DataType) -> Callable[[Any], Any]:
    """Return the function that converts a value, which may be None, for a column of this type.

    It raises OverflowError, TypeError or AttributeError for a value that the column can't hold.
    """
    if pa.types.is_list(kind):
        item = holder(kind.value_type)
        return lambda value: None if value is None else [*map(item, value)]
    if pa.types.is_struct(kind):
        fields = [(field.name, holder(field.type)) for field in kind]
        return lambda value: {name: hold(value[name]) for name, hold in fields}
    hold = _text if pa.types.is_string(kind) else _count if pa.types.is_integer(kind) else kind.to_pandas_dtype()
    return lambda value: None if value is None else hold(value)


def _text(value: str) -> bytes:
    # UTF-8 can't encode half a surrogate pair; readers and the normaliser leave none.
    return value.encode("utf-8", "backslashreplace")


def _count(value: int) -> int:
    if not -(2**31) <= value < 2**31:
        raise OverflowError("it has more than 32 bits")
    return index(value)


def size_of(value: Any) -> int:
    """Return the size in bytes of the strings in a value of a column."""
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(map(size_of, value.values()))
    return sum(map(size_of, value)) if isinstance(value, list) else 0


def sizes(rows: pa.Table) -> NDArray[np.int64]:
    """Return the size in bytes of the strings of each row."""
    total = np.zeros(len(rows), np.int64)
    for column in rows.columns if len(rows) else ():
        total += np.concatenate([_sizes_of(chunk) for chunk in column.chunks])
    return total


def _sizes_of(column: pa.Array) -> NDArray[np.int64]:
    if pa.types.is_string(column.type):
        return numbers_of(pc.fill_null(pc.binary_length(column), 0)).astype(np.int64)
    if pa.types.is_struct(column.type):
        return np.asarray(sum(map(_sizes_of, column.flatten()), np.zeros(len(column), np.int64)))
    if pa.types.is_list(column.type):
        ends = np.cumsum([0, *numbers_of(pc.fill_null(pc.list_value_length(column), 0))])
        return np.asarray(np.diff(np.cumsum([0, *_sizes_of(column.flatten())])[ends]))
    return np.zeros(len(column), np.int64)


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return converted values as an Arrow array, by building its buffers directly (Arrow Columnar Format).

    `pa.array(values, kind)` does the same, but imports pandas to see whether the values are of pandas: a third
    of a second and more in every worker.
    """
    valid = [value is not None for value in values]
    validity = None if all(valid) else _bits(valid)
    if pa.types.is_string(kind):
        encoded = [value or b"" for value in values]
        buffers, children = [_offsets(encoded), pa.py_buffer(b"".join(encoded))], []
    elif pa.types.is_list(kind):
        lists = [value or () for value in values]
        buffers, children = [_offsets(lists)], [array(list(chain.from_iterable(lists)), kind.value_type)]
    elif pa.types.is_struct(kind):
        buffers, children = [], [array([value[field.name] for value in values], field.type) for field in kind]
    elif pa.types.is_boolean(kind):
        buffers, children = [_bits(values)], []
    else:
        numbers = np.array([value or 0 for value in values], kind.to_pandas_dtype())
        buffers, children = [pa.py_buffer(numbers)], []
    return pa.Array.from_buffers(kind, len(values), [validity, *buffers], children=children)


def _bits(values: Sequence[Any]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(np.array(values, bool), bitorder="little"))


def _offsets(values: Sequence[Sized]) -> pa.Buffer:
    """Return the offset of each value, and the end of the last one."""
    ends = np.cumsum([0, *map(len, values)])
    if ends[-1] > np.iinfo(np.int32).max:
        raise OverflowError(f"{ends[-1]} bytes are more than a column of a batch can hold")
    return pa.py_buffer(ends.astype(np.int32))
