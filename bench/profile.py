"""Where the time of a build goes: its stages with their share and their cost a document, and the dearest functions.

Generated articles are built in one process, twice: once with a clock at the door of each stage, then under cProfile,
which makes small functions look dearer than they are.
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
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from bench.corpus import articles
from bench.pages import ROOT
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Duplicates
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.rules.load import load_pack

STAGES: tuple[tuple[str, str, str], ...] = (
    ("read", "shards", "read"),
    ("clean, all else", "shards", "clean"),
    ("normalise", "cleaning", "normalise"),
    ("language", "cleaning", "stated_or_detected"),
    ("language, in doubt", "languages", "_slow"),
    ("lines", "cleaning", "Lines"),
    ("site", "cleaning", "site_of"),
    ("layout", "cleaning", "mended_lines"),
    ("candidates", "kinds", "candidates"),
    ("patterns, compiled", "alphabets", "compiled"),
    ("lines: phrases, patterns", "kinds", "find_indexed"),
    ("elements", "kinds", "find_elements"),
    ("heading", "kinds", "find_heading"),
    ("headline", "kinds", "find_headline"),
    ("signature", "kinds", "find_signatures"),
    ("neighbours", "kinds", "find_neighbours"),
    ("repeats", "kinds", "find_repeats"),
    ("cuts", "kinds", "find_cuts"),
    ("structure", "kinds", "find_structure"),
    ("resolve", "kinds", "enter"),
    ("resolve", "cleaning", "resolve"),
    ("apply", "cleaning", "apply"),
    ("measure", "cleaning", "measure"),
    ("metadata", "cleaning", "said_of_the_story"),
    ("metadata", "cleaning", "assemble"),
    ("judge", "cleaning", "judge"),
    ("write", "shards", "pieces"),
    ("write", "writers", "record_batch"),
    ("write", "shards", "TableWriter"),
    ("signatures", "shards", "signature"),
    ("signatures", "shards", "SignatureWriter"),
    ("grouping", "finishing", "group"),
    ("finishing", "making", "finish"),
)
"""A stage's name, and the name in a module of `cleaner` by which it is called; what it calls in turn counts there."""


class Clock:
    """Seconds by stage, each second once."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._within = ["all else"]
        self._since = time.process_time()

    def _turn(self) -> None:
        now = time.process_time()
        self.spent[self._within[-1]] += now - self._since
        self._since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with a clock at its door; of an iterator, at each step."""

        def run(*args: Any, **kwargs: Any) -> Any:
            result = self.through(stage, partial(function, *args, **kwargs))
            return self.steps(stage, result) if isinstance(result, Iterator) else result

        return run

    def through(self, stage: str, call: Callable[[], Any]) -> Any:
        """The call's result."""
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
    for stage, name, attribute in STAGES:
        module = importlib.import_module(f"cleaner.{name}")
        setattr(module, attribute, clock.timed(stage, getattr(module, attribute)))
    clock.through("all else", lambda: _build(raw, dist))
    return clock.spent


def _build(raw: Path, dist: Path) -> BuildReport:
    return build(str(raw), dist, rules=load_pack(ROOT / "rules"), duplicates=Duplicates(), workers=1)


def _functions(count: int) -> cProfile.Profile:
    """What the functions cost that clean so many articles."""
    program = compile_program(load_pack(ROOT / "rules"))
    texts = [Document(id=a["id"], text=a["text"]) for a in islice(articles(count), count)]
    profile = cProfile.Profile()
    for document in texts[: count // 10]:
        clean_document(document, program)  # patterns are compiled when they are first met
    profile.enable()
    for document in texts:
        clean_document(document, program)
    profile.disable()
    return profile


def main() -> None:
    """Print both tables, or write the first one alone."""
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
