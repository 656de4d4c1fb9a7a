"""Build a dataset: raw texts in, Parquet with its ledger, card and manifest out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

from cleaner import card, manifest
from cleaner.carried import Carried
from cleaner.duplicates.options import Duplicates
from cleaner.engines import ENGINES, Prepare
from cleaner.errors import OutputError
from cleaner.finishing import Finish, digests_of_existing, finisher, finishes
from cleaner.folders import growing, told
from cleaner.manifest import Manifest, Tally, load_manifest, versions
from cleaner.model import Options
from cleaner.plan import SHARD_BYTES, Planned, digest_of, digested, plan
from cleaner.program import program_digest
from cleaner.readers import Keys, Source, Unreadable, discover
from cleaner.rule import RulePack
from cleaner.shards import UNREADABLE_TOLD, Shard, clashes, shard_runner
from cleaner.store import ShardReport, Store, code, digest_of_file, link
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
    cleaned: int
    """Documents that were read and cleaned now; the others are as the last build has left them."""
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
    duplicates: Duplicates | None = None,
    text_field: str = "text",
    html_field: str = "html",
    workers: int | None = None,
    shard_bytes: int = SHARD_BYTES,
    afresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Clean all that `raw` (a folder, a file, a glob or an address) holds, and write the dataset `dist`.

    Of documents that repeat each other, as `duplicates` has it, one is kept; None keeps all.

    `dist` is replaced as a whole when all is done; until then, and whenever the build fails, it stays as it
    was. `workers` is the number of processes (None or 0: one a core); it changes no byte of the dataset, while
    `shard_bytes`, the most input that goes into one file, changes how the rows are shared out, not the rows.
    What an earlier build has made, a killed one too, is not made again, unless `afresh` is set (see `cleaner.store`).

    Raises InputError where there is nothing to read, OutputError where `dist` can't be written or holds what
    is no dataset of ours, and CleanerError where a worker dies.
    """
    started = perf_counter()
    options = options or Options()
    workers = workers or os.cpu_count() or 1
    sources, refused = discover(raw)
    _apart(raw, sources, dist)
    _ours(dist)
    keys = Keys(text=text_field, html=html_field)
    with growing(dist) as new:
        inputs = digested(sources, workers)
        planned = plan(sources, inputs, refused, shard_bytes=shard_bytes)
        signed = duplicates is not None and duplicates.any
        existing = digests_of_existing(duplicates, keys, workers) if duplicates and signed else {}
        made_with = digest_of([versions(), code(), asdict(keys), signed])
        program = program_digest(rules, options)
        wanted = [asdict(duplicates) if duplicates else None, sorted(existing.items())]
        key = digest_of([made_with, program, wanted, [each.key for each in planned]])
        last = load_manifest(dist)
        if not afresh and last and last.get("key") == key and _is_whole(dist, last):
            return _report(dist, last, started, cleaned=0)
        store = Store.of(dist)
        if afresh:
            store.forget_all_but(())
        store.keep_rules(program, rules, options)
        work = _Work(store=store, keys=keys, signed=signed, made_with=made_with, program=program)
        work.used.update(existing.values())
        reports = _run(work, planned, partial(shard_runner, rules, options), workers, progress)
        if duplicates and signed:
            reports = _finished(work, reports, finishes(store, reports, duplicates, keys, existing), workers)
        tally = Tally()
        files: list[Written] = []
        for number, report in enumerate(reports):
            tally.add(report.tally)
            for table, file in zip(TABLES, report.files, strict=False):  # what else there is serves the next build
                path = table.file(number, len(reports))
                link(store.place(report.key, file.path), new.folder / path)
                files.append(replace(file, path=path))
        whole = Manifest(
            tally=tally,
            rules=rules,
            options=options,
            duplicates=duplicates,
            text_field=text_field,
            html_field=html_field,
            shards=len(reports),
            key=key,
            inputs=tuple(inputs),
            refused=tuple(refused),
            unreadable=tuple(each for report in reports for each in report.unreadable)[:UNREADABLE_TOLD],
            files=tuple(files),
        )
        card_text = card.card(whole).encode()
        manifest_text = whole.dump(_written(card.FILE, card_text))
        with told(dist):
            (new.folder / card.FILE).write_bytes(card_text)
            (new.folder / manifest.FILE).write_bytes(manifest_text)
        new.publish()
        store.forget_all_but({*work.used, program})
    return _report(dist, orjson.loads(manifest_text), started, cleaned=work.cleaned)


@dataclass(slots=True, kw_only=True)
class _Work:
    """What a build has come to: the shards that it needs, and those that it finds."""

    store: Store
    keys: Keys
    signed: bool
    made_with: str
    """Digest of packages, code and settings: all that can change a row, but for the input and the program."""
    program: str
    used: set[str] = field(default_factory=set)
    cleaned: int = 0

    def job(self, planned: Planned, earlier: Mapping[str, Carried]) -> Shard:
        """The job of a shard; `earlier` says where the rows of parts are found."""
        carried = tuple(earlier.get(part.key) for part in planned.parts)
        key = digest_of([self.made_with, self.program, planned.key])
        self.used.add(key)
        return Shard(
            planned=planned, key=key, made_with=self.made_with, signed=self.signed, keys=self.keys, store=self.store,
            carried=carried if any(carried) else (),
        )  # fmt: skip

    def earlier(self) -> Mapping[str, Carried]:
        """Where the rows of parts are found: in shards that were made as they would be now, but for the program.

        Those of the same program go before others.
        """
        found: dict[str, Carried] = {}
        for report in sorted(self.store.reports(), key=lambda report: report.program == self.program):
            if report.made_with == self.made_with:
                found |= {rows.key: Carried(report.key, at) for at, rows in enumerate(report.parts) if rows.key}
        return found


def _run(
    work: _Work,
    planned: Sequence[Planned],
    prepare: Prepare[Shard, ShardReport],
    workers: int,
    progress: Callable[[Progress], None] | None,
) -> list[ShardReport]:
    """Make all shards that aren't there, and again those that hold ids which earlier shards gave away."""
    reports: dict[int, ShardReport] = {}
    done = [0, 0]
    total_bytes = sum(each.size for each in planned)

    def tick(documents: int, size: int) -> None:
        done[0] += documents
        done[1] += size
        if progress:
            progress(
                Progress(
                    documents=done[0], bytes=done[1], total_bytes=total_bytes,
                    shards=len(reports), total_shards=len(planned),
                )
            )  # fmt: skip

    earlier = work.earlier()
    final = [work.job(each, earlier) for each in planned]
    todo = list(final)
    while todo:
        missing: list[Shard] = []
        for job in todo:
            if found := work.store.find(job.key):
                reports[job.planned.number] = found
                tick(found.tally.documents, job.planned.size)
            else:
                missing.append(job)
        if missing:
            numbers = {job.key: job.planned.number for job in missing}
            engine = ENGINES["serial" if min(workers, len(missing)) == 1 else "processes"]
            with closing(engine(prepare, missing, workers=workers, tick=tick)) as results:
                for report in results:
                    reports[numbers[report.key]] = report
                    work.cleaned += report.cleaned
                    tick(0, 0)
        todo = [work.job(each, earlier) for each in clashes(final)]
        for job in todo:
            number = job.planned.number
            final[number] = job
            again = reports.pop(number)
            done[0] -= again.tally.documents
            done[1] -= job.planned.size
    return [reports[number] for number in range(len(planned))]


def _finished(work: _Work, reports: Sequence[ShardReport], jobs: Sequence[Finish], workers: int) -> list[ShardReport]:
    """The shards without their duplicates; those that hold none are as they were."""
    done = {job.shard: found for job in jobs if (found := work.store.find(job.key))}
    missing = [job for job in jobs if job.shard not in done]
    if missing:
        engine = ENGINES["serial" if min(workers, len(missing)) == 1 else "processes"]
        shards = {job.key: job.shard for job in missing}
        with closing(engine(finisher, missing, workers=workers, tick=lambda *_: None)) as results:
            done |= {shards[report.key]: report for report in results}
    work.used.update(job.key for job in jobs)
    return [done.get(report.key, report) for report in reports]


def _is_whole(dist: Path, last: Mapping[str, Any]) -> bool:
    """Whether all files of a dataset are as they were written."""
    try:
        return all(digest_of_file(dist / file["path"]) == file["sha256"] for file in last["files"])
    except OSError:
        return False


def _report(dist: Path, written: Mapping[str, Any], started: float, *, cleaned: int) -> BuildReport:
    """What a manifest tells."""
    documents, words, rules = written["documents"], written["words"], written["rules"]

    def counts(what: str, status: str | None = None) -> Mapping[str, int]:
        wanted = {key: rule for key, rule in rules.items() if status in (None, rule["status"])}
        return _most_first({key: rule[what] for key, rule in wanted.items() if rule[what]})

    return BuildReport(
        dist=dist,
        seconds=perf_counter() - started,
        shards=written["shards"],
        bytes=sum(each["bytes"] for each in written["inputs"]),
        documents=documents["all"],
        cleaned=cleaned,
        kept=documents["kept"],
        rejected=_most_first(documents["rejected"]),
        flagged=_most_first(documents["flagged"]),
        languages=_most_first(documents["languages"]),
        words_before=words["before"],
        words_after=words["kept"],
        words_rejected=words["rejected"],
        words_removed=_most_first(words["removed"]),
        pieces=counts("pieces"),
        suppressed=counts("suppressed"),
        experimental=counts("marks", "experimental"),
        unreadable=tuple(Unreadable(**each) for each in written["unreadable"]),
        ignored=tuple(Unreadable(**each) for each in written["refused"]),
    )


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
