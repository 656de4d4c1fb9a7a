"""Reads the metadata that a page's markup states: JSON-LD, meta tags, microdata, headline and byline elements.

Publishers fill these for search engines and share cards: much is right, some describes the site. So each field has its
sources in order of trust, as measured on news pages of many sites. A value that says nothing about the article (the
site's name as title, the publisher as author) is replaced by the next.
Sources: https://schema.org, https://ogp.me, https://www.dublincore.org, https://developers.facebook.com/docs/sharing/webmasters
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cleaner.html import jsonld
from cleaner.html.authors import authors
from cleaner.html.published import published
from cleaner.html.statements import StatedValues, Statements
from cleaner.html.titles import title_forms, titles

_MOST_TITLES: Final = 8
_MOST_FIGURES: Final = 10  # of a count
_CODE: Final = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")
_SAME_LANGUAGE: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi"}

_META: Final[Mapping[str, tuple[str, ...]]] = {
    "sections": ("article:section", "parsely-section", "section", "cxenseparse:category"),
    "publisher": ("og:site_name", "application-name", "dc.publisher", "publisher", "citation_journal_title"),
    "description": ("og:description", "description", "twitter:description", "dc.description"),
    "language": ("content-language", "og:locale", "dc.language", "language"),
}  # fmt: skip


def page_statements(page: Statements) -> dict[str, Any]:
    """Return the stated metadata by field, with the origin of each under `from` and all forms of the title under
    `titles`."""
    out: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for field, found in _FIELDS.items():
        origin, value = next(found(page), ("", None))
        if value not in (None, [], ""):
            out[field], origins[field] = value, f"html/{origin}"
    if "title" in out:
        out["titles"] = title_forms(page, out["title"])[:_MOST_TITLES]
    return {**out, "from": origins} if out else {}


def language(page: Statements) -> str | None:
    """Return the ISO 639-1 code that the page states; None without one."""
    codes = (page.root.get("lang") or page.root.get("xml:lang"), page.meta(*_META["language"]))
    for code in (*codes, jsonld.text(page.article.get("inLanguage"))):
        if found := _CODE.match(code or ""):
            two = found[0].lower()
            return _SAME_LANGUAGE.get(two, two) if len(two) == 2 else None
    return None


def _meta(field: str) -> Callable[[Statements], StatedValues]:
    def of_meta(page: Statements) -> StatedValues:
        yield from (("meta", page.metas[key][0]) for key in _META[field] if key in page.metas)

    return of_meta


def _sections(page: Statements) -> StatedValues:
    said = page.article.get("articleSection")
    listed = [text for one in (said if isinstance(said, list) else [said]) if (text := jsonld.text(one))]
    if listed:
        yield "json-ld", listed
    yield from (("meta", list(dict.fromkeys(page.metas[key]))) for key in _META["sections"] if key in page.metas)


def _publisher(page: Statements) -> StatedValues:
    yield from (("json-ld", name) for name in jsonld.names_in(page.article.get("publisher"), page.ids))
    yield from _meta("publisher")(page)


def _paywalled(page: Statements) -> StatedValues:
    free = page.article.get("isAccessibleForFree")
    if free is not None and str(free).lower() in ("false", "true"):
        yield "json-ld", str(free).lower() == "false"


def _comment_count(page: Statements) -> StatedValues:
    count = page.article.get("commentCount")
    if isinstance(count, int | str) and len(str(count)) <= _MOST_FIGURES and str(count).isdecimal():
        yield "json-ld", int(count)


_FIELDS: Final[Mapping[str, Callable[[Statements], StatedValues]]] = {
    "title": titles,
    "authors": lambda page: authors(page, language(page)),
    "published": lambda page: published(page, language(page)),
    "sections": _sections,
    "publisher": _publisher,
    "description": _meta("description"),
    "paywalled": _paywalled,
    "comment_count": _comment_count,
}
