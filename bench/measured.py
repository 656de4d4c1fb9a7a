"""What is measured: jobs, and what they gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.scores import Row

OURS, RAW = "cleaner", "as it came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A text to be scored: what is made of one input of one set."""

    name: str
    """Of the set."""
    kind: str
    """The input."""
    text: str
    """`RAW`, `OURS`, or a peer's name."""

    @property
    def of(self) -> tuple[str, str]:
        """Set and input."""
        return self.name, self.kind


Results = Mapping[Job, Sequence[Row]]
Figures = Mapping[Job, Mapping[str, float]]
"""In percent."""
