"""What happens to one document, from its text to an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.addresses import slug_words
from cleaner.article import Article
from cleaner.edits import apply
from cleaner.fields import assemble, known_agencies
from cleaner.judge import judge, measure
from cleaner.kinds import find
from cleaner.kinds.breaks import Mended, mend
from cleaner.kinds.page import said_of_the_story
from cleaner.languages import Language, sample, told_or_detected
from cleaner.lexicon import is_no_value
from cleaner.lines import Lines, word_count
from cleaner.model import READ_AS_HTML, Block, Document, Edit, Evidence, Mark, Match
from cleaner.normalise import normalise
from cleaner.program import Program
from cleaner.recordkeys import stated
from cleaner.resolve import lost, resolve, with_repairs, within_budgets
from cleaner.rule import Fate, WholePages
from cleaner.scene import Miss, Scene
from cleaner.sites import host_of, recognised

OVER_BUDGET = "over-budget"
"""The flag of an article that rules would have taken too much of."""
_LEAST_WORDS_FOR_BUDGET = 50  # below this there is no article to protect


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


def clean(document: Document, program: Program) -> Article:
    """Clean one document. Pure: the same document and program give the same article."""
    return clean_prepared(prepare(document), program)


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


def clean_prepared(prepared: Prepared, program: Program) -> Article:
    """Find, resolve, apply, judge."""
    article, _misses = explained(prepared, program, trace=False)
    return article


def explained(prepared: Prepared, program: Program, *, trace: bool = True) -> tuple[Article, tuple[Miss, ...]]:
    """The article and, with `trace`, the rules that came near and what failed."""
    document, text, language = prepared.document, prepared.text, prepared.language
    lines = Lines(text)
    host, named = site_of(document, lines, program)
    fates = program.fates_for(document, host)
    mended = mended_lines(prepared, program, host, fates, lines)
    scene = scene_of(prepared, program, mended.lines, host, trace=trace)
    contest = find(program, scene, fates)
    matches, resolution = contest.matches, resolve(contest)
    total = scene.lines.total_words
    removals, losses = within_budgets(resolution.winners, text, total)
    repaired = with_repairs(removals, mended.repairs, matches, fates)
    losses += repaired.losses
    edits = tuple(_edit(match, text) for match in repaired.winners)
    clean_text, layout = apply(text, edits)
    words_of = dict(zip(scene.lines.texts, scene.lines.words, strict=True))
    signals = measure(clean_text, total, language, words_of)
    flags = document.flags
    share = _share_at_stake(signals.words_removed, total, removals, scene)
    if total >= _LEAST_WORDS_FOR_BUDGET and share > program.options.budget:
        figure = f"{share:.0%} of the words, of at most {program.options.budget:.0%}"
        losses += [lost(match, guard="document budget", figure=figure) for match in removals]
        repaired = with_repairs((), mended.repairs, matches, fates)  # they take nothing away
        edits, flags = tuple(_edit(match, text) for match in repaired.winners), (*flags, OVER_BUDGET)
        clean_text, layout = apply(text, edits)
        signals = measure(clean_text, total, language, words_of)
    metadata, evidence = assemble(
        said_of_the_story((*removals, *_telling(resolution.marks, program.options.experimental)), scene),
        language=language.code,
        agencies_known=known_agencies(program.pack.lists),
        given=document.given,
        stated=document.stated,
        url=document.url,
    )
    judgement = judge(signals, program.of_phase.get("document", ()), fates=fates, host=host)
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
    return article, tuple(scene.misses or ())


def scene_of(prepared: Prepared, program: Program, lines: Lines, host: str | None, *, trace: bool = False) -> Scene:
    """A document as rules meet it. Its titles are those that the input gives, and all forms in its markup."""
    document, language = prepared.document, prepared.language.code
    titles = (*(value for _, value in stated(document.given, "title")), *document.stated.get("titles", ()))
    return Scene(
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


def staged(prepared: Prepared, program: Program) -> tuple[Scene, Mapping[str, Fate]]:
    """The scene of a document as `explained` begins with it, and what each rule's matches come to there."""
    host, _ = site_of(prepared.document, Lines(prepared.text), program)
    fates = program.fates_for(prepared.document, host)
    return scene_of(prepared, program, mended_lines(prepared, program, host, fates).lines, host), fates


def mended_lines(
    prepared: Prepared, program: Program, host: str | None, fates: Mapping[str, Fate], lines: Lines | None = None
) -> Mended:
    """The lines that rules see of a document, whole again where they were broken; those of HTML are whole.

    `lines` are those of its text, where they are at hand.
    """
    lines = lines or Lines(prepared.text)
    if prepared.document.blocks:
        return Mended(lines=lines)
    return mend(program, lines, language=prepared.language.code, host=host, fates=fates)


def _share_at_stake(removed: int, total: int, winners: Iterable[Match], scene: Scene) -> float:
    """What rules removed of the words: of the article's, where structure tells it from the page; else of all but what
    markup tells from it. Most of many a page is menus."""
    text, lines = scene.lines.text, scene.lines
    if scene.article:
        inside = sum(lines.words[i] for i in scene.article)
        return sum(word_count(text[m.start : m.end]) for m in winners if m.line in scene.article) / max(1, inside)
    told = sum(word_count(text[m.start : m.end]) for m in winners if m.rule.element)
    return (removed - told) / max(1, total - told)


def site_of(document: Document, lines: Lines, program: Program) -> tuple[str | None, tuple[Evidence, ...]]:
    """The document's host: its URL's, else the one whose `known_by` the text holds, with that line as evidence."""
    if host := host_of(document.url):
        return host, ()
    if not (known := recognised(lines, program.pack.known_by)):
        return None, ()
    i, host = known.line, known.host
    line = Evidence(
        field="site", raw=lines.texts[i], value=host, rule="known_by", start=lines.starts[i], end=lines.end(i)
    )
    return host, (line,)


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
