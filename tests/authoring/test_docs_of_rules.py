"""The pages describe every rule once, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

from cleaner.authoring.docs import INDEX, anchor, docs_file_of, pages
from cleaner.cli import run
from cleaner.model.rule import LABELS, RulePack
from cleaner.rules.load import load_pack, parse_pack
from cleaner.text.markdown import escape_markdown

RULES = """
label: ad
lists:
  firms: [Tern, Gull]
rules:
  - id: ads/story-continues
    why: a marker where an ad | a slot stood
    line: [story continues below this ad, "go`on"]
    language: [en, de]
    site: .example.com
    where: {zone: [head, tail], max_words: 8, ends_sentence: false}
    removes: [Story continues below this ad]
    keeps: ["The story continues ``` below.", "...\\nStory continues below this ad\\n...", last]
  - id: ads/v1.2
    why: an old one
    label: byline
    status: deprecated
    replaced_by: ads/story-continues
    pattern: "From (?P<authors>{firms})"
    set: {paywalled: true}
    keeps: x
  - id: ads/kept
    why: prose about ads
    action: allow
    allows: [ad]
    inline: our advertisers
    budget: {words: 5}
    keeps: our advertisers
"""


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"en/ads.yaml": RULES})


@pytest.fixture(scope="module")
def rule_pages(pack: RulePack) -> dict[str, str]:
    return pages(pack)


def test_every_rule_is_once_in_the_page_of_its_label(pack: RulePack, rule_pages: dict[str, str]) -> None:
    assert rule_pages.keys() == {INDEX, "ad.md", "byline.md"}
    for rule in pack.rules:
        headings = [name for name, text in rule_pages.items() if f"\n## {rule.id}\n" in text]
        assert headings == [docs_file_of(rule.label)]
        assert escape_markdown(rule.why)[1:] in rule_pages[docs_file_of(rule.label)]


def test_links_lead_to_a_heading(pack: RulePack, rule_pages: dict[str, str]) -> None:
    links = [link for name, text in rule_pages.items() for link in re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", text)]
    assert len(links) > len(pack.rules)
    for page, place in links:
        assert page in rule_pages
        headings = {anchor(heading) for heading in re.findall(r"(?m)^## (.+)$", rule_pages[page])}
        assert not place or place in headings


def test_scope_kind_conditions_and_place_are_listed(rule_pages: dict[str, str]) -> None:
    ads, byline = rule_pages["ad.md"], rule_pages["byline.md"]
    assert "- kind: line\n- for: en, de, .example.com\n" in ads
    assert "- where: max_words 8, ends_sentence no, zone head or tail\n" in ads
    assert "- kind: inline, allow\n" in ads
    assert "- budget: words 5\n" in ads
    assert "- written in: `en/ads.yaml`, line 6\n" in ads
    assert "- status: deprecated, replaced by `ads/story-continues`\n" in byline
    assert "- extracts: authors\n" in byline
    assert "- sets: paywalled to true\n" in byline
    assert "`from gull`" in byline  # what it is looked up by, lists and all


def test_no_text_breaks_out_of_its_markdown(rule_pages: dict[str, str]) -> None:
    assert "`` go`on ``" not in rule_pages["ad.md"]
    assert "``go`on``" in rule_pages["ad.md"]
    assert "````text\nThe story continues ``` below.\n````" in rule_pages["ad.md"]
    assert "```text\n...\nStory continues below this ad\n...\n```" in rule_pages["ad.md"]
    rows = [row for row in rule_pages[INDEX].splitlines() if row.startswith("| [ads/")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_every_label_has_its_page_described() -> None:
    for label in LABELS:
        rule = "{id: a/b, why: x, line: x, removes: x, keeps: y}" if label != "quality" else (
            "{id: a/b, why: x, document: {fact: words, min: 1}, removes: '', keeps: x}"
        )  # fmt: skip
        text = pages(parse_pack({"a.yaml": f"label: {label}\nrules: [{rule}]"}))[docs_file_of(label)]
        assert len(text.splitlines()[2]) > 30


def test_the_command_writes_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules" / "en").mkdir(parents=True)
    (tmp_path / "rules" / "en" / "ads.yaml").write_text(RULES)
    assert run(["rules", "docs"]) == 0
    out = tmp_path / PurePosixPath(capsys.readouterr().out.partition(":")[0])
    assert {path.name: path.read_text() for path in out.parent.iterdir()} == pages(load_pack(tmp_path / "rules"))
    (tmp_path / "file").write_text("")
    assert run(["rules", "docs", "file"]) == 2
    assert "there is a file where a folder is needed" in capsys.readouterr().err
