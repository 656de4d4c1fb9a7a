"""Measures where the time of a build goes: the share of each stage, its cost per document, and the slowest functions.

Generated articles are cleaned under cProfile, which exaggerates the cost of small functions, and then built into a
dataset in one process in which the calls of each stage are timed.
"""

from __future__ import annotations

import argparse
import cProfile
import importlib
import json
import pstats
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial, reduce
from itertools import islice
from pathlib import Path
from typing import Any

from bench.corpus import articles
from bench.pages import ROOT
from cleaner.cleaning.clean import clean_document
from cleaner.matching import kinds
from cleaner.matching.kind_table import KIND_TABLE
from cleaner.matching.kinds.finders import DocumentFinder, document_finder
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Duplicates
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.rules.load import load_pack

STAGES: tuple[tuple[str, str], ...] = (
    ("read", "pipeline.shard:read"),
    ("clean, all else", "pipeline.outcomes:clean_document"),
    ("normalise", "cleaning.prepare:normalise"),
    ("language", "cleaning.prepare:stated_or_detected"),
    ("language, in doubt", "text.language:_slow"),
    ("lines", "cleaning.prepare:Lines"),
    ("site", "cleaning.prepare:site_of"),
    ("line breaks", "cleaning.prepare:mended_lines"),
    ("candidates", "matching.kinds:candidates"),
    ("patterns, compiled", "matching.patterns.pattern:compiled"),
    ("lines: phrases, patterns", "matching.kinds:find_indexed"),
    ("cuts", "matching.kinds:find_cuts"),
    ("resolve", "matching.kinds:add"),
    ("resolve", "cleaning.clean:resolve"),
    ("apply", "cleaning.clean:apply"),
    ("measure", "cleaning.clean:measure"),
    ("metadata", "cleaning.clean:said_of_the_story"),
    ("metadata", "cleaning.clean:assemble_metadata"),
    ("filters", "cleaning.clean:apply_filters"),
    ("write", "pipeline.shard:ledger_rows"),
    ("write", "dataset.parquet:TableWriter.row"),
    ("write", "dataset.parquet:TableWriter.add"),
    ("write", "dataset.parquet:TableWriter.__exit__"),
    ("signatures", "pipeline.shard:signature"),
    ("signatures", "dedup.minhash:SignatureWriter.add"),
    ("signatures", "dedup.minhash:SignatureWriter.__exit__"),
    ("grouping", "pipeline.run:finishes"),
    ("finishing", "pipeline.run:finish"),
)
"""A stage's name, and `module:name` below `cleaner`: the name by which the caller finds the function.

The time of what the function calls counts as its own, except for calls of other stages. The finders of
rule kinds without a lookup are timed by phase, besides.
"""


class Clock:
    """CPU seconds by stage. Each second counts for one stage: the innermost that runs."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._within = ["all else"]
        self._since = time.process_time()

    def _turn(self) -> None:
        now = time.process_time()
        self.spent[self._within[-1]] += now - self._since
        self._since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its calls timed; if it returns an iterator, each of its steps is timed, too."""

        def run(*args: Any, **kwargs: Any) -> Any:
            result = self.through(stage, partial(function, *args, **kwargs))
            return self.steps(stage, result) if isinstance(result, Iterator) else result

        return run

    def through(self, stage: str, call: Callable[[], Any]) -> Any:
        """The result of a call, timed."""
        self._turn()
        self._within.append(stage)
        try:
            return call()
        finally:
            self._turn()
            self._within.pop()

    def steps(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        """The items, each timed."""
        end = object()
        while (item := self.through(stage, partial(next, items, end))) is not end:
            yield item


def stages(raw: Path, dist: Path) -> Counter[str]:
    """CPU seconds by stage of a build in this process."""
    clock = Clock()
    for stage, place in STAGES:
        owner, name = owner_of(place)
        setattr(owner, name, clock.timed(stage, getattr(owner, name)))
    kinds.document_finder = partial(_timed_finder, clock)  # type: ignore[attr-defined]
    clock.through("all else", lambda: _build(raw, dist))
    return clock.spent


def owner_of(place: str) -> tuple[Any, str]:
    """The module or class that has the function of a stage, and its name there."""
    module, _, path = place.partition(":")
    *classes, name = path.split(".")
    return reduce(getattr, classes, importlib.import_module(f"cleaner.{module}")), name


def _timed_finder(clock: Clock, kind: str) -> DocumentFinder | None:
    """The finder of a rule kind, timed; its stage is the phase that runs it."""
    find = document_finder(kind)
    return find and clock.timed(KIND_TABLE[kind].phase, find)


def _build(raw: Path, dist: Path) -> BuildReport:
    return build(str(raw), dist, rules=load_pack(ROOT / "rules"), duplicates=Duplicates(), workers=1)


def _functions(count: int) -> cProfile.Profile:
    """The profile of cleaning `count` articles."""
    program = compile_program(load_pack(ROOT / "rules"))
    texts = [Document(id=a["id"], text=a["text"]) for a in islice(articles(count), count)]
    profile = cProfile.Profile()
    for document in texts[: count // 10]:
        clean_document(document, program)  # patterns are compiled on first use
    profile.enable()
    for document in texts:
        clean_document(document, program)
    profile.disable()
    return profile


def main() -> None:
    """Print the table of stages and that of functions, or write the times of the stages to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--functions", type=int, default=25)
    parser.add_argument("--stages", type=Path, metavar="FILE", help="write seconds by stage as JSON, and nothing else")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw.jsonl")
        raw.write_text("".join(json.dumps(a) + "\n" for a in articles(args.articles)), "utf-8")
        profile = None if args.stages else _functions(args.articles)
        spent = stages(raw, Path(folder, "dist"))
    if profile is None:
        args.stages.write_text(json.dumps(spent), "utf-8")
        return
    total = sum(spent.values())
    print(f"{'stage':<28}{'share':>7}{'ms each':>10}")
    for stage, seconds in spent.most_common():
        print(f"{stage:<28}{seconds / total:>7.1%}{1000 * seconds / args.articles:>10.3f}")
    print(f"{'all':<28}{'':>7}{1000 * total / args.articles:>10.3f}\n")
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(args.functions)


if __name__ == "__main__":
    main()
