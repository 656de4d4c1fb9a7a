"""The lines of a whole page, with what the facts of each have in common."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cleaner.matching.context import MatchContext
from cleaner.model.document import Block
from cleaner.text.lines import Lines
from cleaner.text.words import LetterPattern

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

Measure = Callable[["PageLines"], Any]
"""One fact of all lines of a page, as a column."""

_WORD = LetterPattern(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_BULLET = re.compile(r"(?:[*+•·▪■●‣▶►>–—-]|o(?=\s)|\d{1,2}[.)](?=\s))\s*")
_FIGURE = re.compile("[0-9]")
QUOTE_MARKS = re.compile('["“”„«»‹›「『]')
ENDS = ("word", "sentence", "ellipsis", "question", "colon", "comma", "dash", "quote", "bar", "bracket")
_END_OF: Mapping[str, int] = {
    **dict.fromkeys(":：", 4), **dict.fromkeys(",;，、；", 5), **dict.fromkeys("-–—", 6),
    **dict.fromkeys("\"”'’“»«」』", 7), **dict.fromkeys("|>›→/·", 8), **dict.fromkeys(")]）】", 9),
}  # fmt: skip
STARTS = ("capital", "small", "digit", "bullet", "quote", "other")
_PROSE_WORDS = 12
_CONTENT_LETTERS = 4
_FAR = 99
_FEW_LINKS = 0.1  # of the words of an element that counts as one without links
_BEATS = (2, 3, 4, 5)  # lines of a teaser, at least and at most


class PageLines:
    """The lines of one document with the intermediate results that their facts share, each computed once."""

    def __init__(self, context: MatchContext, measures: Mapping[str, tuple[Measure, tuple[float, ...]]]) -> None:
        import numpy as np  # only whole pages need it

        self.np = np
        self.context = context
        self.lines = context.lines
        self.blocks: Sequence[Block] = [context.blocks[row] for row in context.lines.rows] if context.blocks else ()
        self.count = len(context.lines)
        self._measures = measures
        self._facts: dict[str, Column] = {}
        self.words: Column = np.array(context.lines.words, dtype=float)

    def fact(self, name: str) -> Column:
        """A fact of each line, measured once."""
        if name not in self._facts:
            self._facts[name] = self.np.asarray(self._measures[name][0](self), dtype=float)
        return self._facts[name]

    def column(self, values: Iterable[float]) -> Column:
        """Return an array with one number for each line."""
        return self.np.fromiter(values, dtype=float, count=self.count)

    @cached_property
    def tokens(self) -> list[list[str]]:
        """The words of each line, folded."""
        return list(map(self.lines.tokens, range(self.count)))

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
        function = self.context.words.get("function_words", frozenset())
        return [frozenset(w for w in ws if len(w) >= _CONTENT_LETTERS and w not in function) for ws in self.tokens]

    @cached_property
    def prose_vocabulary(self) -> Counter[str]:
        """In how many lines of prose each content word occurs."""
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
            path = unquote(urlsplit(self.context.url or "").path)
        except ValueError:
            return frozenset()
        words = frozenset(w for w in _WORD.findall(path.lower().replace("_", " ")) if len(w) > 2)
        return words if len(words) >= 3 else frozenset()

    @cached_property
    def in_slug(self) -> Column:
        """Share of each line's words that occur in the address."""
        if not self.slug:
            return self.np.zeros(self.count)
        return self.column(len(self.slug & ws) / len(ws) if ws else 0.0 for ws in map(frozenset, self.tokens))

    @cached_property
    def linked(self) -> Column:
        """Words of each line that are links."""
        return self.words * self.column(block.links for block in self.blocks)

    @cached_property
    def words_within(self) -> Counter[int]:
        """Words in each element, by its number."""
        return self._within(self.words)

    @cached_property
    def linked_within(self) -> Counter[int]:
        """Of those, the ones in links."""
        return self._within(self.linked)

    @cached_property
    def prose_within(self) -> Counter[int]:
        """Words of prose in each element, by its number."""
        return self._within(self.prose)

    def _within(self, figures: Column) -> Counter[int]:
        held: Counter[int] = Counter()
        for block, figure in zip(self.blocks, figures.tolist(), strict=True):
            for number in block.above if figure else ():
                held[number] += figure
        return held

    @cached_property
    def beside(self) -> list[int]:
        """For each line the number of what its own element is in, or its list or table; -1 where that is unknown."""
        return list(map(_beside, self.blocks))

    @cached_property
    def prose_beside(self) -> Counter[int]:
        """Words of prose directly in each element, by its number."""
        held: Counter[int] = Counter()
        for parent, words in zip(self.beside, self.prose.tolist(), strict=True):
            held[parent] += words
        return held

    @cached_property
    def core(self) -> int:
        """The number of the smallest element that holds most of the page's prose; 0 where none does.

        A line counts by its words times those beside it: teasers with a sentence each may have more prose than a
        short article has, but it is scattered.
        """
        beside = self.column(self.prose_beside[parent] for parent in self.beside)
        weights = self.prose * beside
        half = float(weights.sum()) / 2
        return max((number for number, weight in self._within(weights).items() if weight > half), default=0)

    @cached_property
    def branches(self) -> list[int]:
        """For each line the number of the child of the core that holds it; -1 outside the core."""
        core = self.core
        return [_branch(block.above, core) for block in self.blocks]

    @cached_property
    def wholes(self) -> list[tuple[int, int]]:
        """Runs of lines that go or stay together, from one line to another, that one not counted: a list, table or
        preformatted text with hardly a link, or a line alone."""
        linked: defaultdict[int, float] = defaultdict(float)
        words: Counter[int] = Counter()
        for block, count in zip(self.blocks, self.lines.words, strict=False):  # no blocks where the text was no HTML
            words[block.element] += count
            linked[block.element] += block.links * count
        unlinked = {element for element, count in words.items() if element and linked[element] <= _FEW_LINKS * count}
        runs: list[tuple[int, int]] = []
        before = 0
        for i in range(self.count):
            element = self.blocks[i].element if self.blocks else 0
            if element and element == before and element in unlinked:
                runs[-1] = (runs[-1][0], i + 1)
            else:
                runs.append((i, i + 1))
            before = element
        return runs

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
        """Return for each line whether it has one of these labels."""
        of = self.context.labels
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


def _beside(block: Block) -> int:
    at = block.above.index(block.element) if block.element in block.above else 0
    return block.above[min(at + 1, len(block.above) - 1)] if block.above else -1


def _branch(above: tuple[int, ...], core: int) -> int:
    if core not in above:
        return -1
    return above[max(0, above.index(core) - 1)]


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
    return 2 if first.isdigit() else 4 if QUOTE_MARKS.match(first) or first in "'‘’" else 5
