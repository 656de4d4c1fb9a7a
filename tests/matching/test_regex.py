"""Patterns see straight quotes and plain blanks, lists are put in, and no pattern blows up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.matching.patterns.regex import PatternError, compiled, expand
from cleaner.text.fold import fold, plain

LISTS = {"agencies": ("AFP", "Getty Images", "O'Neill Press", "A+B")}


def test_a_tab_is_a_blank_to_patterns_and_literals() -> None:
    assert plain("By\tAnna\u00a0Reed") == "By Anna Reed"
    assert fold("By\tAnna") == "by anna"


def test_lists_are_put_in_longest_first_and_escaped() -> None:
    pattern = compiled("^(?:" + expand("(?P<agencies>{agencies}) said", LISTS) + ")$")
    assert pattern.search("A+B said").group("agencies") == "A+B"
    assert pattern.search("AAB said") is None
    assert compiled(expand("{agencies}", LISTS)).search("Getty Images").group() == "Getty Images"


def test_repetition_counts_and_unicode_classes_are_no_list_names() -> None:
    assert compiled(expand(r"^\p{Lu}\w{2,3}$", LISTS)).search("Éaß")
    assert compiled(expand(r"^[\w-]+$", LISTS)).search("Jung-yeon")


def test_a_missing_list_is_reported() -> None:
    with pytest.raises(PatternError, match="no list is named 'agency'"):
        expand("{agency}", LISTS)


@pytest.mark.parametrize("pattern", ["(?=x)", r"(a)\1", "(", "a{2000000}"])
def test_what_re2_refuses_is_reported(pattern: str) -> None:
    with pytest.raises(PatternError):
        compiled(pattern)


def test_quotes_and_blanks_are_plain_to_patterns() -> None:
    assert plain("d’été\u00a0«là»") == 'd\'été "là"'
    assert fold("Editor’S\u202fPick") == "editor's pick"


@given(st.text())
def test_plain_keeps_the_length(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_a_pattern_takes_as_much_memory_as_it_needs() -> None:
    """Most have little room, as their number is large; one that is too large for that is compiled all the same."""
    short, long = compiled(r"^\p{L}{1,8}$"), compiled(r"^\p{L}{1,80}$")
    assert short.options.max_mem < long.options.max_mem
    assert long.search("Donaudampfschifffahrtsgesellschaft")
    with pytest.raises(PatternError, match="too large"):
        compiled(r"^\p{L}{1,800}$")
