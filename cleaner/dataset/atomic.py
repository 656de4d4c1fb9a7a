"""Write a dataset as a whole or not at all: into a hidden folder beside it, which then replaces it.

    dist/            what readers see: always whole, the last dataset or the new one
    .dist.building/  the new dataset while it is written; locked by the process that writes it
    .dist.previous/  the last dataset, for a moment, where the system can't exchange two folders at once
    .dist.store/     what is kept for the next build: see `cleaner.pipeline.shard_store`

A build deletes and replaces only files that an earlier build wrote and that have not changed since; the manifest says
which these are. Any other file with one of their names is an error before the build begins. Other entries of `dist/`,
as `.git` is, are moved into the new folder after the exchange.

A process may be killed at any moment. The next one repairs what it left, and finds out how far it had come by an empty
file, `MARK`: it is created in `.dist.building/`, comes into `dist/` by the exchange, and is removed when nothing is
left of the replaced dataset.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.dataset.digests import digest_of_file
from cleaner.dataset.files import CARD, FOLDERS, LEARNED, MANIFEST, load_manifest, read_manifest
from cleaner.dataset.folders import (
    Stamp,
    files_below,
    folder_stamp,
    in_the_way,
    is_folder,
    locked,
    move,
    output_errors,
    remove,
    remove_empty,
    signals_held,
    swap,
)
from cleaner.errors import OutputError

MARK = ".cleaner-swap"
_PART = ".cleaner-part"
"""Name of a file that is still being written."""

_NOBODYS = frozenset({".DS_Store", "Thumbs.db"})  # file managers leave these behind
BEFORE = _NOBODYS | {".git", ".gitattributes", ".gitignore", ".cache", ".huggingface"}
BEFORE |= {f"LICENSE{suffix}" for suffix in ("", ".md", ".txt")}
"""Names of entries that a folder without a dataset may contain."""
_AWAY = "move it away, and build again"
_NO_LEFTOVER = "is nothing that a build left behind, and is where a build writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The content of a dataset's folder."""

    files: Mapping[str, Stamp] = field(default_factory=dict)
    """Unchanged files of a build, by path."""
    beside: tuple[str, ...] = ()
    """Paths of entries that are not part of the dataset; they are moved to the next one."""
    last: Mapping[str, Any] | None = None
    """The manifest."""

    @property
    def whole(self) -> Mapping[str, Any] | None:
        """The manifest if all files of the dataset are there, else None."""
        wanted = {MANIFEST, *(file["path"] for file in self.last["files"])} if self.last else set()
        return self.last if wanted <= self.files.keys() else None


def survey_folder(
    folder: Path, place: Path, fallback: Mapping[str, Any] | None = None, known: Mapping[str, Stamp] | None = None
) -> Held:
    """Return what the folder of a dataset holds; `place` is the folder as the user named it, for messages.

    `fallback` is the manifest to use where the folder has none. A file that still has its stamp in `known` is not read
    again. Raises OutputError if the folder holds anything that a build would lose, and OSError.
    """
    last = _manifest(folder, place) or fallback
    held, beside = _listed(folder, place)
    if last is None and (held or set(beside) - BEFORE):
        raise OutputError(str(place), "holds files, and is no dataset of ours", "name a new or an empty folder")
    written = {file["path"]: file["sha256"] for file in last["files"]} if last else {}
    files = {path: _stamp(folder / path, place / path) for path in held}
    _require_written(files, written, place)
    _require_unchanged(folder, place, written, [path for path in files if (known or {}).get(path) != files[path]])
    for path in beside:
        _movable(folder / path, place / path)
    return Held(files=files, beside=tuple(beside), last=last)


def _listed(folder: Path, place: Path) -> tuple[list[str], list[str]]:
    """Return the paths of a folder that have names of a dataset's files, and the others.

    Raises OutputError if the folder of a table is a file or a link, and OSError.
    """
    held: list[str] = []
    beside: list[str] = []
    for name in sorted(os.listdir(folder)):
        if name in FOLDERS:
            if not (folder / name).is_dir() or (folder / name).is_symlink():
                raise in_the_way(place / name)
            for each in sorted(os.listdir(folder / name)):
                (beside if each in _NOBODYS else held).append(f"{name}/{each}")
        elif name in (CARD, LEARNED, MANIFEST):
            held.append(name)
        elif name != MARK:
            beside.append(name)
    return held, beside


def _require_written(files: Collection[str], written: Collection[str], place: Path) -> None:
    """Raise OutputError if one of the files is not in the manifest."""
    for path in files:
        if path not in written and path != MANIFEST:
            raise OutputError(str(place / path), "is a file that no build wrote", _AWAY)


def _require_unchanged(folder: Path, place: Path, written: Mapping[str, str], paths: Sequence[str]) -> None:
    """Raise OutputError if a file does not have the digest in the manifest, and OSError if it can't be read."""
    unread = [path for path in paths if path in written]
    with ThreadPoolExecutor() as threads:
        for path, digest in zip(unread, threads.map(digest_of_file, (folder / path for path in unread)), strict=True):
            if digest != written[path]:
                raise OutputError(str(place / path), "has changed since it was built", _AWAY)


def _manifest(folder: Path, place: Path) -> Mapping[str, Any] | None:
    """Return the manifest of a folder; None if it has none. Raises OutputError if the manifest is damaged."""
    file = folder / MANIFEST
    if not os.path.lexists(file):
        return None
    _stamp(file, place / MANIFEST)
    try:
        return read_manifest(file.read_bytes())
    except ValueError as error:
        cause = f"holds files, and is no dataset of ours: {MANIFEST} is damaged, or no build wrote it ({error})"
        raise OutputError(str(place), cause, f"move {MANIFEST} away and build again, or name a new folder") from error


def _stamp(file: Path, place: Path) -> Stamp:
    stamp = folder_stamp(file)
    if stamp is None:
        kind = "a link" if file.is_symlink() else "no regular file"
        raise OutputError(str(place), f"is {kind}, and no build wrote it", _AWAY)
    return stamp


def _movable(entry: Path, place: Path) -> None:
    """Raise OutputError if an entry can't be moved to the next dataset."""
    if entry.is_symlink() or not entry.is_dir():
        return
    if entry.is_mount():
        raise OutputError(
            str(place), "is a mount point, which can't be moved to the next dataset", "mount it elsewhere"
        )
    if not os.access(entry, os.W_OK):
        raise OutputError(str(place), "can't be moved to the next dataset: no permission to write", _AWAY)


class Growing:
    """A new folder that will replace the one beside it."""

    def __init__(
        self, place: Path, target: Path, folder: Path, fallback: Mapping[str, Any] | None, locks: ExitStack
    ) -> None:
        self.folder = folder
        """Empty at first."""
        self.last = Held()
        """The content of the folder that will be replaced."""
        self._place, self._target, self._vouched, self._locks = place, target, fallback, locks
        self._put: dict[str, Stamp | None] = {}

    def begin(self) -> None:
        """Repair what killed processes left, and survey the folder that will be replaced. Raises OutputError."""
        with output_errors(self._place):
            _mend(self._target, self.folder, _beside(self._target, "previous"), self._vouched)
            self.last = self._surveyed()
            (self.folder / MARK).touch()
            self._put[MARK] = folder_stamp(self.folder / MARK)

    def write(self, path: str, content: bytes) -> None:
        """Write a file. The manifest must come first, as it names the files that a build wrote. Raises OutputError."""
        with output_errors(self._place / path):
            self._part().write_bytes(content)
            self._settle(path)

    def link(self, file: Path, path: str) -> None:
        """Hard-link a finished file, or copy it if the system has no hard links. Raises OutputError."""
        with output_errors(self._place / path):
            (self.folder / path).parent.mkdir(exist_ok=True)
            try:
                os.link(file, self.folder / path)
                self._put[path] = folder_stamp(self.folder / path)
            except OSError:
                shutil.copyfile(file, self._part())
                self._settle(path)

    def _part(self) -> Path:
        part = self.folder / _PART
        part.touch()
        self._put[_PART] = None
        return part

    def _settle(self, path: str) -> None:
        move(self.folder / _PART, self.folder / path)
        del self._put[_PART]
        self._put[path] = folder_stamp(self.folder / path)

    def publish(self) -> None:
        """Replace the last folder by this one.

        Raises OutputError if the disk refuses, or if the last folder has new content that would be lost.
        """
        with signals_held(), output_errors(self._place):
            if self._target.exists():  # locked, as it gets the name of a leftover
                self._locks.enter_context(locked(self._target, self._place))
                self.last = self._surveyed()
                self.folder.chmod(stat.S_IMODE(self._target.stat().st_mode))
            replaced = self._target.exists()
            swap(self.folder, self._target, _beside(self._target, "previous"))
            self._put.clear()
            if replaced:
                _finish(self.folder, self._target, self._vouched, self.last.files)
                remove_empty(self.folder)
            (self._target / MARK).unlink()

    def _surveyed(self) -> Held:
        if not self._target.exists():
            return Held()
        held = survey_folder(self._target, self._place, self._vouched, self.last.files)
        if not os.access(self._target, os.W_OK):
            raise OutputError(str(self._place), "no permission to write here", "choose another folder")
        return held

    def discard(self) -> None:
        """Remove the files that were written here and not published."""
        with suppress(OSError):
            ours = [path for path, stamp in self._put.items() if stamp in (None, _stamp_there(self.folder / path))]
            _remove_all(self.folder, ours)
            remove_empty(self.folder)


def _stamp_there(file: Path) -> Stamp | None:
    with suppress(FileNotFoundError):
        return folder_stamp(file)
    return None


@contextmanager
def growing(folder: Path, fallback: Mapping[str, Any] | None = None) -> Iterator[Growing]:
    """Make a new folder that replaces `folder` if it is published, and is deleted otherwise.

    `fallback` as for `survey_folder`. Raises OutputError if the disk refuses, if another process is writing the same
    folder, or if anything would be lost.
    """
    place = folder
    folder = folder.resolve()  # a link stays a link to what it led to
    new = _beside(folder, "building")
    with ExitStack() as locks:
        with output_errors(place):
            if folder.exists() and not folder.is_dir():
                raise OutputError(str(place), "is a file", "name a folder")
            if folder.is_mount():  # checked now, as it would fail only at the end of a long build
                raise OutputError(
                    str(place), "is a mount point, which can't be replaced as a whole", "name a folder in it"
                )
            folder.parent.mkdir(parents=True, exist_ok=True)
            if not is_folder(new):
                new.mkdir(exist_ok=True)
            locks.enter_context(locked(new, place))
        grown = Growing(place, folder, new, fallback, locks)
        try:
            grown.begin()
            yield grown
        finally:
            grown.discard()


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")


def _mend(folder: Path, new: Path, previous: Path, fallback: Mapping[str, Any] | None) -> None:
    """Repair what a killed process left. Raises OutputError if something is not of a build, and OSError."""
    exchanged = _is_marked(folder)
    if is_folder(previous):
        if exchanged:
            _finish(previous, folder, fallback)
        elif not os.path.lexists(folder) and (_is_marked(new) or load_manifest(previous)):
            previous.rename(folder)
        else:
            _refuse_first(previous)
        remove_empty(previous)
    if _is_marked(new):
        _clear(new)
    elif exchanged:
        _finish(new, folder, fallback)
    else:
        _refuse_first(new)
    if exchanged:
        (folder / MARK).unlink()


def _is_marked(folder: Path) -> bool:
    stamp = _stamp_there(folder / MARK)
    return stamp is not None and stamp.size == 0


def _refuse_first(folder: Path) -> None:
    """Raise OutputError if a folder is not empty, naming its first entry."""
    for name in sorted(os.listdir(folder)):
        raise OutputError(str(folder / name), _NO_LEFTOVER, _AWAY)


def _clear(new: Path) -> None:
    """Remove what a killed build had written. Raises OutputError if there is anything else."""
    last = load_manifest(new)
    written = {file["path"]: file["sha256"] for file in last["files"]} if last else {}
    ours: list[str] = []
    for path, kind in files_below(new):
        if kind == "empty" and path in FOLDERS:
            remove_empty(new / path)
        elif kind != "file" or not (path in (MARK, _PART) or path in written or (path == MANIFEST and last)):
            raise OutputError(str(new / path), _NO_LEFTOVER, _AWAY)
        elif path in written and digest_of_file(new / path) != written[path]:
            raise OutputError(str(new / path), "has changed since a build that was killed wrote it", _AWAY)
        else:
            ours.append(path)
    _remove_all(new, ours)


def _finish(
    old: Path, folder: Path, fallback: Mapping[str, Any] | None, known: Mapping[str, Stamp] | None = None
) -> None:
    """Move the other entries of a replaced dataset to the new one, and remove its files.

    Raises OutputError if there is anything else, or if a name is taken, and OSError.
    """
    held = survey_folder(old, old, fallback, known)
    for path in held.beside:
        try:
            move(old / path, folder / path)
        except FileExistsError as error:
            cause = f"can't go back to {folder / path}, where something else is now"
            raise OutputError(str(old / path), cause, "move one of them away, and build again") from error
    _remove_all(old, held.files)


def _remove_all(folder: Path, paths: Collection[str]) -> None:
    """Remove files and the folders of tables; the manifest and the mark last, as repairs need them."""
    told_by = [path for path in (MANIFEST, MARK) if path in paths]
    remove(folder, [path for path in paths if path not in told_by])
    for name in FOLDERS:
        remove_empty(folder / name)
    remove(folder, told_by)
