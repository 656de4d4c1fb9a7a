"""Splits a line into the pieces that may be units: sentences, parts between separators, brackets.

A boundary here is only a place where a unit may begin or end. So this prefers a boundary too many to one too few: a
caller that needs certainty checks the pieces, as `cleaner.matching.units` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.text.words import cased_letters

Span = tuple[int, int]
"""Offsets of a piece in its line, end exclusive."""

_UPPER, _LOWER = cased_letters()

# A sentence mark with closing quotes and brackets before a blank or, where the blank is lost, before a capital; marks
# of scripts that write no blank; a gap of several blanks; a separator between blanks.
_BOUNDARY = re.compile(
    rf"[.!?…؟۔।॥]+[\"'”’»)\]]*(?=\s|[{_UPPER}“„«\"(\[])"
    r"|[。！？．｡]+[」』”’）]*"
    r"|\s{2,}"
    r"|\s[|•·►▶▸‣→■◆●]+(?=\s)"
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sen rep gov gen col sgt lt jr sr vs no nr jan feb mar apr jun jul aug sep sept oct nov dec"
    " inc ltd co corp hon rev ph al bzw ca abb fot np tzn tj tzv č str art pag pág sr sra dr dra mme mlle av".split()
)
_LONGEST = max(map(len, _ABBREVIATIONS))
_BEFORE_WORD = re.compile(r"[\s(\"“.]")
_BRACKETED = re.compile(r"\([^()]{3,300}\)|\[[^\[\]]{3,300}\]|（[^（）]{2,300}）|【[^【】]{2,300}】")
_OPENS = re.compile(r"[(\[（【]")
_GLUED = re.compile(rf"(?<=[{_LOWER}\d%)\"”’])(?=[{_UPPER}][{_UPPER}{_LOWER}])")
_MOST_GLUED = 12  # more capitals within words are camel case or a language that writes no blanks, not lost blanks
SEPARATORS = " \t\u00a0\u202f\u3000|•·►▶▸‣→■◆●"
"""Blanks and the marks that separate pieces of a line."""


def sentences(line: str) -> list[Span]:
    """Return the sentences of a line, and the pieces between its separators and wide gaps; in order, without blanks.

    >>> line = "It rained. Dr. Lee left.Share this  |  Photo: A. Reed"
    >>> [line[a:b] for a, b in sentences(line)]
    ['It rained.', 'Dr. Lee left.', 'Share this', 'Photo: A. Reed']
    """
    found: list[Span] = []
    start = 0
    for mark in _BOUNDARY.finditer(line):
        end = mark.end()
        if mark.group()[0] == "." and (_next_is_small(line, end) or _is_abbreviation(line[start : end - 1])):
            continue
        _add(found, line, start, end)
        start = end
    _add(found, line, start, len(line))
    return found


def pieces(line: str) -> tuple[list[Span], list[Span], list[Span]]:
    """Return all pieces of a line that may be units: its sentences, its brackets, and what is between lost blanks.

    The pieces of one list are in order and do not overlap.

    >>> line = "Lamps came on (Photo by A. Reed/Example) in town.Share this"
    >>> [[line[a:b] for a, b in those] for those in pieces(line)[:2]]
    [['Lamps came on (Photo by A. Reed/Example) in town.', 'Share this'], ['(Photo by A. Reed/Example)']]
    >>> line = "the ward 14 drainResidents of the town"
    >>> [line[a:b] for a, b in pieces(line)[2]]
    ['the ward 14 drain', 'Residents of the town']
    """
    found = sentences(line)
    brackets = [bracket.span() for bracket in _BRACKETED.finditer(line)] if _OPENS.search(line) else []
    parts = [part for start, end in found for part in _unglued(line, start, end)] if _GLUED.search(line) else []
    return found, brackets, parts


def _add(found: list[Span], line: str, start: int, end: int) -> None:
    piece = line[start:end]
    stripped = piece.strip(SEPARATORS)
    if stripped:
        at = start + piece.index(stripped)
        found.append((at, at + len(stripped)))


def _is_abbreviation(text: str) -> bool:
    """Whether a text ends with a word that a full stop shortens: an initial, or one of a list."""
    word = _BEFORE_WORD.split(text[-_LONGEST - 1 :])[-1]
    return (len(word) == 1 and word.isupper()) or word.casefold() in _ABBREVIATIONS


def _next_is_small(line: str, end: int) -> bool:
    return line[end : end + 4].lstrip()[:1].islower()


def _unglued(line: str, start: int, end: int) -> Iterator[Span]:
    """The pieces of a sentence between the places where a small letter meets a capital."""
    places = [each.start() for each in _GLUED.finditer(line, start + 1, end)]
    if not 0 < len(places) <= _MOST_GLUED:
        return
    for a, b in zip((start, *places), (*places, end), strict=True):
        yield from ((a, b),) if line[a:b].strip() else ()
