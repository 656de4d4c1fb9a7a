"""Guesses the encoding of bytes that are not Unicode, and whether the guess is sure.

chardet ranks encodings by the frequency of byte pairs in their languages. It excludes an encoding in which any byte is
invalid, so a few stray bytes would exclude the right one: if only a few bytes are invalid, it runs again without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cleaner.readers.plausibility import plausibility

# Encodings that occur in pages and files; of each family the vendor's superset, as browsers read the standard's name
# (https://encoding.spec.whatwg.org/). Python's name by chardet's.
CANDIDATES: Mapping[str, str] = {
    "cp932": "cp932",
    "euc_jis_2004": "euc_jp",
    "cp949": "cp949",
    "gb18030": "gb18030",
    "big5hkscs": "big5hkscs",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1252": "cp1252",
    "cp1253": "cp1253",
    "cp1254": "cp1254",
    "cp1255": "cp1255",
    "cp1256": "cp1256",
    "cp1257": "cp1257",
    "cp1258": "cp1258",
    "cp874": "cp874",
    "iso8859-2": "iso8859_2",
    "iso8859-5": "iso8859_5",
    "iso8859-6": "iso8859_6",
    "iso8859-7": "iso8859_7",
    "iso8859-13": "iso8859_13",
    "iso8859-15": "iso8859_15",
    "koi8-u": "koi8_u",
    "cp866": "cp866",
    "mac-cyrillic": "mac_cyrillic",
    "mac-roman": "mac_roman",
    "cp850": "cp850",
    "cp852": "cp852",
}
_COMMONEST = "cp1252"
_MULTIBYTE = ("cp932", "shift_jis", "euc_jp", "iso2022_jp", "cp949", "euc_kr", "gb18030", "big5", "big5hkscs")
_LEAST_BELIED = 10  # bytes beyond ASCII
_BELIED = 4.0
_WEIGHTS: Mapping[str, float] = {
    **dict.fromkeys(CANDIDATES, 0.9),
    _COMMONEST: 1,
    # Encodings of systems before the web: another encoding that is nearly as likely is preferred.
    **dict.fromkeys(("mac-cyrillic", "mac-roman", "cp850", "cp852"), 0.45),
}

_RELATED = (
    ("cp1252", "iso8859-15"),
    ("cp1250", "iso8859-2"),
    ("cp1257", "iso8859-13"),
    ("cp1253", "iso8859-7"),
    ("cp1251", "mac-cyrillic"),
)
"""Encodings that are one but for a few characters: between them, these alone decide."""

_SAMPLE = 1 << 16
_LONG_LINE = _SAMPLE // 16  # words are spread over the text in place of lines
_STRAYS = 3  # bytes that an encoding may lack, however short the text,
_STRAY_SHARE = 0.01  # or this share of those beyond ASCII
_ONE_SIGN = 2  # bytes beyond ASCII, by which no encoding can be known
_NO_WORDS = 4  # letters of ASCII beside them
_FEW_LINES = 0.5
_JUDGED = 5  # of those that chardet ranks
_DOUBT = 0.01
_WORDS_APART = 100
_BEHIND = 0.5
_LEAST_SURE = 0.03  # the score of a word or two
_CLEAR = 0.8  # of the best score: a second reading that has less is no rival


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Python's name of an encoding, and whether no other is nearly as likely."""

    encoding: str
    sure: bool


def guess(data: bytes) -> Guess:
    """Return the most likely encoding of bytes beyond ASCII. Unsure if there are only one or two of them."""
    part = sample_bytes(data)
    if len(part.translate(None, _ASCII)) <= _ONE_SIGN and len(part.translate(None, _NO_LETTERS)) <= _NO_WORDS:
        return Guess(encoding=_COMMONEST, sure=False)
    scores = _scores(part)
    for name, without in _nearly(part):
        again = _scores(without)
        if again and _best(again) == name and again[name] > max(scores.values(), default=0):
            scores = again
    best = _best(scores)
    if part == data and data.decode(CANDIDATES[best], "replace") == data.decode(_COMMONEST, "replace"):
        best = _COMMONEST  # the likelier name, where the text is the same
    rivals = (each for each, score in scores.items() if each != best and score > _CLEAR * scores[best])
    text = part.decode(CANDIDATES[best], "replace")
    enough = best == _COMMONEST or scores[best] > _LEAST_SURE
    sure = enough and "\ufffd" not in text and all(part.decode(CANDIDATES[each], "replace") == text for each in rivals)
    return Guess(encoding=CANDIDATES[best], sure=sure)


def is_contradicted(encoding: str, data: bytes) -> bool:
    """Report whether bytes are far more likely in another encoding than in this stated one; False for multibyte
    ones."""
    part = sample_bytes(data)
    if encoding in _MULTIBYTE or len(part.translate(None, _ASCII)) < _LEAST_BELIED:
        return False  # few bytes of another encoding are well-formed in these
    scores = _scores(part, encoding)
    best = max(scores.values())
    return best > _BELIED * scores[_name(encoding)]


def _best(scores: Mapping[str, float]) -> str:
    return max(scores, key=lambda each: (scores[each], each == _COMMONEST, each))


def _scores(data: bytes, stated: str = "cp1252") -> dict[str, float]:
    """The likeliest encodings, with windows-1252, whose signs alone are met everywhere, and the one that is stated."""
    ranked = _ranked(data)
    beyond = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
    if len(beyond) < _FEW_LINES * len(data):  # too few to be seen among the others
        ranked = {**ranked, **_ranked(beyond)}
    texts = {name: data.decode(CANDIDATES.get(name, name), "replace") for name in {*ranked, _COMMONEST, _name(stated)}}
    looks = {text: plausibility(text) for text in set(texts.values())}
    scores = {
        name: (ranked.get(name, 0) + _DOUBT) * _WEIGHTS.get(name, 1) * (_DOUBT + looks[text])
        for name, text in texts.items()
    }
    for pair in _RELATED:
        if scores.keys() >= set(pair) and (ahead := _ahead(*(texts[name] for name in pair))):
            best = max(scores[name] for name in pair)
            scores.update(zip(pair, (best, best * _BEHIND) if ahead > 0 else (best * _BEHIND, best), strict=True))
    return scores


def _ranked(data: bytes) -> dict[str, float]:
    """The likeliest encodings by pairs of bytes, with chardet's confidence."""
    from chardet import detect_all  # rarely needed, and slow to import

    found = detect_all(
        data, include_encodings=CANDIDATES, compat_names=False, no_match_encoding=_COMMONEST,
        empty_input_encoding=_COMMONEST,
    )  # fmt: skip
    named = ((each["encoding"] or "", each["confidence"]) for each in found[:_JUDGED])
    return {name: confidence for name, confidence in named if name in CANDIDATES}


def _ahead(one: str, other: str) -> int:
    """In how many more words the one reading looks better than the other. Each word counts the same, so that a line of
    yet another encoding does not decide."""
    apart = [pair for pair in zip(one.split(" "), other.split(" "), strict=False) if pair[0] != pair[1]]
    looks = [(plausibility(mine, one), plausibility(theirs, one)) for mine, theirs in apart[:_WORDS_APART]]
    return sum((mine > theirs) - (mine < theirs) for mine, theirs in looks)


def _name(encoding: str) -> str:
    """chardet's name of an encoding by Python's; of one that is no candidate, that."""
    return next((name for name, own in CANDIDATES.items() if own == encoding), encoding)


def sample_bytes(data: bytes) -> bytes:
    """Return the bytes to judge by: all of a short text; lines spread over a long one, most of them beyond ASCII."""
    if len(data) <= _SAMPLE:
        return data
    pieces = data.split(b"\n")
    if max(map(len, pieces)) > _LONG_LINE:
        pieces = data.split()
    beyond = _spread([piece for piece in pieces if not piece.isascii()], _SAMPLE)
    return b"\n".join((*beyond, *_spread([piece for piece in pieces if piece.isascii()], _SAMPLE // 8)))


def _spread(lines: Sequence[bytes], size: int) -> Iterator[bytes]:
    """Lines or words at equal distances, of so many bytes together; one that is too long is cut behind a byte that ends
    a character in any encoding."""
    total = sum(map(len, lines)) + len(lines)
    step = max(1, -(-total // size))
    for line in lines[::step]:
        if len(line) > size:
            part = line[:size]
            yield part[: len(part.rstrip(_SECONDS))] or part
            return
        size -= len(line)
        yield line


_SECONDS = bytes(range(0x30, 0x100))  # bytes that may be a part of a longer character in some encoding


def _nearly(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The encodings in which all but a few bytes can be read, each with the others."""
    beyond = len(data.translate(None, _ASCII))
    for name, encoding in CANDIDATES.items():
        text = data.decode(encoding, "replace")
        if 0 < text.count("\ufffd") <= max(_STRAYS, _STRAY_SHARE * beyond):
            yield name, data.decode(encoding, "ignore").encode(encoding, "ignore")


_ASCII = bytes(range(0x80))
_NO_LETTERS = bytes(byte for byte in range(0x100) if not bytes((byte,)).isalpha())
