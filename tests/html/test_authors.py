"""Who wrote the article of a page, by the lines that readers see."""

from __future__ import annotations

import pytest

from cleaner.cleaning.clean import clean_document
from cleaner.html import read_page
from cleaner.html.signed_lines import account_name
from cleaner.matching.program import compile_program
from cleaner.metadata.bylines import read_signature
from cleaner.model.document import Document
from cleaner.rules.load import make_pack

STORY = "<p>The lamps along the mole came on again on Tuesday night, and all who live there went out to see them.</p>"
META = "<meta name=author content='Tom Okoro'>"
TOP = "<article><h1>Lamps return</h1>%s" + STORY + "</article>"
URL = "https://www.holmpost.example/a"
DAY = "<p>5 May 2024</p>"


def authors_of(markup: str) -> tuple[str, ...]:
    found = read_page(f"<html lang=en>{markup}", URL)
    document = Document(id="a", text=found.text, page_metadata=found.stated, blocks=found.blocks)
    return clean_document(document, compile_program(make_pack([], {}))).metadata.authors


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        (TOP % "<p>By the Lantern Team 4 min read", ("the Lantern Team",)),
        (TOP % "<p>5 May 2024 by The Lampwright", ("The Lampwright",)),
        (TOP % "<p>by tidemarks", ("tidemarks",)),
        (TOP % "<p>By<p>The Lantern Team", ("The Lantern Team",)),
        (TOP % "<p>Written by<p>Ada Novak", ("Ada Novak",)),
        (TOP % "<p>Written by:<ul><li>Ada Novak<li>Mei Tan</ul>", ("Ada Novak", "Mei Tan")),
        (TOP % "<h5 class=author>Lantern Team</h5>", ("Lantern Team",)),
        (TOP % "<p>By Holmpost", ("Holmpost",)),
        (TOP % "<p>This post was written by Ada Novak, head of the mole.", ("Ada Novak",)),
        (TOP % f"<p>Ada Novak</p>{DAY}", ("Ada Novak",)),
        (TOP % f"<p>Lamps Weekly</p>{DAY}", ()),
        (TOP % f"<p>Night Moles</p>{DAY}<p>The moles came at night.", ()),
        (TOP % f"<h4>Ada Novak</h4>{DAY}", ()),
        (f"<header>Find Ropes</header><main>{DAY}<h1>Lamps return</h1>{STORY}</main>", ()),
        (TOP % "<p>By the river the lamps were out", ()),
        (TOP % "<p>by APA", ()),
        (TOP % "<p class=author>Feb 2</p>", ()),
        ("<nav><ul><main>" + TOP % "<p class=author>Ada Novak" + "</main></ul></nav>", ("Ada Novak",)),
    ],
)  # fmt: skip
def test_a_line_near_the_headline_signs_the_article(body: str, authors: tuple[str, ...]) -> None:
    assert authors_of(f"<body>{body}") == authors


def test_a_shown_byline_goes_before_who_posted_the_text() -> None:
    assert authors_of(META + TOP % "<p>By Ada Novak") == ("Ada Novak",)
    assert authors_of(META + TOP % "<p>By Ada Novak and Tom Okoro") == ("Tom Okoro",)
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "author": "Tom Okoro"}</script>'
    assert authors_of(stated + TOP % "<p>By Ada Novak") == ("Tom Okoro",)


def test_a_line_near_the_headline_goes_before_a_byline_far_from_it() -> None:
    far = "<p class=author>Tom Okoro</p></article>"
    page = (TOP % "<p>By Ada Novak, harbour reporter").replace("</article>", STORY * 40 + far)
    assert authors_of(page) == ("Ada Novak",)


@pytest.mark.parametrize("name", ["humans.txt", "Harbour Lamps on Facebook"])
def test_a_file_or_an_account_of_a_network_is_no_author(name: str) -> None:
    assert authors_of(f"<meta name=author content='{name}'>" + TOP % "") == ()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Reviewed By: Harbour Editor, Ada Novak", None),
        ("Reviewed by Ada Novak — Written by Tom Okoro — 5 May 2024", ["Written by Tom Okoro"]),
        ("By Ada Novak | 5 May 2024 | Harbour Life", ["By Ada Novak"]),
        ("Text Link", None),
    ],
)
def test_people_with_another_role_and_topics_are_no_authors(line: str, names: list[str] | None) -> None:
    found = read_signature(line, language="en")
    assert (found and [line[start:end] for start, end in found.names]) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tidemarksFebruary 16, 2026No Comments", "tidemarks"),
        ("Holm Times November", "Holm Times"),
        ("Tidemark on Friday 5 May", "Tidemark"),
        ("Category", None),
        ("Facebook", None),
        ("clicking here you agree", None),
    ],
)
def test_an_account_ends_at_the_first_mark_or_date(text: str, name: str | None) -> None:
    assert account_name(text) == name
