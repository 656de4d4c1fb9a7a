"""Analyses patterns without running them: their literals, and a prefilter for the lines that they can match.

The analysis takes milliseconds, so a pattern is analysed once and the result is cached for later runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from cleaner.matching.patterns.literals import NOTHING, REPEATS, Strings, flat, required_literals
from cleaner.matching.patterns.regex import compiled, parsed
from cleaner.text.fold import fold

_MOST_WIDTH = 10_000  # characters; a larger bound would exclude no line
_MOST_IN_RANGE = 128


@dataclass(frozen=True)  # without slots, like rules: it is cached with them
class LinePrefilter:
    """Bounds on a line's length, first character and digits: a pattern matches no line outside them.

    This check is cheap. It excludes many lines that contain a literal of the pattern, so that RE2, which takes
    milliseconds to compile a pattern and microseconds to try it, does not run.
    """

    least: int = 0
    most: int | None = None
    """Characters of a line that matches; None: no bound."""
    first: Strings | None = None
    """The characters that such a line begins with, folded; None: any."""
    digit: bool = False
    """Whether such a line contains a digit: the other literals of a date, months and "of", occur in prose too."""

    def fits(self, folded: str, length: int) -> bool:
        """Whether a folded line might match; `length` is that of the line before folding, in characters."""
        if length < self.least or (self.most is not None and length > self.most):
            return False
        # Beyond ASCII, RE2 treats some letters as equal that differ after folding.
        if self.first is not None and folded[:1] not in self.first and folded[:1].isascii():
            return False
        return not self.digit or _DIGIT.search(folded) is not None


@dataclass(frozen=True)
class Examined:
    """The result of the analysis of a pattern."""

    literals: Strings
    prefilter: LinePrefilter


_EXAMINED: dict[str, Examined] = {}
"""Valid patterns that `analyse` has analysed in this process."""
_RECALLED: dict[str, Examined] = {}
"""The results of an earlier run."""
_EARLIER: list[Callable[[], Any]] = []
"""The function that loads these; called when the first pattern is unknown."""


def analyse(pattern: str) -> Examined:
    """Return the analysis of a pattern, cached. Raises PatternError if RE2 can't compile it."""
    found = _EXAMINED.get(pattern) or _RECALLED.get(pattern)
    if found is None and _EARLIER:
        with suppress(Exception):  # if the cache is damaged, the analysis runs again
            earlier = _EARLIER.pop()()
            _RECALLED.update((key, value) for key, value in earlier.items() if isinstance(value, Examined))
        found = _RECALLED.get(pattern)
    if found is None:
        compiled(pattern)
        found = _EXAMINED[pattern] = Examined(required_literals(pattern), prefilter_of(pattern))
    return found


def recall(earlier: Callable[[], Any]) -> None:
    """Register the function that loads the results of an earlier run; it is called for the first unknown pattern."""
    _EARLIER[:] = [earlier]


def count() -> int:
    """Return the number of patterns that this process has analysed itself."""
    return len(_EXAMINED)


def known() -> dict[str, Examined]:
    """Return all results, for a later run."""
    return _RECALLED | _EXAMINED


def prefilter_of(pattern: str) -> LinePrefilter:
    """Return the prefilter of an expanded pattern; without anchors it bounds neither length nor first character.

    Raises PatternError if the pattern can't be parsed.
    """
    tree = parsed(pattern)
    items = list(tree)
    least, most = tree.getwidth()
    from_start, to_end = items[:1] == [(op.AT, op.AT_BEGINNING)], items[-1:] == [(op.AT, op.AT_END)]
    return LinePrefilter(
        least=least,
        most=most if from_start and to_end and most < _MOST_WIDTH else None,
        first=_first(flat(items)) if from_start else None,
        digit=_asks_digit(items),
    )


def _first(items: Iterable[Any]) -> Strings | None:
    """Return the folded first characters of what these items match; "" among them if it may be empty; None: any."""
    found = NOTHING
    for item in items:
        begins = _FIRST.get(item[0], lambda _: None)(item[1])
        if begins is None:
            return None
        found = (found - NOTHING) | begins
        if "" not in begins:
            return found
    return found


def _asks_digit(items: Iterable[Any]) -> bool:
    """Report whether every match of these items contains a digit."""
    for kind, value in flat(items):
        begins = _first([(kind, value)])
        inner = value[1] if kind is op.BRANCH else [value[2]] if kind in REPEATS and value[0] else []
        if (begins and begins <= _DIGITS) or (inner and all(map(_asks_digit, inner))):
            return True
    return False


def _first_of_branches(value: Any) -> Strings | None:
    found = [_first(flat(branch)) for branch in value[1]]
    return None if None in found else frozenset().union(*(each for each in found if each is not None))


def _first_of_repeat(value: Any) -> Strings | None:
    found = _first(flat(value[2]))
    return found if found is None or value[0] else found | NOTHING


def _first_of_class(value: Any) -> Strings | None:
    found: set[str] = set()
    for kind, arg in value:
        if kind is op.LITERAL:
            found.add(fold(chr(arg))[:1])
        elif kind is op.RANGE and arg[1] - arg[0] < _MOST_IN_RANGE:
            found |= {fold(chr(code))[:1] for code in range(arg[0], arg[1] + 1)}
        elif kind is op.CATEGORY and arg in _CATEGORIES:
            found |= _CATEGORIES[arg]
        else:
            return None
    return frozenset(found)


_DIGIT, _DIGITS = re.compile("[0-9]"), frozenset("0123456789")
# A prefilter does not restrict characters beyond ASCII.
_CATEGORIES: dict[Any, Strings] = {
    op.CATEGORY_DIGIT: _DIGITS,
    op.CATEGORY_SPACE: frozenset(" \t\n\r\f\v"),
    op.CATEGORY_NOT_WORD: frozenset(char for char in map(chr, range(128)) if not char.isalnum() and char != "_"),
}
_FIRST: dict[Any, Callable[[Any], Strings | None]] = {
    op.LITERAL: lambda value: frozenset({fold(chr(value))[:1]}),
    op.AT: lambda _: NOTHING,
    op.IN: _first_of_class,
    op.BRANCH: _first_of_branches,
    op.MAX_REPEAT: _first_of_repeat,
    op.MIN_REPEAT: _first_of_repeat,
}
