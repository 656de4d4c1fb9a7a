"""Flattens a page to lines of text with facts from the markup, in one pass over the parser's events, without a tree.

The events come from libxml2 through lxml: start and end of each element, implied ones included, and text between
them. Open elements are a chain of `_Open`, each linked to its parent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from lxml import etree

from cleaner.html.elements import (
    ARIA_ROLES,
    BREAKS,
    CELLS,
    CONTAINERS,
    EMPHASIS,
    LINE,
    LOOSE,
    PARAGRAPH,
    PARTS,
    PHRASES,
    SCREEN_READER_CLASSES,
    SKIPPED,
    UNITS,
    WRAPPERS,
)
from cleaner.html.named_elements import NamedElements
from cleaner.model.document import Block

_CHUNK: Final = 1 << 16
_DEEPEST: Final = 1000  # browsers stop at 512; past it, a new parser starts and the nesting is forgotten

_SPACE: Final = re.compile("[\t\n\v\f\r \x1c-\x1f\x85\u2028\u2029]+")  # not no-break or ideographic ones
_LINE_END: Final = re.compile("[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_ENDS: Final = " \xa0\u200b\ufeff"
_NO_DISPLAY: Final = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMING: Final = ("class", "id", "itemprop", "role", "data-component", "data-testid", "data-type", "data-module")
_NAMED_LEVELS: Final = 5
_LEVELS: Final = 12
_MOST_NAMES: Final = 32
_LONGEST_NAMING: Final = 200
_LEVELS_ABOVE: Final = 8

_ON_THE_PAGE: Final = frozenset({"html", "meta", "link"})

_CELL: Final = "\0"  # between cells; the parser never yields it, as it reads U+0000 as U+FFFD
_BLANK: Final = Block()


class _Open:
    """An element that is open."""

    __slots__ = (
        "above", "attributes", "block", "breaks", "depth", "element", "inside", "names", "number", "parent", "tag",
        "tight",
    )  # fmt: skip

    def __init__(self, tag: str, attributes: Mapping[str, str], parent: _Open | None, number: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.inside: tuple[str, ...]
        self.above: tuple[int, ...]
        self.parent = parent
        self.number = number
        self.names: tuple[str, ...] | None = None
        role = ARIA_ROLES.get(attributes["role"], tag) if "role" in attributes else tag
        self.breaks = BREAKS.get(tag) or BREAKS.get(role, 0)
        inside: tuple[str, ...] = ()
        self.tight: bool = tag == "li" or (parent is not None and parent.tight and tag not in LOOSE)
        if self.tight and self.breaks and tag in WRAPPERS:
            self.breaks = LINE
        self.element: int = parent.element if parent is not None else 0
        if tag in UNITS and not self.tight:
            self.element = number
        if parent is None:
            self.depth = 0
            self.block, self.above = self, (number,)
        else:
            self.depth = parent.depth + 1
            inside = parent.inside
            if self.breaks or tag in CELLS:
                self.block, self.above = self, (number, *parent.above[: _LEVELS_ABOVE - 1])
            else:
                self.block, self.above = parent.block, parent.above
        if role in CONTAINERS and role not in inside:
            inside = (*inside, role)
        if attributes and (hidden := _hidden(attributes)) and hidden not in inside:
            inside = (*inside, hidden)
        self.inside = inside

    def own_names(self) -> tuple[str, ...]:
        """Words of its naming attributes; none for `html` and `body`, which name the page and not a part of it."""
        if self.names is None:
            said = self.attributes if self.tag not in ("html", "body") else {}
            written = " ".join(said[key][:_LONGEST_NAMING] for key in _NAMING if key in said) if said else ""
            words = (word.lower() for word in _WORD.findall(written) if 2 <= len(word) <= 24)
            self.names = tuple(dict.fromkeys(words))
        return self.names


def _hidden(attributes: Mapping[str, str]) -> str:
    """`hidden` if a browser does not show it, `aria-hidden` if screen readers skip it, else ""."""
    if "hidden" in attributes or ("style" in attributes and _NO_DISPLAY.search(attributes["style"])):
        return "hidden"
    return "aria-hidden" if attributes.get("aria-hidden") == "true" else ""


def _is_unseen(attributes: Mapping[str, str]) -> bool:
    return _hidden(attributes) == "hidden" or not SCREEN_READER_CLASSES.isdisjoint(attributes.get("class", "").split())


class Flattener:
    """Converts the parser's events to `lines`, with one entry of `blocks` for each line.

    It also collects what the page states about itself: `said` (tag and attributes of `html`, `meta` and `link`
    elements), `scripts` (texts of JSON-LD), `titles` (texts of `title` elements) and `named_elements` (elements whose
    markup names what they hold).
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.blocks: list[Block] = []
        self.said: list[tuple[str, Mapping[str, str]]] = []
        self.scripts: list[str] = []
        self.titles: list[str] = []
        self.named_elements = NamedElements()
        self._open: _Open | None = None
        self._number = 0
        self._skipped: list[str] = []  # the open skipped elements
        self._kept: list[str] | None = None  # pieces of a skipped element's text that is wanted
        self._pieces: list[str] = []
        self._chars = self._linked = self._stressed = 0
        self._in_link = self._in_stress = self._in_pre = 0
        self._at: _Open | None = None  # the innermost element that holds all of the line so far
        self._up = 1 << 30  # the greatest depth that a further piece of the line can have
        self._gap = 0
        self._in_fresh_cell = False  # no text of it so far
        self._broken = False  # a `br` ended the last line

    # Events, as lxml names them

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._skipped:
            self._skipped.append(tag)
            return
        if tag in SKIPPED or (attributes and tag in PHRASES and _is_unseen(attributes)):
            self._skip(tag, attributes)
            return
        if tag in _ON_THE_PAGE:
            self.said.append((tag, dict(attributes)))
        self._number += 1
        self._open = opened = _Open(tag, dict(attributes) if attributes else _NOTHING, self._open, self._number)
        if self.named_elements:
            self.named_elements.boundary()
        if attributes or tag == "h1":
            self.named_elements.start(opened, len(self.lines))
        if opened.breaks:
            if self._in_fresh_cell and tag in WRAPPERS:
                opened.breaks = 0
            else:
                self._end_line(opened.breaks)
            self._in_pre += tag == "pre"
        else:
            self._begin_inline(tag, opened.depth)

    def _begin_inline(self, tag: str, depth: int) -> None:
        if tag == "br":
            if self._open is not None and self._open.block.tag == "h1":
                self._pieces.append(" ")  # a headline is one line, even with line breaks
            else:
                self._line_break()
        elif tag in CELLS:
            if self._pieces:
                self._pieces.append(_CELL)
            self._in_fresh_cell = True
        elif tag == "time":
            if self._pieces:
                self._pieces.append(" ")  # separates adjacent times
        elif tag == "a":
            self._in_link += 1
            if self._pieces and self._up == depth - 1:  # separates adjacent links of a menu
                self._pieces.append(" ")
        elif tag in EMPHASIS:
            self._in_stress += 1

    def end(self, tag: str) -> None:
        if self._skipped:
            self._skipped.pop()
            if not self._skipped:
                self._keep(tag)
            return
        closed = self._open
        if closed is None:
            return
        self._open = closed.parent
        if self.named_elements:
            self.named_elements.end(closed.depth)
            self.named_elements.boundary()
        if closed.breaks:
            self._end_line(closed.breaks)
            if tag == "pre":
                self._in_pre -= 1
            return
        if tag == "a":
            self._in_link -= 1
        elif tag in EMPHASIS:
            self._in_stress -= 1
        elif tag in CELLS:
            self._in_fresh_cell = False
        self._up = min(self._up, closed.depth - 1)

    def data(self, text: str) -> None:
        if self._skipped:
            if self._kept is not None:
                self._kept.append(text)
            return
        if self.named_elements:
            self.named_elements.data(text)
        if self._in_pre:
            first, *others = text.split("\n")
            self._add(first)
            for line in others:
                self._line_break()
                self._add(line)
        elif text.isspace():
            if self._pieces:
                self._pieces.append(text)
        else:
            self._add(text)

    def close(self) -> None:
        self._end_line(PARAGRAPH)
        self._open = None
        self._skipped = []
        self._in_link = self._in_stress = self._in_pre = 0

    @property
    def depth(self) -> int:
        return (self._open.depth if self._open else 0) + len(self._skipped)

    # Skipped elements

    def _skip(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._skipped.append(tag)
        wanted = tag == "title" or (tag == "script" and "ld+json" in attributes.get("type", "").lower())
        self._kept = [] if wanted else None

    def _keep(self, tag: str) -> None:
        if self._kept is not None:
            (self.titles if tag == "title" else self.scripts).append("".join(self._kept))
            self._kept = None

    # Lines

    def _add(self, text: str) -> None:
        here = self._open
        if self._at is None:
            self._at = here
        elif here is not None:
            least = min(self._up, here.depth)
            while self._at.depth > least and self._at.parent is not None:
                self._at = self._at.parent
        self._up = 1 << 30
        self._in_fresh_cell = False
        size = len(text) if self._in_pre else len(text.strip())
        self._pieces.append(text)
        self._chars += size
        if self._in_link:
            self._linked += size
        if self._in_stress:
            self._stressed += size

    def _line_break(self) -> None:
        if self._pieces or not self._broken:
            self._end_line(LINE)
        else:
            self._gap = PARAGRAPH
        self._broken = True

    def _end_line(self, gap: int) -> None:
        if self._pieces:
            text = "".join(self._pieces)
            text = text.replace(_CELL, "\t") if self._in_pre else collapse_blanks(text)
            if text and not text.isspace():
                self._write(text)
            self._pieces = []
            self._chars = self._linked = self._stressed = 0
        self._at, self._up = None, 1 << 30
        self._gap = max(self._gap, gap)

    def _write(self, text: str) -> None:
        if self.lines and self._gap == PARAGRAPH:
            self.lines.append("")
            self.blocks.append(_BLANK)
        self._gap, self._broken = 0, False
        at, size = self._at, max(self._chars, 1)
        self.lines.append(_LINE_END.sub(" ", text) if self._in_pre else text)
        self.blocks.append(
            Block(
                tag=at.block.tag,
                inside=at.inside,
                names=_names(at),
                links=round(min(self._linked / size, 1.0), 2),
                emphasis=round(min(self._stressed / size, 1.0), 2),
                above=at.above,
                element=at.element if at.block.tag in PARTS or at.block.tight else 0,
            )
            if at
            else _BLANK
        )


_NOTHING: Final[Mapping[str, str]] = {}


def _names(at: _Open) -> tuple[str, ...]:
    """The names of an element and of those near above it, nearest first, each once."""
    names: dict[str, None] = {}
    level: _Open | None = at
    steps = levels = 0
    while level is not None and steps < _LEVELS and levels < _NAMED_LEVELS and len(names) < _MOST_NAMES:
        own = level.own_names()
        names.update(dict.fromkeys(own))
        levels += bool(own)
        steps += 1
        level = level.parent
    return tuple(names)[:_MOST_NAMES]


def collapse_blanks(text: str) -> str:
    """Collapse blanks as HTML does, with a tab between cells."""
    if _CELL in text:
        return "\t".join(cell for part in text.split(_CELL) if (cell := collapse_blanks(part)))
    if text.isascii():
        return " ".join(text.split())
    return _SPACE.sub(" ", text).strip(_ENDS)


def flatten(markup: str) -> Flattener:
    """Return the lines of a page, their blocks, and what the page states about itself. Raises nothing."""
    flat = Flattener()
    data = markup.encode("utf-8", "replace")
    parser = _parser(flat)
    start = 0
    while start < len(data):
        cut = data.rfind(b"<", start + 1, start + _CHUNK)  # a new parser must start at a tag
        end = cut if cut > 0 and start + _CHUNK < len(data) else start + _CHUNK
        parser.feed(data[start:end])
        start = end
        if flat.depth > _DEEPEST:
            _close(parser)
            parser = _parser(flat)
    _close(parser)
    flat.close()
    return flat


def _close(parser: etree.HTMLParser) -> None:
    with suppress(etree.XMLSyntaxError):  # the input held no element
        parser.close()


def _parser(flat: Flattener) -> etree.HTMLParser:
    return etree.HTMLParser(target=flat, encoding="utf-8", huge_tree=True, remove_comments=True)
