"""Sentences for generated articles: made up from phrases, or taken from raw/ with other names, numbers and years."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

PHRASES = Path(__file__).parent / "phrases.yaml"
SPACELESS = frozenset({"ja", "zh"})
"""Languages that put no space between sentences."""

_MOST_TAKEN = 0.6  # share of an article's sentences that are those of raw/, where it has many of a language
_TAKEN_PER = 1500  # sentences of a language in raw/ for that share: few of them must not make all articles alike
_SLOT = re.compile(r"\{(\w+)\}")
_CHANGING = re.compile(
    # Two words with capitals (a person, mostly) after a small letter, so that no sentence's first word is among
    # them, or where a line states who wrote or made something; and numbers.
    r"(?<=[a-zà-ÿ,] )(?P<name>[A-Z][a-zà-ÿ]{2,} [A-Z][a-zà-ÿ]{2,})"
    r"|(?:(?<=\bBy )|(?<=Von |Par |Por |oor )|(?<=[a-z]: ))(?P<author>[A-Z][a-zà-ÿ]{2,} [A-Z][a-zà-ÿ]{2,})"
    r"|(?P<number>\d+)"
)
_ENDS = re.compile(r"(?<=[.!?…][”\"»’“)])\s+(?=\S)|(?<=[.!?…])\s+(?=[^a-zà-ÿ])|(?<=。)(?=[^」』）])")
_PARTS = (
    "Salt Mill Thorn Wester Kings Har Ash Lang Nor Ober Brun Gra Mon Val Bel Ros Est Cal Per Kol Tar Zab Win Hol "
    "Sel Dra Fen Quar Lin Mar Bre Stav Ker Tor Ilm"
).split()
_MIDDLES = "a e i o u en er el an or".split()
_TAILS = (
    "mouth field wick dale berg hafen ton villa mare nova gard ina ska stad holm beck court ley sted burn mont".split()
)
_FAMILIES = "son sen ez ini ard ley man ova ski ic eau ert ier ana ish well den".split()
_GIVEN = (
    "Anna Tom Ruth Dev Lena Hugo Ines Piet Mara Olaf Nadia Omar Petra Emil Clara Ivo Selma Jonas Rosa Milan Edda Karel "
    "Noor Silas Vera Tomas Alma Bruno Greta Felix Ida Ravi Leyla Kofi Yara Anton Judit Marek Salma Nils"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What sentences of one language are made of."""

    forms: tuple[Sequence[str], ...]
    """Literals and names of slots by turns."""
    title: Sequence[str]
    slots: Mapping[str, Sequence[str]]


def phrases() -> Mapping[str, Phrases]:
    """By language, in the order of the file."""
    known: Mapping[str, Any] = yaml.safe_load(PHRASES.read_text("utf-8"))
    return {
        code: Phrases(
            forms=tuple(_SLOT.split(form) for form in own.pop("forms")),
            title=_SLOT.split(own.pop("title")),
            slots={**own, **{name.capitalize(): [text[0].upper() + text[1:] for text in own[name]] for name in own}},
        )
        for code, own in known.items()
    }


Taken = Sequence[tuple[str, str]]
"""A text in parts: what is in it, and of which kind (`text`, or what is to be changed)."""


def taken(text: str) -> Taken:
    """Split what changes from what stays."""
    parts, end = [], 0
    for found in _CHANGING.finditer(text):
        parts += [(text[end : found.start()], "text"), (found.group(), str(found.lastgroup))]
        end = found.end()
    return [part for part in (*parts, (text[end:], "text")) if part[0]]


def sentences(text: str) -> list[str]:
    """Roughly, of a paragraph."""
    return [each.strip() for each in _ENDS.split(text) if each.strip()]


class Writer:
    """Writes sentences of one language; every choice is the caller's `Random`."""

    def __init__(self, code: str, own: Phrases, known: Iterable[str]) -> None:
        self.glue = "" if code in SPACELESS else " "
        self._own = own
        self._taken = [taken(each) for each in known]
        self._share = min(_MOST_TAKEN, len(self._taken) / _TAKEN_PER)

    def sentence(self, draw: Random) -> str:
        """A sentence of raw/ made another, or a made-up one."""
        if draw.random() < self._share:
            return changed(draw.choice(self._taken), draw)
        return self._filled(draw.choice(self._own.forms), draw)

    def paragraph(self, draw: Random) -> str:
        """One sentence, or two."""
        return self.glue.join(self.sentence(draw) for _ in range(draw.choice((1, 1, 1, 1, 2))))

    def title(self, draw: Random) -> str:
        """A headline."""
        return self._filled(self._own.title, draw)

    def _filled(self, form: Sequence[str], draw: Random) -> str:
        return "".join(self._slot(part, draw) if i % 2 else part for i, part in enumerate(form))

    def _slot(self, name: str, draw: Random) -> str:
        made = _MADE.get(name)
        return made(draw) if made else draw.choice(self._own.slots[name])


def changed(parts: Taken, draw: Random) -> str:
    """The text with other names and numbers."""
    return "".join(text if kind == "text" else _CHANGES[kind](text, draw) for text, kind in parts)


def person(draw: Random) -> str:
    """A name that nobody need bear."""
    return f"{draw.choice(_GIVEN)} {draw.choice(_PARTS)}{draw.choice(_MIDDLES)}{draw.choice(_FAMILIES)}"


def place(draw: Random) -> str:
    """One of some seven thousand names."""
    return f"{draw.choice(_PARTS)}{draw.choice(_MIDDLES)}{draw.choice(_TAILS)}"


def _number(was: str, draw: Random) -> str:
    """Another that can stand in its place: an hour for an hour, a day for a day, a minute for a minute."""
    value = int(was)
    if len(was) == 4 and 1900 <= value <= 2099:
        return str(draw.randint(2001, 2025))
    if len(was) > 2:
        return "".join(draw.choice("123456789") for _ in was)
    least, most = next(span for span in ((0, 12), (13, 28), (29, 59), (60, 99)) if value <= span[1])
    return str(draw.randint(max(1, least), most)).zfill(len(was))


_CHANGES: Mapping[str, Callable[[str, Random], str]] = {
    "name": lambda _was, draw: person(draw), "author": lambda _was, draw: person(draw), "number": _number,
}  # fmt: skip
_MADE: Mapping[str, Callable[[Random], str]] = {
    "name": person, "place": place, "number": lambda draw: str(draw.randint(13, 98)),
    "year": lambda draw: str(draw.randint(1951, 2025)),
}  # fmt: skip
