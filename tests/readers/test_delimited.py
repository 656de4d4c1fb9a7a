"""CSV and TSV, row by row."""

import gzip
from pathlib import Path

import pytest
from inputs import documents, faults, lay, read_all

from cleaner.readers import delimited

TABLE = 'id,title,text\r\nx1,Fog,"The ferry, late, waited.\nThen it left."\r\n\r\nx2,,Rain.\r\n'


def test_a_row_is_a_document_named_for_its_line(tmp_path: Path) -> None:
    found = documents(read_all(lay(tmp_path, {"a.csv": TABLE.encode()})))
    assert [(each.id, each.source, each.text, each.given) for each in found] == [
        ("x1", "a.csv:2", "The ferry, late, waited.\nThen it left.", {"title": "Fog"}),
        ("x2", "a.csv:5", "Rain.", {}),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_told(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = ["n;text;x", "1;Größe und Übermut;a", "2;Äpfel für alle;b"]
    data = "\n".join(rows).replace(";", separator).encode(encoding)
    name = "a.tsv.gz" if separator == "\t" else "a.csv.gz"
    found = documents(read_all(lay(tmp_path, {name: gzip.compress(data)})))
    assert [each.text for each in found] == ["Größe und Übermut", "Äpfel für alle"]


def test_an_encoding_that_shows_late_is_told(tmp_path: Path) -> None:
    data = b"text\n" + (b"plain words " * 20 + b"\n") * 6000 + "Größe und Übermut\n".encode("cp1252")
    assert documents(read_all(lay(tmp_path, {"a.csv": data})))[-1].text == "Größe und Übermut"


def test_digests_are_of_the_row(tmp_path: Path) -> None:
    lay(tmp_path, {"a.csv": b"text,n\nOne.,1\nOne.,2\nOne.,1\n"})
    first, second, third = (each.digest for each in documents(read_all(tmp_path)))
    assert first == third != second


def test_pages_in_cells(tmp_path: Path) -> None:
    lay(tmp_path, {"a.csv": b"url,html,text\nhttps://a.example/,<p>One,\nhttps://b.example/,<p>Two,Flat.\n,,\n3,,\n"})
    found = documents(read_all(tmp_path))
    assert [(each.url, each.text) for each in found] == [
        ("https://a.example/", "One"),
        ("https://b.example/", "Flat."),
        ("3", ""),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "a.csv: is empty: it has no header; begin it with a row that names the columns"),
        (
            b"title,body\n1,2\n",
            "a.csv: its header has no column `text`; name the one that holds the text; it has title",
        ),
        (b"text,n,n\n1,2,3\n", "a.csv: its header has two columns `n`; give each a name of its own"),
        (b"text,n\nx\n", "a.csv:2: has 1 cells, and the header 2; mend the row"),
        (b"text,n\nx,y,z\n", "a.csv:2: has 3 cells, and the header 2; mend the row"),
        (b'text\n"never closed' + b" word" * 100 + b"\n", "a.csv: the rows from line 2 on can't be read: field larger"),
        (b"text\n" + b"word " * 100, "a.csv: has a line of more than 200 characters after line 1; split it"),
        (bytes(range(7)) * 9 + b"\xff", "a.csv: is binary"),
    ],
)
def test_a_faulty_table_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, told: str) -> None:
    monkeypatch.setattr(delimited, "_CELL", 200)
    (found,) = read_all(lay(tmp_path, {"a.csv": data}))
    assert str(found).startswith(told)


def test_reading_goes_on_behind_a_faulty_row(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, {"a.csv": b"text,n\nOne.,1\nbroken\nThree.,3\n"}))
    assert [each.source for each in documents(found)] == ["a.csv:2", "a.csv:4"]
    assert list(faults(found)) == ["a.csv:3"]


def test_a_cut_table_gives_its_rows(tmp_path: Path) -> None:
    rows = "text\n" + "".join(f"Row {n} of {n * 7919 % 1000}.\n" for n in range(5000))
    found = read_all(lay(tmp_path, {"a.csv.gz": gzip.compress(rows.encode())[:-2000]}))
    assert len(documents(found)) > 1000
    (cause,) = faults(found).values()
    assert cause == f"its gzip data is cut short after line {len(documents(found)) + 1}"
