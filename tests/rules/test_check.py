"""`cleaner rules check`, the command: how faults and doubts are reported, and what changed since a revision."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cleaner.authoring.sarif import sarif
from cleaner.cli import run
from cleaner.errors import CleanerError, RuleFault
from cleaner.rules.revisions import pack_at
from support.short import entry

# SARIF

_RESULT = {
    "type": "object",
    "required": ["ruleId", "level", "message", "locations"],
    "properties": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}},
        "locations": {
            "minItems": 1,
            "items": {
                "properties": {
                    "physicalLocation": {
                        "required": ["artifactLocation", "region"],
                        "properties": {
                            "artifactLocation": {
                                "properties": {"uri": {"pattern": r"^[^\s\\:%?#]*(%[0-9A-F]{2}|\S)*$"}}
                            },
                            "region": {
                                "properties": {
                                    "startLine": {"type": "integer", "minimum": 1},
                                    "startColumn": {"type": "integer", "minimum": 1},
                                }
                            },
                        },
                    }
                }
            },
        },
    },
}
_SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"properties": {"driver": {"required": ["name", "version", "rules"]}}},
                    "results": {"items": _RESULT},
                },
            },
        },
    },
}
"""What code hosts ask of a SARIF file, of the 2.1.0 schema."""


def sarif_checked(log: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a log that has the right shape."""
    jsonschema.validate(log, _SARIF)
    (made,) = log["runs"]
    declared = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert declared == sorted({result["ruleId"] for result in made["results"]})
    results: list[dict[str, Any]] = made["results"]
    return results


def test_sarif_has_place_level_and_message() -> None:
    found = (
        RuleFault(path="my rules/a#1.yaml", line=4, column=5, rule="a/b", message="unknown", hint="mend", code="key"),
        RuleFault(path="b.yaml", line=1, column=1, rule="", message="no YAML", code="yaml", severity="warning"),
    )
    first, second = sarif_checked(sarif(found, "1.0"))
    assert (first["ruleId"], first["level"], first["message"]["text"]) == ("key", "error", "a/b: unknown; mend")
    assert (second["level"], second["message"]["text"]) == ("warning", "no YAML")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "my%20rules/a%231.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 5}
    assert sarif_checked(sarif((), "1.0")) == []


# The command


Check = Callable[..., tuple[int, str, str]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """`cleaner rules check` where rules/a.yaml holds the given rules: exit code, what is said, what is remarked."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEANER_CACHE", "")
    (tmp_path / "rules").mkdir()

    def checked(*arguments: str, rules: tuple[str, ...] = ()) -> tuple[int, str, str]:
        if rules:
            (tmp_path / "rules" / "a.yaml").write_text("rules:\n" + "".join(map(entry, rules)))
        code = run(["rules", "check", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return checked


DOUBTFUL = (
    "inline: 'Boats', label: share, removes: [Boats in]",
    "id: x/wide, pattern: 'Boats.*', removes: [Boats and nets]",
)


def test_warnings_fail_only_where_they_are_asked_for(check: Check) -> None:
    assert check(rules=DOUBTFUL) == (0, "", "2 rules, 0 lists: no faults, 1 warning (--strict shows them)\n")
    code, said, remarked = check("--strict")
    assert code == 1
    assert said.startswith("rules/a.yaml:2:5 x/rule: warning: its example 'Boats in' is removed by x/wide (ad) first")
    assert remarked == "2 rules, 0 lists: no faults, 1 warning\n"


def test_findings_that_are_sure_fail_always(check: Check) -> None:
    code, said, remarked = check(rules=("line: boats, language: xx",))
    assert code == 1
    assert said == "rules/a.yaml:2:5 x/rule: no language has the code 'xx'; use ISO 639-1, such as `en`\n"
    assert remarked.endswith("0 lists: 1 fault, no warnings\n")


def test_examples_are_run_where_they_are_asked_for(check: Check) -> None:
    wrong = ("line: boats, removes: [Ships], keeps: [Boats]",)
    assert check(rules=wrong)[0] == 0
    code, said, _ = check("--examples")
    assert code == 1
    assert "removes[0]: wanted '⟦Ships⟧', got 'Ships'" in said
    assert "keeps[0]: wanted 'Boats', got '⟦Boats⟧'" in said
    assert check("--examples", rules=("line: boats",))[0] == 0


def test_json_holds_every_part_of_a_fault(check: Check) -> None:
    code, said, _ = check("--format", "json", "--strict", rules=DOUBTFUL)
    (fault,) = json.loads(said)
    assert code == 1
    assert (fault["path"], fault["line"], fault["column"]) == ("rules/a.yaml", 2, 5)
    assert (fault["rule"], fault["code"], fault["severity"]) == ("x/rule", "taken-first", "warning")
    assert fault["hint"] == "narrow x/wide, or give the example to it"
    assert json.loads(check("--format", "json")[1]) == []


def test_github_shows_them_beside_the_lines(check: Check) -> None:
    _, said, _ = check("--format", "github", "--strict", rules=(*DOUBTFUL, "id: x/odd, line: b, language: xx"))
    warning, error = said.splitlines()
    assert warning.startswith("::warning file=rules/a.yaml,line=2,col=5,title=taken-first::x/rule: its example")
    assert error.startswith("::error file=rules/a.yaml,line=4,col=5,title=no-such-language::x/odd: no language")
    assert check("--format", "github", rules=("line: boats",))[1] == ""


@pytest.mark.parametrize(
    ("path", "text", "annotation"),
    [
        ("a.yaml", "- x", "::error file=rules/a.yaml,line=1,col=1,title=rule::a rule file is a mapping"),  # of no rule
        ("a,b.yaml", "rules: 3", "::error file=rules/a%2Cb.yaml,line=1,col=1,title=rule::`rules` is a list"),
    ],
)
def test_github_annotations_are_escaped(check: Check, tmp_path: Path, path: str, text: str, annotation: str) -> None:
    (tmp_path / "rules" / path).write_text(text)
    assert check("--format", "github")[1].startswith(annotation)


def test_github_annotations_end_with_what_they_say(check: Check) -> None:
    _, said, _ = check("--format", "github", rules=("line: boats, allows: [ad]",))
    assert said.endswith("`allows` belongs to `action: allow`\n")


def test_sarif_comes_out_of_the_command(check: Check) -> None:
    _, said, _ = check("--format", "sarif", "--strict", rules=(*DOUBTFUL, "id: x/odd, line: b, language: xx"))
    assert [(result["ruleId"], result["level"]) for result in sarif_checked(json.loads(said))] == [
        ("taken-first", "warning"), ("no-such-language", "error"),
    ]  # fmt: skip
    assert sarif_checked(json.loads(check("--format", "sarif", rules=("line: boats",))[1])) == []
    broken = json.loads(check("--format", "sarif", rules=("lne: boats",))[1])
    assert [result["ruleId"] for result in sarif_checked(broken)] == ["unknown-key"]


# Against a revision

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run git in the folder, as nobody in particular."""
    for name, value in {
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    call("init", "-q")
    return call


def commit(git: Callable[..., None], tag: str) -> None:
    git("add", "-A")
    git("commit", "-q", "-m", tag)
    git("tag", tag)


@needs_git
def test_ids_that_changed_meaning_since_a_revision(check: Check, git: Callable[..., None]) -> None:
    check(rules=("line: boats",))
    commit(git, "one")
    code, said, _ = check("--against", "one", rules=("line: boats, label: share",))
    assert code == 1
    assert "changed-meaning" not in said  # the code is for machines
    assert said.startswith("rules/a.yaml:2:5 x/rule: the id had the label 'ad' before, and has 'share' now; give what")
    commit(git, "two")
    assert check("--against", "HEAD~1")[:2] == (code, said)
    assert check("--against", "HEAD")[:2] == (0, "")


def test_ids_that_changed_meaning_since_a_folder(check: Check, tmp_path: Path) -> None:
    check(rules=("line: boats",))
    shutil.copytree(tmp_path / "rules", tmp_path / "old")
    assert check("--against", "old", rules=("line: boats, label: share",))[0] == 1
    assert check("--against", ".")[0] == 0


@needs_git
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", r"nowhere: is neither a folder nor a revision that holds rules/.*; name a folder, a branch"),
        ("before", r"before: is neither a folder nor a revision that holds rules/"),
        (
            "broken",
            r"broken: its rules have faults \(the first: a\.yaml:2:\d+ x/rule: .*\); name a revision whose rules are",
        ),
    ],
)
def test_a_revision_that_cannot_be_used_is_reported(
    check: Check, git: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "README").write_text("no rules yet")
    commit(git, "before")
    check(rules=("line: boats, label: adz",))
    commit(git, "broken")
    code, said, remarked = check("--against", name, rules=("line: boats",))
    assert (code, said) == (2, "")
    with pytest.raises(CleanerError, match=message) as caught:
        pack_at(name, Path("rules"))
    assert remarked == f"cleaner: {caught.value}\n"
    assert capsys.readouterr().out == ""


@needs_git
def test_revisions_are_found_from_within_a_hook(
    check: Check, git: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a linked working tree, git gives its hooks the repository in GIT_DIR, and no longer looks for it."""
    (tmp_path / "other.yaml").write_text("no: rules")
    (tmp_path / "rules" / "notes.txt").write_text("no: rules")
    check(rules=("line: boats",))
    commit(git, "one")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / ".git" / "index"))
    assert check("--against", "HEAD")[0] == 0


def test_a_folder_that_is_missing_or_in_no_repository_is_reported(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(CleanerError, match=r"nowhere: no such folder; name one with --rules"):
        pack_at("HEAD", Path("nowhere"))
    if shutil.which("git"):
        code, _, remarked = check("--against", "HEAD", rules=("line: boats",))
        assert (code, remarked) == (2, "cleaner: rules: is not in a git repository; name two rule folders to compare\n")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CleanerError, match=r"HEAD: git is not installed; compare two folders instead"):
        pack_at("HEAD", Path("rules"))
