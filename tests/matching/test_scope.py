"""Which documents rules and filters are for: sites, languages, and the figures of a filter."""

from __future__ import annotations

import pytest

from support.short import SHARE, SHARED, STORY, cleaned

# Scope


@pytest.mark.parametrize(
    ("site", "hosts"),
    [
        ("example.com", {"example.com", "www.example.com", "example.com:8080", "EXAMPLE.com"}),
        (".example.com", {"example.com", "www.example.com", "example.com:8080", "EXAMPLE.com", "a.example.com"}),
        ("~example.com", {"a.example.com", "notexample.com", "example.com.org", None}),
        ("~.example.com", {"notexample.com", "example.com.org", None}),
    ],
)
def test_a_rule_is_for_its_sites(site: str, hosts: set[str | None]) -> None:
    every = {"example.com", "www.example.com", "example.com:8080", "EXAMPLE.com", "a.example.com", "notexample.com",
             "example.com.org", None}  # fmt: skip
    rule = f"{SHARE}, site: ['{site}']"
    found = {host for host in every if cleaned(SHARED, rule, url=host and f"https://{host}/story").edits}
    assert found == hosts


def test_sites_are_joined_and_exceptions_taken_away() -> None:
    rule = f"{SHARE}, site: [.example.com, example.org, ~shop.example.com]"
    hosts = ("example.com", "news.example.com", "example.org", "shop.example.com", "example.net")
    found = [bool(cleaned(SHARED, rule, url=f"https://{host}/").edits) for host in hosts]
    assert found == [True, True, True, False, False]


def test_a_site_may_be_written_with_www() -> None:
    assert cleaned(SHARED, f"{SHARE}, site: [www.example.com]", url="https://www.example.com/").edits


@pytest.mark.parametrize(
    ("site", "kept"),
    [
        ("example.com", False),
        ("~example.com", True),
        ("example.org", True),
        ("~example.org", False),
    ],
)
def test_a_filter_is_for_its_sites(site: str, kept: bool) -> None:
    rule = f"id: q/short, label: quality, document: {{fact: words, min: 3}}, site: ['{site}']"
    assert cleaned("Gone.", rule, url="https://example.com/").verdict.kept is kept


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (STORY, "[en]", True),
        (STORY, "[de]", False),
        (STORY, "[de, en]", True),
        (STORY, "[]", True),
        ("12.08.\n14:30", "[de]", True),  # too short to detect: a language not known excludes nothing
    ],
)
def test_a_rule_is_for_its_languages(text: str, language: str, found: bool) -> None:
    article = cleaned(f"{text}\nShare this", f"{SHARE}, language: {language}")
    assert bool(article.edits) is found
    assert article.signals.language == ("en" if text == STORY else None)


@pytest.mark.parametrize(
    ("bounds", "figure"),
    [
        ("fact: words, min: 43", None),
        ("fact: words, min: 44", "words 43"),
        ("fact: words, max: 43", None),
        ("fact: words, max: 42", "words 43"),
        ("fact: words, min: 1, max: 42", "words 43"),
        ("fact: words, min: 44, max: 50", "words 43"),
        ("fact: words, min: 1, max: 50", None),
        ("fact: removed_share, max: 0.05", None),  # 2 of 45 words
        ("fact: removed_share, max: 0.04", "removed_share 0.0444"),
        ("fact: prose_share, min: 1", None),
    ],
)
def test_a_filter_reports_its_figure_outside_its_bounds(bounds: str, figure: str | None) -> None:
    verdict = cleaned(f"{STORY}\nShare this", SHARE, f"id: q/x, label: quality, document: {{{bounds}}}").verdict
    assert (verdict.kept, verdict.filter, verdict.figure) == (figure is None, "q/x" if figure else "", figure or "")


def test_no_filter_rejects_on_an_unknown_figure() -> None:
    rule = "id: q/x, label: quality, document: {fact: language_probability, min: 0.9}"
    assert cleaned("14:30", rule).verdict.kept


def test_the_first_filter_by_its_id_is_named_with_a_whole_figure() -> None:
    rules = [f"id: q/{n}, label: quality, document: {{fact: characters, max: 1}}" for n in "ba"]
    verdict = cleaned("rain " * 400_000, *rules).verdict
    assert (verdict.filter, verdict.figure) == ("q/a", "characters 1999999")


@pytest.mark.parametrize(("language", "kept"), [("[en]", False), ("[de]", True), ("[]", False)])
def test_a_filter_is_for_its_languages(language: str, kept: bool) -> None:
    rule = f"id: q/long, label: quality, document: {{fact: words, max: 40}}, language: {language}"
    verdict = cleaned(STORY, rule).verdict
    assert verdict.kept is kept
    if not kept:
        assert (verdict.filter, verdict.figure) == ("q/long", "words 43")
