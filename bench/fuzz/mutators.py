"""Damage to bytes: what disks, transfers, editors and other programs do to a file, and what an attacker would try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[bytes, Random], bytes]

# Pieces that mean something to one of the formats, or to a terminal.
PIECES = (
    b"\x00", b"\r", b"\r\n", b"\n\n", b"\x0c", b"\x1b[31m", b"\xff", b"\xc3", b"\xe2\x80", b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xf4\x90\x80\x80", b'"', b'""',
    b"'", b"\\", b"\\u0000", b"\\ud800", b",", b"\t", b";", b"{", b"}", b"[", b"]", b"<", b">", b"</", b"<!--",
    b"-->", b"<![CDATA[", b"&#0;", b"&amp;", b"&#x110000;", b"<p>", b"</div>", b"<article>", b"<script>",
    b"<table><tr><td>", b"<time datetime='", b"<h1>", b"99999999999 comments", b"18446744073709551616", b"-1",
    b"1e999", b"NaN", b"null", b"1970-01-01", b"9999-99-99T99:99Z", b"Share this", b"By Anna Reed", b"(Photo by",
    b"FILE PHOTO: ", b"http://a:b@c/?token=d", b"&a [*a]", b"*a", b"!!python/object:x", b": ", b"- ", b"#", b"---\n",
    b"WARC/1.0\r\n", b"Content-Length: 99999999999\r\n", b"PK\x03\x04", b"\x1f\x8b\x08", b"PAR1", b"(?P<authors>.+)",
    b".*", b"(?i)", b"{title}",
)  # fmt: skip
_LONGEST = 1 << 18
"""Bytes that a mutated input may have: cases are to be many rather than large."""


def mutated(data: bytes, draw: Random, pieces: Sequence[bytes] = PIECES) -> bytes:
    """The data after one to six mutations; small counts are drawn most often."""
    for _ in range(min(draw.randint(1, 6), draw.randint(1, 6))):
        data = draw.choice(MUTATORS)(data, draw) if draw.random() < 0.7 else _insert(data, draw, pieces)
    return data[:_LONGEST]


def _span(data: bytes, draw: Random, longest: int = 64) -> tuple[int, int]:
    start = draw.randint(0, len(data))
    return start, min(len(data), start + draw.randint(1, longest))


def _insert(data: bytes, draw: Random, pieces: Sequence[bytes]) -> bytes:
    at = draw.randint(0, len(data))
    return data[:at] + draw.choice(pieces) * draw.choice((1, 1, 1, 2, 50)) + data[at:]


def _flip(data: bytes, draw: Random) -> bytes:
    if not data:
        return data
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]


def _overwrite(data: bytes, draw: Random) -> bytes:
    start, end = _span(data, draw, 8)
    return data[:start] + draw.choice((b"\x00", b"\xff", draw.randbytes(1))) * (end - start) + data[end:]


def _drop(data: bytes, draw: Random) -> bytes:
    start, end = _span(data, draw)
    return data[:start] + data[end:]


def _cut_short(data: bytes, draw: Random) -> bytes:
    return data[: draw.randint(0, len(data))]


def _double(data: bytes, draw: Random) -> bytes:
    start, end = _span(data, draw, 400)
    return data[:end] + data[start:end] * draw.choice((1, 2, 30)) + data[end:]


def _move(data: bytes, draw: Random) -> bytes:
    start, end = _span(data, draw, 400)
    rest = data[:start] + data[end:]
    at = draw.randint(0, len(rest))
    return rest[:at] + data[start:end] + rest[at:]


def _of_lines(change: Callable[[list[bytes], Random], list[bytes]]) -> Mutator:
    return lambda data, draw: b"\n".join(change(data.split(b"\n"), draw))


def _shuffled(lines: list[bytes], draw: Random) -> list[bytes]:
    return draw.sample(lines, len(lines))


def _line_dropped(lines: list[bytes], draw: Random) -> list[bytes]:
    at = draw.randrange(len(lines))
    return lines[:at] + lines[at + 1 :]


def _line_repeated(lines: list[bytes], draw: Random) -> list[bytes]:
    at = draw.randrange(len(lines))
    return lines[:at] + [lines[at]] * draw.choice((2, 40)) + lines[at + 1 :]


def _line_padded(lines: list[bytes], draw: Random) -> list[bytes]:
    at = draw.randrange(len(lines))
    blank = draw.choice((b" ", b"\t", b"\xc2\xa0", b"\xe3\x80\x80", b"\r", b"\xe2\x80\x8b"))
    return [*lines[:at], blank * draw.randint(0, 3) + lines[at] + blank * draw.randint(0, 3), *lines[at + 1 :]]


def _ends(data: bytes, draw: Random) -> bytes:
    return data.replace(b"\n", draw.choice((b"\r", b"\r\n", b"\n\r", b"\xc2\x85", b"\xe2\x80\xa9")))


def _recoded(data: bytes, draw: Random) -> bytes:
    encoding = draw.choice(
        ("utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis", "gb18030", "koi8-r", "utf-7", "cp037")
    )
    return data.decode("utf-8", "replace").encode(encoding, "replace")


MUTATORS: tuple[Mutator, ...] = (
    _flip, _flip, _overwrite, _drop, _cut_short, _double, _move, _ends, _recoded,
    *map(_of_lines, (_shuffled, _line_dropped, _line_repeated, _line_padded)),
)  # fmt: skip
