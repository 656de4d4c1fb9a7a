"""Rows of a finished shard, carried over into a new one: no document is read, cleaned or written out again for them.

Under the same program all rows are as they were. Under another one, the documents that the changed rules can touch
are rebuilt, as they stood before any rule, and cleaned again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.article import Article
from cleaner.cleaning import Prepared
from cleaner.program import Program
from cleaner.rebuilt import article_of, document_of, edits_of
from cleaner.rule import RulePack
from cleaner.sieve import Sieve
from cleaner.store import SIGNATURES, Rows, ShardReport, Store
from cleaner.touch import Touch, changes
from cleaner.writers import ARTICLES, FAILED, REJECTED, REMOVED, Table


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the rows of a part are: in which finished shard, and as which of its parts (0 is what was refused)."""

    key: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Some documents that follow each other, as rows of the three tables."""

    articles: pa.Table
    rejected: pa.Table
    removed: pa.Table
    signatures: pa.Table | None
    """Of the articles, where they were signed."""


class Earlier:
    """The documents of a finished shard, in the order of the input, counted from 0."""

    def __init__(self, store: Store, report: ShardReport) -> None:
        self._store = store
        self.report = report
        self.starts = np.cumsum([0, *(part.documents for part in report.parts)])
        """Number of the first document of each part, and of all documents."""
        self.rejected = np.zeros(int(self.starts[-1]), bool)
        """Which documents were rejected."""
        for start, part in zip(self.starts, report.parts, strict=False):
            self.rejected[start + np.array(part.rejected, int)] = True
        self._rejected_before = np.cumsum([0, *self.rejected])

    @property
    def row_of(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The row of each document among the articles, or else among the rejected."""
        return np.where(
            self.rejected, self._rejected_before[:-1], np.arange(len(self.rejected)) - self._rejected_before[:-1]
        )

    def _read(self, table: Table) -> pa.Table:
        return self._table(f"{table.folder}.parquet")

    def _table(self, name: str) -> pa.Table:
        # Not by `pq.read_table`, which takes a fifth of a second to import what reads many files.
        with pq.ParquetFile(self._store.place(self.report.key, name)) as file:
            return file.read()

    def batches_of_articles(self) -> Iterator[pa.Table]:
        """Rows of the documents that were kept, a row group at a time: no more of them are in memory."""
        with pq.ParquetFile(self._store.place(self.report.key, f"{ARTICLES.folder}.parquet")) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, use_threads=False)

    @cached_property
    def articles(self) -> pa.Table:
        """Rows of the documents that were kept."""
        return self._read(ARTICLES)

    @cached_property
    def refused(self) -> pa.Table:
        """Rows of those that were rejected."""
        return self._read(REJECTED)

    @cached_property
    def _removed(self) -> pa.Table:
        return self._read(REMOVED)

    @cached_property
    def _signatures(self) -> pa.Table | None:
        signed = any(file.path == SIGNATURES for file in self.report.files)
        return self._table(SIGNATURES) if signed else None

    @cached_property
    def ids(self) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        """Of the documents."""
        ids = np.empty(len(self.rejected), object)
        ids[~self.rejected] = self.articles.column("id").to_pylist()
        ids[self.rejected] = self.refused.column("id").to_pylist()
        return ids

    @cached_property
    def pieces_before(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """How many rows of the ledger stand before those of each document, and all of them."""
        counts = Counter(self._removed.column("id").to_pylist())
        return np.cumsum([0, *map(counts.__getitem__, self.ids)])

    def stretch(self, start: int, stop: int) -> Stretch:
        """The documents from `start` to before `stop`."""
        refused, upto = self._rejected_before[start], self._rejected_before[stop]
        first, behind = self.pieces_before[start], self.pieces_before[stop]
        kept = start - refused, (stop - upto) - (start - refused)  # the first, and how many
        signatures = self._signatures
        return Stretch(
            articles=self.articles.slice(*kept),
            rejected=self.refused.slice(refused, upto - refused),
            removed=self._removed.slice(first, behind - first),
            signatures=None if signatures is None else signatures.slice(*kept),
        )

    def prepared(self, number: int) -> Prepared | None:
        """A document as it stood before any rule; None where it could not be read."""
        one = self.stretch(number, number + 1)
        (row,) = (one.rejected if self.rejected[number] else one.articles).to_pylist()
        return document_of(row, edits_of(one.removed.to_pylist()), lambda _: None)

    def article(self, number: int) -> Article:
        """A document that was kept, as far as the tables tell."""
        one = self.stretch(number, number + 1)
        (row,) = one.articles.to_pylist()
        return article_of(row, one.removed.to_pylist())

    def part(self, at: int, anew: Mapping[int, tuple[bool, int]]) -> Rows:
        """What a part comes to where some documents are anew: whether they are rejected now, and their pieces."""
        rows, start, stop = self.report.parts[at], int(self.starts[at]), int(self.starts[at + 1])
        touched = [number for number in anew if start <= number < stop]
        if not touched:
            return rows
        now = self.rejected[start:stop].copy()
        pieces = rows.pieces
        for number in touched:
            now[number - start], count = anew[number]
            pieces += count - int(self.pieces_before[number + 1] - self.pieces_before[number])
        return replace(rows, rejected=tuple(np.flatnonzero(now).tolist()), pieces=pieces)


class Redo:
    """Which documents are to be cleaned again, now that rules have changed."""

    def __init__(self, before: RulePack, program: Program) -> None:
        self._changed = changes(before, program.pack)
        self._sieve = Sieve(before, program.pack, self._changed, program.options)
        self._touch = Touch(before, program.pack, self._changed, program.options)

    def among(self, earlier: Earlier, start: int, stop: int) -> Iterator[tuple[int, Prepared]]:
        """Those from `start` to before `stop` that a changed rule can touch, with their numbers, in order."""
        if not self._changed:
            return
        rows = earlier.stretch(start, stop)
        rejected = earlier.rejected[start:stop]
        chosen = np.zeros(stop - start, bool)
        chosen[~rejected] = self._sieve(rows.articles, rows.removed)
        failed = np.zeros(stop - start, bool)
        failed[rejected] = [each == FAILED for each in rows.rejected.column("filter").to_pylist()]
        chosen[rejected] = self._sieve(rows.rejected, rows.removed)
        chosen |= failed
        for number in (np.flatnonzero(chosen) + start).tolist():
            prepared = earlier.prepared(number)
            if prepared is not None and (failed[number - start] or self._touch(prepared)):
                yield number, prepared


@lru_cache(maxsize=2)
def earlier_shard(store: Store, key: str) -> Earlier | None:
    """A finished shard; None where it isn't there, or not whole."""
    report = store.find(key)
    return Earlier(store, report) if report else None


@lru_cache(maxsize=4)
def redo_since(store: Store, before: str, program: Program) -> Redo | None:
    """What is to be cleaned again of shards that the program with that digest made; None where all is.

    Under a program that suppresses rules all is: what they would have removed is counted, and stands in no table.
    """
    made = store.rules(before)
    if made is None or made[1] != program.options or program.options.suppress:
        return None
    return Redo(made[0], program)
