"""Rebuilds the documents of a built dataset as they were before any rule, from clean text, ledger and spacing.

Tables are read one row group at a time. With an `AffectedRows`, only the columns that it needs are read first, and
only the documents that it selects are rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.cleaning.prepare import Prepared
from cleaner.corpus.affected_rows import ARTICLE_COLUMNS, SCOPE_COLUMNS, AffectedRows, Mask
from cleaner.dataset.arrow import taken
from cleaner.dataset.digests import code, versions
from cleaner.dataset.files import MANIFEST, load_manifest
from cleaner.dataset.rows import _NO_DOCUMENT, Row, article_of, document_of, edits_of
from cleaner.dataset.tables import ARTICLES, DUPLICATE_ID, FAILED, REJECTED, REMOVED, Use, current_name
from cleaner.errors import InputError
from cleaner.model.options import REPEATED_RULE, Options
from cleaner.readers.sources import OnUnreadable

_DOCUMENT = ARTICLES.names(Use.REBUILD)
_REJECTION = ("filter", "figure", "cause", "hint", "duplicate_of")
_CLEANED = ARTICLES.names(Use.BY_RULES)
"""Further columns, which record what the rules did to the document."""
_EDIT = ("id", "start", "end", "text", "label", "rule", "replacement", "kind")
_AGAIN = "build the dataset again"


def documents(folder: Path, affected: AffectedRows | None, report: OnUnreadable) -> Iterator[Prepared | None]:
    """Yield the documents of the articles, then of the rejected, shard by shard; None for each that is not `affected`.

    Input that gave no document is passed to `report`. Raises InputError where a file is missing or damaged.
    """
    manifest = load_manifest(folder)
    if manifest is None:
        raise InputError(str(folder / MANIFEST), "is no manifest that a build wrote", _AGAIN)
    alike = (
        affected is not None
        and affected.knows(manifest.get("rules_digest"))
        and manifest.get("options") == _as_in_manifest(affected.options)
    )
    here = manifest.get("versions") == versions() and manifest.get("code") == code()
    made_by = str(manifest["rules_digest"]) if alike and here else None
    listed = (Path(str(file["path"])) for file in manifest["files"])
    for shard in (path.name for path in listed if path.parent.name == ARTICLES.folder):
        with ExitStack() as stack:
            articles, rejected, ledger = (
                stack.enter_context(_opened(folder / table.folder / shard)) for table in (ARTICLES, REJECTED, REMOVED)
            )
            refused = rejected.read(("id",)).column("id").combine_chunks()
            edits = lru_cache(maxsize=1)(partial(_Table.read, names=_EDIT))  # most ledgers are one row group
            for table, of_refused in ((articles, False), (rejected, True))[: 1 + bool(len(refused))]:
                if affected and not of_refused and not affected.scope(table.read(SCOPE_COLUMNS)).any():
                    yield from [None] * table.rows
                    continue
                for group, pieces in _groups(table, _pieces(map(edits, ledger), refused, of_refused=of_refused)):
                    yield from _selected(group, pieces, affected, report, alike=alike, made_by=made_by)


def _as_in_manifest(options: Options) -> Any:
    """The options as plain data, as a manifest contains them."""
    return orjson.loads(orjson.dumps(asdict(options)))


class _Table:
    """A Parquet file, or one row group of it; columns have their current names, and those that it lacks are null."""

    def __init__(self, parquet: Any, file: Path, groups: range) -> None:
        self._parquet = parquet
        self.file = file
        self.groups = groups
        self._written = {current_name(name): name for name in parquet.schema_arrow.names}
        self.names = self._written.keys()
        self.rows = sum(parquet.metadata.row_group(number).num_rows for number in groups)

    def read(self, names: Iterable[str]) -> pa.Table:
        """The columns of these names."""
        wanted = [self._written[name] for name in names if name in self.names]
        with _as_input_error(self.file):
            table = self._parquet.read_row_groups(list(self.groups), columns=wanted, use_threads=False)
            table.validate(full=True)  # Arrow reads damaged text that is no UTF-8 without a fault
        table = table.rename_columns([current_name(name) for name in table.column_names])
        for name in names:
            if name not in self.names:  # the dataset is older than the column
                table = table.append_column(name, pa.nulls(self.rows, pa.string()))
        return table

    def __iter__(self) -> Iterator[_Table]:
        """Its row groups; of one row group, itself."""
        if len(self.groups) == 1:
            yield self
            return
        for number in self.groups:
            yield _Table(self._parquet, self.file, range(number, number + 1))


@contextmanager
def _as_input_error(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise InputError(str(file), f"can't be read: {error}", _AGAIN) from error


@contextmanager
def _opened(file: Path) -> Iterator[_Table]:
    with _as_input_error(file):
        parquet = pq.ParquetFile(file)
    with parquet:
        yield _Table(parquet, file, range(parquet.num_row_groups))


def _pieces(ledger: Iterable[pa.Table], refused: pa.Array, *, of_refused: bool) -> Iterator[pa.Table]:
    """The ledger's rows of the articles, or else of the rejected, in the documents' order."""
    for rows in ledger:
        if len(refused):
            theirs = pc.is_in(rows.column("id"), value_set=refused)
            rows = rows.filter(theirs if of_refused else pc.invert(theirs))  # noqa: PLW2901
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
                break  # these rows belong to later documents
            rest = next(pieces, None)
        yield group, pa.concat_tables(mine)
    if rest is not None:
        cause = f"lacks {rest.column('id')[0]}, of which the ledger holds pieces"
        raise InputError(str(table.file), cause, _AGAIN)


def _selected(
    group: _Table,
    pieces: pa.Table,
    affected: AffectedRows | None,
    report: OnUnreadable,
    *,
    alike: bool,
    made_by: str | None,
) -> Iterator[Prepared | None]:
    """The documents of a row group.

    `alike`: the dataset was made with rules and options that `affected` knows; `made_by` is the digest of these rules
    if the same code made it, else None.
    """
    names = (*_DOCUMENT, *(_REJECTION if "filter" in group.names else ()), *(_CLEANED if made_by else ()))
    names = tuple(dict.fromkeys(names))
    first = (*ARTICLE_COLUMNS, *(("filter",) if "filter" in group.names else ())) if affected else names
    rows = group.read(first)
    chosen: Mask = np.ones(group.rows, np.bool_)
    if affected:
        chosen = affected(rows, pieces) if alike else affected.scope(rows)
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
    ledger = {id_: tuple(those) for id_, those in groupby(_dicts(pieces), itemgetter("id"))}
    found = (_rebuilt(row, ledger.get(row["id"], ()), report, made_by) for row in _dicts(rows.select(names)))
    for through in chosen.tolist():
        prepared = next(found) if through else None
        if prepared is not None or not through:
            yield prepared


def _rows_of(table: pa.Table, chosen: Mask) -> pa.Table:
    return taken(table, np.flatnonzero(chosen))


_ROWS_AT_ONCE = 1024


def _dicts(table: pa.Table) -> Iterator[Row]:
    for batch in table.to_batches(_ROWS_AT_ONCE):
        yield from (
            dict(zip(batch.schema.names, row, strict=True)) for row in zip(*(c.to_pylist() for c in batch), strict=True)
        )


def _rebuilt(row: Row, pieces: Sequence[Row], report: OnUnreadable, made_by: str | None) -> Prepared | None:
    prepared = document_of(row, edits_of(pieces), report)
    # For a document rejected for its id, no table has the verdict; a repeated paragraph was removed by no rule.
    if not made_by or not prepared or row.get("filter") in (FAILED, DUPLICATE_ID):
        return prepared
    if any(piece["rule"] == REPEATED_RULE for piece in pieces):
        return prepared
    return replace(prepared, cleaned=replace(article_of(row, pieces), rules_digest=made_by))
