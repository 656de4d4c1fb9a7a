"""Store finished shards by key, so that a killed build resumes and a later build reuses them.

The key of a shard is a digest of everything it depends on: the input's bytes, the rules, the settings, the packages
and the code. So a shard that is found by its key is never stale. The files of the dataset are hard links to those in
the store, so they need disk space only once. `cleaner.pipeline.store_folder` describes the folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import orjson

from cleaner.dataset.digests import digest_of_file
from cleaner.dataset.folders import output_errors
from cleaner.dataset.manifest import Tally
from cleaner.dataset.parquet import Written
from cleaner.model.checksum import json_with_checksum, json_without_checksum, without_checksum
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.pipeline.store_folder import LEFT_BEHIND, RULES, TABLE, StoreFolder
from cleaner.readers import Unreadable
from cleaner.rules.encode import encoded, made_with

REPORT = "report.json"
SIGNATURES = "signatures.parquet"
"""The file with the MinHash signatures of a shard's articles, one row for each article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRows:
    """The rows of one part of a shard: its documents, which of them are rejected, and its ledger rows."""

    key: str | None
    """The key of the part; None if its rows depend on other parts too, because ids clashed."""
    documents: int
    rejected: tuple[int, ...]
    """The numbers of the rejected documents, counted from 0 within the part."""
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReport:
    """The report of a finished shard: what it depends on, what it contains, and its files."""

    key: str
    """SHA-256 of everything the shard depends on: input, rules, options, versions, code."""
    made_with: str
    """Digest of packages, code and settings."""
    program: str
    """Digest of rules and options."""
    tally: Tally
    cleaned: int
    """How many documents were cleaned for it, and not reused."""
    unreadable: tuple[Unreadable, ...]
    """The first `UNREADABLE_LISTED` inputs that could not be read."""
    files: tuple[Written, ...]
    """The files, one for each table; the signatures, if any, are the last."""
    parts: tuple[PartRows, ...]
    """First the input that no reader could read, then the parts of the shard."""

    def dump(self) -> bytes:
        """Return the report as JSON with a checksum."""
        return json_with_checksum(orjson.dumps(self))

    @classmethod
    def load(cls, data: bytes) -> ShardReport:
        """Return the report that `dump` wrote. Raises ValueError, KeyError or TypeError for other data."""
        read = orjson.loads(json_without_checksum(data))
        return cls(
            **read
            | {
                "tally": tally_of(read["tally"]),
                "unreadable": tuple(Unreadable(**each) for each in read["unreadable"]),
                "files": tuple(Written(**each) for each in read["files"]),
                "parts": tuple(PartRows(**each | {"rejected": tuple(each["rejected"])}) for each in read["parts"]),
            }
        )


def tally_of(counts: Mapping[str, Any]) -> Tally:
    """Return the tally with these counts, which are plain data."""
    values: dict[str, Any] = {
        name: Counter(value) if isinstance(value, dict) else value for name, value in counts.items()
    }
    return Tally(**values)


@dataclass(frozen=True, slots=True)
class Store(StoreFolder):
    """The store of one dataset: its finished shards, and the rules that they were made with."""

    def place(self, key: str, table: str) -> Path:
        """Return the path of a table of a finished shard."""
        return self.folder / key / table

    def find(self, key: str) -> ShardReport | None:
        """Return the report of a finished shard; None if it is missing or incomplete."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            report = ShardReport.load((self.folder / key / REPORT).read_bytes())
            if report.key == key and all(self._is_whole(key, file) for file in report.files):
                return report
        return None

    def _is_whole(self, key: str, file: Written) -> bool:
        return bool(re.fullmatch(TABLE, file.path)) and digest_of_file(self.place(key, file.path)) == file.sha256

    @contextmanager
    def writing(self, key: str) -> Iterator[Path]:
        """Yield a folder to write a shard to. It gets its final name when the block ends; before, nobody finds it.

        Raises OutputError if the disk refuses.
        """
        final = self.folder / key
        with output_errors(final):
            self.folder.mkdir(parents=True, exist_ok=True)
            # A unique name: a machine that counts as dead may still be writing the same shard.
            new = Path(mkdtemp(dir=self.folder, prefix=f"new-{key[:16]}-"))
        try:
            yield new
            with output_errors(final):
                if final.exists() and not self.find(key):
                    self.remove([key])
                if not final.exists():  # otherwise another process has written the same shard
                    new.rename(final)
        finally:
            with suppress(OSError):
                self.remove([new.name])

    def reports(self) -> Iterator[ShardReport]:
        """Yield the reports of all finished shards, in order of key; those that can't be read are skipped."""
        for file in sorted(self.folder.glob(f"*/{REPORT}")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                if not LEFT_BEHIND.fullmatch(file.parent.name):
                    yield ShardReport.load(file.read_bytes())

    def keep_rules(self, program: str, rules: RulePack, options: Options) -> None:
        """Write the rules and options that shards are made with. Raises OutputError."""
        file = self.folder / f"{program}{RULES}"
        with suppress(OSError, ValueError):
            without_checksum(file.read_bytes())
            return
        self.write(file, encoded((rules, options)))

    def rules(self, program: str) -> tuple[RulePack, Options] | None:
        """Return the rules and options of a program by its digest; None if the file is missing or damaged."""
        with suppress(OSError, ValueError):
            return made_with((self.folder / f"{program}{RULES}").read_bytes())
        return None


def link(one: Path, other: Path) -> None:
    """Make a hard link to a finished file, or copy it if the file system has no hard links. Raises OutputError."""
    with output_errors(other):
        other.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(one, other)
        except OSError:
            shutil.copyfile(one, other)
