"""Run a build: clean all shards, drop duplicates, and write the manifest and the card beside the tables."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cleaner.dataset.atomic import Growing
from cleaner.dataset.card import card
from cleaner.dataset.digests import digest_of
from cleaner.dataset.files import CARD, LEARNED, MANIFEST
from cleaner.dataset.manifest import Manifest, Tally
from cleaner.dataset.parquet import Written
from cleaner.dataset.tables import TABLES
from cleaner.dedup.lsh import BandFinder
from cleaner.matching.program import Program, compile_program
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.pipeline.drop_duplicates import Finish, finish, finishes
from cleaner.pipeline.duplicate_ids import clashes
from cleaner.pipeline.engines import ENGINES, FINDERS, Run, Tick
from cleaner.pipeline.finished_shard import PartRef
from cleaner.pipeline.options import BuildInputs
from cleaner.pipeline.plan import Planned
from cleaner.pipeline.report import Progress
from cleaner.pipeline.reuse import finished_shard, recleaner_since
from cleaner.pipeline.shard import UNREADABLE_LISTED, Shard, run_shard
from cleaner.pipeline.shard_store import ShardReport, Store
from cleaner.readers import Unreadable

Enough = Callable[[int, Mapping[str, int], Sequence[Unreadable]], None]
"""A check: takes the number of documents, the rejected by filter, and the unreadable ones with their causes.

Raises UnreadableInputError if too few could be read.
"""


def run_build(
    order: BuildInputs, dist: Path, new: Growing, progress: Callable[[Progress], None] | None, enough: Enough
) -> tuple[Mapping[str, Any], int]:
    """Build and publish the dataset. Return its manifest as plain data, and how many documents were cleaned now.

    Raises OutputError, InputError and CleanerError as `cleaner.pipeline.build.build` does.
    """
    options = order.options
    store = Store.of(dist)
    if options.no_cache:
        store.forget_all_but(())
    store.keep_rules(order.program, order.rules, options.cleaning)
    build_run = BuildRun(order, store, progress)
    paths = (part.source.path for planned in order.planned for part in planned.parts)
    places = (store.folder, *islice((path for path in paths if isinstance(path, Path)), 1))
    prepare = partial(worker, order.rules, options.cleaning)
    with ENGINES[options.engine](prepare, workers=options.workers or 0, tick=build_run.tick, places=places) as run:
        reports = build_run.finished(build_run.shards(run), run, FINDERS[options.engine])
    tally = Tally()
    files: list[tuple[Path, Written]] = []
    for number, report in enumerate(reports):
        tally.add(report.tally)
        for table, file in zip(TABLES, report.files, strict=False):  # other files are for the next build only
            path = table.file(number, len(reports))
            files.append((store.place(report.key, file.path), replace(file, path=path)))
    unreadable = tuple(each for report in reports for each in report.unreadable)[:UNREADABLE_LISTED]
    enough(tally.documents, tally.rejected, (*unreadable, *order.refused))
    learned = order.learned.encode()
    whole = Manifest(
        tally=tally,
        rules=order.rules,
        options=options.cleaning,
        duplicates=options.duplicates,
        text_field=",".join(options.keys.texts),
        html_field=options.keys.html,
        shards=len(reports),
        key=order.key,
        inputs=order.inputs,
        refused=order.refused,
        unreadable=unreadable,
        files=(*(file for _, file in files), *([_written(LEARNED, learned)] if learned else [])),
    )
    card_text = card(whole).encode()
    manifest_text = whole.dump(_written(CARD, card_text))
    new.write(MANIFEST, manifest_text)
    new.write(CARD, card_text)
    if learned:
        new.write(LEARNED, learned)
    for place, file in files:
        new.link(place, file.path)
    new.publish()
    store.keep_manifest(manifest_text)
    store.forget_all_but({*build_run.used, order.program})
    return orjson.loads(manifest_text), build_run.cleaned


def _written(path: str, content: bytes) -> Written:
    sha = hashlib.sha256(content).hexdigest()
    return Written(path=path, rows=0, bytes=len(content), size=len(content), sha256=sha)


BuildJob = Shard | Finish


def worker(rules: RulePack, options: Options) -> Callable[[BuildJob, Tick], ShardReport]:
    """Return the function that a worker runs for each job; it compiles the rules when the first shard needs them."""

    for known in (finished_shard, recleaner_since):  # files may have changed since an earlier build
        known.cache_clear()

    @cache
    def program() -> Program:
        compiled = compile_program(rules, options)
        # Thousands of rules live as long as the process: exclude them from garbage collection.
        gc.collect()
        gc.freeze()
        return compiled

    def work(job: BuildJob, tick: Tick) -> ShardReport:
        return finish(job, tick) if isinstance(job, Finish) else run_shard(job, tick, program=program())

    return work


class BuildRun:
    """The state of a build: the shards it needs, and those that are finished."""

    def __init__(self, order: BuildInputs, store: Store, progress: Callable[[Progress], None] | None) -> None:
        self._order = order
        self._planned = order.planned
        self._duplicates = order.options.duplicates
        self._keys = order.options.keys
        self._store = store
        self._progress = progress
        self._total_bytes = sum(each.size for each in order.planned)
        self._documents = self._bytes = 0
        self._reports: dict[int, ShardReport] = {}
        self.used: set[str] = set()
        """Keys of everything in the store that the next build may need."""
        self.cleaned = 0
        """Documents that were read and cleaned."""

    def tick(self, documents: int, size: int) -> None:
        """Count documents and bytes as done, and report the progress."""
        self._documents += documents
        self._bytes += size
        if self._progress:
            self._progress(
                Progress(
                    documents=self._documents, bytes=self._bytes, total_bytes=self._total_bytes,
                    shards=len(self._reports), total_shards=len(self._planned),
                )
            )  # fmt: skip

    def shards(self, run: Run[BuildJob, ShardReport]) -> list[ShardReport]:
        """Clean the shards that are not finished; clean those again whose ids an earlier shard uses, too."""
        earlier = self._earlier()
        final = [self._job(each, earlier) for each in self._planned]
        todo = list(final)
        while todo:
            missing: dict[str, Shard] = {}
            for job in todo:
                if found := self._store.find(job.key):
                    self._reports[job.planned.number] = found
                    self.tick(found.tally.documents, job.planned.size)
                else:
                    missing[job.key] = job
            with closing(run(list(missing.values()))) as results:
                for report in results:
                    self._reports[missing[report.key].planned.number] = report
                    self.cleaned += report.cleaned
                    self.tick(0, 0)
            todo = [self._job(each, earlier) for each in clashes(final, self._store)]
            for job in todo:
                number = job.planned.number
                final[number] = job
                self._documents -= self._reports.pop(number).tally.documents
                self._bytes -= job.planned.size
        return [self._reports[number] for number in range(len(self._planned))]

    def _job(self, planned: Planned, earlier: Mapping[str, PartRef]) -> Shard:
        """Return the job of a shard; `earlier` maps keys of parts to their rows in shards of an earlier build."""
        reused = tuple(earlier.get(part.key) for part in planned.parts)
        key = digest_of([self._order.made_with, self._order.program, planned.key])
        self.used.add(key)
        return Shard(
            planned=planned,
            key=key,
            made_with=self._order.made_with,
            signed=self._duplicates is not None,
            paragraphs=bool(self._duplicates and self._duplicates.max_paragraph_repeats),
            keys=self._keys,
            store=self._store,
            reused=reused if any(reused) else (),
        )

    def _earlier(self) -> Mapping[str, PartRef]:
        """Return, by the key of a part, where its rows are in a shard of an earlier build.

        Only shards of the same packages, code and settings count; those of the same program have precedence.
        """
        found: dict[str, PartRef] = {}
        for report in sorted(self._store.reports(), key=lambda report: report.program == self._order.program):
            if report.made_with == self._order.made_with:
                found |= {rows.key: PartRef(report.key, at) for at, rows in enumerate(report.parts) if rows.key}
        return found

    def finished(
        self, reports: Sequence[ShardReport], run: Run[BuildJob, ShardReport], find: BandFinder
    ) -> Sequence[ShardReport]:
        """Return the reports of all shards after duplicates are dropped; shards without duplicates are unchanged.

        `find` is a value of `FINDERS`. Raises InputError if an existing dataset can't be read.
        """
        if self._duplicates is None:
            return reports
        existing = self._order.existing
        self.used.update(existing.values())
        done: dict[str, ShardReport] = {}
        shard_of: dict[str, str] = {}

        def missing(jobs: Iterator[Finish]) -> Iterator[Finish]:
            for job in jobs:
                self.used.add(job.key)
                if found := self._store.find(job.key):
                    done[job.shard] = found
                else:
                    shard_of[job.key] = job.shard
                    yield job

        found = finishes(self._store, reports, self._duplicates, self._keys, existing, find)
        with closing(found) as jobs, closing(run(missing(jobs))) as results:
            done |= {shard_of[report.key]: report for report in results}
        return [done.get(report.key, report) for report in reports]
