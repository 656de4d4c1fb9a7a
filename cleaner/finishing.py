"""The last hand to shards, when all are there: rows that repeat others go from the articles to the rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace

import numpy as np
import pyarrow as pa

from cleaner.carried import Earlier
from cleaner.duplicates.bands import Find
from cleaner.duplicates.grouping import Duplicate, group
from cleaner.duplicates.options import Duplicates
from cleaner.duplicates.parts import dataset_part, shard_part, sources_of
from cleaner.duplicates.signatures import VERSION
from cleaner.engines import Tick
from cleaner.errors import CleanerError
from cleaner.manifest import Tally
from cleaner.plan import digest_of, digested
from cleaner.readers import Keys
from cleaner.store import REPORT, SIGNATURES, ShardReport, Store, link
from cleaner.writers import ARTICLES, REJECTED, REMOVED, TableWriter, as_rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """A job: a finished shard, and the rows of its articles that repeat others."""

    key: str
    """Of what comes of it."""
    shard: str
    """The key of the shard."""
    store: Store
    duplicates: tuple[Duplicate, ...]
    """In order of their rows."""


def finish(job: Finish, tick: Tick) -> ShardReport:
    """Write a shard again, with its duplicates among the rejected. Raises OutputError."""
    report = job.store.find(job.shard)
    if report is None:
        raise CleanerError(str(job.store.folder), f"has lost the shard {job.shard}", "build again")
    earlier = Earlier(job.store, report)
    whole = earlier.stretch(0, len(earlier.rejected))
    rows = np.array([each.row for each in job.duplicates], np.int64)
    stays = np.ones(len(whole.articles), bool)
    stays[rows] = False
    moved = as_rejected(_taken(whole.articles, rows), job.duplicates)
    numbers = np.concatenate([np.flatnonzero(earlier.rejected), np.flatnonzero(~earlier.rejected)[rows]])
    rejected = _taken(pa.concat_tables([whole.rejected, moved]), np.argsort(numbers))
    articles = _taken(whole.articles, np.flatnonzero(stays))
    with job.store.writing(job.key) as folder:
        with ExitStack() as files:
            writers = [
                files.enter_context(TableWriter(folder, f"{table.folder}.parquet", table))
                for table in (ARTICLES, REJECTED)
            ]
            for writer, table in zip(writers, (articles, rejected), strict=True):
                writer.extend(table)
        link(job.store.place(job.shard, f"{REMOVED.folder}.parquet"), folder / f"{REMOVED.folder}.parquet")
        tally = Tally(suppressed=report.tally.suppressed)
        tally.add_rows(articles, rejected, whole.removed)
        now = {writer.written.path: writer.written for writer in writers}
        done = replace(
            report, key=job.key, tally=tally, cleaned=0, parts=(),
            files=tuple(now.get(file.path, file) for file in report.files if file.path != SIGNATURES),
        )  # fmt: skip
        (folder / REPORT).write_bytes(done.dump())
    tick(0, 0)
    return done


def _taken(table: pa.Table, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Table:
    """The rows with these numbers; their buffer is laid out by hand, as `pa.array` would import pandas."""
    return table.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(rows.astype(np.int64))]))


def finishes(
    store: Store,
    reports: Sequence[ShardReport],
    duplicates: Duplicates,
    keys: Keys,
    existing: Mapping[str, str],
    find: Find,
) -> list[Finish]:
    """What is left to do, for each shard that holds duplicates; `existing` as from `digests_of_existing`.

    Raises InputError where an existing dataset can't be read.
    """
    parts = [
        shard_part(store.place(report.key, SIGNATURES), store.place(report.key, f"{ARTICLES.folder}.parquet"))
        for report in reports
    ]
    parts += [dataset_part(where, store.folder / key, keys) for where, key in existing.items()]
    grouping = group(parts, duplicates, store.folder, find=find)
    jobs: list[Finish] = []
    for number, report in enumerate(reports):
        if found := tuple(grouping.of(number)):
            key = digest_of([report.key, [list(each) for each in found]])
            jobs.append(Finish(key=key, shard=report.key, store=store, duplicates=found))
    return jobs


def digests_of_existing(duplicates: Duplicates, keys: Keys) -> dict[str, str]:
    """The datasets that are not to be repeated, each with a digest of all that its signatures follow from.

    Raises InputError where there is nothing to read.
    """
    return {
        where: digest_of([VERSION, asdict(keys), [[each.name, each.sha256] for each in digested(sources_of(where))]])
        for where in duplicates.against
    }
