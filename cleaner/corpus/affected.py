"""Decides whether a rule change can affect a document, by comparing the matches of the old and the new rules.

A rule that is not looked up by phrases or literals (a neighbour, a duplicate line, the headline, a filter) affects
every document of its scope. All other differences follow from the matches of changed rules; `tests/review/test_diff.py`
checks this against full comparisons. `cleaner.corpus.affected_rows` answers the same for whole tables, fast and
conservatively.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from cleaner.cleaning.prepare import Prepared, context_of, mended_lines, site_of, units_of
from cleaner.corpus.changes import Changes, used_lists
from cleaner.matching.candidates import candidates
from cleaner.matching.conditions import PLACE_CONDITIONS
from cleaner.matching.kind_table import KIND_TABLE
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Match
from cleaner.model.options import Options
from cleaner.model.rule import Origin, Rule, RulePack, Where
from cleaner.rules.load import make_pack
from cleaner.text.lines import Lines


class AffectedCheck:
    """Decides for a document whether a set of changed rules can affect it: whether the old and the new ones match
    differently there."""

    def __init__(self, old: RulePack, new: RulePack, changed: Changes, options: Options) -> None:
        self._programs = (_changed_program(old, changed, options), _changed_program(new, changed, options))
        """The changed rules as they were, and as they are."""
        repairs = [rule for rule in new.rules if rule.line_breaks and rule.status != "deprecated"]
        self._repairs = compile_program(make_pack(repairs, new.lists), options)
        self._everything = changed.agencies
        self._site_phrases = changed.site_phrases
        compiled = [rule for program in self._programs for rule in program.rules]
        self._needs_host = (
            changed.site_phrases
            or bool(options.suppress)
            or any(rule.site for rule in (*(each.rule for each in compiled), *repairs))
        )
        self._anywhere = tuple(rule for rule in compiled if rule.kind_facts.lookup is None)
        """Changed rules that can match in any document of their scope."""
        self._other_effect = _with_other_effect(old, new, changed)

    def __call__(self, prepared: Prepared) -> bool:
        """Report whether a changed rule matches in other places of the document, or with another effect."""
        language, host = prepared.language.code, None
        before, after = self._programs
        if self._needs_host:  # finding the site by the text costs as much as the rest of this function
            lines = Lines(prepared.text)
            host, named = site_of(prepared.document, lines, after)
            if self._site_phrases and (host, named) != site_of(prepared.document, lines, before):
                return True
        if self._everything or any(rule.in_scope(language, host) for rule in self._anywhere):
            return True
        lines = mended_lines(
            prepared, self._repairs, host, self._repairs.effective_actions_for(prepared.document, host)
        ).lines
        was, now = (_places(program, prepared, lines, host) for program in self._programs)
        return was != now or any(rule in self._other_effect for rule, _ in was)


MatchPlace = tuple[str, Match]


def _places(program: Program, prepared: Prepared, lines: Lines, host: str | None) -> set[MatchPlace]:
    """Return all matches of the rules of one side, including overridden ones, each with the id of its rule."""
    context = context_of(prepared, program, units_of(prepared, program, host, lines), host)
    found = (m for near in candidates(program, context).values() for m in find_indexed(program, context, near))
    return {(m.rule.id, replace(m, rule=_ANY_RULE)) for m in found}


_ANY_RULE = Rule(id="any/rule", label="residue", why="replaces the rule of either side when places are compared")


def _changed_program(pack: RulePack, changed: Changes, options: Options) -> Program:
    """Compile the changed rules of one pack, each changed to remove its matches and to need no labels."""
    rules = [
        replace(rule, status="stable", action="drop", where=_own(rule.where))
        for rule in pack.rules
        if rule.id in changed.ids and rule.status != "deprecated"
    ]
    return compile_program(make_pack(rules, pack.lists, pack.site_phrases), options)


def _with_other_effect(old: RulePack, new: RulePack, changed: Changes) -> frozenset[str]:
    """The ids of changed rules whose matches now have another effect, and of those that only one pack has."""
    before, after = ({rule.id: rule for rule in pack.rules} for pack in (old, new))
    return frozenset(
        key
        for key in changed.ids
        if key not in before or key not in after or _effect(before[key], old) != _effect(after[key], new)
    )


def _own(where: Where) -> Where:
    """The conditions on the line itself, without those on labels of other rules and on its place among the lines:
    other rules split lines into units."""
    unset = Where()
    return replace(where, **{name: getattr(unset, name) for name in PLACE_CONDITIONS})


def _has_lookup(name: str) -> bool:
    return name in KIND_TABLE and KIND_TABLE[name].lookup is not None


def _effect(rule: Rule, pack: RulePack) -> tuple[Rule, list[tuple[str, tuple[str, ...]]]]:
    """A rule without what decides where it matches, and the lists that its cut uses."""
    asked = {name: getattr(rule.where, name) for name in (*PLACE_CONDITIONS, "within")}
    looked_up: dict[str, Any] = {each.name: each.default for each in fields(Rule) if _has_lookup(each.name)}
    apart = replace(
        rule, **looked_up, unless=(), literals=(), everywhere=None, where=Where(**asked), why="", removes=(), keeps=(),
        origin=Origin(path=""),
    )  # fmt: skip
    return apart, used_lists(replace(apart, where=Where()), pack)
