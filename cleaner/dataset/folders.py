"""Atomic operations on folders, errors of the file system with hints, and careful deletion."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import current_thread, main_thread
from typing import NamedTuple

from cleaner.errors import OutputError

_AT_FDCWD = -100  # linux/fcntl.h
_RENAME_NOREPLACE, _RENAME_EXCHANGE = 1, 2  # linux/fs.h, since Linux 3.15
_UNKNOWN_HERE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM})

_HINTS: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some space and build again; what was there is untouched"),
    errno.EDQUOT: ("your disk quota is used up", "free some space and build again"),
    errno.EACCES: ("no permission to write here", "choose another folder, or change its permissions"),
    errno.EPERM: ("no permission to write here", "choose another folder, or change its permissions"),
    errno.EROFS: ("the file system is read-only", "choose a folder on another disk"),
    errno.ENOTDIR: ("there is a file where a folder is needed", "choose another folder, or move the file away"),
    errno.EEXIST: ("there is a file where a folder is needed", "choose another folder, or move the file away"),
    errno.EFBIG: ("the file is larger than this system allows", "build with smaller shards"),
    errno.EBUSY: ("it is a mount point, which can't be replaced as a whole", "name a folder inside it"),
    errno.EXDEV: ("it is a mount point, which can't be replaced as a whole", "name a folder inside it"),
}


class Stamp(NamedTuple):
    """Identifies one state of a file: a file with the same stamp has not changed."""

    device: int
    inode: int
    size: int
    changed: int
    """Time of the last change, in ns."""


@contextmanager
def output_errors(place: str | Path) -> Iterator[None]:
    """Re-raise any OSError in this block as OutputError for `place`, with the cause and a hint."""
    try:
        yield
    except OSError as error:
        unknown = (f"can't be written: {error.strerror or error}", "see that the disk is there and healthy")
        raise OutputError(str(place), *_HINTS.get(error.errno or 0, unknown)) from error


def in_the_way(place: Path) -> OutputError:
    """Return the error for a file or link that has the name of a folder of a build."""
    kind = "a link, and is not followed" if place.is_symlink() else "not a folder"
    return OutputError(str(place), f"is {kind}", "move it away: a build makes a folder of this name")


def is_folder(place: Path) -> bool:
    """Report whether a folder exists here. Raises OutputError if a file or a link has its name."""
    try:
        if stat.S_ISDIR(place.lstat().st_mode):
            return True
    except FileNotFoundError:
        return False
    raise in_the_way(place)


def folder_stamp(file: Path) -> Stamp | None:
    """Return the stamp of a regular file; None for anything else, including links. Raises OSError."""
    found = file.lstat()
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def files_below(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the paths of all entries below a folder except folders that are not empty, each with its type.

    The type is `file`, `empty` (a folder), or `other`: a link, which is not followed, or a special file. Raises
    OSError.
    """
    folders = [""]
    while folders:
        below = folders.pop()
        names = sorted(os.listdir(folder / below))
        if not names and below:
            yield below, "empty"
        for name in names:
            path = f"{below}/{name}" if below else name
            mode = (folder / path).lstat().st_mode
            if stat.S_ISDIR(mode):
                folders.append(path)
            else:
                yield path, "file" if stat.S_ISREG(mode) else "other"


def remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files below a folder, and the folders there that become empty. Raises OSError."""
    above: set[Path] = set()
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        above.update(Path(path).parents)
    for each in sorted(above - {Path()}, key=lambda each: len(each.parts), reverse=True):
        remove_empty(folder / each)


def remove_empty(folder: Path) -> None:
    """Remove a folder if it is empty."""
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def locked(held: Path, place: Path) -> Iterator[None]:
    """Lock a folder for this process. The system releases the lock when the process ends, also if it is killed.

    Raises OutputError, which names `place`, if another process holds the lock, and OSError.
    """
    handle = os.open(held, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
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


def swap(growing: Path, folder: Path, previous: Path) -> None:
    """Give `growing` the name of `folder`; a folder that had this name is then called `growing`. Raises OSError."""
    if not folder.exists():
        growing.rename(folder)
    elif not exchanged(growing, folder):
        folder.rename(previous)
        try:
            growing.rename(folder)
        except OSError:
            previous.rename(folder)
            raise
        previous.rename(growing)


def exchanged(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where the system can't."""
    return _renamed(one, other, _RENAME_EXCHANGE)


def move(one: Path, other: Path) -> None:
    """Rename without replacing anything. Raises FileExistsError if the other name is taken, and OSError."""
    if not _renamed(one, other, _RENAME_NOREPLACE):
        if os.path.lexists(other):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(other))
        one.rename(other)


def _renamed(one: Path, other: Path, how: int) -> bool:
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], how) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN_HERE:
        return False
    raise OSError(code, os.strerror(code), str(other))


_ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_held() -> Iterator[None]:
    """Delay the signals that end this process (Ctrl-C, SIGTERM, SIGHUP) until the block has ended.

    Processes that start in the block never see these signals, as they inherit the mask: their parent ends them.
    """
    missed: list[int] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    # The mask holds for this thread only. If another thread gets the signal, Python runs the handler in the main one.
    in_main = current_thread() is main_thread()
    held = [each for each in _ENDS if callable(signal.getsignal(each))] if in_main else []
    handlers = {each: signal.signal(each, lambda number, _: missed.append(number)) for each in held}
    try:
        yield
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for number in dict.fromkeys(missed):
            signal.raise_signal(number)
