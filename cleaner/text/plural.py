"""Formats counts for messages and reports."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return a count with its noun, for nouns whose plural ends in `s`.

    >>> counted(1, "rule"), counted(1204, "rule")
    ('1 rule', '1,204 rules')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
