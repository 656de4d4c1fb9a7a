"""Which signatures share a band, asked on a Ray cluster: the same answer as `cleaner.duplicates.bands.buckets`.

Keys of bands are dealt out by their remainder, so that all equal ones come to one machine, which sorts them as one
machine alone sorts all. Of the keys, 2 dozen to a signature, only those that are shared come back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.duplicates.bands import Bands, Buckets, band_keys, buckets, placed, shared
from cleaner.duplicates.signatures import VALUES
from cleaner.engines.ray import connected
from cleaner.errors import CleanerError

_ROWS = 1 << 18
"""Signatures whose keys one task makes: 32 MB of MinHashes."""
_KEYS = 1 << 23
"""Keys that one task sorts: 300 MB."""

LEAST = 2_000_000
"""Signatures from which on a cluster is asked: of fewer, one machine has told before Ray Data has begun."""

Columns = Mapping[str, NDArray[Any]]


def many_bands(minhashes: NDArray[np.uint8], ours: NDArray[np.bool_], way: Bands) -> Buckets:
    """As `shared_bands`, or, of a few, as `buckets`: the answer is the same."""
    return (shared_bands if len(minhashes) >= LEAST else buckets)(minhashes, ours, way)


def shared_bands(minhashes: NDArray[np.uint8], ours: NDArray[np.bool_], way: Bands) -> Buckets:
    """The buckets with two signatures and more, one of `ours` among them. To be given to `group` as `find`.

    `minhashes` is mapped from a file that every machine of the cluster sees. In this process are, as without Ray, 24
    bytes for each bucket that a signature stands in. Raises CleanerError where Ray is not installed or does not
    answer, and where a machine does not see the file.
    """
    if not isinstance(minhashes, np.memmap) or minhashes.filename is None:
        raise TypeError("the MinHashes are mapped from a file")
    file, count = Path(minhashes.filename), len(minhashes)
    turns = -(-count * way.count // _KEYS)
    with connected() as ray:
        from ray import data  # noqa: PLC0415 - slow to import

        data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        known = ray.put(ours)
        slices = data.from_items([{"start": at, "stop": min(at + _ROWS, count)} for at in range(0, count, _ROWS)])
        keys = slices.map_batches(partial(_keys, file, count, [known], way, turns), batch_size=1)
        found = keys.groupby("turn", num_partitions=turns).map_groups(_alike, batch_format="numpy")
        try:
            batches = list(found.iter_batches(batch_size=None, batch_format="numpy"))
        except ray.exceptions.RayError as error:
            cause = f"the search for duplicates failed: {str(error).strip().splitlines()[-1]}"
            raise CleanerError(
                str(file), cause, "name a folder for it that every machine of the cluster sees"
            ) from error
    return _gathered(batches, count)


def _gathered(found: Sequence[Columns], count: int) -> Buckets:
    member, turn, bucket = (
        np.concatenate([*(batch[name] for batch in found if len(batch)), np.empty(0, np.int32)])
        for name in ("row", "turn", "bucket")
    )
    order = np.lexsort((member, bucket, turn))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(turn[order]) != 0) | (np.diff(bucket[order]) != 0)
    return placed(member[order], np.cumsum(new, dtype=np.int32) - np.int32(1), count)


# In the workers


def _keys(file: Path, count: int, ours: Sequence[Any], way: Bands, turns: int, part: Columns) -> Iterator[Columns]:
    """The keys of some signatures, a band at a time."""
    import ray  # noqa: PLC0415

    rows = np.arange(int(part["start"][0]), int(part["stop"][0]), dtype=np.int32)
    minhashes = np.memmap(file, np.uint8, "r", shape=(count, VALUES))[rows]
    own = ray.get(ours[0])[rows]
    for band in range(way.count):
        keys = band_keys(minhashes, band, way)
        turn = (keys % np.uint64(turns)).astype(np.int32)
        yield {"turn": turn, "band": np.full(len(rows), band, np.int32), "row": rows, "key": keys, "ours": own}


def _alike(keys: Columns) -> Columns:
    """Of the keys of one turn, those that are shared: whose they are, and the number of each among them."""
    members, numbers = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    count = 0
    for band in np.unique(keys["band"]):
        at = np.flatnonzero(keys["band"] == band)
        for places, bucket in shared(keys["key"][at], keys["ours"][at]):
            members.append(keys["row"][at[places]])
            numbers.append(bucket + np.int32(count))
            count += int(bucket[-1]) + 1
    row = np.concatenate(members)
    return {"turn": np.full(len(row), keys["turn"][0], np.int32), "row": row, "bucket": np.concatenate(numbers)}
