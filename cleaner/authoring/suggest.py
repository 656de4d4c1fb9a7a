"""Suggests rules for a corpus: for lines that repeat across documents and sites, and that no rule removes.

Lines that differ in a number or a name alone are counted as one (`5 min read`, `Follow us on Twitter`). Memory is
bounded as in lossy counting (Manku and Motwani, "Approximate frequency counts over data streams", 2002): a line
is forgotten that does not come back for long, so counts are lower bounds, and what repeats often is never missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cleaner.authoring.kept_lines import labels_of_lines
from cleaner.authoring.line_stats import LineStats, holds
from cleaner.authoring.scaffold import NO_WORD, NUMBER, Draft, DraftOptions, escaped, guess_label, scaffold
from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared, open_document
from cleaner.matching.compiled_rule import FEWEST_WORDS_OF_PART
from cleaner.matching.program import Program
from cleaner.metadata.sites import host_of
from cleaner.model.rule import RulePack
from cleaner.text.fold import fold, plain
from cleaner.text.lines import Lines, phrase_key

_MOST_WORDS, _MOST_CHARACTERS = 60, 500  # of a line that may be boilerplate: a comment policy is a long sentence
_MOST_PROSE = 5  # lines of prose with its words, for each document that has the line; more: it is the language's
_MOST_LINES = 200_000  # lines in memory
_MOST_PHRASES = 6  # phrases of a `line` rule; for more, a pattern is shorter
_GUESS = "navigation"  # the label of a line that resembles no rule

# Placeholders for a number and a name in a line's key: private-use characters, which occur in no text.
_A_NUMBER, _A_NAME = "\ue000", "\ue001"
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SLOTS = {
    _A_NUMBER: NUMBER,
    _A_NAME: r"\p{Lu}[\p{L}\p{M}\p{N}.'-]*(?: \p{Lu}[\p{L}\p{M}\p{N}.'-]*){0,4}",
}
_SLOT = re.compile(f"([{_A_NUMBER}{_A_NAME}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A suggested rule."""

    draft: Draft
    line_stats: LineStats
    guessed: bool
    """Whether its label comes from the words of other rules; if not, it is a default."""

    def __str__(self) -> str:
        """Return the rule as an item of `rules:` in a rule file."""
        return f"  # {self.summary()}\n{self.draft.entry()}"

    def summary(self) -> str:
        """How often the line occurs, and where."""
        at = self.line_stats
        zones = ", ".join(f"{zone} {at.share(zone):.0%}" for zone in ("head", "body", "tail"))
        notes = [at.places(), zones, f"its words in prose: {at.prose_lines}"]
        if at.share("body") > 0.5:
            notes.append("mostly amid prose: a subhead?")
        if not self.guessed:
            notes.append("the label is a guess")
        return " · ".join(notes)


def suggest(
    corpus: Callable[[], Iterable[Prepared]],
    program: Program,
    *,
    documents: int = 5,
    hosts: int = 2,
    limit: int = 20,
) -> list[Suggestion]:
    """Return the rules that would remove most, at most `limit`. `corpus` is gone through twice.

    Asked of a line are so many documents and, where documents have addresses, hosts; a rule for a line of one
    host alone (`hosts=1`) is for that site.
    """
    kept, addressed = _kept_lines(corpus(), program)
    found = [
        (key, line_stats)
        for key, line_stats in kept.items()
        if line_stats.documents >= documents and (not addressed or len(line_stats.hosts) >= hosts)
    ]
    found.sort(key=lambda each: (-_worth(each[1]), each[0]))
    chosen = found[: 2 * limit]
    _meet_prose(corpus(), [line_stats for _, line_stats in chosen])
    chosen = [each for each in chosen if each[1].prose_lines <= _MOST_PROSE * each[1].documents]
    return list(_suggestions(chosen, program.pack, several=addressed))[:limit]


def _worth(line_stats: LineStats) -> float:
    """Documents from which it would be removed, with less weight for a line between lines of prose, as subheads are."""
    return line_stats.documents * (1.1 - min(1.0, line_stats.share("body")))


def _kept_lines(corpus: Iterable[Prepared], program: Program) -> tuple[dict[str, LineStats], bool]:
    """The short lines that no rule touches, by what they have in common; and whether there are several hosts."""
    seen = _Seen()
    hosts: set[str] = set()
    for prepared in corpus:
        host = host_of(prepared.document.url)
        if host and len(hosts) < 2:
            hosts.add(host)
        lines = open_document(prepared, program).context.lines
        met: set[str] = set()
        labels = labels_of_lines(lines, clean_prepared(prepared, program).edits)
        for i, text in enumerate(lines.texts):
            if (
                labels[i] is not None
                or len(text) > _MOST_CHARACTERS
                or lines.words[i] > _MOST_WORDS
                or lines.is_prose(i)
                or (i in lines.parts and lines.words[i] < FEWEST_WORDS_OF_PART)
            ):
                continue
            key = line_key(text)
            if key not in met and _LETTERS.search(key):
                met.add(key)
                seen.note(key, text, lines.zones(i), prepared.language.code, host)
    return seen.again, len(hosts) > 1


class _Seen:
    """Lines by key. Those seen once take little memory, and are forgotten if there are too many of them."""

    def __init__(self) -> None:
        self.again: dict[str, LineStats] = {}
        self._once: dict[str, tuple[str, tuple[str, ...], str | None, str | None]] = {}

    def note(self, key: str, text: str, zones: tuple[str, ...], language: str | None, host: str | None) -> None:
        line_stats = self.again.get(key)
        if line_stats is None:
            first = self._once.pop(key, None)
            if first is None:
                if len(self._once) >= _MOST_LINES:
                    self._once.clear()
                self._once[key] = (text, zones, language, host)
                return
            if len(self.again) >= _MOST_LINES:
                self._thin()
            line_stats = self.again[key] = LineStats()
            line_stats.add(*first)
        line_stats.add(text, zones, language, host)

    def _thin(self) -> None:
        """Forget the rarer half."""
        common = sorted(self.again.items(), key=lambda each: -each[1].documents)
        self.again = dict(common[: _MOST_LINES // 2])


def line_key(text: str) -> str:
    """What a line has in common with those that differ from it in numbers and names alone.

    Names are capitalised words behind the first one, if enough other words remain to identify the line: a line
    of capitalised words is no line of names.
    """
    words = _DIGITS.sub(_A_NUMBER, plain(text)).split()
    first = next((at for at, word in enumerate(words) if _LETTERS.search(word)), 0)
    is_name = [at > first and word[:1].isupper() and not word.isupper() for at, word in enumerate(words)]
    fixed = [word for word, name in zip(words, is_name, strict=True) if not name and _LETTERS.search(word)]
    if len(fixed) < 2 and not any(word.endswith(":") for word in fixed):
        is_name = [False] * len(words)
    key: list[str] = []
    for word, name in zip(words, is_name, strict=True):
        if not name:
            key.append(word)
        elif key[-1] != _A_NAME:
            key.append(_A_NAME)
    return phrase_key(fold(" ".join(key)))


def _meet_prose(corpus: Iterable[Prepared], chosen: Sequence[LineStats]) -> None:
    """Count for each line the lines of prose that contain its words."""
    import ahocorasick_rs

    wanted: dict[str, list[LineStats]] = {}
    for line_stats in chosen:
        for key in {phrase_key(fold(text)) for text in line_stats.texts}:
            wanted.setdefault(key, []).append(line_stats)
    keys = list(wanted)
    automaton = ahocorasick_rs.AhoCorasick(keys, store_patterns=False)
    for prepared in corpus:
        lines = Lines(prepared.text)
        for i, folded in enumerate(lines.folded):
            if not lines.is_prose(i):
                continue
            near = {keys[number] for number, _, _ in automaton.find_matches_as_indexes(folded, overlapping=True)}
            for key in sorted(near):
                if lines.keys[i] != key and holds(folded, key):
                    for line_stats in wanted[key]:
                        line_stats.add_prose(lines.texts[i])


def _suggestions(chosen: Iterable[tuple[str, LineStats]], pack: RulePack, *, several: bool) -> Iterator[Suggestion]:
    """Yield the valid drafts whose examples pass, each with an unused id."""
    taken: set[str] = set()
    for key, line_stats in chosen:
        text = line_stats.texts.most_common(1)[0][0]
        guess = guess_label(text, pack, line_stats.language)
        first = scaffold(text, pack, DraftOptions(label=guess or _GUESS), line_stats=line_stats, taken=taken)
        site = next(iter(line_stats.hosts)) if several and len(line_stats.hosts) == 1 else None
        for draft in _ways(key, replace(first, site=site), line_stats):
            if not draft.faults(pack):
                taken.add(draft.id)
                yield Suggestion(draft=draft, line_stats=line_stats, guessed=guess is not None)
                break


def _ways(key: str, first: Draft, line_stats: LineStats) -> Iterator[Draft]:
    """Yield the ways to write the rule, the best first: a pattern if numbers or many names differ, else phrases."""
    spelled: dict[str, str] = {}  # phrase → the most usual of its spellings
    for text, _documents in line_stats.texts.most_common():
        spelled.setdefault(phrase_key(fold(text)), text)
    removes = tuple(spelled.values())
    if len(spelled) > _MOST_PHRASES or (len(spelled) > 1 and _A_NUMBER in key):
        body = "".join(_SLOTS.get(part) or f"(?i:{escaped(part)})" for part in _SLOT.split(key) if part)
        yield replace(first, kind="pattern", written=(f"{NO_WORD}{body}{NO_WORD}",), removes=removes)
    yield replace(first, written=tuple(spelled), removes=removes)
