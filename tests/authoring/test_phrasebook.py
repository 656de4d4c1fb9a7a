"""The phrasebook: lines for every branch of a pattern, borne out by the rule, and lines just beside them."""

from __future__ import annotations

from random import Random

import pytest

from cleaner.matching.patterns.regex import compiled, expand
from support.pattern_samples import GAP, HERE, drafts, sampled
from support.phrasebook import Known, alone, anywhere, lines_of, now, signed
from support.short import pack


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("(?:boats|ships?) in", ["boats in", "ship in", "ships in"]),
        (r"\W*(?i:boats)\W*", ["boats", " boats", "boats "]),
        (r"[^\p{L}]\p{Lu}\p{Ll}+", ["1Aa"]),
        (r"[\p{Han}]{2} \p{Hangul}\p{Arabic}", ["中中 가ب"]),
        (r"(?P<authors>[^|]{3,})\|", ["aaa|"]),
        ("by {names}", ["by Anna"]),
    ],
)
def test_drafts_take_every_branch_of_a_pattern(pattern: str, texts: list[str]) -> None:
    lists = {"names": ("Anna", "Ilse")}
    base, others = drafts(pattern, lists)
    made = [draft.replace(GAP, "") for draft in (base, *others)]
    assert made == texts
    assert all(compiled(f"^(?:{expand(pattern, lists)})$").search(text) for text in made)


def test_a_gap_takes_words_in() -> None:
    assert drafts("boats.{0,40}in", {}) == (f"boats{GAP}in", [])
    assert drafts("boats ?.{0,3}in", {})[0] == "boatsin"


def test_a_drawn_text_goes_where_it_is_sent() -> None:
    pattern = f"(?:boats|{HERE}ships)(?: (?:in|out|{HERE}away))?"
    assert {sampled(pattern, {}, Random(n)) for n in range(9)} == {"ships away"}


def book(rule: str) -> dict[str, bool]:
    """The lines of a rule, and whether it knows them."""
    rules = pack(f"id: x/rule, {rule}")
    known = Known(alone(rules.rules[0]), rules)
    return {text: known(text) for text in lines_of(rules.rules[0], rules)}


def test_lines_stand_on_either_side_of_a_word_count() -> None:
    lines = book("pattern: 'Boats.{0,60}', where: {max_words: 4}")
    assert {len(text.split()): known for text, known in lines.items() if text.startswith("Boats aa")} == {
        4: True,
        5: False,
    }


def test_an_exception_has_a_line_that_it_lets_off() -> None:
    lines = book("pattern: 'Boats.{0,60}', unless: [' tides? ']")
    assert [text for text, known in lines.items() if not known and " tide " in text]


def test_lines_past_either_end_are_not_known() -> None:
    lines = book("pattern: 'Boats.{0,8}'")
    assert [known for text, known in lines.items() if text.endswith(" Boats")] == [False]
    assert [known for text, known in lines.items() if text.startswith("Boats 7aA")] == [False]


def test_a_sentence_is_written_with_its_stop_and_its_capital_where_the_rule_asks() -> None:
    assert book("pattern: '(?i:boats)\\W*', unless: ['^\\p{Ll}'], where: {ends_sentence: true}")["Boats."]


def test_a_piece_is_shown_at_its_place() -> None:
    rules = pack(
        "id: x/in, inline: 'Boats(?: in)?'", "id: x/all, line: [boats in]", "id: x/de, line: [boote], language: de"
    )
    program = anywhere(rules)
    lines = signed(["Boats in", "No Boats in!", "Boote", "Nets"], "core", program)
    assert list(map(str, lines)) == [
        "- Boats in  ⟵ ad · x/all, ad · x/in", "~ No ⟦Boats in⟧!  ⟵ ad · x/in", "- Boote  ⟵ ad · x/de", "  Nets",
    ]  # fmt: skip
    assert now(lines, "core", program) == lines
    assert [line.signs for line in now(lines, "en", program)][2] == ""
