r"""Selects the rows of a dataset that a change of rules may affect, from its columns alone.

A rule that is looked up by literals or phrases can match differently only where one of these occurs, in the old rule
or in the new one. So the texts, and the removed pieces in the ledger, are searched for all literals at once by RE2
within Arrow; no document is rebuilt. The result is conservative: a row that is not selected is certainly unaffected, a
selected one goes to the exact check of `cleaner.corpus.affected`.

Each line of a document is complete in its text or in its ledger, except where a rule removed a part of a line (as the
blanks at its edges or its replacement show, see `cleaner.cleaning.parts`) or a repair joined lines.
Documents with such an edit are always selected. So are all documents in the scope of a changed
rule without literals, and, if there are too many literals or a rule of either pack has `allows`, of every changed rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaner.corpus.changes import Changes
from cleaner.dataset.arrow import numbers, strings, taken, values
from cleaner.dataset.tables import ARTICLES, Use
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.kind_table import KIND_TABLE, kinds_of
from cleaner.matching.patterns.regex import PatternError, compiled
from cleaner.metadata.sites import host_of
from cleaner.model.options import Options
from cleaner.model.rule import Filter, RulePack
from cleaner.text.fold import BLANKS, QUOTES, plain
from cleaner.text.lines import word_count

SCOPE_COLUMNS = ("language", "url")
ARTICLE_COLUMNS = (*SCOPE_COLUMNS, "id", "text", *ARTICLES.names(Use.FILTERABLE))
LEDGER_COLUMNS = ("id", "text", "rule", "replacement")

Mask = NDArray[np.bool_]
Literal = tuple[bool, str]
"""Whether it is a phrase, which fills a line; and an RE2 pattern of its spellings in a text that isn't folded."""
Columns: TypeAlias = "pa.RecordBatch | pa.Table"

_LITERALS_AT_ONCE = 300  # the automaton that RE2 makes of a thousand outgrows its memory, and takes seconds
_MOST_LITERALS = 2000  # beyond, it is faster to look at each document
_MOST_PATTERNS = 8
_LONGEST_PATTERN = 3000  # characters
_OF_A_LINE = re.compile(r"\\[AzZ]|\(\?[a-zA-Z]*-")  # the text's edges, and flags taken back


class AffectedRows:
    """Selects the rows that the change from the pack `old` to the pack `new` may affect; `changed` is their difference.

    Call the object with the columns of a dataset. The result is valid only for a dataset that one of the two packs made
    (`knows`), with the same `options`: other options join or repair other lines. For any other dataset, use `scope`.
    """

    def __init__(self, old: RulePack, new: RulePack, changed: Changes, options: Options | None = None) -> None:
        self.options = options or Options()
        self._changed = changed
        self._packs = (old.digest, new.digest)
        self._hosts = frozenset({None, *old.site_phrases.values(), *new.site_phrases.values()})
        sides = _sides(old, new, changed)
        sought = {rule: literals for rule, literals in sides.items() if literals is not None}
        # An allow that names a repair keeps two lines apart that rules saw as one; the ledger doesn't record this.
        if sum(map(len, sought.values())) > _MOST_LITERALS or any(rule.allows for rule in (*old.rules, *new.rules)):
            sought = {}
        self._filters = tuple(rule for rule in sides if rule.kind == "document")
        self._anywhere = tuple(rule for rule in sides if rule.kind != "document" and rule not in sought)
        self._sought = tuple(
            _Sought(alike, frozenset[Literal]().union(*map(sought.__getitem__, alike)))
            for _, group in groupby(sorted(sought, key=_scope), _scope)
            for alike in [list(group)]
        )
        self._whole_lines = strings(_of_whole_lines(old, new))

    def knows(self, rules_digest: object) -> bool:
        """Whether one of the two packs made a dataset, by its `rules_digest`. If not, use only `scope`."""
        return rules_digest in self._packs

    def scope(self, articles: Columns) -> Mask:
        """Return a mask of shape (rows,): the documents whose language and site a changed rule is for.

        `articles` needs only SCOPE_COLUMNS.
        """
        rows = _Rows(articles, self._hosts)
        found = self._surely(rows)
        for rule in (*self._filters, *(each.scope for each in self._sought)):
            found |= rows.of(rule)
        return found

    def __call__(self, articles: Columns, ledger: Columns) -> Mask:
        """Return a mask of shape (rows,): the rows of `articles` that the change may affect.

        `articles` is rows of the table `articles` or `rejected`, with ARTICLE_COLUMNS. `ledger` is all rows of the
        table `removed` with the ids of these, with LEDGER_COLUMNS; it may have further rows. Raises KeyError if a
        column is missing.
        """
        rows = _Rows(articles, self._hosts)
        found = self._surely(rows)
        for rule in self._filters:
            found |= rows.of(rule) & _outside(articles, rule.rule.document)
        if not self._sought or found.all():
            return found
        ids, texts = _column(articles, "id"), _column(articles, "text")
        piece_ids, pieces = _column(ledger, "id"), _column(ledger, "text")
        parted = ~_true(pc.is_in(_column(ledger, "rule"), value_set=self._whole_lines))
        parted |= _true(pc.match_substring_regex(pieces, r"\n|^\s|\s$"))
        parted |= _true(pc.not_equal(_column(ledger, "replacement"), ""))
        doubtful = _true(pc.is_in(ids, value_set=_rows_of(piece_ids, parted)))
        for each in self._sought:
            asked = rows.of(each.scope)
            found |= asked & doubtful
            left = asked & ~found
            if left.any():
                found[left] = each.occurs_in(_rows_of(texts, left))
                theirs = _true(pc.is_in(piece_ids, value_set=_rows_of(ids, left)))
                hit = each.occurs_in(_rows_of(pieces, theirs))
                found |= _true(pc.is_in(ids, value_set=_rows_of(_rows_of(piece_ids, theirs), hit)))
        return found

    def _surely(self, rows: _Rows) -> Mask:
        """Return a mask of the rows that are affected regardless of their text."""
        found: Mask = np.full(rows.count, self._changed.agencies)
        if self._changed.site_phrases:
            found |= rows.without_host
        for rule in self._anywhere:
            found |= rows.of(rule)
        return found


class _Sought:
    """Searches texts for the rules of one scope: for their literals, then, where one occurs, for their patterns."""

    def __init__(self, rules: Sequence[CompiledRule], literals: frozenset[Literal]) -> None:
        self.scope = rules[0]
        self._literals = tuple(_patterns(literals))
        written = {f"(?m){rule.pattern}" for rule in rules if rule.kind_facts.lookup != "phrases"}
        if any(rule.kind_facts.lookup == "literals" and rule.may_match_parts for rule in rules):
            written = set()  # the pattern may match a sentence within a line
        fit = len(written) <= _MOST_PATTERNS and not any(map(_is_unfit, written))
        self._written = sorted(written) if fit else []

    def occurs_in(self, texts: pa.Array) -> Mask:
        """Find the texts in which one of the rules may match a line."""
        found: Mask = np.zeros(len(texts), np.bool_)
        for anywhere, whole in self._literals:
            near = np.flatnonzero(~found)
            if len(near):
                near = near[_true(pc.match_substring_regex(taken(texts, near), anywhere))]
            if len(near) and whole:
                near = near[[whole.search(text) is not None for text in taken(texts, near).to_pylist()]]
            found[near] = True
        if self._written and found.any():
            near = _rows_of(texts, found)
            sure = [text for text in pc.unique(near).to_pylist() if self._matches(plain(text))]
            found[found] = _true(pc.is_in(near, value_set=strings(sure)))
        return found

    def _matches(self, text: str) -> bool:
        return any(regex.search(text) for regex in self._regexes)

    @cached_property
    def _regexes(self) -> list[Any]:
        return [*map(compiled, self._written), *(whole for _, whole in self._literals if whole)]


def _is_unfit(pattern: str) -> bool:
    """It means something else in a text than in a line, or is so long that RE2 is slow at it."""
    return len(pattern) > _LONGEST_PATTERN or _OF_A_LINE.search(pattern) is not None


class _Rows:
    """The scope of each row: its language, and its host if its address has one."""

    def __init__(self, articles: Columns, hosts: Iterable[str | None]) -> None:
        self.count = articles.num_rows
        self._articles = articles
        self._possible = tuple(hosts)

    def of(self, rule: CompiledRule) -> Mask:
        """The rows that a rule may be for."""
        codes, number = self._languages
        found: Mask = np.array([rule.is_for(code) for code in codes], np.bool_)[number]
        if rule.rule.site and found.any():
            hosts, place = self._hosts
            found &= np.array([any(rule.in_scope(None, each) for each in named) for named in hosts], np.bool_)[place]
        return found

    @property
    def without_host(self) -> Mask:
        """The rows whose address has no host: their text may name a site."""
        found: Mask = self._hosts[1] == 0
        return found

    @cached_property
    def _languages(self) -> tuple[list[str | None], NDArray[np.int32]]:
        """The languages, and the number of each row's; that of none is -1, the last."""
        coded = pc.dictionary_encode(_column(self._articles, "language"))
        return [*coded.dictionary.to_pylist(), None], values(coded.indices.fill_null(_NONE))

    @cached_property
    def _hosts(self) -> tuple[list[tuple[str | None, ...]], NDArray[np.int64]]:
        """The hosts that documents may be of, and the number of each row's; first those of rows without a host."""
        numbers: dict[str | None, int] = {None: 0}
        urls = _column(self._articles, "url").to_pylist()
        place = np.array([numbers.setdefault(host_of(url), len(numbers)) for url in urls], np.int64)
        return [self._possible, *((host,) for host in numbers if host)], place


def _sides(old: RulePack, new: RulePack, changed: Changes) -> dict[CompiledRule, frozenset[Literal] | None]:
    """The changed rules of both packs, each with literals: it matches only lines with one of them. None: any line."""
    before, after = (
        {
            rule.id: CompiledRule(rule, 0, pack.lists, rule.action)
            for rule in pack.rules
            if rule.id in changed.ids and rule.status != "deprecated"
        }
        for pack in (old, new)
    )
    found: dict[CompiledRule, frozenset[Literal] | None] = {}
    for pack, mine, theirs in ((old, before, after), (new, after, before)):
        for key, rule in mine.items():
            literals = _literals(rule, pack)
            if literals and key in theirs and old.lists == new.lists and _but_for_phrases(rule, theirs[key]):
                literals -= _literals(theirs[key], pack) or frozenset()
            found[rule] = literals
    return found


def _but_for_phrases(rule: CompiledRule, other: CompiledRule) -> bool:
    """The rules differ only in their phrases: a phrase that both have changes nothing."""
    mine, theirs = (
        replace(each.rule, line=(), why="", removes=(), keeps=(), origin=rule.rule.origin) for each in (rule, other)
    )
    return rule.kind == other.kind and rule.kind_facts.lookup == "phrases" and mine == theirs


def _scope(rule: CompiledRule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(sorted(rule.languages)), rule.rule.site


# ---------------------------------------------------------------------------------------------------
# What is searched for


def _literals(rule: CompiledRule, pack: RulePack) -> frozenset[Literal] | None:
    """Literals of which every line that the rule matches contains one; None if the rule has no literals."""
    if rule.kind_facts.lookup == "phrases":
        return frozenset(
            (not _may_be_part(rule, key), _spelled(key, _PHRASE_BLANK) or _MARK) for key in rule.phrase_keys
        )
    if rule.kind_facts.lookup is None:
        return None
    literals = pack.literals.get(rule.rule.id) or rule.literals
    return frozenset((False, _literal_pattern(literal)) for literal in literals) or None


def _may_be_part(rule: CompiledRule, key: str) -> bool:
    """Whether the rule matches this phrase also within a longer line."""
    return rule.rule.action != "allow" and rule.fits_part(word_count(key))


def _literal_pattern(literal: str) -> str:
    """A literal as a pattern; of one with a line break inside, the longer part, which is within one line."""
    start, end = "^" * literal.startswith("\n"), "$" * literal.endswith("\n")
    first, *others = literal.strip("\n").split("\n")
    if others:
        return _spelled(max((first, *others), key=len), _BLANK)
    return f"{start}{_spelled(first, _BLANK)}{end}"


def _spelled(folded: str, blank: str) -> str:
    """A pattern of all strings that fold to this one, apart from case, which RE2 ignores."""
    spelled = {" ": blank, **_SPELLED}
    return "".join(spelled.get(char) or (char if char.isalnum() else f"\\x{{{ord(char):x}}}") for char in folded)


def _class(*chars: str) -> str:
    return "[" + "".join(f"\\x{{{ord(char):x}}}" for char in chars) + "]"


_BLANK = _class(" ", *BLANKS)
_PHRASE_BLANK = r"[\t\p{Z}]+"
_NO_WORD = r"[^\p{L}\p{N}\n]*"  # all that may surround a phrase, and more
_MARK = r"[^\p{L}\p{N}\p{Z}\t\n]"  # of a phrase that is nothing but marks
_SPELLED = {
    **{usual: _class(usual, *(odd for odd, each in QUOTES.items() if each == usual)) for usual in QUOTES.values()},
    "i": r"[iIıİ]\x{307}?",  # as Turkish writes it
}


def _patterns(literals: Iterable[Literal]) -> Iterator[tuple[str, Any]]:
    """One or more patterns for all of them, each for the literals anywhere and, compiled, for phrases that fill a line.

    The latter takes milliseconds to compile, and Arrow would take them each time; it is asked where the first is found.
    """
    for is_phrase, those in groupby(sorted(literals), lambda literal: literal[0]):
        spelled = [each for _, each in those]
        for at in range(0, len(spelled), _LITERALS_AT_ONCE):
            yield from _compilable(spelled[at : at + _LITERALS_AT_ONCE], is_phrase=is_phrase)


def _compilable(spelled: list[str], *, is_phrase: bool) -> Iterator[tuple[str, Any]]:
    """As few patterns as RE2 has room for."""
    either = "|".join(spelled)
    anywhere = f"(?im){either}"
    try:
        pc.match_substring_regex(strings(("",)), anywhere)  # of no text, Arrow compiles nothing
        whole = compiled(f"(?im)^{_NO_WORD}(?:{either}){_NO_WORD}$", at_once=True) if is_phrase else None
    except (pa.ArrowInvalid, PatternError):
        half = len(spelled) // 2
        if not half:
            yield "", compiled("") if is_phrase else None  # found anywhere
            return
        yield from _compilable(spelled[:half], is_phrase=is_phrase)
        yield from _compilable(spelled[half:], is_phrase=is_phrase)
    else:
        yield anywhere, whole


# ---------------------------------------------------------------------------------------------------
# Lines that are complete


def _of_whole_lines(old: RulePack, new: RulePack) -> Iterator[str]:
    """The rules whose pieces are whole lines, in both packs.

    Element and article region rules remove the rest of a line after inline rules. A budget or an allow may have
    restored the piece of an inline rule since; the ledger does not record that.
    """
    rules = (*old.rules, *new.rules)
    kinds: dict[str, set[str]] = {}
    for rule in rules:
        kinds.setdefault(rule.id, set()).update(kinds_of(rule))
    parts = {name for name, kind in KIND_TABLE.items() if kind.leaves_part}
    if any((rule.budget or rule.action == "allow") and not parts.isdisjoint(kinds[rule.id]) for rule in rules):
        parts |= {name for name, kind in KIND_TABLE.items() if kind.takes_rest}
    return (key for key, those in kinds.items() if those.isdisjoint(parts))


# ---------------------------------------------------------------------------------------------------
# Arrow and numpy

_FALSE = pa.Array.from_buffers(pa.bool_(), 1, [None, pa.py_buffer(b"\0")])[0]
_NONE = numbers(np.array([-1], np.int32))[0]


def _column(table: Columns, name: str) -> pa.Array:
    column = table.column(name)
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _figure(value: float) -> pa.DoubleScalar:
    return numbers(np.array([value]))[0]


def _true(mask: pa.BooleanArray) -> Mask:
    """Null is false."""
    return values(mask.fill_null(_FALSE).cast(pa.uint8())).astype(bool)


def _rows_of(array: pa.Array, rows: Mask) -> pa.Array:
    """The values of these rows."""
    return array if rows.all() else taken(array, np.flatnonzero(rows))


def _outside(articles: Columns, bounds: Filter | None) -> Mask:
    """The rows that a filter rejects."""
    found = np.zeros(articles.num_rows, np.bool_)
    if bounds is None:
        return found
    figures = _column(articles, bounds.fact).cast(pa.float64())
    if bounds.min is not None:
        found |= _true(pc.less(figures, _figure(bounds.min)))
    if bounds.max is not None:
        found |= _true(pc.greater(figures, _figure(bounds.max)))
    return found
