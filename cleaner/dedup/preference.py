"""Sorts documents by preference, and finds those with the same words as an earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from cleaner.dataset.arrow import bytes_of
from cleaner.dedup.database import Database, batch_of, insert
from cleaner.dedup.inputs import CorpusPart
from cleaner.model.options import Duplicates, KeepBy

ORDERED = "ordered"
"""Table: `place` in the order (from 0), `number` in the corpus, `ours` (1: of this build), `words`."""
COPIES = "copies"
"""Table: the `number` of each document with the same words as an earlier one in the order; `ours` (1: of this build);
and the number of the `first` document with these words."""

# Of two duplicates the first in this order is kept. Numbers are those of the input.
_KEEP: Mapping[KeepBy, str] = {
    "site": "site",
    "longest": "words DESC",
    "shortest": "words",
    "earliest": "number",
    "latest": "number DESC",
}


def put_in_order(database: Database, parts: Sequence[CorpusPart], options: Duplicates) -> None:
    """Fill `ORDERED` with the documents of all parts, those of existing datasets first, and, if `options` say so,
    `COPIES`. A text without words has no copies. Raises InputError if a part can't be read."""
    database.execute(
        "CREATE TABLE document (number BIGINT, ours TINYINT, site INTEGER, words INTEGER, high UBIGINT, low UBIGINT)"
    )
    insert(database, "document", _documents(parts, options.sites))
    by = ", ".join(("ours", *(_KEEP[each] for each in options.keep), "number"))
    database.execute(
        f"CREATE TABLE {ORDERED} AS"
        f" SELECT row_number() OVER (ORDER BY {by}) - 1 AS place, * EXCLUDE (site) FROM document"
    )
    database.execute("DROP TABLE document")
    database.execute(f"CREATE TABLE {COPIES} (number BIGINT, ours TINYINT, first BIGINT)")
    if options.exact:
        database.execute(
            f"INSERT INTO {COPIES} SELECT number, ours, first FROM {ORDERED} JOIN ("
            f"  SELECT high, low, arg_min(number, place) AS first FROM {ORDERED}"
            "  WHERE words > 0 GROUP BY high, low HAVING count(*) > 1"
            ") USING (high, low) WHERE words > 0 AND number <> first"
        )


def _documents(parts: Sequence[CorpusPart], preferred: Sequence[str]) -> Iterator[pa.RecordBatch]:
    wanted = ("words", "exact", *(("host",) if preferred else ()))
    at = 0
    for part in parts:
        for batch in part.columns(*wanted):
            count, exact = len(batch), bytes_of(batch.column("exact")).view(np.uint64)
            sites = _preferences(batch.column("host").to_pylist(), preferred) if preferred else [0] * count
            yield batch_of(
                number=np.arange(at, at + count),
                ours=np.full(count, not part.dataset, np.int8),
                site=np.array(sites, np.int32),
                words=batch.column("words"),
                high=exact[:, 0],
                low=exact[:, 1],
            )
            at += count


def _preferences(hosts: Sequence[str], sites: Sequence[str]) -> list[int]:
    """Return the rank of each host's site among the preferred ones; other hosts have the rank behind the last."""
    places: dict[str, int] = {}
    for host in set(hosts):
        fits = (n for n, site in enumerate(sites) if host == site or host.endswith(f".{site}"))
        places[host] = next(fits, len(sites))
    return [places[host] for host in hosts]
