"""Each condition at its border: it holds just inside, fails just outside, and reports its figure."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from cleaner.matching.conditions import CONDITIONS, Answer, checks, first_failed
from cleaner.matching.context import MatchContext
from cleaner.model.document import Block
from cleaner.model.rule import Label, Where
from cleaner.text.lines import Lines, word_count

PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them."
)
WORDS = {
    "finite_verbs": frozenset({"was", "doesn't"}),
    "attribution_verbs": frozenset({"said", "meint"}),
}


def context(text: str, labels: dict[int, Label] | None = None, **more: Any) -> MatchContext:
    made = MatchContext(Lines(text), words=WORDS, trace=True, **more)
    made.stage(labels or {})
    return made


def look(name: str, text: str, i: int, wanted: Any, labels: dict[int, Label] | None = None, **beside: Any) -> Answer:
    """What a condition says of the i-th line; `beside` are the others of its `where`."""
    return CONDITIONS[name](context(text, labels), i, wanted, Where(**{name: wanted, **beside}))


def test_every_condition_of_the_language_is_looked_up() -> None:
    assert CONDITIONS.keys() == {f.name for f in fields(Where)} - {"within"}


def test_only_what_is_asked_for_is_checked() -> None:
    assert checks(Where()) == ()
    assert checks(Where(within=1)) == ()
    assert [name for name, _, _ in checks(Where(quotation=False, max_words=3, above=("ad",)))] == [
        "above", "max_words", "quotation",
    ]  # fmt: skip


def test_the_first_that_fails_is_reported_with_what_was_wanted() -> None:
    where = Where(min_words=2, max_words=3, first=True)
    place = context("One two\nOne two three four\nOne")
    assert first_failed(place, 0, checks(where), where) is None
    assert first_failed(place, 1, checks(where), where) == ("max_words", "wanted 3, found 4")
    assert first_failed(place, 2, checks(where), where) == ("min_words", "wanted 2, found 1")


# Words


@pytest.mark.parametrize(("name", "bound", "holds"), [
    ("min_words", 3, True), ("min_words", 4, False), ("max_words", 3, True), ("max_words", 2, False),
])  # fmt: skip
def test_words_of_the_line(name: str, bound: int, holds: bool) -> None:
    assert look(name, "One\nTwo three four\nFive six", 1, bound) == (holds, 3)


@pytest.mark.parametrize(("bound", "holds"), [(6, True), (7, False)])
def test_words_of_the_document(bound: int, holds: bool) -> None:
    assert look("document_words", "One\n\nTwo three four\nFive six", 0, bound) == (holds, 6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one  two\tthree", 3),
        ("l’été – déjà", 3),  # a dash that stands alone is set like a word
        ("港口の灯", 3),  # one piece between blanks, and half of its four characters
        ("港口的灯在星期二晚上又亮了", 7),  # 1 + 13 // 2
        ("カメラ 広告", 4),  # 2 + 5 // 2
        ("항만 위원회는", 2),  # Korean parts its words
        ("灯台 lamps", 3),
        ("ท่าเรือเปิดอีกครั้งในวันจันทร์", 7),  # 1 + 30 // 5
    ],
)
def test_words_where_none_are_spaced(text: str, words: int) -> None:
    assert word_count(text) == words
    if text:
        assert Lines(text).words == [words]


# Place


@pytest.mark.parametrize("name", ["first", "last"])
@pytest.mark.parametrize("wanted", [True, False])
def test_first_and_last_line_blank_ones_aside(name: str, wanted: bool) -> None:
    found = [look(name, "\n\nOne\n\nTwo\nThree\n\n", i, wanted) for i in range(3)]
    is_it = [i == (0 if name == "first" else 2) for i in range(3)]
    assert found == [(it is wanted, it) for it in is_it]


@pytest.mark.parametrize(("name", "expected"), [
    ("blank_above", [True, False, True]),  # the start of the text counts as blank
    ("blank_below", [False, True, True]),
])  # fmt: skip
def test_blank_lines_beside(name: str, expected: list[bool]) -> None:
    text = "One\nTwo\n\nThree"
    assert [look(name, text, i, True) for i in range(3)] == [(it, it) for it in expected]
    assert [look(name, text, i, False) for i in range(3)] == [(not it, it) for it in expected]


@pytest.mark.parametrize(
    ("blanks", "within", "holds", "figure"),
    [
        (0, 1, True, ""),
        (1, 1, False, "caption, 2 line breaks away"),
        (1, 2, True, ""),
        (2, 2, False, "caption, 3 line breaks away"),
        (2, 3, True, ""),
    ],
)
def test_a_labelled_neighbour_is_within_reach(blanks: int, within: int, holds: bool, figure: str) -> None:
    text = "One" + "\n" * (blanks + 1) + "Two"
    assert look("above", text, 1, ("caption",), {0: "caption"}, within=within) == (holds, figure)
    assert look("below", text, 0, ("caption", "ad"), {1: "caption"}, within=within) == (holds, figure)


def test_a_neighbour_has_one_of_the_labels_and_is_the_nearest_line() -> None:
    text, wanted = "One\nTwo\nThree", ("caption", "ad")
    assert look("above", text, 2, wanted, {1: "share"}) == (False, "share, 1 line break away")
    assert look("above", text, 2, wanted, {0: "caption"}) == (False, "no label, 1 line break away")
    assert look("above", text, 0, wanted, {0: "caption"}) == (False, "edge of the text")


@pytest.mark.parametrize(("bound", "holds"), [(2, True), (3, False)])
def test_labelled_lines_are_other_lines(bound: int, holds: bool) -> None:
    labels: dict[int, Label] = {0: "share", 1: "ad", 3: "ad"}
    assert look("labelled_lines", "One\nTwo\nThree\nFour", 1, bound, labels) == (holds, 2)


# Sentences


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("It rained.", True),
        ("It rained", False),
        ("It rained:", False),
        ("It rained,", False),
        ("Did it rain?", True),
        ("It rained …", True),
        ("“It rained.”", True),
        ("„Es regnete.“", True),
        ("»Es regnete.«", True),
        ("(It rained.)", True),
        ("It rained.**", True),
        ("It rained”", False),
        ("雨が降った。", True),
        ("「雨が降った。」", True),
        ("هل أمطرت؟", True),
        ("वर्षा हुई।", True),
        ("雨が降った｡", True),
        ("《雨来了。》", True),
        ("ท่าเรือเปิด", False),  # Thai sets no full stop: a long line ends a sentence, a short one is a heading
        ("ท่าเรือเปิดอีกครั้งในวันจันทร์หลังพายุและชาวประมงกลับบ้านพร้อมปลา", True),
    ],
)
def test_a_line_ends_a_sentence(line: str, ends: bool) -> None:
    assert look("ends_sentence", line, 0, True) == (ends, ends)
    assert look("ends_sentence", line, 0, False) == (not ends, ends)


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("It was dark", True),
        ("WAS it dark", True),
        ("It doesn’t shine", True),  # with the quote that a typesetter chose
        ("A wash of light", False),  # a word, not a part of one
        ("Lamps on the mole", False),
    ],
)
def test_a_finite_verb_is_a_listed_word(line: str, holds: bool) -> None:
    assert look("finite_verb", line, 0, True) == (holds, holds)
    assert look("finite_verb", line, 0, False) == (not holds, holds)


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("市長は灯台を再開すると述べた", True),
        ("灯台の写真", False),
        ("Lamps, nobody said", True),
        ("Lampen, nobody unsaid", False),
    ],
)
def test_where_words_are_not_parted_a_listed_one_is_a_part_of_the_line(line: str, holds: bool) -> None:
    place = MatchContext(Lines(line), words={"finite_verbs": frozenset({"述べた", "said"})})
    assert CONDITIONS["finite_verb"](place, 0, True, Where())[0] is holds


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("“Lamps”", True),
        ('"Lamps"', True),
        ("„Lampen“", True),
        ("« Les lampes »", True),
        ("「灯り」", True),
        ("Lamps” on the mole", False),  # one mark is no pair
        ("The council’s lamps, the mole’s", False),  # apostrophes
        ("Lamps, said Brandt", True),
        ("Lampen, meint Brandt", True),
        ("The unsaid", False),
    ],
)
def test_a_quotation_has_marks_or_says_who_said_it(line: str, holds: bool) -> None:
    assert look("quotation", line, 0, True) == (holds, holds)


def test_without_word_lists_no_verb_is_known() -> None:
    bare = MatchContext(Lines("It was dark, said Brandt"))
    for name in ("finite_verb", "quotation"):
        assert CONDITIONS[name](bare, 0, True, Where()) == (False, False)


# What markup says


PLACED = Block(tag="li", inside=("aside", "ul"), names=("most", "read"), links=0.6)


@pytest.mark.parametrize(
    ("name", "wanted", "holds"),
    [
        ("tag", ("li", "p"), True),
        ("tag", ("ul",), False),
        ("inside", ("aside",), True),
        ("inside", ("nav", "li"), False),
        ("names", ("read",), True),
        ("names", ("aside",), False),
        ("min_links", 0.6, True),
        ("min_links", 0.7, False),
    ],
)
def test_markup_is_asked_of_pages_alone(name: str, wanted: Any, holds: bool) -> None:
    page = MatchContext(Lines("Rain\n\nLamps"), blocks=[Block(), Block(), PLACED])
    assert CONDITIONS[name](page, 1, wanted, Where())[0] is holds
    assert CONDITIONS[name](page, 0, wanted, Where())[0] is False
    assert CONDITIONS[name](context("Rain\n\nLamps"), 1, wanted, Where())[0] is False


# What other lines say


@pytest.mark.parametrize(("bound", "holds"), [(2, True), (3, False)])
def test_words_shared_with_the_labelled_neighbour(bound: int, holds: bool) -> None:
    """Of four letters or more, and each counted once."""
    text = "Harbour LAMPS at night: harbour by night\nThe lamps of the harbour by day, 1958"
    labels: dict[int, Label] = {0: "caption"}
    assert look("shares_words", text, 1, bound, labels, above=("caption",)) == (holds, 2)
    assert look("shares_words", text, 1, 1, labels, above=("ad",)) == (False, 0)
    assert look("shares_words", text, 1, 1, labels) == (False, 0)


def test_words_shared_with_the_neighbours_on_both_sides() -> None:
    text = "Harbour lamps\nLamps and nets of the harbour\nFishing nets"
    labels: dict[int, Label] = {0: "caption", 2: "caption"}
    assert look("shares_words", text, 1, 3, labels, above=("caption",)) == (False, 2)
    assert look("shares_words", text, 1, 3, labels, above=("caption",), below=("caption",)) == (True, 3)


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("Photo gallery: Lamps return to the harbour", True),
        ("LAMPS RETURN TO THE HARBOUR", True),
        ("Lamps return to the harbours", True),
        ("Lamps return to a harbour", False),
        ("Lamps", False),
    ],
)
def test_a_line_repeats_the_title(line: str, holds: bool) -> None:
    labelled = context(f"Lamps return to the harbour!\n{line}", {0: "title"})
    given = context(f"Rain\n{line}", titles=["Lamps return to the harbour"])
    for place in (labelled, given):
        assert CONDITIONS["repeats_title"](place, 1, True, Where()) == (holds, holds)
        assert CONDITIONS["repeats_title"](place, 1, False, Where()) == (not holds, holds)


def test_no_line_repeats_a_title_that_is_not_there() -> None:
    assert look("repeats_title", "Rain\nRain", 1, True) == (False, False)
    assert CONDITIONS["repeats_title"](context("Rain", titles=[""]), 0, True, Where()) == (False, False)


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("The Harbour Courier is a daily.", True),
        ("Read more in HARBOUR COURIER", True),
        ("Valley Post is a daily.", False),
        ("The harbour has a courier.", False),
    ],
)
def test_a_line_names_the_publisher(line: str, holds: bool) -> None:
    text = f"© 2024 The Harbour Courier\n{line}"
    assert look("names_publisher", text, 1, True, {0: "legal"}) == (holds, holds)
    assert look("names_publisher", text, 1, True) == (False, False)


# Zones: the head ends before the first long prose line, the tail begins behind two thirds of the words.


def zones(text: str) -> list[str]:
    lines = Lines(text)
    return ["+".join(lines.zones(i)) for i in range(len(lines))]


def test_zones_of_a_text_without_prose_overlap() -> None:
    assert zones("Share\nBoats in the bay\nHome") == ["head+tail"] * 3
    assert zones("") == []


def test_zones_of_a_text_with_prose() -> None:
    lines = ["Home", PROSE, PROSE, PROSE, "Share", "Boats"]
    assert zones("\n".join(lines)) == ["head", "body", "body", "body", "tail", "tail"]
    lines = ["Home", PROSE, PROSE, "Share", PROSE, "Boats in"]
    assert zones("\n".join(lines)) == ["head", "body", "body", "body", "body", "tail"]


@pytest.mark.parametrize(("words", "ended", "head"), [(20, True, 1), (19, True, 2), (20, False, 2)])
def test_the_head_ends_before_a_long_line_that_ends_a_sentence(words: int, ended: bool, head: int) -> None:
    line = " ".join(["rain"] * words) + "." * ended
    assert Lines(f"Home\n{line}\n{PROSE}").head_end == head


def test_the_tail_begins_where_two_thirds_of_the_words_stand_above() -> None:
    """20 words of prose above: that is two thirds of 30, and less than two thirds of 31."""
    assert len(PROSE.split()) == 20
    assert zones(f"{PROSE}\n{'word ' * 10}") == ["body", "tail"]
    assert zones(f"{PROSE}\n{'word ' * 11}") == ["body", "body"]


@pytest.mark.parametrize(
    ("wanted", "i", "verdict"),
    [
        (("head",), 0, (True, "head")),
        (("tail",), 0, (False, "head")),
        (("body", "tail"), 1, (True, "body")),
        (("head", "tail"), 1, (False, "body")),
        (("tail",), 4, (True, "tail")),
    ],
)
def test_a_line_is_in_one_of_the_zones(wanted: tuple[Any, ...], i: int, verdict: Answer) -> None:
    assert look("zone", "\n".join(["Home", PROSE, PROSE, "Share", "Boats"]), i, wanted) == verdict


def test_a_line_of_a_text_without_prose_is_in_head_and_tail() -> None:
    assert look("zone", "Share", 0, ("tail",)) == (True, "head+tail")
    assert look("zone", "Share", 0, ("body",)) == (False, "head+tail")
