"""Finds documents that may be similar without comparing all pairs: they share a band of their MinHash (LSH banding).

With b bands of r values, two documents of similarity s share at least one band with probability 1 - (1 - s**r)**b
(Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4). Documents that share none are never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cleaner.dedup.database import AT_ONCE, Database, batch_of, insert
from cleaner.dedup.minhash import VALUES
from cleaner.dedup.number_file import RowFile
from cleaner.dedup.shingles import Hashes

RECALL = 0.99
"""The least share of pairs at the similarity threshold that have a band in common; above it the share is higher."""
_MOST_ROWS = 8  # bytes of a key
_KEYS = 1 << 20  # keys that are grouped at a time, at least those of one band


@dataclass(frozen=True, slots=True)
class Bands:
    """The division of a MinHash into `count` bands of `rows` values."""

    count: int
    rows: int

    def finds(self, similarity: float) -> float:
        """Return the probability, 0 to 1, that two documents of this similarity (0 to 1) share a band."""
        return float(1 - (1 - similarity**self.rows) ** self.count)


@cache
def bands(threshold: float) -> Bands:
    """Choose the fewest bands, and so the fewest pairs to compare, that find `RECALL` of the pairs at `threshold`."""
    ways = [Bands(VALUES // rows, rows) for rows in range(1, _MOST_ROWS + 1)]
    return next(way for way in reversed(ways) if way.rows == 1 or way.finds(threshold) >= RECALL)


def band_keys(minhashes: NDArray[np.uint8], band: int, way: Bands) -> Hashes:
    """Return the key of one band (from 0) of each MinHash, of shape (documents,): equal if the band's values are."""
    keys = np.zeros((len(minhashes), _MOST_ROWS), np.uint8)
    keys[:, : way.rows] = minhashes[:, band * way.rows : (band + 1) * way.rows]
    return keys.view("<u8")[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketches:
    """MinHashes and places of the documents, by their numbers."""

    minhashes: RowFile
    places: RowFile
    """The place of each document in the order of preference; -1 if it is not compared."""
    existing: int
    """The number of documents of existing datasets. They have the first places, and aren't compared with each other."""


SHARED = "shared"
"""Table: documents that share a band with others, at least one of this build. `band` (from 0), `key`, `place`."""
BandFinder = Callable[[Sketches, Bands, Database], None]
"""A function that fills `SHARED`, as `shared_bands` does."""


def shared_bands(sketches: Sketches, way: Bands, database: Database) -> None:
    """Fill `SHARED`, some bands at a time: the database holds the keys of these bands, and the result."""
    at_once = max(1, _KEYS // max(1, len(sketches.places)))
    for first in range(0, way.count, at_once):
        database.execute("CREATE OR REPLACE TABLE keyed (band INTEGER, key UBIGINT, place BIGINT)")
        insert(database, "keyed", _keyed(sketches, range(first, min(first + at_once, way.count)), way))
        database.execute(
            f"INSERT INTO {SHARED} SELECT band, key, place FROM keyed SEMI JOIN ("
            "  SELECT band, key FROM keyed GROUP BY ALL HAVING count(*) > 1 AND max(place) >= ?"
            ") USING (band, key)",
            [sketches.existing],
        )
    database.execute("DROP TABLE keyed")


def _keyed(sketches: Sketches, some: range, way: Bands) -> Iterator[pa.RecordBatch]:
    """Yield the keys of some bands."""
    count = len(sketches.places)
    for at in range(0, count, AT_ONCE):
        here = at, min(at + AT_ONCE, count)
        places = sketches.places.read(*here)
        compared = places >= 0
        minhashes, places = sketches.minhashes.read(*here)[compared], places[compared]
        for band in some:
            yield batch_of(band=np.full(len(places), band, np.int32), key=band_keys(minhashes, band, way), place=places)
