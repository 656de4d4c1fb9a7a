"""The profile of a build names functions of the code as it is."""

from __future__ import annotations

import pytest

from bench.profile import STAGES, owner_of


@pytest.mark.parametrize("place", [place for _, place in STAGES])
def test_each_stage_names_a_function(place: str) -> None:
    owner, name = owner_of(place)
    assert callable(getattr(owner, name))
