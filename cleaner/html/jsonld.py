"""Reads what a page's JSON-LD states about its article, in the terms of schema.org.

It reads what publishers write, not all of the standard (https://www.w3.org/TR/json-ld11/): common faults of scripts are
repaired, other broken scripts are skipped; contexts and prefixes are not resolved.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from cleaner.metadata.values import is_no_value
from cleaner.text.fold import fold

Node = Mapping[str, Any]

_RANKS: Final = tuple(map(re.compile, (r"(?:Article|Posting|Report)$", r"(?:Recipe|HowTo|CreativeWork)$", r"Review$")))
"""Types of an article, the likelier first: a page's reviews are its readers', mostly."""
_PAGE: Final = re.compile(r"WebPage$")
_LISTS: Final = frozenset(
    "itemListElement relatedLink isPartOf citation about mentions comment liveBlogUpdate review reviews hasPart"
    " isBasedOn video associatedMedia subjectOf".split()
)
_OPENING: Final = re.compile(r"(?://)?\s*<!(?:\[CDATA\[|--)")
_CLOSING: Final = re.compile(r"(?:(?://)?\s*(?:\]\]|--)>)?\s*;?$")
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_TAG: Final = re.compile(r"<[^<>]{1,300}>")
_ELEMENT: Final = re.compile(
    r"(?i)</?(?:a|abbr|b|big|br|cite|code|del|em|font|i|ins|mark|p|q|s|small|span|strong|sub|sup|u)\b[^<>]{0,300}>"
)
_LONGEST_WRAPPING: Final = 40
_LEAST_BODY: Final = 300  # characters; less is a teaser
_MOST_NODES: Final = 20_000
_LEAST_HEADLINE: Final = 8  # letters


def nodes(scripts: Iterable[str]) -> list[Node]:
    """Return all objects of the scripts, parents first, without those in lists of other articles. Raises nothing."""
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


def article_node(found: Iterable[Node], headings: frozenset[str] = frozenset()) -> Node | None:
    """Return the node of the page's article: by its headline, then its type, then the number of its statements."""
    known = list(found)
    ranked = [(rank, node) for node in known if (rank := _rank(node)) and _says(node)]
    best = max(ranked, key=lambda pair: (_is_headed(pair[1], headings), pair[0], _says(pair[1])), default=None)
    if best is not None:
        return best[1]
    pages = (node for node in known if any(_PAGE.search(kind) for kind in _kinds(node)) and _says(node))
    return next(pages, next((node for node in known if _rank(node)), None))


def is_news(node: Node) -> bool:
    """Report whether the node is of a news type; headlines of blog posts are often made for search engines."""
    return any("News" in kind or "LiveBlog" in kind for kind in _kinds(node))


def _rank(node: Node) -> int:
    kinds = _kinds(node)
    return max((len(_RANKS) - i for i, rank in enumerate(_RANKS) if any(map(rank.search, kinds))), default=0)


def _is_headed(node: Node, headings: frozenset[str]) -> bool:
    """Whether a node's headline is what the page calls itself, with the site's name or without."""
    key = "".join(filter(str.isalnum, fold(text(node.get("headline")) or "")))
    return len(key) >= _LEAST_HEADLINE and any(key in heading for heading in headings)


def article_body(found: Iterable[Node]) -> str | None:
    """Return the longest `articleBody` without tags, if it has 300 characters or more; it may be cut short."""
    texts = (node["articleBody"] for node in found if isinstance(node.get("articleBody"), str))
    longest = max(texts, key=len, default="")
    return html.unescape(_TAG.sub(" ", html.unescape(longest))) if len(longest) >= _LEAST_BODY else None


def _says(node: Node) -> int:
    return sum(bool(node.get(key)) for key in ("headline", "datePublished", "author", "publisher", "articleBody"))


def _kinds(node: Node) -> tuple[str, ...]:
    kind = node.get("@type")
    return tuple(map(str, kind)) if isinstance(kind, list) else (str(kind),) if kind else ()


def names_in(value: Any, ids: Mapping[str, Node]) -> Iterator[str]:
    """Yield the names of people or organisations: texts, objects with a name, references to nodes, or lists of them."""
    waiting = [value]
    steps = 0
    while waiting and steps < 200:
        steps += 1
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting[:0] = one
        elif isinstance(one, dict):
            known = ids.get(str(one.get("@id")), {})
            waiting.insert(0, one.get("name") or known.get("name") or _parts_of_name(one))
        elif isinstance(one, str) and (name := text(one)):
            yield name


def _parts_of_name(node: Node) -> str:
    return " ".join(part for key in ("givenName", "familyName") if (part := text(node.get(key))))


def by_id(found: Iterable[Node]) -> Mapping[str, Node]:
    """Return the nodes that have a name, by the `@id` that others refer to."""
    return {str(node["@id"]): node for node in found if node.get("@id") and node.get("name")}


def text(value: Any) -> str | None:
    """Return a text on one line, unescaped twice and without inline tags; None for other values and for words that
    mean no value."""
    if isinstance(value, list):
        value = next((one for one in value if one), None)
    if not isinstance(value, str):
        return None
    found = " ".join(_ELEMENT.sub("", html.unescape(html.unescape(value))).split())
    return None if is_no_value(found) else found


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
