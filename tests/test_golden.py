"""The corpus in raw/, cleaned, against its golden files. `make golden` rewrites them; nothing else does."""

from __future__ import annotations

from cleaner.pytest_plugin import GoldenCorpus


def test_corpus_matches_its_golden_files(golden_corpus: GoldenCorpus) -> None:
    golden_corpus("raw", "tests/golden")
