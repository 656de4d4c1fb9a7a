"""Projects to be spoilt, and the command run in them."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from cleaner.pipeline.build import build
from cleaner.pipeline.engines.base import Engine, JobT, Prepare, Result, Tick
from cleaner.pipeline.report import BuildReport
from cleaner.rules.load import parse_pack

CLEAN = "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm."
STORY = f"{CLEAN}\n\nShare this\n"
RULES = """\
rules:
  - {id: share/alone, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}
  - {id: x/read, label: related, why: w, inline: 'Read more: \\w+', removes: ['Read more: x'], keeps: [k]}
  - {id: x/copy, label: ad, why: w, duplicate_line: {of: [share]}, removes: ["share> Go\\n⟦Go⟧"], keeps: [k]}
  - {id: quality/no-words, label: quality, why: w, document: {fact: words, min: 1}, removes: [""], keeps: [k]}
"""
MAIN = "from cleaner.cli import main; main()"

ENVIRONMENT = {**os.environ, "COLUMNS": "400", "NO_COLOR": "1", "CLEANER_CACHE": ""}


def cleaner(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run `cleaner` in a folder; whatever it meets, it ends in time and without a traceback."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        input=stdin, capture_output=True, cwd=folder, check=False, timeout=300, env=ENVIRONMENT,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return subprocess.CompletedProcess(arguments, done.returncode, done.stdout.decode(), done.stderr.decode())


def prepare(folder: Path) -> Path:
    """A project: rules, and an empty raw/."""
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yaml").write_text(RULES)
    (folder / "raw").mkdir()
    return folder


def built(folder: Path, dist: str = "dist") -> BuildReport:
    return build(str(folder / "raw"), folder / dist, rules=parse_pack({"rules.yaml": RULES}), workers=1)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(dist: Path, table: str) -> list[dict[str, Any]]:
    return [row for file in sorted((dist / table).iterdir()) for row in pq.read_table(file).to_pylist()]


class _Planted:
    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._mark,)


def planted_pickle(mark: Path) -> bytes:
    """A pickle that makes the file `mark` when it is loaded."""
    return pickle.dumps(_Planted(mark))


Here = Callable[..., tuple[int, str, str]]


def results(
    engine: Engine,
    prepare: Prepare[JobT, Result],
    jobs: Sequence[JobT],
    *,
    workers: int,
    tick: Tick,
    places: Sequence[Path] = (),
) -> Generator[Result, None, None]:
    """What an engine gives for one lot of jobs."""
    with engine(prepare, workers=workers, tick=tick, places=places) as run:
        yield from run(jobs)
