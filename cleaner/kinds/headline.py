"""The headline: the line above a page's story that most speaks for being it, or a clean text's first line.

A whole page, flattened, keeps no mark of its headline. What remains is a handful of clues: it stands alone above
the story, a byline or a date below it; the story speaks of what it names; the page's address spells it; a page
title or a share button repeats it; it is no item of a list and no sentence. A rule weighs them, and below its
least sum there is no headline rather than a wrong one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from math import log

from cleaner.addresses import agreement
from cleaner.conditions import first_failed
from cleaner.lines import word_count
from cleaner.model import Clue, FieldMatch, Match
from cleaner.program import CompiledRule, Program
from cleaner.scene import Scene

_REACH = 30  # lines above the story
_INTO = 3  # lines of the story: what reads as its first sentences may be a long headline
_LEAST_STORY = 60  # words of prose, the lines between them discounted
_LEAST_AROUND = 30  # lines around the story: a whole page has its menus and footers, in whatever language
_LABELLED_FOR = 5  # a labelled one counts for so many, as somebody vouches for it
_MOST_OF_A_LINE = 60  # words of one line that count: a page of terms in one paragraph is no story
_PER_SHORT_LINE, _PER_LABELLED_LINE = 3, 1
_SHORT_LINE = 8  # words; longer ones that end no sentence are items of a story's lists
_MOST_WORDS, _SENTENCE_WORDS, _LONG = 32, 20, 20
_OFTEN = 8  # a word that the story uses this often is what it is about
_BULLET = re.compile(r"^(?:[*+•·–—>»#-]|o(?= )|\d{1,2}\.)\s+")
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")
_CJK_RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_CUT_OFF = re.compile(r" [|»] |(?:\.\.\.|…)$")
_SIGNED = frozenset({"byline", "dateline", "agency", "reading_time"})
_SIGNED_WITHIN = 3


def find_heading(program: Program, scene: Scene) -> Iterator[Match]:
    """The line above the story with the highest sum of weights, where that is high enough."""
    page: _Page | None = None
    for rule in program.of_phase.get("heading", ()):
        if rule.in_scope(scene.language, scene.host):
            page = page or _Page(scene)
            yield from _weighed(rule, page)


def find_headline(program: Program, scene: Scene) -> Iterator[Match]:
    """The first line of the head that nothing has labelled, where it can be a title and none has been found."""
    lines = scene.lines
    first = next((i for i in range(len(lines)) if i not in scene.labels), None)
    if first is None or "title" in scene.labels.values():
        return
    for rule in program.of_phase.get("headline", ()):
        if not rule.in_scope(scene.language, scene.host):
            continue
        if failed := _failed(rule, scene, first):
            scene.missed(rule.rule, first, *failed)
        else:
            yield _taken(rule, scene, first, 0)


def _weighed(rule: CompiledRule, page: _Page) -> Iterator[Match]:
    asked, scene = rule.rule.heading, page.scene
    standing = [i for i in page.candidates if _failed(rule, scene, i) is None]
    if asked is None or not standing:
        return
    scores = {i: sum(weight * CLUES[clue](page, i) for clue, weight in asked.weights.items()) for i in standing}
    best = max(standing, key=lambda i: (scores[i], i))
    if scores[best] < asked.least:
        scene.missed(rule.rule, best, "least", f"its clues weigh {scores[best]:.1f}, of at least {asked.least:g}")
    else:
        yield _taken(rule, scene, best, page.bullet(best))


def _failed(rule: CompiledRule, scene: Scene, i: int) -> tuple[str, str] | None:
    if failed := first_failed(scene, i, rule.checks, rule.where):
        return failed
    excepted = next((regex for regex in rule.unless if regex.search(scene.lines.plain(i))), None)
    return ("unless", excepted.pattern) if excepted else None


def _taken(rule: CompiledRule, scene: Scene, i: int, bullet: int) -> Match:
    start, end = scene.lines.starts[i], scene.lines.end(i)
    title = FieldMatch(name="title", raw=scene.lines.texts[i][bullet:], start=start + bullet, end=end)
    return Match(rule=rule.rule, start=start, end=end, line=i, fields=(title,))


class _Page:
    """A document as the clues see it: where its story stands, and what that is about."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.lines = scene.lines

    @cached_property
    def story(self) -> range:
        """The run of lines that holds most prose, furniture between discounted; empty where there is little."""
        lines, labels = self.lines, self.scene.labels
        best, start, sum_, found = 0, 0, 0, range(0)
        for i, words in enumerate(lines.words):
            if i in labels:
                value = -_PER_LABELLED_LINE
            elif words < _SHORT_LINE:
                value = -_PER_SHORT_LINE
            else:
                value = min(words, _MOST_OF_A_LINE) if lines.is_prose(i) else 0
            if sum_ <= 0:
                sum_, start = 0, i
            sum_ += value
            if sum_ > best:
                best, found = sum_, range(start, i + 1)
        return found if best >= _LEAST_STORY else range(0)

    @cached_property
    def candidates(self) -> list[int]:
        """The first line of the text and those around the start of the story that could be a headline at all."""
        around = len(self.lines) - len(self.story) + (_LABELLED_FOR - 1) * len(self.scene.labels)
        if not self.story or around < _LEAST_AROUND:
            return []
        near = range(max(0, self.story.start - _REACH), min(len(self.lines), self.story.start + _INTO))
        return [i for i in dict.fromkeys((0, *near)) if i not in self.scene.labels and self._can_be(i)]

    def _can_be(self, i: int) -> bool:
        words = self.words(i)
        if not 2 <= words <= _MOST_WORDS or (words >= _SENTENCE_WORDS and self.lines.ends_sentence(i)):
            return False
        return any(map(str.isalpha, self.core(i)))

    def bullet(self, i: int) -> int:
        """How many characters of the line are the bullet or the number before it."""
        found = _BULLET.match(self.lines.texts[i])
        return found.end() if found else 0

    def core(self, i: int) -> str:
        """The line without its bullet."""
        return self.lines.texts[i][self.bullet(i) :]

    def words(self, i: int) -> int:
        """Words of the line without its bullet."""
        return word_count(self.core(i)) if self.bullet(i) else self.lines.words[i]

    @cached_property
    def told(self) -> Counter[str]:
        """How often the story's prose uses each content word."""
        return Counter(
            word for i in self.story if self.lines.is_prose(i) for word in set(_content(self.lines.folded[i]))
        )

    @cached_property
    def copies(self) -> Counter[str]:
        """How often each line stands in the text."""
        return Counter(self.lines.keys)


def _content(folded: str) -> list[str]:
    """What a line speaks of: words of four letters or more; pairs of signs in Chinese, Japanese and Korean."""
    if folded.isascii() or not (runs := _CJK_RUN.findall(folded)):
        return _CONTENT_WORD.findall(folded)
    return [run[at : at + 2] for run in runs for at in range(len(run) - 1)]


def _told(page: _Page, i: int) -> float:
    words = set(_content(page.lines.folded[i]))
    often = sum(log(1 + min(page.told[word], _OFTEN)) for word in words)
    return often / (len(words) * log(1 + _OFTEN)) if words else 0.0


def _address(page: _Page, i: int) -> float:
    return agreement(page.core(i), page.scene.slug) if page.scene.slug else 0.0


def _alone(page: _Page, i: int) -> float:
    lines = page.lines
    return (i == 0 or lines.breaks(i - 1, i) > 1) and (i + 1 == len(lines) or lines.breaks(i, i + 1) > 1)


def _signed(page: _Page, i: int) -> float:
    return any(page.scene.labels.get(j) in _SIGNED for j in range(i + 1, i + 1 + _SIGNED_WITHIN))


def _page_title(page: _Page, i: int) -> float:
    key = page.lines.keys[i]
    return i > 0 and len(key) >= 8 and page.lines.keys[0].startswith(key)


def _held(page: _Page, i: int) -> float:
    key = page.lines.keys[i]
    return len(key) >= 15 and page.lines.haystack.count(key) > page.copies[key]


CLUES: Mapping[Clue, Callable[[_Page, int], float]] = {
    "address": _address,
    "told": _told,
    "alone": _alone,
    "signed": _signed,
    "page_title": _page_title,
    "held": _held,
    "copied": lambda page, i: page.copies[page.lines.keys[i]] > 1,
    "bullet": lambda page, i: page.bullet(i) > 0,
    "open_end": lambda page, i: page.core(i)[-1:] in ":：,;|",
    "cut_off": lambda page, i: _CUT_OFF.search(page.core(i)) is not None,
    "small_letter": lambda page, i: page.core(i)[:1].islower(),
    "full_stop": lambda page, i: page.core(i)[-1:] in ".。।",
    "inside": lambda page, i: i > page.story.start,
    "long": lambda page, i: page.words(i) > _LONG,
    "two_words": lambda page, i: page.words(i) <= 2,
    "few_words": lambda page, i: 2 < page.words(i) <= 4,
}
"""What speaks for (or, with a weight below 0, against) a line; each from 0 to 1."""
