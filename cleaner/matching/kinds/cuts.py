"""Cuts: extend a match over the lines above or below it, within the limits of the rule.

A phrase of a rule may occur a thousand times in a text, and each cut may reach to its end. So lines that one cut of a
rule has covered are not examined again for the next cut of this rule.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from cleaner.matching.conditions import is_quotation, is_quoted
from cleaner.matching.context import MatchContext
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.rule import Cut
from cleaner.text.plural import counted


def find_cuts(_program: Program, context: MatchContext, winners: Sequence[Match]) -> Iterator[Match]:
    """Yield the lines that the cuts of the winners remove, each once for a rule; labelled lines are skipped."""
    cutting: dict[str, list[Match]] = {}
    for match in winners:
        if match.rule.cut and not match.swept:
            cutting.setdefault(match.rule.id, []).append(match)
    if cutting:
        ground = _Ground(context)
        for matches in cutting.values():
            yield from _swept(matches, ground)


def _swept(matches: Sequence[Match], ground: _Ground) -> Iterator[Match]:
    """Yield what the cuts of one rule remove; `matches` are in order of place."""
    context, lines = ground.context, ground.context.lines
    done = 0  # the lines of `free` before this one are done
    for match in matches:
        if match.rule.cut is None:
            continue
        places = ground.reach(match.rule.cut, match)
        words = ground.above[places.stop] - ground.above[places.start]
        if words > match.rule.cut.max_words or words > match.rule.cut.max_share * lines.total_words:
            share = words / max(1, lines.total_words)
            figure = f"would sweep {counted(words, 'word')}, {share:.0%} of the text"
            context.missed(match.rule, match.line, "cut", figure)
            continue
        for place in range(max(done, places.start), places.stop):
            i = ground.free[place]
            yield Match(rule=match.rule, start=lines.starts[i], end=lines.end(i), line=i, swept=True)
        done = max(done, places.stop)


class _Ground:
    """The lines without a label, which cuts may remove. Places are indices into `free`."""

    def __init__(self, context: MatchContext) -> None:
        self.context = context
        self.free = [i for i in range(len(context.lines)) if i not in context.labels]
        self.above = list(accumulate((context.lines.words[i] for i in self.free), initial=0))
        """Number of words above each place; at the end, of all."""
        self._known: dict[int | None, tuple[int, int, bool]] = {}
        """By `line_words`: a range of places where nothing stops a cut, and whether a cut stops at its end."""

    def reach(self, cut: Cut, match: Match) -> range:
        """Return the places that a cut reaches; none if a quotation prevents the cut."""
        at, count = bisect_left(self.free, match.line), len(self.free)
        places = range(at) if cut.to == "start" else range(at, count)
        line_words = cut.line_words if cut.to == "prose" else None
        stop = self._stop(places, line_words)
        if stop == places.stop:
            return places
        if not self._is_prose(i := self.free[stop], line_words):
            self.context.missed(
                match.rule, match.line, "cut", f"line {self.context.lines.rows[i] + 1} holds a quotation"
            )
        return range(at, stop) if cut.to == "prose" else range(at, at)

    def _stop(self, places: range, line_words: int | None) -> int:
        """Return the first of the places with a quotation, or with prose if this stops the cut; else their end."""
        start, at, stopped = self._known.get(line_words, (0, 0, False))
        if not start <= places.start <= at:
            start, at, stopped = places.start, places.start, False
        while at < places.stop and not stopped:
            i = self.free[at]
            stopped = self._is_prose(i, line_words) or self._is_words(i)
            at += not stopped
        self._known[line_words] = start, at, stopped
        return min(at, places.stop)

    def _is_prose(self, i: int, line_words: int | None) -> bool:
        """Report whether a line is prose for a cut that stops at lines of more than `line_words` words."""
        lines = self.context.lines
        if line_words is None:
            return False
        return lines.words[i] > line_words or lines.ends_sentence(i) or lines.is_wrapped(i)

    def _is_words(self, i: int) -> bool:
        """Report whether a line is a quotation."""
        context = self.context
        return is_quoted(context, i) or (is_quotation(context, i) and context.lines.is_prose(i))
