"""What `cleaner rules check` finds: faults of one rule, doubts about rules together."""

from __future__ import annotations

import pytest

from cleaner.authoring.lint import lint
from cleaner.errors import RulesError
from cleaner.model.rule import RulePack
from cleaner.rules.load import parse_pack
from support.short import entry, pack

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
        ("line_breaks: tags, where: {first: true}", "kind", "belong to rules that look at lines", "for a whole text"),
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
    found_faults = [message for code, message, _ in faults(rule) if code == "pattern"]
    assert sorted(message.split("'")[1] for message in found_faults) == wrong


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("label: ad\x00\n", id="binary"),
        pytest.param("label: ad\n".encode("utf-16").decode("utf-8", "replace"), id="UTF-16"),
        pytest.param("rules: &all [*all]\n", id="a list that holds itself"),
        pytest.param(f"rules: {'[' * 30_000}{']' * 30_000}", id="lists in lists"),
        pytest.param("- " * 30_000, id="lists in lists, on one line"),
        pytest.param(f"rules: {'{a: ' * 30_000}", id="mappings without an end"),
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


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (r"pattern: 'Boats? (?:on|in) .+', literals: [boat]", True),
        (r"pattern: 'Boats? (?:on|in) .+', literals: [boats on, boat in, boats in, boat on]", True),  # found by itself
        (r"pattern: '(?:The|An?|Our) .{3,9}', literals: [the boat, a boat, our boat]", False),
        (r"pattern: '\p{Lu}+ \p{Lu}+', literals: [boat]", False),
    ],
)
def test_literals_that_are_not_needed(rule: str, found: bool) -> None:
    assert [code for _, code, _ in findings(pack(rule))] == ["idle-literals"] * found


@pytest.mark.parametrize(("pattern", "found"), [("Boats? .+", True), ("[^A-Z]+", False)])
def test_a_pattern_that_need_not_run_everywhere(pattern: str, found: bool) -> None:
    idle = findings(pack(f"pattern: '{pattern}', everywhere: nothing else is sure"))
    assert [code for _, code, _ in idle] == ["idle-everywhere"] * found


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
    found_faults = [each for each in findings(pack(rule, WIDE)) if each[:2] == ("x/rule", "taken-first")]
    message = "its example 'Boats in' is removed by x/wide (ad) first"
    assert found_faults == ([("x/rule", "taken-first", message)] if found else [])


def test_a_match_over_its_budget_gives_way_to_no_rule() -> None:
    findings(pack("pattern: 'Boats.*', budget: {words: 2}, removes: ['Boats in blue and red']"))


@pytest.mark.parametrize(
    ("place", "wide", "found"),
    [
        ("", "zone: [tail]", False),  # amid prose it is this rule's
        ("zone: [tail]", "zone: [head, tail]", True),
        ("zone: [head, tail]", "zone: [tail]", False),
        ("labelled_lines: 0", "", True),
        ("", "labelled_lines: 0", False),
        ("labelled_lines: 0", "labelled_lines: 0", True),
        ("", "max_words: 9", True),  # it speaks of the line, and the example is such a line
    ],
)
def test_an_example_is_taken_where_the_other_rule_leaves_no_place(place: str, wide: str, found: bool) -> None:
    rule = f"inline: 'Boats', label: share, removes: [Boats in], where: {{{place}}}"
    found_faults = findings(pack(rule, f"{WIDE}, where: {{{wide}}}"))
    assert [each[:2] for each in found_faults] == ([("x/rule", "taken-first")] if found else [])


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
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", where: {zone: [tail]}", False),
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", status: experimental", False),
        ("line: [boats, boats in], removes: [Boats, Boats in]", ", action: allow", False),
        ('line: [boats], removes: ["...\\n⟦Boats⟧\\nNets\\n⟦Boats⟧", Boats]', ", where: {first: true}", False),
    ],
)
def test_a_rule_that_another_covers(rule: str, wide: str, found: bool) -> None:
    found_faults = [each for each in findings(pack(rule, WIDE + wide)) if each[1] == "covered"]
    assert found_faults == (
        [("x/rule", "covered", "x/wide removes all its examples, and is as wide in scope")] if found else []
    )


def test_a_rule_that_takes_a_part_of_each_covers_nothing() -> None:
    long = "pattern: 'Boats (?:in|out)', removes: [Boats in, Boats out]"
    assert findings(pack(long, "id: x/part, inline: 'Boats', removes: [Boats on]")) == []


def test_findings_stand_in_order_of_place_and_say_how_bad_they_are() -> None:
    texts = {
        "b.yaml": "rules:\n" + entry("id: x/b, line: boats, language: xx") + entry(f"{WIDE}, site: lantern.newz"),
        "a.yaml": "rules:\n" + entry("id: x/z, inline: boats, removes: [Boats in]")
        + entry(r"id: x/c, inline: 'é\bBoats'"),
    }  # fmt: skip
    found_faults = [(found.path, found.line, found.code, found.severity) for found in lint(parse_pack(texts))]
    assert found_faults == [
        ("a.yaml", 3, "ascii-boundary", "warning"),
        ("b.yaml", 2, "no-such-language", "error"),
        ("b.yaml", 3, "no-such-host", "error"),
    ]
