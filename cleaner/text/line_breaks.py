"""Finds line breaks that do not belong to the text: hard wraps, breaks at tags, split words, page numbers.

A paragraph of the original page arrives in pieces. The breaks are found before any rule sees a line, and only in a text
that shows the damage as a whole: poems, lists and menus have short lines on purpose. A doubtful break is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from unicodedata import east_asian_width

from cleaner.model.rule import Damage
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, is_cjk
from cleaner.text.verse import breaks_of_items, breaks_of_verse, runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A break within one line: replace [start, end) of the text, in characters, by `replacement`."""

    start: int
    end: int
    line: int
    """Index of the line before the break, in `Lines` of the original text."""
    damage: Damage
    replacement: str = " "


def find_breaks(lines: Lines, leading_words: Collection[str] = frozenset()) -> tuple[Break, ...]:
    """Return the line breaks that do not belong to the text, in order and without overlap.

    `leading_words` are folded words of the text's language that never end a sentence: articles, prepositions,
    conjunctions. A text has hard wraps or breaks at tags; breaks at tags are looked for only if no width explains the
    breaks. Nothing is found in code, lists, tables and verse, or in a text with a single doubtful break.

    >>> text = "The ferry, which\\nCaptain Reed\\n, who is 70, steers, is late again today.\\nThe next one is not."
    >>> [text[each.start - 4 : each.start] for each in find_breaks(Lines(text))]
    ['Reed']
    """
    return tuple(_of_width(lines, leading_words)) or tuple(_of_tags(lines, leading_words))


# ---------------------------------------------------------------------------------------------------
# Lines broken at every tag

_LEAST_SURE = 1  # breaks before a comma or full stop, which never begin a line on purpose
_LEAST_LIKELY = 2  # breaks between words of a sentence, if none of the former is found
_LEAST_LIKELY_SHARE = 0.04  # of the lines of some length
_LEAST_SHARE = 0.03  # of such breaks among the lines of some length
_PIECE = 4  # words; a line this long may be a piece of prose, a shorter one must be next to one
_NAME = 4  # words; a name is no longer
_PROSE = 8  # words; a line of this length without an end mark stops in mid-sentence
_LIST_LINE = 10  # words; lines no longer than this that all begin small are a list, or verse
_LIST = 4  # lines; the shortest list

# A mark that no line begins with: it closes what is before it. Not `...`, `.NET`, `:)`, `'90s`, `% of`.
_CLOSING = re.compile(
    r"[,;!?)\]}،؛؟、，。；：！？）」』】》](?![)(;:])"
    r"|[.:](?![\w.:()/-])"
    r"|[”“\"»](?=[\s,.;:!?)])|«(?=[,.;:!?)])"
    r"|['’](?:s|re|ve|ll|d|t)?(?![\w‘])"
)
_SURE = re.compile(r"[,.;)”،؛]+(?=\s)|[、，。」）](?=\w)")
_CODE = re.compile(r"[{};]$|^[{}\[\]]|^//|\w\(\)|[=-]>|&&|\|\||</?\w|\s--?\w|[\w)\]] [:+]?= |\w\[\w|\w::\w|\(\w+=")
# A word in small letters: no address, no `iPhone`, no `a)` or `b.` of a list.
_SMALL = re.compile(r"(?!\w[.)])[^\W\d_A-Z]+(?:[-'’][^\W\d_]+)*(?=[\s,;!?…)”\"]|:?\.?$|[.:]\s)")
_OPENING = re.compile(r"(?:^|[\s(\[“„‘«])[(\[“„‘«]$|[「『（]$")
_NO_BLANK_AFTER = "([{“„‘«「『（【《"
_LABEL = re.compile(r"(?:image|media|video) (?:caption|copyright|source)\b")  # of the BBC, in small letters
_BULLET = re.compile(r"[-–—*•·●○■▪►▸→»>+](?:\s|$)|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s|#{1,6}\s|\|")
_SUB_BULLET = re.compile(r"o\s")  # of a list in a list; a word of Spanish, Portuguese and Italian elsewhere
_WORD_AT_END = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?$")
_SENTENCE_MARK = ".!?…:。！？؟۔।։："
_AFTER_MARKS = "\"'”’“‘»›«‹」』）)]*"
# Japanese and Chinese have no small letters: particles that follow a word, and never begin a line.
_PARTICLE = re.compile(
    r"(?:[はがをへ]|の(?!ち)|に(?!ゅ)|と(?!き|こ|も|り|は)|で(?!す|き)|から|まで|より|など|的|了|等|们)(?=[\u3040-\u30ff\u3400-\u9fff、])"
)
_LEADING_MARKS = ",،、，はがをのにへで"


def _ends(line: str) -> bool:
    """The line ends a sentence, or introduces what follows with a colon."""
    return line.rstrip(_AFTER_MARKS)[-1:] in _SENTENCE_MARK


def _begins_small(line: str) -> bool:
    """The line begins with a word in small letters, and is no byline (`by Anna Reed`) and no label."""
    found = _SMALL.match(line)
    if found is None or not found[0].islower() or _LABEL.match(line):
        return False
    more = line[found.end() :].split()
    return not more or len(more) > _NAME or _ends(line) or any(word[0].islower() for word in more)


def _begins_with_particle(line: str, after: str) -> bool:
    return (is_cjk(line[-1]) or line[-1] in "」』）") and _PARTICLE.match(after) is not None


def _is_prose(line: str, leading_words: Collection[str]) -> bool:
    """The line holds a leading word, as prose does, and commands and keys do not."""
    return is_cjk(line) or any(word in leading_words for word in fold(line).split())


def _is_code(line: str) -> bool:
    return len(line) <= 2 * _WIDEST and _CODE.search(line) is not None


def _begins_item(line: str, after: str) -> bool:
    """The second line begins with the bullet of an item."""
    if _SUB_BULLET.match(after):
        return bool(_SUB_BULLET.match(line) or _BULLET.match(line))
    return _BULLET.match(after) is not None


def _of_tags(lines: Lines, leading_words: Collection[str]) -> Iterator[Break]:
    closed, small = _suspect_breaks(lines)
    kept = breaks_of_verse(lines, closed, small) | breaks_of_items(lines.texts, small)
    small -= kept
    if not (closed or small) or not _is_broken_at_tags(lines, closed, small, leading_words):
        return
    joined = _of_prose(lines, closed, small, leading_words)
    _add_breaks_before_names(lines, joined, small | kept, leading_words)
    for i in sorted(joined):
        yield _break(lines, i, "tags")


def _suspect_breaks(lines: Lines) -> tuple[set[int], set[int]]:
    """The breaks before a closing mark or after an opening one, and those between words of a sentence.

    Each is the index of the line before the break. No line of code is among them.
    """
    texts = lines.texts
    closed: set[int] = set()
    small: set[int] = set()
    for i, (line, after) in enumerate(pairwise(texts)):
        first = after[0]
        if first.isalnum() and not (first.islower() or is_cjk(first)) and line[-1] not in _NO_BLANK_AFTER:
            continue  # nearly all lines
        if lines.breaks(i, i + 1) > 2 or _begins_item(line, after):
            continue
        if _CLOSING.match(after) or (line[-1] in _NO_BLANK_AFTER and _OPENING.search(line)):
            found = closed
        elif not _ends(line) and (_begins_small(after) or _begins_with_particle(line, after)):
            found = small
        else:
            continue
        if not _is_code(line) and not _is_code(after):  # last, as it is the slowest test
            found.add(i)
    return closed, small


def _is_broken_at_tags(lines: Lines, closed: set[int], small: set[int], leading_words: Collection[str]) -> bool:
    """Whether the text as a whole shows the damage: enough of its breaks can't be the author's."""
    texts, words = lines.texts, lines.words
    sure = sum(_SURE.match(texts[i + 1]) is not None and words[i + 1] >= 2 for i in closed)
    likely = sum(max(words[i], words[i + 1]) >= _PROSE and _is_prose(texts[i + 1], leading_words) for i in small)
    pieces = sum(count >= _PROSE for count in words)
    if sure >= _LEAST_SURE and sure + likely >= _LEAST_SHARE * pieces:
        return True
    return likely >= max(_LEAST_LIKELY, _LEAST_LIKELY_SHARE * pieces)


def _of_prose(lines: Lines, closed: set[int], small: set[int], leading_words: Collection[str]) -> set[int]:
    """Those of the breaks that are in or next to a line long enough for prose, and in no list."""
    texts, words = lines.texts, lines.words
    sure = set(closed)
    for i in sorted(small, reverse=True):  # from below, as the decision depends on the next line's
        if words[i + 1] >= _PIECE:
            goes_on = words[i + 1] >= _PROSE or i + 1 in sure or _ends(texts[i + 1]) or words[i] >= _PIECE
        else:
            goes_on = i + 1 in sure or (words[i] >= _PIECE and _ends(texts[i + 1]))
        if goes_on or _leads_on(texts[i], leading_words):
            sure.add(i)
    for run in runs(sorted(small & sure)):
        if len(run) >= _LIST:
            led = sum(_leads_on(texts[i], leading_words) for i in run)
            longest = max(words[i] for i in (*run, run[-1] + 1))
            if led < len(run) / 4 or longest <= _LIST_LINE:
                sure -= set(run)
    return sure


def _add_breaks_before_names(lines: Lines, joined: set[int], small: set[int], leading_words: Collection[str]) -> None:
    """Add the breaks before pieces that begin with a capital: names in a link, titles in italics."""
    texts, words = lines.texts, lines.words
    for i in range(len(texts) - 1):
        if (
            i in joined
            or i in small
            or _ends(texts[i])
            or lines.breaks(i, i + 1) > 2
            or _begins_item(texts[i], texts[i + 1])
        ):
            continue
        amid = i - 1 in joined or (words[i] >= _PIECE and texts[i][0].islower())
        if _leads_on(texts[i], leading_words):
            goes_on = amid or words[i] >= _PIECE or i + 1 in joined
        else:
            begins = words[i] >= _PROSE and words[i + 1] <= _NAME and not _is_titled(texts[i])
            goes_on = i + 1 in joined and (amid or begins or fold(texts[i]) in leading_words)
        if goes_on:
            joined.add(i)


def _leads_on(line: str, leading_words: Collection[str]) -> bool:
    """The line ends in a comma, or in a word that leads on to the next."""
    if line[-1] in _LEADING_MARKS:
        return True
    last = _WORD_AT_END.search(line)
    return last is not None and not last[0][0].isupper() and fold(last[0]) in leading_words


def _is_titled(line: str) -> bool:
    """Most words begin with capitals: a headline rather than a sentence."""
    words = [word for word in line.split() if word[0].isalpha()]
    return sum(word[0].isupper() for word in words) > len(words) / 2


# ---------------------------------------------------------------------------------------------------
# Lines wrapped at a width

_NARROWEST, _WIDEST = 40, 100  # columns
_LEAST_WRAPPED = 3  # breaks
_LEAST_WRAPPED_SHARE = 0.7  # of the breaks within paragraphs that the width explains
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_COLUMNS = re.compile(r"\t|\S {3,}\S|^\||\|$")
_LEAST_HYPHENED = 0.04  # of the wrapped lines, where a typesetter splits words
_LEAST_KNOWN = 2  # of the split words that occur elsewhere in the text
_PAGE_NUMBER = re.compile(
    r"[-–—] ?\d{1,4} ?[-–—]|\d{1,4}"
    r"|(?i:page|seite|página|pagina|sida|side|strona|strana|sayfa|стр\.|страница) \d{1,4}(?: \S{1,3} \d{1,4})?"
)
_HYPHENED = re.compile(r"([^\W\d_]{2,})[-‐]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


Span = tuple[int, int, int]
"""Index of a line that the next one can continue, its width, and its width with the next line's first word; in
columns."""


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _of_width(lines: Lines, leading_words: Collection[str]) -> Iterator[Break]:
    """Breaks where the next word does not fit the width that explains most breaks of the text."""
    texts = lines.texts
    if sum(line[0] == ">" or (line[0].isalpha() and not line[0].isupper()) for line in texts) < _LEAST_WRAPPED:
        return  # every sentence begins a line
    spans = list(_spans(lines))
    width = _width(lines, spans)
    if width is None:
        return
    broken_at = [i for i, _taken, wanted in spans if wanted > width]
    split = {i: found[1] for i in broken_at if (found := _HYPHENED.search(texts[i]))}
    without = _without_hyphen(lines, split, leading_words, typeset=len(split) >= _LEAST_HYPHENED * len(broken_at))
    numbers = {i: _across_page(lines, i) for i in range(len(texts) - 2) if _PAGE_NUMBER.fullmatch(texts[i + 1])}
    for i in sorted({*broken_at, *numbers}):
        if i in numbers:
            yield from numbers[i]
        elif i not in split:
            yield _break(lines, i, "wrapped")
        else:
            yield _rejoined(lines, i, i in without, leading_words)


def _spans(lines: Lines) -> Iterator[Span]:
    """The lines that the next one can continue."""
    texts, starts, text = lines.texts, lines.starts, lines.text
    for i in range(len(texts) - 1):
        if len(texts[i]) > 2 * _WIDEST or lines.breaks(i, i + 1) != 1:
            continue
        indent = starts[i] - text.rfind("\n", 0, starts[i]) - 1
        below = starts[i + 1] - text.rfind("\n", 0, starts[i + 1]) - 1
        if _goes_on(texts[i], texts[i + 1], indent, below):
            taken = indent + _columns(texts[i])
            yield i, taken, taken + _next_columns(texts[i + 1])


def _width(lines: Lines, spans: list[Span]) -> int | None:
    """The width that explains most of the breaks; None where it explains too few, or the lines are no prose."""
    texts = lines.texts
    if len(spans) < _LEAST_WRAPPED or 3 * sum(_goes_on_small(texts[i + 1]) for i, _, _ in spans) < len(spans):
        return None
    change = [0] * (_WIDEST + 2)
    for i, taken, wanted in spans:
        if taken <= _WIDEST and wanted > _NARROWEST and len(texts[i]) > _NARROWEST / 2:
            change[max(taken, _NARROWEST)] += 1
            change[min(wanted, _WIDEST + 1)] -= 1
    fitting = list(accumulate(change))
    width = max(range(_NARROWEST, _WIDEST + 1), key=lambda w: fitting[w])
    long = sum(taken > width and " " in texts[i] for i, taken, _ in spans)
    least = max(_LEAST_WRAPPED, _LEAST_WRAPPED_SHARE * len(spans), long)
    return width if fitting[width] >= least else None


def _goes_on_small(after: str) -> bool:
    """The line begins as the rest of a sentence does: with a letter that is no capital."""
    quoted = _QUOTED.match(after)
    first = after[quoted.end() :][:1] if quoted else after[0]
    return first.isalpha() and not first.isupper()


def _goes_on(line: str, after: str, indent: int, below: int) -> bool:
    """The next line can belong to the same paragraph: no new item, row, heading or indent."""
    quoted, quoted_after = _QUOTED.match(line), _QUOTED.match(after)
    if quoted and quoted_after and quoted[0].rstrip() == quoted_after[0].rstrip():
        line, after = line[quoted.end() :], after[quoted_after.end() :]
    elif quoted or quoted_after:
        return False
    if _PAGE_NUMBER.fullmatch(line) or _PAGE_NUMBER.fullmatch(after):
        return False
    if not line or not after or _BULLET.match(after) or _COLUMNS.search(line) or _COLUMNS.search(after):
        return False
    return below <= indent or bool(_BULLET.match(line))


def _next_columns(after: str) -> int:
    """The columns that the next line's first word needs at the end of the line, without `>` signs."""
    quoted = _QUOTED.match(after)
    after = after[quoted.end() :] if quoted else after
    if after and is_cjk(after[0]):
        return 4  # any character may begin a line, except marks, which take the one before with them
    return 1 + _columns(after.split(None, 1)[0]) if after else 0


def _across_page(lines: Lines, i: int) -> tuple[Break, ...]:
    """The page number below line i, with the breaks around it, if a sentence continues after it."""
    before, after = lines.texts[i], lines.texts[i + 2]
    if _ends(before) or not _begins_small(after) or len(before) <= _NARROWEST / 2:
        return ()
    return (Break(start=lines.end(i), end=lines.starts[i + 2], line=i, damage="page"),)


def _without_hyphen(
    lines: Lines, split: Mapping[int, str], leading_words: Collection[str], *, typeset: bool
) -> frozenset[int]:
    """Of the lines that end in half a word (`split`), those whose hyphen belongs to the line.

    That is so where the text holds the word without it elsewhere; and where a typesetter split words by the
    dozen, of which some are known so and none with its hyphen, also where a half is no word of the text.
    """
    if not split:
        return frozenset()
    seen = Counter(word.casefold() for word in _WORD.findall(lines.text))
    halves = {
        i: (left.casefold(), after[0].casefold())
        for i, left in split.items()
        if (after := _WORD.match(lines.texts[i + 1])) and after[0][0].islower() and fold(after[0]) not in leading_words
    }
    whole = {i for i, (left, right) in halves.items() if left + right in seen and f"{left}-{right}" not in seen}
    if typeset and len(whole) >= _LEAST_KNOWN and not any("-".join(pair) in seen for pair in halves.values()):
        whole |= {
            i for i, pair in halves.items() if min(seen[half] for half in pair) <= 1
        }  # 1, as the half itself is counted
    return frozenset(whole)


def _rejoined(lines: Lines, i: int, without: bool, leading_words: Collection[str]) -> Break:
    """The break after half a word; the hyphen is kept, or removed if `without`."""
    whole = _break(lines, i, "wrapped")
    after = _WORD.match(lines.texts[i + 1])
    if after is None or not after[0][0].islower():
        return Break(start=whole.start, end=whole.end, line=i, damage="wrapped", replacement="")
    if fold(after[0]) in leading_words:  # "two- and three-storey"
        return whole
    if without:
        return Break(start=whole.start - 1, end=whole.end, line=i, damage="hyphen", replacement="")
    return Break(start=whole.start, end=whole.end, line=i, damage="wrapped", replacement="")


# ---------------------------------------------------------------------------------------------------


def _break(lines: Lines, i: int, damage: Damage) -> Break:
    """The break after line i, replaced by a blank or, next to closing marks and CJK, by nothing."""
    start, end = lines.end(i), lines.starts[i + 1]
    before, after = lines.texts[i], lines.texts[i + 1]
    if damage == "wrapped" and (quoted := _QUOTED.match(after)) and len(after) > quoted.end():
        end += quoted.end()
        after = after[quoted.end() :]
    closing = bool(_CLOSING.match(after)) and after[0] not in lines.spaced_marks
    tight = before[-1] in _NO_BLANK_AFTER or closing or (is_cjk(before[-1]) and is_cjk(after[0]))
    return Break(start=start, end=end, line=i, damage=damage, replacement="" if tight else " ")
