"""The authors of a page: people that it states, then those in its byline, last whoever else it names for the author."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.html import jsonld
from cleaner.html.statements import Found, Statements, letters
from cleaner.html.tellings import Telling
from cleaner.names import split_agencies

_META: Final = (
    "parsely-author", "cxenseparse:author", "sailthru.author", "citation_author", "dc.creator", "dcterms.creator",
    "og:article:author", "author", "authors", "article:author", "article.author", "byl", "articleauthor",
)  # fmt: skip
_TURNED_META: Final = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
"""Keys of libraries, which write "Reed, Anna"."""
_TURNED: Final = re.compile(r"([^\W\d_][^,\d]*), ([^\W\d_][^,\d]*)")
_NOBODY: Final = re.compile(  # addresses, figures, templates, and accounts of content systems
    r"(?i)^(?:https?:|www\.|/|@)|@\S+\.|^\d+$|[{}<>=]|^\w+(?:\.\w+){2,}$|^(?:admin\w*|root|webmaster|user|guest|guest author"
    r"|unknown|none|null|n/?a|author|author name|by|\S+ developer|default|editor|wp\w*)\d*$|\badmin(?:istrator)?\b"
)
_OTHERS_WORK: Final = re.compile(
    r"(?i)\b(?:reviewed|edited|fact[- ]?checked|photos?|photography|translated|illustrated)\s+by\b"
)
_LONGEST_NAME: Final = 200
_LONGEST_BYLINE: Final = 200
_MOST_BYLINES: Final = 40
_ABOVE, _BELOW = 12, 30  # lines around the headline in which a page signs its article
_ONE_BYLINE: Final = 2  # lines


def authors(page: Statements, language: str | None) -> Found:
    """Names by their sources: full names of people, bylines, accounts, organisations, and the site itself."""
    said = [(origin, _people(page, names)) for origin, names in _said(page)]
    full = [(origin, names) for origin, names in said if any(map(_is_full, names))]
    yield from full
    if byline := _byline(page, language):
        yield "byline", byline
    yield from ((origin, names) for origin, names in said if names and (origin, names) not in full)
    firms = list(dict.fromkeys(_organisations(page)))
    if others := [name for name in firms if not page.is_site(name)]:
        yield "organization", others
    if own := [*firms, *(name for _, names in _said(page) for name in names if _is_somebody(name))]:
        yield "publisher", own[:1]


def _said(page: Statements) -> Iterator[tuple[str, list[str]]]:
    firms = {letters(name) for name in _organisations(page)}
    for key in ("author", "creator"):
        names = jsonld.named(page.article.get(key), page.ids)
        yield "json-ld", [name for name in names if letters(name) not in firms]
    for key in _META:
        names_there = page.metas.get(key, [])
        turned = key in _TURNED_META
        yield "meta", [_TURNED.sub(r"\2 \1", name) if turned else name for name in names_there]


def _people(page: Statements, names: Sequence[str]) -> list[str]:
    first = (name.partition(",")[0] for name in names)
    pairs = zip(dict.fromkeys(names), first, strict=False)
    return [name for name, head in pairs if _is_somebody(name) and letters(name) not in page.sites
            and not (head != name and page.is_site(head))]  # fmt: skip


def _is_somebody(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and not _NOBODY.search(name)


def _organisations(page: Statements) -> Iterator[str]:
    for key in ("author", "creator"):
        value = page.article.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                known = page.ids.get(str(one.get("@id")), {})
                if "Organization" in str(one.get("@type") or known.get("@type")):
                    yield from (name for name in jsonld.named(one, page.ids) if _is_somebody(name))


def _byline(page: Statements, language: str | None) -> list[str]:
    """The names in the elements of one byline: the one at the headline, else the first of the article."""
    marked = [each for each in page.of("author", "creator") if page.is_own(each) and len(each.text) <= _LONGEST_BYLINE]
    signed = [each for each in marked[:_MOST_BYLINES] if not _OTHERS_WORK.search(each.text)]
    others = {name for each in marked for name in _behind(each.text, language)}
    near = [each for each in signed if page.near(each, _ABOVE, _BELOW)]
    for each in (*near, *signed):
        if _names(page, each, language) - others:
            together = [other for other in signed if abs(other.line - each.line) <= _ONE_BYLINE]
            return _widest(page, together, others, language)
    return []


def _widest(page: Statements, bylines: Sequence[Telling], others: set[str], language: str | None) -> list[str]:
    """The texts of a byline's elements, each that adds a name to those before it."""
    texts: list[str] = []
    known: set[str] = set()
    for each in bylines:
        names = _names(page, each, language) - others
        if names - known:
            texts.append(each.text)
            known |= names
    return texts


def _names(page: Statements, telling: Telling, language: str | None) -> set[str]:
    people, _ = split_agencies(telling.text, {}, language=language)
    if any(map(page.is_site, people)):
        return set()
    return {name for name in people if _is_full(name)}


def _behind(text: str, language: str | None) -> tuple[str, ...]:
    """Who is named for another work than the writing: "Reviewed by Anna Reed"."""
    found = _OTHERS_WORK.search(text)
    return split_agencies(text[found.end() :], {}, language=language)[0] if found else ()


def _is_full(name: str) -> bool:
    """A name of two words or of a script that doesn't part them; a lone word is an account or a button."""
    return " " in name or not name.isascii()
