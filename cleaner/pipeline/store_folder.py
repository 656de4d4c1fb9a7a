"""The folder beside a dataset in which builds keep finished shards for later builds.

    .dist.store/
      <key>/            a finished shard: its tables and `report.json`, put there in one step
      new-<key>-<...>/  a shard that is being written, or was when a process died
      <digest>.rules    the rules that shards were made with; the next build compares its rules with them
      <key>-<digest>.signatures   MinHash signatures of an existing dataset to compare with
      manifest.json     of the last dataset, in case that the dataset has lost its own

Every file is checked when it is read, and made again if it is damaged. No file contains code. Files with other names
are never removed: the next build refuses to start while there are any.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cleaner.dataset.digests import digest_of_file
from cleaner.dataset.files import MANIFEST, load_manifest
from cleaner.dataset.folders import files_below, is_folder, output_errors, remove, remove_empty
from cleaner.errors import OutputError

RULES, _SIGNED = ".rules", ".signatures"

# All names in a store; no build writes a file with another name.
_KEY = "[0-9a-f]{64}"
_RANDOM = "[a-z0-9_]{8}"  # the end of a name by `tempfile`
_NEW = f"new-[0-9a-f]{{1,16}}-{_RANDOM}"
_SCRATCH = f"(?:ids|duplicates|repeats)-{_RANDOM}"
TABLE = r"(?:articles|removed|rejected|signatures)\.parquet|report\.json"
"""The pattern of the names of a shard's files."""
_NUMBERS = r"minhashes|places|numbers|kept|shingles|places of shingles|heads-\d+|(?:tmp_)?\w+\.parquet(?:\.tmp)?"
_OURS: Mapping[str, re.Pattern[str]] = {
    "file": re.compile(
        rf"(?:{_KEY}|{_NEW})/(?:{TABLE})|{_SCRATCH}/(?:{_NUMBERS}|spilled/duckdb_temp[\w.-]+)"
        rf"|(?:new-)?{_KEY}(?:{RULES})?|(?:new-)*{_KEY}(?:-{_KEY})?{_SIGNED}|(?:new-)?{re.escape(MANIFEST)}"
    ),
    "empty": re.compile(rf"{_KEY}|{_NEW}|{_SCRATCH}(?:/spilled)?"),
}
LEFT_BEHIND = re.compile(rf"new-.*|{_SCRATCH}")
"""The pattern of names that a killed process may leave."""
_KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """The store folder of one dataset."""

    folder: Path

    @classmethod
    def of(cls, dist: Path) -> Self:
        """Return the store folder of a dataset; it need not exist."""
        target = dist.resolve()
        return cls(target.with_name(f".{target.name}.store"))

    def refuse_foreign(self) -> None:
        """Raise OutputError if the folder holds anything that no build wrote; remove what killed builds left."""
        with output_errors(self.folder):
            if is_folder(self.folder):
                for path, kind in files_below(self.folder):
                    if not _is_ours(path, kind):
                        cause = "is nothing that a build wrote, and is where builds keep what they have made"
                        raise OutputError(str(self.folder / path), cause, "move it away, and build again")
        self.sweep()

    def keep_manifest(self, dumped: bytes) -> None:
        """Write a copy of the dataset's manifest. Raises OutputError."""
        self.write(self.folder / MANIFEST, dumped)

    def manifest(self) -> Mapping[str, Any] | None:
        """The manifest of the last dataset; None if there is none."""
        return load_manifest(self.folder) if MANIFEST in self._names() else None

    def write(self, file: Path, content: bytes) -> None:
        """Write a file of the store atomically. Raises OutputError."""
        with output_errors(file):
            self.folder.mkdir(parents=True, exist_ok=True)
            new = file.with_name(f"new-{file.name}")
            new.write_bytes(content)
            new.replace(file)

    def signatures(self, key: str, write: Callable[[Path], object]) -> Path:
        """Return the file with the signatures of an existing dataset; if there is none, `write` writes it.

        The digest of the file is part of its name. Raises OutputError, and what `write` raises.
        """
        for file in self.folder.glob(f"{key}-*{_SIGNED}"):
            with suppress(OSError):
                if file.name == _signed_name(key, file):
                    return file
        new = self.folder / f"new-{key}{_SIGNED}"
        write(new)
        with output_errors(new):
            return new.replace(self.folder / _signed_name(key, new))

    def sweep(self) -> None:
        """Remove what ended processes left. No other process may write here at the same time."""
        with suppress(OSError):  # a leftover does no harm
            self.remove(filter(LEFT_BEHIND.fullmatch, self._names()))

    def forget_all_but(self, keys: Collection[str]) -> None:
        """Remove all shards and rules except those with these keys, and what ended processes left."""
        with suppress(OSError):
            self.remove(name for name in self._names() if name != MANIFEST and name[:_KEY_LENGTH] not in keys)

    def _names(self) -> list[str]:
        there = self.folder.is_dir() and not self.folder.is_symlink()
        return os.listdir(self.folder) if there else []

    def remove(self, names: Iterable[str]) -> None:
        """Remove files and folders with these names, if they are names that builds use. Raises OSError."""
        for name in names:
            place = self.folder / name
            if place.is_dir() and not place.is_symlink():
                found = [(f"{name}/{path}", kind) for path, kind in files_below(place)] or [(name, "empty")]
            else:
                found = [(name, "other" if place.is_symlink() else "file")]
            ours = [(path, kind) for path, kind in found if _is_ours(path, kind)]
            remove(self.folder, [path for path, kind in ours if kind == "file"])
            for path, kind in ours:
                if kind == "empty":
                    remove_empty(self.folder / path)
            remove_empty(place)


def _is_ours(path: str, kind: str) -> bool:
    return kind in _OURS and _OURS[kind].fullmatch(path) is not None


def _signed_name(key: str, file: Path) -> str:
    return f"{key}-{digest_of_file(file)}{_SIGNED}"
