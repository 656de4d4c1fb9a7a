"""A rule ready to run: its kind, phase, compiled patterns and conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cleaner.matching.conditions import DEAR_CONDITIONS, LABEL_CONDITIONS, BoundCondition, checks
from cleaner.matching.kind_table import KIND_TABLE, Phase, kinds_of
from cleaner.matching.patterns.literals import rarity
from cleaner.matching.patterns.pattern import Pattern
from cleaner.matching.patterns.prefilter import LinePrefilter, analyse
from cleaner.matching.patterns.regex import expand, group_names
from cleaner.model.document import Block
from cleaner.model.rule import FIELD_NAMES, EffectiveAction, FieldName, Rule
from cleaner.text.fold import fold
from cleaner.text.lines import phrase_key


@dataclass(frozen=True, slots=True)
class Selector:
    """An element as a rule names it: `nav`, `.comment-list`, `aside.related`, `header:not(article)`."""

    tag: str
    names: tuple[str, ...]
    outside: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: str) -> Selector:
        """Parse a selector. Raises ValueError if it is not one."""
        if not _SELECTOR.fullmatch(written):
            raise ValueError(f"no element: {written!r}")
        meant, *outside = written.split(":not(")
        tag, _, names = meant.partition(".")
        return cls(tag, tuple(filter(None, re.split(r"[.-]", names))), tuple(each.rstrip(")") for each in outside))

    @property
    def key(self) -> str:
        """The key to look it up by: a tag (of the line or an element around it), or `.name` for a class or id word."""
        return self.tag or f".{self.names[0]}"

    def holds(self, block: Block) -> bool:
        """Whether the line is in such an element or is one, has all its names, and is in none of the excluded ones."""
        here = not self.tag or self.tag == block.tag or self.tag in block.inside
        named = here and all(name in block.names for name in self.names)
        return named and not any(each in block.inside for each in self.outside)


FEWEST_WORDS_OF_PART = 3
"""Only rules with `unit: sentence` match a part of a line with fewer words: prose has short sentences, too."""

_WITHOUT_STOP = frozenset({"related", "caption"})
"""Labels of links and credits."""
_STOPS = frozenset(".。।۔")
_MORE = " Qwq qwq"
"""Words that no pattern names."""

_NAMES = r"(?:\.[a-z]+(?:-[a-z]+)*)"


_SELECTOR = re.compile(rf"(?:[a-z][a-z0-9]*(?:-[a-z]+)*{_NAMES}*|{_NAMES}+)(?::not\([a-z0-9-]+\))*")


class CompiledRule:
    """A rule ready to run. Patterns are compiled on first use, because few rules match in a given document."""

    def __init__(
        self, rule: Rule, index: int, lists: Mapping[str, tuple[str, ...]], effective_action: EffectiveAction
    ) -> None:
        self.rule = rule
        self.index = index
        self.effective_action = effective_action
        self.kind = kinds_of(rule)[0]
        self.kind_facts = KIND_TABLE[self.kind]
        self.where = rule.where
        if rule.neighbour:
            self.where = replace(rule.where, above=rule.neighbour.above, below=rule.neighbour.below)
        self.checks: tuple[BoundCondition, ...] = checks(self.where)
        self.cheap_checks = tuple(check for check in self.checks if check[0] not in DEAR_CONDITIONS)
        self._lists = lists
        self.languages = frozenset(rule.language)
        self.sited = bool(rule.site)
        self.hosts = tuple(host for host in rule.site if not host.startswith("~"))
        self.other_hosts = tuple(host[1:] for host in rule.site if host.startswith("~"))

    @cached_property
    def phase(self) -> Phase:
        """The phase in which it runs; a rule with conditions on other rules' labels runs later than these."""
        asked = {name for name, _, _ in self.checks}
        if not self.kind_facts.within_line or not asked & LABEL_CONDITIONS:
            return self.kind_facts.phase
        return "neighbours" if "repeats_title" in asked else "context"

    @property
    def reach(self) -> int:
        """How narrow its scope is: 0 all documents, 1 languages, 2 sites. The narrower scope wins."""
        return 2 if self.rule.site else 1 if self.rule.language else 0

    @cached_property
    def regex(self) -> Pattern:
        """The compiled pattern of a pattern, inline or join rule."""
        return Pattern(self.pattern)

    @cached_property
    def before(self) -> Pattern:
        """The compiled pattern of the start of a join's second line."""
        return Pattern(self.before_pattern)

    @cached_property
    def unless(self) -> tuple[Pattern, ...]:
        """The compiled exceptions."""
        return tuple(Pattern(pattern) for pattern in self.unless_patterns)

    @cached_property
    def elements(self) -> tuple[Selector, ...]:
        """The elements of an element rule."""
        return tuple(map(Selector.read, self.rule.element))

    @cached_property
    def groups(self) -> tuple[tuple[FieldName, int], ...]:
        """The metadata fields that the pattern's named groups fill, with the groups' numbers."""
        numbers = dict(self.regex.groupindex) if self._is_pattern_of_line else {}
        return tuple((name, numbers[name]) for name in FIELD_NAMES if name in numbers)

    @property
    def pattern(self) -> str:
        """The rule's pattern with its lists expanded and its anchors added; "" for kinds without a pattern."""
        if self.rule.join:
            return "(?:" + expand(self.rule.join.after, self._lists) + ")$"
        pattern = expand(self.rule.pattern or self.rule.inline or "", self._lists)
        return f"^(?:{pattern})$" if self.rule.pattern else pattern

    @property
    def before_pattern(self) -> str:
        """The pattern of the start of a join's second line; "" for other kinds."""
        return "^(?:" + expand(self.rule.join.before, self._lists) + ")" if self.rule.join else ""

    @property
    def unless_patterns(self) -> tuple[str, ...]:
        """The patterns of the exceptions with their lists expanded."""
        return tuple(expand(pattern, self._lists) for pattern in self.rule.unless)

    @cached_property
    def literals(self) -> frozenset[str]:
        """Folded literals, one of which occurs in every line that the rule can match; empty for other kinds."""
        if self.kind_facts.lookup != "literals":
            return frozenset()
        own, found = frozenset(map(fold, self.rule.literals)), analyse(self.pattern).literals
        return max((found, own), key=rarity) if own and found else own or found

    @cached_property
    def prefilter(self) -> LinePrefilter:
        """A cheap check that excludes most lines that the pattern can't match; for other kinds it excludes nothing."""
        return analyse(self.pattern).prefilter if self._is_pattern_of_line else LinePrefilter()

    @property
    def _is_pattern_of_line(self) -> bool:
        """Whether one pattern decides on one line, so that its groups and its prefilter hold for that line."""
        return self.kind_facts.lookup == "literals" and self.kind_facts.within_line

    @property
    def phrase_keys(self) -> frozenset[str]:
        """The keys of a line rule's phrases."""
        return frozenset(phrase_key(fold(phrase)) for phrase in self.rule.line)

    def fits_part(self, words: int) -> bool:
        """Whether it may match a part of a line that has so many words (`Rule.unit`)."""
        unit = self.rule.unit
        if not self.kind_facts.fills_line or unit == "sentence":
            return True
        return unit is None and self.rule.cut is None and words >= FEWEST_WORDS_OF_PART

    @property
    def may_match_parts(self) -> bool:
        """Whether there are parts of lines that it may match."""
        return self.rule.action != "allow" and self.fits_part(FEWEST_WORDS_OF_PART)

    def is_open_ended(self, part: str) -> bool:
        """Whether its pattern, which matches this part of a line, would also match with two words more or fewer: the
        pattern does not say where the part ends."""
        if self.kind_facts.lookup != "literals":
            return False
        return any(self.regex.search(other) for other in (part.rstrip(" .") + _MORE, part.rsplit(None, 2)[0]))

    def ends_with_part(self, part: str) -> bool:
        """Whether this part of a line, which its pattern matches, can end where the match ends.

        A headline or a credit has no full stop. Where a part ends with one, and the pattern would match more words, the
        stop is that of a sentence of the story which follows the piece without a mark.
        """
        return self.rule.label not in _WITHOUT_STOP or part[-1:] not in _STOPS or not self.is_open_ended(part)

    def in_scope(self, language: str | None, host: str | None) -> bool:
        """Whether it is for documents of this language and host."""
        return self.is_for(language) and (not self.sited or self.is_at(host))

    def is_for(self, language: str | None) -> bool:
        """Whether it is for documents of this language; true if the language is unknown."""
        return not self.languages or language is None or language in self.languages

    def is_at(self, host: str | None) -> bool:
        """Whether it is for documents of this host."""
        if self.hosts and not any(_is_host(host, wanted) for wanted in self.hosts):
            return False
        return not any(_is_host(host, other) for other in self.other_hosts)


def _is_host(host: str | None, wanted: str) -> bool:
    if host is None:
        return False
    wanted = wanted.removeprefix("www.")  # as in the hosts of documents
    return host == wanted.removeprefix(".") or (wanted.startswith(".") and host.endswith(wanted))


def unknown_groups(pattern: str) -> tuple[str, ...]:
    """Named groups of a pattern that name no metadata field."""
    return tuple(name for name in group_names(pattern) if name not in FIELD_NAMES)
