"""Which documents repeat one that is kept, and which one that is.

All documents stand in one order, the ones to be kept first; those of existing datasets stand before all. They are gone
through in this order, and one is dropped where it repeats one that is kept. So every dropped document is as alike
as was asked for to the very one that stays in its place: there are no chains from one to the next, along which
documents would be lost that nothing kept is like. The result follows from the documents and their order in the
input: neither from the shards they lie in, nor from threads.

What has the same words is found by hash. What is nearly the same is looked for among those that share a band of
their MinHash, must look it by the whole MinHash, and is verified by the shingles of both texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.arrow import values
from cleaner.duplicates.bands import Find, shared_bands
from cleaner.duplicates.database import Database, batch_of, batches, database, export, insert, select
from cleaner.duplicates.near import NEARLY, find_near
from cleaner.duplicates.options import Duplicates
from cleaner.duplicates.order import COPIES, put_in_order
from cleaner.duplicates.parts import Numbers, Part, ends, ids
from cleaner.duplicates.rowfile import RowFile
from cleaner.folders import told

EXACT, NEAR = "duplicate/exact", "duplicate/near"
"""What a dropped document is rejected by."""


class Duplicate(NamedTuple):
    """A row of a part that is dropped."""

    row: int
    filter: str
    """`EXACT` or `NEAR`."""
    of: str
    """Id of the one that is kept in its place."""
    dataset: str
    """The existing dataset that holds that one; "" for this one."""
    similarity: float
    """Jaccard similarity of both, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """What is dropped."""

    parts: tuple[Part, ...]
    counts: Mapping[str, int]
    """How many documents are dropped by each filter."""
    clusters: int
    """How many kept documents have others dropped for them."""
    _ends: Numbers
    _begins: Sequence[int]  # of each part, the first of its rows in the table, and the end of all
    _table: pa.Table  # lies in a file, which is mapped

    def of(self, part: int) -> Iterator[Duplicate]:
        """What is dropped of one part (its number in `parts`), in the order of its rows."""
        begin, end = self._begins[part : part + 2]
        found = self._table.slice(begin, end - begin).to_pydict()
        datasets = self._ends.searchsorted(found["kept"], side="right") - 1
        for number, near, similarity, id_, dataset in zip(
            found["number"], found["near"], found["similarity"], found["id"], datasets.tolist(), strict=True
        ):
            yield Duplicate(
                row=number - int(self._ends[part]),
                filter=NEAR if near else EXACT,
                of=id_,
                dataset=self.parts[dataset].dataset,
                similarity=round(similarity, 4),
            )

    def rows(self, part: int) -> Numbers:
        """The rows that are dropped of one part, in order."""
        begin, end = self._begins[part : part + 2]
        chunks = self._table.column("number").slice(begin, end - begin).chunks
        found: Numbers = np.concatenate([np.empty(0, np.int64), *(values(each) for each in chunks)])
        found -= self._ends[part]
        return found


def group(
    parts: Sequence[Part], options: Duplicates, scratch: Path | None = None, *, find: Find = shared_bands
) -> Grouping:
    """Find the duplicates among all parts, in the order of the input; those of existing datasets count as kept.

    Memory does not depend on the number of documents: what is known of them lies in files in a folder below `scratch`
    (the system's for temporary files). `find` finds those that share a band. Raises InputError where a part can't be
    read, OutputError where there is no room for the files.
    """
    with TemporaryDirectory(dir=scratch, prefix="duplicates-") as name, database(Path(name)) as held:
        folder = Path(name)
        put_in_order(held, parts, options)
        held.execute(f"CREATE TABLE {NEARLY} (number BIGINT, kept BIGINT, similarity DOUBLE)")
        if options.near:
            find_near(held, parts, options.near, folder, find)
        # Copies of one that is dropped go where it went, as near as it is.
        held.execute(
            f"CREATE TABLE dropped AS SELECT each.number, coalesce(kept, first) AS kept, (kept IS NOT NULL)::TINYINT"
            f" AS near, coalesce(similarity, 1) AS similarity FROM (SELECT number, number AS first FROM {NEARLY}"
            f" UNION ALL SELECT number, first FROM {COPIES} WHERE ours = 1) each LEFT JOIN {NEARLY} ON"
            f" {NEARLY}.number = first"
        )
        _name(held, parts, folder)
        counted = held.execute("SELECT count(*), coalesce(sum(near), 0), count(DISTINCT kept) FROM dropped").fetchall()
        dropped, near, clusters = map(int, counted[0])
        found = folder / "dropped.parquet"
        export(
            held, found,
            "SELECT dropped.number, kept, near, similarity, id FROM dropped JOIN named ON named.number = kept"
            " ORDER BY dropped.number",
        )  # fmt: skip
        begins, table = _mapped(found, ends(parts))
    return Grouping(
        parts=tuple(parts),
        counts={EXACT: dropped - near, NEAR: near},
        clusters=clusters,
        _ends=ends(parts),
        _begins=begins,
        _table=table,
    )


def _name(held: Database, parts: Sequence[Part], folder: Path) -> None:
    """Make the table `named`: the number and the id of each document that others are dropped for."""
    held.execute("CREATE TABLE named (number BIGINT, id VARCHAR)")
    starts, counts = ends(parts), np.zeros(len(parts), np.int64)
    with RowFile(folder / "kept", np.int64) as kept:
        for (numbers,) in select(held, folder, "SELECT DISTINCT kept FROM dropped ORDER BY kept"):
            kept.append(numbers)
            counts += _by_part(numbers, starts)
        found = (
            batch_of(number=wanted + start, id=names)
            for part, start, (begin, end) in zip(parts, starts.tolist(), pairwise(_sums(counts)), strict=False)
            if begin < end
            for wanted, names in ids(part, kept.read(begin, end) - start)
        )
        insert(held, "named", found)


def _mapped(found: Path, starts: Numbers) -> tuple[list[int], pa.Table]:
    """What was found, mapped from a file that nobody else sees, and where in it the rows of each part begin."""
    file, counts = found.with_suffix(".arrow"), np.zeros(len(starts) - 1, np.int64)
    with told(file), pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, pq.read_schema(found)) as out:
        for batch in batches(found):
            counts += _by_part(values(batch.column("number")), starts)
            out.write_batch(batch)
    return _sums(counts), pa.ipc.open_file(pa.memory_map(str(file))).read_all()


def _by_part(numbers: Numbers, starts: Numbers) -> Numbers:
    """How many of the numbers are of each part."""
    return np.bincount(starts.searchsorted(numbers, side="right") - 1, minlength=len(starts) - 1)


def _sums(counts: Numbers) -> list[int]:
    return list(accumulate(counts.tolist(), initial=0))
