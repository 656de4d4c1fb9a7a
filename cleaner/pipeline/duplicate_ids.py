"""Find the shards that contain an id which an earlier shard has used for another document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cleaner.dataset.parquet import column_of
from cleaner.dataset.tables import ARTICLES, REJECTED
from cleaner.dedup.database import batch_of, database, insert
from cleaner.pipeline.plan import Planned
from cleaner.pipeline.shard import Shard
from cleaner.pipeline.shard_store import Store


def clashes(jobs: Sequence[Shard], store: Store) -> list[Planned]:
    """Return the jobs of shards that must run again because an earlier shard uses some of their ids (`taken`).

    Ids are first compared by hashes of 64 bits, in a file in the store's folder; then the few with equal hashes are
    compared as strings. Raises OutputError if there is no room for the file.
    """
    suspects = _met_twice((each for job in jobs for each in _ids(job)), store.folder)
    if not suspects:
        return []
    seen: set[str] = set()
    again: list[Planned] = []
    for job in jobs:
        ids = {each for batch in _ids(job) for each in batch if hash(each) in suspects}
        if taken := ids & seen:
            again.append(replace(job.planned, taken=job.planned.taken | taken))
        seen |= ids
    return again


def _met_twice(ids: Iterable[list[str]], scratch: Path) -> set[int]:
    """Return the hashes that occur more than once."""
    import numpy as np

    with TemporaryDirectory(dir=scratch, prefix="ids-") as folder, database(Path(folder)) as held:
        held.execute("CREATE TABLE given (hash BIGINT)")
        insert(held, "given", (batch_of(hash=np.fromiter(map(hash, some), np.int64, len(some))) for some in ids))
        found = held.execute("SELECT hash FROM given GROUP BY hash HAVING count(*) > 1").fetchall()
    return {each for (each,) in found}


def _ids(job: Shard) -> Iterator[list[str]]:
    for table in (ARTICLES, REJECTED):
        yield from column_of(job.store.place(job.key, f"{table.folder}.parquet"), "id")
