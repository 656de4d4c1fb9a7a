"""A dataset at an address that fsspec knows, such as `s3://bucket/dist`: sent there whole, file by file.

An address can't be renamed into place as a folder can. The manifest, one small file that is written at once or not at
all, takes the place of the rename: during the upload it says that the dataset is unfinished; the new manifest is
written when all other files are there. A reader that reads the manifest first never takes a part for the whole.

As in a folder, nothing is deleted or replaced but files that were published and are as they were, by the manifest
there; what lies beside the dataset is left alone.
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
    """Whether a place is an address rather than a path."""
    return "://" in place


def published_files(url: str) -> Mapping[str, Any] | None:
    """The manifest of the dataset at an address, as plain data; None where there is no whole one.

    Raises OutputError where the address can't be read.
    """
    filesystem, root = _reached(url)
    with _as_output_error(url):
        return manifest_of(_state(filesystem, root))


def refuse_foreign(url: str) -> None:
    """Raises OutputError where the address holds anything that `publish` did not send and that would be lost.

    To be asked before a long build, too; `publish` asks again.
    """
    filesystem, root = _reached(url)
    with _as_output_error(url):
        _there(url, _held(filesystem, root), _state(filesystem, root))


def publish(folder: Path, url: str) -> int:
    """Make the address hold the dataset of a local folder, and none else; the number of files that were sent.

    Files that the last dataset there has, too, byte for byte, are not sent again; those that it alone had are
    deleted. It may be stopped at any moment, and be called again. Two must not publish to one address at once:
    nothing keeps them apart.

    Raises OutputError where the folder holds no dataset, where the address can't be written or holds what is not
    ours, and where a file did not arrive whole.
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
        # The card last of them: it is what `load_dataset` goes by.
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
    """Raise as an OutputError what a filesystem's own library raises."""
    try:
        yield
    except OutputError:
        raise
    except Exception as error:
        cause = f"can't be read or written: {type(error).__name__}: {error}"
        raise OutputError(url, cause, "see that the address is right, and that you may write there") from None


def _held(filesystem: Any, root: str) -> dict[str, int]:
    """The files at an address: path below it → bytes."""
    filesystem.invalidate_cache()
    if not filesystem.exists(root):
        return {}
    return {
        path.removeprefix(root).lstrip("/"): info["size"] for path, info in filesystem.find(root, detail=True).items()
    }


def _state(filesystem: Any, root: str) -> bytes:
    """The bytes of the manifest; empty if there is none."""
    try:
        return bytes(filesystem.cat_file(f"{root}/{MANIFEST}"))
    except FileNotFoundError:
        return b""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file as it was sent."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, file: Mapping[str, Any]) -> _Sent:
        return cls(file["bytes"], file["sha256"])


def _there(url: str, held: Mapping[str, int], state: bytes) -> dict[str, _Sent | None]:
    """The files of the dataset at an address, but for its manifest; None for one that may have been cut off.

    Raises OutputError where there is anything in their places that was not sent.
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
    """The files that may be at an address where a dataset was being sent; none if the manifest does not say."""
    with suppress(ValueError, RecursionError):
        return msgspec.json.decode(json_without_checksum(state), type=dict[str, list[str]])[_UNFINISHED]
    return []


def _expect_unchanged(filesystem: Any, path: str, place: str, sent: _Sent | None) -> None:
    """Raises OutputError where a file that is to go is not as it was sent. One that may have been cut off may go."""
    if sent is None:
        return
    with filesystem.open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sent.sha256:
            raise OutputError(place, "has changed since it was sent", "move it away, and send again")
