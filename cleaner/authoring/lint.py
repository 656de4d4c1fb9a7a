"""Reports doubtful rules in a valid pack: rules that interfere with each other, and names that nothing has.

Unlike the faults of `cleaner.rules.validate`, these are seen only by looking at rules together, or by running their
examples against the whole pack.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import get_args

from cleaner.authoring.examples import trial
from cleaner.errors import RuleFault
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import LABEL_CONDITIONS
from cleaner.matching.kind_table import kinds_of
from cleaner.matching.program import Program, compile_program
from cleaner.matching.resolve import Resolution
from cleaner.model.rule import Rule, RulePack, Where, Zone
from cleaner.text.fold import fold
from cleaner.text.language import ISO_639_1

_RESERVED_DOMAINS = frozenset({"example", "test", "invalid", "localhost"})  # RFC 2606
_ODD_BOUNDARY = re.compile(r"[^\x00-\x7f]\\b|\\b[^\x00-\x7f]")
_LEAST_EXAMPLES = 2  # with fewer examples, another rule may match all of them by chance

_PLACES = {  # conditions about more than the line itself, with their values if nothing is asked
    name: getattr(Where(), name)
    for name in (*LABEL_CONDITIONS, "blank_above", "blank_below", "first", "last", "document_words")
}
_DOUBTS = frozenset({"taken-first", "covered", "ascii-boundary"})  # examples suggest it; a corpus may contradict
_IDLE = frozenset({"idle-literals", "idle-everywhere"})  # does no harm
Doubt = tuple[str, str, str]
"""Code, message, hint."""


def lint(pack: RulePack, before: RulePack | None = None, *, only: Collection[str] | None = None) -> list[RuleFault]:
    """Return all findings, in order of place; with `only`, those on the rules with these ids.

    With `before`, also reports ids whose meaning has changed since.
    """
    found: list[RuleFault] = []
    program = compile_program(pack)
    old = {rule.id: rule for rule in before.rules} if before else {}
    for rule in pack.rules:
        if only is not None and rule.id not in only:
            continue
        findings = [
            *_names(rule),
            *_successor(rule, pack),
            *_boundaries(rule),
            *_literals(rule, pack),
            *(_meaning(rule, old[rule.id]) if rule.id in old else ()),
            *(_rivals(rule, program) if rule.status == "stable" and rule.action == "drop" else ()),
        ]
        place = rule.origin
        found += [
            RuleFault(path=place.path, line=place.line, column=place.column, rule=rule.id,
                      code=code, message=message, hint=hint,
                      severity="warning" if code in _DOUBTS | _IDLE else "error")
            for code, message, hint in findings
        ]  # fmt: skip
    return sorted(found)


def _names(rule: Rule) -> Iterator[Doubt]:
    for language in rule.language:
        if language not in ISO_639_1:
            yield "no-such-language", f"no language has the code {language!r}", "use ISO 639-1, such as `en`"
    for host in rule.site:
        if not is_domain(host.lstrip("~.")):
            yield "no-such-host", f"{host!r} is below no known domain", "write a host as in a URL: `news.example.com`"


@lru_cache(maxsize=1)
def _suffixes() -> Callable[[str], str | None]:
    from publicsuffixlist import PublicSuffixList

    found: Callable[[str], str | None] = PublicSuffixList(accept_unknown=False).privatesuffix
    return found


def is_domain(host: str) -> bool:
    """Report whether a host is below a domain that exists, or one that is reserved for examples."""
    return host.rpartition(".")[2] in _RESERVED_DOMAINS or _suffixes()(host) is not None


def _successor(rule: Rule, pack: RulePack) -> Iterator[Doubt]:
    if rule.status == "deprecated" and rule.replaced_by is None:
        yield "no-successor", "deprecated, and points to no successor", "name one in `replaced_by:`, or delete the rule"
    if any(r.id == rule.replaced_by and r.status == "deprecated" for r in pack.rules):
        yield "no-successor", f"its successor {rule.replaced_by} is deprecated, too", "name the rule in use"


def _boundaries(rule: Rule) -> Iterator[Doubt]:
    for pattern in filter(None, (rule.pattern, rule.inline, *rule.unless)):
        if found := _ODD_BOUNDARY.search(pattern):
            beside = found[0].strip("\\b")
            yield (
                "ascii-boundary",
                rf"`\b` beside {beside!r} never holds: in RE2 it knows ASCII alone",
                r"write `(?:^|\P{L})` or `(?:\P{L}|$)`",
            )  # fmt: skip


def _literals(rule: Rule, pack: RulePack) -> Iterator[Doubt]:
    literals = pack.literals.get(rule.id, frozenset())
    if rule.everywhere and literals:
        yield "idle-everywhere", "its pattern has a literal to be looked up by", "leave `everywhere` out"
    if rule.literals and literals != frozenset(map(fold, rule.literals)):
        yield "idle-literals", "its pattern has literals that occur in fewer places than these", "leave `literals` out"


def _meaning(rule: Rule, old: Rule) -> Iterator[Doubt]:
    if rule.label != old.label:
        yield (
            "changed-meaning", f"the id had the label {old.label!r} before, and has {rule.label!r} now",
            "give what is meant now an id of its own; ids stand in ledgers that people keep",
        )  # fmt: skip
    elif kinds_of(rule) != kinds_of(old) and not {e.text for e in rule.removes} & {e.text for e in old.removes}:
        yield (
            "changed-meaning", f"the id was a {kinds_of(old)[0]} rule with quite other examples before",
            "give what is meant now an id of its own, and deprecate the old one",
        )  # fmt: skip


def _rivals(rule: Rule, program: Program) -> Iterator[Doubt]:
    """Yield findings on rules that remove this rule's examples first, or all of them as well."""
    if rule.document or not rule.removes:
        return
    takers: list[frozenset[str]] = []
    compiled = {each.rule.id: each for each in program.rules}
    for example in rule.removes:
        _bare, found = trial(rule, program, example.text)
        own = {(loss.start, loss.end): loss.to for loss in found.losses if loss.rule == rule.id and loss.to}
        for to in own.values():
            winner = compiled[to].rule
            if winner.label != rule.label and winner.action == "drop" and _matches_wherever(winner, rule):
                shown = example.text if len(example.text) <= 50 else example.text[:47] + "…"
                yield (
                    "taken-first", f"its example {shown!r} is removed by {to} ({winner.label}) first",
                    f"narrow {to}, or give the example to it",
                )  # fmt: skip
        places = {(m.start, m.end) for m in found.winners if m.rule.id == rule.id} | own.keys()
        takers.append(_covering(found, places, rule))
    if len(takers) >= _LEAST_EXAMPLES:
        everywhere = frozenset.intersection(*takers)
        for other in sorted(everywhere):
            wide = _as_wide(compiled[other], compiled[rule.id]) and _matches_wherever(compiled[other].rule, rule)
            if compiled[other].rule.label == rule.label and wide:
                yield (
                    "covered", f"{other} removes all its examples, and is as wide in scope",
                    "delete this rule, or give an example that only it removes",
                )  # fmt: skip


def _covering(found: Resolution, places: Collection[tuple[int, int]], rule: Rule) -> frozenset[str]:
    """Return other rules that remove all of these places, or would do so without this rule."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for match in found.winners:
        spans.setdefault(match.rule.id, []).append((match.start, match.end))
    for loss in found.losses:
        if loss.to == rule.id:
            spans.setdefault(loss.rule, []).append((loss.start, loss.end))
    return frozenset(
        other
        for other, those in spans.items()
        if places and other != rule.id and all(any(a <= start and end <= b for a, b in those) for start, end in places)
    )


def _matches_wherever(winner: Rule, rule: Rule) -> bool:
    """Report whether the winner has only conditions on the place that the rule has, too: it leaves no places to it."""
    if winner.where.zone and not set(rule.where.zone or get_args(Zone)) <= set(winner.where.zone):
        return False
    return all(getattr(winner.where, name) in (unset, getattr(rule.where, name)) for name, unset in _PLACES.items())


def _as_wide(other: CompiledRule, rule: CompiledRule) -> bool:
    languages = not other.languages or (bool(rule.languages) and rule.languages <= other.languages)
    return languages and not other.rule.site
