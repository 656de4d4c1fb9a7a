"""Reads lines near a headline that state authors and dates, in any language: `read_signature`.

Such a line is made of few sorts of pieces: names, dates and times, posts ("Redakteurin"), outlets in capitals or
as a host, minutes of reading. A line with any other piece is no byline. Names alone prove nothing ("Key Events"
would be a woman), so a reading also says whether it is sure: a lead-in, a post or a date is with the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cleaner.metadata.dates import month_words, parse_datetime
from cleaner.metadata.names import parse_names
from cleaner.metadata.values import LEADS, MODIFIERS, OUTLETS, PARTICLES, ROLES, TIMES

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
OTHERS_WORK = re.compile(
    r"(?i)\b(?:reviewed|edited|fact[- ]?checked|photos?|photography|translated|illustrated|recommended)\s+by\b"
)
"""Words before people who did not write the text."""
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"[.!?…:][\"'”’»]?$")

# What leads in a byline, of languages where it may also be a part of a name.
_LED_BY: Mapping[str | None, str] = {
    "de": "von", "fr": "par", "es": "por", "pt": "por", "it": "di", "nl": "door", "sv": "av", "no": "av", "da": "af",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BylineParts:
    """The authors and the date that a line states."""

    names: tuple[tuple[int, int], ...] = ()
    """The start and end of the names in the line."""
    sure: bool = False
    """Whether something besides the names shows that it is a byline."""
    lead: bool = False
    """Whether words that introduce a byline precede the names."""
    dated: bool = False
    """The line states a full date."""


def is_lead(line: str) -> bool:
    """Report whether a line has only words that introduce a byline: "von", "Author of the article:"."""
    return line.strip(" :*-–|").casefold() in LEADS


def is_led_in(name: str, language: str | None) -> bool:
    """Whether an item of a list of names begins with the words that lead in a byline.

    >>> is_led_in("By Anna Reed", None), is_led_in("Von Anna Reed", "de"), is_led_in("Von Trapp", "de")
    (True, True, False)
    """
    words = name.casefold().split()
    if len(words) > 1 and words[0] in ("by", "by:"):
        return True
    return len(words) > 2 and words[0] == _LED_BY.get(language) and words[1] not in PARTICLES


@lru_cache(maxsize=4096)
def read_signature(line: str, *, language: str | None = None) -> BylineParts | None:
    """The authors and the date that a line states, or None where it says anything else.

    Results are cached: reading a line is slow, and the lines around headlines recur on all pages of a site.
    """
    if len(line) > _MOST_CHARS or len(line.split()) > _MOST_WORDS:
        return None
    reading = _Reading(language=language)
    if not all(reading.takes(line[start:end], start) for start, end in _pieces(line)):
        return None
    # Which of two numbers is the month may be for the address to say: read them any way here.
    dated = reading.figures and any(parse_datetime(line, language=read) for read in (language, "de"))
    if reading.figures and not dated and not _TIME_OR_SPAN.search(line):
        return None
    if not reading.names and not dated:
        return None
    has_names = bool(reading.names)
    return BylineParts(
        names=tuple(reading.names),
        sure=has_names and (reading.lead or reading.role or reading.figures),
        lead=has_names and reading.lead,
        dated=dated,
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What the pieces of a line say, as far as they are read."""

    language: str | None
    names: list[tuple[int, int]] = field(default_factory=list)
    figures: bool = False
    role: bool = False
    lead: bool = False
    unnamed: bool = False
    """A lead-in without a name, or with people of another role: "By the editors, Harbour Courier", "Edited by Tom
    Okoro". What follows is no author either, up to the next lead-in."""
    others: int = 0
    """Pieces of no known sort."""

    def takes(self, piece: str, start: int) -> bool:
        """Read one more piece, at this offset of its line. False if no byline has it."""
        if OTHERS_WORK.search(piece):
            self.unnamed = True
            return True
        self.unnamed = self.unnamed and not _lead_length(_words(piece))
        ended = self.lead and self.figures  # "By Anna Reed | 3 March 2025 | Harbour Life"
        digit = _DIGIT.search(piece)
        self.figures = self.figures or digit is not None
        head = _without_day(piece[: digit.start()], self.language) if digit else piece
        named = None if self.unnamed else _named(head, self.language, dated=digit is not None)
        if named is not None and not (ended and not named.lead):
            self.names.append((start, start + len(head)))
            self.lead, self.role = self.lead or named.lead, self.role or named.role
            return True
        return _is_figure(piece) if digit else self._takes_words(piece)

    def _takes_words(self, piece: str) -> bool:
        """Read a piece without figures and names."""
        if _LEAD_WORD.match(piece):
            self.unnamed = True
        elif _is_role(piece):
            self.role = True
        elif not _is_accounted(piece, self.language):
            self.others += 1
            return self.lead and len(_words(piece)) <= _MOST_OF_OTHERS and self.others <= _MOST_OTHERS
        return True


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
    behind = _lead_length(words)
    names = parse_names(piece, language=language)
    lone_name_will_do = dated and behind > 0  # "by Anna 3 March 2025"
    if not names or not (lone_name_will_do or all(" " in name for name in names)):
        return None
    others = _other_words(words[behind:], names)
    role = any(word in ROLES for word in others)
    if others and not role and not behind and others[0] not in _GOING_ON:
        return None
    return _Named(lead=behind > 0, role=role) if len(others) <= _MOST_BEHIND_NAMES else None


def _lead_length(words: list[str]) -> int:
    """How many words lead in the byline: 1 of "by Anna Reed"; 0 if none does."""
    return next((n for n in range(min(4, len(words) - 1), 0, -1) if " ".join(words[:n]) in LEADS), 0)


def _other_words(words: list[str], names: tuple[str, ...]) -> list[str]:
    """The words that are in none of the names, short and joining words left out."""
    of_names = {word for name in names for word in _words(name)}
    return [word for word in words if word not in of_names and len(word) > 2 and word not in _JOINING]


def _without_day(piece: str, language: str | None) -> str:
    """The text before a date's figures, without the names of its day and month."""
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
    """An outlet, a place of one word, a day or a month: what may be beside names and dates."""
    words = _words(piece)
    if not words or piece[0] == "@" or _HOST.fullmatch(piece):
        return True
    if len(words) == 1:
        return piece[0].isupper() or words[0] in TIMES or words[0] in LEADS
    if _day_words(language).issuperset(words):
        return True
    outlet = words[-1] in OUTLETS or words[0] in OUTLETS or piece.isupper()
    return outlet and len(words) <= 4 and all(w in MODIFIERS or w[0].isupper() for w in piece.split())
