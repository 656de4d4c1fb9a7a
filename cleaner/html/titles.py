"""Finds the title of a page: the headline that it shows, if the metadata confirm it.

A page shows its headline, and states it again for search engines and share cards. Where these differ, the shown one is
preferred as long as most of its words agree. A headline that no metadata confirm may be the site's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cleaner.html import jsonld
from cleaner.html.named_elements import NamedElement
from cleaner.html.statements import StatedValues, Statements, letters_of, title_parts
from cleaner.metadata.url import slug_words

StatedTitles = Sequence[tuple[str, str]]
"""Pairs of origin and title, as the metadata state it, without the site's name."""

_LONGEST: Final = 1000
_OPEN_END: Final = re.compile(r"\s*(?:\.\.\.|…)$")
_BAR: Final = re.compile(r"\s+[|–—-]\s+")
_LEAST_CUT: Final = 12  # letters that a title which is cut off must have
_WORD: Final = re.compile(r"\w+")
_ALIKE: Final = 0.4
_MOST_LINES: Final = 400
_MOST_HEADINGS: Final = 40
_LESSER: Final = frozenset({"h2", "h3"})
_LEAST_PART: Final = 3  # words
_CUT_FROM: Final = 90  # characters
_BEHIND: Final = re.compile(r"(?i)^\W*(?:\(|posted|published|by\b|updated|\d+\W*$|[A-Z][a-z]+ \d{1,2}, \d{4})")
_TEMPLATE: Final = re.compile(r"\{\{|\}\}|<%")
_CRUMB: Final = re.compile(r"(?i)breadcrumb|logo|site-?title|site-?name")
_META: Final = (
    "og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "citation_title", "title",
)  # fmt: skip


def titles(page: Statements) -> StatedValues:
    """Yield candidates for the title: the shown headline if the metadata confirm it, then what the metadata state."""
    said, shown = _said(page), _shown(page)
    yield from _confirmed(page, said, shown)
    yield from _stated(page)
    yield from (("microdata" if each.what == "headline" else "h1", page.without_site(each.text)) for each in shown[:1])


def title_forms(page: Statements, title: str) -> list[str]:
    """Return all forms of a page's title, by which the line of the title can be found in its text; no other
    headings."""
    stated = (form for _, form in _stated(page))
    shown = (each.text for each in _shown(page) if letters_of(page.without_site(each.text)) == letters_of(title))
    return list(dict.fromkeys((title, *stated, *shown)))


def _stated(page: Statements) -> Iterator[tuple[str, str]]:
    yield from _said(page)
    yield from (
        ("meta", page.without_site(title))
        for key in _META
        for title in page.metas.get(key, ())[:1]
        if len(title) <= _LONGEST
    )


def _said(page: Statements) -> list[tuple[str, str]]:
    """The titles of the metadata without the site's name. One that is only the site's name counts if nothing else is
    shown."""
    headline = jsonld.text(page.article.get("headline"))
    raw = [
        ("json-ld", headline),
        *(("meta", title) for title in page.metas.get("og:title", ())[:1]),
        ("title", jsonld.text(page.titles[:1])),
    ]
    if headline and len(headline) >= _CUT_FROM and any(_is_longer(title, headline) for _, title in raw[1:]):
        raw = raw[1:]
    said = [(origin, page.without_site(title)) for origin, title in raw if title and len(title) <= _LONGEST]
    stated = [(origin, title) for origin, title in said if letters_of(title) not in page.sites]
    return stated if stated or _shown(page) else said


def _is_longer(title: str | None, headline: str) -> bool:
    """Whether a title continues a headline that was cut; search engines accept 110 characters."""
    key, whole = letters_of(headline), letters_of(title)
    return whole != key and whole.startswith(key)


def _shown(page: Statements) -> list[NamedElement]:
    """The candidates for the headline: each `h1`, then elements whose class or property names a headline."""
    headings = [
        each
        for each in page.elements("h1", "headline", "heading")
        if letters_of(each.text)
        and each.text == each.shown
        and not page.is_site(each.text)
        and not _TEMPLATE.search(each.text)
        and not _CRUMB.search(each.names)
    ]
    return sorted(headings, key=lambda each: each.what != "h1")


def _confirmed(page: Statements, said: StatedTitles, shown: Sequence[NamedElement]) -> StatedValues:
    """Each form of the headline with the metadata that agree with it, the surest first."""
    headings = [page.without_site(each.text) for each in shown]
    lesser = _lesser(page)
    yield from _equal(said, (*headings, *lesser))
    within = list(_within_titles(page, headings))
    if jsonld.is_news(page.article):
        yield from _of_newsroom(page, said, within)
    yield from within
    yield from _cut_off(page, said, headings)
    yield from _most_alike(page, said, headings)
    yield from _lesser_within_titles(page, lesser)
    yield from _equal(said, page.lines[:_MOST_LINES])


def _equal(said: StatedTitles, texts: Iterable[str]) -> StatedValues:
    """The stated titles that are one of these texts, but for punctuation and case."""
    keys = {letters_of(text) for text in texts}
    yield from ((origin, title) for origin, title in said if letters_of(title) in keys)


def _of_newsroom(page: Statements, said: StatedTitles, within: StatedTitles) -> StatedValues:
    """The title of a newsroom's JSON-LD; after the headings in `within` if it occurs in no title of the page."""
    stated = [(origin, title) for origin, title in said if origin == "json-ld"]
    alone = not any(letters_of(title) in letters_of(whole) for _, title in stated for whole in _whole(page))
    yield from (*within, *stated) if alone else stated


def _within_titles(page: Statements, headings: Sequence[str]) -> StatedValues:
    """The headings that are a part of a title with the site's name."""
    for heading in headings:
        if any(letters_of(heading) in title_parts(title) for title in _whole(page)):
            yield "h1", heading


def _cut_off(page: Statements, said: StatedTitles, headings: Sequence[str]) -> StatedValues:
    """The headings of which a title shows the beginning."""
    for heading in headings:
        if any(_is_cut_off(title, heading) for title in (*_whole(page), *(title for _, title in said))):
            yield "h1", heading


def _most_alike(page: Statements, said: StatedTitles, headings: Sequence[str]) -> StatedValues:
    """The heading that shares most words with the stated titles or the address, or the title that it extends."""
    best = max(headings, key=lambda heading: _likeness(page, said, heading), default="")
    if best and _likeness(page, said, best) >= _ALIKE:
        yield next((one for one in said if _goes_on(best, one[1])), ("h1", best))


def _lesser_within_titles(page: Statements, lesser: Sequence[str]) -> StatedValues:
    """The headings below the first level that are a part of a title with the site's name."""
    parts = {part for title in _whole(page) for part in title_parts(title)}
    yield from (("title", text) for text in lesser if len(text.split()) >= _LEAST_PART and letters_of(text) in parts)


def _lesser(page: Statements) -> list[str]:
    """The texts of headings below the first level, of which one may be the headline."""
    return [
        line
        for line, block in zip(page.lines, page.blocks, strict=True)
        if block.tag in _LESSER and "breadcrumb" not in block.names
    ][:_MOST_HEADINGS]


def _whole(page: Statements) -> Iterator[str]:
    """The titles of the page as stated, with the site's name."""
    yield from (text for text in (jsonld.text(page.titles[:1]), *page.metas.get("og:title", ())[:1]) if text)


def _is_cut_off(title: str, heading: str) -> bool:
    """Whether a title is the beginning of a heading and ends with an ellipsis: "The pears came in on a …"."""
    for part in (title, *_BAR.split(title)[:1]):
        bare = _OPEN_END.sub("", part)
        if bare != part and len(key := letters_of(bare)) >= _LEAST_CUT and letters_of(heading).startswith(key):
            return True
    return False


def _goes_on(heading: str, title: str) -> bool:
    """Whether a heading is a title with a date, a name or a count before or after it."""
    at = heading.casefold().find(title.casefold()) if title else -1
    if at > 0:
        return at + len(title) == len(heading)
    return at == 0 and bool(_BEHIND.search(heading[len(title) :]))


def _likeness(page: Statements, said: StatedTitles, heading: str) -> float:
    """The best Dice coefficient of a heading's words with a stated title or the page's address; 0 to 1."""
    words = _words(heading)
    others = [_words(title) for _, title in said]
    slug = frozenset(slug_words(page.url))
    return max((_dice(words, other) for other in (*others, slug) if other), default=0.0)


def _dice(words: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(words & other) / (len(words) + len(other)) if words and other else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
