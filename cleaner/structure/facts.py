"""What can be measured of each line of a whole page, one column of numbers a fact.

Nothing here knows a language, a site or a phrase: words are told by the language's function words, furniture by
the labels that other rules gave. The facts follow the literature on boilerplate (Kohlschütter et al., "Boilerplate
detection using shallow text features", WSDM 2010; Pomikálek, jusText, 2011): lengths, stop words, neighbours; to
them come rhythm (teasers stand in lines of one shape), cohesion (an article shares its words with itself) and how
far labelled lines are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cleaner.letters import Words
from cleaner.lines import Lines
from cleaner.model import Block
from cleaner.rule import LABELS
from cleaner.scene import Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_FIRST_LETTER = re.compile(r"([^\W\d_])[^\W\d_]*(?:'[^\W\d_]+)?")
_WORD = Words(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SENTENCE = re.compile(r"[.!?…。！？؟۔।][\"'”’“»«」』)\]]*(?:\s|$)|[。！？]")
_BULLET = re.compile(r"(?:[*+•·▪■●‣▶►>–—-]|o(?=\s)|\d{1,2}[.)](?=\s))\s*")
_GLUED = re.compile(r"[A-Z](?=[a-z])(?:(?<=[^\W\d_A-Z].)|(?<=[^\W\d_A-Z]\..))")  # a capital to begin with is found fast
_FIGURE = re.compile("[0-9]")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ADDRESS = re.compile(r"https?:|www\.|\S@\S")
_BARS = re.compile(r"[|»›·•/]")
_COMMAS = re.compile(r"[,，、،;；]")
_QUOTES = re.compile('["“”„«»‹›「『]')

ENDS = ("word", "sentence", "ellipsis", "question", "colon", "comma", "dash", "quote", "bar", "bracket")
_END_OF: Mapping[str, int] = {
    **dict.fromkeys(":：", 4), **dict.fromkeys(",;，、；", 5), **dict.fromkeys("-–—", 6),
    **dict.fromkeys("\"”'’“»«」』", 7), **dict.fromkeys("|>›→/·", 8), **dict.fromkeys(")]）】", 9),
}  # fmt: skip
STARTS = ("capital", "small", "digit", "bullet", "quote", "other")
_LABELS = tuple(label for label in LABELS if label not in ("page", "repair", "residue", "quality"))
_NUMBER_OF = {label: number for number, label in enumerate(_LABELS, 1)}
_PROSE_WORDS = 12
_CONTENT_LETTERS = 4
_FAR = 99
_BEATS = (2, 3, 4, 5)  # lines of a teaser, at least and at most
_LEAST_FUNCTION_WORDS = 0.05  # of prose; below this the list is not the page's language's
# What stands about an article, and what says that something else has begun.
OPENERS = frozenset({"title", "byline", "dateline", "agency", "reading_time"})
CLOSERS = frozenset({"comments", "related", "newsletter", "legal", "about", "navigation", "share"})


class Page:
    """The lines of one document with what their facts have in common, worked out once."""

    def __init__(self, scene: Scene, measures: Mapping[str, tuple[Measure, tuple[float, ...]]]) -> None:
        import numpy as np  # noqa: PLC0415 - only whole pages need it

        self.np = np
        self.scene = scene
        self.lines = scene.lines
        self.blocks: Sequence[Block] = [scene.blocks[row] for row in scene.lines.rows] if scene.blocks else ()
        self.count = len(scene.lines)
        self._measures = measures
        self._facts: dict[str, Column] = {}
        self.words: Column = np.array(scene.lines.words, dtype=float)

    def fact(self, name: str) -> Column:
        """A fact of each line, measured once."""
        if name not in self._facts:
            self._facts[name] = self.np.asarray(self._measures[name][0](self), dtype=float)
        return self._facts[name]

    def column(self, values: Iterable[float]) -> Column:
        """One number a line."""
        return self.np.fromiter(values, dtype=float, count=self.count)

    @cached_property
    def tokens(self) -> list[list[str]]:
        """The words of each line, folded."""
        return [_WORD.findall(line) for line in self.lines.folded]

    @cached_property
    def bodies(self) -> list[str]:
        """Each line without the bullet before it."""
        return [text[found.end() :] if (found := _BULLET.match(text)) else text for text in self.lines.texts]

    @cached_property
    def ends(self) -> Column:
        """How each line ends: an index into ENDS."""
        return self.column(map(self._end, range(self.count)))

    def _end(self, i: int) -> int:
        text = self.lines.texts[i]
        if text.isascii() and text[-1].isalnum():
            return 0
        if text.endswith(("...", "…")):
            return 2
        if _asks(text):
            return 3
        return 1 if self.lines.ends_sentence(i) else _END_OF.get(text[-1], 0)

    @cached_property
    def starts(self) -> Column:
        """How each line begins: an index into STARTS."""
        return self.column(map(_start, self.lines.texts, self.bodies))

    @cached_property
    def prose(self) -> Column:
        """Words of each line that reads as prose, 0 for the others."""
        return self.column(w if is_prose(self.lines, i) else 0 for i, w in enumerate(self.lines.words))

    @cached_property
    def prose_above(self) -> Column:
        """Words of prose above each line, and of all at the end: one longer than the lines."""
        result: Column = self.np.concatenate([[0.0], self.np.cumsum(self.prose)])
        return result

    @cached_property
    def indents(self) -> list[int]:
        """Blanks before each line."""
        text, starts = self.lines.text, self.lines.starts
        return [at - text.rfind("\n", 0, at) - 1 for at in starts]

    @cached_property
    def content(self) -> list[frozenset[str]]:
        """The words of each line that carry meaning: long ones that are no function words."""
        function = self.scene.words.get("function_words", frozenset())
        return [frozenset(w for w in ws if len(w) >= _CONTENT_LETTERS and w not in function) for ws in self.tokens]

    @cached_property
    def prose_vocabulary(self) -> Counter[str]:
        """In how many lines of prose each content word stands."""
        return Counter(w for words, prose in zip(self.content, self.prose, strict=True) if prose for w in words)

    @cached_property
    def digits(self) -> list[int]:
        """Digits on each line."""
        return [
            (sum(map(text.count, "0123456789")) if _FIGURE.search(text) else 0)
            if text.isascii()
            else sum(map(str.isdigit, text))
            for text in self.lines.texts
        ]

    @cached_property
    def gaps(self) -> list[int]:
        """Line breaks between each line and the next, at most 3."""
        return [min(3, self.lines.breaks(i, i + 1)) for i in range(self.count - 1)]

    @cached_property
    def shapes(self) -> Column:
        """What makes two lines look alike, as one number: rough length, end, start and indent."""
        rough = self.np.digitize(self.words, (3, 6, 13, 31, 61))
        bullets = self.starts == STARTS.index("bullet")
        result: Column = ((self.column(self.indents) * 2 + bullets) * 2 + (self.ends > 0)) * 6 + rough
        return result

    @cached_property
    def slug(self) -> frozenset[str]:
        """The words of the address' path."""
        try:
            path = unquote(urlsplit(self.scene.url or "").path)
        except ValueError:
            return frozenset()
        words = frozenset(w for w in _WORD.findall(path.lower().replace("_", " ")) if len(w) > 2)
        return words if len(words) >= 3 else frozenset()

    @cached_property
    def in_slug(self) -> Column:
        """Share of each line's words that stand in the address."""
        if not self.slug:
            return self.np.zeros(self.count)
        return self.column(len(self.slug & ws) / len(ws) if ws else 0.0 for ws in map(frozenset, self.tokens))

    def since(self, marked: Sequence[bool]) -> Column:
        """Lines since the last marked line above (a marked line itself: 0), at most 99."""
        at = self.np.arange(float(self.count))
        last = self.np.maximum.accumulate(self.np.where(marked, at, -_FAR))
        result: Column = self.np.minimum(_FAR, at - last)
        return result

    def until(self, marked: Sequence[bool]) -> Column:
        """Lines until the next marked line below (a marked line itself: 0), at most 99."""
        result: Column = self.since(marked[::-1])[::-1]
        return result

    def labelled(self, labels: frozenset[str]) -> list[bool]:
        """Which lines carry one of these labels."""
        of = self.scene.labels
        return [of.get(i) in labels for i in range(self.count)]

    def prose_near(self, step: int, reach: int) -> Column:
        """Words of prose on the `reach` lines above (step -1) or below (1)."""
        np, above = self.np, self.prose_above
        at = np.arange(self.count)
        if step < 0:
            result: Column = above[at] - above[np.maximum(at - reach, 0)]
        else:
            result = above[np.minimum(at + 1 + reach, self.count)] - above[at + 1]
        return result

    def cluster(self, gap: int) -> Column:
        """Share of the page's prose in the cluster that each line is part of: lines of prose at most `gap` apart."""
        at = [i for i, words in enumerate(self.prose) if words]
        share = self.np.zeros(self.count)
        total, first = self.prose_above[-1] or 1.0, 0
        for k, i in enumerate(at):
            if k + 1 == len(at) or at[k + 1] - i > gap:
                low, high = at[first], i + 1
                share[low:high] = (self.prose_above[high] - self.prose_above[low]) / total
                first = k + 1
        return share

    @cached_property
    def rhythm(self) -> Column:
        """How often the shapes of a line and the next are found again 2 to 5 lines away. The last line's are those
        of the line above it."""
        alike = self.np.zeros(max(0, self.count - 1))
        for step in _BEATS:
            again = self.np.ones(max(0, self.count - 1 - step), dtype=bool)
            for side in (self.shapes[:-1], self.shapes[1:]):
                again &= side[step:] == side[:-step]
            alike[step:] += again
            alike[: len(again)] += again
        result: Column = self.np.concatenate([alike, alike[-1:] if len(alike) else self.np.zeros(self.count)])
        return result


def is_prose(lines: Lines, i: int) -> bool:
    """The line is long enough for a sentence, and ends one, or asks."""
    return lines.words[i] >= _PROSE_WORDS and (lines.ends_sentence(i) or _asks(lines.texts[i]))


def _asks(text: str) -> bool:
    return text.rstrip("\"'”’“»」』) ").endswith(("?", "？", "؟"))


def _start(text: str, body: str) -> int:
    if text != body:
        return 3
    first = text[0]
    if first.isalpha():
        return 1 if first.islower() else 0
    return 2 if first.isdigit() else 4 if _QUOTES.match(first) or first in "'‘’" else 5


def _share(page: Page, of: Callable[[str], bool], texts: Iterable[list[str]]) -> Column:
    return page.column(sum(map(of, words)) / len(words) if words else 0.0 for words in texts)


def _function_words(page: Page) -> Column:
    """Share of function words, against that of the page's prose; -1 where the page's language has no list."""
    listed = page.scene.words.get("function_words", frozenset())
    shares = _share(page, listed.__contains__, page.tokens)
    usual = float((shares * page.prose).sum()) / (page.prose_above[-1] or 1.0)
    result: Column = shares / usual if usual > _LEAST_FUNCTION_WORDS else page.np.full(page.count, -1.0)
    return result


def _capitals(page: Page) -> Column:
    return _share(page, str.isupper, map(_FIRST_LETTER.findall, page.bodies))


def _copies(page: Page) -> Column:
    counts = Counter(page.lines.keys)
    return page.column(counts[key] for key in page.lines.keys)


def _cohesion(page: Page) -> Column:
    known = page.prose_vocabulary
    # On a line of prose, a word that no other one has stands in the vocabulary, too, once.
    elsewhere = (known.keys(), {word for word, lines in known.items() if lines > 1})
    return page.column(
        len(words & elsewhere[prose > 0]) / len(words) if words else 0.0
        for words, prose in zip(page.content, page.prose.tolist(), strict=True)
    )


def _indent(page: Page) -> Column:
    by_indent: Counter[int] = Counter()
    for indent, words in zip(page.indents, page.prose.tolist(), strict=True):
        by_indent[indent] += words
    total = sum(by_indent.values()) or 1
    return page.column(by_indent[indent] / total for indent in page.indents)


def _step_in(page: Page, step: int) -> Column:
    own, count = page.indents, page.count
    return page.column(
        (own[i] > own[j]) - (own[i] < own[j]) + 1 if 0 <= (j := i + step) < count else 1 for i in range(count)
    )


def _label(page: Page) -> Column:
    of = page.scene.labels
    return page.column(_NUMBER_OF.get(of[i], 0) if i in of else 0 for i in range(page.count))


def _position(page: Page) -> Column:
    above = page.np.cumsum(page.words) - page.words
    result: Column = above / max(1.0, float(page.words.sum()))
    return result


def _count(page: Page, pattern: re.Pattern[str]) -> Column:
    return page.column(len(pattern.findall(text)) for text in page.lines.texts)


def _has(page: Page, pattern: re.Pattern[str]) -> Column:
    return page.column(pattern.search(text) is not None for text in page.lines.texts)


def _has_number(page: Page, pattern: re.Pattern[str]) -> Column:
    return page.column(
        digits > 0 and pattern.search(text) is not None
        for digits, text in zip(page.digits, page.lines.texts, strict=True)
    )


def _prose_near(step: int, reach: int) -> Measure:
    return lambda page: page.prose_near(step, reach)


def _titles(page: Page) -> list[bool]:
    result: list[bool] = ((page.in_slug >= 0.6) & (page.words >= 4)).tolist()
    return result


def _whole(page: Page, value: float) -> Column:
    result: Column = page.np.full(page.count, value)
    return result


_FEW = (1, 2, 3, 5, 9)
_WIDE = (0.001, 0.2, 0.4, 0.6, 0.8, 0.99)
_PLACES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
_NEAR = (1, 2, 3, 4, 6, 10, 20, 40)
_MASS = (1, 20, 40, 80, 160, 320, 640)

Measure = Callable[["Page"], Any]

MEASURES: Mapping[str, tuple[Measure, tuple[float, ...]]] = {
    # What the line itself is.
    "words": (lambda p: p.words, (1, 2, 3, 4, 6, 9, 13, 19, 31, 51, 91)),
    "word length": (
        lambda p: p.column(len(t) / max(1, w) for t, w in zip(p.lines.texts, p.lines.words, strict=True)),
        (4, 5, 6, 7, 9),
    ),
    "function words": (_function_words, (0.0, 0.001, 0.25, 0.5, 0.75, 1.0, 1.3)),
    "capitals": (_capitals, (0.001, 0.1, 0.2, 0.4, 0.6, 0.8, 0.999)),
    "all capitals": (lambda p: p.column(t.isupper() for t in p.lines.texts), (1,)),
    "digits": (
        lambda p: p.column(n / len(t) for n, t in zip(p.digits, p.lines.texts, strict=True)),
        (0.001, 0.05, 0.15, 0.4),
    ),
    "sentences": (lambda p: _count(p, _SENTENCE), (1, 2, 3, 5)),
    "commas": (lambda p: _count(p, _COMMAS), (1, 2, 4)),
    "bars": (lambda p: _count(p, _BARS), (1, 2, 4)),
    "quotes": (lambda p: _has(p, _QUOTES), (1,)),
    "year": (lambda p: _has_number(p, _YEAR), (1,)),
    "clock": (lambda p: _has_number(p, _CLOCK), (1,)),
    "address": (lambda p: _has(p, _ADDRESS), (1,)),
    "glued": (lambda p: _has(p, _GLUED), (1,)),
    "end": (lambda p: p.ends, tuple(range(1, len(ENDS)))),
    "start": (lambda p: p.starts, tuple(range(1, len(STARTS)))),
    "label": (_label, tuple(range(1, len(_LABELS) + 1))),
    # How it stands on the page.
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

KINDS: Mapping[str, tuple[str, ...]] = {"end": ENDS, "start": STARTS, "label": ("none", *_LABELS)}
"""Facts that name a kind, by its index."""

NEIGHBOURS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("words", (-3, -2, -1, 1, 2, 3)), ("end", (-2, -1, 1, 2)), ("start", (-2, -1, 1, 2)),
    ("label", (-3, -2, -1, 1, 2, 3)), ("function words", (-2, -1, 1, 2)), ("copies", (-2, -1, 1, 2)),
    ("cohesion", (-2, -1, 1, 2)), ("indent", (-2, -1, 1, 2)), ("year", (-2, -1, 1, 2)), ("rhythm", (-1, 1)),
)  # fmt: skip
"""Facts that a fit may ask of the lines near, and how many lines away."""
