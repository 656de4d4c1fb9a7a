"""The literals of pattern rules in one Aho-Corasick automaton, with the rules to try where a literal occurs."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.patterns.prefilter import LinePrefilter

Call = tuple[CompiledRule, int, float, LinePrefilter | None]
"""A rule; the least and the most characters of a line that it can match; its prefilter, where that excludes more."""


class Index:
    """Rules with a pattern, indexed by literals: a line that a rule matches contains one of its literals."""

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
        # For ten thousand literals the library would choose an implementation that takes a third longer to run.
        self.automaton: Any = ahocorasick_rs.AhoCorasick(
            list(called),
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )
        self.called = tuple(map(tuple, called.values()))
        """For each literal of the automaton, by its number: the rules to try."""
        self.everywhere = tuple(everywhere)
        """Pattern rules without a literal: they run on every line."""
