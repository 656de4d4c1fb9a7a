"""Who and when: lines around the headline of a whole page that are nothing but names and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed
from cleaner.matching.context import MatchContext
from cleaner.matching.page.story import Story
from cleaner.matching.program import Program
from cleaner.metadata.bylines import BylineParts, is_lead, read_signature
from cleaner.model.document import FieldMatch, Match
from cleaner.model.rule import Label

_BESIDE: frozenset[Label] = frozenset({"byline", "dateline", "agency", "reading_time"})
_READABLE: frozenset[Label | None] = frozenset(
    {None, "byline", "dateline", "agency", "reading_time", "comments", "share"}
)
_NAME = re.compile(r"[^\W\d_]{3,}")
_BELOW_DECK = 14  # lines below the headline
_WITHIN = 3  # line breaks to a neighbour that vouches for names


def find_signatures(program: Program, context: MatchContext) -> Iterator[Match]:
    """The lines around the headline that name authors, or that state a day, for the rules that ask for them.

    A rule that only marks looks at lines that others have labelled, too: a date's line may name the author.
    """
    rules = [rule for rule in program.of_phase.get("signature", ()) if rule.in_scope(context.language, context.host)]
    if not rules or not (page := Story(context)).whole:
        return
    read = _readings(page)
    for rule in rules:
        for i, found in read.items():
            says = "authors" if found.names or not found.dated else "published"
            label = context.labels.get(i)
            if (
                says == rule.rule.signature
                and (label is None) is (rule.rule.action != "mark")
                and (i, says) not in context.said
                and first_failed(context, i, rule.checks, rule.where) is None
            ):
                yield _match(rule, page, i, found)


def _readings(page: Story) -> dict[int, BylineParts]:
    """By line, what the front of the page says of authors and date, without names that nothing vouches for."""
    lines, context = page.lines, page.context
    read: dict[int, BylineParts] = {}
    for i in page.front:
        if context.labels.get(i) in _READABLE:
            found = (
                BylineParts() if is_lead(lines.texts[i]) else read_signature(page.core(i), language=context.language)
            )
            if found is not None and found.dated and len(found.names) == 1 and not found.lead:
                [(start, end)] = found.names
                if _is_named(page, page.core(i)[start:end]):
                    found = replace(found, names=(), sure=False)  # the place that the story comes from
            if found is not None and (not found.names or found.lead or found.dated or _is_above(page, i)):
                read[i] = found
    signed = any(found.sure for found in read.values()) or any(context.labels.get(i) == "byline" for i in page.front)
    kept: dict[int, BylineParts] = {}
    led: set[int] = set()  # lines that what leads in a byline stands above
    for i, found in read.items():
        below = read.get(i + 1)
        if not found.names and not found.dated:
            leads = below is not None and bool(below.names)
        else:
            leads = bool(found.names) and _is_led(page, i, led)
        if leads:
            led.add(i)
        if found.dated or found.sure or leads or (found.names and not signed and _vouched(page, i, read)):
            kept[i] = found
    return kept


def _is_above(page: Story, i: int) -> bool:
    """The line stands above the story, whose deck may read as its beginning, and is no item of a list."""
    return not page.bullet(i) and i < max(page.story.start + 2, page.title + _BELOW_DECK)


def _is_led(page: Story, i: int, led: set[int]) -> bool:
    """The line stands below what leads in a byline, or right below names that do."""
    lines, above = page.lines, i - 1
    if above in led:
        return lines.breaks(above, i) <= _WITHIN
    return page.context.labels.get(above) == "byline" and lines.breaks(above, i) == 1


def _vouched(page: Story, i: int, read: dict[int, BylineParts]) -> bool:
    """The names stand below the headline, and something speaks for them.

    A date or an agency beside them does, or that the page names them again.
    """
    lines, labels = page.lines, page.context.labels
    if not page.title < i < max(page.story.start + 2, page.title + 6) or _is_told(page, i):
        return False
    for j in (i - 1, i + 1):
        near = 0 <= j < len(lines) and lines.breaks(i, j) <= _WITHIN
        if near and (labels.get(j) in _BESIDE or (j in read and read[j].dated)):
            return True
    return lines.haystack.count(lines.keys[i]) > 1


def _is_named(page: Story, name: str) -> bool:
    """The story uses all words of the name: whom or what it is about is not who wrote it."""
    return all(word in page.beginning for word in _NAME.findall(name))


def _is_told(page: Story, i: int) -> bool:
    """The story uses the words as a name, or any of them as a word like others."""
    core, early = page.core(i), page.beginning
    return _is_named(page, core) or any(
        re.search(rf"(?<!\w){word.lower()}(?!\w)", early) for word in _NAME.findall(core) if not word.islower()
    )


def _match(rule: CompiledRule, page: Story, i: int, found: BylineParts) -> Match:
    lines = page.lines
    start, end, bullet = lines.starts[i], lines.end(i), page.bullet(i)
    people = tuple(
        FieldMatch(name="authors", raw=page.core(i)[a:b], start=start + bullet + a, end=start + bullet + b)
        for a, b in found.names
    )
    day = (FieldMatch(name="published", raw=lines.texts[i], start=start, end=end),) if found.dated else ()
    return Match(rule=rule.rule, start=start, end=end, line=i, fields=(*people, *day))
