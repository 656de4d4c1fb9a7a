"""The cost of a document with 50, 500 and 5,000 rules: `python -m bench.packs articles.jsonl`, as JSON.

Counted are rules that are found by words of their own. Small packs are samples of the real one, in the proportions of
its kinds; the great one is the real pack and made-up rules of these kinds. The few dozen rules that go by the place or
the look of a line stand in all of them, or, to show the words alone, in none. A sample finds less than the real pack,
and what is found costs more than what is looked for: so there are small packs, too, of the rules that find the most in
these articles, as are written first. Packs are compiled and documents are read
beforehand; a round cleans the same documents with each pack by turns, and counts the CPU of this process. Each round
has documents of its own, so that nothing is known of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from time import process_time

from bench.sentences import Phrases, person, phrases, place
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.rule import Example, Rule, RulePack
from cleaner.readers import discover, read
from cleaner.rules.load import load_pack, make_pack

RULES = Path(__file__).parent.parent / "rules"
SIZES = (50, 500, 5_000)

_FIRST = 2000  # documents that no round counts, if there are four times as many: what is made at first use is made then
_IN_PROSE = 0.05  # share of made-up rules whose words stand in the articles' prose, and match nothing
_BETWEEN = ("", " (?:now|today|here)", r" \d{1,3}", "(?: and more)?")


def by_words(pack: RulePack) -> list[Rule]:
    """The rules that are found by their own words, not by the look or the place of a line."""
    return [rule for rule in pack.rules if _kind(rule) and not rule.everywhere]


def of_size(count: int, rules: Sequence[Rule]) -> list[Rule]:
    """So many rules: some of these in the proportions of their kinds, or these and made-up ones."""
    draw = Random(f"{count} rules")
    if count > len(rules):
        own = phrases()
        return [*rules, *(_made(number, draw.choice(rules), own, draw) for number in range(count - len(rules)))]
    kinds: dict[str, list[Rule]] = {}
    for rule in rules:
        kinds.setdefault(_kind(rule), []).append(rule)
    chosen = {rule for own in kinds.values() for rule in draw.sample(own, count * len(own) // len(rules))}
    rest = [rule for rule in rules if rule not in chosen]
    return [*sorted(chosen, key=lambda rule: rule.id), *draw.sample(rest, count - len(chosen))]


def finding(rules: Sequence[Rule], pack: RulePack, documents: Iterable[Document]) -> list[Rule]:
    """These rules, those first that find the most in the documents when all of the pack are at work."""
    program = compile_program(pack)
    found: Counter[str] = Counter()
    for document in documents:
        article = clean_document(document, program)
        found.update(each.rule for each in (*article.edits, *article.marks))
    return sorted(rules, key=lambda rule: (-found[rule.id], rule.id))


def _kind(rule: Rule) -> str:
    return next((kind for kind in ("line", "pattern", "inline") if getattr(rule, kind)), "")


def _made(number: int, mould: Rule, own: Mapping[str, Phrases], draw: Random) -> Rule:
    """A rule as its mould: the same kind, languages and conditions, with other words."""
    language = next((code for code in mould.language if code in own), "en")
    words = [*_words(own[language], draw, prose=draw.random() < _IN_PROSE)]
    pattern = f"(?i:{'|'.join(words)}){draw.choice(_BETWEEN)}"
    return replace(
        mould,
        id=f"made/up-{number}",
        why="stands for rules to come",
        line=tuple(f"{each} {number % 97}" for each in words) if mould.line else (),
        pattern=rf"\W*{pattern} {number % 97}\W*" if mould.pattern else None,
        inline=rf" ?\({pattern} {number}\)" if mould.inline else None,
        literals=(),
        unless=(),
        removes=(Example(text=words[0]),),
        keeps=(),
    )


def _words(own: Phrases, draw: Random, *, prose: bool) -> Iterator[str]:
    for _ in range(draw.randint(1, 6)):
        if prose:
            yield f"{draw.choice(own.slots['who'])} {draw.choice(own.slots['did'])}".lower()
        else:
            noun = draw.choice(own.slots["what"])
            yield f"{draw.choice((place(draw), person(draw)))} {noun}".lower()


def _cost(documents: Sequence[Document], program: Program) -> float:
    began = process_time()
    for document in documents:
        clean_document(document, program)
    return process_time() - began


def main() -> int:
    """Print, for the whole pack and for the rules of text alone, what each size costs in each round (seconds)."""
    parser = argparse.ArgumentParser(prog="bench.packs", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--count", type=int, default=2400, help="articles, of all rounds together")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    (source,), _ = discover(args.articles)
    documents = [found for found in islice(read(source), args.count) if isinstance(found, Document)]
    uncounted = min(_FIRST, len(documents) // 4)
    real = load_pack(RULES)
    words = by_words(real)
    others = [rule for rule in real.rules if rule not in set(words)]
    samples = {size: of_size(size, words) for size in SIZES}
    most = finding(words, real, documents[:uncounted])
    first = {size: most[:size] if size < len(words) else samples[size] for size in SIZES}
    found: dict[str, dict[int, list[float]]] = {}
    for name, always, packs in (("whole", others, samples), ("words", [], samples), ("finding", others, first)):
        programs = {
            size: compile_program(make_pack([*always, *rules], real.lists, real.site_phrases))
            for size, rules in packs.items()
        }
        costs: dict[int, list[float]] = {size: [] for size in programs}
        for program in programs.values():
            _cost(documents[:uncounted], program)
        for number in range(args.rounds):
            own = documents[uncounted + number :: args.rounds]
            for size in list(programs)[:: -1 if number % 2 else 1]:
                costs[size].append(_cost(own, programs[size]))
        found[name] = costs
    print(json.dumps({"documents": (len(documents) - uncounted) // args.rounds, "costs": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
