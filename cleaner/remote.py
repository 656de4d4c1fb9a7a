"""A dataset at an address that fsspec knows, such as `s3://bucket/dist`: sent there whole, file by file.

An address can't be renamed into place as a folder can. What stands for the rename is the manifest, one small file
that is written at once or not at all: while files come and go it says so, and lists no dataset; the new one's is
written when all else is there. Who reads the manifest first never takes a half for the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from cleaner.errors import InputError, OutputError
from cleaner.provenance import CARD, MANIFEST, load_manifest, manifest_of
from cleaner.readers.places import filesystem_of

_UNFINISHED = "unfinished"
"""The key of a manifest that stands for a dataset that is not whole: paths of the files that may be there."""


def is_address(place: str) -> bool:
    """Whether a place is an address rather than a path."""
    return "://" in place


def published(url: str) -> Mapping[str, Any] | None:
    """The manifest of the dataset at an address, as plain data; None where there is no whole one.

    Raises OutputError where the address can't be read.
    """
    filesystem, root = _reached(url)
    with _told(url):
        return manifest_of(_state(filesystem, root))


def refuse_foreign(url: str) -> None:
    """Raises OutputError where the address holds anything that was not published by `publish`: it would be lost.

    To be asked before a long build, too; `publish` asks again.
    """
    filesystem, root = _reached(url)
    with _told(url):
        _ours(url, _held(filesystem, root), _state(filesystem, root))


def publish(folder: Path, url: str) -> int:
    """Make the address hold the dataset of a local folder, and nothing else; the number of files that were sent.

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
    with _told(url):
        held, state = _held(filesystem, root), _state(filesystem, root)
        _ours(url, held, state)
        last = {file["path"]: file["sha256"] for file in (manifest_of(state) or {"files": ()})["files"]}
        kept = {path for path in new if path in held and last.get(path) == new[path]["sha256"]}
        kept = {path for path in kept if held[path] == new[path]["bytes"]}
        paths = sorted({*new, *held} - {MANIFEST})
        filesystem.makedirs(root, exist_ok=True)
        filesystem.pipe_file(f"{root}/{MANIFEST}", orjson.dumps({_UNFINISHED: paths}))
        if old := [f"{root}/{path}" for path in held if path not in new and path != MANIFEST]:
            filesystem.rm(old)
        # The card last of them: it is what `load_dataset` goes by.
        sent = sorted(new.keys() - kept, key=lambda path: (path == CARD, path))
        for path in sent:
            filesystem.makedirs(f"{root}/{path}".rpartition("/")[0], exist_ok=True)
            filesystem.put_file(str(folder / path), f"{root}/{path}")
        there = _held(filesystem, root)
        for path, file in new.items():
            if there.get(path) != file["bytes"]:
                cause = f"has {there.get(path, 'none')} of its {file['bytes']} bytes there"
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
def _told(url: str) -> Iterator[None]:
    """Tell what a filesystem's own library raises as an OutputError."""
    try:
        yield
    except OutputError:
        raise
    except Exception as error:
        cause = f"can't be read or written: {type(error).__name__}: {error}"
        raise OutputError(url, cause, "see that the address is right, and that you may write there") from error


def _held(filesystem: Any, root: str) -> dict[str, int]:
    """The files at an address: path below it → bytes."""
    filesystem.invalidate_cache()
    if not filesystem.exists(root):
        return {}
    return {
        path.removeprefix(root).lstrip("/"): info["size"] for path, info in filesystem.find(root, detail=True).items()
    }


def _state(filesystem: Any, root: str) -> bytes:
    """What stands in the manifest's place; nothing, where it is not there."""
    try:
        return bytes(filesystem.cat_file(f"{root}/{MANIFEST}"))
    except FileNotFoundError:
        return b""


def _ours(url: str, held: Mapping[str, int], state: bytes) -> None:
    if not held:
        return
    if last := manifest_of(state):
        known = {file["path"] for file in last["files"]}
    else:
        try:
            known = set(orjson.loads(state)[_UNFINISHED])
        except (orjson.JSONDecodeError, TypeError, KeyError):
            cause = "holds files, and is no dataset of ours"
            raise OutputError(url, cause, "name an address where nothing is") from None
    if strange := sorted(held.keys() - known - {MANIFEST}):
        cause = f"holds {', '.join(strange[:5])}, which no build wrote"
        raise OutputError(url, cause, "move that away, or write elsewhere")
