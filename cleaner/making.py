"""The shards of a dataset are made: those that no earlier build has made, and those whose rows hang on others."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache

from cleaner.carried import Carried, earlier_shard, redo_since
from cleaner.duplicates.bands import Find
from cleaner.duplicates.options import Duplicates
from cleaner.engines import Run, Tick
from cleaner.finishing import Finish, finish, finishes
from cleaner.model import Options
from cleaner.plan import Planned
from cleaner.program import Program, compile_program
from cleaner.progress import Progress
from cleaner.provenance import digest_of
from cleaner.readers import Keys
from cleaner.rule import RulePack
from cleaner.shards import Shard, clashes, run_shard
from cleaner.store import ShardReport, Store

Job = Shard | Finish


def worker(rules: RulePack, options: Options) -> Callable[[Job, Tick], ShardReport]:
    """The function that does either kind of job; rules are compiled when the first shard needs them."""

    for known in (earlier_shard, redo_since):  # of an earlier build in this process; files may have changed since
        known.cache_clear()

    @cache
    def program() -> Program:
        compiled = compile_program(rules, options)
        # Thousands of rules stay for good: the collector need not look at them at each of its rounds.
        gc.collect()
        gc.freeze()
        return compiled

    def work(job: Job, tick: Tick) -> ShardReport:
        return finish(job, tick) if isinstance(job, Finish) else run_shard(job, tick, program=program())

    return work


class Making:
    """What a build has come to: the shards that it needs, and those that are there.

    `made_with` is a digest of packages, code and settings: all that can change a row, but for the input and the
    program, whose digest is `program`.
    """

    def __init__(
        self,
        planned: Sequence[Planned],
        store: Store,
        *,
        keys: Keys,
        duplicates: Duplicates | None,
        made_with: str,
        program: str,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._planned = planned
        self._store = store
        self._keys = keys
        self._duplicates = duplicates
        self._made_with = made_with
        self._program = program
        self._progress = progress
        self._total_bytes = sum(each.size for each in planned)
        self._documents = self._bytes = 0
        self._reports: dict[int, ShardReport] = {}
        self.used: set[str] = set()
        """Keys of all that the next build may need."""
        self.cleaned = 0
        """Documents that were read and cleaned."""

    def tick(self, documents: int, size: int) -> None:
        """Tell how far the build is."""
        self._documents += documents
        self._bytes += size
        if self._progress:
            self._progress(
                Progress(
                    documents=self._documents, bytes=self._bytes, total_bytes=self._total_bytes,
                    shards=len(self._reports), total_shards=len(self._planned),
                )
            )  # fmt: skip

    def shards(self, run: Run[Job, ShardReport]) -> list[ShardReport]:
        """Make all shards that aren't there, and again those that hold ids which earlier shards gave away."""
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

    def _job(self, planned: Planned, earlier: Mapping[str, Carried]) -> Shard:
        """The job of a shard; `earlier` says where the rows of parts are found."""
        carried = tuple(earlier.get(part.key) for part in planned.parts)
        key = digest_of([self._made_with, self._program, planned.key])
        self.used.add(key)
        return Shard(
            planned=planned,
            key=key,
            made_with=self._made_with,
            signed=self._duplicates is not None,
            paragraphs=bool(self._duplicates and self._duplicates.repeated),
            keys=self._keys,
            store=self._store,
            carried=carried if any(carried) else (),
        )

    def _earlier(self) -> Mapping[str, Carried]:
        """Where the rows of parts are found: in shards that were made as they would be now, but for the program.

        Those of the same program go before others.
        """
        found: dict[str, Carried] = {}
        for report in sorted(self._store.reports(), key=lambda report: report.program == self._program):
            if report.made_with == self._made_with:
                found |= {rows.key: Carried(report.key, at) for at, rows in enumerate(report.parts) if rows.key}
        return found

    def finished(
        self, reports: Sequence[ShardReport], existing: Mapping[str, str], run: Run[Job, ShardReport], find: Find
    ) -> Sequence[ShardReport]:
        """The shards without what repeats; those where nothing does are as they were.

        `existing` as from `cleaner.finishing.digests_of_existing`, `find` of `FINDERS`. Raises InputError where an
        existing dataset can't be read.
        """
        if self._duplicates is None:
            return reports
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
