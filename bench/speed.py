"""Time a build against the floor: the same JSON lines read and written as zstd Parquet, nothing between.

Both run on the same generated articles, in turn, in one process each, so that the ratio holds on any machine.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

FLOOR = """
import sys, pyarrow.json as reader, pyarrow.parquet as writer
writer.write_table(reader.read_json(sys.argv[1]), sys.argv[2], compression="zstd", compression_level=3)
"""
BUILD = """
import sys
from cleaner.cli import main
main(["build", sys.argv[1], sys.argv[2], "--rules", sys.argv[3], "--workers", "1", "--quiet"])
"""


def articles(count: int) -> Iterator[dict[str, str]]:
    """Articles mixed from the lines of raw/, no two alike."""
    texts = [p.read_text("utf-8", "replace").split("\n") for p in sorted((ROOT / "raw").rglob("*.txt"))]
    texts = [lines for lines in texts if sum(map(len, lines)) > 1000]
    draw = random.Random(1)
    for number in range(count):
        own, other = draw.choice(texts), draw.choice(texts)
        middle = draw.sample(other, min(len(other), 12))
        cut = draw.randrange(len(own))
        lines = [*own[:cut], f"Note {number} of {draw.randrange(10**9)} was filed that day.", *middle, *own[cut:]]
        yield {"id": str(number), "text": "\n".join(lines)}


def cpu(script: str, *arguments: str) -> float:
    """CPU seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the ratio of each of several pairs, and their median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5_000)
    parser.add_argument("--pairs", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw, floor, dist = Path(folder, "raw.jsonl"), Path(folder, "floor.parquet"), Path(folder, "dist")
        raw.write_text("".join(json.dumps(a) + "\n" for a in articles(args.articles)), "utf-8")
        ratios: list[float] = []
        for _ in range(args.pairs):
            least = cpu(FLOOR, str(raw), str(floor))
            ours = cpu(BUILD, str(raw), str(dist), str(ROOT / "rules"))
            ratios.append(ours / least)
            print(
                f"floor {least:.2f} s, build {ours:.2f} s of cpu for {args.articles} articles: {ours / least:.1f} times"
            )
        print(f"median ratio {sorted(ratios)[len(ratios) // 2]:.1f}")


if __name__ == "__main__":
    main()
