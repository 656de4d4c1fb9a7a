"""`cleaner explain`: prints an article, with each removed piece in colour, its label and its rule."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.text import Text

from cleaner.cli.common import program_of, settings_of, stdin_document
from cleaner.cli.screen import Screen, StyledWords
from cleaner.errors import InputError
from cleaner.model.document import ENCODING, Document
from cleaner.readers import Keys, Unreadable, discover, read
from cleaner.review.explain import ExplainedLine, Explanation, explain, only_rule, signatures
from cleaner.text.plural import counted

_FILE_LINE = re.compile(r"(.+):(\d+)")


def explain_command(args: argparse.Namespace) -> int:
    """Explain a file, one of its lines, or what one rule did in it; return the exit code."""
    settings = settings_of(args)
    name, row = _place(args.file)
    document = _document(name, settings.keys)
    if args.url:
        document = replace(document, url=args.url)
    explanation = explain(document, program_of(settings)[0])
    console = Screen(soft_wrap=not sys.stdout.isatty())
    if row is not None:
        if not 1 <= row <= len(explanation.lines):
            raise InputError(
                args.file, f"there is no line {row}", f"the text has {counted(len(explanation.lines), 'line')}"
            )
        _whole(console, explanation.lines[row - 1])
    elif args.rule:
        lines = only_rule(explanation, args.rule)
        filters = [outcome for rule, outcome in explanation.filters if rule == args.rule]
        for line in lines:
            _whole(console, line, only=args.rule)
        filters += [outcome for rule, outcome in explanation.article_region if rule == args.rule]
        for outcome in filters:
            console.print(f"the document: {outcome}", markup=False)
        if not lines and not filters:
            console.print(f"{args.rule} has no match and no near miss here.", markup=False)
            return 1
    else:
        _article(console, explanation, args.near)
    return 0


def _place(name: str) -> tuple[str, int | None]:
    found = _FILE_LINE.fullmatch(name)
    if found and not Path(name).exists():
        return found[1], int(found[2])
    return name, None


def _document(name: str, keys: Keys) -> Document:
    if name == "-":
        return stdin_document()
    sources, refused = discover(name)
    for item in (*refused, *(found for source in sources for found in read(source, keys))):
        if isinstance(item, Unreadable):
            raise InputError(item.source, item.cause, item.hint)
        return item
    raise InputError(name, "contains no document", "name a text file, or a file of records")


def _article(console: Screen, explanation: Explanation, near: int) -> None:
    width = len(str(len(explanation.lines)))
    for line in explanation.lines:
        console.print(_numbered(line, width))
    _metadata(console, explanation)
    misses = explanation.near(near)
    if misses:
        console.print(
            "\n[bold]near misses[/bold]  [dim](a literal was found, but the pattern or a condition did not match)[/dim]"
        )
    for line, miss in misses:
        console.print(
            StyledWords.assemble(
                (f"{line.row:>{width}} ", "dim"), (miss.rule.id, "yellow"), f" {miss.guard}: {miss.figure}"
            )
        )


def _numbered(line: ExplainedLine, width: int) -> Text:
    out = StyledWords.assemble((f"{line.row:>{width}} ", "dim"), _marked(line))
    if line.edits:
        out.append(f"  {signatures(line.edits)}", style="cyan")
    if line.marks:
        out.append(f"  ({signatures(line.marks)})", style="blue")
    return out


def _marked(line: ExplainedLine) -> Text:
    out = StyledWords(style="default")
    at = 0
    for edit in line.edits:
        start, end = max(0, edit.start - line.start), min(len(line.text), edit.end - line.start)
        out.append(line.text[at:start])
        out.append(line.text[start:end], style="red strike")
        if edit.replacement.strip():
            out.append(edit.replacement, style="green")
        if end == len(line.text) and edit.end > line.start + len(line.text):
            out.append("⏎", style="red")
        at = end
    out.append(line.text[at:])
    return out


def _metadata(console: Screen, explanation: Explanation) -> None:
    article = explanation.article
    console.print()
    for name in article.metadata.__slots__:
        value = getattr(article.metadata, name)
        if value not in (None, ()):
            shown = " | ".join(value) if isinstance(value, tuple) else str(value)
            console.print(StyledWords.assemble((f"{name}: ", "bold"), shown))
    signals = article.signals
    language = f"{signals.language or 'unknown'} ({signals.language_probability or 0:.2f})"
    console.print(
        StyledWords.assemble(
            ("language: ", "bold"), language,
            ("  words: ", "bold"), f"{signals.words}, {signals.words_removed} removed",
            ("  flags: ", "bold"), ", ".join(article.flags) or "none",
        )
    )  # fmt: skip
    for item in article.evidence:
        if item.field == ENCODING:
            console.print(Text.assemble(("encoding: ", "bold"), f"{item.value} ({item.raw})"))
    for rule, outcome in explanation.filters:
        console.print(StyledWords.assemble(("filter: ", "bold"), (rule, "yellow"), f"  {outcome}"))
    for rule, outcome in explanation.article_region:
        console.print(StyledWords.assemble(("article region: ", "bold"), (rule, "yellow"), f"  {outcome}"))


def _whole(console: Screen, line: ExplainedLine, *, only: str | None = None) -> None:
    """Print one line and what each rule did with it, in the order of the decisions."""
    console.print(_numbered(line, 1))
    for verdict, rows in (
        ("removed by", [(e.rule, e.label) for e in line.edits]),
        ("marked by", [(m.rule, m.label) for m in line.marks]),
        ("overridden", [(x.rule, f"by {x.to}") for x in line.losses if x.to]),
        ("held back", [(x.rule, f"{x.guard}: {x.figure}") for x in line.losses if not x.to]),
        ("near miss", [(m.rule.id, f"{m.guard}: {m.figure}") for m in line.misses]),
        ("scored by", [(w.rule, w.figure) for w in line.weights]),
    ):
        _rows(console, verdict, (row for row in rows if only in (None, row[0])))
    if not (line.edits or line.losses or line.misses or line.marks or line.weights):
        console.print("  no rule was tried: the line contains none of the rules' index literals", style="dim")


def _rows(console: Screen, verdict: str, rows: Iterable[tuple[str, str]]) -> None:
    for rule, detail in rows:
        console.print(StyledWords.assemble((f"  {verdict} ", "bold"), (rule, "yellow"), f"  {detail}"))
