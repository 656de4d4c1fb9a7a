"""Names the files of a dataset, and reads its manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from cleaner.model.checksum import has_checksum, json_without_checksum

CARD, MANIFEST = "README.md", "manifest.json"
"""The files of a dataset besides its tables."""

LEARNED = "learned-rules.yaml"
"""The rules that a build learned from its input, if it was asked to."""


FOLDERS = ("articles", "removed", "rejected")
"""The folders of its tables."""

FORMAT = 2
"""Of the manifest; raised when a reader of the old one would misread the new one."""
_WITHOUT_CHECKSUM = 1  # the format before
_FILE = re.compile(rf"{re.escape(CARD)}|{re.escape(LEARNED)}|(?:{'|'.join(FOLDERS)})/[^/\\\x00]+\.parquet")


def load_manifest(folder: Path) -> Mapping[str, Any] | None:
    """Return the manifest of a dataset as plain data; None if the folder has none, or a damaged one."""
    with suppress(OSError, ValueError):
        return read_manifest((folder / MANIFEST).read_bytes())
    return None


def manifest_of(dumped: bytes) -> Mapping[str, Any] | None:
    """Return the manifest as plain data; None if the bytes are damaged."""
    with suppress(ValueError):
        return read_manifest(dumped)
    return None


def read_manifest(dumped: bytes) -> Mapping[str, Any]:
    """Return the manifest as plain data. Raises ValueError with the cause if no build wrote these bytes.

    The result has the keys and types that a build writes, and the paths of its files are inside the dataset.
    """
    try:
        version = msgspec.json.decode(dumped, type=_Versioned).format
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if version not in (FORMAT, _WITHOUT_CHECKSUM):
        raise ValueError(f"it has format {version!r}, and this version of cleaner reads {FORMAT}")
    if version == FORMAT or has_checksum(dumped):
        dumped = json_without_checksum(dumped)
    for file in msgspec.json.decode(dumped, type=_Manifest).files:
        if not _FILE.fullmatch(file.path):
            raise ValueError(f"it lists {file.path!r}, which is no file of a dataset")
    data: Mapping[str, Any] = msgspec.json.decode(dumped)
    return data


# The required keys of a manifest; further ones are ignored.


class _Versioned(msgspec.Struct):
    format: int


class _File(msgspec.Struct):
    path: str
    rows: int
    bytes: int
    size: int
    sha256: str


class _Documents(msgspec.Struct):
    all: int
    kept: int
    rejected: dict[str, int]
    flagged: dict[str, int]
    languages: dict[str, int]


class _Words(msgspec.Struct):
    before: int
    kept: int
    rejected: int
    removed: dict[str, int]


class _Input(msgspec.Struct):
    name: str
    bytes: int
    sha256: str | None


class _Fault(msgspec.Struct, forbid_unknown_fields=True):
    source: str
    id: str
    cause: str
    hint: str


class _RuleDone(msgspec.Struct):
    digest: str | None
    label: str
    status: str
    pieces: int
    marks: int
    suppressed: int


class _Manifest(msgspec.Struct):
    versions: dict[str, str | None]
    code: str
    documents: _Documents
    words: _Words
    options: dict[str, Any]
    shards: int
    key: str
    rules_digest: str
    rules: dict[str, _RuleDone]
    inputs: list[_Input]
    refused: list[_Fault]
    unreadable: list[_Fault]
    files: list[_File]
