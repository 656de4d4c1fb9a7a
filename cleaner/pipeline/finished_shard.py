"""Read a shard of an earlier build: its parts, and ranges of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.cleaning.article import Article
from cleaner.cleaning.prepare import Prepared
from cleaner.dataset.parquet import column_of
from cleaner.dataset.rows import article_of, document_of, edits_of
from cleaner.dataset.tables import ARTICLES, REJECTED, REMOVED
from cleaner.dedup.inputs import Numbers
from cleaner.pipeline.shard_store import SIGNATURES, PartRows, ShardReport, Store

_KEPT, _REFUSED, _LEDGER = (f"{table.folder}.parquet" for table in (ARTICLES, REJECTED, REMOVED))


@dataclass(frozen=True, slots=True)
class PartRef:
    """A part of a finished shard: the shard's key, and the number of the part (0 holds what no reader could read)."""

    key: str
    at: int


class FinishedShard:
    """The documents of a finished shard, in the order of the input, counted from 0.

    In memory are the documents' ids and the places of their rows; `windows` reads the rows themselves.
    """

    def __init__(self, store: Store, report: ShardReport) -> None:
        self._store = store
        self.report = report
        self.starts = np.cumsum([0, *(part.documents for part in report.parts)])
        """The number of the first document of each part; at the end, the number of documents. Shape (parts + 1,)."""
        self.rejected = np.zeros(int(self.starts[-1]), bool)
        """A mask of the rejected documents, of shape (documents,)."""
        for start, part in zip(self.starts, report.parts, strict=False):
            self.rejected[start + np.array(part.rejected, int)] = True
        self._rejected_before = np.cumsum([0, *self.rejected])
        self._kept_before = np.arange(len(self.rejected) + 1) - self._rejected_before
        self.signed = any(file.path == SIGNATURES for file in report.files)
        """Whether the shard has MinHash signatures of its articles."""
        self._begins: dict[str, list[int]] = {}

    @cached_property
    def ids(self) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        """The ids of the documents, of shape (documents,)."""
        ids = np.empty(len(self.rejected), object)
        ids[~self.rejected] = self._ids(_KEPT)
        ids[self.rejected] = self._ids(_REFUSED)
        return ids

    @cached_property
    def pieces_before(self) -> Numbers:
        """For each document, the number of ledger rows before its own; at the end, the number of all."""
        counts = Counter(self._ids(_LEDGER))
        return np.cumsum([0, *map(counts.__getitem__, self.ids)])

    def windows(self, start: int, stop: int) -> Iterator[RowRange]:
        """Yield the documents from `start` to before `stop` as ranges that end where a row group ends.

        A range holds rows of one row group of the articles and one of the rejected, so memory is bounded by the size
        of a row group, however large the shard is.
        """
        cuts = {start, stop}
        for name, documents in ((_KEPT, np.flatnonzero(~self.rejected)), (_REFUSED, np.flatnonzero(self.rejected))):
            begins = self._groups(name)[1:-1]  # of all but the first, which begins with the shard
            cuts.update(number for number in documents[begins].tolist() if start < number < stop)
        return (_window(self, *window) for window in pairwise(sorted(cuts)))

    def part(self, at: int, recleaned: Mapping[int, tuple[bool, int]]) -> PartRows:
        """Return the row counts of a part after some of its documents were cleaned again.

        `recleaned` maps the number of each of these to whether it is now rejected and how many ledger rows it has.
        """
        rows, start, stop = self.report.parts[at], int(self.starts[at]), int(self.starts[at + 1])
        changed = [number for number in recleaned if start <= number < stop]
        if not changed:
            return rows
        now = self.rejected[start:stop].copy()
        pieces = rows.pieces
        for number in changed:
            now[number - start], count = recleaned[number]
            pieces += count - int(self.pieces_before[number + 1] - self.pieces_before[number])
        return replace(rows, rejected=tuple(np.flatnonzero(now).tolist()), pieces=pieces)

    def place(self, name: str, start: int, stop: int) -> tuple[int, int]:
        """Return the range of rows, end exclusive, that a table has of the documents from `start` to before `stop`."""
        if name == _LEDGER:
            before = self.pieces_before
        else:
            before = self._rejected_before if name == _REFUSED else self._kept_before
        return int(before[start]), int(before[stop])

    def read(self, name: str, first: int, behind: int) -> pa.Table:
        """Return the rows of a table from `first` to before `behind`. Only the row groups that hold them are read."""
        begins = self._groups(name)
        wanted = [at for at, (a, b) in enumerate(pairwise(begins)) if a < behind and first < b]
        # Not by `pq.read_table`, which takes a fifth of a second to import what reads many files.
        with pq.ParquetFile(self._place(name)) as file:
            found = file.read_row_groups(wanted, use_threads=False)
        return found.slice(first - begins[wanted[0]] if wanted else 0, behind - first)

    def _groups(self, name: str) -> list[int]:
        """Return the first row of each row group of a table, and at the end the number of rows."""
        if name not in self._begins:
            metadata = pq.read_metadata(self._place(name))
            counts = (metadata.row_group(at).num_rows for at in range(metadata.num_row_groups))
            self._begins[name] = list(accumulate(counts, initial=0))
        return self._begins[name]

    def _ids(self, name: str) -> list[str]:
        return [id_ for batch in column_of(self._place(name), "id") for id_ in batch]

    def _place(self, name: str) -> Path:
        return self._store.place(self.report.key, name)


class RowRange:
    """Consecutive documents of a finished shard, from `start` to before `stop`.

    Rows are read on first use. A part of a range uses the rows of the whole range and reads nothing itself.
    """

    def __init__(self, earlier: FinishedShard, start: int, stop: int, whole: RowRange | None = None) -> None:
        self.start = start
        self.stop = stop
        self.rejected = earlier.rejected[start:stop]
        """A mask of the rejected documents, of shape (stop - start,)."""
        self._earlier = earlier
        self._whole = whole
        self._tables: dict[str, pa.Table] = {}

    def part(self, start: int, stop: int) -> RowRange:
        """Return the documents from `start` to before `stop`, as numbers in the shard."""
        return RowRange(self._earlier, start, stop, self)

    @property
    def articles(self) -> pa.Table:
        """The rows of the kept documents in the table `articles`."""
        return self._rows(_KEPT)

    @property
    def refused(self) -> pa.Table:
        """The rows of the rejected documents in the table `rejected`."""
        return self._rows(_REFUSED)

    @property
    def removed(self) -> pa.Table:
        """The rows of the documents in the ledger, the table `removed`."""
        return self._rows(_LEDGER)

    @property
    def signatures(self) -> pa.Table | None:
        """The MinHash signatures of the articles; None if the shard has none."""
        return self._rows(SIGNATURES) if self._earlier.signed else None

    @property
    def pieces_before(self) -> Numbers:
        """For each document, the number of ledger rows before its own; at the end, the number of all rows."""
        before: Numbers = self._earlier.pieces_before[self.start : self.stop + 1]
        mine: Numbers = before - before[0]
        return mine

    def _rows(self, name: str) -> pa.Table:
        if name not in self._tables:
            first, behind = self._earlier.place(name, self.start, self.stop)
            if self._whole is None:
                self._tables[name] = self._earlier.read(name, first, behind)
            else:
                at, _ = self._earlier.place(name, self._whole.start, self._whole.stop)
                self._tables[name] = self._whole._rows(name).slice(first - at, behind - first)
        return self._tables[name]

    def prepared(self, number: int) -> Prepared | None:
        """Return a document as it was before any rule; None if it could not be read."""
        one = self.part(number, number + 1)
        (row,) = (one.refused if one.rejected[0] else one.articles).to_pylist()
        return document_of(row, edits_of(one.removed.to_pylist()), lambda _: None)

    def article(self, number: int) -> Article:
        """Return the article of a kept document, without what no table has: losses and near misses."""
        one = self.part(number, number + 1)
        (row,) = one.articles.to_pylist()
        return article_of(row, one.removed.to_pylist())


@lru_cache(maxsize=1)
def _window(earlier: FinishedShard, start: int, stop: int) -> RowRange:
    return RowRange(earlier, start, stop)
