"""Old keys of rule files: read for one release, with a message that names the new key.

Delete a row one release after it was added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OLD_KEYS: Mapping[tuple[str, ...], Mapping[str, str]] = {
    (): {"known_by": "site_phrases"},
    ("rules",): {
        "layout": "line_breaks",
        "repeat": "duplicate_line",
        "signature": "byline_block",
        "structure": "article_region",
    },
    ("rules", "where"): {"furniture": "labelled_lines"},
    ("rules", "heading", "weights"): {"told": "repeated_in_story"},
}
"""Keys that lead to a mapping of a rule file → its old keys, each with the new one."""


def current_key(at: tuple[Any, ...], key: str) -> str:
    """Return the key that this one means in the mapping at `at`, a path of keys and positions in lists.

    >>> current_key(("rules", 3), "signature"), current_key(("lists",), "signature")
    ('byline_block', 'signature')
    """
    place = tuple(part for part in at if isinstance(part, str))
    return OLD_KEYS.get(place, {}).get(key, key)


def old_key_message(old: str, new: str) -> str:
    """Return the message about an old key, without its place."""
    return f"{old!r} is now {new!r}; rename it: the next release does not read the old key"
