"""Bytes in any encoding become the text they were, and never a crash."""

import codecs
import random
from typing import Any

import chardet
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.readers.encoding import decode
from support.paragraphs import PARAGRAPHS

LEGACY = {
    "cp1252": "en de fr es pt it sv da fi is fo",
    "iso8859_15": "es pt it sv da fi is fo",
    "mac_roman": "en de fr es pt it sv da",
    "cp850": "it sv da",
    "cp1254": "tr",
    "cp1250": "pl cs sk hu ro hr",
    "iso8859_2": "pl cs sk hu ro hr",
    "cp1257": "lt lv et",
    "iso8859_13": "lt lv et",
    "cp1251": "ru uk bg",
    "koi8_u": "ru uk",
    "iso8859_5": "ru uk bg",
    "cp866": "ru bg",
    "mac_cyrillic": "ru uk bg",
    "cp1253": "el",
    "iso8859_7": "el",
    "cp1255": "he",
    "cp1256": "ar",
    "iso8859_6": "ar",
    "cp874": "th",
    "cp932": "ja",
    "euc_jp": "ja",
    "iso2022_jp": "ja",
    "cp949": "ko",
    "gb18030": "zh-Hans",
    "big5": "zh-Hant",
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize(
    ("encoding", "language"), [(encoding, each) for encoding, codes in LEGACY.items() for each in codes.split()]
)
def test_legacy_encodings(encoding: str, language: str) -> None:
    text = PARAGRAPHS[language]
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("encoding", "language"),
    [(encoding, each) for encoding, codes in LEGACY.items() if encoding != "iso2022_jp" for each in codes.split()],
)
def test_stray_bytes_leave_a_legacy_encoding_as_it_is(encoding: str, language: str) -> None:
    text = PARAGRAPHS[language] + "\n" + PARAGRAPHS[language]
    assert decode(text.encode(encoding) + b"\n\n\xa9 2020\n").text[: len(text)] == text


@pytest.mark.parametrize(
    "line",
    [
        "Copyright © 2020 Saltmouth Post",
        "It cost £5 at the door.",
        "It was 20°C at noon.",
        "Add ½ cup of sugar.",
        "See § 5 of the act.",
        "He said “no” twice.",
        "It didn’t rain – at last…",
        "The café was shut.",
    ],
)
def test_english_with_one_odd_sign_is_windows_1252(line: str) -> None:
    text = f"The ferry was late again.\n\nNobody on the quay knew why it had not left the other side.\n\n{line}\n"
    decoded = decode(text.encode("cp1252"))
    assert (decoded.text, decoded.encoding) == (text, "cp1252")


@pytest.mark.parametrize("text", ["© 2020", "£5", "20°C", "½ cup", "§ 5", "É © 2024", "“No”"])
def test_one_sign_alone_is_windows_1252(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


def test_vietnamese_with_its_tones_as_marks() -> None:
    text = "Thi\u0323 trưởng noi\u0301 răng vi\u0323êc xây trương mới sẽ bă\u0301t đầu vào năm tơ\u0301i.".replace(
        "ẽ", "e\u0303"
    )
    text = text.replace("ầ", "â\u0300").replace("à", "a\u0300").replace("ở", "ơ\u0309").replace("ớ", "ơ\u0301")
    assert decode(text.encode("cp1258")).text == text


def test_what_is_not_plain_utf8_says_how_it_was_read() -> None:
    said = {name: decode(PARAGRAPHS["de"].encode(name)).evidence for name in ("utf-8", "utf-8-sig", "utf-16", "cp1252")}
    assert said["utf-8"] == said["utf-8-sig"] == ()
    assert [(each.field, each.value, each.raw) for each in (*said["utf-16"], *said["cp1252"])] == [
        ("encoding", "utf-16-le", "byte order mark"),
        ("encoding", "cp1252", "guess"),
    ]
    mended = decode(PARAGRAPHS["de"].encode() + b" \xa9")
    assert [each.raw for each in mended.evidence] == ["1 byte mended"]


def test_a_guess_that_may_be_wrong_is_flagged() -> None:
    assert decode(PARAGRAPHS["is"].encode("cp1252")).flags == ()
    assert decode(b"\xe9\xe8").flags == ("doubtful-encoding",)


@pytest.mark.parametrize("language", PARAGRAPHS)
@pytest.mark.parametrize("encoding", UNICODE)
def test_unicode_encodings(encoding: str, language: str) -> None:
    text = PARAGRAPHS[language] + "\r\n\r\n" + PARAGRAPHS[language]
    assert decode(text.encode(encoding)).text == text


def test_windows_text_in_capitals_and_symbols() -> None:
    text = "ÜBER 3 GRÖSSEN © 2024 – SCHLUSS"
    assert decode(text.encode("cp1252")).text == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
@example("")
@example("\ufffd")
def test_utf8_comes_back(text: str) -> None:
    assert decode(b"." + text.encode()).text == "." + text


@given(st.binary())
@example(b"\xff\xfe\x00")
@example(b"\x00\x00\xfe\xff\xff")
@example(b"\xe2\x80")
@example(b"\x1b$B\xff")
@example(b"\x81\x8d\x8f\x90\x9d")
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data).text
    except ValueError as error:
        text = str(error)
    text.encode()  # raises on half of a surrogate pair, which no writer takes


def test_a_few_broken_bytes_leave_utf8_as_it_is() -> None:
    text = PARAGRAPHS["fr"]
    broken = text[:40].encode() + b"\xff" + text[40:].encode()
    assert decode(broken).text == text[:40] + "\ufffd" + text[40:]
    cut = text.encode() + "’".encode()[:2]
    assert decode(cut).text == text + "\ufffd"


@pytest.mark.parametrize(("encoding", "language"), [("cp932", "ja"), ("big5", "zh-Hant"), ("cp949", "ko")])
def test_a_broken_character_costs_its_line_alone(encoding: str, language: str) -> None:
    lines = [PARAGRAPHS[language] + str(number) for number in range(8)]
    raw = [line.encode(encoding) for line in lines]
    raw[3] = raw[3][:10] + b"\xff" + raw[3][10:]
    decoded = decode(b"\n".join(raw)).text.split("\n")
    assert [*decoded[:3], *decoded[4:]] == [*lines[:3], *lines[4:]]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(4000),
        b"\x7fELF\x02\x01\x01" + bytes(4000),
        b"ID\x00\x00\x00\x07" * 300,
        random.Random(2).randbytes(100_000),
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"is binary: \d+% of its bytes"):
        decode(data)


def test_stray_zeros_do_not_make_a_text_binary() -> None:
    text = PARAGRAPHS["en"] + "\0" + PARAGRAPHS["de"]
    assert decode(text.encode()).text == text


def test_a_guess_is_made_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    guess = chardet.detect_all
    sizes: list[int] = []

    def spy(data: bytes, **options: Any) -> Any:
        sizes.append(len(data))
        return guess(data, **options)

    monkeypatch.setattr(chardet, "detect_all", spy)
    text = "plain words " * 200_000 + PARAGRAPHS["de"]
    assert decode(text.encode("cp1252")).text == text
    text = "plain words " * 200_000 + PARAGRAPHS["ru"]
    assert decode(text.encode("cp1251")).text == text
    text = PARAGRAPHS["zh-Hans"] * 20_000
    assert decode(text.encode("gb18030")).text == text
    assert sizes
    assert max(sizes) <= 1 << 17


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        decoded = decode(mark + "One".encode(encoding))
        assert (decoded.text, decoded.encoding) == ("One", encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_sample_may_end_within_a_pair(encoding: str) -> None:
    # Whatever the sample's size: characters of four bytes, from an odd place on.
    text = "A line of words.\n" + "😀" * 20_000
    assert decode(text.encode(encoding)).text == text
    assert decode(text.encode(encoding)[:-2]).text == text[:-1] + "\ufffd"


@pytest.mark.parametrize("at", [20, 21])
def test_plain_text_with_a_few_zeros_is_no_utf_16(at: int) -> None:
    data = bytearray(b"The lamps on the mole came on again at night, said the keeper.")
    data[at] = data[at + 9] = 0
    assert decode(bytes(data)).text == data.decode()
    data[40] = 0
    data[44] = 0
    with pytest.raises(ValueError, match="is binary"):
        decode(bytes(data))


@pytest.mark.parametrize("data", [b"ab\0\0cd", b"Hi\0\0", b"\0\0lamps", b"a\0\0b", b"abc\0\0defgh", b"ab\0cd\0"])
def test_letters_and_zeros_of_a_short_text_are_no_characters_of_two_bytes(data: bytes) -> None:
    with pytest.raises(ValueError, match="is binary"):
        decode(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["Hi", "Hé", "Hi 中"])
def test_a_short_text_of_wide_characters_is_read(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_a_stray_byte_behind_a_mark_is_mended() -> None:
    found = decode("\ufeffGröße und Übermut\n".encode() + b"\xa9 2020")
    assert (found.text, found.mended, found.found) == ("Größe und Übermut\n© 2020", 1, "byte order mark")
