"""A checksum in front of what is written for a later run, so that a damaged byte is noticed when it is read back.

It is no signature: who can write the file can write its checksum. So what is read back is plain data, never code.
"""

from __future__ import annotations

import hashlib

_BYTES = hashlib.sha256().digest_size
_BEGIN, _END = b'{"checksum":"', b'",'


def with_checksum(body: bytes) -> bytes:
    """Bytes with the sha256 of them in front."""
    return hashlib.sha256(body).digest() + body


def without_checksum(data: bytes) -> bytes:
    """What `with_checksum` was given. Raises ValueError where a byte has changed."""
    body = data[_BYTES:]
    if len(data) < _BYTES or hashlib.sha256(body).digest() != data[:_BYTES]:
        raise ValueError("its checksum does not match")
    return body


def json_with_checksum(body: bytes) -> bytes:
    """A JSON object that is not empty, with the key `checksum` as its first: the sha256 of the bytes without it."""
    return b"".join((_BEGIN, hashlib.sha256(body).hexdigest().encode(), _END, body[1:]))


def json_without_checksum(data: bytes) -> bytes:
    """What `json_with_checksum` was given. Raises ValueError where a byte has changed or it has none."""
    behind = len(_BEGIN) + 2 * _BYTES
    body = b"{" + data[behind + len(_END) :]
    if json_with_checksum(body) != data:
        raise ValueError("its checksum does not match" if has_checksum(data) else "it has no checksum")
    return body


def has_checksum(data: bytes) -> bool:
    """Whether a JSON object begins with a checksum, right or wrong."""
    return data.startswith(_BEGIN)
