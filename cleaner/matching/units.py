"""Finds the units of a text: its lines, and the sentences within longer lines that a rule matches.

A scraper often joins a piece of the page to a sentence of the story, or a whole article to one line. Rules for whole
lines would not see it. So a sentence (or what lies between separators, in brackets, or at a lost blank) that a rule
matches as a whole becomes a line of its own, with its true offsets; the rest of the line stays together. Nothing is
removed here: the rules then decide on these lines as on all others.

A text that is one line is split into all its sentences: there a sentence is what a line is elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from cleaner.matching.candidates import candidates
from cleaner.matching.compiled_rule import FEWEST_WORDS_OF_PART, CompiledRule
from cleaner.matching.context import MatchContext
from cleaner.matching.index import PartEntry
from cleaner.matching.program import Program
from cleaner.text.fold import fold, plain
from cleaner.text.lines import Lines, phrase_key, word_count
from cleaner.text.sentences import Span, pieces, sentences

_SHORTEST_LINE = 12  # words; a shorter line is one piece: a date beside a name, a row of buttons
_ONE_LINE_WORDS = 60
_CAPITAL_NOUNS = frozenset({"de", "lb"})
"""Languages in which a capital is no sign that something begins."""
_FAR = 1 << 60  # behind the end of any line
_ONE_LINE_SHARE = 0.8
"""A text is one line if a line of so many words holds this share of them."""


def with_units(program: Program, lines: Lines, *, language: str | None, host: str | None) -> Lines:
    """Return the lines with the sentences that rules match as lines of their own; the same object if there are none.

    `language` and `host` are those of the document, as for `MatchContext`.
    """
    if not len(lines):
        return lines
    found = {
        i: units
        for i, hits in _hits(program, lines, language).items()
        if (units := _of_line(_Line(lines.texts[i], lines.folded[i], language), hits, host))
    }
    one = _one_line(lines)
    looked_at = [*found, *([one] if one is not None and one not in found else [])]
    taken = _taken(program, [lines.texts[i] for i in looked_at], language=language, host=host)
    cuts: dict[int, list[int]] = {}
    for i, spans in zip(looked_at, taken, strict=True):
        # What a rule finds within a line may be more than a sentence of it: it is not split there.
        edges = (at for sentence in (sentences(lines.texts[i]) if i == one else ()) for at in sentence)
        own = [at for at in edges if not spans.within.holds(at)]
        own += (at for unit in _apart(found.get(i, {}), spans) for at in unit)
        if own:
            cuts[i] = own
    return lines.split_at(cuts) if cuts else lines


def _taken(program: Program, texts: Sequence[str], *, language: str | None, host: str | None) -> list[_TakenInLine]:
    """For each line what rules match in it as it is."""
    taken = [_TakenInLine() for _ in texts]
    if texts:
        words = program.words_of(language)
        context = MatchContext(Lines("\n".join(texts)), language=language, host=host, words=words)
        for rule, n in _places(program, context):
            for span in _taken_in_line(rule, context, n):
                taken[n].add(span)
                if not rule.kind_facts.fills_line:
                    taken[n].within.add(span)
    return taken


def _one_line(lines: Lines) -> int | None:
    """The index of the line that is the text, or None."""
    longest = max(range(len(lines)), key=lines.words.__getitem__)
    words = lines.words[longest]
    return longest if words >= max(_ONE_LINE_WORDS, _ONE_LINE_SHARE * lines.total_words) else None


_Hit = tuple[PartEntry, int, int]
"""What may match, and the offsets of its literal in the folded line."""


def _hits(program: Program, lines: Lines, language: str | None) -> dict[int, list[_Hit]]:
    """For each long line in which a rule may match a part: what may, and where."""
    long = [i for i, words in enumerate(lines.words) if words >= _SHORTEST_LINE]
    if not long:
        return {}
    texts, folded = lines.texts, lines.folded
    starts = list(accumulate((len(folded[i]) + 1 for i in long), initial=0))
    found: dict[int, list[_Hit]] = {}
    for entries, start, end in program.part_index(language).hits("\n".join(folded[i] for i in long)):
        n = bisect_right(starts, start) - 1
        i, first, last = long[n], start - starts[n], end - starts[n]
        # Lines whose length folding changes are rare: there each hit is looked at.
        line = texts[i] if len(texts[i]) == len(folded[i]) else ""
        begins, ends = not line or _may_begin(line, first), not line or _may_end(line, last)
        for entry in entries:
            if (begins or not entry.at_start) and (ends or not entry.at_end):
                found.setdefault(i, []).append((entry, first, last))
    return found


def _may_begin(line: str, at: int) -> bool:
    """Whether a piece may begin there: at a capital, or behind a mark; where this is in doubt, it may."""
    if at == 0 or line[at].isupper():
        return True
    before = line[at - 1]
    if before.isspace():
        return at == 1 or not (line[at - 2].isalnum() or line[at - 2] in ",;")
    return not before.isalnum()


def _may_end(line: str, at: int) -> bool:
    """Whether a piece may end there: before a capital, or at a mark; where this is in doubt, it may."""
    following = line[at : at + 2].lstrip()
    return not following[:1].isalnum() or following[0].isupper() or not line[at - 1].isalnum()


class _Line:
    """A long line, and its pieces, which are found when a rule may match one."""

    def __init__(self, text: str, folded: str, language: str | None) -> None:
        self.text, self.folded, self.language = text, folded, language
        self.aligned = len(text) == len(folded)
        """Whether offsets of the folded line hold for the line."""

    @cached_property
    def _pieces(self) -> tuple[list[Span], list[Span], list[Span]]:
        return pieces(self.text)

    def _with(self, start: int, end: int) -> Iterator[Span]:
        """The pieces that hold a range of the folded line; all pieces, where folding has moved it."""
        for those in self._pieces:
            if not self.aligned:
                yield from those
            elif piece := _holding(those, start, end):
                yield piece

    def around(self, hit: _Hit) -> Iterator[Span]:
        """The pieces that a rule may match, as far as its literal says."""
        entry, start, end = hit
        if entry.is_phrase:
            yield from self._with_phrase(start, end)
            return
        least, most = entry.prefilter.least, entry.prefilter.most or len(self.text)
        for piece in self._with(start, end):
            a, b = piece
            is_bound = (a == start or not entry.at_start) and (b == end or not entry.at_end)
            is_whole = b - a == len(self.text)
            if not is_whole and ((is_bound and least <= b - a <= most) or not self.aligned):
                yield piece

    def _with_phrase(self, start: int, end: int) -> Iterator[Span]:
        key = self.folded[start:end]
        for piece in self._with(start, end):
            if piece[1] - piece[0] < len(self.text) and self._key(piece) == key:
                yield piece
        if self.aligned and (unmarked := self._unmarked(start, end)):
            yield unmarked

    def _key(self, piece: Span) -> str:
        return phrase_key(fold(self.text[slice(*piece)]))

    def _unmarked(self, start: int, end: int) -> Span | None:
        """A phrase with the marks behind it, if capitals tell that it is apart: `Share this article The council met`.

        It begins with a capital, and ends before one or with the sentence. One or two words may be part of a name:
        `Advertisement The council met`, but not `Advertisement Standards Authority`.
        """
        text = self.text
        if self.language in _CAPITAL_NOUNS or not text[start].isupper() or text[start - 1 : start].isalnum():
            return None
        first, last = _holding(self._pieces[0], start, end) or (start, end)
        while end < last and not text[end].isspace():
            if text[end].isalnum() or text[end] == ":":  # behind a colon is what it is the label of
                return None
            end += 1
        if (first, last) == (start, end):
            return None
        following = text[end:last].split(None, 2)
        if following and not following[0][0].isupper():
            return None
        if word_count(text[start:end]) < FEWEST_WORDS_OF_PART:
            is_name = start > first or not following or (following[1:2] and following[1][0].isupper())
            return None if is_name else (start, end)
        return start, end


def _holding(those: Sequence[Span], start: int, end: int) -> Span | None:
    """Of pieces in order that do not overlap, the one that holds a range; None if there is none."""
    n = bisect_right(those, (start, _FAR)) - 1
    return those[n] if n >= 0 and end <= those[n][1] else None


def _of_line(line: _Line, hits: Sequence[_Hit], host: str | None) -> dict[Span, bool]:
    """The pieces of a line that rules match as a whole; true for those of which no rule says where they end."""
    found: dict[Span, bool] = {}
    tried: set[tuple[CompiledRule, Span]] = set()
    for hit in hits:
        rule = hit[0].rule
        if rule.sited and not rule.is_at(host):
            continue
        for piece in line.around(hit):
            if (rule, piece) in tried:
                continue
            tried.add((rule, piece))
            text = line.text[slice(*piece)]
            if _is_unit(hit[0], text):
                found[piece] = found.get(piece, True) and rule.is_open_ended(plain(text))
    return found


def _is_unit(entry: PartEntry, text: str) -> bool:
    """Whether a rule matches the whole piece."""
    rule = entry.rule
    if not entry.prefilter.fits(fold(text), len(text)) or not rule.fits_part(word_count(text)):
        return False
    line = plain(text)
    return _matches(rule, line) and (entry.is_phrase or rule.ends_with_part(line))


def _places(program: Program, context: MatchContext) -> Iterator[tuple[CompiledRule, int]]:
    """The rules that may match, whatever their phase, each with a line."""
    for near in candidates(program, context).values():
        yield from near


def _taken_in_line(rule: CompiledRule, context: MatchContext, n: int) -> Iterator[Span]:
    """What a rule matches in a line as it is, which needs no splitting."""
    line = context.lines.plain(n)
    if rule.rule.label == "repair":
        return
    if rule.kind_facts.fills_line and _matches(rule, line):
        yield 0, len(line)
    elif rule.kind_facts.within_line and not rule.kind_facts.fills_line:
        yield from (hit.span() for hit in rule.regex.finditer(line))


def _matches(rule: CompiledRule, line: str) -> bool:
    if rule.kind_facts.lookup == "literals" and not rule.regex.search(line):
        return False
    return not any(regex.search(line) for regex in rule.unless)


def _apart(units: Mapping[Span, bool], taken: _Taken) -> Iterator[Span]:
    """Units that overlap neither each other nor what is taken: the longest first, of those whose rules do not say where
    they end the shortest."""
    for _is_open, _length, start, end in sorted((o, b - a if o else a - b, a, b) for (a, b), o in units.items()):
        if taken.is_free((start, end)):
            taken.add((start, end))
            yield start, end


class _Taken:
    """The parts of a line that are taken, as spans in order that do not overlap."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, span: Span) -> bool:
        """Whether a span overlaps nothing that is taken."""
        at = bisect_left(self._starts, span[1]) - 1
        return at < 0 or self._ends[at] <= span[0]

    def holds(self, at: int) -> bool:
        """Whether an offset is within a span, and neither its start nor its end."""
        n = bisect_left(self._starts, at) - 1
        return n >= 0 and at < self._ends[n]

    def add(self, span: Span) -> None:
        """Take a span, and what it overlaps with it."""
        first, last = bisect_right(self._ends, span[0]), bisect_left(self._starts, span[1])
        start, end = min([span[0], *self._starts[first:last]]), max([span[1], *self._ends[first:last]])
        self._starts[first:last], self._ends[first:last] = [start], [end]


class _TakenInLine(_Taken):
    """What rules take of a line as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.within = _Taken()
        """What they find within it."""
