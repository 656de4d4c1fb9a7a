"""A build of an input that could hardly be read is no build; the fields that hold a record's text."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.cli import run
from cleaner.cli.settings import Settings, load_settings
from cleaner.errors import SettingsError, UnreadableInputError
from cleaner.pipeline.build import build
from cleaner.readers import Keys
from cleaner.readers.readable import require_readable
from cleaner.rules.load import parse_pack
from support.projects import CLEAN, RULES, STORY, content, prepare, rows

LONG = " ".join([CLEAN] * 3)


def _records(folder: Path, *records: object) -> None:
    (folder / "raw" / "a.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in records))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEANER_CACHE", "")
    return tmp_path


BUILD = ("build", "--workers", "1", "--quiet")


def test_a_build_that_could_read_too_little_fails_and_keeps_the_last(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "raw" / "b.txt").write_text(STORY)
    assert run(BUILD) == 0
    before = content(project / "dist")
    _records(project, {"id": 1, "title": "T", "content": LONG}, {"id": 2, "story_html": "x", "content": LONG})
    assert run(BUILD) == 1
    assert content(project / "dist") == before
    assert capsys.readouterr().err == (
        "cleaner: raw: 1 of 3 documents could be read; --min-readable 0.5 asks for more. Most often, as at a.jsonl:1: "
        "has no field `text`; name the one that holds the text, such as --text-field content; it has title, content\n"
    )
    assert not (project / ".dist.building").exists()
    assert run([*BUILD, "--text-field", "content"]) == 0
    assert len(rows(project / "dist", "articles")) == 2  # the records are duplicates


def test_the_share_is_asked_of_a_dataset_that_is_there_too(project: Path) -> None:
    _records(project, {"text": STORY}, {"x": 1}, {"x": 2})
    assert run([*BUILD, "--min-readable", "0.3"]) == 0
    before = content(project / "dist")
    assert run([*BUILD, "--min-readable", "0.3"]) == 0
    assert run(BUILD) == 1
    (project / "cleaner.toml").write_text("min_readable = 0.2\n")
    assert run(BUILD) == 0
    assert content(project / "dist") == before


def test_an_input_without_a_readable_document_fails(project: Path) -> None:
    (project / "raw" / "a.png").write_bytes(b"\x89PNG")
    pack = parse_pack({"rules.yaml": RULES})
    with pytest.raises(UnreadableInputError, match=r"no document could be read; .*: there is no reader for \.png"):
        build(str(project / "raw"), project / "dist", rules=pack, workers=1)
    assert not (project / "dist").exists()
    report = build(str(project / "raw"), project / "dist", rules=pack, workers=1, min_readable=0)
    assert report.rejected == {"input/refused": 1}


@pytest.mark.parametrize(
    ("documents", "rejected", "least", "enough"),
    [
        (10, {"input/unreadable": 5}, 0.5, True),
        (10, {"input/unreadable": 6}, 0.5, False),
        (10, {"input/unreadable": 6, "quality/short": 4}, 0.5, False),
        (100, {"input/refused": 98}, 0.5, True),  # pictures beside the articles
        (100, {"input/refused": 98, "input/unreadable": 2}, 0.01, False),
        (3, {"quality/short": 3}, 1, True),
        (0, {}, 0.5, False),
        (0, {}, 0, True),
    ],
)
def test_what_counts_as_readable(documents: int, rejected: dict[str, int], least: float, enough: bool) -> None:
    if enough:
        require_readable("raw", documents, rejected, (), least)
    else:
        with pytest.raises(UnreadableInputError):
            require_readable("raw", documents, rejected, (), least)


def test_of_several_fields_the_first_that_holds_text_is_taken(project: Path) -> None:
    records: list[dict[str, str | None]] = [
        {"id": "both", "content": f"Body. {CLEAN}", "text": f"Text. {CLEAN}"},
        {"id": "blank", "content": f"Body 2. {CLEAN}", "text": "  "},
        {"id": "null", "content": f"Body 3. {CLEAN}", "text": None},
        {"id": "other", "summary": "-", "story": f"Story. {CLEAN}"},
        {"id": "none", "title": "x"},
    ]
    _records(project, *records)
    names = ("content", "text", "story")
    with (project / "raw" / "b.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, *([row.get(name) or "" for name in names] for row in records)])
    table = pa.table({name: [row.get(name) for row in records] for name in names})
    pq.write_table(table, project / "raw" / "c.parquet")
    command = [*BUILD, "--duplicates", "keep", "--text-field", "text,content", "--text-field", "story"]
    assert run(command) == 0
    found = [(row["source"][:5], row["text"].partition(".")[0]) for row in rows(project / "dist", "articles")]
    for start in ("a.jso", "b.csv", "c.par"):
        assert [text for source, text in found if source == start] == ["Text", "Body 2", "Body 3", "Story"]
    assert json.loads((project / "dist" / "manifest.json").read_bytes())["text_field"] == "text,content,story"


def test_fields_are_named_in_settings_too(tmp_path: Path) -> None:
    for text in ('text_field = "text,content"', 'text_field = ["text", "content"]'):
        (tmp_path / "cleaner.toml").write_text(text)
        assert load_settings(tmp_path) == Settings(text_field=("text", "content"))
    (tmp_path / "cleaner.toml").write_text('text_field = ["a, b"]')
    assert load_settings(tmp_path).keys == Keys(text="a, b")
    for text in ("text_field = []", "text_field = [3]", 'text_field = ","', "text_field = 3"):
        (tmp_path / "cleaner.toml").write_text(text)
        with pytest.raises(
            SettingsError, match=r"cleaner\.toml:1: text_field = .*; must be the name of a field, or a list"
        ):
            load_settings(tmp_path)
