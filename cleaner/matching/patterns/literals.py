"""Derives from a pattern the literals by which it is looked up.

A pattern is never run over a whole document: `required_literals` finds a set of literals of which every match contains
at least one (the idea of RE2's FilteredRE2), an automaton finds those, and the pattern is tried on that line only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from math import fsum, log2
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from cleaner.matching.patterns.regex import parsed
from cleaner.text.fold import fold

Strings = frozenset[str]
NOTHING: Strings = frozenset({""})
_ANYTHING = (op.ANY, None)
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)

_MOST = 2000  # of one rule; a list of agencies is a few hundred, with its variants a thousand
_LEAST_WEIGHT = 3  # shorter literals occur so often that the index would save nothing
_MOST_OF_CLASS = 12  # characters; ten digits, a handful of marks
_MOST_COPIES = 100  # of a repeated item, put together: two digits

# How rare characters are in folded text, in bits: -log2 of their share. Letters as in English and its neighbours. A
# line has a hundred characters or so, and two edges.
_BITS = {
    "e": 3.0, **dict.fromkeys("taoinsr", 4.0), **dict.fromkeys("dlucmhp", 5.0), **dict.fromkeys("gfbvywk", 6.5),
    **dict.fromkeys("xjqz", 9.0), **dict.fromkeys("0123456789", 7.0), " ": 0.0, **dict.fromkeys(".,\n", 6.5),
    **dict.fromkeys("-'\"", 8.0),
}  # fmt: skip
_BITS_OF_LETTER, _BITS_OF_SIGN = 6.0, 12.0  # of characters that are not listed
_COMMON_BITS = 5.0  # of a word in this list
_COMMON = frozenset(
    "the of and to in a is that for it was on as with he his be at by this had not are but from or have an they which "
    "one you were her all she there would their we him been has when who will more no if out so what up said about "
    "into than its our your my can do how i me us these may read also".split()
)
_RARE_ENOUGH = 24.0  # bits: once in ten million characters
_WORD = re.compile(r"[^\W\d_]+|\d+|[\W_]")


def required_literals(pattern: str) -> Strings:
    """Return folded literals, one of which occurs in every line that matches; an empty set if there are none.

    A line break in a literal means the line's start or end. `pattern` is expanded already.
    Raises PatternError where the pattern can't be parsed.
    """
    return rarest(literal_sets(pattern)) or frozenset()


def literal_sets(pattern: str) -> list[Strings]:
    """Return sets of literals; every match contains at least one literal of each set. Raises PatternError."""
    return _Walk().sequence(parsed(pattern))


def rarest(sets: Iterable[Strings]) -> Strings | None:
    """Return the set whose literals are rarest, estimated from letter frequencies; None if all are too frequent."""
    fit = [each for each in sets if min(map(weight, each)) >= _LEAST_WEIGHT]
    best = max(fit, key=lambda each: (rarity(each), -len(each), sorted(each)), default=None)
    return best and _shortest(best)


def rarity(literals: Strings) -> float:
    """Return how rare a literal of the set is in text, in bits; less for a large set, which makes the index larger."""
    # A set has no order, and a plain sum depends on the order.
    places = fsum(2.0 ** -min(_RARE_ENOUGH, _bits(literal)) for literal in literals)
    return -log2(places) - log2(len(literals)) / 8


def _bits(literal: str) -> float:
    """Return how rare a literal is in text, in bits: -log2 of its estimated frequency."""
    return sum(map(_of_word, _WORD.findall(literal)))


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> float:
    """Return how rare a word or number is, in bits; characters after the first count half, as they are predictable."""
    if word in _COMMON:
        return _COMMON_BITS
    bits = [_BITS.get(char, _BITS_OF_LETTER if char.isalpha() else _BITS_OF_SIGN) for char in word]
    return sum(bits) if is_dense(word[0]) else bits[0] + sum(bits[1:]) / 2


def weight(literal: str) -> int:
    """Return the characters of a literal; those of scripts without spaces, and line edges, count twice, blanks 0."""
    dense = 0 if literal.isascii() else sum(map(is_dense, literal))
    return len(literal) - literal.count(" ") + literal.count("\n") + dense


def is_dense(char: str) -> bool:
    """Report whether a character belongs to a script with words of one or two signs: Chinese, Japanese, Korean."""
    return char >= "\u2e80"


def flat(items: Iterable[Any]) -> Iterator[Any]:
    """The items of a sequence, with those of its groups in the groups' places."""
    for item in items:
        if item[0] is op.SUBPATTERN:
            yield from flat(item[1][-1])
        elif item[0] is getattr(op, "ATOMIC_GROUP", None):
            yield from flat(item[1])
        else:
            yield item


def _joined(run: Strings, exact: Strings) -> Strings:
    """Return each string of the one followed by each of the other; two line edges in a row become one."""
    return frozenset((a + b).replace("\n\n", "\n") for a in run for b in exact)


def _shortest(strings: Strings) -> Strings:
    """Return the strings without those that contain another one: these add no line to the result."""
    lengths = sorted(set(map(len, strings)))
    return frozenset(
        each
        for each in strings
        if not any(
            each[at : at + length] in strings
            for length in lengths
            if length < len(each)
            for at in range(len(each) - length + 1)
        )
    )


class _Walk:
    """Walks a parsed pattern; collects exact sets of strings while they are small, else sets of required literals."""

    def sequence(self, items: Iterable[Any], run: Strings = NOTHING) -> list[Strings]:
        """Candidate sets, each of which every match of the sequence must meet; `run` is the strings before it."""
        found: list[Strings] = []
        sure = run  # without an optional end
        waiting = list(flat(items))[::-1]
        while waiting:
            item = waiting.pop()
            kind, value = item
            exact = self._exact(item)
            if exact is not None and len(run) * len(exact) <= _MOST:
                if len(exact) > 1:
                    found += (sure, exact)  # the strings before the choice, or the choice alone, may be rare enough
                run = NOTHING if "" in run else run  # after something optional, what follows it is enough
                run = _joined(run, exact)
                sure = sure if "" in exact else run
            elif exact is not None:
                found.append(sure)
                run = sure = exact
            elif kind in REPEATS and value[0] and (own := self.exact_sequence(value[2])) is not None:
                run = sure = self._repeated(sure, run, own, value[0], found)
            elif kind in REPEATS and value[0]:
                waiting += (_ANYTHING, *list(flat(value[2]))[::-1])  # the first time, and what may follow
            else:
                found.append(sure)
                if kind is op.BRANCH:
                    found += self._of_branches(value[1], run)
                run = sure = NOTHING
        found.append(sure)
        return [each for each in dict.fromkeys(found) if each and "" not in each]

    def _repeated(self, sure: Strings, run: Strings, own: Strings, least: int, found: list[Strings]) -> Strings:
        """Go over an item that is there once or more: as often as it must be behind `run`, then before what follows."""
        copies = own
        for _ in range(1, least):
            if len(copies) * len(own) > _MOST_COPIES:
                break
            copies = _joined(copies, own)
        found += (sure, copies)
        if len(run) * len(copies) <= _MOST:
            found.append(_joined(run, copies))
        return copies

    def _exact(self, item: Any) -> Strings | None:
        kind = _EXACT.get(item[0])
        return kind(self, item[1]) if kind else None

    def exact_sequence(self, items: Iterable[Any]) -> Strings | None:
        run = NOTHING
        for item in flat(items):
            exact = self._exact(item)
            if exact is None or len(run) * len(exact) > _MOST:
                return None
            run = _joined(run, exact)
        return run

    def _of_branches(self, branches: Iterable[Any], run: Strings) -> list[Strings]:
        """What every branch requires, some of which have no small exact set; with and without the strings before."""
        found: list[Strings] = []
        for before in {run, NOTHING}:
            best = [rarest(self.sequence(branch, before)) for branch in branches]
            union = frozenset().union(*(each for each in best if each))
            if all(best) and len(union) <= _MOST:
                found.append(union)
        return found

    def exact_branch(self, value: Any) -> Strings | None:
        union: Strings = frozenset()
        for branch in value[1]:
            exact = self.exact_sequence(branch)
            if exact is None or len(union := union | exact) > _MOST:
                return None
        return union

    def exact_repeat(self, value: Any) -> Strings | None:
        least, most, items = value
        if most != 1:
            return None
        exact = self.exact_sequence(items)
        return exact if exact is None or least else exact | NOTHING

    def exact_class(self, value: Any) -> Strings | None:
        # Within a line the only blank that patterns see is the plain one.
        chars: set[str] = set()
        for kind, arg in value:
            if kind is op.LITERAL:
                chars.add(fold(chr(arg)))
            elif kind is op.CATEGORY and arg in _CATEGORIES:
                chars |= _CATEGORIES[arg]
            elif kind is op.RANGE and arg[1] - arg[0] < _MOST_OF_CLASS:
                chars |= {fold(chr(code)) for code in range(arg[0], arg[1] + 1)}
            else:
                return None
        return frozenset(chars) if len(chars) <= _MOST_OF_CLASS else None


_CATEGORIES: dict[Any, Strings] = {op.CATEGORY_SPACE: frozenset(" "), op.CATEGORY_DIGIT: frozenset("0123456789")}


def _edge(_walk: _Walk, value: Any) -> Strings | None:
    lines_edge = value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING, op.AT_END, op.AT_END_STRING)
    return frozenset({"\n"}) if lines_edge else NOTHING


_EXACT: dict[Any, Callable[[_Walk, Any], Strings | None]] = {
    op.LITERAL: lambda _walk, value: frozenset({fold(chr(value))}),
    op.AT: _edge,
    op.IN: _Walk.exact_class,
    op.BRANCH: _Walk.exact_branch,
    op.MAX_REPEAT: _Walk.exact_repeat,
    op.MIN_REPEAT: _Walk.exact_repeat,
}
