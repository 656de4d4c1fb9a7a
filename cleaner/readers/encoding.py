"""Bytes become text, whatever their encoding.

What the bytes state themselves comes first (a byte order mark, well-formed UTF-8, the zeros of UTF-16);
only what is left is guessed: by charset-normalizer among the encodings that pages are met in, and among
those for Latin letters by the alphabets of their languages, as its guess there is close to a toss-up.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

# A four-byte mark first: UTF-32's in little-endian order begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Controls that no text holds in any encoding of bytes; text may hold BEL to CR, and ESC, as file(1) has it.
_CONTROLS = bytes({*range(7), 11, *range(14, 27), *range(28, 32), 127})
_BINARY_SHARE = 0.05  # of bytes that are controls: packed or drawn data holds about 10%
_WIDE_SHARE = 0.01  # UTF-16 without a mark: Chinese holds about 5%, Latin letters 50%
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_ODD_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})
_ODD_SHARE = 0.02

# What pages are met in (https://w3techs.com/technologies/overview/character_encoding); of each family the
# vendor's superset, as pages mean it by the standard's name (https://encoding.spec.whatwg.org/).
_MULTIBYTE = ("cp932", "euc_jp", "cp949", "gb18030", "big5")
_OTHER_SCRIPTS = ("cp1251", "koi8_u", "cp1253", "cp1255", "cp1256", "cp874")
_OTHER_SCRIPTS_SHARE = 0.3  # of the letters that are beyond ASCII; in Latin ones up to 20%, in others from 60%

# The letters beyond a-z of the languages that each encoding is for (Unicode CLDR, main exemplar sets); the
# first encoding is right where there is nothing to tell it from the others.
_ALPHABETS: Mapping[str, tuple[str, ...]] = {
    "cp1252": (
        "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "ãáàâçéêíõóôúü", "àèéìíòóù", "áéëïíöóüú", "åäöéà",
        "æøåéèêóòâô", "åäöšž", "áéíóúæö", "àçèéíïòóúü·",
    ),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćžđš"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćžđš"),
    "cp1254": ("çğıöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
}  # fmt: skip
_MARKS_OF_PROSE = frozenset("“”„‘’‚«»‹›–—…•·¡¿§©®™°€£ºª½\xa0")

_SAMPLE = 1 << 16
# Bytes that may be a part of a longer character in some encoding; behind any other one a sample may end.
_SECONDS = bytes(range(0x30, 0x100))

# Where a page states its encoding: the standard looks at its first 1,024 bytes, and browsers at some more.
_PRESCAN = 4096
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta[\s/]([^>]*)", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([^"'>]+)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text and the name of the encoding that it was read in, as Python spells it."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Read bytes as text, without a byte order mark. Bytes that fit nowhere become U+FFFD.

    Raises ValueError, with the cause in words, where they are no text: 5% or more are control characters.

    >>> decode("Café".encode("utf-16"))
    Decoded(text='Café', encoding='utf-16-le')
    """
    if encoding := marked_encoding(data):
        return Decoded(text=data.decode(encoding, "replace").removeprefix("\ufeff"), encoding=encoding)
    controls = _controls(data)
    text, wrong_at = _utf8(data)
    if text is not None and controls < _BINARY_SHARE:
        if b"\x1b$" in data and data.isascii():  # an escape sequence before Japanese
            return Decoded(text=data.decode("iso2022_jp_2", "replace"), encoding="iso2022_jp_2")
        return Decoded(text=text, encoding="utf-8")
    if controls > _WIDE_SHARE and (wide := _wide(data)):
        return wide
    if controls >= _BINARY_SHARE:
        raise ValueError(f"is binary: {controls:.0%} of its bytes are control characters")
    sample = _sample(data, wrong_at)
    if _is_mostly_utf8(sample):
        return Decoded(text=data.decode("utf-8", "replace"), encoding="utf-8")
    encoding = _guess(sample)
    return Decoded(text=data.decode(encoding, "replace"), encoding=encoding)


def marked_encoding(data: bytes) -> str:
    """The encoding that a byte order mark tells; "" without one."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def decode_html(data: bytes, charset_header: str | None = None) -> str:
    """The markup of a page. Its encoding is told by, in this order: a byte order mark; that it is well-formed UTF-8
    beyond ASCII, which no other encoding looks like; the server's header; the page's own meta tag or XML declaration
    in its first 4 KB; a guess, as `decode` makes it. A statement that the bytes belie is passed over.

    Labels mean what they mean to browsers (https://encoding.spec.whatwg.org/#names-and-labels): `latin1` is
    windows-1252. Raises ValueError, with the cause in words, where the bytes are no text.

    >>> decode_html(b'<meta charset="iso-8859-2"><p>Wis\\xb3a'), decode_html(b"<p>Wis\\xb3a", "iso-8859-2")
    ('<meta charset="iso-8859-2"><p>Wisła', '<p>Wisła')
    """
    # A page that is ASCII alone may still be Japanese, by escape sequences: for `decode` to tell.
    if not marked_encoding(data) and not data.isascii() and _utf8(data)[0] is None and _controls(data) < _BINARY_SHARE:
        for label in (charset_header, _meta_charset(data[:_PRESCAN])):
            if (encoding := _by_label(label)) and (text := _strictly(data, encoding)) is not None:
                return text
    return decode(data).text


def _controls(data: bytes) -> float:
    """The share of the bytes that are controls."""
    return (len(data) - len(data.translate(None, _CONTROLS))) / (len(data) or 1)


def _meta_charset(head: bytes) -> str | None:
    head = _COMMENT.sub(b"", head)
    found = _XML.match(head)
    for meta in _META.finditer(head) if not found else ():
        if found := _CHARSET.search(meta[1]):
            break
    label = found[1].decode("ascii", "replace") if found else None
    # What says so in ASCII can't be UTF-16; the standard takes it for UTF-8.
    return None if label and label.lower().startswith("utf-16") else label


def _by_label(label: str | None) -> str | None:
    """Python's name of an encoding."""
    import webencodings  # noqa: PLC0415 - for pages alone

    found = webencodings.lookup(label.strip("\"' ")) if label else None
    if found is None or found.name in ("replacement", "x-user-defined"):
        return None
    return "gb18030" if found.name == "gbk" else str(found.codec_info.name)


def _strictly(data: bytes, encoding: str) -> str | None:
    """The text, but for a few stray bytes; None where they are more than one in a thousand."""
    text = data.decode(encoding, "replace")
    return text if text.count("\ufffd") <= len(data) // 1000 else None


def _utf8(data: bytes) -> tuple[str | None, int]:
    """The text, or the place of the first byte that can't be UTF-8."""
    try:
        return data.decode("utf-8"), len(data)
    except UnicodeDecodeError as error:
        return None, error.start


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark. Of both byte orders that one is right which makes the fewest odd
    characters, then the one whose leading bytes, the scripts, are the fewest."""
    found: list[tuple[float, int, str]] = []
    head = data[: _SAMPLE // 4]
    for encoding in _WIDE:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)  # leaves a cut character at the end
        except UnicodeDecodeError:
            continue
        unit = 4 if "32" in encoding else 2
        odd = sum(unicodedata.category(c) in _ODD_CATEGORIES and c not in "\t\n\r\f" for c in text)
        scripts = len(set(head[unit - 1 :: unit] if encoding.endswith("le") else head[::unit]))
        found.append((odd / len(text) if text else 1.0, scripts, encoding))
    if not found or min(found)[0] > _ODD_SHARE:
        return None
    encoding = min(found)[2]
    return Decoded(text=data.decode(encoding, "replace"), encoding=encoding)


def _sample(data: bytes, wrong_at: int) -> bytes:
    """The lines, or what fits of the first, that tell something: from the first byte that can't be UTF-8 on.

    It begins and ends between two characters, whatever the encoding.
    """
    start = data.rfind(b"\n", 0, wrong_at) + 1
    if wrong_at - start > _SAMPLE // 16:
        start = wrong_at  # all before it is well-formed, so a character begins here
    sample = data[start : start + _SAMPLE]
    if start + _SAMPLE < len(data):
        sample = sample[: len(sample.rstrip(_SECONDS))] or sample
    return b"\n".join(line for line in sample.split(b"\n") if not line.isascii())


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether at least as many characters are well-formed as are not: in other encodings hardly any are."""
    text = sample.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(c > "\x7f" for c in text) - wrong >= wrong


def _guess(sample: bytes) -> str:
    encoding = _best(sample)
    if not encoding:
        # One broken character rules the right encoding out, so let the longest lines vote.
        votes = Counter(map(_best, sorted(sample.split(b"\n"), key=len)[-16:]))
        encoding = max(votes, key=lambda each: (each != "", votes[each], each))
    beyond = sum(byte > 0x7F for byte in sample)
    letters = beyond + sum(bytes((byte,)).isalpha() for byte in sample)
    if encoding in _MULTIBYTE or (encoding in _OTHER_SCRIPTS and beyond >= _OTHER_SCRIPTS_SHARE * letters):
        return encoding
    return max(_ALPHABETS, key=lambda each: _fit(sample, each))


def _best(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - seldom needed, and slow to import

    best = from_bytes(sample, cp_isolation=[*_MULTIBYTE, *_OTHER_SCRIPTS, *_ALPHABETS]).best()
    return best.encoding if best else ""


def _fit(sample: bytes, encoding: str) -> int:
    """How many characters beyond ASCII are of the best-fitting alphabet, or marks of prose."""
    counts = Counter(c for c in sample.decode(encoding, "replace").lower() if c > "\x7f")
    letters = max(sum(counts[c] for c in alphabet) for alphabet in _ALPHABETS[encoding])
    return letters + sum(counts[c] for c in _MARKS_OF_PROSE)
