"""A narrowed pattern finds in common letters what the pattern itself finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.matching.patterns.pattern import COMMON, Pattern, narrowed
from cleaner.matching.patterns.regex import compiled

CATEGORIES = ("L", "Lu", "Ll", "Lm", "Lo", "M", "N", "Nd", "P", "S", "Z")
FORMS = ("\\p{%s}", "(?i:\\p{%s})", "[^\\p{%s}]", "(?i:[^\\p{%s}'x])", "[\\p{%s}.-]")


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("form", FORMS)
def test_a_class_holds_the_same_common_characters(form: str, category: str) -> None:
    full, narrow = compiled(form % category), compiled(narrowed(form % category))
    assert full.pattern != narrow.pattern
    common = [chr(code) for low, high in COMMON for code in range(low, high + 1)]
    assert [c for c in common if bool(full.fullmatch(c)) is not bool(narrow.fullmatch(c))] == []


@pytest.mark.parametrize(
    "pattern", ["plain", r"\p{Han}+", r"\P{L}", r"[\p{^L}]", r"[]\p{L}]", r"[[:alpha:]\p{L}]", r"\p{Lt}", r"\\P \p{L}"]
)
def test_what_is_hard_to_read_stays_as_it_is(pattern: str) -> None:
    assert narrowed(pattern) == pattern


PATTERN = r"^(?:(?P<authors>\p{Lu}[\p{L}\p{M}'-]{1,20}(?: [\p{L}.]{2,12}){0,3}), (?i:[\p{Lu}\[]+)[^\p{L}\p{N}]*)$"
LINES = st.text(st.sampled_from("Aaé ŁßẞÿŸжЖ'.,-[]†→中かµſɐⱯ\u0301٣9"), max_size=12)


@given(st.one_of(LINES, st.builds("A{}, {}".format, LINES, LINES)))
def test_a_pattern_finds_the_same_in_any_line(line: str) -> None:
    found, full = Pattern(PATTERN).search(line), compiled(PATTERN).search(line)
    assert (found and found.span(1)) == (full and full.span(1))


def test_a_line_of_other_letters_is_matched_as_the_pattern_is_written() -> None:
    found = Pattern(r"^(?P<title>\p{L}+)!$").search("中文!")
    assert found is not None
    assert found.span(Pattern(r"^(?P<title>\p{L}+)!$").groupindex["title"]) == (0, 2)
