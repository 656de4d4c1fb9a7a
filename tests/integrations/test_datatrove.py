"""The step for datatrove's pipelines: what `cleaner clean` gives, document by document."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datatrove", reason="datatrove is not installed: pip install 'cleaner[datatrove]'")

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from cleaner.errors import RulesError
from cleaner.integrations import datatrove
from cleaner.integrations.datatrove import CleanerStep
from cleaner.matching.program import Program, compile_program
from cleaner.model.options import Options
from cleaner.rules.load import load_pack
from support.projects import CLEAN, RULES, STORY, Here, prepare

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

RECORDS = [
    {"id": "lamps", "text": STORY, "url": "https://courier.example/lamps", "title": "The lamps are on"},
    {"id": "empty", "text": "Share this"},
    {"id": "boats", "text": f"Two boats came in.\nShare this\n{CLEAN} Read more: boats", "language": "en"},
    {"id": "page", "text": f"<!DOCTYPE html><html><title>Lamps</title><p>{CLEAN}</p><p>Share this</p></html>"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path)
    for number in range(2):
        lines = (json.dumps({**record, "id": f"{record['id']}-{number}"}) + "\n" for record in RECORDS)
        (tmp_path / "raw" / f"{number}.jsonl").write_text("".join(lines))
    return tmp_path


def executed(folder: Path, make: Callable[[], CleanerStep]) -> Any:
    pipeline = [JsonlReader(str(folder / "raw")), make(), JsonlWriter(str(folder / "clean"))]
    executor = LocalPipelineExecutor(pipeline, tasks=2, workers=1, logging_dir=str(folder / "logs"))
    return executor.run().stats[1]


def written(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.gz")) for line in gzip.open(path, "rt")]


def test_it_gives_the_texts_of_the_command(folder: Path, here: Here) -> None:
    stats = executed(folder, lambda: CleanerStep(folder / "rules"))
    _, out, _ = here(
        "clean", "--jsonl", "--rules", str(folder / "rules"), *map(str, sorted((folder / "raw").iterdir()))
    )
    wanted = {row["id"]: row for row in map(json.loads, out.splitlines()) if row["kept"]}
    got = {row["id"]: row for row in written(folder / "clean")}
    assert len(got) == 6
    assert {name: row["text"] for name, row in got.items()} == {name: row["text"] for name, row in wanted.items()}
    for name, row in got.items():
        keys = ("rule", "label", "start", "end", "text", "replacement")
        pieces = [[each[key] for key in keys] for each in row["metadata"]["removed"]]
        assert pieces == [[each[key] for key in keys] for each in wanted[name]["removed"]]
        assert row["metadata"]["title"] == wanted[name]["title"]
    assert (stats["total"].total, stats["forwarded"].total, stats["dropped"].total) == (8, 6, 2)
    assert stats["dropped_quality/no-words"].total == 2
    assert stats["removed_share"].total == 2 * sum(2 for r in RECORDS if "Share" in r["text"] and r["id"] != "empty")


def test_what_the_input_states_stays(folder: Path) -> None:
    executed(folder, lambda: CleanerStep(folder / "rules", ledger=None))
    lamps, boats = written(folder / "clean")[:2]
    assert lamps["metadata"]["url"] == "https://courier.example/lamps"
    assert lamps["metadata"]["title"] == "The lamps are on"
    assert boats["metadata"]["language"] == "en"
    assert "removed" not in lamps["metadata"]


def test_dropped_documents_and_pieces_are_written(folder: Path) -> None:
    def make() -> CleanerStep:
        return CleanerStep(
            folder / "rules", ledger=None, exclusion_writer=JsonlWriter(str(folder / "dropped")),
            removed_writer=JsonlWriter(str(folder / "pieces")),
        )  # fmt: skip

    executed(folder, make)
    assert [(row["id"], row["text"], row["metadata"]["filter_reason"]) for row in written(folder / "dropped")] == [
        (f"empty-{number}", "Share this", "quality/no-words") for number in range(2)
    ]
    pieces = written(folder / "pieces")
    assert {(row["id"], row["metadata"]["rule"]) for row in pieces} >= {
        ("lamps-0", "share/alone"), ("boats-1", "x/read"), ("page-0", "share/alone"),
    }  # fmt: skip
    assert not [row for row in pieces if row["id"].startswith("empty")]


def test_rules_are_compiled_once_in_a_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the step is light to send: it holds the rules, not what they are compiled to."""
    compiled: list[Options] = []

    def counting(rules: Any, options: Options) -> Program:
        compiled.append(options)
        return compile_program(rules, options)

    monkeypatch.setattr(datatrove, "compile_program", counting)
    monkeypatch.setattr(datatrove, "_programs", {})
    step = CleanerStep(load_pack(folder / "rules"), Options(budget=0.9))
    sent = pickle.loads(pickle.dumps(step))
    for each in (step, sent):
        assert [doc.text for doc in each.run([Document(text=STORY, id="a")])] == [CLEAN]
    assert compiled == [Options(budget=0.9)]
    pickle.dumps(step)


def test_a_document_that_breaks_the_cleaner_is_dropped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(datatrove, "clean_document", faulty)
    step = CleanerStep(folder / "rules")
    assert list(step.run([Document(text=STORY, id="a")])) == []
    assert step.stats["dropped_input/failed"].total == 1


def test_wrong_rules_are_reported_where_the_step_is_made(folder: Path) -> None:
    (folder / "rules" / "rules.yaml").write_text(RULES.replace("label: share", "label: shear"))
    with pytest.raises(RulesError, match="shear"):
        CleanerStep(folder / "rules")
