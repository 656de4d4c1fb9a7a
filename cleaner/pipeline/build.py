"""Build a dataset from raw texts: Parquet tables with the ledger of removed text, a card and a manifest."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Unpack

from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.dataset.atomic import growing
from cleaner.dataset.digests import code, digest_of, versions
from cleaner.dataset.files import LEARNED
from cleaner.errors import CleanerError, OutputError
from cleaner.matching.program import program_digest
from cleaner.model.escape import public_name
from cleaner.model.options import Duplicates, Options
from cleaner.model.rule import RulePack
from cleaner.pipeline.options import BuildInputs, BuildOptions, BuildSettings, build_options
from cleaner.pipeline.plan import plan
from cleaner.pipeline.report import BuildReport, Progress, _report
from cleaner.pipeline.store_folder import StoreFolder
from cleaner.readers import Keys, Source, Unreadable, discover, read
from cleaner.readers.fingerprint import digest_inputs
from cleaner.readers.readable import require_readable
from cleaner.rules.load import extended

ADDRESS_SPACE = 1 << 30
"""Bytes. With less, native libraries of the build abort the process where no exception can be raised."""


def build(
    raw: str,
    dist: Path,
    *,
    rules: RulePack,
    options: BuildOptions | Options | None = None,
    progress: Callable[[Progress], None] | None = None,
    **settings: Unpack[BuildSettings],
) -> BuildReport:
    """Clean everything in `raw` (a folder, a file, a glob or an address), and write the dataset to the folder `dist`.

    `options` are those of the build, or of cleaning alone. Each field of `BuildOptions` can be given as a keyword
    argument, too, which has precedence. `progress` is called as documents are cleaned.

    `dist` is replaced as a whole at the end. Until then, and if the build fails, it stays as it was. Shards that an
    earlier build has finished are reused, also those of a build that was killed (`cleaner.pipeline.shard_store`). The
    build does nothing but compute the digests of the input if neither input, rules, options nor code have changed.

    Raises InputError if there is nothing to read; UnreadableInputError if less than `min_readable` of the documents
    can be read; OutputError if `dist` can't be written, or if it holds a file that no build wrote or that has changed
    since, which would be lost; CleanerError if a worker dies, or if the address space is limited to less than
    `ADDRESS_SPACE`.
    """
    started = perf_counter()
    _expect_address_space()
    chosen = build_options(options, **settings)
    found, refused = discover(raw)
    sources = [source.absolute() for source in found]
    _apart(raw, sources, dist)
    enough = partial(require_readable, raw, least=chosen.min_readable)
    store = StoreFolder.of(dist)
    with growing(dist, store.manifest()) as new:
        store.refuse_foreign()
        inputs = _inputs(sources, refused, rules, chosen)
        last = new.last.whole
        if not chosen.no_cache and last and last["key"] == inputs.key:
            faults = [Unreadable(**each) for each in (*last["unreadable"], *last["refused"])]
            enough(last["documents"]["all"], last["documents"]["rejected"], faults)
            return _report(dist, last, started, cleaned=0)
        if chosen.learn:
            inputs = _with_learned(inputs, sources)
        from cleaner.pipeline.run import run_build  # slow to import, and not needed when nothing has changed

        try:
            written, cleaned = run_build(inputs, dist, new, progress, enough)
        finally:
            store.sweep()
    return _report(dist, written, started, cleaned=cleaned)


def _inputs(
    sources: Sequence[Source], refused: Sequence[Unreadable], rules: RulePack, options: BuildOptions
) -> BuildInputs:
    """Digest the input, divide it into shards, and work out the keys of the build."""
    duplicates, keys = options.duplicates, options.keys
    inputs = digest_inputs(sources, options.workers or os.cpu_count() or 1)
    planned = plan(sources, inputs, refused, shard_bytes=options.shard_bytes)
    existing = _existing(duplicates, keys)
    signed = [bool(duplicates.max_paragraph_repeats)] if duplicates else None
    made_with = digest_of([versions(), code(), asdict(keys), signed])
    program = program_digest(rules, options.cleaning)
    published = [(public_name(where), digest) for where, digest in existing.items()]
    wanted = [duplicates.published() if duplicates else None, sorted(published)]
    return BuildInputs(
        rules=rules,
        options=options,
        existing=existing,
        inputs=tuple(inputs),
        refused=tuple(refused),
        planned=tuple(planned),
        made_with=made_with,
        program=program,
        key=digest_of([made_with, program, wanted, *["learn"] * options.learn, [each.key for each in planned]]),
    )


def _with_learned(inputs: BuildInputs, sources: Sequence[Source]) -> BuildInputs:
    """The inputs with the rules for what repeats on the sites of the sources."""
    from cleaner.authoring.learned_rules import learn_site_rules, one_file  # seldom asked for

    keys, cleaning = inputs.options.keys, inputs.options.cleaning

    def corpus() -> Iterator[Prepared]:
        for source in sources:
            yield from (prepare(found) for found in read(source, keys) if not isinstance(found, Unreadable))

    found = learn_site_rules(corpus, inputs.rules, cleaning, folder_name="corpus")
    learned = one_file(found.sites)
    if not learned:
        return inputs
    rules = extended(inputs.rules, {LEARNED: learned})
    return replace(inputs, rules=rules, program=program_digest(rules, cleaning), learned=learned)


def _existing(duplicates: Duplicates | None, keys: Keys) -> Mapping[str, str]:
    if not (duplicates and duplicates.against):
        return {}
    from cleaner.pipeline.drop_duplicates import digests_of_existing  # slow to import

    return digests_of_existing(duplicates, keys)


def _expect_address_space() -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < ADDRESS_SPACE:
        cause = f"the address space is limited to {limit >> 20} MiB, and a build needs {ADDRESS_SPACE >> 20} at least"
        raise CleanerError("memory", cause, "raise the limit with `ulimit -v`; what was there is untouched")


def _apart(raw: str, sources: Sequence[Source], dist: Path) -> None:
    """Raise OutputError if the dataset is inside its own input, or the input inside the dataset."""
    target = dist.resolve()
    root = Path(raw)
    if root.is_dir() and target.is_relative_to(root.resolve()):
        raise OutputError(str(dist), f"lies in the input folder {raw}", "write the dataset beside it")
    for source in sources:
        if isinstance(source.path, Path) and source.path.resolve().is_relative_to(target):
            raise OutputError(str(dist), f"holds the input {source.name}", "write the dataset elsewhere")
