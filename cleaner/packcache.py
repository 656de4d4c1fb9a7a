"""Packs kept between runs: reading and checking some hundred rules takes seconds, unpickling them none.

A kept pack is found by a digest of the rule files, of this package's code and of the Python that runs it, so
an edit of any of them makes a new one; what was found out about each pattern serves that one, too. They lie
in the user's cache folder (`CLEANER_CACHE` names another; empty, nothing is kept). A cache that can't be
read or written is passed over.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from cleaner.patterns import known, recall
from cleaner.rule import RulePack

_MODULES = (
    "rule", "patterns", "program", "checks", "rulefiles", "conditions", "lines", "sites", "lexicon", "structure/facts",
    "structure/markup", "structure/scorecard", "structure/wholeness",
)  # fmt: skip
_MOST_KEPT = 32  # files; the oldest make room
_MOST_PATTERNS = 50_000


def kept(texts: Mapping[str, str], parse: Callable[[Mapping[str, str]], RulePack]) -> RulePack:
    """The pack of these files, from the cache or parsed; faults are never kept."""
    folder = _folder()
    if folder is None:
        return parse(texts)
    path = folder / f"{_key(texts)}.pickle"
    with suppress(Exception):  # whatever is wrong with a cache, the rules are still there to read
        pack = pickle.loads(path.read_bytes())
        if isinstance(pack, RulePack):
            return pack
    patterns = folder / f"patterns-{_code()[:16]}.pickle"
    with suppress(Exception):
        recall(pickle.loads(patterns.read_bytes()))
    before = len(known())
    pack = parse(texts)
    with suppress(OSError):
        _store(path, pack)
        if before < len(known()) <= _MOST_PATTERNS:
            _store(patterns, known())
    return pack


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
    by_age = sorted(path.parent.glob("*.pickle"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in by_age[_MOST_KEPT:]:
        old.unlink(missing_ok=True)
