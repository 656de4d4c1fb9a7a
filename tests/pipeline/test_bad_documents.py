"""One bad document is one bad document: whatever it holds, and wherever that shows, the others are as they would be."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.cleaning import clean as cleaning
from cleaner.cleaning.article import Article
from cleaner.dataset import columns
from cleaner.dataset import parquet as writers
from cleaner.dataset.columns import sizes
from cleaner.dataset.parquet import TableWriter
from cleaner.dataset.tables import Column, Table
from cleaner.metadata.fields import FIELDS, assemble_metadata, known_agencies
from cleaner.model.document import Document, Evidence
from cleaner.pipeline import outcomes
from cleaner.readers import Keys
from cleaner.readers.records import to_document
from support.projects import CLEAN, STORY, built, cleaner, prepare, rows

TOO_MANY = ["99999999999", "2147483648", "9" * 15, "9" * 25, "9" * 5000]


def lines(folder: Path, *records: str | dict[str, Any]) -> None:
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in records)
    (folder / "raw" / "a.jsonl").write_text(text)


# Counts


def metadata(**given: Any) -> Any:
    return assemble_metadata((), language="en", agencies_known=known_agencies({}), given=given)[0]


@pytest.mark.parametrize("count", [*map(int, TOO_MANY[:4]), -1, 2.5, 1e30, float("inf"), float("nan"), True])
@pytest.mark.parametrize("field", ["comment_count", "reading_time_minutes"])
def test_a_number_that_no_count_can_be_is_none(field: str, count: Any) -> None:
    assert getattr(metadata(**{field: count}), field) is None


@pytest.mark.parametrize("count", TOO_MANY)
def test_nor_is_a_text_that_says_it(count: str) -> None:
    assert metadata(comment_count=f"{count} comments", reading_time=f"{count} min").comment_count is None
    assert metadata(comment_count=count).comment_count is None


def test_a_count_is_a_whole_number_however_it_is_written() -> None:
    assert [metadata(comment_count=each).comment_count for each in (12, 12.0, "12", "1.2K", 0)] == [12, 12, 12, 1200, 0]


def test_all_numbers_fit_their_columns() -> None:
    assert all(0 < field.most < 2**31 for field in FIELDS.values() if field.holds is int)


def test_a_build_goes_on_past_a_count(tmp_path: Path) -> None:
    prepare(tmp_path)
    page = f'<html><body><p>{CLEAN}</p><script type="application/ld+json">%s</script></body></html>'
    stated = ['{"@type": "NewsArticle", "headline": "Lamps", "commentCount": %s}' % each for each in TOO_MANY]  # noqa: UP031
    stated += ['{"@type": "NewsArticle", "headline": "Lamps", "commentCount": "%s"}' % each for each in TOO_MANY]  # noqa: UP031
    for number, each in enumerate(stated):
        (tmp_path / "raw" / f"p{number}.html").write_text(page % each)
    lines(
        tmp_path, *(f'{{"id": "r{each}", "text": {json.dumps(STORY)}, "comment_count": {each}}}' for each in TOO_MANY)
    )
    built(tmp_path)
    kept = rows(tmp_path / "dist", "articles")
    assert len(kept) == 15
    assert {row["comment_count"] for row in kept} == {None}
    assert {row["text"] for row in kept} == {CLEAN}


# Rows that can't be made


def spoilt(change: Callable[[Article], Article]) -> Callable[..., Article]:
    clean = cleaning.clean_document
    return lambda document, program: (
        change(clean(document, program)) if document.id == "bad" else clean(document, program)
    )


def more_metadata(**values: Any) -> Callable[[Article], Article]:
    return lambda article: replace(article, metadata=replace(article.metadata, **values))


def odd_evidence(article: Article) -> Article:
    return replace(article, evidence=(Evidence(field="title", raw="x", value="x", rule="x", start=2**40),))


def memory_error(_: Article) -> Article:
    raise MemoryError


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (more_metadata(comment_count=2**31), "its `comment_count` can't be written: OverflowError"),
        (more_metadata(comment_count=2**70), "its `comment_count` can't be written: OverflowError"),
        (more_metadata(title=7), "its `title` can't be written: AttributeError"),
        (more_metadata(authors=("Anna", 7)), "its `authors` can't be written: AttributeError"),
        (odd_evidence, "its `evidence` can't be written: OverflowError"),
        (memory_error, "cleaning it failed: MemoryError"),
    ],
)
def test_a_row_that_cannot_be_made_is_rejected_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, cause: str
) -> None:
    prepare(tmp_path)
    texts = {name: f"{STORY}\n\nIt was {name} who saw it." for name in ("first", "bad", "last")}
    lines(tmp_path, *({"id": name, "text": text, "note": "kept"} for name, text in texts.items()))
    monkeypatch.setattr(outcomes, "clean_document", spoilt(change))
    report = built(tmp_path)
    assert [row["id"] for row in rows(tmp_path / "dist", "articles")] == ["first", "last"]
    (bad,) = rows(tmp_path / "dist", "rejected")
    assert (bad["id"], bad["filter"], json.loads(bad["input_metadata"])) == ("bad", "input/failed", {"note": "kept"})
    assert cause in bad["cause"]
    assert bad["text"].split("\n\n") == [CLEAN, "Share this", "It was bad who saw it."]
    assert {row["id"] for row in rows(tmp_path / "dist", "removed")} == {"first", "last"}
    assert (report.kept, dict(report.rejected)) == (2, {"input/failed": 1})
    assert report.words_removed == {"share": 4}
    assert [each.id for each in report.unreadable] == ["bad"]


def test_what_nothing_can_be_written_of_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    lines(tmp_path, {"id": "bad", "text": STORY}, {"id": "last", "text": f"{STORY}\n\nAnd so on."})
    monkeypatch.setattr(
        outcomes, "clean_document", spoilt(lambda article: replace(article, input_metadata={"x": float("inf")}))
    )
    built(tmp_path)
    (bad,) = rows(tmp_path / "dist", "rejected")
    assert (bad["id"], bad["filter"], bad["text"], bad["input_metadata"]) == ("bad", "input/unreadable", "", None)
    assert [row["id"] for row in rows(tmp_path / "dist", "articles")] == ["last"]


def test_a_rebuild_carries_the_rejection_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    lines(tmp_path, {"id": "bad", "text": STORY}, {"id": "last", "text": f"{STORY}\n\nAnd so on."})
    monkeypatch.setattr(outcomes, "clean_document", spoilt(more_metadata(comment_count=2**31)))
    built(tmp_path)
    before = rows(tmp_path / "dist", "rejected")
    (tmp_path / "raw" / "more.txt").write_text("It rained on the pier all day.")
    report = built(tmp_path)
    assert rows(tmp_path / "dist", "rejected") == before
    assert (report.kept, report.rejected) == (2, {"input/failed": 1})


# Odd values, in any field


ODD = [
    '"\\ud800"', '"a\\u0000b"', "1e400", "-1e400", "9" * 5000, "-" + "9" * 400, "true", "null", "[]", "{}",
    "NaN", "Infinity", "[[[[1]]]]", '{"name": {"name": {"name": 1}}}', '["\\udfff", 1, null, {"name": "\\ud800"}]',
    '"' + "x" * 100_000 + '"',
    "[" * 400 + "]" * 400, "[" + ",".join(['"Anna Reed"', '"Bo Ek"'] * 2000) + "]",
]  # fmt: skip
FIELDS_OF_A_RECORD = [
    "id", "url", "title", "authors", "author", "published", "date", "language", "sections", "captions", "publisher",
    "paywalled", "comment_count", "reading_time", "agencies", "image_credits", "note",
]  # fmt: skip


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = prepare(tmp_path_factory.mktemp("odd"))
    records = [
        f'{{"id": "r{at}-{number}", "text": {json.dumps(f"{STORY} {at} {number}.")}, "{field}": {value}}}'
        for at, field in enumerate(FIELDS_OF_A_RECORD)
        for number, value in enumerate(ODD)
    ]
    lines(folder, *records, f'{{"id": "deep", "text": "x", "note": {"[" * 100_000}}}', {"id": "last", "text": STORY})
    return folder


def test_a_document_is_kept_with_any_value_in_a_field(odd: Path) -> None:
    built(odd)
    kept = rows(odd / "dist", "articles")
    assert len(kept) == len(FIELDS_OF_A_RECORD) * len(ODD) + 1
    (deep,) = rows(odd / "dist", "rejected")
    assert (deep["source"], deep["cause"]) == (f"a.jsonl:{len(kept)}", "is nested too deep")
    for row in kept:
        json.loads(row["input_metadata"] or "{}", parse_constant=pytest.fail)


def test_and_so_in_lines_of_json(odd: Path) -> None:
    done: subprocess.CompletedProcess[str] = cleaner(odd, "clean", "--jsonl", "raw/a.jsonl")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(FIELDS_OF_A_RECORD) * len(ODD) + 2
    assert [each["error"] for each in said if "error" in each] == [f"a.jsonl:{len(said) - 1}: is nested too deep"]


def test_an_id_that_names_nothing_is_metadata() -> None:
    """What is too long for a name would stand in every row of the ledger."""
    found = [*map(to_document, ({"id": "x" * size, "text": "y"} for size in (1000, 1001)), "ab", "12", [Keys()] * 2)]
    assert [(each.id, each.input_metadata) for each in found if isinstance(each, Document)] == [
        ("x" * 1000, {}), ("b", {"id": "x" * 1001}),
    ]  # fmt: skip


# Batches


TEXTS = Table(config="", folder="", about="", columns=(
    Column("text", pa.string(), lambda row: row[0], ""),
    Column("notes", pa.list_(pa.struct({"a": pa.string()})), lambda row: [{"a": each} for each in row[1]], ""),
))  # fmt: skip


def test_the_bytes_of_rows_are_counted_alike_as_values_and_as_columns(tmp_path: Path) -> None:
    values = [("x", ["é", "yy"]), ("", []), ("Świt", ["a" * 9])]
    with TableWriter(tmp_path, "t.parquet", TEXTS) as writer:
        ready = [writer.row(each) for each in values]
    table = pa.Table.from_batches([writers.record_batch(TEXTS, values)])
    assert [each.size for each in ready] == sizes(table).tolist() == [5, 0, 14]
    assert sizes(table.slice(1)).tolist() == [0, 14]


@pytest.mark.parametrize("one_by_one", [True, False])
def test_long_metadata_makes_batches_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_by_one: bool) -> None:
    monkeypatch.setattr(writers, "_BATCH_BYTES", 100)
    values = [("x", ["n" * size]) for size in (39, 59, 0, 150, 10, 10)]
    with TableWriter(tmp_path, "t.parquet", TEXTS) as writer:
        if one_by_one:
            for each in values:
                writer.add(writer.row(each), 1)
        else:
            writer.extend(pa.Table.from_batches([writers.record_batch(TEXTS, values)]))
    groups = pq.ParquetFile(tmp_path / "t.parquet").metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [2, 1, 1, 2]


def test_a_row_too_long_for_any_batch_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "_ROW_BYTES", 100)
    with TableWriter(tmp_path, "t.parquet", TEXTS) as writer, pytest.raises(ValueError, match="takes 102 bytes"):
        writer.row(("x", ["n" * 101]))


def test_a_long_list_is_no_square() -> None:
    """What ten thousand authors say is repeated in the evidence of none of them."""
    names = [f"Anna{number} Reed" for number in range(10_000)]
    found, evidence = assemble_metadata((), language="en", agencies_known=known_agencies({}), given={"authors": names})
    assert len(found.authors) == len(evidence) == 10_000
    assert max(len(each.raw) for each in evidence) <= 2001
    assert columns.size_of([each.raw.encode() for each in evidence]) < 21_000_000
