"""Pages: as files, as fields of records, in any encoding that they or their server state."""

import gzip
import json
import zlib
from pathlib import Path

import pytest

from cleaner.readers import html as pages
from cleaner.readers.encoding import decode_html
from cleaner.readers.html import is_page
from support.inputs import documents, faults, lay, read_all

PAGE = (
    "<!DOCTYPE html><html><head><title>Fog on the pier</title>"
    '<link rel="canonical" href="https://own.example/fog"></head><body><p>The ferry waited.</p></body></html>'
)


def test_a_page_is_a_document_with_what_its_markup_says(tmp_path: Path) -> None:
    (found,) = documents(read_all(lay(tmp_path, {"news/fog.html": PAGE.encode()})))
    assert (found.id, found.source, found.text) == ("news/fog", "news/fog.html", "The ferry waited.")
    assert found.url == "https://own.example/fog"
    assert found.page_metadata["title"] == "Fog on the pier"
    assert len(found.blocks) == len(found.text.split("\n"))
    assert found.input_metadata == {}


def test_a_sidecar_goes_before_the_page(tmp_path: Path) -> None:
    sidecar = b'{"url": "https://feed.example/1", "title": "Fog"}'
    lay(tmp_path, {"fog.htm.gz": gzip.compress(PAGE.encode()), "fog.json": sidecar})
    (found,) = documents(read_all(tmp_path))
    assert (found.url, found.input_metadata) == ("https://feed.example/1", {"title": "Fog"})


@pytest.mark.parametrize(
    ("record", "text", "url", "given"),
    [
        ({"html": PAGE}, "The ferry waited.", "https://own.example/fog", {}),
        ({"html": PAGE, "url": "https://feed.example/1"}, "The ferry waited.", "https://feed.example/1", {}),
        ({"html": PAGE, "text": None}, "The ferry waited.", "https://own.example/fog", {"text": None}),
        ({"text": PAGE, "n": 1}, "The ferry waited.", "https://own.example/fog", {"n": 1}),
        ({"html": "<p>Part of a page", "n": 1}, "Part of a page", None, {"n": 1}),
        ({"html": PAGE, "text": "Flat."}, "Flat.", None, {"html": PAGE}),
        ({"text": "<p>is how a paragraph begins."}, "<p>is how a paragraph begins.", None, {}),
    ],
)
def test_a_record_may_hold_a_page(
    tmp_path: Path, record: dict[str, object], text: str, url: str | None, given: dict[str, object]
) -> None:
    (found,) = documents(read_all(lay(tmp_path, {"a.jsonl": json.dumps(record).encode()})))
    assert (found.text, found.url, found.input_metadata) == (text, url, given)


def test_the_field_of_the_page_can_be_named(tmp_path: Path) -> None:
    lay(tmp_path, {"a.jsonl": json.dumps({"raw": PAGE, "html": "no", "text": None}).encode()})
    (found,) = documents(read_all(tmp_path, html="raw"))
    assert found.text == "The ferry waited."


def test_a_page_in_a_text_file_is_read_as_one(tmp_path: Path) -> None:
    saved = "<!-- saved from url=(0021)https://a.example/ -->\n" + PAGE
    found = documents(read_all(lay(tmp_path, {"a.txt": saved.encode(), "b.txt": b"On <html> and <p>."})))
    assert [each.text for each in found] == ["The ferry waited.", "On <html> and <p>."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff\n<HTML lang=en>", True),
        ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">', True),
        ("<!doctype htmlish>", False),
        ("<htmlx>", False),
        ("Read <html>", False),
        ("", False),
        ("<!--" * 100_000, False),
        (" " * 100_000, False),
    ],
)
def test_what_a_page_begins_with(text: str, expected: bool) -> None:
    assert is_page(text) is expected
    assert is_page(text.encode()) is expected


LETTERS = "Жители острова рады, хотя паром опять опоздал на час."
WORD = "Świt nad Wisłą, łódź i żagle"


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        (WORD.encode("cp1250"), "windows-1250", WORD),
        (b'<meta charset="iso-8859-2">' + WORD.encode("iso8859_2"), None, WORD),
        (
            b"<META content='text/html; charset=ISO-8859-2' http-equiv=Content-Type>" + WORD.encode("iso8859_2"),
            "",
            WORD,
        ),
        (b"<?xml version='1.0' encoding='iso-8859-2'?>" + WORD.encode("iso8859_2"), None, WORD),
        # The server's word goes before the page's, and a mark before both; a comment states nothing.
        (b'<meta charset="utf-8">' + WORD.encode("cp1250"), '"Windows-1250"', WORD),
        (b'<meta charset="koi8-r">' + WORD.encode("iso8859_2"), "iso-8859-2", WORD),
        (b"<!-- <meta charset=koi8-r> --><meta charset=iso-8859-2>" + WORD.encode("iso8859_2"), None, WORD),
        (WORD.encode("utf-16"), "iso-8859-2", WORD),
        # What is well-formed UTF-8 is that, whatever a server says of all its files.
        (WORD.encode(), "iso-8859-1", WORD),
        # Labels mean what browsers take them for; unknown ones, and those that lie, nothing.
        (b"\x93Caf\xe9\x94", "latin1", "“Café”"),
        ("東京".encode("cp932") + b"\x87\x40", "shift_jis", "東京①"),
        (b"<meta charset=utf-16>" + WORD.encode("cp1250"), "windows-1250", WORD),
        ("Größe, Übermut und Äpfel für alle".encode("cp1252"), "x-made-up", "Größe, Übermut und Äpfel für alle"),
        ("北京的桥".encode("gb18030"), "gb2312", "北京的桥"),
        # Neither a byte of another encoding nor a statement makes something else of UTF-8.
        (b"<p>\xa9 " + WORD.encode(), "iso-8859-1", "<p>© " + WORD),
        ("<p>L’été à Nîmes".encode("cp1252"), "utf-8", "<p>L’été à Nîmes"),
        # A template's statement, and prose in other letters.
        (b"<meta charset=iso-8859-1><p>" + LETTERS.encode("cp1251"), None, LETTERS),
        (b"plain", "utf-8", "plain"),
        (b"", None, ""),
    ],
)
def test_the_encoding_of_a_page(data: bytes, header: str | None, text: str) -> None:
    assert decode_html(data, header).text.endswith(text)


def test_what_is_no_page_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_BYTES", 1000)
    files = {
        "a.jsonl": json.dumps({"id": "x", "html": "<p>" * 400}).encode(),
        "binary.html": bytes(range(32)) * 10 + b"\xff",
        "cut.html.gz": gzip.compress(PAGE.encode())[:40],
        "long.html": b"<p>" * 400,
        "number.jsonl": b'{"html": 3}',
    }
    assert faults(read_all(lay(tmp_path, files))) == {
        "a.jsonl:1": "is longer than 0 MB, as no article is",
        "binary.html": "is binary: 78% of its bytes are control characters",
        "cut.html.gz": "its gzip data is cut short",
        "long.html": "is longer than 0 MB, as no article is",
        "number.jsonl:1": "its field `html` holds a number, not a string",
    }


def test_deep_nesting_does_no_harm(tmp_path: Path) -> None:
    deep = "<html><body>" + "<div>" * 100_000 + "At the bottom." + "</div>" * 100_000
    (found,) = documents(read_all(lay(tmp_path, {"deep.html": deep.encode()})))
    assert found.source == "deep.html"


def test_a_page_that_unpacks_to_a_multitude_is_not_unpacked(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(80)) + packer.flush()
    (message,) = faults(read_all(lay(tmp_path, {"bomb.html.gz": bomb}))).values()
    assert message.startswith("unpacks to more than 200 times its size")
