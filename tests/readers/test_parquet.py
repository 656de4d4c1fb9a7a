"""Parquet and Arrow, whole and in pieces, and the folders that `datasets` writes."""

import datetime as dt
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather
from pyarrow import parquet as pq

from cleaner.readers import discover, read, split
from cleaner.readers import parquet as columnar
from support.inputs import documents, faults, lay, read_all


def arrow(table: pa.Table, path: Path, *, stream: bool = True, rows: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with path.open("wb") as file, make(file, table.schema) as writer:
        writer.write_table(table, rows)
    return path


def rows_of(number: int) -> pa.Table:
    return pa.table({"id": [f"r{n}" for n in range(number)], "text": [f"Story {n}." for n in range(number)]})


TABLE = pa.table(
    {
        "text": ["One.", "Two."],
        "url": ["https://a.example/1", None],
        "when": pa.array([dt.datetime(2025, 3, 4, 5, 6, 7), None], pa.timestamp("ns")),
        "day": [dt.date(2025, 3, 4), None],
        "price": [Decimal("3.50"), None],
        "score": [float("nan"), 0.5],
        "tags": [["sea"], []],
        "picture": [b"\xff\xd8", b""],
        "image": [{"bytes": b"\xff", "path": "a"}, None],
    }
)


@pytest.mark.parametrize("kind", ["parquet", "stream", "file"])
def test_a_row_is_a_document(tmp_path: Path, kind: str) -> None:
    if kind == "parquet":
        pq.write_table(TABLE, tmp_path / "t.parquet")
    else:
        arrow(TABLE, tmp_path / "t.arrow", stream=kind == "stream")
    first, second = documents(read_all(tmp_path))
    assert (first.text, first.url, first.source[-2:]) == ("One.", "https://a.example/1", ":1")
    assert first.input_metadata == {
        "when": "2025-03-04T05:06:07",
        "day": "2025-03-04",
        "price": "3.50",
        "score": None,
        "tags": ["sea"],
    }
    json.dumps(first.input_metadata, allow_nan=False)
    assert (second.text, second.id, second.input_metadata["score"]) == ("Two.", second.source, 0.5)
    assert first.digest != second.digest


def test_bytes_are_text_or_a_page_in_their_columns(tmp_path: Path) -> None:
    page = '<meta charset="iso-8859-2"><p>Świt nad Wisłą'.encode("iso8859_2")
    table = pa.table({"text": [b"Caf\xc3\xa9.", None], "html": [None, page]})
    pq.write_table(table, tmp_path / "t.parquet")
    assert [each.text for each in documents(read_all(tmp_path))] == ["Café.", "Świt nad Wisłą"]


def test_a_row_without_a_text_is_reported(tmp_path: Path) -> None:
    table = pa.table({"text": ["One.", None], "id": [7, 8]})
    pq.write_table(table, tmp_path / "t.parquet")
    found = read_all(tmp_path)
    assert [each.id for each in found] == ["7", "8"]
    assert faults(found) == {"t.parquet:2": "its field `text` holds null, not a string"}


@given(sizes=st.lists(st.integers(min_value=1, max_value=30), min_size=1, max_size=8), target=st.integers(1, 4000))
def test_pieces_give_what_the_whole_gives(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], target: int
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.parquet"
    with pq.ParquetWriter(path, rows_of(1).schema) as writer:
        for size in sizes:
            writer.write_table(rows_of(size))
    (whole,) = discover(path)[0]
    pieces = split(whole, target)
    assert [each for piece in pieces for each in read(piece)] == list(read(whole))
    assert sum(piece.size for piece in pieces) == whole.size
    assert all(piece.size >= 0 for piece in pieces)
    again = [smaller for piece in pieces for smaller in split(piece, 1)]
    assert [each for piece in again for each in read(piece)] == list(read(whole))
    assert target > 1 or len(pieces) == len(sizes)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"body": ["x"], "n": [1]}), "has no column `text`"),
        (pa.table([["x"], ["y"]], names=["text", "text"]), "has two columns `text`"),
    ],
)
def test_a_table_without_a_text_is_reported(tmp_path: Path, table: pa.Table, message: str) -> None:
    arrow(table, tmp_path / "t.arrow")
    assert faults(read_all(tmp_path)) == {"t.arrow": message}


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow"])
@pytest.mark.parametrize("data", [b"", b"PAR1", b"not a table at all", b"ARROW1\0\0", b"\xff" * 100])
def test_what_is_no_table_is_reported(tmp_path: Path, name: str, data: bytes) -> None:
    assert list(faults(read_all(lay(tmp_path, {name: data})))) == [name]


@pytest.mark.parametrize("kind", ["parquet", "stream", "file"])
def test_damaged_tables_do_no_harm(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("t.parquet" if kind == "parquet" else "t.arrow")
    if kind == "parquet":
        pq.write_table(rows_of(500), path, row_group_size=100)
    else:
        arrow(rows_of(500), path, stream=kind == "stream")
    data = path.read_bytes()
    chance = random.Random(kind)
    for _ in range(150):
        spoilt = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            spoilt[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(spoilt[: chance.choice([len(data), chance.randrange(len(data))])])
        found = [each for piece in split(discover(path)[0][0], 1000) for each in read(piece)]
        assert all(each.source.startswith(path.name) for each in found)
        str(found).encode()


def test_a_stream_that_breaks_off_gives_its_rows(tmp_path: Path) -> None:
    path = arrow(rows_of(500), tmp_path / "t.arrow")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = read_all(path)
    assert len(documents(found)) >= 100
    (cause,) = faults(found).values()
    assert f"after row {len(documents(found))}" in cause


def test_a_table_is_read_batch_by_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By construction: when the first document is given, no more than a batch has been made into objects."""
    pq.write_table(rows_of(100_000), tmp_path / "t.parquet")
    made: list[int] = []
    plain = columnar._plain

    def counted(values: dict[str, Any], keys: Any) -> dict[str, Any]:
        made.append(1)
        return plain(values, keys)

    monkeypatch.setattr(columnar, "_plain", counted)
    (source,) = discover(tmp_path)[0]
    next(read(source))
    assert len(made) <= 1


# ---------------------------------------------------------------------------------------------------
# Folders that are datasets


def test_a_dataset_that_was_saved_to_disk_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "saved" / "train"
    state = {"_data_files": [{"filename": f"data-0000{n}-of-00002.arrow"} for n in range(2)], "_split": "train"}
    for part in range(2):
        arrow(rows_of(3), folder / f"data-0000{part}-of-00002.arrow")
    arrow(rows_of(9), folder / "cache-1234.arrow")
    lay(folder, {"state.json": json.dumps(state).encode(), "dataset_info.json": b"{}"})
    lay(tmp_path, {"saved/dataset_dict.json": b'{"splits": ["train"]}', "saved/README.md": b"# card"})
    found = read_all(tmp_path)
    assert faults(found) == {}
    assert [each.source for each in found][:3] == [f"saved/train/data-00000-of-00002.arrow:{n}" for n in (1, 2, 3)]
    assert len(found) == 6


def test_a_dataset_of_the_hub_is_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for split_name in ("test", "train"):
        pq.write_table(rows_of(2), tmp_path / "data" / f"{split_name}-00000-of-00001.parquet")
    lay(tmp_path, {"README.md": b"# card", "dataset_infos.json": b"{}", ".gitattributes": b""})
    found = read_all(tmp_path)
    assert [each.source for each in found] == [
        f"data/{name}-00000-of-00001.parquet:{n}" for name in ("test", "train") for n in (1, 2)
    ]


def test_a_state_that_is_none_hides_nothing(tmp_path: Path) -> None:
    for state in (b"[]", b"no json", b'{"_data_files": 3}', b'{"_data_files": [1]}'):
        arrow(rows_of(1), tmp_path / "t.arrow")
        lay(tmp_path, {"state.json": state})
        assert len(documents(read_all(tmp_path))) == 1


def test_feather_is_arrow(tmp_path: Path) -> None:
    feather.write_feather(rows_of(3), str(tmp_path / "t.feather"), compression="lz4")
    lay(tmp_path, {"old.feather": b"FEA1" + bytes(60) + b"FEA1"})
    found = read_all(tmp_path)
    assert [each.source for each in documents(found)] == [f"t.feather:{n}" for n in (1, 2, 3)]
    assert list(faults(found)) == ["old.feather"]
