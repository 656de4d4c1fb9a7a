"""The match context of one document: its lines, and the labels that earlier phases gave them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

from cleaner.model.document import Block, Match
from cleaner.model.rule import FieldName, Label, Rule, WholePages
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, phrase_key

_NOT_OF_LINES = frozenset({"repair", "residue", "quality"})  # labels of an edit, which do not say what the line is
_PUBLISHER_PARTS = re.compile(r"\s+[-–—|:]\s+|,\s+")
_COPYRIGHT = re.compile(r"^(?:copyright|©|\(c\)|\d{4}|[\s,–-])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A near miss: a literal of the rule is in the line, but its pattern or one of its conditions failed."""

    rule: Rule
    line: int
    guard: str
    figure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The points that an article region rule gave to a text, in words."""

    rule: Rule
    whole: str
    """Whether the text is a whole page, and why; empty for rules that do not ask."""
    lines: tuple[tuple[bool, str], ...] = ()
    """For each line of a whole page: whether its own points make it a line of the article, and why."""


class MatchContext:
    """One document while it is matched. `labels` (line index → label) are those of the matches that win so far.

    `language` is an ISO 639-1 code or None, `host` the document's host or None, `slug` the words of its URL's path;
    `words` the named word lists of the language (`finite_verbs`, `attribution_verbs`, `function_words`); `blocks`
    the markup of each line of the text, blank lines included, or empty; `url` the document's URL; `whole_pages`
    which texts article region rules treat as whole pages. `article` are the indices of the article's lines, if an
    article region rule has found them.
    """

    __slots__ = (
        "_holding",
        "_staged",
        "article",
        "blocks",
        "host",
        "labels",
        "language",
        "lines",
        "misses",
        "publishers",
        "said",
        "slug",
        "title_keys",
        "url",
        "weighed",
        "whole_pages",
        "winners",
        "words",
    )

    def __init__(
        self,
        lines: Lines,
        *,
        language: str | None = None,
        host: str | None = None,
        slug: frozenset[str] = frozenset(),
        titles: Iterable[str] = (),
        words: Mapping[str, frozenset[str]] | None = None,
        blocks: Sequence[Block] = (),
        url: str | None = None,
        whole_pages: WholePages = "auto",
        trace: bool = False,
    ) -> None:
        self.lines = lines
        self.language = language
        self.host = host
        self.slug = slug
        self.words = words or {}
        self.blocks = blocks
        self.url = url
        self.whole_pages = whole_pages
        self.labels: dict[int, Label] = {}
        self.winners: tuple[Match, ...] = ()
        self.article: frozenset[int] = frozenset()
        self.publishers: frozenset[str] = frozenset()
        self.said: frozenset[tuple[int, FieldName]] = frozenset()
        self.title_keys: frozenset[str] = frozenset(phrase_key(fold(title)) for title in titles) - {""}
        self.misses: list[Miss] | None = [] if trace else None
        self.weighed: list[Weighed] | None = [] if trace else None
        self._staged: Mapping[int, Label] = {}
        self._holding: dict[frozenset[str], frozenset[int]] = {}

    def label(self, winners: Collection[Match]) -> None:
        """Set the labels to those of these matches; a whole-line match has precedence over one inside its line."""
        self.winners = tuple(winners)
        labels: dict[int, Label] = dict(self._staged)
        publishers: set[str] = set(self.publishers)
        titles = set(self.title_keys)
        for match in sorted(self.winners, key=lambda m: m.end - m.start):
            if match.rule.label not in _NOT_OF_LINES:
                labels[match.line] = match.rule.label
            for found in match.fields:
                if found.name == "publisher":
                    publishers |= _parts(fold(found.raw))
                elif found.name == "title":
                    titles.add(phrase_key(fold(found.raw)))
        titles.discard("")
        self.labels = labels
        self.said = frozenset((match.line, found.name) for match in winners for found in match.fields)
        self.publishers = frozenset(publishers)
        self.title_keys = frozenset(titles)

    def stage(self, labels: Mapping[int, Label]) -> None:
        """Label these lines before any rule runs, for an example that has labelled neighbours."""
        self._staged = labels
        self.labels = dict(labels)
        folded = {i: self.lines.folded[i] for i in labels}
        self.title_keys |= {phrase_key(folded[i]) for i, label in labels.items() if label == "title"}
        for i, label in labels.items():
            if label == "legal":
                self.publishers |= _parts(_COPYRIGHT.sub("", folded[i]))

    def of_whole_lines(self) -> MatchContext:
        """The document with the lines of its text, of which none is split into units.

        A line whose parts all have labels has that of the first; winners have the indexes of these lines.
        """
        if not self.lines.parts:
            return self
        index = self.lines.unsplit_index
        parts: dict[int, list[Label | None]] = {}
        for i, whole in enumerate(index):
            parts.setdefault(whole, []).append(self.labels.get(i))
        context = copy(self)
        context.lines = self.lines.unsplit
        context.labels = {whole: labels[0] for whole, labels in parts.items() if labels[0] and all(labels)}
        context.winners = tuple(replace(winner, line=index[winner.line]) for winner in self.winners)
        context._holding = {}
        return context

    def holding(self, names: frozenset[str]) -> frozenset[int]:
        """Return the indices of the lines that contain one of these folded names, by one pass over the text."""
        if (found := self._holding.get(names)) is None:
            found = self._holding[names] = lines_holding(self.lines, names) if names else frozenset()
        return found

    def block(self, i: int) -> Block | None:
        """Return the markup of a line; None if the document is no HTML."""
        return self.blocks[self.lines.rows[i]] if self.blocks else None

    def neighbour(self, i: int, step: int, labels: Collection[Label | None], within: int) -> int | None:
        """Return the index of the next line above (step -1) or below (1) if it has one of the labels, else None.

        `within` is the most line breaks between the two.
        """
        j = i + step
        if 0 <= j < len(self.lines) and self.lines.breaks(i, j) <= within and self.labels.get(j) in labels:
            return j
        return None

    def content_words(self, i: int) -> frozenset[str]:
        """Return the folded words of a line that have four letters or more."""
        return frozenset(self.lines.content_words(i))

    def missed(self, rule: Rule, line: int, guard: str, figure: object) -> None:
        """Record a near miss, if the context records them."""
        if self.misses is not None:
            self.misses.append(Miss(rule=rule, line=line, guard=guard, figure=str(figure)))


def lines_holding(lines: Lines, names: Collection[str]) -> frozenset[int]:
    """Return the indices of the lines whose folded text contains one of these folded names."""
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick([name for name in names if name and "\n" not in name], store_patterns=False)
    starts = lines.haystack_starts
    places = automaton.find_matches_as_indexes(lines.haystack, overlapping=True)
    return frozenset(bisect_right(starts, start) - 1 for _number, start, _end in places)


def _parts(publisher: str) -> set[str]:
    """Return the names of a publisher: either half of `iria - international relations insights` names it."""
    parts = {part.removeprefix("the ").strip(" .") for part in _PUBLISHER_PARTS.split(publisher)}
    return {part for part in parts if len(part) >= 3}
