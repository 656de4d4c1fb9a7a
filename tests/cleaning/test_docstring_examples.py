"""The examples in docstrings of these wings run, and give the results that they show."""

from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

MODULES = [
    f"cleaner.{wing}.{module.name}"
    for wing in ("cleaning", "dataset", "metadata", "readers", "review", "rules", "text")
    for module in iter_modules(import_module(f"cleaner.{wing}").__path__)
]
ENTRY_POINTS = (
    "api", "cleaning.clean", "cleaning.prepare", "matching.program", "metadata.fields", "readers", "review.diff",
    "review.explain", "rules.load",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_run(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.failed == 0


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_an_entry_point_has_an_example(name: str) -> None:
    found = doctest.DocTestFinder().find(import_module(f"cleaner.{name}"))
    assert any(test.examples for test in found)
