"""Fits the scorecard of a `residue` rule to articles whose boilerplate is marked piece by piece.

Each line that no other rule removes is one example: residue if at least four fifths of its characters are marked. Lines
count by their words, up to `_MOST_WORDS`, and lines of the article `_DEARER` times, as a lost line costs more than one
that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cleaner.authoring.fit import FOLDS, asked_of, fold_of, scene, without_structure
from cleaner.authoring.fit.trees import Asked, clauses_of, grow
from cleaner.errors import InputError
from cleaner.matching.kinds.residue import vouched
from cleaner.matching.page.article_region import LINE_KINDS, line_points, page_lines_of
from cleaner.matching.page.scorecard import Clause, Scorecard
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.rule import RulePack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_DEAR = frozenset(
    [
        "bars",
        "capitals",
        "clock",
        "cluster",
        "cohesion",
        "commas",
        "copies",
        "gap above",
        "gap below",
        "glued",
        "in address",
        "indent",
        "indent above",
        "indent below",
        "quotes",
        "rhythm",
        "sentences",
        "wide cluster",
        "year",
    ]
)
"""Facts that a residue rule does without: most articles are weighed, and these take three quarters of the time."""
_ENOUGH = 0.8
_MOST_WORDS = 60
_DEARER = 4.0
_ROUNDS, _RATE = 200, 0.1
_PRECISION = 0.98
"""Share of the removed words that are residue, on corpora that the fit has not seen: the least for a removal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedArticle:
    """A text with its boilerplate marked; `corpus` is what shares its scraper, so that folds keep it together."""

    document: Document
    corpus: str
    pieces: Sequence[tuple[int, int]]
    """Offsets of the marked pieces in the text, end exclusive."""
    doubtful: Sequence[tuple[int, int]] = ()
    """Pieces that are ignored, as they are neither residue nor the article's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidueFit:
    """The result of a fit."""

    points: tuple[Clause, ...]
    least: float
    """The least points at which the removed words of unseen corpora were residue to `_PRECISION`."""
    lines: int
    """Residue lines of unseen corpora that it finds at `least`, of `of_lines`."""
    of_lines: int
    words: int
    """Words that it removes there; `wrong_words` of them are the article's."""
    wrong_words: int
    articles: int
    corpora: int


@dataclass(slots=True)
class _Rows:
    columns: Column
    is_residue: Column
    words: Column
    vouched: Column
    fold: int
    points: Callable[[Scorecard], Column]


def fit_residue(
    articles: Iterable[MarkedArticle], pack: RulePack, *, report: Callable[[str], None] = lambda _line: None
) -> ResidueFit:
    """Fit the scorecard, and choose the least points by cross-validation over corpora.

    Raises InputError where LightGBM is not installed, or no line is marked.
    """
    import numpy as np  # only a fit needs it

    program = compile_program(without_residue(without_structure(pack)))
    asked = tuple(each for each in asked_of("text") if each.fact not in _DEAR)
    articles = list(articles)
    measured = [one for each in articles if (one := _measured(each, program, asked))]
    if not any(one.is_residue.any() for one in measured):
        raise InputError("cleaner rules fit", "no line is marked as residue", "name the field of the pieces: --pieces")
    report(f"{len(measured)} articles measured")
    scored: list[tuple[float, float, float]] = []
    for fold in range(FOLDS):
        train = [one for one in measured if one.fold != fold]
        test = [one for one in measured if one.fold == fold]
        if not train or not test:
            continue
        card = Scorecard(_clauses(train, asked), LINE_KINDS)
        for one in test:
            points = np.where(one.vouched > 0, one.points(card), -np.inf)
            scored += zip(points.tolist(), one.is_residue.tolist(), one.words.tolist(), strict=True)
        report(f"fold {fold + 1} of {FOLDS} fitted")
    least, lines, words, wrong = _threshold(scored)
    return ResidueFit(
        points=tuple(_clauses(measured, asked)),
        least=least,
        lines=lines,
        of_lines=sum(int(one.is_residue.sum()) for one in measured),
        words=words,
        wrong_words=wrong,
        articles=len(measured),
        corpora=len({each.corpus for each in articles}),
    )


def without_residue(pack: RulePack) -> RulePack:
    """Return the pack without residue rules."""
    return replace(pack, rules=tuple(rule for rule in pack.rules if not rule.residue))


def _measured(article: MarkedArticle, program: Program, asked: Sequence[Asked]) -> _Rows | None:
    """Measure the lines of an article that no rule removes; None if there are none."""
    import numpy as np  # only a fit needs it

    context = scene(article.document, program, whole_lines=False)
    page = page_lines_of(context)
    lines = context.lines
    if lines.text != article.document.text:  # the offsets of pieces refer to the text before normalisation
        return None
    taken, marked, doubtful = (bytearray(len(lines.text)) for _ in range(3))
    for match in context.winners:
        taken[match.start : match.end] = b"\1" * (match.end - match.start)
    for mask, spans in ((marked, article.pieces), (doubtful, article.doubtful)):
        for start, end in spans:
            mask[start:end] = b"\1" * (end - start)

    def share(mask: bytearray, i: int) -> float:
        return sum(mask[lines.starts[i] : lines.end(i)]) / len(lines.texts[i])

    left = [i for i in range(len(lines)) if share(taken, i) < 0.5 and share(doubtful, i) < 0.2]
    if not left:
        return None
    columns = np.column_stack([each.binned(page.fact(each.fact)) for each in asked])[left]
    return _Rows(
        columns=columns,
        is_residue=np.array([share(marked, i) >= _ENOUGH for i in left], dtype=float),
        words=np.array([max(1, lines.words[i]) for i in left], dtype=float),
        vouched=np.array([vouched(context, i) for i in left], dtype=float),
        fold=fold_of(article.corpus),
        points=lambda card: line_points(page, card)[left],
    )


def _clauses(train: Sequence[_Rows], asked: Sequence[Asked]) -> list[Clause]:
    import numpy as np  # only a fit needs it

    wanted = np.concatenate([one.is_residue for one in train])
    words = np.minimum(_MOST_WORDS, np.concatenate([one.words for one in train]))
    weights = np.where(wanted > 0, words + 10, (words + 10) * _DEARER)
    columns = np.vstack([one.columns for one in train])
    return clauses_of(grow(columns, wanted, weights / weights.mean(), asked, rounds=_ROUNDS, rate=_RATE), asked)


def _threshold(scored: Iterable[tuple[float, float, float]]) -> tuple[float, int, int, int]:
    """The least points for a precision of `_PRECISION` by words; and the residue lines, words and wrong words there."""
    found = float("inf"), 0, 0, 0
    lines = words = wrong = 0.0
    for points, is_residue, count in sorted(scored, reverse=True):
        lines += is_residue
        words += count
        wrong += count * (1 - is_residue)
        if points > float("-inf") and words - wrong >= _PRECISION * words:
            found = points, int(lines), int(words), int(wrong)
    return found


def written_residue(name: str, fitted: ResidueFit) -> Iterable[str]:
    """Return the lines of a rule file with the scorecard as a list."""
    yield "# yaml-language-server: $schema=../schema.json"
    yield f"# Written by `cleaner rules fit`: {fitted.articles} articles of {fitted.corpora} corpora."
    wrong = f"{fitted.words} words removed, {fitted.wrong_words} of them wrong"
    yield f"# At {fitted.least:.2f} points, on corpora that the fit had not seen: {wrong}."
    yield "lists:"
    yield f"  {name}_points:"
    yield from (f"    - '{clause}'" for clause in fitted.points)
