"""Clean one shard: read its part of the input, clean each document, and write the rows of the tables.

The rows of a shard depend on its job and the program alone, and not on the worker that runs it. So a shard is the
unit of work of processes and clusters, and the unit that a later build reuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from cleaner.cleaning.clean import clean_prepared
from cleaner.dataset.digests import digest_of_file
from cleaner.dataset.manifest import Tally
from cleaner.dataset.parquet import TableWriter, Written
from cleaner.dataset.tables import FAILED, TABLES, LedgerRow, Rejected, TableRow, ledger_rows
from cleaner.dedup.minhash import MinHashSignature, SignatureWriter, signature
from cleaner.errors import InputError
from cleaner.matching.program import Program
from cleaner.pipeline.engines import Tick
from cleaner.pipeline.finished_shard import PartRef, RowRange
from cleaner.pipeline.outcomes import (
    Outcome,
    as_article,
    cleaned,
    fault_of,
    outcome_of,
    repeats_of,
    unread,
    without_rows,
)
from cleaner.pipeline.plan import InputPart, Planned
from cleaner.pipeline.reuse import finished_shard, recleaner_since
from cleaner.pipeline.shard_store import REPORT, SIGNATURES, PartRows, ShardReport, Store, link
from cleaner.readers import Keys, Unreadable, read
from cleaner.readers.fingerprint import file_stamp
from cleaner.readers.readable import REFUSED, UNREADABLE

UNREADABLE_LISTED = 100
"""The most unreadable inputs that a report lists; the table `rejected` has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A job of a worker: what to read, what can be reused, and where to write."""

    planned: Planned
    key: str
    """SHA-256 of everything the shard depends on, including the program."""
    made_with: str
    """Digest of packages, code and settings."""
    signed: bool = False
    """Also write the MinHash signatures of the articles."""
    paragraphs: bool = False
    """Include the keys of paragraphs in the signatures."""
    keys: Keys
    store: Store
    reused: tuple[PartRef | None, ...] = ()
    """For each part, where an earlier build has its rows, or None; empty if no part has any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """A document as rows of the tables, ready to be written."""

    outcome: Outcome
    row: TableRow
    characters: int
    signature: MinHashSignature | None
    pieces: tuple[tuple[LedgerRow, TableRow], ...]


class ShardWriter:
    """Writes the tables of a shard, and counts what goes into them. Use it as a context manager."""

    def __init__(self, folder: Path, *, signed: bool, paragraphs: bool) -> None:
        self._folder = folder
        self._signed = signed
        self._paragraphs = paragraphs
        self._files = ExitStack()
        self.tally = Tally()
        self.cleaned = 0
        self.unreadable: list[Unreadable] = []
        self.parts: list[PartRows] = []

    def __enter__(self) -> Self:
        self._writers = [
            self._files.enter_context(TableWriter(self._folder, f"{table.folder}.parquet", table)) for table in TABLES
        ]
        self._articles, self._removed, self._rejected = self._writers
        signatures = SignatureWriter(self._folder / SIGNATURES)
        self._signatures = self._files.enter_context(signatures) if self._signed else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.__exit__(kind, error, trace)

    def add(self, outcome: Outcome) -> tuple[bool, int]:
        """Write a document. Return whether it is rejected, and how many rows of the ledger it has.

        A document whose rows can't be made is rejected. Nothing is counted or written before all rows are made.
        """
        rows = self._rows(outcome)
        self.tally.add_document(rows.outcome)
        self.cleaned += 1
        rejected = isinstance(rows.outcome, Rejected)
        if isinstance(rows.outcome, Rejected) and rows.outcome.filter in (UNREADABLE, FAILED):
            self._add_unreadable(fault_of(rows.outcome))
        (self._rejected if rejected else self._articles).add(rows.row, rows.characters)
        if self._signatures and rows.signature:
            self._signatures.add(rows.signature)
        for piece, row in rows.pieces:
            self.tally.add_piece(piece)
            self._removed.add(row, len(piece.text))
        return rejected, len(rows.pieces)

    def _rows(self, outcome: Outcome) -> _Rows:
        """Return the rows of a document; if they can't be made, those of its rejection, with ever fewer values."""
        try:
            return self._rows_of(outcome)
        except Exception as error:  # one document in a million must not stop the rest, nor be lost
            fault = error
        for rejected in without_rows(outcome, fault):
            with suppress(Exception):
                return self._rows_of(rejected)
        raise fault

    def _rows_of(self, outcome: Outcome) -> _Rows:
        rejected = isinstance(outcome, Rejected)
        article = as_article(outcome)
        signed = self._signatures and not rejected
        return _Rows(
            outcome=outcome,
            row=(self._rejected if rejected else self._articles).row(outcome),
            characters=len(article.text),
            signature=signature(article, paragraphs=self._paragraphs) if signed else None,
            pieces=tuple((piece, self._removed.row(piece)) for piece in ledger_rows(article)),
        )

    def add_all(self, outcomes: Iterable[Outcome], key: str | None) -> None:
        """Write the documents of a part; `key` is None if a later build must not reuse its rows."""
        documents = rows = 0
        rejected: list[int] = []
        for documents, outcome in enumerate(outcomes, 1):
            refused, count = self.add(outcome)
            rows += count
            if refused:
                rejected.append(documents - 1)
                if repeats_of(outcome) is not None:
                    key = None
        self.parts.append(PartRows(key=key, documents=documents, rejected=tuple(rejected), pieces=rows))

    def extend(self, rows: RowRange) -> None:
        """Copy rows that an earlier build has made."""
        self.tally.add_rows(rows.articles, rows.refused, rows.removed)
        self._articles.extend(rows.articles)
        if self._signatures:
            self._signatures.extend(rows.signatures)
        self._removed.extend(rows.removed)
        self._rejected.extend(rows.refused)
        refused = rows.refused.select(["filter", "source", "id", "cause", "hint", "raw_digest"])
        for reason, source, id_, cause, hint, digest in zip(*refused.to_pydict().values(), strict=True):
            if reason in (UNREADABLE, FAILED):
                self._add_unreadable(Unreadable(source=source, id=id_, cause=cause, hint=hint, digest=digest))

    def _add_unreadable(self, fault: Unreadable) -> None:
        if len(self.unreadable) < UNREADABLE_LISTED:
            self.unreadable.append(fault)

    def _signatures_written(self) -> Iterator[Written]:
        if self._signed:
            file = self._folder / SIGNATURES
            yield Written(path=SIGNATURES, rows=0, bytes=file.stat().st_size, size=0, sha256=digest_of_file(file))

    def report(self, job: Shard, program: Program) -> ShardReport:
        """Return the report of what was written; the context must have ended."""
        return ShardReport(
            key=job.key,
            made_with=job.made_with,
            program=program.digest,
            tally=self.tally,
            cleaned=self.cleaned,
            unreadable=tuple(self.unreadable),
            files=(*(writer.written for writer in self._writers), *self._signatures_written()),
            parts=tuple(self.parts),
        )


def run_shard(job: Shard, tick: Tick, *, program: Program) -> ShardReport:
    """Read, clean and write a shard, and reuse rows of an earlier build.

    Raises OutputError if the disk refuses, and InputError if a file changes while it is read.
    """
    with job.store.writing(job.key) as folder:
        report = _link_unchanged(job, folder, tick, program) or _write_shard(job, folder, tick, program)
        (folder / REPORT).write_bytes(report.dump())
    return report


def _write_shard(job: Shard, folder: Path, tick: Tick, program: Program) -> ShardReport:
    used_ids = set(job.planned.taken)
    with ShardWriter(folder, signed=job.signed, paragraphs=job.paragraphs) as shard:
        shard.add_all((unread(each, REFUSED, used_ids) for each in job.planned.refused), None)
        tick(len(job.planned.refused), 0)
        for parts, reused in _runs(job):
            if not (reused and _reuse(reused, job.store, shard, used_ids, program)):
                for part in parts:
                    shard.add_all(_outcomes(part, job.keys, used_ids, program, tick), part.key)
                    _unchanged(part)
            tick(0, sum(part.source.size for part in parts))
    return shard.report(job, program)


def _link_unchanged(job: Shard, folder: Path, tick: Tick, program: Program) -> ShardReport | None:
    """Link the files of an earlier shard that has the same parts, if no changed rule can affect a document.

    Returns None for any other shard.
    """
    places = [each for each in job.reused if each]
    earlier = finished_shard(job.store, places[0].key) if places else None
    redo = earlier and recleaner_since(job.store, earlier.report.program, program)
    if not (earlier and redo) or job.planned.taken:
        return None
    # Part 0 holds what no reader could read; it is never reused.
    wanted = [PartRef(earlier.report.key, at) for at in range(1, len(earlier.report.parts))]
    if list(job.reused) != wanted or job.planned.refused or earlier.report.parts[0].documents:
        return None
    if any(True for window in earlier.windows(0, len(earlier.rejected)) for _ in redo.among(window)):
        return None
    for file in earlier.report.files:
        link(job.store.place(earlier.report.key, file.path), folder / file.path)
    tick(0, job.planned.size)
    return replace(earlier.report, key=job.key, program=program.digest, cleaned=0)


def _runs(job: Shard) -> Iterator[tuple[Sequence[InputPart], Sequence[PartRef]]]:
    """Yield the parts of a shard in runs: those that are consecutive in one finished shard together, others alone."""
    parts = job.planned.parts
    places = job.reused or (None,) * len(parts)

    def apart(each: tuple[int, tuple[InputPart, PartRef | None]]) -> tuple[str, int]:
        number, (_, place) = each
        return (place.key, place.at - number) if place else ("", number)

    for _, run in groupby(enumerate(zip(parts, places, strict=True)), apart):
        those = [each for _, each in run]
        yield [part for part, _ in those], [place for _, place in those if place]


def _reuse(run: Sequence[PartRef], store: Store, shard: ShardWriter, used_ids: set[str], program: Program) -> bool:
    """Copy the rows of these parts, and clean again what changed rules affect; return False if they can't be reused."""
    earlier = finished_shard(store, run[0].key)
    redo = earlier and recleaner_since(store, earlier.report.program, program)
    if not (earlier and redo):
        return False
    start, stop = int(earlier.starts[run[0].at]), int(earlier.starts[run[-1].at + 1])
    ids = frozenset(earlier.ids[start:stop])
    if ids & used_ids:
        return False
    used_ids |= ids
    recleaned: dict[int, tuple[bool, int]] = {}
    for window in earlier.windows(start, stop):
        at = window.start
        for number, prepared in redo.among(window):
            shard.extend(window.part(at, number))
            outcome = outcome_of(prepared.document, None, partial(clean_prepared, prepared, program))
            recleaned[number] = shard.add(outcome)
            at = number + 1
        shard.extend(window.part(at, window.stop))
    for place in run:
        shard.parts.append(earlier.part(place.at, recleaned))
    return True


def _outcomes(part: InputPart, keys: Keys, used_ids: set[str], program: Program, tick: Tick) -> Iterator[Outcome]:
    """Read and clean the documents of a part, in order."""
    for item in read(part.source, keys):
        if isinstance(item, Unreadable):
            yield unread(item, UNREADABLE, used_ids)
        else:
            yield cleaned(item, used_ids, program)
        tick(1, 0)


def _unchanged(part: InputPart) -> None:
    """Raise InputError if a file has changed since its digest was computed: its rows would have a wrong key."""
    try:
        now = file_stamp(part.source)
    except OSError:
        return  # its reader has reported it
    if part.stamp not in ((0, 0), now):
        raise InputError(part.source.name, "changed during the build", "run again once nothing writes to it")
