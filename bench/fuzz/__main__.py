"""Run the campaign for so long: `make fuzz FUZZ='--minutes 60 --seed 7'`.

Rounds of each target follow each other until the time is over. A case that fails is cut down as far as it fails alike,
and kept in a folder below `.fuzz`; the command that repeats it is printed. The counts go to standard output.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.fuzz.campaign import Found, attempt, first_fault
from bench.fuzz.cases import Case, kept, minimised
from bench.fuzz.targets import TARGETS
from bench.running import ROOT

_HUNG = 600
"""Seconds of one case in which nothing of Python ran: the process ends, and `.fuzz/running` holds the case."""


def main() -> int:
    """1 where something was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--targets", default=",".join(TARGETS), help="names, with commas between")
    parser.add_argument("--examples", type=int, default=20, help="of a target, a round")
    parser.add_argument("--folder", type=Path, default=ROOT / ".fuzz", help="where cases that fail are kept")
    parser.add_argument("--uncut", action="store_true", help="keep cases as they are found")
    parser.add_argument("--again", type=Path, metavar="FOLDER", help="run a case that was kept")
    args = parser.parse_args()
    if args.again:
        name, case = kept(args.again)
        found = attempt(TARGETS[name], case)
        print(found or "holds")
        return bool(found)
    return _campaign(args)


def _campaign(args: argparse.Namespace) -> int:
    tried: Counter[str] = Counter()
    known: dict[str, set[str]] = {name: set() for name in args.targets.split(",")}
    started = time.monotonic()
    running = args.folder / "running"
    rounds = spent = 0
    while spent < args.minutes * 60:
        for name, kinds in known.items():

            def watched(case: Case, name: str = name) -> None:
                tried[name] += 1
                case.keep(running, name, "was running")
                faulthandler.dump_traceback_later(_HUNG, exit=True)

            found = first_fault(
                TARGETS[name], examples=args.examples, seed=args.seed + rounds, known=kinds, shrink=not args.uncut,
                before=watched,
            )  # fmt: skip
            faulthandler.cancel_dump_traceback_later()
            if found:
                kinds.add(found.kind)
                _tell(name, found, args)
            spent = round(time.monotonic() - started)
            if spent >= args.minutes * 60:
                break
        rounds += 1
        faults = sum(map(len, known.values()))
        print(f"round {rounds}: {tried.total()} cases, {faults} faults, {spent / 60:.1f} minutes", flush=True)
    shutil.rmtree(running, ignore_errors=True)
    for name, count in tried.items():
        print(f"{name:24}{count:8}")
    print(f"{tried.total()} cases in {spent / 60:.0f} minutes, {faults} faults")
    return bool(faults)


def _tell(name: str, found: Found, args: argparse.Namespace) -> None:
    def alike(case: Case) -> bool:
        other = attempt(TARGETS[name], case)
        return other is not None and other.kind == found.kind

    place = args.folder / f"{name}-{hashlib.sha256(found.kind.encode()).hexdigest()[:8]}"
    small = found.case if args.uncut else minimised(found.case, alike)
    small.keep(place, name, str(found))
    print(f"{name}: {found}\n  repeat: python -m bench.fuzz --again {os.path.relpath(place)}", flush=True)


if __name__ == "__main__":
    tempfile.tempdir = tempfile.mkdtemp(prefix="fuzz-")
    try:
        sys.exit(main())
    finally:
        shutil.rmtree(tempfile.tempdir, ignore_errors=True)
