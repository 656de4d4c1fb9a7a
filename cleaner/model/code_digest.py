"""Digest of the source code of some wings of this package: the part of a cache key that changes when code changes."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


@cache
def code_digest(*wings: str) -> str:
    """Return the SHA-256, as hex, of the names and bytes of all source files of these wings.

    A wing is a folder or a module of the package: `matching`, `errors`. A cache key holds the wings that the cached
    result depends on and no others, so that a change of other code keeps the cache. Raises ValueError where there is
    no wing of that name: a misspelt one would be left out of a key.

    >>> code_digest("text", "errors") == code_digest("errors", "text")
    True
    >>> code_digest("text") == code_digest("metadata")
    False
    """
    digest = hashlib.sha256()
    for wing in sorted(set(wings)):
        for file in _files(wing):
            digest.update(file.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(wing: str) -> list[Path]:
    module = _PACKAGE / f"{wing}.py"
    files = [module] if module.is_file() else sorted((_PACKAGE / wing).rglob("*.py"))
    if not files:
        raise ValueError(f"cleaner has no wing {wing!r}")
    return files
