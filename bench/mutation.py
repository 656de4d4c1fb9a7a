"""Mutate every rule of the pack, and tell which mutants nobody would notice.

A mutant is caught when an example of its rule fails, when the golden files of raw/ would differ, or when it no
longer loads. Drops a phrase, an alternative or a literal; widens a pattern; loosens, tightens or takes away a
guard; flips what the rule does; deletes it. Usage: python bench/mutation.py [--rules DIR] [ID-PATTERN ...]
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from cleaner.cleaning import Prepared
from cleaner.corpus import prepared_corpus
from cleaner.diff import compare
from cleaner.examples import outcomes
from cleaner.lines import phrase_key
from cleaner.model import Rule, RulePack, Where
from cleaner.patterns import PatternError, fold
from cleaner.phrasebook import anywhere, lines_of, signed
from cleaner.program import CompiledRule
from cleaner.rulefiles import load_pack

ROOT = Path(__file__).parent.parent
Mutant = tuple[str, Rule | None]

_ALTERNATIVE = re.compile(r"(?<=[(:|])((?:[^()|\\\[\]{}]|\\.){2,})(?=[|)])")


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Names and mutants of a rule; None for the deleted one."""
    yield "deleted", None
    yield from _wordings(rule)
    yield from _guards(rule)


def _wordings(rule: Rule) -> Iterator[Mutant]:
    keys = Counter(phrase_key(fold(phrase)) for phrase in rule.line)
    for phrase in rule.line if len(keys) > 1 else ():
        if keys[phrase_key(fold(phrase))] == 1:  # without another spelling of it, which would mean the same
            yield f"dropped phrase '{phrase}'", replace(rule, line=tuple(p for p in rule.line if p != phrase))
    for key in ("pattern", "inline"):
        if pattern := getattr(rule, key):
            yield "widened at its end", replace(rule, **{key: f"(?:{pattern}).*"})
            yield "widened at its start", replace(rule, **{key: f".*(?:{pattern})"})
            for found in _ALTERNATIVE.finditer(pattern):
                if pattern[found.start() - 1] == "|" or pattern[found.end()] == "|":
                    mutated = pattern[: found.start()] + "zqzq" + pattern[found.end() :]
                    yield f"dropped alternative '{found[1]}'", replace(rule, **{key: mutated})


def _guards(rule: Rule) -> Iterator[Mutant]:
    for exception in rule.unless:
        yield f"dropped unless '{exception}'", replace(rule, unless=tuple(p for p in rule.unless if p != exception))
    unset = {f.name: f.default for f in fields(Where)}
    for name, default in unset.items():
        value = getattr(rule.where, name)
        if value != default and name != "within":
            loose = {name: () if isinstance(value, tuple) else None}
            yield f"dropped guard {name}", replace(rule, where=replace(rule.where, **loose))
            if type(value) is int:
                tight = value // 2 if name == "max_words" else value * 2 + 1
                yield f"tightened guard {name}", replace(rule, where=replace(rule.where, **{name: tight}))
            if isinstance(value, bool):
                yield f"flipped guard {name}", replace(rule, where=replace(rule.where, **{name: not value}))
    for name in rule.set:
        yield f"dropped {name}", replace(rule, set={k: v for k, v in rule.set.items() if k != name})
    if rule.cut:
        yield "dropped cut", replace(rule, cut=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What mutants are tried against: the pack, and the corpus of the golden files."""

    pack: RulePack
    corpus: list[Prepared]


def _knows(rule: Rule, original: Rule, pack: RulePack) -> list[bool]:
    """Which lines of the original's part in the phrasebook a rule knows."""
    alone = anywhere(RulePack(rules=(rule,), lists=pack.lists, digest=""))
    language = next(iter(original.language), "core")
    return [bool(signed(text, language, alone).signs) for text in lines_of(original, pack)]


def caught(rule: Rule, mutant: Rule | None, bench: Bench) -> str:
    """What catches a mutant: `examples`, `golden`, `loading`; empty where nothing does."""
    pack = bench.pack
    try:
        if mutant is None:
            return "golden"  # tests/golden/rules.txt lists every rule
        if not all(outcome.passed for outcome in outcomes(mutant, pack)):
            return "examples"
        if _knows(rule, rule, pack) != _knows(mutant, rule, pack):
            return "golden"  # tests/golden/phrases
        needles = CompiledRule(mutant, 0, pack.lists, mutant.action).needles
        others = replace(
            pack,
            rules=tuple(mutant if r.id == rule.id else r for r in pack.rules),
            needles={**pack.needles, rule.id: needles},
            digest="",
        )
        return "golden" if compare(pack, others, bench.corpus) else ""
    except PatternError:
        return "loading"


_BENCH: list[Bench] = []


def _start(folder: Path) -> None:
    pack = load_pack(folder)
    _BENCH.append(Bench(pack=pack, corpus=list(prepared_corpus(str(ROOT / "raw")))))


def _survey(job: tuple[int, int]) -> tuple[str, str, str]:
    number, which = job
    rule = _BENCH[0].pack.rules[number]
    name, mutant = list(mutants(rule))[which]
    return rule.id, name, caught(rule, mutant, _BENCH[0])


def main() -> None:
    """Run the campaign on all cores; list the survivors and the share caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", default=["*"])
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try N mutants drawn at random; 0 for all")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules")
    args = parser.parse_args()
    pack = load_pack(args.rules)
    chosen = [
        (n, which)
        for n, rule in enumerate(pack.rules)
        if rule.status == "stable" and any(fnmatchcase(rule.id, pattern) for pattern in args.only)
        for which, _ in enumerate(mutants(rule))
    ]
    if args.sample:
        chosen = sorted(random.Random(0).sample(chosen, min(args.sample, len(chosen))))
    by: Counter[str] = Counter()
    survivors: Counter[str] = Counter()
    sorts: Counter[tuple[str, bool]] = Counter()
    with get_context("spawn").Pool(initializer=partial(_start, args.rules)) as pool:
        for rule, name, catcher in pool.imap(_survey, chosen, chunksize=8):
            by[catcher or "nothing"] += 1
            sorts[name.partition(" '")[0], bool(catcher)] += 1
            if not catcher:
                survivors[rule] += 1
                print(f"survived  {rule}  {name}", flush=True)
    print(f"{by.total()} mutants, caught by: {dict(by)}; caught {1 - by['nothing'] / max(1, by.total()):.1%}")
    for sort in sorted({name for name, _ in sorts}):
        print(f"  {sort:<28} {sorts[sort, True]:>6} of {sorts[sort, True] + sorts[sort, False]}")
    print("most survivors:", ", ".join(f"{rule} {count}" for rule, count in survivors.most_common(10)))


if __name__ == "__main__":
    main()
