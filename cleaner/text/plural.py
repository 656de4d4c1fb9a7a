"""How figures are told to people."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """`1 rule`, `2 rules`, `1,204 rules`: a number of things that take an s."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
