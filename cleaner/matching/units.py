"""Finds the units of a text: its lines, and the sentences within longer lines that a rule matches.

A scraper often joins a piece of the page to a sentence of the story, or a whole article to one line. Rules for whole
lines would not see it. So a sentence (or what lies between separators, in brackets, or at a lost blank) that a rule
matches as a whole becomes a line of its own, with its true offsets; the rest of the line stays together. Nothing is
removed here: the rules then decide on these lines as on all others.

A text that is one line is split into all its sentences: there a sentence is what a line is elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from cleaner.matching.candidates import candidates
from cleaner.matching.compiled_rule import FEWEST_WORDS_OF_PART, CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.program import Program
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, phrase_key
from cleaner.text.sentences import UPPER, Span, pieces, sentences

_SHORTEST_LINE = 12  # words; a shorter line is one piece: a date beside a name, a row of buttons
_ONE_LINE_WORDS = 60
_MOST_WORDS = 12
_CAPITAL_NOUNS = frozenset({"de", "lb"})
"""Languages in which a capital is no sign that something begins."""
_WORD = re.compile(r"\S+")
_CAPITALISED = re.compile(rf"(?<!\S)(?=([{UPPER}]\S*)\s*(\S*))")
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
        cuts.setdefault(one, []).extend(at for sentence in sentences(lines.texts[one]) for at in sentence)
    return lines.split_at(cuts) if cuts else lines


def _one_line(lines: Lines) -> int | None:
    """The index of the line that is the text, or None."""
    longest = max(range(len(lines)), key=lines.words.__getitem__)
    words = lines.words[longest]
    return longest if words >= max(_ONE_LINE_WORDS, _ONE_LINE_SHARE * lines.total_words) else None


def _units(program: Program, lines: Lines, *, language: str | None, host: str | None) -> Iterator[tuple[int, Span]]:
    """The pieces of lines that a rule matches as a whole, each with the index of its line; none overlaps another."""
    places = [
        (i, piece)
        for i, text in enumerate(lines.texts)
        if lines.words[i] >= _SHORTEST_LINE
        for piece in dict.fromkeys((*pieces(text), *_unmarked(program, text, lines.folded[i], language)))
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


def _unmarked(program: Program, line: str, folded: str, language: str | None) -> Iterator[Span]:
    """Phrases of rules that lost their place in the line without a mark: `Share this article The council met again`.

    They begin with a capital or the sentence, and end before a capital or with it. One or two words may be part of a
    name: `Advertisement The council met`, but not `Advertisement Standards Authority`.
    """
    if language in _CAPITAL_NOUNS:
        return
    key = folded if len(folded) == len(line) else line.casefold()
    near = {
        pair.start()
        for pair in (_CAPITALISED.finditer(line) if len(key) == len(line) else ())
        if key[slice(*pair.span(1))] in program.openings or key[pair.start() : pair.end(2)] in program.openings
    }
    for start, end in sentences(line) if near else ():
        if any(start <= at < end for at in near):
            yield from _phrases(program, line, [word.span() for word in _WORD.finditer(line, start, end)], near)


def _phrases(program: Program, line: str, words: Sequence[Span], near: Collection[int]) -> Iterator[Span]:
    """The phrases of a sentence that begin at one of the offsets `near`."""
    edges = [n for n, (start, _) in enumerate(words) if n == 0 or line[start].isupper()]
    ends = {*edges[1:], len(words)}
    for n in edges:
        for m in range(n + 1, n + 1 + _MOST_WORDS) if words[n][0] in near else ():
            if m not in ends or (m - n < FEWEST_WORDS_OF_PART and (n or m + 1 in ends)):
                continue
            piece = words[n][0], words[m - 1][1]
            if phrase_key(fold(line[slice(*piece)])) in program.phrases:
                yield piece


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
