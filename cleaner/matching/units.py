"""Finds the units of a text: its lines, and the sentences within longer lines that a rule matches.

A scraper often joins a piece of the page to a sentence of the story, or a whole article to one line. Rules for whole
lines would not see it. So a sentence (or what lies between separators, in brackets, or at a lost blank) that a rule
matches as a whole becomes a line of its own, with its true offsets; the rest of the line stays together. Nothing is
removed here: the rules then decide on these lines as on all others.

A text that is one line is split into all its sentences: there a sentence is what a line is elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from cleaner.matching.candidates import candidates
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.program import Program
from cleaner.text.lines import Lines
from cleaner.text.sentences import Span, pieces, sentences

_SHORTEST_LINE = 12  # words; a shorter line is one piece: a date beside a name, a row of buttons
_ONE_LINE_WORDS = 60
_ONE_LINE_SHARE = 0.8
"""A text is one line if a line of so many words holds this share of them."""


def with_units(program: Program, lines: Lines, *, language: str | None, host: str | None) -> Lines:
    """Return the lines with the sentences that rules match as lines of their own; the same object if there are none.

    `language` and `host` are those of the document, as for `MatchContext`.
    """
    if not len(lines):
        return lines
    one = _one_line(lines)
    cuts: dict[int, list[int]] = {}
    for i, unit in _units(program, lines, language=language, host=host):
        cuts.setdefault(i, []).extend(unit)
    if one is not None:
        text = lines.texts[one]
        held = _found_within(program, text, language=language, host=host)
        edges = (at for sentence in sentences(text) for at in sentence)
        cuts.setdefault(one, []).extend(at for at in edges if not any(start < at < end for start, end in held))
    return lines.split_at(cuts) if cuts else lines


def _found_within(program: Program, text: str, *, language: str | None, host: str | None) -> list[Span]:
    """What rules find within a line, which may be more than a sentence of it: it is not split there."""
    context = MatchContext(Lines(text), language=language, host=host, words=program.words_of(language))
    return [
        hit.span()
        for rule, n in _places(program, context)
        if rule.kind_facts.within_line and not rule.kind_facts.fills_line
        for hit in rule.regex.finditer(context.lines.plain(n))
    ]


def _one_line(lines: Lines) -> int | None:
    """The index of the line that is the text, or None."""
    longest = max(range(len(lines)), key=lines.words.__getitem__)
    words = lines.words[longest]
    return longest if words >= max(_ONE_LINE_WORDS, _ONE_LINE_SHARE * lines.total_words) else None


def _units(program: Program, lines: Lines, *, language: str | None, host: str | None) -> Iterator[tuple[int, Span]]:
    """The pieces of lines that a rule matches as a whole, each with the index of its line; none overlaps another."""
    places = [
        (i, piece) for i, text in enumerate(lines.texts) if lines.words[i] >= _SHORTEST_LINE for piece in pieces(text)
    ]
    if not places:
        return
    words = program.words_of(language)
    tried = Lines("\n".join(lines.texts[i][a:b] for i, (a, b) in places))
    context = MatchContext(tried, language=language, host=host, words=words)
    found: dict[int, dict[Span, bool]] = {}
    for rule, n in _places(program, context):
        if _is_unit(rule, context, n):
            i, piece = places[n]
            those = found.setdefault(i, {})
            those[piece] = those.get(piece, True) and rule.is_open_ended(tried.plain(n))
    if not found:
        return
    held = list(found)
    context = MatchContext(Lines("\n".join(lines.texts[i] for i in held)), language=language, host=host, words=words)
    taken: dict[int, _Taken] = {i: _Taken() for i in held}
    for rule, n in _places(program, context):
        for span in _taken_in_line(rule, context, n):
            taken[held[n]].add(span)
    for i, units in found.items():
        yield from ((i, unit) for unit in _apart(units, taken[i]))


def _places(program: Program, context: MatchContext) -> Iterator[tuple[CompiledRule, int]]:
    """The rules that may match, whatever their phase, each with a line."""
    for near in candidates(program, context).values():
        yield from near


def _is_unit(rule: CompiledRule, context: MatchContext, n: int) -> bool:
    """Whether a rule matches the whole piece."""
    if not rule.kind_facts.fills_line or rule.rule.action == "allow" or not rule.fits_part(context.lines.words[n]):
        return False
    line = context.lines.plain(n)
    return _matches(rule, line) and (rule.kind_facts.lookup == "phrases" or rule.ends_with_part(line))


def _taken_in_line(rule: CompiledRule, context: MatchContext, n: int) -> Iterator[Span]:
    """What a rule matches in a line as it is, which needs no splitting."""
    line = context.lines.plain(n)
    if rule.rule.label == "repair":
        return
    if rule.kind_facts.fills_line and _matches(rule, line):
        yield 0, len(line)
    elif rule.kind_facts.within_line and not rule.kind_facts.fills_line:
        yield from (hit.span() for hit in rule.regex.finditer(line))


def _matches(rule: CompiledRule, line: str) -> bool:
    if rule.kind_facts.lookup == "literals" and not rule.regex.search(line):
        return False
    return not any(regex.search(line) for regex in rule.unless)


def _apart(units: Mapping[Span, bool], taken: _Taken) -> Iterator[Span]:
    """Units that overlap neither each other nor what is taken: the longest first, of those whose rules do not say where
    they end the shortest."""
    for _is_open, _length, start, end in sorted((o, b - a if o else a - b, a, b) for (a, b), o in units.items()):
        if taken.is_free((start, end)):
            taken.add((start, end))
            yield start, end


class _Taken:
    """The parts of a line that are taken, as spans in order that do not overlap."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, span: Span) -> bool:
        """Whether a span overlaps nothing that is taken."""
        at = bisect_left(self._starts, span[1]) - 1
        return at < 0 or self._ends[at] <= span[0]

    def add(self, span: Span) -> None:
        """Take a span, and what it overlaps with it."""
        first, last = bisect_right(self._ends, span[0]), bisect_left(self._starts, span[1])
        start, end = min([span[0], *self._starts[first:last]]), max([span[1], *self._ends[first:last]])
        self._starts[first:last], self._ends[first:last] = [start], [end]
