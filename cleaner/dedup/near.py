"""Finds near duplicates: in order of preference, compares each document with the kept ones before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice, pairwise
from math import sqrt
from pathlib import Path

import numpy as np
import pyarrow as pa

from cleaner.dataset.arrow import bytes_of
from cleaner.dedup.buckets import KeptInBuckets
from cleaner.dedup.database import AT_ONCE, Database, batch_of, batches, columns_of, export, insert, select
from cleaner.dedup.inputs import CorpusPart
from cleaner.dedup.lsh import SHARED, BandFinder, Bands, Sketches, bands
from cleaner.dedup.minhash import VALUES, estimated_similarity
from cleaner.dedup.number_file import RowFile
from cleaner.dedup.preference import COPIES, ORDERED
from cleaner.dedup.similarity import ShingleSets

NEARLY = "nearly"
"""Table: the `number` of a document of this build, the `kept` document it repeats, and their `similarity`."""

_SLACK = 3  # standard deviations by which a MinHash may underestimate
_MOST_COMPARED = 16  # kept documents whose texts are compared with one: those with the highest estimates
_STRETCH = 1 << 20  # pairs of document and bucket in memory at a time

Step = tuple[int, list[int], list[int]]
"""A document's place, its buckets, and the place of the next document in each bucket; -1 if there is none."""


def find_near(
    database: Database, parts: Sequence[CorpusPart], threshold: float, folder: Path, find: BandFinder
) -> None:
    """Fill `NEARLY` from `ORDERED` and `COPIES`; `find` finds the documents that share a band.

    `threshold` is the least Jaccard similarity of a duplicate, 0 to 1. Raises InputError if a part can't be read, and
    OutputError if there is no room for the files.
    """
    with ExitStack() as files:
        minhashes = files.enter_context(RowFile(folder / "minhashes", np.uint8, VALUES))
        places = files.enter_context(RowFile(folder / "places", np.int64))
        numbers = files.enter_context(RowFile(folder / "numbers", np.int64))
        _lay_out(database, parts, folder, minhashes, places, numbers)
        ((existing,),) = database.execute(f"SELECT count(*) FROM {ORDERED} WHERE ours = 0").fetchall()
        sketches = Sketches(minhashes=minhashes, places=places, existing=existing)
        steps = _steps(database, folder, find, sketches, bands(threshold))
        sets = files.enter_context(ShingleSets(parts, folder))
        while True:
            passed = KeptInBuckets(_cuts(steps), folder)
            insert(
                database,
                NEARLY,
                _as_rows(_repeating(steps, passed, sketches, numbers, threshold, sets)),
            )
            if not sets.read():
                return
            database.execute(f"TRUNCATE {NEARLY}")


def _lay_out(
    database: Database, parts: Sequence[CorpusPart], folder: Path, minhashes: RowFile, places: RowFile, numbers: RowFile
) -> None:
    """Write the documents' MinHashes, their places (-1 for copies and texts without words, which are not compared), and
    the number of the document at each place."""
    for part in parts:
        for batch in part.columns("minhash"):
            minhashes.append(bytes_of(batch.column("minhash")))
    for (some,) in select(database, folder, f"SELECT number FROM {ORDERED} ORDER BY place"):
        numbers.append(some)
    for (some,) in select(
        database, folder,
        f"SELECT if(words = 0 OR {COPIES}.number IS NOT NULL, -1, place) FROM {ORDERED}"
        f" LEFT JOIN {COPIES} USING (number) ORDER BY {ORDERED}.number",
    ):  # fmt: skip
        places.append(some)


def _steps(database: Database, folder: Path, find: BandFinder, sketches: Sketches, way: Bands) -> Path:
    """Return a file with the buckets of each document that shares one, and the next document in each bucket, in order.

    A bucket is named by its band and the first place in it.
    """
    database.execute(f"CREATE TABLE {SHARED} (band INTEGER, key UBIGINT, place BIGINT)")
    find(sketches, way, database)
    steps = folder / "steps.parquet"
    export(
        database, steps,
        f"SELECT place, first * {way.count} + band AS bucket, coalesce(next, -1) AS next FROM ("
        "  SELECT place, band, first_value(place) OVER same AS first, lead(place) OVER same AS next"
        f"  FROM {SHARED} WINDOW same AS (PARTITION BY band, key ORDER BY place)"
        ") ORDER BY place, bucket",
    )  # fmt: skip
    database.execute(f"DROP TABLE {SHARED}")
    return steps


def _repeating(
    steps: Path,
    passed: KeptInBuckets,
    sketches: Sketches,
    numbers: RowFile,
    threshold: float,
    sets: ShingleSets,
) -> Iterator[tuple[int, int, float]]:
    """Visit the documents in order; return those that repeat a kept one, that one, and the similarity.

    The similarity of pairs whose texts have not been read is estimated, and `sets` notes them to be read. The next
    round uses the exact similarity of these; a round that notes no new pair is exact.
    """
    least = threshold - _SLACK * sqrt(threshold * (1 - threshold) / VALUES)
    for place, buckets, following in _documents(steps):
        kept = True
        candidates = passed.of(place, buckets)
        if candidates and place >= sketches.existing:
            number, *others = numbers.take((place, *candidates)).tolist()
            mine, *theirs = sketches.minhashes.take((number, *others))
            looks = estimated_similarity(mine, np.array(theirs))
            closest = np.argsort(-looks, kind="stable")[:_MOST_COMPARED]
            likely = [others[each] for each in closest[looks[closest] >= least].tolist()]
            for head in likely:
                alike = sets.of(number, head)
                if alike is None:  # and of the others, which follow if it is not similar enough
                    sets.want((number, *likely))
                if alike is None or alike >= threshold:
                    kept = False
                    yield number, head, alike or 0.0
                    break
        passed.pass_on(buckets, following, place if kept else None)


def _documents(steps: Path) -> Iterator[Step]:
    held = np.empty((3, 0), np.int64)  # rows of the last document, which may continue in the next batch
    for batch in batches(steps):
        some = np.concatenate([held, np.stack(columns_of(batch))], axis=1)
        begins = np.flatnonzero(np.diff(some[0], prepend=-1))
        for start, stop in pairwise(begins.tolist()):
            yield int(some[0, start]), some[1, start:stop].tolist(), some[2, start:stop].tolist()
        held = some[:, begins[-1] :]
    if held.size:
        yield int(held[0, 0]), held[1].tolist(), held[2].tolist()


def _cuts(steps: Path) -> list[int]:
    """Return the places at which a new range begins, so that a range has about `_STRETCH` rows."""
    cuts, passed = list[int](), 0
    for batch in batches(steps, "place"):
        (places,) = columns_of(batch)
        cuts += places[-passed % _STRETCH :: _STRETCH].tolist()
        passed += len(places)
    return cuts[1:]


def _as_rows(found: Iterator[tuple[int, int, float]]) -> Iterator[pa.RecordBatch]:
    while some := list(islice(found, AT_ONCE)):
        number, kept, similarity = map(np.array, zip(*some, strict=True))
        yield batch_of(number=number, kept=kept, similarity=similarity)
