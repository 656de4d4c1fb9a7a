"""Which documents a change of rules touches: those where an old or a new rule matches otherwise.

A rule that isn't looked up by literals (a neighbour, a repeat, the headline, a filter) touches every document of
its scope. All else that can differ follows from the matches of changed rules: `tests/review/test_diff.py` holds that
against full comparisons. `cleaner.corpus.affected_rows` asks the same of whole tables, roughly and fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cleaner.cleaning.prepare import Prepared, mended_lines, site_of
from cleaner.corpus.changes import Changes, used_lists
from cleaner.matching.candidates import candidates
from cleaner.matching.conditions import LABEL_CONDITIONS
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Block, Match
from cleaner.model.options import Options
from cleaner.model.rule import Origin, Rule, RulePack, Where
from cleaner.rules.load import make_pack
from cleaner.text.lines import Lines


class AffectedCheck:
    """Which documents a set of changed rules can touch: those where the old and the new ones match otherwise."""

    def __init__(self, old: RulePack, new: RulePack, changed: Changes, options: Options) -> None:
        sides = {side: {rule.id: rule for rule in pack.rules} for side, pack in (("old", old), ("new", new))}
        rules = [
            replace(rule, id=f"{rule.id}/{side}", status="stable", action="drop", where=_own(rule.where))
            for side, known in sides.items()
            for rule in known.values()
            if rule.id in changed.ids and rule.status != "deprecated"
        ]
        self._programs = tuple(
            compile_program(
                make_pack([rule for rule in rules if rule.id.endswith(f"/{side}")], pack.lists, pack.site_phrases),
                options,
            )
            for side, pack in (("old", old), ("new", new))
        )
        whole = [rule for rule in new.rules if rule.layout and rule.status != "deprecated"]
        self._layout = compile_program(make_pack(whole, new.lists), options)
        self._everything = changed.agencies
        self._known_by = changed.site_phrases
        self._host = changed.site_phrases or bool(options.suppress) or any(rule.site for rule in (*rules, *whole))
        self._anywhere = tuple(
            rule for program in self._programs for rule in program.rules if not rule.kind_facts.lookup
        )
        self._otherwise = frozenset(
            key
            for key in changed.ids
            if (key in sides["old"]) != (key in sides["new"])
            or _effect(sides["old"][key], old) != _effect(sides["new"][key], new)
        )

    def __call__(self, prepared: Prepared) -> bool:
        """Whether a changed rule matches elsewhere here than before, or its matches come to something else."""
        language, host = prepared.language.code, None
        before, after = self._programs
        if self._host:  # recognising a site by its text costs as much as all else here
            lines = Lines(prepared.text)
            host, named = site_of(prepared.document, lines, after)
            if self._known_by and (host, named) != site_of(prepared.document, lines, before):
                return True
        if self._everything or any(rule.in_scope(language, host) for rule in self._anywhere):
            return True
        lines = mended_lines(
            prepared, self._layout, host, self._layout.effective_actions_for(prepared.document, host)
        ).lines
        was, now = (_places(program, lines, prepared.blocks, language, host) for program in self._programs)
        return was != now or any(rule in self._otherwise for rule, _ in was)


MatchPlace = tuple[str, Match]


def _places(
    program: Program, lines: Lines, blocks: Sequence[Block], language: str | None, host: str | None
) -> set[MatchPlace]:
    """Where the rules of one side match, whatever other rules make of it; each by its own id."""
    context = MatchContext(lines, language=language, host=host, words=program.words_of(language), blocks=blocks)
    found = (m for near in candidates(program, context).values() for m in find_indexed(program, context, near))
    return {(m.rule.id.rpartition("/")[0], replace(m, rule=_ANY_RULE)) for m in found}


_ANY_RULE = Rule(id="any/rule", label="residue", why="stands for either side's rule when places are compared")


def _own(where: Where) -> Where:
    """The conditions that a line meets or fails by itself, not by other rules' labels."""
    unset = Where()
    return replace(where, **{name: getattr(unset, name) for name in LABEL_CONDITIONS})


def _effect(rule: Rule, pack: RulePack) -> tuple[Rule, list[tuple[str, tuple[str, ...]]]]:
    """A rule apart from where it matches, and the lists that its cut goes by."""
    asked = {name: getattr(rule.where, name) for name in (*LABEL_CONDITIONS, "within")}
    apart = replace(
        rule, line=(), element=(), pattern=None, inline=None, join=None, unless=(), literals=(), everywhere=None,
        where=Where(**asked), why="", removes=(), keeps=(), origin=Origin(path=""),
    )  # fmt: skip
    return apart, used_lists(replace(apart, where=Where()), pack)
