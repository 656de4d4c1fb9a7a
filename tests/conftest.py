"""Settings of the whole suite."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from cleaner.cli import run
from support.projects import STORY, Here, built, prepare

pytest_plugins = ["pytester"]

# The same cases every time, and none that fails for being slow on a busy machine.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one text, and the dataset of an earlier build."""
    folder = prepare(tmp_path_factory.mktemp("finished"))
    (folder / "raw" / "a.txt").write_text(STORY)
    built(folder)
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    """A copy of that, to be spoilt."""
    return shutil.copytree(finished, tmp_path / "project")


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run `cleaner` in this process, which is faster; what it does not catch fails the test."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("CLEANER_CACHE", "")

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran
