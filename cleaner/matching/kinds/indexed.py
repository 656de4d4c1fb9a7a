"""Finders of rules that are looked up: phrases by their key, patterns by their literals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed, hold
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.finders import LineFinder, line_finder
from cleaner.matching.program import Program
from cleaner.model.document import FieldMatch, Match


def find_indexed(_program: Program, context: MatchContext, near: Iterable[tuple[CompiledRule, int]]) -> Iterator[Match]:
    """Yield the matches among the candidates."""
    every = context.misses is not None
    finders: dict[str, LineFinder] = {}
    for rule, i in near:
        # Cheap conditions first, then the pattern; the other way round if near misses are recorded.
        if every or not rule.cheap_checks or hold(context, i, rule.cheap_checks, rule.where):
            find = finders.get(rule.kind) or finders.setdefault(rule.kind, line_finder(rule.kind))
            yield from find(rule, context, i)


def conditions_hold(rule: CompiledRule, context: MatchContext, i: int) -> bool:
    """Report whether the rule's conditions hold and none of its exceptions matches; if not, record the near miss."""
    if failed := first_failed(context, i, rule.checks, rule.where):
        context.missed(rule.rule, i, *failed)
        return False
    line = context.lines.plain(i)
    if excepted := next((regex for regex in rule.unless if regex.search(line)), None):
        context.missed(rule.rule, i, "unless", excepted.pattern)
        return False
    return True


def constants(rule: CompiledRule, context: MatchContext, i: int) -> tuple[FieldMatch, ...]:
    lines = context.lines
    return tuple(
        FieldMatch(name=name, raw=lines.texts[i], start=lines.starts[i], end=lines.end(i), constant=value)
        for name, value in rule.rule.set.items()
    )


def find_line(rule: CompiledRule, context: MatchContext, i: int) -> Iterator[Match]:
    """Yield the line, which is one of the rule's phrases, if the conditions hold."""
    if conditions_hold(rule, context, i):
        lines = context.lines
        yield Match(rule=rule.rule, start=lines.starts[i], end=lines.end(i), line=i, fields=constants(rule, context, i))


def _captured(rule: CompiledRule, context: MatchContext, i: int, found: object) -> tuple[FieldMatch, ...]:
    text, start = context.lines.texts[i], context.lines.starts[i]
    fields: list[FieldMatch] = []
    for name, number in rule.groups:
        a, b = found.span(number)  # type: ignore[attr-defined]
        if b > a:
            fields.append(FieldMatch(name=name, raw=text[a:b], start=start + a, end=start + b))
    return (*fields, *constants(rule, context, i))


def find_pattern(rule: CompiledRule, context: MatchContext, i: int) -> Iterator[Match]:
    """Yield the line if the pattern matches all of it."""
    found = rule.regex.search(context.lines.plain(i))
    if found is None:
        context.missed(rule.rule, i, "pattern", "its literal is there, but the whole line does not match")
    elif i in context.lines.parts and not rule.ends_with_part(context.lines.plain(i)):
        context.missed(rule.rule, i, "unit", "it may go on with a sentence of the story")
    elif conditions_hold(rule, context, i):
        start, end = context.lines.starts[i], context.lines.end(i)
        yield Match(rule=rule.rule, start=start, end=end, line=i, fields=_captured(rule, context, i, found))


def find_inline(rule: CompiledRule, context: MatchContext, i: int) -> Iterator[Match]:
    """Yield each place in the line that the pattern matches."""
    hits = [hit for hit in rule.regex.finditer(context.lines.plain(i)) if hit.end() > hit.start()]
    if not hits:
        context.missed(rule.rule, i, "pattern", "its literal is there, but the pattern does not match")
    elif conditions_hold(rule, context, i):
        start = context.lines.starts[i]
        for hit in hits:
            yield Match(
                rule=rule.rule, start=start + hit.start(), end=start + hit.end(), line=i,
                fields=_captured(rule, context, i, hit), replacement=rule.rule.replace or "",
            )  # fmt: skip


def find_join(rule: CompiledRule, context: MatchContext, i: int) -> Iterator[Match]:
    """Yield the line break below the line if both lines match their patterns."""
    lines = context.lines
    if i + 1 >= len(lines) or lines.breaks(i, i + 1) != 1 or not rule.regex.search(lines.plain(i)):
        return
    if not rule.before.search(lines.plain(i + 1)):
        context.missed(rule.rule, i, "before", f"the next line begins {lines.texts[i + 1][:20]!r}")
    elif conditions_hold(rule, context, i):
        yield Match(rule=rule.rule, start=lines.end(i), end=lines.starts[i + 1], line=i, replacement=" ")
