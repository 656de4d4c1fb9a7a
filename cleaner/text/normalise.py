"""Repairs damage from transport: the only change that `cleaner` makes without a rule.

`normalise` repairs mojibake, HTML escapes, control and invisible characters, line ends and Unicode composition. It
keeps what an author or a typesetter chose: curly quotes, dashes, ellipses, full-width punctuation, tabs (they
separate columns) and every kind of space. The no-break spaces U+00A0 and U+202F stay, too: "10 000" and "« oui »"
need them, and `str.split` and `str.strip` treat them as spaces.

The repair is done by ftfy (https://ftfy.readthedocs.io), which takes sixty times as long as all else here. So a line
goes through ftfy only if it holds something that ftfy could change. `_suspicion` is the pattern for this test: ftfy's
own heuristic for mojibake (`ftfy.badness.BADNESS_RE`), widened where that makes it shorter and rewritten so that each
alternative begins with a rare character, plus all that ftfy's other fixers look for. With it, a clean text needs no
import of ftfy. The tests compare it with the installed ftfy.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from io import StringIO
from typing import Any, Final

__all__ = ["normalise", "reference"]

# Differences from ftfy's defaults, with reasons. The rest stays on: terminal escapes, control characters and
# surrogates belong to no article, and ftfy uses the finer options of fix_encoding only with `explain`.
_FTFY_OPTIONS: Final[dict[str, Any]] = {
    "uncurl_quotes": False,  # the author's choice; comparisons of texts fold quotes
    "fix_character_width": False,  # full-width punctuation is plain Chinese, Japanese and Korean
    "fix_latin_ligatures": True,  # "ﬁ" is a glyph from a PDF, and no lexicon has words with it
    "normalization": None,  # done once for the whole text, after invisible characters are removed
    "explain": False,
}

# Not U+0085: it is the ellipsis of a Windows-1252 page read as Latin-1 (the WHATWG Encoding Standard reads it
# so), or a byte of mojibake ("Ã" and U+0085 are "Å"). ftfy decides which.
_LINE_ENDS: Final = ("\r\n", "\r", "\v", "\f", "\u2028", "\u2029")

# Always dropped: controls but tab and newline, soft hyphen, word joiner, byte order mark.
_NOISE: Final = "\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u2060\ufeff"
# Dropped except where they have a meaning. A direction mark orders a line that holds right-to-left letters. A
# joiner shapes the letter before it in scripts from Arabic to Mongolian (Persian and the Indic ones spell
# with it), and glues emoji. A zero-width space separates words where a script writes no space: Thai, Lao,
# Burmese, Khmer.
_MARKS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_RIGHT_TO_LEFT: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_JOINING: Final = "\u0600-\u1cff\u2190-\u2bff\ua800-\uabff\ufb50-\ufefe\U00010a00-\U0001faff\U000e0020-\U000e007f"
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"

_NOISE_RE: Final = re.compile(f"[{_NOISE}]")
_MARK_RE: Final = re.compile(f"[{_MARKS}]")
_RIGHT_TO_LEFT_RE: Final = re.compile(f"[{_RIGHT_TO_LEFT}]")
_STRAY_JOINER_RE: Final = re.compile(f"[\u200c\u200d](?<![{_JOINING}].)")
_STRAY_SPACE_RE: Final = re.compile(f"\u200b(?:(?<![{_UNSPACED}].)|(?![{_UNSPACED}]))")

# ftfy takes »Ü and ”Å for MacRoman mojibake of Ȇ and Ӂ, but they open quotations in German, Danish, Swedish and
# Finnish. So its result for a quote and a letter is reverted if no letter precedes it and none beyond Latin follows.
_MISREAD: Final = {
    (quote + letter).encode("mac-roman").decode(): quote + letter
    for quote in "»›”"
    for letter in "ÄÅÆÇÉÑØÜßàáâãäåæçèéêëìíîïñü"
}
_MISREAD_RE: Final = re.compile(rf"(?<!\w)[{''.join(_MISREAD)}](?![\u0370-\U0010ffff])")

# "&amp;amp;lt;" is "<" in the end, but ftfy takes one layer a pass: quadratic in the depth.
_NESTED_ESCAPE_RE: Final = re.compile("&(?:(?:amp|#38|#x26);)+")


@cache  # it takes milliseconds to compile, and normalised texts never need it
def _suspicion() -> re.Pattern[str]:
    """A pattern that matches wherever a text may need a repair; a match of its group `ours` needs no ftfy.

    The classes bear the names of ftfy's `MOJIBAKE_CATEGORIES`, some of them widened to a range. No match
    spans a newline. The first class holds no lower-case letter but œ, and no common space, dash or
    apostrophe, so that most of a text is passed over at the speed of one table look-up.
    """
    # What ftfy changes in any context: controls, ligatures, surrogates, deprecated format characters.
    alone = "\x00-\x08\x0e-\x1f\x7f-\x9f\ufeffĲĳŉǄ-ǌǱ-ǳﬀ-ﬆ\ud800-\udfff\u206a-\u206f\ufff9-\ufffc"
    ours = f"{_NOISE}{_MARKS}\u200b-\u200d\r\v\f\u2028\u2029"
    latin = [chr(code) for code in range(0xC0, 0x180)]
    upper = "".join(filter(str.isupper, latin)) + "Ґ"
    lower = "".join(filter(str.islower, latin)) + "ґ"
    greek_cyrillic, small = "\u0386-\u03ce\u0401-\u045f", "\u03ac-\u03ce\u0430-\u045f"
    common = "\xa0\xad´·–—―…’"
    bad = "¤¦¨ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\ufffd"
    start, end = "¡©«¿΄΅‘‚“„•‹\uf8ff", "®»˝”›™"
    currency, law, box = "¢£¥₧€", "§¶", "\u2502-\u2593"
    numeric = "±²³µ¹¼½¾×÷⁄№\u2202-\u2265"
    sign = bad + start + end + currency + law + box + numeric
    return re.compile(
        rf"""
        [{alone}{ours}{sign}{upper}œ°Ђ&] (?:
            [^\x00-\x7f] (?:                                     # it, and the character after it
                (?<= [{bad}] [{lower}{upper}{sign}] )
              | (?<= [{end}] [{lower}{upper}{currency}{box}] )
              | (?<= [{currency}{numeric}] [{lower}{upper}{start}{box}] )
              | (?<= [{box}] [{lower}{upper}{start}{end}{currency}{numeric}{law}°] )
              | (?<= [{start}] [{numeric}{box}] )
              | (?<= [{law}] [{box}] )
              | (?<= [{upper}] [{start}{currency}{numeric}{law}{box}°] )
              | (?<= [ÂÃÎÐØÙ] [{common}{end}ŠšŸŽžœµ] )
              | (?<= [√≈]. ) | (?<= ×[²³] ) | (?<= ‚[Äâó] )
            )
          | (?<= [{lower}{upper}{greek_cyrillic}{sign}] . ) (?:  # the character before it, and it
                (?<= [{bad}] )
              | (?<= [{lower}{small}] [{upper}] )
              | (?<= [{lower}β] [{currency}{box}] )
              | (?<= à[{numeric}] )
              | (?<= [{lower}{upper}] [{start}{end}] ) \w
              | (?<= [{lower}{upper}{currency}{numeric}{law}{box}] [{end}] ) [{start}]
              | (?<= [ВГРС]. ) [ВГРС]
              | (?<= [ΒΓΞΟ]. ) [ΒΓΞΟ]
              | (?<= [вВ]Ђ )
            )
          | (?<= [{alone}] )
          | (?<= & ) \#?[0-9A-Za-z]{{1,24}};
          | (?<= [Œœ] ) (?! [A-Za-z] )
          | (?<= [ÂÃ] ) [ ]
          | (?P<ours> (?<= [{ours}] ) )
        )
        """,
        re.VERBOSE,
    )


def normalise(text: str) -> str:
    """Return the text with damage from transport repaired. It is idempotent: a second call changes nothing.

    The result is in NFC, can be encoded as UTF-8, and holds no control characters except tab and newline. It raises
    nothing. Clean text is returned as the same object.

    It does not act on quotes, dashes, spaces, full-width punctuation or line breaks, nor on HTML tags. HTML escapes are
    kept in a text with a `<`, as such a text may be about HTML.

    >>> normalise("The cafÃ© &amp; the pier\\r\\n")
    'The café & the pier\\n'
    >>> normalise("Write <b>&amp;</b>, “so”…")
    'Write <b>&amp;</b>, “so”…'
    """
    while _suspicion().search(text) or not unicodedata.is_normalized("NFC", text):
        mended = _mend(text, _repair_suspects)
        if mended == text:
            break
        text = mended
    return text


def reference(text: str) -> str:
    """Return what `normalise` must return, computed slowly: every line goes through ftfy. For tests."""
    while (mended := _mend(text, _repair)) != text:
        text = mended
    return text


def _mend(text: str, repair: Callable[[str], str]) -> str:
    """One round of repairs; more may be needed, as a removed character may split an escape, or a letter and its
    accent."""
    for line_end in _LINE_ENDS:
        text = text.replace(line_end, "\n")
    return unicodedata.normalize("NFC", _drop_invisibles(repair(text)))


def _repair(text: str) -> str:
    return "".join(map(_ftfy("<" not in text), StringIO(text)))


def _repair_suspects(text: str) -> str:
    """`_repair`, done only to the lines that it could change."""
    unescape = "<" not in text
    pieces, done = [], 0
    for suspect in _suspicion().finditer(text):
        if suspect.start() < done or suspect.lastgroup == "ours":
            continue
        start = text.rfind("\n", 0, suspect.start()) + 1
        end = text.find("\n", suspect.start()) + 1 or len(text)
        pieces += [text[done:start], _ftfy(unescape)(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


@cache
def _ftfy(unescape: bool) -> Callable[[str], str]:
    """Return a function that repairs one line with ftfy, HTML escapes included if `unescape`.

    Escapes are replaced only in a document without "<", as one with it may be about HTML. ftfy's own "auto" decides
    line by line until it meets the first "<", so the result for a line would depend on the lines before it.
    """
    from ftfy import TextFixerConfig, fix_text  # slow to import, and clean text needs none of it

    config = TextFixerConfig(unescape_html=unescape, **_FTFY_OPTIONS)

    def mend_line(line: str) -> str:
        mended = fix_text(_NESTED_ESCAPE_RE.sub("&", line) if unescape else line, config)
        if mended == line or _MISREAD_RE.search(line):
            return mended
        return _MISREAD_RE.sub(lambda found: _MISREAD[found[0]], mended)

    return mend_line


def _drop_invisibles(text: str) -> str:
    text = _NOISE_RE.sub("", text)
    text = _STRAY_SPACE_RE.sub("", text)
    text = _STRAY_JOINER_RE.sub("", text)
    if _MARK_RE.search(text):
        lines = text.split("\n")
        text = "\n".join(line if _RIGHT_TO_LEFT_RE.search(line) else _MARK_RE.sub("", line) for line in lines)
    return text
