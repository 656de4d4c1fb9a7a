"""The corpus in raw/, cleaned, against its golden files. `make golden` rewrites them; nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.golden import parse_golden
from cleaner.phrasebook import anywhere, known_lines, now
from cleaner.program import kinds_of
from cleaner.pytest_plugin import GoldenCorpus
from cleaner.rulefiles import load_pack

ROOT = Path(__file__).parent.parent
PHRASES = ROOT / "tests" / "golden" / "phrases"
INDEX = ROOT / "tests" / "golden" / "rules.txt"


def test_corpus_matches_its_golden_files(golden_corpus: GoldenCorpus) -> None:
    golden_corpus("raw", "tests/golden")


def test_every_line_of_the_phrasebook_is_signed_as_it_was(pytestconfig: pytest.Config) -> None:
    """A phrase or an alternative that a rule loses shows here, though no article holds it."""
    pack = load_pack(ROOT / "rules")
    if pytestconfig.getoption("--update-golden"):
        for stale in PHRASES.glob("*.txt"):
            stale.unlink()
        PHRASES.mkdir(exist_ok=True)
        for language, lines in known_lines(pack).items():
            (PHRASES / f"{language}.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    program = anywhere(pack)
    changed = [
        f"{file.stem}: {was.text!r} was {was.signs}, now {is_now.signs or 'kept'}"
        for file in sorted(PHRASES.glob("*.txt"))
        for stored in [parse_golden(file.read_text("utf-8"))]
        for was, is_now in zip(stored, now(stored, file.stem, program), strict=True)
        if was != is_now
    ]
    assert not changed, "\n".join(
        [*changed[:50], f"{len(changed)} lines of the phrasebook; `make golden` accepts this"]
    )


def test_no_rule_comes_or_goes_unseen(pytestconfig: pytest.Config) -> None:
    """Ids stand in ledgers that people keep: the list of them changes on purpose or not at all."""
    rules = load_pack(ROOT / "rules").rules
    index = "".join(f"{rule.id}  {rule.label} {kinds_of(rule)[0]} {rule.action} {rule.status}\n" for rule in rules)
    if pytestconfig.getoption("--update-golden"):
        INDEX.write_text(index, "utf-8")
    assert INDEX.read_text("utf-8").splitlines() == index.splitlines(), "`make golden` accepts this"
