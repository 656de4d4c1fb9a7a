"""Rows of a finished shard, carried over into a new one: no document is read, cleaned or written out again for them.

Under the same program all rows are as they were. Under another one, the documents that the changed rules can touch
are rebuilt, as they stood before any rule, and cleaned again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from cleaner.cleaning.prepare import Prepared
from cleaner.corpus.affected import AffectedCheck
from cleaner.corpus.affected_rows import AffectedRows, Mask
from cleaner.corpus.changes import changes
from cleaner.dataset.tables import FAILED
from cleaner.matching.program import Program
from cleaner.model.rule import RulePack
from cleaner.pipeline.finished_shard import FinishedShard, RowRange
from cleaner.pipeline.shard_store import Store


class Recleaner:
    """Which documents are to be cleaned again, now that rules have changed."""

    def __init__(self, before: RulePack, program: Program) -> None:
        self._changed = changes(before, program.pack)
        self._sieve = AffectedRows(before, program.pack, self._changed, program.options)
        self._touch = AffectedCheck(before, program.pack, self._changed, program.options)

    def among(self, rows: RowRange) -> Iterator[tuple[int, Prepared]]:
        """Those of a stretch that a changed rule can touch, with their numbers, in order."""
        if not self._changed:
            return
        chosen, failed = _chosen(self._sieve, rows)
        for at in np.flatnonzero(chosen).tolist():
            prepared = rows.prepared(rows.start + at)
            if prepared is not None and (failed[at] or self._touch(prepared)):
                yield rows.start + at, prepared


# A shard is looked through, and then carried over: one that has a single window, as most do, is read and sieved once.


@lru_cache(maxsize=1)
def _chosen(sieve: AffectedRows, rows: RowRange) -> tuple[Mask, Mask]:
    """Which documents are looked at one by one, and which of these failed."""
    chosen = np.zeros(len(rows.rejected), bool)
    chosen[~rows.rejected] = sieve(rows.articles, rows.removed)
    failed = np.zeros(len(rows.rejected), bool)
    failed[rows.rejected] = [each == FAILED for each in rows.refused.column("filter").to_pylist()]
    chosen[rows.rejected] = sieve(rows.refused, rows.removed)
    return chosen | failed, failed


@lru_cache(maxsize=2)
def finished_shard(store: Store, key: str) -> FinishedShard | None:
    """A finished shard; None where it isn't there, or not whole."""
    report = store.find(key)
    return FinishedShard(store, report) if report else None


@lru_cache(maxsize=4)
def recleaner_since(store: Store, before: str, program: Program) -> Recleaner | None:
    """What is to be cleaned again of shards that the program with that digest made; None where all is.

    Under a program that suppresses rules all is: what they would have removed is counted, and stands in no table.
    """
    made = store.rules(before)
    if made is None or made[1] != program.options or program.options.suppress:
        return None
    return Recleaner(made[0], program)
