"""What holds a rule back: its status, a suppression, an exception, a budget, the guards of a cut, its scope."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from cleaner import render
from cleaner.article import Article
from cleaner.building import BuildReport, build
from cleaner.cleaning import clean, prepare
from cleaner.cli.build import summary
from cleaner.diff import compare
from cleaner.model import Document, Options, RulePack, Suppression
from cleaner.program import compile_program
from cleaner.rulefiles import parse_pack

PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them."
)
MORE = (
    "The council will now decide who is to pay for the new cable, which runs below the old customs house to the pier."
)
STORY = f"{PROSE}\n\n{MORE}"  # 20 and 23 words


def pack(*rules: str, lists: str = "{}") -> RulePack:
    """A pack of rules in short: `id: x/a, ...`; reasons and examples are added."""
    body = "".join(
        f"  - {{why: w, removes: r, keeps: k, {'' if 'label:' in rule else 'label: ad, '}{rule}}}\n" for rule in rules
    )
    return parse_pack({"pack.yaml": f"lists: {lists}\nrules:\n{body}"})


def cleaned(text: str, *rules: str, options: Options | None = None, lists: str = "{}", **more: Any) -> Article:
    document = Document(**{"id": "doc", "text": text, **more})
    return clean(document, compile_program(pack(*rules, lists=lists), options))


def removed(article: Article) -> list[str]:
    return [edit.text for edit in article.edits]


def guards(article: Article) -> list[tuple[str, str]]:
    return [(loss.rule, loss.to or loss.guard) for loss in article.losses]


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

SHARE = "id: share/alone, label: share, line: [share this]"
NOTE = "id: share/note, label: share, pattern: 'Pass it on.*'"
CREDIT = "id: meta/by, label: byline, action: mark, pattern: 'Words: (?P<authors>.+)'"
SHARED = f"{STORY}\nShare this\nPass it on\nWords: Anna Reed"


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


def test_filters_held_back_are_told_beside_the_one_that_rejects() -> None:
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
    told = io.StringIO()
    summary(report, Console(file=told, width=140))
    assert "suppressed  quality/long 2, share/alone 2, share/note 2" in told.getvalue()
    assert "experimental, counted only  quality/trial 3, x/new 3" in told.getvalue()
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


def test_an_allow_protects_only_where_it_stands() -> None:
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


# Budgets


@pytest.mark.parametrize(
    ("budget", "figure"),
    [
        ("{words: 4}", None),
        ("{words: 3}", "4 words of at most 3"),
        ("{share: 0.09}", None),
        ("{share: 0.08}", "9% of the words, of at most 8%"),  # 4 of 47
    ],
)
def test_a_rule_over_its_budget_leaves_all_its_pieces(budget: str, figure: str | None) -> None:
    rule = f"id: share/alone, label: share, line: [share this], budget: {budget}"
    article = cleaned(f"Share this\n{STORY}\nShare this", rule, "id: x/other, line: [other]")
    assert len(article.edits) == (0 if figure else 2)
    assert [(x.guard, x.figure) for x in article.losses] == ([("budget", figure)] * 2 if figure else [])


def test_a_budget_is_the_rules_own() -> None:
    other = "id: x/other, line: [pass it on]"
    article = cleaned(SHARED, "id: share/alone, line: [share this], budget: {words: 1}", other)
    assert [edit.rule for edit in article.edits] == ["x/other"]


GREEDY = "id: x/greedy, pattern: 'The lamps .+'"
MOSTLY = "\n".join(["Words: Anna Reed", PROSE, PROSE, PROSE, MORE])
SIGNED = "id: x/by, label: byline, pattern: 'Words: (?P<authors>.+)'"


def test_a_document_over_budget_keeps_its_text_and_is_flagged() -> None:
    article = cleaned(MOSTLY, GREEDY, SIGNED)
    assert article.text.split("\n\n") == MOSTLY.split("\n")
    assert (article.edits, article.flags) == ((), ("over-budget",))
    assert article.metadata.authors == ("Anna Reed",)
    assert (article.signals.words_removed, article.signals.removed_share) == (0, 0.0)
    assert {x.guard for x in article.losses} == {"document budget"}
    assert [x.rule for x in article.losses] == ["x/by", *["x/greedy"] * 3]
    assert {x.figure for x in article.losses} == {"73% of the words, of at most 60%"}  # 63 of 86


def test_the_budget_is_an_option_and_reached_is_not_passed() -> None:
    share = cleaned(MOSTLY, GREEDY, options=Options(budget=1)).signals.removed_share
    at, below = (cleaned(MOSTLY, GREEDY, options=Options(budget=share - less)) for less in (0, 0.001))
    assert (len(at.edits), at.flags) == (3, ())
    assert (len(below.edits), below.flags) == (0, ("over-budget",))


def test_a_few_lines_have_no_budget() -> None:
    article = cleaned("Share this\nShare this\nRain.", SHARE)
    assert (len(article.edits), article.flags) == (2, ())


def test_a_diff_shows_a_document_that_goes_over_budget() -> None:
    corpus = [prepare(Document(id="doc", text=MOSTLY))]
    found = compare(pack(SIGNED), pack(SIGNED, GREEDY), corpus)
    (article,) = found.articles
    assert article.fields["flags"] == ((), ("over-budget",))
    assert "flags: nothing → over-budget" in render.plain(render.pieces(found))
    assert found.by_rule["x/by"].restored_words == 3  # it signs nothing there any more


# Cuts

SWEEP = "id: r/most, label: related, line: [most read]"
VERBS = "{en_attribution_verbs: [said]}"
BEFORE = f"{STORY}\n{MORE}"  # 66 words


@pytest.mark.parametrize(
    ("cut", "swept"),
    [
        ("{to: end}", 5),
        ("{to: end, max_words: 5}", 5),
        ("{to: end, max_words: 4}", 0),
        ("{to: end, max_share: 0.069}", 5),  # 5 of 73
        ("{to: end, max_share: 0.068}", 0),
        ("{to: prose, max_words: 5}", 5),
        ("{to: prose, max_words: 4}", 0),
    ],
)
def test_a_cut_sweeps_no_more_words_than_it_may(cut: str, swept: int) -> None:
    article = cleaned(f"{BEFORE}\nMost read\nBoats in the bay\nNets", f"{SWEEP}, cut: {cut}")
    assert sum(len(text.split()) for text in removed(article)) == 2 + swept
    assert {edit.rule for edit in article.edits} == {"r/most"}


def test_a_cut_to_the_start_sweeps_what_stands_before() -> None:
    text = f"Home\nBoats in the bay\nSkip to the story\n{STORY}"
    article = cleaned(text, "id: n/skip, label: navigation, line: [skip to the story], cut: {to: start}")
    assert removed(article) == ["Home", "Boats in the bay", "Skip to the story"]


def test_a_cut_to_the_next_prose_stops_there() -> None:
    rule = f"{SWEEP}, cut: {{to: prose, line_words: 4}}"
    stops = {
        "It rained.": "a line that ends a sentence",
        "Boats and nets and gulls": "a line longer than line_words",
        "Boats in\nthe bay": "a line that goes on in the next one",
    }
    for line, why in stops.items():
        article = cleaned(f"{BEFORE}\nMost read\nHarbour news\n{line}\n{MORE}", rule)
        assert removed(article) == ["Most read", "Harbour news"], why
    kept = cleaned(f"{BEFORE}\nMost read\nHarbour news\nBoats and nets, gulls\n\nThe bay", rule)
    assert removed(kept) == ["Most read", "Harbour news", "Boats and nets, gulls", "The bay"]


QUOTED = "“We lost all that we had built here in forty years, and nobody came to see it,” said Ilse Brandt."
REPORTED = "Nobody came to see what was lost here after forty years of work, said Ilse Brandt."


@pytest.mark.parametrize("line", [QUOTED, REPORTED, QUOTED.replace(" said Ilse Brandt", "")])
def test_a_cut_to_the_end_is_not_made_over_somebodys_words(line: str) -> None:
    text = f"{BEFORE}\nMost read\nHarbour news\n{line}\nBoats"
    rule = f"{SWEEP}, cut: {{to: end, max_share: 0.9}}"
    assert removed(cleaned(text, rule, lists=VERBS)) == ["Most read"]
    plain = text.replace(line, "Boats in the bay and nets on the pier and gulls above the roofs of town")
    assert len(removed(cleaned(plain, rule, lists=VERBS))) == 4


@pytest.mark.parametrize(
    ("to", "line"),
    [
        ("end", "“We lost everything,” said Ilse Brandt."),
        ("end", "“We lost everything,” said Ilse Brandt"),
        ("prose", "“We lost everything,” said Ilse Brandt"),
    ],
)
def test_a_short_quotation_with_its_attribution_is_not_swept(to: str, line: str) -> None:
    rule = f"{SWEEP}, cut: {{to: {to}, max_share: 0.9}}"
    assert line not in removed(cleaned(f"{BEFORE}\nMost read\nHarbour news\n{line}", rule, lists=VERBS))


@pytest.mark.parametrize("line", ["“Harbour news”", "What Ilse Brandt said"])
def test_marks_alone_or_a_verb_alone_make_no_quotation_of_a_short_line(line: str) -> None:
    article = cleaned(f"{BEFORE}\nMost read\n{line}", f"{SWEEP}, cut: {{to: prose}}", lists=VERBS)
    assert removed(article) == ["Most read", line]


def test_a_cut_to_the_next_prose_stops_before_a_quotation() -> None:
    text = f"{BEFORE}\nMost read\nHarbour news\n“We lost everything,” said Ilse Brandt\nBoats"
    assert removed(cleaned(text, f"{SWEEP}, cut: {{to: prose}}", lists=VERBS)) == ["Most read", "Harbour news"]


def test_what_other_rules_sign_is_not_counted_against_a_cut() -> None:
    article = cleaned(
        f"{BEFORE}\nMost read\nShare this\nBoats in the bay", f"{SWEEP}, cut: {{to: end, max_words: 4}}", SHARE
    )
    assert removed(article) == ["Most read", "Share this", "Boats in the bay"]


def test_a_cut_may_sweep_the_whole_of_its_share() -> None:
    text = f"{BEFORE}\nIt rained on the pier all day.\nMost read\nBoats in the bay\nNets"
    assert len(text.split()) == 80  # of which 5 are a sixteenth
    assert len(removed(cleaned(text, f"{SWEEP}, cut: {{to: end, max_share: 0.0625}}"))) == 3


def test_a_cut_passes_over_what_other_rules_sign() -> None:
    rules = (f"{SWEEP}, cut: {{to: end}}", CREDIT.replace("mark", "drop"), SHARE)
    article = cleaned(f"{BEFORE}\nMost read\nShare this\nBoats\nWords: Anna Reed", *rules)
    assert [(edit.text, edit.rule) for edit in article.edits] == [
        ("Most read", "r/most"), ("Share this", "share/alone"), ("Boats", "r/most"), ("Words: Anna Reed", "meta/by"),
    ]  # fmt: skip
    assert article.metadata.authors == ("Anna Reed",)


# Scope


@pytest.mark.parametrize(
    ("site", "hosts"),
    [
        ("example.com", {"example.com", "www.example.com", "example.com:8080", "EXAMPLE.com"}),
        (".example.com", {"example.com", "www.example.com", "example.com:8080", "EXAMPLE.com", "a.example.com"}),
        ("~example.com", {"a.example.com", "notexample.com", "example.com.org", None}),
        ("~.example.com", {"notexample.com", "example.com.org", None}),
    ],
)
def test_a_rule_is_for_its_sites(site: str, hosts: set[str | None]) -> None:
    every = {"example.com", "www.example.com", "example.com:8080", "EXAMPLE.com", "a.example.com", "notexample.com",
             "example.com.org", None}  # fmt: skip
    rule = f"{SHARE}, site: ['{site}']"
    found = {host for host in every if cleaned(SHARED, rule, url=host and f"https://{host}/story").edits}
    assert found == hosts


def test_sites_are_joined_and_exceptions_taken_away() -> None:
    rule = f"{SHARE}, site: [.example.com, example.org, ~shop.example.com]"
    hosts = ("example.com", "news.example.com", "example.org", "shop.example.com", "example.net")
    found = [bool(cleaned(SHARED, rule, url=f"https://{host}/").edits) for host in hosts]
    assert found == [True, True, True, False, False]


def test_a_site_may_be_written_with_www() -> None:
    assert cleaned(SHARED, f"{SHARE}, site: [www.example.com]", url="https://www.example.com/").edits


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        ("example.com", False),
        ("~example.com", True),
        ("example.org", True),
        ("~example.org", False),
    ],
)
def test_a_filter_is_for_its_sites(site: str, kept: bool) -> None:
    rule = f"id: q/short, label: quality, document: {{fact: words, min: 3}}, site: ['{site}']"
    assert cleaned("Gone.", rule, url="https://example.com/").verdict.kept is kept


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (STORY, "[en]", True),
        (STORY, "[de]", False),
        (STORY, "[de, en]", True),
        (STORY, "[]", True),
        ("12.08.\n14:30", "[de]", True),  # too short to tell: a language not known excludes nothing
    ],
)
def test_a_rule_is_for_its_languages(text: str, language: str, found: bool) -> None:
    article = cleaned(f"{text}\nShare this", f"{SHARE}, language: {language}")
    assert bool(article.edits) is found
    assert article.signals.language == ("en" if text == STORY else None)


@pytest.mark.parametrize(
    ("bounds", "figure"),
    [
        ("fact: words, min: 43", None),
        ("fact: words, min: 44", "words 43"),
        ("fact: words, max: 43", None),
        ("fact: words, max: 42", "words 43"),
        ("fact: words, min: 1, max: 42", "words 43"),
        ("fact: words, min: 44, max: 50", "words 43"),
        ("fact: words, min: 1, max: 50", None),
        ("fact: removed_share, max: 0.05", None),  # 2 of 45 words
        ("fact: removed_share, max: 0.04", "removed_share 0.0444"),
        ("fact: prose_share, min: 1", None),
    ],
)
def test_a_filter_tells_its_figure_outside_its_bounds(bounds: str, figure: str | None) -> None:
    verdict = cleaned(f"{STORY}\nShare this", SHARE, f"id: q/x, label: quality, document: {{{bounds}}}").verdict
    assert (verdict.kept, verdict.filter, verdict.figure) == (figure is None, "q/x" if figure else "", figure or "")


def test_of_what_cannot_be_told_no_filter_complains() -> None:
    rule = "id: q/x, label: quality, document: {fact: language_probability, min: 0.9}"
    assert cleaned("14:30", rule).verdict.kept


def test_the_first_filter_by_its_id_is_named_with_a_whole_figure() -> None:
    rules = [f"id: q/{n}, label: quality, document: {{fact: characters, max: 1}}" for n in "ba"]
    verdict = cleaned("rain " * 400_000, *rules).verdict
    assert (verdict.filter, verdict.figure) == ("q/a", "characters 1999999")


@pytest.mark.parametrize(("language", "kept"), [("[en]", False), ("[de]", True), ("[]", False)])
def test_a_filter_is_for_its_languages(language: str, kept: bool) -> None:
    rule = f"id: q/long, label: quality, document: {{fact: words, max: 40}}, language: {language}"
    verdict = cleaned(STORY, rule).verdict
    assert verdict.kept is kept
    if not kept:
        assert (verdict.filter, verdict.figure) == ("q/long", "words 43")
