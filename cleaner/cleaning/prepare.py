"""What happens to a document before any rule looks at it: normalise, detect the language, mend lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.cleaning.article import Article
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds.line_breaks import Mended, mend
from cleaner.matching.program import Program
from cleaner.metadata.record_keys import stated
from cleaner.metadata.sites import host_of, recognised
from cleaner.metadata.url import slug_words
from cleaner.metadata.values import is_no_value
from cleaner.model.document import READ_AS_HTML, Block, Document, Evidence
from cleaner.model.rule import EffectiveAction, WholePages
from cleaner.text.language import Language, sample, told_or_detected
from cleaner.text.lines import Lines
from cleaner.text.normalise import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What of a document does not depend on the rules; worth keeping by content."""

    document: Document
    text: str
    """Normalised."""
    language: Language
    cleaned: Article | None = None
    """What the rules of its `rules_digest` have made of it before, where a dataset tells: as far as edits, marks,
    metadata, verdict and flags go."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What markup says of each line; nothing where it isn't told of these very lines."""
        blocks = self.document.blocks
        return blocks if len(blocks) == self.text.count("\n") + 1 else ()


def prepare(document: Document) -> Prepared:
    """The part that no rule can change: normalising and the language.

    A language that the input states (`language`, `lang`) is believed, unless the text is in other letters. What a
    page's markup states is asked only where the detector can't tell: templates seldom know what is written in them.
    """
    text = normalise(document.text)
    part = sample(text)
    language = told_or_detected(_languages(document.given), part)
    if language.code is None and document.stated:
        language = told_or_detected(_languages(document.stated), part)
    return Prepared(document=document, text=text, language=language)


def _languages(said: Mapping[str, Any]) -> Iterator[Any]:
    """What is said of the language; `na` is more often no value than Nauruan."""
    return (value for _, value in stated(said, "language") if not is_no_value(value))


def context_of(
    prepared: Prepared, program: Program, lines: Lines, host: str | None, *, trace: bool = False
) -> MatchContext:
    """A document as rules meet it. Its titles are those that the input gives, and all forms in its markup."""
    document, language = prepared.document, prepared.language.code
    titles = (*(value for _, value in stated(document.given, "title")), *document.stated.get("titles", ()))
    return MatchContext(
        lines,
        language=language,
        host=host,
        slug=slug_words(document.url),
        titles=(title for title in titles if isinstance(title, str) and not is_no_value(title)),
        words=program.words_of(language),
        blocks=prepared.blocks,
        url=document.url,
        whole_pages=_whole_pages(document, program),
        trace=trace,
    )


def _whole_pages(document: Document, program: Program) -> WholePages:
    """The option in force; what was a part of a page is no whole one by itself."""
    chosen = program.options.whole_pages
    return "never" if chosen == "auto" and READ_AS_HTML in document.flags else chosen


def staged(prepared: Prepared, program: Program) -> tuple[MatchContext, Mapping[str, EffectiveAction]]:
    """The scene of a document as `explained` begins with it, and what each rule's matches come to there."""
    host, _ = site_of(prepared.document, Lines(prepared.text), program)
    effective_actions = program.effective_actions_for(prepared.document, host)
    return context_of(
        prepared, program, mended_lines(prepared, program, host, effective_actions).lines, host
    ), effective_actions


def mended_lines(
    prepared: Prepared,
    program: Program,
    host: str | None,
    effective_actions: Mapping[str, EffectiveAction],
    lines: Lines | None = None,
) -> Mended:
    """The lines that rules see of a document, whole again where they were broken; those of HTML are whole.

    `lines` are those of its text, where they are at hand.
    """
    lines = lines or Lines(prepared.text)
    if prepared.document.blocks:
        return Mended(lines=lines)
    return mend(program, lines, language=prepared.language.code, host=host, effective_actions=effective_actions)


def site_of(document: Document, lines: Lines, program: Program) -> tuple[str | None, tuple[Evidence, ...]]:
    """The document's host: its URL's, else the one whose `site_phrases` the text holds, with that line as evidence."""
    if host := host_of(document.url):
        return host, ()
    if not (known := recognised(lines, program.pack.site_phrases)):
        return None, ()
    i, host = known.line, known.host
    line = Evidence(
        field="site", raw=lines.texts[i], value=host, rule="known_by", start=lines.starts[i], end=lines.end(i)
    )
    return host, (line,)
