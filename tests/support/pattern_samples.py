"""Texts that a pattern may match: one for each branch, as short as can be, made from its parsed form.

Letters, figures and characters of a script are stood for by `a`, `A`, `1` and one character of the script. The
texts are drafts: what word boundaries and overlapping parts ask for is not worked out, so each is to be tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from cleaner.matching.patterns.regex import expand

GAP = "\ue0ff"
"""Where a draft can take in further words: write blanks or words in its place, or nothing."""

HERE = "\ue0fd"
"""Stands in a pattern where a text that is drawn from it shall go through."""

Drafts = tuple[str, list[str]]
"""The shortest text, and a further text for every branch that it does not take."""

_FLAGS = re.compile(r"\(\?[ims]+\)")
_CLASS = re.compile(r"\\(?:([pP])(?:\{(\w+)\}|(\w))|w)")
_FROM = 0xE000  # where classes of RE2 stand, as characters for private use, while Python parses the pattern
_CANDIDATES = "aA1 ,.-:|(中あア가بבя…"
_PLAIN = "aA1 ,.-"
_ODD = 0.3  # how often a class gives another character than its first
_FEW = 4  # repeats: up to here there is no room for further words


def _script(first: str, last: str) -> Callable[[str], bool]:
    return lambda char: first <= char <= last


_IS: Mapping[str, Callable[[str], bool]] = {
    "L": str.isalpha, "Lu": str.isupper, "Lt": str.istitle, "Ll": str.islower, "N": str.isnumeric, "Nd": str.isdigit,
    "M": lambda _char: False, "P": lambda char: not char.isalnum() and not char.isspace(), "Z": str.isspace,
    "w": lambda char: char.isalnum() or char == "_",
    "Han": _script("\u3400", "\u9fff"), "Hiragana": _script("\u3041", "\u309f"),
    "Katakana": _script("\u30a0", "\u30ff"),
    "Hangul": _script("\uac00", "\ud7a3"), "Arabic": _script("\u0600", "\u06ff"),
    "Hebrew": _script("\u0590", "\u05ff"), "Cyrillic": _script("\u0400", "\u04ff"),
}  # fmt: skip
_NAMES = tuple(f"{sign}{name}" for name in _IS for sign in ("", "^"))


def drafts(pattern: str, lists: Mapping[str, tuple[str, ...]]) -> Drafts:
    """The drafts of a pattern; of a named list the first entry. None at all for what Python can't parse."""
    first = {name: entries[:1] for name, entries in lists.items()}
    try:
        return _sequence(parser.parse(_FLAGS.sub("", _CLASS.sub(_stood_for, expand(pattern, first)))))
    except re.error:
        return "", []


def sampled(pattern: str, lists: Mapping[str, tuple[str, ...]], numbers: Random) -> str:
    """A text drawn at random from what a pattern may match; it goes through `HERE`, where the pattern holds that."""
    first = {name: entries[:1] for name, entries in lists.items()}
    try:
        tree = parser.parse(_FLAGS.sub("", _CLASS.sub(_stood_for, expand(pattern, first))))
    except re.error:
        return ""
    return _drawn(tree, numbers).replace(HERE, "")


def _drawn(items: Iterable[Any], numbers: Random) -> str:
    return "".join(_drawn_item(kind, value, numbers) for kind, value in items)


def _drawn_item(kind: Any, value: Any, numbers: Random) -> str:
    if kind is op.SUBPATTERN:
        return _drawn(value[-1], numbers)
    if kind is op.BRANCH:
        meant = [branch for branch in value[1] if _leads_there(branch)]
        return _drawn(meant[0] if meant else numbers.choice(value[1]), numbers)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, inner = value
        few = max(least, min(int(most), least + numbers.choice((0, 0, 1, 1, 2, 4))), int(_leads_there(inner)))
        return "".join(_drawn(inner, numbers) for _ in range(few))
    if kind is op.IN and numbers.random() < _ODD:
        return next((char for char in numbers.sample(_PLAIN, len(_PLAIN)) if _takes(value, char)), _char_of(value))
    if kind in (op.NOT_LITERAL, op.ANY):
        return next((char for char in numbers.choices("aaA ", k=9) if _takes([(kind, value)], char)), "a")
    return _item(kind, value)[0]


def _leads_there(items: Iterable[Any]) -> bool:
    return f"(LITERAL, {ord(HERE)})" in repr(items)


def _stood_for(found: re.Match[str]) -> str:
    name = found[2] or found[3] or "w"
    known = name if name in _IS else name[0] if name[0] in _IS else "L"
    return chr(_FROM + _NAMES.index(f"{'^' if found[1] == 'P' else ''}{known}"))


def _sequence(items: Iterable[Any]) -> Drafts:
    parts = [_item(kind, value) for kind, value in items]
    bases = [base for base, _ in parts]
    others = ["".join((*bases[:i], other, *bases[i + 1 :])) for i, (_, more) in enumerate(parts) for other in more]
    return "".join(bases), others


def _item(kind: Any, value: Any) -> Drafts:
    if kind is op.SUBPATTERN:
        return _sequence(value[-1])
    if kind is op.BRANCH:
        made = [_sequence(branch) for branch in value[1]]
        return made[0][0], [*(base for base, _ in made[1:]), *(other for _, more in made for other in more)]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _repeated(*value)
    if kind is op.IN:
        return _char_of(value), []
    if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY):
        return _char_of([(kind, value)]), []
    return "", []


def _repeated(least: int, most: int, inner: Any) -> Drafts:
    base, others = _sequence(inner)
    kind, value = inner[0]
    members = value if kind is op.IN else [(kind, value)] if kind in (op.NOT_LITERAL, op.ANY) else None
    if most > _FEW and len(inner) == 1 and members and any(_takes(members, char) for char in "a中가"):
        return base * least + GAP, []
    if least:
        return base * least, [other + base * (least - 1) for other in others]
    return "", [base, *others]


def _char_of(members: list[Any]) -> str:
    """A character that a class takes: the first that it names, else one of the usual."""
    kind, value = members[0]
    named = chr(value) if kind is op.LITERAL else chr(value[0]) if kind is op.RANGE else ""
    if named and ord(named) < _FROM:
        return named
    return next((char for char in _CANDIDATES if _takes(members, char)), "")


def _takes(members: list[Any], char: str) -> bool:
    negated = members[0][0] in (op.NEGATE, op.NOT_LITERAL)
    return any(_is(kind, value, char) for kind, value in members) is not negated


def _is(kind: Any, value: Any, char: str) -> bool:
    if kind is op.ANY:
        return True
    if kind is op.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if kind in (op.LITERAL, op.NOT_LITERAL):
        return _of_class(value, char) if _FROM <= value < _FROM + len(_NAMES) else chr(value) == char
    if kind is op.CATEGORY:
        return _OF_CATEGORY[value](char) if value in _OF_CATEGORY else False
    return False


def _of_class(value: int, char: str) -> bool:
    name = _NAMES[value - _FROM]
    return _IS[name.lstrip("^")](char) is not name.startswith("^")


_OF_CATEGORY: Mapping[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdigit, op.CATEGORY_SPACE: str.isspace, op.CATEGORY_WORD: _IS["w"],
    op.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(), op.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
}  # fmt: skip
