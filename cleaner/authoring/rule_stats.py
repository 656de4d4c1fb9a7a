"""Measures a rule pack on a corpus: which rules match, which never do, and the cost of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from random import Random
from time import perf_counter_ns
from typing import Any

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import explained
from cleaner.cleaning.prepare import Prepared, open_document
from cleaner.matching.candidates import Candidates, candidates
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext, Miss
from cleaner.matching.kind_table import PHASES
from cleaner.matching.kinds import settled
from cleaner.matching.kinds.cuts import find_cuts
from cleaner.matching.kinds.finders import document_finder
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.program import Program
from cleaner.matching.resolve import MatchSet, add
from cleaner.metadata.sites import host_of
from cleaner.model.document import Edit, Match
from cleaner.model.rule import EffectiveAction, rule_digest
from cleaner.text.lines import Lines, word_count

_PROSE_TOLD = 3  # examples of removed prose, a rule
_HOSTS_COUNTED = 100  # hosts of a rule; more of them add no information
_ENOUGH = 5  # documents; with fewer, rules may match in the same ones by chance
_EXPECTED = 20  # pieces; with fewer, half as many may be chance
_COSTLY_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStats:
    """The effects of one rule on a corpus."""

    id: str
    label: str
    status: str
    site: tuple[str, ...]
    pieces: int = 0
    """Pieces removed or replaced; for a filter, documents rejected; for an `allow`, matches that it protected."""
    marks: int = 0
    words: int = 0
    """Words of those pieces."""
    documents: int = 0
    """Documents in which it had an effect."""
    hosts: int = 0
    """Hosts of those documents; counting stops at a hundred."""
    only_host: str | None = None
    """The host, if all those documents have the same one."""
    prose_words: int = 0
    """Words removed from lines of well-formed prose."""
    prose: tuple[str, ...] = ()
    """The first of these lines."""
    lost_to: Mapping[str, int] = field(default_factory=dict)
    """Matches that other rules' matches override."""
    held_back: Mapping[str, int] = field(default_factory=dict)
    """Matches that were left in place by a budget, or by a suppression."""
    misses: Mapping[str, int] = field(default_factory=dict)
    """Number of near misses by what failed: `pattern`, or a condition of `where:`."""
    looks: int = 0
    """Lines that it was tried on."""
    seconds: float = 0.0
    """Seconds spent on those lines, without the time to look up the rule."""
    last: int | None = None
    """Pieces and marks in the last build; None if the rule was not in it."""
    expected: float | None = None
    """The same, scaled to the number of documents of this corpus; None if the rule has changed since."""

    @property
    def fired(self) -> int:
        """Pieces and marks."""
        return self.pieces + self.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The effects of a pack's rules on a corpus, in order of id."""

    documents: int
    hosts: int
    """Number of hosts in the corpus; 0 if no document has an address."""
    rules: tuple[RuleStats, ...]
    together: tuple[tuple[str, ...], ...]
    """Groups of rules that matched in exactly the same documents, five or more."""

    @property
    def seconds(self) -> float:
        """Seconds spent by all rules."""
        return sum(rule.seconds for rule in self.rules)

    def plain(self) -> dict[str, Any]:
        """As plain data, with the ids of each finding."""
        return {
            "documents": self.documents,
            "hosts": self.hosts,
            "seconds": self.seconds,
            "findings": {name: [rule.id for rule in finding(self)] for name, finding in FINDINGS.items()},
            "together": self.together,
            "rules": {rule.id: asdict(rule) for rule in self.rules},
        }


StatsQuestion = Callable[[Health], list[RuleStats]]


def _never(health: Health) -> list[RuleStats]:
    return [rule for rule in health.rules if not rule.fired and not rule.lost_to and not rule.held_back]


def _shadowed(health: Health) -> list[RuleStats]:
    return _most([rule for rule in health.rules if not rule.fired and rule.lost_to], lambda r: sum(r.lost_to.values()))


def _dropped(health: Health) -> list[RuleStats]:
    fewer = [r for r in health.rules if (r.expected or 0) >= _EXPECTED and r.fired < (r.expected or 0) / 2]
    return _most(fewer, lambda r: (r.expected or 0) - r.fired)


def _one_site(health: Health) -> list[RuleStats]:
    return _most([r for r in health.rules if r.only_host and not r.site and health.hosts > 1], lambda r: r.documents)


def _harmful(health: Health) -> list[RuleStats]:
    return _most([rule for rule in health.rules if rule.prose_words], lambda r: r.prose_words)


def _costly(health: Health) -> list[RuleStats]:
    return _most([r for r in health.rules if r.seconds > _COSTLY_SHARE * health.seconds], lambda r: r.seconds)


def _held_back(health: Health) -> list[RuleStats]:
    return _most([rule for rule in health.rules if rule.held_back], lambda r: sum(r.held_back.values()))


FINDINGS: Mapping[str, StatsQuestion] = {
    "dropped": _dropped,
    "prose": _harmful,
    "shadowed": _shadowed,
    "one_site": _one_site,
    "held_back": _held_back,
    "costly": _costly,
    "never": _never,
}
"""The findings, each with the function that returns its rules, the most serious first."""


def _most(rules: list[RuleStats], figure: Callable[[RuleStats], float]) -> list[RuleStats]:
    return sorted(rules, key=lambda rule: (-figure(rule), rule.id))


def health(corpus: Iterable[Prepared], program: Program, last: Mapping[str, Any] | None = None) -> Health:
    """Run the rules over a corpus, each document twice: once to see what they do, once to time them.

    `last` is the manifest of an earlier build, as plain data: what rules did then is scaled to as many documents
    as in this corpus.
    """
    counts = {rule.rule.id: _Counts() for rule in program.rules}
    timing = Timing(program)
    hosts: set[str] = set()
    numbers = Random(0)
    documents = 0
    for prepared in corpus:
        host = host_of(prepared.document.url)
        if host:
            hosts.add(host)
        article, context = explained(prepared, program)
        number = numbers.getrandbits(64)
        for rule in _count(article, context.misses or (), counts, program.effective_actions):
            counts[rule].fire(number, host)
        timing.run(prepared)
        documents += 1
    return Health(
        documents=documents,
        hosts=len(hosts),
        rules=tuple(_stats(rule, counts[rule.rule.id], timing, documents, last) for rule in program.rules),
        together=_together(counts),
    )


@dataclass(slots=True)
class _Counts:
    pieces: int = 0
    marks: int = 0
    words: int = 0
    documents: int = 0
    fingerprint: int = 0
    """Of the set of its documents, by Zobrist's method: the random numbers of the documents, XORed."""
    hosts: set[str | None] = field(default_factory=set)
    prose_words: int = 0
    prose: list[str] = field(default_factory=list)
    lost_to: Counter[str] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)

    def fire(self, number: int, host: str | None) -> None:
        self.documents += 1
        self.fingerprint ^= number
        if len(self.hosts) < _HOSTS_COUNTED:
            self.hosts.add(host)

    def take(self, edit: Edit) -> None:
        self.pieces += 1
        self.words += word_count(edit.text) - word_count(edit.replacement)
        for line, words in _prose(edit.text):
            self.prose_words += words
            if len(self.prose) < _PROSE_TOLD:
                self.prose.append(line)


def _count(
    article: Article,
    misses: Iterable[Miss],
    counts: Mapping[str, _Counts],
    effective_actions: Mapping[str, EffectiveAction],
) -> set[str]:
    """Count the effects of rules in a document; return the ids of the rules that had one."""
    fired: set[str] = set()
    for edit in article.edits:
        counts[edit.rule].take(edit)
        fired.add(edit.rule)
    for mark in article.marks:
        counts[mark.rule].marks += 1
        fired.add(mark.rule)
    for loss in article.losses:
        if not loss.to:
            counts[loss.rule].held_back[loss.guard] += 1
        elif loss.to != loss.rule:
            counts[loss.rule].lost_to[loss.to] += 1
        if loss.to and effective_actions[loss.to] == "allow":
            counts[loss.to].pieces += 1
            fired.add(loss.to)
    if article.verdict.filter:
        counts[article.verdict.filter].pieces += 1
        fired.add(article.verdict.filter)
    for miss in misses:
        counts[miss.rule.id].misses[miss.guard] += 1
    return fired


def _prose(text: str) -> Iterator[tuple[str, int]]:
    lines = Lines(text)
    return ((lines.texts[i], lines.words[i]) for i in range(len(lines)) if lines.is_prose(i))


def _together(counts: Mapping[str, _Counts]) -> tuple[tuple[str, ...], ...]:
    same: dict[tuple[int, int], list[str]] = {}
    for rule, counted in counts.items():
        if counted.documents >= _ENOUGH:
            same.setdefault((counted.documents, counted.fingerprint), []).append(rule)
    return tuple(tuple(rules) for rules in same.values() if len(rules) > 1)


def _stats(
    rule: CompiledRule, counted: _Counts, timing: Timing, documents: int, last: Mapping[str, Any] | None
) -> RuleStats:
    id_ = rule.rule.id
    before, scale = _before(rule, last, documents)
    [only, *others] = counted.hosts or [None]
    return RuleStats(
        id=id_, label=rule.rule.label, status=rule.rule.status, site=rule.rule.site,
        pieces=counted.pieces, marks=counted.marks, words=counted.words,
        documents=counted.documents, hosts=len(counted.hosts - {None}),
        only_host=only if not others and counted.documents >= _ENOUGH else None,
        prose_words=counted.prose_words, prose=tuple(counted.prose),
        lost_to=dict(counted.lost_to.most_common()), held_back=dict(counted.held_back.most_common()),
        misses=dict(counted.misses.most_common()),
        looks=timing.looks[id_], seconds=timing.nanoseconds[id_] / 1e9,
        last=before,
        expected=before * scale if before is not None and scale is not None else None,
    )  # fmt: skip


def _before(rule: CompiledRule, last: Mapping[str, Any] | None, documents: int) -> tuple[int | None, float | None]:
    """Return the pieces of a rule in the last build, and the factor to scale them by; None if the rule has changed."""
    then = last["rules"].get(rule.rule.id) if last else None
    if last is None or then is None or rule.rule.action == "allow":  # a manifest does not record protected matches
        return None, None
    did = then["pieces"] + then["marks"] + last["documents"]["rejected"].get(rule.rule.id, 0)
    same = then["digest"] == rule_digest(rule.rule) and last["documents"]["all"]
    return did, documents / last["documents"]["all"] if same else None


class Timing:
    """Runs rules one by one, phase by phase as `cleaner.matching.kinds.find_matches` does, and times each."""

    def __init__(self, program: Program) -> None:
        self.nanoseconds: Counter[str] = Counter()
        self.looks: Counter[str] = Counter()
        self._program = program
        self._alone = {
            rule: partial(find, replace(program, of_phase={rule.phase: (rule,)}))
            for rule in program.rules
            if (find := document_finder(rule.kind))
        }
        """Finders of rules that search the document, each with a program that has no other rule."""

    def run(self, prepared: Prepared) -> tuple[Match, ...]:
        """Time the rules on a document. The winners are those of `cleaner.matching.kinds.find_matches`."""
        opened = open_document(prepared, self._program)
        context, lines = opened.context, opened.context.lines
        # Computed here, so that the time of shared facts does not count for the first rule that uses them.
        _ = lines.keys, lines.total_words, lines.head_end, lines.tail_start
        near = candidates(self._program, context)
        match_set = MatchSet(effective_actions=opened.effective_actions)
        for phase in PHASES:
            if phase == "article_region":
                match_set = settled(match_set, context)
            finders = self._cuts(context, match_set.winners) if phase == "cuts" else self._of(phase, context, near)
            found = [match for rule, looks, find in finders for match in self._timed(rule, looks, find)]
            if found:
                match_set = add(match_set, found)
                context.label(match_set.winners)
        return match_set.winners

    def _of(self, phase: str, context: MatchContext, near: Candidates) -> Iterator[_Finder]:
        own: dict[CompiledRule, list[tuple[CompiledRule, int]]] = {}
        for rule, i in near.get(phase, ()):
            own.setdefault(rule, []).append((rule, i))
        for rule, lines in own.items():
            yield rule.rule.id, len(lines), partial(find_indexed, self._program, context, lines)
        for rule in self._program.of_phase.get(phase, ()):
            if alone := self._alone.get(rule):
                yield rule.rule.id, 1, partial(alone, context)

    def _cuts(self, context: MatchContext, winners: Sequence[Match]) -> Iterator[_Finder]:
        for match in winners:
            if match.rule.cut:
                yield match.rule.id, 0, partial(find_cuts, self._program, context, [match])

    def _timed(self, rule: str, looks: int, find: Callable[[], Iterator[Match]]) -> list[Match]:
        start = perf_counter_ns()
        found = list(find())
        self.nanoseconds[rule] += perf_counter_ns() - start
        self.looks[rule] += looks
        return found


_Finder = tuple[str, int, Callable[[], Iterator[Match]]]
"""A rule's id, the lines it looks at, and the look."""
