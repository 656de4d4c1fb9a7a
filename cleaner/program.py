"""A rule pack compiled, once per process: tables, one automaton, phases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import chain
from math import inf
from typing import Any, Literal, get_args

from cleaner.alphabets import Pattern
from cleaner.conditions import DEAR_CONDITIONS, LABEL_CONDITIONS, Check, checks
from cleaner.lines import phrase_key
from cleaner.model import Block, Document, Options
from cleaner.needles import choosiness
from cleaner.outlines import Outline, examined
from cleaner.patterns import expand, fold, group_names
from cleaner.rule import FIELD_NAMES, LABELS, Fate, FieldName, Rule, RulePack
from cleaner.structure.region import LINE_KINDS
from cleaner.structure.scorecard import Scorecard, parse_clause

Kind = Literal[
    "line", "pattern", "inline", "neighbour", "repeat", "heading", "headline", "signature", "join", "layout",
    "element", "structure", "document",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
Phase = Literal[
    "layout", "lines", "context", "elements", "heading", "headline", "signature", "neighbours", "repeats",
    "structure", "document",
]  # fmt: skip

_PHASES: Mapping[Kind, Phase] = {
    "line": "lines", "pattern": "lines", "inline": "lines", "join": "lines", "layout": "layout",
    "element": "elements", "heading": "heading", "headline": "headline", "signature": "signature",
    "neighbour": "neighbours", "repeat": "repeats", "structure": "structure", "document": "document",
}  # fmt: skip


def kinds_of(rule: Rule) -> tuple[Kind, ...]:
    """The kinds a rule states; a sound rule states one."""
    return tuple(kind for kind in KINDS if getattr(rule, kind) not in (None, (), False))


@dataclass(frozen=True, slots=True)
class Selector:
    """An element as a rule names it: `nav`, `.comment-list`, `aside.related`, `header:not(article)`."""

    tag: str
    names: tuple[str, ...]
    outside: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: str) -> Selector:
        """Raises ValueError where it is none."""
        if not _SELECTOR.fullmatch(written):
            raise ValueError(f"no element: {written!r}")
        meant, *outside = written.split(":not(")
        tag, _, names = meant.partition(".")
        return cls(tag, tuple(filter(None, re.split(r"[.-]", names))), tuple(each.rstrip(")") for each in outside))

    @property
    def key(self) -> str:
        """What to look it up by, among a line's tag, the elements that it stands in, and `.name` for its names."""
        return self.tag or f".{self.names[0]}"

    def holds(self, block: Block) -> bool:
        """The line is such an element or stands in one, has all of the names, and stands in none of the others."""
        here = not self.tag or self.tag == block.tag or self.tag in block.inside
        named = here and all(name in block.names for name in self.names)
        return named and not any(each in block.inside for each in self.outside)


_NAMES = r"(?:\.[a-z]+(?:-[a-z]+)*)"
_SELECTOR = re.compile(rf"(?:[a-z][a-z0-9]*(?:-[a-z]+)*{_NAMES}*|{_NAMES}+)(?::not\([a-z0-9-]+\))*")


class CompiledRule:
    """A rule ready to run. Patterns are compiled when they are first needed: few rules meet a given document."""

    def __init__(self, rule: Rule, index: int, lists: Mapping[str, tuple[str, ...]], fate: Fate) -> None:
        self.rule = rule
        self.index = index
        self.fate = fate
        self.kind = kinds_of(rule)[0]
        self.where = rule.where
        if rule.neighbour:
            self.where = replace(rule.where, above=rule.neighbour.above, below=rule.neighbour.below)
        self.checks: tuple[Check, ...] = checks(self.where)
        self.cheap_checks = tuple(check for check in self.checks if check[0] not in DEAR_CONDITIONS)
        self._lists = lists
        self.languages = frozenset(rule.language)
        self.sited = bool(rule.site)
        self.hosts = tuple(host for host in rule.site if not host.startswith("~"))
        self.other_hosts = tuple(host[1:] for host in rule.site if host.startswith("~"))

    @cached_property
    def phase(self) -> Phase:
        """When it runs: rules that look at other rules' labels wait for them."""
        asked = {name for name, _, _ in self.checks}
        if self.kind not in ("line", "pattern", "inline") or not asked & LABEL_CONDITIONS:
            return _PHASES[self.kind]
        return "neighbours" if "repeats_title" in asked else "context"

    @property
    def reach(self) -> int:
        """How narrow its scope is: 0 everywhere, 1 a language, 2 a site. The narrower wins."""
        return 2 if self.rule.site else 1 if self.rule.language else 0

    @cached_property
    def regex(self) -> Pattern:
        """The compiled pattern of a pattern, inline or join rule."""
        return Pattern(self.pattern)

    @cached_property
    def before(self) -> Pattern:
        """What the second line of a join begins with."""
        return Pattern(self.before_pattern)

    @cached_property
    def unless(self) -> tuple[Pattern, ...]:
        """Compiled exceptions."""
        return tuple(Pattern(pattern) for pattern in self.unless_patterns)

    @cached_property
    def elements(self) -> tuple[Selector, ...]:
        """The elements of an element rule."""
        return tuple(map(Selector.read, self.rule.element))

    @cached_property
    def groups(self) -> tuple[tuple[FieldName, int], ...]:
        """The metadata fields that the pattern's named groups fill, with the groups' numbers."""
        numbers = dict(self.regex.groupindex) if self.kind in ("pattern", "inline") else {}
        return tuple((name, numbers[name]) for name in FIELD_NAMES if name in numbers)

    @property
    def pattern(self) -> str:
        """The rule's pattern with its lists put in and its edges stated; empty for kinds without one."""
        if self.rule.join:
            return "(?:" + expand(self.rule.join.after, self._lists) + ")$"
        pattern = expand(self.rule.pattern or self.rule.inline or "", self._lists)
        return f"^(?:{pattern})$" if self.rule.pattern else pattern

    @property
    def before_pattern(self) -> str:
        """What the second line of a join begins with; empty for other kinds."""
        return "^(?:" + expand(self.rule.join.before, self._lists) + ")" if self.rule.join else ""

    @property
    def unless_patterns(self) -> tuple[str, ...]:
        """The exceptions with their lists put in."""
        return tuple(expand(pattern, self._lists) for pattern in self.rule.unless)

    @cached_property
    def needles(self) -> frozenset[str]:
        """Folded literals, one of which stands wherever the rule can match; empty for other kinds."""
        if self.kind not in ("pattern", "inline", "join"):
            return frozenset()
        own, found = frozenset(map(fold, self.rule.literals)), examined(self.pattern).needles
        return max((found, own), key=choosiness) if own and found else own or found

    @cached_property
    def outline(self) -> Outline:
        """What tells of most lines that its pattern does not match; of other kinds, nothing."""
        return examined(self.pattern).outline if self.kind in ("pattern", "inline") else Outline()

    @property
    def phrase_keys(self) -> frozenset[str]:
        """The keys of a line rule's phrases."""
        return frozenset(phrase_key(fold(phrase)) for phrase in self.rule.line)

    def in_scope(self, language: str | None, host: str | None) -> bool:
        """Whether it is for documents of this language and host."""
        return self.is_for(language) and (not self.sited or self.is_at(host))

    def is_for(self, language: str | None) -> bool:
        """Whether it is for documents of this language. One that is not known excludes nothing."""
        return not self.languages or language is None or language in self.languages

    def is_at(self, host: str | None) -> bool:
        """Whether it is for documents of this host."""
        if self.hosts and not any(_is_host(host, wanted) for wanted in self.hosts):
            return False
        return not any(_is_host(host, other) for other in self.other_hosts)


def _is_host(host: str | None, wanted: str) -> bool:
    if host is None:
        return False
    wanted = wanted.removeprefix("www.")  # as documents' hosts are read
    return host == wanted.removeprefix(".") or (wanted.startswith(".") and host.endswith(wanted))


Call = tuple[CompiledRule, int, float, Outline | None]
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
            if not rule.needles and rule.kind in ("pattern", "inline", "join"):
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """A pack in the form that documents are run against. Built once per process, never changed."""

    pack: RulePack
    options: Options
    digest: str
    """sha256 of the rules and options: two programs with the same digest give the same articles."""
    rules: tuple[CompiledRule, ...]
    phrases: Mapping[str, tuple[CompiledRule, ...]]
    longest_phrase: int
    of_phase: Mapping[str, tuple[CompiledRule, ...]]
    fates: Mapping[str, Fate]
    """What each rule's matches come to: an experimental one's are marks, unless it was asked for."""
    words: Mapping[str, Mapping[str, frozenset[str]]]
    """Per language, its word lists (`finite_verbs`, ...), folded; under "" those of all languages together."""

    @cached_property
    def _indexes(self) -> dict[str | None, Index]:
        return {}

    @cached_property
    def _scorecards(self) -> dict[str, Scorecard]:
        return {}

    def scorecard(self, name: str) -> Scorecard:
        """The scorecard of that list, read once."""
        if (found := self._scorecards.get(name)) is None:
            found = self._scorecards[name] = Scorecard(map(parse_clause, self.pack.lists[name]), LINE_KINDS)
        return found

    @cached_property
    def neighbours(self) -> Mapping[tuple[str, str | None], tuple[CompiledRule, ...]]:
        """Neighbour rules by the side and the label that they look for there."""
        called: dict[tuple[str, str | None], list[CompiledRule]] = {}
        for rule in self.of_phase.get("neighbours", ()):
            if rule.rule.neighbour:
                above, below = rule.where.above, rule.where.below
                anywhere = () if above or below else LABELS
                for side, labels in (("above", above or anywhere), ("below", below or anywhere)):
                    for label in labels:
                        called.setdefault((side, label), []).append(rule)
        return {key: tuple(rules) for key, rules in called.items()}

    @cached_property
    def elements(self) -> Mapping[str, tuple[CompiledRule, ...]]:
        """Element rules by what they are looked up by."""
        called: dict[str, dict[CompiledRule, None]] = {}
        for rule in self.of_phase.get("elements", ()):
            for each in rule.elements:
                called.setdefault(each.key, {})[rule] = None
        return {key: tuple(rules) for key, rules in called.items()}

    def index(self, language: str | None) -> Index:
        """The patterns of the rules that are for a language, of all where it is not known; made when first met.

        A literal that is rare in its own language may stand in every second word of another.
        """
        if (found := self._indexes.get(language)) is None:
            found = self._indexes[language] = Index(rule for rule in self.rules if rule.is_for(language))
        return found

    def fates_for(self, document: Document, host: str | None) -> Mapping[str, Fate]:
        """What each rule's matches come to in this document: those of suppressed rules come to nothing."""
        if not self.options.suppress:
            return self.fates
        names = (document.id, document.source)
        off = [
            each.rule
            for each in self.options.suppress
            if fnmatchcase(host or "", each.host.removeprefix("www."))
            and any(fnmatchcase(name, each.document) for name in names)
        ]
        return {
            rule: "suppress" if any(fnmatchcase(rule, pattern) for pattern in off) else fate
            for rule, fate in self.fates.items()
        }

    def words_of(self, language: str | None) -> Mapping[str, frozenset[str]]:
        """The word lists for a document in this language."""
        return self.words.get(language or "") or self.words.get("", {})


def compile_program(pack: RulePack, options: Options | None = None) -> Program:
    """Compile a pack. Raises PatternError for a pattern that `load_pack` would have refused."""
    options = options or Options()
    rules = tuple(
        _ready(rule, index, pack, options) for index, rule in enumerate(pack.rules) if rule.status != "deprecated"
    )
    phrases: dict[str, list[CompiledRule]] = {}
    of_phase: dict[str, list[CompiledRule]] = {}
    for rule in rules:
        for key in sorted(rule.phrase_keys):
            phrases.setdefault(key, []).append(rule)
        of_phase.setdefault(rule.phase, []).append(rule)
    return Program(
        pack=pack,
        options=options,
        digest=program_digest(pack, options),
        rules=rules,
        phrases={key: tuple(those) for key, those in phrases.items()},
        longest_phrase=max(map(len, phrases), default=0),
        of_phase={phase: tuple(those) for phase, those in of_phase.items()},
        fates={rule.rule.id: rule.fate for rule in rules},
        words=_word_lists(pack.lists),
    )


def program_digest(pack: RulePack, options: Options) -> str:
    """sha256 of the rules and options, as `Program.digest`."""
    return hashlib.sha256(f"{pack.digest} {options!r}".encode()).hexdigest()


def _ready(rule: Rule, index: int, pack: RulePack, options: Options) -> CompiledRule:
    counted_only = rule.status == "experimental" and not options.experimental
    ready = CompiledRule(rule, index, pack.lists, "mark" if counted_only else rule.action)
    # What the pack brings need not be worked out again.
    if needles := pack.needles.get(rule.id):
        ready.needles = needles
    if outline := pack.outlines.get(rule.id):
        ready.outline = outline
    return ready


def _word_lists(lists: Mapping[str, Iterable[str]]) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Lists named `<language>_<name>` for the names that conditions and repairs ask for, by language."""
    words: dict[str, dict[str, frozenset[str]]] = {}
    for name in ("finite_verbs", "attribution_verbs", "function_words", "leading_words"):
        for key, entries in lists.items():
            if key.endswith(f"_{name}"):
                words.setdefault(key.removesuffix(f"_{name}"), {})[name] = _folded(tuple(entries))
        everyone = frozenset(chain.from_iterable(those.get(name, ()) for those in words.values()))
        words.setdefault("", {})[name] = everyone
    return words


@lru_cache(maxsize=1000)
def _folded(entries: tuple[str, ...]) -> frozenset[str]:
    """A word list, folded once for all the programs that hold it: a run of examples compiles one for each rule."""
    return frozenset(map(fold, entries))


def unknown_groups(pattern: str) -> tuple[str, ...]:
    """Named groups of a pattern that name no metadata field."""
    return tuple(name for name in group_names(pattern) if name not in FIELD_NAMES)
