"""The corpus in raw/, cleaned, against its golden files. `make golden` rewrites them; nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.program import kinds_of
from cleaner.pytest_plugin import GoldenCorpus
from cleaner.rulefiles import load_pack

ROOT = Path(__file__).parent.parent
INDEX = ROOT / "tests" / "golden" / "rules.txt"


def test_corpus_matches_its_golden_files(golden_corpus: GoldenCorpus) -> None:
    golden_corpus("raw", "tests/golden")


def test_no_rule_comes_or_goes_unseen(pytestconfig: pytest.Config) -> None:
    """Ids stand in ledgers that people keep: the list of them changes on purpose or not at all."""
    rules = load_pack(ROOT / "rules").rules
    index = "".join(f"{rule.id}  {rule.label} {kinds_of(rule)[0]} {rule.action} {rule.status}\n" for rule in rules)
    if pytestconfig.getoption("--update-golden"):
        INDEX.write_text(index, "utf-8")
    assert INDEX.read_text("utf-8").splitlines() == index.splitlines(), "`make golden` accepts this"
