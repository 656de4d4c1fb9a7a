"""Why a line went or stayed: near misses with their guard and figures, what won, what lost, in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.cli import run
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options, Suppression
from cleaner.review.explain import ExplainedLine, Explanation, explain, only_rule, signatures
from cleaner.rules.load import parse_pack

PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them."
)


def explained(text: str, *rules: str, options: Options | None = None, lists: str = "{}") -> Explanation:
    """Explain a text under rules in short: `id: x/a, ...`."""
    body = "".join(
        f"  - {{why: w, removes: r, keeps: k, {'' if 'label:' in rule else 'label: ad, '}{rule}}}\n" for rule in rules
    )
    pack = parse_pack({"pack.yaml": f"lists: {lists}\nrules:\n{body}"})
    return explain(Document(id="doc", text=text), compile_program(pack, options))


def misses(line: ExplainedLine) -> list[tuple[str, str, str]]:
    return [(miss.rule.id, miss.guard, miss.figure) for miss in line.misses]


# Rows


def test_every_line_of_the_text_is_there_blank_ones_too() -> None:
    text = f"Share this\n\n  {PROSE}\n"
    found = explained(text, "id: x/share, line: [share this]")
    assert [(line.row, line.text) for line in found.lines] == [(1, "Share this"), (2, ""), (3, f"  {PROSE}"), (4, "")]
    assert all(text[line.start :].startswith(line.text) for line in found.lines)
    assert [[edit.rule for edit in line.edits] for line in found.lines] == [["x/share"], [], [], []]


def test_pieces_are_shown_with_their_line() -> None:
    found = explained(
        f"{PROSE}\nBoats in. Share this!", "id: x/tail, inline: 'Share this!?'", "id: x/in, inline: 'oats'"
    )
    assert [edit.text for edit in found.lines[1].edits] == ["oats", "Share this!"]
    assert found.lines[0].edits == ()
    assert signatures(found.lines[1].edits) == "ad · x/in, ad · x/tail"
    assert signatures((*found.lines[1].edits, *found.lines[1].edits)) == "ad · x/in, ad · x/tail"


@pytest.mark.parametrize("gap", ["\n", " \n "])
def test_a_join_is_shown_with_the_line_that_it_mends(gap: str) -> None:
    rule = "id: x/join, label: repair, join: {after: 'U[.]S[.]', before: '[A-Z]'}"
    found = explained(f"He joined the U.S.{gap}Navy in May.\n{PROSE}", rule)
    assert found.article.text.startswith("He joined the U.S. Navy")
    assert [edit.rule for edit in found.lines[0].edits] == ["x/join"]
    assert [bool(line.edits) for line in found.lines] == [True, gap != "\n", False]  # the blank is of the second
    assert only_rule(found, "x/join")[0].row == 1


# Near misses


@pytest.mark.parametrize(
    ("rule", "line", "guard", "figure"),
    [
        ("pattern: 'Read more: [a-z]+'", "Read more: Books", "pattern", "its literal is there"),
        ("inline: 'Read more: [A-Z]+'", "Read more: books", "pattern", "its literal is there"),
        ("line: [boats], where: {max_words: 0}", "Boats", "max_words", "wanted 0, found 1"),
        ("line: [boats], where: {min_words: 2}", "Boats", "min_words", "wanted 2, found 1"),
        ("line: [boats], where: {zone: head}", "Boats", "zone", "wanted ('head',), found tail"),
        ("line: [boats], where: {first: true}", "Boats", "first", "wanted True, found False"),
        ("line: [boats], where: {blank_above: true}", "Boats", "blank_above", "wanted True, found False"),
        ("line: [boats], where: {document_words: 50}", "Boats", "document_words", "wanted 50, found 41"),
        ("line: [boats], where: {labelled_lines: 2}", "Boats", "labelled_lines", "wanted 2, found 0"),
        ("line: [boats], where: {ends_sentence: true}", "Boats", "ends_sentence", "wanted True, found False"),
        ("line: [boats], where: {above: [ad]}", "Boats", "above", "found no label, 1 line break away"),
        ("line: [boats], where: {below: [ad]}", "Boats", "below", "found edge of the text"),
        ("pattern: 'Read more: .+', unless: ['[Oo]pinion']", "Read more: opinion", "unless", "[Oo]pinion"),
        ("pattern: 'Read more: .+', where: {quotation: true}", "Read more: books", "quotation", "found False"),
    ],
)
def test_a_near_miss_names_the_guard_and_its_figures(rule: str, line: str, guard: str, figure: str) -> None:
    found = explained(f"{PROSE}\n{PROSE}\n{line}", f"id: x/near, {rule}")
    assert found.article.edits == ()
    ((id_, failed, told_figure),) = misses(found.lines[2])
    assert (id_, failed) == ("x/near", guard)
    assert figure in told_figure
    assert [found.lines[i].misses for i in (0, 1)] == [(), ()]


def test_the_line_after_a_break_says_why_it_was_not_joined() -> None:
    rule = "id: x/join, label: repair, join: {after: 'U[.]S[.]', before: '[A-Z]'}"
    found = explained(f"He joined the U.S.\nin May.\n{PROSE}", rule)
    assert misses(found.lines[0]) == [("x/join", "before", "the next line begins 'in May.'")]


@pytest.mark.parametrize(
    ("cut", "line", "figure"),
    [
        ("{to: end, max_words: 3}", "Boats in the bay", "would sweep 4 words, 9% of the text"),  # of 46
        ("{to: end, max_share: 0.05}", "Boats in the bay", "would sweep 4 words, 9% of the text"),
        ("{to: end}", f"“{PROSE}”", "line 4 holds a quotation"),
    ],
)
def test_a_cut_that_was_not_made_says_why(cut: str, line: str, figure: str) -> None:
    rule = f"id: x/most, label: related, line: [most read], cut: {cut}"
    found = explained(f"{PROSE}\n{PROSE}\nMost read\n{line}", rule)
    assert [edit.text for edit in found.article.edits] == ["Most read"]
    assert misses(found.lines[2]) == [("x/most", "cut", figure)]


def test_a_rule_out_of_scope_is_no_near_miss() -> None:
    scoped = ("id: x/de, line: [boats], language: [de]", "id: x/site, line: [boats], site: [example.com]")
    assert explained(f"{PROSE}\nBoats", *scoped).near(10) == []


def test_another_line_beside_it_is_no_near_miss() -> None:
    beside = "id: x/beside, label: caption, neighbour: {below: [caption]}, where: {max_words: 2}"
    labels = ("id: x/share, line: [share this]", "id: x/photo, label: caption, pattern: 'Photo: .+'")
    found = explained(f"{PROSE}\nShare this\nBoats in the bay\nPhoto: AP\nNets", beside, *labels)
    assert misses(found.lines[2]) == [("x/beside", "max_words", "wanted 2, found 4")]
    assert [line.row for line in found.lines if line.misses] == [3]


def test_guards_are_shown_before_patterns_then_in_order_of_place() -> None:
    rules = (
        "id: x/a, pattern: 'Read more: [a-z]+'",
        "id: x/b, pattern: 'Boats .+', where: {max_words: 1}",
        "id: x/c, pattern: 'Boats .+', unless: [nets]",
        "id: x/d, line: [home], where: {last: true}",
    )
    found = explained(f"Read more: Books\nHome\nBoats and nets\n{PROSE}", *rules)
    told_in_order = [(line.row, miss.rule.id, miss.guard) for line, miss in found.near(10)]
    assert told_in_order == [
        (2, "x/d", "last"), (3, "x/b", "max_words"), (3, "x/c", "unless"), (1, "x/a", "pattern"),
    ]  # fmt: skip
    assert found.near(2) == found.near(10)[:2]
    assert found.near(0) == []


def test_on_a_line_that_went_nothing_is_near() -> None:
    rules = ("id: x/share, line: [share this]", "id: x/near, line: [share this], where: {first: true}")
    found = explained(f"{PROSE}\nShare this", *rules)
    assert found.near(10) == []
    assert misses(found.lines[1]) == [("x/near", "first", "wanted True, found False")]


# What won, and what gave way


def losses(found: Explanation, row: int) -> list[tuple[str, str, str]]:
    return [(loss.rule, loss.to, loss.guard) for loss in found.lines[row - 1].losses]


def test_the_exception_that_won_is_named() -> None:
    rules = ("id: x/drop, line: [share this]", "id: x/allow, action: allow, pattern: 'Share .+'")
    found = explained(f"{PROSE}\nShare this", *rules)
    assert (found.lines[1].edits, losses(found, 2)) == ((), [("x/drop", "x/allow", "")])


def test_the_rule_that_won_is_named() -> None:
    rules = ("id: x/b, line: [share this]", "id: x/a, line: [share this]", "id: x/long, inline: 'Share'")
    found = explained(f"{PROSE}\nShare this", *rules)
    assert [edit.rule for edit in found.lines[1].edits] == ["x/a"]
    assert losses(found, 2) == [("x/long", "x/a", ""), ("x/b", "x/a", "")]  # in order of place


def test_what_a_guard_held_back_is_shown_with_its_figure() -> None:
    share = "id: x/share, line: [share this], budget: {words: 3}"
    found = explained(f"Share this\n{PROSE}\nShare this", share)
    assert [(x.guard, x.figure) for line in found.lines for x in line.losses] == [
        ("budget", "4 words of at most 3")
    ] * 2
    found = explained(f"{PROSE}\nShare this", share, options=Options(suppress=(Suppression(rule="x/*"),)))
    assert losses(found, 2) == [("x/share", "", "suppressed")]
    found = explained("\n".join([PROSE] * 3), "id: x/greedy, pattern: 'The lamps .+'")
    assert [x.figure for x in found.lines[2].losses] == ["100% of the words, of at most 60%"]
    assert found.article.flags == ("over-budget",)


def test_marks_stand_with_their_line() -> None:
    found = explained(f"{PROSE}\nShare this", "id: x/new, line: [share this], status: experimental")
    assert [signatures(line.marks) for line in found.lines] == ["", "ad · x/new"]


def test_filters_that_a_document_does_not_pass_are_shown_with_their_figures() -> None:
    filters = (
        "id: q/rejects, label: quality, document: {fact: words, max: 2}",
        "id: q/off, label: quality, document: {fact: words, max: 3}",
        "id: q/trial, label: quality, document: {fact: prose_share, max: 0.5}, status: experimental",
        "id: q/passed, label: quality, document: {fact: words, max: 99}",
    )
    found = explained(f"{PROSE}\nHome", *filters, options=Options(suppress=(Suppression(rule="q/off"),)))
    assert found.filters == [
        ("q/rejects", "rejected: words 21"),
        ("q/trial", "only marked: prose_share 0.9524"),
        ("q/off", "suppressed: words 21"),
    ]
    assert [line.marks or line.losses for line in found.lines] == [(), ()]  # they are of no line


# One rule, one line


def test_one_rules_part_is_what_it_did_marked_lost_and_missed() -> None:
    rules = (
        "id: x/more, pattern: 'Read more: .+', where: {max_words: 4}",
        "id: x/allow, action: allow, pattern: '.+ storm'",
        "id: x/other, line: [home]",
        "id: x/marks, inline: 'Read more', action: mark",
    )
    text = f"{PROSE}\nRead more: boats\nRead more: the storm\nHome\nRead more: boats in the bay\nRead on"
    found = explained(text, *rules)
    assert [line.row for line in only_rule(found, "x/more")] == [2, 3, 5]
    assert [line.row for line in only_rule(found, "x/marks")] == [2, 3, 5]
    assert [line.row for line in only_rule(found, "x/other")] == [4]
    assert only_rule(found, "x/none") == []
    removed, gave_way, nearly = only_rule(found, "x/more")
    assert removed.edits
    assert gave_way.losses[0].to == "x/allow"
    assert nearly.misses[0].figure == "wanted 4, found 6"


def test_a_line_and_a_rule_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEANER_CACHE", "")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(
        "rules:\n"
        "  - {id: x/more, label: ad, why: w, removes: r, keeps: k, pattern: 'Read more: .+', where: {max_words: 4}}\n"
        "  - {id: x/allow, label: ad, why: w, removes: r, keeps: k, action: allow, pattern: '.+ storm'}\n"
        "  - {id: q/trial, label: quality, why: w, keeps: k, action: mark, document: {fact: words, max: 9}}\n"
    )
    (tmp_path / "a.txt").write_text(f"{PROSE}\n\nRead more: the storm\nRead more: boats in the bay\nRead more: nets\n")

    def told_of(*arguments: str) -> str:
        assert run(["explain", *arguments]) == 0
        return capsys.readouterr().out

    assert told_of("a.txt:3") == "3 Read more: the storm\n  overridden x/more  by x/allow\n"
    assert told_of("a.txt:4") == "4 Read more: boats in the bay\n  near miss x/more  max_words: wanted 4, found 6\n"
    assert told_of("a.txt:5") == "5 Read more: nets  ad · x/more\n  removed by x/more  ad\n"
    assert "filter: q/trial  only marked: words 30\n" in told_of("a.txt")
    assert told_of("a.txt", "--rule", "q/trial") == "the document: only marked: words 30\n"
    assert "no rule was tried" in told_of("a.txt:2")
    assert told_of("a.txt", "--rule", "x/more") == "".join(told_of(f"a.txt:{row}") for row in (3, 4, 5))
