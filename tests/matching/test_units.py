"""Sentences within longer lines are units of rules, with true offsets; the rest of the line stays as it is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import compile_program
from cleaner.matching.units import with_units
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import Cut, Neighbour, Rule, Where
from cleaner.rules.load import make_pack
from cleaner.text.lines import Lines

STORY = "The ferry to the island was late on Monday, the harbour office said."
MORE = "Nobody on the quay had been warned, and the shops ran out of bread before noon."


def rule(**more: Any) -> Rule:
    return Rule(**{"id": "x/rule", "label": "share", "why": "w", **more})


def cleaned(text: str, *rules: Rule) -> Article:
    program = compile_program(make_pack([*rules], {}), Options(budget=1.0))
    article = clean_document(Document(id="a", text=text), program)
    assert article.original() == text
    return article


SHARE = rule(line=("share this story",))
PHOTO = rule(id="x/photo", label="caption", pattern=r"\(?Photo: .{3,60}\)?")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{STORY} Share this story. {MORE}", f"{STORY} {MORE}"),
        (f"{STORY} Share this story", STORY),
        (f"Share this story! {MORE}", MORE),
        (f"{STORY}Share this story.{MORE}", f"{STORY} {MORE}"),  # the blanks are lost
        (f"{STORY} | Share this story | {MORE}", f"{STORY} | {MORE}"),
        (f"{STORY} (Photo: A. Reed/Example) {MORE}", f"{STORY} {MORE}"),
        (f"{STORY[:-1]} Share this story {MORE}", f"{STORY[:-1]} {MORE}"),  # the marks are lost: capitals tell
        (f"{STORY[:-1]} share this story {MORE}", None),  # neither a mark nor a capital says where the phrase begins
        (f"{STORY} Share this story in the harbour. {MORE}", None),
        (f"{STORY} Share this story with nobody. {MORE}", None),  # another sentence
    ],
)
def test_a_sentence_that_a_rule_matches_as_a_whole_is_a_unit(text: str, left: str | None) -> None:
    assert cleaned(text, SHARE, PHOTO).text == (left or text)


@pytest.mark.parametrize(
    ("unit", "phrase", "goes"),
    [
        (None, "share this", False),
        (None, "share this story", True),
        ("sentence", "share", True),
        ("line", "share this story", False),
    ],
)
def test_short_sentences_go_only_where_the_rule_says_so(unit: Any, phrase: str, goes: bool) -> None:
    found = cleaned(f"{STORY} {phrase.title()}. {MORE}", rule(line=(phrase,), unit=unit)).edits
    assert bool(found) is goes
    assert cleaned(f"{STORY}\n{phrase}\n{MORE}", rule(line=(phrase,), unit=unit)).edits


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        (f"{STORY} Advertisement The council met on Monday. {MORE}", True),
        (f"{STORY} Advertisement Standards Authority rules are old. {MORE}", False),  # a name
        (f"{STORY} The board of Advertisement The Lantern met. {MORE}", False),
    ],
)
def test_a_short_phrase_without_a_mark_goes_only_before_a_sentence(text: str, goes: bool) -> None:
    left = cleaned(text, rule(line=("advertisement",), unit="sentence")).text
    assert left == (text.replace("Advertisement ", "") if goes else text)


def test_a_capital_ends_no_phrase_where_all_nouns_have_one() -> None:
    text = f"{STORY} Mehr zum Thema Klima steht im Bericht des Rates. {MORE}"
    program = compile_program(make_pack([rule(line=("mehr zum thema",))], {}), Options(budget=1.0))
    assert with_units(program, Lines(text), language="de", host=None).texts == Lines(text).texts
    assert with_units(program, Lines(text), language="nl", host=None).texts != Lines(text).texts


def test_a_line_that_a_rule_takes_as_a_whole_is_not_split() -> None:
    both = rule(id="x/both", label="caption", pattern=r"A ferry .{10,80} Photo: .{3,20}")
    text = f"{STORY}\nA ferry lies at the quay, seen on Monday morning from the hill. Photo: A. Reed\n{MORE}"
    assert [edit.rule for edit in cleaned(text, both, PHOTO).edits] == ["x/both"]


def test_a_headline_without_an_end_mark_takes_no_sentence_of_the_story_with_it() -> None:
    link = rule(id="x/link", label="related", pattern="Read also: .{4,200}")
    glued = f"{STORY} Read also: Bread runs short {MORE}"
    assert cleaned(glued, link).text == glued
    assert cleaned(f"{STORY} Read also: Will bread run short? {MORE}", link).text == f"{STORY} {MORE}"


def test_an_allow_splits_no_line_and_a_cut_begins_at_none() -> None:
    allow = rule(id="x/allow", action="allow", pattern="Share this story with .+")
    end = rule(id="x/end", label="related", line=("more from the paper",), cut=Cut(to="end", max_share=1.0))
    text = f"{STORY} More from the paper. {MORE}\n{MORE}"
    assert cleaned(text, allow, end).text == text.replace("\n", "\n\n")


def test_a_text_of_one_line_is_split_into_all_its_sentences() -> None:
    beside = rule(id="x/beside", label="caption", neighbour=Neighbour(below=("caption",)), where=Where(max_words=9))
    text = f"{STORY} {MORE} {STORY} {MORE} A ferry lies at the quay. Photo: A. Reed"
    assert cleaned(text, PHOTO, beside).text == f"{STORY} {MORE} {STORY} {MORE}"


def test_a_text_of_one_line_is_not_split_within_what_an_inline_rule_finds() -> None:
    note = rule(id="x/copyright", label="legal", inline=r"© \d{4} Harbour Post\. All rights reserved\.")
    text = f"{STORY} {MORE} {STORY} {MORE} {STORY} © 2024 Harbour Post. All rights reserved."
    assert cleaned(text, note).text == f"{STORY} {MORE} {STORY} {MORE} {STORY}"


@given(
    st.lists(
        st.sampled_from([STORY, MORE, "Share this story.", "(Photo: A. Reed)", "|", " ", "  ", "•", "\n"]), max_size=12
    )
)
def test_edits_of_units_never_overlap_and_the_text_can_be_restored(pieces: list[str]) -> None:
    bar = rule(id="x/bar", label="ad", pattern=r"[|•]", everywhere="w", unit="sentence")
    edits = cleaned("".join(pieces), SHARE, PHOTO, bar).edits
    assert all(one.end <= other.start for one, other in pairwise(edits))


def test_lines_without_a_unit_are_the_same_object() -> None:
    lines = Lines(f"{STORY}\n{MORE}")
    assert with_units(compile_program(make_pack([SHARE], {})), lines, language="en", host=None) is lines


def test_parts_keep_offsets_rows_and_whole_lines() -> None:
    text = f"{STORY}\nOne. Two\nbroken. Three"
    at = text.index("\nbroken")
    lines = Lines(text, [(at, at + 1)]).split_at({1: [5, 17]})
    assert lines.texts == [STORY, "One.", "Two broken.", "Three"]
    assert [text[start : lines.end(i)].replace("\n", " ") for i, start in enumerate(lines.starts)] == lines.texts
    assert lines.rows == [0, 1, 1, 2]
    assert [lines.breaks(i, i + 1) for i in range(3)] == [1, 0, 0]
    assert lines.parts == {1, 2, 3}
    assert list(lines.unsplit_index) == [0, 1, 1, 1]
    assert lines.unsplit_between(1, 4) == 1
