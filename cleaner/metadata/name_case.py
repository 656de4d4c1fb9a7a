"""Writes the words of a name in capitals as the name is usually written."""

from __future__ import annotations

import re

from cleaner.metadata.values import LOWERED


def cased(word: str, first: bool, capitals: bool, language: str | None) -> str:
    """A word of a name in capitals as the name is written: McDonald, O'Brien, van der Berg, J.K., III.

    `first` says that it is the first word of the name, `capitals` that its whole line is in capitals.

    >>> cased("O'BRIEN", True, True, "en"), cased("VAN", False, True, "nl"), cased("III", False, True, "en")
    ("O'Brien", 'van', 'III')
    """
    if not word.isupper() or len(word) < (2 if capitals else 3) or "." in word[:-1] or word in ("II", "III", "IV"):
        return word
    lower = word.lower()
    if lower in LOWERED and not first and language != "it":
        return lower
    if len(word) == 2 and (not re.search("[aeiouyäöüåø]", lower) or lower[1] == "j"):
        return word  # initials: JP, AJ
    return "".join(_capitalised(part, language) for part in re.split("(['’-])", word))


def _capitalised(part: str, language: str | None) -> str:
    if part.startswith("MC") and len(part) > 3:
        return "Mc" + part[2:].capitalize()
    rest = part[1:].replace("I", "ı") if language == "tr" else part[1:]
    return part[:1] + rest.replace("İ", "i").lower()
