"""Finds the lines of a page that belong to the article, by aligning the page with the article's gold text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_SIZE = 4  # words of a shingle, as article-extraction-benchmark counts them
_MOST_RUNS = 6000
_SHORTEST_OF_MANY = 6
_GAP_COST = 0.001  # per word: of two copies, the one nearer to the rest of the article is preferred
_FARTHEST_GAP = 2000
_HALF = 0.5
_SHORT = 12  # words of a line that may be found between its neighbours
_LOOK_AHEAD = 12
_WIDEST = 40


def article_lines_of(lines: Sequence[str], gold: str) -> list[bool]:
    """For each line, whether most of its words are the gold text's, in its order.

    Runs of words that both texts share are put into one order by the heaviest chain (longest increasing
    subsequence, weighed by words), so that a teaser or a copied title isn't taken for the article's own line. A
    short line that fills the gap between its neighbours counts, too.
    """
    wanted = _WORD.findall(gold.lower())
    words: list[str] = []
    owners: list[int] = []
    for i, line in enumerate(lines):
        found = _WORD.findall(line.lower())
        words += found
        owners += [i] * len(found)
    place = _chain(_runs(words, wanted), len(words))
    total, shared = [0] * len(lines), [0] * len(lines)
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    own: dict[int, list[str]] = defaultdict(list)
    for owner, word, at in zip(owners, words, place, strict=True):
        total[owner] += 1
        own[owner].append(word)
        if at >= 0:
            shared[owner] += 1
            first.setdefault(owner, at)
            last[owner] = at
    kept = [bool(total[i]) and shared[i] >= _HALF * total[i] for i in range(len(lines))]
    _fill(kept, own, first, last, wanted)
    return kept


def _runs(words: Sequence[str], wanted: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return the runs of words that both have: their positions and lengths."""
    at: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in range(len(wanted) - _SIZE + 1):
        at[tuple(wanted[j : j + _SIZE])].append(j)
    runs: list[list[int]] = []
    growing: dict[int, list[int]] = {}
    for i in range(len(words) - _SIZE + 1):
        grown: dict[int, list[int]] = {}
        for j in at.get(tuple(words[i : i + _SIZE]), ()):
            run = growing.get(j - 1)
            if run is None:
                run = [i, j, _SIZE]
                runs.append(run)
            else:
                run[2] += 1
            grown[j] = run
        growing = grown
    if len(runs) > _MOST_RUNS:
        runs = [run for run in runs if run[2] >= _SHORTEST_OF_MANY][:_MOST_RUNS]
    return sorted((i, j, size) for i, j, size in runs)


def _chain(runs: Sequence[tuple[int, int, int]], count: int) -> list[int]:
    """Return for each word of the page its place in the gold text, or -1."""
    import numpy as np  # only a fit needs it

    place = [-1] * count
    if not runs:
        return place
    here, there, size = (np.array(column) for column in zip(*runs, strict=True))
    best, before = np.zeros(len(runs)), [-1] * len(runs)
    for k in range(len(runs)):
        best[k] = size[k]
        if k:
            overlap = np.maximum(np.maximum(here[:k] + size[:k] - here[k], there[:k] + size[:k] - there[k]), 0)
            gap = np.clip(here[k] - here[:k] - size[:k], 0, _FARTHEST_GAP)
            fits = (here[:k] < here[k]) & (there[:k] < there[k]) & (overlap < size[k])
            weight = np.where(fits, best[:k] + size[k] - overlap - _GAP_COST * gap, -1.0)
            j = int(weight.argmax())
            if weight[j] > best[k]:
                best[k], before[k] = weight[j], j
    k = int(best.argmax())
    while k >= 0:
        i, j, length = runs[k]
        for step in range(length):
            if place[i + step] < 0:
                place[i + step] = j + step
        k = before[k]
    return place


def _fill(
    kept: list[bool],
    own: dict[int, list[str]],
    first: dict[int, int],
    last: dict[int, int],
    wanted: Sequence[str],
) -> None:
    """Short lines of which the gold text has the words just where its neighbours leave a gap."""
    at = -1
    for i, is_kept in enumerate(kept):
        if is_kept:
            at = last.get(i, at)
            continue
        words = own.get(i, [])
        if at < 0 or not 0 < len(words) <= _SHORT:
            continue
        ahead = range(i + 1, min(i + _LOOK_AHEAD, len(kept)))
        stop = next((first[j] for j in ahead if kept[j] and j in first), len(wanted))
        gap = wanted[at + 1 : stop]
        if len(gap) < _WIDEST and gap[: len(words)] == words:
            kept[i] = True
            at += len(words)
