"""Expands named lists in patterns, and compiles patterns by RE2 or parses them.

RE2 runs in time linear in the text, so no pattern can backtrack without bound (https://swtch.com/~rsc/regexp/regexp1.html).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from cleaner.text.fold import plain

_NAMED_LIST = re.compile(r"(?<!\\[pP])\{([a-z][a-z0-9_]*)\}")
_FLAGS = re.compile(r"\(\?[ims]+\)")  # RE2 takes them anywhere, Python at the start alone; literals are folded anyway
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")
_NO_WORD = r"[^\p{L}\p{M}\p{N}_]"


class PatternError(ValueError):
    """A pattern can't be compiled, or names a list that does not exist."""


def expand(pattern: str, lists: Mapping[str, Iterable[str]]) -> str:
    r"""Put named lists in for `{name}`, longest entry first; `\w` and `\W` are of any script, quotes straight."""

    def listed(found: re.Match[str]) -> str:
        if (entries := lists.get(found[1])) is None:
            raise PatternError(f"no list is named {found[1]!r}")
        longest_first = sorted(set(entries), key=lambda entry: (-len(entry), entry))
        return "(?:" + "|".join(map(_escaped, longest_first)) + ")"

    return plain(_any_script(_NAMED_LIST.sub(listed, pattern)))


def list_names(pattern: str) -> tuple[str, ...]:
    """Return the names of the lists that a pattern refers to."""
    return tuple(_NAMED_LIST.findall(pattern))


def _escaped(entry: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", entry)


# An escape, or the start or end of a class.
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
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_nl = False
    options.max_mem = memory
    return options


def compiled(pattern: str, *, at_once: bool = False) -> Any:
    """Return an RE2 object with the methods of `re.Pattern`. With `at_once` it may use RE2's full memory, for a large
    pattern that is used for a short time. Raises PatternError."""
    import re2

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
    """Return the names of a pattern's groups, in order."""
    return tuple(re.findall(r"\(\?P<(\w+)>", pattern))


def parsed(pattern: str) -> Any:
    """Return the syntax tree of an expanded pattern by Python's parser. Raises PatternError if it can't be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return parser.parse(_UNICODE_CLASS.sub(r"\\w", _FLAGS.sub("", pattern).replace(_NO_WORD, r"\W")))
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise PatternError(f"{error} (patterns are read by Python, too)") from None
