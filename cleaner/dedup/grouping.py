"""Find the documents that repeat another, and choose for each the document that is kept in its place.

All documents are put in one order of preference, those of existing datasets first. They are visited in this order,
and a document is dropped where it repeats one that is kept. So every dropped document is as similar as the options
require to the document that is kept for it; there are no chains of similar documents, whose ends differ. The result
depends on the documents and their order in the input, and not on shards or threads.

Documents with the same words are found by a hash. Near duplicates are searched among documents that share a band of
their MinHash signatures (locality-sensitive hashing); the candidates are compared first by whole signatures, then by
the shingles of both texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from cleaner.dedup.database import Database, batch_of, database, insert, select
from cleaner.dedup.inputs import CorpusPart, Numbers, ends, ids
from cleaner.dedup.lsh import BandFinder, shared_bands
from cleaner.dedup.near import NEARLY, find_near
from cleaner.dedup.number_file import RowFile
from cleaner.dedup.preference import COPIES, ORDERED, put_in_order
from cleaner.model.options import Duplicates

EXACT, NEAR = "duplicate/exact", "duplicate/near"
"""The filters of dropped documents: same words, or similar words."""


class Duplicate(NamedTuple):
    """A dropped document: its row in its part, and the document that is kept in its place."""

    row: int
    filter: str
    """`EXACT` or `NEAR`."""
    of: str
    """Id of the document that is kept in its place."""
    dataset: str
    """The existing dataset that contains the kept document; "" for the dataset being built."""
    similarity: float
    """Jaccard similarity of the shingles of both, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The dropped documents; valid inside the context of `group`."""

    parts: tuple[CorpusPart, ...]
    counts: Mapping[str, int]
    """How many documents each filter drops."""
    clusters: int
    """How many kept documents have at least one duplicate that is dropped."""
    _ends: Numbers
    _database: Database

    def of(self, part: int) -> Iterator[Duplicate]:
        """Yield the dropped documents of a part (its number in `parts`), in the order of its rows."""
        for number, kept, near, similarity, id_ in self._found("*", part).fetchall():
            yield Duplicate(
                row=number - int(self._ends[part]),
                filter=NEAR if near else EXACT,
                of=id_,
                dataset=self.parts[self._ends.searchsorted(kept, side="right") - 1].dataset,
                similarity=round(similarity, 4),
            )

    def rows(self, part: int) -> Numbers:
        """Return the rows of the dropped documents of a part, in order: an array of shape (dropped,)."""
        found: Numbers = np.asarray(self._found("number", part).fetchnumpy()["number"]) - self._ends[part]
        return found

    def _found(self, columns: str, part: int) -> Database:
        return self._database.execute(
            f"SELECT {columns} FROM found WHERE number >= ? AND number < ? ORDER BY number",
            self._ends[part : part + 2].tolist(),
        )


@contextmanager
def group(
    parts: Sequence[CorpusPart], options: Duplicates, scratch: Path | None = None, *, find: BandFinder = shared_bands
) -> Iterator[Grouping]:
    """Find the duplicates among all parts, which are in the order of the input.

    Documents of existing datasets are never dropped, and never compared with each other. Near duplicates are searched
    only if `options.near` is set; a text without words is no duplicate of another.

    Memory does not depend on the number of documents: their data is in files in a folder below `scratch` (default: the
    system's folder for temporary files) until the context ends. `find` finds documents that share a band. Raises
    InputError if a part can't be read, and OutputError if there is no room for the files.
    """
    with TemporaryDirectory(dir=scratch, prefix="duplicates-") as name, database(Path(name)) as held:
        folder = Path(name)
        put_in_order(held, parts, options)
        held.execute(f"CREATE TABLE {NEARLY} (number BIGINT, kept BIGINT, similarity DOUBLE)")
        if options.near:
            find_near(held, parts, options.near, folder, find)
        # Copies of a dropped document get the same kept document, with the same similarity.
        held.execute(
            "CREATE TABLE dropped AS SELECT each.number, coalesce(kept, first) AS kept, kept IS NOT NULL AS near,"
            f" coalesce(similarity, 1) AS similarity FROM (SELECT number, number AS first FROM {NEARLY}"
            f" UNION ALL SELECT number, first FROM {COPIES} WHERE ours = 1) each LEFT JOIN {NEARLY} ON"
            f" {NEARLY}.number = first"
        )
        _name(held, parts, folder)
        held.execute(
            "CREATE TABLE found AS SELECT dropped.number, kept, near, similarity, id FROM dropped"
            " JOIN named ON named.number = kept ORDER BY dropped.number"
        )
        for table in (ORDERED, COPIES, NEARLY, "dropped", "named"):
            held.execute(f"DROP TABLE {table}")
        ((dropped, near, clusters),) = held.execute(
            "SELECT count(*), count(*) FILTER (near), count(DISTINCT kept) FROM found"
        ).fetchall()
        counts = {EXACT: dropped - near, NEAR: near}
        yield Grouping(parts=tuple(parts), counts=counts, clusters=clusters, _ends=ends(parts), _database=held)


def _name(held: Database, parts: Sequence[CorpusPart], folder: Path) -> None:
    """Create the table `named`: number and id of each document that others are dropped for."""
    held.execute("CREATE TABLE named (number BIGINT, id VARCHAR)")
    starts, counts = ends(parts), np.zeros(len(parts), np.int64)
    with RowFile(folder / "kept", np.int64) as kept:
        for (numbers,) in select(held, folder, "SELECT DISTINCT kept FROM dropped ORDER BY kept"):
            kept.append(numbers)
            counts += np.bincount(starts.searchsorted(numbers, side="right") - 1, minlength=len(parts))
        places = accumulate(counts.tolist(), initial=0)
        found = (
            batch_of(number=wanted + start, id=names)
            for part, start, (begin, end) in zip(parts, starts.tolist(), pairwise(places), strict=False)
            if begin < end
            for wanted, names in ids(part, kept.read(begin, end) - start)
        )
        insert(held, "named", found)
