"""What a whole page says around its headline: the title, who wrote it, and when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import Program, compile_program
from cleaner.metadata.bylines import is_lead, read_signature
from cleaner.metadata.url import day_of, slug_agreement, slug_words
from cleaner.model.document import Document
from cleaner.rules.load import load_pack

MENU = "\n".join(f"  * {name}" for name in (
    "Harbour", "Council", "Schools", "Letters", "Obituaries", "Weather", "Tide tables", "Markets", "Farming", "Boats",
    "Crossword", "Recipes", "Gardens", "Theatre", "Books", "Notices", "Births", "Marriages", "Jobs", "Houses",
))  # fmt: skip
STORY = (
    "The council will mend the old bridge below the customs house before the autumn tides, its engineers said on"
    " Monday.",
    "They found that the bridge had lost a hand's breadth of its western pier since the survey of the spring.",
    "Until the pier is mended no lorry may cross the bridge, and the carriers must go round by the mill.",
)


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_program(load_pack(Path(__file__).parent.parent.parent / "rules"))


def page(*front: str) -> str:
    """A page, flattened: menu, front, story, footer."""
    return "\n\n".join([MENU, *front, *STORY, MENU])


def test_a_page_gives_its_headline_author_and_day(program: Program) -> None:
    text = page("Harbour", "Council to mend the customs house bridge", "Anna Reed\n3 March 2025 at 16:15")
    article = clean_document(Document(id="a", text=text), program)
    assert article.metadata.title == "Council to mend the customs house bridge"
    assert article.metadata.authors == ("Anna Reed",)
    assert article.metadata.published == "2025-03-03T16:15:00"
    assert article.original() == text


def test_bylines_of_other_stories_are_not_the_storys(program: Program) -> None:
    text = page("Council to mend the customs house bridge", "By Anna Reed")
    text += "\n\nMore from the coast\n\nHerring are back in the bay\n\nBy Tom Okoro\n\nBy Mei Tan"
    assert clean_document(Document(id="a", text=text), program).metadata.authors == ("Anna Reed",)


def test_a_page_without_a_headline_has_none(program: Program) -> None:
    assert clean_document(Document(id="a", text=page("Read on", "Share")), program).metadata.title is None


@pytest.mark.parametrize("first", STORY)
def test_a_story_alone_has_no_headline_and_loses_nothing(program: Program, first: str) -> None:
    text = "\n\n".join([first, *STORY])
    article = clean_document(Document(id="a", text=text), program)
    assert (article.metadata.title, article.text) == (None, text)


def test_the_first_line_of_an_article_is_its_headline_if_the_story_says_the_same(program: Program) -> None:
    text = "\n\n".join(["Council to mend the customs house bridge", *STORY])
    article = clean_document(Document(id="a", text=text), program)
    assert article.metadata.title == "Council to mend the customs house bridge"
    assert article.text == "\n\n".join(STORY)


@pytest.mark.parametrize(
    ("front", "url", "published"),
    [
        ((), "https://post.example/2025/03/04/bridge", "2025-03-04"),
        (("04/03/2025 16:15",), "https://post.example/2025/03/04/bridge", "2025-03-04T16:15:00"),
        (("04/03/2025 16:15",), "https://post.example/bridge", None),
        (("1 April 2019",), "https://post.example/2025/03/04/bridge", "2025-03-04"),
    ],
)
def test_the_day_in_the_address(front: tuple[str, ...], url: str, published: str | None, program: Program) -> None:
    text = page("Council to mend the customs house bridge", *front)
    assert clean_document(Document(id="a", text=text, url=url), program).metadata.published == published


@pytest.mark.parametrize(
    ("line", "names", "sure", "dated"),
    [
        ("Anna Reed", ["Anna Reed"], False, False),
        ("Von Anna Reed, Redakteurin", ["Von Anna Reed"], True, False),
        ("Anna Reed / HARBOURPOST.EXAMPLE / Mar 3, 2025, 16:15 IST", ["Anna Reed"], True, True),
        ("3. März 2025 • Anna Reed • 4 Minuten", ["Anna Reed"], True, True),
        ("Anna Reed | Published 4 months ago", ["Anna Reed"], True, False),
        ("By the editors, Harbour Courier", [], False, False),
        ("3 March 2025", [], False, True),
    ],
)
def test_signatures(line: str, names: list[str], sure: bool, dated: bool) -> None:
    found = read_signature(line, language="de" if "ä" in line or "Von" in line else "en")
    if not names and not dated:
        assert found is None
        return
    assert found is not None
    assert [line[a:b] for a, b in found.names] == names
    assert (found.sure, found.dated) == (sure, dated)


@pytest.mark.parametrize(
    "line",
    ["Anna Reed went to the harbour on 3 March 2025", "Picture: Anna Reed / Getty Images", "Boeing sold 737 of them",
     "Key to the old house"],
)  # fmt: skip
def test_no_signatures(line: str) -> None:
    assert read_signature(line, language="en") is None


def test_leads() -> None:
    assert is_lead("Author of the article:")
    assert is_lead("von")
    assert not is_lead("Von Anna Reed")


def test_addresses() -> None:
    url = "https://post.example/lokales/2025/03/04/grosse-boerse-oeffnet-wieder-1234567.html"
    assert slug_words(url) == {"grosse", "boerse", "oeffnet", "wieder"}
    assert slug_words("https://post.example/sport/boats") == frozenset()
    assert slug_agreement("Große Börse öffnet wieder", slug_words(url)) == 1.0
    assert day_of(url) == date(2025, 3, 4)
    assert day_of("https://post.example/2025/13/41/x") is None
    assert day_of("https://post.example/2025/03/04/and/2025/03/06") is None
    assert day_of("https://[broken") is None
