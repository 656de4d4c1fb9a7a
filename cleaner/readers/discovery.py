"""Find the files to read."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from cleaner.errors import InputError
from cleaner.readers.sources import Source, Unreadable, name_parts

_SIDECAR = ".json"
_HAVE_SIDECARS = frozenset({".txt", ".text"})
_NO_INPUTS = frozenset({"readme.md"})  # they explain a folder


def find(where: str | Path, suffixes: Collection[str]) -> tuple[list[Source], list[Unreadable]]:
    """The files with one of these suffixes, and those refused; each in order of name. Raises InputError."""
    path = Path(where)
    root, pattern = (path, ()) if _exists(path) else _glob(where)
    items = _file(path) if path.is_file() else _walk(root)
    named = {item.name if isinstance(item, Source) else item.source: item for item in items}
    texts = {stem: name for name in named for stem, suffix in [name_parts(name)] if suffix in _HAVE_SIDECARS}

    sources: list[Source] = []
    refused: list[Unreadable] = []
    sidecars: dict[str, Path] = {}
    for name in sorted(named):
        item, (stem, suffix) = named[name], name_parts(name)
        is_sidecar = suffix == _SIDECAR and stem in texts
        if not _fits(texts[stem] if is_sidecar else name, pattern):
            continue
        if isinstance(item, Unreadable):
            refused.append(item)
        elif is_sidecar:
            sidecars[stem] = item.path
        elif suffix in suffixes:
            sources.append(item)
        else:
            refused.append(_no_reader(name, suffix, suffixes))
    if not sources and (not refused or path.is_file()):
        raise _nothing(where, refused, suffixes)
    return [
        replace(source, sidecar=sidecars.get(source.stem)) if source.suffix in _HAVE_SIDECARS else source
        for source in sources
    ], refused


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the file system, such as a text in place of a path
        return False


def _file(path: Path) -> Iterator[Source | Unreadable]:
    """A file that was named itself, and its sidecar."""
    beside = path.with_name(name_parts(path.name)[0] + _SIDECAR)
    for each in {path, beside} if beside.is_file() else {path}:
        yield Source(path=each, name=_shown(each.name), size=each.stat().st_size)


def _glob(where: str | Path) -> tuple[Path, tuple[str, ...]]:
    """The folder that a glob begins with, and the pattern of the names below it."""
    parts = Path(where).parts
    plain = next((at for at, part in enumerate(parts) if set(part) & set("*?[")), None)
    if plain is None:
        web = "://" in str(where)
        hint = "download it first" if web else "name a file, a folder, or a glob in quotes"
        raise InputError(str(where), "there is no such file or folder", hint)
    return Path(*parts[:plain]), parts[plain:]


def _fits(name: str, pattern: tuple[str, ...]) -> bool:
    """Whether a file, or a folder that it lies in, fits a glob; `**` stands for any folders."""
    return _parts_fit(PurePosixPath(name).parts, pattern)


def _parts_fit(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return True
    first, *others = pattern
    rest = tuple(others)
    if first == "**":
        return any(_parts_fit(parts[at:], rest) for at in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], first) and _parts_fit(parts[1:], rest)


def _walk(root: Path) -> Iterator[Source | Unreadable]:
    """Every file below a folder, in no order, that isn't hidden."""
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
            if entry.name.startswith(".") or entry.name.lower() in _NO_INPUTS:
                continue
            name = below + _shown(entry.name)
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


def _shown(name: str) -> str:
    """A file name as text; bytes in it that are not UTF-8 as `\\xe9`, since no writer takes them."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _cause(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _refused(name: str, cause: str, hint: str) -> Unreadable:
    return Unreadable(source=name, id=name, cause=cause, hint=hint)


def _no_reader(name: str, suffix: str, suffixes: Collection[str]) -> Unreadable:
    if suffix == _SIDECAR:
        return _refused(name, "is a sidecar without its text", f"put {name_parts(name)[0]}.txt beside it")
    cause = f"there is no reader for {suffix}" if suffix else "has no suffix to tell its format by"
    return _refused(name, cause, f"there are readers for {' '.join(suffixes)}")


def _nothing(where: str | Path, refused: list[Unreadable], suffixes: Collection[str]) -> InputError:
    if refused:  # the one file that was named
        return InputError(str(where), refused[0].cause, refused[0].hint)
    return InputError(str(where), "holds nothing to read", f"there are readers for {' '.join(suffixes)}")
