"""What a page states of itself, and how it adds up with the input and the text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.clean import clean_document
from cleaner.dataset.blocks import packed, unpacked
from cleaner.html import read_page
from cleaner.matching.program import compile_program
from cleaner.model.document import Block, Document
from cleaner.model.rule import Example, Rule
from cleaner.rules.load import make_pack


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
        ("<title>Holm Post</title>", "<h1>Lamps return</h1>", "Lamps return", "html/h1"),
        ("<title>Holm Post</title>", "", "Holm Post", "html/title"),
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


NEWS = '{"@type": "NewsArticle", "headline": "%s"}'
POST = '{"@type": "BlogPosting", "headline": "%s"}'
LONG = "The ferry company has asked the council for a further eleven weeks to mend the two engines and the"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        # A part of the stated title bears a heading out, however short it is beside the site's name.
        ("<title>The tide | Harbour Weather and Boats</title>", "<h1>The tide</h1>", "The tide"),
        ("<title>Harbour Weather and Boats » Blog » The tide</title>", "<h1>The tide</h1>", "The tide"),
        ("<title>Harbour Weather and Boats: The tide</title>", "<h1>The tide</h1>", "The tide"),
        ("<title>The tide - Boats - Harbour Air</title>", "<h1>Boats and Weather</h1><h1>The tide</h1>", "The tide"),
        # A stated title that is cut off.
        ("<title>The tide came in on a ... | Boats</title><meta property=og:title content='The tide came in on a …'>",
         "<h1>The tide came in on a Friday</h1>", "The tide came in on a Friday"),
        (ld(POST % LONG) + f"<meta property=og:title content='{LONG} bell'>", "", f"{LONG} bell"),
        # What a blog states is made for search engines; what a newsroom states is its headline.
        (ld(POST % "Best tide tables: the 9 tables of 2024"), "<h1>The nine best tide tables of 2024</h1>",
         "The nine best tide tables of 2024"),
        (ld(NEWS % "Tides: Nine of the tables"), "<h1>Nine of the tables</h1>", "Tides: Nine of the tables"),
        # A heading of something else is not like what is stated.
        ("<title>The tide tables of 2024</title>", "<h1>Subscribe to our letters</h1>", "The tide tables of 2024"),
        # The heading with more around it than its title.
        ("<meta property=og:title content='The tide tables of 2024'>",
         "<h1>The tide tables of 2024 Posted on 3 May</h1>", "The tide tables of 2024"),
        ("<title>The tide tables</title>", "<h1>The tide<br>tables</h1>", "The tide tables"),
        (ld(POST % "The &lt;em&gt;tide&lt;/em&gt; tables"), "", "The tide tables"),
        (ld(POST % "Waters"), "<nav><h2 class=breadcrumb>Waters</h2></nav><h1 class=breadcrumb>Waters</h1>", "Waters"),
        ("<title>Winds - HWB</title><meta property=og:site_name content='Harbour Weather Boats'>", "", "Winds"),
        ("<title>Winds | Opinion</title><meta property=article:section content=Opinion>", "", "Winds"),
        # The headline is a lesser heading where the first is the site's.
        ("<title>What boats do at night | The Long Letter</title>", "<h1>Letters</h1><h2>What boats do at night</h2>",
         "What boats do at night"),
    ],
)  # fmt: skip
def test_the_title_is_borne_out_by_what_is_stated(head: str, body: str, title: str) -> None:
    assert page(head, body)["title"] == title


def test_a_headline_that_is_broken_leaves_nothing_in_the_text() -> None:
    found = read_page("<title>Lamps return at night</title><h1>Lamps return<br>at night</h1><p>Rain.<br>Fog.")
    assert found.text == "Lamps return at night\n\nRain.\nFog."


def test_a_subhead_that_a_title_ends_with_is_no_form_of_the_title() -> None:
    head = "<title>Harbour lamps: What is a lamp for?</title><meta property=og:title content='Harbour lamps'>"
    found = page(head, "<h1>Harbour lamps</h1><p>Rain.</p><h2>What is a lamp for?</h2><p>For light.")
    assert found["titles"] == ["Harbour lamps", "Harbour lamps: What is a lamp for?"]


def test_a_live_page_is_not_its_updates() -> None:
    updates = [{"@type": "BlogPosting", "headline": f"Bell {n}", "author": "Tom Okoro"} for n in range(2)]
    live = {"@type": "LiveBlogPosting", "headline": "Lamps, live", "liveBlogUpdate": updates}
    stated = page(ld(json.dumps(live)))
    assert stated["title"] == "Lamps, live"
    assert "authors" not in stated


def test_the_article_is_the_node_with_the_page_headline() -> None:
    other = '{"@type": "Article", "headline": "Rope is dear", "author": "Tom Okoro", "datePublished": "2020-01-02"}'
    own = '{"@type": "Article", "headline": "Lamps return", "author": "Ada Novak"}'
    stated = page(ld(f"[{other}, {own}]"), "<h1>Lamps return</h1>")
    assert (stated["title"], stated["authors"], stated.get("published")) == ("Lamps return", ["Ada Novak"], None)
    review = '{"@type": "Review", "author": "Tom Okoro", "datePublished": "2020-01-02", "publisher": "x"}'
    assert page(ld(f"[{review}, {own}]"))["authors"] == ["Ada Novak"]


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        ('{"@type": "Person", "name": "Ada Novak"}', ["Ada Novak"]),
        ('["Ada Novak", {"name": "Tom Okoro"}, "Ada Novak"]', ["Ada Novak", "Tom Okoro"]),
        ('[{"name": "admin"}, {"name": "https://holmpost.example/ada"}]', None),
        ('{"name": "Ada &amp;amp; Tom"}', ["Ada & Tom"]),
        ("null", None),
        ("17", None),
        ('{"givenName": "Ada", "familyName": "Novak"}', ["Ada Novak"]),
        ('{"@type": "Organization", "name": "Centre for Tides and Weather"}', ["Centre for Tides and Weather"]),
        ('"page.head.author"', None),
        ('"Harbour admin"', None),
        ('"1717567200"', None),
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


STORY = "<p>The lamps along the mole came on again on Tuesday night, and all who live there went out to see them.</p>"
TOP = "<article><h1>Lamps return</h1>%s" + STORY + "</article>"


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        (TOP % "<div class=byline>Ada Novak ada@holm.example</div>", ("Ada Novak",)),
        (TOP % "<div class=byline><span>Ada Novak</span><span>Harbour correspondent</span></div>", ("Ada Novak",)),
        (TOP % "<div class=byline><div>Ada Novak</div>\n<div>Tom Okoro</div></div>", ("Ada Novak", "Tom Okoro")),
        (TOP % "<div class=byline><b>A</b>da Novak</div>", ("Ada Novak",)),
        (TOP % "<div class=author><span>Ada</span> <span>Novak</span></div>", ("Ada Novak",)),
        (TOP % "<p>by <a rel=author>Ada Novak</a>, <a rel=author>Tom Okoro</a></p>", ("Ada Novak", "Tom Okoro")),
        (TOP % "<p class=author-name>Ada Novak</p><p class=byline>Reviewed by <a rel=author>Tom Okoro</a>",
         ("Ada Novak",)),
        (TOP % "<span itemprop=author itemscope><b itemprop=name>Ada Novak</b><i itemprop=jobTitle>Reporter</i></span>",
         ("Ada Novak",)),
        (TOP % "<p class=author>By<a>Ada Novak</a>5 May 2024", ("Ada Novak",)),
        (TOP % "<p class=author>Share on Facebook Twitter", ()),
        (TOP % "" + "<div class=comments><b class=author>Tom Okoro</b></div>", ()),
        (TOP % "" + "<article><h3>Rope</h3><b class=author>Tom Okoro</b></article>", ()),
        (TOP % "" + "<div itemscope itemtype='https://schema.org/Comment'><b itemprop=author>Tom Okoro</b></div>", ()),
        ("<div class=sidebar-left><h1>Lamps return</h1><p class=author>Ada Novak</div>" + STORY, ("Ada Novak",)),
        (TOP % "" + "<div class=author>Ada Novak</div>" * 2, ("Ada Novak",)),
        ("<h1>Lamps return</h1>" + STORY * 40 + "<p class=author>Ada Novak<p class=author>Tom Okoro", ()),
        (TOP % "By Ada Novak | 5 May 2024", ("Ada Novak",)),
    ],
)  # fmt: skip
def test_authors_are_those_of_the_byline(body: str, authors: tuple[str, ...]) -> None:
    assert article(f"<html lang=en><body>{body}").metadata.authors == authors


def test_an_account_gives_way_to_the_byline_and_the_site_to_all() -> None:
    account = ld(ARTICLE % '"ada.novak"')
    assert page(account)["authors"] == ["ada.novak"]
    assert page(account, TOP % "<p class=author>Ada Novak")["authors"] == ["Ada Novak"]
    site = page("", TOP % "<p class=author>Holmpost")
    assert (site["authors"], site["from"]["authors"]) == (["Holmpost"], "html/publisher")


def test_names_in_the_order_of_a_catalogue_are_turned() -> None:
    assert page("<meta name=citation_author content='Novak, Ada'>")["authors"] == ["Ada Novak"]


TIME = "<time datetime=%s>%s</time>"


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("", TOP % ("<time class=updated datetime=2022-01-05>5 Jan</time>"
         "<time class=published datetime=2021-10-05>x</time>"), "2021-10-05"),
        ("", TOP % "<time class=updated datetime=2022-01-05>5 Jan</time>", None),
        ("", TOP % "<abbr class=published title='2016-10-14T03:55:00-07:00'>3 AM</abbr>", "2016-10-14T03:55:00-07:00"),
        ("", TOP % "<abbr itemprop=datePublished title=2016-10-14>3:55 AM</abbr>", "2016-10-14"),
        ("", TOP % "<p class=date>Published 4 March 2025</p>", "Published 4 March 2025"),
        ("", TOP % "<p class=date>Published 4 March 2025</p><p>The fair is on <time datetime=2025-05-01>1 May</time>, "
         "in the old town hall, and all are asked to come and to bring a lamp with them if they have got one.</p>",
         "Published 4 March 2025"),
        ("", "<header><time datetime=2025-11-30>Sunday</time></header>" + TOP % "", None),
        ("", "<header><h1>Lamps</h1><time datetime=2025-11-30>Sunday</time></header>", "2025-11-30"),
        ("", TOP % "" + "<div id=comments><time datetime=2024-02-02>x</time></div>", None),
        ("", TOP % "" + "<div itemscope itemtype='https://schema.org/VideoObject'><meta itemprop=datePublished "
         "content=2024-02-02></div>", None),
        ("", TOP % "<div class=event><time datetime=2024-02-02>x</time></div>", None),
        # Days that no page was published on.
        ("<meta name=date content=1970-01-01>", "", None),
        ("<meta name=pubdate content=1985-03-04>", "", None),
        ("<meta name=pubdate content=1985-03-04>", TOP % (TIME % ("1985-03-04", "x")), "1985-03-04"),
        ("<meta name=pubdate content=2031-03-04><meta property=article:modified_time content=2024-01-02>", "", None),
        # A date of publication that is the day of the change, beside an earlier one.
        (ld('{"@type": "Article", "datePublished": "2025-06-12", "dateModified": "2025-06-12"}'),
         TOP % "<p class=date>2 November 2022</p>", "2 November 2022"),
        (ld('{"@type": "Article", "datePublished": "2025-06-12", "dateModified": "2025-06-12"}'), "", "2025-06-12"),
        (ld('{"@type": "Article", "datePublished": "2022-06-12", "dateModified": "2025-06-12"}'),
         TOP % (TIME % ("2025-06-12", "12 June 2025") + "<p class=date>12 June 2025</p>"), "2022-06-12"),
        # Several witnesses of one day go before one of another.
        ("<meta name=pubdate content=2024-05-01>", TOP % "<p class=date>3 April 2024</p><p>3 April 2024, 9:40</p>"
         + TIME % ("2024-04-03", "x"), "3 April 2024"),
        ("<meta name=w-published-date content=2024-05-01>", "", "2024-05-01"),
        ("", "<h1>Lamps</h1><p>4 March 2025 - 3 minutes</p>", "4 March 2025 - 3 minutes"),
        ("", "<h1>Lamps</h1><p>Updated 4 March 2025</p>", None),
    ],
)  # fmt: skip
def test_the_day_with_the_most_evidence_is_chosen(head: str, body: str, published: str | None) -> None:
    assert page(head, body).get("published") == published


def test_the_day_of_the_address_is_evidence_for_a_date() -> None:
    two = "<meta name=date content=2024-05-09><meta name=dc.date content=2024-05-01>"
    found = read_page(two, "https://holmpost.example/2024/05/01/lamps").stated
    assert found["published"] == "2024-05-01"


def test_a_clock_in_the_header_dates_no_article() -> None:
    clock = "<header><div>Sunday, 30 November 2025</div></header>" + TOP % "<div class=byline>By Ada Novak</div>"
    rule = Rule(
        id="dateline/alone", label="dateline", why="w", pattern=r"(?P<published>\w+, \d+ \w+ \d{4})",
        removes=(Example(text="Monday, 4 March 2025"),),
    )  # fmt: skip
    assert article(clock, (rule,)).metadata.published is None
    assert article(clock.replace("header", "div"), (rule,)).metadata.published == "2025-11-30"


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
    document = Document(id="a", text=found.text, page_metadata=found.stated, blocks=found.blocks, input_metadata=given)
    return clean_document(document, compile_program(make_pack(list(rules), {"news_agencies": ("Reuters",)})))


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


def test_the_body_in_json_ld_marks_its_lines() -> None:
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


def test_a_headline_for_search_engines_alone_gives_way_to_one_that_the_title_bears_out() -> None:
    said = ld('{"@type": "NewsArticle", "headline": "HEADLINE"}')
    body = "<article><h1>The late pears</h1><p>Lamps.</p></article>"
    plums = said.replace("HEADLINE", "The late pears &amp; plums")
    assert page("<title>The late pears | Orchard Notes</title>" + plums, body)["title"] == "The late pears"
    kicker = said.replace("HEADLINE", "Orchards: The late pears")
    head = "<title>Orchards: The late pears | Orchard Notes</title>" + kicker
    assert page(head, body)["title"] == "Orchards: The late pears"


@pytest.mark.parametrize("word", ["nan", "None", "NULL", "n/a", "-", "Unknown"])
def test_words_for_no_value_are_none_in_markup_either(word: str) -> None:
    said = {"@type": "NewsArticle", "headline": word, "author": [{"name": "Anna Reed"}, {"name": word}]}
    found = page(ld(json.dumps(said | {"publisher": {"name": word}})))
    assert (found["authors"], found.get("title"), found.get("publisher")) == (["Anna Reed"], None, None)
    assert "authors" not in page(f'<meta name="author" content="{word}"><title>Lamps</title>')


def _dated(said: str, changed: str) -> str:
    return ld(
        f'{{"@type": "NewsArticle", "headline": "The tide", "datePublished": "{said}", "dateModified": "{changed}"}}'
    )


SHOWN_LATER = "<p>Rain.</p>" * 7 + "<p>{}</p>"


@pytest.mark.parametrize(
    ("head", "body", "day"),
    [
        # The site dates the publication by its last change; the page shows the day.
        (_dated("2025-08-21", "2025-08-20"), "<p>April 26, 2023</p>", "April 26, 2023"),
        (_dated("2025-08-21", "2025-08-21"), "", "2025-08-21"),
        # The day of a change, in an element of the publication, does not outweigh another stated day.
        ("<meta property=article:published_time content=2020-03-10><meta property=article:modified_time"
         " content=2025-02-12>", "<time class=entry-date datetime=2025-02-12>x</time><p class=date>2025-02-12</p>",
         "2020-03-10"),
        # A line further below counts if it says what it dates.
        ("", SHOWN_LATER.format("Published on July 18, 2025"), "Published on July 18, 2025"),
        ("", SHOWN_LATER.format("Rain on July 18, 2025"), None),
    ],
)  # fmt: skip
def test_a_day_of_a_change_gives_way_to_the_day_of_publication(head: str, body: str, day: str | None) -> None:
    assert page(head, f"<h1>The tide</h1>{body}").get("published") == day
