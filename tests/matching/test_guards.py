"""How much rules may remove: budgets, of a rule and of a document, and the guards of a cut."""

from __future__ import annotations

import pytest

from cleaner.cleaning.prepare import prepare
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.review import render
from cleaner.review.diff import compare
from support.short import CREDIT, MORE, PROSE, SHARE, SHARED, STORY, cleaned, pack, removed

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
    assert "flags: nothing → over-budget" in render.without_styles(render.render_diff(found))
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


def test_a_cut_to_the_start_sweeps_the_lines_before() -> None:
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
