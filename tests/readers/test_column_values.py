"""Tables that hold what Python can't, and tables that are damaged: a value, a row or a row group goes, and no more."""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.readers.parquet_values import LOST, holds_bytes, rows_of
from support.inputs import documents, faults, read_all

EXTREMES = pa.array([1, 2**63 - 1, -(2**63)], pa.int64())


def strings(*values: bytes) -> pa.Array:
    """A column of strings that holds these bytes, be they UTF-8 or not."""
    ends = [0]
    for value in values:
        ends.append(ends[-1] + len(value))
    buffers = [None, pa.py_buffer(struct.pack(f"<{len(ends)}i", *ends)), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


BAD = strings(b"a", b"caf\xe9", "é".encode())


def wrapped(kind: pa.DataType, values: list[int]) -> pa.Array:
    return pa.array(values, pa.int64()).view(kind)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (EXTREMES.view(pa.timestamp("s")), [dt.datetime(1970, 1, 1, 0, 0, 1), LOST, LOST]),
        (EXTREMES.view(pa.timestamp("us")), [dt.datetime(1970, 1, 1, 0, 0, 0, 1), LOST, LOST]),
        (wrapped(pa.timestamp("ns"), [1001]), [dt.datetime(1970, 1, 1, 0, 0, 0, 1)]),
        (pa.array([1], pa.timestamp("us", "Mars/Olympus")), [LOST]),
        (pa.array([0, 2**31 - 1], pa.int32()).view(pa.date32()), [dt.date(1970, 1, 1), LOST]),
        (wrapped(pa.time64("us"), [1, 86400 * 10**6, -1]), [dt.time(0, 0, 0, 1), LOST, LOST]),
        (wrapped(pa.time64("ns"), [1001]), [dt.time(0, 0, 0, 1)]),
        (wrapped(pa.duration("s"), [1, 2**62]), [dt.timedelta(seconds=1), LOST]),
        (wrapped(pa.duration("ns"), [1001]), [dt.timedelta(microseconds=1)]),
        (wrapped(pa.timestamp("ns"), [1001, 1001]).dictionary_encode(), [dt.datetime(1970, 1, 1, 0, 0, 0, 1)] * 2),
        (BAD, ["a", LOST, "é"]),
        (BAD.cast(pa.binary()).view(pa.string()).slice(1), [LOST, "é"]),
        (pa.DictionaryArray.from_arrays(pa.array([1, 0, None, 2]), BAD), [LOST, "a", None, "é"]),
        (pa.ListArray.from_arrays(pa.array([0, 1, 3]), BAD), [["a"], [None, "é"]]),
        (pa.StructArray.from_arrays([BAD], names=["x"]), [{"x": "a"}, {"x": None}, {"x": "é"}]),
        (pa.array([[1], [2**62]], pa.list_(pa.int64())).cast(pa.list_(pa.timestamp("us"))),
         [[dt.datetime(1970, 1, 1, 0, 0, 0, 1)], [None]]),
        (pa.array([[("k", "v")], None], pa.map_(pa.string(), pa.string())), [[{"key": "k", "value": "v"}], None]),
        (pa.array(["a", None], pa.string_view()), ["a", None]),
        (pa.array([1.5], pa.float16()), [1.5]),
        (pa.RunEndEncodedArray.from_arrays(pa.array([1, 3], pa.int32()), pa.array(["a", "b"])), ["a", "b", "b"]),
        (pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])]), [1, "b"]),
        (pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0], pa.int8())), [True, False]),
        (pa.array([bytes(16)], pa.uuid()), [uuid.UUID(int=0)]),
    ],
)  # fmt: skip
def test_a_value_that_python_cannot_hold_is_lost_alone(column: pa.Array, values: list[Any]) -> None:
    found = [row["x"] for row in rows_of(pa.record_batch([column], names=["x"]))]
    assert found == values


@pytest.mark.parametrize(
    ("offsets", "values"),
    [((0, 4, 2**30), ["fogs", LOST]), ((2**30, 4, 2**30 + 8), [LOST, LOST]), ((-8, 0, 4), [LOST, "fogs"])],
)
def test_offsets_are_held_against_the_memory_there_is(offsets: tuple[int, ...], values: list[Any]) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, pa.schema([("x", pa.string())])) as stream:
        stream.write_batch(pa.record_batch([pa.array(["fo", "gs"])], names=["x"]))
    data = sink.getvalue().to_pybytes().replace(struct.pack("<3i", 0, 2, 4), struct.pack("<3i", *offsets))
    batch = pa.ipc.open_stream(data).read_next_batch()
    assert [row["x"] for row in rows_of(batch)] == values


def test_offsets_that_lead_out_of_a_column_are_not_followed() -> None:
    buffers = [None, pa.py_buffer(struct.pack("<4i", 0, 1, 900, 2)), pa.py_buffer(b"ab")]
    column = pa.Array.from_buffers(pa.string(), 3, buffers)
    assert [row["x"] for row in rows_of(pa.record_batch([column], names=["x"]))] == ["a", LOST, LOST]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.binary_view(), True),
        (pa.dictionary(pa.int8(), pa.binary()), True),
        (pa.opaque(pa.binary(), "x", "y"), True),
        (pa.struct([("a", pa.list_(pa.large_binary()))]), True),
        (pa.uuid(), False),
        (pa.dictionary(pa.int8(), pa.string()), False),
    ],
)
def test_columns_of_bytes_are_known_by_their_type(kind: pa.DataType, expected: bool) -> None:
    assert holds_bytes(kind) is expected


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
def test_the_rows_around_an_odd_value_are_read(tmp_path: Path, name: str) -> None:
    text = strings(*(b"Rain." for _ in range(50)), b"Caf\xe9.", *(b"Sun." for _ in range(49)))
    note = strings(*(b"\xff" if number == 7 else b"n" for number in range(100)))
    when = pa.array([2**62 if number == 70 else 0 for number in range(100)], pa.int64()).view(pa.timestamp("us"))
    table = pa.table({"id": strings(b"\xff", *(b"r%d" % n for n in range(1, 100))), "text": text, "n": note, "w": when})
    if name == "t.parquet":
        pq.write_table(table, tmp_path / name)
    else:
        with pa.OSFile(str(tmp_path / name), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    found = read_all(tmp_path)
    assert faults(found) == {f"{name}:51": "its field `text` is damaged, or is not UTF-8"}
    kept = documents(found)
    assert [each.source for each in kept] == [f"{name}:{n}" for n in range(1, 101) if n != 51]
    assert (kept[0].id, kept[1].id) == (f"{name}:1", "r1")
    assert [each.source for each in kept if each.input_metadata["n"] is None] == [f"{name}:8"]
    assert [each.source for each in kept if each.input_metadata["w"] is None] == [f"{name}:71"]


def chunk_of(path: Path, group: int, column: int) -> slice:
    """The place of the data of a column chunk in a Parquet file."""
    chunk = pq.read_metadata(path).row_group(group).column(column)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    return slice(start, start + chunk.total_compressed_size)


def spoil(path: Path, group: int, column: int, start: float = 0.4) -> None:
    data = bytearray(path.read_bytes())
    where = chunk_of(path, group, column)
    middle = where.start + int((where.stop - where.start) * start)
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    texts = [f"It rained on day {number}, {number * number} drops." for number in range(300)]
    table = pa.table({"text": texts, "note": [text[::-1] for text in texts]})
    options: dict[str, Any] = {"write_page_checksum": True, "use_dictionary": False, "data_page_size": 400}
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=100, write_batch_size=10, **options)
    return tmp_path / "t.parquet"


def test_a_damaged_row_group_loses_none_of_the_others(parquet: Path) -> None:
    spoil(parquet, 1, 0)
    found = read_all(parquet)
    ((place, cause),) = faults(found).items()
    first = int(place.removeprefix("t.parquet:"))
    assert 101 < first <= 200  # the pages before the damage are read
    assert f"lost are rows {first} to 200" in cause
    assert [each.source for each in documents(found)] == [
        f"t.parquet:{n}" for n in range(1, 301) if not first <= n <= 200
    ]


def test_a_damaged_column_of_metadata_loses_no_row(parquet: Path) -> None:
    spoil(parquet, 1, 1)
    found = read_all(parquet)
    ((place, cause),) = faults(found).items()
    first = int(place.removeprefix("t.parquet:"))
    assert "its columns note can't be read: " in cause
    assert cause.endswith(f"in rows {first} to 200")
    kept = documents(found)
    assert [each.source for each in kept] == [f"t.parquet:{n}" for n in range(1, 301)]
    assert [each.source for each in kept if "note" not in each.input_metadata] == [
        f"t.parquet:{n}" for n in range(first, 201)
    ]


@pytest.mark.parametrize("stream", [True, False])
def test_a_damaged_batch_loses_none_of_the_others(tmp_path: Path, stream: bool) -> None:
    table = pa.table({"text": [f"It rained on day {number}." for number in range(300)]})
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    path = tmp_path / "t.arrow"
    with (
        pa.OSFile(str(path), "wb") as file,
        make(file, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer,
    ):
        writer.write_table(table, 100)
    data = bytearray(path.read_bytes())
    second = [at for at in range(len(data)) if data[at : at + 4] == b"\x28\xb5\x2f\xfd"][3]  # the frame of its texts
    data[second : second + 20] = bytes(20)
    path.write_bytes(data)
    found = read_all(path)
    ((place, cause),) = faults(found).items()
    assert place == "t.arrow:batch-2"
    assert cause.endswith("its rows are lost, and not counted, after row 100")
    assert [each.text.split()[-1] for each in documents(found)] == [f"{n}." for n in (*range(100), *range(200, 300))]
