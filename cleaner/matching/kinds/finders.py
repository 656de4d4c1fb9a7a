"""Finders of the kind table, imported by name on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.kind_table import KIND_TABLE
from cleaner.matching.program import Program
from cleaner.model.document import Match

LineFinder = Callable[[CompiledRule, MatchContext, int], Iterator[Match]]
DocumentFinder = Callable[[Program, MatchContext], Iterator[Match]]


@cache
def _imported(finder: str) -> Any:
    module, _, function = finder.partition(":")
    return getattr(import_module(module), function)


def line_finder(kind: str) -> LineFinder:
    """Return the finder of a kind with a lookup. Raises KeyError for other kinds."""
    facts = KIND_TABLE[kind]
    if facts.lookup is None or facts.finder is None:
        raise KeyError(kind)
    found: LineFinder = _imported(facts.finder)
    return found


def document_finder(kind: str) -> DocumentFinder | None:
    """Return the finder of a kind without a lookup; None for kinds with one, and for those that no phase runs."""
    facts = KIND_TABLE[kind]
    if facts.lookup is not None or facts.finder is None:
        return None
    found: DocumentFinder = _imported(facts.finder)
    return found
