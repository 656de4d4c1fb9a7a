"""Shards: a part of the input each, cleaned and written on its own.

The plan follows from the input alone, and a shard from its job and the program alone: neither knows of
workers. That makes a shard the unit of work for processes and clusters, and of what a later build need not
do again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from cleaner.article import Article
from cleaner.cleaning import clean
from cleaner.edits import apply
from cleaner.engines import Tick
from cleaner.manifest import Input, Tally
from cleaner.model import Document, Metadata, Options
from cleaner.program import Program, compile_program
from cleaner.readers import Keys, Source, Unreadable, read, split
from cleaner.rule import RulePack
from cleaner.writers import ARTICLES, REJECTED, TABLES, Rejected, TableWriter, Written, column_of, pieces

SHARD_BYTES = 64 * 2**20
"""The most input bytes a shard holds (a packed file is never split, and may pass it)."""
_LEAST_SHARD_BYTES = 8 * 2**20
_WANTED_SHARDS = 64  # enough to keep the cores of one machine evenly busy
_PIECES_A_SHARD = 8  # how finely files are split, so that shards come out alike
UNREADABLE_TOLD = 100
"""Unreadable inputs that a report tells of; the `rejected` table has them all."""

_LONGEST_TEXT = 500_000_000  # characters; a column of a batch holds 2 GiB of UTF-8

# Why a document was rejected before any rule saw it. Filters of the rules bear the rules' ids.
REFUSED, UNREADABLE, FAILED, DUPLICATE_ID = (
    "input/refused", "input/unreadable", "input/failed", "input/duplicate-id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A job: what to read and where to write. `number` counts from 0."""

    number: int
    of: int
    sources: tuple[Source, ...]
    """Files, or ranges of them, in the order of the input."""
    inputs: tuple[Source, ...]
    """The whole files whose digests are this shard's to take: those that begin in it."""
    refused: tuple[Unreadable, ...]
    keys: Keys
    folder: Path
    """The dataset's folder."""
    taken: frozenset[str] = frozenset()
    """Ids of this shard that an earlier shard has already given away."""

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(source.size for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReport:
    """What became of a shard."""

    number: int
    tally: Tally
    inputs: tuple[Input, ...]
    unreadable: tuple[Unreadable, ...]
    """The first of them."""
    files: tuple[Written, ...]


def plan(
    sources: Sequence[Source],
    refused: Iterable[Unreadable] = (),
    *,
    folder: Path,
    keys: Keys | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> list[Shard]:
    """Cut the input into shards of about the same size, in its order.

    Small inputs get smaller shards than `shard_bytes`, so that there are enough of them to share out.
    """
    total = sum(source.size for source in sources)
    most = max(1, min(shard_bytes, max(_LEAST_SHARD_BYTES, total // _WANTED_SHARDS)))
    target = max(1, -(-total // max(1, -(-total // most))))
    parts = [
        [piece for _, piece in placed]
        for _, placed in groupby(_placed(sources, target), lambda each: min(each[0], total - 1) // target)
    ] or [[]]
    whole = {source.name: source for source in sources}
    return [
        Shard(
            number=number,
            of=len(parts),
            sources=tuple(part),
            inputs=tuple(whole[piece.name] for piece in part if not piece.start),
            refused=tuple(refused) if number == 0 else (),
            keys=keys or Keys(),
            folder=folder,
        )
        for number, part in enumerate(parts)
    ]


def _placed(sources: Iterable[Source], target: int) -> Iterator[tuple[int, Source]]:
    """Pieces of the sources, each with the number of bytes before it."""
    before = 0
    for source in sources:
        for piece in split(source, max(1, target // _PIECES_A_SHARD)):
            yield before, piece
            before += piece.size


def shard_runner(rules: RulePack, options: Options) -> Callable[[Shard, Tick], ShardReport]:
    """Compile the rules, and give the function that runs a shard with them. Raises PatternError."""
    return partial(run_shard, program=compile_program(rules, options))


def run_shard(job: Shard, tick: Tick, *, program: Program) -> ShardReport:
    """Read, clean and write a shard: a Parquet file in each of the dataset's tables. Raises OutputError."""
    tally = Tally()
    unreadable: list[Unreadable] = []
    with ExitStack() as files:
        articles, removed, rejected = writers = [
            files.enter_context(TableWriter(job.folder, table.file(job.number, job.of), table)) for table in TABLES
        ]
        for outcome in _outcomes(job, program, tick):
            tally.add_document(outcome)
            if isinstance(outcome, Rejected):
                article = outcome.article
                rejected.add(outcome, len(article.text))
                if outcome.filter in (UNREADABLE, FAILED) and len(unreadable) < UNREADABLE_TOLD:
                    unreadable.append(_told(outcome))
            else:
                article = outcome
                articles.add(outcome, len(article.text))
            for piece in pieces(article):
                tally.add_piece(piece)
                removed.add(piece, len(piece.text))
    return ShardReport(
        number=job.number,
        tally=tally,
        inputs=tuple(map(_input, job.inputs)),
        unreadable=tuple(unreadable),
        files=tuple(writer.written for writer in writers),
    )


def _outcomes(job: Shard, program: Program, tick: Tick) -> Iterator[Article | Rejected]:
    """What becomes of each document of a shard, in order."""
    given_away = set(job.taken)
    for refused in job.refused:
        yield _unread(refused, REFUSED, given_away)
        tick(1, 0)
    for source in job.sources:
        for item in read(source, job.keys):
            if isinstance(item, Unreadable):
                yield _unread(item, UNREADABLE, given_away)
            else:
                yield _cleaned(item, given_away, program)
            tick(1, 0)
        tick(0, source.size)


def _cleaned(document: Document, given_away: set[str], program: Program) -> Article | Rejected:
    if len(document.text) > _LONGEST_TEXT:
        cause, hint = f"is longer than {_LONGEST_TEXT:,} characters", "split it: it can't be one article"
        fault = Unreadable(source=document.source, id=document.id, cause=cause, hint=hint, digest=document.digest)
        return _unread(fault, UNREADABLE, given_away)
    first = document.id if document.id in given_away else None
    document = replace(document, id=_own_id(document.id, document.source, given_away))
    try:
        article = clean(document, program)
    except Exception as error:  # one document in a million must not stop the rest, nor be lost
        return Rejected(
            article=_as_it_is(document),
            filter=FAILED,
            cause=f"cleaning it failed: {type(error).__name__}: {error}",
            hint="please report it, with this text",
            duplicate_of=first,
        )
    if first is not None:
        return Rejected(
            article=article,
            filter=DUPLICATE_ID,
            cause="an earlier document has the same id",
            hint="give each record an id of its own, or none",
            duplicate_of=first,
        )
    if article.verdict.kept:
        return article
    return Rejected(article=article, filter=article.verdict.filter, figure=article.verdict.figure)


def _unread(fault: Unreadable, reason: str, given_away: set[str]) -> Rejected:
    """The row of a file or record that gave no document."""
    first = fault.id if fault.id in given_away else None
    own = _own_id(fault.id, fault.source, given_away)
    nothing = Document(id=own, text="", source=fault.source, digest=fault.digest)
    return Rejected(article=_as_it_is(nothing), filter=reason, cause=fault.cause, hint=fault.hint, duplicate_of=first)


def _own_id(wanted: str, source: str, given_away: set[str]) -> str:
    """The wanted id; where it is given away already, that with the document's source, which nobody shares."""
    while wanted in given_away:
        wanted = f"{wanted}@{source}"
    given_away.add(wanted)
    return wanted


def _as_it_is(document: Document) -> Article:
    """A document that was not cleaned, in the shape of an article."""
    text, layout = apply(document.text, ())
    return Article(
        id=document.id, text=text, metadata=Metadata(), edits=(), layout=layout, source=document.source,
        digest=document.digest, url=document.url, given=document.given, stated=document.stated, blocks=document.blocks,
    )  # fmt: skip


def _told(rejected: Rejected) -> Unreadable:
    return Unreadable(
        source=rejected.article.source,
        id=rejected.article.id,
        cause=rejected.cause or "",
        hint=rejected.hint or "",
        digest=rejected.article.digest,
    )


def _input(source: Source) -> Input:
    try:
        digest = source.digest()
    except OSError:
        digest = None  # its reader has told why
    return Input(name=source.name, bytes=source.size, sha256=digest)


def clashes(jobs: Sequence[Shard]) -> list[Shard]:
    """The jobs to run again, as they hold ids that an earlier shard gave away, with those ids as `taken`.

    Ids are compared by 64 bits each at first, so that a million of them cost 8 MB; then the few that look
    alike by themselves.
    """
    import numpy as np  # noqa: PLC0415

    hashes = np.concatenate(
        [np.fromiter(map(hash, batch), np.int64, len(batch)) for job in jobs for batch in _ids(job)]
        or [np.empty(0, np.int64)]
    )
    hashes.sort()
    suspects = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    if not suspects:
        return []
    seen: set[str] = set()
    again: list[Shard] = []
    for job in jobs:
        ids = {each for batch in _ids(job) for each in batch if hash(each) in suspects}
        if taken := ids & seen:
            again.append(replace(job, taken=job.taken | taken))
        seen |= ids
    return again


def _ids(job: Shard) -> Iterator[list[str]]:
    for table in (ARTICLES, REJECTED):
        yield from column_of(job.folder / table.file(job.number, job.of), "id")
