"""A phrasebook: lines that the rules of a pack know, one for each phrase and for each branch of each pattern.

Stored beside the golden files it is a corpus of its own: a phrase, an alternative or an exception that a rule
loses, a guard that it loosens, shows there, though no article of the corpus and no example may hold it. The
lines of patterns are made (`support.pattern_samples`) and kept where the rule bears them out; beside them are lines
that it must not know: those with a word more than it may have, with an exception, with something at either end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from cleaner.matching.candidates import candidates
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.indexed import find_indexed
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Match
from cleaner.model.rule import Rule, RulePack, Where
from cleaner.review.article_lines import GoldenLine
from cleaner.text.lines import Lines, word_count
from support.pattern_samples import GAP, drafts

_MOST_LINES = 300  # of one pattern
_FILLERS = (" aa", " Aa", " a", "中中", "가나 ")  # words for gaps; the short ones where characters are counted
_BESIDE = (" 7aA, 7aA", " | 7aA (7aA: 7aA!) 7aA. 7aA? 7aA", " 7aA" * 30, " 7aA" * 100)
_MOST_TRIED = 40  # drafts, for an exception or a border


def known_lines(pack: RulePack) -> dict[str, list[GoldenLine]]:
    """The phrasebook of a pack: by language (`core` for rules of all), its lines with every rule that knows them."""
    program = anywhere(pack)
    books: dict[str, set[str]] = {}
    for rule in pack.rules:
        if not rule.site and (texts := lines_of(rule, pack)):
            books.setdefault(next(iter(rule.language), "core"), set()).update(texts)
    return {language: signed(sorted(texts), language, program) for language, texts in sorted(books.items())}


def anywhere(pack: RulePack) -> Program:
    """The pack's rules for lines, with conditions on the line alone: where it stands is what examples are for."""
    rules = tuple(alone(rule) for rule in pack.rules if rule.line or rule.pattern or rule.inline)
    return compile_program(replace(pack, rules=rules, digest=""))


def alone(rule: Rule) -> Rule:
    """The rule with those conditions only."""
    where = rule.where
    own = Where(min_words=where.min_words, max_words=where.max_words, ends_sentence=where.ends_sentence)
    return replace(rule, where=own, cut=None)


def signed(texts: Sequence[str], language: str, program: Program) -> list[GoldenLine]:
    """Lines, and the rules that know each, in a text of this language."""
    context = stage(texts, language)
    found: dict[int, list[Match]] = {}
    for match in matches(context, program):
        found.setdefault(match.line, []).append(match)
    return [shown(text, context.lines.starts[i], found.get(i, ())) for i, text in enumerate(texts)]


def stage(texts: Sequence[str], language: str) -> MatchContext:
    """Lines as a text of this language; `core` for one that is not told."""
    return MatchContext(Lines("\n".join(texts)), language=None if language == "core" else language)


def matches(context: MatchContext, program: Program) -> Iterator[Match]:
    """What the rules for lines find, each by itself."""
    for near in candidates(program, context).values():
        yield from find_indexed(program, context, near)


def shown(text: str, at: int, found: Iterable[Match]) -> GoldenLine:
    """A line that stands at an offset, as the phrasebook has it: who knows it and, of pieces, where they are."""
    found = list(found)
    if not found:
        return GoldenLine(effective_action="  ", text=text)
    signs = ", ".join(sorted({f"{m.rule.label} · {m.rule.id}" for m in found}))
    if any(m.end - m.start == len(text) for m in found):
        return GoldenLine(effective_action="- ", text=text, signs=signs)
    marked, upto = "", 0
    for start, end in sorted((m.start - at, m.end - at) for m in found):
        if start >= upto:
            marked += f"{text[upto:start]}⟦{text[start:end]}⟧"
            upto = end
    return GoldenLine(effective_action="~ ", text=marked + text[upto:], signs=signs)


def now(stored: Iterable[GoldenLine], language: str, program: Program) -> list[GoldenLine]:
    """The lines of a stored phrasebook as a program signs them now."""
    return signed([line.source for line in stored], language, program)


# ---------------------------------------------------------------------------------------------------
# The lines of one rule


def lines_of(rule: Rule, pack: RulePack) -> list[str]:
    """Lines that a rule knows: its phrases, or its pattern's branches; and lines that lie just beside them."""
    return list(dict.fromkeys((*rule.line, *_texts(rule, pack))))


def _texts(rule: Rule, pack: RulePack) -> Iterator[str]:
    pattern = rule.pattern or rule.inline
    if not pattern:
        return
    asked, free = Known(alone(rule), pack), Known(replace(rule, where=Where(), unless=()), pack)
    shortest, others = drafts(pattern, pack.lists)
    made = [shortest, *islice(others, _MOST_LINES)]
    for draft in made:
        if text := next((text for text in _spellings(draft, rule) if asked(text)), None):
            yield text
            yield from _beside(text, asked) if draft is shortest else ()
    for words in _borders(rule.where):
        yield from islice((text for draft in made[:_MOST_TRIED] for text in _filled(draft, words) if free(text)), 1)
    if rule.where.ends_sentence is not None:
        yield from islice((text for draft in made for text in _stopped(draft, rule) if free(text)), 1)
    for n, exception in enumerate(rule.unless):
        loose = Known(replace(alone(rule), unless=(*rule.unless[:n], *rule.unless[n + 1 :])), pack)
        excepted = (text for text in _holding(exception, made[:_MOST_TRIED], pack) if loose(text) and not asked(text))
        yield from islice(excepted, 1)


class Known:
    """Whether a rule knows a line."""

    def __init__(self, rule: Rule, pack: RulePack) -> None:
        self._rule = CompiledRule(rule, 0, pack.lists, "drop")
        self._language = next(iter(rule.language), "core")

    def __call__(self, text: str) -> bool:
        if not text or text != text.strip() or "\n" in text:
            return False
        return any(True for _ in find_indexed(None, stage([text], self._language), [(self._rule, 0)]))  # type: ignore[arg-type]


def _spellings(draft: str, rule: Rule) -> Iterator[str]:
    """Ways to write a draft out, the plainest first."""
    least = rule.where.min_words
    texts = (draft.replace(GAP, ""), draft.replace(GAP, " "), draft.replace(GAP, " a "))
    for text in chain(map(str.strip, texts), _filled(draft, least) if least else ()):
        yield from (text, f"{text}.", f"{text[:1].upper()}{text[1:]}", f"{text[:1].upper()}{text[1:]}.")


def _filled(draft: str, words: int) -> Iterator[str]:
    """The draft with as many words as are asked for, where it has a gap for them."""
    for n, blank, filler in ((n, b, f) for n in range(draft.count(GAP)) for b in ("", " ") for f in _FILLERS):
        parts = draft.split(GAP)
        before, after = blank.join(parts[: n + 1]), blank.join(parts[n + 1 :])
        for tail in ("", " ", "."):
            bare = word_count(before + after)
            for more in range(max(0, words - bare - 2), words - bare + 3):
                text = f"{before}{filler * more}{tail}{after}".strip()
                if word_count(text) == words:
                    yield text
                    break


def _borders(where: Where) -> Iterator[int]:
    """Numbers of words on either side of what a rule asks for."""
    if where.max_words is not None:
        yield from (where.max_words, where.max_words + 1)
    if where.min_words is not None:
        yield from (where.min_words, where.min_words - 1)


def _stopped(draft: str, rule: Rule) -> Iterator[str]:
    """The draft as a sentence where the rule asks for none, or the other way round."""
    for text in _spellings(draft, rule):
        yield text.rstrip(".") if rule.where.ends_sentence else f"{text}."


def _beside(text: str, known: Known) -> Iterator[str]:
    """The line with something behind it, and before it, that a pattern would have to be widened to take in."""
    for texts in ((f"{text}{more}" for more in _BESIDE), (f"{more.strip()} {text}" for more in _BESIDE)):
        tried = list(texts)
        yield next((each for each in tried if not known(each)), tried[0])


def _holding(exception: str, made: Sequence[str], pack: RulePack) -> Iterator[str]:
    """Drafts that hold what an exception looks for."""
    base, others = drafts(exception, pack.lists)
    for held in dict.fromkeys(each.replace(GAP, "") for each in (base, *islice(others, 8))):
        for draft in made:
            for n in range(draft.count(GAP)):
                parts = draft.split(GAP)
                for blank in ("", " "):
                    before, after = blank.join(parts[: n + 1]), blank.join(parts[n + 1 :])
                    yield from (
                        f"{before}{a}{held}{b}{after}".strip() for a in ("", " ", " a") for b in ("", " ", "a ")
                    )
            text = draft.replace(GAP, " ").strip()
            text = f"{text[:1].upper()}{text[1:]}"
            yield from (text, text.upper(), f"{held}{text}", f"{held} {text}", f"{text}{held}", f"{text} {held}")
