"""The rules that can match a line, found by one pass of the automaton over the text."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.program import Program

Candidates = Mapping[str, list[tuple[CompiledRule, int]]]


_ROOM = 12  # a line may be this much longer than a phrase: blanks, bullets and end marks around it


def candidates(program: Program, context: MatchContext) -> Candidates:
    """Per phase: the rules that may match, each with its line. One pass over the text, whatever the rules' number.

    Where nobody asks what came near, those are left out whose outline rules the line out.
    """
    lines, language, host = context.lines, context.language, context.host
    folded, every = lines.folded, context.misses is not None
    lengths = [len(text) for text in lines.texts]
    index = program.index(language)
    places: dict[tuple[CompiledRule, int], None] = {}  # each once, in order
    phrases, longest = program.phrases, program.longest_phrase + _ROOM
    for i, key in enumerate(lines.keys) if phrases else ():
        if key in phrases and len(folded[i]) <= longest:
            for rule in phrases[key]:
                if rule.is_for(language):
                    places[rule, i] = None
    starts, called = lines.haystack_starts, index.called
    for number, start, _end in index.automaton.find_matches_as_indexes(lines.haystack, overlapping=True):
        i = bisect_right(starts, start) - 1
        length = lengths[i]
        for rule, least, most, outline in called[number]:
            if every or (least <= length <= most and (outline is None or outline.fits(folded[i], length))):
                places[rule, i] = None
    for i in range(len(lines)) if index.everywhere else ():
        for rule in index.everywhere:
            if every or rule.outline.fits(folded[i], lengths[i]):
                places[rule, i] = None
    by_phase: defaultdict[str, list[tuple[CompiledRule, int]]] = defaultdict(list)
    for place in places:
        rule = place[0]
        if not rule.sited or rule.is_at(host):
            by_phase[rule.phase].append(place)
    return by_phase
