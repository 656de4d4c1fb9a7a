"""Score the rules on real pages: the text as it came, and as `cleaner clean` leaves it.

Needs the evaluation pages and their scorer in ../shared; says so and stops where they are not there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
SCORER = SHARED / "tools" / "score.py"

# What is scored: the pages, and in which flattening. `gold` is the body itself: what is lost from it is harm.
RUNS = (
    ("aeb", "gold"), ("multi", "gold"), ("wcxb", "gold"), ("aeb", "trafilatura"), ("aeb", "newspaper"),
    ("aeb", "readability_js"), ("aeb", "goose3"), ("aeb", "boilerpipe"), ("aeb", "justext"),
    ("aeb", "inscriptis"), ("multi", "inscriptis"),
)  # fmt: skip
FIGURES = ("aeb_p", "aeb_r", "aeb_f1", "aeb_acc")


def score(data: str, given: str, command: str | None) -> dict[str, float]:
    """The scorer's figures, in percent."""
    path = SHARED / "eval" / f"{data}.jsonl.gz"
    call = [sys.executable, str(SCORER), str(path), given, "--metrics", "aeb,meta", "--json"]
    done = subprocess.run(
        [*call, *(["--cmd", command] if command else [])], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{SCORER.name} {data} {given}: {done.stderr.strip().splitlines()[-1]}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    """Print a table: as it came → as cleaned."""
    if not SCORER.is_file():
        sys.exit("the evaluation pages are not here: ../shared/eval and ../shared/tools/score.py are needed")
    command = f"{sys.executable} -m cleaner clean --jsonl --rules {ROOT / 'rules'}"
    print(f"{'pages':<24}" + "".join(f"{name:>18}" for name in FIGURES))
    for data, given in RUNS:
        came, left = score(data, given, None), score(data, given, command)
        row = "".join(f"{f'{came[name]:.2f} → {left[name]:.2f}':>18}" for name in FIGURES)
        print(f"{f'{data} {given}':<24}{row}", flush=True)


if __name__ == "__main__":
    main()
