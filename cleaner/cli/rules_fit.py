"""`cleaner rules fit`: fits the scorecards of article_region rules to pages whose article is known."""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import orjson

from cleaner.authoring.fit import Of, TrainingPage, fit, publisher, whole_share, written
from cleaner.authoring.fit.residue import MarkedArticle, fit_residue, written_residue
from cleaner.cli import output
from cleaner.cli.common import rules_in_force, settings_of
from cleaner.errors import InputError
from cleaner.html import read_page
from cleaner.matching.page.scorecard import Scorecard
from cleaner.model.document import Document
from cleaner.model.rule import RulePack
from cleaner.readers import discover, read
from cleaner.readers.encoding import decode

_MOST_OPTIONAL = 4


def rules_fit(args: argparse.Namespace) -> int:
    """Fit scorecards, report their accuracy on held-out sites, and write them as lists; return the exit code."""
    pack = rules_in_force(settings_of(args))
    if args.pieces:
        return _residue(args, pack)
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
    _write("\n".join(written(args.name, fitted)) + "\n", args.into)
    return 0


def _residue(args: argparse.Namespace, pack: RulePack) -> int:
    """Fit the scorecard of a residue rule to articles with marked pieces."""
    articles = [_marked(record, args.pieces) for path in args.gold for _, record in _records(path, args.pieces)]
    fitted = fit_residue(articles, pack, report=_say)
    _say(
        f"{fitted.articles} articles of {fitted.corpora} corpora; on held-out corpora, from {fitted.least:.2f} points:"
    )
    _say(f"  {fitted.lines} of {fitted.of_lines} lines found; {fitted.words} words, {fitted.wrong_words} of them wrong")
    _write("\n".join(written_residue(args.name, fitted)) + "\n", args.into)
    return 0


def _marked(record: dict[str, Any], pieces: str) -> MarkedArticle:
    """An article with its pieces; one without pieces is its `gold`, in which nothing is residue."""
    if pieces not in record:
        document = Document(id=str(record.get("id", "")), text=record["gold"], url=record.get("url"))
        return MarkedArticle(document=document, corpus=publisher(document), pieces=())
    document = Document(id=str(record.get("id", "")), text=record["text"], url=record.get("url"))
    spans = [(piece["start"], piece["end"], str(piece.get("kind", ""))) for piece in record[pieces]]
    return MarkedArticle(
        document=document,
        corpus=str(record.get("source") or publisher(document)),
        pieces=[(start, end) for start, end, kind in spans if not kind.endswith("?")],
        doubtful=[(start, end) for start, end, kind in spans if kind.endswith("?")],
    )


def _write(lines: str, into: Path | None) -> None:
    """Write a rule file, or print it."""
    if into is None:
        output.document(lines)
        return
    try:
        into.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise InputError(str(into), f"can't be written: {error.strerror or error}", "name another file") from error


def _say(line: str) -> None:
    output.remark(line, named=False)


def _records(path: Path, pieces: str = "gold") -> Iterator[tuple[Path, dict[str, Any]]]:
    """The records of a file that have `gold`, or the field `pieces`."""
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        records = [orjson.loads(line) for line in data.splitlines()]
        if not all(isinstance(record, dict) for record in records):
            raise ValueError("a line is not a JSON object")
        yield from ((path, record) for record in records if record.get("gold") or pieces in record)
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
