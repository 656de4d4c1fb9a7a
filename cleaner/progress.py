"""How far a build is, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is."""

    documents: int
    bytes: int
    """Of the input."""
    total_bytes: int
    shards: int
    total_shards: int
