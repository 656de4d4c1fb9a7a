"""Write a folder whole or not at all: in a hidden one beside it, which then takes its place.

    dist/            what readers see: always whole, the last one or the new one
    .dist.building/  the new one, while it grows; locked by the process that writes it
    .dist.previous/  the last one, for an instant, where the system can't exchange two folders at once
    .dist.store/     what is kept for the next build: see `cleaner.store`

A process may die at any moment: the next one to write finds what it left, and puts it right.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cleaner.errors import OutputError

_AT_FDCWD = -100  # linux/fcntl.h
_RENAME_EXCHANGE = 2  # linux/fs.h, since Linux 3.15
_CANT_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})

_HINTS: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some space and build again; what was there is untouched"),
    errno.EDQUOT: ("your disk quota is used up", "free some space and build again"),
    errno.EACCES: ("no permission to write here", "choose another folder, or change its permissions"),
    errno.EPERM: ("no permission to write here", "choose another folder, or change its permissions"),
    errno.EROFS: ("the file system is read-only", "choose a folder on another disk"),
    errno.ENOTDIR: ("a file stands where a folder is wanted", "choose another folder, or move the file away"),
    errno.EEXIST: ("a file stands where a folder is wanted", "choose another folder, or move the file away"),
    errno.EFBIG: ("the file is larger than this system allows", "build with smaller shards"),
    errno.EBUSY: ("it is a mount point, which can't be replaced as a whole", "name a folder inside it"),
    errno.EXDEV: ("it is a mount point, which can't be replaced as a whole", "name a folder inside it"),
}


@contextmanager
def told(place: str | Path) -> Iterator[None]:
    """Tell an OSError of this block as an OutputError at `place`: what is wrong and what to do."""
    try:
        yield
    except OSError as error:
        unknown = (f"can't be written: {error.strerror or error}", "see that the disk is there and healthy")
        raise OutputError(str(place), *_HINTS.get(error.errno or 0, unknown)) from error


class Growing:
    """A new folder beside the one whose place it is to take."""

    def __init__(self, place: Path, target: Path, folder: Path, locks: ExitStack) -> None:
        self.folder = folder
        """Empty at first."""
        self._place, self._target, self._locks = place, target, locks

    def publish(self) -> None:
        """Take the place of the last folder. Raises OutputError where the disk refuses."""
        with told(self._place):
            if self._target.exists():  # it is about to be called as this one, and not to be taken for a leftover
                self._locks.enter_context(_locked(self._target, self._place))
            _swap(self.folder, self._target, _beside(self._target, "previous"))


@contextmanager
def growing(folder: Path) -> Iterator[Growing]:
    """A folder that takes the place of `folder` when it is told to, and vanishes when it was not.

    Raises OutputError where the disk refuses, and where another process is writing the same folder.
    """
    place = folder
    folder = folder.resolve()  # a link stays a link to what it led to
    new = _beside(folder, "building")
    if folder.is_mount():  # found out at the end of a long build, it would be a pity
        raise OutputError(str(place), *_HINTS[errno.EBUSY])
    with ExitStack() as locks:
        with told(place):
            folder.parent.mkdir(parents=True, exist_ok=True)
            new.mkdir(exist_ok=True)
            locks.enter_context(_locked(new, place))
        try:
            with told(place):
                _mend(folder, _beside(folder, "previous"))
                _empty(new)
            yield Growing(place, folder, new, locks)
        finally:
            # What was built if the block failed, else what was replaced.
            shutil.rmtree(new, ignore_errors=True)


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")


def _mend(folder: Path, previous: Path) -> None:
    """Put back what a process left aside that died between two renames."""
    if previous.is_dir():
        if folder.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(folder)


@contextmanager
def _locked(held: Path, place: Path) -> Iterator[None]:
    """Hold a folder for this process; the system lets go of it when the process ends, however it ends."""
    handle = os.open(held, os.O_RDONLY)
    try:
        if not _locks(handle) or not os.path.samestat(os.fstat(handle), held.stat()):
            raise OutputError(str(place), "another build is writing it", "wait for that one, or write elsewhere")
        yield
    finally:
        os.close(handle)


def _locks(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _empty(folder: Path) -> None:
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _swap(growing: Path, folder: Path, previous: Path) -> None:
    """Give `growing` the name of `folder`; what had it, if anything, is then called `growing`."""
    if not folder.exists():
        growing.rename(folder)
    elif not _exchanged(growing, folder):
        folder.rename(previous)
        try:
            growing.rename(folder)
        except OSError:
            previous.rename(folder)
            raise
        previous.rename(growing)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where the system can't."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANT_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(other))
