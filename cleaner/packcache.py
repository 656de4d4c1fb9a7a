"""Packs kept between runs: reading and checking some hundred rules takes seconds, unpickling them none.

A kept pack is found by a digest of the rule files, of this package's code and of the Python that runs it, so
an edit of any of them makes a new one. What was read of each file is kept by a digest of that file alone, and what
was found out about each pattern by the pattern; they serve the new one. All lie in the user's cache folder
(`CLEANER_CACHE` names another; empty, nothing is kept). A cache that can't be read or written is passed over.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

from cleaner.outlines import known, recall
from cleaner.rule import RuleFile, RulePack

_MODULES = (
    "rule", "patterns", "outlines", "program", "checks", "ruleyaml", "rulefiles", "conditions", "lines", "sites",
    "lexicon", "structure/facts", "structure/markup", "structure/page", "structure/scorecard", "structure/wholeness",
)  # fmt: skip
_MOST_KEPT = 32  # packs; the oldest make room
_MOST_FILES = 2_000  # of some ten kilobytes each
_MOST_PATTERNS = 50_000
_Kept = TypeVar("_Kept", RulePack, RuleFile)


Parse = Callable[[Mapping[str, str], MutableMapping[str, RuleFile]], RulePack]
"""Texts by path, and what is known of some of them, which it completes → their pack; `rulefiles.parse_pack`."""


def kept(texts: Mapping[str, str], parse: Parse) -> RulePack:
    """The pack of these files, from the cache or parsed; faults are never kept."""
    folder = _folder()
    if folder is None:
        return parse(texts, {})
    path = folder / f"{_key(texts)}.pickle"
    if pack := _loaded(path, RulePack):
        return pack
    places = {name: folder / "files" / f"{_key({name: text})}.pickle" for name, text in texts.items()}
    before = {name: file for name, place in places.items() if (file := _loaded(place, RuleFile))}
    files = dict(before)
    patterns = folder / f"patterns-{_code()[:16]}.pickle"
    with suppress(Exception):
        recall(pickle.loads(patterns.read_bytes()))
    patterns_before = len(known())
    try:
        pack = parse(texts, files)
    finally:  # what a fault stands beside was read all the same
        with suppress(OSError):
            for name, file in files.items():
                if file is not before.get(name):
                    _store(places[name], file)
            if patterns_before < len(known()) <= _MOST_PATTERNS:
                _store(patterns, known())
            _make_room(folder / "files", _MOST_FILES)
    with suppress(OSError):
        _store(path, pack)
        _make_room(folder, _MOST_KEPT)
    return pack


def _loaded(path: Path, kind: type[_Kept]) -> _Kept | None:
    with suppress(Exception):  # whatever is wrong with a cache, the rules are still there to read
        value = pickle.loads(path.read_bytes())
        if isinstance(value, kind):
            return value
    return None


def _folder() -> Path | None:
    named = os.environ.get("CLEANER_CACHE")
    if named is not None:
        return Path(named) if named else None
    with suppress(RuntimeError):  # a user without a home
        home = os.environ.get("XDG_CACHE_HOME") or Path("~", ".cache").expanduser()
        return Path(home, "cleaner", "packs")
    return None


def _key(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256(_code().encode())
    for path, text in sorted(texts.items()):
        digest.update(f"{path}\0{len(text)}\0{text}".encode("utf-8", "replace"))
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """What parsing depends on besides the files: this Python, and the modules that read and check rules."""
    digest = hashlib.sha256(sys.version.encode())
    here = Path(__file__).parent
    for module in _MODULES:
        digest.update((here / f"{module}.py").read_bytes())
    return digest.hexdigest()


def _store(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        file = stack.enter_context(NamedTemporaryFile(dir=path.parent, delete=False))
        stack.callback(Path(file.name).unlink, missing_ok=True)  # on a full disk it would stay for good
        file.write(pickle.dumps(value, protocol=5))
        file.close()
        os.replace(file.name, path)  # noqa: PTH105  (the one name of it that says what it does)


def _make_room(folder: Path, most: int) -> None:
    by_age = sorted(folder.glob("*.pickle"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in by_age[most:]:
        old.unlink(missing_ok=True)
