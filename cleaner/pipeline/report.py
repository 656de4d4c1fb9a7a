"""The progress of a running build, and the report of a finished one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from cleaner.readers import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of a build."""

    documents: int
    bytes: int
    """Of the input."""
    total_bytes: int
    shards: int
    total_shards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did. `documents` counts all documents: kept, rejected and unreadable ones."""

    dist: Path
    seconds: float
    shards: int
    bytes: int
    """Of the input."""
    documents: int
    cleaned: int
    """Documents that this build read and cleaned; the rows of the others were reused."""
    kept: int
    rejected: Mapping[str, int]
    """Documents by filter, most first."""
    flagged: Mapping[str, int]
    """Documents by flag, most first."""
    doubtful: tuple[str, ...]
    """Sources of documents with a doubtful encoding: the first twenty by name."""
    languages: Mapping[str, int]
    """Articles by language, most first; "" where it is unknown."""
    words_before: int
    """Words of all documents that could be read."""
    words_after: int
    """Words of the articles."""
    words_rejected: int
    """Words of the rejected documents, cleaned."""
    words_removed: Mapping[str, int]
    """Words by label, most first."""
    pieces: Mapping[str, int]
    """Pieces removed or replaced, by rule, most first."""
    suppressed: Mapping[str, int]
    """Pieces (of a filter: documents) that a suppression left in place, by rule, most first."""
    experimental: Mapping[str, int]
    """Pieces (of a filter: documents) that experimental rules found and only counted, by rule, most first."""
    unreadable: tuple[Unreadable, ...]
    """Files and records that could not be read, with the causes: the first hundred."""
    ignored: tuple[Unreadable, ...]
    """Files without a reader, and links that lead out of the input."""


def _report(dist: Path, written: Mapping[str, Any], started: float, *, cleaned: int) -> BuildReport:
    """Return the report of a build, from its manifest."""
    documents, words, rules = written["documents"], written["words"], written["rules"]

    def counts(what: str, status: str | None = None) -> Mapping[str, int]:
        wanted = {key: rule for key, rule in rules.items() if status in (None, rule["status"])}
        return _most_first({key: rule[what] for key, rule in wanted.items() if rule[what]})

    return BuildReport(
        dist=dist,
        seconds=perf_counter() - started,
        shards=written["shards"],
        bytes=sum(each["bytes"] for each in written["inputs"]),
        documents=documents["all"],
        cleaned=cleaned,
        kept=documents["kept"],
        rejected=_most_first(documents["rejected"]),
        flagged=_most_first(documents["flagged"]),
        doubtful=tuple(documents.get("doubtful", ())),
        languages=_most_first(documents["languages"]),
        words_before=words["before"],
        words_after=words["kept"],
        words_rejected=words["rejected"],
        words_removed=_most_first(words["removed"]),
        pieces=counts("pieces"),
        suppressed=counts("suppressed"),
        experimental=counts("marks", "experimental"),
        unreadable=tuple(Unreadable(**each) for each in written["unreadable"]),
        ignored=tuple(Unreadable(**each) for each in written["refused"]),
    )


def _most_first(counts: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
