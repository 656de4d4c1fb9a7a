"""The keys under which scrapers, feeds and datasets state what is known of a text.

One table says which key means which field and who writes it. The first of its keys that says something counts, so that
neither the order of a record's keys nor that of its columns matters. Keys are compared by their letters and figures
alone, in any case: `publishedAt`, `published_at` and `Published-At` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

KEYS: Mapping[str, Mapping[str, str]] = {
    "text": {
        "text": "",
        "maintext": "news-please, CC-News",
        "text_content": "Readability.js",
        "cleaned_text": "goose3",
        "plaintext": "fundus",
        "article_body": "schema.org",
    },
    "url": {
        "url": "",
        "link": "RSS, Atom, WordPress, feedparser",
        "canonical_url": "Scrapy items",
        "canonical_link": "newspaper, goose3",
        "canonical": "goose3 (`meta`)",
        "final_url": "goose3",
        "page_url": "Diffbot",
        "web_url": "Guardian, New York Times",
        "WARC-Target-URI": "OSCAR, WARC tools",
        "source": "trafilatura",
    },
    "language": {
        "language": "",
        "lang": "Readability.js, fundus",
        "meta_lang": "newspaper, goose3",
        "dc:language": "RSS",
    },
    "title": {
        "title": "",
        "headline": "schema.org, New York Times",
        "dc:title": "RSS",
        "web_title": "Guardian",
    },
    "authors": {
        "authors": "",
        "author": "trafilatura, NewsAPI, Diffbot, Webz.io, Postlight Parser",
        "byline": "Readability.js, New York Times",
        "creator": "RSS",
        "dc:creator": "RSS",
    },
    "published": {
        "published": "",
        "published_at": "NewsAPI, mediastack",
        "published_time": "Readability.js",
        "published_date": "Scrapy items",
        "article:published_time": "Open Graph",
        "date_published": "Postlight Parser, schema.org",
        "date_publish": "news-please, CC-News",
        "publishing_date": "fundus",
        "publication_date": "Scrapy items",
        "publish_date": "newspaper, goose3, RealNews",
        "web_publication_date": "Guardian",
        "pub_date": "RSS, New York Times",
        "dc:date": "RSS",
        "date": "trafilatura, Diffbot, WordPress",
    },
    "agencies": {"agencies": "", "agency": ""},
    "contributors": {"contributors": "", "contributor": "Atom"},
    "sections": {
        "sections": "",
        "section": "",
        "article_section": "schema.org",
        "section_name": "Guardian, New York Times",
        "categories": "trafilatura",
        "category": "RSS, mediastack",
    },
    "captions": {"captions": "", "caption": ""},
    "image_credits": {"image_credits": "", "image_credit": ""},
    "publisher": {
        "publisher": "",
        "site_name": "Readability.js, Diffbot, Open Graph",
        "meta_site_name": "newspaper",
        "source_hostname": "trafilatura",
        "source": "NewsAPI, Atom",
    },
    "paywalled": {"paywalled": "", "paywall": ""},
    "comment_count": {"comment_count": ""},
    "reading_time_minutes": {"reading_time_minutes": "", "reading_time": ""},
}
"""For each field of a document its keys, the more telling first, and who writes them."""

ONLY_ADDRESS = frozenset({"source"})
ONLY_OBJECT = frozenset({"source"})
"""A `source` is an address to trafilatura, an object with a name to NewsAPI; a plain word may be a dataset's name."""

_INSIDE = ("metadata", "meta", "warc_headers")
"""Objects that hold keys as the record does: datatrove and dolma, goose3, OSCAR."""
_CRAWLED_DATE = frozenset({"date"})
_CRAWLED = frozenset({"dump", "filepath", "warcrecordid"})
"""Beside these `date` is the day of the crawl: FineWeb, datatrove's reader of WARC."""
_LONGEST_OBJECT = 100_000
_ODD = re.compile(r"[\W_]+")
_DATE_FIELD = "published"


@lru_cache(maxsize=4096)
def folded(key: str) -> str:
    """What of a key is compared.

    >>> folded("dc:creator"), folded("publishedAt") == folded("published_at")
    ('dccreator', True)
    """
    return _ODD.sub("", key).casefold()


_FOLDED = {field: tuple(map(folded, keys)) for field, keys in KEYS.items()}
_WANTED = frozenset(key for keys in _FOLDED.values() for key in keys) | _CRAWLED | frozenset(map(folded, _INSIDE))


def stated(record: Mapping[str, Any], field: str) -> Iterator[tuple[str, Any]]:
    """What a record holds under the keys of a field, each as the table spells it folded: in the order of the table,
    the record's own before those of the objects in it."""
    for held in _objects(record):
        for key in _FOLDED[field]:
            if (value := held.get(key)) is None:
                continue
            if field == _DATE_FIELD and key in _CRAWLED_DATE and _CRAWLED & held.keys():
                continue
            yield key, value


def _objects(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The record and the objects in it, by folded keys; of keys that fold alike the first in order of name counts."""
    own = _by_folded(record)
    yield own
    for name in _INSIDE:
        inside = own.get(folded(name))
        if isinstance(inside, str) and inside[:1] == "{" and len(inside) <= _LONGEST_OBJECT:
            try:
                inside = orjson.loads(inside)
            except orjson.JSONDecodeError:
                continue
        if isinstance(inside, Mapping):
            yield _by_folded(inside)


def _by_folded(record: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in sorted(map(str, record.keys())):
        if (name := folded(key)) in _WANTED and record.get(key) is not None:
            found.setdefault(name, record[key])
    return found
