"""Finds the headline: on a whole page the line with the best clues, in an article alone the first line.

The plain text of a whole page does not mark its headline. The clues are: it is alone on its line above the story, with
a byline or a date below it; the story uses its words; the page's URL contains them; a page title or a share button
repeats it; it is no item of a list and no sentence. A rule gives each clue a weight. No line is taken if no sum of
weights reaches the rule's `least`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import fsum, log

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed
from cleaner.matching.context import MatchContext
from cleaner.matching.page.story import OFTEN, Story, content_words
from cleaner.matching.program import Program
from cleaner.metadata.url import slug_agreement
from cleaner.model.document import FieldMatch, Match
from cleaner.model.rule import Clue

_LONG = 20  # words
_CUT_OFF = re.compile(r" [|»] |(?:\.\.\.|…)$")
_SIGNED = frozenset({"byline", "dateline", "agency", "reading_time"})
_SIGNED_WITHIN = 3
_WEIGHT = tuple(log(1 + lines) for lines in range(OFTEN + 1))  # of a word, by the number of lines that use it


def find_heading(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the line above the story with the highest sum of weights, if it reaches the rule's `least`."""
    page: Story | None = None
    for rule in program.of_phase.get("heading", ()):
        if rule.in_scope(context.language, context.host):
            page = page or Story(context)
            yield from _weighed(rule, page)


def find_headline(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the first line of the head without a label, if it can be a title and no title has been found."""
    lines = context.lines
    first = next((i for i in range(len(lines)) if i not in context.labels), None)
    if first is None or first in lines.parts or "title" in context.labels.values():
        return
    for rule in program.of_phase.get("headline", ()):
        if not rule.in_scope(context.language, context.host):
            continue
        if failed := _failed(rule, context, first):
            context.missed(rule.rule, first, *failed)
        else:
            yield _taken(rule, context, first, 0)


def _weighed(rule: CompiledRule, page: Story) -> Iterator[Match]:
    asked, context = rule.rule.heading, page.context
    standing = [i for i in page.candidates if _failed(rule, context, i) is None]
    if asked is None or not standing:
        return
    scores = {i: fsum(weight * CLUES[clue](page, i) for clue, weight in asked.weights.items()) for i in standing}
    best = max(standing, key=lambda i: (scores[i], i))
    if scores[best] < asked.least:
        context.missed(rule.rule, best, "least", f"its clues weigh {scores[best]:.1f}, of at least {asked.least:g}")
    else:
        yield _taken(rule, context, best, page.bullet(best))


def _failed(rule: CompiledRule, context: MatchContext, i: int) -> tuple[str, str] | None:
    if failed := first_failed(context, i, rule.checks, rule.where):
        return failed
    excepted = next((regex for regex in rule.unless if regex.search(context.lines.plain(i))), None)
    return ("unless", excepted.pattern) if excepted else None


def _taken(rule: CompiledRule, context: MatchContext, i: int, bullet: int) -> Match:
    start, end = context.lines.starts[i], context.lines.end(i)
    title = FieldMatch(name="title", raw=context.lines.texts[i][bullet:], start=start + bullet, end=end)
    return Match(rule=rule.rule, start=start, end=end, line=i, fields=(title,))


def _repeated_in_story(page: Story, i: int) -> float:
    words = set(content_words(page.lines, i))
    # `fsum`: the sum does not depend on the order of a set.
    often = fsum(_WEIGHT[min(page.word_counts[word], OFTEN)] for word in words)
    return often / (len(words) * _WEIGHT[OFTEN]) if words else 0.0


def _address(page: Story, i: int) -> float:
    return slug_agreement(page.core(i), page.context.slug) if page.context.slug else 0.0


def _alone(page: Story, i: int) -> float:
    lines = page.lines
    return (i == 0 or lines.breaks(i - 1, i) > 1) and (i + 1 == len(lines) or lines.breaks(i, i + 1) > 1)


def _signed(page: Story, i: int) -> float:
    return any(page.context.labels.get(j) in _SIGNED for j in range(i + 1, i + 1 + _SIGNED_WITHIN))


def _page_title(page: Story, i: int) -> float:
    key = page.lines.keys[i]
    return i > 0 and len(key) >= 8 and page.lines.keys[0].startswith(key)


def _held(page: Story, i: int) -> float:
    key = page.lines.keys[i]
    return len(key) >= 15 and page.lines.haystack.count(key) > page.copies[key]


def _deck(page: Story, i: int) -> float:
    above = i - 1
    return above in page.candidates and not page.bullet(above) and page.words(above) > 3 and _alone(page, above)


CLUES: Mapping[Clue, Callable[[Story, int], float]] = {
    "address": _address,
    "repeated_in_story": _repeated_in_story,
    "alone": _alone,
    "signed": _signed,
    "page_title": _page_title,
    "held": _held,
    "copied": lambda page, i: page.copies[page.lines.keys[i]] > 1,
    "bullet": lambda page, i: page.bullet(i) > 0,
    "open_end": lambda page, i: page.core(i)[-1:] in ":：,;|",
    "cut_off": lambda page, i: _CUT_OFF.search(page.core(i)) is not None,
    "small_letter": lambda page, i: page.core(i)[:1].islower(),
    "full_stop": lambda page, i: page.core(i)[-1:] in ".。।",
    "deck": _deck,
    "inside": lambda page, i: i > page.story.start,
    "long": lambda page, i: page.words(i) > _LONG,
    "two_words": lambda page, i: page.words(i) <= 2,
    "few_words": lambda page, i: 2 < page.words(i) <= 4,
}
"""Clue → how far it applies to a line, 0 to 1."""
