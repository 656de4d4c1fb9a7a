"""The dataset as its readers see it: `datasets`, pandas, polars, DuckDB, and whoever puts a text back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.edits import rebuild
from cleaner.dataset.parquet import TableWriter, record_batch
from cleaner.dataset.tables import ARTICLES, REJECTED, REMOVED, TABLES, Column, Table
from cleaner.model.document import Document, Edit
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.readers import discover, read
from cleaner.rules.load import parse_pack
from cleaner.text.normalise import normalise

RULES = """
lists: { agencies: [Northwind Press, Lantern Pool] }
rules:
  - id: byline/by
    label: byline
    why: the line that names the writer
    pattern: 'By (?P<authors>[A-Z]\\w+ [A-Z]\\w+)'
    removes: [By Anna Reed]
    keeps: [By the river stood a house.]
  - id: share/alone
    label: share
    why: a button on a line of its own
    line: [Share]
    removes: [Share]
    keeps: ["Share this burden, he said."]
  - id: caption/credit
    label: caption
    why: a credit glued to a sentence
    inline: '\\((?P<image_credits>{agencies})\\)'
    removes: ["A boat. ⟦(Northwind Press)⟧"]
    keeps: [Northwind Press said so.]
  - id: repair/after-initials
    label: repair
    why: a line broken behind an abbreviation
    join: { after: 'U\\.S\\.', before: '[a-z]' }
    removes: ["the U.S.⟦\\n⟧economy"]
    keeps: [In the U.S. today]
  - id: residue/empty-brackets
    label: residue
    action: mark
    why: brackets out of which a link was lost
    inline: '\\( \\)'
    removes: ["see ⟦( )⟧"]
    keeps: [see (this)]
    literals: ["( )"]
  - id: quality/too-short
    label: quality
    why: a page of so few words is no article
    document: { fact: words, min: 5 }
    removes: [Gone.]
    keeps: [These are five words here.]
"""

LAMPS = """By Anna Reed

The lamps came on at nine. (Lantern Pool)
\tThe U.S.
economy, they said, would “follow”.


Share
Nobody saw it ( ) coming.  \n"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Input of every sort: plain, indented, damaged, other scripts, empty, with metadata, rejected."""
    raw = tmp_path_factory.mktemp("work") / "raw"
    (raw / "north").mkdir(parents=True)
    (raw / "north" / "lamps.txt").write_text(LAMPS)
    (raw / "north" / "lamps.json").write_text(
        '{"url": "https://north.example/lamps", "fetched": "2024-05-01", "n": 18446744073709551616}'
    )
    (raw / "north" / "crlf.txt").write_bytes(b"By Tom Vale\r\n\r\nThe caf\xe9 on the quay is shut.\r\nShare\r\n")
    (raw / "kanji.txt").write_text("灯りが消えた。\n\nShare\n\n町は静かだった。誰も来なかった。\n")
    (raw / "empty.txt").write_text("")
    (raw / "short.txt").write_text("Share\n\nGone ( ).\nShare")
    (raw / "bytes.txt").write_bytes(bytes(range(256)) * 4)
    records = [{"text": f"Boat {n} came in late.\nShare\n\nAll slept.", "day": n} for n in range(40)]
    (raw / "feed.jsonl").write_text("\n".join(map(json.dumps, records)) + "\nno record\n")
    return raw.parent


@pytest.fixture(scope="module")
def report(folder: Path) -> BuildReport:
    return build(
        str(folder / "raw"),
        folder / "dist",
        rules=parse_pack({"rules.yaml": RULES}),
        workers=1,
        shard_bytes=1500,
    )


@pytest.fixture(scope="module")
def dist(report: BuildReport) -> Path:
    return report.dist


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The library, without access to the network and the home folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hf")))
        patch.setenv("HF_DATASETS_OFFLINE", "1")
        patch.setenv("HF_HUB_OFFLINE", "1")
        import datasets

        datasets.disable_progress_bars()
        yield datasets


def rows(dist: Path, table: Table) -> list[dict[str, Any]]:
    files = sorted((dist / table.folder).iterdir())
    return [row for file in files for row in pq.read_table(file).to_pylist()]


# Readers


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.config)
def test_datasets_loads_what_was_written(datasets: ModuleType, dist: Path, table: Table, tmp_path: Path) -> None:
    loaded = datasets.load_dataset(str(dist), table.config, split="train", cache_dir=str(tmp_path))
    assert loaded.to_list() == rows(dist, table)
    assert loaded.features == datasets.Features.from_arrow_schema(table.schema)


def test_datasets_loads_articles_by_default(
    datasets: ModuleType, dist: Path, report: BuildReport, tmp_path: Path
) -> None:
    loaded = datasets.load_dataset(str(dist), cache_dir=str(tmp_path))
    assert list(loaded) == ["train"]
    assert loaded["train"].num_rows == report.kept
    streamed = datasets.load_dataset(str(dist), split="train", streaming=True)
    assert [row["id"] for row in streamed] == loaded["train"]["id"]


def from_pandas(dist: Path, table: Table) -> list[tuple[Any, ...]]:
    import pandas as pd

    frame = pd.read_parquet(dist / table.folder)
    return [(row.id, row.text) for row in frame.itertuples()]


def from_polars(dist: Path, table: Table) -> list[tuple[Any, ...]]:
    import polars

    return polars.read_parquet(dist / table.folder / "*.parquet").select("id", "text").rows()


def from_duckdb(dist: Path, table: Table) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect() as connection:
        query = f"SELECT id, text FROM '{dist / table.folder}/*.parquet'"
        found: list[tuple[Any, ...]] = connection.sql(query).fetchall()
        return found


@pytest.mark.parametrize("reader", [from_pandas, from_polars, from_duckdb])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.config)
def test_other_readers_see_the_same_rows(
    dist: Path, table: Table, reader: Callable[[Path, Table], list[tuple[Any, ...]]]
) -> None:
    assert reader(dist, table) == [(row["id"], row["text"]) for row in rows(dist, table)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.config)
def test_types_do_not_depend_on_values(dist: Path, table: Table) -> None:
    files = sorted((dist / table.folder).iterdir())
    assert len(files) > 1
    assert all(pq.read_schema(file).equals(table.schema) for file in files)
    article_columns = {"comment_count": pa.int32(), "paywalled": pa.bool_(), "publisher": pa.string()}
    if table is not REMOVED:
        for name, kind in article_columns.items():
            columns = [pq.read_table(file)[name] for file in files]
            assert all(column.type == kind and column.null_count == len(column) for column in columns)


def test_card_header_says_what_the_files_hold(datasets: ModuleType, dist: Path) -> None:
    _, header, _ = (dist / "README.md").read_text().split("---\n", 2)
    data = yaml.safe_load(header)
    assert [config["config_name"] for config in data["configs"] if config.get("default")] == ["default"]
    for table, info in zip(TABLES, data["dataset_info"], strict=True):
        features = datasets.Features._from_yaml_list(info["features"])
        assert features == datasets.Features.from_arrow_schema(table.schema)
        assert info["splits"][0]["num_examples"] == len(rows(dist, table))
        assert info["download_size"] == sum(f.stat().st_size for f in (dist / table.folder).iterdir())


@pytest.mark.parametrize("reader", [from_pandas, from_polars, from_duckdb])
def test_a_dataset_without_articles_loads(
    datasets: ModuleType, tmp_path: Path, reader: Callable[[Path, Table], list[tuple[Any, ...]]]
) -> None:
    """`load_dataset` has no way to load a split without rows but to stream it; the card names another."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "empty.txt").write_text("")
    pack = parse_pack({"rules.yaml": RULES})
    report = build(str(tmp_path / "raw"), tmp_path / "dist", rules=pack, workers=1)
    assert (report.documents, report.kept) == (1, 0)
    assert [len(reader(report.dist, table)) for table in TABLES] == [0, 0, 1]
    for table in TABLES:
        loaded = datasets.load_dataset(str(report.dist), table.config, split="train", streaming=True)
        assert list(loaded) == rows(report.dist, table)
        assert loaded.features == datasets.Features.from_arrow_schema(table.schema)
        whole = datasets.Dataset(pq.read_table(report.dist / table.folder))
        assert (whole.num_rows, whole.features) == (len(rows(report.dist, table)), loaded.features)
    card = (report.dist / "README.md").read_text()
    assert "There are no rows in `default` and `removed`." in card
    assert 'Dataset(read_table(f"{folder}/rejected"))' in card


# Rows


def test_an_article_with_its_metadata(dist: Path) -> None:
    row = next(row for row in rows(dist, ARTICLES) if row["id"] == "north/lamps")
    assert row["text"] == (
        "The lamps came on at nine.\n\nThe U.S. economy, they said, would “follow”.\n\nNobody saw it ( ) coming."
    )
    assert (row["authors"], row["image_credits"], row["title"]) == (["Anna Reed"], ["Lantern Pool"], None)
    assert (row["url"], row["source"]) == ("https://north.example/lamps", "north/lamps.txt")
    assert json.loads(row["input_metadata"]) == {"fetched": "2024-05-01", "n": 18446744073709551616}
    assert {"field": "authors", "raw": "Anna Reed", "value": "Anna Reed", "rule": "byline/by"}.items() <= row[
        "evidence"
    ][0].items()


def test_summary_is_what_the_ledger_says(dist: Path, report: BuildReport) -> None:
    words: dict[str, int] = {}
    pieces: dict[str, int] = {}
    for row in rows(dist, REMOVED):
        if row["kind"] == "edit":
            words[row["label"]] = words.get(row["label"], 0) + row["words"]
            pieces[row["rule"]] = pieces.get(row["rule"], 0) + 1
    assert (report.words_removed, report.pieces) == (words, pieces)
    assert report.words_after == sum(row["words"] for row in rows(dist, ARTICLES))
    assert report.kept == len(rows(dist, ARTICLES))
    assert sum(report.rejected.values()) == len(rows(dist, REJECTED)) == report.documents - report.kept


def test_marks_leave_the_text_and_stand_in_the_ledger(dist: Path) -> None:
    marks = [row for row in rows(dist, REMOVED) if row["kind"] == "mark"]
    assert [(row["id"], row["text"], row["rule"], row["words"]) for row in marks] == [
        ("north/lamps", "( )", "residue/empty-brackets", 0),
        ("short", "( )", "residue/empty-brackets", 0),
    ]


# Putting back


@pytest.fixture(scope="module")
def put_back(dist: Path) -> Callable[[str, str, list[dict[str, Any]]], str]:
    """The function that the card shows."""
    [code] = [
        block
        for block in re.findall(r"```python\n(.*?)```", (dist / "README.md").read_text(), re.DOTALL)
        if "def put_back" in block
    ]
    scope: dict[str, Any] = {}
    exec(code.split("\narticle = ")[0], scope)
    function: Callable[[str, str, list[dict[str, Any]]], str] = scope["put_back"]
    return function


def test_every_text_can_be_put_back(
    folder: Path, dist: Path, put_back: Callable[[str, str, list[dict[str, Any]]], str]
) -> None:
    """From the Parquet files alone, of rejected documents too, in the words of the card."""
    documents = {
        document.source: normalise(document.text)
        for source in discover(str(folder / "raw"))[0]
        for document in read(source)
        if isinstance(document, Document)
    }
    ledger = rows(dist, REMOVED)
    back = {
        row["source"]: put_back(row["text"], row["spacing"], [piece for piece in ledger if piece["id"] == row["id"]])
        for table in (ARTICLES, REJECTED)
        for row in rows(dist, table)
        if row["filter" if table is REJECTED else "id"] != "input/unreadable"
    }
    assert back == documents
    assert len(back) == 45


def test_the_card_and_the_library_put_back_alike(
    dist: Path, put_back: Callable[[str, str, list[dict[str, Any]]], str]
) -> None:
    ledger = rows(dist, REMOVED)
    for row in rows(dist, ARTICLES):
        pieces = [piece for piece in ledger if piece["id"] == row["id"]]
        edits = [Edit(**{name: piece[name] for name in Edit.__slots__}) for piece in pieces if piece["kind"] == "edit"]
        assert put_back(row["text"], row["spacing"], pieces) == rebuild(row["text"], edits, row["spacing"])


# Columns

text = st.text(st.characters(exclude_categories=["Cs"]))
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "text": (pa.string(), text),
    "texts": (pa.list_(pa.string()), st.lists(text)),
    "flag": (pa.bool_(), st.booleans()),
    "count": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "share": (pa.float64(), st.floats(allow_nan=False)),
    "structs": (
        pa.list_(pa.struct({"a": pa.string(), "b": pa.int32()})),
        st.lists(st.fixed_dictionaries({"a": st.none() | text, "b": st.none() | st.integers(0, 9)})),
    ),
}


@given(data=st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_what_pyarrow_would_make_of_them(kind: str, data: st.DataObject) -> None:
    arrow, strategy = KINDS[kind]
    values = data.draw(st.lists(st.none() | strategy))
    table = Table(config="", folder="", about="", columns=(Column("it", arrow, lambda row: row, ""),))
    batch = record_batch(table, values)
    batch.validate(full=True)
    assert batch.column(0).equals(pa.array(values, arrow))


def test_half_a_surrogate_pair_is_written_out() -> None:
    table = Table(config="", folder="", about="", columns=(Column("it", pa.string(), lambda row: row, ""),))
    assert record_batch(table, ["a\ud800b"]).column(0).to_pylist() == ["a\\ud800b"]


def test_files_grow_a_batch_at_a_time(tmp_path: Path) -> None:
    table = Table(config="", folder="", about="", columns=(Column("it", pa.string(), lambda row: row, ""),))
    with TableWriter(tmp_path, "short.parquet", table) as short:
        for n in range(25_000):
            short.add(short.row(str(n)), 5)
    with TableWriter(tmp_path, "long.parquet", table) as long:
        for n in range(5):
            long.add(long.row(str(n)), 2_500_000)
    groups = pq.ParquetFile(tmp_path / "short.parquet").metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [10_000, 10_000, 5_000]
    groups = pq.ParquetFile(tmp_path / "long.parquet").metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [2, 2, 1]
    assert [short.written.rows, long.written.rows] == [25_000, 5]
