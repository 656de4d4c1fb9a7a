"""Finds the line near the headline that signs the article, where no markup marks it as the byline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cleaner.html.statements import Statements, letters_of
from cleaner.metadata.bylines import BylineParts, is_lead, read_signature
from cleaner.metadata.dates import month_words
from cleaner.metadata.values import COLLECTIVES, LEADS, NETWORKS, NO_OPENING, PARTICLES, ROLES, TIMES

_ABOVE, _BELOW = 5, 14  # lines around the headline
_HEADINGS: Final = frozenset({"h1", "h2"})
_HEADING: Final = re.compile("h[1-6]")
_NEXT: Final = 3  # lines to the one below a lead-in
_MOST_WORDS: Final = 16  # of a line with a lead-in and a name that is no person's
_MOST_OF_NAME: Final = 5
_LONGEST_WIRE: Final = 5  # letters of an agency's name in capitals
_BY: Final = re.compile(
    r"(?i)(?:^|[|·•–—/]\s*|(?<=\d)\s+)(?:(?:posted|written|published|words|text)\s+)?by\b\s*:?\s+(?P<name>\S.*)$"
)
_NAME_ENDS: Final = re.compile(
    r"\s*[|·•–—(,;]\s*|\s+(?:-|on|in|at|for)\s+|\s+(?=\d)|\s*(?=Published|Updated)"
    r"|(?<=[a-z])(?=(?:January|February|March|April|May|June|July|August|September|October|November|December)\s\d)"
)
_STATED: Final = re.compile(
    r"(?i)^this (?:post|article|story|guide|piece|report) was (?:originally )?(?:written|authored) by (?P<name>[^.!?]+)"
)
_JOINING: Final = frozenset({"the", "of", "for", "and", "&", "at"})
_NO_ACCOUNT: Final = frozenset(  # what lists and filters are ordered by
    "topic topics category categories type brand price date name size color colour author popularity default region"
    " country industry subject year month clicking using continuing".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedLine:
    """The names of a line, and how it signs."""

    names: list[str]
    led: bool
    """Words such as "By" are before the names."""
    people: bool
    """The names are full names of people; otherwise it is one of a team, a company or an account."""


def signed_line(page: Statements, language: str | None) -> SignedLine | None:
    """Return the first line near the headline that signs the article: by a lead-in, else by a date beside a name."""
    around = list(_around(page))
    return next(_led(page, around, language), None) or next(_dated(page, around, language), None)


def account_name(text: str) -> str | None:
    """Return the team, company or account that a text names up to its first mark; None where it may be prose.

    >>> account_name("The Harbour Team · 4 min read"), account_name("the river")
    ('The Harbour Team', None)
    """
    name = _NAME_ENDS.split(text.strip(" :"))[0].strip(" .:")
    words = name.split()
    while words and words[-1].strip(".,").casefold() in _days():
        words.pop()
    name = " ".join(words)
    folded = [word.casefold() for word in words]
    if not 0 < len(words) <= _MOST_OF_NAME or len(name) < _NEXT or (folded[0] in NO_OPENING and folded[0] != "the"):
        return None
    if len(words) == 1:
        wire = name.isupper() and len(name) <= _LONGEST_WIRE
        return None if wire or folded[0] in LEADS | NETWORKS | ROLES | _NO_ACCOUNT else name
    small = (word for word in words if word[0].islower())
    known = all(word in _JOINING or word in COLLECTIVES or word in PARTICLES for word in small)
    return name if known and not NETWORKS.issuperset(folded) else None


@lru_cache(maxsize=1)
def _days() -> frozenset[str]:
    """Words of days and months, in full and short."""
    return TIMES | month_words("en") | {day[:3] for day in TIMES if day.endswith("day")}


_Numbered = Sequence[tuple[int, str]]


def _around(page: Statements) -> Iterator[tuple[int, str]]:
    """The lines near the headline with their numbers, without headings and menus."""
    if (head := page.headline) is None:
        return
    first = max(0, head.line - _ABOVE)
    for number in range(first, min(len(page.lines), head.line + _BELOW)):
        line, block = page.lines[number], page.blocks[number]
        other = "nav" in block.inside or page.in_header(block.inside) or (number < head.line and "li" in block.inside)
        if line and block.tag not in _HEADINGS and line != head.text and not other:
            yield number, line


def _led(page: Statements, around: _Numbered, language: str | None) -> Iterator[SignedLine]:
    for at, (number, line) in enumerate(around):
        if stated := _STATED.match(line):
            yield from _signed_by(page, f"by {stated['name']}", language)
        elif is_lead(line):
            if below := _below(around[at + 1 :], number):
                yield from _signed_by(page, f"by {below}", language)
        else:
            yield from _signed_by(page, line, language)


def _below(lines: _Numbered, lead: int) -> str:
    """The text below a lead-in that is alone on its line: one line, or the items of a list."""
    texts: list[str] = []
    last = lead + _NEXT - 1
    for number, text in lines:
        if number > last + 1:
            break
        texts.append(text)
        last = number
    return ", ".join(texts)


def _signed_by(page: Statements, line: str, language: str | None) -> Iterator[SignedLine]:
    """What a line with a lead-in names: people, or one account."""
    found = read_signature(line, language=language)
    if found is not None and found.lead:
        yield _people(page, line, found)
    elif (by := _BY.search(line)) and len(line.split()) <= _MOST_WORDS and (name := account_name(by["name"])):
        yield SignedLine(names=[name], led=True, people=False)


def _people(page: Statements, line: str, found: BylineParts) -> SignedLine:
    names = [line[start:end] for start, end in found.names]
    own = [name for name in names if page.is_site(account_name(_BY.sub(r"\g<name>", name)) or "")]
    return SignedLine(names=own[:1] or names, led=found.lead, people=not own)


def _dated(page: Statements, around: _Numbered, language: str | None) -> Iterator[SignedLine]:
    """Lines of nothing but names, with a date in the same line or the next one."""
    read = [(number, line, read_signature(line, language=language)) for number, line in around]
    for at, (number, line, found) in enumerate(read):
        if found is None or not found.names or _HEADING.fullmatch(page.blocks[number].tag):
            continue
        beside = (other for n, _, other in read[max(0, at - 1) : at + 2] if abs(n - number) <= _NEXT and other)
        if found.dated or (any(other.dated for other in beside) and not _is_topic(page, line)):
            yield _people(page, line, found)


def _is_topic(page: Statements, line: str) -> bool:
    """Whether a line names what the article is about: its words are in the title, in a menu, or small in its text."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]{3,}", line)]
    if page.headline is not None and any(letters_of(word) in letters_of(page.headline.text) for word in words):
        return True
    menu = any(text == line and "nav" in block.inside for text, block in zip(page.lines, page.blocks, strict=True))
    small = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None
    return menu or small is None or any(map(small.search, page.lines))
