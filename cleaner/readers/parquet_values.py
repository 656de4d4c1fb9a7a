"""Converts the columns of a table to rows of Python values; a value that Python can't represent is lost alone.

Arrow tables hold times after the year 9999, unknown time zones and strings that are not UTF-8. One of them in a million
rows would make the library's own conversion fail for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

BATCH_ROWS: Final = 32
"""Rows converted at once: few, as a long value that is stored once may be repeated in each."""

LOST: Final = object()
"""Marks a value that can't be read."""

_WRAPPED = (pa.DictionaryScalar, pa.RunEndEncodedScalar, pa.UnionScalar)
_BYTES = (
    pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view,
)  # fmt: skip
_STRINGS = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
_COARSER = {pa.time64("ns"): pa.time64("us"), pa.duration("ns"): pa.duration("us")}
_LISTS = (
    (pa.types.is_list, pa.list_), (pa.types.is_large_list, pa.large_list),
    (pa.types.is_list_view, pa.list_view), (pa.types.is_large_list_view, pa.large_list_view),
)  # fmt: skip
_DIRECT = {
    pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(),
    pa.uint64(), pa.float32(), pa.float64(), pa.binary(), pa.large_binary(), *_STRINGS,
}  # fmt: skip
"""Types whose valid values can all be converted."""


def rows_of(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    """Yield the rows by column name, with `LOST` for each value that can't be read."""
    columns = [_Column.of(column) for column in batch.columns]
    for at in range(0, len(batch), BATCH_ROWS):
        values = [column.values(at, min(BATCH_ROWS, len(batch) - at)) for column in columns]
        yield from (dict(zip(batch.schema.names, row, strict=True)) for row in zip(*values, strict=True))


def holds_bytes(kind: pa.DataType) -> bool:
    """Report whether a type is, or contains, bytes: mostly pictures or sounds."""
    if isinstance(kind, pa.BaseExtensionType):
        return not isinstance(kind, pa.UuidType) and holds_bytes(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return holds_bytes(kind.value_type)
    return any(is_kind(kind) for is_kind in _BYTES) or any(
        holds_bytes(kind.field(at).type) for at in range(kind.num_fields)
    )


@dataclass(frozen=True, slots=True)
class _Column:
    array: pa.Array
    sound: bool = True
    """Offsets lead nowhere out of it."""
    strings: bool = False
    """Its bytes are strings, some of which are not UTF-8."""

    @classmethod
    def of(cls, array: pa.Array) -> _Column:
        if _is_valid(array):
            return cls(array)
        with suppress(Exception):  # for a type that can't be seen as one of bytes
            array.validate()  # seen as another type, an array is as long as its last offset says, not as its memory
            raw = pa.array(_SeenAs(array, _of_bytes(array.type)))
            return cls(raw, sound=_is_valid(raw), strings=True)
        return cls(array, sound=False)

    def values(self, start: int, count: int) -> list[Any]:
        """Those of some rows."""
        if not self.sound:
            return [self._alone(at) for at in range(start, start + count)]
        some = self.array.slice(start, count)
        if not self.strings and some.type in _DIRECT:
            return list(some.to_pylist())
        with suppress(pa.ArrowException):  # of a type that can't be cast as a whole
            some = some.cast(_in_microseconds(some.type), safe=False)
        return [_value(each, self.strings) for each in some]

    def _alone(self, at: int) -> Any:
        """A value of a damaged column, if it can be checked by itself."""
        one = self.array.slice(at, 1)
        return _value(one[0], self.strings) if not one.type.num_fields and _is_valid(one) else LOST


@dataclass(frozen=True, slots=True)
class _SeenAs:
    """An array as one of another type that has the same layout: by Arrow's C data interface."""

    array: pa.Array
    type: pa.DataType

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self.type.__arrow_c_schema__(), self.array.__arrow_c_array__()[1]


def _is_valid(array: pa.Array) -> bool:
    try:
        array.validate(full=True)
    except pa.ArrowException:
        return False
    return True


def _value(value: pa.Scalar, strings: bool) -> Any:
    """Return a value as Python represents it; else `LOST`, or null in a list or an object."""
    try:
        if not value.is_valid:
            return None
        if isinstance(value, pa.ListScalar):
            return [_within(each, strings) for each in value.values]
        if isinstance(value, pa.StructScalar):
            return {name: _within(each, strings) for name, each in value.items()}
        if isinstance(value, _WRAPPED):
            return _value(value.value, strings)
        if isinstance(value, pa.ExtensionScalar):
            direct = isinstance(value.type, pa.UuidType | pa.Bool8Type)
            return value.as_py() if direct else _value(value.value, strings)
        if (kind := _in_microseconds(value.type)) != value.type:
            value = value.cast(kind, safe=False)
        held = value.as_py()
        return held.decode() if strings and isinstance(held, bytes) else held
    except Exception:  # many libraries meet here: calendars, zones, codecs
        return LOST


def _within(value: pa.Scalar, strings: bool) -> Any:
    held = _value(value, strings)
    return None if held is LOST else held


def _changed(kind: pa.DataType, change: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """A type with other types for those within it that hold no others."""
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _changed(kind.value_type, change), kind.ordered)
    if pa.types.is_struct(kind):
        return pa.struct([each.with_type(_changed(each.type, change)) for each in kind])
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(kind.value_field.with_type(_changed(kind.value_type, change)), kind.list_size)
    if pa.types.is_map(kind):
        return pa.map_(*(each.with_type(_changed(each.type, change)) for each in (kind.key_field, kind.item_field)))
    for is_kind, make in _LISTS:
        if is_kind(kind):
            return make(kind.value_field.with_type(_changed(kind.value_type, change)))
    return change(kind)


def _of_bytes(kind: pa.DataType) -> pa.DataType:
    return _changed(kind, lambda each: _STRINGS.get(each, each))


def _in_microseconds(kind: pa.DataType) -> pa.DataType:
    """Return times in microseconds, as Python has no type for nanoseconds."""

    def coarser(each: pa.DataType) -> pa.DataType:
        if pa.types.is_timestamp(each) and each.unit == "ns":
            return pa.timestamp("us", each.tz)
        return _COARSER.get(each, each)

    return _changed(kind, coarser)
