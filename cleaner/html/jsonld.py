"""What a page's JSON-LD says of its article, in the terms of schema.org.

Read as publishers write it, not as the standard has it: scripts that are broken are mended where that is plain, and
passed over where it isn't; contexts and prefixes aren't resolved.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

Node = Mapping[str, Any]

_ARTICLE: Final = re.compile(r"(?:Article|Posting|Report|Review|CreativeWork|Recipe)$")
_PAGE: Final = re.compile(r"WebPage$")
_LISTS: Final = frozenset({"itemListElement", "relatedLink", "isPartOf", "citation", "about", "mentions", "comment"})
_OPENING: Final = re.compile(r"(?://)?\s*<!(?:\[CDATA\[|--)")
_CLOSING: Final = re.compile(r"(?:(?://)?\s*(?:\]\]|--)>)?\s*;?$")
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_TAG: Final = re.compile(r"<[^<>]{1,300}>")
_LONGEST_WRAPPING: Final = 40
_LEAST_BODY: Final = 300  # characters; less is a teaser
_MOST_NODES: Final = 20_000


def nodes(scripts: Iterable[str]) -> list[Node]:
    """All objects of the scripts, each before those that it holds, without those of lists of other articles."""
    found: list[Node] = []
    waiting: list[Any] = [value for script in scripts for value in _parsed(script)][::-1]
    while waiting and len(found) < _MOST_NODES:
        value = waiting.pop()
        if isinstance(value, dict):
            found.append(value)
            waiting += [held for key, held in value.items() if key not in _LISTS and isinstance(held, dict | list)][
                ::-1
            ]
        elif isinstance(value, list):
            waiting += value[::-1]
    return found


def article(found: Iterable[Node]) -> Node | None:
    """The node of the page's article: the one of its sort that says most."""
    candidates = [node for node in found if any(_ARTICLE.search(kind) for kind in _kinds(node))]
    best = max(candidates, key=_says, default=None)
    if best is None or not _says(best):
        return next((node for node in found if any(_PAGE.search(kind) for kind in _kinds(node)) and _says(node)), best)
    return best


def body(found: Iterable[Node]) -> str | None:
    """The article's text, where a publisher gives it whole; it may be cut short, or hold markup."""
    texts = (node["articleBody"] for node in found if isinstance(node.get("articleBody"), str))
    longest = max(texts, key=len, default="")
    return html.unescape(_TAG.sub(" ", html.unescape(longest))) if len(longest) >= _LEAST_BODY else None


def _says(node: Node) -> int:
    return sum(bool(node.get(key)) for key in ("headline", "datePublished", "author", "publisher", "articleBody"))


def _kinds(node: Node) -> tuple[str, ...]:
    kind = node.get("@type")
    return tuple(map(str, kind)) if isinstance(kind, list) else (str(kind),) if kind else ()


def named(value: Any, ids: Mapping[str, Node]) -> Iterator[str]:
    """The names of people or organisations: texts, objects with a name, references to other nodes, or lists of them."""
    waiting = [value]
    steps = 0
    while waiting and steps < 200:
        steps += 1
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = one
        elif isinstance(one, dict):
            known = ids.get(str(one.get("@id")), {})
            waiting.insert(0, one.get("name") or known.get("name"))
        elif isinstance(one, str) and (name := text(one)):
            yield name


def by_id(found: Iterable[Node]) -> Mapping[str, Node]:
    """The nodes that have a name, by the `@id` that others refer to."""
    return {str(node["@id"]): node for node in found if node.get("@id") and node.get("name")}


def text(value: Any) -> str | None:
    """A text on one line, its escapes undone (they are often escaped twice); None for all else."""
    if isinstance(value, list):
        value = next((one for one in value if one), None)
    if not isinstance(value, str):
        return None
    return " ".join(html.unescape(html.unescape(value)).split()) or None


def _parsed(script: str) -> Iterator[Any]:
    for attempt in (_strictly, _mended):
        try:
            yield attempt(script)
        except (ValueError, RecursionError):
            continue
        return


def _strictly(script: str) -> Any:
    return orjson.loads(script)


def _mended(script: str) -> Any:
    """Without wrapping comments and trailing commas, raw line ends in texts allowed, escapes of HTML undone."""
    bare = script.strip()
    if opening := _OPENING.match(bare[:_LONGEST_WRAPPING]):
        bare = bare[opening.end() :]
    bare = bare[:-_LONGEST_WRAPPING] + _CLOSING.sub("", bare[-_LONGEST_WRAPPING:])
    bare = _TRAILING_COMMA.sub(r"\1", bare.strip())
    if '"' not in bare:
        bare = html.unescape(bare)
    value, end = json.JSONDecoder(strict=False).raw_decode(bare)
    if isinstance(value, dict) and bare[end:].lstrip()[:1] == ",":  # objects in a row, without the brackets
        return json.loads(f"[{bare}]", strict=False)
    return value
