"""Finds the files to read below a folder, by a glob, or behind an address, and reports those that are refused."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from cleaner.errors import InputError
from cleaner.readers.dataset_folders import without_datasets
from cleaner.readers.locations import Place, Remote, filesystem_of
from cleaner.readers.sources import HAVE_SIDECARS, Source, Unreadable, name_parts, shown_name

SIDECAR = ".json"
_NO_INPUTS = frozenset({"readme.md"})  # it describes a folder


def find_files(where: str | Path, suffixes: Collection[str]) -> tuple[list[Source], list[Unreadable]]:
    """Return the files with one of these suffixes and the refused ones, each sorted by name.

    Raises InputError if nothing is found, or if the only file named is refused.
    """
    where = _local(where)
    items, pattern, alone = _listed(where) if isinstance(where, Path) else _fetched(where)
    named = {item.name if isinstance(item, Source) else item.source: item for item in items}
    if not alone:
        named = without_datasets(named)
    chosen, sidecars = _chosen(named, pattern)
    judged = [_judged(name, named[name], suffixes) for name in chosen]
    sources = [each for each in judged if isinstance(each, Source)]
    refused = [each for each in judged if isinstance(each, Unreadable)]
    if not sources and (not refused or alone or "." in named):
        raise _nothing(where, refused, suffixes)
    return [
        replace(source, sidecar=sidecars.get(source.stem)) if source.suffix in HAVE_SIDECARS else source
        for source in sources
    ], refused


def _chosen(named: Mapping[str, Source | Unreadable], pattern: tuple[str, ...]) -> tuple[list[str], dict[str, Place]]:
    """The names that fit a pattern, in order, without sidecars; and the sidecars of the texts that fit, by stem."""
    texts: dict[str, bool] = {}  # by stem: whether one of the texts fits
    for name in named:
        stem, suffix = name_parts(name)
        if suffix in HAVE_SIDECARS:
            texts[stem] = texts.get(stem, False) or _fits(name, pattern)
    chosen: list[str] = []
    sidecars: dict[str, Place] = {}
    for name in sorted(named):
        item, (stem, suffix) = named[name], name_parts(name)
        is_sidecar = suffix == SIDECAR and stem in texts
        if not (texts[stem] if is_sidecar else _fits(name, pattern)):
            continue
        if is_sidecar and isinstance(item, Source):
            sidecars[stem] = item.path
        else:
            chosen.append(name)
    return chosen, sidecars


def _judged(name: str, item: Source | Unreadable, suffixes: Collection[str]) -> Source | Unreadable:
    """A file that has a reader, or why it is not read."""
    return item if isinstance(item, Unreadable) or name_parts(name)[1] in suffixes else no_reader(name, suffixes)


Items = Iterator[Source | Unreadable]


def _local(where: str | Path) -> str | Path:
    """`where` as a local path, or unchanged if it is the address of another machine."""
    address = str(where)
    if "://" not in address:
        return Path(where)
    scheme = address.partition("://")[0]
    return Path(unquote(urlsplit(address).path)) if scheme in ("file", "local") else address


def _listed(path: Path) -> tuple[Items, tuple[str, ...], bool]:
    """The files of a folder or glob, the pattern that they must match, and whether a single file was named."""
    there = _exists(path)
    if there and path.is_file():
        return _file(path), (), True
    root, pattern = (path, ()) if there else _glob(path)
    return _walk(root), pattern, False


def _fetched(url: str) -> tuple[Items, tuple[str, ...], bool]:
    """As `_listed`, for an address. Raises InputError."""
    if "::" in url:
        raise InputError(url, "is a chain of addresses", "name the archive alone: it is read as a folder is")
    filesystem, path = filesystem_of(url)
    pattern: tuple[str, ...] = ()
    try:
        if filesystem.isfile(path):
            folder, _, name = _bare(path).rpartition("/")
            sidecar = f"{folder}/{name_parts(name)[0]}{SIDECAR}" if folder else name_parts(name)[0] + SIDECAR
            beside = [sidecar] if sidecar != path and filesystem.isfile(sidecar) else []
            found = {each: filesystem.info(each) for each in (path, *beside)}
            return _remote(filesystem, found, folder), (), True
        if not filesystem.isdir(path) and set(path) & set("*?["):
            parts = path.split("/")
            plain = next(at for at, part in enumerate(parts) if set(part) & set("*?["))
            path, pattern = "/".join(parts[:plain]), tuple(parts[plain:])
        found = filesystem.find(path, detail=True)
    except Exception as error:  # of the network, of the rights there, or of the scheme's own library
        raise InputError(url, f"can't be listed: {error}", "see that the address is right, and may be read") from None
    if not found:
        raise InputError(url, "there is no such file or folder", "name a file, a folder, or a glob in quotes")
    return _remote(filesystem, found, path), pattern, False


def _remote(filesystem: Any, found: Mapping[str, Any], root: str) -> Items:
    """The files of a listing that are not hidden."""
    for path, info in found.items():
        name = _bare(path).removeprefix(_bare(root)).lstrip("/")
        if not is_hidden(name):
            yield Source(path=Remote(filesystem.unstrip_protocol(path)), name=name, size=info.get("size") or 0)


def _bare(path: str) -> str:
    """The path of an address without its query, which may hold a signature and is not part of the file's name."""
    return path.partition("?")[0] if "://" in path else path


def is_hidden(name: str) -> bool:
    """Report whether a file below an input folder is ignored: a leading dot in its path, or `README.md`."""
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") for part in parts) or any(part.lower() in _NO_INPUTS for part in parts)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the file system, such as a text in place of a path
        return False


def _file(path: Path) -> Items:
    """A single named file, and its sidecar."""
    beside = path.with_name(name_parts(path.name)[0] + SIDECAR)
    for each in {path, beside} if beside.is_file() else {path}:
        yield Source(path=each, name=shown_name(each.name), size=each.stat().st_size)


def _glob(where: Path) -> tuple[Path, tuple[str, ...]]:
    """The folder that a glob begins with, and the pattern for names below it."""
    parts = where.parts
    plain = next((at for at, part in enumerate(parts) if set(part) & set("*?[")), None)
    if plain is None:
        raise InputError(str(where), "there is no such file or folder", "name a file, a folder, or a glob in quotes")
    return Path(*parts[:plain]), tuple(map(shown_name, parts[plain:]))


def _fits(name: str, pattern: tuple[str, ...]) -> bool:
    """Whether a file, or a folder that contains it, matches a glob; `**` matches any number of folders."""
    return _parts_fit(PurePosixPath(name).parts, pattern)


def _parts_fit(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return True
    first, *others = pattern
    rest = tuple(others)
    if first == "**":
        return any(_parts_fit(parts[at:], rest) for at in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], first) and _parts_fit(parts[1:], rest)


def _walk(root: Path) -> Items:
    """Every file below a folder that is not hidden, unordered."""
    real_root = Path(os.path.realpath(root))
    folders = [(str(root), "")]
    while folders:
        folder, below = folders.pop()
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            if not below:
                raise InputError(str(root), _cause(error), "name a folder that may be read") from error
            yield _refused(below.rstrip("/"), _cause(error), "see that the folder may be read")
            continue
        for entry in entries:
            if is_hidden(entry.name):
                continue
            name = below + shown_name(entry.name)
            try:
                if entry.is_symlink() and not Path(os.path.realpath(entry.path, strict=True)).is_relative_to(real_root):
                    yield _refused(name, "is a link that leads out of the folder", "copy the file here")
                elif entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, name + "/"))
                elif entry.is_file():
                    yield Source(path=Path(entry.path), name=name, size=entry.stat().st_size)
                elif not entry.is_dir():
                    yield _refused(name, "is neither a file nor a folder", "take it out of the input folder")
            except OSError as error:
                yield _refused(name, _cause(error), "see where the link leads")


def _cause(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _refused(name: str, cause: str, hint: str) -> Unreadable:
    return Unreadable(source=name, id=name, cause=cause, hint=hint)


def no_reader(name: str, suffixes: Collection[str]) -> Unreadable:
    """Return why a file of this name is not read."""
    stem, suffix = name_parts(name)
    if suffix == SIDECAR:
        return _refused(name, "is a sidecar without its text", f"put {stem}.txt beside it")
    cause = f"there is no reader for {suffix}" if suffix else "has no suffix, so its format is unknown"
    return _refused(name, cause, f"there are readers for {' '.join(suffixes)}")


def _nothing(where: str | Path, refused: list[Unreadable], suffixes: Collection[str]) -> InputError:
    if refused:  # the one file that was named
        return InputError(str(where), refused[0].cause, refused[0].hint)
    return InputError(str(where), "holds nothing to read", f"there are readers for {' '.join(suffixes)}")
