"""What happens to one document, from its text to an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.cleaning.article import Article
from cleaner.cleaning.edits import apply
from cleaner.cleaning.filters import apply_filters, measure
from cleaner.cleaning.prepare import Prepared, context_of, mended_lines, prepare, site_of
from cleaner.matching.context import MatchContext, Miss
from cleaner.matching.kinds import find_matches
from cleaner.matching.page.story import said_of_the_story
from cleaner.matching.program import Program
from cleaner.matching.resolve import loss_of, resolve, with_repairs, within_budgets
from cleaner.metadata.fields import assemble_metadata, known_agencies
from cleaner.model.document import Document, Edit, Mark, Match
from cleaner.text.lines import Lines, word_count

OVER_BUDGET = "over-budget"
"""The flag of an article that rules would have taken too much of."""
_LEAST_WORDS_FOR_BUDGET = 50  # below this there is no article to protect


def clean_document(document: Document, program: Program) -> Article:
    """Clean one document. Pure: the same document and program give the same article."""
    return clean_prepared(prepare(document), program)


def clean_prepared(prepared: Prepared, program: Program) -> Article:
    """Find, resolve, apply, judge."""
    article, _misses = explained(prepared, program, trace=False)
    return article


def explained(prepared: Prepared, program: Program, *, trace: bool = True) -> tuple[Article, tuple[Miss, ...]]:
    """The article and, with `trace`, the rules that came near and what failed."""
    document, text, language = prepared.document, prepared.text, prepared.language
    lines = Lines(text)
    host, named = site_of(document, lines, program)
    effective_actions = program.effective_actions_for(document, host)
    mended = mended_lines(prepared, program, host, effective_actions, lines)
    context = context_of(prepared, program, mended.lines, host, trace=trace)
    match_set = find_matches(program, context, effective_actions)
    matches, resolution = match_set.matches, resolve(match_set)
    total = context.lines.total_words
    removals, losses = within_budgets(resolution.winners, text, total)
    repaired = with_repairs(removals, mended.repairs, matches, effective_actions)
    losses += repaired.losses
    edits = tuple(_edit(match, text) for match in repaired.winners)
    clean_text, layout = apply(text, edits)
    words_of = dict(zip(context.lines.texts, context.lines.words, strict=True))
    signals = measure(clean_text, total, language, words_of)
    flags = document.flags
    share = _share_at_stake(signals.words_removed, total, removals, context)
    if total >= _LEAST_WORDS_FOR_BUDGET and share > program.options.budget:
        figure = f"{share:.0%} of the words, of at most {program.options.budget:.0%}"
        losses += [loss_of(match, guard="document budget", figure=figure) for match in removals]
        repaired = with_repairs((), mended.repairs, matches, effective_actions)  # they take nothing away
        edits, flags = tuple(_edit(match, text) for match in repaired.winners), (*flags, OVER_BUDGET)
        clean_text, layout = apply(text, edits)
        signals = measure(clean_text, total, language, words_of)
    metadata, evidence = assemble_metadata(
        said_of_the_story((*removals, *_telling(resolution.marks, program.options.experimental)), context),
        language=language.code,
        agencies_known=known_agencies(program.pack.lists),
        given=document.given,
        stated=document.stated,
        url=document.url,
    )
    judgement = apply_filters(
        signals, program.of_phase.get("document", ()), effective_actions=effective_actions, host=host
    )
    marks = (
        Mark(start=m.start, end=m.end, label=m.rule.label, rule=m.rule.id)
        for m in sorted((*resolution.marks, *repaired.marks), key=lambda m: (m.start, m.end, m.rule.id))
    )
    article = Article(
        id=document.id,
        text=clean_text,
        metadata=metadata,
        edits=edits,
        layout=layout,
        signals=signals,
        verdict=judgement.verdict,
        marks=(*marks, *judgement.marks),
        losses=(*resolution.losses, *losses, *judgement.losses),
        evidence=(*evidence, *named, *document.evidence),
        flags=flags,
        source=document.source,
        digest=document.digest,
        url=document.url,
        given=document.given,
        stated=document.stated,
        blocks=prepared.blocks,
        rules_digest=program.pack.digest,
    )
    return article, tuple(context.misses or ())


def _share_at_stake(removed: int, total: int, winners: Iterable[Match], context: MatchContext) -> float:
    """What rules removed of the words: of the article's, where structure tells it from the page; else of all but what
    markup tells from it. Most of many a page is menus."""
    text, lines = context.lines.text, context.lines
    if context.article:
        inside = sum(lines.words[i] for i in context.article)
        return sum(word_count(text[m.start : m.end]) for m in winners if m.line in context.article) / max(1, inside)
    told = sum(word_count(text[m.start : m.end]) for m in winners if m.rule.element)
    return (removed - told) / max(1, total - told)


def _edit(match: Match, text: str) -> Edit:
    return Edit(
        start=match.start,
        end=match.end,
        text=text[match.start : match.end],
        label=match.rule.label,
        rule=match.rule.id,
        replacement=match.replacement,
    )


def _telling(marks: Iterable[Match], experimental: bool) -> Iterator[Match]:
    """The marks that tell metadata; those of an experimental rule only count, unless it was asked for."""
    return (m for m in marks if m.rule.action == "mark" and (experimental or m.rule.status != "experimental"))
