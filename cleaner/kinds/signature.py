"""Who and when: lines around the headline of a whole page that are nothing but names and dates."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.bylines import Signature, is_lead, read_signature
from cleaner.conditions import first_failed
from cleaner.kinds.page import Page
from cleaner.model import FieldMatch, Label, Match
from cleaner.program import CompiledRule, Program
from cleaner.scene import Scene

_BESIDE: frozenset[Label] = frozenset({"byline", "dateline", "agency", "reading_time"})
_WITHIN = 3  # line breaks to a neighbour that vouches for names


def find_signatures(program: Program, scene: Scene) -> Iterator[Match]:
    """The lines around the headline that name authors, for rules that ask for them; those that date, for others."""
    rules = [rule for rule in program.of_phase.get("signature", ()) if rule.in_scope(scene.language, scene.host)]
    if not rules or not (page := Page(scene)).whole:
        return
    read = _readings(page)
    for rule in rules:
        for i, found in read.items():
            says = "authors" if found.names or not found.dated else "published"
            if says == rule.rule.signature and first_failed(scene, i, rule.checks, rule.where) is None:
                yield _match(rule, page, i, found)


def _readings(page: Page) -> dict[int, Signature]:
    """By line, what the front of the page says of authors and date, without names that nothing vouches for."""
    lines, scene = page.lines, page.scene
    read: dict[int, Signature] = {}
    for i in page.front:
        if i not in scene.labels:
            found = Signature() if is_lead(lines.texts[i]) else read_signature(page.core(i), language=scene.language)
            if found is not None:
                read[i] = found
    title = next((i for i, label in scene.labels.items() if label == "title"), -1)
    signed = any(found.sure for found in read.values()) or any(scene.labels.get(i) == "byline" for i in page.front)
    kept: dict[int, Signature] = {}
    for i, found in read.items():
        below = read.get(i + 1)
        leads = not found.names and not found.dated and below is not None and bool(below.names)
        if (
            found.dated
            or found.sure
            or leads
            or _follows(page, i, kept)
            or (found.names and not signed and i > title and _vouched(page, i, read))
        ):
            kept[i] = found
    return kept


def _follows(page: Page, i: int, kept: dict[int, Signature]) -> bool:
    """The line stands right below names, or below what leads in a byline."""
    lines, above = page.lines, i - 1
    if above not in kept:
        return page.scene.labels.get(above) == "byline" and lines.breaks(above, i) == 1
    return not kept[above].dated and lines.breaks(above, i) <= (1 if kept[above].names else _WITHIN)


def _vouched(page: Page, i: int, read: dict[int, Signature]) -> bool:
    """A date or an agency stands beside the names, or the page names them again."""
    lines, labels = page.lines, page.scene.labels
    for j in (i - 1, i + 1):
        near = 0 <= j < len(lines) and lines.breaks(i, j) <= _WITHIN
        if near and (labels.get(j) in _BESIDE or (j in read and read[j].dated)):
            return True
    return lines.haystack.count(lines.keys[i]) > 1


def _match(rule: CompiledRule, page: Page, i: int, found: Signature) -> Match:
    lines = page.lines
    start, end, bullet = lines.starts[i], lines.end(i), page.bullet(i)
    people = tuple(
        FieldMatch(name="authors", raw=page.core(i)[a:b], start=start + bullet + a, end=start + bullet + b)
        for a, b in found.names
    )
    day = (FieldMatch(name="published", raw=lines.texts[i], start=start, end=end),) if found.dated else ()
    return Match(rule=rule.rule, start=start, end=end, line=i, fields=(*people, *day))
