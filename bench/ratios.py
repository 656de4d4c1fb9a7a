"""Measure ratios on generated articles: `make bench`, or some steps of it: `python -m bench.ratios floor rules`.

What stands in a ratio is measured in the same run, on the same articles, in turn, several times over; a figure is the
median of the rounds. Results are merged into bench/results.json, from which docs/benchmarks.md, docs/benchmarks.svg
and docs/scale.md are made. With `--articles` it is a trial: results are printed, and written only where `--out` says.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from bench import results
from bench.benchpage import PAGES, line
from bench.builds import AbsentError, Bench, fresh
from bench.results import FULL, Fact, Row
from bench.running import ROOT, FailedError
from bench.steps import STEPS

_ARTICLES, _FULL = 20_000, 200_000
_ROUNDS, _FULL_ROUNDS = 3, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the steps, print each row as it comes, and write. 1 where a step failed."""
    args = _arguments(arguments)
    count = args.articles or (_FULL if args.full else _ARTICLES)
    rounds = args.rounds or (_FULL_ROUNDS if args.full else _ROUNDS)
    found: list[Row | Fact] = []
    absent: dict[str, str] = {}
    failed = False
    work = ROOT / ".bench"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="run-") as folder:
        bench = Bench(folder=Path(folder), articles=count, rounds=rounds, full=args.full, absent=absent)
        fresh(bench, bench.corpus(1))  # what is kept for the next run: compiled modules, the rules as they are
        for name in args.steps or STEPS:
            began = perf_counter()
            try:
                for each in STEPS[name](bench):
                    found.append(_full(each) if args.full else each)
                    print(line(each), flush=True)
            except AbsentError as error:
                absent[name] = str(error)
            except FailedError as error:
                absent[name], failed = str(error), True
            print(f"{name}: {(perf_counter() - began) / 60:.1f} minutes", file=sys.stderr, flush=True)
    for name, why in absent.items():
        print(f"{name}: not measured: {why}", file=sys.stderr)
    out = args.out or (results.FILE if not args.articles else None)
    if out:
        steps = [name + (FULL if args.full else "") for name in args.steps or STEPS]
        all_of_it = results.merged(results.read(out), found, steps, absent, machine())
        out.write_text(results.dump(all_of_it), "utf-8")
        if out == results.FILE:
            for name, page in PAGES.items():
                (ROOT / name).write_text(page(), "utf-8")
    return int(failed)


def _full(found: Row | Fact) -> Row | Fact:
    """Beside what a run of the usual size has given, not in its place."""
    return replace(found, step=found.step + FULL, key=f"{found.key}-full")


def machine() -> str:
    """In general words: what the figures depend on, and nothing by which the machine could be known."""
    system = {"Linux": "Linux", "Darwin": "macOS"}.get(platform.system(), platform.system())
    return f"{os.cpu_count()} cores ({platform.machine()}), {system}, Python {platform.python_version()}"


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.ratios", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; all")
    parser.add_argument("--articles", type=int, metavar="N", help=f"a trial with so many in place of {_ARTICLES:,}")
    parser.add_argument("--rounds", type=int, metavar="N", help=f"how often each is measured ({_ROUNDS})")
    parser.add_argument(
        "--full", action="store_true", help=f"{_FULL:,} articles, and 1,000,000 where memory is measured"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="results to merge into")
    args = parser.parse_args(arguments)
    if unknown := [name for name in args.steps if name not in STEPS]:
        parser.error(f"no step {', '.join(unknown)}; there are {', '.join(STEPS)}")
    return args


if __name__ == "__main__":
    sys.exit(main())
