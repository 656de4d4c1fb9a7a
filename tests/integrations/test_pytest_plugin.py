"""The plugin in somebody else's repository: one line of configuration, and their rules are tested."""

from __future__ import annotations

import pytest

RULES = """\
label: ad
rules:
  - id: ads/marker
    why: a marker
    line: advertisement
    removes: [Advertisement, "ADVERTISEMENT:"]
    keeps: [Advertisement spending fell.]
"""
PROSE = "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm had come by."


@pytest.fixture
def repository(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\ncleaner_rules = rules\ntestpaths = tests\n")
    pytester.mkdir("rules")
    (pytester.path / "rules" / "ads.yaml").write_text(RULES)
    (pytester.mkdir("raw") / "a.txt").write_text(f"{PROSE}\n\nAdvertisement\n\n{PROSE}\n")
    tests = pytester.mkdir("tests")
    (tests / "test_their_golden.py").write_text("def test_golden(golden_corpus):\n    golden_corpus('raw', 'golden')\n")
    return pytester


def test_examples_are_tests_named_by_rule_and_example(repository: pytest.Pytester) -> None:
    result = repository.runpytest_subprocess("--update-golden", "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*ads.yaml::ads/marker:removes:1 PASSED*", "*ads.yaml::ads/marker:keeps:0 PASSED*"])


def test_a_failing_example_shows_expected_against_got(repository: pytest.Pytester) -> None:
    (repository.path / "rules" / "ads.yaml").write_text(RULES.replace("spending fell.", ""))
    result = repository.runpytest_subprocess("rules")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["wanted:", "Advertisement", "got:", "⟦Advertisement⟧"])


def test_faults_are_reported_in_their_file(repository: pytest.Pytester) -> None:
    (repository.path / "rules" / "ads.yaml").write_text(RULES.replace("line:", "lne:"))
    result = repository.runpytest_subprocess("rules")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ads.yaml:5:5 ads/marker: unknown key 'lne'; did you mean 'line'?*"])


def test_a_rule_change_fails_the_golden_test_with_its_picture(repository: pytest.Pytester) -> None:
    repository.runpytest_subprocess("--update-golden").assert_outcomes(passed=4)
    repository.runpytest_subprocess().assert_outcomes(passed=4)
    (repository.path / "rules" / "ads.yaml").write_text(
        RULES.replace("line: advertisement", "pattern: '(?i)(?:advertisement|the lamps).*'").replace(
            "keeps: [Advertisement spending fell.]", "keeps: [Rain.]"
        )
    )
    result = repository.runpytest_subprocess("tests")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["1 of 1 document changes*", "── a.txt*", "  - The lamps*now ad · ads/marker", "*--update-golden.*"]
    )
    assert "The lamps" in (repository.path / "golden" / "a.txt.golden").read_text()


def test_rule_diff_compares_packs(repository: pytest.Pytester) -> None:
    old = repository.mkdir("old")
    (old / "ads.yaml").write_text(RULES.replace("line: advertisement", "line: sponsored"))
    (repository.path / "tests" / "test_their_diff.py").write_text(
        "def test_diff(rule_diff):\n    diff = rule_diff(old='old', new='rules')\n"
        "    assert diff.figures['removed_words'] == 1\n"
    )
    repository.runpytest_subprocess("tests/test_their_diff.py").assert_outcomes(passed=1)
