"""Finds the headline: on a whole page the line with the best clues, in an article alone its first line.

The plain text of a whole page does not mark its headline. The clues are: it is alone on its line above the story, with
a byline or a date below it; the story uses its words; the page's URL contains them; a page title or a share button
repeats it; it is no item of a list and no sentence. An article alone has its headline on the first line or not at all;
there the clues decide whether that line is the headline, a deck, a caption or the first sentence. A rule gives each
clue a weight. No line is taken if no sum of weights reaches the rule's `least`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import fsum

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed
from cleaner.matching.context import MatchContext
from cleaner.matching.page.headline_clues import CLUES
from cleaner.matching.page.opening import Opening
from cleaner.matching.page.story import Story
from cleaner.matching.program import Program
from cleaner.model.document import FieldMatch, Match
from cleaner.model.rule import Heading, HeadingOf

_PAGE_OF: Mapping[HeadingOf, Callable[[MatchContext], Story]] = {"page": Story, "article": Opening}


def find_heading(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the line with the highest sum of weights, if it reaches the rule's `least`."""
    pages: dict[HeadingOf, Story] = {}
    for rule in program.of_phase.get("heading", ()):
        if (asked := rule.rule.heading) and rule.in_scope(context.language, context.host):
            page = pages.get(asked.of) or pages.setdefault(asked.of, _PAGE_OF[asked.of](context))
            yield from _weighed(rule, asked, page)


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
            yield _taken(rule, context, first, 0, lines.texts[first])


def _weighed(rule: CompiledRule, asked: Heading, page: Story) -> Iterator[Match]:
    context = page.context
    standing = [i for i in page.candidates if _failed(rule, context, i) is None]
    if not standing:
        return
    scores = {i: fsum(weight * CLUES[clue](page, i) for clue, weight in asked.weights.items()) for i in standing}
    best = max(standing, key=lambda i: (scores[i], i))
    if scores[best] < asked.least:
        context.missed(rule.rule, best, "least", f"its clues weigh {scores[best]:.1f}, of at least {asked.least:g}")
    else:
        yield _taken(rule, context, best, page.bullet(best), page.core(best))


def _failed(rule: CompiledRule, context: MatchContext, i: int) -> tuple[str, str] | None:
    if failed := first_failed(context, i, rule.checks, rule.where):
        return failed
    excepted = next((regex for regex in rule.unless if regex.search(context.lines.plain(i))), None)
    return ("unless", excepted.pattern) if excepted else None


def _taken(rule: CompiledRule, context: MatchContext, i: int, bullet: int, core: str) -> Match:
    """A match of the whole line; its title is the core, which begins after the bullet."""
    start, end = context.lines.starts[i], context.lines.end(i)
    title = FieldMatch(name="title", raw=core, start=start + bullet, end=start + bullet + len(core))
    return Match(rule=rule.rule, start=start, end=end, line=i, fields=(title,))
