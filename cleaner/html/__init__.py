"""Stand-in for the reader of pages: the text of a page, without its tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from cleaner.model import Block

_CANONICAL = re.compile(r"""<link rel=["']canonical["'] href=["']([^"']+)""", re.IGNORECASE)
_TITLE = re.compile(r"<title>([^<]*)", re.IGNORECASE)
_GONE = re.compile(r"<(script|style|title)\b.*?</\1>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says, and what its markup says of it."""

    text: str
    blocks: tuple[Block, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    url: str | None = None


def read_page(markup: str, url: str | None = None) -> Page:
    """The page that the markup is. Never raises."""
    title, canonical = _TITLE.search(markup), _CANONICAL.search(markup)
    lines = [line for line in unescape(re.sub(r"<[^>]*>", "\n", _GONE.sub("", markup))).split("\n") if line.strip()]
    return Page(
        text="\n".join(lines),
        blocks=tuple(Block(tag="p") for _ in lines),
        stated={"title": title[1]} if title else {},
        url=canonical[1] if canonical else url,
    )
