"""The literals of pattern rules in one automaton, with the rules that each literal calls."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.patterns.prefilter import LinePrefilter

Call = tuple[CompiledRule, int, float, LinePrefilter | None]
"""A rule; the characters of a line that it matches, at least and at most; its outline, if that says more."""


class Index:
    """Rules with a pattern, by the literals that a line holds where they match."""

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        import ahocorasick_rs  # noqa: PLC0415

        called: dict[str, list[Call]] = {}
        everywhere: list[CompiledRule] = []
        for rule in rules:
            outline = rule.outline
            most = inf if outline.most is None else outline.most
            call: Call = rule, outline.least, most, outline if outline.first or outline.digit else None
            for needle in sorted(rule.needles):
                called.setdefault(needle, []).append(call)
            if not rule.needles and rule.kind_facts.lookup == "literals":
                everywhere.append(rule)
        # Of ten thousand needles it would by itself make the automaton that takes a third longer to run.
        self.automaton: Any = ahocorasick_rs.AhoCorasick(
            list(called),
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )
        self.called = tuple(map(tuple, called.values()))
        """For each needle of the automaton, by its number: the rules that it calls."""
        self.everywhere = tuple(everywhere)
        """Pattern rules without a needle: they run on every line."""
