"""Values as programs write them into records: lists and numbers in strings, moments as numbers, names in objects."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

_LONGEST_LIST = 10_000
_NAMES = (
    "name", "rendered", "main", "original", "term", "title", "label", "value", "#text", "$date", "$numberLong",
)  # fmt: skip
"""The keys under which an object has its name: schema.org, WordPress, New York Times, feedparser, MongoDB."""
_GIVEN_NAMES = ("givenName", "given_name", "firstName", "first_name", "firstname")
_FAMILY_NAMES = ("familyName", "family_name", "lastName", "last_name", "lastname")

_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)(Z?))?")
_COMPACT_TO_THE_MINUTE = 12
_FIRST, _LAST = 10**8, 4_102_444_800  # 1973 to 2099, in seconds: in milliseconds and so on they don't overlap
_UNITS = (1, 10**3, 10**6, 10**9)
_YEARS = range(1800, 2100)

_ADDRESS = re.compile(
    r"(?:https?://|www\.|mailto:)\S+|(?<![^\s<>(),;:])[^\s<>(),;:@]+@[^\s<>(),;:@]+\.\w+|(?<!\S)@\w+", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:a|b|br|em|i|mark|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_ALL_IN_BRACKETS = re.compile(r"\(([^()]*)\)")


def items_of(text: str) -> list[Any] | None:
    """The items of a list that was written as a string, by `str` or as JSON; None where it is none.

    >>> items_of("['Anna Reed', None]"), items_of("[Video] The ferry")
    (['Anna Reed', None], None)
    """
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]") and len(text) <= _LONGEST_LIST):
        return None
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        try:
            items = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    strings = sum(isinstance(item, str | Mapping) for item in items)
    return items if strings and all(item is None or isinstance(item, str | Mapping) for item in items) else None


def named(value: Mapping[Any, Any]) -> Any:
    """The name of an object: a name, or a given and a family name."""
    for key in _NAMES:
        if value.get(key) is not None:
            return value[key]
    parts = (next((value[key] for key in keys if value.get(key)), None) for keys in (_GIVEN_NAMES, _FAMILY_NAMES))
    return " ".join(part for part in parts if isinstance(part, str)) or None


def moment_of(value: object) -> str | None:
    """The moment that a number is, in ISO 8601: seconds since 1970, or thousandths, millionths or billionths of them,
    or the figures of a day or of a day and a time; None where it is no likely one, or may be two.

    >>> moment_of(1683194400), moment_of("1683194400000"), moment_of(20230504), moment_of(7)
    ('2023-05-04T10:00:00+00:00', '2023-05-04T10:00:00+00:00', '2023-05-04', None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if found := _COMPACT.fullmatch(text.removesuffix(".0")):
        return _compact(found)
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text.partition(".")[0])
    for unit in _UNITS:
        if _FIRST * unit <= number < _LAST * unit:
            if len(str(number)) == _COMPACT_TO_THE_MINUTE and _compact(_COMPACT.match(f"{number}00")):
                return None  # also a day and a time
            return datetime.fromtimestamp(number // unit, UTC).isoformat()
    return None


def _compact(found: re.Match[str] | None) -> str | None:
    if not found or int(found[1]) not in _YEARS:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day.isoformat()
        moment = datetime(day.year, day.month, day.day, int(found[4]), int(found[5]), int(found[6]))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC if found[7] else None).isoformat()


def without_markup(text: str) -> str:
    """A value of a feed or a content system as text: entities read, twice where they were escaped, and no inline tags.

    >>> without_markup("Brandt &amp;amp; Reed: it&#8217;s <em>late</em>"), without_markup("a < b &c; AT&T")
    ('Brandt & Reed: it’s late', 'a < b &c; AT&T')
    """
    for _ in range(2):
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return _INLINE_TAG.sub("", text) if "<" in text else text


def without_addresses(text: str) -> str:
    """A name without the addresses beside it: "anna@post.example (Anna Reed)" is how RSS has one."""
    cut = _ADDRESS.sub(" ", text)
    if cut == text:
        return text
    cut = _EMPTY_BRACKETS.sub(" ", cut).strip(" ,;:|/-–—")
    if found := _ALL_IN_BRACKETS.fullmatch(cut):
        cut = found[1]
    return " ".join(cut.split())
