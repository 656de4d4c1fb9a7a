"""Finds the line that opens an article alone: no menu is above it, so only its first line can be its headline."""

from __future__ import annotations

import re
from functools import cached_property

from cleaner.matching.page.story import Story, content_words
from cleaner.text.lines import Lines, word_count
from cleaner.text.words import is_latin_greek_cyrillic

# Labels of lines above a headline.
_ABOVE = frozenset({"section", "byline", "dateline", "agency", "reading_time", "share"})
_LINES_BELOW = 3
_LEAST_DECK = 6  # words
_MARK = re.compile(r"[.!?…:;,。！？؟۔।][\"'”’»›)\]]*$")
_LEAST_WORDS = 8  # of a line below that says what the article is about
_STEM, _LEAST_LETTERS = 5, 4  # letters: inflected forms of a word begin alike
_BETWEEN_WORDS = re.compile(r"[\s\d!-/:-@\[-`{-~।،؛۔؟…“”‘’«»„–—]+")
_DOUBLED = re.compile(r"(.{8,}?)[\s|:–—-]+\1")


class Opening(Story):
    """An article alone, of which the first line without a label may be the headline."""

    @cached_property
    def candidates(self) -> list[int]:
        """The first line without a label. None of a whole page, of HTML, or where a title was found; no part of a line,
        as the rest of the line would stay."""
        context = self.context
        first = next((i for i in range(len(self.lines)) if i not in context.labels), len(self.lines))
        is_first = all(context.labels[i] in _ABOVE for i in range(first)) and first + 1 < len(self.lines)
        if not is_first or first in self.lines.parts or context.blocks or "title" in context.labels.values():
            return []
        return [] if self.whole else [first]

    def core(self, i: int) -> str:
        """The line without its bullet; of a line that says everything twice, the first half."""
        core = super().core(i)
        doubled = _DOUBLED.fullmatch(core)
        return doubled[1] if doubled else core

    def words(self, i: int) -> int:
        """Words of the core."""
        return word_count(self.core(i))


def is_doubled(line: str) -> bool:
    """Report whether a line says everything twice.

    >>> is_doubled("Lamps return to the mole Lamps return to the mole"), is_doubled("Lamps, lamps and lamps")
    (True, False)
    """
    return _DOUBLED.fullmatch(line) is not None


def repeated_below(lines: Lines, i: int) -> float:
    """Return the share of a line's topic words that the next long lines use."""
    own = _stems(lines, i)
    if not own:
        return 0.0
    below = [j for j in range(i + 1, len(lines)) if lines.words[j] >= _LEAST_WORDS][:_LINES_BELOW]
    used = frozenset[str]().union(*(_stems(lines, j) for j in below))
    return len(own & used) / len(own)


def prose_below(lines: Lines, i: int) -> float:
    """Return 1 if the next line is prose, 1/2 if the second is the first of prose, 1/3 for the third, else 0."""
    below = range(i + 1, min(len(lines), i + 1 + _LINES_BELOW))
    return next((1 / (j - i) for j in below if lines.is_prose(j)), 0.0)


def is_above_deck(lines: Lines, i: int) -> bool:
    """Report whether the next line is a deck: it has some words, and no mark at its end."""
    return i + 1 < len(lines) and lines.words[i + 1] >= _LEAST_DECK and not _MARK.search(lines.texts[i + 1])


def is_more_than_next(lines: Lines, i: int) -> bool:
    """Report whether a line holds all of the next one and more: the next is the headline, and this has page words."""
    own, below = lines.keys[i], lines.keys[i + 1] if i + 1 < len(lines) else ""
    return len(below) >= 15 and below != own and below in own and not is_doubled(lines.texts[i])


def _stems(lines: Lines, i: int) -> frozenset[str]:
    """The beginnings of the words that show a line's topic; in scripts without blanks, pairs of signs."""
    folded = lines.folded[i]
    if is_latin_greek_cyrillic(folded):
        return frozenset(word[:_STEM] for word in lines.content_words(i))
    if pairs := [pair for pair in content_words(lines, i) if len(pair) == 2]:
        return frozenset(pairs)
    # A vowel sign is no letter, so a pattern for letters would cut words in pieces.
    return frozenset(word[:_STEM] for word in _BETWEEN_WORDS.split(folded) if len(word) >= _LEAST_LETTERS)
