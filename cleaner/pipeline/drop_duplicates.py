"""Finish shards when all are cleaned: move articles that repeat others to the rejected table."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from cleaner.cleaning.article import Article
from cleaner.dataset.arrow import taken
from cleaner.dataset.columns import held
from cleaner.dataset.digests import digest_of
from cleaner.dataset.manifest import Tally
from cleaner.dataset.parquet import TableWriter, record_batch, with_columns
from cleaner.dataset.tables import ARTICLES, REJECTED, REMOVED, LedgerRow, Use, ledger_rows
from cleaner.dedup.grouping import Duplicate, group
from cleaner.dedup.inputs import CorpusPart, Numbers, dataset_part, shard_part, sources_of
from cleaner.dedup.lsh import BandFinder
from cleaner.dedup.minhash import VERSION
from cleaner.dedup.paragraphs import repeated_keys, without_repeats
from cleaner.errors import CleanerError
from cleaner.model.options import Duplicates
from cleaner.pipeline.engines import Tick
from cleaner.pipeline.finished_shard import FinishedShard, RowRange
from cleaner.pipeline.shard_store import REPORT, SIGNATURES, ShardReport, Store, link
from cleaner.readers import Keys
from cleaner.readers.fingerprint import digest_inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """A job: a finished shard, and the rows of its articles that are duplicates."""

    key: str
    """The key of the shard that the job writes."""
    shard: str
    """The key of the shard that the job reads."""
    store: Store
    duplicates: tuple[Duplicate, ...]
    """Articles to move to the rejected, in order of their rows."""
    repeated: tuple[int, ...] = ()
    """Keys of the paragraphs to remove from its articles."""


def finish(job: Finish, tick: Tick) -> ShardReport:
    """Write a shard again, with its duplicates among the rejected, and without repeated paragraphs.

    Raises OutputError if the disk refuses.
    """
    report = job.store.find(job.shard)
    if report is None:
        raise CleanerError(str(job.store.folder), f"has lost the shard {job.shard}", "build again")
    earlier = FinishedShard(job.store, report)
    rows = np.array([each.row for each in job.duplicates], np.int64)
    tally = Tally()
    if job.repeated:
        tally.suppressed.update(report.tally.suppressed)
    else:
        tally.add(report.tally)
    with job.store.writing(job.key) as folder:
        with ExitStack() as files:
            articles, rejected, *ledger = (
                files.enter_context(TableWriter(folder, f"{table.folder}.parquet", table))
                for table in (ARTICLES, REJECTED, *((REMOVED,) if job.repeated else ()))
            )
            at = 0
            for window in earlier.windows(0, len(earlier.rejected)):
                kept, removed = _without_repeats(window, frozenset(job.repeated)) if ledger else (window.articles, None)
                here = slice(*rows.searchsorted((at, at + len(kept))).tolist())
                leave = rows[here] - at
                moved = as_rejected(taken(kept, leave), job.duplicates[here])
                stay = _without(kept, leave)
                order = np.argsort(
                    np.concatenate([np.flatnonzero(window.rejected), np.flatnonzero(~window.rejected)[leave]])
                )
                refused = taken(pa.concat_tables([window.refused, moved]), order)
                articles.extend(stay)
                rejected.extend(refused)
                if removed is None:
                    tally.reject(moved)
                else:
                    ledger[0].extend(removed)
                    tally.add_rows(stay, refused, removed)
                at += len(kept)
        if not ledger:
            link(job.store.place(job.shard, f"{REMOVED.folder}.parquet"), folder / f"{REMOVED.folder}.parquet")
        now = {writer.written.path: writer.written for writer in (articles, rejected, *ledger)}
        done = replace(
            report, key=job.key, tally=tally, cleaned=0, parts=(),
            files=tuple(now.get(file.path, file) for file in report.files if file.path != SIGNATURES),
        )  # fmt: skip
        (folder / REPORT).write_bytes(done.dump())
    tick(0, 0)
    return done


def _without_repeats(rows: RowRange, keys: frozenset[int]) -> tuple[pa.Table, pa.Table]:
    """Return the articles of a range without the paragraphs with these keys, and the ledger with these paragraphs."""
    if rows.signatures is None:
        return rows.articles, rows.removed
    changed: dict[int, Article] = {}  # by row
    numbers = (np.flatnonzero(~rows.rejected) + rows.start).tolist()
    for row, (number, signed) in enumerate(zip(numbers, rows.signatures.column("paragraphs").to_pylist(), strict=True)):
        if not keys.isdisjoint(signed):
            article = rows.article(number)
            shorter = without_repeats(article, keys)
            if shorter is not article:
                changed[row] = shorter
    at = np.arange(len(rows.articles))
    at[list(changed)] = len(at) + np.arange(len(changed))
    before = taken(rows.articles, np.array(list(changed), np.int64))
    shortened = with_columns(ARTICLES, before, [*changed.values()], ARTICLES.names(Use.FOLLOWS_TEXT))
    edits = {numbers[row] - rows.start: list(ledger_rows(article)) for row, article in changed.items()}
    added = record_batch(REMOVED, [piece for those in edits.values() for piece in those])
    return (
        taken(pa.concat_tables([rows.articles, shortened]), at),
        taken(pa.concat_tables([rows.removed, pa.Table.from_batches([added])]), _ledger(rows, edits)),
    )


def _ledger(rows: RowRange, edits: Mapping[int, Sequence[LedgerRow]]) -> Numbers:
    """Return the rows of the new ledger of a range, in order, as indices into the old ledger followed by the new rows.

    `edits` maps the number of a document, counted within the range, to its new rows; of its old rows only the marks
    stay.
    """
    before = rows.pieces_before
    is_mark = np.array([kind == "mark" for kind in rows.removed.column("kind").to_pylist()], bool)
    found: list[Numbers] = []
    at, behind = 0, len(rows.removed)
    for document, those in edits.items():
        mine = np.arange(before[document], before[document + 1])
        found += [np.arange(at, before[document]), behind + np.arange(len(those)), mine[is_mark[mine]]]
        at, behind = int(before[document + 1]), behind + len(those)
    return np.concatenate([*found, np.arange(at, len(rows.removed))])


def _without(table: pa.Table, rows: Numbers) -> pa.Table:
    """Return the table without the rows with these numbers, which are in order. Nothing is copied."""
    runs = zip([0, *(rows + 1).tolist()], [*rows.tolist(), len(table)], strict=True)
    return pa.concat_tables([table.slice(start, stop - start) for start, stop in runs])


def finishes(
    store: Store,
    reports: Sequence[ShardReport],
    duplicates: Duplicates,
    keys: Keys,
    existing: Mapping[str, str],
    find: BandFinder,
) -> Generator[Finish, None, None]:
    """Yield a job for each shard that contains duplicates or repeated paragraphs, in order.

    `existing` is the result of `digests_of_existing`. The search for duplicates starts with the first item. Raises
    InputError if an existing dataset can't be read.
    """
    parts = [
        shard_part(store.place(report.key, SIGNATURES), store.place(report.key, f"{ARTICLES.folder}.parquet"))
        for report in reports
    ]
    for where, key in existing.items():
        signatures = store.signatures(key, partial(dataset_part, where, keys=keys))
        parts.append(dataset_part(where, signatures, keys))
    with group(parts, duplicates, store.folder, find=find) as grouping:
        repeated = frozenset[int]()
        if duplicates.max_paragraph_repeats:
            found_keys = repeated_keys(parts, duplicates.max_paragraph_repeats, grouping.rows, store.folder)
            repeated = frozenset(found_keys.tolist())
        for number, report in enumerate(reports):
            found, mine = tuple(grouping.of(number)), _held(parts[number], repeated)
            if found or mine:
                # From the content of the shard, not from its inputs: a shard with the same content is reused.
                shard = replace(report, key="", program="", cleaned=0).dump().decode()
                key = digest_of([shard, [list(each) for each in found], list(map(str, mine))])
                yield Finish(key=key, shard=report.key, store=store, duplicates=found, repeated=mine)


def _held(part: CorpusPart, repeated: frozenset[int]) -> tuple[int, ...]:
    """Return the keys of repeated paragraphs that occur in a part."""
    batches = part.columns("paragraphs") if repeated else ()
    return tuple(sorted({key for batch in batches for keys in batch.column(0).to_pylist() for key in keys} & repeated))


def digests_of_existing(duplicates: Duplicates, keys: Keys) -> dict[str, str]:
    """Return, for each existing dataset to compare with, a digest of everything that its signatures depend on.

    Raises InputError if there is nothing to read.
    """
    return {
        where: digest_of(
            [VERSION, asdict(keys), [[each.name, each.sha256] for each in digest_inputs(sources_of(where))]]
        )
        for where in duplicates.against
    }


def as_rejected(articles: pa.Table, duplicates: Sequence[Duplicate]) -> pa.Table:
    """Return articles as rows of the rejected table, each with the id of the document that it repeats."""
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
