"""Documents ready for rules, from anything that can be read, or out of a built dataset.

A dataset gives its documents back as they stood before any rule: the clean text, the ledger and the layout
rebuild the normalised text, and the language is a column. So nothing is decoded, mended or detected again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from cleaner.cleaning import Prepared, prepare
from cleaner.edits import rebuild
from cleaner.errors import InputError
from cleaner.html.packing import unpacked
from cleaner.languages import Language
from cleaner.model import Document, Edit
from cleaner.readers import Keys, Unreadable, discover, read

_MANIFEST = "manifest.json"  # looked for by name: to ask `cleaner.manifest` would import pyarrow
_BATCH_ROWS = 1024
_DOCUMENT = (
    "id", "text", "layout", "language", "language_probability", "url", "source", "raw_digest", "given",
    "stated", "blocks",
)  # fmt: skip
_REJECTION = (*_DOCUMENT, "filter", "cause", "hint")
_EDIT = ("id", "start", "end", "text", "label", "rule", "replacement", "kind")
NO_DOCUMENT = frozenset({"input/refused", "input/unreadable"})
FAILED = "input/failed"

Row = Mapping[str, Any]
Told = Callable[[Unreadable], None]


def prepared_corpus(where: str, *, keys: Keys | None = None, unreadable: Told | None = None) -> Iterator[Prepared]:
    """The documents of a folder, file or glob, or of a built dataset (its articles, then what it rejected), shard
    by shard; no more than a batch of them is in memory.

    What gives no document is passed to `unreadable`. Raises InputError where there is nothing to read, or where
    a file of the dataset is missing or damaged.
    """
    tell = unreadable or (lambda _item: None)
    folder = Path(where)
    if (folder / _MANIFEST).is_file():
        yield from _of_dataset(folder, tell)
        return
    sources, refused = discover(where)
    for item in refused:
        tell(item)
    for source in sources:
        for found in read(source, keys):
            if isinstance(found, Unreadable):
                tell(found)
            else:
                yield prepare(found)


def _of_dataset(folder: Path, tell: Told) -> Iterator[Prepared]:
    from cleaner.manifest import load_manifest  # noqa: PLC0415
    from cleaner.writers import ARTICLES, REJECTED, REMOVED  # noqa: PLC0415

    manifest = load_manifest(folder)
    if manifest is None:
        raise InputError(str(folder / _MANIFEST), "is no manifest that a build wrote", "build the dataset again")
    listed = (Path(str(file["path"])) for file in manifest["files"])
    for shard in (path.name for path in listed if path.parent.name == ARTICLES.folder):
        articles, rejected, ledger = (folder / table.folder / shard for table in (ARTICLES, REJECTED, REMOVED))
        refused = frozenset(row["id"] for row in _rows(rejected, ("id",)))
        for row, edits in _with_edits(articles, _DOCUMENT, _pieces(ledger, refused, of_refused=False)):
            yield prepared_of(row, edits)
        if not refused:
            continue
        for row, edits in _with_edits(rejected, _REJECTION, _pieces(ledger, refused, of_refused=True)):
            if row["filter"] in NO_DOCUMENT:
                tell(Unreadable(source=row["source"], id=row["id"], cause=row["cause"] or "", hint=row["hint"] or ""))
            elif row["filter"] == FAILED:
                yield normalised_of(row, edits)
            else:
                yield prepared_of(row, edits)


def _pieces(ledger: Path, refused: frozenset[str], *, of_refused: bool) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """The edits of the articles, or else of the rejected, by document and in the documents' order."""
    edits = (row for row in _rows(ledger, _EDIT) if row["kind"] == "edit" and (row["id"] in refused) is of_refused)
    return ((id_, tuple(map(edit_of, rows))) for id_, rows in groupby(edits, itemgetter("id")))


def _with_edits(
    table: Path, columns: tuple[str, ...], pieces: Iterator[tuple[str, tuple[Edit, ...]]]
) -> Iterator[tuple[Row, tuple[Edit, ...]]]:
    """The rows of a table, each with its edits."""
    head = next(pieces, None)
    for row in _rows(table, columns):
        if head is not None and head[0] == row["id"]:
            yield row, head[1]
            head = next(pieces, None)
        else:
            yield row, ()
    if head is not None:
        raise InputError(str(table), f"lacks {head[0]}, of which the ledger holds pieces", "build the dataset again")


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(_BATCH_ROWS, columns=list(columns)):
                values = batch.to_pydict()
                absent = [None] * batch.num_rows  # in a dataset of before there was such a column
                for row in zip(*(values.get(name, absent) for name in columns), strict=True):
                    yield dict(zip(columns, row, strict=True))
    except (OSError, pa.ArrowException) as error:
        raise InputError(str(file), f"can't be read: {error}", "build the dataset again") from error


def edit_of(row: Row) -> Edit:
    """The edit that a row of the ledger tells of."""
    return Edit(
        start=row["start"], end=row["end"], text=row["text"], label=row["label"], rule=row["rule"],
        replacement=row["replacement"],
    )  # fmt: skip


def normalised_of(row: Row, edits: tuple[Edit, ...]) -> Prepared:
    """The document of a row whose text was never normalised, as cleaning it failed."""
    return prepare(_document(row, rebuild(row["text"], edits, row["layout"])))


def prepared_of(row: Row, edits: tuple[Edit, ...]) -> Prepared:
    """The document of a row of the articles or the rejected, with its edits, as it stood before any rule."""
    text = rebuild(row["text"], edits, row["layout"])
    language = Language(code=row["language"], probability=row["language_probability"])
    return Prepared(document=_document(row, text), text=text, language=language)


def _document(row: Row, text: str) -> Document:
    given, stated = (json.loads(row[name]) if row[name] else {} for name in ("given", "stated"))
    return Document(
        id=row["id"], text=text, source=row["source"], digest=row["raw_digest"], url=row["url"], given=given,
        stated=stated, blocks=unpacked(row["blocks"]),
    )  # fmt: skip
