"""What `cleaner rules check` finds: faults of one rule, doubts about rules together, and how they are told."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cleaner.cli import run
from cleaner.errors import CleanerError, RuleFault, RulesError
from cleaner.lint import lint
from cleaner.model import RulePack
from cleaner.revisions import pack_at
from cleaner.rulefiles import parse_pack
from cleaner.sarif import sarif


def entry(rule: str) -> str:
    """A rule in short, `id: x/a, ...`; what it leaves out is added."""
    usual = {"id": "x/rule", "label": "ad", "why": "w", "removes": "[Boats]", "keeps": "[k]"}
    added = "".join(f"{key}: {value}, " for key, value in usual.items() if f"{key}:" not in rule)
    return f"  - {{{added}{rule}}}\n"


def pack(*rules: str, lists: str = "{}") -> RulePack:
    return parse_pack({"a.yaml": f"lists: {lists}\nrules:\n" + "".join(map(entry, rules))})


# Faults: a pack that has one does not load


def faults(*rules: str, lists: str = "{}") -> list[tuple[str, str, str]]:
    with pytest.raises(RulesError) as caught:
        pack(*rules, lists=lists)
    return [(fault.code, fault.message, fault.hint) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("rule", "code", "message", "hint"),
    [
        ("line: x, id: rule", "bad-id", "an id is `topic/slug`", "such as `ads/story-continues`"),
        ("line: x, id: x/_rule", "bad-id", "an id is `topic/slug`", "such as"),
        ("line: x, why: ' '", "no-why", "`why` is empty", "say in one line"),
        ("line: x, status: deprecated, replaced_by: x/b", "no-successor", "names no rule: x/b", "name a rule of this"),
        ("line: []", "kind", "this one has none", "split it, or write"),
        ("line: x, headline: true, label: title", "kind", "has line and headline", "split it"),
        ("line: x, replace: y", "kind", "`replace` belongs to `inline` rules", "write `inline:`"),
        ("layout: tags, where: {first: true}", "kind", "belong to rules that look at lines", "for a whole text"),
        ("headline: true", "kind", "a headline has the label `title`", "write `label: title`"),
        ("line: x, removes: []", "no-example", "`removes` is empty", "at least one text that it removes"),
        ("line: x, keeps: []", "no-example", "`keeps` is empty", "at least one text that it must not touch"),
        ("line: x, action: allow, keeps: []", "no-example", "`keeps` is empty", "must not touch"),
        ("pattern: 'Boats ('", "pattern", "'Boats ('", ""),
        ("inline: 'Boats (?=x)'", "pattern", "no look-around", ""),
        ("pattern: 'Boats {nets}'", "pattern", "no list is named 'nets'", ""),
        ("pattern: 'Boats.+', unless: ['{nets}']", "pattern", "no list is named 'nets'", ""),
        ("join: {after: 'U[.]S[.]', before: '(x'}", "pattern", "missing )", ""),
        ("inline: 'Boats (?P<crew>.+)'", "unknown-field", "'crew' names no metadata field", "`FieldName`"),
        ("inline: '[a-z]+'", "no-literal", "no literal to look the pattern up by", "`everywhere:`"),
        ("pattern: 'ab'", None, "", ""),  # with the line's start and end it is rare enough
        ("inline: 'ab'", "no-literal", "no literal", "`literals:`"),
        ("inline: 'ab', literals: [ab]", None, "", ""),
        ("inline: 'ab', everywhere: for a reason", None, "", ""),
        ("inline: '{nets}'", "no-literal", "no literal", "`literals:`"),  # one of the list is too short
        ("inline: '{boats}'", None, "", ""),
        ("join: {after: '.', before: 'U'}", "no-literal", "no literal", "`literals:`"),
        ("line: x, language: EN", "language", "no language code: 'EN'", "ISO 639-1"),
        ("line: x, language: de-DE", "language", "no language code: 'de-DE'", "ISO 639-1"),
        ("line: x, site: 'https://example.com'", "host", "no host: 'https://example.com'", "write `example.com`"),
        ("line: x, site: Example.com", "host", "no host: 'Example.com'", "write"),
        ("line: x, site: '*.example.com'", "host", "no host", "`.example.com`"),
        ("line: x, site: ['~.example.com', .example.com, example.com]", None, "", ""),
        ("line: x, allows: [ad]", "allows", "`allows` belongs to `action: allow`", ""),
        ("line: x, action: allow, allows: [adz]", "allows", "'adz' is neither a rule nor a label", "name a rule id"),
        ("line: x, action: allow, allows: [share, x/rule]", None, "", ""),
    ],
)
def test_a_fault_of_a_rule(rule: str, code: str | None, message: str, hint: str) -> None:
    lists = "{boats: [Skylark, Heron], nets: [Seine, ab]}" if code != "pattern" else "{}"
    if code is None:
        assert len(pack(rule, lists=lists).rules) == 1
        return
    found = [fault for fault in faults(rule, lists=lists) if fault[0] == code]
    assert len(found) == 1
    assert message in found[0][1]
    assert hint in found[0][2]


def test_a_deprecated_rule_needs_no_examples_and_may_point_on() -> None:
    old = "id: x/old, line: x, status: deprecated, replaced_by: x/new, removes: [], keeps: []"
    assert len(pack(old, "id: x/new, line: x").rules) == 2


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("line: ['Boats', '***']", id="a phrase of marks"),
        pytest.param("line: ['']", id="an empty phrase"),
        pytest.param("pattern: ''", id="an empty pattern"),
        pytest.param("inline: ''", id="an empty inline pattern"),
    ],
)
def test_a_rule_looks_for_something(rule: str) -> None:
    assert faults(rule)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("pattern: 'Boats .+', unless: ['(?=x)']", ["(?=x)"]),
        ("pattern: 'Boats (?=a)', unless: ['(?=x)', '(?=y)']", ["(?=x)", "(?=y)", "Boats (?=a)"]),
        ("join: {after: 'U[.]S[.]', before: '(?=x)'}", ["(?=x)"]),
    ],
)
def test_each_wrong_pattern_is_named(rule: str, wrong: list[str]) -> None:
    told = [message for code, message, _ in faults(rule) if code == "pattern"]
    assert sorted(message.split("'")[1] for message in told) == wrong


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("label: ad\x00\n", id="binary"),
        pytest.param("label: ad\n".encode("utf-16").decode("utf-8", "replace"), id="UTF-16"),
        pytest.param("rules: &all [*all]\n", id="a list that holds itself"),
    ],
)
def test_a_file_that_is_no_yaml_is_a_fault_too(text: str) -> None:
    with pytest.raises(RulesError, match=r"a\.yaml:1"):
        parse_pack({"a.yaml": text})


# Findings: a pack that loads may still hold what is doubtful


def findings(now: RulePack, before: RulePack | None = None) -> list[tuple[str, str, str]]:
    return [(found.rule, found.code, found.message) for found in lint(now, before)]


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("language: [en, no, zh]", None),
        ("language: xx", "no-such-language"),
        ("language: eng", "no-such-language"),
        ("site: news.gov.uk", None),
        ("site: [.example.com, ~example.org, a.test, lantern.example]", None),
        ("site: lantern.newz", "no-such-host"),
        ("site: co.uk", "no-such-host"),  # below which hosts are registered, and none itself
        ("site: ~.lantern.newz", "no-such-host"),
    ],
)
def test_a_name_of_nothing(scope: str, code: str | None) -> None:
    assert [found[1] for found in findings(pack(f"line: boats, {scope}"))] == ([code] if code else [])


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (r"inline: 'Café\b.*'", True),
        (r"inline: '\bÜber Boote'", True),
        (r"pattern: 'Boats .+', unless: ['\bÜber']", True),
        (r"inline: '\bBoats\b, cafés'", False),
        (r"inline: 'Café boats\b'", False),
    ],
)
def test_a_word_boundary_beside_a_letter_that_has_none(rule: str, found: bool) -> None:
    assert [code for _, code, _ in findings(pack(rule))] == ["ascii-boundary"] * found


def test_a_deprecated_rule_points_to_one_in_use() -> None:
    old = "id: x/old, line: boats, status: deprecated"
    assert findings(pack(old)) == [("x/old", "no-successor", "deprecated, and points to no successor")]
    chain = pack(f"{old}, replaced_by: x/older", "id: x/older, line: b, status: deprecated, replaced_by: x/new",
                 "id: x/new, line: boats")  # fmt: skip
    assert findings(chain) == [("x/old", "no-successor", "its successor x/older is deprecated, too")]


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        ("line: boats", None),
        ("line: [boats, ships], why: another reason", None),
        ("line: boats, label: share", "the id had the label 'ad' before, and has 'share' now"),
        ("pattern: 'Boats'", None),  # another kind for the same examples
        ("line: ships, removes: [Ships]", None),  # other examples of the same kind
        ("pattern: 'Ships .+', removes: [Ships in]", "the id was a line rule with quite other examples before"),
        ("id: x/other, line: ships, label: share, removes: [Ships]", None),
    ],
)
def test_an_id_keeps_its_meaning(now: str, changed: str | None) -> None:
    found = findings(pack(now), pack("line: boats"))
    assert found == ([("x/rule", "changed-meaning", changed)] if changed else [])
    assert findings(pack(now)) == []


WIDE = "id: x/wide, pattern: 'Boats.*', removes: [Boats and nets]"


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("line: boats, label: share, language: [de]", False),  # the narrower wins
        ("pattern: 'Boats.?', label: share, removes: [Boats]", False),  # the id wins
        ("inline: 'Boats', label: share, removes: [Boats in]", True),  # the longer wins
        ("inline: 'Boats', removes: [Boats in]", False),  # of the same label: no harm
        ("inline: 'Boats', label: share, status: experimental, removes: [Boats in]", False),
        ("inline: 'Boats', label: share, important: true, removes: [Boats in]", False),
        ("inline: 'Boats', label: share, action: mark, removes: [Boats in]", False),
    ],
)
def test_an_example_that_another_rule_takes_first(rule: str, found: bool) -> None:
    told = [each for each in findings(pack(rule, WIDE)) if each[:2] == ("x/rule", "taken-first")]
    message = "its example 'Boats in' is removed by x/wide (ad) first"
    assert told == ([("x/rule", "taken-first", message)] if found else [])


@pytest.mark.parametrize(
    ("rule", "wide", "found"),
    [
        ("inline: 'Boats', removes: [Boats in, Boats out]", "", True),
        ("line: [boats, boats in], removes: [Boats, Boats in]", "", True),  # this one wins by its id: no less covered
        ("line: [boats, boats in], language: [de], removes: [Boats, Boats in]", "", True),  # and by its scope
        ("line: [boats], removes: [Boats]", "", False),  # of one example nothing follows
        ("line: [boats, ships], removes: [Boats, Ships]", "", False),  # it has something of its own
        ("line: [boats, boats in], removes: [Boats, Boats in], label: share", "", False),
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", language: [de]", False),  # that one is narrower
        ("line: [boats, boats in], language: [de], removes: [Boats, Boats in]", ", language: [de, en]", True),
        ("line: [boats, boats in], language: [de], removes: [Boats, Boats in]", ", language: [de]", True),
        ("line: [boats, boats in], language: [de, fr], removes: [Boats, Boats in]", ", language: [de, en]", False),
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", site: [example.com]", False),
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", status: experimental", False),
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", action: allow", False),
        ('line: [boats], removes: ["...\\n⟦Boats⟧\\nNets\\n⟦Boats⟧", Boats]', ", where: {first: true}", False),
    ],
)
def test_a_rule_that_another_covers(rule: str, wide: str, found: bool) -> None:
    told = [each for each in findings(pack(rule, WIDE + wide)) if each[1] == "covered"]
    assert told == (
        [("x/rule", "covered", "x/wide removes all its examples, and is as wide in scope")] if found else []
    )


def test_a_rule_that_takes_a_part_of_each_covers_nothing() -> None:
    long = "pattern: 'Boats (?:in|out)', removes: [Boats in, Boats out]"
    assert findings(pack(long, "id: x/part, inline: 'Boats', removes: [Boats on]")) == []


def test_findings_stand_in_order_of_place_and_say_how_bad_they_are() -> None:
    texts = {
        "b.yaml": "rules:\n" + entry("id: x/b, line: boats, language: xx") + entry(f"{WIDE}, site: lantern.newz"),
        "a.yaml": "rules:\n" + entry("id: x/z, inline: boats, everywhere: w, removes: [Boats in]")
        + entry(r"id: x/c, inline: 'é\bBoats'"),
    }  # fmt: skip
    told = [(found.path, found.line, found.code, found.severity) for found in lint(parse_pack(texts))]
    assert told == [
        ("a.yaml", 3, "ascii-boundary", "warning"),
        ("b.yaml", 2, "no-such-language", "error"),
        ("b.yaml", 3, "no-such-host", "error"),
    ]


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


def test_sarif_tells_place_level_and_message() -> None:
    told = (
        RuleFault(path="my rules/a#1.yaml", line=4, column=5, rule="a/b", message="unknown", hint="mend", code="key"),
        RuleFault(path="b.yaml", line=1, column=1, rule="", message="no YAML", code="yaml", severity="warning"),
    )
    first, second = sarif_checked(sarif(told, "1.0"))
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


DOUBTFUL = ("inline: 'Boats', label: share, removes: [Boats in]", WIDE)


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
    ("name", "told"),
    [
        ("nowhere", r"nowhere: is neither a folder nor a revision that holds rules/.*; name a folder, a branch"),
        ("before", r"before: is neither a folder nor a revision that holds rules/"),
        (
            "broken",
            r"broken: its rules have faults \(the first: a\.yaml:2:\d+ x/rule: .*\); name a revision whose rules are",
        ),
    ],
)
def test_a_revision_that_cannot_be_used_is_told(
    check: Check, git: Callable[..., None], capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, told: str
) -> None:
    (tmp_path / "README").write_text("no rules yet")
    commit(git, "before")
    check(rules=("line: boats, label: adz",))
    commit(git, "broken")
    code, said, remarked = check("--against", name, rules=("line: boats",))
    assert (code, said) == (2, "")
    with pytest.raises(CleanerError, match=told) as caught:
        pack_at(name, Path("rules"))
    assert remarked == f"cleaner: {caught.value}\n"
    assert capsys.readouterr().out == ""


@needs_git
def test_revisions_are_found_from_within_a_hook(
    check: Check, git: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a linked working tree, git tells its hooks the repository by GIT_DIR, and no longer looks for it."""
    (tmp_path / "other.yaml").write_text("no: rules")
    (tmp_path / "rules" / "notes.txt").write_text("no: rules")
    check(rules=("line: boats",))
    commit(git, "one")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / ".git" / "index"))
    assert check("--against", "HEAD")[0] == 0


def test_a_folder_that_is_not_there_or_in_no_repository_is_told(
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
