"""Figures of a cleaned article, and whether it is kept: a verdict names its filter and the figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cleaner.languages import Language
from cleaner.lines import Lines
from cleaner.model import Fate, Filter, Signals, Verdict
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


def judge(
    signals: Signals,
    filters: Iterable[CompiledRule],
    *,
    fates: Mapping[str, Fate] | None = None,
    host: str | None = None,
) -> Verdict:
    """The first filter, in order of id, that the article does not pass.

    `fates` says what filters come to in this document, where that is not what their program says.
    """
    for rule in filters:
        asked = rule.rule.document
        fate = fates[rule.rule.id] if fates else rule.fate
        if asked and fate == "drop" and rule.in_scope(signals.language, host):
            figure = getattr(signals, asked.fact)
            if figure is not None and not _within(figure, asked):
                told = f"{figure:g}" if isinstance(figure, float) else str(figure)
                return Verdict(kept=False, filter=rule.rule.id, figure=f"{asked.fact} {told}")
    return Verdict()


def _within(figure: float, bounds: Filter) -> bool:
    return (bounds.min is None or figure >= bounds.min) and (bounds.max is None or figure <= bounds.max)
