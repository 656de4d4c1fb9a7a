"""Elements of a page that name what they hold: headlines, times, microdata, bylines.

https://html.spec.whatwg.org/multipage/microdata.html, https://microformats.org/wiki/rel-author
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_BYLINE: Final = re.compile(r"(?i)(?:^|[\s_-])(?:byline|by-line|author|autor|auteur)(?:s|[\s_-]?names?)?(?:[\s_-]|$)")
_ELSEWHERE: Final = frozenset({"nav", "footer", "aside"})
_MOST: Final = 200
_MOST_OPEN: Final = 8
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Telling:
    """What an element is said to be, and its text, or the value of the attribute that stands for it."""

    what: str
    """`h1`, `time`, `author` (by link or class), or the name of a microdata property."""
    text: str
    names: str
    """Its class and id."""


class Tellings:
    """Takes the elements of a page and their text; gives `found`."""

    def __init__(self) -> None:
        self.found: list[Telling] = []
        self._open: list[tuple[int, str, str, list[str]]] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def start(self, depth: int, tag: str, attributes: Mapping[str, str], inside: tuple[str, ...]) -> None:
        """An element begins, at this depth."""
        what = _what(tag, attributes)
        if not what or len(self.found) >= _MOST or not _ELSEWHERE.isdisjoint(inside):
            return
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        value = attributes.get("datetime") or attributes.get("content")
        if value:
            self.found.append(Telling(what, value, names))
        elif len(self._open) < _MOST_OPEN:
            self._open.append((depth, what, names, []))

    def data(self, text: str) -> None:
        """Text of all that is open."""
        for _, _, _, pieces in self._open:
            pieces.append(text)

    def end(self, depth: int) -> None:
        """The element at this depth ends."""
        while self._open and self._open[-1][0] >= depth:
            _, what, names, pieces = self._open.pop()
            text = " ".join("".join(pieces).split())
            if 0 < len(text) <= _LONGEST:
                self.found.append(Telling(what, text, names))


def _what(tag: str, attributes: Mapping[str, str]) -> str:
    if said := attributes.get("itemprop") or attributes.get("property"):
        return said.split()[-1].rpartition(":")[2] if said.split() else ""
    if tag == "time" or "datetime" in attributes:
        return "time"
    if "author" in attributes.get("rel", "").split() or _BYLINE.search(attributes.get("class", "")):
        return "author"
    return "h1" if tag == "h1" else ""
