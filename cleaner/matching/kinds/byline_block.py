"""Bylines of whole pages: lines around the headline that hold names and dates and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed
from cleaner.matching.context import MatchContext
from cleaner.matching.page.story import Story
from cleaner.matching.program import Program
from cleaner.metadata.bylines import BylineParts, is_lead, read_signature
from cleaner.model.document import FieldMatch, Match
from cleaner.model.rule import Label

_CONFIRMING: frozenset[Label] = frozenset({"byline", "dateline", "agency", "reading_time"})
_READABLE: frozenset[Label | None] = frozenset(
    {None, "byline", "dateline", "agency", "reading_time", "comments", "share"}
)
_NAME = re.compile(r"[^\W\d_]{3,}")
_BELOW_DECK = 14  # lines below the headline
_HEADINGS = frozenset({"h1", "h2", "h3"})
_WITHIN = 3  # line breaks to a neighbour that confirms names


def find_byline_blocks(program: Program, context: MatchContext) -> Iterator[Match]:
    """Yield the lines around the headline that name authors or state a date, for the rules that look for these.

    A rule that only marks reads lines that other rules have labelled: the line of a date may name the author.
    """
    rules = [rule for rule in program.of_phase.get("byline_block", ()) if rule.in_scope(context.language, context.host)]
    if not rules or not (page := Story(context)).whole:
        return
    read = _readings(page)
    for rule in rules:
        for i, found in read.items():
            says = "authors" if found.names or not found.dated else "published"
            label = context.labels.get(i)
            if (
                says == rule.rule.byline_block
                and (label is None) is (rule.rule.action != "mark")
                and (i, says) not in context.said
                and first_failed(context, i, rule.checks, rule.where) is None
            ):
                yield _match(rule, page, i, found)


def _readings(page: Story) -> dict[int, BylineParts]:
    """By line, the authors and the date that the front of the page names, without names that nothing confirms."""
    read = {i: found for i in page.front if (found := _read(page, i)) is not None}
    labels = page.context.labels
    signed = any(found.sure for found in read.values()) or any(labels.get(i) == "byline" for i in page.front)
    led = _led(page, read)
    return {
        i: found
        for i, found in read.items()
        if found.dated or found.sure or i in led or (found.names and not signed and _is_confirmed(page, i, read))
    }


def _read(page: Story, i: int) -> BylineParts | None:
    """The parts of one line of the front; None where it is no byline, or has names alone and is not above the story."""
    context = page.context
    if context.labels.get(i) not in _READABLE:
        return None
    if is_lead(page.lines.texts[i]):
        return BylineParts()
    found = read_signature(page.core(i), language=context.language)
    if found is None:
        return None
    if found.dated and len(found.names) == 1 and not found.lead:
        [(start, end)] = found.names
        if _is_named(page, page.core(i)[start:end]):
            found = replace(found, names=(), sure=False)  # the place that the story comes from
    if found.sure and not found.lead and _is_heading_or_item(page, i, found):
        found = replace(found, sure=False)
    return found if not found.names or found.lead or found.dated or _is_above(page, i) else None


def _is_heading_or_item(page: Story, i: int, found: BylineParts) -> bool:
    """By its markup the line is a heading, or an item of a list without a date: "Top Harbour Agencies"."""
    block = page.context.block(i)
    return block is not None and (block.tag in _HEADINGS or (block.tag == "li" and not found.dated))


def _led(page: Story, read: Mapping[int, BylineParts]) -> set[int]:
    """The lines that a lead such as "By" makes a byline: the lead itself above names, and the names below it."""
    led: set[int] = set()
    for i, found in read.items():  # from top to bottom: a line can be led by the one above
        if found.names:
            if _is_led(page, i, led):
                led.add(i)
        elif not found.dated and (below := read.get(i + 1)) is not None and below.names:
            led.add(i)
    return led


def _is_above(page: Story, i: int) -> bool:
    """The line is above the story or in its first two lines, where a deck may be, and is not an item of a list."""
    return not page.bullet(i) and i < max(page.story.start + 2, page.title + _BELOW_DECK)


def _is_led(page: Story, i: int, led: set[int]) -> bool:
    """The line is below a lead, or right below a line with the label `byline`."""
    lines, above = page.lines, i - 1
    if above in led:
        return lines.breaks(above, i) <= _WITHIN
    return page.context.labels.get(above) == "byline" and lines.breaks(above, i) == 1


def _is_confirmed(page: Story, i: int, read: Mapping[int, BylineParts]) -> bool:
    """The names are below the headline, and a date or an agency next to them confirms them.

    Without markup, a second mention does, too; in HTML, links and buttons ("Text Link") are repeated.
    """
    lines, labels = page.lines, page.context.labels
    if not page.title < i < max(page.story.start + 2, page.title + 6) or _is_in_story(page, i):
        return False
    for j in (i - 1, i + 1):
        near = 0 <= j < len(lines) and lines.breaks(i, j) <= _WITHIN
        if near and (labels.get(j) in _CONFIRMING or (j in read and read[j].dated)):
            return True
    return not page.context.blocks and lines.haystack.count(lines.keys[i]) > 1


def _is_named(page: Story, name: str) -> bool:
    """The story uses all words of the name: it is then a person or place in the story, not its author."""
    return all(word in page.beginning for word in _NAME.findall(name))


def _is_in_story(page: Story, i: int) -> bool:
    """The story uses the words as a name, or any of them in small letters."""
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
