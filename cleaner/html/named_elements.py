"""Collects elements whose markup names their content: headlines, times, microdata, bylines.

Each keeps its position, so that data of a comment, of another story or of the page's clock is not attributed to the
article.
Sources: https://html.spec.whatwg.org/multipage/microdata.html, https://microformats.org/wiki/h-entry
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
"""Words in classes and ids of parts that do not belong to the article, unless its headline is in the same part."""
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


class OpenElement(Protocol):
    """The attributes of an open element that `NamedElements` reads."""

    tag: str
    attributes: Mapping[str, str]
    inside: tuple[str, ...]
    depth: int
    number: int

    @property
    def parent(self) -> OpenElement | None:
        """The element that contains it."""


@dataclass(frozen=True, slots=True)
class NamedElement:
    """An element with what its markup calls it, and its text or the attribute that replaces the text."""

    what: str
    """`h1`, `heading`, `time`, `date` or `author` (by class), or the name of a microdata property."""
    text: str
    names: str = ""
    """Its class and id."""
    inside: tuple[str, ...] = ()
    line: int = 0
    """The number of lines of the page before it."""
    parts: tuple[int, ...] = ()
    """Numbers of the elements, of itself and those that contain it, whose names mark parts outside the article."""
    articles: tuple[int, ...] = ()
    """Numbers of the `article` elements that contain it, the innermost first."""
    shown: str = ""
    """The text of the element, also where `text` comes from an attribute."""


class _Open:
    """An element whose text is being collected."""

    __slots__ = ("depth", "found", "named", "pieces", "scoped")

    def __init__(self, depth: int, named: NamedElement, found: int, scoped: bool) -> None:
        self.depth = depth
        self.named = named
        self.found = found
        self.scoped = scoped
        self.pieces: list[str] = []


class NamedElements:
    """Receives the events of a page in order and collects `found`. It is true while a named element is open."""

    def __init__(self) -> None:
        self.found: list[NamedElement] = []
        self._open: list[_Open] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def start(self, element: OpenElement, line: int) -> None:
        """Handle the start of an element; `line` is the number of lines before it."""
        what = _what(element)
        if not what or len(self.found) >= _MOST or _is_aside(element.inside):
            return
        parts, articles = _standing(element)
        attributes = element.attributes
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        value = attributes.get(_VALUES.get(element.tag, "content")) or attributes.get("datetime") or ""
        named = NamedElement(what, value, names, element.inside, line, parts, articles)
        if value and element.tag == "meta":
            self.found.append(named)
        elif len(self._open) < _MOST_OPEN:
            self._open.append(_Open(element.depth, named, len(self.found), "itemscope" in attributes))
        elif value:
            self.found.append(named)

    def data(self, text: str) -> None:
        """Add text to all open named elements."""
        for each in self._open:
            each.pieces.append(text)

    def boundary(self) -> None:
        """Mark that an element begins or ends here, which separates names that touch."""
        for each in self._open:
            if each.pieces and each.pieces[-1] != _MARK:
                each.pieces.append(_MARK)

    def end(self, depth: int) -> None:
        """Handle the end of the element at this depth."""
        while self._open and self._open[-1].depth >= depth:
            each = self._open.pop()
            named = each.named
            parted = named.what in ("author", "creator", "date", "time")
            text = " ".join(_joined("".join(each.pieces), parted=parted).split())
            if each.scoped and any(inner.what == named.what for inner in self.found[each.found :]):
                continue  # the name within the element is more exact
            if named.text or 0 < len(text) <= _LONGEST:
                said = named.text or text
                self.found.append(
                    NamedElement(named.what, said, named.names, named.inside, named.line, named.parts,
                            named.articles, text[:_LONGEST])
                )  # fmt: skip


def _joined(text: str, *, parted: bool) -> str:
    """Join the pieces of a text with a blank or, between names, a comma where two elements meet."""
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
    """The separator between the texts of two adjacent elements that name people or dates."""
    before, after = left.rstrip(), right.lstrip()
    if not before or not after or not (before[-1].isalnum() or before[-1] in ".)®") or not after[0].isalnum():
        return ""
    if before == left and after == right:
        if after[0].islower() and before[-1].isalpha():
            return ""  # a letter set apart: "<b>A</b>nna"
    elif len(before.split()) < _FULL_NAME or len(after.split()) < _FULL_NAME or not after[0].isupper():
        return ""  # "<span>Anna</span> <span>Reed</span>"
    return " " if before.strip(" :").casefold() in LEADS else ", "


def _what(element: OpenElement) -> str:
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


def _property(name: str, element: OpenElement) -> str:
    """Normalise a property of microdata or RDFa: the `name` of an author is `author`, and one of a comment is ""."""
    owner = next((above for above in _above(element) if _is_item(above)), None)
    if name == "name" and owner is not None and owner.attributes.get("itemprop") in ("author", "creator"):
        return "author"
    if name in ("author", "name") and owner is not None and "Comment" in owner.attributes.get("itemtype", ""):
        return ""
    return name


def _is_item(element: OpenElement) -> bool:
    return "itemscope" in element.attributes or "typeof" in element.attributes


def _above(element: OpenElement) -> Iterator[OpenElement]:
    above = element.parent
    for _ in range(_MOST_ABOVE):
        if above is None:
            return
        yield above
        above = above.parent


def _standing(element: OpenElement) -> tuple[tuple[int, ...], tuple[int, ...]]:
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
    """In a menu, a sidebar or the footer of the page; the footer of an article belongs to it.

    A menu that contains `article` or `main` was never closed.
    """
    last = max((i for i, each in enumerate(inside) if each in ("article", "main")), default=0)
    if "nav" in inside[last:]:
        return True
    article = next((i for i, each in enumerate(inside) if each in ("article", "main")), len(inside))
    return not {"footer", "aside"}.isdisjoint(inside[:article]) or "aside" in inside
