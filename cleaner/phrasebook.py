"""A phrasebook: lines that the rules of a pack know, one for each phrase and for each branch of each pattern.

Stored beside the golden files it is a corpus of its own: a phrase or an alternative that a rule loses, or that
another rule takes over, shows there, though no article of the corpus and no example may hold it. The lines of
patterns are made: the shortest text that takes a branch, with `a`, `A` and `1` for letters and figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from cleaner.golden import GoldenLine
from cleaner.kinds.indexed import candidates, find_indexed
from cleaner.lines import Lines
from cleaner.model import Rule, RulePack, Where
from cleaner.patterns import expand, plain
from cleaner.program import Program, compile_program
from cleaner.scene import Scene

_MOST_LINES = 300  # of one pattern
_FLAGS = re.compile(r"\(\?[ims]+\)")
_CLASSES = (
    (re.compile(r"\\p\{(?:Lu|Lt)\}"), "A"), (re.compile(r"\\p\{N\w?\}"), "1"), (re.compile(r"\\P(?:\{\w+\}|\w)"), " "),
    (re.compile(r"\\p(?:\{\w+\}|\w)"), "a"), (re.compile(r"\\w"), "a"),
)  # fmt: skip
_OF_CATEGORY = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a"}
_ANY_CHAR = "aA1 ,.-:"

Drafts = tuple[str, list[str]]
"""The shortest text, and a further text for every branch that it does not take."""


def known_lines(pack: RulePack) -> dict[str, list[GoldenLine]]:
    """The phrasebook of a pack: by language (`core` for rules of all), its lines with every rule that knows them."""
    program = anywhere(pack)
    books: dict[str, dict[str, GoldenLine]] = {}
    for rule in pack.rules:
        language = next(iter(rule.language), "core")
        for text in lines_of(rule, pack) if not rule.site else ():
            books.setdefault(language, {})[text] = signed(text, language, program)
    return {language: [book[text] for text in sorted(book)] for language, book in sorted(books.items())}


def anywhere(pack: RulePack) -> Program:
    """The pack's rules for lines, without their conditions: where a line stands is what examples are for."""
    rules = tuple(
        replace(rule, where=Where(), cut=None) for rule in pack.rules if rule.line or rule.pattern or rule.inline
    )
    return compile_program(replace(pack, rules=rules, digest=""))


def signed(text: str, language: str, program: Program) -> GoldenLine:
    """A line, and the rules that know it, in a text of this language."""
    scene = Scene(Lines(text), language=None if language == "core" else language)
    matches = (m for near in candidates(program, scene).values() for m in find_indexed(program, scene, near))
    signs = sorted({f"{m.rule.label} · {m.rule.id}" for m in matches})
    return GoldenLine(fate="- " if signs else "  ", text=text, signs=", ".join(signs))


def now(stored: Iterable[GoldenLine], language: str, program: Program) -> list[GoldenLine]:
    """The lines of a stored phrasebook as a program signs them now."""
    return [signed(line.text, language, program) for line in stored]


def lines_of(rule: Rule, pack: RulePack) -> list[str]:
    """Lines that a rule may know: its phrases, or its pattern's branches, and two that lie just beside it."""
    return list(dict.fromkeys((*rule.line, *_texts(rule, pack))))


def _texts(rule: Rule, pack: RulePack) -> Iterator[str]:
    pattern = rule.pattern or rule.inline
    if not pattern:
        return
    shortest, others = drafts(pattern, pack.lists)
    beside = (f"{shortest} 7aA, 7aA", f"7aA, 7aA {shortest}")  # what a pattern that was widened would take in
    for text in (shortest, *beside, *others[:_MOST_LINES]):
        if text and text == text.strip() and "\n" not in text:
            yield text


def drafts(pattern: str, lists: Mapping[str, tuple[str, ...]]) -> Drafts:
    """Texts that a pattern may match: the shortest, and one for each other branch. They are to be tried."""
    first = {name: entries[:1] for name, entries in lists.items()}
    for found, char in _CLASSES:
        pattern = found.sub(char, pattern)
    try:
        return _sequence(parser.parse(_FLAGS.sub("", plain(expand(pattern, first)))))
    except re.error:
        return "", []


def _sequence(items: Iterable[Any]) -> Drafts:
    parts = [_item(kind, value) for kind, value in items]
    bases = [base for base, _ in parts]
    others = ["".join((*bases[:i], other, *bases[i + 1 :])) for i, (_, more) in enumerate(parts) for other in more]
    return "".join(bases), others


def _item(kind: Any, value: Any) -> Drafts:
    if kind is op.LITERAL:
        return chr(value), []
    if kind is op.SUBPATTERN:
        return _sequence(value[-1])
    if kind is op.BRANCH:
        made = [_sequence(branch) for branch in value[1]]
        return made[0][0], [*(base for base, _ in made[1:]), *(other for _, more in made for other in more)]
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, _, inner = value
        base, others = _sequence(inner)
        return (base * least, [other + base * (least - 1) for other in others]) if least else ("", [base, *others])
    if kind is op.IN:
        return _one_of(value), []
    return ("a", []) if kind is op.ANY else ("", [])


def _one_of(members: list[Any]) -> str:
    if members[0][0] is op.NEGATE:
        excluded = {chr(arg) for kind, arg in members[1:] if kind is op.LITERAL}
        return next((char for char in _ANY_CHAR if char not in excluded), "")
    kind, arg = members[0]
    if kind is op.LITERAL:
        return chr(arg)
    return chr(arg[0]) if kind is op.RANGE else _OF_CATEGORY.get(arg, "")
