"""Finds the rules that can match each line, by one pass of the automaton over the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.index import Index
from cleaner.matching.kind_table import PHASES
from cleaner.matching.program import Program

Candidates = Mapping[str, list[tuple[CompiledRule, int]]]
"""By phase: rules, each with the index of a line to try it on."""

_Places = dict[tuple[CompiledRule, int], None]
"""Rules with a line, each pair once. A dict, since a set would lose the order in which they were found."""

_AROUND_PHRASE = 12  # a line may be this much longer than a phrase: blanks, bullets and end marks around it


def candidates(program: Program, context: MatchContext) -> Candidates:
    """Return, for each phase, the rules that may match, each with the index of its line; each pair once.

    The time does not depend on the number of rules, except on those without a literal. Rules whose prefilter excludes
    the line are left out, unless `context` records near misses. Conditions are not checked.
    """
    index, places = program.index(context.language), _Places()
    _add_by_phrase(places, program, context)
    _add_by_literal(places, index, context)
    if index.everywhere:
        _add_everywhere(places, index, context)
    if context.lines.parts:
        _drop_from_parts(places, context)
    return _by_phase(places, context.host)


def _add_by_phrase(places: _Places, program: Program, context: MatchContext) -> None:
    """Add the rules that have the whole line as a phrase."""
    phrases, longest = program.phrases, program.longest_phrase + _AROUND_PHRASE
    if not phrases:
        return
    folded, language = context.lines.folded, context.language
    for i, key in enumerate(context.lines.keys):
        if key in phrases and len(folded[i]) <= longest:
            for rule in phrases[key]:
                if rule.is_for(language):
                    places[rule, i] = None


def _add_by_literal(places: _Places, index: Index, context: MatchContext) -> None:
    """Add the rules of which a literal occurs in the line. Most of the time of a build is spent here."""
    lines, every = context.lines, context.misses is not None
    folded, starts, entries = lines.folded, lines.haystack_starts, index.entries
    lengths = list(map(len, lines.texts))
    for number, start, _end in index.automaton.find_matches_as_indexes(lines.haystack, overlapping=True):
        i = bisect_right(starts, start) - 1
        length = lengths[i]
        for rule, least, most, prefilter in entries[number]:
            if every or (least <= length <= most and (prefilter is None or prefilter.fits(folded[i], length))):
                places[rule, i] = None


def _add_everywhere(places: _Places, index: Index, context: MatchContext) -> None:
    """Add the rules without a literal, for every line."""
    every = context.misses is not None
    rules = [(rule, rule.prefilter) for rule in index.everywhere]
    for i, (text, folded) in enumerate(zip(context.lines.texts, context.lines.folded, strict=True)):
        length = len(text)
        for rule, prefilter in rules:
            if every or prefilter.fits(folded, length):
                places[rule, i] = None


def _drop_from_parts(places: _Places, context: MatchContext) -> None:
    """Drop the places in parts of lines of the rules that are for whole lines."""
    parts, words = context.lines.parts, context.lines.words
    for place in [(rule, i) for rule, i in places if i in parts and not rule.fits_part(words[i])]:
        del places[place]


def _by_phase(places: _Places, host: str | None) -> Candidates:
    """Return the pairs by phase, without rules for other hosts."""
    phases: dict[str, list[tuple[CompiledRule, int]]] = {phase: [] for phase in PHASES}
    for place in places:
        rule = place[0]
        if not rule.sited or rule.is_at(host):
            phases[rule.phase].append(place)
    return phases
