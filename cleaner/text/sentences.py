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

UPPER, _LOWER = cased_letters()
"""Capital letters, for a character class of a pattern."""

# A sentence mark with closing quotes and brackets before a blank or, where the blank is lost, before a capital; marks
# of scripts that write no blank; a gap of several blanks; a separator between blanks.
_BOUNDARY = re.compile(
    rf"[.!?…؟۔।॥]+[\"'”’»)\]]*(?=\s|[{UPPER}“„«\"(\[])"
    r"|[。！？．｡]+[」』”’）]*"
    r"|\s{2,}"
    r"|\s[|•·►▶▸‣→■◆●]+(?=\s)"
)
_AFTER_ABBREVIATION = re.compile(
    rf"(?:^|[\s(\"“.])(?:[{UPPER}]|Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Sgt|Lt|Jr|Sr|vs|No|Nr|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|Inc|Ltd|Co|Corp|Hon|Rev|Ph|al|bzw|ca|Abb|Fot|fot|np|tzn|tj|tzv|č|str|art|pag|pág|Sra?|Dra?|Mme|Mlle|Av)\.$"
)
_BRACKETED = re.compile(r"\([^()]{3,300}\)|\[[^\[\]]{3,300}\]|（[^（）]{2,300}）|【[^【】]{2,300}】")
_GLUED = re.compile(rf"(?<=[{_LOWER}\d%)\"”’])(?=[{UPPER}][{UPPER}{_LOWER}])")
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
        if mark.group()[0] == "." and (_next_is_small(line, end) or _AFTER_ABBREVIATION.search(line, start, end)):
            continue
        _add(found, line, start, end)
        start = end
    _add(found, line, start, len(line))
    return found


def pieces(line: str) -> list[Span]:
    """Return all pieces of a line that may be units: its sentences, brackets within them, and what lost a blank.

    Pieces may contain each other. Returns nothing for a line that is one piece.

    >>> line = "Lamps came on (Photo by A. Reed/Example) in town.Share this"
    >>> [line[a:b] for a, b in pieces(line)]
    ['Lamps came on (Photo by A. Reed/Example) in town.', 'Share this', '(Photo by A. Reed/Example)']
    >>> line = "the ward 14 drainResidents of the town"
    >>> [line[a:b] for a, b in pieces(line)]
    ['the ward 14 drain', 'Residents of the town']
    """
    found = sentences(line)
    every = dict.fromkeys(found)
    for bracket in _BRACKETED.finditer(line):
        every[bracket.span()] = None
    for start, end in found:
        every |= dict.fromkeys(_unglued(line, start, end))
    every.pop((0, len(line)), None)
    return list(every)


def _add(found: list[Span], line: str, start: int, end: int) -> None:
    piece = line[start:end]
    stripped = piece.strip(SEPARATORS)
    if stripped:
        at = start + piece.index(stripped)
        found.append((at, at + len(stripped)))


def _next_is_small(line: str, end: int) -> bool:
    return line[end : end + 4].lstrip()[:1].islower()


def _unglued(line: str, start: int, end: int) -> Iterator[Span]:
    """The pieces of a sentence between the places where a small letter meets a capital."""
    places = [each.start() for each in _GLUED.finditer(line, start + 1, end)]
    if not 0 < len(places) <= _MOST_GLUED:
        return
    for a, b in zip((start, *places), (*places, end), strict=True):
        yield from ((a, b),) if line[a:b].strip() else ()
