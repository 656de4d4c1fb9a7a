"""Decides which of several overlapping matches win. No other module does.

Matches are ranked by these criteria, in this order:

1. strength: important allow, important drop, ordinary allow, ordinary drop, a line that was reached only by a cut;
2. scope: a rule for sites, a rule for languages, a rule for all documents;
3. the longer span of characters;
4. a rule with a cut before one without;
5. the rule id, then the place, so that the order of the input never matters.

In this order, each drop wins unless it overlaps a drop that has won, or an allow of higher strength that applies
to it. Every match that does not win is recorded as a `Loss`, with the rule or the guard that stopped it. Rules with the
action `mark` or `suppress` do not compete. Positions are character offsets into the normalised text, end exclusive.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import itemgetter

from cleaner.model.document import Loss, Match
from cleaner.model.rule import EffectiveAction
from cleaner.text.lines import Lines, word_count
from cleaner.text.plural import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The result: the matches that win, the marks, and the losses, each in order of place."""

    winners: Sequence[Match]
    marks: list[Match]
    losses: list[Loss]


Rank = tuple[int, int, int, bool, str, int]

_FEWEST_WORDS_FOR_BUDGET = 50  # in a shorter text one removed line may be over the budget
_IMPORTANT, _ORDINARY = 0, 2  # the strength of allows; that of drops is one more


def _rank(match: Match, effective_action: EffectiveAction) -> Rank:
    rule = match.rule
    strength = 4 if match.swept else (_IMPORTANT if rule.important else _ORDINARY) + (effective_action == "drop")
    reach = 2 if rule.site else 1 if rule.language else 0
    return strength, -reach, match.start - match.end, rule.cut is None, rule.id, match.start


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSet:
    """The matches found so far, and the winners among them. Immutable: `add` returns a new set, with new winners."""

    effective_actions: Mapping[str, EffectiveAction]
    """Rule id → what the rule does in this build: drop, allow, mark or suppress."""
    matches: tuple[Match, ...] = ()
    winners: tuple[Match, ...] = ()
    """In order of place."""
    ranked: Sequence[tuple[Rank, Match, EffectiveAction]] = ()
    """The matches that compete (drops and allows), each with its rank; the best first."""
    overridden: Sequence[tuple[Match, Match]] = ()
    """Each losing match, with the match that won over it."""
    losses: Sequence[Loss] = ()
    """The removed matches of rules over their budgets."""


def add(match_set: MatchSet, found: Iterable[Match]) -> MatchSet:
    """Return the set with further matches, and decide the winners again. The order of matches changes nothing."""
    found = tuple(found)
    effective_actions, matches = match_set.effective_actions, match_set.matches + found
    new = [
        (_rank(m, effective_action), m, effective_action)
        for m in found
        if (effective_action := effective_actions[m.rule.id]) in ("drop", "allow")
    ]
    if not new:
        return replace(match_set, matches=matches)
    return _decided(replace(match_set, matches=matches, ranked=sorted((*match_set.ranked, *new), key=itemgetter(0))))


def without_spent(match_set: MatchSet, text: str, total_words: int) -> MatchSet:
    """Return the set without all matches of rules over their budgets; matches that lost to these may win now.

    `total_words` is the number of words in `text`. Returns the same set if no rule is over its budget.
    """
    _, losses = within_budgets(match_set.winners, text, total_words)
    if not losses:
        return match_set
    over = {loss.rule for loss in losses}
    ranked = [each for each in match_set.ranked if each[1].rule.id not in over]
    return _decided(replace(match_set, ranked=ranked, losses=(*match_set.losses, *losses)))


def _decided(match_set: MatchSet) -> MatchSet:
    places: list[tuple[int, int]] = []
    placed: list[Match] = []  # the match at each of the places
    overridden: list[tuple[Match, Match]] = []
    allows = [(rank, match) for rank, match, effective_action in match_set.ranked if effective_action == "allow"]
    every = _Allowed(match for _, match in allows)
    important = _Allowed(match for rank, match in allows if rank[0] == _IMPORTANT)
    for rank, match, effective_action in match_set.ranked:
        if effective_action == "allow":
            continue
        allowed = important if rank[0] < _ORDINARY else every
        if winner := allowed.protector(match) or _overlapped(match, places, placed):
            overridden.append((match, winner))
        else:
            place = match.start, match.end
            at = bisect_right(places, place)
            places.insert(at, place)
            placed.insert(at, match)
    return replace(match_set, winners=tuple(placed), overridden=overridden)


def resolve(match_set: MatchSet) -> Resolution:
    """Return the winners, marks and losses of a set of matches."""
    effective_actions, matches = match_set.effective_actions, match_set.matches
    marks = [m for m in matches if effective_actions[m.rule.id] == "mark"]
    losses = [loss_of(m, guard="suppressed") for m in matches if effective_actions[m.rule.id] == "suppress"]
    losses += [loss_of(match, to=winner.rule.id) for match, winner in match_set.overridden]
    losses += match_set.losses
    return Resolution(
        winners=match_set.winners, marks=sorted(marks, key=_place), losses=sorted(losses, key=_loss_place)
    )


def with_repairs(
    winners: Sequence[Match],
    repairs: Sequence[Match],
    matches: Iterable[Match],
    effective_actions: Mapping[str, EffectiveAction],
) -> Resolution:
    """Return the winners together with the line break repairs (joins of lines) that overlap none of them.

    Repairs have no rank: a removal includes the line breaks inside it, whatever the scope of its rule. An allow among
    the `matches` stops only the repairs that it names (`allows`), because it was found in the already joined line.
    """
    named = _Allowed(m for m in matches if effective_actions[m.rule.id] == "allow" and m.rule.allows)
    places = [(m.start, m.end) for m in winners]
    added: list[Match] = []
    losses: list[Loss] = []
    for match in repairs:
        effective_action = effective_actions[match.rule.id]
        if effective_action == "suppress":
            losses.append(loss_of(match, guard="suppressed"))
        elif effective_action == "drop" and (winner := named.protector(match) or _overlapped(match, places, winners)):
            losses.append(loss_of(match, to=winner.rule.id))
        elif effective_action == "drop":
            added.append(match)
    marks = [m for m in repairs if effective_actions[m.rule.id] == "mark"]
    return Resolution(winners=sorted((*winners, *added), key=_place), marks=marks, losses=losses)


def within_budgets(matches: Sequence[Match], text: str, total_words: int) -> tuple[list[Match], list[Loss]]:
    """Split matches into those within their rule's budget, and losses for all matches of a rule that is over it.

    A budget limits the words, or the share of `total_words` (0 to 1), that one rule may remove from one document.
    Matches of rules without a budget are all kept.
    """
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
    return left, [loss_of(m, guard="budget", figure=over[m.rule.id]) for m in matches if m.rule.id in over]


def within_rule_budgets(resolution: Resolution, lines: Lines) -> Resolution:
    """Return the resolution without the winners of rules that are over their budgets; these become losses."""
    winners, losses = within_budgets(resolution.winners, lines.text, lines.total_words)
    return replace(resolution, winners=winners, losses=[*resolution.losses, *losses])


def over_document_budget(
    winners: Sequence[Match], lines: Lines, article: Collection[int], *, words_removed: int, budget: float
) -> list[Loss] | None:
    """Return all winners as losses if they remove a larger share of the words than `budget` (0 to 1), else None.

    `article` are the lines of the article, if a rule has found them; `words_removed` counts the words that
    the winners and the repairs take from the text. A document of fewer than 50 words is never over its budget.
    """
    if lines.total_words < _FEWEST_WORDS_FOR_BUDGET:
        return None
    share = _share_removed(winners, lines, article, words_removed)
    if share <= budget:
        return None
    figure = f"{share:.0%} of the words, of at most {budget:.0%}"
    return [loss_of(match, guard="document budget", figure=figure) for match in winners]


def _share_removed(winners: Iterable[Match], lines: Lines, article: Collection[int], words_removed: int) -> float:
    """Return the share of the article's words that is removed, 0 to 1.

    If the article's lines are not known, all words count, except those that element rules remove: most of a page may
    be menus.
    """
    text = lines.text
    if article:
        inside = sum(lines.words[i] for i in article)
        return sum(word_count(text[m.start : m.end]) for m in winners if m.line in article) / max(1, inside)
    apart = sum(word_count(text[m.start : m.end]) for m in winners if m.rule.element)
    return (words_removed - apart) / max(1, lines.total_words - apart)


def _place(match: Match) -> tuple[int, int, str]:
    return match.start, match.end, match.rule.id


def _loss_place(loss: Loss) -> tuple[int, int, str, str]:
    return loss.start, loss.end, loss.rule, loss.to


def loss_of(match: Match, *, to: str = "", guard: str = "", figure: str = "") -> Loss:
    """Return the record of a match that lost, to the rule `to` or because of `guard`; `figure` says by how much."""
    return Loss(
        start=match.start, end=match.end, label=match.rule.label, rule=match.rule.id, to=to, guard=guard, figure=figure
    )


class _Allowed:
    """Allow matches sorted by place, so that the one that protects a match is found fast among thousands."""

    def __init__(self, matches: Iterable[Match]) -> None:
        ordered = sorted(enumerate(matches), key=lambda pair: pair[1].start)
        self._ordered = ordered  # each with its rank
        self._starts = [match.start for _, match in ordered]
        self._ends = list(accumulate((match.end for _, match in ordered), max))  # the furthest so far

    def protector(self, match: Match) -> Match | None:
        """Return the allow of the best rank that overlaps the match and applies to its rule or label, or None."""
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
