"""HTML as text, with what its markup says beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.html.flatten import flatten
from cleaner.model import Block
from cleaner.normalise import normalise

__all__ = ["Page", "read_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
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


def read_page(markup: str, url: str | None = None) -> Page:
    """The text of a page and what its markup says; `url` is where it was found.

    Raises nothing, whatever the text. Time and memory grow with its length, however deep it is nested.
    """
    flat = flatten(markup)
    return Page(text=_normalised(flat.lines), blocks=tuple(flat.blocks), url=url)


def _normalised(lines: list[str]) -> str:
    """The lines as a text that `normalise` leaves as it is, and with as many lines."""
    text = normalise("\n".join(lines))
    while text.count("\n") != max(len(lines) - 1, 0):  # an escaped line feed, or one in mojibake
        lines = [normalise(line).replace("\n", " ") for line in lines]
        text = normalise("\n".join(lines))
    return text
