"""Records: their text and address under the keys that tools write, and markup that a text plainly is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import compile_program
from cleaner.metadata.record_keys import KEYS
from cleaner.model.document import READ_AS_HTML, Document
from cleaner.model.options import Options
from cleaner.readers import Keys
from cleaner.readers.html_fragments import markup_of
from cleaner.readers.records import to_document
from cleaner.rules.load import default_rules, load_pack
from support.inputs import Found, documents, faults, lay, read_all

PROGRAM = compile_program(load_pack(default_rules()), Options())


def read_record(record: dict[str, Any], **keys: str) -> Found:
    return to_document(dict(record), "a.jsonl:1", "", Keys(**keys))  # type: ignore[arg-type]


def document(record: dict[str, Any]) -> Document:
    found = read_record(record)
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"maintext": "Fog.", "text": "Rain."}, "Rain."),
        ({"maintext": "Fog.", "text": None}, "Fog."),
        ({"maintext": "Fog.", "text": "nan"}, "Fog."),
        ({"textContent": "Fog.", "content": "<p>Fog."}, "Fog."),
        ({"text": "", "html": "<p>Fog."}, "Fog."),
        ({"text": "None", "html": "<p>Fog."}, "Fog."),
        ({"text": "", "html": ""}, ""),
        ({"text": "Nonesuch"}, "Nonesuch"),
    ],
)
def test_the_text_is_the_first_that_holds_something(record: dict[str, Any], text: str) -> None:
    assert document(record).text == text
    assert document(dict(reversed(record.items()))).text == text


@pytest.mark.parametrize("key", [*KEYS["text"], "Text", "TEXT"])
def test_texts_are_known_by_the_keys_of_tools(key: str, tmp_path: Path) -> None:
    assert document({key: "Fog."}).text == "Fog."
    assert [each.text for each in documents(read_all(lay(tmp_path, {"a.csv": f"{key},n\nFog.,1\n".encode()})))] == [
        "Fog."
    ]


def test_another_text_field_is_the_only_one_that_is_read() -> None:
    assert not isinstance(read_record({"maintext": "Fog.", "n": 1}, text="content"), Document)


@pytest.mark.parametrize("word", ["nan", "NULL", "N/A", " None "])
def test_a_word_for_no_value_is_no_text(word: str) -> None:
    found = read_record({"text": word})
    assert str(found).startswith(f"a.jsonl:1: its field `text` holds no text but '{word.strip()}'")


@pytest.mark.parametrize(
    ("record", "url"),
    [
        ({"url": "https://a.example/1", "link": "https://a.example/2"}, "https://a.example/1"),
        ({"url": " https://a.example/1\n"}, "https://a.example/1"),
        ({"url": "nan", "link": "https://a.example/2"}, "https://a.example/2"),
        ({"url": "a.example/1"}, "a.example/1"),
        ({"url": "None"}, None),
        ({"url": ""}, None),
        ({"link": "/2", "id": 7}, None),
        ({"source": "https://a.example/1"}, "https://a.example/1"),
        ({"source": "Holm Post"}, None),
        ({"metadata": {"url": "https://a.example/1"}}, "https://a.example/1"),
        ({"warc_headers": {"warc-target-uri": "https://a.example/1"}}, "https://a.example/1"),
    ],
)
def test_addresses_are_known_by_the_keys_of_tools(record: dict[str, Any], url: str | None) -> None:
    assert document({"text": "Fog.", **record}).url == url


def test_nothing_but_text_url_and_id_is_taken_out_of_a_record() -> None:
    given = {"link": "https://a.example/2", "title": "nan"}
    assert document({"id": 1, "text": "Fog.", **given}).input_metadata == given
    assert document({"text": "Fog.", "url": "nan"}).input_metadata == {"url": "nan"}


FRAGMENTS = [
    "<p>The lamps came on again.</p><p>Nobody had <em>believed</em> it &amp; left.</p><ul><li>One</li></ul>",
    '<div class="story"><p>The lamps came on.</p><script>var a = 1;</script><p>Nobody believed it.</p></div>',
    "The lamps came on.<br/><br/>Nobody believed it.<br>It was late.",
    "The lamps came on.<br>\nNobody believed it.<br />\nIt was late.",
    '"Lamps!"<br>"Where?"',
    "<body><p>The lamps came on.</p></body>",
    "<![CDATA[<p>The lamps came on.</p>]]>",
    "&lt;p&gt;The lamps came on.&lt;/p&gt;",
    "&amp;lt;p&amp;gt;The lamps came on.&amp;lt;/p&amp;gt;",
    "<!-- block --><P>The lamps came on.</P><!-- /block -->",
    "They came on.\n<p>The lamps of the northern mole.</p><p>Nobody had believed it, said Ilse.</p><p>It was late.</p>",
]
TEXTS = [
    "Use the <p> tag to open a paragraph, and </p> to close it.",
    "<p> is the tag that opens a paragraph.",
    "Where a < b and c > d, x<p and y>q.",
    "Write to <anna@post.example> or to Tom <tom@post.example>.",
    "He is <b>bold</b>.\n\nShe is <i>not</i>, says <a href='x'>the post</a>.",
    "A lone <b> here.",
    "A line break is written <br>, or <br/> in XHTML.",
    "The <br> element breaks a line.\nSo does <hr>.",
    "| a<br>b | c |\n|---|---|\n| d<br>e | f |",
    "Our page:\n\n<div>\n  <p>Hello</p>\n</div>\n\nThat is all that it takes, and the browser shows the word in a box.",
    "<note><to>Ann</to><from>Tom</from><body>It rains.</body></note>",
    "&lt;p&gt; opens a paragraph, and AT&amp;T rose.",
    "<3 <3",
    "",
]


@pytest.mark.parametrize("text", FRAGMENTS)
def test_what_is_plainly_markup_is_read_as_html(text: str) -> None:
    found = document({"text": text})
    assert found.flags == (READ_AS_HTML,)
    assert found.blocks
    assert not set("<>") & set(found.text)
    assert "var a" not in found.text


@pytest.mark.parametrize("text", TEXTS)
def test_prose_about_markup_is_text(text: str) -> None:
    found = document({"text": text})
    assert (found.text, found.flags, found.blocks) == (text, (), ())


def test_an_escaped_page_is_a_page() -> None:
    found = document({"text": "&lt;html&gt;&lt;body&gt;&lt;p&gt;Fog.&lt;/p&gt;&lt;/body&gt;&lt;/html&gt;"})
    assert (found.text, found.flags) == ("Fog.", ())


def test_markup_in_a_file_is_read_as_in_a_record(tmp_path: Path) -> None:
    markup, text = documents(read_all(lay(tmp_path, {"a.txt": FRAGMENTS[0].encode(), "b.txt": TEXTS[0].encode()})))
    assert (markup.text, markup.flags) == (document({"text": FRAGMENTS[0]}).text, (READ_AS_HTML,))
    assert (text.text, text.flags) == (TEXTS[0], ())


@pytest.mark.parametrize("piece", ["<p>", "</p>", "<div><p>", "<!--", "<script>", "<script ", "&lt;", "<br", " ", "\n"])
def test_what_is_never_closed_is_looked_for_once(piece: str) -> None:
    assert markup_of("Fog.<br>Rain." + piece * 20_000 + "Wind.") != ""


@pytest.mark.parametrize("key", ["title", "headline", "dc:title"])
def test_a_title_is_found_in_the_text_for_every_key_of_titles(key: str) -> None:
    text = "Fog over the mole\n\nThe ferry waited all day, and nobody on the quay could say for whom it did."
    article = clean_document(document({"text": text, key: "Fog over the mole"}), PROGRAM)
    assert article.text.startswith("The ferry")
    assert article.metadata.title == "Fog over the mole"


def test_a_part_of_a_page_is_no_whole_page() -> None:
    article = clean_document(document({"text": FRAGMENTS[0]}), PROGRAM)
    assert article.text == "The lamps came on again.\n\nNobody had believed it & left.\n\nOne"
    assert (article.flags, article.edits) == ((READ_AS_HTML,), ())


def test_the_keys_of_tools_in_json_lines(tmp_path: Path) -> None:
    record = {"maintext": "Fog.", "date_publish": "2023-05-04 10:00:00", "url": "nan"}
    found = read_all(lay(tmp_path, {"a.jsonl": orjson.dumps(record)}))
    assert [(each.text, each.url) for each in documents(found)] == [("Fog.", None)]
    assert not faults(found)
