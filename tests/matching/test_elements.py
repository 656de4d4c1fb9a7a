"""The kind `element`: how elements are written, and which lines are meant."""

from __future__ import annotations

import pytest

from cleaner.authoring.examples import outcomes
from cleaner.errors import RulesError
from cleaner.matching.compiled_rule import Selector
from cleaner.model.document import Block
from cleaner.rules.load import parse_pack

LINE = Block(tag="li", inside=("main", "aside", "ul"), names=("related", "posts", "list"))


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("li", True),
        ("aside", True),
        ("nav", False),
        (".related", True),
        (".posts-related", True),
        (".related-links", False),
        ("aside.related", True),
        ("nav.related", False),
        ("aside:not(article)", True),
        ("aside:not(article):not(main)", False),
    ],
)
def test_an_element_is_a_tag_and_names(written: str, holds: bool) -> None:
    assert Selector.read(written).holds(LINE) is holds


RULE = """
rules:
  - id: html/related
    label: related
    why: a list of links
    {key}
    removes: "<aside.related li a> Ferry sold"
    keeps: Ferry sold
"""


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("element: '#main'", "no element: '#main'"),
        ("element: [nav, aside > p]", "no element: 'aside > p'"),
        ("element: Nav", "no element: 'Nav'"),
        ("line: ferry sold\n    takes: captions", "`takes` belongs to `element` rules"),
    ],
)
def test_a_wrong_element_is_reported(key: str, message: str) -> None:
    with pytest.raises(RulesError, match="html/related") as error:
        parse_pack({"a.yaml": RULE.replace("{key}", key)})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("key", "passed"),
    [
        ("element: aside", True),
        ("element: .related\n    where: {min_links: 0.5, tag: li}", True),
        ("line: ferry sold\n    where: {inside: aside}", True),
        ("line: ferry sold", False),
        ("element: nav", False),
        ("element: aside\n    where: {names: popular}", False),
    ],
)
def test_an_example_states_its_elements(key: str, passed: bool) -> None:
    pack = parse_pack({"a.yaml": RULE.replace("{key}", key)})
    assert all(outcome.passed for outcome in outcomes(pack.rules[0], pack)) is passed
