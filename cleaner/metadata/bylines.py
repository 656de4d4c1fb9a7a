"""Lines near a headline that say who wrote a text and when, whatever the language: `read_signature`.

Such a line is made of few sorts of pieces: names, dates and times, posts ("Redakteurin"), outlets in capitals or
as a host, minutes of reading. A line with any other piece is no byline. Names alone prove nothing ("Key Events"
would be a woman), so a reading also says whether it is sure: a lead-in, a post or a date stands with the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cleaner.metadata.dates import month_words, parse_datetime
from cleaner.metadata.names import parse_names
from cleaner.metadata.values import LEADS, MODIFIERS, OUTLETS, ROLES, TIMES

_MOST_CHARS, _MOST_WORDS = 200, 24
_MOST_BESIDE_A_DATE = 4  # words before or behind the figures of a date: "Offentliggjort torsdag", "Lesedauer"
_MOST_BEHIND_NAMES = 6  # "Deputy Content Hub Director"
_MOST_OTHERS, _MOST_OF_OTHERS = 2, 4  # "By Anna Reed | 3 March 2025 | Topic: Bridges"
_GOING_ON = frozenset({"the", "view", "follow", "more"})  # "Anna Reed The Harbour Courier"
_PICTURES = frozenset({"images", "getty", "shutterstock", "istock", "unsplash", "pixabay", "imago", "foto", "photo"})
_JOINING = frozenset({"and", "und", "with", "avec", "oraz"})
_MARKS = re.compile(
    r"\s*[|•·●;–—\t,]\s*|\s*/\s+|\s+/\s*|\s+-\s+|\s{2,}|\s*(?=@\w)|(?<=[\dA-Z])\s+(?=(?:by|By|von|par|por)\s[^\W\d_a-z])"
    r"|(?<=[^\W\d_A-Z])(?=(?:Published|Updated|Posted|Actualizado)\b)"
)
_TIME_OR_SPAN = re.compile(
    r"\d{1,2}[:.h]\d\d|\d\s?(?:min|hour|hr|std|stund|tag|day|week|month|hora|heure|jour|ore|uur|dag|tim|dakika|saat|分|시간|час|мин)",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:www\.)?[\w-]+\.[a-z]{2,4}(?:\.[a-z]{2})?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_LEAD_WORD = re.compile(r"(?i)(?:by|von|par|por|door|di|oleh)\s")
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"[.!?…:][\"'”’»]?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class BylineParts:
    """What a line says of authors and date."""

    names: tuple[tuple[int, int], ...] = ()
    """Where in the line the names stand, each from its start to its end."""
    sure: bool = False
    """Something besides the names says that it is a byline."""
    lead: bool = False
    """What leads in a byline stands before the names."""
    dated: bool = False
    """The line states a full date."""


def is_lead(line: str) -> bool:
    """Whether a line is nothing but the words that lead in a byline: "von", "Author of the article:"."""
    return line.strip(" :*-–|").casefold() in LEADS


@lru_cache(maxsize=4096)
def read_signature(line: str, *, language: str | None = None) -> BylineParts | None:
    """The authors and the date that a line states, or None where it says anything else.

    What stands around headlines is much the same on all pages of a site, and dear to read: it is read once.
    """
    if len(line) > _MOST_CHARS or len(line.split()) > _MOST_WORDS:
        return None
    names: list[tuple[int, int]] = []
    figures = role = lead = unnamed = False
    others = 0
    for start, end in _pieces(line):
        piece = line[start:end]
        digit = _DIGIT.search(piece)
        head = _without_day(piece[: digit.start()], language) if digit else piece
        named = None if unnamed else _named(head, language, dated=digit is not None)
        if named is not None:
            names.append((start, start + len(head)))
            lead, role = lead or named.lead, role or named.role
        elif not digit and _LEAD_WORD.match(piece):
            unnamed = True  # "By the editors, Harbour Courier": what follows is no author either
        elif digit and not _is_figure(piece):
            return None
        elif not digit and _is_role(piece):
            role = True
        elif not digit and not _is_accounted(piece, language):
            others += 1
            if not lead or len(_words(piece)) > _MOST_OF_OTHERS or others > _MOST_OTHERS:
                return None
        figures = figures or digit is not None
    # Which of two numbers is the month may be for the address to say: read them any way here.
    dated = figures and any(parse_datetime(line, language=read) for read in (language, "de"))
    if figures and not dated and not _TIME_OR_SPAN.search(line):
        return None
    if not names and not dated:
        return None
    return BylineParts(
        names=tuple(names),
        sure=bool(names) and (lead or role or figures),
        lead=bool(names) and lead,
        dated=dated,
    )


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    at = 0
    for mark in _MARKS.finditer(line):
        if mark.start() > at:
            yield at, mark.start()
        at = mark.end()
    if at < len(line):
        yield at, len(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A piece that names people, and what besides their names it holds."""

    lead: bool
    role: bool


def _named(piece: str, language: str | None, *, dated: bool) -> _Named | None:
    """Whether a piece names people, by more than one word each, and says nothing else but a lead-in and a post."""
    if len(piece) < 4 or _SENTENCE.search(piece):
        return None
    words = _words(piece)
    if not _PICTURES.isdisjoint(words):
        return None  # a picture's credit
    behind = next((n for n in range(min(4, len(words) - 1), 0, -1) if " ".join(words[:n]) in LEADS), 0)
    names, lone = parse_names(piece, language=language), dated and behind > 0  # "by Anna 3 March 2025"
    if not names or not (lone or all(" " in name for name in names)):
        return None
    spoken = {word for name in names for word in _words(name)}
    others = [word for word in words[behind:] if word not in spoken and len(word) > 2 and word not in _JOINING]
    role = any(word in ROLES for word in others)
    if others and not role and not behind and others[0] not in _GOING_ON:
        return None
    return _Named(lead=behind > 0, role=role) if len(others) <= _MOST_BEHIND_NAMES else None


def _without_day(piece: str, language: str | None) -> str:
    """What stands before a date's figures, without the names of its day and month."""
    words = piece.rstrip(" (").split(" ")
    while words and words[-1].strip(".,").casefold() in _day_words(language):
        words.pop()
    return " ".join(words)


@lru_cache(maxsize=64)
def _day_words(language: str | None) -> frozenset[str]:
    """Words of days and times, and the names of months."""
    return TIMES | month_words(language)


def _words(piece: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(piece)]


def _is_role(piece: str) -> bool:
    words = _words(piece)
    return 0 < len(words) <= 5 and any(word in ROLES for word in words)


def _is_figure(piece: str) -> bool:
    """A date, a time, a number of minutes or comments, with few words around it."""
    digits = [found.start() for found in _DIGIT.finditer(piece)]
    before, behind = piece[: digits[0]].split(), piece[digits[-1] + 1 :].split()
    return len(before) <= _MOST_BESIDE_A_DATE and len(behind) <= _MOST_BESIDE_A_DATE and not _SENTENCE.search(piece)


def _is_accounted(piece: str, language: str | None) -> bool:
    """An outlet, a place of one word, a day or a month: what may stand beside names and dates."""
    words = _words(piece)
    if not words or piece[0] == "@" or _HOST.fullmatch(piece):
        return True
    if len(words) == 1:
        return piece[0].isupper() or words[0] in TIMES or words[0] in LEADS
    if _day_words(language).issuperset(words):
        return True
    outlet = words[-1] in OUTLETS or words[0] in OUTLETS or piece.isupper()
    return outlet and len(words) <= 4 and all(w in MODIFIERS or w[0].isupper() for w in piece.split())
