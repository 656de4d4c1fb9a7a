"""Finished shards, kept under a digest of all that they were made of; `cleaner.pipeline.store_folder` has the folder.

A build that was killed finds here what it had done; the next build what need not be done again. A key holds digests
of the input's bytes, the rules, the settings, the packages and this package's code, so that nothing stale is found by
it. The dataset's own files are links to those here: they take their place on the disk once.
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
"""What of each article is needed to find its duplicates, row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRows:
    """What a part of a shard became: how many documents, which of them were rejected, how many rows in the ledger."""

    key: str | None
    """Of the part; None where its rows hang on other parts, too, as ids clashed."""
    documents: int
    rejected: tuple[int, ...]
    """Counted from 0, among the documents."""
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReport:
    """What became of a shard."""

    key: str
    """SHA-256 of everything the shard depends on: input, rules, options, versions, code."""
    made_with: str
    """Digest of packages, code and settings."""
    program: str
    """Digest of rules and options."""
    tally: Tally
    cleaned: int
    """Documents that were cleaned for it, and not reused."""
    unreadable: tuple[Unreadable, ...]
    """The first of them."""
    files: tuple[Written, ...]
    """Named for their tables."""
    parts: tuple[PartRows, ...]
    """First what was refused, then the parts of the shard."""

    def dump(self) -> bytes:
        """As JSON with a checksum."""
        return json_with_checksum(orjson.dumps(self))

    @classmethod
    def load(cls, data: bytes) -> ShardReport:
        """What `dump` gave. Raises ValueError, KeyError or TypeError for anything else."""
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
    """The tally whose counts these are, as plain data."""
    values: dict[str, Any] = {
        name: Counter(value) if isinstance(value, dict) else value for name, value in counts.items()
    }
    return Tally(**values)


@dataclass(frozen=True, slots=True)
class Store(StoreFolder):
    """The finished shards beside a dataset, and the rules that they were made with."""

    def place(self, key: str, table: str) -> Path:
        """A table of a finished shard."""
        return self.folder / key / table

    def find(self, key: str) -> ShardReport | None:
        """The report of a finished shard; None where it isn't there, or not whole."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            report = ShardReport.load((self.folder / key / REPORT).read_bytes())
            if report.key == key and all(self._is_whole(key, file) for file in report.files):
                return report
        return None

    def _is_whole(self, key: str, file: Written) -> bool:
        return bool(re.fullmatch(TABLE, file.path)) and digest_of_file(self.place(key, file.path)) == file.sha256

    @contextmanager
    def writing(self, key: str) -> Iterator[Path]:
        """A folder to write a shard to, which is found by its key when the block ends and was not before.

        Raises OutputError where the disk refuses.
        """
        final = self.folder / key
        with output_errors(final):
            self.folder.mkdir(parents=True, exist_ok=True)
            # A name of its own: a machine that the others have given up may still be writing the same shard.
            new = Path(mkdtemp(dir=self.folder, prefix=f"new-{key[:16]}-"))
        try:
            yield new
            with output_errors(final):
                if final.exists() and not self.find(key):
                    self.remove([key])
                if not final.exists():  # else another has made the same
                    new.rename(final)
        finally:
            with suppress(OSError):
                self.remove([new.name])

    def reports(self) -> Iterator[ShardReport]:
        """Of all that is finished, in order of key; those that can't be read are passed over."""
        for file in sorted(self.folder.glob(f"*/{REPORT}")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                if not LEFT_BEHIND.fullmatch(file.parent.name):
                    yield ShardReport.load(file.read_bytes())

    def keep_rules(self, program: str, rules: RulePack, options: Options) -> None:
        """Keep what shards are made with. Raises OutputError."""
        file = self.folder / f"{program}{RULES}"
        with suppress(OSError, ValueError):
            without_checksum(file.read_bytes())
            return
        self.write(file, encoded((rules, options)))

    def rules(self, program: str) -> tuple[RulePack, Options] | None:
        """What a shard was made with; None where that is gone or damaged: the shard can be made again."""
        with suppress(OSError, ValueError):
            return made_with((self.folder / f"{program}{RULES}").read_bytes())
        return None


def link(one: Path, other: Path) -> None:
    """Give a finished file a second name, or copy it where the system knows no second names. Raises OutputError."""
    with output_errors(other):
        other.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(one, other)
        except OSError:
            shutil.copyfile(one, other)
