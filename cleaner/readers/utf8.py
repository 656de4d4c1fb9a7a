"""Repairs UTF-8 in which some bytes are of another encoding: only those bytes are read differently.

These files come from lines of several sources, and from texts cut between two bytes. An invalid byte is read as
windows-1252, the most common of the other encodings. A part of a character that was cut becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_BAD = re.compile("[\udc80-\udcff]")  # as the `surrogateescape` handler marks them
_BAD_RUN = re.compile("[\udc80-\udcff]+")
_ASCII = bytes(range(0x80))
_GOOD = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")

# CESU-8: each half of a UTF-16 pair by itself.
_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# The pieces of a run of bytes that are no UTF-8.
_PIECE = re.compile(
    rb"""
      (?P<zero> \xc0\x80 )                                               # Java's way to write U+0000
    | (?P<half> \xed[\xa0-\xbf][\x80-\xbf] )
    | (?P<quoted> [\xe0-\xfe] (?: [\x85\x91-\x94\xbb] )+ )               # in windows-1252, a letter and quotes
    | (?P<signs> [\x82\x84\x85\x8b\x91-\x97\x99\x9b\xa0\xab\xae\xb0\xbb]{2,} )  # in windows-1252, marks of prose
    | (?P<cut> [\xc2-\xf4][\x80-\xbf]{1,3} | [\x80-\xbf]{2,} )           # a character that lacks some of its bytes
    | (?P<byte> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_HALVES = (0xC2, 0xC3)  # the first bytes of what Western languages write; Â and Ã are no words
_LEAD = range(0xC2, 0xF5)
# Legacy bytes of a line that are more than strays: it is of another encoding as a whole.
_LEAST_FOREIGN = 4
# A line that is UTF-8 beyond doubt: by chance, bytes of other encodings are well-formed now and then.
_LEAST_SURE = 3
_LEAST_SURE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedText:
    """A text and the number of its bytes that are not valid UTF-8."""

    text: str
    mended: int


def mend_utf8(data: bytes, foreign: Callable[[bytes], str], *, part: bool = False) -> MendedText | None:
    """Return the text of bytes that are mostly UTF-8, or UTF-8 in some lines; None for other bytes, unless they are
    `part` of a text that is.

    Lines of another encoding are joined and passed to `foreign`, which must return text with as many lines.

    >>> mend_utf8("Déjà vu\\n".encode() + b"\\xa9 2020", str)
    MendedText(text='Déjà vu\\n© 2020', mended=1)
    """
    data, pairs = _PAIR.subn(_joined, data)
    text = data.decode("utf-8", "surrogateescape")
    bad = len(data) - len(data.decode("utf-8", "ignore").encode())
    if not part and len(data.translate(None, _ASCII)) < 2 * bad and not _has_sure_lines(text, bad):
        return None
    lines = text.split("\n")
    if others := [at for at, line in enumerate(lines) if _is_foreign(line)]:
        joined = "\n".join(lines[at] for at in others).encode("utf-8", "surrogateescape")
        for at, line in zip(others, foreign(joined).split("\n"), strict=True):
            lines[at] = line
        text = "\n".join(lines)
    return MendedText(text=_BAD_RUN.sub(_read_run, text), mended=bad + 6 * pairs)


def _joined(pair: re.Match[bytes]) -> bytes:
    return pair[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _is_foreign(line: str) -> bool:
    bad = len(_BAD.findall(line))
    return bad >= _LEAST_FOREIGN and bad > len(_GOOD.findall(line))


def _has_sure_lines(text: str, bad: int) -> bool:
    counts = (len(_GOOD.findall(line)) for line in text.split("\n") if not _BAD.search(line))
    return sum(good for good in counts if good >= _LEAST_SURE) > _LEAST_SURE_SHARE * bad


def _read_run(run: re.Match[str]) -> str:
    """Bytes between well-formed UTF-8, by what precedes them and whether the text ends with them."""
    data = run[0].encode("utf-8", "surrogateescape")
    text, start = run.string, run.start()
    before = text[start - 1] if start else ""
    after = text[run.end()] if run.end() < len(text) else ""
    out: list[str] = []
    for piece in _PIECE.finditer(data):
        last = piece.end() == len(data)
        out.append(_read_piece(piece, out[-1][-1:] if out else before, after if last else "?"))
    return "".join(out)


def _read_piece(piece: re.Match[bytes], before: str, after: str) -> str:
    kind, data = piece.lastgroup, piece[0]
    latin = data.decode("cp1252", "replace")
    if kind == "zero":
        return "\0"
    if kind == "signs" or (kind == "quoted" and _goes_on(before, latin[0])):
        return latin
    if kind == "byte" and not _is_part(data[0], latin, before, after):
        return latin
    return "\ufffd"


def _is_part(byte: int, latin: str, before: str, after: str) -> bool:
    """Whether a byte is the part of a character that was cut off, at the end or the beginning of a text; or filler."""
    if byte == 0xFF or (byte in _HALVES and not after.isalpha()):
        return True
    if not after and byte in _LEAD:
        return latin == "â" or not _goes_on(before, latin)
    return not before and byte < 0xC0 and after.islower() and byte not in b"\x8b\x91\x93\xab\xa1\xbf"


def _goes_on(before: str, letter: str) -> bool:
    """Whether a letter of windows-1252 goes on with a word."""
    return letter.islower() and before.isalpha() and before < "\u0250"
