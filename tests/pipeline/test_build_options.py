"""Options of a build: one frozen type, or keyword arguments."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.model.options import Duplicates, Options
from cleaner.pipeline.options import BuildOptions, BuildSettings, build_options
from cleaner.rules.load import parse_pack
from support.projects import RULES, content


def test_every_field_but_cleaning_is_a_keyword_argument() -> None:
    assert BuildSettings.__annotations__.keys() == {each.name for each in fields(BuildOptions)} - {"cleaning"}


def test_options_of_cleaning_alone_are_taken_into_those_of_a_build() -> None:
    assert build_options(Options(budget=0.4)) == BuildOptions(cleaning=Options(budget=0.4))


def test_a_keyword_argument_has_precedence_over_the_options() -> None:
    assert build_options(BuildOptions(workers=1, html_field="page"), workers=2) == BuildOptions(
        workers=2, html_field="page"
    )


def test_duplicates_that_ask_for_no_comparison_are_none() -> None:
    assert build_options(None, duplicates=Duplicates(exact=False, near=None)).duplicates is None


def test_an_unknown_keyword_argument_is_a_type_error(tmp_path: Path) -> None:
    unknown: dict[str, Any] = {"wrokers": 2}
    with pytest.raises(TypeError, match="wrokers"):
        cleaner.build(str(tmp_path), tmp_path / "dist", rules=parse_pack({"rules.yaml": RULES}), **unknown)


def test_build_gives_the_same_dataset_by_options_and_by_keyword_arguments(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/feed.jsonl").write_text('{"body": "The lamps came on again on Tuesday night.\\n\\nShare this"}\n')
    rules = parse_pack({"rules.yaml": RULES})
    options = cleaner.BuildOptions(workers=1, text_field="body", duplicates=Duplicates())
    cleaner.build(str(tmp_path / "raw"), tmp_path / "a", rules=rules, options=options)
    cleaner.build(
        str(tmp_path / "raw"), tmp_path / "b", rules=rules, workers=1, text_field="body", duplicates=Duplicates()
    )
    assert content(tmp_path / "a") == content(tmp_path / "b")
