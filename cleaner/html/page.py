"""A page of HTML as text, with what its markup says beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cleaner.html import jsonld
from cleaner.html.flatten import flatten
from cleaner.html.metadata import language, page_statements
from cleaner.html.statements import Statements
from cleaner.model.document import Block
from cleaner.text.normalise import normalise

__all__ = ["HtmlPage", "read_page"]

_WORD: Final = re.compile(r"\w+")
_NO_WORDS: Final = "  "  # of a line, as `_words` gives them


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPage:
    """A page of HTML, as text with facts."""

    text: str
    """A line for each block of the page."""
    blocks: tuple[Block, ...]
    """For each line of `text`, blank ones among them, what the markup says of it."""
    stated: Mapping[str, Any] = field(default_factory=dict)
    """What the page's markup states: `title`, `authors`, `published`, ..."""
    language: str | None = None
    """ISO 639-1, as the page says."""
    url: str | None = None
    """The canonical address."""


def read_page(markup: str, url: str | None = None) -> HtmlPage:
    """The text of a page and what its markup says; `url` is where it was found.

    Raises nothing, whatever the text. Time and memory grow with its length, however deep it is nested.
    """
    flat = flatten(markup)
    said = Statements(flat, url)
    text = _normalised(flat.lines)
    return HtmlPage(
        text=text,
        blocks=_with_body(text, flat.blocks, jsonld.body(said.nodes)),
        stated=page_statements(said),
        language=language(said),
        url=said.url,
    )


def _with_body(text: str, blocks: list[Block], body: str | None) -> tuple[Block, ...]:
    """The blocks, told where JSON-LD holds the article's body whether a line stands in it."""
    if not body:
        return tuple(blocks)
    lines = [_words(line) for line in text.split("\n")]
    held = _held(set(lines) - {_NO_WORDS}, _words(body))
    return tuple(
        replace(block, stated=line in held) if line != _NO_WORDS else block
        for line, block in zip(lines, blocks, strict=True)
    )


def _held(lines: Collection[str], whole: str) -> frozenset[str]:
    """Those of the lines that stand in a text; read once, however many they are."""
    import ahocorasick_rs  # noqa: PLC0415

    ordered = list(lines)
    automaton = ahocorasick_rs.AhoCorasick(ordered, store_patterns=False)
    return frozenset(ordered[number] for number, _, _ in automaton.find_matches_as_indexes(whole, overlapping=True))


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _normalised(lines: list[str]) -> str:
    """The lines as a text that `normalise` leaves as it is, and with as many lines."""
    text = normalise("\n".join(lines))
    while text.count("\n") != max(len(lines) - 1, 0):  # an escaped line feed, or one in mojibake
        lines = [normalise(line).replace("\n", " ") for line in lines]
        text = normalise("\n".join(lines))
    return text
