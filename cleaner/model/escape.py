"""Texts that come from elsewhere, as people see them: control characters escaped, secrets in addresses left out.

A file name, an id or an exception's text may hold what a terminal obeys or an eye can't see. Data is not changed by
this: it is for messages, tables and pages.
"""

from __future__ import annotations

import re
from pathlib import PurePath

# Cc, Cf, Cs, Zl and Zp of Unicode, but for the joiners of the next one.
_CONTROL = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u070f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
# Arabic and Indic scripts and emoji are written with joiners; elsewhere a joiner only hides.
_JOINED = "\u0600-\u109f\u1780-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_UNSEEN = re.compile(f"[{_CONTROL}]|(?<![{_JOINED}])[\u200c\u200d]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}

# A user's name is taken for a secret with `http` alone, where tokens are given so: elsewhere it says which account.
_USER = re.compile(
    r"""(?P<scheme>[a-z][a-z0-9+.-]*://)(?:[^\s/@:?#'"]*:(?!\d+(?:/|$))[^\s'"]*|(?<=http://|ttps://)[^\s/?#@'"]+)@""",
    re.IGNORECASE,
)
_VALUES = re.compile(r"""[a-z][a-z0-9+.-]*://[^\s'"<>?#]*[?#][^\s'"<>]*""", re.IGNORECASE)
_VALUE = re.compile(r"(?<==)[^&;#]+")
_HIDDEN = "***"


def shown(text: str, *, keep: str = "") -> str:
    r"""The text with control characters, bidirectional ones and invisible ones escaped, but for those of `keep`.

    >>> shown("a\x1b[31m\rb")
    'a\\x1b[31m\\rb'
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8, as Python reads it
        code -= 0xDC00
    if code < 0x100:
        return _NAMED.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def redacted(text: str) -> str:
    """The text with the passwords, tokens and signatures of its addresses left out.

    >>> redacted("s3://key:secret@bucket/a.jsonl, https://host/a?X-Amz-Signature=f00&page=2")
    's3://***@bucket/a.jsonl, https://host/a?X-Amz-Signature=***&page=***'
    """
    if "://" not in text:
        return text
    return _VALUES.sub(lambda found: _VALUE.sub(_HIDDEN, found[0]), _USER.sub(rf"\g<scheme>{_HIDDEN}@", text))


def public_name(place: str) -> str:
    """A path or an address as a dataset may name it: without secrets, and the same on any machine.

    >>> public_name("/home/anna/datasets/2024"), public_name("s3://key:secret@bucket/2024")
    ('2024', 's3://***@bucket/2024')
    """
    if "://" in place:
        return redacted(place)
    path = PurePath(place)
    return path.name or place if path.is_absolute() or ".." in path.parts else place
