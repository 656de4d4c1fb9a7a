"""Where the article stands, by the points of its lines; and what an article region rule does to a page."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.matching.page.article_region import article_lines

_points = st.lists(st.integers(-60, 60).map(lambda n: n / 8), min_size=1, max_size=9)  # exact in binary


def _total(points: list[float], chosen: tuple[bool, ...], least: float, change: float) -> float:
    gains = (max(-4.0, min(4.0, each - least)) for each in points)
    changes = sum(a != b for a, b in pairwise(chosen))
    return sum(gain for gain, own in zip(gains, chosen, strict=True) if own) - change * changes


@given(_points, st.sampled_from((-1.0, 0.0, 0.5)), st.sampled_from((0.0, 0.5, 2.0)))
def test_no_other_choice_of_lines_is_worth_more(points: list[float], least: float, change: float) -> None:
    chosen = tuple(article_lines(points, least=least, change=change))
    choices = list(product((False, True), repeat=len(points)))
    best = max(_total(points, each, least, change) for each in choices)
    assert any(chosen)
    if best > 0:
        assert _total(points, chosen, least, change) == best
    else:  # nothing is worth keeping: what is near the best line stays
        assert chosen == tuple(each > max(points) - 1.0 for each in points)


@pytest.mark.parametrize(
    ("points", "change", "kept"),
    [
        ([3, 3, -0.3, 3, -3], 0.0, "xx.x."),
        ([3, 3, -0.3, 3, -3], 0.5, "xxxx."),  # a weak line among strong ones stays
        ([-3, 0.3, -3, 3, 3], 0.5, "...xx"),  # and one alone goes
        ([-3, -1, -1.5, -9], 0.5, ".xx."),  # there is always some article
        ([], 0.5, ""),
    ],
)
def test_lines_keep_with_their_neighbours(points: list[float], change: float, kept: str) -> None:
    assert "".join("x" if own else "." for own in article_lines(points, least=0.0, change=change)) == kept


def test_one_sure_line_carries_no_others() -> None:
    assert article_lines([-9, 50, -5, -5, -5], least=0, change=0.5) == [False, True, False, False, False]
