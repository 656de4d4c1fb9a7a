"""`build` with `learn`: what repeats on a site goes, the rules are in the dataset, and nothing depends on workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.errors import OutputError
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.rules.load import extended, parse_pack
from support.crawled_pages import GLUED_END, MENU, POLICY, SUBHEADS, pages, write_pages
from support.projects import content, rows

LEARNED = "learned-rules.yaml"
PACK = parse_pack(
    {
        "a.yaml": "rules: [{id: ad/marker, label: ad, line: [advertisement], why: w, removes: Advertisement, "
        "keeps: An advertisement ran.}]"
    }
)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    write_pages(tmp_path / "raw", pages(12, 6))
    return tmp_path / "raw"


def test_what_repeats_on_a_site_goes_and_its_rules_are_in_the_dataset(raw: Path, tmp_path: Path) -> None:
    report = build(str(raw), tmp_path / "dist", rules=PACK, workers=1, learn=True)
    said = "\n".join(row["text"] for row in rows(report.dist, "articles"))
    assert not [line for line in (*MENU, POLICY, GLUED_END) if line in said]
    assert all(head in said for head in SUBHEADS)
    learned = parse_pack({LEARNED: (report.dist / LEARNED).read_text()})
    assert {row["rule"] for row in rows(report.dist, "removed")} <= {rule.id for rule in learned.rules}
    assert {rule.site for rule in learned.rules} == {("tern.example.com",), ("gull.example.org",)}


def test_workers_and_earlier_builds_change_no_byte_of_a_learning_build(raw: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    build(str(raw), one, rules=PACK, workers=1)
    assert not (one / LEARNED).exists()
    build(str(raw), one, rules=PACK, workers=1, learn=True)
    build(str(raw), two, rules=PACK, workers=2, learn=True, shard_bytes=1000, no_cache=True)
    assert (one / LEARNED).read_bytes() == (two / LEARNED).read_bytes()
    assert rows(one, "articles") == rows(two, "articles")
    assert build(str(raw), one, rules=PACK, workers=1, learn=True).cleaned == 0
    (raw / "tern" / "0.txt").unlink()
    build(str(raw), one, rules=PACK, workers=1, learn=True)
    build(str(raw), tmp_path / "three", rules=PACK, workers=1, learn=True)
    assert content(one) == content(tmp_path / "three")


def test_edited_rules_in_the_dataset_are_not_lost(raw: Path, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    build(str(raw), dist, rules=PACK, workers=1, learn=True)
    (dist / LEARNED).write_text("# mine\nrules: []\n")
    with pytest.raises(OutputError, match="has changed since it was built"):
        build(str(raw), dist, rules=PACK, workers=1)
    assert (dist / LEARNED).read_text().startswith("# mine")


def test_rules_of_more_files_have_ids_of_their_own() -> None:
    more = {"b.yaml": "rules: [{id: x/b, label: ad, line: [buy this], why: w, removes: Buy this, keeps: Buy bread.}]"}
    both = extended(PACK, more)
    assert [rule.id for rule in both.rules] == ["ad/marker", "x/b"]
    with pytest.raises(ValueError, match="ids in both: x/b"):
        extended(both, more)
    assert isinstance(both, RulePack)
    assert both.digest != PACK.digest
