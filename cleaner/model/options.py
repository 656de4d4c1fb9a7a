"""Options of cleaning and of duplicate detection, as frozen types."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from cleaner.model.escape import public_name
from cleaner.model.renamed import renamed_fields
from cleaner.model.rule import WholePages

LEAST_NEAR = 0.5
"""Below, unlike documents share bands by the thousand."""

REPEATED_RULE, REPEATED_LABEL = "corpus/repeated-paragraph", "residue"
"""What signs the edits that take out repeated paragraphs."""

KeepBy = Literal["site", "longest", "shortest", "earliest", "latest"]


@renamed_fields(repeated="max_paragraph_repeats")
@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Which documents repeat another, and which one of them stays."""

    exact: bool = True
    """Drop documents with the same words in the same order."""
    near: float | None = 0.8
    """Drop documents that share so much with one that is kept: least Jaccard similarity of runs of five words, 0.5 to
    1; None or 0 for no such look."""
    keep: tuple[KeepBy, ...] = ("site", "longest", "earliest")
    """Which document of a group is kept: criteria in order of priority. If all are equal, the first in the input."""
    sites: tuple[str, ...] = ()
    """Hosts whose documents are preferred, the most preferred first; each with the hosts below it."""
    against: tuple[str, ...] = ()
    """Datasets that are not to be repeated: folders, files or globs. Nothing of them is ever dropped."""
    max_paragraph_repeats: int | None = None
    """Remove paragraphs that occur in more than this number of documents; None or 0: remove none."""

    def published(self) -> dict[str, Any]:
        """As plain data for a dataset, which holds no secrets and no paths of the machine that built it."""
        return asdict(self) | {"against": [public_name(where) for where in self.against]}

    @property
    def any(self) -> bool:
        """Whether documents are compared at all."""
        return self.exact or bool(self.near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A rule switched off: everywhere, on a host, or in a document. Each may hold `*` and `?` as wildcards."""

    rule: str
    host: str = "*"
    document: str = "*"
    """A document's id or source."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may change a cleaned article besides the rules; part of every digest."""

    budget: float = 0.6
    """Share of a document's words that rules may drop; past it the text is kept and the article flagged."""
    experimental: bool = False
    """Let experimental rules remove, too."""
    whole_pages: WholePages = "auto"
    """Which texts article region rules take for whole pages: those that look like it, all, or none."""
    suppress: tuple[Suppression, ...] = ()
    """Rules that are switched off somewhere; what they would have done is counted."""
