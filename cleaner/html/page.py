"""Reads a page of HTML as text, with what its markup says about each line and about the page."""

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
    """A page of HTML as text, with facts from its markup."""

    text: str
    """A line for each block of the page."""
    blocks: tuple[Block, ...]
    """For each line of `text`, blank lines included, what the markup says about it."""
    stated: Mapping[str, Any] = field(default_factory=dict)
    """Metadata that the markup states: `title`, `authors`, `published`, ..., and under `from` the origin of each."""
    language: str | None = None
    """ISO 639-1 code that the page states."""
    url: str | None = None
    """The canonical address."""


def read_page(markup: str, url: str | None = None) -> HtmlPage:
    """Return the text of a page and what its markup says; `url` is the address that it was fetched from.

    It raises nothing, for any text. Time and memory are linear in the length of the markup, whatever the nesting.

    It removes no boilerplate: menus, sidebars and footers are lines, too, with blocks that name their elements. Left
    out are only scripts, styles, form states and embedded media, and text within a line that is never displayed.

    >>> page = read_page("<title>Lamps</title><nav>Home</nav><h1>Lamps</h1><p>They came <b>on</b>.")
    >>> page.text
    'Home\\n\\nLamps\\n\\nThey came on.'
    >>> page.blocks[0].inside, page.stated["title"]
    (('nav',), 'Lamps')
    """
    flat = flatten(markup)
    said = Statements(flat, url)
    text = _normalised(flat.lines)
    return HtmlPage(
        text=text,
        blocks=_with_body(text, flat.blocks, jsonld.article_body(said.nodes)),
        stated=page_statements(said),
        language=language(said),
        url=said.url,
    )


def _with_body(text: str, blocks: list[Block], body: str | None) -> tuple[Block, ...]:
    """The blocks; if JSON-LD holds the article's body, `stated` of each is whether its line occurs there."""
    if not body:
        return tuple(blocks)
    lines = [_words(line) for line in text.split("\n")]
    held = _held(set(lines) - {_NO_WORDS}, _words(body))
    return tuple(
        replace(block, stated=line in held) if line != _NO_WORDS else block
        for line, block in zip(lines, blocks, strict=True)
    )


def _held(lines: Collection[str], whole: str) -> frozenset[str]:
    """The lines that occur in `whole`, found in one pass."""
    import ahocorasick_rs

    ordered = list(lines)
    automaton = ahocorasick_rs.AhoCorasick(ordered, store_patterns=False)
    return frozenset(ordered[number] for number, _, _ in automaton.find_matches_as_indexes(whole, overlapping=True))


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _normalised(lines: list[str]) -> str:
    """The lines as a normalised text with the same number of lines."""
    text = normalise("\n".join(lines))
    while text.count("\n") != max(len(lines) - 1, 0):  # an escaped line feed, or one in mojibake
        lines = [normalise(line).replace("\n", " ") for line in lines]
        text = normalise("\n".join(lines))
    return text
