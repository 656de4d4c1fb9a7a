"""What counts as a duplicate, and which one is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, Literal, get_args

from cleaner.errors import SettingsError
from cleaner.shown import public_name

LEAST_NEAR = 0.5
"""Below, unlike documents share bands by the thousand."""

REPEATED_RULE, REPEATED_LABEL = "corpus/repeated-paragraph", "residue"
"""What signs the edits that take out repeated paragraphs."""

KeepBy = Literal["site", "longest", "shortest", "earliest", "latest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Which documents repeat another, and which one of them stays."""

    exact: bool = True
    """Drop documents with the same words in the same order."""
    near: float | None = 0.8
    """Drop documents that share so much with one that is kept: least Jaccard similarity of runs of five words, 0.5 to
    1; None or 0 for no such look."""
    keep: tuple[KeepBy, ...] = ("site", "longest", "earliest")
    """Which is kept: what tells first goes first. Where all tell the same, the one that comes first in the input."""
    sites: tuple[str, ...] = ()
    """Hosts whose documents are preferred, the most preferred first; each with the hosts below it."""
    against: tuple[str, ...] = ()
    """Datasets that are not to be repeated: folders, files or globs. Nothing of them is ever dropped."""
    repeated: int | None = None
    """Take out paragraphs that stand in more than so many documents; None or 0 for none."""

    def published(self) -> dict[str, Any]:
        """As plain data for a dataset, which holds no secrets and no paths of the machine that built it."""
        return asdict(self) | {"against": [public_name(where) for where in self.against]}

    @property
    def any(self) -> bool:
        """Whether documents are compared at all."""
        return self.exact or bool(self.near)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


# What a value of each key must be, and how that is said.
_KEYS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "exact": (lambda value: isinstance(value, bool), "true or false"),
    "near": (
        lambda value: _is_number(value, (int, float)) and (value == 0 or LEAST_NEAR <= value <= 1),
        f"a number from {LEAST_NEAR} to 1, or 0 for no such look",
    ),
    "keep": (
        lambda value: _is_texts(value) and set(value) <= set(get_args(KeepBy)),
        f"a list of {', '.join(get_args(KeepBy))}, what tells first goes first",
    ),
    "sites": (_is_texts, "a list of hosts, the most preferred first"),
    "against": (_is_texts, "a list of datasets: folders, files or globs"),
    "repeated": (
        lambda value: _is_number(value, (int,)) and value >= 0,
        "a whole number of documents, or 0 to take out none",
    ),
}


def duplicates(place: str, table: Any) -> Duplicates:
    """The options of a table `duplicates` in the settings, which stands at `place`. Raises SettingsError."""
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            close = get_close_matches(key, _KEYS, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(_KEYS)}"
            raise SettingsError(place, f"unknown setting {key!r} of duplicates", hint)
        check(place, key, value)
        values[key] = tuple(value) if isinstance(value, list) else value
    return Duplicates(**values)


def check(place: str, key: str, value: Any) -> None:
    """Raises SettingsError where `key` of the table can't have this value."""
    fits, told = _KEYS[key]
    if not fits(value):
        raise SettingsError(place, f"{key} = {value!r}", f"it is {told}")
