"""What counts as a duplicate, and which one is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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

    @property
    def any(self) -> bool:
        """Whether documents are compared at all."""
        return self.exact or bool(self.near)
