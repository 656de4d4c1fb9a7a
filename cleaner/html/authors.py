"""Finds the authors of a page: stated people first, then its byline, then accounts, organisations and the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.html import jsonld
from cleaner.html.named_elements import NamedElement
from cleaner.html.signed_lines import account_name, signed_line
from cleaner.html.statements import StatedValues, Statements, letters_of
from cleaner.metadata.bylines import OTHERS_WORK
from cleaner.metadata.names import split_agencies
from cleaner.metadata.values import COLLECTIVES, LEADS, OUTLETS, ROLES, is_no_value

_META: Final = (
    "parsely-author", "cxenseparse:author", "sailthru.author", "citation_author", "citation_authors", "dc.creator",
    "dcterms.creator", "og:article:author", "author", "authors", "article:author", "article.author", "byl",
    "articleauthor",
)  # fmt: skip
_TURNED_META: Final = frozenset({"citation_author", "dc.creator", "dcterms.creator"})
"""Keys of library standards, where names are written "Reed, Anna"."""
_TURNED: Final = re.compile(r"([^\W\d_][^,\d]*), ([^\W\d_][^,\d]*)")
_NOBODY: Final = re.compile(  # addresses, figures, templates, and accounts of content systems
    r"(?i)^(?:https?:|www\.|/|@)|@\S+\.|^\d+$|[{}<>=]|^\w+(?:\.\w+){2,}$|^\S+\.(?:txt|html?|php|xml)$"
    r"|\bon (?:facebook|twitter|instagram|linkedin|youtube|x)$"
    r"|^(?:admin\w*|root|webmaster|user|guest|guest author|unknown|none|null|n/?a"
    r"|author|author name|by|\S+ developer|default|editor|wp\w*)\d*$|\badmin(?:istrator)?\b"
)
_LEAD: Final = re.compile(r"(?i)^(?:(?:posted|written|words|text)?\s*by|author)\s*:?\s+")
_LONE: Final = re.compile(r"[^\W\d_][\w.-]{2,30}")
_MOST_WORDS: Final = 4
_LONGEST_NAME: Final = 200
_LONGEST_BYLINE: Final = 200
_MOST_BYLINES: Final = 40
_ABOVE, _BELOW = 12, 30  # lines around the headline in which a page signs its article
_ONE_BYLINE: Final = 2  # lines


def authors(page: Statements, language: str | None) -> StatedValues:
    """Yield names by source: full names of people, bylines, accounts, organisations, then the site itself.

    A line that signs the article ("By Anna Reed") goes before other people in meta tags, which often name who posted
    the text, and before bylines far from the headline.
    """
    said = [(origin, _people(page, names)) for origin, names in _said(page)]
    full = [(origin, names) for origin, names in said if any(map(_is_full, names))]
    line = signed_line(page, language)
    people = line.names if line and line.people else []
    if full and full[0][0] == "meta" and line and line.led and _are_others(people, full[0][1], language):
        yield "byline", people
    yield from full
    bylines = _bylines(page)
    for names in (_near_byline(page, bylines, language), people, _far_byline(page, bylines, language)):
        if names:
            yield "byline", names
    yield from ((origin, names) for origin, names in said if names and (origin, names) not in full)
    if line and not line.people and (names := [name for name in line.names if not page.is_site(name)]):
        yield "account", names
    yield from (("account", [name]) for name in _teams(page, bylines))
    firms = list(dict.fromkeys(_organisations(page)))
    if others := [name for name in firms if not page.is_site(name)]:
        yield "organization", others
    if own := [*firms, *(name for _, names in _said(page) for name in names if _is_somebody(name))]:
        yield "publisher", own[:1]
    yield from (("publisher", [name]) for name in _accounts(page, bylines))
    if line and not line.people:
        yield "publisher", line.names


def _are_others(shown: Sequence[str], stated: Sequence[str], language: str | None) -> bool:
    """Whether a shown byline names people, and none of those that are stated."""
    those, others = (
        [letters_of(each) for name in names for each in split_agencies(name, {}, language=language)[0]]
        for names in (shown, stated)
    )
    return bool(those) and not any(one in other or other in one for one in those for other in others)


def _said(page: Statements) -> Iterator[tuple[str, list[str]]]:
    firms = {letters_of(name) for name in _organisations(page)}
    sources = [
        ("json-ld", key, list(jsonld.names_in(page.article.get(key), page.ids))) for key in ("author", "creator")
    ]
    sources += [("meta", key, page.metas.get(key, [])) for key in _META]
    for origin, key, names in sources:
        read = [_TURNED.sub(r"\2 \1", name) if key in _TURNED_META else name for name in names]
        yield origin, [name for name in read if letters_of(name) not in firms]


def _people(page: Statements, names: Sequence[str]) -> list[str]:
    first = (name.partition(",")[0] for name in names)
    pairs = zip(dict.fromkeys(names), first, strict=False)
    return [name for name, head in pairs if _is_somebody(name) and letters_of(name) not in page.sites
            and not (head != name and page.is_site(head))]  # fmt: skip


def _is_somebody(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and not _NOBODY.search(name) and not is_no_value(name)


def _organisations(page: Statements) -> Iterator[str]:
    for key in ("author", "creator"):
        value = page.article.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                known = page.ids.get(str(one.get("@id")), {})
                if "Organization" in str(one.get("@type") or known.get("@type")):
                    yield from (name for name in jsonld.names_in(one, page.ids) if _is_somebody(name))


def _bylines(page: Statements) -> list[NamedElement]:
    """The elements of the article that are marked as its author."""
    marked = [
        each for each in page.elements("author", "creator") if page.is_own(each) and len(each.text) <= _LONGEST_BYLINE
    ]
    return marked[:_MOST_BYLINES]


def _near_byline(page: Statements, bylines: Sequence[NamedElement], language: str | None) -> list[str]:
    """The names in the elements of the byline near the headline."""
    signed, others = _signing(bylines, language)
    for each in signed:
        if page.near(each, _ABOVE, _BELOW) and _names(page, each, language) - others:
            together = [other for other in signed if abs(other.line - each.line) <= _ONE_BYLINE]
            return _widest(page, together, others, language)
    return []


def _far_byline(page: Statements, bylines: Sequence[NamedElement], language: str | None) -> list[str]:
    """The names in the only byline of the article, unless one near the headline is the site's name."""
    signed, others = _signing(bylines, language)
    if any(page.near(each, _ABOVE, _BELOW) and page.is_site(_bare(each.text)) for each in signed):
        return []
    far = [each for each in signed if _names(page, each, language) - others]
    several = {name for each in far for name in _names(page, each, language)}
    return [far[0].text] if len(several) == 1 else []  # several may belong to other stories


def _signing(bylines: Sequence[NamedElement], language: str | None) -> tuple[list[NamedElement], set[str]]:
    """The bylines of authors, and the names of people with another role."""
    signed = [each for each in bylines if not OTHERS_WORK.search(each.text)]
    return signed, {name for each in bylines for name in _behind(each.text, language)}


def _bare(text: str) -> str:
    """A byline without its lead-in: "By Anna Reed" is "Anna Reed"."""
    return _LEAD.sub("", text)


def _teams(page: Statements, bylines: Sequence[NamedElement]) -> Iterator[str]:
    """Bylines near the headline that name a team: "The Harbour Team"."""
    for each in bylines:
        name = account_name(_bare(each.text))
        if name and page.near(each, _ABOVE, _BELOW) and name.split()[-1].casefold() in COLLECTIVES:
            yield name


def _accounts(page: Statements, bylines: Sequence[NamedElement]) -> Iterator[str]:
    """Bylines that are no full name: the site itself, or near the headline a first name or an account."""
    for each in bylines:
        name = account_name(_bare(each.text)) or _bare(each.text)
        if len(name.split()) <= _MOST_WORDS and _is_somebody(name):
            lone = bool(_LONE.fullmatch(name)) and name.casefold() not in ROLES | OUTLETS | LEADS
            lone = lone and account_name(name) is not None
            if page.is_site(name) or (lone and page.near(each, _ABOVE, _BELOW)):
                yield name


def _widest(page: Statements, bylines: Sequence[NamedElement], others: set[str], language: str | None) -> list[str]:
    """The texts of those elements of a byline that add a name to the ones before."""
    texts: list[str] = []
    known: set[str] = set()
    for each in bylines:
        names = _names(page, each, language) - others
        if any(not any(one in name for one in known) for name in names):
            texts.append(each.text)
            known |= names
    return texts


def _names(page: Statements, element: NamedElement, language: str | None) -> set[str]:
    people, _ = split_agencies(element.text, {}, language=language)
    if any(map(page.is_site, people)):
        return set()
    return {name for name in people if _is_full(name)}


def _behind(text: str, language: str | None) -> tuple[str, ...]:
    """The names of people with another role than the author: "Reviewed by Anna Reed"."""
    found = OTHERS_WORK.search(text)
    return split_agencies(text[found.end() :], {}, language=language)[0] if found else ()


def _is_full(name: str) -> bool:
    """Whether a name has two words or is not ASCII; a single word is an account or a button."""
    return " " in name or not name.isascii()
