"""The tables of a dataset and their columns.

Every column is a row of `ARTICLES`, `REMOVED` or `REJECTED`: its name, its type, where its value comes from, its line
on the dataset card, and what it is used for. To add a column, add a row. Types are declared, never inferred, so that a
column of nulls keeps its type.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Flag, auto
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from cleaner.cleaning.article import Article
from cleaner.dataset.blocks import packed
from cleaner.model.document import Evidence
from cleaner.text.lines import word_count

_TEXT, _FLAG, _COUNT, _SHARE = pa.string(), pa.bool_(), pa.int32(), pa.float64()
_TEXTS = pa.list_(_TEXT)
_EVIDENCE = pa.list_(
    pa.struct({"field": _TEXT, "raw": _TEXT, "value": _TEXT, "rule": _TEXT, "start": _COUNT, "end": _COUNT})
)


class Use(Flag):
    """The uses of a column of articles."""

    NONE = 0
    FOLLOWS_TEXT = auto()
    """Its value changes with the clean text, and is computed again where paragraphs are dropped."""
    REBUILD = auto()
    """The document as it was before any rule is rebuilt from it."""
    BY_RULES = auto()
    """Rules changed it or filled it, so that it shows what they did to a document."""
    FILTERABLE = auto()
    """A document filter can measure it: a `fact` of `cleaner.model.rule.Filter`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its type, where its value comes from, and its line on the card."""

    name: str
    type: pa.DataType
    get: Callable[[Any], Any]
    about: str
    use: Use = Use.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A config of the dataset: a folder of Parquet files with the same columns."""

    config: str
    """The name of the config for `load_dataset`."""
    folder: str
    about: str
    columns: tuple[Column, ...]

    def file(self, number: int, of: int) -> str:
        """Return the path of its file for a shard, relative to the dataset."""
        return f"{self.folder}/train-{number:05d}-of-{of:05d}.parquet"

    def names(self, use: Use) -> tuple[str, ...]:
        """Return the names of the columns with this use, in order."""
        return tuple(column.name for column in self.columns if use in column.use)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A row of the ledger: a piece that a rule removed from a document, or marked in it."""

    id: str
    start: int
    end: int
    text: str
    words: int
    label: str
    rule: str
    replacement: str
    kind: str


# Filters that reject a document before any rule runs. Filters of rules have the rules' ids.
FAILED, DUPLICATE_ID = "input/failed", "input/duplicate-id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A document that is not among the articles, and the reason. One that could not be read has no text."""

    article: Article
    filter: str
    figure: str = ""
    cause: str | None = None
    hint: str | None = None
    duplicate_of: str | None = None
    similarity: float | None = None


def ledger_rows(article: Article) -> Iterator[LedgerRow]:
    """Return the article's rows in the ledger: its edits in order, then its marks."""
    for edit in article.edits:
        words = word_count(edit.text) - word_count(edit.replacement)
        yield LedgerRow(
            id=article.id, start=edit.start, end=edit.end, text=edit.text, words=words,
            label=edit.label, rule=edit.rule, replacement=edit.replacement, kind="edit",
        )  # fmt: skip
    if article.marks:
        original = article.original()
        for mark in article.marks:
            yield LedgerRow(
                id=article.id, start=mark.start, end=mark.end, text=original[mark.start : mark.end], words=0,
                label=mark.label, rule=mark.rule, replacement="", kind="mark",
            )  # fmt: skip


def _evidence(article: Article) -> list[dict[str, Any]]:
    return [{name: getattr(item, name) for name in Evidence.__slots__} for item in article.evidence]


def _input_metadata(article: Article) -> str | None:
    """Return the metadata of the input as JSON, as its keys differ from input to input."""
    return _as_json(article.input_metadata)


def _page_metadata(article: Article) -> str | None:
    return _as_json(article.page_metadata)


def _as_json(values: Mapping[str, Any]) -> str | None:
    """Return a value as JSON. Raises ValueError for infinity and NaN, which JSON does not have."""
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True, allow_nan=False) if values else None


def _blocks(article: Article) -> str | None:
    return packed(article.blocks)


def _column(name: str, kind: pa.DataType, path: str, about: str, use: Use = Use.NONE) -> Column:
    return Column(name, kind, attrgetter(path), about, use)


def _of_article(column: Column) -> Callable[[Rejected], Any]:
    return lambda rejected: column.get(rejected.article)


_FOLLOWS, _REBUILD, _BY_RULES, _FACT = Use.FOLLOWS_TEXT, Use.REBUILD, Use.BY_RULES, Use.FILTERABLE
_FIGURE = _FOLLOWS | _BY_RULES
_ARTICLE_COLUMNS = (
    _column("id", _TEXT, "id", "unique in the dataset", _REBUILD),
    _column("text", _TEXT, "text", "the clean text: paragraphs with a blank line between", _FOLLOWS | _REBUILD),
    _column("title", _TEXT, "metadata.title", "the headline; null where the text has none", _BY_RULES),
    _column("authors", _TEXTS, "metadata.authors", "people named in the byline", _BY_RULES),
    _column("published", _TEXT, "metadata.published", "ISO 8601; without a zone where the text gives none", _BY_RULES),
    _column("agencies", _TEXTS, "metadata.agencies", "news agencies credited for the text", _BY_RULES),
    _column("contributors", _TEXTS, "metadata.contributors", "people named as having helped", _BY_RULES),
    _column("sections", _TEXTS, "metadata.sections", "section, category, tags", _BY_RULES),
    _column("captions", _TEXTS, "metadata.captions", "photo captions of the text", _BY_RULES),
    _column("image_credits", _TEXTS, "metadata.image_credits", "photographers and photo agencies", _BY_RULES),
    _column("publisher", _TEXT, "metadata.publisher", "as the text names it", _BY_RULES),
    _column("paywalled", _FLAG, "metadata.paywalled", "true where the text says so", _BY_RULES),
    _column("comment_count", _COUNT, "metadata.comment_count", "as a comment counter said", _BY_RULES),
    _column("reading_time_minutes", _COUNT, "metadata.reading_time_minutes", "as the page said", _BY_RULES),
    _column("language", _TEXT, "signals.language", "ISO 639-1; null where it is unknown", _REBUILD | _BY_RULES),
    _column("language_probability", _SHARE, "signals.language_probability", "0 to 1", _REBUILD | _BY_RULES | _FACT),
    _column("words", _COUNT, "signals.words", "words of the clean text", _FIGURE | _FACT),
    _column("characters", _COUNT, "signals.characters", "characters of the clean text", _FIGURE | _FACT),
    _column("words_removed", _COUNT, "signals.words_removed", "words that rules took out", _FIGURE),
    _column("removed_share", _SHARE, "signals.removed_share", "of the words before cleaning, 0 to 1", _FIGURE | _FACT),
    _column(
        "prose_share",
        _SHARE,
        "signals.prose_share",
        "of the words, on lines that end sentences, 0 to 1",
        _FIGURE | _FACT,
    ),
    _column("url", _TEXT, "url", "as the input gave it", _REBUILD),
    _column("source", _TEXT, "source", "input file; with `:12`, its twelfth record", _REBUILD),
    _column("raw_digest", _TEXT, "digest", "sha256 of the raw bytes", _REBUILD),
    _column("spacing", _TEXT, "spacing", "what separated the lines: see below", _FOLLOWS | _REBUILD),
    _column("flags", _TEXTS, "flags", "reasons for a review", _REBUILD | _BY_RULES),
    Column("evidence", _EVIDENCE, _evidence, "the raw text and the rule behind each metadata value", _REBUILD),
    Column("input_metadata", _TEXT, _input_metadata, "metadata that the input stated, as JSON", _REBUILD),
    Column("page_metadata", _TEXT, _page_metadata, "metadata of a page's markup, as JSON; null for text", _REBUILD),
    Column("blocks", _TEXT, _blocks, "what a page's markup says of each line, as JSON; null for plain text", _REBUILD),
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
        _column("replacement", _TEXT, "replacement", "what replaces it; mostly empty"),
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
        *(replace(each, get=_of_article(each)) for each in _ARTICLE_COLUMNS),
    ),
)

TABLES = (ARTICLES, REMOVED, REJECTED)

_OLD_NAMES = {"layout": "spacing", "given": "input_metadata", "stated": "page_metadata"}


def current_name(column: str) -> str:
    """Return the name of a column of a dataset that an earlier version may have written."""
    return _OLD_NAMES.get(column, column)


class TableRow(NamedTuple):
    """The values of a row as its columns hold them, and the size of its strings in bytes."""

    values: tuple[Any, ...]
    size: int
