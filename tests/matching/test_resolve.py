"""Who wins where matches overlap."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from cleaner.matching.resolve import MatchSet, add, resolve, within_budgets, without_spent
from cleaner.model.document import Match
from cleaner.model.rule import Action, Budget, Rule


def rule(name: str, **more: Any) -> Rule:
    return Rule(**{"id": f"x/{name}", "label": "ad", "why": "w", "line": ("x",), **more})


def match(of: Rule, start: int, end: int, **more: Any) -> Match:
    return Match(rule=of, start=start, end=end, line=0, **more)


def winners(*matches: Match) -> list[str]:
    actions: dict[str, Action] = {m.rule.id: m.rule.action for m in matches}
    none = MatchSet(effective_actions=actions)
    found = resolve(add(none, matches))
    assert resolve(add(none, matches[::-1])) == found
    assert resolve(reduce(lambda match_set, one: add(match_set, [one]), matches, none)) == found
    return [m.rule.id.removeprefix("x/") for m in found.winners]


ALLOW = rule("allow", action="allow")


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        ((match(rule("a"), 0, 5), match(rule("b"), 5, 9)), ["a", "b"]),  # neighbours don't overlap
        ((match(rule("a"), 0, 5), match(rule("b"), 0, 9)), ["b"]),  # the longer
        ((match(rule("b"), 0, 5), match(rule("a"), 0, 5)), ["a"]),  # the id
        ((match(rule("a"), 0, 9), match(rule("en", language=("en",)), 2, 5)), ["en"]),  # the narrower scope
        ((match(rule("en", language=("en",)), 0, 9), match(rule("s", site=("a.example",)), 2, 5)), ["s"]),
        ((match(rule("a"), 0, 9), match(ALLOW, 3, 4)), []),  # an allow protects what it touches
        ((match(rule("a"), 0, 3), match(ALLOW, 3, 4)), ["a"]),
        ((match(rule("i", important=True), 0, 9), match(ALLOW, 3, 4)), ["i"]),
        ((match(rule("i", important=True), 0, 9), match(rule("ai", action="allow", important=True), 3, 4)), []),
        ((match(rule("i", important=True), 2, 4), match(rule("a"), 0, 9)), ["i"]),
        ((match(rule("a"), 0, 9), match(rule("c", action="allow", allows=("share",)), 0, 9)), ["a"]),
        ((match(rule("a"), 0, 9), match(rule("c", action="allow", allows=("ad",)), 0, 9)), []),
        ((match(rule("a"), 0, 9), match(rule("c", action="allow", allows=("x/a",)), 0, 9)), []),
        ((match(rule("a"), 0, 5, swept=True), match(rule("b"), 2, 3)), ["b"]),  # a sweep gives way
        ((match(rule("m", action="mark"), 0, 9), match(rule("a"), 0, 5)), ["a"]),  # a mark takes no place
    ],
)
def test_overlaps(matches: tuple[Match, ...], expected: list[str]) -> None:
    assert winners(*matches) == expected


def test_what_lost_is_recorded_with_its_winner() -> None:
    loser, winner = match(rule("a"), 0, 5), match(rule("b"), 0, 9)
    found = resolve(add(MatchSet(effective_actions={"x/a": "drop", "x/b": "drop"}), [loser, winner]))
    assert [(loss.rule, loss.to) for loss in found.losses] == [("x/a", "x/b")]


@pytest.mark.parametrize(
    ("budget", "left"),
    [(Budget(words=3), 2), (Budget(words=2), 0), (Budget(share=0.75), 2), (Budget(share=0.7), 0)],
)
def test_a_rule_over_its_budget_removes_nothing(budget: Budget, left: int) -> None:
    text = "one two three four"
    spender = rule("a", budget=budget)
    kept, losses = within_budgets([match(spender, 0, 7), match(spender, 8, 13)], text, 4)
    assert len(kept) == left
    assert all("budget" in loss.guard for loss in losses)
    assert len(kept) + len(losses) == 2


def test_what_gave_way_to_a_rule_over_its_budget_comes_back() -> None:
    spender, other = rule("spender", budget=Budget(share=0.5)), rule("other")
    match_set = add(
        MatchSet(effective_actions={"x/spender": "drop", "x/other": "drop"}),
        [match(spender, 0, 13), match(other, 0, 7)],
    )
    settled = without_spent(match_set, "one two three four", 4)
    assert [each.rule.id for each in settled.winners] == ["x/other"]
    assert [(loss.rule, loss.guard) for loss in resolve(settled).losses] == [("x/spender", "budget")]
    later = add(settled, [match(rule("other"), 14, 18)])
    assert [each.start for each in later.winners] == [0, 14]
    assert without_spent(later, "one two three four", 4) is later
