"""Caches parsed rules between runs: parsing and checking some hundred rules takes seconds, loading them does not.

The rules of a file are stored under a digest of its text and name, of this package's code and of the Python that runs
it; the analyses of patterns and the schema of a rule under a digest of the code alone. So an edit of a file
costs only its own parsing. The cache is in the user's cache folder (`CLEANER_CACHE` names another; empty: no cache).
A cache that can't be read or written is ignored, and a damaged file of it is written again: each holds plain
data with a checksum (`cleaner.rules.encode`). Only files with names of this module are deleted.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cleaner.matching.patterns import prefilter
from cleaner.model.code_digest import code_digest
from cleaner.model.rule import RuleFile, RulePack
from cleaner.rules.encode import encoded, examined_of, file_of, named_of

WINGS = ("rules", "matching", "metadata", "text", "errors", "model")
"""Wings of this package that determine the result of parsing a rule file."""
_MOST_FILES = 2_000  # of some ten kilobytes each; the oldest are deleted
_MOST_OF_CODE = 8  # files that depend on the code alone, of this and of earlier versions
_MOST_PATTERNS = 50_000
_SUFFIX = ".kept"
_OURS = re.compile(r"(?:[0-9a-f]{64}|(?:patterns|shape)[\w.+-]*-[0-9a-f]{16})\.kept")


Parse = Callable[[Mapping[str, str], MutableMapping[str, RuleFile]], RulePack]
"""(Texts by path, parsed files by path, which it completes) → their pack: `cleaner.rules.load.parse_pack`."""


def kept(texts: Mapping[str, str], parse: Parse) -> RulePack:
    """Return the pack of these files, each from the cache or parsed; files with faults are never cached."""
    folder = _folder()
    if folder is None:
        return parse(texts, {})
    places = {name: folder / "files" / f"{_key(name, text)}{_SUFFIX}" for name, text in texts.items()}
    before: dict[str, RuleFile] = {}
    for name, place in places.items():
        with suppress(OSError, ValueError):  # a damaged cache is no error, as the rules can be parsed
            before[name] = _file(place)
    files = dict(before)
    patterns = folder / f"patterns-{_code()[:16]}{_SUFFIX}"
    prefilter.recall(lambda: examined_of(patterns.read_bytes()))
    examined_before = prefilter.count()
    try:
        return parse(texts, files)
    finally:  # the files without faults were read all the same
        with suppress(OSError):
            read = [name for name, file in files.items() if file is not before.get(name)]
            for name in read:
                _store(places[name], files[name])
            if read:
                _make_room(folder / "files", max(_MOST_FILES, 2 * len(texts)))
            if prefilter.count() > examined_before and len(examined := prefilter.known()) <= _MOST_PATTERNS:
                _store(patterns, examined)
                _make_room(folder, _MOST_OF_CODE)


def worked_out(name: str, make: Callable[[], Any]) -> Any:
    """Return plain data that depends only on the code and on `name`, from the cache if it is there."""
    folder = _folder()
    if folder is None:
        return make()
    place = folder / f"{name}-{_code()[:16]}{_SUFFIX}"
    with suppress(OSError, ValueError):
        kept_as, value = named_of(place.read_bytes())
        if kept_as == name:
            return value
    value = make()
    with suppress(OSError):
        _store(place, (name, value))
        _make_room(folder, _MOST_OF_CODE)
    return value


@lru_cache(maxsize=_MOST_FILES)
def _file(place: Path) -> RuleFile:
    """Return one cached file, which packs share. Raises OSError, and ValueError if it is damaged."""
    return file_of(place.read_bytes())


def _folder() -> Path | None:
    named = os.environ.get("CLEANER_CACHE")
    if named is not None:
        return Path(named) if named else None
    with suppress(RuntimeError):  # a user without a home
        home = os.environ.get("XDG_CACHE_HOME") or Path("~", ".cache").expanduser()
        return Path(home, "cleaner", "rules")
    return None


def _key(name: str, text: str) -> str:
    return hashlib.sha256(f"{_code()}\0{name}\0{text}".encode("utf-8", "replace")).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """Return the digest of this Python and of the wings that parse and check rules."""
    return hashlib.sha256(f"{sys.version}\0{code_digest(*WINGS)}".encode()).hexdigest()


def _store(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        file = stack.enter_context(NamedTemporaryFile(dir=path.parent, delete=False))
        stack.callback(Path(file.name).unlink, missing_ok=True)  # on a full disk it would never be removed
        file.write(encoded(value))
        file.close()
        os.replace(file.name, path)  # noqa: PTH105 - `Path.replace` reads like `str.replace`


def _make_room(folder: Path, most: int) -> None:
    there = [path for path in folder.glob(f"*{_SUFFIX}") if _OURS.fullmatch(path.name)]
    if len(there) > most:
        by_age = sorted(there, key=lambda p: p.stat().st_mtime, reverse=True)
        for old in by_age[most:]:
            old.unlink(missing_ok=True)
