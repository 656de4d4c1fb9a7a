"""Figures of a cleaned article, and whether it is kept: a verdict names its filter and the figure."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.languages import Language
from cleaner.lines import Lines
from cleaner.model import Filter, Signals, Verdict
from cleaner.program import CompiledRule


def measure(clean_text: str, words_before: int, language: Language) -> Signals:
    """Count words and shares. `words_before` is of the normalised text."""
    lines = Lines(clean_text)
    words = lines.total_words
    prose = sum(lines.words[i] for i in range(len(lines)) if lines.ends_sentence(i))
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


def judge(signals: Signals, filters: Iterable[CompiledRule]) -> Verdict:
    """The first filter, in order of id, that the article does not pass."""
    for rule in filters:
        asked = rule.rule.document
        if asked and rule.fate == "drop" and rule.in_scope(signals.language, None):
            figure = getattr(signals, asked.fact)
            if figure is not None and not _within(figure, asked):
                return Verdict(kept=False, filter=rule.rule.id, figure=f"{asked.fact} {figure:g}")
    return Verdict()


def _within(figure: float, bounds: Filter) -> bool:
    return (bounds.min is None or figure >= bounds.min) and (bounds.max is None or figure <= bounds.max)
