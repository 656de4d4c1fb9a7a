"""Decodes the body of an HTTP response from its transfer and content codings.

The codings are those of RFC 9110 (8.4.1) and RFC 9112 (7.1); `deflate` may be raw deflate data, too, as in browsers. A
body that clearly is not in the coding of its header was decoded by the crawler, and is kept.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping

from cleaner.readers.compression import COMPRESSIONS, Decompressor, Inflate

_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_LOOKED_AT = 512
_BLOCK = 1 << 16


def decode_body(body: bytes, coded: Mapping[str, str], limit: int, *, whole: bool) -> bytes:
    """Return at most `limit` bytes of the body without its transfer and content codings.

    `coded` maps names of headers, in lower case, to values. Unless it is `whole`, the body may be truncated.
    Raises ValueError if it is damaged, truncated while `whole`, or in an unknown coding.

    >>> decode_body(b"5\\r\\nLamps\\r\\n0\\r\\n\\r\\n", {"transfer-encoding": "chunked"}, 100, whole=True)
    b'Lamps'
    """
    for header in ("transfer-encoding", "content-encoding"):
        for coding in reversed(coded.get(header, "").lower().split(",")):
            body = _undone(body, coding.strip().removeprefix("x-"), limit, whole=whole)
    return body


def _undone(body: bytes, coding: str, limit: int, *, whole: bool) -> bytes:
    if coding == "chunked":
        return _without_chunks(body, whole=whole)
    if not body or coding in ("", "identity") or (coding != "deflate" and _is_plain(body)):
        return body
    if coding == "deflate":
        return _inflated(body, limit, whole=whole)
    make = _CODINGS.get(coding)
    if make is None:
        raise ValueError(f"is packed with {coding[:40]}, which can't be unpacked here")
    return _unpacked(make(), body, coding, limit, whole=whole)


def _is_plain(body: bytes) -> bool:
    """Report whether a body is text, and not compressed."""
    return not _CONTROL.search(body[:_LOOKED_AT])


def _inflated(body: bytes, limit: int, *, whole: bool) -> bytes:
    fault: ValueError | None = None
    for wbits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            return _unpacked(Inflate(wbits), body, "deflate", limit, whole=whole)
        except ValueError as error:
            fault = fault or error
    if fault and not _is_plain(body):
        raise fault
    return body


def _unpacked(stream: Decompressor, body: bytes, coding: str, limit: int, *, whole: bool) -> bytes:
    out = bytearray()
    block = body
    while len(out) < limit and not stream.eof:
        try:
            data = stream.decompress(block, _BLOCK)
        except Exception as error:  # each library has an error of its own
            raise ValueError(f"its {coding} data is damaged ({error})") from error
        out += data
        if not data and not block:
            if whole:
                raise ValueError(f"its {coding} data is cut short")
            break
        block = b""
    return bytes(out[:limit])


class _Brotli:
    """brotli's stream, as a `Decompressor`."""

    def __init__(self) -> None:
        import brotli  # only installed with an extra

        self._stream = brotli.Decompressor()
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._stream.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return bytes(self._stream.process(data, output_buffer_limit=max_length))


_CODINGS: Mapping[str, Callable[[], Decompressor]] = {
    "gzip": COMPRESSIONS[".gz"].decompressor,
    "zstd": COMPRESSIONS[".zst"].decompressor,
    "br": _Brotli,
}


def _without_chunks(body: bytes, *, whole: bool) -> bytes:
    """Return the body without the lengths of its chunks; unchanged if it has none."""
    out = bytearray()
    at = 0
    while at < len(body):
        length = _CHUNK.match(body, at)
        size = int(length[1], 16) if length else 0
        start = length.end() if length else at
        data, behind = body[start : start + size], body[start + size : start + size + 2]
        if length and len(data) == size and (not behind or behind[:1] in b"\r\n"):
            out += data
            if not size:
                break
            at = start + size + len(behind) - (behind[:1] == b"\n" and len(behind) > 1)
            continue
        if not out and not (length and body[start : start + 1] in (b"<", b"\x1f")):
            return body  # a crawler has removed them
        if length and len(data) < size:
            if whole:
                raise ValueError("its chunks are cut short")
            return bytes(out + data)
        raise ValueError(f"its chunks are damaged at byte {at}")
    return bytes(out)
