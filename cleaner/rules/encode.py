"""Serialises rules, and the analyses of their patterns, for a later run.

The format is MessagePack, which holds only plain data and is decoded into the types: it is faster than a pickle, and
no content of a file is ever executed. Fields with their default value are left out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from cleaner.matching.patterns.prefilter import Examined, LinePrefilter
from cleaner.model.checksum import with_checksum, without_checksum
from cleaner.model.options import Options
from cleaner.model.rule import Facts, Rule, RuleFile, RulePack

T = TypeVar("T")

# The types of `cleaner.model.rule` annotate a prefilter as `Any`, as they can't import `LinePrefilter`.


class _Facts(NamedTuple):
    digest: str
    literals: frozenset[str]
    prefilter: LinePrefilter


@dataclass(frozen=True, kw_only=True)
class _File:
    rules: tuple[Rule, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    site_phrases: tuple[tuple[str, str, tuple[int, int]], ...] = ()
    old_keys: tuple[tuple[str, tuple[int, int]], ...] = ()
    facts: tuple[_Facts, ...] = ()
    asked: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Pack:
    rules: tuple[Rule, ...]
    lists: Mapping[str, tuple[str, ...]]
    digest: str
    site_phrases: Mapping[str, str] = field(default_factory=dict)
    literals: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prefilters: Mapping[str, LinePrefilter] = field(default_factory=dict)


def encoded(value: object) -> bytes:
    """Serialise a value that one of the functions below reads back."""
    return with_checksum(msgspec.msgpack.encode(_plain(value)))


# All of these raise ValueError if the bytes are damaged or hold something else.


def file_of(data: bytes) -> RuleFile:
    """Return a parsed rule file."""
    read = _read(data, _File)
    return RuleFile(
        rules=read.rules, lists=read.lists, site_phrases=read.site_phrases, old_keys=read.old_keys,
        asked=read.asked, facts=tuple(Facts(*each) for each in read.facts),
    )  # fmt: skip


def examined_of(data: bytes) -> dict[str, Examined]:
    """Return the analyses of patterns."""
    return _read(data, dict[str, Examined])


def made_with(data: bytes) -> tuple[RulePack, Options]:
    """Return a pack and options."""
    read, options = _read(data, tuple[_Pack, Options])
    return RulePack(**{each.name: getattr(read, each.name) for each in fields(read)}), options


def named_of(data: bytes) -> tuple[str, Any]:
    """Return a name and plain data."""
    return _read(data, tuple[str, Any])


def _read(data: bytes, kind: type[T]) -> T:
    try:
        read: T = _decoder(cast("Hashable", kind)).decode(without_checksum(data))
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    return read


@cache
def _decoder(kind: Hashable) -> Any:
    return msgspec.msgpack.Decoder(kind)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        held = ((each, getattr(value, each.name)) for each in fields(value))
        return {each.name: _plain(part) for each, part in held if not _is_default(each, part)}
    if isinstance(value, frozenset):
        return [_plain(each) for each in sorted(value)]
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value


def _is_default(each: Field[Any], value: Any) -> bool:
    """Report whether a field can be left out. One whose default is a dataclass can't: Python would make it, slowly."""
    if each.default is not MISSING:
        return type(value) is type(each.default) and bool(value == each.default)
    return each.default_factory is dict and not value
