"""The corpus in raw/, cleaned, against its golden files. `make golden` rewrites them; nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.integrations.pytest_plugin import GoldenCorpus
from cleaner.matching.kind_table import kinds_of
from cleaner.model.rule import RulePack
from cleaner.review.article_lines import parse_golden
from cleaner.rules.load import load_pack
from support.phrasebook import anywhere, known_lines, now

ROOT = Path(__file__).parent.parent.parent
PHRASES = ROOT / "tests" / "golden" / "phrases"
INDEX = ROOT / "tests" / "golden" / "rules.txt"


def test_corpus_matches_its_golden_files(golden_corpus: GoldenCorpus) -> None:
    golden_corpus("raw", "tests/golden")


def _update(pack: RulePack) -> None:
    """Make the lines of the phrasebook anew, and sign those in found/, which `bench/mutation.py` adds."""
    program = anywhere(pack)
    books = {PHRASES / f"{language}.txt": lines for language, lines in known_lines(pack).items()}
    for file in PHRASES.glob("found/*.txt"):
        stored = parse_golden(file.read_text("utf-8"))
        again = zip(stored, now(stored, file.stem, program), strict=True)
        books[file] = [line for was, line in again if line.signs or not was.signs]  # unsigned ones are guards
    for stale in PHRASES.rglob("*.txt"):
        stale.unlink()
    for file, lines in books.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def test_every_line_of_the_phrasebook_is_signed_as_it_was(pytestconfig: pytest.Config) -> None:
    """A phrase or an alternative that a rule loses shows here, though no article holds it."""
    pack = load_pack(ROOT / "rules")
    if pytestconfig.getoption("--update-golden"):
        _update(pack)
    program = anywhere(pack)
    changed = [
        f"{file.stem}: {was.text!r} was {was.signs}, now {is_now.signs or 'kept'}"
        for file in sorted(PHRASES.rglob("*.txt"))
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
