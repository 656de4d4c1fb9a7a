"""Documents ready for rules, from anything that can be read, or out of a built dataset.

A dataset gives its documents back as they were before any rule (`cleaner.corpus.from_dataset`), and the language is a
column. So nothing is decoded, mended or detected again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.readers import Keys, Unreadable, discover, read
from cleaner.readers.sources import OnUnreadable

if TYPE_CHECKING:
    from cleaner.corpus.affected_rows import AffectedRows

_MANIFEST = "manifest.json"  # by name, as `cleaner.dataset.manifest` would import pyarrow


def is_dataset(where: str) -> bool:
    """Report whether a folder is a built dataset."""
    return (Path(where) / _MANIFEST).is_file()


def prepared_corpus(
    where: str, *, keys: Keys | None = None, unreadable: OnUnreadable | None = None
) -> Iterator[Prepared]:
    """The documents of a folder, file or glob, or of a built dataset (its articles, then what it rejected), shard
    by shard; no more than a row group of them is in memory.

    What gives no document is passed to `unreadable`. Raises InputError where there is nothing to read, or where
    a file of the dataset is missing or damaged.
    """
    report = unreadable or (lambda _item: None)
    if is_dataset(where):
        yield from (each for each in dataset_documents(where, None, unreadable=report) if each is not None)
        return
    sources, refused = discover(where)
    for item in refused:
        report(item)
    for source in sources:
        for found in read(source, keys):
            if isinstance(found, Unreadable):
                report(found)
            else:
                yield prepare(found)


def dataset_documents(
    where: str, affected: AffectedRows | None, *, unreadable: OnUnreadable | None = None
) -> Iterator[Prepared | None]:
    """The documents of a built dataset, as from `prepared_corpus`; None for each that `affected` excludes."""
    from cleaner.corpus.from_dataset import documents

    return documents(Path(where), affected, unreadable or (lambda _item: None))
