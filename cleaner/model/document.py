"""A document on its way, as frozen types that everything speaks in. Standard library only.

Offsets are code points of the *normalised* text of a document, `start` inclusive, `end` exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.model.renamed import renamed_fields
from cleaner.model.rule import FieldName, Rule

ENCODING = "encoding"
"""The field of the evidence that says which encoding a document's bytes were read in."""
DOUBTFUL = "doubtful-encoding"
"""The flag of a document whose encoding may be another one, or some of whose bytes are of another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What the markup of a page says of one line of its text."""

    tag: str = ""
    """The block element that the line is: `p`, `h1`, `li`, `td`, `figcaption`, ..."""
    inside: tuple[str, ...] = ()
    """The significant elements around it, outermost first: `main`, `article`, `nav`, `aside`, `figure`, ..."""
    names: tuple[str, ...] = ()
    """Words of the `class`, `id`, `role` and `itemprop` of the element and of those near above it, in lower case."""
    links: float = 0.0
    """Share of the line's characters that are links, 0 to 1."""
    emphasis: float = 0.0
    """Share of the line's characters that are bold or in italics by their elements, 0 to 1."""
    stated: bool | None = None
    """The article's body that the page's JSON-LD gives holds the line, or doesn't; None where it gives none."""
    above: tuple[int, ...] = ()
    """Numbers of the nearest block elements around it, innermost (its own) first; siblings share one."""
    element: int = 0
    """Number of the list, table or preformatted text that the line is a part of, the outermost of nested lists; 0
    where it is part of none."""


READ_AS_HTML = "read-as-html"
"""The flag of a text that was markup, and not said to be: the article alone, without a page around it."""


@renamed_fields(given="input_metadata", stated="page_metadata")
@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text as a reader gives it, decoded but not normalised."""

    id: str
    text: str
    source: str = ""
    """Path below the input folder; `path:12` for the twelfth record of a file."""
    digest: str = ""
    """sha256 of the raw bytes (of the file, or of the record: its line, its fields, its block), hexadecimal."""
    url: str | None = None
    input_metadata: Mapping[str, Any] = field(default_factory=dict)
    """Metadata that the input states: a sidecar's or a record's other keys."""
    page_metadata: Mapping[str, Any] = field(default_factory=dict)
    """Metadata that the page's own markup states (JSON-LD, meta tags); counts where the input states nothing."""
    blocks: tuple[Block, ...] = ()
    """For a text made of HTML: what the markup says of each of its lines, blank ones among them."""
    evidence: tuple[Evidence, ...] = ()
    """What the reader says of how the bytes became text: their encoding, where it is not plain UTF-8."""
    flags: tuple[str, ...] = ()
    """What its reader gives to review, such as `read-as-html`; the article has it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMatch:
    """A metadata value as it is written in the text."""

    name: FieldName
    raw: str
    start: int
    end: int
    constant: Any = None
    """A value that the rule states itself (`set:`), in place of the parsed raw text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place that a rule found. Kinds give these; they change nothing."""

    rule: Rule
    start: int
    end: int
    line: int
    """Index of the (first) line in `Lines`."""
    fields: tuple[FieldMatch, ...] = ()
    replacement: str = ""
    swept: bool = False
    """Reached by the rule's cut, not by its own kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change by a rule: `replacement` replaces `text`, which was at [start, end) of the normalised text."""

    start: int
    end: int
    text: str
    label: str
    rule: str
    replacement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place that a rule points at and leaves as it is; of a filter, the document: from 0 to 0."""

    start: int
    end: int
    label: str
    rule: str
    figure: str = ""
    """What a filter measured that would have rejected the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A match that gave way: to another rule's match (`to`), or to a guard. Of a filter, it goes from 0 to 0."""

    start: int
    end: int
    label: str
    rule: str
    to: str = ""
    guard: str = ""
    """`budget`, `document budget`, or `suppressed`."""
    figure: str = ""
    """The guard's figures; of a filter, what it measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a metadata value comes from. A value given by the input has rule `input` and no span.

    Two fields are no metadata: `site` is the line by which a document without a host named its site, and `encoding`
    says which encoding the bytes were read in, with how that was found as its raw text.
    """

    field: str
    raw: str
    value: str
    rule: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What an article says of itself. What isn't there is None (or empty), never guessed."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    """ISO 8601; naive where the text gives no zone; a bare date where it gives no time."""
    agencies: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    image_credits: tuple[str, ...] = ()
    publisher: str | None = None
    paywalled: bool | None = None
    comment_count: int | None = None
    reading_time_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Figures of a cleaned article."""

    language: str | None = None
    """ISO 639-1; None where the text is too short or too mixed to detect it."""
    language_probability: float | None = None
    """None where the input states the language."""
    words: int = 0
    characters: int = 0
    words_removed: int = 0
    removed_share: float = 0.0
    """Words removed / words of the normalised text, 0 to 1."""
    prose_share: float = 0.0
    """Words on lines that end a sentence / words, of the clean text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a document is kept; if not, by which filter and at what figure."""

    kept: bool = True
    filter: str = ""
    figure: str = ""
