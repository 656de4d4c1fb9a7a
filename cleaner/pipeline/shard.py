"""Shards: a part of the input each, cleaned and written on its own.

A shard follows from its job and the program alone, and knows nothing of workers. That makes it the unit of work for
processes and clusters, and of what a later build need not do again.
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

UNREADABLE_TOLD = 100
"""Unreadable inputs that a report tells of; the `rejected` table has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A job: what to read, what is there already, and where to write."""

    planned: Planned
    key: str
    """Of all that the shard is made of, the program with it."""
    made_with: str
    """Digest of packages, code and settings."""
    signed: bool = False
    """Write the articles' signatures, too."""
    paragraphs: bool = False
    """Put their paragraphs' keys into them."""
    keys: Keys
    store: Store
    carried: tuple[PartRef | None, ...] = ()
    """Where the rows of each part are found that an earlier build made; empty where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """A document as rows of the tables, ready to be written."""

    outcome: Outcome
    row: TableRow
    characters: int
    signature: MinHashSignature | None
    pieces: tuple[tuple[LedgerRow, TableRow], ...]


class ShardWriter:
    """The tables of a shard while they are written, and the counts of what goes into them. Use it as a context."""

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
        """Write a document, rejected where its rows can't be made; whether it is, and how many rows of the ledger
        it has.

        Nothing of a document is counted or written before all its rows are there.
        """
        rows = self._rows(outcome)
        self.tally.add_document(rows.outcome)
        self.cleaned += 1
        rejected = isinstance(rows.outcome, Rejected)
        if isinstance(rows.outcome, Rejected) and rows.outcome.filter in (UNREADABLE, FAILED):
            self._tell(fault_of(rows.outcome))
        (self._rejected if rejected else self._articles).add(rows.row, rows.characters)
        if self._signatures and rows.signature:
            self._signatures.add(rows.signature)
        for piece, row in rows.pieces:
            self.tally.add_piece(piece)
            self._removed.add(row, len(piece.text))
        return rejected, len(rows.pieces)

    def _rows(self, outcome: Outcome) -> _Rows:
        """The rows of a document; where they can't be made, those of its rejection, which has less and less in it."""
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
        """Write the documents of a part; its `key` is None where its rows must not be carried over."""
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
        """Write documents that are rows already."""
        self.tally.add_rows(rows.articles, rows.refused, rows.removed)
        self._articles.extend(rows.articles)
        if self._signatures:
            self._signatures.extend(rows.signatures)
        self._removed.extend(rows.removed)
        self._rejected.extend(rows.refused)
        told = rows.refused.select(["filter", "source", "id", "cause", "hint", "raw_digest"])
        for reason, source, id_, cause, hint, digest in zip(*told.to_pydict().values(), strict=True):
            if reason in (UNREADABLE, FAILED):
                self._tell(Unreadable(source=source, id=id_, cause=cause, hint=hint, digest=digest))

    def _tell(self, fault: Unreadable) -> None:
        if len(self.unreadable) < UNREADABLE_TOLD:
            self.unreadable.append(fault)

    def _signatures_written(self) -> Iterator[Written]:
        if self._signed:
            file = self._folder / SIGNATURES
            yield Written(path=SIGNATURES, rows=0, bytes=file.stat().st_size, size=0, sha256=digest_of_file(file))

    def report(self, job: Shard, program: Program) -> ShardReport:
        """What was written, when the context has ended."""
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
    """Read, clean and write a shard, or carry over what there is of it. Raises OutputError, InputError."""
    with job.store.writing(job.key) as folder:
        report = _as_it_was(job, folder, tick, program) or _made(job, folder, tick, program)
        (folder / REPORT).write_bytes(report.dump())
    return report


def _made(job: Shard, folder: Path, tick: Tick, program: Program) -> ShardReport:
    given_away = set(job.planned.taken)
    with ShardWriter(folder, signed=job.signed, paragraphs=job.paragraphs) as shard:
        shard.add_all((unread(each, REFUSED, given_away) for each in job.planned.refused), None)
        tick(len(job.planned.refused), 0)
        for parts, carried in _runs(job):
            if not (carried and _carry(carried, job.store, shard, given_away, program)):
                for part in parts:
                    shard.add_all(_outcomes(part, job.keys, given_away, program, tick), part.key)
                    _unchanged(part)
            tick(0, sum(part.source.size for part in parts))
    return shard.report(job, program)


def _as_it_was(job: Shard, folder: Path, tick: Tick, program: Program) -> ShardReport | None:
    """A shard of the very parts of an earlier one, of which no changed rule can touch a document: its files get a
    second name. None for any other."""
    places = [each for each in job.carried if each]
    earlier = finished_shard(job.store, places[0].key) if places else None
    redo = earlier and recleaner_since(job.store, earlier.report.program, program)
    if not (earlier and redo) or job.planned.taken:
        return None
    # What was refused stands first, and is no part that could be carried over.
    wanted = [PartRef(earlier.report.key, at) for at in range(1, len(earlier.report.parts))]
    if list(job.carried) != wanted or job.planned.refused or earlier.report.parts[0].documents:
        return None
    if any(True for window in earlier.windows(0, len(earlier.rejected)) for _ in redo.among(window)):
        return None
    for file in earlier.report.files:
        link(job.store.place(earlier.report.key, file.path), folder / file.path)
    tick(0, job.planned.size)
    return replace(earlier.report, key=job.key, program=program.digest, cleaned=0)


def _runs(job: Shard) -> Iterator[tuple[Sequence[InputPart], Sequence[PartRef]]]:
    """The parts of a shard that follow each other in the same finished shard, together; each other one alone."""
    parts = job.planned.parts
    places = job.carried or (None,) * len(parts)

    def apart(each: tuple[int, tuple[InputPart, PartRef | None]]) -> tuple[str, int]:
        number, (_, place) = each
        return (place.key, place.at - number) if place else ("", number)

    for _, run in groupby(enumerate(zip(parts, places, strict=True)), apart):
        those = [each for _, each in run]
        yield [part for part, _ in those], [place for _, place in those if place]


def _carry(run: Sequence[PartRef], store: Store, shard: ShardWriter, given_away: set[str], program: Program) -> bool:
    """Carry the rows of these parts over, but for those that changed rules touch; False where that can't be."""
    earlier = finished_shard(store, run[0].key)
    redo = earlier and recleaner_since(store, earlier.report.program, program)
    if not (earlier and redo):
        return False
    start, stop = int(earlier.starts[run[0].at]), int(earlier.starts[run[-1].at + 1])
    ids = frozenset(earlier.ids[start:stop])
    if ids & given_away:
        return False
    given_away |= ids
    anew: dict[int, tuple[bool, int]] = {}
    for window in earlier.windows(start, stop):
        at = window.start
        for number, prepared in redo.among(window):
            shard.extend(window.part(at, number))
            outcome = outcome_of(prepared.document, None, partial(clean_prepared, prepared, program))
            anew[number] = shard.add(outcome)
            at = number + 1
        shard.extend(window.part(at, window.stop))
    for place in run:
        shard.parts.append(earlier.part(place.at, anew))
    return True


def _outcomes(part: InputPart, keys: Keys, given_away: set[str], program: Program, tick: Tick) -> Iterator[Outcome]:
    """What becomes of each document of a part, in order."""
    for item in read(part.source, keys):
        if isinstance(item, Unreadable):
            yield unread(item, UNREADABLE, given_away)
        else:
            yield cleaned(item, given_away, program)
        tick(1, 0)


def _unchanged(part: InputPart) -> None:
    """Raises InputError where a file is not as it was when its digest was taken: a key would stand for other rows."""
    try:
        now = file_stamp(part.source)
    except OSError:
        return  # its reader has told
    if part.stamp not in ((0, 0), now):
        raise InputError(part.source.name, "has changed while it was read", "build again when it is at rest")
