"""Rule health: each finding names the rule that it is true of, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cleaner.authoring.rule_stats import FINDINGS, Health, RuleStats, Timing, health
from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.cli import run
from cleaner.corpus.read import prepared_corpus
from cleaner.dataset.files import load_manifest
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options, Suppression
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.rules.load import parse_pack
from cleaner.text.lines import Lines

PROSE = "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm."

RULES = """
rules:
  - {id: ad/marker, label: ad, language: en, why: x, line: advertisement, removes: advertisement, keeps: ads}
  - {id: ad/shadowed, label: ad, why: x, line: advertisement, removes: advertisement, keeps: ads}
  - {id: ad/never, label: ad, why: x, line: sponsored, removes: sponsored, keeps: ads}
  - {id: share/button, label: share, why: x, line: share, removes: share, keeps: ads}
  - {id: share/site, label: share, why: x, line: tell a friend, removes: tell a friend, keeps: ads}
  - {id: share/scoped, label: share, site: b.example.com, why: x, line: pass it on, removes: pass it on, keeps: ads}
  - {id: legal/greedy, label: legal, why: x, pattern: 'The lamps .+', action: mark, keeps: ads}
  - {id: legal/harmful, label: legal, why: x, pattern: 'All rights .+', removes: All rights reserved, keeps: ads}
  - {id: related/budget, label: related, why: x, line: read on, budget: {words: 3}, removes: read on, keeps: ads}
  - {id: related/protected, label: related, why: x, line: see also, removes: see also, keeps: ads}
  - {id: related/kept, label: related, why: x, line: see also, action: allow, allows: related, keeps: see also}
  - {id: comments/near, label: comments, why: x, line: comments, where: {max_words: 9, first: true},
     removes: comments, keeps: ads}
  - {id: residue/slow, label: residue, why: x, pattern: '[^A-Z]+', everywhere: all, removes: '##', keeps: ads}
  - {id: title/first, label: title, why: x, headline: true, where: {max_words: 3, min_words: 3},
     removes: One two three, keeps: ads}
  - {id: caption/beside, label: caption, why: x, neighbour: {above: ad}, where: {max_words: 1, min_words: 1},
     removes: "ad> x\\n⟦Lamps⟧", keeps: ads}
  - {id: about/cut, label: about, why: x, line: about us, cut: {to: end, max_share: 1}, removes: about us, keeps: ads}
  - {id: section/first, label: section, why: x, line: news, where: {first: true}, removes: news, keeps: ads}
  - {id: section/again, label: section, why: x, duplicate_line: {of: [section]},
     removes: "section> News\\n⟦News⟧", keeps: ads}
  - {id: quality/stub, label: quality, why: x, document: {fact: words, min: 3}, removes: One, keeps: One two three.}
"""


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"a.yaml": RULES})


def _documents() -> Iterator[Document]:
    for n in range(6):
        text = f"{PROSE}\nAdvertisement\nLamps\nShare\nTell a friend\nPass it on\nComments\nSee also\n"
        yield Document(id=f"a{n}", text=text, url=f"https://b.example.com/{n}")
    for n in range(3):
        text = f"{PROSE}\nAll rights reserved, said the harbour master, who had waited for the lamps all winter."
        yield Document(id=f"b{n}", text=text, url=f"https://c.example.com/{n}")
    yield Document(id="c", text=f"{PROSE}\nRead on\n\nRead on\nThe lamps are lit.")
    yield Document(id="d", text="Rain.")
    yield Document(id="e", text=f"News\n{PROSE}\nNews\nAbout us\nWho we are\nWhere")


@pytest.fixture(scope="module")
def corpus() -> list[Prepared]:
    return list(map(prepare, _documents()))


@pytest.fixture(scope="module")
def found(corpus: list[Prepared], pack: RulePack) -> Health:
    return health(corpus, compile_program(pack))


@pytest.fixture(scope="module")
def rules(found: Health) -> dict[str, RuleStats]:
    return {rule.id: rule for rule in found.rules}


def test_what_rules_do_is_counted_as_cleaning_does_it(
    rules: dict[str, RuleStats], corpus: list[Prepared], pack: RulePack
) -> None:
    articles = [clean_prepared(prepared, compile_program(pack)) for prepared in corpus]
    for id_, rule in rules.items():
        if id_ not in ("related/kept", "quality/stub"):
            assert rule.pieces == sum(e.rule == id_ for a in articles for e in a.edits), id_
            assert rule.marks == sum(m.rule == id_ for a in articles for m in a.marks), id_
    assert rules["related/kept"].pieces == 6
    assert rules["quality/stub"].pieces == 1
    assert sum(rule.words for rule in rules.values()) == sum(a.signals.words_removed for a in articles)
    assert (rules["ad/marker"].documents, rules["ad/marker"].hosts) == (6, 1)


@pytest.mark.parametrize(
    ("finding", "ids"),
    [
        ("never", ["ad/never", "comments/near", "residue/slow", "title/first"]),
        ("shadowed", ["ad/shadowed", "related/protected"]),
        ("prose", ["legal/harmful"]),
        ("held_back", ["related/budget"]),
        ("one_site", ["ad/marker", "caption/beside", "related/kept", "share/button", "share/site"]),
        ("dropped", []),
    ],
)
def test_findings(found: Health, finding: str, ids: list[str]) -> None:
    assert [rule.id for rule in FINDINGS[finding](found)] == ids


def test_what_shadows_a_rule_and_what_stopped_one_is_reported(rules: dict[str, RuleStats]) -> None:
    assert rules["ad/shadowed"].lost_to == {"ad/marker": 6}
    assert rules["related/protected"].lost_to == {"related/kept": 6}
    assert rules["related/budget"].held_back == {"budget": 2}
    assert rules["comments/near"].misses == {"first": 6}
    assert rules["ad/never"].misses == {}
    assert rules["legal/harmful"].prose[0].startswith("All rights reserved, said")


def test_rules_that_fire_in_the_same_documents_are_grouped(found: Health) -> None:
    [group] = found.together
    assert group == ("ad/marker", "caption/beside", "related/kept", "share/button", "share/scoped", "share/site")


def test_no_address_no_word_of_sites(corpus: list[Prepared], pack: RulePack) -> None:
    bare = [prepare(Document(id=p.document.id, text=p.text)) for p in corpus]
    assert not FINDINGS["one_site"](health(bare, compile_program(pack)))


def test_looks_are_the_lines_a_rule_was_tried_on(rules: dict[str, RuleStats], corpus: list[Prepared]) -> None:
    assert rules["residue/slow"].looks == sum(len(Lines(p.text)) for p in corpus)
    assert rules["ad/marker"].looks == 6
    assert rules["ad/never"].looks == 0
    assert rules["ad/never"].seconds == 0
    assert rules["residue/slow"].seconds > 0


def test_a_rule_that_finds_much_less_than_in_the_last_build_is_reported(pack: RulePack, tmp_path: Path) -> None:
    raw = tmp_path / "raw.jsonl"
    rows = [{"id": f"{d.id}-{n}", "text": d.text, "url": d.url} for n in range(4) for d in _documents()]
    raw.write_text("\n".join(map(json.dumps, rows)))
    build(str(raw), tmp_path / "dist", rules=pack, workers=1)
    last = load_manifest(tmp_path / "dist")
    assert last is not None
    same = health(prepared_corpus(str(tmp_path / "dist")), compile_program(pack), last)
    assert not FINDINGS["dropped"](same)
    assert all(rule.last in (None, rule.fired) for rule in same.rules)

    redesigned = [prepare(replace(d, text=d.text.replace("Share\n", "Share it\n"))) for d in _documents()] * 4
    now = health(redesigned, compile_program(pack), last)
    assert [rule.id for rule in FINDINGS["dropped"](now)] == ["share/button"]
    half = health(redesigned[: len(redesigned) // 2], compile_program(pack), last)
    assert {rule.id: rule.expected for rule in half.rules}["share/button"] == 12  # fewer documents, no alarm

    other = parse_pack({"a.yaml": RULES.replace("line: share,", "line: [share, share now],")})
    edited = {rule.id: rule for rule in health(redesigned, compile_program(other), last).rules}
    assert (edited["share/button"].last, edited["share/button"].expected) == (24, None)


def test_plain_data_is_json(found: Health) -> None:
    data: dict[str, Any] = json.loads(json.dumps(found.plain()))
    assert data["documents"] == 12
    assert data["findings"]["never"] == ["ad/never", "comments/near", "residue/slow", "title/first"]
    assert data["rules"]["ad/marker"]["pieces"] == 6


def test_experimental_rules_are_counted() -> None:
    trial = parse_pack({"a.yaml": RULES.replace("line: share,", "line: share, status: experimental,")})
    [share] = [rule for rule in health(map(prepare, _documents()), compile_program(trial)).rules
               if rule.id == "share/button"]  # fmt: skip
    assert (share.pieces, share.marks) == (0, 6)
    asked = compile_program(trial, Options(experimental=True))
    assert {rule.id: rule.pieces for rule in health(map(prepare, _documents()), asked).rules}["share/button"] == 6


def test_suppressed_rules_are_counted(corpus: list[Prepared], pack: RulePack) -> None:
    off = compile_program(pack, Options(suppress=(Suppression(rule="share/*", document="a0"),)))
    found = {rule.id: rule for rule in health(corpus, off).rules}
    assert found["share/button"].pieces == 5
    assert found["share/button"].held_back == {"suppressed": 1}


def test_the_timing_pass_finds_what_cleaning_finds(corpus: list[Prepared], pack: RulePack) -> None:
    program = compile_program(pack)
    timing = Timing(program)
    for prepared in corpus:
        if prepared.document.id != "c":  # there a budget has the last word
            edits = clean_prepared(prepared, program).edits
            assert {(m.start, m.end, m.rule.id) for m in timing.run(prepared)} == {
                (e.start, e.end, e.rule) for e in edits
            }


def test_the_command_reports_findings_and_compares_with_the_last_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULES)
    (tmp_path / "raw").mkdir()

    def corpus(change: str) -> None:
        rows = [{"text": d.text.replace("Share\n", change), "url": d.url} for _ in range(4) for d in _documents()]
        (tmp_path / "raw" / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))

    corpus("Share\n")
    assert run(["rules", "stats"]) == 0
    assert "contains no dataset to compare with" in capsys.readouterr().out
    assert run(["build", "--quiet", "--workers", "1"]) == 0
    corpus("Share it\n")
    capsys.readouterr()
    assert run(["rules", "stats"]) == 0
    out = capsys.readouterr().out
    assert "share/button" in out.split("removed well-formed prose")[0]
    assert "0, expected 24" in out
    assert "6 to ad/marker" not in out
    assert "24 to ad/marker" in out
    assert "documents of b.example.com" in out
    assert run(["rules", "stats", "dist", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["findings"]["dropped"] == []
    assert data["rules"]["ad/shadowed"]["lost_to"] == {"ad/marker": 24}
    assert run(["rules", "stats", "--all"]) == 0
    assert "see --all" not in capsys.readouterr().out
    (tmp_path / "raw" / "b.pdf").write_bytes(b"%PDF")
    assert run(["rules", "stats", "--json"]) == 1
    assert "b.pdf" in capsys.readouterr().err
