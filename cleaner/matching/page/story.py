"""Finds the story on a whole page without markup, and the metadata of the lines around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain

from cleaner.matching.context import MatchContext
from cleaner.metadata.dates import is_update
from cleaner.model.document import FieldMatch, Match
from cleaner.model.rule import FieldName
from cleaner.text.lines import Lines, word_count
from cleaner.text.words import is_latin_greek_cyrillic

OFTEN = 8  # a word that the story uses this often shows its topic

_REACH = 30  # lines above the story
_INTO = 3  # lines of the story: what reads as its first sentences may be a long headline
_LEAST_STORY = 60  # words of prose, the lines between them discounted
_LEAST_AROUND = 30  # lines around the story: a whole page has menus and footers
_LABELLED_FOR = 5  # a labelled one counts as this number of lines, as a rule has identified it
_PER_LABELLED_LINE = 1
_MOST_WORDS, _SENTENCE_WORDS = 32, 20
_ABOVE_TITLE, _BELOW_TITLE = 5, 20  # lines in which the front of a page states authors and dates
_FRONT_ABOVE = 16
_BELOW_STORY = 6
_OF_STORY: frozenset[FieldName] = frozenset({"authors", "published"})
_AROUND = frozenset({"nav", "footer", "header", "aside"})
_COMMENTS = frozenset({"comment", "comments", "commentlist", "disqus"})
_BULLET = re.compile(r"^(?:[*+•·–—>»#-]|o(?= )|\d{1,2}\.)\s+")
_CJK_RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")


class Story:
    """The lines of a document's story, and the words that it repeats, for the clues."""

    def __init__(self, context: MatchContext) -> None:
        self.context = context
        self.lines = context.lines
        self._bullets: dict[int, int] = {}

    @cached_property
    def story(self) -> range:
        """The run of lines with the most prose, minus the boilerplate in between; empty if there is little prose."""
        points = self.lines.story_points
        if self.context.labels:
            points = points.copy()
            for i in self.context.labels:
                points[i] = -_PER_LABELLED_LINE
        best, start, sum_, found = 0, 0, 0, (0, 0)
        for i, each in enumerate(points):
            if sum_ <= 0:
                sum_, start = 0, i
            sum_ += each
            if sum_ > best:
                best, found = sum_, (start, i + 1)
        return range(*found) if best >= _LEAST_STORY else range(0)

    @cached_property
    def whole(self) -> bool:
        """Whether it is a page with menus and footers around a story, and not a story alone."""
        most = len(self.lines) + (_LABELLED_FOR - 1) * len(self.context.labels)
        # A text this short is no page, wherever its story is: most articles without a page end here.
        return most > _LEAST_AROUND and bool(self.story) and most - len(self.story) >= _LEAST_AROUND

    @cached_property
    def candidates(self) -> list[int]:
        """The first line of the text and those around the start of the story that could be a headline at all."""
        if not self.whole:
            return []
        near = range(max(0, self.story.start - _REACH), min(len(self.lines), self.story.start + _INTO))
        return [i for i in dict.fromkeys((0, *near)) if i not in self.context.labels and self._can_be(i)]

    @cached_property
    def title(self) -> int:
        """The line of the headline; -1 where none was found."""
        return next((i for i, label in self.context.labels.items() if label == "title"), -1)

    @cached_property
    def front(self) -> list[int]:
        """The lines around the headline, or above the story where there is none, that are no prose."""
        first, last = self.title - _ABOVE_TITLE, self.title + _BELOW_TITLE
        if self.title < 0:
            first, last = self.story.start - _FRONT_ABOVE, self.story.start + _INTO
        return [i for i in range(max(0, first), min(len(self.lines), last)) if not self.lines.is_prose(i)]

    def _can_be(self, i: int) -> bool:
        words = self.words(i)
        if not 2 <= words <= _MOST_WORDS or (words >= _SENTENCE_WORDS and self.lines.ends_sentence(i)):
            return False
        return any(map(str.isalpha, self.core(i)))

    def bullet(self, i: int) -> int:
        """How many characters of the line are the bullet or the number before it."""
        bullet = self._bullets.get(i)
        if bullet is None:
            found = _BULLET.match(self.lines.texts[i])
            bullet = self._bullets[i] = found.end() if found else 0
        return bullet

    def core(self, i: int) -> str:
        """The line without its bullet."""
        return self.lines.texts[i][self.bullet(i) :]

    def words(self, i: int) -> int:
        """Words of the line without its bullet."""
        return word_count(self.core(i)) if self.bullet(i) else self.lines.words[i]

    @cached_property
    def word_counts(self) -> Counter[str]:
        """In how many lines of the story's prose each content word of a candidate occurs."""
        lines = self.lines
        asked = set(chain.from_iterable(content_words(lines, i) for i in self.candidates))
        prose = (i for i in self.story if lines.is_prose(i))
        return Counter(chain.from_iterable(asked.intersection(content_words(lines, i)) for i in prose))

    @cached_property
    def beginning(self) -> str:
        """The story's prose without its last third, where it may say who wrote it."""
        prose = [self.lines.texts[i] for i in self.story if self.lines.is_prose(i)]
        return "\n".join(prose[: max(1, 2 * len(prose) // 3)])

    @cached_property
    def copies(self) -> Counter[str]:
        """How often each line occurs in the text."""
        return Counter(self.lines.keys)


def said_of_the_story(matches: Iterable[Match], context: MatchContext) -> Iterator[tuple[FieldMatch, str]]:
    """Yield the metadata that matches found, each with the id of its rule; of a whole page, only that of its story.

    Menus, lists of other stories and footers have bylines and dates too. Those next to the headline count; if there
    are none, those of the story and of the lines right below it.
    """
    found = [
        (field, match)
        for match in matches
        for field in match.fields
        if field.name not in _OF_STORY or not _is_elsewhere(context, match.line)
    ]
    page = Story(context)
    wanted = {field.name for field, _ in found} & _OF_STORY
    best = {name: _best_place(page, name, found) for name in wanted} if wanted and page.whole else {}
    for field, match in found:
        if field.name not in best or match.line in best[field.name]:
            yield field, match.rule.id


def _best_place(page: Story, name: FieldName, found: Sequence[tuple[FieldMatch, Match]]) -> range:
    """The lines of a whole page whose values of a field count: the first of `_places` that has one; else none."""
    of_name = [(field, match) for field, match in found if field.name == name]
    if name == "published":  # the dates of updates count only where no other date was found
        language = page.context.language
        of_name = [pair for pair in of_name if not is_update(pair[0].raw, language=language)] or of_name
    at = {match.line for _, match in of_name}
    return next((place for place in _places(page, name) if not at.isdisjoint(place)), range(0))


def _is_elsewhere(context: MatchContext, i: int) -> bool:
    """Whether a line is in the header, the menu or the footer of the page by its markup, or among comments. A line in
    the same element as the headline belongs to the article."""
    block = context.block(i)
    if block is None:
        return False
    titles = [own for j, label in context.labels.items() if label == "title" and (own := context.block(j))]
    if not _COMMENTS.isdisjoint(block.names) and all(_COMMENTS.isdisjoint(own.names) for own in titles):
        return True
    first = next((at for at, each in enumerate(block.inside) if each in ("article", "main")), len(block.inside))
    around = _AROUND.intersection(block.inside[:first])
    return bool(around) and not any(around.issubset(own.inside) for own in titles)


def _places(page: Story, name: FieldName) -> tuple[range, ...]:
    """Runs of lines, the best first: the front of the page, the page down to the end of the story, for dates all.

    Of HTML, only dates at the front and right below the story count: others are of other stories.
    """
    first, last, end = min(page.front, default=0), max(page.front, default=0), page.story.stop
    front, whole = range(first, last + 1), range(first, end + _BELOW_STORY)
    if name != "published":
        return front, whole
    return (front, range(end, end + _BELOW_STORY)) if page.context.blocks else (front, whole, range(len(page.lines)))


def content_words(lines: Lines, i: int) -> list[str]:
    """Return the words that show a line's topic: those of four letters or more; pairs of signs in CJK."""
    folded = lines.folded[i]
    if is_latin_greek_cyrillic(folded) or not (runs := _CJK_RUN.findall(folded)):
        return lines.content_words(i)
    return [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
