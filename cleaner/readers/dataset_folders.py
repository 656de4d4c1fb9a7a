"""Finds folders that are datasets: those of Hugging Face are read, those that a build wrote are refused.

`save_to_disk` writes Arrow files and, in `state.json`, which of them are the dataset; what else lies there is a cache
of its transformations. A dataset of ours holds the same articles in several tables, and what was removed from them:
read as one heap of tables, it would give a corpus of pieces.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import orjson

from cleaner.readers.sources import Source, Unreadable

_STATE, _MANIFEST = "state.json", "manifest.json"
_DESCRIBE = frozenset({_STATE, "dataset_info.json", "dataset_dict.json", "dataset_infos.json"})
_TABLES = ("articles/", "removed/", "rejected/")  # as `cleaner.dataset.tables` names them
_ARROW = ".arrow"

FoundItem = Source | Unreadable


def without_datasets(named: Mapping[str, FoundItem]) -> dict[str, FoundItem]:
    """The files without those that describe a dataset, or are none of it; a dataset of ours is refused as one."""
    folders = {name: str(PurePosixPath(name).parent) for name in named}
    parts = {folder: parts for name, folder in folders.items() if (parts := _parts(name, named[name])) is not None}
    ours = [
        below for name in named if PurePosixPath(name).name == _MANIFEST
        for below in [name.removesuffix(_MANIFEST)]
        if all(any(each.startswith(below + table) for each in named) for table in _TABLES)
    ]  # fmt: skip
    kept: dict[str, FoundItem] = {}
    for name, item in named.items():
        file = PurePosixPath(name).name
        below = next((below for below in ours if name.startswith(below)), None)
        if below is not None:
            where = below.rstrip("/") or "."
            kept[where] = Unreadable(
                source=where,
                id=where,
                cause="is a dataset that a build wrote",
                hint="give the texts that it was built from, or its articles/ alone",
            )
        else:
            described = file in _DESCRIBE and _is_dataset(folders[name], named)
            stray = file.endswith(_ARROW) and file not in parts.get(folders[name], {file})
            if not (described or stray):
                kept[name] = item
    return kept


def _is_dataset(folder: str, named: Mapping[str, FoundItem]) -> bool:
    """Report whether a folder contains tables, directly or below it."""
    below = "" if folder == "." else folder + "/"
    return any(name.startswith(below) and name.endswith((_ARROW, ".parquet")) for name in named)


def _parts(name: str, item: FoundItem) -> frozenset[str] | None:
    """Return the files of the dataset that a `state.json` describes; None if it describes none."""
    if PurePosixPath(name).name != _STATE or not isinstance(item, Source):
        return None
    try:
        state = orjson.loads(item.path.read_bytes())
        return frozenset(str(each["filename"]) for each in state["_data_files"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
