"""What `normalise` mends, what it leaves, and the proof that its gate keeps no damage from ftfy."""

import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise, product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import ftfy
import pytest
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES
from ftfy.chardata import HTML_ENTITY_RE
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleaner.text import normalise as module
from cleaner.text.normalise import normalise, reference

ENCODINGS = [
    "latin-1",
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1257",
    "iso-8859-2",
    "mac-roman",
    "cp437",
]

CLEAN = {
    "ar": "قال المدير: «لن نغلق المكتبة قبل الشتاء»، ثم غادر القاعة…",
    "cs": "„Řeka stoupla o 30 cm,“ řekla starostka – a most v Ústí zůstal zavřený.",
    "da": "»Vi åbner først på søndag,« sagde Ærø Færges chef – Østbroen er stadig lukket.",
    "de": "„Über die Brücke ging’s nur zu Fuß“, sagte sie – Ärger gab’s wegen 3,50\xa0€ Maut…",
    "el": "«Η γέφυρα θα μείνει κλειστή», είπε ο δήμαρχος – ως την Κυριακή το πρωί…",
    "en": "“We’re closing the bridge,” she said — ‘for good’, it seems… Repairs cost £30–€40; a café™ stays.",
    "es": "—¿Quién cerró el puente? —preguntó—. «Nadie», dijo el 1.º de la fila; ¡qué día, Íñigo!",
    "fa": "او گفت: «می\u200cخواهیم پل را ببندیم»؛ خانه\u200cها دیگر راهی ندارند.",
    "fi": "”Silta on kiinni ensi yöhön”, hän sanoi – Äänekoskelta pääsee lautalla.",
    "fr": "«\xa0L’œuvre a coûté 10\u202f000\xa0€\xa0», dit-elle\xa0; à l’Été, « ça ira\xa0» – Émile l’a vu…",
    "he": "”הגשר ייסגר ביום ראשון”, אמרה ראש העיר – \u200f(עד 17:00)\u200f בלבד.",
    "hi": "“पुल रविवार तक बंद रहेगा”, उन्होंने कहा – क्\u200dष का रूप अलग है।",
    "hu": "„A híd vasárnapig zárva” – mondta Ödön, Őrbottyán felől pedig „újra” áradt.",
    "it": "«Il ponte? È chiuso», ha detto l’assessore – così “fino a giugno” la città aspetta…",
    "ja": "「橋は日曜日まで閉鎖します。」市長はそう述べた（ＮＨＫ）。　費用は１０％増、ｶﾀｶﾅも残る！",
    "ko": "“다리는 일요일까지 닫습니다.” 시장이 말했다 — ‘주민’ 30명은 불만이었다…",
    "nl": "‘De brug blijft dicht’, zei ze – ’s ochtends kost het veer € 2,50; coöperatie én gemeente ruziën.",
    "pl": "„Most będzie zamknięty” – powiedziała wójt Łucja Śliwa; „Żadnych wyjątków”.",
    "pt": "“A ponte está fechada”, disse João — São 3 km a pé; à tarde, não há ônibus…",
    "ro": "„Podul rămâne închis”, a spus Ștefan – «până duminică», în județul Iași…",
    "ru": "«Мост закрыт до воскресенья», — сказал мэр; дом № 5 и кафе „Ёлка“ ждут…",
    "sv": "”Bron är stängd”, sa hon – Åsa från Öland fick åka båt över ån.",
    "th": "“สะพานปิดถึงวันอาทิตย์” นายกเทศมนตรีกล่าว",
    "tr": "“Köprü pazara dek kapalı,” dedi Çiğdem — İzmir’den gelenler Üsküdar’a geçemedi…",
    "uk": "«Міст зачинено», — сказала Ганна; „ґанок“ ще є, а під’їзду немає…",
    "vi": "“Cầu đóng đến Chủ nhật”, bà nói – Đà Nẵng mưa to, đường ngập…",
    "zh": "“大桥关闭至周日。”市长说：《通告》已经发出……费用（约１００元）由市府承担！",
    "emoji": "Family 👨\u200d👩\u200d👧, pilot 👩🏽\u200d✈️, heart ❤️\u200d🔥, flag 🇸🇪 🏳️\u200d🌈 © 2024",
    "tags": "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f is Wales",
    "table": "name\tprice\tm²\n½ lot\t£5\t20 °C ± 2\n\n• AT&T & Söhne\t[1] {x} ~ ^ `q` a < b > c\n",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_clean_text_is_untouched(text: str) -> None:
    assert normalise(text) is text
    assert reference(text) == text


@pytest.mark.parametrize("quote", "»›”“„‚‘’«‹")
def test_capital_or_umlaut_after_an_open_quote_is_untouched(quote: str) -> None:
    letters = filter(str.isalpha, map(chr, range(0xC0, 0x180)))
    for letter in set(letters) - set("Ĳĳŉ"):
        for text in (f"{quote}{letter}b ikväll", f"Hon log: {quote}{letter}ber alla.\n", f"({quote}{letter}, sa hon"):
            assert normalise(text) == text


def test_clean_text_costs_no_import_of_ftfy() -> None:
    script = (
        "import sys; from cleaner.text.normalise import normalise; text = sys.stdin.buffer.read().decode()\n"
        "assert normalise(text) == text; sys.exit('ftfy' in sys.modules)"
    )
    text = "\n".join(CLEAN.values()).encode()
    done = subprocess.run([sys.executable, "-c", script], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


EXAMPLES = {
    "mojibake-cp1252": (
        "The cafÃ© wasnâ€™t â€œopenâ€\x9d â€” 10Â\xa0â‚¬",
        "The café wasn’t “open” — 10\xa0€",
    ),
    "mojibake-latin-1": ("â\x80\x9eStraÃ\x9feâ\x80\x9c in KÃ¶ln", "„Straße“ in Köln"),
    "mojibake-cp1251": ("РќРѕРІС‹Р№ РјРѕСЃС‚", "Новый мост"),
    "mojibake-mac-roman": ("L‚Äô√©cole est ferm√©e", "L’école est fermée"),
    "mojibake-twice": ("le cafÃƒÂ© fermÃƒÂ©", "le café fermé"),
    "mojibake-with-nel": ("Ã\x85sa bor i VÃ¤xjÃ¶", "Åsa bor i Växjö"),
    "mojibake-lost-nbsp": ("voilÃ  le pont", "voilà le pont"),
    "mojibake-one-line-only": ("Ça va…\nÃ‰tÃ© dâ€™or\nÂge", "Ça va…\nÉté d’or\nÂge"),
    "c1-as-cp1252": ("It\x92s \x93shut\x94 \x96 why\x85", "It’s “shut” – why…"),
    "c1-unassigned": ("a\x81b\x9dc", "abc"),
    "byte-order-mark": ("\ufeffText", "Text"),
    "byte-order-mark-mojibake": ("ï»¿Text", "Text"),
    "mojibake-of-open-quote": ("Sie rief: Â»Ãœberall im Ort", "Sie rief: »Überall im Ort"),
    "rare-letter-beside-mojibake": ("ȯbda, itâ€™s Livonian", "ȯbda, it’s Livonian"),
    "entity": ("Fish &amp; chips &ndash; &pound;5 &#8217;n&#x2019; &QUOT;", 'Fish & chips – £5 ’n’ "'),
    "entity-nbsp": ("10&nbsp;000", "10\xa0000"),
    "entity-nested": ("Fish &amp;amp;amp; chips &amp;eacute;", "Fish & chips é"),
    "entity-makes-markup": ("&lt;b&gt;\nA &amp; B", "<b>\nA & B"),
    "entity-kept-before-markup": ("A &amp; B\n<b>", "A &amp; B\n<b>"),
    "entity-kept-after-markup": ("<b>\nA &amp; B", "<b>\nA &amp; B"),
    "entity-unknown": ("AT&T; &nosuchname; &;", "AT&T; &nosuchname; &;"),
    "entity-line-end": ("a&#13;&#10;b&NewLine;c", "a\nb\nc"),
    "entity-cut-by-soft-hyphen": ("A &am\xadp; B", "A & B"),
    "ligature": ("an eﬃcient ﬁle, ﬂat", "an efficient file, flat"),
    "ligature-dutch": ("Ĳsland, bĳna", "IJsland, bijna"),
    "control": ("a\x00b\x07c\x1fd\x7fe", "abcde"),
    "terminal-escape": ("\x1b[1;31mred\x1b[0m", "red"),
    "soft-hyphen": ("Donau\xaddampf\xadschiff", "Donaudampfschiff"),
    "zero-width-latin": ("a\u200bb\u2060c\ufeffd\u200c e\u200df\u200b", "abcd ef"),
    "zero-width-space-khmer": ("\u200bស្ពាន\u200bបិទ\u200b ok", "ស្ពាន\u200bបិទ ok"),
    "non-joiner-german": ("Auf\u200clage", "Auflage"),
    "non-joiner-persian": ("\u200cمی\u200c\u200cروم", "می\u200cروم"),
    "joiner-indic": ("ක්\u200dෂ র\u200d্য", "ක්\u200dෂ র\u200d্য"),
    "direction-latin": ("\u200e12 May\u200f \u2066(x)\u2069", "12 May (x)"),
    "direction-per-line": ("\u200eone\n\u200eאחד\u200f (1)", "one\n\u200eאחד\u200f (1)"),
    "surrogate-pair": ("ok \ud83d\ude00", "ok 😀"),
    "surrogate-lone": ("a\ud83db\udc80", "a\ufffdb\ufffd"),
    "line-ends": ("a\r\nb\rc\vd\fe\u2028f\u2029g\n\r\nh", "a\nb\nc\nd\ne\nf\ng\n\nh"),
    "nfd": ("Zu\u0308rich, cafe\u0301, 하", "Zürich, café, 하"),
    "nfd-cut-by-zero-width": ("cafe\u200b\u0301", "café"),
    "nfc-singleton": ("5 \u212b, 10 \u2126", "5 Å, 10 Ω"),
}


@pytest.mark.parametrize(("before", "after"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_example(before: str, after: str) -> None:
    assert normalise(before) == after
    assert reference(before) == after


@pytest.mark.parametrize("escape", ["amp;", "#38;", "#x26;"])
def test_deeply_nested_escape_is_undone_at_once(escape: str) -> None:
    assert normalise("&" + escape * 200_000 + "lt;") == "<"


# A gate that agrees with the reference

MOJIBAKE = re.findall(f"[{''.join(MOJIBAKE_CATEGORIES.values())}]", "".join(map(chr, range(0x10000))))
AWKWARD = [
    *"\n\n  \t&;#<>'?aAzZ0.,",
    *"\r\v\f\x00\x1a\x1b\x7f\x85\x9d\xa0\xad\u2028\u2029\ufeff\ufffd\ufffc\u206a",
    *"\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\u061c\u034f\ufe0f",
    *"\u0301\u0308\u0338\u093c\u3099ﬁﬂĳǆŉ\ud83d\ude00\udc80Åカがが한עب",
    *"ÂÃÎÐØÙâàœŒвЂГўВβ€ā×²√≈‚Ä°µéÉ“”«»",
    *["&amp;", "&lt;", "&amp;eacute;", "&#13;", "&#x92;", "&nbsp;", "&shy;", "&bogus;", "&am", "p;"],
    *["\x1b[0m", "\r\n", "â€™", "â€œ", "Ã©", "Ã ", " Ã\xa0 ", "Â ", "ï»¿", "می\u200cروم", "👩\u200d🚀"],
]


def garble(text: str, encoding: str) -> str:
    return text.encode("utf-8", "replace").decode(encoding, "replace")


def slices(texts: list[str]) -> st.SearchStrategy[str]:
    spans = st.tuples(st.integers(0, 60), st.integers(1, 30))
    return st.builds(lambda text, span: text[span[0] :][: span[1]], st.sampled_from(texts), spans)


clean = slices(list(CLEAN.values()))
garbled = st.builds(garble, clean, st.sampled_from(ENCODINGS))
pieces = st.one_of(
    clean,
    garbled,
    st.builds(garble, garbled, st.sampled_from(ENCODINGS)),
    st.builds(unicodedata.normalize, st.sampled_from(["NFD", "NFKD"]), clean),
    st.sampled_from(AWKWARD),
    st.text(st.sampled_from(MOJIBAKE), min_size=1, max_size=4),
    st.text(max_size=3),
)
texts = st.lists(pieces, max_size=12).map("".join)
dense = st.lists(st.sampled_from([*AWKWARD, *MOJIBAKE]), max_size=12).map("".join)


@settings(max_examples=600, deadline=None)
@given(texts | dense)
def test_gate_agrees_with_reference(text: str) -> None:
    assert normalise(text) == reference(text)


@settings(max_examples=600, deadline=None)
@given(texts | dense)
def test_result_is_stable_and_well_formed(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert {char for char in once if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}} <= {"\t", "\n"}
    once.encode()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_gate_agrees_on_garbled_sentences(encoding: str) -> None:
    for text in CLEAN.values():
        for damaged in (garble(text, encoding), f"{text}\n{garble(text, encoding)} {text}\n"):
            assert normalise(damaged) == reference(damaged)
            assert normalise(normalise(damaged)) == normalise(damaged)


# The proof of the gate against the installed ftfy, which a new release of ftfy may break


def suspected(text: str) -> bool:
    return any(hit.lastgroup != "ours" for hit in module._suspicion().finditer(text))


def test_ftfy_has_no_fixer_that_the_gate_does_not_know() -> None:
    in_fix_encoding = {"restore_byte_a0", "replace_lossy_sequences", "decode_inconsistent_utf8"}
    by_character = {"fix_c1_controls", "fix_latin_ligatures", "fix_surrogates", "remove_control_chars"}
    ours_or_off = {"fix_line_breaks", "normalization", "uncurl_quotes", "fix_character_width"}
    by_pattern = {"unescape_html", "remove_terminal_escapes", "fix_encoding"}
    settings_only = {"max_decode_length", "explain"}
    known = in_fix_encoding | by_character | ours_or_off | by_pattern | settings_only
    assert set(ftfy.TextFixerConfig._fields) == known


def test_no_other_character_is_changed_by_itself() -> None:
    everything = "".join(f"x{chr(code)}y" for code in range(0x110000) if chr(code) not in module._LINE_ENDS)
    for_ftfy = module._suspicion().sub(lambda hit: hit[0] if hit.lastgroup == "ours" else "", everything)
    assert module._repair(for_ftfy) == for_ftfy
    for_nobody = module._suspicion().sub("", everything)
    assert module._mend(for_nobody, str) == unicodedata.normalize("NFC", for_nobody)
    assert len(for_nobody) > len(everything) - 3_000  # surrogates are 2,048 of these


@settings(max_examples=200, deadline=None)
@given(st.from_regex(HTML_ENTITY_RE, fullmatch=True))
@example("&#" + "7" * 24 + ";")
def test_every_escape_is_suspected(escape: str) -> None:
    assert suspected(escape)


Node = tuple[Any, Any]


def parse(pattern: re.Pattern[str]) -> list[Node]:
    return list(_parser.parse(pattern.pattern, pattern.flags))


def single_characters(nodes: list[Node]) -> Iterator[Node]:
    """The parts of a parsed pattern that match one character each."""
    for op, argument in nodes:
        match op:
            case sre.LITERAL | sre.NOT_LITERAL | sre.IN | sre.ANY:
                yield op, argument
            case sre.BRANCH:
                yield from chain.from_iterable(map(single_characters, argument[1]))
            case sre.SUBPATTERN | sre.ASSERT | sre.ASSERT_NOT | sre.MAX_REPEAT:
                yield from single_characters(argument[-1])
            case _:
                assert op is sre.AT, op


def accepts(node: Node, char: str) -> bool:
    op, argument = node
    code = ord(char)
    match op:
        case sre.LITERAL:
            return bool(code == argument)
        case sre.NOT_LITERAL:
            return bool(code != argument)
        case sre.RANGE:
            return bool(argument[0] <= code <= argument[1])
        case sre.CATEGORY:
            word = char.isalnum() or char == "_"
            return {sre.CATEGORY_WORD: word, sre.CATEGORY_SPACE: char.isspace()}[argument]
        case sre.ANY:
            return char != "\n"
    negated = argument[0][0] is sre.NEGATE
    return negated != any(accepts(member, char) for member in argument[negated:])


def limits(node: Node) -> Iterator[int]:
    """The code points at which the answer of `accepts` may change; word and space are seen to apart."""
    op, argument = node
    match op:
        case sre.LITERAL | sre.NOT_LITERAL:
            yield from (argument, argument + 1)
        case sre.RANGE:
            yield from (argument[0], argument[1] + 1)
        case sre.IN:
            yield from chain.from_iterable(map(limits, argument))


def test_what_ftfy_finds_bad_is_suspected() -> None:
    """By exhaustion: each alternative of `BADNESS_RE`, each choice of characters that the gate distinguishes.

    Code points between two limits, alike in being word or space, are the same to both patterns: one
    represents all. Of these, the ones with the same answers to all classes of the gate are one to the gate.
    """
    gate, badness = parse(module._suspicion()), parse(BADNESS_RE)
    nodes = [*single_characters(gate), *single_characters(badness)]
    cells = pairwise(sorted({0, 10, 11, 0x110000, *chain.from_iterable(map(limits, nodes))}))
    kinds = ({(c.isalnum(), c.isspace()): c for c in map(chr, range(*cell))} for cell in cells)
    characters = list(chain.from_iterable(kind.values() for kind in kinds))
    classes = list(single_characters(gate))
    answers = {char: tuple(accepts(node, char) for node in classes) for char in characters}

    def told_apart(node: Node) -> list[str]:
        return list({answers[char]: char for char in characters if accepts(node, char)}.values())

    def choices(node: Node) -> list[str]:
        op, argument = node
        if op is sre.AT:
            return [""]
        if op is sre.MAX_REPEAT:
            least, most, (repeated,) = argument
            assert (least, most) == (0, 1)
            return ["", *told_apart(repeated)]
        return told_apart(node)

    neighbours = {answers[char]: char for char in characters}.values()
    ((_, (_, alternatives)),) = badness
    tried = 0
    for alternative in alternatives:
        for chosen in product(*map(choices, alternative)):
            bad = "".join(chosen)
            assert BADNESS_RE.search(bad)
            assert suspected(bad), alternative
            for neighbour in neighbours:
                assert suspected(neighbour + bad), alternative
                assert suspected(bad + neighbour), alternative
            tried += 1
    assert tried > len(alternatives) > 30
