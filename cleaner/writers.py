"""The tables of a dataset, and Parquet files written a batch at a time.

Every column is a row of `ARTICLES`, `REMOVED` or `REJECTED`: its name, its type, where its value comes from,
and the line that tells it on the dataset card. Types are stated, never inferred: a column of nulls keeps its
type.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.article import Article
from cleaner.columns import array, held, holder, size_of, sizes
from cleaner.folders import told
from cleaner.html.packing import packed
from cleaner.lines import word_count
from cleaner.model import Evidence

if TYPE_CHECKING:
    from cleaner.duplicates.grouping import Duplicate

COMPRESSION = {"compression": "zstd", "compression_level": 3}

# A batch becomes a row group: large enough to compress well, small enough that a reader can skip and stream. Finishing
# a shard takes some five times a batch: with 8 MiB, a worker held 20 MiB more in its large shards than in small ones.
_BATCH_ROWS = 10_000
_BATCH_CHARACTERS = 4 * 2**20
_BATCH_BYTES = 2**28  # of all columns: metadata may be far longer than its text
_ROW_BYTES = 2**31 - 1  # offsets of a column have 32 bits
# Rows that wait for the rest of their batch do so as columns.
_LOOSE_ROWS = 500

_TEXT, _FLAG, _COUNT, _SHARE = pa.string(), pa.bool_(), pa.int32(), pa.float64()
_TEXTS = pa.list_(_TEXT)
_EVIDENCE = pa.list_(
    pa.struct({"field": _TEXT, "raw": _TEXT, "value": _TEXT, "rule": _TEXT, "start": _COUNT, "end": _COUNT})
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: how it is called, typed, filled and told."""

    name: str
    type: pa.DataType
    get: Callable[[Any], Any]
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A config of the dataset: a folder of Parquet files with the same columns."""

    config: str
    """What `load_dataset` knows it by."""
    folder: str
    about: str
    columns: tuple[Column, ...]

    def file(self, number: int, of: int) -> str:
        """Where its part of a shard is written, below the dataset."""
        return f"{self.folder}/train-{number:05d}-of-{of:05d}.parquet"

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A row of the ledger: a piece that was taken out of a document, or that a rule marked in it."""

    id: str
    start: int
    end: int
    text: str
    words: int
    label: str
    rule: str
    replacement: str
    kind: str


# Why a document was rejected before any rule saw it. Filters of the rules bear the rules' ids.
FAILED, DUPLICATE_ID = "input/failed", "input/duplicate-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A document that is not among the articles, and why. One that could not be read has no text."""

    article: Article
    filter: str
    figure: str = ""
    cause: str | None = None
    hint: str | None = None
    duplicate_of: str | None = None
    similarity: float | None = None


def pieces(article: Article) -> Iterator[Piece]:
    """The article's rows in the ledger: its edits in order, then its marks."""
    for edit in article.edits:
        words = word_count(edit.text) - word_count(edit.replacement)
        yield Piece(
            id=article.id, start=edit.start, end=edit.end, text=edit.text, words=words,
            label=edit.label, rule=edit.rule, replacement=edit.replacement, kind="edit",
        )  # fmt: skip
    if article.marks:
        original = article.original()
        for mark in article.marks:
            yield Piece(
                id=article.id, start=mark.start, end=mark.end, text=original[mark.start : mark.end], words=0,
                label=mark.label, rule=mark.rule, replacement="", kind="mark",
            )  # fmt: skip


def _evidence(article: Article) -> list[dict[str, Any]]:
    return [{name: getattr(item, name) for name in Evidence.__slots__} for item in article.evidence]


def _given(article: Article) -> str | None:
    """What the input stated, as JSON: its keys differ from input to input, those of a column must not."""
    return _as_json(article.given)


def _stated(article: Article) -> str | None:
    return _as_json(article.stated)


def _as_json(values: Mapping[str, Any]) -> str | None:
    """Raises ValueError for numbers that JSON does not have: infinity, and what is no number."""
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, allow_nan=False) if values else None


def _blocks(article: Article) -> str | None:
    return packed(article.blocks)


def _column(name: str, kind: pa.DataType, path: str, about: str) -> Column:
    return Column(name, kind, attrgetter(path), about)


def _of_article(column: Column) -> Callable[[Rejected], Any]:
    return lambda rejected: column.get(rejected.article)


_ARTICLE_COLUMNS = (
    _column("id", _TEXT, "id", "unique in the dataset"),
    _column("text", _TEXT, "text", "the clean text: paragraphs with a blank line between"),
    _column("title", _TEXT, "metadata.title", "the headline; null where the text has none"),
    _column("authors", _TEXTS, "metadata.authors", "people named in the byline"),
    _column("published", _TEXT, "metadata.published", "ISO 8601; without a zone where the text gives none"),
    _column("agencies", _TEXTS, "metadata.agencies", "news agencies credited for the text"),
    _column("contributors", _TEXTS, "metadata.contributors", "people named as having helped"),
    _column("sections", _TEXTS, "metadata.sections", "section, category, tags"),
    _column("captions", _TEXTS, "metadata.captions", "photo captions that stood in the text"),
    _column("image_credits", _TEXTS, "metadata.image_credits", "photographers and photo agencies"),
    _column("publisher", _TEXT, "metadata.publisher", "as the text names it"),
    _column("paywalled", _FLAG, "metadata.paywalled", "true where the text says so"),
    _column("comment_count", _COUNT, "metadata.comment_count", "as a comment counter said"),
    _column("reading_time_minutes", _COUNT, "metadata.reading_time_minutes", "as the page said"),
    _column("language", _TEXT, "signals.language", "ISO 639-1; null where it can't be told"),
    _column("language_probability", _SHARE, "signals.language_probability", "0 to 1"),
    _column("words", _COUNT, "signals.words", "words of the clean text"),
    _column("characters", _COUNT, "signals.characters", "characters of the clean text"),
    _column("words_removed", _COUNT, "signals.words_removed", "words that rules took out"),
    _column("removed_share", _SHARE, "signals.removed_share", "of the words before cleaning, 0 to 1"),
    _column("prose_share", _SHARE, "signals.prose_share", "of the words, on lines that end sentences, 0 to 1"),
    _column("url", _TEXT, "url", "as the input gave it"),
    _column("source", _TEXT, "source", "input file; with `:12`, its twelfth record"),
    _column("raw_digest", _TEXT, "digest", "sha256 of the raw bytes"),
    _column("layout", _TEXT, "layout", "how the lines stood apart: see below"),
    _column("flags", _TEXTS, "flags", "reasons for a review"),
    Column("evidence", _EVIDENCE, _evidence, "the raw text and the rule behind each metadata value"),
    Column("given", _TEXT, _given, "metadata that the input stated, as JSON"),
    Column("stated", _TEXT, _stated, "metadata that a page's markup stated, as JSON; null for plain text"),
    Column("blocks", _TEXT, _blocks, "what a page's markup says of each line, as JSON; null for plain text"),
)

ARTICLES = Table(config="default", folder="articles", about="the clean articles", columns=_ARTICLE_COLUMNS)

REMOVED = Table(
    config="removed",
    folder="removed",
    about="the ledger: every piece removed or replaced, of articles and of rejected documents",
    columns=(
        _column("id", _TEXT, "id", "the document's id"),
        _column("start", _COUNT, "start", "offset in the original text, in characters"),
        _column("end", _COUNT, "end", "offset behind the piece"),
        _column("text", _TEXT, "text", "the piece"),
        _column("words", _COUNT, "words", "words taken out; 0 for a mark"),
        _column("label", _TEXT, "label", "what it was"),
        _column("rule", _TEXT, "rule", "the rule that signs it"),
        _column("replacement", _TEXT, "replacement", "what stands in its place; mostly empty"),
        _column("kind", _TEXT, "kind", "`edit`: it was changed; `mark`: it was only pointed at"),
    ),
)

REJECTED = Table(
    config="rejected",
    folder="rejected",
    about="documents that were not kept, whole, with the filter and its figure",
    columns=(
        _column("filter", _TEXT, "filter", "what rejected it; `input/...` for a fault of the input"),
        _column("figure", _TEXT, "figure", "what the filter measured"),
        _column("cause", _TEXT, "cause", "for a fault of the input: what was wrong"),
        _column("hint", _TEXT, "hint", "for a fault of the input: what to do"),
        _column("duplicate_of", _TEXT, "duplicate_of", "id of the document that was kept in its place"),
        _column("similarity", _SHARE, "similarity", "to the one it duplicates, 0 to 1"),
        *(Column(each.name, each.type, _of_article(each), each.about) for each in _ARTICLE_COLUMNS),
    ),
)

TABLES = (ARTICLES, REMOVED, REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file as it was written; `path` is below the dataset, `size` that of its columns before they are compressed."""

    path: str
    rows: int
    bytes: int
    size: int
    sha256: str


class Row(NamedTuple):
    """The values of a row as its columns hold them, and the bytes of its strings."""

    values: tuple[Any, ...]
    size: int


class TableWriter:
    """Write rows to one Parquet file; no more than one batch of them is ever in memory.

    Use it as a context; `written` is there afterwards. Raises OutputError where the disk refuses. Whatever can be
    wrong with a row shows in `row`, before anything of it is written.
    """

    def __init__(self, dataset: Path, path: str, table: Table) -> None:
        self._file = dataset / path
        self._path = path
        self._table = table
        self._schema = table.schema
        self._columns = [(each.name, each.get, holder(each.type)) for each in table.columns]
        self._loose: list[tuple[Any, ...]] = []
        self._ready: list[pa.RecordBatch] = []
        self._characters = self._bytes = self._held = self._rows = 0

    def __enter__(self) -> Self:
        with told(self._path):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._parquet = pq.ParquetWriter(self._file, self._schema, **COMPRESSION)
        return self

    def row(self, value: Any) -> Row:
        """The row of a value. Raises ValueError where one of the columns can't hold what the value has for it."""
        values: list[Any] = []
        for name, get, hold in self._columns:
            try:
                values.append(hold(get(value)))
            except Exception as error:  # a getter's own
                raise ValueError(f"its `{name}` can't be written: {type(error).__name__}: {error}") from error
        size = sum(map(size_of, values))
        if size > _ROW_BYTES:
            raise ValueError(f"it takes {size:,} bytes, of at most {_ROW_BYTES:,}")
        return Row(tuple(values), size)

    def add(self, row: Row, characters: int) -> None:
        """Add a row whose text has so many characters."""
        if self._held and self._bytes + row.size > _BATCH_BYTES:
            self._flush()
        self._loose.append(row.values)
        if len(self._loose) >= _LOOSE_ROWS:
            self._settle()
        self._count(1, characters, row.size)

    def extend(self, rows: pa.Table) -> None:
        """Add rows that are columns already; in the file it is as if each had been added by itself."""
        lengths = pc.utf8_length(rows.column("text")).to_pylist()  # `to_numpy` would import pandas
        passed = np.cumsum([length or 0 for length in lengths])
        weights = np.cumsum(sizes(rows))
        at = before = heavy = 0
        while at < len(rows):
            fit = int(np.searchsorted(weights, heavy + _BATCH_BYTES - self._bytes, side="right"))
            if self._held and fit <= at:
                self._flush()
                continue
            full = int(np.searchsorted(passed, before + _BATCH_CHARACTERS - self._characters)) + 1
            stop = min(full, max(fit, at + 1), at + _BATCH_ROWS - self._held, len(rows))
            self._settle()
            self._ready += rows.slice(at, stop - at).to_batches()
            characters, size = int(passed[stop - 1]) - before, int(weights[stop - 1]) - heavy
            self._count(stop - at, characters, size)
            at, before, heavy = stop, before + characters, heavy + size

    def _count(self, rows: int, characters: int, size: int) -> None:
        self._held += rows
        self._characters += characters
        self._bytes += size
        if self._held >= _BATCH_ROWS or self._characters >= _BATCH_CHARACTERS:
            self._flush()

    def _settle(self) -> None:
        """Make columns of the rows that have come one by one."""
        if self._loose:
            columns = zip(*self._loose, strict=True)
            arrays = [array(values, field.type) for values, field in zip(columns, self._schema, strict=True)]
            self._ready.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._loose = []

    def _flush(self) -> None:
        self._settle()
        self._rows += sum(batch.num_rows for batch in self._ready)
        columns = [list(arrays) for arrays in zip(*(batch.columns for batch in self._ready), strict=True)]
        self._ready = []
        for arrays in columns:  # one by one, so that no more than one is there twice
            arrays[:] = [pa.concat_arrays(arrays)]
        batch = pa.RecordBatch.from_arrays([array for arrays in columns for array in arrays], schema=self._schema)
        with told(self._path):
            self._parquet.write_batch(batch)
        self._held = self._characters = self._bytes = 0

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error:
            with suppress(OSError):
                self._parquet.close()
            return
        if self._held:
            self._flush()
        with told(self._path):
            self._parquet.close()

    @property
    def written(self) -> Written:
        """What was written, after the context has ended."""
        with told(self._path), self._file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            length, groups = file.tell(), pq.read_metadata(file)
            size = sum(groups.row_group(at).total_byte_size for at in range(groups.num_row_groups))
            return Written(path=self._path, rows=self._rows, bytes=length, size=size, sha256=digest)


def as_rejected(articles: pa.Table, duplicates: Sequence[Duplicate]) -> pa.Table:
    """Articles as rows of the rejected, each with the one that it repeats."""
    own: dict[str, list[Any]] = {
        "filter": [each.filter for each in duplicates],
        "figure": [""] * len(duplicates),
        "cause": [f"{each.dataset} holds it already" if each.dataset else None for each in duplicates],
        "hint": [None] * len(duplicates),
        "duplicate_of": [each.of for each in duplicates],
        "similarity": [each.similarity for each in duplicates],
    }
    columns = [
        held(own[column.name], column.type) if column.name in own else articles.column(column.name)
        for column in REJECTED.columns
    ]
    return pa.Table.from_arrays(columns, schema=REJECTED.schema)


def with_columns(table: Table, rows: pa.Table, values: Sequence[Any], names: Collection[str]) -> pa.Table:
    """Rows of a table, with what these values, one a row, have in the columns of these names."""
    columns = [
        held([column.get(value) for value in values], column.type) if column.name in names else rows.column(column.name)
        for column in table.columns
    ]
    return pa.Table.from_arrays(columns, schema=table.schema)


def record_batch(table: Table, rows: Sequence[Any]) -> pa.RecordBatch:
    """The rows as columns."""
    arrays = [held([column.get(row) for row in rows], column.type) for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def column_of(file: Path, name: str) -> Iterator[list[Any]]:
    """The values of one column of a Parquet file, a batch at a time."""
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=[name]):
            yield batch.column(0).to_pylist()
