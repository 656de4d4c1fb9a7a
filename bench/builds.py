"""Builds to be measured, and where they run."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bench.running import ROOT, Spent, run

RULES = ROOT / "rules"


class AbsentError(Exception):
    """Why a step, or a part of one, can't be measured here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where and how much is measured."""

    folder: Path
    """Emptied when all is done."""
    articles: int
    rounds: int
    full: bool
    absent: dict[str, str]
    """Filled by steps: part → why it is not measured."""

    def corpus(self, count: int) -> Path:
        """So many articles, written once. In a process of its own, as a large one would count as its children's."""
        path = self.folder / f"articles-{count}.jsonl"
        if not path.is_file():
            run([sys.executable, "-m", "bench.corpus", str(count), path], cwd=ROOT)
        return path

    def place(self) -> Path:
        """A new folder, where nothing is left of earlier builds."""
        return Path(tempfile.mkdtemp(dir=self.folder))


def build(raw: Path, place: Path, *, workers: int = 1, rules: Path = RULES, killed_after: float | None = None) -> Spent:
    """`cleaner build` in a folder."""
    options = ("--rules", rules, "--workers", str(workers), "--quiet")
    return run([sys.executable, "-m", "cleaner", "build", raw, place / "dist", *options], cwd=place,
               killed_after=killed_after)  # fmt: skip


def fresh(bench: Bench, raw: Path, *, workers: int = 1) -> Spent:
    """A build in a new folder, which is removed."""
    place = bench.place()
    try:
        return build(raw, place, workers=workers)
    finally:
        shutil.rmtree(place)


def without_rules(bench: Bench, raw: Path, *, workers: int) -> Spent:
    """A build of the steps that other tools have, too: no rule but the filters of documents, exact duplicates alone.

    It still tells the language, measures, signs and writes all that a dataset holds.
    """
    place = bench.place()
    (place / "filters").mkdir()
    shutil.copy(RULES / "core" / "quality.yaml", place / "filters")
    (place / "cleaner.toml").write_text("[duplicates]\nnear = 0\n", "utf-8")
    try:
        return build(raw, place, workers=workers, rules=place / "filters")
    finally:
        shutil.rmtree(place)


def cpu(found: Sequence[Spent]) -> list[float]:
    """Of each round."""
    return [each.cpu for each in found]


def wall(found: Sequence[Spent]) -> list[float]:
    """Of each round."""
    return [each.wall for each in found]


def digest(folder: Path) -> str:
    """Of all files, by name and content."""
    found = sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        found.update(f"{path.relative_to(folder)}\0".encode() + sha256(path.read_bytes()).digest())
    return found.hexdigest()
