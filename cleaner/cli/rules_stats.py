"""`cleaner rules stats`: reports what each rule does on a corpus, and which rules look wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import orjson
from rich.markup import escape
from rich.table import Table

from cleaner.authoring.rule_stats import FINDINGS, Health, RuleStats, health
from cleaner.cli import output
from cleaner.cli.common import program_of, settings_of
from cleaner.cli.screen import Screen
from cleaner.corpus.read import prepared_corpus
from cleaner.dataset.files import load_manifest
from cleaner.readers import Unreadable
from cleaner.text.plural import counted

_PROSE_SHOWN = 70  # characters of a line of prose
_WINNERS_SHOWN = 3

Detail = Callable[[RuleStats, Health], str]


def stats(args: argparse.Namespace) -> int:
    """Print the findings on rules; return 1 if part of the corpus could not be read, else 0."""
    settings = settings_of(args)
    unreadable: list[Unreadable] = []
    corpus = prepared_corpus(args.corpus or settings.raw, keys=settings.keys, unreadable=unreadable.append)
    last = Path(args.last or settings.dist)
    manifest = load_manifest(last)
    found = health(corpus, program_of(settings)[0], manifest)
    if args.json:
        output.document(orjson.dumps(found.plain(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        _print(found, Screen(soft_wrap=not sys.stdout.isatty()), args)
        if manifest is None:
            output.lines("\n")
            output.line(f"{last} contains no dataset to compare with; name one with --last")
    for item in unreadable:
        output.remark(str(item))
    return 1 if unreadable else 0


def _print(found: Health, console: Screen, args: argparse.Namespace) -> None:
    fired = sum(1 for rule in found.rules if rule.fired)
    sites = f" of {counted(found.hosts, 'site')}" if found.hosts else ", without addresses"
    documents = counted(found.documents, "document")
    console.print(
        f"[bold]{fired}[/bold] of {counted(len(found.rules), 'rule')} fired in {documents}{sites}; "
        f"they took {found.seconds:.2f} s  [dim](without the search for their literals)[/dim]"
    )
    if args.all:
        console.print("\n", _whole(found.rules), sep="")
    limit = None if args.all else args.limit
    for name, finding in FINDINGS.items():
        title, advice, detail = _SECTIONS[name]
        _section(console, title, advice, [(rule.id, detail(rule, found)) for rule in finding(found)], limit)
    together = [(rules[0], f"with {', '.join(rules[1:])}") for rules in found.together]
    _section(console, "always fire together", "do they say the same thing?", together, limit)


def _section(console: Screen, title: str, advice: str, rows: Sequence[tuple[str, str]], limit: int | None) -> None:
    if not rows:
        return
    console.print(f"\n[bold]{title}[/bold]  [dim]{advice}[/dim]")
    table = Table.grid(padding=(0, 2))
    for rule, detail in rows[:limit]:
        table.add_row(f"  {rule}", escape(detail))
    console.print(table)
    if limit is not None and len(rows) > limit:
        console.print(f"  [dim]and {len(rows) - limit} more: see --all[/dim]")


def _whole(rules: Iterable[RuleStats]) -> Table:
    names = ("documents", "sites", "pieces", "marks", "words", "overridden", "near misses", "looks", "ms", "last build")
    table = Table("rule", "label", box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(name, justify="right")
    for rule in rules:
        figures = (
            rule.documents, rule.hosts, rule.pieces, rule.marks, rule.words, sum(rule.lost_to.values()),
            sum(rule.misses.values()), rule.looks,
        )  # fmt: skip
        last = "" if rule.last is None else f"{rule.last:,}"
        table.add_row(rule.id, rule.label, *(f"{n:,}" if n else "" for n in figures), _milliseconds(rule), last)
    return table


def _milliseconds(rule: RuleStats) -> str:
    return f"{rule.seconds * 1000:.1f}" if rule.seconds else ""


def _counts(counts: Mapping[str, int], joined: str) -> str:
    shown = [joined.format(count, name) for name, count in list(counts.items())[:_WINNERS_SHOWN]]
    return ", ".join(shown) + (", …" if len(counts) > _WINNERS_SHOWN else "")


def _prose(rule: RuleStats, _found: Health) -> str:
    line = rule.prose[0]
    return f"{counted(rule.prose_words, 'word')}: {line[:_PROSE_SHOWN]}{'…' if len(line) > _PROSE_SHOWN else ''}"


def _cost(rule: RuleStats, found: Health) -> str:
    work = f"{counted(rule.looks, 'line')} for {counted(rule.fired, 'piece')}"
    return f"{_milliseconds(rule)} ms, {rule.seconds / found.seconds:.0%}: {work}"


_SECTIONS: Mapping[str, tuple[str, str, Detail]] = {
    "dropped": (
        "found much less than in the last build", "has a site changed its layout?",
        lambda rule, _: f"{rule.fired:,}, expected {rule.expected:,.0f}",
    ),
    "prose": ("removed well-formed prose", "boilerplate can be sentences, too: look at them", _prose),
    "shadowed": (
        "matched, and were always overridden", "merge the rule with the winner, or delete it",
        lambda rule, _: _counts(rule.lost_to, "{} to {}"),
    ),
    "one_site": (
        "fired on one site only", "restrict the rule with `site:`",
        lambda rule, _: f"{counted(rule.documents, 'document')} of {rule.only_host}",
    ),
    "held_back": (
        "were held back", "by a budget or a suppression",
        lambda rule, _: _counts(rule.held_back, "{} by {}"),
    ),
    "costly": ("cost the most time", "a rarer literal would need fewer looks", _cost),
    "never": (
        "never fired", "",
        lambda rule, _: f"near misses: {_counts(rule.misses, '{} {}')}" if rule.misses else "",
    ),
}  # fmt: skip
