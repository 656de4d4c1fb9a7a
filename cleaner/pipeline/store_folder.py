"""The folder beside a dataset in which builds keep what they have made.

    .dist.store/
      <key>/            a finished shard: its tables and `report.json`, put there in one step
      new-<key>-<...>/  one that is being written, or that a process died over
      <digest>.rules    the rules that shards were made with, to be compared with the next ones
      <key>-<digest>.signatures   of an existing dataset that is not to be repeated
      manifest.json     of the dataset that was built last: it vouches for files whose own manifest is gone

All that is read back is checked, and what fails is made again. None of it is code. Files of other names are never
removed: they end the next build before it begins.
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

# All names that a store has; a file with another name is not ours.
_KEY = "[0-9a-f]{64}"
_RANDOM = "[a-z0-9_]{8}"  # as `tempfile` ends a name
_NEW = f"new-[0-9a-f]{{1,16}}-{_RANDOM}"
_SCRATCH = f"(?:ids|duplicates|repeats)-{_RANDOM}"
TABLE = r"(?:articles|removed|rejected|signatures)\.parquet|report\.json"
"""Files of a shard."""
_NUMBERS = r"minhashes|places|numbers|kept|shingles|places of shingles|heads-\d+|(?:tmp_)?\w+\.parquet(?:\.tmp)?"
_OURS: Mapping[str, re.Pattern[str]] = {
    "file": re.compile(
        rf"(?:{_KEY}|{_NEW})/(?:{TABLE})|{_SCRATCH}/(?:{_NUMBERS}|spilled/duckdb_temp[\w.-]+)"
        rf"|(?:new-)?{_KEY}(?:{RULES})?|(?:new-)*{_KEY}(?:-{_KEY})?{_SIGNED}|(?:new-)?{re.escape(MANIFEST)}"
    ),
    "empty": re.compile(rf"{_KEY}|{_NEW}|{_SCRATCH}(?:/spilled)?"),
}
LEFT_BEHIND = re.compile(rf"new-.*|{_SCRATCH}")
"""Of a process that died, or was ended."""
_KEY_LENGTH = 64


@dataclass(frozen=True, slots=True)
class StoreFolder:
    """That of one dataset."""

    folder: Path

    @classmethod
    def of(cls, dist: Path) -> Self:
        """That of a dataset; the folder need not be there."""
        target = dist.resolve()
        return cls(target.with_name(f".{target.name}.store"))

    def refuse_foreign(self) -> None:
        """Raises OutputError where there is anything that no build wrote; what builds left behind is removed."""
        with output_errors(self.folder):
            if is_folder(self.folder):
                for path, kind in files_below(self.folder):
                    if not _is_ours(path, kind):
                        cause = "is nothing that a build wrote, and is where builds keep what they have made"
                        raise OutputError(str(self.folder / path), cause, "move it away, and build again")
        self.sweep()

    def keep_manifest(self, dumped: bytes) -> None:
        """Keep the manifest of the dataset. Raises OutputError."""
        self.write(self.folder / MANIFEST, dumped)

    def manifest(self) -> Mapping[str, Any] | None:
        """That of the dataset which was built last; None where there is none."""
        return load_manifest(self.folder) if MANIFEST in self._names() else None

    def write(self, file: Path, content: bytes) -> None:
        """Write one of its files in one step. Raises OutputError."""
        with output_errors(file):
            self.folder.mkdir(parents=True, exist_ok=True)
            new = file.with_name(f"new-{file.name}")
            new.write_bytes(content)
            new.replace(file)

    def signatures(self, key: str, write: Callable[[Path], object]) -> Path:
        """The signatures of an existing dataset, which `write` writes to a file where there are none. Their name holds
        their digest. Raises OutputError, and what `write` does."""
        for file in self.folder.glob(f"{key}-*{_SIGNED}"):
            with suppress(OSError):
                if file.name == _signed_name(key, file):
                    return file
        new = self.folder / f"new-{key}{_SIGNED}"
        write(new)
        with output_errors(new):
            return new.replace(self.folder / _signed_name(key, new))

    def sweep(self) -> None:
        """Remove what processes left behind that have ended. No other process may be writing here."""
        with suppress(OSError):  # what can't be removed does no harm
            self.remove(filter(LEFT_BEHIND.fullmatch, self._names()))

    def forget_all_but(self, keys: Collection[str]) -> None:
        """Remove all shards and rules but those of these keys, and whatever dead processes left."""
        with suppress(OSError):
            self.remove(name for name in self._names() if name != MANIFEST and name[:_KEY_LENGTH] not in keys)

    def _names(self) -> list[str]:
        there = self.folder.is_dir() and not self.folder.is_symlink()
        return os.listdir(self.folder) if there else []

    def remove(self, names: Iterable[str]) -> None:
        """Remove files and folders that have these names, as far as builds give them. Raises OSError."""
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
