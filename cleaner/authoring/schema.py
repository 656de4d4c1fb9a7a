"""The JSON Schema of a rule file, made from the types, so that an editor completes and checks one.

It describes what a file may write, which is wider than the types: a single value where a list is meant, a text
where an example is meant, and what all rules of a file share at its top. JSON Schema, draft 2020-12:
https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson

from cleaner.matching.kind_table import KIND_TABLE
from cleaner.model.rule import Example, Origin, Rule

Schema = dict[str, Any]

FILE = "schema.json"
"""Name of the schema's file in a rule folder."""

_SHARED = ("label", "language", "site", "status")
_SCALARS: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}
# A phrase or an example may look like a number or a truth value: files are read as text.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_TEXT_FIELDS = frozenset({"line", "literals", "keeps", "text"})
_FORMS: Mapping[str, Schema] = {
    "id": {"pattern": "^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9.-]*)+$"},
    "why": {"minLength": 1},
    "headline": {"const": True},
    "language": {"pattern": "^[a-z]{2,3}$"},
    "site": {"pattern": "^~?\\.?[a-z0-9-]+(\\.[a-z0-9-]+)+$"},
}
_DEPRECATED: Schema = {"properties": {"status": {"const": "deprecated"}}, "required": ["status"]}
_NO_DROP: Schema = {"properties": {"action": {"enum": ["mark", "allow"]}}, "required": ["action"]}


def rule_schema() -> Schema:
    """Return the schema of a rule file, as plain data."""
    definitions: dict[str, Schema] = {}
    _define(Rule, definitions)
    rule = definitions.pop("Rule")
    shared = {name: rule["properties"][name] for name in _SHARED}
    rule["required"] = ["id", "why"]
    rule["oneOf"] = [{"required": [kind]} for kind in KIND_TABLE]
    with_label: Schema = {"required": ["label"]}
    with_examples: Schema = {
        "if": _DEPRECATED,
        "else": {"required": ["keeps"], "if": _NO_DROP, "else": {"required": ["removes"]}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule file",
        "description": "Rules of cleaner, with what they share, and named lists that their patterns refer to.",
        "type": "object",
        "properties": {
            **{name: {**each, "description": _for_all(each["description"])} for name, each in shared.items()},
            "site_phrases": {
                "description": "Lines by which a text without a URL names this site; `© Name` for a copyright line.",
                "anyOf": [_TEXT, {"type": "array", "items": _TEXT}],
            },
            "lists": {
                "description": "Named lists: patterns refer to them as `{name}`; every entry is a literal.",
                "type": "object",
                "propertyNames": {"pattern": "^[a-z][a-z0-9_]*$"},
                "additionalProperties": {"type": "array", "items": _TEXT},
            },
            "rules": {"description": "The rules.", "type": "array", "items": {"$ref": "#/$defs/Rule"}},
        },
        "additionalProperties": False,
        "allOf": [
            {"if": {"required": ["label"]}, "else": {"properties": {"rules": {"items": with_label}}}},
            {"if": _DEPRECATED, "else": {"properties": {"rules": {"items": with_examples}}}},
        ],
        "$defs": {"Rule": rule, **definitions},
    }


def dump() -> str:
    """Return the schema as the text of its file."""
    return orjson.dumps(rule_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _for_all(description: str) -> str:
    return f"{description} For the rules of this file that say nothing else."


def _define(shape: type, definitions: dict[str, Schema]) -> Schema:
    """Add the schema of a dataclass, and of those in its fields, to `definitions`; return the reference to it."""
    if shape.__name__ not in definitions:
        definition = definitions[shape.__name__] = {"description": inspect.cleandoc(shape.__doc__ or "")}
        hints, docs = get_type_hints(shape), _docstrings(shape)
        shown = [each for each in fields(shape) if hints[each.name] is not Origin]
        definition |= {
            "type": "object",
            "properties": {each.name: _property(each, hints[each.name], docs, definitions) for each in shown},
            "additionalProperties": False,
        }
        if required := [each.name for each in shown if each.default is MISSING and each.default_factory is MISSING]:
            definition["required"] = required
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _property(each: Field[Any], hint: Any, docs: Mapping[str, str], definitions: dict[str, Schema]) -> Schema:
    about: Schema = {"description": docs[each.name]} if each.name in docs else {}
    if isinstance(each.default, str | int | float) and each.default is not False:
        about["default"] = each.default
    return {**about, **_of(hint, each.name, definitions)}


def _of(hint: Any, name: str, definitions: dict[str, Schema]) -> Schema:
    """Return the schema of the values that a rule file may have for a type."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in _SCALARS:
        scalar = _TEXT if hint is str and name in _TEXT_FIELDS else _SCALARS[hint]
        return {**scalar, **_FORMS.get(name, {})}
    if hint is Example:
        return {"anyOf": [_TEXT, _define(Example, definitions)]}
    if is_dataclass(hint):
        return _define(hint, definitions)  # type: ignore[arg-type]
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is tuple:
        one = _of(inner[0], name, definitions)
        return {"anyOf": [one, {"type": "array", "items": one}]}
    if origin in (Union, UnionType):
        [present] = [each for each in inner if each is not NoneType]
        return _of(present, name, definitions)
    keys = {"propertyNames": _of(inner[0], "", definitions)} if inner[0] is not str else {}
    return {"type": "object", **keys}


@cache
def _docstrings(shape: type) -> Mapping[str, str]:
    """Return the docstring below each field of a class, by the field's name."""
    tree = ast.parse(inspect.getsource(sys.modules[shape.__module__]))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == shape.__name__)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }  # fmt: skip
