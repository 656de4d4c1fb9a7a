"""The metadata fields: how each is read from text, and how the values of several sources combine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from cleaner.metadata import record_keys as recordkeys
from cleaner.metadata.bylines import is_led_in
from cleaner.metadata.credits import Read, on_one_line, read_caption, read_credit
from cleaner.metadata.dates import is_near, is_update, parse_datetime
from cleaner.metadata.names import AgencyLookup, agency_lookup, parse_agencies, split_agencies
from cleaner.metadata.record_values import items_of, moment_of, named, without_addresses, without_markup
from cleaner.metadata.url import day_of
from cleaner.metadata.values import (
    clean_publisher,
    clean_title,
    is_no_value,
    parse_count,
    parse_minutes,
    parse_sections,
    repaired,
)
from cleaner.model.document import Evidence, FieldMatch, Metadata
from cleaner.model.rule import FieldName

Values = Mapping[FieldName, tuple[Any, ...]]
"""What a text says: a byline may name authors and agencies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The properties of a document that its metadata is read with."""

    language: str | None
    agencies: AgencyLookup
    day: date | None = None
    """The day in the page's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How one field is read."""

    parse: Callable[[str, Context], Values]
    holds: type = str
    """The type of a value."""
    most: int = 0
    """The largest valid number."""
    many: bool = False
    """All values count, in order and each once; otherwise the first one does."""
    whole: bool = False
    """An item of a list that the input states is one value, not text to parse."""
    late: Callable[[str, Context], bool] = lambda _raw, _context: False
    """Whether a raw text gives way to others of the same field."""


def _people(field: FieldName) -> Callable[[str, Context], Values]:
    def parse(raw: str, context: Context) -> Values:
        names, agencies = split_agencies(raw, context.agencies, language=context.language)
        return {field: names, "agencies": agencies}

    return parse


def _one(field: FieldName, parse: Callable[[str], Any]) -> Callable[[str, Context], Values]:
    def one(raw: str, _context: Context) -> Values:
        value = parse(raw)
        return {} if value in (None, "") else {field: (value,)}

    return one


def _picture(read: Callable[[str], Read]) -> Callable[[str, Context], Values]:
    def parse(raw: str, _context: Context) -> Values:
        captions, credits_ = read(raw)
        return {"captions": captions, "image_credits": credits_}

    return parse


def _number(field: FieldName, parse: Callable[[str], int | None], most: int) -> Field:
    """Return the definition of a field with a count; impossible counts are no values."""
    return Field(parse=lambda raw, _context: _counted(field, parse(raw), most), holds=int, most=most)


def _counted(field: FieldName, value: float | None, most: int) -> Values:
    """A whole number, which some inputs write as a float."""
    return {field: (int(value),)} if value is not None and 0 <= value <= most and value == int(value) else {}


def _flag(raw: str) -> bool:
    """A text that a rule takes for a flag raises it; an input may also deny it."""
    return raw.strip().casefold() not in ("", "0", "false", "no")


# The zeros of clocks and spreadsheets: Unix (west of Greenwich, too), Excel, Windows, .NET.
_NO_DAYS = ("1970-01-01", "1969-12-31T", "1899-12-30", "1601-01-01")


def _published(raw: str, context: Context) -> Values:
    moment = parse_datetime(raw, language=context.language, likely=context.day)
    return {"published": (moment,)} if moment and not moment.startswith(_NO_DAYS) else {}


# What a name alone doesn't hold: marks that part names, brackets, figures, words that join or open.
_BYLINE = re.compile(
    r"[,;/|()\d]|\s[-–—]\s|^(?:By|Von|Par|Por|Di)\s|\s(?:and|und|og|och|et|y|e|en|&|with|mit)\s", re.IGNORECASE
)

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)

LAST_RESORT = frozenset({"html/publisher"})
"""Where markup only suggests a value: an author who is the publisher itself."""

_LONGEST_RAW = 2000  # characters of evidence: a list of ten thousand names is repeated for each of them
_MOST_COMMENTS = 2**31 - 1  # what a column of counts holds
_MOST_MINUTES = 7 * 24 * 60

_BYLINES = frozenset({"html/byline"})
"""Where markup gives a line that names authors, with other words beside them."""

_WHOLE = frozenset({"html/account", "html/organization", "html/publisher"})
"""Keys of markup whose value is one name as a whole: "Centre for Tides and Weather"."""
_NO_NAME = re.compile(r"[:{}<>@|]|^[\W\d]*$")

FIELDS: Mapping[FieldName, Field] = {
    "title": Field(parse=_one("title", clean_title)),
    "authors": Field(parse=_people("authors"), many=True, whole=True),
    "published": Field(parse=_published, late=lambda raw, context: is_update(raw, language=context.language)),
    "agencies": Field(
        parse=lambda raw, context: {"agencies": parse_agencies(raw, context.agencies)}, many=True, whole=True
    ),
    "contributors": Field(parse=_people("contributors"), many=True, whole=True),
    "sections": Field(parse=lambda raw, _context: {"sections": parse_sections(raw)}, many=True, whole=True),
    "captions": Field(parse=_picture(read_caption), many=True, whole=True),
    "image_credits": Field(parse=_picture(read_credit), many=True, whole=True),
    "publisher": Field(parse=_one("publisher", clean_publisher)),
    "paywalled": Field(parse=_one("paywalled", _flag), holds=bool),
    "comment_count": _number("comment_count", parse_count, _MOST_COMMENTS),
    "reading_time_minutes": _number("reading_time_minutes", parse_minutes, _MOST_MINUTES),
}
"""Every field of `Metadata`."""


def known_agencies(lists: Mapping[str, tuple[str, ...]]) -> AgencyLookup:
    """The lookup over the rules' list of news agencies; kept, so that asking for each document costs nothing."""
    return _lookup(lists.get("news_agencies", ()))


@lru_cache(maxsize=8)
def _lookup(names: tuple[str, ...]) -> AgencyLookup:
    return agency_lookup(names)


def assemble_metadata(
    found: Iterable[tuple[FieldMatch, str]],
    *,
    language: str | None,
    agencies_known: AgencyLookup,
    given: Mapping[str, Any],
    stated: Mapping[str, Any] | None = None,
    url: str | None = None,
) -> tuple[Metadata, tuple[Evidence, ...]]:
    """Return the metadata of a document, and one piece of evidence for each value.

    The sources, in order of precedence:

    1. `given`, what the input states: a field that has a value there takes nothing from elsewhere;
    2. `stated`, what the page's markup states (with the origin of each value under `from`): likewise;
    3. `found`, the matches of rules, each with the id of its rule: the first one with a value counts, or all in order
       if the field holds many values. A date that is marked as an update comes after the others;
    4. what the markup only suggests (`LAST_RESORT`);
    5. the day in the address (`url`), for `published`. It also excludes found dates of other days.

    Evidence has the raw text, its place in the normalised text (if it is from there) and the rule's id: `input` for
    what the input states and for the address, `html/...` for what the markup states. A value that does not parse is
    skipped, and no error is raised: a field without a value is None or ().

    >>> match = FieldMatch(name="authors", raw="By Anna Reed and Tom Okoro, AFP", start=0, end=31)
    >>> metadata, evidence = assemble_metadata(
    ...     [(match, "byline/by")], language="en", agencies_known=agency_lookup(["AFP"]), given={"date": "2025-03-04"}
    ... )
    >>> metadata.authors, metadata.agencies, metadata.published, metadata.title
    (('Anna Reed', 'Tom Okoro'), ('AFP',), '2025-03-04', None)
    >>> [(each.field, each.value, each.rule) for each in evidence][:2]
    [('published', '2025-03-04', 'input'), ('authors', 'Anna Reed', 'byline/by')]
    """
    context = Context(language=language, agencies=agencies_known, day=day_of(url))
    values = _Values()
    for name, raw, said in _stated(given, context):
        values.settle(name, said, raw, "input")
    suggested = values.take_markup(_of_markup(stated or {}, context))
    values.take_matches(found, context)
    for name, raw, said, origin in suggested:
        if not values.of(name):
            values.add(said, raw, origin)
    if context.day and not values.of("published"):
        values.add({"published": (context.day.isoformat(),)}, url or "", "input")
    return values.metadata(), tuple(values.evidence)


_MarkupValue = tuple[FieldName, str, Values, str]  # a field, its raw value, what that says, and the origin


class _Values:
    """The values of one document's fields while its sources are read in order of precedence, with their evidence."""

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []
        self._held: dict[FieldName, dict[Any, Any]] = {}  # values by what makes them equal
        self._settled: set[FieldName] = set()  # fields that take nothing from later sources

    def of(self, field: FieldName) -> Mapping[Any, Any]:
        """The values of a field so far."""
        return self._held.get(field, {})

    def add(self, said: Values, raw: str, rule: str, start: int | None = None, end: int | None = None) -> None:
        """Add values, each once; to a field that holds one value, only the first."""
        for field, several in said.items():
            held = self._held.setdefault(field, {})
            for value in several:
                key = value.casefold() if isinstance(value, str) else value
                if key in held or (held and not FIELDS[field].many):
                    continue
                held[key] = value
                raw = raw if len(raw) <= _LONGEST_RAW else f"{raw[:_LONGEST_RAW]}…"
                self.evidence.append(
                    Evidence(field=field, raw=raw, value=_written(value), rule=rule, start=start, end=end)
                )

    def settle(self, name: FieldName, said: Values, raw: str, rule: str) -> None:
        """Add values, and take nothing for this field from later sources."""
        self.add(said, raw, rule)
        if said.get(name):
            self._settled.add(name)

    def take_markup(self, stated: Iterable[_MarkupValue]) -> list[_MarkupValue]:
        """Add what the markup states; return what it only suggests."""
        suggested: list[_MarkupValue] = []
        for name, raw, said, origin in stated:
            if origin in LAST_RESORT:
                suggested.append((name, raw, said, origin))
            elif name not in self._settled:
                self.settle(name, self._unsettled(said), raw, origin)
        return suggested

    def take_matches(self, found: Iterable[tuple[FieldMatch, str]], context: Context) -> None:
        """Add what rules found, for fields that are not settled."""
        matches = [(match, rule) for match, rule in found if match.name not in self._settled]
        if len({match.name for match, _ in matches}) < len(matches):
            matches.sort(key=lambda pair: FIELDS[pair[0].name].late(pair[0].raw, context))
        if context.day and "published" not in self._settled:
            matches = [pair for pair in matches if pair[0].name != "published" or _agrees(pair[0], context)]
        for match, rule in matches:
            self.add(self._unsettled(_read(match, context)), match.raw, rule, match.start, match.end)

    def _unsettled(self, said: Values) -> Values:
        return {field: several for field, several in said.items() if field not in self._settled}

    def metadata(self) -> Metadata:
        held: dict[str, Any] = {
            name: tuple(several.values()) if FIELDS[name].many else next(iter(several.values()))
            for name, several in self._held.items()
            if several
        }
        return Metadata(**held)


def _agrees(match: FieldMatch, context: Context) -> bool:
    """Whether a date is of the day in the page's address: other dates are of updates, or of other pages."""
    said = _read(match, context).get("published", ())
    return all(context.day is not None and is_near(date.fromisoformat(str(iso)[:10]), context.day) for iso in said)


def _read(match: FieldMatch, context: Context) -> Values:
    """What a match says: a constant as the rule states it, else what its text parses to."""
    constant, field = match.constant, FIELDS[match.name]
    if constant is None:
        return field.parse(match.raw, context)
    if field.holds is str and isinstance(constant, str):
        return {match.name: (constant,)}
    if isinstance(constant, list | tuple):
        return {match.name: tuple(constant)}
    return _typed(match.name, constant, context)


def _stated(given: Mapping[str, Any], context: Context) -> Iterator[tuple[FieldName, str, Values]]:
    """The values that the input states: the field, the raw value, and the values in it."""
    for name in FIELDS if given else ():
        for key, value in recordkeys.stated(given, name):
            if key in recordkeys.ONLY_OBJECT and not isinstance(value, Mapping):
                continue
            if any((said := _typed(name, repaired(value), context)).values()):
                yield name, _written(value), said
                break


def _of_markup(stated: Mapping[str, Any], context: Context) -> Iterator[_MarkupValue]:
    """The values that the page's markup states: the field, the raw value, the values in it, and the origin."""
    origins = stated.get("from", {})
    for name in FIELDS:
        if (value := stated.get(name)) is not None:
            origin, sound = origins.get(name, "html"), repaired(value)
            said = _authors_of(sound, context, origin) if name == "authors" else _typed(name, sound, context)
            if any(said.values()):
                yield name, _written(value), said, origin


def _authors_of(items: Iterable[str], context: Context, origin: str) -> Values:
    """Names as publishers put them into markup: an item may be a whole byline, with a role, an agency or initials.

    An agency alone counts as an author and as an agency: the markup states that it is the author.
    """
    together: dict[FieldName, list[Any]] = {}
    for item in items:
        for key, several in _author_of(item, context, origin).items():
            together.setdefault(key, []).extend(several)
    return {key: tuple(several) for key, several in together.items()}


def _author_of(item: str, context: Context, origin: str) -> Values:
    parted = origin not in _WHOLE and (origin in _BYLINES or _BYLINE.search(item))
    people = FIELDS["authors"].parse(item, context) if parted else {}
    said = people if people.get("authors") else _listed("authors", (item,), context)
    if said.get("authors"):
        return {} if people is not said and _NO_NAME.search(item) else said
    return {} if _NO_NAME.search(item) else {**said, "authors": (on_one_line(item),)}


def _typed(name: FieldName, value: Any, context: Context) -> Values:
    """Return the values in a stated value of any type: a date, an object with a name, a list."""
    field = FIELDS[name]
    if is_no_value(value):
        return {}
    if name == "published" and (moment := moment_of(value)):
        return {} if moment.startswith(_NO_DAYS) else {name: (moment,)}
    if isinstance(value, str):
        items = items_of(value)
        return _said(name, value, context) if items is None else _listed(name, items, context)
    if field.holds is int and isinstance(value, int | float) and not isinstance(value, bool):
        return _counted(name, value, field.most)  # a float: a column with gaps, as pandas holds it
    if type(value) is field.holds:
        return {name: (value,)}
    if isinstance(value, date):
        moment = (value.replace(microsecond=0) if isinstance(value, datetime) else value).isoformat()
        return {name: (moment,)} if name == "published" and not moment.startswith(_NO_DAYS) else {}
    if isinstance(value, Mapping):
        return _typed(name, named(value), context)
    if isinstance(value, Iterable):
        return _listed(name, value, context)
    return {}


_PEOPLE = frozenset({"authors", "contributors"})
_NAMED = _PEOPLE | {"agencies", "sections"}
_ACCOUNT = re.compile(r"(?:admin\w*|root|webmaster|user|guest)\d*", re.IGNORECASE)  # of content systems


def _said(name: FieldName, raw: str, context: Context) -> Values:
    """Return the values in a string of the input; an address is no value of any field."""
    text = without_markup(raw)
    text = without_addresses(text) if name in _PEOPLE else text
    return {} if is_no_value(text) or _ADDRESS.fullmatch(text.strip()) else FIELDS[name].parse(text, context)


def _listed(name: FieldName, items: Iterable[Any], context: Context) -> Values:
    """The values of a list's items; an item of names is one name, unless it is an agency or begins as a byline."""
    field = FIELDS[name]
    together: dict[FieldName, list[Any]] = {}
    for item in items:
        value = named(item) if isinstance(item, Mapping) else item
        said = _typed(name, value, context)
        if field.whole and isinstance(value, str):
            agencies = said.get("agencies", ()) if name != "agencies" else ()
            if agencies and not said.get(name):
                said = {"agencies": agencies}
            elif not (name in _PEOPLE and said.get(name) and is_led_in(value, context.language)):
                said = {name: _whole(name, value)}
        for key, several in said.items():
            together.setdefault(key, []).extend(several)
    return {key: tuple(several) for key, several in together.items()}


def _whole(name: FieldName, item: str) -> tuple[str, ...]:
    """An item of a list as one value; none where it says nothing, or can't be a name."""
    text = without_markup(item)
    text = on_one_line(without_addresses(text) if name in _PEOPLE else text)
    if is_no_value(item) or is_no_value(text) or _ADDRESS.fullmatch(text):
        return ()
    if name in _NAMED and (not any(map(str.isalpha, text)) or _ACCOUNT.fullmatch(text)):
        return ()
    return (text,)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
