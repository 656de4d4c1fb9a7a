"""Find signatures that share a band on a Ray cluster; the result is that of `cleaner.dedup.lsh.shared_bands`.

Keys of bands are partitioned by their remainder, so that equal keys reach the same machine, which sorts them. A
signature has about two dozen keys; only keys that are shared are sent back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.dedup.database import Database, batch_of, insert
from cleaner.dedup.lsh import SHARED, Bands, Sketches, band_keys, shared_bands
from cleaner.dedup.minhash import VALUES
from cleaner.errors import CleanerError
from cleaner.pipeline.engines.ray import connected

_ROWS = 1 << 18
"""Signatures for which one task makes keys: 32 MB of MinHashes."""
_KEYS = 1 << 23
"""Keys that one task sorts: 300 MB."""

LEAST = 2_000_000
"""Least number of signatures for a cluster: with fewer, one machine is faster than the start of Ray Data."""

_SHARED = ("band", "key", "place")
ColumnArrays = Mapping[str, NDArray[Any]]


def many_bands(sketches: Sketches, way: Bands, database: Database) -> None:
    """Fill `SHARED` by `bands_of_many`, or for few signatures by `shared_bands`; the result is the same."""
    (bands_of_many if len(sketches.places) >= LEAST else shared_bands)(sketches, way, database)


def bands_of_many(sketches: Sketches, way: Bands, database: Database) -> None:
    """Fill `SHARED`; a `BandFinder` for `group`.

    Every machine of the cluster must see the files of the sketches. This process holds a few shared keys at a time.
    Raises CleanerError if Ray is not installed or does not answer, or if a machine does not see the files.
    """
    minhashes, places, count = sketches.minhashes.file, sketches.places.file, len(sketches.places)
    turns = -(-count * way.count // _KEYS)
    with connected() as ray:
        from ray import data  # slow to import

        data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        slices = data.from_items([{"start": at, "stop": min(at + _ROWS, count)} for at in range(0, count, _ROWS)])
        keys = slices.map_batches(partial(_keys, minhashes, places, count, way, turns), batch_size=1)
        found = keys.groupby("turn", num_partitions=turns).map_groups(
            partial(_alike, sketches.existing), batch_format="numpy"
        )
        try:
            batches = found.iter_batches(batch_size=None, batch_format="numpy")
            insert(database, SHARED, (batch_of(**{name: batch[name] for name in _SHARED}) for batch in batches))
        except ray.exceptions.RayError as error:
            cause = f"the search for duplicates failed: {str(error).strip().splitlines()[-1]}"
            raise CleanerError(
                str(minhashes), cause, "name a folder for it that every machine of the cluster sees"
            ) from error


# In the workers


def _keys(
    minhashes: Path, places: Path, count: int, way: Bands, turns: int, part: ColumnArrays
) -> Iterator[ColumnArrays]:
    """Yield the keys of some signatures, one band at a time."""
    here = slice(int(part["start"][0]), int(part["stop"][0]))
    place = np.memmap(places, np.int64, "r", shape=(count,))[here]
    compared = np.flatnonzero(place >= 0)
    values, place = np.memmap(minhashes, np.uint8, "r", shape=(count, VALUES))[here][compared], place[compared]
    for band in range(way.count):
        keys = band_keys(values, band, way)
        turn = (keys % np.uint64(turns)).astype(np.int32)
        yield {"turn": turn, "band": np.full(len(keys), band, np.int32), "key": keys, "place": place}


def _alike(existing: int, keys: ColumnArrays) -> ColumnArrays:
    """Return the keys of one turn that are shared and have at least one document of this build."""
    order = np.lexsort((keys["place"], keys["key"], keys["band"]))
    band, key, place = (keys[name][order] for name in ("band", "key", "place"))
    firsts = np.flatnonzero(np.concatenate(([True], (key[1:] != key[:-1]) | (band[1:] != band[:-1]))))
    sizes = np.diff(firsts, append=len(order))
    shared = np.repeat((sizes > 1) & (place[firsts + sizes - 1] >= existing), sizes)
    return {"band": band[shared], "key": key[shared], "place": place[shared]}
