"""How a text was read is said beside it, and doubtful encodings are named where a builder looks."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cleaner.cli import run
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.rules.load import parse_pack
from support.projects import content, rows

PACK = "rules:\n  - {id: a/share, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}\n"
EDITED = PACK.replace("[share this]", "[share this, print]")
TEXT = "The ferry was late again.\nShare this\nPrint\nNobody on the quay knew why.\n"
MENDED = TEXT.encode() + "Zürich\n".encode() + b"\xa9 2020\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/plain.txt").write_text(TEXT, "utf-8")
    (tmp_path / "raw/latin.txt").write_bytes((TEXT + "It cost £5 at the café.\n").encode("cp1252"))
    for number in range(25):
        (tmp_path / f"raw/mended{number:02}.txt").write_bytes(MENDED + str(number).encode())
    return tmp_path / "raw"


def built(raw: Path, pack: str = PACK) -> BuildReport:
    return build(str(raw), raw.parent / "dist", rules=parse_pack({"pack.yaml": pack}), workers=1)


def test_rows_say_how_they_were_read(raw: Path) -> None:
    built(raw)
    articles = {row["id"]: row for row in rows(raw.parent / "dist", "articles")}
    assert (articles["plain"]["evidence"], articles["plain"]["flags"]) == ([], [])
    nowhere = {"start": None, "end": None}
    latin = {"field": "encoding", "raw": "guess", "value": "cp1252", "rule": "input", **nowhere}
    assert (articles["latin"]["evidence"], articles["latin"]["flags"]) == ([latin], [])
    mended = {"field": "encoding", "raw": "1 byte mended", "value": "utf-8", "rule": "input", **nowhere}
    assert (articles["mended00"]["evidence"], articles["mended00"]["flags"]) == ([mended], ["doubtful-encoding"])
    assert articles["mended00"]["text"].endswith("Zürich\n\n© 2020\n\n0")


def test_doubtful_ones_are_counted_and_the_first_named(raw: Path) -> None:
    report = built(raw)
    assert report.flagged == {"doubtful-encoding": 25}
    assert report.doubtful == tuple(f"mended{number:02}.txt" for number in range(20))
    manifest = orjson.loads((raw.parent / "dist/manifest.json").read_bytes())
    assert manifest["documents"]["doubtful"] == list(report.doubtful)


def test_a_rebuilt_document_has_the_flag_too(raw: Path) -> None:
    built(raw)
    built(raw, EDITED)
    after = content(raw.parent / "dist")
    (raw.parent / "fresh").mkdir()
    build(str(raw), raw.parent / "fresh/dist", rules=parse_pack({"pack.yaml": EDITED}), workers=1)
    assert after == content(raw.parent / "fresh/dist")


def test_the_summary_and_explain_show_it(
    raw: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(raw.parent)
    (raw.parent / "rules").mkdir()
    (raw.parent / "rules/pack.yaml").write_text(PACK)
    assert run(["build", "raw", "dist", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "doubtful encoding" in out
    assert "  mended07.txt\n  … and 17 more" in out
    assert run(["explain", "raw/latin.txt"]) == 0
    assert "encoding: cp1252 (guess)" in capsys.readouterr().out
