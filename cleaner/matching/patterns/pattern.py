r"""Patterns in two forms: as written, and with classes narrowed to the letters of most texts.

In RE2, `\p{L}` is a program of 1,200 instructions, for the UTF-8 of all letters of Unicode, and
`[\p{L}'-]{2,40}` one of 48,000, which takes 15 ms to compile and is too large for RE2's fast ways of finding groups.
Within Latin, Greek and Cyrillic it is one of 80. A line of only these letters is matched by a pattern whose
classes contain no others; the result is the same, since a class is tested only on characters of the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

from cleaner.matching.patterns.regex import compiled

# Latin as Europe and Vietnam write it, Greek and Cyrillic; marks, signs, arrows and shapes. Not
# emoji, as new ones come with each version of Unicode, and RE2 and Python may know different ones.
# Every letter is listed with its other case (ß with ẞ), so that `(?i)` adds the same to a class.
COMMON = (
    (0x0, 0x17F), (0x191, 0x192), (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x218, 0x21B), (0x2B0, 0x52F), (0x1E9E, 0x1E9E),
    (0x1EA0, 0x1EF9), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2116, 0x2116), (0x2122, 0x2122), (0x2190, 0x27BF),
    (0xFFFD, 0xFFFD),
)  # fmt: skip
_COMMON = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in COMMON) + "]*")

# A general category, or what else begins or ends a class: an escaped bracket does not.
_TOKEN = re.compile(r"\\p(?:\{([LMNPSZC][a-z]?)\}|([LMNPSZC]))|\\.|[\[\]]", re.DOTALL)
_OTHERWISE = re.compile(
    r"\\P|\\p(?!\{?[LMNPSZC][a-z]?\b)|(?<!\\)\[\^?\]|\[:\^?[a-z]+:\]"
)  # scripts, negations, unusual classes


class Pattern:
    """A pattern that is compiled on first use, in the form that the line needs.

    The first use raises PatternError if the pattern is invalid; patterns of a loaded pack are valid.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def search(self, line: str) -> Any:
        """Return the first match, or None. Use only its positions, as its groups may be bytes."""
        if line.isascii():  # as bytes: for a str, the package counts characters before and after each search
            return self._narrow.search(line.encode())
        return self._for(line).search(line)

    def finditer(self, line: str) -> Iterator[Any]:
        """Yield all matches."""
        found: Iterator[Any] = self._for(line).finditer(line)
        return found

    @property
    def groupindex(self) -> dict[str, int]:
        """The numbers of the named groups."""
        return dict(self._narrow.groupindex)

    @cached_property
    def _narrow(self) -> Any:
        return compiled(narrowed(self.pattern))

    @cached_property
    def _full(self) -> Any:
        return compiled(self.pattern)

    def _for(self, line: str) -> Any:
        return self._narrow if line.isascii() or _COMMON.fullmatch(line) else self._full


def narrowed(pattern: str) -> str:
    """Return the pattern with Unicode categories in classes replaced by ranges of common characters, if it has any."""
    if "\\p" not in pattern or _OTHERWISE.search(pattern):
        return pattern
    out: list[str] = []
    within = False
    at = 0
    for found in _TOKEN.finditer(pattern):
        category = found[1] or found[2]
        if category:
            if not (ranges := _ranges(category)):
                return pattern
            out += pattern[at : found.start()], ranges if within else f"[{ranges}]"
            at = found.end()
        elif found[0] in ("[", "]"):
            within = found[0] == "["
    return "".join((*out, pattern[at:]))


@lru_cache(maxsize=64)
def _ranges(category: str) -> str:
    """Return the common characters of a general category of Unicode, as ranges of a class."""
    codes = [
        c for low, high in COMMON for c in range(low, high + 1) if unicodedata.category(chr(c)).startswith(category)
    ]
    out: list[str] = []
    for number, code in enumerate(codes):
        if number == 0 or codes[number - 1] != code - 1:
            out.append(rf"\x{{{code:x}}}")
        if number + 1 == len(codes) or codes[number + 1] != code + 1:
            out.append(rf"-\x{{{code:x}}}")
    return "".join(out)
