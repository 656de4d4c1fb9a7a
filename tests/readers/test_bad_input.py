"""Bad input, as a build meets it: a message, the rest goes on, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from cleaner.readers import discover
from support.projects import CLEAN, STORY, cleaner, prepare, rows

# One folder with all that goes wrong: the rest is built, and each fault has its row and its message


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The dataset of it, and what the build said."""
    folder = prepare(tmp_path_factory.mktemp("messy"))
    raw = folder / "raw"
    (folder / "outside.txt").write_text("Not to be read.")
    (raw / "good.txt").write_text(STORY)
    (raw / "empty.txt").write_bytes(b"")
    (raw / "blank.txt").write_bytes(b"\n \t\n")
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (raw / "picture.png").write_bytes(b"\x89PNG\r\n")
    (raw / "noformat").write_text("x")
    (raw / "latin.txt").write_bytes("Le café rouvre, déjà très fréquenté par les pêcheurs.".encode("cp1252"))
    (raw / "halved.txt").write_bytes(
        "Das Café öffnet wieder, früher als geplant, für die Gäste. ".encode() * 3 + b"\xc3 Ja."
    )
    (raw / "out.txt").symlink_to(folder / "outside.txt")
    (raw / "nowhere.txt").symlink_to(folder / "gone.txt")
    (raw / "circle.txt").symlink_to(raw / "circle.txt")
    (raw / "alone.json").write_text("{}")
    (raw / "side.txt").write_text(STORY)
    (raw / "side.json").write_text("{broken")
    os.mkfifo(raw / "pipe.txt")
    (raw / os.fsdecode(b"caf\xe9.txt")).write_text(STORY)
    (raw / "cut.jsonl.gz").write_bytes(gzip.compress(json.dumps({"id": "cut", "text": STORY}).encode() * 500)[:-9])
    (raw / "none.jsonl.gz").write_bytes(b"")
    (raw / "wide.jsonl").write_bytes(json.dumps({"text": STORY}).encode("utf-16"))
    records = [
        {"id": "first", "text": STORY}, "{broken", {"id": "no-text", "body": STORY}, {"id": "number", "text": 3},
        "[1, 2]", {"id": "first", "text": "Another one."}, '{"id": "deep", "text": ' + "[" * 200_000, "",
        '{"id": "half", "text": "One \\ud800 half."}', b'{"id": "bytes", "text": "Caf\xe9 au lait, tr\xe8s bon."}',
        {"id": "last", "text": STORY},
    ]  # fmt: skip
    lines = [
        x if isinstance(x, bytes) else x.encode() if isinstance(x, str) else json.dumps(x).encode() for x in records
    ]
    (raw / "feed.jsonl").write_bytes(b"\n".join(lines))
    done = cleaner(folder, "build", "--workers", "1", "--duplicates", "keep")
    assert done.stderr == ""
    return folder / "dist", done.stdout


def test_what_can_be_read_is_built(messy: tuple[Path, str]) -> None:
    texts = {row["id"]: row["text"] for row in rows(messy[0], "articles")}
    assert texts == {
        "good": CLEAN, "side": CLEAN, "first": CLEAN, "last": CLEAN, "caf\\xe9": CLEAN, "half": "One � half.",
        "latin": "Le café rouvre, déjà très fréquenté par les pêcheurs.",
        "halved": "Das Café öffnet wieder, früher als geplant, für die Gäste. " * 3 + "� Ja.",
        "bytes": "Café au lait, très bon.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "reason", "cause", "hint"),
    [
        ("empty.txt", "quality/no-words", None, None),
        ("blank.txt", "quality/no-words", None, None),
        ("binary.txt", "input/unreadable", "is binary: 10% of its bytes are control", "take the file out"),
        ("picture.png", "input/refused", "there is no reader for .png", "there are readers for .txt"),
        ("noformat", "input/refused", "has no suffix, so its format is unknown", "there are readers for .txt"),
        ("out.txt", "input/refused", "is a link that leads out of the folder", "copy the file here"),
        ("nowhere.txt", "input/refused", "no such file", "see where the link leads"),
        ("circle.txt", "input/refused", "symbolic links", "see where the link leads"),
        ("alone.json", "input/refused", "is a sidecar without its text", "put alone.txt beside it"),
        ("side.json", "input/unreadable", "the sidecar is no JSON", "side.txt was read without its metadata"),
        ("pipe.txt", "input/refused", "is neither a file nor a folder", "take it out"),
        ("cut.jsonl.gz", "input/unreadable", "its gzip data is cut short", "fetch the file or pack it again"),
        ("none.jsonl.gz", "input/unreadable", "is empty: it holds no gzip data", "fetch the file"),
        ("wide.jsonl", "input/unreadable", "is not UTF-8, as JSON Lines are", "iconv -f UTF-16 -t UTF-8"),
        ("feed.jsonl:2", "input/unreadable", "is no JSON:", "mend the line"),
        ("feed.jsonl:3", "input/unreadable", "has no field `text`", "it has body"),
        ("feed.jsonl:4", "input/unreadable", "its field `text` holds a number", "mend the record"),
        ("feed.jsonl:5", "input/unreadable", "holds an array, not an object", "mend the line"),
        ("feed.jsonl:6", "input/duplicate-id", "an earlier document has the same id", "give each record an id"),
        ("feed.jsonl:7", "input/unreadable", "is nested too deep", "mend the line"),
    ],
)
def test_unreadable_input_is_reported_with_place_and_hint(
    messy: tuple[Path, str], source: str, reason: str, cause: str | None, hint: str | None
) -> None:
    (row,) = [row for row in rows(messy[0], "rejected") if row["source"] == source]
    assert row["filter"] == reason
    assert (row["cause"] is None) is (cause is None)
    assert (cause or "") in (row["cause"] or "")
    assert (hint or "") in (row["hint"] or "")


def test_nothing_else_is_rejected(messy: tuple[Path, str]) -> None:
    rejected = rows(messy[0], "rejected")
    assert len(rejected) == 20
    assert len({row["id"] for row in rejected} | {row["id"] for row in rows(messy[0], "articles")}) == 29
    manifest = json.loads((messy[0] / "manifest.json").read_bytes())
    assert (manifest["documents"]["all"], manifest["documents"]["kept"]) == (29, 9)
    assert sum(manifest["documents"]["rejected"].values()) == 20
    assert {each["source"] for each in manifest["refused"]} == {
        row["source"] for row in rejected if row["filter"] == "input/refused"
    }


def test_the_summary_names_files_and_causes(messy: tuple[Path, str]) -> None:
    said = messy[1]
    assert "9 of 29 documents kept" in said
    assert "alone.json: is a sidecar without its text; put alone.txt beside it" in said
    assert "picture.png: there is no reader for .png; there are readers for" in said
    assert "… and 9 more" in said  # of 17 faults of the input eight are shown


def test_a_link_that_leads_out_is_not_read_by_any_name(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("Not to be read.")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "raw" / "up").symlink_to("..")
    sources, refused = discover(tmp_path / "raw")
    assert (sources, [item.source for item in refused]) == ([], ["folder", "up"])


# Size


def test_a_line_of_thirty_megabytes_takes_its_time_and_no_more(tmp_path: Path) -> None:
    raw = prepare(tmp_path) / "raw"
    line = "The lamps came on – share this, read more. Boats again. " * 560_000 + "Read more: boats"
    assert len(line.encode()) > 30_000_000
    (raw / "long.txt").write_text(f"{line}\nShare this\n")
    (raw / "long.jsonl").write_bytes(b'{"id": "broken", "text": "' + b"a" * 30_000_000 + b"\n")
    (raw / "z.txt").write_text(STORY)
    done = cleaner(tmp_path, "build", "--workers", "1")
    assert done.returncode == 0
    assert len(done.stdout) < 3000  # no line is quoted
    kept = {row["id"]: row for row in rows(tmp_path / "dist", "articles")}
    assert set(kept) == {"long", "z"}
    assert kept["long"]["text"] == line.removesuffix(" Read more: boats")
    assert kept["long"]["words_removed"] == 5
    (broken,) = rows(tmp_path / "dist", "rejected")
    assert broken["source"] == "long.jsonl:1"
    assert len(broken["cause"]) < 100
