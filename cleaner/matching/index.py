"""Builds one Aho-Corasick automaton from the literals of all pattern rules.

A line that a pattern matches contains at least one of its literals (`CompiledRule.literals`). So one pass of the
automaton over a folded text (Aho and Corasick, "Efficient string matching", CACM 1975) finds, for each line, the few
rules whose patterns are worth trying. `cleaner.matching.candidates` runs the automaton.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.patterns.prefilter import LinePrefilter

IndexEntry = tuple[CompiledRule, int, float, LinePrefilter | None]
"""A rule; the least and most characters of a line it can match; its prefilter, if this checks more than length."""


class Index:
    """Indexes the given rules by their literals.

    Rules of other kinds have no literals; the index ignores them. It runs no pattern and does not check scopes
    (language, site) or conditions: a rule that it returns for a line may still not match.
    """

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        import ahocorasick_rs

        entries: dict[str, list[IndexEntry]] = {}
        everywhere: list[CompiledRule] = []
        for rule in rules:
            prefilter = rule.prefilter
            most = inf if prefilter.most is None else prefilter.most
            entry: IndexEntry = rule, prefilter.least, most, prefilter if prefilter.first or prefilter.digit else None
            for literal in sorted(rule.literals):
                entries.setdefault(literal, []).append(entry)
            if not rule.literals and rule.kind_facts.lookup == "literals":
                everywhere.append(rule)
        # The library's own choice for ten thousand literals takes a third longer to run.
        self.automaton: Any = ahocorasick_rs.AhoCorasick(
            list(entries),
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )
        self.entries = tuple(map(tuple, entries.values()))
        """The rules to try for each literal, by the literal's number in the automaton (the order of its patterns)."""
        self.everywhere = tuple(everywhere)
        """Pattern rules without a literal: they are tried on every line."""
