"""The title of a page: the headline that it shows, borne out by what its metadata say.

A page shows its headline and states it several times over, for search engines and share cards. Where these differ, the
shown one counts, as long as it is about the same; a headline that nothing bears out may be the site's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cleaner.html import jsonld
from cleaner.html.named_elements import Telling
from cleaner.html.statements import Found, Statements, letters, parts_of
from cleaner.metadata.url import slug_words

Said = Sequence[tuple[str, str]]
"""Origin and title, as the metadata state it and without the site's name."""

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


def titles(page: Statements) -> Found:
    """The headline that the page shows, if its metadata bear it out; else what they say."""
    said, shown = _said(page), _shown(page)
    yield from _borne_out(page, said, shown)
    yield from _stated(page)
    yield from (("microdata" if each.what == "headline" else "h1", page.without_site(each.text)) for each in shown[:1])


def forms(page: Statements, title: str) -> list[str]:
    """All forms of a page's title that tell which line of its text is the title; other headings are none of them."""
    stated = (form for _, form in _stated(page))
    shown = (each.text for each in _shown(page) if letters(page.without_site(each.text)) == letters(title))
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
    """What the metadata say, without the site's name; what is nothing else counts only where nothing else is shown."""
    headline = jsonld.text(page.article.get("headline"))
    raw = [
        ("json-ld", headline),
        *(("meta", title) for title in page.metas.get("og:title", ())[:1]),
        ("title", jsonld.text(page.titles[:1])),
    ]
    if headline and len(headline) >= _CUT_FROM and any(_is_longer(title, headline) for _, title in raw[1:]):
        raw = raw[1:]
    said = [(origin, page.without_site(title)) for origin, title in raw if title and len(title) <= _LONGEST]
    told = [(origin, title) for origin, title in said if letters(title) not in page.sites]
    return told if told or _shown(page) else said


def _is_longer(title: str | None, headline: str) -> bool:
    """Whether a title goes on where a headline was cut: search engines ask for 110 characters at most."""
    key, whole = letters(headline), letters(title)
    return whole != key and whole.startswith(key)


def _shown(page: Statements) -> list[Telling]:
    """The headings that may be the headline: each `h1`, then what its class or property calls a headline."""
    headings = [
        each
        for each in page.of("h1", "headline", "heading")
        if letters(each.text)
        and each.text == each.shown
        and not page.is_site(each.text)
        and not _TEMPLATE.search(each.text)
        and not _CRUMB.search(each.names)
    ]
    return sorted(headings, key=lambda each: each.what != "h1")


def _borne_out(page: Statements, said: Said, shown: Sequence[Telling]) -> Iterator[tuple[str, str]]:
    """Each form of the headline with the metadata that bear it out, the surest first."""
    headings = [page.without_site(each.text) for each in shown]
    keys = {*map(letters, headings), *map(letters, _lesser(page))}
    yield from ((origin, title) for origin, title in said if letters(title) in keys)
    parted = [("h1", one) for one in headings if any(letters(one) in parts_of(title) for title in _whole(page))]
    if jsonld.is_news(page.article):
        stated = [(origin, title) for origin, title in said if origin == "json-ld"]
        alone = not any(letters(title) in letters(whole) for _, title in stated for whole in _whole(page))
        yield from (*parted, *stated) if alone else stated
    yield from parted
    for heading in headings:
        if any(_is_cut_off(title, heading) for title in (*_whole(page), *(title for _, title in said))):
            yield "h1", heading
    best = max(headings, key=lambda heading: _likeness(page, said, heading), default="")
    if best and _likeness(page, said, best) >= _ALIKE:
        yield next((one for one in said if _goes_on(best, one[1])), ("h1", best))
    parts = {part for title in _whole(page) for part in parts_of(title)}
    yield from (
        ("title", text) for text in _lesser(page) if len(text.split()) >= _LEAST_PART and letters(text) in parts
    )
    lines = set(map(letters, page.lines[:_MOST_LINES]))
    yield from ((origin, title) for origin, title in said if letters(title) in lines)


def _lesser(page: Statements) -> list[str]:
    """The texts of headings below the first level, of which one may be the headline."""
    return [
        line
        for line, block in zip(page.lines, page.blocks, strict=True)
        if block.tag in _LESSER and "breadcrumb" not in block.names
    ][:_MOST_HEADINGS]


def _whole(page: Statements) -> Iterator[str]:
    """The titles as they stand, with the site's name."""
    yield from (text for text in (jsonld.text(page.titles[:1]), *page.metas.get("og:title", ())[:1]) if text)


def _is_cut_off(title: str, heading: str) -> bool:
    """Whether a title is the beginning of a heading, and says that it is cut: "The pears came in on a …"."""
    for part in (title, *_BAR.split(title)[:1]):
        bare = _OPEN_END.sub("", part)
        if bare != part and len(key := letters(bare)) >= _LEAST_CUT and letters(heading).startswith(key):
            return True
    return False


def _goes_on(heading: str, title: str) -> bool:
    """Whether a heading is a title with a date, a name or a count around it."""
    at = heading.casefold().find(title.casefold()) if title else -1
    if at > 0:
        return at + len(title) == len(heading)
    return at == 0 and bool(_BEHIND.search(heading[len(title) :]))


def _likeness(page: Statements, said: Said, heading: str) -> float:
    """How well the words of a heading agree with what is said, or with the page's address; 0 to 1."""
    words = _words(heading)
    others = [_words(title) for _, title in said]
    slug = frozenset(slug_words(page.url))
    return max((_dice(words, other) for other in (*others, slug) if other), default=0.0)


def _dice(words: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(words & other) / (len(words) + len(other)) if words and other else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
