"""Mistakes that end a command: one line that names the place and the next step, and nothing is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.cli.settings import Settings, load_settings
from cleaner.errors import SettingsError
from cleaner.model.options import Duplicates, Suppression
from support.projects import CLEAN, Here, cleaner, content


def _file_at(name: str, text: str = "mine") -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return write


def nothing(_folder: Path) -> None:
    """All is well."""


@pytest.mark.parametrize(
    ("spoil", "arguments", "message"),
    [
        (nothing, ("build", "nowhere"), "nowhere: there is no such file or folder; name a file, a folder, or a glob"),
        (nothing, ("build", "raw/*.jsonl"), "raw/*.jsonl: holds nothing to read; there are readers for .txt"),
        (nothing, ("build", "nowhere://a/b"), "nowhere://a/b: can't be reached: Protocol not known"),
        (nothing, ("build", "x" * 5000), "x: there is no such file or folder; name a file"),
        (_file_at("p.png"), ("build", "p.png"), "p.png: there is no reader for .png; there are readers for .txt"),
        (_file_at("new"), ("build", "raw", "new"), "new: is a file; name a folder"),
        (_file_at("new"), ("build", "raw", "new/dist"), "new/dist: there is a file where a folder is needed; choose"),
        (_file_at("new/a.txt"), ("build", "raw", "new"), "new: holds files, and is no dataset of ours; name a new"),
        (_file_at("new/manifest.json"), ("build", "raw", "new"), "new: holds files, and is no dataset of ours: manif"),
        (_file_at("dist/articles/my.txt"), ("build",), "dist/articles/my.txt: is a file that no build wrote; move"),
        (_file_at("dist/README.md"), ("build",), "dist/README.md: has changed since it was built; move it away"),
        (nothing, ("build", "raw", "raw/dist"), "raw/dist: lies in the input folder raw; write the dataset beside it"),
        (nothing, ("build", "raw", "."), ".: holds "),
        (nothing, ("build", "--rules", "nowhere"), "nowhere:1:1: no such folder; name one with --rules"),
        (_file_at("rules/b.yaml", "rules: [\n"), ("build",), "b.yaml:2:1: not YAML: "),
        (_file_at("cleaner.toml", "raw = 3"), ("build",), "cleaner.toml:1: raw = 3; must be a string"),
        (_file_at("cleaner.toml", "raw = ["), ("build",), "cleaner.toml: not TOML: "),
        (_file_at("cleaner.toml", "workers = -1"), ("build",), "cleaner.toml:1: workers = -1; must be a whole"),
        (_file_at("cleaner.toml", "shard_bytes = 0"), ("build",), "cleaner.toml:1: shard_bytes = 0; must be a whole"),
        (_file_at("cleaner.toml", "whole_pages = 'x'"), ("build",), "cleaner.toml:1: whole_pages = 'x'; must be one"),
        (_file_at("cleaner.toml", "\nbudget = nan"), ("build",), "cleaner.toml:2: budget = nan; must be a number"),
        (_file_at("cleaner.toml", "[[suppress]]\nrule = 3"), ("build",), "cleaner.toml:1: suppress: {'rule': 3}; must"),
        (_file_at("cleaner.toml", "\n[duplicates]\nnear = 8"), ("build",), "cleaner.toml:2: near = 8; must be a num"),
        (_file_at("cleaner.toml", "duplicates = {keep = ['x']}"), ("build",), "cleaner.toml:1: keep = ['x']; must be"),
        (_file_at("cleaner.toml", "[duplicates]\nsite = []"), ("build",), "cleaner.toml:1: unknown setting 'site' of"),
        (_file_at("cleaner.toml", "duplicates = 3"), ("build",), "cleaner.toml:1: duplicates = 3; must be a table, f"),
        (_file_at("cleaner.toml", "\n[[supress]]"), ("build",), "cleaner.toml:2: unknown setting 'supress'; did you"),
        (_file_at("pyproject.toml", "[tool]\ncleaner = 1"), ("build",), "pyproject.toml: tool.cleaner = 1; write the"),
        (lambda folder: (folder / "cleaner.toml").write_bytes(b"\xff\xfe"), ("build",), "cleaner.toml: is not UTF-8"),
        (nothing, ("clean", "nowhere.txt"), "nowhere.txt: there is no such file or folder; name a file"),
        (nothing, ("explain", "nowhere.txt"), "nowhere.txt: there is no such file or folder; name a file"),
        (nothing, ("explain", "raw/a.txt:9"), "raw/a.txt:9: there is no line 9; the text has 4 lines"),
        (lambda folder: (folder / "b.txt").write_bytes(bytes(range(256))), ("explain", "b.txt"), "b.txt: is binary: "),
        (nothing, ("diff", "--rules", "nowhere"), "nowhere: no such folder; name one with --rules"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_in_one_line_and_loses_nothing(
    project: Path, here: Here, spoil: Callable[[Path], object], arguments: tuple[str, ...], message: str
) -> None:
    spoil(project)
    before = content(project)
    code, said, remarked = here(*arguments)
    assert (code, said) == (2, "")
    assert remarked.replace("x" * 5000, "x").startswith(f"cleaner: {message}")
    assert remarked.count("\n") == 1
    assert content(project) == before
    assert {path.name for path in project.iterdir()} == {path.split("/")[0] for path in before}


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("cleaner.toml", "", Settings()),
        ("cleaner.toml", "workers = 0\nshard_bytes = 1\nbudget = 0", Settings(workers=0, shard_bytes=1, budget=0)),
        ("cleaner.toml", "budget = 1\nexperimental = true", Settings(budget=1, experimental=True)),
        ("cleaner.toml", "[duplicates]\nnear = 0\nsites = ['a']\nmax_paragraph_repeats = 9",
         Settings(duplicates=Duplicates(near=0, sites=("a",), max_paragraph_repeats=9))),
        ("cleaner.toml", "whole_pages = 'never'", Settings(whole_pages="never")),
        ("cleaner.toml", "[[suppress]]\nrule = 'a/*'", Settings(suppress=(Suppression(rule="a/*"),))),
        ("cleaner.toml", "suppress = [{rule = 'a', host = 'b', document = 'c', why = 'd'}]",
         Settings(suppress=(Suppression(rule="a", host="b", document="c", why="d"),))),
        ("pyproject.toml", "[tool.cleaner]\nraw = 'in'\n[tool.other]\nraw = 3", Settings(raw="in")),
        ("pyproject.toml", "[tool.other]\nraw = 3", Settings()),
        ("pyproject.toml", "tool = 3", Settings()),
    ],
)  # fmt: skip
def test_settings_at_their_bounds_are_taken(tmp_path: Path, file: str, text: str, expected: Settings) -> None:
    (tmp_path / file).write_text(text)
    assert load_settings(tmp_path) == expected
    assert not Settings().options.experimental


@pytest.mark.parametrize("table", ["{}", "3", "{rule = 'a', hots = 'b'}", "{host = 'b'}", "{rule = 'a', why = 3}"])
def test_a_suppression_names_its_rule(tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.other]\nsuppress = 3\n[tool.cleaner]\nsuppress = [{table}]")
    with pytest.raises(SettingsError, match=r"pyproject\.toml:4: suppress: .*; must be a list of tables with `rule`"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "--workers", "-1"), "--workers"),
        (("build", "--budget", "7"), "--budget"),
        (("build", "--similarity", "0.1"), "--similarity"),
        (("build", "--max-paragraph-repeats", "-1"), "--max-paragraph-repeats"),
        (("clean", "--budget", "nan", "raw/a.txt"), "--budget"),
    ],
)
def test_an_option_has_the_bounds_of_its_setting(here: Here, arguments: tuple[str, ...], message: str) -> None:
    code, _, remarked = here(*arguments)
    assert code == 2
    assert message in remarked


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everywhere")
def test_places_without_permission_are_reported(project: Path) -> None:
    before = content(project / "dist")
    (project / "raw" / "b.txt").write_text("Nobody may read it.")
    (project / "raw" / "b.txt").chmod(0)
    project.chmod(0o500)
    try:
        done = cleaner(project, "build")
        assert "dist: no permission to write here; choose another folder" in done.stderr
    finally:
        project.chmod(0o700)
    assert content(project / "dist") == before
    assert "b.txt: permission denied; see that the file is there and may be read" in cleaner(project, "build").stdout


def test_what_is_piped_in_may_be_anything(project: Path) -> None:
    done = cleaner(project, "clean", stdin=bytes(range(256)) * 9)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cleaner: standard input: is binary: 10% of its bytes are control characters; send a")
    assert cleaner(project, "clean", stdin=b"").stdout == "\n"
    records = [b'{"text": "One."}', b"{broken", b"\xff\xfe\x00", b'{"id": 7}', b"", b'{"text": "Two."}']
    done = cleaner(project, "clean", "--jsonl", stdin=b"\n".join(records))
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("text") for row in made] == ["One.", None, None, None, "Two."]
    assert ["error" in row for row in made] == [False, True, True, True, False]
    assert [row["id"] for row in made] == ["-:1", "-:2", "-:3", "7", "-:6"]
    assert done.returncode == 1


def test_a_file_that_is_not_there_does_not_keep_the_others_from_being_cleaned(project: Path, here: Here) -> None:
    (project / "b.txt").write_text("It rained.")
    code, said, remarked = here("clean", "raw/a.txt", "nowhere.txt", "b.txt")
    assert code == 1
    assert "nowhere.txt: there is no such file or folder" in remarked
    assert CLEAN in said
    assert "It rained." in said


@pytest.mark.parametrize("name", ["out[v2]", pytest.param("out[/v2]", id="out[,v2]")])
def test_the_summary_names_the_dataset_as_it_is_called(here: Here, name: str) -> None:
    assert f'datasets.load_dataset("{name}")' in here("build", "raw", name)[1]
