"""Facts of the lines of a page, on pages of a few lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleaner.cleaning.prepare import context_of, prepare
from cleaner.matching.page.article_region import LINE_MEASURES, page_lines_of
from cleaner.matching.page.line_facts import MEASURES, TEXT_FACTS
from cleaner.matching.page.page_facts import WHOLENESS, value_of_text
from cleaner.matching.page.page_lines import ENDS, STARTS
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.rule import Label
from cleaner.text.lines import Lines
from support.short import MORE, PROSE, pack

LISTS = "{en_function_words: [the, that, on, a, of]}"


def facts(text: str, *names: str, labels: dict[int, Label] | None = None, url: str | None = None) -> list[list[float]]:
    """The named facts' columns."""
    prepared = prepare(Document(id="doc", text=text, url=url))
    program = compile_program(pack("id: x/a, line: [no such line]", lists=LISTS))
    context = context_of(prepared, program, Lines(prepared.text), None)
    context.stage(labels or {})
    page = page_lines_of(context)
    return [page.fact(name).tolist() for name in names]


def test_every_fact_is_a_number_a_line_and_every_kind_has_a_name() -> None:
    text = f"Home\n  * News\n\n{PROSE}\n„Wer?“, fragte sie …\nくじら"
    for name in MEASURES:
        (column,) = facts(text, name)
        assert len(column) == 5
        if name in TEXT_FACTS:
            assert all(value in range(len(TEXT_FACTS[name])) for value in column), name
    assert facts("", *MEASURES) == [[] for _ in MEASURES]


def test_prose_occurs_in_clusters() -> None:
    text = "\n".join(["Home", PROSE, "A subhead", MORE, *["Menu"] * 12, PROSE, "Imprint"])
    cluster, wide, above = facts(text, "cluster", "wide cluster", "prose above 3")
    own = (20 + 23) / 63
    assert cluster[:5] == [0.0, own, own, own, 0.0]
    assert cluster[-2:] == [20 / 63, 0.0]
    assert set(wide[1:-1]) == {own, 0.0, 20 / 63}
    assert above[:5] == [0.0, 0.0, 20.0, 20.0, 43.0]


def test_prose_is_counted_from_both_sides() -> None:
    since, until = facts(f"Home\n{PROSE}\nMenu\nMenu", "since prose", "until prose")
    assert since[2:] == [0.0, 1.0]
    assert until[0] == 0.0
    assert until[2:] == [99.0, 99.0]


def test_teasers_have_rhythm() -> None:
    teaser = "Ferry fares rise again in May\n12 March"
    rhythm, plain = (
        facts(text, "rhythm")[0] for text in ("\n".join([teaser] * 5), f"Home\n{PROSE}\n- a\n  b c d e f g h\n\n12")
    )
    assert rhythm == [2.0, 2.0, 3.0, 3.0, 4.0, 3.0, 3.0, 2.0, 2.0, 2.0]  # 2 and 4 lines away, both ways
    assert plain == [0.0] * 5
    assert facts("Home", "rhythm") == [[0.0]]


def test_copies_are_counted_independently_of_their_surroundings() -> None:
    assert facts("* Home\nHOME\nNews\nHome ›", "copies") == [[3.0, 3.0, 1.0, 3.0]]


def test_a_line_is_cohesive_where_its_words_stand_in_other_prose() -> None:
    more = MORE.replace("cable", "lamps")
    cohesion, function = facts(f"{PROSE}\n{more}\nNorthern lamps\nCookie settings", "cohesion", "function words")
    assert cohesion[2:] == [1.0, 0.0]
    assert 0 < cohesion[0] < 0.2  # the lamps alone: its own words don't count
    assert function[2:] == [0.0, 0.0]
    assert function[0] > 0.5


def test_indents_are_of_the_line_and_of_its_neighbours() -> None:
    text = f"  * Home\n      * Sign in\n  * News\n{PROSE}\n{MORE}"
    indent, above, below = facts(text, "indent", "indent above", "indent below")
    assert indent == [0.0, 0.0, 0.0, 1.0, 1.0]
    assert above == [1.0, 2.0, 0.0, 0.0, 1.0]  # 0 less, 1 alike, 2 more
    assert below == [0.0, 2.0, 2.0, 1.0, 1.0]


def test_gaps_count_line_breaks_to_three() -> None:
    assert facts("a\nb\n\n\n\nc", "gap above", "gap below") == [[0.0, 1.0, 3.0], [1.0, 3.0, 0.0]]


@pytest.mark.parametrize(
    ("line", "end", "start"),
    [
        ("Home", "word", "capital"),
        ("the lamps came on.", "sentence", "small"),
        ("* Home", "word", "bullet"),
        ("12 March", "word", "digit"),
        ("“Who?”", "question", "quote"),
        ("Pourquoi ? »", "question", "capital"),
        ("And so…", "ellipsis", "capital"),
        ("It is this:", "colon", "capital"),
        ("Home >", "bar", "capital"),
        ("Photo (AFP)", "bracket", "capital"),
        ("灯りが戻った。", "sentence", "capital"),
        ("(see below)", "bracket", "other"),
    ],
)
def test_a_line_begins_and_ends_as_one_of_a_kind(line: str, end: str, start: str) -> None:
    ends, starts = facts(line, "end", "start")
    assert (ENDS[int(ends[0])], STARTS[int(starts[0])]) == (end, start)


def test_scripts_without_blanks_have_prose_too() -> None:
    text = "港の灯りは嵐から十一週間が過ぎた火曜日の夜にようやく再び点灯し、人々は桟橋に集まって喜び合った。"
    words, share, commas = facts(f"{text}\n検索", "words", "prose share", "commas")
    assert words[0] > 12
    assert share[0] > 0.9
    assert commas == [1.0, 0.0]


@pytest.mark.parametrize(
    ("line", "digits", "year", "clock"),
    [
        ("Lamps", 0.0, 0, 0), ("in 2024 at 6:15", 7 / 15, 1, 1), ("12", 1.0, 0, 0), ("١٢", 1.0, 0, 0),
        ("x² 18.05", 5 / 8, 0, 1), ("120240", 1.0, 0, 0),
    ],
)  # fmt: skip
def test_digits_years_and_times_are_found(line: str, digits: float, year: int, clock: int) -> None:
    assert facts(line, "digits", "year", "clock") == [[digits], [year], [clock]]


@pytest.mark.parametrize(
    ("line", "glued"),
    [("harbourFerry", 1), ("harbour.Ferry", 1), ("Harbour. Ferry", 0), ("USAid", 0), ("éÉt", 0), ("éEt", 1)],
)
def test_words_that_a_tool_glued_are_seen(line: str, glued: int) -> None:
    assert facts(line, "glued") == [[glued]]


def test_labels_and_distances_to_them_are_measured() -> None:
    label, since, until = facts(
        f"Home\nBy Anna\n{PROSE}\nShare", "label", "since opener", "until closer", labels={1: "byline", 3: "share"}
    )
    assert [TEXT_FACTS["label"][int(each)] for each in label] == ["none", "byline", "none", "share"]
    assert since == [99.0, 0.0, 1.0, 2.0]
    assert until == [3.0, 2.0, 1.0, 0.0]


def test_the_address_identifies_the_title() -> None:
    url = "https://news.example/2024/lamps-return-to-harbour"
    text = f"Home\nLamps return to the harbour\n{PROSE}"
    share, since = facts(text, "in address", "since title", url=url)
    assert share[:2] == [0.0, 0.6]
    assert since == [99.0, 0.0, 1.0]
    assert facts(text, "in address", url="https://news.example/4711") == [[0.0] * 3]


def test_facts_of_a_text_as_a_whole() -> None:
    program = compile_program(pack("id: x/a, line: [no such line]"))
    prepared = prepare(Document(id="doc", text=f"Home\nNews\n{PROSE}\nA subhead\n{MORE}\nHome"))
    context = context_of(prepared, program, Lines(prepared.text), None)
    context.stage({0: "navigation", 5: "navigation", 3: "caption"})
    value = value_of_text(context)
    assert {fact: value(fact, 0) for fact in WHOLENESS} == {
        "lines": 6, "short lines": 4, "short share": 4 / 6, "short lines outside": 3, "furniture": 2,
        "furniture share": 2 / 6, "loose lines": 1, "loose lines outside": 1, "loose share": 1 / 6, "copied": 2 / 6,
        "prose share": 43 / 48,
    }  # fmt: skip


def test_every_fact_is_in_the_docs() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "structure.md").read_text("utf-8")
    documented = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert documented == list(dict.fromkeys((*LINE_MEASURES, *WHOLENESS)))
