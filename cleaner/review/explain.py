"""Explains an article line by line: what was removed and by which rule, near misses, and matches that gave way.

    >>> from cleaner.matching.program import compile_program
    >>> from cleaner.rules.load import parse_pack
    >>> rule = "{id: share/a, label: share, line: [share this], why: w, removes: Share this, keeps: Shares fell.}"
    >>> program = compile_program(parse_pack({"rules.yaml": f"rules: [{rule}]"}))
    >>> explanation = explain(Document(id="a", text="The ferry is late.\\nShare this"), program)
    >>> [(line.row, line.text, signatures(line.edits)) for line in explanation.lines]
    [(1, 'The ferry is late.', ''), (2, 'Share this', 'share · share/a')]

A rule none of whose literals is in a line was not tried there, and is not among its near misses.
"""

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

SignedT = TypeVar("SignedT", Edit, Mark, Loss)
# Near misses that are listed last: a condition that stopped a rule explains more than a pattern that did not match.
_LISTED_LAST = frozenset({"pattern", "before"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """A line of the normalised text, blank ones too, and what the rules did there. `row` counts from 1."""

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
    """The points that an article region rule gave to a line."""

    rule: str
    for_article: bool
    """Its own points make the line one of the article."""
    figure: str
    """The points, and what weighed most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An article and its lines."""

    article: Article
    lines: tuple[ExplainedLine, ...]
    article_region: tuple[tuple[str, str], ...] = ()
    """For each article region rule, its id, and whether it takes the text for a whole page, with the points."""

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The document filters that the document does not pass: the rule's id, then the outcome and the figure."""
        article = self.article
        rejected = [] if article.verdict.kept else [(article.verdict.filter, f"rejected: {article.verdict.figure}")]
        return [
            *rejected,
            *((mark.rule, f"only marked: {mark.figure}") for mark in article.marks if mark.start == mark.end),
            *((loss.rule, f"{loss.guard}: {loss.figure}") for loss in article.losses if loss.start == loss.end),
        ]

    def near(self, limit: int) -> list[tuple[ExplainedLine, Miss]]:
        """The near misses on kept lines: first those that a condition stopped, then those of patterns."""
        found = [(line, miss) for line in self.lines if not line.edits for miss in line.misses]
        found.sort(key=lambda pair: (pair[1].guard in _LISTED_LAST, pair[0].row, pair[1].rule.id))
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
    article_region = tuple((each.rule.id, each.whole) for each in weighed if each.whole)
    return Explanation(article=article, lines=tuple(out), article_region=article_region)


def _misses_by_row(context: MatchContext) -> dict[int, list[Miss]]:
    by_row: dict[int, list[Miss]] = {}
    for miss in context.misses or ():
        by_row.setdefault(context.lines.rows[miss.line], []).append(miss)
    return by_row


def _weights_by_row(context: MatchContext) -> dict[int, tuple[Weight, ...]]:
    weighed = [each for each in context.weighed or () if each.lines]
    return {
        row: tuple(
            Weight(rule=each.rule.id, for_article=each.lines[i][0], figure=each.lines[i][1])
            for each in weighed
            if each.lines[i][1]
        )
        for i, row in enumerate(context.lines.unsplit.rows)
    }


def only_rule(explanation: Explanation, rule: str) -> list[ExplainedLine]:
    """The lines where a rule matched or nearly matched."""
    return [
        line
        for line in explanation.lines
        if rule in {*_rules(line.edits), *_rules(line.marks), *_rules(line.losses), *_nearly(line)}
    ]


def _nearly(line: ExplainedLine) -> Iterator[str]:
    """The rules that nearly matched; for an article region rule: its points are against a line that stayed."""
    yield from (miss.rule.id for miss in line.misses)
    yield from (weight.rule for weight in line.weights if not weight.for_article)


def _touching(pieces: Sequence[SignedT], start: int, end: int) -> tuple[SignedT, ...]:
    """Those in the line or in its line break, which a join replaces."""
    return tuple(piece for piece in pieces if piece.start <= end and start < piece.end)


def _rules(pieces: Iterable[Edit | Mark | Loss]) -> Iterator[str]:
    return (piece.rule for piece in pieces)


def signatures(pieces: Iterable[Edit | Mark | Loss]) -> str:
    """`label · rule` of each, once."""
    return ", ".join(dict.fromkeys(f"{piece.label} · {piece.rule}" for piece in pieces))
