"""Finds the text that rules leave in a document: its lines, and the sentences of the longer ones.

A line here is a line of the text. Where the rules have split it (`cleaner.matching.units`), its parts are put together
again, so that the same piece of text is found even if other text around it is removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cleaner.cleaning.clean import explained
from cleaner.cleaning.prepare import Prepared
from cleaner.matching.program import Program
from cleaner.model.document import Edit
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, ends_sentence, phrase_key, word_count
from cleaner.text.sentences import sentences

_SPLIT_WORDS = 12  # a shorter line has no parts for a rule (`cleaner.matching.units`)
_NEIGHBOUR_BREAKS = 2  # line breaks to a neighbour: one blank line may be between


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a line, or a piece between its separators."""

    key: str
    """Its phrase key, as rules of the kind `line` compare it."""
    text: str
    words: int

    @classmethod
    def of(cls, text: str) -> Sentence:
        """A text as a sentence."""
        return cls(key=phrase_key(fold(text)), text=text, words=word_count(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A line that rules do not remove completely."""

    key: str
    text: str
    words: int
    is_whole: bool
    """Whether the rules leave all of it."""
    ends_sentence: bool
    zones: tuple[str, ...]
    sentences: tuple[Sentence | None, ...]
    """In order, None for a removed one; empty for a line that is one sentence, or that rules do not split."""
    neighbours: tuple[str, ...]
    """The labels of the lines directly above and below that rules remove."""

    @property
    def keys(self) -> Iterator[str]:
        """The keys of the line, if it is whole, and of its sentences."""
        if self.is_whole:
            yield self.key
        yield from (each.key for each in self.sentences if each)


def kept_lines(prepared: Prepared, program: Program) -> list[KeptLine]:
    """The lines of a document of which the rules leave something. Lines of HTML have no sentences of their own."""
    article, context = explained(prepared, program, trace=False)
    lines = context.lines
    labels = labels_of_lines(lines, article.edits)
    may_split = not prepared.document.blocks
    return [_kept(lines, labels, parts, may_split=may_split) for parts in _by_line(lines) if _is_left(labels, parts)]


def labels_of_lines(lines: Lines, edits: Sequence[Edit]) -> list[str | None]:
    """For each line the label of the first edit that touches it, or None. Edits are in order."""
    labels: list[str | None] = []
    at = 0
    for i in range(len(lines)):
        while at < len(edits) and edits[at].end <= lines.starts[i]:
            at += 1
        is_touched = at < len(edits) and edits[at].start < lines.end(i)
        labels.append(edits[at].label if is_touched else None)
    return labels


def _by_line(lines: Lines) -> Iterator[range]:
    """The indexes of the parts of each line of the text."""
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or lines.unsplit_between(i - 1, i):
            yield range(start, i)
            start = i


def _is_left(labels: Sequence[str | None], parts: range) -> bool:
    return any(_stays(labels[i]) for i in parts)


def _stays(label: str | None) -> bool:
    return label in (None, "repair")


def _kept(lines: Lines, labels: Sequence[str | None], parts: range, *, may_split: bool) -> KeptLine:
    left = [i for i in parts if _stays(labels[i])]
    text = " ".join(lines.texts[i] for i in left)
    words = sum(lines.words[i] for i in left)
    found: list[Sentence | None] = []
    for i in parts:
        found += _sentences(lines.texts[i]) if _stays(labels[i]) else (None,)
    is_split = may_split and (len(found) > 1) and sum(lines.words[i] for i in parts) >= _SPLIT_WORDS
    return KeptLine(
        key=phrase_key(fold(text)),
        text=text,
        words=words,
        is_whole=all(labels[i] is None for i in parts),
        ends_sentence=ends_sentence(text, words),
        zones=lines.zones(left[0]),
        sentences=tuple(found) if is_split else (),
        neighbours=tuple(_neighbours(lines, labels, parts)),
    )


def _sentences(text: str) -> list[Sentence]:
    return [Sentence.of(text[start:end]) for start, end in sentences(text)]


def _neighbours(lines: Lines, labels: Sequence[str | None], parts: range) -> Iterator[str]:
    for i, other in ((parts[0], parts[0] - 1), (parts[-1], parts[-1] + 1)):
        if 0 <= other < len(lines) and lines.breaks(i, other) <= _NEIGHBOUR_BREAKS:
            label = labels[other]
            if label is not None and not _stays(label):
                yield label
