"""The files of a dataset by name, and its manifest read back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cleaner.dataset.digests import read_manifest

CARD, MANIFEST = "README.md", "manifest.json"
"""The files of a dataset beside its tables."""


FOLDERS = ("articles", "removed", "rejected")
"""The folders of its tables."""


def load_manifest(folder: Path) -> Mapping[str, Any] | None:
    """The manifest of a dataset as plain data; None where the folder holds none that is as a build wrote it."""
    with suppress(OSError, ValueError):
        return read_manifest((folder / MANIFEST).read_bytes())
    return None


def manifest_of(dumped: bytes) -> Mapping[str, Any] | None:
    """The manifest as plain data; None where the bytes are not as a build wrote them."""
    with suppress(ValueError):
        return read_manifest(dumped)
    return None
