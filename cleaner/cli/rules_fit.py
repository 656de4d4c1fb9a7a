"""`cleaner rules fit`: fits the scorecards of article_region rules to pages whose article is known."""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import orjson

from cleaner.authoring.fit import Of, TrainingPage, fit, whole_share, written
from cleaner.cli import output
from cleaner.cli.common import rules_in_force, settings_of
from cleaner.errors import InputError
from cleaner.html import read_page
from cleaner.matching.page.scorecard import Scorecard
from cleaner.model.document import Document
from cleaner.readers import discover, read
from cleaner.readers.encoding import decode

_MOST_OPTIONAL = 4


def rules_fit(args: argparse.Namespace) -> int:
    """Fit scorecards, report their accuracy on held-out sites, and write them as lists; return the exit code."""
    pack = rules_in_force(settings_of(args))
    of: Of = "markup" if args.pages else "text"
    records = list(chain.from_iterable(map(_records, args.gold)))
    examples = chain.from_iterable(_examples(path, record, args) for path, record in records)
    articles = [
        document for path, record in records for name in args.articles or () for document in _text(path, record, name)
    ]
    articles += [each for where in args.texts or () for each in _texts(where)]
    fitted = fit(examples, articles, pack, of=of, change=args.change, report=_say)
    _say(f"{fitted.pages} pages of {fitted.sites} sites; on held-out sites, shingles of 4 words, mean over pages:")
    for name, each in (("before", fitted.seen), ("after", fitted.unseen)):
        _say(f"  {name:<7}precision {each.precision:.2%}  recall {each.recall:.2%}  F1 {each.f1:.2%}")
    if articles:
        share = whole_share(articles, pack, Scorecard(fitted.whole, {}))
        _say(f"  {share:.2%} of {len(articles)} articles are classified as whole pages")
    lines = "\n".join(written(args.name, fitted)) + "\n"
    if args.into is None:
        output.document(lines)
    else:
        try:
            args.into.write_text(lines, encoding="utf-8")
        except OSError as error:
            raise InputError(
                str(args.into), f"can't be written: {error.strerror or error}", "name another file"
            ) from error
    return 0


def _say(line: str) -> None:
    output.remark(line, named=False)


def _records(path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        records = [orjson.loads(line) for line in data.splitlines()]
        if not all(isinstance(record, dict) for record in records):
            raise ValueError("a line is not a JSON object")
        yield from ((path, record) for record in records if record.get("gold"))
    except (OSError, EOFError, ValueError) as error:
        raise InputError(
            str(path), f"can't be read: {getattr(error, 'strerror', None) or error}", "give records of JSON with `gold`"
        ) from error


def _examples(path: Path, record: dict[str, Any], args: argparse.Namespace) -> Iterator[TrainingPage]:
    golds = tuple(_golds(record))
    if args.pages:
        file = args.pages / path.name.partition(".")[0] / f"{str(record['id']).replace('/', '__')}.html.gz"
        if file.is_file():
            page = read_page(decode(gzip.decompress(file.read_bytes())).text, record.get("url"))
            document = Document(
                id=str(record["id"]),
                text=page.text,
                url=record.get("url"),
                blocks=page.blocks,
                page_metadata=page.stated,
            )
            yield TrainingPage(document=document, golds=golds)
        return
    for name in args.text or ("text",):
        for document in _text(path, record, name):
            yield TrainingPage(document=document, golds=golds)


def _text(_path: Path, record: dict[str, Any], name: str) -> Iterator[Document]:
    """Yield the document whose text is in this field, if any; `a.b` is the field `b` of the field `a`."""
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, str) and value.strip():
        yield Document(id=str(record.get("id", "")), text=value, url=record.get("url"))


def _texts(where: str) -> Iterator[Document]:
    """Yield the documents without markup that can be read there."""
    sources, _ = discover(where)
    for source in sources:
        yield from (found for found in read(source) if isinstance(found, Document) and not found.blocks)


def _golds(record: dict[str, Any]) -> Iterable[str]:
    """Return the accepted article texts: with and without each of the optional paragraphs, which are in brackets."""
    parts: list[str] = record.get("gold_paragraphs") or []
    optional = [i for i, part in enumerate(parts) if part[:1] == "[" and part[-1:] == "]"]
    if not optional:
        return [record["gold"]]
    bare = [part[1:-1] if i in optional else part for i, part in enumerate(parts)]
    some = chain.from_iterable(combinations(optional, n) for n in range(len(optional) + 1))
    dropped = some if len(optional) <= _MOST_OPTIONAL else [(), tuple(optional)]
    return ["\n".join(part for i, part in enumerate(bare) if i not in drop) for drop in dropped]
