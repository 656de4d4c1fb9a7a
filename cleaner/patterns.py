"""Patterns: named lists put in, compiled by RE2, and the literals by which a rule is looked up.

RE2 runs in time linear in the text, so no pattern can blow up (https://swtch.com/~rsc/regexp/regexp1.html).
A pattern is never run over a whole document: `needles` finds a set of literals of which every match
must hold at least one (the idea of RE2's FilteredRE2), an automaton finds those, and the pattern is
tried on that line only.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_NAMED_LIST = re.compile(r"(?<!\\[pP])\{([a-z][a-z0-9_]*)\}")
_FLAGS = re.compile(r"\(\?[ims]+\)")  # RE2 takes them anywhere, Python at the start alone; literals are folded anyway
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_NO_WORD = r"[^\p{L}\p{M}\p{N}_]"

# In the folded text quotes are straight and blanks are plain, so that one spelling finds all.
QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'",
          "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}  # fmt: skip
BLANKS = ("\u00a0", "\u202f", "\u2009", "\u3000", "\t")

_PLAIN_PAIRS = (*QUOTES.items(), *((blank, " ") for blank in BLANKS))

_MOST_NEEDLES = 2000  # of one rule; a list of agencies is a few hundred, with its variants a thousand
_LEAST_WEIGHT = 3  # shorter needles hit so often that the index saves nothing


class PatternError(ValueError):
    """A pattern that can't be compiled, or names a list that isn't there."""


def fold(text: str) -> str:
    """Lower case, straight quotes, plain blanks; line breaks stay. What needles and phrases are compared in."""
    folded = plain(text.lower())
    # Turkish has its i with and without a dot in both cases, and capitals lose the difference elsewhere.
    return folded if folded.isascii() else folded.replace("i\u0307", "i").replace("ı", "i")


def plain(text: str) -> str:
    r"""The text as patterns see it: quotes straight, blanks plain (RE2's `\s` knows ASCII only), length kept."""
    if not text.isascii() or "\t" in text:
        for odd, usual in _PLAIN_PAIRS:  # several times faster than str.translate
            text = text.replace(odd, usual)
    return text


def expand(pattern: str, lists: Mapping[str, Iterable[str]]) -> str:
    r"""Put named lists in for `{name}`, longest entry first; `\w` and `\W` are of any script, quotes straight."""

    def listed(found: re.Match[str]) -> str:
        if (entries := lists.get(found[1])) is None:
            raise PatternError(f"no list is named {found[1]!r}")
        longest_first = sorted(set(entries), key=lambda entry: (-len(entry), entry))
        return "(?:" + "|".join(map(_escaped, longest_first)) + ")"

    return plain(_any_script(_NAMED_LIST.sub(listed, pattern)))


def list_names(pattern: str) -> tuple[str, ...]:
    """The named lists that a pattern refers to."""
    return tuple(_NAMED_LIST.findall(pattern))


def _escaped(entry: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", entry)


# What is escaped, and what begins or ends a class.
_CLASSES = re.compile(r"\\.|[\[\]]", re.DOTALL)


def _any_script(pattern: str) -> str:
    if r"\w" not in pattern and r"\W" not in pattern:
        return pattern  # most, and the long ones
    within = False

    def spelt(found: re.Match[str]) -> str:
        nonlocal within
        token = found[0]
        if token in ("[", "]"):
            within = token == "["
        elif token == r"\w":
            return r"\p{L}\p{M}\p{N}_" if within else r"[\p{L}\p{M}\p{N}_]"
        elif token == r"\W":
            if within:
                raise PatternError(r"\W in a class would mean ASCII alone; write the class out with [^…]")
            return _NO_WORD
        return token

    return _CLASSES.sub(spelt, pattern)


# Bytes of a pattern's program, and of the states that RE2 keeps of it as it goes. RE2's own bound is the second; under
# it a worker held 80 MiB more after 10,000 documents, and half a MiB more with each thousand, and was no faster.
_MEMORY = (2**20, 8 * 2**20)


@lru_cache(maxsize=len(_MEMORY))
def _options(memory: int) -> Any:
    import re2  # noqa: PLC0415

    options = re2.Options()
    options.log_errors = False
    options.never_nl = False
    options.max_mem = memory
    return options


def compiled(pattern: str, *, at_once: bool = False) -> Any:
    """An RE2 object with the methods of `re.Pattern`, with all of the memory `at_once` for one that asks many things
    and is soon gone. Raises PatternError."""
    import re2  # noqa: PLC0415

    message = ""
    for memory in _MEMORY[1:] if at_once else _MEMORY:
        try:
            return re2.compile(pattern, _options(memory))
        except re2.error as error:
            cause = error.args[0] if error.args else error
            message = cause.decode() if isinstance(cause, bytes) else str(cause)
            if "too large" not in message:
                break
    raise PatternError(f"{message} (patterns are RE2: no look-around, no back-references)")


def group_names(pattern: str) -> tuple[str, ...]:
    """The named groups of a pattern, in order."""
    return tuple(re.findall(r"\(\?P<(\w+)>", pattern))


# ---------------------------------------------------------------------------------------------------
# Needles

Strings = frozenset[str]
NOTHING: Strings = frozenset({""})
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)


def needles(pattern: str) -> Strings:
    """Literals, folded, one of which stands in every line that matches; empty where there are none.

    A line break in a needle stands for the line's start or end. `pattern` is expanded already.
    Raises PatternError where the pattern can't be parsed.
    """
    return _best(_Walk().sequence(list(parsed(pattern)))) or frozenset()


def parsed(pattern: str) -> Any:
    """The tree of an expanded pattern as Python's parser gives it. Raises PatternError where it can't be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return parser.parse(_UNICODE_CLASS.sub(r"\\w", _FLAGS.sub("", pattern).replace(_NO_WORD, r"\W")))
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise PatternError(f"{error} (patterns are read by Python, too)") from None


def flat(items: Iterable[Any]) -> Iterator[Any]:
    """The items of a sequence, with those of its groups in the groups' places."""
    for item in items:
        if item[0] is op.SUBPATTERN:
            yield from flat(item[1][-1])
        elif item[0] is getattr(op, "ATOMIC_GROUP", None):
            yield from flat(item[1])
        else:
            yield item


def weight(needle: str) -> int:
    """How rare a needle is, roughly: characters, those of scripts without spaces and line edges twice."""
    dense = 0 if needle.isascii() else sum(char >= "\u2e80" for char in needle)
    return len(needle) - needle.count(" ") + needle.count("\n") + dense


def _joined(run: Strings, exact: Strings) -> Strings:
    """Every string of the one before every string of the other; two line edges in a row are one."""
    return frozenset((a + b).replace("\n\n", "\n") for a in run for b in exact)


def _best(candidates: list[Strings]) -> Strings | None:
    fit = [c for c in candidates if min(map(weight, c)) >= _LEAST_WEIGHT]
    # A rarer needle saves lines from being tried; each doubling of their number costs half as much in the index.
    return max(fit, key=lambda c: (min(8, *map(weight, c)) - len(c).bit_length() / 2, -len(c), sorted(c)), default=None)


class _Walk:
    """Over a parsed pattern: exact string sets where they are small, else candidates of required ones."""

    def sequence(self, items: list[Any]) -> list[Strings]:
        """Candidate sets, each of which every match of the sequence must meet."""
        candidates: list[Strings] = []
        run = NOTHING
        for item in flat(items):
            exact = self._exact(item)
            if exact is not None and len(run) * len(exact) <= _MOST_NEEDLES:
                if len(exact) > 1:
                    candidates += (run, exact)  # what stands before the choice, or the choice alone, may be rare enough
                run = _joined(run, exact)
                continue
            candidates.append(run)
            run = exact if exact is not None else NOTHING
            if exact is None:
                candidates += self._required(item)
        candidates.append(run)
        return [c for c in candidates if c and "" not in c]

    def _exact(self, item: Any) -> Strings | None:
        kind = _EXACT.get(item[0])
        return kind(self, item[1]) if kind else None

    def exact_sequence(self, items: Iterable[Any]) -> Strings | None:
        run = NOTHING
        for item in flat(items):
            exact = self._exact(item)
            if exact is None or len(run) * len(exact) > _MOST_NEEDLES:
                return None
            run = _joined(run, exact)
        return run

    def _required(self, item: Any) -> list[Strings]:
        """Candidates within an item that has no small exact set."""
        if item[0] is op.BRANCH:
            best = [_best(self.sequence(list(branch))) for branch in item[1][1]]
            if all(best):
                union = frozenset().union(*(b for b in best if b))
                return [union] if len(union) <= _MOST_NEEDLES else []
        elif item[0] in REPEATS and item[1][0] >= 1:
            return self.sequence(list(item[1][2]))
        return []

    def exact_branch(self, value: Any) -> Strings | None:
        union: Strings = frozenset()
        for branch in value[1]:
            exact = self.exact_sequence(branch)
            if exact is None or len(union := union | exact) > _MOST_NEEDLES:
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
        chars = [chr(arg) if kind is op.LITERAL else " " if arg is op.CATEGORY_SPACE else None for kind, arg in value]
        return None if None in chars or len(chars) > 8 else frozenset(fold(c) for c in chars if c)


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
