"""A shard of an earlier build, read back: its rows, their parts, and ranges of them."""

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
    """Where the rows of a part are: in which finished shard, and as which of its parts (0 is what was refused)."""

    key: str
    at: int


class FinishedShard:
    """The documents of a finished shard, in the order of the input, counted from 0.

    What it holds of a document is its id and where its rows are; the rows themselves are read by `windows`.
    """

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
        self._kept_before = np.arange(len(self.rejected) + 1) - self._rejected_before
        self.signed = any(file.path == SIGNATURES for file in report.files)
        """There are signatures of its articles."""
        self._begins: dict[str, list[int]] = {}

    @cached_property
    def ids(self) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        """Of the documents."""
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
        """The documents from `start` to before `stop`, cut where a row group of articles or of rejected ones begins.

        So what is in memory of a shard, however large, is a row group of these, and what belongs to its documents.
        """
        cuts = {start, stop}
        for name, documents in ((_KEPT, np.flatnonzero(~self.rejected)), (_REFUSED, np.flatnonzero(self.rejected))):
            begins = self._groups(name)[1:-1]  # of all but the first, which begins with the shard
            cuts.update(number for number in documents[begins].tolist() if start < number < stop)
        return (_window(self, *window) for window in pairwise(sorted(cuts)))

    def part(self, at: int, recleaned: Mapping[int, tuple[bool, int]]) -> PartRows:
        """The rows of a part after some of its documents were cleaned again.

        `recleaned` says of each of these whether it is rejected now, and how many rows of the ledger it has.
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
        """In a table: the first row of the documents from `start` to before `stop`, and the one behind their last."""
        if name == _LEDGER:
            before = self.pieces_before
        else:
            before = self._rejected_before if name == _REFUSED else self._kept_before
        return int(before[start]), int(before[stop])

    def read(self, name: str, first: int, behind: int) -> pa.Table:
        """Rows of a table, from `first` to before `behind`; of its row groups those alone are read that hold them."""
        begins = self._groups(name)
        wanted = [at for at, (a, b) in enumerate(pairwise(begins)) if a < behind and first < b]
        # Not by `pq.read_table`, which takes a fifth of a second to import what reads many files.
        with pq.ParquetFile(self._place(name)) as file:
            found = file.read_row_groups(wanted, use_threads=False)
        return found.slice(first - begins[wanted[0]] if wanted else 0, behind - first)

    def _groups(self, name: str) -> list[int]:
        """The first row of each row group of a table, and the number of all rows."""
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
    """Some documents of a finished shard that follow each other, from `start` to before `stop`.

    Their rows are read when they are asked for; those of a part of a stretch are taken from it.
    """

    def __init__(self, earlier: FinishedShard, start: int, stop: int, whole: RowRange | None = None) -> None:
        self.start = start
        self.stop = stop
        self.rejected = earlier.rejected[start:stop]
        """Which of them were rejected."""
        self._earlier = earlier
        self._whole = whole
        self._tables: dict[str, pa.Table] = {}

    def part(self, start: int, stop: int) -> RowRange:
        """Those of them from `start` to before `stop`."""
        return RowRange(self._earlier, start, stop, self)

    @property
    def articles(self) -> pa.Table:
        """Rows of those that were kept."""
        return self._rows(_KEPT)

    @property
    def refused(self) -> pa.Table:
        """Rows of those that were rejected."""
        return self._rows(_REFUSED)

    @property
    def removed(self) -> pa.Table:
        """Their rows of the ledger."""
        return self._rows(_LEDGER)

    @property
    def signatures(self) -> pa.Table | None:
        """Of the articles, where they were signed."""
        return self._rows(SIGNATURES) if self._earlier.signed else None

    @property
    def pieces_before(self) -> Numbers:
        """For each of these documents, the number of ledger rows before its own; at the end, the number of all."""
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
        """A document as it was before any rule; None where it could not be read."""
        one = self.part(number, number + 1)
        (row,) = (one.refused if one.rejected[0] else one.articles).to_pylist()
        return document_of(row, edits_of(one.removed.to_pylist()), lambda _: None)

    def article(self, number: int) -> Article:
        """The article of a document that was kept, as far as the tables have it."""
        one = self.part(number, number + 1)
        (row,) = one.articles.to_pylist()
        return article_of(row, one.removed.to_pylist())


@lru_cache(maxsize=1)
def _window(earlier: FinishedShard, start: int, stop: int) -> RowRange:
    return RowRange(earlier, start, stop)
