"""Cuts: from a matched line over the lines beside it, within guards."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from cleaner.conditions import is_quotation, is_quoted
from cleaner.model import Match
from cleaner.program import Program
from cleaner.scene import Scene
from cleaner.wording import counted


def find_cuts(_program: Program, scene: Scene, winners: Sequence[Match]) -> Iterator[Match]:
    """The lines that the winners' cuts sweep; lines that other rules have labelled are passed over.

    Where a rule's phrase stands again in what it has swept, no line is swept twice by that rule.
    """
    cutting = [match for match in winners if match.rule.cut and not match.swept]
    if not cutting:
        return
    free = [i for i in range(len(scene.lines)) if i not in scene.labels]
    done: dict[str, set[int]] = {}
    for match in cutting:
        swept = done.setdefault(match.rule.id, set())
        for i in _swept(match, scene, free) if match.rule.cut else ():
            if i not in swept:
                swept.add(i)
                yield Match(
                    rule=match.rule, start=scene.lines.starts[i], end=scene.lines.end(i), line=i, swept=True
                )  # fmt: skip


def _swept(match: Match, scene: Scene, free: Sequence[int]) -> Sequence[int]:
    """The lines without a label (`free`) that one cut sweeps; none where it would sweep too many words."""
    cut, lines = match.rule.cut, scene.lines
    assert cut is not None
    most = min(cut.max_words, cut.max_share * lines.total_words)
    at = bisect_right(free, match.line)
    swept: list[int] = []
    words = 0
    # A cut that sweeps too much sweeps nothing: there is no need to look on. Else a text of headings alone would be
    # read to its end from each of them.
    for at in range(bisect_left(free, match.line) - 1, -1, -1) if cut.to == "start" else range(at, len(free)):
        i = free[at]
        if cut.to == "prose" and (lines.words[i] > cut.line_words or lines.ends_sentence(i) or lines.is_wrapped(i)):
            break
        if is_quoted(scene, i) or (is_quotation(scene, i) and lines.is_prose(i)):
            scene.missed(match.rule, match.line, "cut", f"line {lines.rows[i] + 1} holds a quotation")
            if cut.to == "prose":
                break
            return ()
        swept.append(i)
        words += lines.words[i]
        if words > most:
            share = words / max(1, lines.total_words)
            figure = f"would sweep {counted(words, 'word')} or more, {share:.0%} of the text"
            scene.missed(match.rule, match.line, "cut", figure)
            return ()
    return swept
