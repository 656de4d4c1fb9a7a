"""Elements of a page that name what they hold: headlines, times, microdata, bylines.

Each keeps where it stands, so that what is said of a comment, of another story or by the page's clock is not taken
for the article's.
https://html.spec.whatwg.org/multipage/microdata.html, https://microformats.org/wiki/h-entry
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from cleaner.metadata.values import LEADS

_AUTHOR: Final = re.compile(
    r"(?i)(?:^|[\s_-])(?:byline|by-line|author|autor|auteur|p-author)(?:s|[\s_-]?names?)?(?:[\s_-]|$)"
)
_DATE: Final = re.compile(
    r"(?i)(?:^|[\s_-])(?:pub|post|entry|publish(?:ed)?|posted|publication|dt-published)?[_-]?(?:date|dates|datetime|published"
    r"|posted|pubdate|timestamp)(?:$|[\s_-])|(?:^|[\s_-])(?:published|posted)[_-]?on(?:$|[\s_-])|(?:^|\s)time(?:$|\s)"
)
_HEADLINE: Final = re.compile(
    r"(?i)(?:^|[\s_-])(?:entry|post|article|story|page|p)-?_?(?:title|name|headline|heading)(?:$|\s)|(?:^|[\s_-])headline(?:$|\s)"
)
_OTHER: Final = frozenset(
    "comment comments commentlist disqus respond reply replies related recommended recommendations sidebar popular"
    " trending newsletter teaser teasers promo testimonial testimonials prev next readmore event events breadcrumb"
    " breadcrumbs carousel".split()
)
"""Words of classes and ids of what is no part of the article; unless its headline stands in it, too."""
_OTHER_TYPE: Final = re.compile(
    r"(?:Comment|UserComments|Review|Rating|Event|VideoObject|AudioObject|ImageObject|Product|Offer|Place|FAQPage|Question"
    r"|Answer|HowToStep|Book|Movie|SiteNavigationElement|WPSideBar|WPFooter|WPHeader)$"
)
_PROPERTIES: Final = frozenset(
    {"headline", "author", "creator", "name", "datepublished", "datecreated", "datemodified"}
)
_WORD: Final = re.compile(r"[a-z]+")
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_VALUES: Final = {"meta": "content", "time": "datetime", "abbr": "title", "data": "value"}
_MOST: Final = 400
_MOST_OPEN: Final = 12
_LONGEST: Final = 400
_MARK: Final = "\x1f"
_FULL_NAME: Final = 2  # words
_MOST_ABOVE: Final = 60


class Element(Protocol):
    """An element that is open, as `Tellings` reads it."""

    tag: str
    attributes: Mapping[str, str]
    inside: tuple[str, ...]
    depth: int
    number: int

    @property
    def parent(self) -> Element | None:
        """The element that it stands in."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What an element is said to be, and its text, or the value of the attribute that stands for it."""

    what: str
    """`h1`, `heading`, `time`, `date` or `author` (by class), or the name of a microdata property."""
    text: str
    names: str = ""
    """Its class and id."""
    inside: tuple[str, ...] = ()
    line: int = 0
    """How many lines of the page stand before it."""
    parts: tuple[int, ...] = ()
    """The elements above it, or itself, that are named for what is no part of an article, by their numbers."""
    articles: tuple[int, ...] = ()
    """The `article` elements that it stands in, the innermost first."""
    shown: str = ""
    """The text beside a value that an attribute gives."""


class _Open:
    """An element whose text is being collected."""

    __slots__ = ("depth", "found", "pieces", "scoped", "telling")

    def __init__(self, depth: int, telling: Telling, found: int, scoped: bool) -> None:
        self.depth = depth
        self.telling = telling
        self.found = found
        self.scoped = scoped
        self.pieces: list[str] = []


class Tellings:
    """Takes the elements of a page and their text; gives `found`."""

    def __init__(self) -> None:
        self.found: list[Telling] = []
        self._open: list[_Open] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def start(self, element: Element, line: int) -> None:
        """An element begins, after so many lines of the page."""
        what = _what(element)
        if not what or len(self.found) >= _MOST or _is_aside(element.inside):
            return
        parts, articles = _standing(element)
        attributes = element.attributes
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        value = attributes.get(_VALUES.get(element.tag, "content")) or attributes.get("datetime") or ""
        telling = Telling(what, value, names, element.inside, line, parts, articles)
        if value and element.tag == "meta":
            self.found.append(telling)
        elif len(self._open) < _MOST_OPEN:
            self._open.append(_Open(element.depth, telling, len(self.found), "itemscope" in attributes))
        elif value:
            self.found.append(telling)

    def data(self, text: str) -> None:
        """Text of all that is open."""
        for each in self._open:
            each.pieces.append(text)

    def boundary(self) -> None:
        """An element begins or ends within what is open: names that touch there are two."""
        for each in self._open:
            if each.pieces and each.pieces[-1] != _MARK:
                each.pieces.append(_MARK)

    def end(self, depth: int) -> None:
        """The element at this depth ends."""
        while self._open and self._open[-1].depth >= depth:
            each = self._open.pop()
            telling = each.telling
            parted = telling.what in ("author", "creator", "date", "time")
            text = " ".join(_joined("".join(each.pieces), parted=parted).split())
            if each.scoped and any(inner.what == telling.what for inner in self.found[each.found :]):
                continue  # a person's name inside says it better
            if telling.text or 0 < len(text) <= _LONGEST:
                said = telling.text or text
                self.found.append(
                    Telling(telling.what, said, telling.names, telling.inside, telling.line, telling.parts,
                            telling.articles, text[:_LONGEST])
                )  # fmt: skip


def _joined(text: str, *, parted: bool) -> str:
    """The pieces of a text; where two elements meet, a blank or, between names, a comma."""
    pieces: list[str] = []
    for piece in text.split(_MARK):
        if pieces and piece.isspace():
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    whole = "".join(pieces[:1])
    for left, right in pairwise(pieces):
        if not parted:
            touching = whole[-1:].isalnum() and right[:1].isalnum() and not right[:1].islower()
            whole += f" {right}" if touching else right
        else:
            whole += f"{_between(left, right)}{right}"
    return whole


def _between(left: str, right: str) -> str:
    """What parts the texts of two elements that follow each other where people or dates are named."""
    before, after = left.rstrip(), right.lstrip()
    if not before or not after or not (before[-1].isalnum() or before[-1] in ".)®") or not after[0].isalnum():
        return ""
    if before == left and after == right:
        if after[0].islower() and before[-1].isalpha():
            return ""  # a letter set apart: "<b>A</b>nna"
    elif len(before.split()) < _FULL_NAME or len(after.split()) < _FULL_NAME or not after[0].isupper():
        return ""  # "<span>Anna</span> <span>Reed</span>"
    return " " if before.strip(" :").casefold() in LEADS else ", "


def _what(element: Element) -> str:
    tag, attributes = element.tag, element.attributes
    if said := (attributes.get("itemprop") or attributes.get("property") or "").split():
        name = said[-1].rpartition(":")[2]
        return _property(name, element) if name.lower() in _PROPERTIES or tag != "meta" else ""
    named = attributes.get("class", "")
    if tag == "h1":
        return "h1"
    if tag == "time" or "datetime" in attributes:
        return "time"
    if tag == "abbr" and "title" in attributes and _DATE.search(named):
        return "time"
    if "author" in attributes.get("rel", "").split() or _AUTHOR.search(named):
        return "author"
    if named and _DATE.search(named):
        return "date"
    return "heading" if tag in _HEADINGS and _HEADLINE.search(named) else ""


def _property(name: str, element: Element) -> str:
    """A property of microdata or RDFa; the name of somebody who is said to be the author is the author."""
    owner = next((above for above in _above(element) if _is_item(above)), None)
    if name == "name" and owner is not None and owner.attributes.get("itemprop") in ("author", "creator"):
        return "author"
    if name in ("author", "name") and owner is not None and "Comment" in owner.attributes.get("itemtype", ""):
        return ""
    return name


def _is_item(element: Element) -> bool:
    return "itemscope" in element.attributes or "typeof" in element.attributes


def _above(element: Element) -> Iterator[Element]:
    above = element.parent
    for _ in range(_MOST_ABOVE):
        if above is None:
            return
        yield above
        above = above.parent


def _standing(element: Element) -> tuple[tuple[int, ...], tuple[int, ...]]:
    parts: list[int] = []
    articles: list[int] = []
    for each in (element, *_above(element)):
        if each.tag in ("html", "body"):
            break
        if each.tag == "article":
            articles.append(each.number)
        if _is_other(each.attributes):
            parts.append(each.number)
    return tuple(parts), tuple(articles)


def _is_other(attributes: Mapping[str, str]) -> bool:
    kind = attributes.get("itemtype") or attributes.get("typeof") or ""
    if kind and _OTHER_TYPE.search(kind):
        return True
    named = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return len(named) > 1 and (not _OTHER.isdisjoint(_WORD.findall(named.lower())) or "widget" in named.split())


def _is_aside(inside: tuple[str, ...]) -> bool:
    """A menu, a sidebar, the foot of the page; the foot of an article is its own."""
    if "nav" in inside:
        return True
    article = next((i for i, each in enumerate(inside) if each in ("article", "main")), len(inside))
    return not {"footer", "aside"}.isdisjoint(inside[:article]) or "aside" in inside
