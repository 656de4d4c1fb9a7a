"""UTF-8 in which some bytes are of another encoding: those bytes alone are mended."""

import pytest

from cleaner.readers.encoding import decode
from support.paragraphs import PARAGRAPHS

TAIL = "\n\nCopyright © 2020 Holm Post, café “Holm”, £5\n"


@pytest.mark.parametrize("language", [each for each in PARAGRAPHS if not PARAGRAPHS[each].isascii()])
def test_a_line_of_windows_1252_leaves_the_rest_of_utf8_as_it_is(language: str) -> None:
    text = PARAGRAPHS[language]
    decoded = decode(text.encode() + TAIL.encode("cp1252"))
    assert (decoded.text, decoded.encoding, decoded.mended) == (text + TAIL, "utf-8", 5)
    assert decoded.flags == ("doubtful-encoding",)


@pytest.mark.parametrize(
    ("stray", "read"),
    [
        (b"It was 20\xb0C and \xbd cup", "It was 20°C and ½ cup"),
        (b"don\x92t, caf\xe9, Z\xfcrich", "don’t, café, Zürich"),
        (b"\x93caf\xe9\x94, she said\x85", "“café”, she said…"),
        (b"Acme\xae and Acme\x99", "Acme® and Acme™"),
        (b"\x81 is no character there", "\ufffd is no character there"),
        (b"filler \xff\xff here", "filler \ufffd\ufffd here"),
        (b"a cut dash \xe2\x80 here", "a cut dash \ufffd here"),
        (b"half of it\x80\xa2 here", "half of it\ufffd here"),
        (b"CESU-8 \xed\xa0\xbd\xed\xb8\x80 here", "CESU-8 😀 here"),
        (b"half a pair \xed\xa0\xbd here", "half a pair \ufffd here"),
        (b"Java's zero \xc0\x80 here", "Java's zero \0 here"),
    ],
)
def test_stray_bytes(stray: bytes, read: str) -> None:
    for before in (PARAGRAPHS["fr"], PARAGRAPHS["ja"]):
        assert decode(f"{before}\n".encode() + stray + f"\n{before}".encode()).text == f"{before}\n{read}\n{before}"


@pytest.mark.parametrize(
    ("end", "read"),
    [
        ("日".encode()[:2], "\ufffd"),
        ("日".encode()[:1], "\ufffd"),
        ("’".encode()[:1], "\ufffd"),
        (b"libert" + "é".encode()[:1], "libert\ufffd"),
        (b"libert\xe9", "liberté"),
    ],
)
def test_a_character_that_is_cut_at_the_end(end: bytes, read: str) -> None:
    text = PARAGRAPHS["fr"] + " "
    assert decode(text.encode() + end).text == text + read


def test_a_text_that_begins_within_a_character() -> None:
    text = PARAGRAPHS["fr"]
    assert decode("é".encode()[1:] + "té. ".encode() + text.encode()).text == "\ufffdté. " + text


@pytest.mark.parametrize(
    ("encoding", "language"), [("cp1252", "de"), ("cp1250", "pl"), ("cp1251", "ru"), ("cp932", "ja")]
)
def test_lines_of_two_encodings_are_read_each_in_its_own(encoding: str, language: str) -> None:
    text = PARAGRAPHS[language]
    data = b"\n".join(text.encode(encoding if number % 2 else "utf-8") for number in range(6))
    assert decode(data).text == "\n".join([text] * 6)


def test_one_valid_pair_does_not_make_utf8_of_another_encoding() -> None:
    text = "Он сказал: «Рёв моря». " + PARAGRAPHS["ru"]
    assert decode(text.encode("cp1251")).text == text
