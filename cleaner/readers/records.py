"""A record as scrapers write it, and the document that it is."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import orjson

from cleaner.model import Document
from cleaner.readers.encoding import decode
from cleaner.readers.pages import is_page, read_html
from cleaner.readers.sources import Keys, Unreadable

_KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
    bytes: "bytes",
}
_KEYS_SHOWN = 8


def kind(value: Any) -> str:
    """What JSON calls a value."""
    return _KINDS.get(type(value), "null")


def to_document(record: dict[str, Any], place: str, digest: str, keys: Keys) -> Document | Unreadable:
    """The document of a record, or why there is none; `place` names it where it has no id of its own.

    `id`, `url` and the text are taken out of the record; what is left is `given`. A record without a text
    whose `keys.html` holds a page is read as that, and so is a text that is a whole page itself.
    """
    name = take_id(record) or place
    key = keys.html if record.get(keys.text) is None and record.get(keys.html) is not None else keys.text
    text = record.pop(key, record)  # itself: nothing that a record can hold
    if text is record:
        shown = ", ".join(str(key)[:40] for key in list(record)[:_KEYS_SHOWN]) or "no others"
        cause, hint = f"has no field `{key}`", f"name the one that holds the text; it has {shown}"
        return Unreadable(source=place, id=name, cause=cause, hint=hint, digest=digest)
    if not isinstance(text, str | bytes):
        cause, hint = f"its field `{key}` holds {kind(text)}, not a string", "mend the record"
        return Unreadable(source=place, id=name, cause=cause, hint=hint, digest=digest)
    url = take_url(record)
    try:
        if key == keys.html or is_page(text):
            return read_html(text, name=name, source=place, digest=digest, url=url, given=record)
        text = text if isinstance(text, str) else decode(text).text
    except ValueError as error:
        return Unreadable(source=place, id=name, cause=str(error), hint="mend the record", digest=digest)
    return Document(id=name, text=text, source=place, digest=digest, url=url, given=record)


def digest_of(record: dict[str, Any]) -> str:
    """sha256 of what a record holds, whatever its fields' order."""
    plain = orjson.dumps(record, default=repr, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(plain).hexdigest()


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
