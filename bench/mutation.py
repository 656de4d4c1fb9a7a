"""Mutate every rule of the pack, and tell which mutants nobody would notice.

A mutant is caught when an example of its rule fails, when the golden files of raw/ would differ, or when it no
longer loads. Drops a phrase, an alternative or a literal; widens a pattern; loosens, tightens or takes away a
guard; flips what the rule does; deletes it. Usage: python bench/mutation.py [--rules DIR] [ID-PATTERN ...]
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from cleaner.cleaning import Prepared
from cleaner.corpus import prepared_corpus
from cleaner.diff import compare
from cleaner.examples import outcomes
from cleaner.model import Rule, RulePack, Where
from cleaner.patterns import PatternError
from cleaner.program import CompiledRule
from cleaner.rulefiles import load_pack

ROOT = Path(__file__).parent.parent
Mutant = tuple[str, Rule | None]

_ALTERNATIVE = re.compile(r"(?<=[(:|])((?:[^()|\\\[\]{}]|\\.){2,})(?=[|)])")


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Names and mutants of a rule; None for the deleted one."""
    yield "deleted", None
    for phrase in rule.line if len(rule.line) > 1 else ():
        yield f"dropped phrase {phrase!r}", replace(rule, line=tuple(p for p in rule.line if p != phrase))
    for key in ("pattern", "inline"):
        if pattern := getattr(rule, key):
            yield "widened at its end", replace(rule, **{key: f"(?:{pattern}).*"})
            yield "widened at its start", replace(rule, **{key: f".*(?:{pattern})"})
            for found in _ALTERNATIVE.finditer(pattern):
                if pattern[found.start() - 1] == "|" or pattern[found.end()] == "|":
                    mutated = pattern[: found.start()] + "zqzq" + pattern[found.end() :]
                    yield f"dropped alternative {found[1]!r}", replace(rule, **{key: mutated})
    for exception in rule.unless:
        yield f"dropped unless {exception!r}", replace(rule, unless=tuple(p for p in rule.unless if p != exception))
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


def caught(rule: Rule, mutant: Rule | None, pack: RulePack, corpus: list[Prepared]) -> str:
    """What catches a mutant: `examples`, `golden`, `loading`; empty where nothing does."""
    try:
        if mutant is None:
            return "golden"  # tests/golden/rules.txt lists every rule
        if not all(outcome.passed for outcome in outcomes(mutant, pack)):
            return "examples"
        needles = CompiledRule(mutant, 0, pack.lists, mutant.action).needles
        others = replace(
            pack,
            rules=tuple(mutant if r.id == rule.id else r for r in pack.rules),
            needles={**pack.needles, rule.id: needles},
            digest="",
        )
        return "golden" if compare(pack, others, corpus) else ""
    except PatternError:
        return "loading"


_WORK: list[tuple[RulePack, list[Prepared]]] = []


def _start(folder: Path) -> None:
    _WORK.append((load_pack(folder), list(prepared_corpus(str(ROOT / "raw")))))


def _survey(number: int) -> list[tuple[str, str, str]]:
    pack, corpus = _WORK[0]
    rule = pack.rules[number]
    return [(rule.id, name, caught(rule, mutant, pack, corpus)) for name, mutant in mutants(rule)]


def main() -> None:
    """Run the campaign on all cores; list the survivors and the share caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", default=["*"])
    parser.add_argument("--rules", type=Path, default=ROOT / "rules")
    args = parser.parse_args()
    pack = load_pack(args.rules)
    chosen = [n for n, r in enumerate(pack.rules) if any(fnmatchcase(r.id, p) for p in args.only)]
    by: Counter[str] = Counter()
    survivors: Counter[str] = Counter()
    with get_context("spawn").Pool(initializer=partial(_start, args.rules)) as pool:
        for rows in pool.imap(_survey, chosen):
            for rule, name, catcher in rows:
                by[catcher] += 1
                if not catcher:
                    survivors[rule] += 1
                    print(f"survived  {rule}  {name}", flush=True)
    total = by.total()
    print(f"{total} mutants of {len(chosen)} rules: {dict(by)}; caught {1 - by[''] / max(1, total):.1%}")
    print("most survivors:", ", ".join(f"{rule} {count}" for rule, count in survivors.most_common(10)))


if __name__ == "__main__":
    main()
