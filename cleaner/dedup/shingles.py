"""Hashes of a text's words and of its runs of words (shingles), by which documents are compared.

A word is a run of letters, marks and digits in any case; blanks, punctuation and signs only separate words, because
they differ between copies of a text: straight and curly quotes, dashes, spaces before a colon, line breaks. In scripts
without blanks (Chinese, Japanese, Thai, ...) each character is a word.

All words of a text are hashed at once: a polynomial over its code points modulo 2**64, whose sums over a range are
differences of prefix sums (Karp and Rabin, "Efficient randomized pattern-matching algorithms", 1987), then mixed.
The hashes depend on the text alone: not on the process, the machine, or the other texts of a batch.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.text.lines import unspaced_letters

WIDTH = 5
"""Words of a shingle, the usual number (Lee et al., "Deduplicating training data makes language models better",
2022); a changed word changes five shingles."""

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse; 2**64 / the golden ratio
_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_PIECE = 1 << 18  # characters hashed at a time: a text may be of any length, the tables below are not
_LAST_IN_TABLE = 0x20000  # above are only rare ideographs
_IDEOGRAPHS = slice(0x20000, 0x32400)
_ALONE = np.uint32(1 << 31)  # set for a character that is a word by itself


def word_hashes(text: str) -> Hashes:
    """Return a hash of each word of a text, in order: uint64 of shape (words,)."""
    return placed_words(text)[1]


def placed_words(text: str) -> tuple[NDArray[np.int64], Hashes]:
    """Return the start of each word of a text, in characters, and the hashes of the words as from `word_hashes`."""
    if len(text) <= _PIECE:
        return _hashed(text)
    found = [(at, *_hashed(piece)) for at, piece in _pieces(text)]
    starts = np.concatenate([at + starts for at, starts, _ in found])
    return starts, np.concatenate([hashes for *_, hashes in found])


def shingles(words: Hashes) -> Hashes:
    """Return a hash (uint64) of each run of `WIDTH` words; a shorter text is one run, a text without words has none."""
    width = min(WIDTH, len(words))
    if not width:
        return words
    runs = words[: len(words) - width + 1].copy()
    for at in range(1, width):
        runs *= np.uint64(_BASE)
        runs ^= words[at : len(words) - width + 1 + at]
    return _mixed(runs)


def shingle_set(text: str) -> Hashes:
    """Return the distinct shingles of a text, sorted."""
    return np.unique(shingles(word_hashes(text)))


def jaccard(one: Hashes, other: Hashes) -> float:
    """Return the Jaccard similarity of two sets, 0 to 1; each is a sorted array of distinct values."""
    shared = np.intersect1d(one, other, assume_unique=True).size
    return shared / max(1, one.size + other.size - shared)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = start + _PIECE
        if end < len(text):
            end = max(text.rfind(" ", start, end), text.rfind("\n", start, end)) + 1 or end
        yield start, text[start:end]
        start = end


def _hashed(text: str) -> tuple[NDArray[np.int64], Hashes]:
    letters, powers, inverses = _letters(), *_powers()
    codes = letters.take(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"))
    inside = np.zeros(codes.size + 2, bool)
    np.not_equal(codes, 0, out=inside[1:-1])
    if not text.isascii() and codes.max(initial=0) >= _ALONE:
        alone = np.zeros(codes.size + 2, bool)
        np.greater_equal(codes, _ALONE, out=alone[1:-1])
        apart = alone[1:] | alone[:-1]
        starts = np.flatnonzero(inside[1:] & (~inside[:-1] | apart))
        ends = np.flatnonzero(inside[:-1] & (~inside[1:] | apart))
    else:
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        starts, ends = edges[::2], edges[1::2]
    totals = np.zeros(codes.size + 1, np.uint64)
    np.cumsum(np.multiply(codes, powers[: codes.size], dtype=np.uint64), out=totals[1:])
    words = totals.take(ends)
    words -= totals.take(starts)
    words *= inverses.take(starts)
    return starts, _mixed(words)


def _mixed(hashes: Hashes) -> Hashes:
    """Mix hashes so that every bit depends on all bits: a product carries to higher bits only."""
    hashes ^= hashes >> _HALF
    hashes *= _MULTIPLIER
    hashes ^= hashes >> _HALF
    return hashes


@cache
def _letters() -> NDArray[np.uint32]:
    """Return a table: code point → code point of its lower case; 0 for characters that are no part of a word."""
    table = np.zeros(0x110000, np.uint32)
    letters = [code for code in range(_LAST_IN_TABLE) if unicodedata.category(chr(code))[0] in "LMN"]
    table[letters] = letters
    text = "".join(map(chr, letters))
    for letter in text:  # few of them have a lower case
        if letter.casefold() != letter or letter.lower() != letter:
            table[ord(letter)] = _small(letter)
    table[list(map(ord, unspaced_letters(text)))] |= _ALONE
    table[_IDEOGRAPHS] = np.arange(_IDEOGRAPHS.start, _IDEOGRAPHS.stop, dtype=np.uint32) | _ALONE
    return table


def _small(letter: str) -> int:
    """Return the lower case of a letter if it is one character: ẞ becomes ß; the Turkish İ loses its dot."""
    if letter in "İı":
        return ord("i")
    return next((ord(small) for small in (letter.casefold(), letter.lower()) if len(small) == 1), ord(letter))


@cache
def _powers() -> tuple[Hashes, Hashes]:
    """Return the powers of the base modulo 2**64, and their inverses."""
    return _series(_BASE), _series(pow(_BASE, -1, 2**64))


def _series(base: int) -> Hashes:
    values = np.full(_PIECE, base, np.uint64)
    values[0] = 1
    return np.multiply.accumulate(values)
