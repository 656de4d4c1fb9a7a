"""What happens to one document, from its text to an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaner.article import Article
from cleaner.edits import apply
from cleaner.fields import assemble, known_agencies
from cleaner.judge import judge, measure
from cleaner.kinds import find
from cleaner.kinds.breaks import Mended, mend
from cleaner.languages import Language, detect, sample
from cleaner.lines import Lines
from cleaner.model import Document, Edit, Fate, Mark, Match
from cleaner.normalise import normalise
from cleaner.program import Program
from cleaner.resolve import lost, resolve, with_repairs, within_budgets
from cleaner.scene import Miss, Scene

_LEAST_WORDS_FOR_BUDGET = 50  # below this there is no article to protect


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What of a document does not depend on the rules; worth keeping by content."""

    document: Document
    text: str
    """Normalised."""
    language: Language


def clean(document: Document, program: Program) -> Article:
    """Clean one document. Pure: the same document and program give the same article."""
    return clean_prepared(prepare(document), program)


def prepare(document: Document) -> Prepared:
    """The part that no rule can change: normalising and the language."""
    text = normalise(document.text)
    return Prepared(document=document, text=text, language=detect(sample(Lines(text))))


def clean_prepared(prepared: Prepared, program: Program) -> Article:
    """Find, resolve, apply, judge."""
    article, _misses = explained(prepared, program, trace=False)
    return article


def explained(prepared: Prepared, program: Program, *, trace: bool = True) -> tuple[Article, tuple[Miss, ...]]:
    """The article and, with `trace`, the rules that came near and what failed."""
    document, text, language = prepared.document, prepared.text, prepared.language
    given_title, host = document.given.get("title"), host_of(document.url)
    fates = program.fates_for(document, host)
    mended = mended_lines(prepared, program, fates)
    scene = Scene(
        mended.lines,
        language=language.code,
        host=host,
        title=given_title if isinstance(given_title, str) else None,
        words=program.words_of(language.code),
        trace=trace,
    )
    matches = find(program, scene, fates)
    resolution = resolve(matches, fates)
    total = scene.lines.total_words
    removals, losses = within_budgets(resolution.winners, text, total)
    repaired = with_repairs(removals, mended.repairs, matches, fates)
    losses += repaired.losses
    edits = tuple(_edit(match, text) for match in repaired.winners)
    clean_text, layout = apply(text, edits)
    signals = measure(clean_text, total, language)
    flags: tuple[str, ...] = ()
    if total >= _LEAST_WORDS_FOR_BUDGET and signals.removed_share > program.options.budget:
        figure = f"{signals.removed_share:.0%} of the words, of at most {program.options.budget:.0%}"
        losses += [lost(match, guard="document budget", figure=figure) for match in removals]
        repaired = with_repairs((), mended.repairs, matches, fates)  # they take nothing away
        edits, flags = tuple(_edit(match, text) for match in repaired.winners), ("over-budget",)
        clean_text, layout = apply(text, edits)
        signals = measure(clean_text, total, language)
    metadata, evidence = assemble(
        (
            (found, match.rule.id)
            for match in (*removals, *_telling(resolution.marks, program.options.experimental))
            for found in match.fields
        ),
        language=language.code,
        agencies_known=known_agencies(program.pack.lists),
        given=document.given,
    )
    article = Article(
        id=document.id,
        text=clean_text,
        metadata=metadata,
        edits=edits,
        layout=layout,
        signals=signals,
        verdict=judge(signals, program.of_phase.get("document", ()), fates=fates, host=host),
        marks=tuple(
            Mark(start=m.start, end=m.end, label=m.rule.label, rule=m.rule.id)
            for m in sorted((*resolution.marks, *repaired.marks), key=lambda m: (m.start, m.end, m.rule.id))
        ),
        losses=(*resolution.losses, *losses),
        evidence=evidence,
        flags=flags,
        source=document.source,
        digest=document.digest,
        url=document.url,
        given=document.given,
        rules_digest=program.pack.digest,
    )
    return article, tuple(scene.misses or ())


def mended_lines(prepared: Prepared, program: Program, fates: Mapping[str, Fate] | None = None) -> Mended:
    """The lines that rules see of a document, whole again where they were broken; those of a page are whole."""
    document, host = prepared.document, host_of(prepared.document.url)
    if document.blocks:
        return Mended(lines=Lines(prepared.text))
    fates = fates or program.fates_for(document, host)
    return mend(program, prepared.text, language=prepared.language.code, host=host, fates=fates)


def host_of(url: str | None) -> str | None:
    """The host of a URL, without `www.`; None where it has none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


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
