"""The rule files of a folder: regular files named `*.yaml` or `*.yml`, in UTF-8. All else is skipped, and logged."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from cleaner.errors import RuleFault, RulesError

SUFFIXES = (".yaml", ".yml")
_MOST_BYTES = 8 * 2**20  # of a file; the largest of this package has 50 kB

_log = logging.getLogger(__name__)
_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def rule_texts(folder: Path) -> dict[str, str]:
    """The rule files below a folder: path there → text. Raises RulesError with all that can't be read."""
    faults: list[RuleFault] = []
    files: dict[str, bytes] = {}
    for path in sorted(_rule_files(folder, faults)):
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = _read(path)
        except OSError as error:
            faults.append(_fault(name, f"can't be read: {error.strerror or error}", "see that the file may be read"))
        except ValueError as error:
            faults.append(_fault(name, str(error), "split it"))
    if faults:
        raise RulesError(tuple(faults))
    return decoded(files)


def decoded(files: Mapping[str, bytes]) -> dict[str, str]:
    """The texts of rule files. Raises RulesError with the place of the first byte in each that is not UTF-8."""
    texts: dict[str, str] = {}
    faults: list[RuleFault] = []
    for name, data in files.items():
        try:
            texts[name] = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8").split("\n")
            message = f"not UTF-8: the byte 0x{data[error.start]:02x}"
            hint = "save the file as UTF-8"
            faults.append(_fault(name, message, hint, line=len(before), column=len(before[-1]) + 1))
    if faults:
        raise RulesError(tuple(faults))
    return texts


def _rule_files(folder: Path, faults: list[RuleFault]) -> Iterator[Path]:
    """The regular files by their names. Links are not followed: what they lead to in the folder has its own place."""

    def unlisted(error: OSError) -> None:
        name = Path(error.filename).relative_to(folder).as_posix()
        faults.append(_fault(name, f"can't be listed: {error.strerror}", "see that the folder may be read"))

    for where, folders, names in os.walk(folder, onerror=unlisted):
        for name in (*folders, *names):
            path = Path(where, name)
            named = path.suffix in SUFFIXES
            if path.is_symlink():
                if (cause := _link(path, folder)) and (named or path.is_dir()):
                    _skipped(path, cause)
            elif name in folders:
                if named:
                    _skipped(path, "is a folder")
            elif named:
                kind = stat.S_IFMT(path.lstat().st_mode)
                if kind == stat.S_IFREG:
                    yield path
                else:
                    _skipped(path, f"is {_KINDS.get(kind, 'no file')}")
            elif path.suffix.lower() in SUFFIXES:
                _skipped(path, f"ends with {path.suffix}: name it {path.suffix.lower()}")


def _link(path: Path, folder: Path) -> str:
    """Why a link is skipped; "" for one to a file that is read where it lies."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "is a link that leads nowhere, or to itself"
    if not target.is_relative_to(folder.resolve()):
        return "is a link that leads out of the folder: copy the file here"
    read = target.is_dir() or (target.is_file() and target.suffix in SUFFIXES)
    return "" if read else "is a link to what is no rule file"


def _skipped(path: Path, cause: str) -> None:
    _log.warning("%s %s; skipped", path, cause)


def _read(path: Path) -> bytes:
    """The bytes of a regular file. Raises OSError, and ValueError for one that is too large."""
    # Without waiting, should a FIFO have taken its place, and without following a link that has.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"is larger than {_MOST_BYTES // 2**20} MiB")
    return data


def _fault(path: str, message: str, hint: str, *, line: int = 1, column: int = 1) -> RuleFault:
    return RuleFault(path=path, line=line, column=column, rule="", message=message, hint=hint, code="file")
