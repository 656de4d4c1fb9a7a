"""Gathers the sources of one page that state metadata: JSON-LD, meta tags, named elements, titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from cleaner.html import jsonld
from cleaner.html.flatten import Flattener
from cleaner.html.named_elements import NamedElement
from cleaner.text.fold import fold

StatedValues = Iterator[tuple[str, Any]]
"""Pairs of origin and value, the most trusted first."""

_PART: Final = re.compile(r"\s+[|\-–—•·:»«/]+\s+|\s*[|｜]\s*")
_ANY_PART: Final = re.compile(r"\s+(?:[|\-–—•·:»«›‹/~]|<<|>>|::)+\s+|\s*[|｜»«]\s*|:\s+")
_LEAST_LABEL: Final = 6
_MOST_AROUND: Final = 4
_LEAST_INITIALS: Final = 3
_LABEL_WORDS: Final = 2
_MOST_MARKS: Final = 8
_NAMES: Final = ("og:site_name", "application-name", "twitter:site", "publisher")


class Statements:
    """The sources of metadata of one page, and the headline and site names derived from them."""

    def __init__(self, flat: Flattener, url: str | None) -> None:
        self.named_elements = flat.named_elements.found
        self.titles = flat.titles
        self.lines = flat.lines
        self.blocks = flat.blocks
        self.nodes = jsonld.nodes(flat.scripts)
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
        self.article = jsonld.article_node(self.nodes, self._headings()) or {}

    def _take(self, said: Mapping[str, str]) -> None:
        keys = (said.get("property"), said.get("name"), said.get("http-equiv"))  # an `itemprop` is of its item
        value = jsonld.text(said.get("content"))
        for key in {key.strip().lower() for key in keys if key} if value else ():
            self.metas.setdefault(key, []).append(value or "")

    def _headings(self) -> frozenset[str]:
        """The titles that the page gives itself, as `letters_of`: they distinguish its article from others in
        JSON-LD."""
        said = (
            *self.metas.get("og:title", ()),
            *self.titles[:1],
            *(t.text for t in self.named_elements if t.what == "h1"),
        )
        return frozenset({letters_of(text) for text in said} - {""})

    def meta(self, *keys: str) -> str | None:
        """Return the first value of the first of these meta tags that has one; None if none has."""
        return next((self.metas[key][0] for key in keys if key in self.metas), None)

    def elements(self, *what: str) -> list[NamedElement]:
        """Return the named elements of these kinds (`NamedElement.what`), in order."""
        return [element for element in self.named_elements if element.what in what]

    # ------------------------------------------------------------------------------ the article's part of the page

    @cached_property
    def headline(self) -> NamedElement | None:
        """The element of the headline: the first one that agrees with the page's titles, else the first heading."""
        headings = [each for each in self.elements("h1", "headline", "heading") if each.line or each.inside]
        own = self._headings()
        named = (each for each in headings if letters_of(each.text) and not self.is_site(each.text))
        return max(
            named,
            key=lambda each: (self._calls(letters_of(each.text), own), each.what == "h1", -each.line),
            default=None,
        )

    def _calls(self, key: str, own: Iterable[str]) -> bool:
        return any(key in other and (key != other or other not in self.sites) for other in own if other != key) or (
            key in {letters_of(title) for title in (*self.metas.get("og:title", ()), *self.titles[:1])}
        )

    def is_own(self, element: NamedElement) -> bool:
        """Report whether an element is in the same part of the page as the headline."""
        head = self.headline
        if not set(element.parts) <= set(head.parts if head else ()):
            return False
        return not (head and head.articles and element.articles) or element.articles[0] in head.articles

    def near(self, element: NamedElement, above: int, below: int) -> bool:
        """Report whether an element is at most `above` lines above the headline or `below` lines below it."""
        at = self.headline.line if self.headline else 0
        return at - above <= element.line <= at + below

    def in_header(self, inside: tuple[str, ...]) -> bool:
        """Report whether an element with these ancestors is in the header of the page and not in that of its
        article."""
        if "header" not in inside or not {"article", "main"}.isdisjoint(inside[: inside.index("header")]):
            return False
        return not (self.headline and "header" in self.headline.inside)

    # ------------------------------------------------------------------------------ names of the site

    @cached_property
    def sites(self) -> frozenset[str]:
        """The names of the site, as `letters_of`: those that it states, and its host."""
        return frozenset({letters_of(name) for name in (*self._names, self._host, self._label) if name} - {""})

    @cached_property
    def _names(self) -> tuple[str, ...]:
        names = [self.meta(key) for key in _NAMES]
        names += jsonld.names_in([node.get("publisher") for node in self.nodes], self.ids)
        names += [str(n.get("name")) for n in self.nodes if str(n.get("@type")) in ("WebSite", "NewsMediaOrganization")]
        return tuple(name for name in names if name)

    @cached_property
    def _initials(self) -> frozenset[str]:
        found = ("".join(word[0] for word in name.split() if word[0].isalpha()) for name in self._names)
        return frozenset(each.casefold() for each in found if len(each) >= _LEAST_INITIALS)

    @cached_property
    def _host(self) -> str:
        return (urlsplit(self.url or "").hostname or "").removeprefix("www.")

    @cached_property
    def _label(self) -> str:
        return self._host.partition(".")[0]

    @cached_property
    def _sections(self) -> frozenset[str]:
        """The sections that the page states for its article, and the folders of its address, as `letters_of`."""
        said = self.article.get("articleSection")
        listed = [text for one in (said if isinstance(said, list) else [said]) if (text := jsonld.text(one))]
        folders = unquote(urlsplit(self.url or "").path).split("/")[:-1]
        return frozenset(
            {letters_of(each) for each in (*listed, *self.metas.get("article:section", ()), *folders)} - {""}
        )

    def without_site(self, title: str) -> str:
        """Return a title without the site's name at either end, and without its section at the end."""
        while parts := list(_PART.finditer(title)):
            last = title[parts[-1].end() :]
            if self.is_site(last) or (len(last.split()) <= _LABEL_WORDS and letters_of(last) in self._sections):
                title = title[: parts[-1].start()]
            elif self.is_site(title[: parts[0].start()]):
                title = title[parts[0].end() :]
            else:
                break
        return title

    def is_site(self, part: str) -> bool:
        """Report whether a text is a name of the site, its initials, or at most four words with the name of its
        host."""
        key, label = letters_of(part), letters_of(self._label)
        around = len(label) >= _LEAST_LABEL and label in key and len(part.split()) <= _MOST_AROUND
        return key in self.sites or key in self._initials or around


def title_parts(title: str) -> frozenset[str]:
    """Return all parts of a title between two of its separators (or its ends), as `letters_of`.

    >>> sorted(title_parts("Lamps | Courier"))
    ['courier', 'lamps', 'lampscourier']
    """
    marks = list(_ANY_PART.finditer(title))[:_MOST_MARKS]
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(title)]
    return frozenset(letters_of(title[a:b]) for i, a in enumerate(starts) for b in ends[i:])


def letters_of(text: str | None) -> str:
    """Return the letters and digits of a text, folded, so that two spellings of one title are equal.

    >>> letters_of("The Lamps: Part 2")
    'thelampspart2'
    """
    return "".join(filter(str.isalnum, fold(text or "")))


def _address(said: str | None, url: str | None) -> str | None:
    """The address that a page states, made absolute; None unless it is an HTTP address with a host."""
    try:
        whole = urljoin(url or "", (said or "").strip())
        return whole if said and urlsplit(whole).scheme in ("http", "https") and urlsplit(whole).hostname else None
    except ValueError:
        return None
