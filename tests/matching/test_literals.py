"""The analysis of a pattern holds for every match, and chooses rare literals."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.matching.patterns.literals import literal_sets, rarest, rarity, required_literals
from cleaner.matching.patterns.prefilter import prefilter_of
from cleaner.matching.patterns.regex import compiled
from cleaner.text.fold import fold, plain
from support.short import cleaned, removed

# Written so that Python's `re` (which draws the examples) and RE2 read them alike.
PATTERNS = [
    "(?:story|article) continues? below (?:this )?(?:ad|advertisement)",
    "(?i)read (?:more|also):? .{3,20}",
    "[Pp]hoto(?:graph)?: [A-Z][a-z]+",
    ".{1,9} (?:Source|Photo): (?:AFP|Reuters)/?",
    "(?:ab|cd)+ share",
    "x{2,3}yzw[0-9]*",
    "Copyright (?:©|\\(c\\)) ?[0-9]{4}",
    "写真[:：][a-z]+",
    "it['’]s here",
    "By\\s[A-Z][a-z]+(?: and [A-Z][a-z]+)?",
    "[0-9]{1,3} of [0-9]+ photos?",
    "(?:(?:home|about us|news)[ |]*){3,}",
    "(?:read .{2,9}|[a-c]+ watch|see:?) now",
    "on (?:(?:jan|feb)[a-z]* [0-9]{1,2},? )+20[0-9]{2}",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_match_meets_every_set_of_literals_and_the_prefilter(pattern: str) -> None:
    whole = f"^(?:{pattern})$"
    sets, shape, regex = literal_sets(whole), prefilter_of(whole), compiled(whole)
    assert rarest(sets) == required_literals(whole) != frozenset()

    @given(st.from_regex(re.compile(pattern), fullmatch=True))
    def every_match(text: str) -> None:
        line = text == text.strip() and not set(text) & set("\n\r\f\v")  # normalised text has no others within a line
        if line and regex.search(plain(text)):
            assert all(any(literal in f"\n{fold(text)}\n" for literal in each) for each in sets), text
            assert shape.fits(fold(text), len(text)), text

    every_match()


@pytest.mark.parametrize("pattern", ["^(?:.+ [A-Z]{2,})$", "a?b?.*", "(?:read.*|.*)m?", "^\\p{Lu}+$"])
def test_a_pattern_without_a_literal_has_no_required_literal(pattern: str) -> None:
    assert not required_literals(pattern)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("^(?:By .+)$", {"\nby "}),  # a line's edges count
        ("^(?:.* ?[([]photo)$", {"(photo\n", "[photo\n"}),
        ("\\d{1,3} of (?:.+)", {f"{digit} of " for digit in range(10)}),  # one digit is surely there
        ("(?:x|y)+ share", {"x share", "y share"}),
        (" ?[([]credits?: ?.+", {"(credit", "[credit"}),  # what holds another literal adds nothing
        ("^(?:(?:home|about us)[ |]*){4,}$", {"\nhome", "\nabout us"}),
        ("^(?:(?:read|watch) .*|x{2}[^x]+)$", {"\nread ", "\nwatch ", "\nxx"}),
        ("(?:in|on) the .* comments", {" comments"}),  # words of every second line are no good
        ("(?:19|20)\\d\\d.* all rights reserved", {" all rights reserved"}),
    ],
)
def test_the_choosiest_literals_are_taken(pattern: str, found: set[str]) -> None:
    assert required_literals(pattern) == found


def test_rare_words_are_choosier_than_common_ones_and_few_literals_than_many() -> None:
    assert rarity(frozenset({" in the "})) < rarity(frozenset({"copyright"}))
    assert rarity(frozenset({"read"})) < rarity(frozenset({"reed"}))
    assert rarity(frozenset({"share", "tweet"})) < rarity(frozenset({"share"}))


def test_literals_lose_no_match_where_the_pattern_has_choosier_ones() -> None:
    """Literals speed a rule up; they are not to narrow it."""
    rule = "label: caption, pattern: 'Photo \\d(?: of \\d)?', literals: [' of ']"
    assert removed(cleaned("Photo 3", rule)) == ["Photo 3"]


@pytest.mark.parametrize(
    ("pattern", "line", "fits"),
    [
        ("^(?:(?i:page|slide) ?\\d{1,3})$", "Page 12", True),
        ("^(?:(?i:page|slide) ?\\d{1,3})$", "Page 12 of a book", False),
        ("^(?:(?i:page|slide) ?\\d{1,3})$", "A page", False),
        ("^(?:[(–-]{0,2}By .+)$", "(By Anna Reed", True),
        ("^(?:[(–-]{0,2}By .+)$", "Stand by me", False),
        ("^(?:[^a-z]*NEWS)$", "* NEWS", True),
        ("^(?:\\p{Lu}x)$", "Ωx", True),
        ("^(?:[^\\p{L}\\p{M}\\p{N}_]*(?:shares?|likes))$", "* 3 shares", True),
        ("^(?:[^\\p{L}\\p{M}\\p{N}_]*(?:shares?|likes))$", "He likes", False),
        ("(?:\\d{1,2} (?:may|june)|(?:may|june) \\d{1,2}),? .*", "In may 7 readers wrote", True),
        ("(?:\\d{1,2} (?:may|june)|(?:may|june) \\d{1,2}),? .*", "In may readers wrote", False),
        ("(?:may|june)(?: \\d{1,2})?", "In may readers wrote", True),
        ("by Anna", "A book by Anna", True),
        ("by Anna", "Anna", False),
    ],
)
def test_a_prefilter_excludes_lines(pattern: str, line: str, fits: bool) -> None:
    assert prefilter_of(pattern).fits(fold(line), len(line)) is fits
