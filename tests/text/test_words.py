"""Words, found by a class of letters spelt out: the same ones as by `re`'s own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.text.words import LetterPattern, is_latin_greek_cyrillic

PATTERNS = (r"[^\W\d_]{4,}", r"[^\W\d_]+(?:'[^\W\d_]+)?")
COMMON = "".join(map(chr, (*range(0x530), *range(0x2000, 0x2070))))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_common_character_is_a_letter_or_none_as_it_is_to_re(pattern: str) -> None:
    text = "".join(f"ab'{char}cdef{char} " for char in COMMON)
    assert is_latin_greek_cyrillic(text)
    assert LetterPattern(pattern).findall(text) == re.findall(pattern, text)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text() | st.text("aßéжΩ'’_1² 日ا"))
def test_words_are_those_that_re_finds(pattern: str, text: str) -> None:
    assert LetterPattern(pattern).findall(text) == re.findall(pattern, text)


@pytest.mark.parametrize(("text", "common"), [("Zürich – “8 km”", True), ("Київ", True), ("日本", False), ("", True)])
def test_common_is_what_most_of_europe_writes(text: str, common: bool) -> None:
    assert is_latin_greek_cyrillic(text) is common
