"""Which site a document is of: by its URL, or by what the text says of itself.

A page names its maker on lines of its own: the copyright line of its foot, the box of its newsletter. Site files list
such phrases under `site_phrases`. A line that is nothing but one of them, or a copyright line with a year whose holder
is one, names the site. A sentence that holds the words does not, nor a picture's credit, which has no year, nor a line
in the midst of the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaner.metadata.values import clean_publisher
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, phrase_key

_COPYRIGHT = re.compile(  # the mark goes before the holder, or between it and the year
    r"\W*(?:(?:19|20)\d\d\W+)?(?:[©ⓒ]|\(c\)|copyrights?\b)|[^.!?]{2,60}(?:[©ⓒ]|\(c\)|\bcopyright)\s?(?:19|20)\d\d"
)
_COPYRIGHT_MARKS = ("©", "(c)", "copyright", "ⓒ")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NAME_END = re.compile(r"[.,;:|(\[–—/]| - ")
_OF_HOLDER = "\n"

KnownBy = Mapping[str, str]
"""Phrase, in the form of `known_key` → its host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A site that a text names itself by."""

    host: str
    line: int
    """The first line that names it, as an index in `Lines`."""


def host_of(url: str | None) -> str | None:
    """The host of a URL, without `www.`; None where it has none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def known_key(phrase: str) -> str:
    """A phrase of `site_phrases` as lines are compared; a holder's begins with a break, as no line does."""
    folded = fold(phrase)
    return _OF_HOLDER + _holder(folded) if folded.startswith("©") else phrase_key(folded)


def recognised(lines: Lines, site_phrases: KnownBy) -> Known | None:
    """The one site that the text names; None where it names none, or two. A look-up or a few for each line."""
    found: dict[str, int] = {}
    claimed = any(mark in lines.haystack for mark in _COPYRIGHT_MARKS)
    for i, key in enumerate(lines.keys) if site_phrases else ():
        host = site_phrases.get(key) or (_by_copyright(lines.folded[i], site_phrases) if claimed else None)
        if host and "body" not in lines.zones(i):
            found.setdefault(host, i)
    if len(found) != 1:
        return None
    [(host, line)] = found.items()
    return Known(host=host, line=line)


def _by_copyright(folded: str, site_phrases: KnownBy) -> str | None:
    if not (any(mark in folded for mark in _COPYRIGHT_MARKS) and _YEAR.search(folded)):
        return None
    if not _COPYRIGHT.match(folded):
        return None
    return next((site_phrases[name] for name in _names(_holder(folded)) if name in site_phrases), None)


def _holder(folded: str) -> str:
    return phrase_key(clean_publisher(phrase_key(folded)) or "")


def _names(holder: str) -> Iterator[str]:
    """What a holder may be called: `tern post ltd. a company of the tern group` is `tern post ltd`, too."""
    for end in (*(mark.start() for mark in _NAME_END.finditer(holder)), len(holder)):
        yield _OF_HOLDER + phrase_key(holder[:end])
