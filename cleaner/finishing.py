"""The last hand to shards, when all are there: rows that repeat others go from the articles to the rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace

import numpy as np
import pyarrow as pa

from cleaner.article import Article
from cleaner.carried import Earlier, Stretch
from cleaner.duplicates.bands import Find
from cleaner.duplicates.grouping import Duplicate, group
from cleaner.duplicates.options import Duplicates
from cleaner.duplicates.parts import Numbers, Part, dataset_part, shard_part, sources_of
from cleaner.duplicates.repeats import repeated_keys, without_repeats
from cleaner.duplicates.signatures import VERSION
from cleaner.engines import Tick
from cleaner.errors import CleanerError
from cleaner.manifest import Tally
from cleaner.plan import digested
from cleaner.provenance import digest_of
from cleaner.readers import Keys
from cleaner.store import REPORT, SIGNATURES, ShardReport, Store, link
from cleaner.writers import (
    ARTICLES,
    REJECTED,
    REMOVED,
    Piece,
    TableWriter,
    as_rejected,
    pieces,
    record_batch,
    with_columns,
)  # fmt: skip


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
    repeated: tuple[int, ...] = ()
    """Keys of paragraphs that its articles are to lose."""


def finish(job: Finish, tick: Tick) -> ShardReport:
    """Write a shard again, with its duplicates among the rejected, and without repeated paragraphs.

    Raises OutputError.
    """
    report = job.store.find(job.shard)
    if report is None:
        raise CleanerError(str(job.store.folder), f"has lost the shard {job.shard}", "build again")
    earlier = Earlier(job.store, report)
    whole = _without_repeats(earlier, frozenset(job.repeated)) if job.repeated else None
    refused = whole.rejected if whole else earlier.refused
    rows = np.array([each.row for each in job.duplicates], np.int64)
    numbers = np.concatenate([np.flatnonzero(earlier.rejected), np.flatnonzero(~earlier.rejected)[rows]])
    moving: list[pa.Table] = [refused.slice(0, 0)]
    tally = Tally()
    with job.store.writing(job.key) as folder:
        with ExitStack() as files:
            writers = [
                files.enter_context(TableWriter(folder, f"{table.folder}.parquet", table))
                for table in (ARTICLES, REJECTED, *((REMOVED,) if whole else ()))
            ]
            at = 0
            for batch in [whole.articles] if whole else earlier.batches_of_articles():
                here = slice(*rows.searchsorted((at, at + len(batch))).tolist())
                leave = rows[here] - at
                moving.append(as_rejected(_taken(batch, leave), job.duplicates[here]))
                writers[0].extend(_taken(batch, np.delete(np.arange(len(batch)), leave)))
                at += len(batch)
            moved = pa.concat_tables(moving)
            rejected = _taken(pa.concat_tables([refused, moved]), np.argsort(numbers))
            writers[1].extend(rejected)
            if whole:
                writers[2].extend(whole.removed)
        if whole:
            tally.suppressed.update(report.tally.suppressed)
            stays = np.delete(np.arange(len(whole.articles)), rows)
            tally.add_rows(_taken(whole.articles, stays), rejected, whole.removed)
        else:
            tally.add(report.tally)
            tally.reject(moved)
            link(job.store.place(job.shard, f"{REMOVED.folder}.parquet"), folder / f"{REMOVED.folder}.parquet")
        now = {writer.written.path: writer.written for writer in writers}
        done = replace(
            report, key=job.key, tally=tally, cleaned=0, parts=(),
            files=tuple(now.get(file.path, file) for file in report.files if file.path != SIGNATURES),
        )  # fmt: skip
        (folder / REPORT).write_bytes(done.dump())
    tick(0, 0)
    return done


def _without_repeats(earlier: Earlier, keys: frozenset[int]) -> Stretch:
    """The documents of a shard; its articles without the paragraphs that have these keys, their ledger with them."""
    whole = earlier.stretch(0, len(earlier.rejected))
    if whole.signatures is None:
        return whole
    changed: list[tuple[int, Article]] = []
    signed = whole.signatures.column("paragraphs").to_pylist()
    for number, paragraphs in zip(np.flatnonzero(~earlier.rejected).tolist(), signed, strict=True):
        if not keys.isdisjoint(paragraphs):
            article = earlier.article(number)
            shorter = without_repeats(article, keys)
            if shorter is not article:
                changed.append((number, shorter))
    numbers = [number for number, _ in changed]
    rows = earlier.row_of[numbers]
    anew = with_columns(ARTICLES, _taken(whole.articles, rows), [each for _, each in changed], _ANEW)
    at = np.arange(len(whole.articles))
    at[rows] = len(at) + np.arange(len(numbers))
    edits = [list(pieces(article)) for _, article in changed]
    ledger = record_batch(REMOVED, [piece for those in edits for piece in those])
    return replace(
        whole,
        articles=_taken(pa.concat_tables([whole.articles, anew]), at),
        removed=_taken(
            pa.concat_tables([whole.removed, pa.Table.from_batches([ledger])]), _ledger(earlier, whole, numbers, edits)
        ),
    )


_ANEW = ("text", "layout", "words", "characters", "words_removed", "removed_share", "prose_share")
"""Columns of an article that change with its text."""


def _ledger(earlier: Earlier, whole: Stretch, numbers: Sequence[int], edits: Sequence[Sequence[Piece]]) -> Numbers:
    """Which rows the new ledger has, in order: those of `whole`, but for these documents' edits, which follow all."""
    before = earlier.pieces_before
    is_mark = np.array([kind == "mark" for kind in whole.removed.column("kind").to_pylist()], bool)
    rows: list[Numbers] = []
    at, behind = 0, len(whole.removed)
    for number, those in zip(numbers, edits, strict=True):
        mine = np.arange(before[number], before[number + 1])
        rows += [np.arange(at, before[number]), behind + np.arange(len(those)), mine[is_mark[mine]]]
        at, behind = int(before[number + 1]), behind + len(those)
    return np.concatenate([*rows, np.arange(at, len(whole.removed))])


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
    repeated = repeated_keys(parts, duplicates.repeated, grouping.dropped) if duplicates.repeated else ()
    for number, report in enumerate(reports):
        found, mine = tuple(grouping.of(number)), _held(parts[number], frozenset(map(int, repeated)))
        if found or mine:
            key = digest_of([report.key, [list(each) for each in found], list(map(str, mine))])
            jobs.append(Finish(key=key, shard=report.key, store=store, duplicates=found, repeated=mine))
    return jobs


def _held(part: Part, repeated: frozenset[int]) -> tuple[int, ...]:
    """Those of the keys that stand in a part."""
    batches = part.columns("paragraphs") if repeated else ()
    return tuple(sorted({key for batch in batches for keys in batch.column(0).to_pylist() for key in keys} & repeated))


def digests_of_existing(duplicates: Duplicates, keys: Keys) -> dict[str, str]:
    """The datasets that are not to be repeated, each with a digest of all that its signatures follow from.

    Raises InputError where there is nothing to read.
    """
    return {
        where: digest_of([VERSION, asdict(keys), [[each.name, each.sha256] for each in digested(sources_of(where))]])
        for where in duplicates.against
    }
