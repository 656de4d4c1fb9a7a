"""What a page states of itself, and how it adds up with the input and the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning import clean
from cleaner.html import read_page
from cleaner.html.packing import packed, unpacked
from cleaner.model import Block, Document
from cleaner.program import compile_program
from cleaner.rule import Example, Rule
from cleaner.rulefiles import pack_of


def page(head: str = "", body: str = "") -> dict[str, Any]:
    return dict(
        read_page(f"<html><head>{head}</head><body>{body}</body></html>", "https://www.holmpost.example/a").stated
    )


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


ARTICLE = (
    '{"@type": "NewsArticle", "headline": "Lamps return", "author": %s, "datePublished": "2024-06-05T08:00:00+02:00"}'
)


@pytest.mark.parametrize(
    ("head", "body", "title", "origin"),
    [
        (ld(ARTICLE % "[]"), "<h1>Lamps return</h1>", "Lamps return", "html/json-ld"),
        ("<meta property=og:title content='Lamps return - Holm Post'><meta property=og:site_name content='Holm Post'>",
         "<h1>Holm Post</h1>", "Lamps return", "html/meta"),
        ("<title>Lamps return &amp; stay | holmpost</title>", "", "Lamps return & stay", "html/title"),
        ("<title>Harbour: Lamps return again</title>", "<h1>Lamps return again</h1>", "Lamps return again", "html/h1"),
        ("<title>Holm Post</title>", "<h1>Lamps return</h1>", "Holm Post", "html/title"),
        ("", "<h1>Lamps <b>return</b></h1>", "Lamps return", "html/h1"),
        ("", "<p>Lamps return", None, None),
    ],
)  # fmt: skip
def test_the_title_is_the_headline_without_the_site(
    head: str, body: str, title: str | None, origin: str | None
) -> None:
    stated = page(head, body)
    assert stated.get("title") == title
    assert stated.get("from", {}).get("title") == origin


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        ('{"@type": "Person", "name": "Ada Novak"}', ["Ada Novak"]),
        ('["Ada Novak", {"name": "Tom Okoro"}, "Ada Novak"]', ["Ada Novak", "Tom Okoro"]),
        ('[{"name": "admin"}, {"name": "https://holmpost.example/ada"}]', None),
        ('{"name": "Ada &amp;amp; Tom"}', ["Ada & Tom"]),
        ("null", None),
        ("17", None),
    ],
)
def test_authors_of_json_ld(said: str, authors: list[str] | None) -> None:
    assert page(ld(ARTICLE % said)).get("authors") == authors


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "Article", "headline": "Lamps"} -->',
        '//<![CDATA[\n{"@type": "Article", "headline": "Lamps"}\n//]]>',
        '{"@type": "Article", "headline": "Lamps",}',
        '{"@type": ["Thing", "NewsArticle"], "description": "one\ntwo", "headline": "Lamps"};',
        '{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": "BlogPosting", "headline": "Lamps"}]}',
        '[{"@type": "Article", "headline": "Lamps"}]',
        '{"@type": "Thing"}, {"@type": "Article", "headline": "Lamps"}',
        "{&quot;@type&quot;: &quot;Article&quot;, &quot;headline&quot;: &quot;Lamps&quot;}",
    ],
)
def test_broken_json_ld_is_mended_where_that_is_plain(script: str) -> None:
    assert page(ld(script))["title"] == "Lamps"


def test_authors_by_reference_and_not_from_lists_of_other_articles() -> None:
    script = """{"@graph": [
        {"@type": "ItemList", "itemListElement": [{"@type": "Article", "headline": "Rope", "author": {"name": "No One"},
         "datePublished": "2020-01-01", "publisher": {"name": "x"}}]},
        {"@type": "Article", "headline": "Lamps", "author": {"@id": "#ada"}},
        {"@type": "Person", "@id": "#ada", "name": "Ada Novak"}]}"""
    stated = page(ld(script))
    assert (stated["title"], stated["authors"]) == ("Lamps", ["Ada Novak"])


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        (ld(ARTICLE % "[]"), "", "2024-06-05T08:00:00+02:00"),
        (ld('{"@type": "Article", "datePublished": "0001-01-01T00:00:00Z"}')
         + "<meta property=article:published_time content=2024-06-05>", "", "2024-06-05"),
        ("<meta property=article:modified_time content=2024-06-05>", "", None),
        ("<meta property=article:published_time content=1717567200000>", "", "2024-06-05T06:00:00+00:00"),
        ("", "<p>By Ada <time datetime='2024-06-05T08:00'>today</time>", "2024-06-05T08:00"),
        ("", "<footer><time datetime=2020-01-01>2020</time></footer>", None),
    ],
)  # fmt: skip
def test_dates_of_publication(head: str, body: str, published: str | None) -> None:
    assert page(head, body).get("published") == published


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["@type", "@graph", "@id", "headline", "author", "name",
                                                       "datePublished", "articleBody", "publisher", "commentCount"]),
                                      inner | st.just("NewsArticle"), max_size=6)))  # fmt: skip
def test_any_json_is_json_ld(value: Any) -> None:
    read_page(ld(json.dumps(value)))


def test_language_and_address() -> None:
    found = read_page("<html lang=nb-NO><link rel=canonical href=/b>", "https://holmpost.example/a")
    assert (found.language, found.url) == ("no", "https://holmpost.example/b")
    assert read_page("<meta property=og:locale content=de_DE>").language == "de"
    assert read_page("<link rel=canonical href='javascript:x'>").url is None


def article(markup: str, rules: tuple[Rule, ...] = (), **given: Any) -> Any:
    found = read_page(markup)
    document = Document(id="a", text=found.text, stated=found.stated, blocks=found.blocks, given=given)
    return clean(document, compile_program(pack_of(list(rules), {"news_agencies": ("Reuters",)})))


def test_the_input_goes_before_markup_and_markup_before_the_text() -> None:
    byline = Rule(
        id="byline/by", label="byline", why="w", pattern="By (?P<authors>.+)", removes=(Example(text="By A"),)
    )
    markup = ld(ARTICLE % '"Ada Novak"') + "<p>By Tom Okoro"
    assert article(markup, (byline,), author="Mei Tan").metadata.authors == ("Mei Tan",)
    stated = article(markup, (byline,))
    assert stated.metadata.authors == ("Ada Novak",)
    assert [e.rule for e in stated.evidence if e.field == "authors"] == ["html/json-ld"]
    weak = ld(ARTICLE % '{"name": "holmpost"}') + "<meta property=og:site_name content=holmpost>"
    assert article(weak + "<p>By Tom Okoro", (byline,)).metadata.authors == ("Tom Okoro",)
    assert article(weak, (byline,)).metadata.authors == ("holmpost",)


def test_an_author_may_be_a_byline_or_an_agency() -> None:
    found = article(ld(ARTICLE % '["By Ada Novak and Tom Okoro, Reuters", "Mei Tan (mt)", "Reuters"]')).metadata
    assert found.authors == ("Ada Novak", "Tom Okoro", "Mei Tan", "Reuters")
    assert found.agencies == ("Reuters",)


def test_the_body_in_json_ld_tells_its_lines() -> None:
    body = "The lamps were lit on Tuesday. " * 12
    found = read_page(
        ld(f'{{"@type": "Article", "articleBody": "{body}"}}') + "<nav>Tides</nav><p>The lamps were lit on Tuesday."
    )
    assert [block.stated for block in found.blocks] == [False, None, True]


BLOCKS = st.builds(
    Block,
    tag=st.sampled_from(["p", "li", ""]),
    inside=st.lists(st.sampled_from(["nav", "aside"]), max_size=2).map(tuple),
    names=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    links=st.sampled_from([0.0, 0.25, 1.0]),
    stated=st.sampled_from([None, True, False]),
    above=st.lists(st.integers(0, 9), max_size=3).map(tuple),
)


@given(st.lists(BLOCKS, max_size=6).map(tuple))
def test_packed_blocks_come_back(blocks: tuple[Block, ...]) -> None:
    assert unpacked(packed(blocks)) == blocks


CAPTION = Rule(id="html/caption", label="caption", why="w", element=("figcaption",), takes="captions")
CREDIT = Rule(id="en/credit", label="caption", why="w", language=("en",), inline=r"Photo: (?P<image_credits>.+)$")


def test_an_element_rule_takes_what_other_rules_leave_of_a_line() -> None:
    found = article(
        "<p>The pier stood.<figure><figcaption>The pier | Photo: Ada Novak</figcaption></figure>", (CAPTION, CREDIT)
    )
    assert found.text == "The pier stood."
    assert (found.metadata.captions, found.metadata.image_credits) == (("The pier",), ("Ada Novak",))
    assert found.original() == read_page("<p>The pier stood.<figure><figcaption>The pier | Photo: Ada Novak").text


def test_menus_do_not_count_towards_the_budget_of_a_document() -> None:
    menu = Rule(id="html/nav", label="navigation", why="w", element=("nav",))
    found = article(
        "<nav>" + "<p>Tides and boats</p>" * 60 + "</nav><p>" + "The lamps were lit on Tuesday. " * 5, (menu,)
    )
    assert not found.flags
    assert "Tides" not in found.text
