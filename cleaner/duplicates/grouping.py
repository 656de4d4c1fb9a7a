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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cleaner.duplicates.bands import Buckets, Find, bands, buckets
from cleaner.duplicates.likeness import Likeness
from cleaner.duplicates.options import Duplicates, KeepBy
from cleaner.duplicates.parts import Numbers, Part, ends, ids
from cleaner.duplicates.signatures import VALUES, agreement
from cleaner.folders import told

EXACT, NEAR = "duplicate/exact", "duplicate/near"
"""What a dropped document is rejected by."""

_SLACK = 3  # standard deviations by which a MinHash may understate
_MOST_HEADS = 256  # kept documents that a bucket leads to, the first of them
_MOST_COMPARED = 16  # kept documents that one is truly compared with, those that look most alike


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
    """What is dropped, as columns in the corpus's order."""

    parts: tuple[Part, ...]
    ends: Numbers
    """The number of the first document of each part, and that behind the last one."""
    dropped: Numbers
    """Numbers of documents, which count through all parts."""
    kept: Numbers
    """Of each, the number of the one that stays in its place."""
    near: NDArray[np.bool_]
    similarity: NDArray[np.float64]
    names: Mapping[int, str]
    """The ids of the kept ones."""

    def of(self, part: int) -> Iterator[Duplicate]:
        """What is dropped of one part (its number in `parts`), in the order of its rows."""
        here = slice(*self.dropped.searchsorted(self.ends[part : part + 2]).tolist())
        datasets = self.ends.searchsorted(self.kept[here], side="right") - 1
        rows = (self.dropped[here] - self.ends[part], self.near[here], self.kept[here], datasets, self.similarity[here])
        for row, near, kept, dataset, similarity in zip(*(column.tolist() for column in rows), strict=True):
            yield Duplicate(
                row=row,
                filter=NEAR if near else EXACT,
                of=self.names[kept],
                dataset=self.parts[dataset].dataset,
                similarity=round(similarity, 4),
            )

    @property
    def counts(self) -> Mapping[str, int]:
        """How many documents are dropped by each filter."""
        return {EXACT: int(np.count_nonzero(~self.near)), NEAR: int(np.count_nonzero(self.near))}

    @property
    def clusters(self) -> int:
        """How many kept documents have others dropped for them."""
        return len(self.names)


def group(parts: Sequence[Part], options: Duplicates, scratch: Path | None = None, *, find: Find = buckets) -> Grouping:
    """Find the duplicates among all parts, in the order of the input; those of existing datasets count as kept.

    In memory are about 100 bytes a document, and 24 for each band that it shares with another. The MinHashes and the
    shingles of candidates are files in a folder below `scratch` (the system's for temporary files): the former are
    mapped, of the latter two sets are read at a time. `find` finds those that share a band. Raises InputError where a
    part can't be read, OutputError where there is no room for the files.
    """
    corpus = _loaded(parts, options)
    order = _order(corpus, options)
    first = _first_of_copies(corpus, order) if options.exact else np.arange(len(order))
    leader, similarity, near = first.copy(), np.ones(len(order)), np.zeros(len(order), bool)
    if options.near:
        with TemporaryDirectory(dir=scratch, prefix="duplicates-") as folder:
            for one, (kept, alike) in _near(corpus, order, first, options.near, Path(folder), find).items():
                leader[one], similarity[one], near[one] = kept, alike, True
        # Copies of one that is dropped go where it went, as near as it is.
        leader, similarity, near = leader[first], similarity[first], near[first]
    dropped = np.flatnonzero((leader != np.arange(len(leader))) & corpus.ours)
    return Grouping(
        parts=tuple(parts),
        ends=ends(parts),
        dropped=dropped,
        kept=leader[dropped],
        near=near[dropped],
        similarity=similarity[dropped],
        names=ids(parts, leader[dropped]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Corpus:
    """What decides, of each document: its columns, by number."""

    parts: tuple[Part, ...]
    ours: NDArray[np.bool_]
    sites: NDArray[np.int32]
    words: NDArray[np.int32]
    exact: NDArray[np.uint64]
    """Two columns."""


def _loaded(parts: Sequence[Part], options: Duplicates) -> _Corpus:
    count = int(ends(parts)[-1])
    ours = np.repeat([not part.dataset for part in parts], [part.rows for part in parts]).astype(bool)
    sites, words, exact = np.zeros(count, np.int32), np.zeros(count, np.int32), np.zeros((count, 2), np.uint64)
    wanted = ("words", "exact", *(("host",) if options.sites else ()))
    at = 0
    for part in parts:
        for batch in part.columns(*wanted):
            rows = slice(at, at + len(batch))
            words[rows] = _flat(batch, "words", np.int32)
            exact[rows] = _flat(batch, "exact", np.uint64, 2)
            if options.sites:
                sites[rows] = _preferences(batch.column("host").to_pylist(), options.sites)
            at += len(batch)
    return _Corpus(parts=tuple(parts), ours=ours, sites=sites, words=words, exact=exact)


def _flat(batch: pa.RecordBatch, name: str, kind: type[np.generic], columns: int = 1) -> NDArray[np.generic]:
    """A column of values of one size, as they lie in memory."""
    column = batch.column(name)
    size = columns * len(batch)
    found = np.frombuffer(column.buffers()[1], kind, size, column.offset * columns * np.dtype(kind).itemsize)
    return found.reshape(len(batch), columns) if columns > 1 else found


def _preferences(hosts: Sequence[str], sites: Sequence[str]) -> list[int]:
    """The place of each host's site among the preferred ones; behind them, where it is none."""
    places: dict[str, int] = {}
    for host in set(hosts):
        fits = (n for n, site in enumerate(sites) if host == site or host.endswith(f".{site}"))
        places[host] = next(fits, len(sites))
    return [places[host] for host in hosts]


# The smaller, the rather kept. Numbers count in the order of the input.
_KEEP: Mapping[KeepBy, Callable[[_Corpus], NDArray[np.generic]]] = {
    "site": lambda corpus: corpus.sites,
    "longest": lambda corpus: -corpus.words,
    "shortest": lambda corpus: corpus.words,
    "earliest": lambda corpus: np.arange(len(corpus.words)),
    "latest": lambda corpus: -np.arange(len(corpus.words)),
}


def _order(corpus: _Corpus, options: Duplicates) -> Numbers:
    """The documents' numbers, those first that are rather kept."""
    keys = [corpus.ours, *(_KEEP[by](corpus) for by in options.keep), np.arange(len(corpus.words))]
    return np.lexsort(keys[::-1]).astype(np.int64)


def _first_of_copies(corpus: _Corpus, order: Numbers) -> Numbers:
    """Of each document the first in order with the same words; a text without words has no copies."""
    high, low = corpus.exact[order, 0], corpus.exact[order, 1]
    by_key = order[np.lexsort((low, high))]  # the sort is stable: within a key, in order
    keys = corpus.exact[by_key]
    new = np.ones(len(by_key), bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    new |= corpus.words[by_key] == 0
    first = np.empty(len(by_key), np.int64)
    first[by_key] = by_key[np.flatnonzero(new)[np.cumsum(new) - 1]]
    return first


def _near(
    corpus: _Corpus, order: Numbers, first: Numbers, threshold: float, folder: Path, find: Find
) -> dict[int, tuple[int, float]]:
    """Of each document that is nearly one that is kept, that one and how alike they are."""
    compared = np.flatnonzero((first == np.arange(len(first))) & (corpus.words > 0))
    if not len(compared):
        return {}
    minhashes = _minhashes(corpus.parts, compared, folder)
    places = find(minhashes, corpus.ours[compared], bands(threshold))
    row_of = np.full(len(first), -1, np.int64)
    row_of[compared] = np.arange(len(compared))
    ordered = row_of[order]
    ordered = ordered[ordered >= 0]
    ordered = ordered[places.starts[ordered + 1] > places.starts[ordered]]  # the others share nothing
    with Likeness(corpus.parts, folder) as likeness:
        while True:
            unread: set[int] = set()
            found = dict(_repeating(ordered, minhashes, places, corpus.ours, compared, threshold, likeness, unread))
            if not unread:
                return found
            likeness.read(unread)


def _minhashes(parts: Sequence[Part], compared: Numbers, folder: Path) -> NDArray[np.uint8]:
    """The MinHashes of some documents, in a file that is mapped."""
    at = 0
    path = folder / "minhashes"
    with told(path), path.open("wb") as file:  # a part that can't be read tells it by itself
        for part in parts:
            for batch in part.columns("minhash"):
                rows = compared[compared.searchsorted(at) : compared.searchsorted(at + len(batch))] - at
                file.write(_flat(batch, "minhash", np.uint8, VALUES)[rows].tobytes())
                at += len(batch)
    return np.memmap(path, np.uint8, "r", shape=(len(compared), VALUES))


def _repeating(
    ordered: Numbers,
    minhashes: NDArray[np.uint8],
    places: Buckets,
    ours: NDArray[np.bool_],
    compared: Numbers,
    threshold: float,
    likeness: Likeness,
    unread: set[int],
) -> Iterator[tuple[int, tuple[int, float]]]:
    """Go through the documents in order. Pairs that were not read yet are taken for what they look like, and their
    numbers are put into `unread`: with those read, the next time round is nearer to the truth, and one that adds
    nothing is the truth."""
    least = threshold - _SLACK * sqrt(threshold * (1 - threshold) / VALUES)
    heads: dict[int, list[int]] = {}  # bucket → places in order of the kept documents in it, while others are to come
    starts, last = places.starts, _last_places(ordered, places)
    for place, row in enumerate(map(int, ordered)):
        of = places.of[starts[row] : starts[row + 1]]
        mine = of.tolist()
        number = int(compared[row])
        kept: int | None = None
        if ours[number]:
            candidates = sorted({head for bucket in mine for head in heads.get(bucket, ())})
            if candidates:
                looks = agreement(minhashes[row], minhashes[ordered[candidates]])
                closest = np.argsort(-looks, kind="stable")[:_MOST_COMPARED]
                likely = closest[looks[closest] >= least].tolist()
                for other in likely:
                    head = int(compared[ordered[candidates[other]]])
                    alike = likeness.of(number, head)
                    if alike is None:  # and of the others, which are next if it is unlike
                        unread.update((number, *compared[ordered[[candidates[n] for n in likely]]].tolist()))
                    if alike is None or alike >= threshold:
                        kept = head
                        yield number, (head, alike or 0.0)
                        break
        for bucket, end in zip(mine, last[of].tolist(), strict=True):
            if end == place:
                heads.pop(bucket, None)
            elif kept is None and len(known := heads.setdefault(bucket, [])) < _MOST_HEADS:
                known.append(place)


def _last_places(ordered: Numbers, places: Buckets) -> NDArray[np.int32]:
    """The place in order of each bucket's last document."""
    place_of = np.zeros(len(places.starts) - 1, np.int32)
    place_of[ordered] = np.arange(len(ordered), dtype=np.int32)
    last = np.zeros(int(places.of.max(initial=-1)) + 1, np.int32)
    np.maximum.at(last, places.of, np.repeat(place_of, np.diff(places.starts)))
    return last
