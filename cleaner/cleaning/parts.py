"""Removes the blanks beside a part of a line together with it, so that what is left reads on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from cleaner.model.document import Match
from cleaner.text.lines import Lines
from cleaner.text.sentences import SEPARATORS


def with_blanks(matches: Iterable[Match], lines: Lines) -> Iterator[Match]:
    """The matches in order of place; those that are whole parts of a line with the blanks beside them.

    The blanks (and separators) behind the part go with it, behind the last part of a line those before it. Where
    there are none, a blank replaces the parts that are removed. So the ledger shows that they were no whole line.

    >>> from cleaner.model.rule import Rule
    >>> text = "It rained. Share this. Lamps came on."
    >>> lines = Lines(text).split_at({0: [11, 22]})
    >>> share = Match(rule=Rule(id="a/b", label="share", why=""), start=11, end=22, line=1)
    >>> [text[each.start : each.end] for each in with_blanks([share], lines)]
    ['Share this. ']
    """
    if not lines.parts:
        yield from matches
        return
    part_at = {lines.starts[i]: i for i in lines.parts}
    done = -1
    following: Match | None
    for match, following in pairwise((*matches, None)):
        if match is None:
            continue
        i = part_at.get(match.start)
        is_part = i is not None and match.end == lines.end(i) and not match.replacement
        upto = following.start if following else len(lines.text)
        removed = _widened(match, i, lines, range(done, upto)) if i is not None and is_part else match
        done = removed.end
        yield removed


def _widened(match: Match, i: int, lines: Lines, free: range) -> Match:
    """The match of part `i` with the blanks behind it, or before it; `free` is between the matches around it."""
    before, behind = _is_beside(lines, i - 1, i), _is_beside(lines, i, i + 1)
    start, end = match.start, match.end
    if behind:
        next_part = lines.texts[i + 1]
        end = lines.starts[i + 1] + len(next_part) - len(next_part.lstrip(SEPARATORS))
        end = max(match.end, min(end, free.stop))
    elif before:
        start = max(free.start, lines.end(i - 1))
    glued = (start, end) == (match.start, match.end) and (before or behind) and start != free.start
    return replace(match, start=start, end=end, replacement=" " if glued else "")


def _is_beside(lines: Lines, i: int, j: int) -> bool:
    """Whether two lines are parts of one line of the text."""
    return i >= 0 and j < len(lines) and lines.breaks(i, j) == 0
