"""Folds text to lower case with straight quotes and plain blanks, the form in which phrases and literals are
compared."""

from __future__ import annotations

# One spelling in a rule then finds all of them.
QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'",
          "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}  # fmt: skip


BLANKS = ("\u00a0", "\u202f", "\u2009", "\u3000", "\t")


_PLAIN_PAIRS = (*QUOTES.items(), *((blank, " ") for blank in BLANKS))


def fold(text: str) -> str:
    """Return the text in lower case, with straight quotes and plain blanks; line breaks stay.

    The length may change (`İ` is two characters in lower case), the number of lines does not. Accents stay.

    >>> fold("Don’t")
    "don't"
    """
    folded = plain(text.lower())
    # Turkish has its i with and without a dot in both cases, and capitals lose the difference elsewhere.
    return folded if folded.isascii() else folded.replace("i\u0307", "i").replace("ı", "i")


def plain(text: str) -> str:
    r"""Return the text with straight quotes and plain blanks, of the same length: the form that patterns are run on.

    Blanks are replaced because `\s` of RE2 matches ASCII only.

    >>> plain("Don’t")
    "Don't"
    """
    if not text.isascii() or "\t" in text:
        for odd, usual in _PLAIN_PAIRS:  # several times faster than str.translate
            text = text.replace(odd, usual)
    return text
