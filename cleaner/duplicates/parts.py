"""Parts of a corpus: files of signatures, and where the texts behind them are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cleaner.duplicates.signatures import VERSION, SignatureWriter, sign
from cleaner.errors import InputError
from cleaner.readers import Keys, Unreadable, discover, read
from cleaner.sites import host_of

_TEXTS = 512  # texts read at a time
_TABLE = "articles"  # of a dataset of ours, as `cleaner.writers` calls it
_MANIFEST = "manifest.json"

Numbers = NDArray[np.int64]
Texts = Callable[[Sequence[int]], Iterator[tuple[int, str]]]
"""The texts of some rows, in ascending order, each with its row; a few in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some documents of the corpus, in its order."""

    signatures: Path
    texts: Texts
    dataset: str = ""
    """The dataset that they stand in already, as it was named; "" for those that are looked at now."""

    @property
    def rows(self) -> int:
        """How many."""
        return int(pq.read_metadata(self.signatures).num_rows)

    def columns(self, *names: str) -> Iterator[pa.RecordBatch]:
        """Some columns of the signatures, a batch at a time. Raises InputError where they can't be compared."""
        try:
            with pq.ParquetFile(self.signatures) as file:
                version = (file.schema_arrow.metadata or {}).get(b"cleaner.signatures", b"none").decode()
                if version != VERSION:
                    cause = f"holds signatures of version {version}, where {VERSION} is asked for"
                    raise InputError(str(self.signatures), cause, "build again without it")
                yield from file.iter_batches(columns=list(names))
        except (OSError, pa.ArrowException) as error:
            raise InputError(str(self.signatures), f"can't be read: {error}", "build again without it") from error


def shard_part(signatures: Path, articles: Path) -> Part:
    """The part that a shard is: its signatures, and its articles with the column `text`, row by row the same."""
    return Part(signatures=signatures, texts=partial(_of_parquet, articles))


def _of_parquet(file: Path, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Texts of some rows; row groups without any of them are skipped."""
    wanted = np.asarray(rows, np.int64)
    before = 0
    with pq.ParquetFile(file) as parquet:
        for group in range(parquet.num_row_groups):
            count = parquet.metadata.row_group(group).num_rows
            here = wanted[np.searchsorted(wanted, before) : np.searchsorted(wanted, before + count)] - before
            if len(here):
                at = 0
                for batch in parquet.iter_batches(_TEXTS, row_groups=[group], columns=["text"]):
                    texts = batch.column(0)
                    for row in here[(here >= at) & (here < at + len(texts))].tolist():
                        yield before + row, texts[row - at].as_py()
                    at += len(texts)
            before += count


def dataset_part(where: str, signatures: Path, keys: Keys | None = None) -> Part:
    """The part that an existing dataset is: its signatures are written to `signatures`, its texts stay where they are.

    `where` is a folder that a build wrote, or whatever else can be read. Its texts are compared as they are, so
    those that still hold their boilerplate are less alike. What can't be read in it is left out. Raises InputError
    where there is nothing to read.
    """
    with SignatureWriter(signatures) as writer:
        for name, url, text in _documents(where, keys):
            writer.add(sign(name, text, host=host_of(url) or ""))
    return Part(signatures=signatures, texts=partial(_of_documents, where, keys), dataset=where)


def _documents(where: str, keys: Keys | None) -> Iterator[tuple[str, str | None, str]]:
    ours = (Path(where) / _MANIFEST).is_file() and (Path(where) / _TABLE).is_dir()
    sources, _refused = discover(Path(where) / _TABLE if ours else where)
    for source in sources:
        for item in read(source, keys):
            if not isinstance(item, Unreadable):
                yield item.id, item.url, normalize("NFC", item.text)


def _of_documents(where: str, keys: Keys | None, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    wanted = set(rows)
    for row, (_id, _url, text) in enumerate(_documents(where, keys)):
        if row in wanted:
            yield row, text


def ends(parts: Sequence[Part]) -> Numbers:
    """The number of the first document of each part, counted through all parts, and that behind the last one."""
    return np.cumsum([0, *(part.rows for part in parts)], dtype=np.int64)


def ids(parts: Sequence[Part], numbers: Numbers) -> dict[int, str]:
    """The ids of some documents by their numbers, which count through all parts."""
    wanted = np.unique(numbers)
    found: dict[int, str] = {}
    for part, (start, end) in zip(parts, pairwise(ends(parts).tolist()), strict=True):
        if wanted.searchsorted(start) == wanted.searchsorted(end):
            continue
        at = start
        for batch in part.columns("id"):
            here = wanted[wanted.searchsorted(at) : wanted.searchsorted(at + len(batch))]
            rows = pa.Array.from_buffers(pa.int64(), len(here), [None, pa.py_buffer(here - at)])
            found.update(zip(here.tolist(), batch.column(0).take(rows).to_pylist(), strict=True))
            at += len(batch)
    return found
