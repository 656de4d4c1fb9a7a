"""Which matches win: the only place that decides.

An important allow goes before an important drop, that before an ordinary allow, that before an ordinary
drop, that before a line that a cut merely swept over. Among equals a site's rule goes before a language's,
that before one for all; then the longer span, then the rule that also cuts, then the id. What lost is
recorded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import itemgetter

from cleaner.model.document import Loss, Match
from cleaner.model.rule import Fate
from cleaner.text.lines import word_count
from cleaner.text.plural import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Who won, in order of place; who only points; who gave way, and to whom."""

    winners: Sequence[Match]
    marks: list[Match]
    losses: list[Loss]


Rank = tuple[int, int, int, bool, str, int]

_IMPORTANT, _ORDINARY = 0, 2  # the strength of allows; that of drops is one more


def _rank(match: Match, fate: Fate) -> Rank:
    rule = match.rule
    strength = 4 if match.swept else (_IMPORTANT if rule.important else _ORDINARY) + (fate == "drop")
    reach = 2 if rule.site else 1 if rule.language else 0
    return strength, -reach, match.start - match.end, rule.cut is None, rule.id, match.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Matches that compete, and who has won so far; more may enter, and win over those."""

    fates: Mapping[str, Fate]
    """By rule id."""
    matches: tuple[Match, ...] = ()
    winners: tuple[Match, ...] = ()
    """In order of place."""
    ranked: Sequence[tuple[Rank, Match, Fate]] = ()
    """Those that compete, with what they are sorted by."""
    beaten: Sequence[tuple[Match, Match]] = ()
    """Each with the match that it gave way to."""
    losses: Sequence[Loss] = ()
    """Matches that were taken out, of rules over their budgets."""


def enter(contest: Contest, found: Iterable[Match]) -> Contest:
    """The contest with these, too. Who wins does not depend on the order of matches."""
    found = tuple(found)
    fates, matches = contest.fates, contest.matches + found
    new = [(_rank(m, fate), m, fate) for m in found if (fate := fates[m.rule.id]) in ("drop", "allow")]
    if not new:
        return replace(contest, matches=matches)
    return _decided(replace(contest, matches=matches, ranked=sorted((*contest.ranked, *new), key=itemgetter(0))))


def without_spent(contest: Contest, text: str, total_words: int) -> Contest:
    """The contest without the matches of rules that have gone over their budgets; what gave way to those comes back."""
    _, losses = within_budgets(contest.winners, text, total_words)
    if not losses:
        return contest
    over = {loss.rule for loss in losses}
    ranked = [each for each in contest.ranked if each[1].rule.id not in over]
    return _decided(replace(contest, ranked=ranked, losses=(*contest.losses, *losses)))


def _decided(contest: Contest) -> Contest:
    places: list[tuple[int, int]] = []
    placed: list[Match] = []  # the matches that stand there
    beaten: list[tuple[Match, Match]] = []
    allows = [(rank, match) for rank, match, fate in contest.ranked if fate == "allow"]
    every = _Allowed(match for _, match in allows)
    important = _Allowed(match for rank, match in allows if rank[0] == _IMPORTANT)
    for rank, match, fate in contest.ranked:
        if fate == "allow":
            continue
        allowed = important if rank[0] < _ORDINARY else every
        if winner := allowed.protector(match) or _overlapped(match, places, placed):
            beaten.append((match, winner))
        else:
            place = match.start, match.end
            at = bisect_right(places, place)
            places.insert(at, place)
            placed.insert(at, match)
    return replace(contest, winners=tuple(placed), beaten=beaten)


def resolve(contest: Contest) -> Resolution:
    """What the contest comes to."""
    fates, matches = contest.fates, contest.matches
    marks = [m for m in matches if fates[m.rule.id] == "mark"]
    losses = [lost(m, guard="suppressed") for m in matches if fates[m.rule.id] == "suppress"]
    losses += [lost(match, to=winner.rule.id) for match, winner in contest.beaten]
    losses += contest.losses
    return Resolution(winners=contest.winners, marks=sorted(marks, key=_place), losses=sorted(losses, key=_loss_place))


def with_repairs(
    winners: Sequence[Match], repairs: Sequence[Match], matches: Iterable[Match], fates: Mapping[str, Fate]
) -> Resolution:
    """Add repairs of the layout to the winners, where nothing that goes reaches over them.

    They compete with nobody: what goes takes its line breaks along, however narrow its rule, and what stays is
    whole. An allow among the `matches` stops only those that it names, as it was found in the mended line.
    """
    named = _Allowed(m for m in matches if fates[m.rule.id] == "allow" and m.rule.allows)
    places = [(m.start, m.end) for m in winners]
    added: list[Match] = []
    losses: list[Loss] = []
    for match in repairs:
        fate = fates[match.rule.id]
        if fate == "suppress":
            losses.append(lost(match, guard="suppressed"))
        elif fate == "drop" and (winner := named.protector(match) or _overlapped(match, places, winners)):
            losses.append(lost(match, to=winner.rule.id))
        elif fate == "drop":
            added.append(match)
    marks = [m for m in repairs if fates[m.rule.id] == "mark"]
    return Resolution(winners=sorted((*winners, *added), key=_place), marks=marks, losses=losses)


def within_budgets(matches: Sequence[Match], text: str, total_words: int) -> tuple[list[Match], list[Loss]]:
    """Leave out the matches of rules that would remove more of this document than their budget allows."""
    removed: dict[str, int] = {}
    budgeted = {m.rule.id: m.rule.budget for m in matches if m.rule.budget}
    for match in matches:
        if match.rule.id in budgeted:
            words = word_count(text[match.start : match.end])
            removed[match.rule.id] = removed.get(match.rule.id, 0) + words
    over: dict[str, str] = {}  # rule id → figures
    for rule_id, budget in budgeted.items():
        words, share = removed[rule_id], removed[rule_id] / max(1, total_words)
        if budget and budget.words is not None and words > budget.words:
            over[rule_id] = f"{counted(words, 'word')} of at most {budget.words}"
        elif budget and budget.share is not None and share > budget.share:
            over[rule_id] = f"{share:.0%} of the words, of at most {budget.share:.0%}"
    left = [m for m in matches if m.rule.id not in over]
    return left, [lost(m, guard="budget", figure=over[m.rule.id]) for m in matches if m.rule.id in over]


def _place(match: Match) -> tuple[int, int, str]:
    return match.start, match.end, match.rule.id


def _loss_place(loss: Loss) -> tuple[int, int, str, str]:
    return loss.start, loss.end, loss.rule, loss.to


def lost(match: Match, *, to: str = "", guard: str = "", figure: str = "") -> Loss:
    """The record of a match that gave way."""
    return Loss(
        start=match.start, end=match.end, label=match.rule.label, rule=match.rule.id, to=to, guard=guard, figure=figure
    )


class _Allowed:
    """Allows by place: who protects a match is asked of each match, and there may be thousands of either."""

    def __init__(self, matches: Iterable[Match]) -> None:
        ordered = sorted(enumerate(matches), key=lambda pair: pair[1].start)
        self._ordered = ordered  # each with its rank
        self._starts = [match.start for _, match in ordered]
        self._ends = list(accumulate((match.end for _, match in ordered), max))  # the furthest so far

    def protector(self, match: Match) -> Match | None:
        """The first in rank that overlaps the match and is meant for it."""
        best: tuple[int, Match] | None = None
        at = bisect_left(self._starts, match.end) - 1
        while at >= 0 and self._ends[at] > match.start:
            rank, allow = self._ordered[at]
            meant = allow.rule.allows
            fits = not meant or match.rule.id in meant or match.rule.label in meant
            if fits and allow.end > match.start and (best is None or rank < best[0]):
                best = rank, allow
            at -= 1
        return best[1] if best else None


def _overlapped(match: Match, places: Sequence[tuple[int, int]], placed: Sequence[Match]) -> Match | None:
    at = bisect_left(places, (match.start,))
    for i in range(max(0, at - 1), min(at + 1, len(places))):
        start, end = places[i]
        if start < match.end and match.start < end:
            return placed[i]
    return None
