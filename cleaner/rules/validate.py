"""What a sound rule must be, beyond the types of its keys: one check a function, all of them run."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from cleaner.matching.compiled_rule import CompiledRule, Selector, unknown_groups
from cleaner.matching.kind_table import KIND_TABLE, kinds_of, patterns_of
from cleaner.matching.page.article_region import LINE_KINDS, LINE_MEASURES
from cleaner.matching.page.page_facts import WHOLENESS
from cleaner.matching.page.scorecard import faults
from cleaner.matching.patterns.prefilter import analyse
from cleaner.matching.patterns.regex import PatternError, expand
from cleaner.model.rule import LABELS, Rule, Where
from cleaner.text.fold import fold
from cleaner.text.lines import phrase_key

_FAULTS_SHOWN = 3

Fault = tuple[str, str, str]
"""Code, message, hint."""
Lists = Mapping[str, tuple[str, ...]]

_ID = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9.-]*)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
HOST = re.compile(r"~?\.?[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def rule_faults(rule: Rule, lists: Lists) -> Iterator[Fault]:
    """Yield the faults of a rule that depend only on it and on the lists."""
    kinds = list(_kind(rule))
    yield from kinds
    for check in _CHECKS if not kinds else _CHECKS_OF_ANY:
        yield from check(rule, lists)


def reference_faults(rule: Rule, ids: Collection[str]) -> Iterator[Fault]:
    """The faults of a rule in what it says of others; `ids` are those of the whole pack."""
    if rule.status == "deprecated" and rule.replaced_by is not None and rule.replaced_by not in ids:
        yield "no-successor", f"`replaced_by` names no rule: {rule.replaced_by}", "name a rule of this pack"
    for aim in rule.allows:
        if aim not in ids and aim not in LABELS:
            yield "allows", f"{aim!r} is neither a rule nor a label", "name a rule id or a label"


def _identity(rule: Rule, _lists: Lists) -> Iterator[Fault]:
    if not _ID.fullmatch(rule.id):
        yield (
            "bad-id",
            "an id is `topic/slug`: small letters, digits, hyphens",
            "such as `ads/story-continues`",
        )
    if not rule.why.strip():
        yield "no-why", "`why` is empty", "say in one line what is true of the trade, language or site"


def _kind(rule: Rule) -> Iterator[Fault]:
    kinds = kinds_of(rule)
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        yield (
            "kind",
            f"a rule has exactly one kind, this one has {found}",
            "split it, or write `line:` or `pattern:`",
        )
    if rule.replace is not None and not rule.inline:
        yield "kind", "`replace` belongs to `inline` rules", "write `inline:`"
    if rule.line_breaks and (rule.where != Where() or rule.unless or rule.cut or rule.set or rule.action == "allow"):
        hint = "a line_breaks rule is for a whole text; give it a language or a site, or suppress it"
        yield "kind", "conditions, exceptions and cuts belong to rules that look at lines", hint
    if rule.takes and not rule.element:
        yield "kind", "`takes` belongs to `element` rules", "name a group of the pattern for the field"
    if (rule.headline or rule.heading) and rule.label != "title":
        yield "kind", "a headline has the label `title`", "write `label: title`"


def _examples(rule: Rule, _lists: Lists) -> Iterator[Fault]:
    if rule.status == "deprecated":
        return
    if not rule.removes and rule.action == "drop":
        yield "no-example", "`removes` is empty", "give at least one text that it removes"
    if not rule.keeps:
        yield "no-example", "`keeps` is empty", "give at least one text that it must not touch"


def _patterns(rule: Rule, lists: Lists) -> Iterator[Fault]:
    written = CompiledRule(rule, 0, lists, rule.action)
    try:  # in the form in which they run: to examine each as it is written, too, would cost as much again
        for pattern in filter(None, (written.pattern, written.before_pattern, *written.unless_patterns)):
            analyse(pattern)
    except PatternError:
        yield from _wrong_patterns(rule, lists)
    for pattern in filter(None, (rule.pattern, rule.inline)):
        if unknown := unknown_groups(pattern):
            hint = "see `FieldName` in the schema"
            yield "unknown-field", f"group {unknown[0]!r} names no metadata field", hint


def _wrong_patterns(rule: Rule, lists: Lists) -> Iterator[Fault]:
    for pattern in patterns_of(rule):
        try:
            analyse(expand(pattern, lists))
        except PatternError as error:
            shown = pattern if len(pattern) <= 60 else f"{pattern[:57]}…"
            yield "pattern", f"pattern {shown!r}: {error}", ""


def _something(rule: Rule, _lists: Lists) -> Iterator[Fault]:
    for phrase in rule.line:
        if not phrase_key(fold(phrase)):
            yield "empty", f"the phrase {phrase!r} has no word", "marks around a phrase don't count: write a word"
    if "" in (rule.pattern, rule.inline):
        yield "empty", "the pattern is empty", "write what the rule looks for"


def _scorecards(rule: Rule, lists: Lists) -> Iterator[Fault]:
    asked: list[tuple[str, str, Iterable[str], Mapping[str, tuple[str, ...]]]] = []
    if rule.article_region:
        asked.append(("article-region", rule.article_region.points, LINE_MEASURES, LINE_KINDS))
        asked.append(("article-region", rule.article_region.whole, WHOLENESS, {}))
    if rule.residue:
        asked.append(("residue", rule.residue.points, LINE_MEASURES, LINE_KINDS))
    for code, name, known, kinds in asked:
        if name not in lists:
            yield code, f"there is no list {name!r}", "`cleaner rules fit` writes one"
        for fault in faults(lists.get(name, ()), known, kinds)[:_FAULTS_SHOWN]:
            yield code, f"in {name}: {fault}", "`cleaner rules fit` writes sound ones"


def _elements(rule: Rule, _lists: Lists) -> Iterator[Fault]:
    for written in rule.element:
        try:
            Selector.read(written)
        except ValueError as error:
            yield "element", str(error), "write `nav`, `.comment-list` or `aside.related`, in small letters"


def _lookup(rule: Rule, lists: Lists) -> Iterator[Fault]:
    if rule.everywhere or rule.literals or all(KIND_TABLE[kind].lookup != "literals" for kind in kinds_of(rule)):
        return
    try:
        found = CompiledRule(rule, 0, lists, rule.action).literals
    except PatternError:
        return  # reported already
    if not found:
        yield (
            "no-literal", "no literal to look the pattern up by, so it would run on every line",
            "name `literals:`, or say under `everywhere:` why that is worth it",
        )  # fmt: skip


def _scope(rule: Rule, _lists: Lists) -> Iterator[Fault]:
    for language in rule.language:
        if not _LANGUAGE.fullmatch(language):
            yield "language", f"no language code: {language!r}", "use ISO 639-1, such as `en`"
    for host in rule.site:
        if not HOST.fullmatch(host):
            yield "host", f"no host: {host!r}", "write `example.com`, `.example.com` or `~example.com`"


def _allows(rule: Rule, _lists: Lists) -> Iterator[Fault]:
    if rule.allows and rule.action != "allow":
        yield "allows", "`allows` belongs to `action: allow`", ""


RuleCheck = Callable[[Rule, Lists], Iterator[Fault]]
_CHECKS_OF_ANY: tuple[RuleCheck, ...] = (_identity, _something, _examples, _scope, _allows, _elements, _scorecards)
_CHECKS: tuple[RuleCheck, ...] = (*_CHECKS_OF_ANY, _patterns, _lookup)  # these ask for a rule of one kind
