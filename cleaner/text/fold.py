"""Folding: text in lower case, with plain quotes and blanks, as phrases and literals are compared."""

from __future__ import annotations

# In the folded text quotes are straight and blanks are plain, so that one spelling finds all.
QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'",
          "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}  # fmt: skip


BLANKS = ("\u00a0", "\u202f", "\u2009", "\u3000", "\t")


_PLAIN_PAIRS = (*QUOTES.items(), *((blank, " ") for blank in BLANKS))


def fold(text: str) -> str:
    """Lower case, straight quotes, plain blanks; line breaks stay. What needles and phrases are compared in."""
    folded = plain(text.lower())
    # Turkish has its i with and without a dot in both cases, and capitals lose the difference elsewhere.
    return folded if folded.isascii() else folded.replace("i\u0307", "i").replace("ı", "i")


def plain(text: str) -> str:
    r"""The text as patterns see it: quotes straight, blanks plain (RE2's `\s` knows ASCII only), length kept."""
    if not text.isascii() or "\t" in text:
        for odd, usual in _PLAIN_PAIRS:  # several times faster than str.translate
            text = text.replace(odd, usual)
    return text
