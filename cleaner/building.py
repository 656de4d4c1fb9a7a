"""Build a dataset: raw texts in, Parquet with its ledger, card and manifest out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter

from cleaner import card, manifest
from cleaner.engines import ENGINES
from cleaner.errors import OutputError
from cleaner.folders import replaced, told
from cleaner.manifest import Manifest, Tally, load_manifest
from cleaner.model import Options
from cleaner.readers import Keys, Source, Unreadable, discover
from cleaner.rule import RulePack
from cleaner.shards import SHARD_BYTES, UNREADABLE_TOLD, Shard, ShardReport, clashes, plan, shard_runner
from cleaner.writers import TABLES, Written

_OURS = frozenset({card.FILE, manifest.FILE, *(table.folder for table in TABLES)})
_NOBODYS = frozenset({".DS_Store", "Thumbs.db"})  # file managers leave these behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is."""

    documents: int
    bytes: int
    """Of the input."""
    total_bytes: int
    shards: int
    total_shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did. Documents are all that were met: the kept, and the rejected with the unreadable."""

    dist: Path
    seconds: float
    shards: int
    bytes: int
    """Of the input."""
    documents: int
    kept: int
    rejected: Mapping[str, int]
    """Documents by filter, most first."""
    flagged: Mapping[str, int]
    """Documents by flag, most first."""
    languages: Mapping[str, int]
    """Articles by language, most first; "" where it can't be told."""
    words_before: int
    """Words of all documents that could be read."""
    words_after: int
    """Words of the articles."""
    words_rejected: int
    """Words of the rejected documents, cleaned."""
    words_removed: Mapping[str, int]
    """Words by label, most first."""
    pieces: Mapping[str, int]
    """Pieces removed or replaced, by rule, most first."""
    suppressed: Mapping[str, int]
    """Pieces (of a filter: documents) that a suppression left in place, by rule, most first."""
    experimental: Mapping[str, int]
    """Pieces (of a filter: documents) that experimental rules found and only counted, by rule, most first."""
    unreadable: tuple[Unreadable, ...]
    """Files and records that gave no document, with their causes: the first hundred."""
    ignored: tuple[Unreadable, ...]
    """Files that no reader is for, and links that lead out of the input."""


def build(
    raw: str,
    dist: Path,
    *,
    rules: RulePack,
    options: Options | None = None,
    text_field: str = "text",
    html_field: str = "html",
    workers: int | None = None,
    engine: str = "local",
    shard_bytes: int = SHARD_BYTES,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Clean all that `raw` (a folder, a file, a glob or an address) holds, and write the dataset `dist`.

    `dist` is replaced as a whole when all is done; until then, and whenever the build fails, it stays as it
    was. `workers` is the number of processes (None or 0: one a core), and `engine` where they run, a row of
    `ENGINES`; neither changes a byte of the dataset, while `shard_bytes`, the most input that goes into one file,
    changes how the rows are shared out, not the rows.

    Raises InputError where there is nothing to read, OutputError where `dist` can't be written or holds what
    is no dataset of ours, and CleanerError where a worker dies.
    """
    started = perf_counter()
    options = options or Options()
    found, refused = discover(raw)
    sources = [source.absolute() for source in found]
    _apart(raw, sources, dist)
    _ours(dist)
    with replaced(dist) as folder:
        keys = Keys(text=text_field, html=html_field)
        jobs = plan(sources, refused, folder=folder, keys=keys, shard_bytes=shard_bytes)
        places = (folder, *islice((source.path for source in sources if isinstance(source.path, Path)), 1))
        mapped = partial(ENGINES[engine], partial(shard_runner, rules, options), workers=workers or 0, places=places)
        reports = _run(jobs, mapped, progress)
        tally = Tally()
        for report in reports:
            tally.add(report.tally)
        unreadable = tuple(each for report in reports for each in report.unreadable)[:UNREADABLE_TOLD]
        whole = Manifest(
            tally=tally,
            rules=rules,
            options=options,
            text_field=text_field,
            html_field=html_field,
            shards=len(jobs),
            inputs=tuple(each for report in reports for each in report.inputs),
            refused=tuple(refused),
            unreadable=unreadable,
            files=tuple(file for report in reports for file in report.files),
        )
        card_text = card.card(whole).encode()
        with told(dist):
            (folder / card.FILE).write_bytes(card_text)
            (folder / manifest.FILE).write_bytes(whole.dump(_written(card.FILE, card_text)))
    trials = [rule.id for rule in rules.rules if rule.status == "experimental"]
    return BuildReport(
        dist=dist,
        seconds=perf_counter() - started,
        shards=len(jobs),
        bytes=sum(job.size for job in jobs),
        documents=tally.documents,
        kept=tally.kept,
        rejected=_most_first(tally.rejected),
        flagged=_most_first(tally.flagged),
        languages=_most_first(tally.languages),
        words_before=tally.words_before,
        words_after=tally.words_after,
        words_rejected=tally.words_rejected,
        words_removed=_most_first(tally.words_removed),
        pieces=_most_first(tally.pieces),
        suppressed=_most_first(tally.suppressed),
        experimental=_most_first({rule: tally.marks[rule] for rule in trials if tally.marks[rule]}),
        unreadable=unreadable,
        ignored=tuple(refused),
    )


def _run(
    jobs: Sequence[Shard],
    mapped: Callable[..., Generator[ShardReport, None, None]],
    progress: Callable[[Progress], None] | None,
) -> list[ShardReport]:
    """Run all shards, and again those that hold ids which earlier shards gave away; the reports, in order."""
    reports: dict[int, ShardReport] = {}
    done = [0, 0]
    total_bytes = sum(job.size for job in jobs)

    def tick(documents: int, size: int) -> None:
        done[0] += documents
        done[1] += size
        if progress:
            progress(
                Progress(
                    documents=done[0], bytes=done[1], total_bytes=total_bytes,
                    shards=len(reports), total_shards=len(jobs),
                )
            )  # fmt: skip

    final = {job.number: job for job in jobs}
    todo = list(jobs)
    while todo:
        with closing(mapped(todo, tick=tick)) as results:
            for report in results:
                reports[report.number] = report
                tick(0, 0)
        todo = clashes(list(final.values()))
        for job in todo:
            final[job.number] = job
            again = reports.pop(job.number)
            done[0] -= again.tally.documents
            done[1] -= job.size
    return [reports[job.number] for job in jobs]


def _apart(raw: str, sources: Sequence[Source], dist: Path) -> None:
    """Raises OutputError where the dataset would lie in its own input, or the input in the dataset."""
    target = dist.resolve()
    root = Path(raw)
    if root.is_dir() and target.is_relative_to(root.resolve()):
        raise OutputError(str(dist), f"lies in the input folder {raw}", "write the dataset beside it")
    for source in sources:
        if isinstance(source.path, Path) and source.path.resolve().is_relative_to(target):
            raise OutputError(str(dist), f"holds the input {source.name}", "write the dataset elsewhere")


def _ours(dist: Path) -> None:
    """Raises OutputError where `dist` holds something that a build did not write: it would be lost."""
    with told(dist):
        if not dist.exists():
            return
        if not dist.is_dir():
            raise OutputError(str(dist), "is a file", "name a folder")
        held = {entry.name for entry in dist.iterdir()} - _NOBODYS
        if not held:
            return
        last = load_manifest(dist)
        if last is None:
            raise OutputError(str(dist), "holds files, and is no dataset of ours", "name a new or an empty folder")
        if strange := sorted(held - _OURS):
            cause = f"holds {', '.join(strange[:5])}, which no build wrote"
            raise OutputError(str(dist), cause, "move that away, or write elsewhere")
        written = {file["path"]: file["sha256"] for file in last["files"]}
        card_file = dist / card.FILE
        if card_file.is_file() and _sha256(card_file.read_bytes()) != written.get(card.FILE):
            raise OutputError(
                str(card_file), "was changed by hand since it was built", "move it away: a build writes its own"
            )
        if not os.access(dist, os.W_OK):
            raise OutputError(str(dist), "no permission to write here", "choose another folder")


def _written(path: str, content: bytes) -> Written:
    return Written(path=path, rows=0, bytes=len(content), size=len(content), sha256=_sha256(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _most_first(counts: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
