"""Parses one rule file: YAML text to immutable rules, and a list of the file's faults with line and column.

A file states the keys that all its rules share (`label`, `language`, `site`, `status`), and its rules under `rules:`;
`lists:` defines word lists that patterns refer to as `{name}`; `site_phrases:` lists phrases by which a text names its
site. Every scalar is read as text, and the types of `cleaner.model.rule.Rule` convert it, so `language: no` is
Norwegian and not false. Nesting and YAML aliases are limited before the file is composed.

This module checks a file's form only: what a rule means, its patterns and its references are checked by
`cleaner.rules.validate` and `cleaner.rules.load`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from cleaner.errors import RuleFault
from cleaner.metadata.sites import known_key
from cleaner.model.rule import Origin, Rule, RuleFile
from cleaner.rules.cache import worked_out
from cleaner.rules.old_keys import current_key, old_key_message
from cleaner.rules.validate import HOST

if TYPE_CHECKING:
    import yaml  # kept files need none
    from pydantic_core import SchemaValidator

_SHARED = ("label", "language", "site", "status")
_FILE_KEYS = frozenset({*_SHARED, "site_phrases", "lists", "rules"})

_LEAST_KNOWN = 8  # characters of a phrase that names a site
_DEEPEST = 12  # a rule file goes six deep
_MOST_BY_ALIAS = 10_000
_TAG = "tag:yaml.org,2002:"
_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value"})
_DEEP, _SHALLOW = "lies too deep, or holds itself", "a rule file is six levels deep; write it without anchors"

_TYPE, _TUPLE = "of type", "as tuple"

Position = tuple[int, int]


def read_file(path: str, text: str, faults: list[RuleFault]) -> RuleFile:
    """Parse the text of one rule file; add its faults to `faults`, and return the rules and lists without faults.

    `path` is used only in faults and in the rules' origins; no file is read. Faults are not raised: text that is not
    YAML, or is no mapping, gives one fault and an empty file.

        >>> faults = []
        >>> read_file("ads.yaml", "rules: [{id: ads/a, label: ad, why: w, lines: ad}]", faults).rules
        ()
        >>> print(faults[0].line, faults[0].message)
        1 unknown key 'lines'
    """
    file = _File.read(path, text, faults)
    if file is None:
        return RuleFile()
    rules, lists = tuple(file.rules(faults)), file.lists(faults)
    old_keys = tuple(dict.fromkeys(file.old_keys))
    return RuleFile(rules=rules, lists=lists, site_phrases=tuple(file.site_phrases(faults)), old_keys=old_keys)


class _File:
    """One rule file: plain data, and the position in the text of each part of it."""

    def __init__(self, path: str, data: Mapping[str, Any], places: Mapping[tuple[Any, ...], Position]) -> None:
        self.path = path
        self.data = data
        self.places = places
        self.old_keys: list[tuple[str, Position]] = []

    @classmethod
    def read(cls, path: str, text: str, faults: list[RuleFault]) -> _File | None:
        import yaml

        try:
            if found := _out_of_bounds(text):
                (line, column), message = found
                faults.append(RuleFault(path=path, line=line, column=column, rule="", message=message, hint=_SHALLOW))
                return None
            node = yaml.compose(text, Loader=_loader())
        except yaml.YAMLError as error:
            line, column = _place_of(error, text)
            faults.append(
                RuleFault(path=path, line=line, column=column, rule="", code="yaml",
                          message=f"not YAML: {getattr(error, 'problem', None) or str(error).splitlines()[0]}",
                          hint="quote a text that holds a colon, a bracket or a quote")
            )  # fmt: skip
            return None
        places: dict[tuple[Any, ...], Position] = {}
        file = cls(path, {}, places)
        data = file._plain(node, (), faults) if node else {}
        if not isinstance(data, dict):
            file.fault(faults, (), "", "a rule file is a mapping", "begin with `label:` and `rules:`")
            return None
        file.data = data
        for key in data.keys() - _FILE_KEYS:
            file.fault(faults, (key,), "", f"unknown key {key!r}", _did_you_mean(key, _FILE_KEYS), "unknown-key")
        return file

    def fault(
        self,
        faults: list[RuleFault],
        at: tuple[Any, ...],
        rule: str,
        message: str,
        hint: str,
        code: str = "rule",
    ) -> None:
        line, column = self._place(at)
        faults.append(
            RuleFault(path=self.path, line=line, column=column, rule=rule, message=message, hint=hint, code=code)
        )

    def _place(self, at: tuple[Any, ...]) -> Position:
        while at not in self.places and at:
            at = at[:-1]
        return self.places.get(at, (1, 1))

    def _plain(self, node: yaml.Node, at: tuple[Any, ...], faults: list[RuleFault]) -> Any:
        import yaml

        if len(at) > _DEEPEST:
            self.fault(faults, (), "", _DEEP, _SHALLOW)
            return None
        self.places.setdefault(at, _position(node))  # type: ignore[attr-defined]
        if node.tag.removeprefix(_TAG) not in _TAGS:
            message = f"the tag {node.tag.replace(_TAG, '!!')!r} has no meaning here"
            self.fault(faults, at, "", message, "write the value without it")
        if isinstance(node, yaml.MappingNode):
            data: dict[str, Any] = {}
            for key_node, value_node in node.value:
                written = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
                key = current_key(at, written)
                if key != written:
                    self.old_keys.append((old_key_message(written, key), _position(key_node)))
                self.places[(*at, key)] = _position(key_node)  # type: ignore[index]
                if not isinstance(key_node, yaml.ScalarNode):
                    self.fault(faults, (*at, key), "", "a key is a text", "put the list or mapping behind the colon")
                if key in data:
                    self.fault(faults, (*at, key), "", f"the key {key!r} is there twice", "keep one of them")
                data[key] = self._plain(value_node, (*at, key), faults)
            return data
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*at, n), faults) for n, item in enumerate(node.value)]
        null = node.tag == "tag:yaml.org,2002:null" and not node.value
        return None if null else node.value

    def lists(self, faults: list[RuleFault]) -> dict[str, tuple[str, ...]]:
        """The named lists of the file."""
        named = self.data.get("lists") or {}
        if not isinstance(named, dict) or not all(isinstance(v, list) for v in named.values()):
            self.fault(faults, ("lists",), "", "`lists` maps names to lists of texts", "write `name: [one, two]`")
            return {}
        return {name: tuple(map(str, entries)) for name, entries in named.items()}

    def site_phrases(self, faults: list[RuleFault]) -> Iterator[tuple[str, str, Position]]:
        """The phrases that name the file's site, each with the site's first host and the phrase's place."""
        phrases, hosts = self.data.get("site_phrases") or [], self.data.get("site") or []
        several = hosts if isinstance(hosts, list) else [hosts]
        host = next((str(each).removeprefix(".") for each in several if not str(each).startswith("~")), None)
        if phrases and (host is None or not HOST.fullmatch(host)):
            message = "`site_phrases` names no site" if host is None else f"no host: {host!r}"
            self.fault(faults, ("site_phrases",), "", message, "write `site: .example.com` above it")
            return
        for n, phrase in enumerate(phrases if isinstance(phrases, list) else [phrases]):
            key = known_key(phrase) if isinstance(phrase, str) else ""
            if not any(map(str.isalnum, key)) or (not key.startswith("\n") and len(key) < _LEAST_KNOWN):
                self.fault(
                    faults, ("site_phrases", n), "", f"{phrase!r} is no phrase by which a page names its site",
                    "write its copyright line without the year, `© Example Media`, or a line that it alone has",
                )  # fmt: skip
            elif host:
                yield key, host, self._place(("site_phrases", n))

    def rules(self, faults: list[RuleFault]) -> Iterator[Rule]:
        """The sound rules of the file; the others leave faults."""
        listed = self.data.get("rules") or []
        if not isinstance(listed, list):
            self.fault(faults, ("rules",), "", "`rules` is a list", "begin each rule with `- id:`")
            return
        shared = {key: self.data[key] for key in _SHARED if key in self.data}
        for n, data in enumerate(listed):
            if not isinstance(data, dict):
                self.fault(faults, ("rules", n), "", "a rule is a mapping", "begin it with `- id:`")
            elif rule := self._rule(n, {**shared, **data}, faults):
                yield rule

    def _rule(self, n: int, data: dict[str, Any], faults: list[RuleFault]) -> Rule | None:
        from pydantic_core import ValidationError

        line, column = self.places[("rules", n)]
        data = _listed(data)
        if "origin" in data:
            self.fault(
                faults, ("rules", n, "origin"), str(data.get("id", "")), "unknown key 'origin'",
                "leave it out: a rule's place follows from its file", "unknown-key",
            )  # fmt: skip
        data["origin"] = {"path": self.path, "line": line, "column": column}
        try:
            rule: Rule = _validator().validate_python(data)
        except ValidationError as error:
            for detail in error.errors():
                self._add_type_fault(faults, n, str(data.get("id", "")), detail)
            return None
        return rule

    def _add_type_fault(self, faults: list[RuleFault], n: int, rule: str, detail: Any) -> None:
        """Add one of pydantic's errors as a fault, in the terms of a rule file and at its place there."""
        loc = tuple(detail["loc"])
        key = str(loc[-1]) if loc else ""
        if detail["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
            known = _keys_at(loc[:-1])
            message, hint, code = f"unknown key {key!r}", _did_you_mean(key, known), "unknown-key"
        elif detail["type"] in ("missing", "missing_keyword_only_argument", "missing_argument"):
            message, hint, code = f"no {key!r}", f"every rule has `{key}:`", "missing-key"
        else:
            said = detail["msg"][:1].lower() + detail["msg"][1:]
            close = detail.get("ctx", {}).get("expected", "")
            options = [word.strip(" '") for word in str(close).replace(" or ", ",").split(",") if word.strip()]
            message = f"{'.'.join(map(str, loc))}: {said}, got {str(detail.get('input'))[:40]!r}"
            hint, code = _did_you_mean(str(detail.get("input")), options), "wrong-value"
        self.fault(faults, ("rules", n, *loc), rule, message, hint, code)


def _loader() -> Any:
    """The loader of libyaml if PyYAML has it, else the one in Python."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Extent:
    """The number of values in an open value, and their depth; the values of its aliases count too."""

    anchor: str | None
    values: int = 1
    depth: int = 0

    def add(self, values: int, depth: int) -> None:
        self.values += values
        self.depth = max(self.depth, depth)


def _out_of_bounds(text: str) -> tuple[Position, str] | None:
    """Return the position and the message if a file is nested too deep or its aliases expand to too many values.

    Otherwise None. libyaml composes nodes by recursion, and a few lines of aliases can expand to billions of values.
    """
    import yaml

    whole = [_Extent(None)]  # what is open, from the file down
    anchored: dict[str, _Extent] = {}
    by_alias = 0
    for event in yaml.parse(text, Loader=_loader()):
        if isinstance(event, yaml.CollectionStartEvent):
            whole.append(_Extent(event.anchor))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = whole.pop()
            whole[-1].add(done.values, done.depth + 1)
            if done.anchor:
                anchored[done.anchor] = done
        elif isinstance(event, yaml.AliasEvent):
            named = anchored.get(event.anchor or "", _Extent(None))  # the composer reports an unknown one
            whole[-1].add(named.values, named.depth + 1)
            by_alias += named.values
            if any(each.anchor == event.anchor for each in whole):
                return _position(event), _DEEP
        elif isinstance(event, yaml.ScalarEvent):
            whole[-1].add(1, 0)
            if event.anchor:
                anchored[event.anchor] = _Extent(event.anchor)
        if len(whole) - 1 + whole[-1].depth > _DEEPEST:
            return _position(event), _DEEP
        if by_alias > _MOST_BY_ALIAS:
            return _position(event), f"its aliases expand to more than {_MOST_BY_ALIAS:,} values"
    return None


def _place_of(error: yaml.YAMLError, text: str) -> Position:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark:
        return mark.line + 1, mark.column + 1
    at = getattr(error, "position", None)  # of a character that YAML does not allow
    before = text[: at if isinstance(at, int) else 0].split("\n")
    return len(before), len(before[-1]) + 1


def _position(part: yaml.Node | yaml.Event) -> Position:
    return (part.start_mark.line + 1, part.start_mark.column + 1) if part.start_mark else (1, 1)


def _listed(data: dict[str, Any]) -> dict[str, Any]:
    """Single values where lists are meant, texts where examples are meant, and no empty keys."""
    out = {key: value for key, value in data.items() if value is not None}
    for key in _tuples(Rule) & out.keys():
        if not isinstance(out[key], list):
            out[key] = [out[key]]
    for key, shape in _shapes().items():
        if isinstance(out.get(key), dict):
            many = _tuples(shape)
            out[key] = {k: [v] if k in many and not isinstance(v, list) else v for k, v in out[key].items()}
    if "removes" in out:
        out["removes"] = [{"text": text} if isinstance(text, str) else text for text in out["removes"]]
    return out


@cache
def _shapes() -> Mapping[str, type]:
    """The keys of a rule that hold a mapping, or a list of mappings, with the type of these."""
    return {
        name: part
        for name, hint in get_type_hints(Rule).items()
        for part in (hint, *get_args(hint))
        if is_dataclass(part) and isinstance(part, type) and part is not Origin
    }


@cache
def _tuples(shape: type) -> frozenset[str]:
    """The keys of a type that hold a list; a file may write a single value instead."""
    return frozenset(name for name, hint in get_type_hints(shape).items() if get_origin(hint) is tuple)


@lru_cache(maxsize=1)
def _validator() -> SchemaValidator:
    """The validator of a rule. Its schema is cached: pydantic takes a tenth of a second to derive it, its core 1 ms."""
    from pydantic_core import SchemaValidator, __version__

    with suppress(Exception):  # the cached data is intact, but no schema: another program wrote it
        return SchemaValidator(_revived(worked_out(f"shape-{__version__}", lambda: _plain(_shape()))))
    return SchemaValidator(_shape())


def _shape() -> Any:
    from pydantic import ConfigDict, TypeAdapter

    for shape in (Rule, Origin, *_shapes().values()):
        shape.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return TypeAdapter(Rule).core_schema


# A schema is cached as plain data; types and tuples are mappings with a key that says which they are.


def _plain(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _plain(each) for key, each in shape.items()}
    if isinstance(shape, list | tuple):
        parts = [_plain(each) for each in shape]
        return parts if isinstance(shape, list) else {_TUPLE: parts}
    return {_TYPE: shape.__name__} if isinstance(shape, type) else shape


def _revived(shape: Any) -> Any:
    if isinstance(shape, list):
        return [_revived(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    if _TYPE in shape:
        return {kind.__name__: kind for kind in (Rule, Origin, dict, *_shapes().values())}[shape[_TYPE]]
    if _TUPLE in shape:
        return tuple(map(_revived, shape[_TUPLE]))
    return {key: _revived(each) for key, each in shape.items()}


def _keys_at(loc: tuple[Any, ...]) -> list[str]:
    """The keys that a mapping at this place of a rule may have."""
    shape = _shapes().get(str(loc[0]), Rule) if loc else Rule
    return [f.name for f in fields(shape) if f.name != "origin"]


def _did_you_mean(word: str, known: Any) -> str:
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(known))}" if known else ""
