"""The rule language as frozen types, and its vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, NamedTuple, get_args

from cleaner.model.renamed import renamed_fields

Label = Literal[
    "title", "section", "byline", "dateline", "agency", "reading_time", "caption", "ad", "paywall", "share",
    "newsletter", "related", "comments", "navigation", "legal", "about", "page", "repair", "residue", "quality",
]  # fmt: skip
LABELS: tuple[Label, ...] = get_args(Label)

Action = Literal["drop", "mark", "allow"]
EffectiveAction = Literal["drop", "mark", "allow", "suppress"]
"""What a rule's matches come to in a document: its action, `mark` while it is experimental, or nothing."""
WholePages = Literal["auto", "always", "never"]
Status = Literal["experimental", "stable", "deprecated"]
Zone = Literal["head", "body", "tail"]
Damage = Literal["tags", "wrapped", "hyphen", "page"]
"""Why a line arrived in pieces: broken at each tag, wrapped at a width, a word split, a page number between."""
FieldName = Literal[
    "title", "authors", "published", "agencies", "contributors", "sections", "captions", "image_credits",
    "publisher", "paywalled", "comment_count", "reading_time_minutes",
]  # fmt: skip
FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)

# ---------------------------------------------------------------------------------------------------
# Rules, as a rule file writes them. Field docstrings become the descriptions of the JSON Schema.
# Without slots: each command loads a pack of ten thousand of them, and what is frozen and has slots sets its
# fields one by one, in Python, which takes twice as long.


@renamed_fields(furniture="labelled_lines")
@dataclass(frozen=True, kw_only=True)
class Where:
    """Conditions on the place a rule looks at; all that are given must hold."""

    zone: tuple[Zone, ...] = ()
    """The line is in one of these zones; the zones overlap in a text without prose."""
    above: tuple[Label, ...] = ()
    """The nearest line above that is not blank carries one of these labels."""
    below: tuple[Label, ...] = ()
    """The nearest line below that is not blank carries one of these labels."""
    within: int = 2
    """How many line breaks `above` and `below` may span (1: the very next line; 2: one blank line between)."""
    min_words: int | None = None
    """The line holds at least this many words."""
    max_words: int | None = None
    """The line holds at most this many words."""
    ends_sentence: bool | None = None
    """The line ends with a sentence mark (a closing quote or bracket may follow it), or does not."""
    finite_verb: bool | None = None
    """The line holds a word of the language's `finite_verbs` list, or does not."""
    quotation: bool | None = None
    """The line holds a quotation mark pair or a word of the `attribution_verbs` list, or does not."""
    blank_above: bool | None = None
    """A blank line (or the start of the text) is directly above, or is not."""
    blank_below: bool | None = None
    """A blank line (or the end of the text) is directly below, or is not."""
    first: bool | None = None
    """It is the first line of the text that is not blank, or is not."""
    last: bool | None = None
    """It is the last line of the text that is not blank, or is not."""
    shares_words: int | None = None
    """The line has at least this many content words in common with its labelled neighbour."""
    names_publisher: bool | None = None
    """The line names the publisher that a legal line nearby names, or does not."""
    repeats_title: bool | None = None
    """The line holds the document's title, or does not."""
    labelled_lines: int | None = None
    """At least this many lines of the document have been labelled by other rules."""
    document_words: int | None = None
    """The document holds at least this many words."""
    tag: tuple[str, ...] = ()
    """The line is one of these block elements: `p`, `h2`, `li`. It is none in a text that was no HTML."""
    inside: tuple[str, ...] = ()
    """The line is inside one of these elements: `nav`, `figure`, `aside`, `hidden`."""
    names: tuple[str, ...] = ()
    """One of these words is in the class or id of its element or of one near above it."""
    min_links: float | None = None
    """At least this share of the line's characters are links, 0 to 1."""
    prose_within: int | None = None
    """The first long line of prose is at most this many lines below."""


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A line next to a labelled one. `above` and `below` name the labels on either side; both may be asked for."""

    above: tuple[Label, ...] = ()
    """The nearest line above carries one of these labels."""
    below: tuple[Label, ...] = ()
    """The nearest line below carries one of these labels."""


@dataclass(frozen=True, kw_only=True)
class DuplicateLine:
    """A later copy of a line, folded for case, space, quotes and end mark."""

    of: tuple[Label, ...]
    """The labels of the lines whose later (or earlier) copies are repeats."""


Clue = Literal[
    "address", "other_address", "stated", "repeated_in_story", "repeated_below", "prose_below", "alone", "signed",
    "page_title", "held", "copied", "doubled", "deck_below", "more_than_next", "runs_on", "bullet", "colon", "open_end",
    "cut_off", "small_letter", "full_stop", "exclamation", "two_sentences", "quoted", "names", "deck", "inside", "long",
    "lengthy", "two_words", "few_words",
]  # fmt: skip
HeadingOf = Literal["page", "article"]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The line above a page's story that most speaks for being its headline, or the first line of an article alone."""

    weights: Mapping[Clue, float]
    """What each clue weighs; below 0 it speaks against the line. A clue that is not named weighs nothing."""
    least: float
    """Below this sum of weights no line is taken."""
    of: HeadingOf = "page"
    """`page`: one of the lines around the start of a whole page's story. `article`: the first line of any other text
    that no other rule has labelled."""


@dataclass(frozen=True, kw_only=True)
class Join:
    """A line broken in mid-sentence: the break between the two lines becomes a blank."""

    after: str
    """What the first line ends with: a pattern, tied to the line's end."""
    before: str
    """What the second line begins with: a pattern, tied to the line's start."""


@dataclass(frozen=True, kw_only=True)
class ArticleRegion:
    """The article's own region in the text of a whole page: every line outside it goes.

    Lines are weighed by scorecards: named lists of clauses such as `words < 4 => -0.20 | +0.10`.
    """

    of: Literal["text", "markup"]
    """For pages that came as plain text, or for those whose markup is known."""
    points: str
    """The list whose clauses weigh each line: above `least`, it is the article's."""
    whole: str
    """The list whose clauses weigh the text: above `sure`, it is a whole page. Others are left alone."""
    sure: float = 0.0
    """How many points a text has at least that is taken for a whole page."""
    least: float = 0.0
    """How many points a line of the article has at least."""
    change: float = 0.5
    """What each change between article and boilerplate costs, in points; it keeps lines with their neighbours."""


@dataclass(frozen=True, kw_only=True)
class Residue:
    """Single lines that a scraper left in an article, found by a scorecard; not in whole pages."""

    points: str
    """The list whose clauses weigh each line: from `least`, it is residue."""
    least: float
    """How many points a line has at least. `cleaner rules fit --pieces` gives the number for a precision of 98%."""
    below: float | None = None
    """Lines of so many points or more are left to another rule."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A document filter: outside these bounds the document is rejected, with its figure."""

    fact: Literal["words", "characters", "removed_share", "language_probability", "prose_share"]
    """What is measured, on the clean text."""
    min: float | None = None
    """Reject below this."""
    max: float | None = None
    """Reject above this."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A sweep from the matched line over the lines that follow (or, for `start`, stand before)."""

    to: Literal["end", "start", "prose"]
    """`end`, `start`: the whole tail or head. `prose`: up to the next line that reads as prose."""
    max_words: int = 400
    """The cut is not made where it would sweep more words than this."""
    max_share: float = 0.3
    """The cut is not made where it would sweep more than this share of the document's words."""
    line_words: int = 20
    """For `prose`: a line longer than this, or one that ends a sentence, is prose and stops the cut."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much one rule may remove from one document; past it the rule's pieces there are all left in place."""

    words: int | None = None
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Example:
    """A text that a rule removes, and the metadata it gives.

    `⟦…⟧` marks the pieces that go; without marks, a whole line (or the one match) goes. A line `label> text`
    means a line that another rule has labelled; a line `...`, a long paragraph of prose; a line
    `<aside.related li> text`, a line in these elements of a page, where `a` means that all of it is links.
    """

    text: str
    gives: Mapping[str, Any] = field(default_factory=dict)
    """Metadata fields that the rule must have filled, with their parsed values."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a rule is written; line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1


@renamed_fields(layout="line_breaks", repeat="duplicate_line", signature="byline_block", structure="article_region")
@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, of exactly one kind.

    The kinds are line, pattern, inline, neighbour, duplicate_line, heading, headline, byline_block, join,
    line_breaks, element, article_region, residue and document.
    """

    id: str
    """`topic/slug`, stable, never used again for another meaning."""
    label: Label
    """What the removed text was."""
    why: str
    """One line: what is true of the trade, the language or the site that makes this right."""

    line: tuple[str, ...] = ()
    """Kind: whole-line phrases, folded for case, space, quotes and end mark."""
    pattern: str | None = None
    """Kind: an RE2 pattern that the whole line matches. `{name}` is replaced by a named list."""
    inline: str | None = None
    """Kind: an RE2 pattern found inside a line; only the match is removed."""
    neighbour: Neighbour | None = None
    """Kind: the line beside a labelled line."""
    duplicate_line: DuplicateLine | None = None
    """Kind: a further copy of a labelled line."""
    heading: Heading | None = None
    """Kind: the line above the story of a whole page, or the first of an article, that speaks for being its title."""
    byline_block: Literal["authors", "published"] | None = None
    """Kind: a line around the headline of a whole page that is nothing but names, or nothing but a date."""
    headline: bool = False
    """Kind: the first line of the head that nothing else has labelled, as the title."""
    join: Join | None = None
    """Kind: a repair that joins a broken line."""
    element: tuple[str, ...] = ()
    """Kind: elements of HTML: `nav`, `aside.related`, `.comment-list`; every line that is one or is inside one."""
    article_region: ArticleRegion | None = None
    """Kind: all lines around the article of a whole page, found by weights over facts of its lines."""
    residue: Residue | None = None
    """Kind: lines of an article that a scorecard takes for remains of the page, where a labelled line is near."""
    line_breaks: Damage | None = None
    """Kind: a repair of broken lines in a text that as a whole is broken so, before any rule looks at a line."""
    document: Filter | None = None
    """Kind: a filter on the whole document."""

    action: Action = "drop"
    """`drop` removes; `mark` takes metadata or counts, and leaves the text; `allow` protects it from other rules."""
    replace: str | None = None
    """Put this in place of what is removed (inline rules)."""
    cut: Cut | None = None
    """Also remove the lines that follow."""
    takes: FieldName | None = None
    """For `element`: the metadata field that the line's text fills."""
    set: Mapping[FieldName, Any] = field(default_factory=dict)
    """Metadata that a match implies; the named groups of a pattern fill the fields they are named for."""
    allows: tuple[str, ...] = ()
    """For `allow`: the rule ids or labels it protects from; empty for all."""

    language: tuple[str, ...] = ()
    """ISO 639-1 codes of the document languages it is for; empty for all."""
    site: tuple[str, ...] = ()
    """Hosts: `example.com`, `.example.com` with its subdomains, `~example.com` all but this one."""
    where: Where = field(default_factory=Where)
    """Conditions on the place."""
    unless: tuple[str, ...] = ()
    """Patterns: where one is found in the line, the rule does not apply."""
    unit: Literal["line", "sentence"] | None = None
    """For `line` and `pattern`: what the rule must match all of. `line`: only a whole line. `sentence`: also a sentence
    within a longer line, however short. Not set: a line, or a sentence of three words or more within a longer line."""
    important: bool = False
    """Wins over an `allow` that is not itself important."""
    budget: Budget | None = None
    """How much it may remove from one document."""

    literals: tuple[str, ...] = ()
    """Look the rule up by these (any of them) in place of the ones found in its pattern."""
    everywhere: str | None = None
    """Why a pattern without a literal is worth running on every line."""

    removes: tuple[Example, ...] = ()
    """Texts that it removes: at least one."""
    keeps: tuple[str, ...] = ()
    """Texts that it must not touch: at least one."""
    status: Status = "stable"
    """`experimental` rules are counted and remove only where asked for; `deprecated` ones are not used."""
    replaced_by: str | None = None
    """The id of a deprecated rule's successor."""
    origin: Origin = Origin(path="")

    def __hash__(self) -> int:
        """By id, which no two rules of a pack share; the mappings in a rule have no hash."""
        return hash(self.id)


@dataclass(frozen=True, kw_only=True)
class RulePack:
    """All rules of a folder, in order of id, with their named lists."""

    rules: tuple[Rule, ...]
    lists: Mapping[str, tuple[str, ...]]
    digest: str
    """sha256 over what can change a result: not over `why`, examples or places."""
    site_phrases: Mapping[str, str] = field(default_factory=dict)
    """Phrases that a text names its site by, in the form of `cleaner.metadata.sites.known_key` → the site's host."""
    old_keys: tuple[str, ...] = field(default=(), compare=False)
    """A message for each deprecated key of the files, with its place: `path:line:column: …`."""
    literals: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)
    """By rule id, what `CompiledRule.literals` would work out; kept with the pack, as it costs more than the rest."""
    prefilters: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """By rule id, what `CompiledRule.prefilter` would work out."""

    def __hash__(self) -> int:
        return hash(self.digest)


class Facts(NamedTuple):
    """What is worked out about a rule that is sound, from it and the lists that it names."""

    digest: str
    literals: frozenset[str]
    prefilter: Any


@dataclass(frozen=True, kw_only=True)
class RuleFile:
    """What a rule file says, in a form that can be kept between runs."""

    rules: tuple[Rule, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    site_phrases: tuple[tuple[str, str, tuple[int, int]], ...] = ()
    """Phrases that name its site, as in `RulePack.site_phrases`, each with the host, and its line and column."""
    facts: tuple[Facts, ...] = ()
    """Of each of its rules, in order; none before they are checked."""
    old_keys: tuple[tuple[str, tuple[int, int]], ...] = ()
    """A message for each deprecated key, with its line and column."""
    asked: Mapping[str, str | None] = field(default_factory=dict)
    """The lists, of any file, that the facts come from → their digests, None where there was none of the name."""


# Two packs that differ in what a result can't depend on have one digest.
_NO_EFFECT = frozenset({"why", "removes", "keeps", "origin", "replaced_by"})


_EFFECTS = tuple(f.name for f in fields(Rule) if f.name not in _NO_EFFECT)


def rule_digest(rule: Rule) -> str:
    """sha256 of what a rule does; its examples, reasons and place don't count."""
    does = [getattr(rule, name) for name in _EFFECTS]
    return hashlib.sha256(repr([sorted(x.items()) if isinstance(x, dict) else x for x in does]).encode()).hexdigest()
