"""Fits article region rules to pages whose article is known, and measures them on sites that the fit did not see."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from cleaner.authoring.fit.align import article_lines_of
from cleaner.authoring.fit.overlap import Overlap, overlap
from cleaner.authoring.fit.trees import Asked, clauses_of, grow
from cleaner.cleaning.prepare import open_document, prepare
from cleaner.errors import InputError
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds import find_matches
from cleaner.matching.page.article_region import LINE_KINDS, article_on, line_points, page_lines_of, wholeness
from cleaner.matching.page.line_facts import MEASURES, NEIGHBOURS, TEXT_FACTS
from cleaner.matching.page.markup_facts import MARKUP_KINDS, MARKUP_MEASURES, MARKUP_NEIGHBOURS
from cleaner.matching.page.page_facts import WHOLENESS, value_of_text
from cleaner.matching.page.page_lines import PageLines
from cleaner.matching.page.scorecard import Clause, Scorecard
from cleaner.matching.program import Program, compile_program
from cleaner.metadata.sites import host_of
from cleaner.model.document import Document
from cleaner.model.rule import RulePack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from publicsuffixlist import PublicSuffixList

    Column = NDArray[np.float64]

FOLDS = 5
_ROUNDS = {"text": 500, "markup": 400}
_RATE = 0.2
_WHOLE_ROUNDS = 80
_WHOLE_RATE = 0.1
_DOUBT = 4.0  # weight of a mistake on an article, relative to one on a page
_EVERY_LINE = 2.0  # added to the words of a line to give its weight
_EVERY_ARTICLE = 50.0  # words, so that very short articles don't outweigh all others

Of = Literal["text", "markup"]
OnProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPage:
    """A page, and the text of the article on it."""

    document: Document
    golds: tuple[str, ...]
    """The article's text; several where parts of it may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The result of a fit."""

    points: tuple[Clause, ...]
    whole: tuple[Clause, ...]
    seen: Overlap
    """Scores on the pages without article region rules."""
    unseen: Overlap
    """Scores on sites that the fit had not seen."""
    pages: int
    sites: int


@dataclass(slots=True)
class _Measured:
    page: PageLines
    site: str
    golds: tuple[str, ...]
    article: Sequence[bool]
    columns: Column
    wholeness: Column


def fit(
    examples: Iterable[TrainingPage],
    articles: Iterable[Document],
    pack: RulePack,
    *,
    of: Of,
    change: float,
    report: OnProgress = lambda _line: None,
) -> Fit:
    """Fit the scorecards of an article region rule. `articles`, texts without boilerplate, must not be changed.

    Lines count by their words, articles alike. Raises InputError where LightGBM is not installed, or there is
    no page.
    """
    program = compile_program(without_structure(pack))
    asked = asked_of(of)
    measured = [one for example in examples if (one := _measured(example, program, asked))]
    if not measured:
        raise InputError("cleaner rules fit", "the gold gives no pages", "name the field of their text with --text")
    report(f"{len(measured)} pages measured")
    folds = [fold_of(one.site) for one in measured]
    before, after = [], []
    for fold in range(FOLDS):
        train = [one for one, own in zip(measured, folds, strict=True) if own != fold]
        test = [one for one, own in zip(measured, folds, strict=True) if own == fold]
        if not train or not test:
            continue
        card = Scorecard(_points(train, asked, of), LINE_KINDS)
        for one in test:
            kept = article_on(one.page, line_points(one.page, card).tolist(), least=0.0, change=change)
            before.append(_best(one, [True] * one.page.count))
            after.append(_best(one, kept))
        report(f"fold {fold + 1} of {FOLDS}: {_mean(after).f1:.2%} so far, from {_mean(before).f1:.2%}")
    return Fit(
        points=tuple(_points(measured, asked, of)),
        whole=tuple(_whole(measured, [_facts_of_whole(scene(each, program)) for each in articles])),
        seen=_mean(before),
        unseen=_mean(after),
        pages=len(measured),
        sites=len({one.site for one in measured}),
    )


def fold_lists(
    examples: Iterable[TrainingPage],
    articles: Iterable[Document],
    pack: RulePack,
    *,
    of: Of,
    name: str,
    report: OnProgress = lambda _line: None,
) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """Return for each fold the lists that `written` would write without the pages and articles of its sites.

    In a pack with these lists, article region rules meet the fold's pages (`fold_of`) as they meet those of a new site.
    Pages are measured once. Raises InputError where LightGBM is not installed.
    """
    program = compile_program(without_structure(pack))
    asked = asked_of(of)
    measured = [one for example in examples if (one := _measured(example, program, asked))]
    measured_articles = [(fold_of(publisher(each)), _facts_of_whole(scene(each, program))) for each in articles]
    report(f"{len(measured)} pages and {len(measured_articles)} articles measured")
    for fold in range(FOLDS):
        train = [one for one in measured if fold_of(one.site) != fold]
        whole = _whole(train, [facts for own, facts in measured_articles if own != fold])
        yield {f"{name}_points": tuple(map(str, _points(train, asked, of))), f"{name}_whole": tuple(map(str, whole))}
        report(f"fold {fold + 1} of {FOLDS} fitted")


def without_structure(pack: RulePack) -> RulePack:
    """Return the pack without article region rules."""
    return replace(pack, rules=tuple(rule for rule in pack.rules if not rule.article_region))


def asked_of(of: Of) -> tuple[Asked, ...]:
    """Return the columns that the trees of a fit may split."""
    measures = {**MEASURES, **(MARKUP_MEASURES if of == "markup" else {})}
    kinds = {**TEXT_FACTS, **MARKUP_KINDS}
    near = (*NEIGHBOURS, *(MARKUP_NEIGHBOURS if of == "markup" else ()))
    steps = [(name, 0) for name in measures] + [(name, step) for name, reach in near for step in reach]
    return tuple(
        Asked(fact=name, near=step, edges=() if name in kinds else measures[name][1], kinds=kinds.get(name, ()))
        for name, step in steps
    )


def _measured(example: TrainingPage, program: Program, asked: Sequence[Asked]) -> _Measured | None:
    import numpy as np  # only a fit needs it

    context = scene(example.document, program)
    page = page_lines_of(context)
    if not page.count:
        return None
    columns = np.column_stack([each.binned(page.fact(each.fact)) for each in asked])
    return _Measured(
        page=page,
        site=publisher(example.document),
        golds=example.golds,
        article=article_lines_of(page.lines.texts, example.golds[0]),
        columns=columns,
        wholeness=_facts_of_whole(context),
    )


def scene(document: Document, program: Program, *, whole_lines: bool = True) -> MatchContext:
    """Return the context of a document after all matches; with the lines of its text, or with its units."""
    opened = open_document(prepare(document), program)
    find_matches(program, opened.context, opened.effective_actions)
    return opened.context.of_whole_lines() if whole_lines else opened.context


def _facts_of_whole(context: MatchContext) -> Column:
    import numpy as np  # only a fit needs it

    value = value_of_text(context)
    return np.array([value(fact, 0) for fact in WHOLENESS])


def _points(train: Sequence[_Measured], asked: Sequence[Asked], of: Of) -> list[Clause]:
    import numpy as np  # only a fit needs it

    weights = [(one.page.words + _EVERY_LINE) / (_words_in(one) + _EVERY_ARTICLE) for one in train]
    weight = np.concatenate(weights)
    booster = grow(
        np.vstack([one.columns for one in train]),
        np.concatenate([np.array(one.article, dtype=float) for one in train]),
        weight / weight.mean(),
        asked,
        rounds=_ROUNDS[of],
        rate=_RATE,
    )
    return clauses_of(booster, asked)


def _words_in(one: _Measured) -> float:
    return float(sum(words for words, own in zip(one.page.words.tolist(), one.article, strict=True) if own))


def _whole(pages: Sequence[_Measured], articles: Sequence[Column]) -> list[Clause]:
    """Fit clauses that distinguish whole pages from articles; a doubtful text counts as an article."""
    import numpy as np  # only a fit needs it

    if not articles:
        return [Clause(tests=(), otherwise=1.0)]
    asked = tuple(Asked(fact=name, edges=edges) for name, (_, edges) in WHOLENESS.items())
    facts = np.vstack([*(one.wholeness for one in pages), *articles])
    columns = np.column_stack([each.binned(facts[:, i]) for i, each in enumerate(asked)])
    is_page = np.concatenate([np.ones(len(pages)), np.zeros(len(articles))])
    weights = np.concatenate([np.full(len(pages), 1 / len(pages)), np.full(len(articles), _DOUBT / len(articles))])
    booster = grow(columns, is_page, weights / weights.mean(), asked, rounds=_WHOLE_ROUNDS, rate=_WHOLE_RATE)
    return clauses_of(booster, asked)


def _best(one: _Measured, kept: Sequence[bool]) -> Overlap:
    text = "\n".join(line for line, own in zip(one.page.lines.texts, kept, strict=True) if own)
    return max((overlap(gold, text) for gold in one.golds), key=lambda each: each.f1)


def _mean(each: Sequence[Overlap]) -> Overlap:
    return Overlap(
        precision=fmean(one.precision for one in each) if each else 0.0,
        recall=fmean(one.recall for one in each) if each else 0.0,
    )


def publisher(document: Document) -> str:
    """The registrable domain of its host, so that a publisher's hosts fall into one fold; its id where it has none."""
    host = host_of(document.url)
    return (_suffixes().privatesuffix(host) or host) if host else document.id


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # only a fit needs it

    return PublicSuffixList()


def fold_of(site: str) -> int:
    """Return the fold of a publisher, 0 to `FOLDS` - 1; it depends on the name only."""
    return zlib.crc32(site.encode()) % FOLDS


def written(name: str, fitted: Fit) -> Iterator[str]:
    """Return the lines of a rule file with the scorecards as lists."""
    yield "# yaml-language-server: $schema=../schema.json"
    yield f"# Written by `cleaner rules fit`: {fitted.pages} pages of {fitted.sites} sites."
    yield "# A clause: the first condition that holds gives its points, else none; a line's points add up."
    yield "lists:"
    for suffix, clauses in (("points", fitted.points), ("whole", fitted.whole)):
        yield f"  {name}_{suffix}:"
        yield from (f"    - '{clause}'" for clause in clauses)


def whole_share(documents: Iterable[Document], pack: RulePack, card: Scorecard) -> float:
    """Return the share of the documents that are whole pages by the scorecard."""
    program = compile_program(without_structure(pack))
    verdicts = [wholeness(scene(document, program), card) > 0 for document in documents]
    return sum(verdicts) / max(1, len(verdicts))
