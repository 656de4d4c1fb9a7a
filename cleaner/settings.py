"""Settings: `cleaner.toml`, else `[tool.cleaner]` of `pyproject.toml`, typed; a wrong key is told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from cleaner.errors import SettingsError
from cleaner.model import Options, Suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a project sets once; the command line goes before it."""

    raw: str = "raw"
    """What `cleaner build` reads: a folder, a file or a glob."""
    dist: str = "dist"
    """Where it writes."""
    rules: str | None = None
    """The rule folder."""
    text_field: str = "text"
    """The key of a record that holds its text."""
    workers: int = 0
    """Processes; 0 for one a core."""
    shard_bytes: int = 64 * 2**20
    """Input bytes a shard."""
    budget: float = Options().budget
    """Share of a document's words that rules may drop."""
    experimental: bool = False
    """Let experimental rules remove, too."""
    suppress: tuple[Suppression, ...] = ()
    """Rules that are switched off somewhere: tables with `rule`, and `host`, `document`, `why` as needed."""

    @property
    def options(self) -> Options:
        """The settings that can change an article."""
        return Options(budget=self.budget, experimental=self.experimental, suppress=self.suppress)


# What a value of each key must be, and how that is said.
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "raw": ((str,), "a text"),
    "dist": ((str,), "a text"),
    "rules": ((str,), "a text"),
    "text_field": ((str,), "a text"),
    "workers": ((int,), "a whole number"),
    "shard_bytes": ((int,), "a whole number of bytes"),
    "budget": ((int, float), "a number from 0 to 1"),
    "experimental": ((bool,), "true or false"),
    "suppress": ((list,), "a list of tables with `rule`, and `host`, `document`, `why` as needed"),
}


def load_settings(folder: Path | None = None) -> Settings:
    """The settings of the working folder. Raises SettingsError."""
    folder = folder or Path()
    own, shared = folder / "cleaner.toml", folder / "pyproject.toml"
    if own.is_file():
        return _typed(own, _table(own))
    if shared.is_file():
        tool = _table(shared).get("tool", {})
        return _typed(shared, tool.get("cleaner", {}))
    return Settings()


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(path), f"not TOML: {error}", "mend the line") from None


def _typed(path: Path, table: Mapping[str, Any]) -> Settings:
    known = [f.name for f in fields(Settings)]
    values: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{path}:{_line(path, key)}"
        if key not in known:
            close = get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise SettingsError(place, f"unknown setting {key!r}", hint)
        types, told = _TYPES[key]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise SettingsError(place, f"{key} = {value!r}", f"it is {told}")
        values[key] = (
            value if key != "suppress" else tuple(_suppression(place, each) for each in cast("list[Any]", value))
        )
    if not 0 <= values.get("budget", 0) <= 1:
        raise SettingsError(f"{path}:{_line(path, 'budget')}", f"budget = {values['budget']}", "it is from 0 to 1")
    return Settings(**values)


def _suppression(place: str, table: Any) -> Suppression:
    known = {f.name for f in fields(Suppression)}
    if not isinstance(table, dict) or "rule" not in table or not table.keys() <= known:
        raise SettingsError(place, f"suppress: {table!r}", f"it is {_TYPES['suppress'][1]}")
    return Suppression(**table)


def _line(path: Path, key: str) -> int:
    pattern = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=")
    lines = path.read_text("utf-8").split("\n")
    section = path.name == "pyproject.toml"
    for number, line in enumerate(lines, 1):
        if section and line.strip() == "[tool.cleaner]":
            section = False
        elif not section and pattern.match(line):
            return number
    return 1
