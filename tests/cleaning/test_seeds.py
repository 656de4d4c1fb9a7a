"""The five real articles with gold, where they are at hand: text, metadata, labels and ledger exact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CHECK = ROOT.parent / "shared" / "tools" / "check_seeds.py"


@pytest.mark.skipif(not CHECK.is_file(), reason="the seed articles (../shared) are not here")
def test_seed_articles_are_exact() -> None:
    command = [sys.executable, "-c", "from cleaner.cli import main; main()", "clean", "--jsonl", "--rules", "rules"]
    done = subprocess.run(
        [sys.executable, CHECK, *command], capture_output=True, text=True, check=False, cwd=ROOT, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 of 5 seed articles exact" in done.stdout
