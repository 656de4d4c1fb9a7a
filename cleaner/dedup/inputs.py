"""Parts of a corpus: files of MinHash signatures, and how to read the texts that they were made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cleaner.dataset.arrow import numbers
from cleaner.dedup.minhash import VERSION, SignatureWriter, sign
from cleaner.errors import InputError
from cleaner.metadata.sites import host_of
from cleaner.model.escape import public_name
from cleaner.readers import Keys, Source, Unreadable, discover, read

_TEXTS = 512  # texts read at a time
_TABLE = "articles"  # of a built dataset, as in `cleaner.dataset.tables`
_MANIFEST = "manifest.json"

Numbers = NDArray[np.int64]
InputRow = tuple[str, str | None, str]
"""Id, URL and text of a document."""
Texts = Callable[[Sequence[int]], Iterator[tuple[int, str]]]
"""Yields the texts of some rows, which are in ascending order, each with its row; a few are in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPart:
    """Consecutive documents of the corpus: those of a shard or of an existing dataset."""

    signatures: Path
    texts: Texts
    dataset: str = ""
    """The existing dataset that contains them, as the caller named it; "" for the documents of this build."""

    @property
    def rows(self) -> int:
        """The number of documents."""
        return int(pq.read_metadata(self.signatures).num_rows)

    def columns(self, *names: str) -> Iterator[pa.RecordBatch]:
        """Yield columns of the signatures, one batch at a time. Raises InputError if they can't be compared."""
        try:
            with pq.ParquetFile(self.signatures) as file:
                version = (file.schema_arrow.metadata or {}).get(b"cleaner.signatures", b"none").decode()
                if version != VERSION:
                    cause = f"holds signatures of version {version}, where {VERSION} is asked for"
                    raise InputError(str(self.signatures), cause, "build again without it")
                yield from file.iter_batches(columns=list(names))
        except (OSError, pa.ArrowException) as error:
            raise InputError(str(self.signatures), f"can't be read: {error}", "build again without it") from error


def shard_part(signatures: Path, articles: Path) -> CorpusPart:
    """Return a shard as a part: a file of signatures and one of articles, row by row the same documents."""
    return CorpusPart(signatures=signatures, texts=partial(_of_parquet, articles))


def _of_parquet(file: Path, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the texts of some rows; row groups without any of them are skipped."""
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


def dataset_part(
    where: str, signatures: Path, keys: Keys | None = None, unreadable: Callable[[Unreadable], None] | None = None
) -> CorpusPart:
    """Return an existing dataset as a part: its signatures are written to `signatures`, unless this file exists.

    `where` is a folder that a build wrote, or any other input. Texts that no build has cleaned are compared as they
    are, so their boilerplate lowers the similarity. Unreadable input is passed to `unreadable`. Raises InputError if
    there is nothing to read.
    """
    if not signatures.exists():
        new = signatures.with_name(f"new-{signatures.name}")
        with SignatureWriter(new) as writer:
            for item in _documents(where, keys):
                if isinstance(item, Unreadable):
                    if unreadable:
                        unreadable(item)
                else:
                    name, url, text = item
                    writer.add(sign(name, text, host=host_of(url) or ""))
        new.rename(signatures)
    return CorpusPart(signatures=signatures, texts=partial(_of_documents, where, keys), dataset=public_name(where))


def sources_of(where: str) -> list[Source]:
    """Return the sources of an existing dataset; of one that a build wrote, its articles. Raises InputError if there
    is nothing to read."""
    sources, refused = discover(Path(where) / _TABLE if _is_ours(where) else where)
    if refused and not sources:
        raise InputError(where, f"{refused[0].source} {refused[0].cause}", refused[0].hint)
    return sources


def _is_ours(where: str) -> bool:
    return (Path(where) / _MANIFEST).is_file() and (Path(where) / _TABLE).is_dir()


def _documents(where: str, keys: Keys | None) -> Iterator[InputRow | Unreadable]:
    if _is_ours(where):
        yield from articles_of(Path(where))
        return
    yield from discover(where)[1]
    for source in sources_of(where):
        for item in read(source, keys):
            yield item if isinstance(item, Unreadable) else (item.id, item.url, normalize("NFC", item.text))


def _of_documents(where: str, keys: Keys | None, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    wanted = set(rows)
    texts = (item[2] for item in _documents(where, keys) if not isinstance(item, Unreadable))
    return ((row, text) for row, text in enumerate(texts) if row in wanted)


def articles_of(dataset: Path) -> Iterator[InputRow]:
    """Yield the articles of a dataset that a build wrote, a few in memory at a time. Raises InputError if there are
    none, or if they can't be read."""
    files = sorted((dataset / _TABLE).glob("*.parquet"))
    if not files:
        raise InputError(str(dataset), "holds no articles", "name a dataset that `cleaner build` wrote")
    for file in files:
        try:
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(_TEXTS, columns=["id", "url", "text"]):
                    batch.validate(full=True)  # Arrow reads damaged text that is no UTF-8 without a fault
                    values = batch.to_pydict()
                    yield from zip(values["id"], values["url"], values["text"], strict=True)
        except (OSError, KeyError, pa.ArrowException) as error:
            raise InputError(str(file), f"can't be read: {error}", "build the dataset again") from error


def ends(parts: Sequence[CorpusPart]) -> Numbers:
    """Return the number of the first document of each part, counted over all parts, and the total: (parts + 1,)."""
    return np.cumsum([0, *(part.rows for part in parts)], dtype=np.int64)


def ids(part: CorpusPart, rows: Numbers) -> Iterator[tuple[Numbers, pa.Array]]:
    """Yield the ids of some rows, which are in ascending order, in batches of (rows, ids)."""
    at = 0
    for batch in part.columns("id"):
        here = rows[rows.searchsorted(at) : rows.searchsorted(at + len(batch))]
        if len(here):
            yield here, batch.column(0).take(numbers(here - at))
        at += len(batch)
