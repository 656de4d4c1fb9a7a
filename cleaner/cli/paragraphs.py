"""`cleaner paragraphs`: lists the paragraphs that occur in most articles, as candidates for rules."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import orjson
from rich.markup import escape
from rich.table import Table

from cleaner.cli import output
from cleaner.cli.common import settings_of
from cleaner.cli.screen import Screen
from cleaner.dedup.paragraphs import repeats
from cleaner.text.plural import counted

_SHOWN = 160  # characters of a paragraph


def paragraphs_command(args: argparse.Namespace) -> int:
    """Print the paragraphs, the most frequent first; return the exit code."""
    dist = Path(settings_of(args).dist)
    found = repeats(dist, more_than=args.documents, limit=args.limit)
    if args.json:
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        output.document(orjson.dumps([asdict(each) for each in found], option=option))
        return 0
    if not found:
        output.line(f"no paragraph occurs in more than {counted(args.documents, 'article')} of {dist}")
        return 0
    table = Table("articles", "paragraph", "first in", "sites", box=None, header_style="bold", pad_edge=False)
    table.columns[0].justify = "right"
    for each in found:
        text = each.text if len(each.text) <= _SHOWN else f"{each.text[:_SHOWN]} …"
        table.add_row(f"{each.documents:,}", escape(text), escape(each.id), escape(", ".join(each.hosts)))
    Screen().print(table)
    return 0
