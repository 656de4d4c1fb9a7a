"""What the address of a page says of it: the words of its slug, the day in its path."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from unicodedata import combining, normalize
from urllib.parse import unquote, urlsplit

_LEAST_WORDS = 3  # a shorter path part names a section
_SUFFIX = re.compile(r"\.[a-z]{2,5}$")
_WORD = re.compile(r"[^\W_]+")
_SLUG_WORD = re.compile(r"[^\W\d_]{2,}")
_DIGIT = re.compile(r"\d")
_APOSTROPHES = str.maketrans("", "", "'’`")
# As addresses write them: the German way, and for letters that lose nothing but a stroke.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th"})
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/-]?)(0[1-9]|1[0-2]|[1-9](?=/))\2(0[1-9]|[12]\d|3[01]|[1-9](?=/))(?!\d)")


def slug_words(url: str | None) -> frozenset[str]:
    """The words of the part of the path that holds most of them, plain letters in lower case; none below three.

    Words with figures in them are ids, mostly, and are left out, as is a suffix such as `.html`.
    """
    return _slug_words(url) if url else frozenset()


@lru_cache(maxsize=256)
def _slug_words(url: str) -> frozenset[str]:
    parts = (_SUFFIX.sub("", part) for part in _plain(_path(url).casefold()).split("/"))
    words = (
        frozenset(w for w in _WORD.findall(part.translate(_APOSTROPHES)) if _SLUG_WORD.fullmatch(w)) for part in parts
    )
    best = max(words, key=len, default=frozenset())
    return best if len(best) >= _LEAST_WORDS else frozenset()


def slug_agreement(text: str, slug: frozenset[str]) -> float:
    """How well the words of a text and of a slug agree, 0 to 1: twice what they share over what both hold.

    An address writes `Börse` as `boerse` or as `borse`; the better reading counts.
    """
    text = text.casefold().translate(_APOSTROPHES)
    return max(_dice(frozenset(_WORD.findall(_plain(read))), slug) for read in (text, text.translate(_SPELT_OUT)))


def _dice(words: frozenset[str], slug: frozenset[str]) -> float:
    both = len(words) + len(slug)
    return 2 * len(words & slug) / both if both else 0.0


def day_of(url: str | None) -> date | None:
    """The day in the path of a page's address, `/2024/05/13/` or `2024-05-13`; None for two days."""
    days: set[date] = set()
    for found in _DAY.finditer(_path(url) if url else ""):
        try:
            days.add(date(int(found[1]), int(found[3]), int(found[4])))
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in normalize("NFKD", text.translate(_PLAIN)) if not combining(c))
