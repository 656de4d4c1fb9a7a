"""A JSON object as scrapers write it, and what a document takes from it."""

from __future__ import annotations

import json
from typing import Any

import orjson

from cleaner.readers.encoding import decode

_KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def kind(value: Any) -> str:
    """What JSON calls a value."""
    return _KINDS.get(type(value), "null")


def parse(data: bytes) -> dict[str, Any]:
    """The JSON object that the bytes hold. Raises ValueError, with the cause in words."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _parse_leniently(data)
    if not isinstance(value, dict):
        raise ValueError(f"holds {kind(value)}, not an object")
    return value


def take_url(record: dict[str, Any]) -> str | None:
    """Take the address out of a record; one that is no string stays in it."""
    return record.pop("url") if isinstance(record.get("url"), str) else None


def take_id(record: dict[str, Any]) -> str | None:
    """Take the id out of a record, as a string; one that is neither string nor whole number stays in it."""
    found = record.get("id")
    if (isinstance(found, str) and found.strip()) or type(found) is int:
        return str(record.pop("id"))
    return None


def _parse_leniently(data: bytes) -> Any:
    """Read what strict JSON forbids and scrapers write: bytes that aren't UTF-8, `NaN` for a missing value,
    raw tabs in strings, and halves of surrogate pairs, which become U+FFFD."""
    try:
        value = json.loads(decode(data).text, strict=False, parse_constant=lambda _: None)
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("is nested too deep") from error
