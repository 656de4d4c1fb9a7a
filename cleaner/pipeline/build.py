"""Build a dataset: raw texts in, Parquet with its ledger, card and manifest out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from time import perf_counter

from cleaner.dataset.atomic import growing
from cleaner.dataset.digests import code, digest_of, versions
from cleaner.errors import OutputError
from cleaner.matching.program import program_digest
from cleaner.model.escape import public_name
from cleaner.model.options import Duplicates, Options
from cleaner.model.rule import RulePack
from cleaner.pipeline.plan import SHARD_BYTES, plan
from cleaner.pipeline.report import BuildReport, Progress, _report
from cleaner.pipeline.store_folder import StoreFolder
from cleaner.readers import Keys, Source, Unreadable, discover
from cleaner.readers.fingerprint import digest_inputs
from cleaner.readers.readable import MIN_READABLE, require_readable


def build(
    raw: str,
    dist: Path,
    *,
    rules: RulePack,
    options: Options | None = None,
    duplicates: Duplicates | None = None,
    text_field: str | Sequence[str] = "text",
    html_field: str = "html",
    min_readable: float = MIN_READABLE,
    workers: int | None = None,
    engine: str = "local",
    shard_bytes: int = SHARD_BYTES,
    afresh: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Clean all that `raw` (a folder, a file, a glob or an address) holds, and write the dataset `dist`.

    Of documents that repeat each other, as `duplicates` has it, one is kept; None keeps all.

    `dist` is replaced as a whole when all is done; until then, and whenever the build fails, it stays as it
    was. `workers` is the number of processes (None or 0: one a core), and `engine` where they run, a row of
    `ENGINES`; neither changes a byte of the dataset, while `shard_bytes`, the most input that goes into one file,
    changes how the rows are shared out, not the rows. What an earlier build has made, a killed one too, is not made
    again, unless `afresh` is set (see `cleaner.pipeline.shard_store`).

    Of several text fields, the first that holds some text in a record is read.

    Raises InputError where there is nothing to read, or where less than `min_readable` of the documents could be
    read (UnreadableInputError; the last dataset stays), OutputError where `dist` can't be written or where a file
    would be lost that no build wrote or that has changed since, and CleanerError where a worker dies.
    """
    started = perf_counter()
    options = options or Options()
    found, refused = discover(raw)
    sources = [source.absolute() for source in found]
    _apart(raw, sources, dist)
    duplicates = duplicates if duplicates and (duplicates.any or duplicates.max_paragraph_repeats) else None
    keys = Keys.of(text_field, html_field)
    store = StoreFolder.of(dist)
    with growing(dist, store.manifest()) as new:
        store.refuse_foreign()
        inputs = digest_inputs(sources, workers or os.cpu_count() or 1)
        planned = plan(sources, inputs, refused, shard_bytes=shard_bytes)
        existing = _existing(duplicates, keys)
        signed = [bool(duplicates.max_paragraph_repeats)] if duplicates else None
        made_with = digest_of([versions(), code(), asdict(keys), signed])
        program = program_digest(rules, options)
        published = [(public_name(where), digest) for where, digest in existing.items()]
        wanted = [duplicates.published() if duplicates else None, sorted(published)]
        key = digest_of([made_with, program, wanted, [each.key for each in planned]])
        last = new.last.whole
        if not afresh and last and last["key"] == key:
            faults = [Unreadable(**each) for each in (*last["unreadable"], *last["refused"])]
            documents = last["documents"]
            require_readable(raw, documents["all"], documents["rejected"], faults, least=min_readable)
            return _report(dist, last, started, cleaned=0)
        from cleaner.pipeline.run import BuildInputs, run_build  # noqa: PLC0415 - slow to import, and seldom nothing else to do

        order = BuildInputs(
            rules=rules, options=options, duplicates=duplicates, keys=keys, existing=existing, made_with=made_with,
            program=program, key=key, inputs=tuple(inputs), refused=tuple(refused), planned=tuple(planned),
            engine=engine, workers=workers or 0, afresh=afresh,
        )  # fmt: skip
        enough = partial(require_readable, raw, least=min_readable)
        try:
            written, cleaned = run_build(order, dist, new, progress, enough)
        finally:
            store.sweep()
    return _report(dist, written, started, cleaned=cleaned)


def _existing(duplicates: Duplicates | None, keys: Keys) -> Mapping[str, str]:
    if not (duplicates and duplicates.against):
        return {}
    from cleaner.pipeline.drop_duplicates import digests_of_existing  # noqa: PLC0415 - slow to import

    return digests_of_existing(duplicates, keys)


def _apart(raw: str, sources: Sequence[Source], dist: Path) -> None:
    """Raises OutputError where the dataset would lie in its own input, or the input in the dataset."""
    target = dist.resolve()
    root = Path(raw)
    if root.is_dir() and target.is_relative_to(root.resolve()):
        raise OutputError(str(dist), f"lies in the input folder {raw}", "write the dataset beside it")
    for source in sources:
        if isinstance(source.path, Path) and source.path.resolve().is_relative_to(target):
            raise OutputError(str(dist), f"holds the input {source.name}", "write the dataset elsewhere")
