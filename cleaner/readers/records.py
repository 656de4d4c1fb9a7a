"""Makes the document of a record, with the fields and faults that scrapers write."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import orjson

from cleaner.metadata import record_keys as recordkeys
from cleaner.metadata.values import is_no_value
from cleaner.model.document import Document
from cleaner.readers.encoding import Decoded, decode
from cleaner.readers.html import is_page, read_html, read_plain
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
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_MOST_FIGURES = 4000
_LONGEST_ID = 1000  # characters: it is repeated in every row of the ledger
_LONGEST_URL = 10_000
_LONG_HEADLINE = 20  # words
_USUAL = (
    "content",
    "body",
    "article",
    "story",
)  # each has another meaning as often, so none is read unless it is named


def json_type(value: Any) -> str:
    """Return the JSON type of a value, with its article, for messages."""
    return _KINDS.get(type(value), "null")


def text_names(names: Iterable[str], keys: Keys) -> list[str]:
    """Those of a record's keys that may hold its text, in order: those that are asked for; unless others than `text`
    are, those that tools are known to write it under, too."""
    names = list(names)
    asked = [name for name in keys.texts if name in names]
    if keys.texts != Keys().texts:
        return asked
    known = list(map(recordkeys.folded, recordkeys.KEYS["text"]))
    others = sorted(name for name in names if recordkeys.folded(name) in known and name not in asked)
    return asked + sorted(others, key=lambda name: known.index(recordkeys.folded(name)))


def to_document(
    record: dict[str, Any], place: str, digest: str, keys: Keys, decoded: Decoded | None = None
) -> Document | Unreadable:
    """The document of a record, or why there is none; `place` names it where it has no id of its own.

    `id`, `url` and the text are taken out of the record; what is left is `given`. A record without a text
    whose `keys.html` holds a page is read as HTML, and so is a text that is a page, or clearly a part of one.
    `decoded` says how the bytes of the record were read.
    """
    document = _read(record, place, digest, keys)
    if decoded is None or isinstance(document, Unreadable):
        return document
    evidence = (*document.evidence, *decoded.evidence)
    return replace(document, evidence=evidence, flags=tuple(dict.fromkeys((*document.flags, *decoded.flags))))


def _read(record: dict[str, Any], place: str, digest: str, keys: Keys) -> Document | Unreadable:
    name = take_id(record) or place
    key = _text_key(record, keys)
    if key is None:
        hint = text_field_hint(list(record), _longest(record))
        return Unreadable(source=place, id=name, cause=f"has no field `{keys.text}`", hint=hint, digest=digest)
    text = record.pop(key)
    if not isinstance(text, str | bytes):
        cause, hint = f"its field `{key}` holds {json_type(text)}, not a string", "mend the record"
        return Unreadable(source=place, id=name, cause=cause, hint=hint, digest=digest)
    if text.strip() and is_no_value(text):
        cause, hint = f"its field `{key}` holds no text but {text.strip()!r}", "leave the field out, or give its text"
        return Unreadable(source=place, id=name, cause=cause, hint=hint, digest=digest)
    url = take_url(record)
    try:
        if key == keys.html or is_page(text):
            return read_html(text, name=name, source=place, digest=digest, url=url, given=record)
        text = text if isinstance(text, str) else decode(text)
        return read_plain(text, name=name, source=place, digest=digest, url=url, given=record)
    except ValueError as error:
        return Unreadable(source=place, id=name, cause=str(error), hint="mend the record", digest=digest)


def _text_key(record: Mapping[str, Any], keys: Keys) -> str | None:
    """The key of the text, or of the page where there is none; the first that holds something."""
    names = [*text_names(record, keys), *([keys.html] if keys.html in record else [])]
    return next((name for name in names if not is_no_value(record[name])), names[0] if names else None)


def text_field_hint(names: Sequence[str], likeliest: str | None = None) -> str:
    """The hint to name the field that holds the text: these are there, and that one, or a usual name, most likely."""
    likeliest = likeliest or next((name for usual in _USUAL for name in names if name.lower() == usual), None)
    example = f", such as --text-field {likeliest[:40]}" if likeliest else ""
    shown = ", ".join(str(name)[:40] for name in names[:_KEYS_SHOWN]) or "no others"
    return f"name the one that holds the text{example}; it has {shown}"


def _longest(record: Mapping[str, Any]) -> str | None:
    """Return the field with the longest text, if it is longer than a headline."""
    lengths = {
        key: len(text) for key, text in record.items() if isinstance(text, str) and text.count(" ") > _LONG_HEADLINE
    }
    return max(lengths, key=lambda key: lengths[key], default=None)


def record_digest(record: dict[str, Any]) -> str:
    """Return the SHA-256 of a record's content, as hex, independent of the order of its fields."""
    plain = orjson.dumps(record, default=repr, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(plain).hexdigest()


def parse(data: bytes) -> tuple[dict[str, Any], Decoded | None]:
    """Return the JSON object that the bytes hold, and how they were decoded if they are not strict JSON in UTF-8.

    `NaN`, raw tabs and other encodings are accepted. Raises ValueError with the cause.
    """
    decoded = None
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        decoded = decode(data)
        value = _parse_leniently(decoded.text)
    if not isinstance(value, dict):
        raise ValueError(f"holds {json_type(value)}, not an object")
    return value, decoded


def take_url(record: dict[str, Any]) -> str | None:
    """The address that a record states: its `url`, which is taken out, or else what else is known to hold one. What is
    no address stays in it."""
    for key, value in recordkeys.stated(record, "url"):
        if not isinstance(value, str) or is_no_value(value) or len(value) > _LONGEST_URL:
            continue
        if key == "url" or _ADDRESS.fullmatch(value.strip()):
            if record.get("url") is value:
                del record["url"]
            return str(value).strip()
    return None


def take_id(record: dict[str, Any]) -> str | None:
    """Take the id out of a record, as a string; one that is neither string nor whole number, or too long for a name,
    stays in it."""
    found = record.get("id")
    if ((isinstance(found, str) and found.strip()) or type(found) is int) and len(str(found)) <= _LONGEST_ID:
        return str(record.pop("id"))
    return None


def _whole(figures: str) -> int | str:
    """Return a whole number; one with more digits than Python converts stays a text."""
    return int(figures) if len(figures) <= _MOST_FIGURES else figures


def _finite(figures: str) -> float | None:
    """Return a number; None if it is too large for a float, as for infinity, which JSON does not have."""
    value = float(figures)
    return value if isfinite(value) else None


def _parse_leniently(source: str) -> Any:
    """Read what strict JSON forbids and scrapers write: `NaN` for a missing value, raw tabs in strings, and halves of
    surrogate pairs, which become U+FFFD."""
    try:
        value = json.loads(source, strict=False, parse_constant=lambda _: None, parse_int=_whole, parse_float=_finite)
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("is nested too deep") from error
