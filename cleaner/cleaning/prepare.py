"""Prepares a document for the rules: `prepare` does what no rule can change, `open_document` what depends on the rules.

    >>> from cleaner.api import default_program
    >>> prepared = prepare(Document(id="a", text="The ferry is late.\\r\\nShare this"))
    >>> prepared.text
    'The ferry is late.\\nShare this'
    >>> opened = open_document(prepared, default_program())
    >>> opened.context.lines.texts
    ['The ferry is late.', 'Share this']
    >>> opened.context.host is None  # no address, and no line that names a site
    True

Nothing is removed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.cleaning.article import Article
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.line_breaks import Mended, mend
from cleaner.matching.program import Program
from cleaner.matching.units import with_units
from cleaner.metadata.record_keys import stated
from cleaner.metadata.sites import host_of, recognised
from cleaner.metadata.url import slug_words
from cleaner.metadata.values import is_no_value, repaired
from cleaner.model.document import READ_AS_HTML, Block, Document, Evidence, Match
from cleaner.model.rule import EffectiveAction, WholePages
from cleaner.text.language import Language, sample, stated_or_detected
from cleaner.text.lines import Lines
from cleaner.text.normalise import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document with its normalised text and its language: what does not depend on the rules and can be cached."""

    document: Document
    text: str
    """Normalised."""
    language: Language
    cleaned: Article | None = None
    """The result of an earlier cleaning with the rules of its `rules_digest`, if a dataset has it. Only its edits,
    marks, metadata, verdict and flags are set."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The markup of each line, blank lines included; empty if the document has none or its lines have changed."""
        blocks = self.document.blocks
        return blocks if len(blocks) == self.text.count("\n") + 1 else ()


def prepare(document: Document) -> Prepared:
    """Normalise the text and determine its language. No rule is needed for this.

    The language that the input states (`language`, `lang`) is used unless the text is in another script. The
    language that the markup states is used only if the detector finds none: templates often state a wrong one.
    """
    text = normalise(document.text)
    part = sample(text)
    language = stated_or_detected(_languages(document.input_metadata), part)
    if language.code is None and document.page_metadata:
        language = stated_or_detected(_languages(document.page_metadata), part)
    return Prepared(document=document, text=text, language=language)


def _languages(metadata: Mapping[str, Any]) -> Iterator[Any]:
    """The stated languages. `na` is skipped: it means "no value" more often than Nauruan."""
    return (value for _, value in stated(metadata, "language") if not is_no_value(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDocument:
    """A document in the form that the finders of matches take, and how it came to that form."""

    context: MatchContext
    """Its lines are those with repaired line breaks; its offsets are those of the normalised text."""
    repairs: tuple[Match, ...]
    """Repaired line breaks, in order of start."""
    site_evidence: tuple[Evidence, ...]
    """The line that names the site, if the address of the document does not."""
    effective_actions: Mapping[str, EffectiveAction]
    """What a match of each rule does in this document, by rule id."""


def open_document(prepared: Prepared, program: Program, *, trace: bool = False) -> OpenedDocument:
    """Determine the site, repair the line breaks, and make the match context. With `trace`, near misses are recorded.

    Line breaks of HTML are not repaired: the markup says where its lines end. No site is found if the document has
    no address and no line holds one of the `site_phrases` of the rules.
    """
    lines = Lines(prepared.text)
    host, site_evidence = site_of(prepared.document, lines, program)
    effective_actions = program.effective_actions_for(prepared.document, host)
    mended = mended_lines(prepared, program, host, effective_actions, lines)
    lines = units_of(prepared, program, host, mended.lines)
    return OpenedDocument(
        context=context_of(prepared, program, lines, host, trace=trace),
        repairs=mended.repairs,
        site_evidence=site_evidence,
        effective_actions=effective_actions,
    )


def site_of(document: Document, lines: Lines, program: Program) -> tuple[str | None, tuple[Evidence, ...]]:
    """The host of the document's address; else the host whose `site_phrases` are in the text, and that line."""
    if host := host_of(document.url):
        return host, ()
    if not (known := recognised(lines, program.pack.site_phrases)):
        return None, ()
    i, host = known.line, known.host
    line = Evidence(
        field="site", raw=lines.texts[i], value=host, rule="known_by", start=lines.starts[i], end=lines.end(i)
    )
    return host, (line,)


def mended_lines(
    prepared: Prepared,
    program: Program,
    host: str | None,
    effective_actions: Mapping[str, EffectiveAction],
    lines: Lines | None = None,
) -> Mended:
    """The lines of a document with repaired line breaks; those of HTML as they are.

    `lines` are the lines of `prepared.text`, if the caller has them.
    """
    lines = lines or Lines(prepared.text)
    if prepared.document.blocks:
        return Mended(lines=lines)
    return mend(program, lines, language=prepared.language.code, host=host, effective_actions=effective_actions)


def units_of(prepared: Prepared, program: Program, host: str | None, lines: Lines) -> Lines:
    """The lines with the sentences that rules match as lines of their own; those of HTML as they are."""
    if prepared.document.blocks:
        return lines
    return with_units(program, lines, language=prepared.language.code, host=host)


def context_of(
    prepared: Prepared, program: Program, lines: Lines, host: str | None, *, trace: bool = False
) -> MatchContext:
    """The match context of a document whose lines and host are known; `open_document` determines them, too.

    Its titles are those that the input states and all that the markup states.
    """
    document, language = prepared.document, prepared.language.code
    titles = (
        *(value for _, value in stated(document.input_metadata, "title")),
        *document.page_metadata.get("titles", ()),
    )
    return MatchContext(
        lines,
        language=language,
        host=host,
        slug=slug_words(document.url),
        titles=(repaired(title) for title in titles if isinstance(title, str) and not is_no_value(title)),
        words=program.words_of(language),
        blocks=prepared.blocks,
        url=document.url,
        whole_pages=_whole_pages(document, program),
        trace=trace,
    )


def _whole_pages(document: Document, program: Program) -> WholePages:
    """The option for this document. With `auto`, text that was read out of HTML is not taken for a whole page."""
    chosen = program.options.whole_pages
    return "never" if chosen == "auto" and READ_AS_HTML in document.flags else chosen
