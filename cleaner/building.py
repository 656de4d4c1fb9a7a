"""Build a dataset: raw texts in, Parquet with its ledger, card and manifest out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

from cleaner import card, manifest
from cleaner.duplicates.options import Duplicates
from cleaner.duplicates.signatures import VERSION
from cleaner.engines import ENGINES, FINDERS
from cleaner.errors import OutputError
from cleaner.finishing import digests_of_existing
from cleaner.folders import growing, told
from cleaner.making import Making, Progress, worker
from cleaner.manifest import Manifest, Tally, load_manifest, versions
from cleaner.model import Options
from cleaner.plan import SHARD_BYTES, digest_of, digested, plan
from cleaner.program import program_digest
from cleaner.readers import Keys, Source, Unreadable, discover
from cleaner.rule import RulePack
from cleaner.shards import UNREADABLE_TOLD
from cleaner.store import Store, code, digest_of_file, link
from cleaner.writers import TABLES, Written

_OURS = frozenset({card.FILE, manifest.FILE, *(table.folder for table in TABLES)})
_NOBODYS = frozenset({".DS_Store", "Thumbs.db"})  # file managers leave these behind


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did. Documents are all that were met: the kept, and the rejected with the unreadable."""

    dist: Path
    seconds: float
    shards: int
    bytes: int
    """Of the input."""
    documents: int
    cleaned: int
    """Documents that were read and cleaned now; the others are as the last build has left them."""
    kept: int
    rejected: Mapping[str, int]
    """Documents by filter, most first."""
    flagged: Mapping[str, int]
    """Documents by flag, most first."""
    languages: Mapping[str, int]
    """Articles by language, most first; "" where it can't be told."""
    words_before: int
    """Words of all documents that could be read."""
    words_after: int
    """Words of the articles."""
    words_rejected: int
    """Words of the rejected documents, cleaned."""
    words_removed: Mapping[str, int]
    """Words by label, most first."""
    pieces: Mapping[str, int]
    """Pieces removed or replaced, by rule, most first."""
    suppressed: Mapping[str, int]
    """Pieces (of a filter: documents) that a suppression left in place, by rule, most first."""
    experimental: Mapping[str, int]
    """Pieces (of a filter: documents) that experimental rules found and only counted, by rule, most first."""
    unreadable: tuple[Unreadable, ...]
    """Files and records that gave no document, with their causes: the first hundred."""
    ignored: tuple[Unreadable, ...]
    """Files that no reader is for, and links that lead out of the input."""


def build(
    raw: str,
    dist: Path,
    *,
    rules: RulePack,
    options: Options | None = None,
    duplicates: Duplicates | None = None,
    text_field: str = "text",
    html_field: str = "html",
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
    again, unless `afresh` is set (see `cleaner.store`).

    Raises InputError where there is nothing to read, OutputError where `dist` can't be written or holds what
    is no dataset of ours, and CleanerError where a worker dies.
    """
    started = perf_counter()
    options = options or Options()
    found, refused = discover(raw)
    sources = [source.absolute() for source in found]
    _apart(raw, sources, dist)
    _ours(dist)
    duplicates = duplicates if duplicates and (duplicates.any or duplicates.repeated) else None
    keys, store = Keys(text=text_field, html=html_field), Store.of(dist)
    with growing(dist) as new:
        inputs = digested(sources, workers or os.cpu_count() or 1)
        planned = plan(sources, inputs, refused, shard_bytes=shard_bytes)
        existing = digests_of_existing(duplicates, keys) if duplicates else {}
        signed = [VERSION, bool(duplicates.repeated)] if duplicates else None
        made_with = digest_of([versions(), code(), asdict(keys), signed])
        program = program_digest(rules, options)
        wanted = [asdict(duplicates) if duplicates else None, sorted(existing.items())]
        key = digest_of([made_with, program, wanted, [each.key for each in planned]])
        last = load_manifest(dist)
        if not afresh and last and last.get("key") == key and _is_whole(dist, last):
            return _report(dist, last, started, cleaned=0)
        if afresh:
            store.forget_all_but(())
        store.keep_rules(program, rules, options)
        making = Making(
            planned, store, keys=keys, duplicates=duplicates, made_with=made_with, program=program, progress=progress
        )
        places = (store.folder, *islice((source.path for source in sources if isinstance(source.path, Path)), 1))
        prepare = partial(worker, rules, options)
        with ENGINES[engine](prepare, workers=workers or 0, tick=making.tick, places=places) as run:
            reports = making.finished(making.shards(run), existing, run, FINDERS[engine])
        tally = Tally()
        files: list[Written] = []
        for number, report in enumerate(reports):
            tally.add(report.tally)
            for table, file in zip(TABLES, report.files, strict=False):  # what else there is serves the next build
                path = table.file(number, len(reports))
                link(store.place(report.key, file.path), new.folder / path)
                files.append(replace(file, path=path))
        whole = Manifest(
            tally=tally,
            rules=rules,
            options=options,
            duplicates=duplicates,
            text_field=text_field,
            html_field=html_field,
            shards=len(reports),
            key=key,
            inputs=tuple(inputs),
            refused=tuple(refused),
            unreadable=tuple(each for report in reports for each in report.unreadable)[:UNREADABLE_TOLD],
            files=tuple(files),
        )
        card_text = card.card(whole).encode()
        manifest_text = whole.dump(_written(card.FILE, card_text))
        with told(dist):
            (new.folder / card.FILE).write_bytes(card_text)
            (new.folder / manifest.FILE).write_bytes(manifest_text)
        new.publish()
        store.forget_all_but({*making.used, program})
    return _report(dist, orjson.loads(manifest_text), started, cleaned=making.cleaned)


def _is_whole(dist: Path, last: Mapping[str, Any]) -> bool:
    """Whether all files of a dataset are as they were written."""
    try:
        return all(digest_of_file(dist / file["path"]) == file["sha256"] for file in last["files"])
    except OSError:
        return False


def _report(dist: Path, written: Mapping[str, Any], started: float, *, cleaned: int) -> BuildReport:
    """What a manifest tells."""
    documents, words, rules = written["documents"], written["words"], written["rules"]

    def counts(what: str, status: str | None = None) -> Mapping[str, int]:
        wanted = {key: rule for key, rule in rules.items() if status in (None, rule["status"])}
        return _most_first({key: rule[what] for key, rule in wanted.items() if rule[what]})

    return BuildReport(
        dist=dist,
        seconds=perf_counter() - started,
        shards=written["shards"],
        bytes=sum(each["bytes"] for each in written["inputs"]),
        documents=documents["all"],
        cleaned=cleaned,
        kept=documents["kept"],
        rejected=_most_first(documents["rejected"]),
        flagged=_most_first(documents["flagged"]),
        languages=_most_first(documents["languages"]),
        words_before=words["before"],
        words_after=words["kept"],
        words_rejected=words["rejected"],
        words_removed=_most_first(words["removed"]),
        pieces=counts("pieces"),
        suppressed=counts("suppressed"),
        experimental=counts("marks", "experimental"),
        unreadable=tuple(Unreadable(**each) for each in written["unreadable"]),
        ignored=tuple(Unreadable(**each) for each in written["refused"]),
    )


def _apart(raw: str, sources: Sequence[Source], dist: Path) -> None:
    """Raises OutputError where the dataset would lie in its own input, or the input in the dataset."""
    target = dist.resolve()
    root = Path(raw)
    if root.is_dir() and target.is_relative_to(root.resolve()):
        raise OutputError(str(dist), f"lies in the input folder {raw}", "write the dataset beside it")
    for source in sources:
        if isinstance(source.path, Path) and source.path.resolve().is_relative_to(target):
            raise OutputError(str(dist), f"holds the input {source.name}", "write the dataset elsewhere")


def _ours(dist: Path) -> None:
    """Raises OutputError where `dist` holds something that a build did not write: it would be lost."""
    with told(dist):
        if not dist.exists():
            return
        if not dist.is_dir():
            raise OutputError(str(dist), "is a file", "name a folder")
        held = {entry.name for entry in dist.iterdir()} - _NOBODYS
        if not held:
            return
        last = load_manifest(dist)
        if last is None:
            raise OutputError(str(dist), "holds files, and is no dataset of ours", "name a new or an empty folder")
        if strange := sorted(held - _OURS):
            cause = f"holds {', '.join(strange[:5])}, which no build wrote"
            raise OutputError(str(dist), cause, "move that away, or write elsewhere")
        written = {file["path"]: file["sha256"] for file in last["files"]}
        card_file = dist / card.FILE
        if card_file.is_file() and _sha256(card_file.read_bytes()) != written.get(card.FILE):
            raise OutputError(
                str(card_file), "was changed by hand since it was built", "move it away: a build writes its own"
            )
        if not os.access(dist, os.W_OK):
            raise OutputError(str(dist), "no permission to write here", "choose another folder")


def _written(path: str, content: bytes) -> Written:
    return Written(path=path, rows=0, bytes=len(content), size=len(content), sha256=_sha256(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _most_first(counts: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
