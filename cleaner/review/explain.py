"""Why an article came out as it did: what was removed and by which rule, what nearly was, and what lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import explained
from cleaner.cleaning.prepare import prepare
from cleaner.matching.context import MatchContext, Miss
from cleaner.matching.program import Program
from cleaner.model.document import Document, Edit, Loss, Mark

# How telling a failed step is: a guard that held a rule back says more than a pattern that never fitted.
SignedT = TypeVar("SignedT", Edit, Mark, Loss)
_UNTELLING = frozenset({"pattern", "before"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """A line of the normalised text, blank ones too, with all that happened to it. `row` counts from 1."""

    row: int
    start: int
    text: str
    edits: tuple[Edit, ...] = ()
    marks: tuple[Mark, ...] = ()
    losses: tuple[Loss, ...] = ()
    misses: tuple[Miss, ...] = ()
    weights: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a structure rule made of a line, or of the text."""

    rule: str
    for_article: bool
    """By its own points, the line is the article's."""
    figure: str
    """The points, and what weighed most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An article and its lines."""

    article: Article
    lines: tuple[ExplainedLine, ...]
    structure: tuple[tuple[str, str], ...] = ()
    """What structure rules made of the text: their id, and whether it is a whole page, with the points."""

    @property
    def filters(self) -> list[tuple[str, str]]:
        """What document filters came to, where the document does not pass them: their rule, the outcome and figure."""
        article = self.article
        rejected = [] if article.verdict.kept else [(article.verdict.filter, f"rejected: {article.verdict.figure}")]
        return [
            *rejected,
            *((mark.rule, f"only marked: {mark.figure}") for mark in article.marks if mark.start == mark.end),
            *((loss.rule, f"{loss.guard}: {loss.figure}") for loss in article.losses if loss.start == loss.end),
        ]

    def near(self, limit: int) -> list[tuple[ExplainedLine, Miss]]:
        """The near misses on lines that were kept, those that a guard stopped before those of a pattern."""
        found = [(line, miss) for line in self.lines if not line.edits for miss in line.misses]
        found.sort(key=lambda pair: (pair[1].guard in _UNTELLING, pair[0].row, pair[1].rule.id))
        return found[:limit]


def explain(document: Document, program: Program) -> Explanation:
    """Clean a document as `cleaner.cleaning.clean.clean_document` does, and keep why each line stayed or went."""
    prepared = prepare(document)
    article, context = explained(prepared, program)
    weighed = context.weighed or ()
    misses, weights = _misses_by_row(context), _weights_by_row(context)
    out: list[ExplainedLine] = []
    at = 0
    for row, text in enumerate(prepared.text.split("\n")):
        end = at + len(text)
        out.append(
            ExplainedLine(
                row=row + 1,
                start=at,
                text=text,
                edits=_touching(article.edits, at, end),
                marks=_touching(article.marks, at, end),
                losses=_touching(article.losses, at, end),
                misses=tuple(dict.fromkeys(misses.get(row, ()))),
                weights=weights.get(row, ()),
            )
        )
        at = end + 1
    structure = tuple((each.rule.id, each.whole) for each in weighed)
    return Explanation(article=article, lines=tuple(out), structure=structure)


def _misses_by_row(context: MatchContext) -> dict[int, list[Miss]]:
    by_row: dict[int, list[Miss]] = {}
    for miss in context.misses or ():
        by_row.setdefault(context.lines.rows[miss.line], []).append(miss)
    return by_row


def _weights_by_row(context: MatchContext) -> dict[int, tuple[Weight, ...]]:
    weighed = [each for each in context.weighed or () if each.lines]
    return {
        row: tuple(Weight(rule=each.rule.id, for_article=each.lines[i][0], figure=each.lines[i][1]) for each in weighed)
        for i, row in enumerate(context.lines.rows)
    }


def only_rule(explanation: Explanation, rule: str) -> list[ExplainedLine]:
    """The lines on which a rule did, or nearly did, something."""
    return [
        line
        for line in explanation.lines
        if rule in {*_rules(line.edits), *_rules(line.marks), *_rules(line.losses), *_nearly(line)}
    ]


def _nearly(line: ExplainedLine) -> Iterator[str]:
    """The rules that came near; a structure rule did on a line that stayed for its neighbours' sake alone."""
    yield from (miss.rule.id for miss in line.misses)
    yield from (weight.rule for weight in line.weights if not weight.for_article)


def _touching(pieces: Sequence[SignedT], start: int, end: int) -> tuple[SignedT, ...]:
    """Those in the line or its line break, which a join replaces."""
    return tuple(piece for piece in pieces if piece.start <= end and start < piece.end)


def _rules(pieces: Iterable[Edit | Mark | Loss]) -> Iterator[str]:
    return (piece.rule for piece in pieces)


def signatures(pieces: Iterable[Edit | Mark | Loss]) -> str:
    """`label · rule` of each, once."""
    return ", ".join(dict.fromkeys(f"{piece.label} · {piece.rule}" for piece in pieces))
