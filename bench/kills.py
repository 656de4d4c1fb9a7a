"""Kill a build at random moments, go on, and hold the bytes against those of a build that nobody killed: `make kills`.

Each round kills (SIGKILL) builds of generated articles in one place, each after a random part of the time that a whole
build takes, until one gets through; the dataset must then be the same to the byte, and nothing must be left beside it
but the store. Odd rounds run two workers. The counts go to standard output.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from bench.builds import digest
from bench.corpus import write
from bench.pages import ROOT


def command(raw: Path, dist: Path, workers: int) -> list[str]:
    """A build of small shards."""
    return [sys.executable, "-m", "cleaner", "build", str(raw), str(dist), "--quiet", "--rules", str(ROOT / "rules"),
            "--workers", str(workers)]  # fmt: skip


def main() -> int:
    """Print a line for each round; 1 where the bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    draw = Random(args.seed)
    kills = rounds = 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        raw = write(args.articles, place / "raw.jsonl")
        (place / "cleaner.toml").write_text(f"shard_bytes = {raw.stat().st_size // 12}\n")
        started = time.monotonic()
        subprocess.run(command(raw, place / "whole", 1), check=True, cwd=place)
        took = time.monotonic() - started
        wanted = digest(place / "whole")
        while kills < args.kills:
            rounds += 1
            shutil.rmtree(place / ".dist.store", ignore_errors=True)
            shutil.rmtree(place / "dist", ignore_errors=True)
            killed = 0
            while True:
                with subprocess.Popen(
                    command(raw, place / "dist", 1 + rounds % 2), cwd=place, start_new_session=True
                ) as build:
                    try:
                        code = build.wait(draw.uniform(0.1, 1) * took if killed < 8 else None)
                        break
                    except subprocess.TimeoutExpired:
                        os.killpg(build.pid, signal.SIGKILL)
                        killed += 1
            kills += killed
            left = sorted(path.name for path in place.iterdir())
            same = code == 0 and digest(place / "dist") == wanted
            print(f"round {rounds}: {killed} kills, {'the same bytes' if same else 'OTHER BYTES'}", flush=True)
            if not same or left != [".dist.store", ".whole.store", "cleaner.toml", "dist", "raw.jsonl", "whole"]:
                print(f"left: {left}, code {code}")
                return 1
    print(f"{kills} kills in {rounds} rounds, the same bytes each time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
