"""Finds the day a page was published: date sources are weighed by trust and by how many agree on a day.

Dates of changes are not used, and a day that the page states as its last change counts only if no other day is stated.
A clock in the page's header and dates of comments or other stories are outside the article, and dates of events are in
its prose; none of them is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Final

from cleaner.html import jsonld
from cleaner.html.named_elements import NamedElement
from cleaner.html.statements import StatedValues, Statements
from cleaner.metadata.dates import is_near, is_update, parse_datetime
from cleaner.metadata.url import day_of

_META: Final = (
    "article:published_time", "article:published", "article.published", "og:published_time", "og:pubdate",
    "datepublished", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "parsely-pub-date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dc.date.published", "dcterms.created", "dc.date.created",
    "citation_publication_date", "citation_online_date", "citation_date", "pubdate", "pub_date", "publishdate",
    "publish-date", "publish_date", "publishedtime", "published-time", "published", "published_at", "published-date",
    "published_date", "w-published-date", "publication_date", "publication-date", "article_date_original",
    "article:created", "date.created", "date.available", "datecreated", "dcterms.date", "dc.date", "date",
)  # fmt: skip
_LOOSE_META: Final = frozenset({"dcterms.date", "dc.date", "date", "datecreated", "published-time"})
"""Keys that some sites fill with the date of the last change."""
_CHANGED_META: Final = (
    "article:modified_time", "article:modified", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "modified-date", "modified_date",
)  # fmt: skip
_JSON_LD, _SAID, _MARKED, _LOOSE, _BARE, _CREATED, _FAR = 4, 3, 3, 2, 2, 1, 1
_DOUBTED: Final = 1
"""Trust in a date of publication that is also the date of the last change: many sites update both."""
_SHOWN: Final = frozenset({"time", "date"})
"""Origins that readers see; their day of a change is not used where another day of publication is stated."""
_ADDRESS: Final = 2
_PUBLISHED: Final = re.compile(r"(?i)publish|entry-date|post-date|pubdate|posted")
_CHANGED: Final = re.compile(r"(?i)updat|modif|edited|revised|changed|reviewed")
_LABELLED: Final = re.compile(r"(?i)\b(?:published|posted)\b(?:\s+on)?\s*:?\s*(?:\w+\W{1,2})?\d")
_ABOVE, _BELOW = 8, 14  # lines around the headline in which a page dates its article
_LINES_ABOVE, _LINES_BELOW = 5, 10  # where a line may be a date without markup
_LINES_TO_LABELLED: Final = 20  # where a line may be one if it says "Published"
_MOST_WORDS: Final = 14
_MOSTLY: Final = 0.5
_MOST_TEXT: Final = 160
_MOST_PROSE: Final = 24  # words of a line that is no longer a dateline
_FIRST_YEAR: Final = 1990
_LATEST: Final = 366  # days after all other dates of the page
_EPOCH: Final = re.compile(r"[12]\d{9}(?:\d{3})?")

_Place = tuple[str, str, int, bool]
"""Origin, text, trust (0 far from the headline), and whether it states that it dates the publication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateSource:
    """One place that dates the article."""

    origin: str
    raw: str
    day: date
    trust: int
    sure: bool
    """Its markup states that it dates the publication; a bare date may be that of a change."""


def published(page: Statements, language: str | None) -> StatedValues:
    """Yield the date sources of the day with the greatest weight, those that agree with the address first."""
    address = day_of(page.url)
    changed = _changed(page, language)
    found = _plausible(list(_witnesses(page, language, address, changed)), address, changed)
    stated = [each for each in found if each.sure and each.day not in changed]
    found = [each for each in found if not (stated and each.origin in _SHOWN and each.day in changed)]
    sure = [each for each in found if each.sure]
    witnesses = [each for each in found if each.sure or each.day not in changed or _is_said(each.day, sure)]
    best = max(witnesses, key=lambda each: _weight(each.day, witnesses, address), default=None)
    if best is not None:
        agreeing = [each for each in witnesses if is_near(each.day, best.day)]
        yield from ((each.origin, each.raw) for each in sorted(agreeing, key=lambda each: each.day != address))


def _is_said(day: date, witnesses: Sequence[DateSource]) -> bool:
    return any(is_near(day, each.day) for each in witnesses)


def _weight(day: date, witnesses: Sequence[DateSource], address: date | None) -> int:
    trusts: dict[str, int] = {}
    for each in witnesses:
        if is_near(each.day, day):
            trusts[each.origin] = max(each.trust, trusts.get(each.origin, 0))
    return sum(trusts.values()) + (_ADDRESS if address and is_near(day, address) else 0)


def _witnesses(
    page: Statements, language: str | None, address: date | None, changed: frozenset[date]
) -> Iterator[DateSource]:
    only: set[date] = set()
    weak: list[DateSource] = []
    for origin, raw, trust, sure in _places(page):
        moment = _since_epoch(raw)
        iso = parse_datetime(moment, language=language, likely=address)
        if not iso:
            continue
        day = date.fromisoformat(iso[:10])
        if trust:
            doubted = origin == "json-ld" and any(day >= each for each in changed)
            yield DateSource(origin=origin, raw=moment, day=day, trust=_DOUBTED if doubted else trust, sure=sure)
        else:
            only.add(day)
            weak.append(DateSource(origin=origin, raw=moment, day=day, trust=_FAR, sure=False))
    if len(only) == 1:
        yield from weak[:1]


def _places(page: Statements) -> Iterator[_Place]:
    """The places of a page that date the article, from the most to the least trusted kind."""
    own = [each for each in page.elements("datePublished", "time", "date") if page.is_own(each)]
    if said := jsonld.text(page.article.get("datePublished")):
        yield "json-ld", said, _JSON_LD, True
    yield from _microdata_places(page, [each for each in own if each.what == "datePublished"])
    yield from _meta_places(page)
    yield from _shown_places(page, [each for each in own if each.what != "datePublished"])
    yield from (("date", line, _BARE, False) for line in _lines(page))
    if said := jsonld.text(page.article.get("dateCreated")):
        yield "json-ld", said, _CREATED, False


def _microdata_places(page: Statements, items: Sequence[NamedElement]) -> Iterator[_Place]:
    """Elements with the property `datePublished`; of several that differ, those far from the headline date others."""
    several = len({each.text for each in items}) > 1
    for each in items:
        loose = several and not page.near(each, _ABOVE, _BELOW)  # one of a list of stories
        yield "microdata", each.text, _CREATED if loose else _JSON_LD, not loose


def _meta_places(page: Statements) -> Iterator[_Place]:
    """The first value of each meta tag that dates a publication."""
    for key in _META:
        for value in page.metas.get(key, ())[:1]:
            loose = key in _LOOSE_META
            yield "meta", value, _LOOSE if loose else _SAID, not loose


def _shown_places(page: Statements, elements: Sequence[NamedElement]) -> Iterator[_Place]:
    """Elements that show a date to readers, without dates of changes, clocks and prose."""
    for each in elements:
        if _is_change(each) or page.in_header(each.inside):
            continue
        if each.what == "time" and _PUBLISHED.search(each.names):
            yield "time", each.text, _MARKED, True
        elif not _is_prose(page, each):
            trust = _MARKED if each.what == "date" else _BARE
            yield each.what, each.text, trust if page.near(each, _ABOVE, _BELOW) else 0, False


def _lines(page: Statements) -> Iterator[str]:
    """The short lines near the headline with figures that are no links; further below, those that say "Published"."""
    if (head := page.headline) is None:
        return
    first = max(0, head.line - _LINES_ABOVE)
    around = zip(page.lines, page.blocks, strict=True)
    for number, (line, block) in enumerate(islice(around, first, head.line + _LINES_TO_LABELLED), first):
        short = any(map(str.isdigit, line)) and len(line.split()) <= _MOST_WORDS
        if not short or page.in_header(block.inside) or "nav" in block.inside or _CHANGED.search(line):
            continue
        plain = number < head.line + _LINES_BELOW and block.links < _MOSTLY and block.tag not in ("h1", "h2", "h3")
        if plain or _LABELLED.search(line):
            yield line


def _is_change(element: NamedElement) -> bool:
    """Whether an element dates a change: `class=updated` alone, or by its own words."""
    if _CHANGED.search(element.names) and not _PUBLISHED.search(element.names):
        return True
    if len(element.shown) > _MOST_TEXT:
        return True  # a whole article in an element named `date`
    return is_update(element.shown) if any(map(str.isdigit, element.shown)) else bool(_CHANGED.search(element.shown))


def _is_prose(page: Statements, element: NamedElement) -> bool:
    line = next((line for line in page.lines[element.line : element.line + 2] if line), "")
    return len(line.split()) > _MOST_PROSE or (element.what == "time" and line.endswith(".") and len(line.split()) > 8)


def _changed(page: Statements, language: str | None) -> frozenset[date]:
    raw = [jsonld.text(page.article.get("dateModified"))]
    raw += [page.metas[key][0] for key in _CHANGED_META if key in page.metas]
    raw += [each.text for each in page.elements("dateModified") if page.is_own(each)]
    found = (parse_datetime(_since_epoch(each), language=language) for each in raw if each)
    return frozenset(date.fromisoformat(iso[:10]) for iso in found if iso)


def _plausible(found: list[DateSource], address: date | None, changed: frozenset[date]) -> list[DateSource]:
    """Without implausible days: before 1990 unless confirmed, or more than a year after all others."""
    kept = []
    for each in found:
        others = [other.day for other in found if other.origin != each.origin] + list(changed)
        others += [address] if address else []
        borne_out = any(is_near(each.day, other) for other in others)
        early = each.day.year < _FIRST_YEAR and (not borne_out or each.day == date(1970, 1, 1))
        late = bool(others) and (each.day - max(others)).days > _LATEST
        if not early and not late:
            kept.append(each)
    return kept


def _since_epoch(moment: str) -> str:
    """Seconds or milliseconds since 1970, as some content systems write a time, in ISO 8601; all else as it is."""
    if not _EPOCH.fullmatch(moment):
        return moment
    return datetime.fromtimestamp(int(moment[:10]), UTC).isoformat()
