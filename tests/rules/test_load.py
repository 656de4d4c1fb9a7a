"""Rule files: all faults at once, each with its place and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.errors import RuleFault, RulesError
from cleaner.rules.load import load_pack, parse_pack

GOOD = """\
label: ad
language: en
rules:
  - id: ads/marker
    why: a marker
    line: advertisement
    removes: Advertisement
    keeps: Advertisement spending fell.
"""


def faults(text: str, **more: str) -> list[RuleFault]:
    with pytest.raises(RulesError) as caught:
        parse_pack({"en/ads.yaml": text, **more})
    return list(caught.value.faults)


def test_single_values_stand_for_lists() -> None:
    (rule,) = parse_pack({"en/ads.yaml": GOOD}).rules
    assert rule.line == ("advertisement",)
    assert rule.language == ("en",)
    assert rule.removes[0].text == "Advertisement"
    assert (rule.origin.path, rule.origin.line) == ("en/ads.yaml", 4)


def test_norwegian_is_a_language() -> None:
    (rule,) = parse_pack({"no/ads.yaml": GOOD.replace("language: en", "language: no")}).rules
    assert rule.language == ("no",)


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "hint"),
    [
        ("line:", "lne:", (6, 5), "unknown key 'lne'", "did you mean 'line'?"),
        ("label: ad", "label: adz", (4, 5), "label: input should be", "did you mean 'ad'?"),
        ("language: en", "language: english", (4, 5), "no language code", "ISO 639-1"),
        ("line: advertisement", "pattern: '.+ [A-Z]+'", (4, 5), "no literal", "everywhere"),
        ("line: advertisement", "pattern: '(?=x)y.+'", (4, 5), "no look-around", ""),
        ("line: advertisement", "pattern: 'By (?P<writer>.+)'", (4, 5), "group 'writer'", "FieldName"),
        ("line: advertisement", "pattern: 'from {wires}.+'", (4, 5), "no list is named 'wires'", ""),
        ("    line: advertisement\n", "", (4, 5), "exactly one kind", "split it"),
        ("line: advertisement", "line: advertisement\n    inline: sponsored", (4, 5), "exactly one kind", "split it"),
        ("    why: a marker\n", "", (4, 5), "no 'why'", "every rule has `why:`"),
        ("    keeps: Advertisement spending fell.\n", "", (4, 5), "`keeps` is empty", "must not touch"),
        ("id: ads/marker", "id: Marker", (4, 5), "topic/slug", "such as"),
        ("line: advertisement", "line: advertisement\n    where: {zone: tai}", (7, 13), "where.zone.0", "'tail'"),
        ("line: advertisement", "line: advertisement\n    where: {max_word: 3}", (7, 13), "unknown key", "'max_words'"),
        ("line: advertisement", "line: advertisement\n    why: again", (7, 5), "is there twice", "keep one"),
        ("label: ad", "labl: ad", (1, 1), "unknown key 'labl'", "'label'"),
        ("removes: Advertisement", "removes: [{txt: x}]", (7, 16), "unknown key 'txt'", "'text'"),
    ],
)  # fmt: skip
def test_a_fault_names_place_cause_and_next_step(
    old: str, new: str, place: tuple[int, int], message: str, hint: str
) -> None:
    found = [f for f in faults(GOOD.replace(old, new)) if message in f.message]
    assert found, faults(GOOD.replace(old, new))
    assert (found[0].line, found[0].column) == place
    assert hint in found[0].hint


def test_all_faults_are_reported_at_once_in_order_of_place() -> None:
    text = GOOD.replace("line:", "lne:") + GOOD.split("rules:\n")[1].replace("why:", "wyh:")
    found = faults(text, **{"a.yaml": "rules: [", "b.yaml": "- x"})
    assert [f.path for f in found] == sorted(f.path for f in found)
    assert {f.path for f in found} == {"a.yaml", "b.yaml", "en/ads.yaml"}
    assert {f.line for f in found if f.path == "en/ads.yaml"} >= {6, 10}


def test_an_id_is_never_used_twice() -> None:
    found = faults(GOOD, **{"en/more.yaml": GOOD})
    assert [f.code for f in found] == ["duplicate-id", "duplicate-id"]
    assert "en/more.yaml:4" in found[0].message


def test_lists_of_a_name_are_joined() -> None:
    pack = parse_pack({"a.yaml": "lists: {wires: [AP, AFP]}", "b.yaml": "lists: {wires: [AFP, dpa]}"})
    assert pack.lists["wires"] == ("AP", "AFP", "dpa")


def test_the_digest_is_of_what_rules_do() -> None:
    digest = parse_pack({"en/ads.yaml": GOOD}).digest
    assert parse_pack({"moved.yaml": "# a comment\n" + GOOD.replace("a marker", "another reason")}).digest == digest
    assert parse_pack({"en/ads.yaml": GOOD.replace("line: adv", "line: an adv")}).digest != digest
    assert parse_pack({"en/ads.yaml": GOOD, "l.yaml": "lists: {a: [b]}"}).digest != digest


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="no such folder"):
        load_pack(tmp_path / "none")
