"""The schema of rule files: fresh, and of one mind with the loader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cleaner.authoring.schema import FILE, dump, rule_schema
from cleaner.errors import RulesError
from cleaner.model import rule as rule_types
from cleaner.model.rule import Rule
from cleaner.rules.load import parse_pack
from cleaner.rules.validate import rule_faults

RULES = Path(__file__).parent.parent.parent / "rules"

Faults = Callable[[str], list[str]]


class Yaml12(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as editors read it (version 1.2's core schema): `no` is a word, not a falsehood."""

    yaml_implicit_resolvers: ClassVar[Any] = {}


for tag, form, first in (
    ("bool", "true|false", "tf"),
    ("int", "[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{form})$"), list(first))


@pytest.fixture(scope="module")
def faults() -> Faults:
    """What an editor would underline in a rule file."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is in the dev group: pip install --group dev")
    validator = jsonschema.Draft202012Validator(rule_schema())

    def messages_of(text: str) -> list[str]:
        data = yaml.load(text, Yaml12)
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(data)]

    return messages_of


def test_the_written_schema_is_fresh() -> None:
    assert (RULES / FILE).read_text("utf-8") == dump(), "the types have changed: run `make docs`"


def test_it_is_a_schema() -> None:
    pytest.importorskip("jsonschema").Draft202012Validator.check_schema(rule_schema())


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.yaml")), ids=lambda path: path.relative_to(RULES).as_posix())
def test_every_rule_file_fits(path: Path, faults: Faults) -> None:
    assert faults(path.read_text("utf-8")) == []


def test_every_field_that_a_file_may_write_is_described() -> None:
    definitions = rule_schema()["$defs"]
    for name, definition in definitions.items():
        shape = getattr(rule_types, name)
        assert definition["properties"].keys() == {f.name for f in fields(shape)} - {"origin"}
        assert definition["additionalProperties"] is False
    described = {key for key, each in definitions["Rule"]["properties"].items() if each.get("description")}
    assert described == {f.name for f in fields(Rule)} - {"origin"}


GOOD = {
    "single values": "{id: a/b, why: x, line: ad, language: no, site: ~example.com, removes: ad, keeps: 2024}",
    "lists": "{id: a/b, why: x, line: [ad, 12], language: [en, de], removes: [ad, 12], keeps: [add]}",
    "an example with metadata": "{id: a/b, why: x, pattern: 'By (?P<authors>.+)', "
    "removes: [{text: By Anna, gives: {authors: [Anna]}}], keeps: By}",
    "a neighbour": "{id: a/b, why: x, neighbour: {above: caption}, where: {zone: head, max_words: 15}, "
    "removes: x, keeps: y}",
    "a filter": "{id: a/b, why: x, document: {fact: words, min: 1}, removes: '', keeps: Rain.}",
    "a mark needs no removes": "{id: a/b, why: x, line: share, action: mark, keeps: Share it.}",
    "constants": "{id: a/b, why: x, line: premium, set: {paywalled: true}, removes: premium, keeps: Premiums}",
    "a deprecated rule needs no examples": "{id: a/b, why: x, line: ad, status: deprecated}",
}


@pytest.mark.parametrize("rule", GOOD.values(), ids=GOOD.keys())
def test_what_the_loader_takes_fits(rule: str, faults: Faults) -> None:
    text = f"label: ad\nrules:\n  - {rule}\n"
    parse_pack({"a.yaml": text})
    assert faults(text) == []


BAD = {
    "unknown key": "label: ad\nrules: [{id: a/b, why: x, lne: ad, removes: ad, keeps: add}]",
    "unknown file key": "lable: ad\nrules: [{id: a/b, label: ad, why: x, line: ad, removes: ad, keeps: add}]",
    "no label": "rules: [{id: a/b, why: x, line: ad, removes: ad, keeps: add}]",
    "no such label": "label: advert\nrules: [{id: a/b, why: x, line: ad, removes: ad, keeps: add}]",
    "no why": "label: ad\nrules: [{id: a/b, line: ad, removes: ad, keeps: add}]",
    "no kind": "label: ad\nrules: [{id: a/b, why: x, removes: ad, keeps: add}]",
    "two kinds": "label: ad\nrules: [{id: a/b, why: x, line: ad, pattern: advert, removes: ad, keeps: add}]",
    "no keeps": "label: ad\nrules: [{id: a/b, why: x, line: ad, removes: ad}]",
    "no removes": "label: ad\nrules: [{id: a/b, why: x, line: ad, keeps: add}]",
    "no text in an example": "label: ad\nrules: [{id: a/b, why: x, line: ad, removes: [{gives: {}}], keeps: add}]",
    "bad id": "label: ad\nrules: [{id: B, why: x, line: ad, removes: ad, keeps: add}]",
    "bad language": "label: ad\nlanguage: english\nrules: [{id: a/b, why: x, line: ad, removes: ad, keeps: add}]",
    "bad host": "label: ad\nsite: here\nrules: [{id: a/b, why: x, line: ad, removes: ad, keeps: add}]",
    "bad zone": "label: ad\nrules: [{id: a/b, why: x, line: ad, where: {zone: foot}, removes: ad, keeps: add}]",
    "bad field": "label: ad\nrules: [{id: a/b, why: x, line: ad, set: {autor: x}, removes: ad, keeps: add}]",
    "bad number": "label: ad\nrules: [{id: a/b, why: x, line: ad, where: {max_words: few}, removes: ad, keeps: add}]",
    "a list is a list": "lists: {months: May}",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_the_loader_refuses_does_not_fit(text: str, faults: Faults) -> None:
    with pytest.raises(RulesError):
        parse_pack({"a.yaml": text})
    assert faults(text)


def _forms() -> Iterator[tuple[str, str, str]]:
    shown = rule_schema()["$defs"]["Rule"]["properties"]
    yield "id", "bad-id", shown["id"]["pattern"]
    yield "language", "language", shown["language"]["anyOf"][0]["pattern"]
    yield "site", "host", shown["site"]["anyOf"][0]["pattern"]


@pytest.mark.parametrize(("field", "code", "pattern"), list(_forms()))
@given(text=st.text("ab0/-.~_ Aé", max_size=12))
def test_ids_languages_and_hosts_have_the_form_that_the_loader_asks_for(
    field: str, code: str, pattern: str, text: str
) -> None:
    written: Any = text if field == "id" else (text,)
    rule = Rule(**{"id": "a/b", "label": "ad", "why": "x", "line": ("ad",), field: written})
    refused = code in {fault for fault, _, _ in rule_faults(rule, {})}
    assert (re.search(pattern, text) is None) == refused
