"""Decodes bytes of known or unknown encoding to text.

Evidence in the bytes comes first: a byte order mark, well-formed UTF-8 (with some bytes of another encoding), the zeros
of UTF-16. Then follow stated encodings, and last a guess from all of the text.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.model.document import DOUBTFUL, ENCODING, Evidence
from cleaner.readers.charsets import guess, is_contradicted
from cleaner.readers.utf8 import mend_utf8
from cleaner.text.plural import counted

# A four-byte mark first: UTF-32's in little-endian order begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Controls that do not occur in text in any single-byte encoding; BEL to CR and ESC do, as in file(1).
_CONTROLS = bytes({*range(7), 11, *range(14, 27), *range(28, 32), 127})
_BINARY_SHARE = 0.05  # of bytes that are controls: packed or drawn data holds about 10%
_WIDE_SHARE = 0.01  # UTF-16 without a mark: Chinese holds about 5%, Latin letters 50%
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_PRINTED = bytes({*b"\t\n\r", *range(32, 127)})
_OTHER_SHARE = 0.2  # of the bytes of Latin letters
_ODD_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})
_ODD_SHARE = 0.02

_SAMPLE = 1 << 16
_ESCAPED = "iso2022_jp_2"

# Where a page states its encoding: the standard looks at its first 1,024 bytes, and browsers at some more.
_PRESCAN = 4096
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)  # no text of a page's own
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta[\s/]([^>]*)", re.IGNORECASE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([^"'>]+)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A decoded text, with Python's name of its encoding and how that was found."""

    text: str
    encoding: str
    found: str = ""
    """`byte order mark`, `stated as LABEL`, `guess`, ...; "" for UTF-8."""
    mended: int = 0
    """Number of bytes that are invalid in that encoding: read in another one, or replaced by U+FFFD."""
    sure: bool = True

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence for the document's field `encoding`: none for valid UTF-8."""
        if self.encoding == "utf-8" and not self.mended:
            return ()
        doubts = (f"{counted(self.mended, 'byte')} mended" if self.mended else "", "" if self.sure else "not sure")
        raw = "; ".join(filter(None, (self.found, *doubts)))
        return (Evidence(field=ENCODING, raw=raw, value=self.encoding, rule="input"),)

    @property
    def flags(self) -> tuple[str, ...]:
        """`doubtful-encoding` if another encoding may be right for all or some of the bytes."""
        return (DOUBTFUL,) if self.mended or not self.sure else ()


def decode(data: bytes, label: str | None = None) -> Decoded:
    """Return bytes as text, without the byte order mark; `label` is an encoding that a server states.

    In order: a byte order mark, UTF-8, UTF-16 and UTF-32 by their zeros, `label` unless the bytes contradict it, a
    guess. Invalid bytes become U+FFFD. The text is not normalised, and line ends stay. Raises ValueError with the
    cause if the bytes are binary: 5% or more are control characters.

    >>> decode("Café".encode("utf-16")).text, decode("Café".encode("cp1252")).encoding
    ('Café', 'cp1252')
    """
    return _plain(data) or _guessed(data, (label,), data)


def decode_part(data: bytes) -> Decoded:
    """Read a part of a text whose other parts are UTF-8; raises ValueError as `decode` does.

    >>> decode_part(b"\\xa9 2020").text
    '© 2020'
    """
    if (controls := _controls(data)) >= _BINARY_SHARE:
        raise ValueError(_binary(controls))
    found = mend_utf8(data, _foreign, part=True)
    return Decoded(text=found.text, encoding="utf-8", mended=found.mended) if found else decode(data)


def marked_encoding(data: bytes) -> str:
    """Return the encoding that a byte order mark states; "" without one."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")


def decode_html(data: bytes, charset_header: str | None = None) -> Decoded:
    """Return the markup of a page as text.

    Its encoding is determined by, in this order: a byte order mark; UTF-8 beyond ASCII that is well-formed except for a
    few bytes; the server's header; the meta tag or XML declaration in the first 4 KB; a guess, as in `decode`. A stated
    encoding that the bytes contradict is ignored.

    Labels have the meaning that browsers give them (https://encoding.spec.whatwg.org/#names-and-labels): `latin1` is
    windows-1252. Raises ValueError with the cause if the bytes are binary.

    >>> decode_html(b'<meta charset="iso-8859-2"><p>Wis\\xb3a').text, decode_html(b"<p>Wis\\xb3a", "latin2").text
    ('<meta charset="iso-8859-2"><p>Wisła', '<p>Wisła')
    """
    return _plain(data) or _guessed(data, (charset_header, _meta_charset(data[:_PRESCAN])), _MARKUP.sub(b" ", data))


def _plain(data: bytes) -> Decoded | None:
    """The text if the bytes themselves show their encoding; None if it must be stated or guessed."""
    if encoding := marked_encoding(data):
        strays = mend_utf8(data.removeprefix(codecs.BOM_UTF8), _foreign) if encoding == "utf-8" else None
        if strays and strays.mended:
            return Decoded(text=strays.text, encoding=encoding, found="byte order mark", mended=strays.mended)
        text = data.decode(encoding, "replace").removeprefix("\ufeff")
        return _decoded(text, encoding, "byte order mark")
    controls = _controls(data)
    text_or_none = _utf8(data)
    if text_or_none is not None and controls < _BINARY_SHARE:
        if b"\x1b$" in data and data.isascii():  # an escape sequence before Japanese
            return _decoded(data.decode(_ESCAPED, "replace"), _ESCAPED, "escape sequences")
        return Decoded(text=text_or_none, encoding="utf-8")
    if controls > _WIDE_SHARE and (wide := _wide(data)):
        return wide
    if controls >= _BINARY_SHARE:
        raise ValueError(_binary(controls))
    if found := mend_utf8(data, _foreign):
        return Decoded(text=found.text, encoding="utf-8", mended=found.mended)
    return None


def _guessed(data: bytes, labels: Sequence[str | None], prose: bytes) -> Decoded:
    """The text in the first stated encoding that `prose` does not contradict, else in the likeliest one; `prose` is the
    part of the bytes without markup."""
    for label in labels:
        encoding = _by_label(label)
        if not encoding or (text := _strictly(data, encoding)) is None:
            continue
        if is_contradicted(encoding, prose):
            break
        return _decoded(text, encoding, f"stated as {label}")
    best = guess(prose)
    return _decoded(data.decode(best.encoding, "replace"), best.encoding, "guess", sure=best.sure)


def _decoded(text: str, encoding: str, found: str, *, sure: bool = True) -> Decoded:
    return Decoded(text=text, encoding=encoding, found=found, mended=text.count("\ufffd"), sure=sure)


def _foreign(data: bytes) -> str:
    """Decode lines of a file that are in another encoding than the rest."""
    return data.decode(guess(data).encoding, "replace")


def _binary(controls: float) -> str:
    return f"is binary: {controls:.0%} of its bytes are control characters"


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
    # A statement in ASCII can't be right about UTF-16; the standard reads it as UTF-8.
    return None if label and label.lower().startswith("utf-16") else label


def _by_label(label: str | None) -> str | None:
    """Python's name of an encoding."""
    import webencodings  # for pages alone

    found = webencodings.lookup(label.strip("\"' ")) if label else None
    if found is None or found.name in ("replacement", "x-user-defined"):
        return None
    return "gb18030" if found.name == "gbk" else str(found.codec_info.name)


def _strictly(data: bytes, encoding: str) -> str | None:
    """The text; None if more than one byte in a thousand is invalid."""
    text = data.decode(encoding, "replace")
    return text if text.count("\ufffd") <= len(data) // 1000 else None


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> Decoded | None:
    """Decode UTF-16 or UTF-32 without a mark; None if it is neither. The byte order with the fewest odd characters is
    right, then the one with the fewest different high bytes, that is, scripts."""
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
    text = data.decode(encoding, "replace")
    if _is_plain(head) or _pairs_ascii(head, text):
        return None
    return _decoded(text, encoding, "zero bytes")


def _pairs_ascii(data: bytes, text: str) -> bool:
    """Whether a reading makes characters beyond ASCII of bytes that are ASCII alone: pairs of letters, and zeros."""
    beyond = sum(not character.isascii() for character in text)
    return not data.translate(None, _PRINTED + b"\0") and 2 * beyond >= len(text)


def _is_plain(data: bytes) -> bool:
    """Whether bytes with some zeros are letters of one byte each: of two bytes the first, the script, varies less."""
    varied, others = len(set(data[::2])), len(set(data[1::2]))
    return len(data.translate(None, _PRINTED)) < _OTHER_SHARE * len(data) and 2 * min(varied, others) > max(
        varied, others
    )
