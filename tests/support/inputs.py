"""What the tests of the readers share: bytes laid down, and what is read of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cleaner.model.document import Document
from cleaner.readers import Keys, Unreadable, discover, read

Found = Document | Unreadable


def lay(root: Path, files: dict[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def read_all(where: str | Path, **keys: Any) -> list[Found]:
    """All that a path or an address gives, after what is refused there."""
    sources, refused = discover(where)
    return [*refused, *(found for source in sources for found in read(source, Keys(**keys)))]


def documents(found: Sequence[Found]) -> list[Document]:
    return [each for each in found if isinstance(each, Document)]


def faults(found: Sequence[Found]) -> dict[str, str]:
    """What can't be read, by place."""
    return {each.source: each.cause for each in found if isinstance(each, Unreadable)}
