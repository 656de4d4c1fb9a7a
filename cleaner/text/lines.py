"""A text as lines with offsets, and facts about each line that are computed on first use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from cleaner.text.fold import fold, plain
from cleaner.text.words import LetterPattern, is_latin_greek_cyrillic

# Marks that end a sentence: Unicode's property Sentence_Terminal, for the scripts that news is written in. `_CLOSING`
# may follow them.
_SENTENCE_MARKS = frozenset(".!?…。！？．｡‼⁇⁈⁉؟۔।॥։።፧။។")
_CLOSING = "\"'”’“‘»›«‹」』》〉】〕）)]*"
# Thai and Lao have no full stop: there a long line is a sentence or more.
_UNMARKED_END = re.compile("[\u0e00-\u0eff][\"'”’»)\\]]*$")

# Scripts without blanks between words, and the number of characters per word of prose.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK_CHARS_PER_WORD = 2
_SOUTHEAST_CHARS_PER_WORD = 5  # Thai, Lao, Burmese and Khmer: vowels and tones are characters of their own

_TOKEN = LetterPattern(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_CONTENT_WORD = LetterPattern(r"[^\W\d_]{4,}")

# What may surround a phrase without changing it: bullets, arrows, end marks.
_PHRASE_ENDS = " .:!…‹›<>←→↑↓≪≫▼▾▸►▶▲△●○■◆•*|-–—_#：。、！【】［］"
_PHRASE_STARTS = _PHRASE_ENDS + "+"  # a bullet; at the end it belongs to the phrase: `16+`

_PROSE_WORDS = 12  # a line that ends a sentence and is at least this long is prose
_LONG_PROSE_WORDS = 20  # the head ends before the first of these
_MOST_OF_A_LINE = 60  # words of one line that count: a page of terms in one paragraph is no story
_PER_SHORT_LINE = 3
_SHORT_LINE = 8  # words; longer ones that end no sentence are items of a story's lists
_TAIL_SHARE = 2 / 3  # the tail begins where this share of the words is above
_MARKS_SET_APART = ";:!?»"
_ZONES = {(True, True): ("head", "tail"), (True, False): ("head",), (False, True): ("tail",), (False, False): ("body",)}


def is_cjk(text: str) -> bool:
    """Report whether the text begins with a Japanese or Chinese letter: scripts that write no blanks."""
    return text >= "\u3040" and _CJK.match(text) is not None


def word_count(text: str) -> int:
    """Return the number of words between blanks, plus an estimate for scripts without blanks.

    Two Chinese or Japanese characters count as a word, and five of Thai, Lao, Burmese and Khmer.

    >>> word_count("The pears came."), word_count("天気予報")
    (3, 3)
    """
    spaced = len(text.split())
    if is_latin_greek_cyrillic(text) or not (signs := len(unspaced_letters(text))):
        return spaced
    dense = len(_CJK.findall(text))
    return spaced + dense // _CJK_CHARS_PER_WORD + (signs - dense) // _SOUTHEAST_CHARS_PER_WORD


def ends_sentence(text: str, words: int) -> bool:
    """Report whether a line of `words` words ends with a sentence mark, before closing quotes and brackets.

    Thai and Lao have no such mark: there a line of 12 words or more counts as one.

    >>> ends_sentence("“He left.”", 2), ends_sentence("Read more", 2)
    (True, False)
    """
    if text.rstrip(_CLOSING)[-1:] in _SENTENCE_MARKS:  # a pattern would check every full stop
        return True
    return not text.isascii() and words >= _PROSE_WORDS and _UNMARKED_END.search(text) is not None


def unspaced_letters(text: str) -> list[str]:
    """Return the characters of scripts that write no blanks between words."""
    return _UNSPACED.findall(text)


def has_unspaced_script(text: str) -> bool:
    """Report whether the text holds a script without blanks between words, so that words must be matched as
    substrings."""
    return not is_latin_greek_cyrillic(text) and _UNSPACED.search(text) is not None


def phrase_key(folded: str) -> str:
    """Return a folded line without the blanks, bullets and end marks around it, and with single blanks within.

    >>> phrase_key("▸ read  more …")
    'read more'
    """
    key = folded.rstrip(_PHRASE_ENDS).lstrip(_PHRASE_STARTS)
    if key.count('"') == 1:  # not a quotation: a guillemet used as an arrow, which folding replaced by a quote
        key = key.strip(_PHRASE_STARTS + '"')
    return " ".join(key.split()) if "  " in key else key


class Lines:
    """The lines of a text that are not blank, stripped of blanks at both ends.

    `texts[i]` begins at offset `starts[i]` of the text, in characters, in row `rows[i]` (from 0, with blank rows
    counted). The ranges [start, end) of `blanked`, in order and without overlap, are read as blanks: a line break in
    one of them joins its two lines, and all offsets still refer to the original text.

    Facts (`folded`, `words`, `keys`, zones, ...) are computed on first use, for all lines at once.

    >>> lines = Lines("Lamps\\n\\n  They came on.\\n")
    >>> lines.texts, lines.starts, lines.rows, lines.words
    (['Lamps', 'They came on.'], [0, 9], [0, 2], [1, 3])
    >>> Lines("They came\\non.", [(9, 10)]).texts
    ['They came on.']
    """

    __slots__ = ("__dict__", "_last_rows", "parts", "rows", "starts", "text", "texts", "unsplit", "unsplit_index")

    def __init__(self, text: str, blanked: Sequence[tuple[int, int]] = ()) -> None:
        self.text = read = text
        self.parts: frozenset[int] = frozenset()
        """The indexes of lines that are parts of one line of the text (`split_at`)."""
        self.unsplit = self
        """The lines before `split_at`."""
        self.unsplit_index: Sequence[int] = ()
        """For each line its index in `unsplit`; empty for lines that `split_at` did not make."""
        if blanked:
            pieces: list[str] = []
            at = 0
            for start, end in blanked:
                pieces += (text[at:start], " " * (end - start))
                at = end
            read = "".join((*pieces, text[at:]))
        self.texts = texts = list[str]()
        self.starts = starts = list[int]()
        self.rows = self._last_rows = rows = list[int]()
        at = 0
        for row, raw in enumerate(read.split("\n")):
            if kept := raw.strip():
                texts.append(kept)
                starts.append(at if len(kept) == len(raw) else at + raw.index(kept))
                rows.append(row)
            at += len(raw) + 1
        if read is not text:
            above = list(accumulate(text.count("\n", a, b) for a, b in pairwise((0, *self.starts))))
            self.rows = above
            self._last_rows = [
                row + text.count("\n", at, at + len(line))
                for row, at, line in zip(above, self.starts, self.texts, strict=True)
            ]

    def split_at(self, cuts: Mapping[int, Iterable[int]]) -> Lines:
        """Return these lines with some of them split into parts, each of which is a line of its own.

        `cuts` has the offsets within a line, by the line's index. Parts of a line have the same row, so that no line
        break is between them.

        >>> lines = Lines("It rained. Share this").split_at({0: [11]})
        >>> lines.texts, lines.starts, lines.rows, lines.parts
        (['It rained.', 'Share this'], [0, 11], [0, 0], frozenset({0, 1}))
        """
        made = Lines("")
        made.text, made.unsplit = self.text, self
        made.rows, made._last_rows, made.unsplit_index = rows, last_rows, index = list[int](), list[int](), list[int]()
        parts: set[int] = set()
        for i, line in enumerate(self.texts):
            edges = (0, *sorted({at for at in cuts.get(i, ()) if 0 < at < len(line)}), len(line))
            for start, end in pairwise(edges):
                if not (kept := line[start:end].strip()):
                    continue
                if len(edges) > 2:
                    parts.add(len(made.texts))
                at = self.starts[i] + line.index(kept, start)
                row = self.rows[i] + self._breaks_within(i, self.starts[i], at)
                made.texts.append(kept)
                made.starts.append(at)
                rows.append(row)
                last_rows.append(row + self._breaks_within(i, at, at + len(kept)))
                index.append(i)
        made.parts = frozenset(parts)
        return made

    def unsplit_between(self, i: int, j: int) -> int:
        """Return the lines of the text from line i to line j, which may be one behind the last: j - i, where the parts
        of a line count as one."""
        index = self.unsplit_index
        if not index:
            return j - i
        return (index[j] if j < len(index) else len(self.unsplit)) - index[i]

    def _breaks_within(self, i: int, start: int, end: int) -> int:
        """The line breaks that were joined between two offsets of line i."""
        return self.text.count("\n", start, end) if self._last_rows[i] > self.rows[i] else 0

    def __len__(self) -> int:
        return len(self.texts)

    def end(self, i: int) -> int:
        """Return the offset after the line's last character."""
        return self.starts[i] + len(self.texts[i])

    def plain(self, i: int) -> str:
        """Return the line with straight quotes and plain blanks: the form that patterns are run on."""
        return self._plain[i]

    @cached_property
    def _plain(self) -> list[str]:
        return plain("\n".join(self.texts)).split("\n")

    @cached_property
    def haystack(self) -> str:
        """All lines folded, with a line break before, between and after them."""
        return "\n" + fold("\n".join(self.texts)) + "\n"

    @cached_property
    def folded(self) -> list[str]:
        """Each line folded (folding may change a line's length, but never its place among the others)."""
        return self.haystack[1:-1].split("\n") if self.texts else []

    @cached_property
    def haystack_starts(self) -> list[int]:
        """Offset in the haystack of the line break before each line."""
        return list(accumulate((len(line) + 1 for line in self.folded), initial=0))[:-1]

    @cached_property
    def keys(self) -> list[str]:
        """Each line's phrase key: lines with the same one are copies of each other."""
        return list(map(phrase_key, self.folded))

    @cached_property
    def words(self) -> list[int]:
        """Words of each line."""
        # Most lines are ASCII; the check here saves two calls for them.
        return [len(text.split()) if text.isascii() else word_count(text) for text in self.texts]

    def tokens(self, i: int) -> list[str]:
        """Return the words of a line, folded: letters with at most one apostrophe within, no numbers."""
        found = self._tokens[i]
        if found is None:
            found = self._tokens[i] = _TOKEN.findall(self.folded[i])
        return found

    @cached_property
    def _tokens(self) -> list[list[str] | None]:
        return [None] * len(self)

    def content_words(self, i: int) -> list[str]:
        """Return the words of four letters or more of a line, folded: those that show its topic."""
        return _CONTENT_WORD.findall(self.folded[i])

    @cached_property
    def total_words(self) -> int:
        """Words of the whole text."""
        return sum(self.words)

    def ends_sentence(self, i: int) -> bool:
        """Report whether line i ends a sentence, as the function of this name."""
        return ends_sentence(self.texts[i], self.words[i])

    def is_prose(self, i: int) -> bool:
        """Report whether line i has 12 words or more and ends a sentence."""
        return self._prose[i]

    @cached_property
    def _prose(self) -> list[bool]:
        texts = self.texts
        return [words >= _PROSE_WORDS and ends_sentence(texts[i], words) for i, words in enumerate(self.words)]

    @cached_property
    def story_points(self) -> list[int]:
        """The weight of each line for a story around it: the words of a prose line (60 at most), -3 for a short line,
        else 0."""
        return [
            -_PER_SHORT_LINE if words < _SHORT_LINE else min(words, _MOST_OF_A_LINE) if prose else 0
            for words, prose in zip(self.words, self._prose, strict=True)
        ]

    @cached_property
    def head_end(self) -> int:
        """Index of the first line of prose with 20 words or more; the number of lines if there is none."""
        long_prose = (i for i, words in enumerate(self.words) if words >= _LONG_PROSE_WORDS and self.ends_sentence(i))
        return next(long_prose, len(self))

    @cached_property
    def tail_start(self) -> int:
        """Index of the first line with two thirds of the words above it; 0 in a text without prose."""
        if self.head_end == len(self):
            return 0
        above = accumulate(self.words, initial=0)
        return next(i for i, words in enumerate(above) if words >= _TAIL_SHARE * self.total_words)

    def zones(self, i: int) -> tuple[str, ...]:
        """Return the zones of line i: `head`, `body`, `tail`. In a text without prose each line is in head and tail."""
        return _ZONES[i < self.head_end, i >= self.tail_start]

    def is_wrapped(self, i: int) -> bool:
        """Report whether the next line continues the sentence: it follows directly and begins with a small letter."""
        return i + 1 < len(self) and self.breaks(i, i + 1) == 1 and self.texts[i + 1][0].islower()

    @cached_property
    def spaced_marks(self) -> frozenset[str]:
        """The marks that mostly follow a blank in this text, as in French."""
        text = self.text
        return frozenset(
            mark
            for mark in _MARKS_SET_APART
            if 2 * sum(text.count(f"{blank}{mark} ") for blank in " \u00a0\u202f")
            > text.count(f"{mark} ") - text.count(f"\n{mark} ")
        )

    def breaks(self, i: int, j: int) -> int:
        """Return the line breaks between two lines: 1 for adjacent ones, 2 with a blank line between."""
        i, j = min(i, j), max(i, j)
        return self.rows[j] - self._last_rows[i]
