"""A column of a dataset is a row of its table, with what it is used for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import cleaner
from cleaner.dataset.tables import ARTICLES, REJECTED, Use
from cleaner.model.document import Metadata, Signals
from cleaner.model.rule import Filter
from support.projects import RULES, rows

ROW = """\
    Column("letters", _COUNT, lambda article: sum(map(str.isalpha, article.text)), "letters of the text", _FIGURE),
"""
BUILD = """
from pathlib import Path
from cleaner.corpus.from_dataset import _CLEANED
from cleaner.model.options import Duplicates
from cleaner.pipeline.build import build
from cleaner.rules.load import parse_pack
rules = parse_pack({"rules.yaml": Path("rules.yaml").read_text()})
build("raw", Path("dist"), rules=rules, duplicates=Duplicates(max_paragraph_repeats=2), workers=1)
assert "letters" in _CLEANED
"""


def test_a_new_column_needs_a_row_in_the_table_alone(tmp_path: Path) -> None:
    package = tmp_path / "cleaner"
    shutil.copytree(Path(cleaner.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    tables = package / "dataset/tables.py"
    before, mark, after = tables.read_text().partition('    _column("url",')
    tables.write_text(before + ROW + mark + after)
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "raw").mkdir()
    repeated = "This paper is printed on the northern mole, in a house with eleven windows and a red door."
    for n in range(4):
        own = f"Boat {n} of the harbour came in late on Tuesday night, and its crew slept until noon number {n}."
        (tmp_path / f"raw/{n}.txt").write_text(f"{own}\n\n{repeated}")
    subprocess.run([sys.executable, "-c", BUILD], cwd=tmp_path, check=True)
    articles = rows(tmp_path / "dist", "articles")
    assert any(repeated not in row["text"] for row in articles)
    assert [row["letters"] for row in articles] == [sum(map(str.isalpha, row["text"])) for row in articles]
    assert "`letters`" in (tmp_path / "dist/README.md").read_text()


def test_facts_of_filters_are_the_columns_that_can_be_filtered_by() -> None:
    assert set(get_args(get_type_hints(Filter)["fact"])) == set(ARTICLES.names(Use.FILTERABLE))


def test_columns_that_rules_change_are_metadata_figures_and_flags() -> None:
    wanted = {"flags", *(each.name for each in (*fields(Metadata), *fields(Signals)))}
    assert set(ARTICLES.names(Use.BY_RULES)) == wanted


def test_rejected_documents_have_the_uses_of_articles() -> None:
    assert all(REJECTED.names(use) == ARTICLES.names(use) for use in Use)
