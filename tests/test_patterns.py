"""Needles never lose a match, patterns see straight quotes, and no pattern blows up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.outlines import outline
from cleaner.patterns import PatternError, compiled, expand, fold, needles, plain

LISTS = {"agencies": ("AFP", "Getty Images", "O'Neill Press", "A+B")}

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
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_match_holds_a_needle(pattern: str) -> None:
    found = needles(f"^(?:{expand(pattern, {})})$")
    assert found

    @given(st.from_regex(re.compile(pattern), fullmatch=True))
    def every_match(text: str) -> None:
        line = text == text.strip() and not set(text) & set("\n\r\f\v")  # normalised text has no others within a line
        if line and compiled(f"^(?:{pattern})$").search(plain(text)):
            assert any(needle in f"\n{fold(text)}\n" for needle in found), text

    every_match()


def test_a_tab_is_a_blank_to_patterns_and_needles() -> None:
    assert plain("By\tAnna\u00a0Reed") == "By Anna Reed"
    assert fold("By\tAnna") == "by anna"


def test_a_pattern_without_a_literal_has_no_needle() -> None:
    assert not needles("^(?:.+ [A-Z]{2,})$")
    assert not needles("a?b?.*")


def test_line_edges_count_as_literals() -> None:
    assert needles("^(?:By .+)$") == {"\nby "}


def test_lists_are_put_in_longest_first_and_escaped() -> None:
    pattern = compiled("^(?:" + expand("(?P<agencies>{agencies}) said", LISTS) + ")$")
    assert pattern.search("A+B said").group("agencies") == "A+B"
    assert pattern.search("AAB said") is None
    assert compiled(expand("{agencies}", LISTS)).search("Getty Images").group() == "Getty Images"


def test_repetition_counts_and_unicode_classes_are_no_list_names() -> None:
    assert compiled(expand(r"^\p{Lu}\w{2,3}$", LISTS)).search("Éaß")
    assert compiled(expand(r"^[\w-]+$", LISTS)).search("Jung-yeon")


def test_a_list_that_is_not_there_is_told() -> None:
    with pytest.raises(PatternError, match="no list is named 'agency'"):
        expand("{agency}", LISTS)


@pytest.mark.parametrize("pattern", ["(?=x)", r"(a)\1", "(", "a{2000000}"])
def test_what_re2_refuses_is_told(pattern: str) -> None:
    with pytest.raises(PatternError):
        compiled(pattern)


def test_quotes_and_blanks_are_plain_to_patterns() -> None:
    assert plain("d’été\u00a0«là»") == 'd\'été "là"'
    assert fold("Editor’S\u202fPick") == "editor's pick"


@given(st.text())
def test_plain_keeps_the_length(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_match_fits_the_outline(pattern: str) -> None:
    found = outline(f"^(?:{expand(pattern, {})})$")

    @given(st.from_regex(re.compile(pattern), fullmatch=True))
    def every_match(text: str) -> None:
        line = text == text.strip() and not set(text) & set("\n\r\f\v")
        if line and compiled(f"^(?:{pattern})$").search(plain(text)):
            assert found.fits(fold(text), len(text)), text

    every_match()


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
def test_an_outline_tells_what_a_line_is_not(pattern: str, line: str, fits: bool) -> None:
    assert outline(pattern).fits(fold(line), len(line)) is fits


def test_a_pattern_takes_as_much_memory_as_it_needs() -> None:
    """Most have little room, as their number is large; one that is too large for that is compiled all the same."""
    short, long = compiled(r"^\p{L}{1,8}$"), compiled(r"^\p{L}{1,80}$")
    assert short.options.max_mem < long.options.max_mem
    assert long.search("Donaudampfschifffahrtsgesellschaft")
    with pytest.raises(PatternError, match="too large"):
        compiled(r"^\p{L}{1,800}$")
