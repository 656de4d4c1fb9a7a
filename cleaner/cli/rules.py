"""`cleaner rules list`, `show`, `check` and `test`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import orjson

from cleaner.cli import output
from cleaner.cli.common import rules_folder, rules_in_force, settings_of
from cleaner.errors import CleanerError, RuleFault, RulesError
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.kind_table import kinds_of
from cleaner.model.escape import shown
from cleaner.model.rule import Rule, RulePack
from cleaner.rules.old_keys import current_key
from cleaner.text.plural import counted

_JSON = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def list_rules(args: argparse.Namespace) -> int:
    """Print one line for each rule: id, label, kind, languages and hosts, reason; return the exit code."""
    from rich.markup import escape
    from rich.table import Table

    from cleaner.cli.screen import Screen

    table = Table("rule", "label", "kind", "for", "why", box=None, header_style="bold", pad_edge=False)
    if args.kind is not None and (kind := current_key(("rules",), args.kind)) != args.kind:
        output.remark(f"--kind {args.kind} is deprecated; use --kind {kind}")
        args.kind = kind
    shown = [rule for rule in rules_in_force(settings_of(args)).rules if _is_asked_for(rule, args)]
    for rule in shown:
        scope = ", ".join((*rule.language, *rule.site)) or "all"
        status = "" if rule.status == "stable" else f" ({rule.status})"
        table.add_row(rule.id + status, rule.label, " ".join(kinds_of(rule)), scope, escape(rule.why))
    Screen(soft_wrap=not sys.stdout.isatty()).print(table)
    return 0 if shown else 1


def _is_asked_for(rule: Rule, args: argparse.Namespace) -> bool:
    return (
        args.label in (None, rule.label)
        and (args.language is None or args.language in rule.language)
        and (args.kind is None or args.kind in kinds_of(rule))
    )


def show(args: argparse.Namespace) -> int:
    """Print everything about one rule; return the exit code."""
    settings = settings_of(args)
    pack = rules_in_force(settings)
    rule = next((rule for rule in pack.rules if rule.id == args.id), None)
    if rule is None:
        close = get_close_matches(args.id, [r.id for r in pack.rules], n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(close)}?" if close else "see `cleaner rules list`"
        raise CleanerError(args.id, "no rule has this id", hint)
    compiled = CompiledRule(rule, 0, pack.lists, rule.action)
    output.line(f"{rule.id}  {rule.label}, {compiled.kind}, {rule.action}, {rule.status}")
    output.line(f"  {rules_folder(settings) / rule.origin.path}:{rule.origin.line}")
    output.line(f"  why: {rule.why}")
    written = {key: value for key, value in asdict(rule).items() if key not in _SHOWN_APART and value}
    where = {key: value for key, value in asdict(rule.where).items() if value not in (None, (), [])}
    for key, value in {**written, **({"where": where} if where != {"within": 2} else {})}.items():
        output.line(f"  {key}: {value if isinstance(value, str) else orjson.dumps(value, default=list).decode()}")
    output.line(f"  phase: {compiled.phase}")
    if found := sorted(compiled.literals):
        output.line(f"  index literals: {', '.join(map(repr, found[:12]))}{' …' if len(found) > 12 else ''}")
    for example in rule.removes:
        output.line(f"  removes: {example.text!r}{f' → {dict(example.gives)}' if example.gives else ''}")
    for text in rule.keeps:
        output.line(f"  keeps:   {text!r}")
    return 0


_SHOWN_APART = frozenset({"id", "label", "action", "status", "why", "origin", "removes", "keeps", "where"})


def rules_check(args: argparse.Namespace) -> int:
    """Print the faults of the rule pack, and with --strict its warnings; return the exit code."""
    settings = settings_of(args)
    folder = rules_folder(settings)
    totals = ""
    try:
        pack = rules_in_force(settings)
        found = _found(pack, args, folder)
        totals = f"{counted(len(pack.rules), 'rule')}, {counted(len(pack.lists), 'list')}: "
    except RulesError as error:
        found = list(error.faults)
    errors = [fault for fault in found if fault.severity == "error"]
    shown = found if args.strict else errors
    _FORMATS[args.format]([replace(fault, path=f"{folder}/{fault.path}") for fault in shown])
    warnings = len(found) - len(errors)
    hint = "" if args.strict or not warnings else " (--strict shows them)"
    output.remark(f"{totals}{_some(len(errors), 'fault')}, {_some(warnings, 'warning')}{hint}", named=False)
    return 1 if shown else 0


def _some(number: int, thing: str) -> str:
    return counted(number, thing) if number else f"no {thing}s"


def _found(pack: RulePack, args: argparse.Namespace, folder: Path) -> list[RuleFault]:
    from cleaner.authoring.examples import outcomes
    from cleaner.authoring.lint import lint
    from cleaner.rules.revisions import pack_at

    found = lint(pack, pack_at(args.against, folder) if args.against else None)
    for rule in pack.rules if args.examples else ():
        place = rule.origin
        found += [
            RuleFault(
                path=place.path, line=place.line, column=place.column, rule=rule.id, code="example",
                message=f"{o.kind}[{o.number}]: wanted {o.wanted!r}, got {o.got!r}",
                hint="correct the rule or the example",
            )
            for o in outcomes(rule, pack)
            if not o.passed
        ]  # fmt: skip
    return sorted(found)


def _text(faults: list[RuleFault]) -> None:
    for fault in faults:
        output.line(str(fault))


def _json(faults: list[RuleFault]) -> None:
    output.document(orjson.dumps([asdict(fault) for fault in faults], option=_JSON))


def _github(faults: list[RuleFault]) -> None:
    for fault in faults:
        message = ": ".join(filter(None, (fault.rule, fault.message)))
        text = _escaped(f"{message}; {fault.hint}" if fault.hint else message)
        path = _escaped(fault.path).replace(":", "%3A").replace(",", "%2C")
        output.line(f"::{fault.severity} file={path},line={fault.line},col={fault.column},title={fault.code}::{text}")


def _escaped(text: str) -> str:
    """Escape text for a workflow command of GitHub, where a line break would begin another command."""
    return shown(text).replace("%", "%25")


def _sarif(faults: list[RuleFault]) -> None:
    from cleaner import __version__
    from cleaner.authoring.sarif import sarif

    output.document(orjson.dumps(sarif(faults, __version__), option=_JSON))


_FORMATS: Mapping[str, Callable[[list[RuleFault]], None]] = {
    "text": _text, "json": _json, "github": _github, "sarif": _sarif,
}  # fmt: skip


def test(args: argparse.Namespace) -> int:
    """Run the examples of rules, and print those that fail; return the exit code."""
    from cleaner.authoring.examples import outcomes

    pack = rules_in_force(settings_of(args))
    chosen = [r for r in pack.rules if not args.only or any(fnmatchcase(r.id, p) for p in args.only)]
    if not chosen:
        raise CleanerError(" ".join(args.only), "no rule has this id", "see `cleaner rules list`")
    done: list[Any] = [outcome for rule in chosen for outcome in outcomes(rule, pack)]
    failed = [outcome for outcome in done if not outcome.passed]
    for outcome in failed:
        output.lines(f"{outcome}\n")
    output.line(f"{counted(len(chosen), 'rule')}, {counted(len(done), 'example')}, {len(failed)} failed")
    return 1 if failed else 0
