"""Builds one Aho-Corasick automaton from the literals of all pattern rules.

A line that a pattern matches contains at least one of its literals (`CompiledRule.literals`). So one pass of the
automaton over a folded text (Aho and Corasick, "Efficient string matching", CACM 1975) finds, for each line, the few
rules whose patterns are worth trying. `cleaner.matching.candidates` runs the automaton.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from typing import Any, NamedTuple

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.patterns.prefilter import LinePrefilter
from cleaner.text.lines import word_count

IndexEntry = tuple[CompiledRule, int, float, LinePrefilter | None]
"""A rule; the least and most characters of a line it can match; its prefilter, if this checks more than length."""


class Index:
    """Indexes the given rules by their literals.

    Rules of other kinds have no literals; the index ignores them. It runs no pattern and does not check scopes
    (language, site) or conditions: a rule that it returns for a line may still not match.
    """

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
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
        self.automaton = _automaton(entries)
        self.entries = tuple(map(tuple, entries.values()))
        """The rules to try for each literal, by the literal's number in the automaton (the order of its patterns)."""
        self.everywhere = tuple(everywhere)
        """Pattern rules without a literal: they are tried on every line."""


class PartEntry(NamedTuple):
    """A rule that may match a part of a line, and what its literal says of the part."""

    rule: CompiledRule
    is_phrase: bool
    """The literal is a phrase of the rule, and the part has nothing else but marks around it."""
    at_start: bool
    """The part begins with the literal."""
    at_end: bool
    """The part ends with the literal."""
    prefilter: LinePrefilter


class PartIndex:
    """Indexes the rules that may match a part of a line, by their literals and phrases.

    As `Index`, it runs no pattern. A literal that is bound to the start or the end of a line is looked up without the
    line break, and `PartEntry` says where it must be: a part has none.
    """

    def __init__(self, rules: Iterable[CompiledRule]) -> None:
        entries: dict[str, list[PartEntry]] = {}
        for rule in rules:
            if not rule.kind_facts.fills_line or not rule.may_match_parts:
                continue
            for literal in sorted(rule.literals):
                bare = literal.strip("\n")
                at_start, at_end = literal.startswith("\n"), literal.endswith("\n")
                entries.setdefault(bare, []).append(PartEntry(rule, False, at_start, at_end, rule.prefilter))
            for key in sorted(rule.phrase_keys):
                if rule.fits_part(word_count(key)):
                    entries.setdefault(key, []).append(PartEntry(rule, True, True, True, LinePrefilter()))
        self._automaton = _automaton(entries)
        self._entries = tuple(map(tuple, entries.values()))

    def hits(self, folded: str) -> Iterator[tuple[tuple[PartEntry, ...], int, int]]:
        """Yield the entries of each literal that occurs in a folded text, with the offsets of the literal."""
        entries = self._entries
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            yield entries[number], start, end


def _automaton(literals: Iterable[str]) -> Any:
    import ahocorasick_rs

    # The library's own choice for ten thousand literals takes a third longer to run.
    return ahocorasick_rs.AhoCorasick(
        list(literals),
        matchkind=ahocorasick_rs.MatchKind.Standard,
        store_patterns=False,
        implementation=ahocorasick_rs.Implementation.ContiguousNFA,
    )
