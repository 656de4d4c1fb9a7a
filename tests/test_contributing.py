"""CONTRIBUTING.md: the paths that it names exist, and its map of wings is that of the import contract."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
_PATH = re.compile(r"`((?:cleaner|docs|raw|rules|tests|bench)/[^\s`]*)`")
_NAMED_BY_READER = re.compile(r"<[^>]+>")


def _section(title: str) -> str:
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


PATHS = sorted({*_PATH.findall(_section("Add something else")), *_PATH.findall(_section("The code"))})


@pytest.mark.parametrize("path", PATHS)
def test_a_path_exists(path: str) -> None:
    """A path with a part that the reader names must fit a file or folder that exists."""
    assert list(ROOT.glob(_NAMED_BY_READER.sub("*", path).rstrip("/"))), path


def test_paths_are_found() -> None:
    assert len(PATHS) > 20


def test_the_map_is_that_of_the_contract() -> None:
    """The same wings in the same order, each with the same sentence."""
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    layers = tomllib.loads(settings)["tool"]["importlinter"]["contracts"][0]["layers"]
    in_map = re.findall(r"^\| `cleaner/(\w+)(?:/|\.py)` \| (.+) \|$", _section("The map"), re.MULTILINE)
    assert [wing for wing, _ in in_map] == [wing for layer in layers for wing in layer.split(" | ")]
    assert re.findall(r"^  # (\w+): (.+)$", settings, re.MULTILINE) == in_map
