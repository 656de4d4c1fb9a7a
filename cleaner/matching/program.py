"""A rule pack compiled, once per process: tables, one automaton, phases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import chain

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.index import Index
from cleaner.matching.page.article_region import LINE_KINDS
from cleaner.matching.page.scorecard import Scorecard, parse_clause
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import LABELS, EffectiveAction, Rule, RulePack
from cleaner.text.fold import fold


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
    effective_actions: Mapping[str, EffectiveAction]
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

    def effective_actions_for(self, document: Document, host: str | None) -> Mapping[str, EffectiveAction]:
        """What each rule's matches come to in this document: those of suppressed rules come to nothing."""
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
        effective_actions={rule.rule.id: rule.effective_action for rule in rules},
        words=_word_lists(pack.lists),
    )


def program_digest(pack: RulePack, options: Options) -> str:
    """sha256 of the rules and options, as `Program.digest`."""
    return hashlib.sha256(f"{pack.digest} {options!r}".encode()).hexdigest()


def _ready(rule: Rule, index: int, pack: RulePack, options: Options) -> CompiledRule:
    counted_only = rule.status == "experimental" and not options.experimental
    ready = CompiledRule(rule, index, pack.lists, "mark" if counted_only else rule.action)
    # What the pack brings need not be worked out again.
    if literals := pack.literals.get(rule.id):
        ready.literals = literals
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
