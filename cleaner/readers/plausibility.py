"""Scores how plausible a decoded text is: whether its words can be words.

A ranking by pairs of bytes has little data in a short text with one character beyond ASCII. Its errors show in the
decoded text: a Cyrillic letter at the end of a Latin word, a capital within one, a letter that the language
of all the rest does not have, one half-width katakana, a line of a table of DOS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from math import exp, log

from cleaner.text.language import likeliest

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
# The letters beyond a-z of languages in Latin and Cyrillic letters (Unicode CLDR, main exemplar sets; of English,
# what its borrowed words have).
_ALPHABETS: Mapping[str, frozenset[str]] = {
    code: frozenset(letters)
    for codes, letters in (
        ("en", "éèïçñ"), ("fr", "àâæçéèêëîïôœùûüÿ"), ("de", "äöüß"), ("es", "áéíñóúüªº"), ("pt", "ãáàâçéêíõóôúüªº"),
        ("it", "àèéìíòóùªº"), ("nl", "áéëïíöóüúèê"), ("sv", "åäöéà"), ("da no nn", "æøåéèêóòâôäö"), ("fi", "åäöšž"),
        ("is", "áéíóúæöðþý"), ("fo", "áíóúýæøð"), ("ca", "àçèéíïòóúü·ªº"), ("gl", "áéíñóúü"), ("eu", "ñç"),
        ("ga", "áéíóú"), ("pl", "ąćęłńóśźż"), ("cs", "áčďéěíňóřšťúůýž"),
        ("sk", "áäčďéíĺľňóôŕšťúýž"), ("hu", "áéíóöőúüű"),
        ("ro", "ăâîşţșț"), ("hr bs sl sr sh", "čćžđš"), ("sq", "çë"), ("tr az", "çğıöşüâîûİə"), ("lt", "ąčęėįšųūž"),
        ("lv", "āčēģīķļņšūž"), ("et", "äõöüšž"), ("id ms sw", "é"),
        ("ru", _RUSSIAN), ("bg mk", "абвгдежзийклмнопрстуфхцчшщъьюяѓѕјљњќџѐѝ"),
        ("uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
        ("be", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    )
    for code in codes.split()
}  # fmt: skip
_MARKS = frozenset(
    "“”„‘’‚«»‹›–—…•·¡¿§©®™°€£¢¥º½¼¾²³×±\xa0\u200c\u200d\u200e\u200f、。，！？：；「」『』（）《》〈〉【】・ー～〜"
)

_WORD = re.compile(
    r"[^\W\d_]+|(?P<inner>(?<=[^\W\d_])[^\x00-\x7f\w\s](?=[^\W\d_]))|(?P<before>(?<!\S)[’•¶](?=[^\W\d_]))|[^\x00-\x7f]"
)
_INNER = frozenset("’‘—–…“”„«»\u200c\u200d\xad、。，！？：；「」『』・")  # signs that letters may follow at once
_OF_WORDS = {"ca": frozenset("·")}
_ASCII_LETTER = re.compile("[A-Za-z]")
_WORDS_AT_MOST = 250
_LANGUAGE_SURE = 0.25
_FEW = 4  # letters of another script that may as well be signs of Latin's encodings
_WHOLE = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI")  # scripts in which a letter may be a word
_ODD = 0.3
_NEVER = 0.001


def plausibility(text: str, whole: str = "") -> float:
    """Return how plausible the characters beyond ASCII are in their places, 0 to 1; 1 for ASCII.

    It is the geometric mean over at most 250 words and signs, as one impossible character says more than several
    possible ones. `whole` is the text to detect the language by, if `text` is a part of it.

    >>> plausibility("Der Bär schläft.") > plausibility("Der BДr schlДft.")
    True
    """
    found = list(islice((each for each in _WORD.finditer(text) if not each[0].isascii()), _WORDS_AT_MOST))
    if not found:
        return 1.0
    language, score = likeliest(whole or text)
    letters = _ALPHABETS.get(language) if score >= _LANGUAGE_SURE else None
    foreign = sum(_script(c) not in ("LATIN", "") for each in found for c in each[0] if c > "\x7f")
    stray = foreign == 1 or (foreign < _FEW and any(islice(_ASCII_LETTER.finditer(text), foreign, None)))
    values: list[float] = []
    for each in found:
        if each["before"] or (each["inner"] and each[0] not in (_INNER | _OF_WORDS.get(language, frozenset()))):
            values.append(_ODD * _sign(each[0]))
        else:
            values += _values(each[0], letters, stray=stray)
    return exp(sum(map(log, values)) / len(values))


def _values(word: str, letters: frozenset[str] | None, *, stray: bool) -> list[float]:
    """How right each character beyond ASCII of a word, or a sign, looks: 0 to 1.

    `stray`: the text holds only a few letters of scripts other than Latin.
    """
    beyond = [c for c in word if c > "\x7f"]
    if not word.isalpha():
        return [_sign(c) if c == word[-1] else _ODD for c in beyond]
    scripts = {_script(c) for c in word}
    if scripts == {"LATIN"}:
        return _latin_values(word, beyond, letters)
    if "LATIN" in scripts or stray or _has_inner_capital(word, scripts):
        return [_NEVER] * len(beyond)
    if "HALFWIDTH" in scripts:
        return [_ODD] * len(beyond)
    if letters and scripts == {"CYRILLIC"} and "а" in letters:
        return [1.0 if c.lower() in letters else _ODD for c in beyond]
    return [1.0] * len(beyond)


def _latin_values(word: str, beyond: Sequence[str], letters: frozenset[str] | None) -> list[float]:
    if not (word.islower() or word.isupper() or word.istitle() or word[1:].islower()):
        return [_ODD] * len(beyond)
    return [_latin(c, letters, alone=len(word) == 1) for c in beyond]


def _has_inner_capital(word: str, scripts: set[str]) -> bool:
    """A capital follows a small letter, in scripts whose words have capitals at their beginning alone."""
    if "HALFWIDTH" in scripts or not scripts.isdisjoint(_WHOLE):
        return False
    return any(a.islower() and b.isupper() for a, b in pairwise(word))


def _latin(char: str, letters: frozenset[str] | None, *, alone: bool) -> float:
    if letters is None:
        return _ODD if alone else 1.0
    return 1.0 if char.lower() in letters else _NEVER if alone else _ODD


def _sign(char: str) -> float:
    if char == "¤":  # a later version of its encoding has the euro sign at this place
        return _NEVER
    if char in _MARKS or unicodedata.category(char).startswith(("M", "N")) or char > "\u3000":
        return 1.0
    return _NEVER if unicodedata.category(char)[0] == "C" or "\u2500" <= char <= "\u25ff" else _ODD


@lru_cache(maxsize=8192)
def _script(char: str) -> str:
    return unicodedata.name(char, "").split(" ", 1)[0] if char.isalpha() else ""
