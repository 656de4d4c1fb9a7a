"""Reads settings from `cleaner.toml`, else from `[tool.cleaner]` in `pyproject.toml`; reports wrong keys with lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any, get_args

from cleaner.cli import output
from cleaner.cli.aliases import current_duplicates
from cleaner.errors import SettingsError
from cleaner.model.options import LEAST_NEAR, Duplicates, KeepBy, Options, Suppression
from cleaner.model.rule import WholePages
from cleaner.readers.sources import Keys, text_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a project; the command line overrides them."""

    raw: str = "raw"
    """Input of `cleaner build`: a folder, a file or a glob."""
    dist: str = "dist"
    """Output of `cleaner build`: a folder, or an address."""
    work: str = ".cleaner/dist"
    """The folder where a dataset is built before it is sent to an address."""
    rules: str | None = None
    """The rule folder; None: `rules/` in the working folder, else the installed rules."""
    text_field: tuple[str, ...] = ("text",)
    """Record keys of the text, in order: the first one with a text is used."""
    html_field: str = "html"
    """Record key of the HTML page, used if the record has no text."""
    min_readable: float = 0.5
    """Least share (0 to 1) of readable documents; with fewer, a build fails."""
    workers: int = 0
    """Number of processes; 0: one for each core."""
    engine: str = "local"
    """Where shards are cleaned: on this machine (`local`), or on a Ray cluster (`ray`)."""
    shard_bytes: int = 64 * 2**20
    """Most input bytes in one shard."""
    budget: float = Options().budget
    """Share (0 to 1) of a document's words that rules may drop."""
    whole_pages: WholePages = "auto"
    """Which texts are whole pages, with menus: those detected as such (`auto`), all, or none."""
    experimental: bool = False
    """Let experimental rules remove text, too."""
    learn: bool = False
    """`cleaner build` first learns rules for what repeats on the sites of its input."""
    duplicates: Duplicates = field(default_factory=Duplicates)
    """Which duplicate documents are dropped, and which one is kept: a table."""
    suppress: tuple[Suppression, ...] = ()
    """Rules that are switched off, everywhere or for a host or document: tables with `rule`, and optionally `host`,
    `document`, `why`."""

    @property
    def options(self) -> Options:
        """Return the settings that can change an article."""
        return Options(
            budget=self.budget,
            experimental=self.experimental,
            whole_pages=self.whole_pages,
            suppress=self.suppress,
        )

    @property
    def keys(self) -> Keys:
        """Return the record keys of text and page."""
        return Keys.of(self.text_field, self.html_field)


# For each key: the types of its value, and their description for messages. Below: the bounds of numbers.
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "raw": ((str,), "a string"),
    "dist": ((str,), "a string"),
    "work": ((str,), "a string"),
    "rules": ((str,), "a string"),
    "text_field": ((str, list), "the name of a field, or a list of names"),
    "html_field": ((str,), "a string"),
    "min_readable": ((int, float), "a number from 0 to 1"),
    "workers": ((int,), "a whole number, 0 or more"),
    "engine": ((str,), "one of local and ray"),
    "shard_bytes": ((int,), "a whole number of bytes, 1 or more"),
    "budget": ((int, float), "a number from 0 to 1"),
    "whole_pages": ((str,), "one of auto, always and never"),
    "experimental": ((bool,), "true or false"),
    "learn": ((bool,), "true or false"),
    "duplicates": ((dict,), "a table, for example {near = 0.8}"),
    "suppress": ((list,), "a list of tables with `rule`, and optionally `host`, `document`, `why`, all strings"),
}
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "workers": (0, inf),
    "shard_bytes": (1, inf),
    "budget": (0, 1),
    "min_readable": (0, 1),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {"whole_pages": get_args(WholePages), "engine": ("local", "ray")}


def load_settings(folder: Path | None = None) -> Settings:
    """Load the settings of the working folder, or of `folder`. Raises SettingsError."""
    folder = folder or Path()
    own, shared = folder / "cleaner.toml", folder / "pyproject.toml"
    if own.is_file():
        return _typed(own, _table(own))
    if shared.is_file():
        tool = _table(shared).get("tool", {})
        return _typed(shared, tool.get("cleaner", {}) if isinstance(tool, dict) else {})
    return Settings()


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(path), f"not TOML: {error}", "correct the line") from None
    except UnicodeDecodeError:
        raise SettingsError(str(path), "is not UTF-8, which TOML requires", "save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(str(path), f"can't be read: {error.strerror}", "check its permissions") from None


def _typed(path: Path, table: Any) -> Settings:
    if not isinstance(table, dict):
        raise SettingsError(str(path), f"tool.cleaner = {table!r}", "write the settings as a table, [tool.cleaner]")
    known = [f.name for f in fields(Settings)]
    values: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{path}:{_line(path, key)}"
        if key not in known:
            close = get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise SettingsError(place, f"unknown setting {key!r}", hint)
        check_setting(place, key, value)
        values[key] = _READ[key](place, value) if key in _READ else value
    return Settings(**values)


def check_setting(place: str, key: str, value: Any) -> None:
    """Raise SettingsError if the setting `key` can't have this value."""
    types, expected = _TYPES[key]
    fits = isinstance(value, types) and (bool in types or not isinstance(value, bool))
    if fits and key in _BOUNDS:
        least, most = _BOUNDS[key]
        fits = least <= value <= most
    elif fits and key in _CHOICES:
        fits = value in _CHOICES[key]
    elif fits and key == "text_field":
        fits = all(isinstance(name, str) for name in value) and bool(text_fields(value))
    if not fits:
        raise SettingsError(place, f"{key} = {value!r}", f"must be {expected}")


def _suppression(place: str, table: Any) -> Suppression:
    known = {f.name for f in fields(Suppression)}
    sound = isinstance(table, dict) and "rule" in table and table.keys() <= known
    if not sound or not all(isinstance(value, str) for value in table.values()):
        raise SettingsError(place, f"suppress: {table!r}", f"must be {_TYPES['suppress'][1]}")
    return Suppression(**table)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


# For each key of the table `duplicates`: a test of its value, and its description for messages.
_KEYS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "exact": (lambda value: isinstance(value, bool), "true or false"),
    "near": (
        lambda value: _is_number(value, (int, float)) and (value == 0 or LEAST_NEAR <= value <= 1),
        f"a number from {LEAST_NEAR} to 1, or 0 to look for none",
    ),
    "keep": (
        lambda value: _is_texts(value) and set(value) <= set(get_args(KeepBy)),
        f"a list of {', '.join(get_args(KeepBy))}, the first that differs decides",
    ),
    "sites": (_is_texts, "a list of hosts, the most preferred first"),
    "against": (_is_texts, "a list of datasets: folders, files or globs"),
    "max_paragraph_repeats": (
        lambda value: _is_number(value, (int,)) and value >= 0,
        "a whole number of documents, or 0 to remove none",
    ),
}


def _duplicates(place: str, table: Any) -> Duplicates:
    """Return the options of the table `duplicates` in the settings; `place` is where it is. Raises SettingsError."""
    values: dict[str, Any] = {}
    for key, value in current_duplicates(table, place, output.remark).items():
        if key not in _KEYS:
            close = get_close_matches(key, _KEYS, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(_KEYS)}"
            raise SettingsError(place, f"unknown setting {key!r} of duplicates", hint)
        check_duplicates(place, key, value)
        values[key] = tuple(value) if isinstance(value, list) else value
    return Duplicates(**values)


def check_duplicates(place: str, key: str, value: Any) -> None:
    """Raise SettingsError if `key` of the table `duplicates` can't have this value."""
    fits, expected = _KEYS[key]
    if not fits(value):
        raise SettingsError(place, f"{key} = {value!r}", f"must be {expected}")


# Settings whose values are converted.
_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "duplicates": _duplicates,
    "text_field": lambda _place, value: text_fields(value),
    "suppress": lambda place, value: tuple(_suppression(place, each) for each in value),
}


def _line(path: Path, key: str) -> int:
    """Return the number of the first line with this key, or a table of that name; 1 if there is none."""
    name = rf"[\"']?{re.escape(key)}[\"']?"
    shared = path.name == "pyproject.toml"
    above = r"tool\.cleaner\." if shared else ""
    pair, table = re.compile(rf"\s*{name}\s*="), re.compile(rf"\s*\[{{1,2}}{above}{name}\]")
    ours = not shared
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if table.match(line) or (ours and pair.match(line)):
            return number
        if shared and line.lstrip().startswith("["):
            ours = line.lstrip().startswith("[tool.cleaner]")
    return 1
