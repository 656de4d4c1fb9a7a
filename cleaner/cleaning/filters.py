"""Measures a cleaned article, and decides whether it is kept. A verdict names the filter and the figure.

A filter that is suppressed, experimental or has the action `mark` rejects nothing: it is recorded as a loss or a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.model.document import Loss, Mark, Signals, Verdict
from cleaner.model.rule import EffectiveAction, Filter
from cleaner.text.language import Language
from cleaner.text.lines import ends_sentence, word_count


def measure(
    clean_text: str, words_before: int, language: Language, words_of: Mapping[str, int] | None = None
) -> Signals:
    """Return the figures of a clean text. `words_before` is the number of words of the normalised text.

    `words_of` maps lines to their numbers of words, as far as they are known; other lines are counted.
    """
    known = words_of or {}
    lines = [line for raw in clean_text.split("\n") if (line := raw.strip())]
    counts = [known.get(line) or word_count(line) for line in lines]
    words = sum(counts)
    prose = sum(count for line, count in zip(lines, counts, strict=True) if ends_sentence(line, count))
    removed = max(0, words_before - words)
    return Signals(
        language=language.code,
        language_probability=language.probability,
        words=words,
        characters=len(clean_text),
        words_removed=removed,
        removed_share=round(removed / words_before, 4) if words_before else 0.0,
        prose_share=round(prose / words, 4) if words else 0.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on a document, and the filters that did not pass it but may not reject it."""

    verdict: Verdict
    marks: tuple[Mark, ...] = ()
    losses: tuple[Loss, ...] = ()


def apply_filters(
    signals: Signals,
    filters: Iterable[CompiledRule],
    *,
    effective_actions: Mapping[str, EffectiveAction] | None = None,
    host: str | None = None,
) -> Judgement:
    """Reject the article by the first filter, in order of id, that it does not pass; record those that may not reject.

    `effective_actions` are those of this document, by rule id, if they differ from those of the filters' program.
    """
    verdict = Verdict()
    marks: list[Mark] = []
    losses: list[Loss] = []
    for rule in filters:
        figure = _complaint(rule, signals, host)
        if figure is None:
            continue
        key, label = rule.rule.id, rule.rule.label
        match effective_actions[key] if effective_actions else rule.effective_action:
            case "drop" if verdict.kept:
                verdict = Verdict(kept=False, filter=key, figure=figure)
            case "mark":
                marks.append(Mark(start=0, end=0, label=label, rule=key, figure=figure))
            case "suppress":
                losses.append(Loss(start=0, end=0, label=label, rule=key, guard="suppressed", figure=figure))
    return Judgement(verdict=verdict, marks=tuple(marks), losses=tuple(losses))


def _complaint(rule: CompiledRule, signals: Signals, host: str | None) -> str | None:
    """The fact and figure by which the article does not pass a filter; None if it passes or is out of scope."""
    asked = rule.rule.document
    if asked is None or not rule.in_scope(signals.language, host):
        return None
    figure = getattr(signals, asked.fact)
    if figure is None or _within(figure, asked):
        return None
    return f"{asked.fact} {figure:g}" if isinstance(figure, float) else f"{asked.fact} {figure}"


def _within(figure: float, bounds: Filter) -> bool:
    return (bounds.min is None or figure >= bounds.min) and (bounds.max is None or figure <= bounds.max)
