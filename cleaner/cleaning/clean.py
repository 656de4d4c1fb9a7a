"""Cleans one document: from its text to an article.

>>> from cleaner.api import default_program
>>> text = "The ferry to the island is late again, the harbour office said on Tuesday.\\nShare this"
>>> article = clean_document(Document(id="a", text=text), default_program())
>>> article.text
'The ferry to the island is late again, the harbour office said on Tuesday.'
>>> [(edit.text, edit.label) for edit in article.edits]
[('Share this', 'share')]
>>> article.original() == text
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cleaner.cleaning.article import Article
from cleaner.cleaning.edits import apply
from cleaner.cleaning.filters import Judgement, apply_filters, measure
from cleaner.cleaning.parts import with_blanks
from cleaner.cleaning.prepare import OpenedDocument, Prepared, open_document, prepare
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds import find_matches
from cleaner.matching.page.story import said_of_the_story
from cleaner.matching.program import Program
from cleaner.matching.resolve import (
    Resolution,
    over_document_budget,
    resolve,
    with_repairs,
    within_rule_budgets,
)
from cleaner.metadata.fields import assemble_metadata, known_agencies
from cleaner.model.document import Document, Edit, Evidence, Loss, Mark, Match, Metadata, Signals

OVER_BUDGET = "over-budget"
"""The flag of an article of which the rules would remove too much, so that they removed nothing."""


def clean_document(document: Document, program: Program) -> Article:
    """Clean one document. The same document and program always give the same article.

    Nothing is removed where no rule matches or an `allow` rule protects the text. If the rules would remove a larger
    share of the words than `Options.budget`, the article keeps its text and has the flag `over-budget`. A document
    that a filter rejects is cleaned, too: the caller must check `article.verdict.kept`.

    Raises PatternError if a pattern of the rules can't be compiled; the rules of a pack that `load_pack` has checked
    can. See the top of this module for an example.
    """
    return clean_prepared(prepare(document), program)


def clean_prepared(prepared: Prepared, program: Program) -> Article:
    """Clean a document that `prepare` has normalised, as `clean_document` does."""
    article, _context = explained(prepared, program, trace=False)
    return article


def explained(prepared: Prepared, program: Program, *, trace: bool = True) -> tuple[Article, MatchContext]:
    """Clean a document; return the article, and the context in which the rules matched.

    With `trace`, the context has the near misses (`misses`) and the points of `article_region` rules (`weighed`).
    """
    found = _find(prepared, program, trace=trace)
    changed = _within_document_budget(_change_text(found, found.resolution.winners), found)
    metadata, evidence = _metadata_of(found)
    judgement = _judge(changed.signals, found)
    article = _article(found, changed, metadata, evidence, judgement)
    return article, found.opened.context


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A document and what the rules of a program find in it."""

    prepared: Prepared
    program: Program
    opened: OpenedDocument
    matches: Sequence[Match]
    """All matches, including those that others override."""
    resolution: Resolution
    """Which of them win, within the budgets of rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChangedText:
    """The text after its edits."""

    text: str
    spacing: str
    edits: tuple[Edit, ...]
    signals: Signals
    marks: Sequence[Match]
    """Repairs that only mark."""
    losses: tuple[Loss, ...]
    over_budget: bool = False


def _find(prepared: Prepared, program: Program, *, trace: bool) -> _Found:
    """Find all matches and decide which of them win."""
    opened = open_document(prepared, program, trace=trace)
    match_set = find_matches(program, opened.context, opened.effective_actions)
    return _Found(
        prepared=prepared,
        program=program,
        opened=opened,
        matches=match_set.matches,
        resolution=within_rule_budgets(resolve(match_set), opened.context.lines),
    )


def _change_text(found: _Found, removals: Sequence[Match]) -> _ChangedText:
    """Apply these removals, and the repairs of line breaks that none of them overlaps."""
    opened, lines, original = found.opened, found.opened.context.lines, found.prepared.text
    repaired = with_repairs(removals, opened.repairs, found.matches, opened.effective_actions)
    edits = tuple(_edit(match, original) for match in with_blanks(repaired.winners, lines))
    text, spacing = apply(original, edits)
    words_of = dict(zip(lines.texts, lines.words, strict=True))
    return _ChangedText(
        text=text,
        spacing=spacing,
        edits=edits,
        signals=measure(text, lines.total_words, found.prepared.language, words_of),
        marks=repaired.marks,
        losses=tuple(repaired.losses),
    )


def _within_document_budget(changed: _ChangedText, found: _Found) -> _ChangedText:
    """Return the changed text; if it would lose too large a share of its words, the text with only its repairs."""
    context = found.opened.context
    over = over_document_budget(
        found.resolution.winners,
        context.lines,
        context.article,
        words_removed=changed.signals.words_removed,
        budget=found.program.options.budget,
    )
    if over is None:
        return changed
    return replace(_change_text(found, ()), losses=(*changed.losses, *over), over_budget=True)


def _edit(match: Match, text: str) -> Edit:
    return Edit(
        start=match.start,
        end=match.end,
        text=text[match.start : match.end],
        label=match.rule.label,
        rule=match.rule.id,
        replacement=match.replacement,
    )


def _metadata_of(found: _Found) -> tuple[Metadata, tuple[Evidence, ...]]:
    """Return the metadata with its evidence. Matches count even if the document's budget stops their removal."""
    document, program, resolution = found.prepared.document, found.program, found.resolution
    marks = _marks_with_fields(resolution.marks, program.options.experimental)
    return assemble_metadata(
        said_of_the_story((*resolution.winners, *marks), found.opened.context),
        language=found.prepared.language.code,
        agencies_known=known_agencies(program.pack.lists),
        given=document.input_metadata,
        stated=document.page_metadata,
        url=document.url,
    )


def _marks_with_fields(marks: Iterable[Match], experimental: bool) -> Iterator[Match]:
    """Yield the marks whose metadata counts: those of experimental rules only if the options enable them."""
    return (m for m in marks if m.rule.action == "mark" and (experimental or m.rule.status != "experimental"))


def _judge(signals: Signals, found: _Found) -> Judgement:
    return apply_filters(
        signals,
        found.program.of_phase.get("document", ()),
        effective_actions=found.opened.effective_actions,
        host=found.opened.context.host,
    )


def _article(
    found: _Found,
    changed: _ChangedText,
    metadata: Metadata,
    evidence: tuple[Evidence, ...],
    judgement: Judgement,
) -> Article:
    document = found.prepared.document
    return Article(
        id=document.id,
        text=changed.text,
        metadata=metadata,
        edits=changed.edits,
        spacing=changed.spacing,
        signals=changed.signals,
        verdict=judgement.verdict,
        marks=(*_marks((*found.resolution.marks, *changed.marks)), *judgement.marks),
        losses=(*found.resolution.losses, *changed.losses, *judgement.losses),
        evidence=(*evidence, *found.opened.site_evidence, *document.evidence),
        flags=(*document.flags, OVER_BUDGET) if changed.over_budget else document.flags,
        source=document.source,
        digest=document.digest,
        url=document.url,
        input_metadata=document.input_metadata,
        page_metadata=document.page_metadata,
        blocks=found.prepared.blocks,
        rules_digest=found.program.pack.digest,
    )


def _marks(matches: Iterable[Match]) -> Iterator[Mark]:
    """Yield marks in order of place."""
    for match in sorted(matches, key=lambda m: (m.start, m.end, m.rule.id)):
        yield Mark(start=match.start, end=match.end, label=match.rule.label, rule=match.rule.id)
