"""`cleaner diff`: shows the effect of a rule change across a corpus."""

from __future__ import annotations

import argparse
import operator
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from cleaner.cleaning.prepare import Prepared
from cleaner.cli import output
from cleaner.cli.common import rules_folder, settings_of
from cleaner.corpus.changes import Changes, changes
from cleaner.corpus.read import dataset_documents, is_dataset, prepared_corpus
from cleaner.dataset.folders import output_errors
from cleaner.errors import CleanerError
from cleaner.model.escape import shown
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.review import render
from cleaner.review.article_lines import aligned
from cleaner.review.diff import ArticleDiff, PackDiff, compare
from cleaner.rules.revisions import pack_at

if TYPE_CHECKING:
    from cleaner.corpus.affected_rows import AffectedRows

_STYLES = {"plain": "", "dim": "dim", "bold": "bold", "removed": "red", "restored": "green", "changed": "yellow"}
_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|==|!=|>|<)\s*(\d+)\s*")
_OPERATORS: Mapping[str, Callable[[int, int], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def diff_command(args: argparse.Namespace) -> int:
    """Compare two rule packs on a corpus; return 1 if something changes (--fail-if: if a condition holds), else 0."""
    settings = settings_of(args)
    folder = rules_folder(settings)
    conditions = [_condition(text) for text in args.fail_if]
    old, new = pack_at(args.old, folder), pack_at(args.new, folder)
    where = args.corpus or settings.raw
    corpus: Iterator[Prepared | None] = (
        dataset_documents(where, None if args.full else _affected_rows(old, new, settings.options))
        if is_dataset(where)
        else prepared_corpus(where, keys=settings.keys)
    )
    lines = not (args.stat and args.output == "text")
    found = compare(old, new, corpus, settings.options, full=args.full, lines=lines)
    chosen = _chosen(found, args.rule, args.label)
    _OUTPUTS[args.output](chosen, args)
    if conditions:
        broken = [text for text, holds in conditions if holds(chosen.figures)]
        for text in broken:
            output.remark(f"--fail-if {text!r} holds")
        return 1 if broken else 0
    return 1 if chosen else 0


def _affected_rows(old: RulePack, new: RulePack, options: Options) -> AffectedRows:
    from cleaner.corpus.affected_rows import AffectedRows  # pyarrow is slow to import

    return AffectedRows(old, new, changes(old, new), options)


def _condition(text: str) -> tuple[str, Callable[[Mapping[str, int]], bool]]:
    known = sorted(PackDiff(changes=Changes()).figures)
    found = _CONDITION.fullmatch(text)
    if not found or found[1] not in known:
        hint = f"write for example `restored_words > 100`; known are {', '.join(known)}"
        raise CleanerError(f"--fail-if {text!r}", "is not a condition", hint)
    name, compared, bound = found[1], _OPERATORS[found[2]], int(found[3])
    return text, lambda figures: compared(figures[name], bound)


def _chosen(diff: PackDiff, rule: str | None, label: str | None) -> PackDiff:
    if rule is None and label is None:
        return diff

    def fits(article: ArticleDiff) -> ArticleDiff | None:
        by_rule = {
            key: counts for key, counts in article.by_rule.items()
            if rule in (None, key) and label in (None, article.labels[key])
        }  # fmt: skip
        return replace(article, by_rule=by_rule) if by_rule else None

    articles = tuple(a for a in map(fits, diff.articles) if a)
    rules = {key for a in articles for key in a.by_rule}
    return replace(
        diff, articles=articles,
        by_rule={key: counts for key, counts in diff.by_rule.items() if key in rules},
        by_label={key: counts for key, counts in diff.by_label.items() if label in (None, key)} if not rule else {},
    )  # fmt: skip


def _text(diff: PackDiff, args: argparse.Namespace) -> None:
    parts = render.render_diff(diff, limit=args.limit or None, stat=args.stat)
    if not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        for _style, text in parts:
            output.lines(text)
        return
    from rich.text import Text

    from cleaner.cli.screen import Screen

    console = Screen(soft_wrap=True)
    for style, text in parts:
        console.print(Text(shown(text, keep="\n\t"), style=_STYLES[style]), end="")


def _json(diff: PackDiff, _args: argparse.Namespace) -> None:
    row = {
        "changes": asdict(diff.changes),
        "documents": diff.documents,
        "looked_at": diff.looked_at,
        "figures": diff.figures,
        "by_rule": {key: asdict(counts) for key, counts in diff.by_rule.items()},
        "by_label": {key: asdict(counts) for key, counts in diff.by_label.items()},
        "articles": [
            {
                "id": a.id, "source": a.source, "harm": a.harm, "fields": a.fields,
                "by_rule": {key: asdict(counts) for key, counts in a.by_rule.items()},
                "lines": [[str(old or ""), str(new or "")] for old, new in aligned(a.before, a.after) if old != new],
            }
            for a in diff.articles
        ],
    }  # fmt: skip
    output.document(orjson.dumps(row, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=list))


def _html(diff: PackDiff, args: argparse.Namespace) -> None:
    text = render.page(diff)
    if args.out:
        with output_errors(args.out):
            Path(args.out).write_text(text, "utf-8")
    else:
        output.document(f"{text}\n")


_OUTPUTS: Mapping[str, Callable[[PackDiff, argparse.Namespace], None]] = {"text": _text, "json": _json, "html": _html}
