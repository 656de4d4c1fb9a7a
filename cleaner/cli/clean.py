"""`cleaner clean`: texts in, clean texts or JSON lines out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import chain, islice

import orjson

from cleaner.cleaning import clean
from cleaner.cli.common import program_of, settings_of, stdin_document
from cleaner.errors import InputError
from cleaner.model import Document
from cleaner.program import Program
from cleaner.readers import Keys, Unreadable, discover, read
from cleaner.readers.jsonlines import parse_record
from cleaner.record import record

Item = Document | Unreadable
_LONGEST_CAUSE = 500  # characters: what a library says may quote a whole document


def run(args: argparse.Namespace) -> int:
    """Clean each input; those that can't be cleaned are told, and the rest go on."""
    settings = settings_of(args)
    program, _options = program_of(settings)
    items = _items(args, settings.keys)
    first = list(islice(items, 2))
    write = _json if args.jsonl else _Plain(named=len(first) > 1)
    failed = 0
    for item in chain(first, items):
        failed += not write(item, program)
    return 1 if failed else 0


def _items(args: argparse.Namespace, keys: Keys) -> Iterator[Item]:
    for name in args.files:
        if name != "-":
            try:
                sources, refused = discover(name)
            except InputError as error:
                if len(args.files) == 1:
                    raise
                yield Unreadable(source=error.place, id=error.place, cause=error.cause, hint=error.hint)
                continue
            yield from refused
            for source in sources:
                yield from read(source, keys)
        elif args.jsonl:
            for number, line in enumerate(sys.stdin.buffer, 1):
                if line.strip():
                    yield parse_record(line, f"-:{number}", keys)
        else:
            yield stdin_document()


def _json(item: Item, program: Program) -> bool:
    """One line out for one record in, an `error` where it can't be cleaned."""
    done = False
    if isinstance(item, Unreadable):
        line = _fault(item.id, f"{item.source}: {item.cause}", item.hint)
    else:
        try:
            line, done = orjson.dumps(record(clean(item, program)), option=orjson.OPT_APPEND_NEWLINE), True
        except Exception as error:  # one bad record must not end the stream
            line = _fault(item.id, _said(error), "please report this text")
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    return done


def _fault(id_: str, error: str, hint: str) -> bytes:
    """A line for a record that has no article. Half a surrogate pair, which UTF-8 has no form for, is escaped."""
    row = {"id": id_, "error": error, "hint": hint}
    held = {key: value.encode("utf-8", "backslashreplace").decode() for key, value in row.items()}
    return orjson.dumps(held, option=orjson.OPT_APPEND_NEWLINE)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_CAUSE]


class _Plain:
    """Plain text out; of several articles, a line names each, as `head` does with files."""

    def __init__(self, *, named: bool) -> None:
        self._named = named
        self._gap = ""

    def __call__(self, item: Item, program: Program) -> bool:
        if isinstance(item, Unreadable):
            print(f"cleaner: {item}", file=sys.stderr)
            return False
        try:
            article = clean(item, program)
        except Exception as error:  # one bad document must not end the stream
            print(f"cleaner: {item.id}: {_said(error)}; please report this text", file=sys.stderr)
            return False
        if self._named:
            print(f"{self._gap}==> {article.id} <==\n")
            self._gap = "\n"
        print(article.text)
        return True
