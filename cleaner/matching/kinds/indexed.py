"""Rules that are looked up: whole-line phrases by their key, patterns by the literals they must hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import first_failed, hold
from cleaner.matching.context import Scene
from cleaner.matching.program import Program
from cleaner.model.document import FieldMatch, Match


def find_indexed(_program: Program, scene: Scene, near: Iterable[tuple[CompiledRule, int]]) -> Iterator[Match]:
    """The matches among the candidates."""
    every = scene.misses is not None
    for rule, i in near:
        # What is cheap to know comes before the pattern is tried, but for those who ask what the pattern would say.
        if every or not rule.cheap_checks or hold(scene, i, rule.cheap_checks, rule.where):
            yield from _FIND[rule.kind](rule, scene, i)


def stands(rule: CompiledRule, scene: Scene, i: int) -> bool:
    """Conditions and exceptions hold; where they don't, the miss is noted."""
    if failed := first_failed(scene, i, rule.checks, rule.where):
        scene.missed(rule.rule, i, *failed)
        return False
    line = scene.lines.plain(i)
    if excepted := next((regex for regex in rule.unless if regex.search(line)), None):
        scene.missed(rule.rule, i, "unless", excepted.pattern)
        return False
    return True


def constants(rule: CompiledRule, scene: Scene, i: int) -> tuple[FieldMatch, ...]:
    lines = scene.lines
    return tuple(
        FieldMatch(name=name, raw=lines.texts[i], start=lines.starts[i], end=lines.end(i), constant=value)
        for name, value in rule.rule.set.items()
    )


def _phrase(rule: CompiledRule, scene: Scene, i: int) -> Iterator[Match]:
    if stands(rule, scene, i):
        lines = scene.lines
        yield Match(rule=rule.rule, start=lines.starts[i], end=lines.end(i), line=i, fields=constants(rule, scene, i))


def _captured(rule: CompiledRule, scene: Scene, i: int, found: object) -> tuple[FieldMatch, ...]:
    text, start = scene.lines.texts[i], scene.lines.starts[i]
    fields: list[FieldMatch] = []
    for name, number in rule.groups:
        a, b = found.span(number)  # type: ignore[attr-defined]
        if b > a:
            fields.append(FieldMatch(name=name, raw=text[a:b], start=start + a, end=start + b))
    return (*fields, *constants(rule, scene, i))


def _pattern(rule: CompiledRule, scene: Scene, i: int) -> Iterator[Match]:
    found = rule.regex.search(scene.lines.plain(i))
    if found is None:
        scene.missed(rule.rule, i, "pattern", "its literal is there, but the whole line does not match")
    elif stands(rule, scene, i):
        start, end = scene.lines.starts[i], scene.lines.end(i)
        yield Match(rule=rule.rule, start=start, end=end, line=i, fields=_captured(rule, scene, i, found))


def _inline(rule: CompiledRule, scene: Scene, i: int) -> Iterator[Match]:
    hits = [hit for hit in rule.regex.finditer(scene.lines.plain(i)) if hit.end() > hit.start()]
    if not hits:
        scene.missed(rule.rule, i, "pattern", "its literal is there, but the pattern does not match")
    elif stands(rule, scene, i):
        start = scene.lines.starts[i]
        for hit in hits:
            yield Match(
                rule=rule.rule, start=start + hit.start(), end=start + hit.end(), line=i,
                fields=_captured(rule, scene, i, hit), replacement=rule.rule.replace or "",
            )  # fmt: skip


def _join(rule: CompiledRule, scene: Scene, i: int) -> Iterator[Match]:
    lines = scene.lines
    if i + 1 >= len(lines) or lines.breaks(i, i + 1) != 1 or not rule.regex.search(lines.plain(i)):
        return
    if not rule.before.search(lines.plain(i + 1)):
        scene.missed(rule.rule, i, "before", f"the next line begins {lines.texts[i + 1][:20]!r}")
    elif stands(rule, scene, i):
        yield Match(rule=rule.rule, start=lines.end(i), end=lines.starts[i + 1], line=i, replacement=" ")


_FIND = {"line": _phrase, "pattern": _pattern, "inline": _inline, "join": _join}
