"""Compiles a rule pack into a program: lookup tables, one automaton for each language, rules by phase."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import chain

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.index import Index, PartIndex
from cleaner.matching.page.article_region import LINE_KINDS
from cleaner.matching.page.scorecard import Scorecard, parse_clause
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import LABELS, EffectiveAction, Rule, RulePack
from cleaner.text.fold import fold


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """A compiled rule pack. It is made once in a process, and immutable except for its caches."""

    pack: RulePack
    options: Options
    digest: str
    """SHA-256 of the rules and options: programs with the same digest give the same articles."""
    rules: tuple[CompiledRule, ...]
    phrases: Mapping[str, tuple[CompiledRule, ...]]
    longest_phrase: int
    of_phase: Mapping[str, tuple[CompiledRule, ...]]
    effective_actions: Mapping[str, EffectiveAction]
    """Rule id → effective action of its matches: `mark` for an experimental rule, unless the options enable these."""
    words: Mapping[str, Mapping[str, frozenset[str]]]
    """Language → its folded word lists (`finite_verbs`, ...); "" → the lists of all languages together."""

    @cached_property
    def _indexes(self) -> dict[str | None, Index]:
        return {}

    @cached_property
    def _part_indexes(self) -> dict[str | None, PartIndex]:
        return {}

    @cached_property
    def _scorecards(self) -> dict[str, Scorecard]:
        return {}

    def scorecard(self, name: str) -> Scorecard:
        """Return the scorecard in the list of this name; it is parsed once."""
        if (found := self._scorecards.get(name)) is None:
            found = self._scorecards[name] = Scorecard(map(parse_clause, self.pack.lists[name]), LINE_KINDS)
        return found

    @cached_property
    def neighbours(self) -> Mapping[tuple[str, str | None], tuple[CompiledRule, ...]]:
        """Neighbour rules by side, and by the label that they require there."""
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
        """Element rules by the key of their selectors (`Selector.key`)."""
        called: dict[str, dict[CompiledRule, None]] = {}
        for rule in self.of_phase.get("elements", ()):
            for each in rule.elements:
                called.setdefault(each.key, {})[rule] = None
        return {key: tuple(rules) for key, rules in called.items()}

    def index(self, language: str | None) -> Index:
        """Return the index of the rules for a language (None: of all rules); it is built on first use.

        One index for each language, because a literal that is rare in one language may be frequent in another.
        """
        if (found := self._indexes.get(language)) is None:
            found = self._indexes[language] = Index(rule for rule in self.rules if rule.is_for(language))
        return found

    def part_index(self, language: str | None) -> PartIndex:
        """Return the index of the rules for parts of lines, for a language; it is built on first use."""
        if (found := self._part_indexes.get(language)) is None:
            found = self._part_indexes[language] = PartIndex(rule for rule in self.rules if rule.is_for(language))
        return found

    def effective_actions_for(self, document: Document, host: str | None) -> Mapping[str, EffectiveAction]:
        """Return the effective action of each rule in this document, by rule id: `suppress` for suppressed rules."""
        if not self.options.suppress:
            return self.effective_actions
        names = (document.id, document.source)
        off = [
            each.rule
            for each in self.options.suppress
            if fnmatchcase(host or "", each.host.removeprefix("www."))
            and any(fnmatchcase(name, each.document) for name in names)
        ]
        return {
            rule: "suppress" if any(fnmatchcase(rule, pattern) for pattern in off) else effective_action
            for rule, effective_action in self.effective_actions.items()
        }

    def words_of(self, language: str | None) -> Mapping[str, frozenset[str]]:
        """Return the word lists for a document in this language."""
        return self.words.get(language or "") or self.words.get("", {})


def compile_program(pack: RulePack, options: Options | None = None) -> Program:
    """Compile a pack, for `clean_document`. Patterns themselves are compiled on first use.

    Deprecated rules are left out. Raises PatternError for a pattern that names a missing list or can't be parsed,
    which `load_pack` reports as a fault.

    >>> from cleaner.rules.load import parse_pack
    >>> rule = "{id: share/a, label: share, line: [share this], why: w, removes: Share this, keeps: Shares fell.}"
    >>> program = compile_program(parse_pack({"rules.yaml": f"rules: [{rule}]"}))
    >>> dict(program.effective_actions)
    {'share/a': 'drop'}
    """
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
        effective_actions={rule.rule.id: rule.effective_action for rule in rules},
        words=_word_lists(pack.lists),
    )


def program_digest(pack: RulePack, options: Options) -> str:
    """Return the SHA-256 of rules and options, as `Program.digest`."""
    return hashlib.sha256(f"{pack.digest} {options!r}".encode()).hexdigest()


def _ready(rule: Rule, index: int, pack: RulePack, options: Options) -> CompiledRule:
    counted_only = rule.status == "experimental" and not options.experimental
    ready = CompiledRule(rule, index, pack.lists, "mark" if counted_only else rule.action)
    # The pack may contain results of an earlier run.
    if literals := pack.literals.get(rule.id):
        ready.literals = literals
    if prefilter := pack.prefilters.get(rule.id):
        ready.prefilter = prefilter
    return ready


def _word_lists(lists: Mapping[str, Iterable[str]]) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the lists named `<language>_<name>` that conditions and repairs use, by language."""
    words: dict[str, dict[str, frozenset[str]]] = {}
    for name in ("finite_verbs", "attribution_verbs", "function_words", "leading_words", "page_words"):
        for key, entries in lists.items():
            if key.endswith(f"_{name}"):
                words.setdefault(key.removesuffix(f"_{name}"), {})[name] = _folded(tuple(entries))
        everyone = frozenset(chain.from_iterable(those.get(name, ()) for those in words.values()))
        words.setdefault("", {})[name] = everyone
    return words


@lru_cache(maxsize=1000)
def _folded(entries: tuple[str, ...]) -> frozenset[str]:
    """Return a folded word list, cached for all programs: a run of examples compiles a program for each rule."""
    return frozenset(map(fold, entries))
