"""The manifest and the card: true to the files, the same every time, silent about the machine."""

from __future__ import annotations

import getpass
import hashlib
import json
import socket
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.dataset.card import card
from cleaner.dataset.files import load_manifest
from cleaner.dataset.manifest import Manifest, Tally
from cleaner.dataset.parquet import Written
from cleaner.dataset.tables import TABLES, LedgerRow
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.readers.fingerprint import Input
from cleaner.rules.load import parse_pack

RULES = """
rules:
  - id: share/alone
    label: share
    why: {why}
    line: [{phrase}]
    removes: [{phrase}]
    keeps: ["Share this burden, he said."]
  - id: ads/marker
    label: ad
    why: where an ad stood
    line: [Advertisement]
    removes: [Advertisement]
    keeps: ["An advertisement ran in May."]
"""


def pack_of(phrase: str = "Share", why: str = "a button") -> RulePack:
    return parse_pack({"rules.yaml": RULES.format(phrase=phrase, why=why)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("secret-machine-path")
    raw = work / "raw"
    (raw / "feeds").mkdir(parents=True)
    lines = (json.dumps({"text": f"Boat {n} came in late.\nShare"}) for n in range(200))
    (raw / "feeds" / "big.jsonl").write_text("\n".join(lines))
    (raw / "a.txt").write_text("A text of its own.\n")
    (raw / "a.json").write_text('{"url": "https://valley.example/a"}')
    (raw / "b.bin").write_bytes(b"\0\1")
    (raw / "c.txt").write_bytes(bytes(range(256)))
    build(str(raw), work / "dist", rules=pack_of(), workers=1, shard_bytes=2000)
    return work


@pytest.fixture(scope="module")
def manifest(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "dist" / "manifest.json").read_text())
    return data


def test_files_are_those_that_were_written(folder: Path, manifest: dict[str, Any]) -> None:
    dist = folder / "dist"
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    found = {
        path.relative_to(dist).as_posix(): (len(path.read_bytes()), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in dist.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert listed == found
    assert len(found) == 1 + len(TABLES) * manifest["shards"]
    assert manifest["shards"] > 2


def test_each_input_is_listed_once_with_its_digest(folder: Path, manifest: dict[str, Any]) -> None:
    """Though the feed was cut into many shards; and a sidecar counts as part of its text."""
    raw = folder / "raw"
    contents = {
        "a.txt": (raw / "a.txt").read_bytes() + (raw / "a.json").read_bytes(),
        "c.txt": (raw / "c.txt").read_bytes(),
        "feeds/big.jsonl": (raw / "feeds" / "big.jsonl").read_bytes(),
    }
    assert manifest["inputs"] == [
        {
            "name": name,
            "bytes": (raw / name).stat().st_size,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in contents.items()
    ]
    assert [fault["source"] for fault in manifest["refused"]] == ["b.bin"]
    assert [fault["source"] for fault in manifest["unreadable"]] == ["c.txt"]
    assert manifest["documents"]["rejected"] == {"input/refused": 1, "input/unreadable": 1}


def test_rules_are_listed_with_what_they_did(manifest: dict[str, Any]) -> None:
    rules = manifest["rules"]
    assert (rules["share/alone"]["pieces"], rules["ads/marker"]["pieces"]) == (200, 0)
    assert manifest["words"]["removed"] == {"share": 200}
    assert manifest["documents"]["kept"] == 201
    assert {"cleaner", "ftfy", "pyarrow", "langdetect", "python", "unicode"} <= manifest["versions"].keys()


def test_a_changed_rule_shows_by_itself() -> None:
    def digests(pack: RulePack) -> dict[str, str]:
        data = json.loads(whole(rules=pack).dump(written("README.md")))
        return {"": data["rules_digest"], **{name: rule["digest"] for name, rule in data["rules"].items()}}

    before, reworded, changed = digests(pack_of()), digests(pack_of(why="another reason")), digests(pack_of("Share it"))
    assert before == reworded
    assert {name for name in before if before[name] != changed[name]} == {"", "share/alone"}


def test_nothing_names_the_machine(folder: Path) -> None:
    written_files = {path: path.read_bytes() for path in (folder / "dist").rglob("*") if path.is_file()}
    for secret in ("secret-machine-path", str(folder), socket.gethostname(), f"/{getpass.getuser()}/"):
        for path, written in written_files.items():
            if len(secret) > 5 or path.suffix != ".parquet":  # a short name occurs in packed bytes by chance
                assert secret.encode() not in written


def test_folders_of_others_have_no_manifest(folder: Path, tmp_path: Path) -> None:
    assert load_manifest(folder / "dist") is not None
    assert load_manifest(tmp_path) is None
    for content in ("", "[]", "{not json", '{"name": "app", "version": "1.0"}'):
        (tmp_path / "manifest.json").write_text(content)
        assert load_manifest(tmp_path) is None


# Counts

counters = st.dictionaries(st.sampled_from("abc"), st.integers(-3, 9)).map(Counter)
places = st.lists(st.sampled_from("abc"), max_size=4).map(sorted)
tallies = st.builds(
    Tally,
    **{
        each.name: counters
        if "Counter" in str(each.type)
        else places
        if "list" in str(each.type)
        else st.integers(0, 9)
        for each in fields(Tally)
    },
)


@given(parts=st.lists(tallies, max_size=4))
def test_tallies_of_parts_add_up_in_any_order(parts: list[Tally]) -> None:
    forth, back = Tally(), Tally()
    for part in parts:
        forth.add(part)
    for part in reversed(parts):
        back.add(part)
    assert forth == back
    assert forth.kept == sum(part.kept for part in parts)
    assert all(forth.pieces[name] == sum(part.pieces[name] for part in parts) for name in "abc")


def test_marks_and_replacements_are_counted_for_what_they_are() -> None:
    tally = Tally()
    edit = LedgerRow(
        id="x", start=0, end=2, text="An ad", words=2, label="ad", rule="ads/marker", replacement="", kind="edit"
    )
    tally.add_piece(edit)
    tally.add_piece(replace(edit, words=0, kind="mark"))
    assert (tally.pieces, tally.marks, tally.words_removed) == (
        {"ads/marker": 1}, {"ads/marker": 1}, {"ad": 2},
    )  # fmt: skip


# The card


def written(path: str, rows: int = 0) -> Written:
    return Written(path=path, rows=rows, bytes=1, size=1, sha256="")


def whole(*, rules: RulePack, kept: int = 0) -> Manifest:
    return Manifest(
        tally=Tally(documents=kept, kept=kept, languages=Counter({"en": 1, "": 1})),
        rules=rules,
        options=Options(),
        duplicates=None,
        text_field="text",
        html_field="html",
        shards=1,
        key="0" * 64,
        inputs=(Input(name="a.txt", bytes=1, sha256=None),),
        refused=(),
        unreadable=(),
        files=tuple(written(table.file(0, 1), rows=kept) for table in TABLES),
    )


@pytest.mark.parametrize(
    ("kept", "size"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (2_500_000, "1M<n<10M"), (10**12, "n>1T")],
)
def test_card_states_the_size_of_the_dataset(kept: int, size: str) -> None:
    text = card(whole(rules=pack_of(), kept=kept))
    assert f"size_categories:\n- {size}\n" in text
    assert f"num_examples: {kept}\n" in text
    assert f"| `default` | {kept:,} |" in text


def test_card_states_known_languages_only() -> None:
    assert "language:\n- en\nsize" in card(whole(rules=pack_of()))
