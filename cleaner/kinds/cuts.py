"""Cuts: from a matched line over the lines beside it, within guards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.conditions import is_quotation, is_quoted
from cleaner.model import Match
from cleaner.program import Program
from cleaner.rule import Cut
from cleaner.scene import Scene
from cleaner.wording import counted


def find_cuts(_program: Program, scene: Scene, winners: Sequence[Match]) -> Iterator[Match]:
    """The lines that the winners' cuts sweep; lines that other rules have labelled are passed over."""
    for match in winners:
        if match.rule.cut and not match.swept:
            yield from _sweep(match, match.rule.cut, scene)


def _sweep(match: Match, cut: Cut, scene: Scene) -> Iterator[Match]:
    lines = scene.lines
    reach = range(match.line - 1, -1, -1) if cut.to == "start" else range(match.line + 1, len(lines))
    swept: list[int] = []
    for i in reach:
        if i in scene.labels:
            continue
        if cut.to == "prose" and (lines.words[i] > cut.line_words or lines.ends_sentence(i) or lines.is_wrapped(i)):
            break
        if is_quoted(scene, i) or (is_quotation(scene, i) and lines.is_prose(i)):
            scene.missed(match.rule, match.line, "cut", f"line {lines.rows[i] + 1} holds a quotation")
            if cut.to == "prose":
                break
            return
        swept.append(i)
    words = sum(lines.words[i] for i in swept)
    if words > cut.max_words or words > cut.max_share * lines.total_words:
        share = words / max(1, lines.total_words)
        scene.missed(match.rule, match.line, "cut", f"would sweep {counted(words, 'word')}, {share:.0%} of the text")
        return
    for i in swept:
        yield Match(rule=match.rule, start=lines.starts[i], end=lines.end(i), line=i, swept=True)
