"""MinHash signatures: what is needed of an article to find its duplicates, in about 160 bytes.

A file has the signatures of the articles of a shard, one row for each article in the same order. So candidate pairs are
found among all shards, at any threshold, without reading the texts again.

MinHash (Broder, "On the resemblance and containment of documents", 1997) as computed by `rensa`: the share of the 128
values on which two documents agree estimates the Jaccard similarity of their shingles. Only the lowest byte of each
value is stored; different values agree in it once in 256 times, and `estimated_similarity` corrects for this (Li and
König, "b-Bit minwise hashing", 2010).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rensa
from numpy.typing import NDArray

from cleaner.cleaning.article import Article
from cleaner.dataset.arrow import keys, numbers, strings
from cleaner.dataset.folders import output_errors
from cleaner.dataset.parquet import end_parquet
from cleaner.dedup.shingles import WIDTH, Hashes, placed_words, shingles
from cleaner.metadata.sites import host_of

VALUES = 128
"""Values of a MinHash. They estimate a similarity of 0.8 with a standard deviation of 0.035."""
_SEED = 1
VERSION = f"1-{rensa.RMinHash.ALGORITHM_VERSION}-{VALUES}-{WIDTH}"
"""Signatures can be compared only if their versions are the same."""
LEAST_PARAGRAPH = 6
"""Least number of words of a paragraph that is compared: shorter ones (`He nodded.`) repeat by chance."""

_BATCH = 1024  # signatures in memory before they are written
# Shingles in one call of rensa: from 65,536 on it starts threads, which would compete with the other workers, and which
# hang in a forked process.
_CALL = 1 << 15
_EXACT, _PARAGRAPH = 16, 8  # bytes
BETWEEN = "\n\n"
"""The separator of paragraphs in a clean text."""
_METADATA = {b"cleaner.signatures": VERSION.encode()}

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("host", pa.string()),
        ("words", pa.int32()),
        ("exact", pa.binary(_EXACT)),
        ("minhash", pa.binary(VALUES)),
        ("paragraphs", pa.list_(pa.uint64())),
    ],
    metadata=_METADATA,
)
"""A signature: `host` is "" where none is known; `words` counts words as they are compared; `exact` is a hash of
these words in order; `minhash` the lowest bytes of the MinHash's values; `paragraphs` a hash for each different
paragraph of `LEAST_PARAGRAPH` words and more, or an empty list if the build does not use them. A text without words
has zeros."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinHashSignature:
    """The signature of an article, except its MinHash, which is computed for batches of articles."""

    id: str
    host: str
    words: int
    exact: bytes
    shingles: Hashes
    paragraphs: tuple[int, ...] = ()


def signature(article: Article, *, paragraphs: bool = False) -> MinHashSignature:
    """Return the signature of an article; with `paragraphs`, also the hashes of its paragraphs."""
    return sign(article.id, article.text, host=_host(article), paragraphs=paragraphs)


def sign(id_: str, text: str, *, host: str = "", paragraphs: bool = False) -> MinHashSignature:
    """Return the signature of a text, as `signature` does for an article."""
    starts, words = placed_words(text)
    return MinHashSignature(
        id=id_,
        host=host,
        words=len(words),
        exact=_digest(words, _EXACT) if len(words) else bytes(_EXACT),
        shingles=shingles(words),
        paragraphs=tuple(sorted(set(_keys(text, starts, words).values()))) if paragraphs else (),
    )


def paragraph_keys(text: str) -> Mapping[int, int]:
    """Return the keys (64 bits) of the paragraphs of a clean text with at least `LEAST_PARAGRAPH` words, by their
    numbers from 0."""
    return _keys(text, *placed_words(text))


def _keys(text: str, starts: NDArray[np.int64], words: Hashes) -> Mapping[int, int]:
    paragraphs = text.split(BETWEEN)
    ends = np.cumsum([len(paragraph) + len(BETWEEN) for paragraph in paragraphs])
    stops = starts.searchsorted(ends).tolist()
    return {
        number: int.from_bytes(_digest(words[start:stop], _PARAGRAPH), "little")
        for number, (start, stop) in enumerate(pairwise((0, *stops)))
        if stop - start >= LEAST_PARAGRAPH
    }


def _digest(words: Hashes, size: int) -> bytes:
    return hashlib.blake2b(words.astype("<u8", copy=False).data, digest_size=size).digest()


def _host(article: Article) -> str:
    """Return the host of the article's URL, else that of the site that its text names, else ""."""
    named = (evidence.value for evidence in article.evidence if evidence.field == "site")
    return host_of(article.url) or next(named, "")


def minhashes(sets: Sequence[Hashes]) -> NDArray[np.uint8]:
    """Return the MinHash of each set of shingles: uint8 of shape (sets, VALUES), zeros for an empty set."""
    matrix = np.full((len(sets), VALUES), np.iinfo(np.uint32).max, np.uint32)
    call: list[tuple[int, Hashes]] = []
    room = _CALL
    for number, each in enumerate(sets):
        for at in range(0, len(each), _CALL):  # the minimum over a set is that of the minima of its pieces
            piece = each[at : at + _CALL]
            if len(piece) > room:
                _lower(matrix, call)
                call, room = [], _CALL
            call.append((number, piece))
            room -= len(piece)
    _lower(matrix, call)
    matrix[[not len(each) for each in sets]] = 0
    return matrix.astype(np.uint8)


def _lower(matrix: NDArray[np.uint32], call: Sequence[tuple[int, Hashes]]) -> None:
    """Lower the rows of a matrix in place to the values of some pieces, each with the number of its row."""
    if call:
        ends = np.cumsum([0, *(len(piece) for _, piece in call)]).astype(np.uint64)
        flat = np.concatenate([piece for _, piece in call])
        digests = rensa.RMinHash.digest_matrix_from_flat_token_hashes(flat, ends, VALUES, _SEED).to_rows()
        for (number, _), digest in zip(call, np.array(digests, np.uint32), strict=True):
            np.minimum(matrix[number], digest, out=matrix[number])


def estimated_similarity(one: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Estimate the Jaccard similarity of one MinHash to each of `others`: shape (others,), can be a little below 0."""
    same = np.count_nonzero(others == one, axis=-1) / VALUES
    return np.asarray((same - 1 / 256) / (1 - 1 / 256), np.float64)


def signature_batch(signatures: Sequence[MinHashSignature]) -> pa.RecordBatch:
    """Return signatures as a record batch of `SCHEMA`."""
    texts = ([each.id for each in signatures], [each.host for each in signatures])
    exact = np.frombuffer(b"".join(each.exact for each in signatures), np.uint8)
    matrix = minhashes([each.shingles for each in signatures])
    words = np.array([each.words for each in signatures], np.int32)
    paragraphs = np.array([key for each in signatures for key in each.paragraphs], np.uint64)
    ends = np.cumsum([0, *(len(each.paragraphs) for each in signatures)]).astype(np.int32)
    columns = [
        *map(strings, texts),
        numbers(words),
        keys(exact.reshape(-1, _EXACT)),
        keys(matrix),
        pa.ListArray.from_arrays(numbers(ends), numbers(paragraphs)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


@dataclass(slots=True)
class SignatureWriter:
    """Writes signatures to one Parquet file, a batch at a time. Use it as a context manager.

    Raises OutputError if the disk refuses.
    """

    file: Path
    _batch: list[MinHashSignature] = field(default_factory=list)
    _parquet: pq.ParquetWriter = None

    def __enter__(self) -> Self:
        with output_errors(self.file):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # Random bits don't compress; names do.
            packing = {name: "zstd" if name in ("id", "host", "words") else "none" for name in SCHEMA.names}
            packing["paragraphs.list.element"] = packing.pop("paragraphs")
            self._parquet = pq.ParquetWriter(self.file, SCHEMA, compression=packing, use_dictionary=["host"])
        return self

    def add(self, signature: MinHashSignature) -> None:
        """Add a signature."""
        self._batch.append(signature)
        if len(self._batch) >= _BATCH:
            self._flush()

    def extend(self, rows: pa.Table) -> None:
        """Add rows of a signature file."""
        if self._batch:
            self._flush()
        with output_errors(self.file):
            self._parquet.write_table(rows)

    def _flush(self) -> None:
        with output_errors(self.file):
            self._parquet.write_batch(signature_batch(self._batch))
        self._batch = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end_parquet(self._parquet, self.file, self._flush if self._batch else None, error)
