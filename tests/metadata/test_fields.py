"""Metadata put together: what the input states, what rules found, and the evidence for each value."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cleaner.metadata.fields import FIELDS, assemble_metadata, known_agencies
from cleaner.metadata.record_keys import KEYS, ONLY_OBJECT
from cleaner.model.document import Evidence, FieldMatch, Metadata
from cleaner.model.rule import FIELD_NAMES, FieldName

LISTS = {"news_agencies": ("AFP", "Associated Press", "Reuters"), "months": ("May",)}


def at(name: FieldName, raw: str, start: int = 0, *, constant: Any = None) -> FieldMatch:
    return FieldMatch(name=name, raw=raw, start=start, end=start + len(raw), constant=constant)


def put_together(
    *found: FieldMatch | tuple[FieldMatch, str], given: dict[str, Any] | None = None, language: str | None = "en"
) -> tuple[Metadata, tuple[Evidence, ...]]:
    pairs = [pair if isinstance(pair, tuple) else (pair, f"topic/{pair.name}") for pair in found]
    return assemble_metadata(pairs, language=language, agencies_known=known_agencies(LISTS), given=given or {})


def meta(*found: FieldMatch, given: dict[str, Any] | None = None, language: str | None = "en") -> Metadata:
    return put_together(*found, given=given, language=language)[0]


def test_the_table_has_every_field_of_the_metadata() -> None:
    assert tuple(FIELDS) == FIELD_NAMES == tuple(f.name for f in fields(Metadata))
    many = {f.name for f in fields(Metadata) if f.default == ()}
    assert {name for name, field in FIELDS.items() if field.many} == many


def test_no_match_gives_no_values() -> None:
    assert put_together() == (Metadata(), ())


# ------------------------------------------------------------------------------- found


def test_each_field_is_parsed() -> None:
    assert meta(
        at("title", " A quiet\tmorning "),
        at("authors", "BY ANNA REED"),
        at("published", "29 October 2024 3:40pm"),
        at("agencies", "SBS, AFP"),
        at("contributors", "Tom Okoro and Reuters"),
        at("sections", "World | Ports"),
        at("captions", "The quay at dawn."),
        at("image_credits", "AFP / Lea Brandt"),
        at("publisher", "© 2025 The Harbour Courier. All rights reserved."),
        at("paywalled", "Premium"),
        at("comment_count", "1,204"),
        at("reading_time_minutes", "4 min read"),
    ) == Metadata(
        title="A quiet morning",
        authors=("Anna Reed",),
        published="2024-10-29T15:40:00",
        agencies=("SBS", "AFP", "Reuters"),
        contributors=("Tom Okoro",),
        sections=("World", "Ports"),
        captions=("The quay at dawn.",),
        image_credits=("AFP / Lea Brandt",),
        publisher="The Harbour Courier",
        paywalled=True,
        comment_count=1204,
        reading_time_minutes=4,
    )


def test_a_byline_names_people_and_agencies() -> None:
    said = meta(at("authors", "By Anna Reed, AFP"))
    assert (said.authors, said.agencies) == (("Anna Reed",), ("AFP",))


def test_a_byline_of_agencies_alone_names_no_author() -> None:
    said = meta(at("authors", "The Associated Press and Reuters"))
    assert (said.authors, said.agencies) == ((), ("Associated Press", "Reuters"))


def test_fields_with_many_values_add_up_in_order_and_each_once() -> None:
    said = meta(
        at("authors", "Anna Reed"),
        at("sections", "World | Ports"),
        at("authors", "ANNA REED and Tom Okoro"),
        at("sections", "ports, Weather"),
    )
    assert said.authors == ("Anna Reed", "Tom Okoro")
    assert said.sections == ("World", "Ports", "Weather")


def test_other_fields_take_the_first_value() -> None:
    said, evidence = put_together(
        at("published", "two hours ago"),
        at("published", "29 October 2024", 20),
        at("published", "30 October 2024", 40),
        at("title", "First"),
        at("title", "Second"),
    )
    assert (said.published, said.title) == ("2024-10-29", "First")
    assert [(e.field, e.raw, e.start) for e in evidence] == [
        ("published", "29 October 2024", 20),
        ("title", "First", 0),
    ]


def test_an_update_gives_way_to_the_date_of_publication() -> None:
    update = at("published", "Updated 30 October 2024")
    assert meta(update, at("published", "Published 29 October 2024")).published == "2024-10-29"
    assert meta(update).published == "2024-10-30"


def test_the_language_settles_an_open_date() -> None:
    assert meta(at("published", "03.04.2025"), language="de").published == "2025-04-03"
    assert meta(at("published", "03.04.2025"), language="en").published is None


def test_what_does_not_parse_leaves_no_trace() -> None:
    nonsense = [
        at(name, "?!") for name in FIELD_NAMES if name not in ("title", "captions", "image_credits", "paywalled")
    ]
    assert put_together(*nonsense) == (Metadata(), ())


@pytest.mark.parametrize(
    ("name", "constant", "value"),
    [
        ("paywalled", True, True),
        ("paywalled", False, False),
        ("paywalled", "true", True),
        ("paywalled", "false", False),
        ("comment_count", 0, 0),
        ("comment_count", "0", 0),
        ("reading_time_minutes", 5, 5),
        ("publisher", "© Courier 2025", "© Courier 2025"),
        ("sections", "World, Ports", ("World, Ports",)),
        ("sections", ["World", "Ports"], ("World", "Ports")),
        ("agencies", ("dpa",), ("dpa",)),
    ],
)
def test_a_constant_replaces_the_text(name: FieldName, constant: Any, value: Any) -> None:
    said, evidence = put_together(at(name, "Anna Reed, 7", 3, constant=constant))
    assert getattr(said, name) == value
    assert {(e.field, e.raw, e.start, e.end) for e in evidence} == {(name, "Anna Reed, 7", 3, 15)}


# ------------------------------------------------------------------------------- given


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"title": "Stated"}, "title", "Stated"),
        ({"headline": "Stated"}, "title", "Stated"),
        ({"title": "", "headline": "Stated"}, "title", "Stated"),
        ({"authors": "Anna Reed, Tom Okoro"}, "authors", ("Anna Reed", "Tom Okoro")),
        ({"authors": ["Anna Reed", "Tom Okoro"]}, "authors", ("Anna Reed", "Tom Okoro")),
        ({"author": "Anna Reed"}, "authors", ("Anna Reed",)),
        ({"author": {"@type": "Person", "name": "Anna Reed"}}, "authors", ("Anna Reed",)),
        ({"author": [{"name": "Anna Reed"}, {"name": "Tom Okoro"}]}, "authors", ("Anna Reed", "Tom Okoro")),
        # an item of a list is one name, whatever it looks like
        ({"authors": ["Ortega y Gasset", "bell hooks"]}, "authors", ("Ortega y Gasset", "bell hooks")),
        ({"authors": [" Anna  Reed ", "", None, "Anna Reed"]}, "authors", ("Anna Reed",)),
        ({"authors": ["The Associated Press", "Anna Reed"]}, "authors", ("Anna Reed",)),
        ({"authors": ["The Associated Press", "Anna Reed"]}, "agencies", ("Associated Press",)),
        ({"authors": "AFP"}, "agencies", ("AFP",)),
        ({"published": "2024-10-29T15:40:00Z"}, "published", "2024-10-29T15:40:00+00:00"),
        ({"date": "29 October 2024"}, "published", "2024-10-29"),
        ({"publishing_date": date(2024, 10, 29)}, "published", "2024-10-29"),
        ({"published": datetime(2024, 10, 29, 15, 40, 1, 5)}, "published", "2024-10-29T15:40:01"),
        ({"published": datetime(2024, 10, 29, 15, 40, tzinfo=UTC)}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": "soon", "date": "2024-10-29"}, "published", "2024-10-29"),
        ({"published": 1730216400}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": "1730216400"}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": 1730216400.0}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": 1730216400000}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": "1730216400000000"}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": {"$date": "2024-10-29T15:40:00Z"}}, "published", "2024-10-29T15:40:00+00:00"),
        ({"published": {"$date": {"$numberLong": "1730216400000"}}}, "published", "2024-10-29T15:40:00+00:00"),
        ({"date": 20241029}, "published", "2024-10-29"),
        ({"date": "20241029T154000Z"}, "published", "2024-10-29T15:40:00+00:00"),
        ({"date": 202410291540}, "published", None),  # also a moment of 1976
        ({"date": 2024}, "published", None),
        ({"date": 45594}, "published", None),
        ({"date": 10**30}, "published", None),
        ({"date": float("inf")}, "published", None),
        ({"date": 0}, "published", None),
        ({"date": True}, "published", None),
        ({"date": "1970-01-01"}, "published", None),
        ({"date": "Thu, 01 Jan 1970 00:00:00 GMT"}, "published", None),
        ({"date": "1969-12-31T19:00:00-05:00"}, "published", None),
        ({"date": date(1970, 1, 1)}, "published", None),
        ({"site_name": "Harbour Courier"}, "publisher", "Harbour Courier"),
        ({"publisher": {"name": "Harbour Courier"}}, "publisher", "Harbour Courier"),
        ({"sections": "World | Ports"}, "sections", ("World", "Ports")),
        ({"categories": ["Food, Drink", "World"]}, "sections", ("Food, Drink", "World")),
        ({"comment_count": 12}, "comment_count", 12),
        ({"comment_count": "12"}, "comment_count", 12),
        ({"comment_count": True}, "comment_count", None),
        ({"comment_count": 0}, "comment_count", 0),
        ({"paywalled": False}, "paywalled", False),
        ({"paywalled": "false"}, "paywalled", False),
        ({"image_credits": ["AFP, Lea Brandt"]}, "image_credits", ("AFP, Lea Brandt",)),
        ({"title": 7, "authors": 3.5, "sections": None, "published": []}, "title", None),
        ({"comment_count": 12.0}, "comment_count", 12),
        # lists written as strings
        ({"authors": "['Anna Reed', 'Tom Okoro']"}, "authors", ("Anna Reed", "Tom Okoro")),
        ({"authors": '["Anna Reed", null]'}, "authors", ("Anna Reed",)),
        ({"authors": "Anna Reed; Tom Okoro"}, "authors", ("Anna Reed", "Tom Okoro")),
        ({"authors": "[]"}, "authors", ()),
        ({"authors": "['None']"}, "authors", ()),
        ({"categories": "['World', 'Ports']"}, "sections", ("World", "Ports")),
        ({"categories": "World;Ports"}, "sections", ("World", "Ports")),
        ({"title": "[Video] The ferry"}, "title", "[Video] The ferry"),
        ({"title": "[2024]"}, "title", "[2024]"),
        # a byline in a list, once; a name that begins as one is a name
        ({"authors": ["By Anna Reed", "ANNA REED", "anna reed", ""]}, "authors", ("Anna Reed",)),
        ({"authors": ["By Anna Reed and Tom Okoro"]}, "authors", ("Anna Reed", "Tom Okoro")),
        (
            {"authors": ["Von Trapp", "Par Larsson", "Byron Hale"]},
            "authors",
            ("Von Trapp", "Par Larsson", "Byron Hale"),
        ),
        # addresses are no names
        ({"authors": ["https://post.example/reed", "Anna Reed"]}, "authors", ("Anna Reed",)),
        ({"authors": ["anna@post.example", "@annareed"]}, "authors", ()),
        ({"authors": ["admin", "Administrator", "user1", "0", "?!"]}, "authors", ()),
        ({"sections": ["0", "World"]}, "sections", ("World",)),
        ({"author": "anna@post.example (Anna Reed)"}, "authors", ("Anna Reed",)),
        ({"authors": ["Anna Reed <anna@post.example>"]}, "authors", ("Anna Reed",)),
        ({"publisher": "https://post.example", "site_name": "Holm Post"}, "publisher", "Holm Post"),
        # objects
        ({"author": {"givenName": "Anna", "familyName": "Reed"}}, "authors", ("Anna Reed",)),
        ({"title": {"rendered": "Stated"}}, "title", "Stated"),
        # as feeds and content systems escape them
        ({"title": {"rendered": "Brandt &amp; Reed: it&#8217;s <em>late</em>"}}, "title", "Brandt & Reed: it’s late"),
        # damage is repaired as in the text
        ({"title": "The keeper\u00e2\u0080\u0099s lamps"}, "title", "The keeper’s lamps"),
        ({"authors": ["ZoÃ« Reed"]}, "authors", ("Zoë Reed",)),
        ({"title": "Where a < b, AT&T rose"}, "title", "Where a < b, AT&T rose"),
        ({"categories": ["Food &amp; Drink"]}, "sections", ("Food & Drink",)),
        ({"categories": [{"term": "World"}, {"term": "Ports"}]}, "sections", ("World", "Ports")),
        ({"source": {"id": None, "name": "Holm Post"}}, "publisher", "Holm Post"),
        ({"source": "common-crawl"}, "publisher", None),
    ],
)
def test_the_input_states_a_field(given: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(meta(given=given), name) == value


@pytest.mark.parametrize(
    "word",
    [
        "nan", "NaN", "NaT", "None", "null", "NULL", "N/A", "n/a", "NA", "<NA>", "-", "--", "?", "Unknown", "Untitled",
        "undefined", "[]", "{}", "\\N", " ", "",
    ],
)  # fmt: skip
def test_words_for_no_value_are_none_in_every_field(word: str) -> None:
    assert put_together(given=dict.fromkeys(FIELDS, word)) == (Metadata(), ())
    assert put_together(given={name: [word, None, {"name": word}] for name in FIELDS}) == (Metadata(), ())
    assert put_together(given=dict.fromkeys(FIELDS, str([word]))) == (Metadata(), ())
    assert meta(at("title", "Found"), given={"title": word}).title == "Found"


@pytest.mark.parametrize("title", ["None of the above", "Null and void", "The unknown", "0", "NaN: a history"])
def test_a_title_that_begins_as_such_a_word_is_one(title: str) -> None:
    assert meta(given={"title": title}).title == title


def test_every_key_of_the_table_is_read() -> None:
    values = {"published": "2024-10-29", "paywalled": True, "comment_count": 3, "reading_time_minutes": 3}
    for name in FIELDS:
        for key in KEYS[name]:
            value = {"name": "Anna Reed"} if key in ONLY_OBJECT else values.get(name, "Anna Reed")
            assert getattr(meta(given={key: value}), name), key


def test_the_table_and_not_the_record_orders_keys() -> None:
    given = {"date": "2024-10-31", "pubDate": "2024-10-30", "publishedAt": "2024-10-29", "Date": "2024-10-28"}
    for ordered in (given, dict(reversed(given.items()))):
        assert meta(given=ordered).published == "2024-10-29"
    del given["publishedAt"], given["pubDate"]
    for ordered in (given, dict(reversed(given.items()))):
        assert meta(given=ordered).published == "2024-10-28"


def test_objects_in_a_record_state_what_it_does_not() -> None:
    inside = {"title": "Inside", "authors": ["Anna Reed"]}
    for metadata in (inside, '{"title": "Inside", "authors": ["Anna Reed"]}'):
        said = meta(given={"title": "Stated", "metadata": metadata})
        assert (said.title, said.authors) == ("Stated", ("Anna Reed",))
    assert meta(given={"meta": "{broken", "metadata": 7}) == Metadata()


def test_the_day_of_a_crawl_is_no_day_of_publication() -> None:
    given = {"date": "2024-10-29T01:02:03Z", "dump": "CC-MAIN-2024-44", "file_path": "s3://a/b.warc.gz"}
    assert meta(given=given).published is None
    assert meta(given={"metadata": given}).published is None
    assert meta(given={"published": "2024-10-28", "metadata": given}).published == "2024-10-28"


def test_what_the_input_states_wins() -> None:
    found = (at("title", "Found"), at("authors", "Tom Okoro"), at("sections", "World"), at("paywalled", "Premium"))
    said, evidence = put_together(*found, given={"title": "Stated", "authors": ["Anna Reed"], "paywalled": False})
    assert said == Metadata(title="Stated", authors=("Anna Reed",), sections=("World",), paywalled=False)
    assert {e.rule for e in evidence if e.field != "sections"} == {"input"}


def test_agencies_among_stated_authors_settle_neither_field() -> None:
    said = meta(at("authors", "Anna Reed, Reuters"), given={"author": "AFP"})
    assert (said.authors, said.agencies) == (("Anna Reed",), ("AFP", "Reuters"))


def test_stated_agencies_take_nothing_from_a_byline() -> None:
    said, evidence = put_together(at("authors", "Anna Reed, Reuters"), given={"agencies": ["AFP"]})
    assert (said.authors, said.agencies) == (("Anna Reed",), ("AFP",))
    assert [(e.field, e.value) for e in evidence] == [("agencies", "AFP"), ("authors", "Anna Reed")]


# ------------------------------------------------------------------------------- evidence


def test_each_value_has_its_evidence() -> None:
    _, evidence = put_together(
        (at("authors", "By Anna Reed and Tom Okoro, AFP", 10), "byline/by"),
        (at("paywalled", "Premium", 50, constant=True), "paywall/flag"),
        given={"published": date(2024, 10, 29), "tags": ["x"]},
    )
    byline = "By Anna Reed and Tom Okoro, AFP"
    assert evidence == (
        Evidence(field="published", raw="2024-10-29", value="2024-10-29", rule="input"),
        Evidence(field="authors", raw=byline, value="Anna Reed", rule="byline/by", start=10, end=41),
        Evidence(field="authors", raw=byline, value="Tom Okoro", rule="byline/by", start=10, end=41),
        Evidence(field="agencies", raw=byline, value="AFP", rule="byline/by", start=10, end=41),
        Evidence(field="paywalled", raw="Premium", value="true", rule="paywall/flag", start=50, end=57),
    )


def test_a_value_found_again_has_one_piece_of_evidence() -> None:
    _, evidence = put_together(at("sections", "World", 0), at("sections", "WORLD", 9))
    assert [(e.value, e.start) for e in evidence] == [("World", 0)]


def test_the_lookup_of_a_pack_is_built_once() -> None:
    assert known_agencies(LISTS) is known_agencies(dict(LISTS))
    assert known_agencies({}) == {}
