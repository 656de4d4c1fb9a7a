"""A dataset is put together: its shards made, what repeats taken out, card and manifest written beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cleaner.card import card
from cleaner.duplicates.options import Duplicates
from cleaner.engines import ENGINES, FINDERS
from cleaner.making import Making, worker
from cleaner.manifest import Manifest, Tally
from cleaner.model import Options
from cleaner.plan import Input, Planned
from cleaner.progress import Progress
from cleaner.provenance import CARD, MANIFEST
from cleaner.publishing import Growing
from cleaner.readers import Keys, Unreadable
from cleaner.rule import RulePack
from cleaner.shards import UNREADABLE_TOLD
from cleaner.store import Store
from cleaner.writers import TABLES, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All that a dataset is to be made of, and how."""

    rules: RulePack
    options: Options
    duplicates: Duplicates | None
    keys: Keys
    existing: Mapping[str, str]
    """Digests of the datasets that are not to be repeated."""
    made_with: str
    """Digest of packages, code and settings."""
    program: str
    """Digest of rules and options."""
    key: str
    """Digest of all of it."""
    inputs: tuple[Input, ...]
    refused: tuple[Unreadable, ...]
    planned: tuple[Planned, ...]
    engine: str
    workers: int
    afresh: bool
    """Take nothing over from an earlier build."""


Enough = Callable[[int, Mapping[str, int], Sequence[Unreadable]], None]
"""Raises what it may where too few of so many documents could be read, given the rejected by filter, and the causes."""


def assemble(
    order: Order, dist: Path, new: Growing, progress: Callable[[Progress], None] | None, enough: Enough
) -> tuple[Mapping[str, Any], int]:
    """Build the dataset, and give it its place: its manifest as plain data, and how many documents were cleaned now.

    Raises OutputError, InputError and CleanerError as `cleaner.building.build` does.
    """
    store = Store.of(dist)
    if order.afresh:
        store.forget_all_but(())
    store.keep_rules(order.program, order.rules, order.options)
    making = Making(
        order.planned, store, keys=order.keys, duplicates=order.duplicates, made_with=order.made_with,
        program=order.program, progress=progress,
    )  # fmt: skip
    paths = (part.source.path for planned in order.planned for part in planned.parts)
    places = (store.folder, *islice((path for path in paths if isinstance(path, Path)), 1))
    prepare = partial(worker, order.rules, order.options)
    with ENGINES[order.engine](prepare, workers=order.workers, tick=making.tick, places=places) as run:
        reports = making.finished(making.shards(run), order.existing, run, FINDERS[order.engine])
    tally = Tally()
    files: list[tuple[Path, Written]] = []
    for number, report in enumerate(reports):
        tally.add(report.tally)
        for table, file in zip(TABLES, report.files, strict=False):  # what else there is serves the next build
            path = table.file(number, len(reports))
            files.append((store.place(report.key, file.path), replace(file, path=path)))
    unreadable = tuple(each for report in reports for each in report.unreadable)[:UNREADABLE_TOLD]
    enough(tally.documents, tally.rejected, (*unreadable, *order.refused))
    whole = Manifest(
        tally=tally,
        rules=order.rules,
        options=order.options,
        duplicates=order.duplicates,
        text_field=",".join(order.keys.texts),
        html_field=order.keys.html,
        shards=len(reports),
        key=order.key,
        inputs=order.inputs,
        refused=order.refused,
        unreadable=unreadable,
        files=tuple(file for _, file in files),
    )
    card_text = card(whole).encode()
    manifest_text = whole.dump(_written(CARD, card_text))
    new.write(MANIFEST, manifest_text)
    new.write(CARD, card_text)
    for place, file in files:
        new.link(place, file.path)
    new.publish()
    store.keep_manifest(manifest_text)
    store.forget_all_but({*making.used, order.program})
    return orjson.loads(manifest_text), making.cleaned


def _written(path: str, content: bytes) -> Written:
    sha = hashlib.sha256(content).hexdigest()
    return Written(path=path, rows=0, bytes=len(content), size=len(content), sha256=sha)
