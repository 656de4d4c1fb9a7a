"""The documents of a built dataset, as they stood before any rule: clean text, ledger and layout rebuild them.

Tables are read a row group at a time. With a sieve, only what it asks for is read at first, and only the documents
that it lets through become more than a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.cleaning import Prepared, prepare
from cleaner.edits import rebuild
from cleaner.errors import InputError
from cleaner.html.packing import unpacked
from cleaner.languages import Language
from cleaner.model import Document, Edit, Options
from cleaner.provenance import MANIFEST, load_manifest
from cleaner.readers import Unreadable
from cleaner.sieve import ARTICLE_COLUMNS, SCOPE_COLUMNS, Mask, Sieve
from cleaner.writers import ARTICLES, REJECTED, REMOVED

_DOCUMENT = (
    "id", "text", "layout", "language", "language_probability", "url", "source", "raw_digest", "given",
    "stated", "blocks",
)  # fmt: skip
_REJECTION = ("filter", "cause", "hint")
_EDIT = ("id", "start", "end", "text", "label", "rule", "replacement", "kind")
_NO_DOCUMENT = ("input/refused", "input/unreadable")
FAILED = "input/failed"
"""The filter of documents whose text is as it came, as cleaning them failed."""
_AGAIN = "build the dataset again"

Row = Mapping[str, Any]
Told = Callable[[Unreadable], None]


def documents(folder: Path, sieve: Sieve | None, tell: Told) -> Iterator[Prepared | None]:
    """Those of the articles, then those of what was rejected, shard by shard; None where the sieve holds one back.

    What gave no document is passed to `tell`. Raises InputError where a file is missing or damaged.
    """
    manifest = load_manifest(folder)
    if manifest is None:
        raise InputError(str(folder / MANIFEST), "is no manifest that a build wrote", _AGAIN)
    alike = (
        sieve is not None
        and sieve.knows(manifest.get("rules_digest"))
        and manifest.get("options") == _as_told(sieve.options)
    )
    listed = (Path(str(file["path"])) for file in manifest["files"])
    for shard in (path.name for path in listed if path.parent.name == ARTICLES.folder):
        articles, rejected, ledger = (folder / table.folder / shard for table in (ARTICLES, REJECTED, REMOVED))
        with _opened(rejected) as table:
            refused = table.read(("id",)).column("id").combine_chunks()
        for file, of_refused in ((articles, False), (rejected, True))[: 1 + bool(len(refused))]:
            with _opened(file) as table:
                if sieve and not of_refused and not sieve.scope(table.read(SCOPE_COLUMNS)).any():
                    yield from [None] * table.rows
                    continue
                for group, pieces in _groups(table, _pieces(ledger, refused, of_refused=of_refused)):
                    yield from _through(group, pieces, sieve, tell, alike=alike)


def _as_told(options: Options) -> Any:
    """As a manifest holds them."""
    return orjson.loads(orjson.dumps(asdict(options)))


class _Table:
    """A Parquet file, or one row group of it; columns that it lacks are null."""

    def __init__(self, parquet: Any, file: Path, groups: range) -> None:
        self._parquet = parquet
        self.file = file
        self.groups = groups
        self.names = frozenset(parquet.schema_arrow.names)
        self.rows = sum(parquet.metadata.row_group(number).num_rows for number in groups)

    def read(self, names: Iterable[str]) -> pa.Table:
        """The columns of these names."""
        wanted = [name for name in names if name in self.names]
        with _told(self.file):
            table = self._parquet.read_row_groups(list(self.groups), columns=wanted, use_threads=False)
        for name in names:
            if name not in self.names:  # in a dataset of before there was such a column
                table = table.append_column(name, pa.nulls(self.rows, pa.string()))
        return table

    def __iter__(self) -> Iterator[_Table]:
        return (_Table(self._parquet, self.file, range(number, number + 1)) for number in self.groups)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise InputError(str(file), f"can't be read: {error}", _AGAIN) from error


@contextmanager
def _opened(file: Path) -> Iterator[_Table]:
    with _told(file):
        parquet = pq.ParquetFile(file)
    with parquet:
        yield _Table(parquet, file, range(parquet.num_row_groups))


def _pieces(ledger: Path, refused: pa.Array, *, of_refused: bool) -> Iterator[pa.Table]:
    """The ledger's rows of the articles, or else of the rejected, in the documents' order."""
    with _opened(ledger) as table:
        for group in table:
            rows = group.read(_EDIT)
            if len(refused):
                theirs = pc.is_in(rows.column("id"), value_set=refused)
                rows = rows.filter(theirs if of_refused else pc.invert(theirs))
            if rows.num_rows:
                yield rows


def _groups(table: _Table, pieces: Iterator[pa.Table]) -> Iterator[tuple[_Table, pa.Table]]:
    """The row groups of a table, each with the ledger's rows of its documents."""
    rest = next(pieces, None)
    nothing = rest.slice(0, 0) if rest is not None else pa.table({name: pa.nulls(0, pa.string()) for name in _EDIT})
    for group in table:
        ids = group.read(("id",)).column("id").combine_chunks()
        mine = [nothing]
        while rest is not None:
            found = pc.is_in(rest.column("id"), value_set=ids)
            mine.append(rest.filter(found))
            rest = rest.filter(pc.invert(found))
            if rest.num_rows:
                break  # they are of documents further on
            rest = next(pieces, None)
        yield group, pa.concat_tables(mine)
    if rest is not None:
        cause = f"lacks {rest.column('id')[0]}, of which the ledger holds pieces"
        raise InputError(str(table.file), cause, _AGAIN)


def _through(
    group: _Table, pieces: pa.Table, sieve: Sieve | None, tell: Told, *, alike: bool
) -> Iterator[Prepared | None]:
    """The documents of a row group. `alike`: rules and options made the dataset that the sieve knows."""
    names = (*_DOCUMENT, *(_REJECTION if "filter" in group.names else ()))
    first = tuple(dict.fromkeys((*ARTICLE_COLUMNS, *names[len(_DOCUMENT) :]))) if sieve else names
    rows = group.read(first)
    chosen: Mask = np.ones(group.rows, np.bool_)
    if sieve:
        chosen = sieve(rows, pieces) if alike else sieve.scope(rows)
        if "filter" in group.names:
            chosen |= np.array([each in _NO_DOCUMENT for each in rows.column("filter").to_pylist()], np.bool_)
        if not chosen.any():
            yield from [None] * group.rows
            return
        more = group.read(tuple(name for name in names if name not in first))
        for name in more.column_names:
            rows = rows.append_column(name, more.column(name))
        rows = _rows_of(rows, chosen)
        pieces = pieces.filter(pc.is_in(pieces.column("id"), value_set=rows.column("id").combine_chunks()))
    edits = {
        id_: tuple(map(edit_of, those))
        for id_, those in groupby((row for row in _dicts(pieces) if row["kind"] == "edit"), itemgetter("id"))
    }
    found = (document_of(row, edits.get(row["id"], ()), tell) for row in _dicts(rows.select(names)))
    for through in chosen.tolist():
        prepared = next(found) if through else None
        if prepared is not None or not through:
            yield prepared


def _rows_of(table: pa.Table, chosen: Mask) -> pa.Table:
    places = np.flatnonzero(chosen)
    return table.take(pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)]))


_ROWS_AT_ONCE = 1024


def _dicts(table: pa.Table) -> Iterator[Row]:
    for batch in table.to_batches(_ROWS_AT_ONCE):
        yield from (
            dict(zip(batch.schema.names, row, strict=True)) for row in zip(*(c.to_pylist() for c in batch), strict=True)
        )


def document_of(row: Row, edits: tuple[Edit, ...], tell: Told) -> Prepared | None:
    """The document of a row of the articles or the rejected, as it stood before any rule; None where there is none,
    which is told."""
    reason = row.get("filter")
    if reason in _NO_DOCUMENT:
        tell(Unreadable(source=row["source"], id=row["id"], cause=row["cause"] or "", hint=row["hint"] or ""))
        return None
    text = rebuild(row["text"], edits, row["layout"])
    if reason == FAILED:
        return prepare(_document(row, text))
    language = Language(code=row["language"], probability=row["language_probability"])
    return Prepared(document=_document(row, text), text=text, language=language)


def edit_of(row: Row) -> Edit:
    """The edit that a row of the ledger tells of."""
    return Edit(
        start=row["start"], end=row["end"], text=row["text"], label=row["label"], rule=row["rule"],
        replacement=row["replacement"],
    )  # fmt: skip


def _document(row: Row, text: str) -> Document:
    given, stated = (json.loads(row[name]) if row[name] else {} for name in ("given", "stated"))
    return Document(
        id=row["id"], text=text, source=row["source"], digest=row["raw_digest"], url=row["url"], given=given,
        stated=stated, blocks=unpacked(row["blocks"]),
    )  # fmt: skip
