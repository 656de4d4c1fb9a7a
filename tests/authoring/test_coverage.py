"""Every language has rules for the kinds of boilerplate that all news sites have."""

from __future__ import annotations

import pytest

from cleaner.api import default_program
from cleaner.authoring.coverage import KINDS, coverage, coverage_table
from cleaner.model.rule import Rule
from cleaner.rules.load import make_pack

EVERYWHERE = (
    "read also, related",
    "newsletter, subscribe",
    "paywall",
    "share",
    "comments",
    "copyright, disclaimer",
    "date line",
    "caption, credit",
)
"""Kinds that no language may lack."""


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_every_language_has_the_common_kinds(kind: str) -> None:
    counts = coverage(default_program().pack)
    languages = {language for of in counts.values() for language in of} - {"all"}
    assert {language for language in languages if not counts[kind][language]} == set()


def test_topics_belong_to_one_kind() -> None:
    topics = [topic for those in KINDS.values() for topic in those]
    assert len(topics) == len(set(topics))


def test_rules_are_counted_by_topic_and_language() -> None:
    def rule(name: str, language: tuple[str, ...] = (), site: tuple[str, ...] = ()) -> Rule:
        return Rule(id=name, label="ad", why="w", line=("x",), language=language, site=site)

    rules = [rule("ads/a"), rule("fr/ad/b", ("fr", "de")), rule("ads/c", ("de",)), rule("ads/d", site=("a.example",))]
    counts = coverage(make_pack(rules, {}))
    assert dict(counts["ad"]) == {"all": 1, "fr": 1, "de": 2}
    assert "| ad | 1 | 2 | 1 |\n" in coverage_table(make_pack(rules, {}))
