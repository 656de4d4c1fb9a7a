"""What holds a rule back: its status, a suppression, an exception."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cleaner.cli.build import print_summary
from cleaner.cli.screen import Screen
from cleaner.model.options import Options, Suppression
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from support.short import CREDIT, MORE, SHARE, SHARED, STORY, cleaned, guards, pack, removed

# Status

EXPERIMENT = "id: x/new, line: [share this], status: experimental"
BYLINE = "id: x/by, label: byline, pattern: 'Words: (?P<authors>.+)', status: experimental"


def test_an_experimental_rule_is_counted_and_removes_nothing() -> None:
    article = cleaned(f"{STORY}\nShare this", EXPERIMENT)
    assert article.edits == ()
    assert article.text.endswith("Share this")
    (mark,) = article.marks
    assert (mark.rule, mark.label) == ("x/new", "ad")
    assert article.original()[mark.start : mark.end] == "Share this"


def test_an_experimental_rule_that_was_asked_for_removes() -> None:
    article = cleaned(f"{STORY}\nShare this", EXPERIMENT, options=Options(experimental=True))
    assert (removed(article), article.marks) == (["Share this"], ())


def test_an_experimental_rule_takes_no_place_from_another() -> None:
    article = cleaned(f"{STORY}\nShare this", EXPERIMENT, "id: x/old, line: [share this]")
    assert [edit.rule for edit in article.edits] == ["x/old"]
    assert [mark.rule for mark in article.marks] == ["x/new"]


def test_an_experimental_rule_labels_no_neighbour() -> None:
    beside = "id: x/beside, label: share, neighbour: {above: [ad]}"
    text = f"{STORY}\n\nShare this\nPier lamps"
    assert removed(cleaned(text, EXPERIMENT, beside)) == []
    assert removed(cleaned(text, EXPERIMENT, beside, options=Options(experimental=True))) == [
        "Share this",
        "Pier lamps",
    ]


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("drop", False),
        ("drop", True),
        ("mark", True),
        ("mark", False),
    ],
)
def test_an_experimental_rule_gives_metadata_only_where_asked_for(action: str, asked: bool) -> None:
    article = cleaned(f"Words: Anna Reed\n{STORY}", f"{BYLINE}, action: {action}", options=Options(experimental=asked))
    assert article.metadata.authors == (("Anna Reed",) if asked else ())
    assert bool(article.edits) is (asked and action == "drop")


def test_an_experimental_allow_protects_nothing_but_is_counted() -> None:
    article = cleaned(f"{STORY}\nShare this", "id: x/old, line: [share this]", f"{EXPERIMENT}, action: allow")
    assert removed(article) == ["Share this"]
    assert [mark.rule for mark in article.marks] == ["x/new"]


def test_a_deprecated_rule_is_not_used() -> None:
    old = "id: x/old, line: [share this], status: deprecated, replaced_by: x/new"
    article = cleaned(f"{STORY}\nShare this", old, "id: x/new, line: [share that]")
    assert (article.edits, article.marks, article.losses) == ((), (), ())


# Suppressions

NOTE = "id: share/note, label: share, pattern: 'Pass it on.*'"


@pytest.mark.parametrize(
    ("suppression", "left"),
    [
        ({"rule": "share/alone"}, {"Share this"}),
        ({"rule": "share/*"}, {"Share this", "Pass it on"}),
        ({"rule": "share/?lone"}, {"Share this"}),
        ({"rule": "*"}, {"Share this", "Pass it on"}),
        ({"rule": "shar"}, set()),
        ({"rule": "share/*", "host": "news.example.com"}, {"Share this", "Pass it on"}),
        ({"rule": "share/*", "host": "*.example.com"}, {"Share this", "Pass it on"}),
        ({"rule": "share/*", "host": "www.news.example.com"}, {"Share this", "Pass it on"}),
        ({"rule": "share/*", "host": "example.com"}, set()),
        ({"rule": "share/*", "host": "*.org"}, set()),
        ({"rule": "share/*", "document": "feed-7"}, {"Share this", "Pass it on"}),
        ({"rule": "share/*", "document": "feed-*"}, {"Share this", "Pass it on"}),
        ({"rule": "share/*", "document": "daily/*"}, {"Share this", "Pass it on"}),  # its source
        ({"rule": "share/*", "document": "feed-8"}, set()),
        ({"rule": "share/*", "document": "feed-7", "host": "*.org"}, set()),
    ],
)
def test_a_suppression_is_for_a_rule_a_host_a_document(suppression: dict[str, str], left: set[str]) -> None:
    article = cleaned(
        SHARED, SHARE, NOTE, options=Options(suppress=(Suppression(**suppression),)),
        id="feed-7", source="daily/7.txt", url="https://www.news.example.com/7",
    )  # fmt: skip
    assert set(removed(article)) == {"Share this", "Pass it on"} - left
    assert {article.original()[x.start : x.end] for x in article.losses} == left
    assert {x.guard for x in article.losses} <= {"suppressed"}


def test_without_an_address_no_host_is_meant() -> None:
    options = Options(suppress=(Suppression(rule="*", host="*.example.com"),))
    assert removed(cleaned(SHARED, SHARE, options=options)) == ["Share this"]


def test_a_suppressed_mark_gives_no_metadata() -> None:
    options = Options(suppress=(Suppression(rule="meta/by"),))
    article = cleaned(SHARED, CREDIT, options=options)
    assert (article.marks, article.metadata.authors, guards(article)) == ((), (), [("meta/by", "suppressed")])


def test_a_suppressed_rule_gives_its_place_to_the_next() -> None:
    other = "id: x/other, line: [share this]"
    options = Options(suppress=(Suppression(rule="share/*"),))
    assert [edit.rule for edit in cleaned(SHARED, SHARE, other, options=options).edits] == ["x/other"]


def test_a_suppressed_rule_sweeps_nothing_and_labels_nothing() -> None:
    options = Options(suppress=(Suppression(rule="x/more"),))
    rules = (
        "id: x/more, label: related, line: [most read], cut: {to: end}",
        "id: x/beside, neighbour: {above: [related]}",
    )
    text = f"{STORY}\n{MORE}\nMost read\nBoats in the bay"
    assert removed(cleaned(text, *rules)) == ["Most read", "Boats in the bay"]
    assert removed(cleaned(text, *rules, options=options)) == []


SHORT = "id: quality/short, label: quality, document: {fact: words, min: 3}"
TRIAL = "id: quality/trial, label: quality, document: {fact: words, min: 99}, status: experimental"


def test_a_suppressed_filter_rejects_nothing_and_says_what_it_would_have() -> None:
    options = Options(suppress=(Suppression(rule="quality/*"),))
    article = cleaned("Gone.", SHORT, options=options)
    assert article.verdict.kept
    assert [(x.rule, x.guard, x.figure) for x in article.losses] == [("quality/short", "suppressed", "words 1")]
    assert cleaned(STORY, SHORT, options=options).losses == ()


def test_suppressed_filters_are_listed_beside_the_one_that_rejects() -> None:
    off = Options(suppress=(Suppression(rule="quality/a"),))
    article = cleaned("Gone.", "id: quality/a, label: quality, document: {fact: words, min: 2}", SHORT, options=off)
    assert (article.verdict.filter, guards(article)) == ("quality/short", [("quality/a", "suppressed")])


@pytest.mark.parametrize("rule", [TRIAL, TRIAL.replace("status: experimental", "action: mark")])
def test_a_filter_that_only_counts_marks_the_document_with_its_figure(rule: str) -> None:
    article = cleaned(STORY, rule)
    assert article.verdict.kept
    assert [(x.rule, x.start, x.end, x.figure) for x in article.marks] == [("quality/trial", 0, 0, "words 43")]


def test_an_experimental_filter_that_was_asked_for_rejects() -> None:
    article = cleaned(STORY, TRIAL, options=Options(experimental=True))
    assert (article.verdict.filter, article.marks) == ("quality/trial", ())


def _build(tmp_path: Path, rules: RulePack, options: Options) -> BuildReport:
    (tmp_path / "raw").mkdir()
    records = [{"id": f"feed-{n}", "text": f"{SHARED} {n}", "url": f"https://{'a' * n}.example/"} for n in (1, 2, 3)]
    (tmp_path / "raw" / "feed.jsonl").write_text("\n".join(map(json.dumps, records)))
    return build(str(tmp_path / "raw"), tmp_path / "dist", rules=rules, options=options, workers=1)


def test_a_build_counts_what_was_suppressed_and_what_was_marked(tmp_path: Path) -> None:
    reported = (Suppression(rule=rule, host="a*a.example", why="reported") for rule in ("share/*", "quality/long"))
    long = "id: quality/long, label: quality, document: {fact: words, max: 20}"
    report = _build(tmp_path, pack(SHARE, NOTE, CREDIT, EXPERIMENT, TRIAL, long), Options(suppress=tuple(reported)))
    assert report.suppressed == {"quality/long": 2, "share/alone": 2, "share/note": 2}
    assert report.experimental == {"quality/trial": 3, "x/new": 3}
    assert report.rejected == {"quality/long": 1}
    assert report.pieces == {"share/alone": 1, "share/note": 1}
    manifest = json.loads((tmp_path / "dist" / "manifest.json").read_bytes())
    counted = {id_: (rule["pieces"], rule["marks"], rule["suppressed"]) for id_, rule in manifest["rules"].items()}
    assert counted == {
        "share/alone": (1, 0, 2), "share/note": (1, 0, 2), "meta/by": (0, 3, 0), "x/new": (0, 3, 0),
        "quality/trial": (0, 3, 0), "quality/long": (0, 0, 2),
    }  # fmt: skip
    assert manifest["options"]["suppress"][0]["why"] == "reported"
    printed = io.StringIO()
    print_summary(report, Screen(file=printed, width=140))
    assert "suppressed  quality/long 2, share/alone 2, share/note 2" in printed.getvalue()
    assert "experimental, counted only  quality/trial 3, x/new 3" in printed.getvalue()
    (ledger,) = (tmp_path / "dist" / "removed").iterdir()
    marks = [row for row in pq.read_table(ledger).to_pylist() if row["kind"] == "mark"]
    assert {(row["rule"], row["words"]) for row in marks} == {("meta/by", 0), ("x/new", 0), ("quality/trial", 0)}


# Exceptions

DROP = "id: x/drop, inline: 'lamps? [a-z]+'"


@pytest.mark.parametrize(
    ("drop", "allow", "gone"),
    [
        ("", "", []),  # an allow protects
        ("important: true", "", ["lamps along"]),  # an important rule goes before it
        ("important: true", "important: true", []),  # and an important allow before that
        ("", "important: true", []),
        ("", "allows: [x/drop]", []),
        ("", "allows: [ad]", []),
        ("", "allows: [share]", ["lamps along"]),
        ("", "allows: [x/allow]", ["lamps along"]),
        ("", "language: [de]", ["lamps along"]),  # it is not for this document
    ],
)
def test_an_allow_protects_what_it_is_for(drop: str, allow: str, gone: list[str]) -> None:
    rules = [f"{DROP}, {drop}", f"id: x/allow, action: allow, inline: 'The lamps', {allow}"]
    article = cleaned(STORY, *rules)
    assert removed(article) == gone
    assert guards(article) == ([] if gone else [("x/drop", "x/allow")])
    assert article.marks == ()


def test_an_allow_protects_only_where_it_matches() -> None:
    article = cleaned(
        f"{STORY}\nThe lamp broke.\nA lamp broke.", DROP, "id: x/allow, action: allow, inline: 'The lamps?'"
    )
    assert removed(article) == ["lamp broke"]
    assert article.original()[: article.edits[0].start].endswith("A ")


def test_an_allow_protects_from_a_sweep() -> None:
    rules = (
        "id: x/more, line: [most read], important: true, cut: {to: end}",
        "id: x/allow, action: allow, line: [boats]",
    )
    article = cleaned(f"{STORY}\n{MORE}\nMost read\nBoats\nNets", *rules)
    assert removed(article) == ["Most read", "Nets"]
    assert guards(article) == [("x/more", "x/allow")]


def test_unless_is_an_exception_within_the_line() -> None:
    rule = "id: x/read, pattern: 'Read more: .+', unless: ['[Oo]pinion', '{ships}']"
    text = f"{STORY}\nRead more: the storm\nRead more: an opinion\nRead more: the Skylark sails"
    assert removed(cleaned(text, rule, lists="{ships: [Skylark]}")) == ["Read more: the storm"]
