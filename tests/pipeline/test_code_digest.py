"""Cache keys hold the code that a result depends on, and no other code."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cleaner
from cleaner.dataset.digests import BUILD_WINGS
from cleaner.model.code_digest import code_digest
from cleaner.rules.cache import WINGS as RULE_WINGS
from support.projects import RULES

PACKAGE = Path(cleaner.__file__).parent
KEYS = [("pipeline.run", BUILD_WINGS), ("rules.load", RULE_WINGS)]
"""Each module whose results are cached, with the wings in its key."""


@cache
def modules() -> dict[str, Path]:
    """The files of the package by module name, without `cleaner.`."""
    found = {}
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@cache
def imports(module: str) -> frozenset[str]:
    """The modules that a module imports, by a statement or by a name in a table (`"html:read_html"` in readers)."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(modules()[module].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "cleaner":
            parent = node.module.removeprefix("cleaner").removeprefix(".")
            names |= {parent, *(f"{parent}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and module == "readers":
            names.add(f"readers.{node.value.partition(':')[0].partition('.')[0]}")
    return frozenset(names & modules().keys())


def reachable(start: str) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += imports(module)
            yield module


def missing(wings: tuple[str, ...], found: Iterator[str]) -> set[str]:
    # The package itself imports by name, when one of its names is used; the steps below are reached without it.
    return {module for module in found if module and module.split(".")[0] not in wings}


@pytest.mark.parametrize(("module", "wings"), KEYS)
def test_key_has_the_wing_of_every_module_that_the_result_depends_on(module: str, wings: tuple[str, ...]) -> None:
    assert not missing(wings, reachable(module))


@pytest.mark.parametrize(("module", "wings"), KEYS)
def test_key_that_lacks_any_one_of_its_wings_is_detected(module: str, wings: tuple[str, ...]) -> None:
    for wing in wings:
        assert missing(tuple(each for each in wings if each != wing), reachable(module)), wing


BUILD = """
import json, sys
from pathlib import Path
from cleaner.pipeline.build import build
from cleaner.rules.load import parse_pack
build("raw", Path("dist"), rules=parse_pack({"rules.yaml": Path("rules.yaml").read_text()}), workers=1)
print(json.dumps([name for name in sys.modules if name.startswith("cleaner.")]))
"""


def test_build_loads_no_module_of_another_wing(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "raw/a.txt").write_text("The lamps came on again on Tuesday night.")
    (tmp_path / "raw/b.html").write_text("<html><body><p>The lamps came on again.</p></body></html>")
    (tmp_path / "raw/c.jsonl").write_text('{"text": "The lamps went out again."}\n')
    done = subprocess.run([sys.executable, "-c", BUILD], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = (name.removeprefix("cleaner.") for name in json.loads(done.stdout))
    assert not missing(BUILD_WINGS, loaded)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that can be changed."""
    shutil.copytree(PACKAGE, tmp_path / "cleaner", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def keys(copy: Path) -> list[str]:
    """The code digests of a build and of rules, by the package in this folder."""
    code = "from cleaner.dataset.digests import code; from cleaner.rules import cache; print(code(), cache._code())"
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("file", ["cli/parser.py", "review/explain.py", "authoring/lint.py", "publish/upload.py"])
def test_change_of_code_that_changes_no_result_keeps_the_keys(copy: Path, file: str) -> None:
    before = keys(copy)
    with (copy / "cleaner" / file).open("a") as text:
        text.write("# a word of the help\n")
    assert keys(copy) == before


@pytest.mark.parametrize(
    ("file", "changes"),
    [("text/lines.py", [True, True]), ("errors.py", [True, True]), ("html/page.py", [True, False])],
)
def test_change_of_code_that_changes_results_changes_the_keys(copy: Path, file: str, changes: list[bool]) -> None:
    before = keys(copy)
    with (copy / "cleaner" / file).open("a") as text:
        text.write("# a change\n")
    assert [one != other for one, other in zip(before, keys(copy), strict=True)] == changes


def test_a_wing_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="no wing 'mathcing'"):
        code_digest("mathcing")
