"""A text as lines, offset-true, each with its facts, computed when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from cleaner.text.fold import fold, plain
from cleaner.text.words import Words, is_common

# Lines that end so end a sentence: the full stops, question and exclamation marks of the world's scripts (Unicode's
# property Sentence_Terminal, as far as news is written in them); `_CLOSING` may stand behind them.
_SENTENCE_MARKS = frozenset(".!?…。！？．｡‼⁇⁈⁉؟۔।॥։።፧။។")
_CLOSING = "\"'”’“‘»›«‹」』》〉】〕）)]*"
# Thai and Lao have no full stop: there a long line is a sentence or more.
_UNMARKED_END = re.compile("[\u0e00-\u0eff][\"'”’»)\\]]*$")

# Scripts that part no words by blanks, and how many of their characters make a word of prose.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK_CHARS_PER_WORD = 2
_SOUTHEAST_CHARS_PER_WORD = 5  # Thai, Lao, Burmese and Khmer: vowels and tones are characters of their own

_TOKEN = Words(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_CONTENT_WORD = Words(r"[^\W\d_]{4,}")

# What may stand around a phrase without making it another one: bullets, arrows, end marks.
_PHRASE_ENDS = " .:!…‹›<>←→↑↓≪≫▼▾▸►▶▲△●○■◆•*|-–—_#：。、！【】［］"
_PHRASE_STARTS = _PHRASE_ENDS + "+"  # a bullet; behind, it belongs to the phrase: `16+`

_PROSE_WORDS = 12  # a line that ends a sentence and is at least this long is prose
_LONG_PROSE_WORDS = 20  # the head ends before the first of these
_MOST_OF_A_LINE = 60  # words of one line that count: a page of terms in one paragraph is no story
_PER_SHORT_LINE = 3
_SHORT_LINE = 8  # words; longer ones that end no sentence are items of a story's lists
_TAIL_SHARE = 2 / 3  # the tail begins where this share of the words lies above
_MARKS_SET_APART = ";:!?»"
_ZONES = {(True, True): ("head", "tail"), (True, False): ("head",), (False, True): ("tail",), (False, False): ("body",)}


def is_cjk(text: str) -> bool:
    """The text begins with a letter of a script that writes no blanks: Japanese, Chinese."""
    return text >= "\u3040" and _CJK.match(text) is not None


def word_count(text: str) -> int:
    """Words between blanks; where a script sets none (Chinese, Thai, ...), what its characters make."""
    spaced = len(text.split())
    if is_common(text) or not (signs := len(unspaced(text))):
        return spaced
    dense = len(_CJK.findall(text))
    return spaced + dense // _CJK_CHARS_PER_WORD + (signs - dense) // _SOUTHEAST_CHARS_PER_WORD


def ends_sentence(text: str, words: int) -> bool:
    """A line of so many words ends with a sentence mark, closing quotes and brackets aside; in Thai it is long."""
    if text.rstrip(_CLOSING)[-1:] in _SENTENCE_MARKS:  # from the end: a pattern would look at every full stop
        return True
    return not text.isascii() and words >= _PROSE_WORDS and _UNMARKED_END.search(text) is not None


def unspaced(text: str) -> list[str]:
    """Its characters of scripts that part no words by blanks."""
    return _UNSPACED.findall(text)


def is_unspaced(text: str) -> bool:
    """The text holds a script that parts no words by blanks: words are found in it as parts of it."""
    return not is_common(text) and _UNSPACED.search(text) is not None


def phrase_key(folded: str) -> str:
    """A folded line without the blanks, bullets and end marks around it, single blanks within."""
    key = folded.rstrip(_PHRASE_ENDS).lstrip(_PHRASE_STARTS)
    if key.count('"') == 1:  # no quotation: a guillemet that serves as an arrow, which folding made a quote
        key = key.strip(_PHRASE_STARTS + '"')
    return " ".join(key.split()) if "  " in key else key


class Lines:
    """The lines of a text that aren't blank, stripped.

    `texts[i]` stands at `starts[i]` of the text, in its `rows[i]`-th line (blank ones counted, from 0). The
    pieces [start, end) of `blanked`, in order, are read as blanks, so that line breaks there are none.
    """

    __slots__ = ("__dict__", "_last_rows", "rows", "starts", "text", "texts")

    def __init__(self, text: str, blanked: Sequence[tuple[int, int]] = ()) -> None:
        self.text = read = text
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

    def __len__(self) -> int:
        return len(self.texts)

    def end(self, i: int) -> int:
        """Offset behind the line's last character."""
        return self.starts[i] + len(self.texts[i])

    def plain(self, i: int) -> str:
        """The line as patterns see it."""
        return self._plain[i]

    @cached_property
    def _plain(self) -> list[str]:
        return plain("\n".join(self.texts)).split("\n")

    @cached_property
    def haystack(self) -> str:
        """All lines folded, a line break before, between and behind them."""
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
        # Most lines are ASCII, and to ask that here saves them two calls.
        return [len(text.split()) if text.isascii() else word_count(text) for text in self.texts]

    def tokens(self, i: int) -> list[str]:
        """The words of a line as letters spell them, folded: no numbers, no marks but an apostrophe within."""
        found = self._tokens[i]
        if found is None:
            found = self._tokens[i] = _TOKEN.findall(self.folded[i])
        return found

    @cached_property
    def _tokens(self) -> list[list[str] | None]:
        return [None] * len(self)

    def content_words(self, i: int) -> list[str]:
        """The words of four letters or more of a line, folded: what it is about."""
        return _CONTENT_WORD.findall(self.folded[i])

    @cached_property
    def total_words(self) -> int:
        """Words of the whole text."""
        return sum(self.words)

    def ends_sentence(self, i: int) -> bool:
        """Of line i, as the function of this name."""
        return ends_sentence(self.texts[i], self.words[i])

    def is_prose(self, i: int) -> bool:
        """The line is long enough for a sentence, and ends one."""
        return self._prose[i]

    @cached_property
    def _prose(self) -> list[bool]:
        texts = self.texts
        return [words >= _PROSE_WORDS and ends_sentence(texts[i], words) for i, words in enumerate(self.words)]

    @cached_property
    def story_points(self) -> list[int]:
        """What each line says for a story around it: the words of prose, and less than nothing for a short line."""
        return [
            -_PER_SHORT_LINE if words < _SHORT_LINE else min(words, _MOST_OF_A_LINE) if prose else 0
            for words, prose in zip(self.words, self._prose, strict=True)
        ]

    @cached_property
    def head_end(self) -> int:
        """Index of the first long prose line, or the number of lines where there is none."""
        long_prose = (i for i, words in enumerate(self.words) if words >= _LONG_PROSE_WORDS and self.ends_sentence(i))
        return next(long_prose, len(self))

    @cached_property
    def tail_start(self) -> int:
        """Index of the first line with most of the words above it; 0 in a text without prose."""
        if self.head_end == len(self):
            return 0
        above = accumulate(self.words, initial=0)
        return next(i for i, words in enumerate(above) if words >= _TAIL_SHARE * self.total_words)

    def zones(self, i: int) -> tuple[str, ...]:
        """The zones the line stands in. A text without prose is all head and all tail."""
        return _ZONES[i < self.head_end, i >= self.tail_start]

    def is_wrapped(self, i: int) -> bool:
        """The next line goes on in mid-sentence: it follows directly and begins with a small letter."""
        return i + 1 < len(self) and self.breaks(i, i + 1) == 1 and self.texts[i + 1][0].islower()

    @cached_property
    def set_apart(self) -> frozenset[str]:
        """The marks before which the text mostly sets a blank, as French does."""
        text = self.text
        return frozenset(
            mark
            for mark in _MARKS_SET_APART
            if 2 * sum(text.count(f"{blank}{mark} ") for blank in " \u00a0\u202f")
            > text.count(f"{mark} ") - text.count(f"\n{mark} ")
        )

    def breaks(self, i: int, j: int) -> int:
        """Line breaks between two lines: 1 where they follow each other, 2 with a blank line between."""
        i, j = min(i, j), max(i, j)
        return self.rows[j] - self._last_rows[i]
