"""Deprecated keys of rule files: they mean the new keys, and each load reports them, with their place."""

import logging
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from cleaner.authoring.schema import rule_schema
from cleaner.cli import run
from cleaner.errors import RulesError
from cleaner.matching.kind_table import KIND_TABLE
from cleaner.model.rule import Clue, DuplicateLine, Rule, Where
from cleaner.rules.load import load_pack, parse_pack
from cleaner.rules.old_keys import OLD_KEYS

OLD = """\
site: .gull.example
known_by: [© Gull Evening Press]
label: title
rules:
  - id: x/again
    why: w
    repeat: {of: [title]}
    where: {furniture: 3}
    removes: "title> Boats ahoy\\n⟦Boats ahoy⟧"
    keeps: boats
  - id: x/heading
    why: w
    action: mark
    heading: {least: 3, weights: {told: 2, alone: 1}}
    keeps: boats
"""
NEW = (
    OLD.replace("known_by", "site_phrases")
    .replace("repeat:", "duplicate_line:")
    .replace("furniture", "labelled_lines")
    .replace("told", "repeated_in_story")
)
SAID = [
    "x.yaml:2:1: 'known_by' is now 'site_phrases'; rename it: the next release does not read the old key",
    "x.yaml:7:5: 'repeat' is now 'duplicate_line'; rename it: the next release does not read the old key",
    "x.yaml:8:13: 'furniture' is now 'labelled_lines'; rename it: the next release does not read the old key",
    "x.yaml:14:35: 'told' is now 'repeated_in_story'; rename it: the next release does not read the old key",
]


def read(rule: str) -> Rule:
    return parse_pack({"x.yaml": f"rules: [{{id: x/y, label: ad, why: w, {rule}, removes: x, keeps: k}}]"}).rules[0]


def test_old_keys_mean_the_new_ones() -> None:
    old, new = parse_pack({"x.yaml": OLD}), parse_pack({"x.yaml": NEW})
    assert (old, old.digest, old.old_keys) == (new, new.digest, tuple(SAID))
    assert new.old_keys == ()
    assert new.rules[0].duplicate_line == DuplicateLine(of=("title",))


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [("layout", "line_breaks", "tags"), ("signature", "byline_block", "authors")],
)
def test_old_kinds_are_read(old: str, new: str, value: str) -> None:
    assert getattr(read(f"{old}: {value}"), new) == value


def test_every_new_key_is_one_of_the_language() -> None:
    known = {
        (): set(rule_schema()["properties"]),
        ("rules",): set(KIND_TABLE),
        ("rules", "where"): {each.name for each in fields(Where)},
        ("rules", "heading", "weights"): set(get_args(Clue)),
    }
    for place, keys in OLD_KEYS.items():
        assert set(keys.values()) <= known[place]
        assert not keys.keys() & known[place]


def test_an_old_key_beside_its_new_one_is_a_fault() -> None:
    with pytest.raises(RulesError, match="the key 'byline_block' is there twice"):
        read("signature: authors, byline_block: authors")


def test_old_words_elsewhere_keep_their_meaning() -> None:
    pack = parse_pack({"x.yaml": "lists: {told: [a], repeat: [b]}"})
    assert (set(pack.lists), pack.old_keys) == ({"told", "repeat"}, ())


def test_each_load_reports_old_keys_from_the_cache_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "x.yaml").write_text(OLD, "utf-8")
    with caplog.at_level(logging.WARNING, "cleaner"):
        for _ in range(2):
            caplog.clear()
            load_pack(tmp_path)
            assert caplog.messages == [f"{tmp_path}/{said}" for said in SAID]


def test_a_check_reports_old_keys_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.yaml").write_text(OLD, "utf-8")
    run(["rules", "check", "--rules", str(tmp_path)])
    reported = capsys.readouterr().err.splitlines()
    assert reported[:-1] == [f"cleaner: {tmp_path}/{said}" for said in SAID]
    assert reported[-1].startswith("2 rules, ")


def test_an_old_kind_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.yaml").write_text(NEW, "utf-8")
    assert run(["rules", "list", "--rules", str(tmp_path), "--kind", "repeat"]) == 0
    printed = capsys.readouterr()
    assert "x/again" in printed.out
    assert printed.err == "cleaner: --kind repeat is deprecated; use --kind duplicate_line\n"
