"""Article region rules on whole pages: the article stays, what stands around it goes, articles are left alone."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from cleaner.api import default_program
from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.cleaning.edits import rebuild
from cleaner.errors import RulesError
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import WholePages
from cleaner.review.explain import Explanation, explain, only_rule
from cleaner.rules.load import parse_pack
from cleaner.text.normalise import normalise
from support.short import MORE, PROSE
from support.whole_pages import PAGES, parted

ROOT = Path(__file__).parent.parent.parent
RULE = "page/around-the-article"
EVERY = list(PAGES)
ARTICLES = sorted((ROOT / "raw").rglob("*.txt"))
SMALL = """\
lists:
  points: ['words < 4 => -1.00 | words < 6 => -0.50 | +1.00', 'words < 2 => -0.25 | +0.00']
  whole: ['short lines >= 3 => +1.00 | -1.00']
rules:
  - id: page/around
    label: page
    why: w
    article_region: {of: text, points: points, whole: whole}
    removes: [x]
    keeps: [x]
"""
STORY = f"Home\nNews\nSport\n{PROSE}\n{MORE}\nImprint and privacy"


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


@lru_cache(maxsize=4)
def program(which: WholePages = "auto") -> Program:
    return default_program(ROOT / "rules", Options(whole_pages=which))


def cleaned(page: str, which: WholePages = "auto") -> Article:
    return clean_document(Document(id="page", text=parted(PAGES[page])[0]), program(which))


def small(more: str = "", options: Options | None = None) -> Program:
    return compile_program(parse_pack({"a.yaml": SMALL + more}), options)


# Whole pages


@pytest.mark.parametrize("page", EVERY)
def test_a_page_loses_all_around_its_article_and_nothing_of_it(page: str) -> None:
    _, own, others = parted(PAGES[page])
    kept = lines(cleaned(page).text)
    assert kept == own
    assert not set(others) & set(kept)


@pytest.mark.parametrize("page", EVERY)
def test_what_goes_is_signed_and_can_be_put_back(page: str) -> None:
    article = cleaned(page)
    signed = [edit for edit in article.edits if edit.rule == RULE]
    assert {edit.label for edit in signed} == {"page"}
    assert rebuild(article.text, article.edits, article.spacing) == normalise(parted(PAGES[page])[0])


@pytest.mark.parametrize("page", EVERY)
def test_menus_do_not_count_towards_the_budget(page: str) -> None:
    alone = compile_program(
        replace(program().pack, rules=tuple(r for r in program().pack.rules if r.article_region)),
        Options(budget=0.0, whole_pages="always"),
    )
    article = clean_document(Document(id="page", text=parted(PAGES[page])[0]), alone)
    assert article.flags == ()
    assert article.edits


@pytest.mark.parametrize("page", EVERY)
def test_never_means_never(page: str) -> None:
    article = cleaned(page, "never")
    assert not [edit for edit in article.edits if edit.label == "page"]
    assert set(parted(PAGES[page])[1]) <= set(lines(article.text))


# Articles


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)
def test_an_article_is_left_alone(file: Path) -> None:
    raw = Document(id=file.name, text=file.read_bytes().decode("utf-8", "replace"))
    article = replace(raw, text=clean_document(raw, program("never")).text)
    assert not [edit for edit in clean_document(article, program()).edits if edit.rule == RULE]


def test_always_takes_any_text_for_a_page() -> None:
    text = f"Home\n\n{PROSE}\n\n{MORE}"
    always = small(options=Options(whole_pages="always"))
    assert clean_document(Document(id="a", text=text), small()).text == text
    assert clean_document(Document(id="a", text=text), always).text == f"{PROSE}\n\n{MORE}"


def test_the_choice_is_part_of_the_digest() -> None:
    assert len({program(which).digest for which in ("auto", "always", "never")}) == 3


# With other rules


def test_what_other_rules_leave_of_a_line_goes() -> None:
    article = clean_document(
        Document(id="a", text=STORY),
        small("  - {id: x/and, label: ad, why: w, inline: ' and ', removes: [' and '], keeps: [x]}\n"),
    )
    assert lines(article.text) == [PROSE, MORE]
    signed = [(edit.rule, edit.text) for edit in article.edits]
    assert signed[-3:] == [("page/around", "Imprint"), ("x/and", " and "), ("page/around", "privacy")]


@pytest.mark.parametrize("allows", ["", ", allows: [page]", ", allows: [page/around]"])
def test_an_allow_protects_a_line(allows: str) -> None:
    sport = "id: x/sport, label: section, why: w, line: [sport], removes: [Sport], keeps: [x]"
    article = clean_document(Document(id="a", text=STORY), small(f"  - {{{sport}, action: allow{allows}}}\n"))
    assert lines(article.text) == ["Sport", PROSE, MORE]
    assert [(loss.rule, loss.to) for loss in article.losses] == [("page/around", "x/sport")]


def test_a_scope_holds_for_structure_rules_too() -> None:
    german = parse_pack({"a.yaml": SMALL.replace("    why: w", "    why: w\n    language: de")})
    english = Document(id="a", text=STORY, input_metadata={"language": "en"})
    assert clean_document(english, compile_program(german)).edits == ()


def test_an_empty_text_is_no_page() -> None:
    assert clean_document(Document(id="a", text="\n"), small(options=Options(whole_pages="always"))).edits == ()


# Explained


def explained(text: str, options: Options | None = None) -> Explanation:
    return explain(Document(id="a", text=text), small(options=options))


def test_points_are_shown_of_removed_and_of_kept_lines() -> None:
    found = explained(STORY)
    assert found.article_region == (("page/around", "a whole page, +1.00 points: short lines >= 3 +1.00"),)
    assert [[weight.figure for weight in line.weights] for line in found.lines] == [
        *[["-1.25 points: words < 4 -1.00, words < 2 -0.25"]] * 3,
        *[["+1.00 points: "]] * 2,
        ["-1.00 points: words < 4 -1.00"],
    ]
    assert [line.row for line in only_rule(found, "page/around")] == [1, 2, 3, 6]
    assert not found.near(9)


def test_a_line_that_its_neighbours_kept_came_near() -> None:
    found = explained(STORY.replace(MORE, f"The lamps came on\n{MORE}"))
    (near,) = [line for line in only_rule(found, "page/around") if not line.edits]
    assert near.text == "The lamps came on"
    assert [weight.for_article for weight in near.weights] == [False]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(), "no whole page, -1.00 points: "),
        (Options(whole_pages="never"), "no whole page, --whole-pages never"),
        (Options(whole_pages="always"), "a whole page, --whole-pages always"),
    ],
)
def test_one_line_says_whether_it_is_a_page(options: Options, message: str) -> None:
    found = explained(PROSE, options)
    assert found.article_region == (("page/around", message),)
    assert bool(found.lines[0].weights) == (options.whole_pages == "always")


# Rules that can't be


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("words < 4", "wrods < 4", "there is no fact 'wrods'"),
        ("points: points,", "points: nothing,", "there is no list 'nothing'"),
        ("short lines >= 3", "cluster >= 0.3", "there is no fact 'cluster'"),
    ],
)
def test_an_unsound_scorecard_is_reported(old: str, new: str, message: str) -> None:
    with pytest.raises(RulesError, match=message):
        parse_pack({"a.yaml": SMALL.replace(old, new)})
