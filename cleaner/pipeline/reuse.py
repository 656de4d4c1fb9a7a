"""Reuse the rows of a finished shard, and clean again only the documents that a change of rules can affect.

If the rules have not changed, all rows are copied. Otherwise the documents that a changed rule can affect are rebuilt
from the tables, as they were before any rule, and cleaned with the new rules.
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
    """Finds the documents that must be cleaned again after a change of rules."""

    def __init__(self, before: RulePack, program: Program) -> None:
        self._changed = changes(before, program.pack)
        self._affected_rows = AffectedRows(before, program.pack, self._changed, program.options)
        self._is_affected = AffectedCheck(before, program.pack, self._changed, program.options)

    def among(self, rows: RowRange) -> Iterator[tuple[int, Prepared]]:
        """Yield the documents of a range that a changed rule can affect, with their numbers, in order.

        Nothing is yielded if the rules are the same. Documents that failed in the earlier build are yielded, too.
        """
        if not self._changed:
            return
        chosen, failed = _chosen(self._affected_rows, rows)
        for at in np.flatnonzero(chosen).tolist():
            prepared = rows.prepared(rows.start + at)
            if prepared is not None and (failed[at] or self._is_affected(prepared)):
                yield rows.start + at, prepared


# A shard is checked first and copied afterwards. The cache saves the second check where the shard has a single window,
# as most have.


@lru_cache(maxsize=1)
def _chosen(affected_rows: AffectedRows, rows: RowRange) -> tuple[Mask, Mask]:
    """Return two masks: which documents need the exact check, and which of these failed in the earlier build."""
    chosen = np.zeros(len(rows.rejected), bool)
    chosen[~rows.rejected] = affected_rows(rows.articles, rows.removed)
    failed = np.zeros(len(rows.rejected), bool)
    failed[rows.rejected] = [each == FAILED for each in rows.refused.column("filter").to_pylist()]
    chosen[rows.rejected] = affected_rows(rows.refused, rows.removed)
    return chosen | failed, failed


@lru_cache(maxsize=2)
def finished_shard(store: Store, key: str) -> FinishedShard | None:
    """Return a finished shard; None if it is missing or damaged."""
    report = store.find(key)
    return FinishedShard(store, report) if report else None


@lru_cache(maxsize=4)
def recleaner_since(store: Store, before: str, program: Program) -> Recleaner | None:
    """Return the Recleaner for shards that a program with the digest `before` made.

    Returns None if all documents must be cleaned again: the earlier rules are lost, the options differ, or the program
    suppresses rules (what a suppressed rule would have removed is counted, but no table records it).
    """
    made = store.rules(before)
    if made is None or made[1] != program.options or program.options.suppress:
        return None
    return Recleaner(made[0], program)
