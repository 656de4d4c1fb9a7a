"""Uploads a dataset to an address that fsspec supports, such as `s3://bucket/dist`, file by file.

An object store can't rename a folder atomically. The manifest, one small file that is written atomically, takes the
place of the rename: during the upload it says that the dataset is unfinished, and the new manifest is written after
all other files. So a reader that reads the manifest first never mistakes a partial dataset for a complete one.

As in a folder, only files that an earlier upload sent, and that have not changed since, are deleted or replaced; other
files at the address are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import orjson

from cleaner.dataset.atomic import BEFORE
from cleaner.dataset.files import CARD, FOLDERS, MANIFEST, load_manifest, manifest_of
from cleaner.errors import InputError, OutputError
from cleaner.model.checksum import json_with_checksum, json_without_checksum
from cleaner.readers.locations import filesystem_of

_UNFINISHED = "unfinished"
"""The key of the manifest of an unfinished dataset: paths of the files that may be there."""


def is_address(place: str) -> bool:
    """Report whether `place` is an address (`s3://…`) and not a path."""
    return "://" in place


def published_files(url: str) -> Mapping[str, Any] | None:
    """Return the manifest of the dataset at an address, as plain data; None if there is no complete dataset.

    Raises OutputError if the address can't be read.
    """
    filesystem, root = _reached(url)
    with _as_output_error(url):
        return manifest_of(_state(filesystem, root))


def refuse_foreign(url: str) -> None:
    """Raise OutputError if the address contains anything that `publish` did not send and that would be lost.

    Call it before a long build; `publish` checks again.
    """
    filesystem, root = _reached(url)
    with _as_output_error(url):
        _there(url, _held(filesystem, root), _state(filesystem, root))


def publish(folder: Path, url: str) -> int:
    """Replace the dataset at an address by that of a local folder, and return the number of files sent.

    Files that the last dataset there contains with the same bytes are not sent again; its other files are deleted. The
    upload may be interrupted at any moment and repeated. There is no lock: two processes must not publish to the same
    address at the same time.

    Raises OutputError if the folder contains no dataset, if the address can't be written, if it contains files of
    others, or if a file did not arrive complete.
    """
    whole = load_manifest(folder)
    if whole is None:
        raise OutputError(str(folder), "holds no dataset to send", "build it first")
    new = {file["path"]: file for file in whole["files"]}
    filesystem, root = _reached(url)
    with _as_output_error(url):
        held, state = _held(filesystem, root), _state(filesystem, root)
        there = _there(url, held, state)
        kept = {path for path in new if path in there and there[path] == _Sent.of(new[path])}
        gone = [path for path in there if path not in kept]
        for path in gone:
            _expect_unchanged(filesystem, f"{root}/{path}", f"{url.rstrip('/')}/{path}", there[path])
        filesystem.makedirs(root, exist_ok=True)
        unfinished = orjson.dumps({_UNFINISHED: sorted({*new, *there})})
        filesystem.pipe_file(f"{root}/{MANIFEST}", json_with_checksum(unfinished))
        if old := [f"{root}/{path}" for path in gone if path not in new]:
            filesystem.rm(old)
        # The card is sent last of them, because `load_dataset` reads it.
        sent = sorted(new.keys() - kept, key=lambda path: (path == CARD, path))
        for path in sent:
            filesystem.makedirs(f"{root}/{path}".rpartition("/")[0], exist_ok=True)
            filesystem.put_file(str(folder / path), f"{root}/{path}")
        arrived = _held(filesystem, root)
        for path, file in new.items():
            if arrived.get(path) != file["bytes"]:
                cause = f"has {arrived.get(path, 'none')} of its {file['bytes']} bytes there"
                raise OutputError(f"{url.rstrip('/')}/{path}", cause, "send it again")
        filesystem.pipe_file(f"{root}/{MANIFEST}", (folder / MANIFEST).read_bytes())
    return len(sent)


def _reached(url: str) -> tuple[Any, str]:
    try:
        filesystem, root = filesystem_of(url)
    except InputError as error:
        raise OutputError(error.place, error.cause, error.hint) from error
    return filesystem, root.rstrip("/")


@contextmanager
def _as_output_error(url: str) -> Iterator[None]:
    """Re-raise any error of a filesystem's library as OutputError."""
    try:
        yield
    except OutputError:
        raise
    except Exception as error:
        cause = f"can't be read or written: {type(error).__name__}: {error}"
        raise OutputError(url, cause, "see that the address is right, and that you may write there") from None


def _held(filesystem: Any, root: str) -> dict[str, int]:
    """Return the files at an address: path below it → size in bytes."""
    filesystem.invalidate_cache()
    if not filesystem.exists(root):
        return {}
    return {
        path.removeprefix(root).lstrip("/"): info["size"] for path, info in filesystem.find(root, detail=True).items()
    }


def _state(filesystem: Any, root: str) -> bytes:
    """Return the bytes of the manifest; empty if there is none."""
    try:
        return bytes(filesystem.cat_file(f"{root}/{MANIFEST}"))
    except FileNotFoundError:
        return b""


@dataclass(frozen=True, slots=True)
class _Sent:
    """Size and digest of a file when it was sent."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, file: Mapping[str, Any]) -> _Sent:
        return cls(file["bytes"], file["sha256"])


def _there(url: str, held: Mapping[str, int], state: bytes) -> dict[str, _Sent | None]:
    """Return the files of the dataset at an address, without its manifest; None for a file that may be truncated.

    Raises OutputError if there is a file in the dataset's folders that was not sent.
    """
    in_place = {path for path in held if path == CARD or path.split("/")[0] in FOLDERS}
    if last := manifest_of(state):
        known: dict[str, _Sent | None] = {file["path"]: _Sent.of(file) for file in last["files"]}
    elif unfinished := _unfinished(state):
        known = dict.fromkeys(unfinished)
    elif {path.split("/")[0] for path in held} <= BEFORE:
        return {}
    else:
        cause = "holds files, and is no dataset of ours"
        if state:
            cause += f": {MANIFEST} is damaged, or no build wrote it"
        raise OutputError(url, cause, "name an address where nothing is")
    if strange := sorted(in_place - known.keys()):
        cause = f"holds {', '.join(strange[:5])}, which no build wrote"
        raise OutputError(url, cause, "move that away, or write elsewhere")
    return {path: known[path] for path in sorted(in_place)}


def _unfinished(state: bytes) -> list[str]:
    """Return the files that an interrupted upload may have left; empty if the manifest does not list them."""
    with suppress(ValueError, RecursionError):
        return msgspec.json.decode(json_without_checksum(state), type=dict[str, list[str]])[_UNFINISHED]
    return []


def _expect_unchanged(filesystem: Any, path: str, place: str, sent: _Sent | None) -> None:
    """Raise OutputError if a file to delete has changed since it was sent. One that may be truncated is not checked."""
    if sent is None:
        return
    with filesystem.open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sent.sha256:
            raise OutputError(place, "has changed since it was sent", "move it away, and send again")
