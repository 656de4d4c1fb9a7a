"""Measures each line of a whole page: one column of numbers for each fact.

Nothing here knows a language, a site or a phrase: the language's function words identify prose, and the labels of
other rules identify boilerplate. The facts follow the literature on boilerplate (Kohlschütter et al., "Boilerplate
detection using shallow text features", WSDM 2010; Pomikálek, jusText, 2011): lengths, stop words, neighbours. In
addition: rhythm (teasers are lines of one shape), cohesion (an article repeats its own words) and the distance to
labelled lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from cleaner.matching.page.page_lines import ENDS, QUOTE_MARKS, STARTS, Measure, PageLines
from cleaner.model.rule import LABELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_FIRST_LETTER = re.compile(r"([^\W\d_])[^\W\d_]*(?:'[^\W\d_]+)?")
_SENTENCE = re.compile(r"[.!?…。！？؟۔।][\"'”’“»«」』)\]]*(?:\s|$)|[。！？]")
_GLUED = re.compile(r"[A-Z](?=[a-z])(?:(?<=[^\W\d_A-Z].)|(?<=[^\W\d_A-Z]\..))")  # a capital to begin with is found fast
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ADDRESS = re.compile(r"https?:|www\.|\S@\S")
_BARS = re.compile(r"[|»›·•/]")
_COMMAS = re.compile(r"[,，、،;；]")
_LABELS = tuple(label for label in LABELS if label not in ("page", "repair", "residue", "quality"))
_NUMBER_OF = {label: number for number, label in enumerate(_LABELS, 1)}
_LEAST_FUNCTION_WORDS = 0.05  # of prose; below this the list is not the page's language's
# Labels of lines around an article's beginning, and labels of lines where something else begins.
OPENERS = frozenset({"title", "byline", "dateline", "agency", "reading_time"})
CLOSERS = frozenset({"comments", "related", "newsletter", "legal", "about", "navigation", "share"})


def _share(page: PageLines, of: Callable[[str], bool], texts: Iterable[list[str]]) -> Column:
    return page.column(sum(map(of, words)) / len(words) if words else 0.0 for words in texts)


def _function_words(page: PageLines) -> Column:
    """Share of function words, against that of the page's prose; -1 where the page's language has no list."""
    listed = page.context.words.get("function_words", frozenset())
    shares = _share(page, listed.__contains__, page.tokens)
    usual = float((shares * page.prose).sum()) / (page.prose_above[-1] or 1.0)
    result: Column = shares / usual if usual > _LEAST_FUNCTION_WORDS else page.np.full(page.count, -1.0)
    return result


def _page_words(page: PageLines) -> Column:
    """Share of words that are typical of boilerplate: `subscribe`, `newsletter`, `comments`."""
    listed = page.context.words.get("page_words", frozenset())
    return _share(page, listed.__contains__, page.tokens)


def _capitals(page: PageLines) -> Column:
    return _share(page, str.isupper, map(_FIRST_LETTER.findall, page.bodies))


def _copies(page: PageLines) -> Column:
    counts = Counter(page.lines.keys)
    return page.column(counts[key] for key in page.lines.keys)


def _cohesion(page: PageLines) -> Column:
    known = page.prose_vocabulary
    # The vocabulary counts the line itself, if it is prose: a word that no other line has is in it once.
    elsewhere = (known.keys(), {word for word, lines in known.items() if lines > 1})
    return page.column(
        len(words & elsewhere[prose > 0]) / len(words) if words else 0.0
        for words, prose in zip(page.content, page.prose.tolist(), strict=True)
    )


def _indent(page: PageLines) -> Column:
    by_indent: Counter[int] = Counter()
    for indent, words in zip(page.indents, page.prose.tolist(), strict=True):
        by_indent[indent] += words
    total = sum(by_indent.values()) or 1
    return page.column(by_indent[indent] / total for indent in page.indents)


def _step_in(page: PageLines, step: int) -> Column:
    own, count = page.indents, page.count
    return page.column(
        (own[i] > own[j]) - (own[i] < own[j]) + 1 if 0 <= (j := i + step) < count else 1 for i in range(count)
    )


def _label(page: PageLines) -> Column:
    of = page.context.labels
    return page.column(_NUMBER_OF.get(of[i], 0) if i in of else 0 for i in range(page.count))


def _position(page: PageLines) -> Column:
    above = page.np.cumsum(page.words) - page.words
    result: Column = above / max(1.0, float(page.words.sum()))
    return result


def _count(page: PageLines, pattern: re.Pattern[str]) -> Column:
    return page.column(len(pattern.findall(text)) for text in page.lines.texts)


def _has(page: PageLines, pattern: re.Pattern[str]) -> Column:
    return page.column(pattern.search(text) is not None for text in page.lines.texts)


def _has_number(page: PageLines, pattern: re.Pattern[str]) -> Column:
    return page.column(
        digits > 0 and pattern.search(text) is not None
        for digits, text in zip(page.digits, page.lines.texts, strict=True)
    )


def _prose_near(step: int, reach: int) -> Measure:
    return lambda page: page.prose_near(step, reach)


def _titles(page: PageLines) -> list[bool]:
    result: list[bool] = ((page.in_slug >= 0.6) & (page.words >= 4)).tolist()
    return result


def _whole(page: PageLines, value: float) -> Column:
    result: Column = page.np.full(page.count, value)
    return result


_FEW = (1, 2, 3, 5, 9)
_WIDE = (0.001, 0.2, 0.4, 0.6, 0.8, 0.99)
_PLACES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
_NEAR = (1, 2, 3, 4, 6, 10, 20, 40)
_MASS = (1, 20, 40, 80, 160, 320, 640)


MEASURES: Mapping[str, tuple[Measure, tuple[float, ...]]] = {
    # What the line itself is.
    "words": (lambda p: p.words, (1, 2, 3, 4, 6, 9, 13, 19, 31, 51, 91)),
    "word length": (
        lambda p: p.column(len(t) / max(1, w) for t, w in zip(p.lines.texts, p.lines.words, strict=True)),
        (4, 5, 6, 7, 9),
    ),
    "function words": (_function_words, (0.0, 0.001, 0.25, 0.5, 0.75, 1.0, 1.3)),
    "page words": (_page_words, (0.001, 0.1, 0.2, 0.35, 0.5, 0.75)),
    "capitals": (_capitals, (0.001, 0.1, 0.2, 0.4, 0.6, 0.8, 0.999)),
    "all capitals": (lambda p: p.column(t.isupper() for t in p.lines.texts), (1,)),
    "digits": (
        lambda p: p.column(n / len(t) for n, t in zip(p.digits, p.lines.texts, strict=True)),
        (0.001, 0.05, 0.15, 0.4),
    ),
    "sentences": (lambda p: _count(p, _SENTENCE), (1, 2, 3, 5)),
    "commas": (lambda p: _count(p, _COMMAS), (1, 2, 4)),
    "bars": (lambda p: _count(p, _BARS), (1, 2, 4)),
    "quotes": (lambda p: _has(p, QUOTE_MARKS), (1,)),
    "year": (lambda p: _has_number(p, _YEAR), (1,)),
    "clock": (lambda p: _has_number(p, _CLOCK), (1,)),
    "address": (lambda p: _has(p, _ADDRESS), (1,)),
    "glued": (lambda p: _has(p, _GLUED), (1,)),
    "end": (lambda p: p.ends, tuple(range(1, len(ENDS)))),
    "start": (lambda p: p.starts, tuple(range(1, len(STARTS)))),
    "label": (_label, tuple(range(1, len(_LABELS) + 1))),
    # Its position on the page.
    "copies": (_copies, (2, 3, 4)),
    "position": (_position, _PLACES),
    "prose position": (lambda p: p.prose_above[:-1] / max(1.0, p.prose_above[-1]), (0.0001, *_PLACES, 0.9999)),
    "line position": (lambda p: p.np.arange(p.count) / max(1, p.count), _PLACES),
    "indent": (_indent, (0.001, 0.05, 0.2, 0.5, 0.8, 0.95)),
    "indent above": (lambda p: _step_in(p, -1), (1, 2)),
    "indent below": (lambda p: _step_in(p, 1), (1, 2)),
    "gap above": (lambda p: p.column([0, *p.gaps]), (1, 2, 3)),
    "gap below": (lambda p: p.column([*p.gaps, 0]), (1, 2, 3)),
    "rhythm": (lambda p: p.rhythm, (1, 2, 3, 4, 6)),
    # What is near.
    "since prose": (lambda p: p.since([False, *(p.prose[:-1] > 0).tolist()]), _NEAR),
    "until prose": (lambda p: p.until([*(p.prose[1:] > 0).tolist(), False]), _NEAR),
    "since opener": (lambda p: p.since(p.labelled(OPENERS)), _NEAR),
    "until opener": (lambda p: p.until(p.labelled(OPENERS)), _NEAR),
    "since closer": (lambda p: p.since(p.labelled(CLOSERS)), _NEAR),
    "until closer": (lambda p: p.until(p.labelled(CLOSERS)), _NEAR),
    "since comments": (lambda p: p.since(p.labelled(frozenset({"comments"}))), _NEAR),
    "since related": (lambda p: p.since(p.labelled(frozenset({"related"}))), _NEAR),
    "since title": (lambda p: p.since(_titles(p)), _NEAR),
    "until title": (lambda p: p.until(_titles(p)), _NEAR),
    **{
        f"prose {where} {reach}": (_prose_near(step, reach), _MASS)
        for where, step in (("above", -1), ("below", 1))
        for reach in (1, 3, 6, 12, 25)
    },
    "cluster": (lambda p: p.cluster(4), (0.001, 0.1, 0.25, 0.4, 0.6, 0.8)),
    "wide cluster": (lambda p: p.cluster(12), (0.001, 0.1, 0.25, 0.4, 0.6, 0.8)),
    # What its words say.
    "cohesion": (_cohesion, _WIDE),
    "in address": (lambda p: p.in_slug, (0.001, 0.2, 0.4, 0.6, 0.8)),
    # What page it is.
    "lines": (lambda p: _whole(p, p.count), (20, 50, 100, 200, 400)),
    "prose share": (
        lambda p: _whole(p, p.prose_above[-1] / max(1.0, float(p.words.sum()))),
        (0.05, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9),
    ),
    "prose words": (lambda p: _whole(p, p.prose_above[-1]), (30, 100, 250, 500, 1000)),
}  # fmt: skip
"""Each fact: how it is measured, and the edges that a fit may split it at."""

TEXT_FACTS: Mapping[str, tuple[str, ...]] = {"end": ENDS, "start": STARTS, "label": ("none", *_LABELS)}
"""Facts that name a kind, by its index."""

NEIGHBOURS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("words", (-3, -2, -1, 1, 2, 3)), ("end", (-2, -1, 1, 2)), ("start", (-2, -1, 1, 2)),
    ("label", (-3, -2, -1, 1, 2, 3)), ("function words", (-2, -1, 1, 2)), ("copies", (-2, -1, 1, 2)),
    ("cohesion", (-2, -1, 1, 2)), ("page words", (-2, -1, 1, 2)),
    ("indent", (-2, -1, 1, 2)), ("year", (-2, -1, 1, 2)), ("rhythm", (-1, 1)),
)  # fmt: skip
"""Facts that a fit may ask of the lines near, and how many lines away."""
