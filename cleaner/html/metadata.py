"""What a page's markup states of its article: JSON-LD, meta tags, microdata, headline and byline elements.

Publishers fill these for search engines and share cards: much is right, some is the site's own. So each field has
its sources in order of trust, as measured on news pages of many sites, and a value that says nothing of the
article (the site's name for a title, its publisher for an author) gives way to the next.
https://schema.org, https://ogp.me, https://www.dublincore.org, https://developers.facebook.com/docs/sharing/webmasters
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from cleaner.dates import parse_datetime
from cleaner.html import jsonld
from cleaner.html.flatten import Flattener
from cleaner.names import split_agencies
from cleaner.patterns import fold

Found = Iterator[tuple[str, Any]]
"""Origin and value, the more trusted first."""

_PART: Final = re.compile(r"\s+[|\-–—•·:»«/]+\s+|\s*[|｜]\s*")
_NOBODY: Final = re.compile(  # addresses, and accounts of content systems
    r"(?i)^(?:https?:|www\.|/|@)|@\S+\.|^(?:admin\w*|root|webmaster|user|guest|\S+ developer)\d*$"
)
_EPOCH: Final = re.compile(r"[12]\d{9}(?:\d{3})?")
_LONGEST_NAME: Final = 200
_LEAST_LABEL: Final = 6
_MOST_FIGURES: Final = 10  # of a count
_MOST_AROUND: Final = 4
_LONGEST_TITLE: Final = 1000
_MOST_TITLES: Final = 8
_MOST_BYLINES: Final = 6
_CODE: Final = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_SAME_LANGUAGE: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi"}

_META: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title", "title"),
    "authors": (
        "parsely-author", "cxenseparse:author", "sailthru.author", "citation_author", "dc.creator", "dcterms.creator",
        "og:article:author", "author", "authors", "article:author", "article.author", "byl",
    ),
    "published": (
        "article:published_time", "article:published", "article.published", "og:published_time", "og:pubdate",
        "datepublished", "cxenseparse:recs:publishtime", "parsely-pub-date", "sailthru.date", "dc.date.issued",
        "dcterms.created", "dcterms.date", "dc.date", "citation_publication_date", "citation_date", "pubdate",
        "pub_date", "publishdate", "publish-date", "publish_date", "publication_date", "article_date_original",
        "date.created", "date.available", "datecreated", "date",
    ),
    "sections": ("article:section", "parsely-section", "section", "cxenseparse:category"),
    "publisher": ("og:site_name", "application-name", "dc.publisher", "publisher", "citation_journal_title"),
    "description": ("og:description", "description", "twitter:description", "dc.description"),
    "language": ("content-language", "og:locale", "dc.language", "language"),
}  # fmt: skip


class Statements:
    """The sources of one page, ready to be asked."""

    def __init__(self, flat: Flattener, url: str | None) -> None:
        self.tellings = flat.tellings.found
        self.titles = flat.titles
        self.nodes = jsonld.nodes(flat.scripts)
        self.article = jsonld.article(self.nodes) or {}
        self.ids = jsonld.by_id(self.nodes)
        self.metas: dict[str, list[str]] = {}
        self.root: Mapping[str, str] = {}
        self.canonical: str | None = None
        for tag, said in flat.said:
            if tag == "meta":
                self._take(said)
            elif tag == "html":
                self.root = self.root or said
            elif said.get("rel", "").lower() == "canonical":
                self.canonical = self.canonical or said.get("href")
        self.url = _address(self.canonical, url) or _address(self.meta("og:url"), url) or url

    def _take(self, said: Mapping[str, str]) -> None:
        keys = (said.get("property"), said.get("name"), said.get("itemprop"), said.get("http-equiv"))
        value = jsonld.text(said.get("content"))
        for key in {key.strip().lower() for key in keys if key} if value else ():
            self.metas.setdefault(key, []).append(value or "")

    def meta(self, *keys: str) -> str | None:
        """The first value of the first of these meta tags that has one."""
        return next((self.metas[key][0] for key in keys if key in self.metas), None)

    def told(self, *what: str) -> list[str]:
        """The texts of elements that are said to be so, in order, each once."""
        return list(dict.fromkeys(telling.text for telling in self.tellings if telling.what in what))

    @cached_property
    def sites(self) -> frozenset[str]:
        """The names that the site goes by, folded to letters: what it calls itself, and its host."""
        names = [self.meta(key) for key in ("og:site_name", "application-name", "twitter:site", "publisher")]
        names += jsonld.named([node.get("publisher") for node in self.nodes], self.ids)
        names += [str(n.get("name")) for n in self.nodes if str(n.get("@type")) in ("WebSite", "NewsMediaOrganization")]
        host = (urlsplit(self.url or "").hostname or "").removeprefix("www.")
        return frozenset({_letters(name) for name in (*names, host, host.partition(".")[0]) if name} - {""})

    def without_site(self, title: str) -> str:
        """A title without the site's name before or behind it."""
        while parts := list(_PART.finditer(title)):
            if self.is_site(title[parts[-1].end() :]):
                title = title[: parts[-1].start()]
            elif self.is_site(title[: parts[0].start()]):
                title = title[parts[0].end() :]
            else:
                break
        return title

    def is_site(self, part: str) -> bool:
        """Whether it is a name of the site, or a few words around the name of its host."""
        letters = _letters(part)
        label = _letters((urlsplit(self.url or "").hostname or "").removeprefix("www.").partition(".")[0])
        around = len(label) >= _LEAST_LABEL and label in letters and len(part.split()) <= _MOST_AROUND
        return letters in self.sites or around


def stated(page: Statements) -> dict[str, Any]:
    """What the markup states, field by field, under `from` where each value stands, under `titles` all forms of it."""
    out: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for field, found in _FIELDS.items():
        origin, value = next(found(page), ("", None))
        if value not in (None, [], ""):
            out[field], origins[field] = value, f"html/{origin}"
    if titles := list(dict.fromkeys(title for _, title in _titles(page)))[:_MOST_TITLES]:
        out["titles"] = titles
    return {**out, "from": origins} if out else {}


def language(page: Statements) -> str | None:
    """ISO 639-1, of what the page says of itself."""
    codes = (page.root.get("lang") or page.root.get("xml:lang"), page.meta(*_META["language"]))
    for code in (*codes, jsonld.text(page.article.get("inLanguage"))):
        if found := _CODE.match(code or ""):
            two = found[0].lower()
            return _SAME_LANGUAGE.get(two, two) if len(two) == 2 else None
    return None


def _titles(page: Statements) -> Found:
    """The headline that the page shows, if its metadata bear it out; else what they say."""
    said = [
        (origin, page.without_site(title))
        for origin, title in (
            ("json-ld", jsonld.text(page.article.get("headline"))),
            *(("meta", title) for title in page.metas.get("og:title", ())[:1]),
            ("title", jsonld.text(page.titles[:1])),
        )
        if title and len(title) <= _LONGEST_TITLE
    ]
    said = [(origin, title) for origin, title in said if _letters(title) not in page.sites] or said
    shown = [title for title in page.told("h1") if _letters(title)]
    keys = {_letters(title) for title in shown}
    yield from ((origin, title) for origin, title in said if _letters(title) in keys)
    yield from ((origin, title) for origin, title in said if origin == "json-ld")
    for title in shown:
        key = _letters(title)
        if key not in page.sites and any(key in (whole := _letters(t)) and 2 * len(key) > len(whole) for _, t in said):
            yield "h1", title
    yield from said
    yield from (
        ("meta", page.without_site(title))
        for key in _META["title"]
        for title in page.metas.get(key, ())[:1]
        if len(title) <= _LONGEST_TITLE
    )
    yield from (("microdata", title) for title in page.told("headline")[:1])
    yield from (("h1", title) for title in shown[:1] if _letters(title) not in page.sites)  # more may be subheads


def _authors(page: Statements) -> Found:
    sources: list[tuple[str, list[str]]] = [
        ("json-ld", list(jsonld.named(page.article.get("author"), page.ids))),
        ("json-ld", list(jsonld.named(page.article.get("creator"), page.ids))),
        *(("meta", page.metas[key]) for key in _META["authors"] if key in page.metas),
    ]
    said = [
        (origin, [name for name in dict.fromkeys(names) if len(name) <= _LONGEST_NAME and not _NOBODY.search(name)])
        for origin, names in sources
    ]
    for origin, names in said:
        if people := [name for name in names if _letters(name) not in page.sites]:
            yield origin, people
    spoken = language(page)
    bylines = [each.text for each in page.tellings if each.what == "author" and "comment" not in each.names.lower()]
    for byline in bylines[:_MOST_BYLINES]:
        people_there, _ = split_agencies(byline, {}, language=spoken)
        if any(_is_full(name) for name in people_there) and not any(map(page.is_site, people_there)):
            yield "byline", [byline]
    yield from (("publisher", names) for _origin, names in said if names)


def _is_full(name: str) -> bool:
    """A name of two words or of a script that doesn't part them; a lone word is an account or a button."""
    return " " in name or not name.isascii()


def _published(page: Statements) -> Found:
    found: list[tuple[str, str | None]] = [
        ("json-ld", jsonld.text(page.article.get("datePublished"))),
        *(("microdata", moment) for moment in page.told("datePublished")[:1]),
        *(("meta", page.metas[key][0]) for key in _META["published"] if key in page.metas),
        ("json-ld", jsonld.text(page.article.get("dateCreated"))),
        *(("time", moment) for moment in page.told("time")[:1]),
    ]
    moments = ((origin, _since_epoch(moment)) for origin, moment in found if moment)
    yield from ((origin, moment) for origin, moment in moments if parse_datetime(moment))


def _since_epoch(moment: str) -> str:
    """Seconds or milliseconds since 1970, as some content systems write a time, in ISO 8601; all else as it is."""
    if not _EPOCH.fullmatch(moment):
        return moment
    return datetime.fromtimestamp(int(moment[:10]), UTC).isoformat()


def _meta(field: str) -> Callable[[Statements], Found]:
    def of_meta(page: Statements) -> Found:
        yield from (("meta", page.metas[key][0]) for key in _META[field] if key in page.metas)

    return of_meta


def _sections(page: Statements) -> Found:
    said = page.article.get("articleSection")
    listed = [text for one in (said if isinstance(said, list) else [said]) if (text := jsonld.text(one))]
    if listed:
        yield "json-ld", listed
    yield from (("meta", list(dict.fromkeys(page.metas[key]))) for key in _META["sections"] if key in page.metas)


def _publisher(page: Statements) -> Found:
    yield from (("json-ld", name) for name in jsonld.named(page.article.get("publisher"), page.ids))
    yield from _meta("publisher")(page)


def _paywalled(page: Statements) -> Found:
    free = page.article.get("isAccessibleForFree")
    if free is not None and str(free).lower() in ("false", "true"):
        yield "json-ld", str(free).lower() == "false"


def _comment_count(page: Statements) -> Found:
    count = page.article.get("commentCount")
    if isinstance(count, int | str) and len(str(count)) <= _MOST_FIGURES and str(count).isdecimal():
        yield "json-ld", int(count)


_FIELDS: Final[Mapping[str, Callable[[Statements], Found]]] = {
    "title": _titles,
    "authors": _authors,
    "published": _published,
    "sections": _sections,
    "publisher": _publisher,
    "description": _meta("description"),
    "paywalled": _paywalled,
    "comment_count": _comment_count,
}


def _letters(text: str | None) -> str:
    return "".join(filter(str.isalnum, fold(text or "")))


def _address(said: str | None, url: str | None) -> str | None:
    """What a page gives for its address, made whole; None unless it is one of the web."""
    try:
        whole = urljoin(url or "", (said or "").strip())
        return whole if said and urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).hostname else None
    except ValueError:
        return None
