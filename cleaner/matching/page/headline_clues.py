"""The clues to a headline, one function for each: how far it applies to a line, 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import fsum, log

from cleaner.matching.page.opening import is_above_deck, is_doubled, is_more_than_next, prose_below, repeated_below
from cleaner.matching.page.story import OFTEN, Story, content_words
from cleaner.metadata.url import slug_agreement
from cleaner.model.rule import Clue
from cleaner.text.fold import fold
from cleaner.text.lines import phrase_key

_LONG = 20  # words
_LENGTHY = 14  # words of most headlines; each further word makes a deck more likely
_CUT_OFF = re.compile(r" [|»] |(?:\.\.\.|…)$")
_SIGNED = frozenset({"byline", "dateline", "agency", "reading_time"})
_SIGNED_WITHIN = 3
_WEIGHT = tuple(log(1 + lines) for lines in range(OFTEN + 1))  # of a word, by the number of lines that use it
_LEAST_AGREEMENT = 0.15
_COLON = re.compile(r"\w[:：] ?[\w\"“”«„'‘¿¡]")
_TWO_SENTENCES = re.compile(r"\w{3,}[.!?][\"”’»)]* +[\"“«„‘(¿¡]?[^\W\d_a-z]|[。！？].")
_QUOTED = re.compile(r"[\"“”«»„「『‘'].*[\"“”«»「』」’']")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_MOST_NAMES, _ENOUGH_NAMES = 8, 0.75


def _repeated_in_story(page: Story, i: int) -> float:
    words = set(content_words(page.lines, i))
    # `fsum`: the sum does not depend on the order of a set.
    often = fsum(_WEIGHT[min(page.word_counts[word], OFTEN)] for word in words)
    return often / (len(words) * _WEIGHT[OFTEN]) if words else 0.0


def _address(page: Story, i: int) -> float:
    return slug_agreement(page.core(i), page.context.slug) if page.context.slug else 0.0


def _other_address(page: Story, i: int) -> bool:
    # An address has Latin letters only: it can't contradict a line in another script.
    core, slug = page.core(i), page.context.slug
    return bool(slug) and core[:1] < "\u0250" and slug_agreement(core, slug) < _LEAST_AGREEMENT


def _stated(page: Story, i: int) -> bool:
    return phrase_key(fold(page.core(i))) in page.context.title_keys


def _alone(page: Story, i: int) -> bool:
    lines = page.lines
    return (i == 0 or lines.breaks(i - 1, i) > 1) and (i + 1 == len(lines) or lines.breaks(i, i + 1) > 1)


def _signed(page: Story, i: int) -> bool:
    return any(page.context.labels.get(j) in _SIGNED for j in range(i + 1, i + 1 + _SIGNED_WITHIN))


def _page_title(page: Story, i: int) -> bool:
    key = page.lines.keys[i]
    return i > 0 and len(key) >= 8 and page.lines.keys[0].startswith(key)


def _held(page: Story, i: int) -> bool:
    key = page.lines.keys[i]
    return len(key) >= 15 and page.lines.haystack.count(key) > page.copies[key]


def _deck(page: Story, i: int) -> bool:
    above = i - 1
    return above in page.candidates and not page.bullet(above) and page.words(above) > 3 and _alone(page, above)


def _runs_on(page: Story, i: int) -> bool:
    return i + 1 < len(page.lines) and page.lines.texts[i + 1][0].islower()


def _names(page: Story, i: int) -> bool:
    words = _WORD.findall(page.core(i))
    if not 0 < len(words) <= _MOST_NAMES or page.core(i).isupper():
        return False
    return bool(sum(word[0].isupper() for word in words) >= _ENOUGH_NAMES * len(words))


CLUES: Mapping[Clue, Callable[[Story, int], float]] = {
    "address": _address,
    "other_address": _other_address,
    "stated": _stated,
    "repeated_in_story": _repeated_in_story,
    "repeated_below": lambda page, i: repeated_below(page.lines, i),
    "prose_below": lambda page, i: prose_below(page.lines, i),
    "alone": _alone,
    "signed": _signed,
    "page_title": _page_title,
    "held": _held,
    "copied": lambda page, i: page.copies[page.lines.keys[i]] > 1,
    "doubled": lambda page, i: is_doubled(page.lines.texts[i]),
    "deck_below": lambda page, i: is_above_deck(page.lines, i),
    "more_than_next": lambda page, i: is_more_than_next(page.lines, i),
    "runs_on": _runs_on,
    "bullet": lambda page, i: page.bullet(i) > 0,
    "colon": lambda page, i: _COLON.search(page.core(i)) is not None,
    "open_end": lambda page, i: page.core(i)[-1:] in ":：,;|",
    "cut_off": lambda page, i: _CUT_OFF.search(page.core(i)) is not None,
    "small_letter": lambda page, i: page.core(i)[:1].islower(),
    "full_stop": lambda page, i: page.core(i)[-1:] in ".。।۔",
    "exclamation": lambda page, i: page.core(i)[-1:] in "!！",
    "two_sentences": lambda page, i: _TWO_SENTENCES.search(page.core(i)) is not None,
    "quoted": lambda page, i: _QUOTED.fullmatch(page.core(i)) is not None,
    "names": _names,
    "deck": _deck,
    "inside": lambda page, i: i > page.story.start,
    "long": lambda page, i: page.words(i) > _LONG,
    "lengthy": lambda page, i: min(1.0, max(0.0, (page.words(i) - _LENGTHY) / (_LONG - _LENGTHY))),
    "two_words": lambda page, i: page.words(i) <= 2,
    "few_words": lambda page, i: 2 < page.words(i) <= 4,
}
"""Clue → how far it applies to a line, 0 to 1."""
