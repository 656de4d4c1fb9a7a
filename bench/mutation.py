"""Mutate every rule of the pack, and tell which mutants nobody would notice.

A mutant is caught when an example of its rule fails, when a line of the phrasebook would be signed otherwise, when
the golden files of raw/ would differ, or when it no longer loads. Drops a phrase or an alternative; widens a pattern
(where it isn't open already); loosens, tightens or takes away a guard; deletes the rule. For a survivor that another
line would show, that line is told, or with --mend put into tests/golden/phrases/found. Ctrl-C ends it with what is
known by then. Usage: PYTHONPATH=tests python -m bench.mutation [--mend] [--rules DIR] [ID-PATTERN ...]
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from cleaner.authoring.examples import outcomes
from cleaner.cleaning.prepare import Prepared
from cleaner.corpus.read import prepared_corpus
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.patterns.regex import PatternError
from cleaner.matching.program import Program
from cleaner.model.document import Match
from cleaner.model.options import Options
from cleaner.model.rule import Rule, RulePack, Where
from cleaner.review.article_lines import GoldenLine, parse_golden
from cleaner.review.diff import AffectedCheck, Changes, compare
from cleaner.rules.load import load_pack, make_pack
from cleaner.text.fold import fold
from cleaner.text.lines import phrase_key
from support.pattern_samples import HERE, sampled
from support.phrasebook import Known, alone, anywhere, matches, shown, signed, stage

ROOT = Path(__file__).parent.parent
PHRASES = ROOT / "tests" / "golden" / "phrases"
FOUND = PHRASES / "found"
_DRAWN = 150  # texts that are drawn for a survivor
_CHOICE = 4  # telling ones to choose the shortest from
_LONGEST = 160  # characters of such a text, that people are to read
Mutant = tuple[str, Rule | None]


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
            if not _opens(pattern, -1):
                yield "widened at its end", replace(rule, **{key: f"(?:{pattern}).*"})
            if key == "inline" or "(?P<" in pattern or not _opens(pattern, 0):
                yield "widened at its start", replace(rule, **{key: f".*(?:{pattern})"})
            for start, end in _alternatives(pattern):
                mutated = f"{pattern[:start]}{_NOTHING}{pattern[end:]}"
                yield f"dropped alternative '{pattern[start:end]}'", replace(rule, **{key: mutated})


_NOTHING = "\ue0fe\ue0fe\ue0fe"  # characters for private use, which no text holds; groups keep their numbers
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P<\w+>|[a-z]*:|[a-z]+(?=\))))?|[|)]", re.DOTALL)


def _opens(pattern: str, edge: int) -> bool:
    """Whether a pattern takes in anything at its start (0) or end (-1) already: `.*` there would change nothing.

    At its end whatever groups it has: the inner `.*` is greedy, and leaves the outer one nothing.
    """
    flat = re.sub(r"\\[pP](?:\{\w+\}|\w)|\{[a-z]\w*\}|\(\?[ims]+\)", "w", pattern)
    return _is_open(list(parser.parse(flat)), edge)


def _is_open(items: list[Any], edge: int) -> bool:
    if not items:
        return False
    kind, value = items[edge]
    if kind is op.SUBPATTERN:
        return _is_open(list(value[-1]), edge)
    if kind is op.BRANCH:
        return all(_is_open(list(branch), edge) for branch in value[1])
    return bool(kind is op.MAX_REPEAT and value[:2] == (0, op.MAXREPEAT) and value[2][0][0] is op.ANY)


def _alternatives(pattern: str) -> Iterator[tuple[int, int]]:
    """Where the alternatives of a pattern's choices stand, empty ones left out."""
    open_groups: list[list[int]] = [[0]]  # of each, where its alternatives begin
    for token in _TOKEN.finditer(f"{pattern})"):
        if token[0].startswith("("):
            open_groups.append([token.end()])
        elif token[0] == "|":
            open_groups[-1].append(token.end())
        elif token[0] == ")":
            starts = open_groups.pop()
            ends = [start - 1 for start in starts[1:]] + [token.start()]
            if len(starts) > 1:
                yield from ((start, end) for start, end in zip(starts, ends, strict=True) if start < end)


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


class Book:
    """A stored phrasebook, and what the whole pack finds in it."""

    def __init__(self, file: Path, program: Program) -> None:
        self.code = None if file.stem == "core" else file.stem
        self._texts = [line.source for line in parse_golden(file.read_text("utf-8"))]
        self._scene = stage(self._texts, file.stem)
        self._found: dict[int, list[Match]] = {}
        for match in matches(self._scene, program):
            self._found.setdefault(match.line, []).append(match)

    def shows(self, rule: Rule, alone: Program) -> bool:
        """Whether a line is signed otherwise where this rule's part is what another program finds."""
        theirs: dict[int, list[Match]] = {}
        for match in matches(self._scene, alone):
            theirs.setdefault(match.line, []).append(match)
        mine = {i for i, found in self._found.items() if any(match.rule.id == rule.id for match in found)}
        return any(self._line(i, rule, None) != self._line(i, rule, theirs.get(i, [])) for i in mine | theirs.keys())

    def _line(self, i: int, rule: Rule, instead: list[Match] | None) -> GoldenLine:
        found = self._found.get(i, [])
        if instead is not None:
            found = [match for match in found if match.rule.id != rule.id] + instead
        return shown(self._texts[i], self._scene.lines.starts[i], found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What mutants are tried against: the pack, the phrasebook, and the corpus of the golden files."""

    pack: RulePack
    books: list[Book]
    corpus: list[Prepared]


def caught(rule: Rule, mutant: Rule | None, bench: Bench) -> str:
    """What catches a mutant: `examples`, `phrasebook`, `golden`, `loading`; empty where nothing does."""
    pack = bench.pack
    try:
        if mutant is None:
            return "golden"  # tests/golden/rules.txt lists every rule
        if not all(outcome.passed for outcome in outcomes(mutant, pack)):
            return "examples"
        if mutant.line or mutant.pattern or mutant.inline:
            single = anywhere(RulePack(rules=(mutant,), lists=pack.lists, digest=""))
            if any(book.shows(rule, single) for book in bench.books if single.rules[0].is_for(book.code)):
                return "phrasebook"
        if not any(map(_touch(rule, mutant, pack), bench.corpus)):
            return ""
        literals = CompiledRule(mutant, 0, pack.lists, mutant.action).literals
        others = replace(
            pack,
            rules=tuple(mutant if r.id == rule.id else r for r in pack.rules),
            literals={**pack.literals, rule.id: literals},
            digest="",
        )
        return "golden" if compare(pack, others, bench.corpus) else ""
    except PatternError:
        return "loading"


def _touch(rule: Rule, mutant: Rule, pack: RulePack) -> AffectedCheck:
    """Which documents can differ, as `compare` asks, but without the rules that are the same on both sides."""
    old, new = (make_pack([one], pack.lists) for one in (rule, mutant))
    return AffectedCheck(old, new, Changes(edited=(rule.id,)), Options())


def witness(rule: Rule, mutant: Rule, pack: RulePack) -> str:
    """A line that a rule knows and its mutant does not, or the other way round; empty where chance finds none."""
    pattern = rule.pattern or rule.inline
    mutated = mutant.pattern or mutant.inline
    if not pattern or not mutated or pattern == mutated:
        return ""
    numbers = Random(f"{rule.id} {mutated}")
    known, unknown = Known(alone(rule), pack), Known(alone(mutant), pack)
    through = mutated.replace(_NOTHING, HERE) if _NOTHING in mutated else ""
    if through:
        at = through.index(HERE)
        through = f"{through[:at]}{HERE}{pattern[at : len(pattern) - len(through) + at + 1]}{through[at + 1 :]}"
    drawn = (sampled(through or mutated, pack.lists, numbers).strip() for _ in range(_DRAWN))
    spelled = (text for each in drawn for text in (each, f"{each[:1].upper()}{each[1:]}"))
    telling = (text for text in spelled if len(text) <= _LONGEST and known(text) != unknown(text))
    return min(islice(telling, _CHOICE), key=len, default="")


_BENCH: list[Bench] = []


def _start(folder: Path) -> None:
    pack = load_pack(folder)
    program = anywhere(pack)
    books = [Book(file, program) for file in sorted(PHRASES.rglob("*.txt"))]
    _BENCH.append(Bench(pack=pack, books=books, corpus=list(prepared_corpus(str(ROOT / "raw")))))


def _survey(job: tuple[int, int]) -> tuple[Rule, str, str, str]:
    number, which = job
    rule = _BENCH[0].pack.rules[number]
    name, mutant = list(mutants(rule))[which]
    catcher = caught(rule, mutant, _BENCH[0])
    return rule, name, catcher, "" if catcher or not mutant else witness(rule, mutant, _BENCH[0].pack)


def main() -> None:
    """Run the campaign on all cores; list the survivors and the share caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", default=["*"])
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="try N mutants drawn at random; 0 for all")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the order in which they are tried")
    parser.add_argument("--mend", action="store_true", help="put lines into the phrasebook that show the survivors")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules")
    parser.add_argument("--processes", type=int, default=None, metavar="N", help="how many at once; all cores")
    args = parser.parse_args()
    pack = load_pack(args.rules)
    chosen = [
        (n, which)
        for n, rule in enumerate(pack.rules)
        if rule.status == "stable" and any(fnmatchcase(rule.id, pattern) for pattern in args.only)
        for which, _ in enumerate(mutants(rule))
    ]
    # At random, so that a campaign that is cut short has tried a fair sample.
    chosen = Random(args.seed).sample(chosen, min(args.sample or len(chosen), len(chosen)))
    by: Counter[str] = Counter()
    survivors: Counter[str] = Counter()
    sorts: Counter[tuple[str, bool]] = Counter()
    found: dict[str, set[str]] = {}
    pool = get_context("spawn").Pool(args.processes, initializer=partial(_start, args.rules))
    with pool, suppress(KeyboardInterrupt):
        for rule, name, catcher, line in pool.imap(_survey, chosen, chunksize=8):
            if line and args.mend:
                found.setdefault(next(iter(rule.language), "core"), set()).add(line)
            by[catcher or ("a new line" if line and args.mend else "nothing")] += 1
            sorts[name.partition(" '")[0], bool(catcher or (line and args.mend))] += 1
            if not catcher:
                survivors[rule.id] += 1
                print(f"survived  {rule.id}  {name}{f'  would show in {line!r}' if line else ''}", flush=True)
    _mend(found, pack)
    print(f"{by.total()} mutants, caught by: {dict(by)}; caught {1 - by['nothing'] / max(1, by.total()):.1%}")
    for sort in sorted({name for name, _ in sorts}):
        print(f"  {sort:<28} {sorts[sort, True]:>6} of {sorts[sort, True] + sorts[sort, False]}")
    print("most survivors:", ", ".join(f"{rule} {count}" for rule, count in survivors.most_common(10)))


def _mend(found: Mapping[str, set[str]], pack: RulePack) -> None:
    """Put lines by which survivors would have shown into the phrasebook, beside the lines that are made."""
    program = anywhere(pack)
    for language, texts in found.items():
        file = FOUND / f"{language}.txt"
        stored = {line.source for line in parse_golden(file.read_text("utf-8"))} if file.exists() else set()
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = signed(sorted(stored | texts), language, program)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
