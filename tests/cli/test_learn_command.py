"""`cleaner learn` in a project: the files that it writes, what it prints, and what it leaves alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import cleaner
from cleaner.cli import run
from cleaner.errors import OutputError
from cleaner.rules.load import load_pack
from support.crawled_pages import GULL, TERN, pages, write_pages
from support.projects import RULES, content


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and fifty pages of two sites; commands run in it."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ours.yaml").write_text(RULES)
    write_pages(tmp_path / "raw", pages())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEANER_CACHE", "")
    return tmp_path


def _commit() -> None:
    who = "-c user.name=a -c user.email=a@b.example".split()
    for words in (["init", "-q"], ["add", "rules"], [*who, "commit", "-qm", "rules"]):
        subprocess.run(["git", *words], check=True)


@pytest.mark.usefixtures("project")
def test_a_file_for_each_site_and_the_command_that_shows_its_effect(capsys: pytest.CaptureFixture[str]) -> None:
    _commit()
    assert run(["learn"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"rules/sites/{GULL}.yaml: 1 rule, from 20 pages",
        f"rules/sites/{TERN}.yaml: 3 rules, from 30 pages",
        "see what they remove: cleaner diff HEAD . raw",
    ]
    assert run(["rules", "check", "--strict", "--examples"]) == 0
    assert run(["diff", "HEAD", ".", "raw", "--stat"]) == 1
    assert "50 of 50 documents change" in capsys.readouterr().out


def test_a_second_run_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["learn"])
    before = content(project)
    capsys.readouterr()
    assert run(["learn"]) == 0
    assert content(project) == before
    said = capsys.readouterr()
    assert said.out == ""
    assert "2 sites with nothing new: rules/sites has rules for what repeats" in said.err


def test_rules_that_are_there_stay_and_new_ones_come_behind_them(project: Path) -> None:
    file = project / "rules" / "sites" / f"{GULL}.yaml"
    file.parent.mkdir()
    own = f"# Ours.\nsite: .{GULL}\nrules:\n  - {{id: a/b, label: ad, why: w, line: [x], removes: [x], keeps: [k]}}\n"
    file.write_text(own)
    assert run(["learn"]) == 0
    assert file.read_text().startswith(own)
    assert {rule.id for rule in load_pack(project / "rules").rules if "gull" in rule.origin.path} == {
        "a/b", f"sites/{GULL}/learned-gull-sheet-a-paper",
    }  # fmt: skip


def test_without_rules_of_their_own_they_are_copied_first(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder `rules/` replaces the rules of the package: with the sites alone in it, it would clean less."""
    shutil.move(project / "rules", project / "package")
    assert run(["learn", "--rules", "package", "--out", "learned"]) == 0
    said = capsys.readouterr()
    assert "learned: 1 rule file copied from package" in said.err
    assert "cleaner diff package learned raw" in said.out
    assert {rule.id for rule in load_pack(project / "package").rules} < {
        rule.id for rule in load_pack(project / "learned").rules
    }
    assert not list(project.glob(".*"))


def test_outside_of_a_repository_the_next_command_needs_none(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    run(["learn", "raw"])
    assert "see what they remove: cleaner rules stats raw\n" in capsys.readouterr().out


def test_what_can_not_be_read_is_reported_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "raw" / "broken.jsonl").write_text('{"no": "text"}\n')
    assert run(["learn"]) == 1
    assert capsys.readouterr().err.count("broken.jsonl:1: has no field `text`") == 1


def test_a_corpus_without_repeats_is_reported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(project / "raw")
    write_pages(project / "raw", pages(2, 2))
    before = content(project)
    assert run(["learn"]) == 0
    assert "nothing repeats on 3 pages or more of one site" in capsys.readouterr().err
    assert content(project) == before


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("raw", "raw: holds files, and no rules; name a rule folder, or a new one, with --out"),
        ("raw/gull/1.txt", "raw/gull/1.txt: is not a folder; name another with --out"),
        (str(Path(cleaner.__file__).parent / "_rules"), "is a folder of the installed package; name one of your own"),
    ],
)
def test_a_place_that_rules_do_not_go_to(
    project: Path, out: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(project)
    assert run(["learn", "--out", out]) == OutputError.exit_code
    assert message in capsys.readouterr().err
    assert content(project) == before


def test_a_missing_corpus_is_a_message(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", "nowhere"]) == 2
    assert "nowhere: there is no such file or folder" in capsys.readouterr().err
    assert not (project / "rules" / "sites").exists()
