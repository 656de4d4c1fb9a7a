"""Rules made from their types, with lists that they name and a line of prose, for tests that change rules."""

from __future__ import annotations

from typing import Any

from cleaner.model.rule import Rule

PROSE = "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm had come by."
LISTS = {
    "wires": ("AFP", "dpa"), "news_agencies": ("AFP",), "en_finite_verbs": ("was", "knew", "came"),
    "points": ("words < 6 => -1.60 | +1.40", "label @-1 is none/edge => +0.30 | -0.20"),
    "whole": ("short lines >= 7 => +1.00 | -1.00", "furniture < 2 => -0.50 | +0.00"),
}  # fmt: skip


def rule(name: str, **more: Any) -> Rule:
    """A rule `x/<name>`; `more` is its fields."""
    return Rule(**{"id": f"x/{name}", "label": "ad", "why": "w", **more})
