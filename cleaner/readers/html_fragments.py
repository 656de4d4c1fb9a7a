"""Detects texts that are markup of a part of a page, as feeds and content systems store it.

A text is markup if closed block elements hold its words, or if `<br>` separates its lines. Prose about tags, code
between paragraphs, XML, formulas and addresses in angle brackets are text.
"""

from __future__ import annotations

import html
import re

_BLOCKS = frozenset(
    "html head title address article aside blockquote body center dd details div dl dt figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_INLINE = frozenset(
    "a abbr acronym audio b bdi bdo big br button caption cite code data del dfn em embed font hr i iframe img input"
    " ins kbd label link mark meta noscript object param picture q rp rt ruby s samp script small source span strike"
    " strong style sub sup svg time track tt u var video wbr".split()
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:\s[^<>]*)?)/?>")
# Parts that are not text of the page: their openings and ends.
_UNSEEN = tuple(
    (closes, re.compile(rf"{opens}.*?{closes}", re.IGNORECASE | re.DOTALL))
    for opens, closes in (("<!--", "-->"), (r"<script\b[^<>]*>", "</script"), (r"<style\b[^<>]*>", "</style"))
)
_CDATA = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
_BREAKS = re.compile(r"(?:(?<!\s)\s+)?(?:<br\s*/?>\s*)+", re.IGNORECASE)
# Close to what it parts, as no sentence about the tag has it.
_PARTS = re.compile(r"[^\s<>`'\"(](?:<br\s*/?>\s*)+(?![`'),.;:])|\s<br\s*/?>(?=\w)|[.!?][\"”»]<br", re.IGNORECASE)
_LINE = re.compile(r"\n\s*(?=\S)")
_KNOWN_SHARE = 0.8  # of the tags: in XML others are as many
_HELD_SHARE = 0.8  # of the letters, inside block elements
_HELD_SHARE_BEGUN = 0.5  # where the text begins with a tag
_LEAST_BLOCKS = 3  # where it does not
_MOST_ESCAPED = 2


def markup_of(text: str) -> str | None:
    """Return the markup of a text that is clearly markup, unescaped and without CDATA; None if it is text.

    >>> markup_of("&lt;p&gt;The lamps came on.&lt;/p&gt;"), markup_of("Use the <p> tag, or a < b.")
    ('<p>The lamps came on.</p>', None)
    """
    for _ in range(_MOST_ESCAPED + 1):
        if wrapped := _CDATA.fullmatch(text):
            text = wrapped[1]
        if is_fragment(text):
            return text
        if "&" not in text or _TAG.search(text):
            return None
        text = html.unescape(text)
    return None


def is_fragment(text: str) -> bool:
    """Report whether a text is clearly a part of a page."""
    if "<" not in text:
        return False
    plain = _without_unseen(text)
    tags = [(found, found[2].lower()) for found in _TAG.finditer(plain)]
    known = sum(name in _BLOCKS or name in _INLINE for _, name in tags)
    if not tags or known < _KNOWN_SHARE * len(tags):
        return False
    held, pairs, letters = _held(plain, tags)
    begins = bool(_TAG.match(plain.lstrip()))
    if pairs and held >= (_HELD_SHARE_BEGUN if begins else _HELD_SHARE) * letters:
        return begins or pairs >= _LEAST_BLOCKS
    return _is_broken(plain, tags)


def _without_unseen(text: str) -> str:
    """The markup without comments, scripts and styles. Behind the last end of one none is looked for."""
    for closes, unseen in _UNSEEN:
        last = text.lower().rfind(closes) + len(closes)
        if last >= len(closes):
            text = unseen.sub("", text[:last]) + text[last:]
    return text


def _held(text: str, tags: list[tuple[re.Match[str], str]]) -> tuple[int, int, int]:
    """The letters inside closed block elements, the number of those elements, and all letters outside tags."""
    closes = _closes(tags)
    depth = held = pairs = letters = at = 0
    for number, (tag, name) in enumerate(tags):
        between = sum(map(str.isalpha, text[at : tag.start()]))
        letters += between
        held += between if depth else 0
        at = tag.end()
        if name in _BLOCKS and number in closes:
            depth += -1 if tag[1] else 1
            pairs += not tag[1]
    return held, pairs, letters + sum(map(str.isalpha, text[at:]))


def _closes(tags: list[tuple[re.Match[str], str]]) -> set[int]:
    """The numbers of the tags of block elements that are opened and closed."""
    opened: dict[str, list[int]] = {}
    paired: set[int] = set()
    for number, (tag, name) in enumerate(tags):
        if name not in _BLOCKS:
            continue
        if not tag[1]:
            opened.setdefault(name, []).append(number)
        elif opened.get(name):
            paired |= {opened[name].pop(), number}
    return paired


def _is_broken(text: str, tags: list[tuple[re.Match[str], str]]) -> bool:
    """Whether line breaks of HTML, and not those of the text, part its lines."""
    breaks = [name for _, name in tags if name == "br"]
    if not breaks or any(name in _BLOCKS for _, name in tags):
        return False
    return bool(_PARTS.search(text)) and not _LINE.search(_BREAKS.sub(" ", text).strip())
