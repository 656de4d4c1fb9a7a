"""`cleaner clean`: cleans texts, and prints them or JSON lines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import chain, islice

import orjson

from cleaner.cleaning.article import record
from cleaner.cleaning.clean import clean_document
from cleaner.cli import output
from cleaner.cli.common import program_of, settings_of, stdin_document, stdin_lines
from cleaner.errors import InputError
from cleaner.matching.program import Program
from cleaner.model.document import Document
from cleaner.readers import Keys, Unreadable, discover, read, within_bounds
from cleaner.readers.jsonl import parse_record

ReadItem = Document | Unreadable
_LONGEST_CAUSE = 500  # characters: what a library says may quote a whole document


def clean_command(args: argparse.Namespace) -> int:
    """Clean each input and report those that can't be cleaned; return the exit code."""
    settings = settings_of(args)
    program, _options = program_of(settings)
    items = _items(args, settings.keys)
    first = list(islice(items, 2))
    write = _json if args.jsonl else _Plain(named=len(first) > 1)
    failed = 0
    for item in chain(first, items):
        failed += not write(item, program)
    return 1 if failed else 0


def _items(args: argparse.Namespace, keys: Keys) -> Iterator[ReadItem]:
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
            for number, line in enumerate(stdin_lines(), 1):
                if line.strip():
                    yield within_bounds(parse_record(line, f"-:{number}", keys))
        else:
            yield within_bounds(stdin_document())


def _json(item: ReadItem, program: Program) -> bool:
    """Print one line for one record, with an `error` if it can't be cleaned; return whether it could."""
    fault: dict[str, str] = {}
    line = b""
    if isinstance(item, Unreadable):
        fault = {"id": item.id, "error": f"{item.source}: {item.cause}", "hint": item.hint}
    else:
        try:
            line = orjson.dumps(record(clean_document(item, program)), option=orjson.OPT_APPEND_NEWLINE)
        except MemoryError:
            raise
        except Exception as error:  # one bad record must not end the stream
            fault = {"id": item.id, "error": _cause(error), "hint": "please report this text"}
    # UTF-8 can't encode half a surrogate pair, so it is escaped.
    held = {key: value.encode("utf-8", "backslashreplace").decode() for key, value in fault.items()}
    output.document(line or orjson.dumps(held, option=orjson.OPT_APPEND_NEWLINE))
    return not fault


def _cause(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_CAUSE]


class _Plain:
    """Prints plain text; with several articles, a line names each, as `head` does with files."""

    def __init__(self, *, named: bool) -> None:
        self._named = named
        self._gap = ""

    def __call__(self, item: ReadItem, program: Program) -> bool:
        if isinstance(item, Unreadable):
            output.remark(str(item))
            return False
        try:
            article = clean_document(item, program)
        except MemoryError:
            raise
        except Exception as error:  # one bad text must not end the others
            output.remark(f"{item.source}: {_cause(error)}; please report this text")
            return False
        if self._named:
            output.lines(self._gap)
            output.line(f"==> {article.id} <==")
            self._gap = "\n"
            output.lines(self._gap)
        output.print_text(f"{article.text}\n")
        return True
