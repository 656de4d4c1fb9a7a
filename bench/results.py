"""Results of measurements, as rows and facts, stored in bench/results.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

FULL = " --full"
"""Ends the step of what a larger run has given."""
FILE = Path(__file__).parent / "results.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A ratio of two things that were measured side by side."""

    step: str
    """What measures it: `python -m bench.ratios STEP`."""
    key: str
    what: str
    upper: float
    """The median of the numerator."""
    upper_is: str
    lower: float
    lower_is: str
    unit: str
    ratio: float
    """The median of the rounds' ratios, which need not be the ratio of the medians."""
    least: float
    """Of the rounds' ratios."""
    most: float
    rounds: int
    articles: int
    reach: float | None = None
    """The target."""
    at_least: bool = False
    """Whether the target is a lower bound; else it is an upper bound."""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.reach is None:
            return None
        return self.ratio >= self.reach if self.at_least else self.ratio <= self.reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A single figure, for estimates; it differs between machines."""

    step: str
    key: str
    what: str
    value: float
    unit: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All results."""

    machine: str = ""
    rows: Mapping[str, Row] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    """Step, or part of one, that was not measured → why."""


def ratio(*, upper: Sequence[float], lower: Sequence[float], **own: Any) -> Row:
    """Return the row of two lists of figures, one for each round. Raises ValueError if they are empty."""
    each = [above / below for above, below in zip(upper, lower, strict=True)]
    if not each:
        raise ValueError("no rounds")
    return Row(
        upper=median(upper), lower=median(lower), ratio=median(each), least=min(each), most=max(each),
        rounds=len(each), **own,
    )  # fmt: skip


def merged(known: Results, found: Iterable[Row | Fact], steps: Iterable[str], absent: Mapping[str, str],
           machine: str) -> Results:  # fmt: skip
    """Return known results in which the new ones replace those of the same steps."""
    again, found = set(steps), list(found)
    rows = {key: row for key, row in known.rows.items() if row.step not in again}
    facts = {key: fact for key, fact in known.facts.items() if fact.step not in again}
    lacking = {key: why for key, why in known.absent.items() if key.partition(":")[0] not in again}
    return Results(
        machine=machine,
        rows=rows | {each.key: each for each in found if isinstance(each, Row)},
        facts=facts | {each.key: each for each in found if isinstance(each, Fact)},
        absent=lacking | dict(absent),
    )


def read(path: Path = FILE) -> Results:
    """Return the stored results; empty if there are none."""
    if not path.is_file():
        return Results()
    known = json.loads(path.read_text("utf-8"))
    return Results(
        machine=known["machine"],
        rows={key: Row(**row) for key, row in known["rows"].items()},
        facts={key: Fact(**fact) for key, fact in known["facts"].items()},
        absent=known["absent"],
    )


def dump(results: Results) -> str:
    """Return the results as JSON, with four significant digits, as further ones are noise."""
    return json.dumps(_rounded(asdict(results)), indent=1, ensure_ascii=False) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, float):
        return float(f"{value:.4g}") if abs(value) < 1e6 else round(value)
    return value
