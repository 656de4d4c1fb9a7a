"""The kind table: every part of the code that handles rule kinds asks it, so a made-up kind works through it alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from cleaner.authoring.rule_stats import Timing
from cleaner.authoring.schema import rule_schema
from cleaner.cleaning.prepare import prepare
from cleaner.corpus.affected import AffectedCheck
from cleaner.corpus.changes import changes
from cleaner.matching import kind_table
from cleaner.matching.context import MatchContext
from cleaner.matching.kind_table import KIND_TABLE, PHASES, RuleKind, kinds_of
from cleaner.matching.kinds import find_matches
from cleaner.matching.kinds.finders import document_finder, line_finder
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document, Match
from cleaner.model.options import Options
from cleaner.model.rule import Rule, RulePack
from cleaner.rules.load import make_pack
from cleaner.rules.validate import rule_faults
from cleaner.text.lines import Lines


@dataclass(frozen=True, kw_only=True)
class RuleWithVowels(Rule):
    """A rule of a made-up kind: lines with this many different letters of the list `vowels`."""

    vowels: int | None = None

    __hash__ = Rule.__hash__


def find_vowels(program: Program, context: MatchContext) -> Iterator[Match]:
    """The finder of the made-up kind."""
    for each in program.of_phase.get("elements", ()):
        rule = each.rule
        if isinstance(rule, RuleWithVowels):
            for i, line in enumerate(context.lines.texts):
                if sum(vowel in line for vowel in program.pack.lists["vowels"]) == rule.vowels:
                    yield Match(rule=rule, start=context.lines.starts[i], end=context.lines.end(i), line=i)


def _lists(_rule: Rule, _pack: RulePack) -> Iterable[str]:
    return ("vowels",)


RULE = RuleWithVowels(id="test/vowels", label="ad", why="a made-up kind", vowels=1, removes=(), keeps=("aeiou",))
TEXT = "Aha, an ant at bat.\n\nThe quick brown fox jumped over it."


@pytest.fixture
def vowels(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = RuleKind(name="vowels", phase="elements", finder=f"{__name__}:find_vowels", lists=_lists, takes_rest=True)
    monkeypatch.setitem(kind_table.KIND_TABLE, kind.name, kind)


def pack(*vowels: str) -> RulePack:
    return make_pack([RULE], {"vowels": vowels or ("a", "e", "i", "o", "u")})


@pytest.mark.usefixtures("vowels")
def test_a_kind_of_the_table_is_compiled_found_and_timed() -> None:
    program = compile_program(pack())
    assert kinds_of(RULE) == ("vowels",)
    found = find_matches(program, MatchContext(Lines(TEXT)))
    assert [(match.rule.id, match.line) for match in found.winners] == [("test/vowels", 0)]
    timing = Timing(program)
    assert [match.line for match in timing.run(prepare(Document(id="a", source="a", text=TEXT)))] == [0]
    assert timing.looks == {"test/vowels": 1}


@pytest.mark.usefixtures("vowels")
def test_a_kind_of_the_table_is_valid_and_in_the_schema() -> None:
    assert [fault[0] for fault in rule_faults(replace(RULE, action="mark"), {})] == []
    assert [fault[0] for fault in rule_faults(replace(RULE, action="mark", line=("ad",)), {})] == ["kind"]
    assert {"required": ["vowels"]} in rule_schema()["$defs"]["Rule"]["oneOf"]


@pytest.mark.usefixtures("vowels")
def test_a_changed_list_that_the_kind_uses_changes_its_rules() -> None:
    old, new = pack(), pack("a", "e")
    assert changes(old, new).edited == ("test/vowels",)
    affected = AffectedCheck(old, new, changes(old, new), Options())
    assert affected(prepare(Document(id="a", source="a", text=TEXT)))


def test_a_rule_of_a_kind_outside_the_table_has_none() -> None:
    assert kinds_of(RULE) == ()


def test_each_finder_can_be_imported() -> None:
    for name, kind in KIND_TABLE.items():
        if kind.lookup:
            assert callable(line_finder(name))
        elif kind.finder:
            assert callable(document_finder(name))
        else:
            assert document_finder(name) is None
            assert kind.phase not in PHASES
    with pytest.raises(KeyError):
        line_finder("element")


def test_each_kind_is_a_field_of_a_rule() -> None:
    fields = Rule.__dataclass_fields__
    assert set(KIND_TABLE) <= set(fields)
    assert all(kind.name == name for name, kind in KIND_TABLE.items())
