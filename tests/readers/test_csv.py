"""CSV and TSV, row by row."""

import gzip
import re
from pathlib import Path

import pytest

from cleaner.readers import csv_rows as rows
from cleaner.readers.csv_cells import CellSplitter
from cleaner.readers.csv_dialect import distinct
from support.inputs import documents, faults, lay, read_all

TABLE = 'id,title,text\r\nx1,Fog,"The ferry, late, waited.\nThen it left."\r\n\r\nx2,,Rain.\r\n'


def test_a_row_is_a_document_named_for_its_line(tmp_path: Path) -> None:
    found = documents(read_all(lay(tmp_path, {"a.csv": TABLE.encode()})))
    assert [(each.id, each.source, each.text, each.input_metadata) for each in found] == [
        ("x1", "a.csv:2", "The ferry, late, waited.\nThen it left.", {"title": "Fog"}),
        ("x2", "a.csv:5", "Rain.", {}),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_detected(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = ["n;text;x", "1;Größe und Übermut;a", "2;Äpfel für alle;b"]
    data = "\n".join(rows).replace(";", separator).encode(encoding)
    name = "a.tsv.gz" if separator == "\t" else "a.csv.gz"
    found = documents(read_all(lay(tmp_path, {name: gzip.compress(data)})))
    assert [each.text for each in found] == ["Größe und Übermut", "Äpfel für alle"]


def test_an_encoding_that_shows_late_is_reported(tmp_path: Path) -> None:
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
    ("data", "message"),
    [
        (b"", "a.csv: is empty: it has no header; begin it with a row that names the columns"),
        (
            b"title,body\n1,2\n",
            "a.csv: its header has no column `text`; name the one that holds the text, such as --text-field body;",
        ),
        (b"text,n,text\n1,2,3\n", "a.csv: its header has two columns `text`; give each a name of its own"),
        (
            b"# a comment, and no more\n",
            "a.csv: is empty: it has no header; begin it with a row that names the columns",
        ),
        (b"text,n\nx\n", "a.csv:2: has 1 cells, and the header 2; mend the row"),
        (b"text,n\nx,y,z\n", "a.csv:2: has 3 cells, and the header 2; mend the row"),
        (
            b"text,n\nnan,1\n",
            "a.csv:2: its field `text` holds no text but 'nan'; leave the field out",
        ),
        (b"text\n" + b"word " * 100, "a.csv: has a line of more than 200 characters after line 1; split it"),
        (bytes(range(7)) * 9 + b"\xff", "a.csv: is binary"),
    ],
)
def test_a_faulty_table_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, message: str) -> None:
    monkeypatch.setattr(rows, "CELL_CHARS", 200)
    (found,) = read_all(lay(tmp_path, {"a.csv": data}))
    assert str(found).startswith(message)


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


# ------------------------------------------------------------------------------- dialects


@pytest.mark.parametrize(
    ("name", "data", "texts"),
    [
        ("a.csv", 'n,text\r1,"Wind, rain."\r2,Fog.\r', ["Wind, rain.", "Fog."]),
        ("a.csv", 'n,text\r1,"Wind\nand rain."\r2,Fog.', ["Wind\nand rain.", "Fog."]),
        ("a.csv", "n,text\n1,Wind.\rRain.\n2,Fog.\n", ["Wind.\rRain.", "Fog."]),
        ("a.csv", 'n,text\r\n1,"Wind\r\nand rain."\r\n2,Fog.\r\n', ["Wind\r\nand rain.", "Fog."]),
        ("a.csv", "sep=;\nn;text\n1;Wind, rain.\n", ["Wind, rain."]),
        ("a.csv", '"sep=;"\nn;text\n1;"Wind; rain."\n', ["Wind; rain."]),
        ("a.csv", "# made on Monday, by hand\n\nn,text\n1,Wind.\n2,# Fog.\n", ["Wind.", "# Fog."]),
        ("a.csv", "# made by hand\n# n,text\n1,Wind.\n2,Fog.\n", ["Wind.", "Fog."]),
        ("a.tsv", "n,text\n1,Wind\tand rain.\n", ["Wind\tand rain."]),
        ("a.csv", ",text\n0,Wind.\n1,Fog.", ["Wind.", "Fog."]),
        ("a.csv", "n,text,,\n1,Wind.,,\n", ["Wind."]),
        ("a.csv", "n,text\n1,Wind.,,\n", ["Wind."]),
        ("a.csv", "n,text\n1,Wind\0rain.\n", ["Wind\0rain."]),
        ("a.csv", "n,text\n", []),
        ("a.csv", "text\nWind, rain, and fog.\nFog.\n", ["Wind, rain, and fog.", "Fog."]),
        ("a.csv", 'text\n"Wind\n\nand ""rain""."\nFog.\n', ['Wind\n\nand "rain".', "Fog."]),
    ],
)
def test_a_table_is_read_as_it_is_written(tmp_path: Path, name: str, data: str, texts: list[str]) -> None:
    found = read_all(lay(tmp_path, {name: data.encode()}))
    assert [each.text for each in documents(found)] == texts
    assert not faults(found)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_without_a_mark(tmp_path: Path, encoding: str) -> None:
    data = 'n,text\r\n1,"Wind, rain."\r\n2,Größe.\r\n'.encode(encoding)
    assert [each.text for each in documents(read_all(lay(tmp_path, {"a.csv": data})))] == ["Wind, rain.", "Größe."]


@pytest.mark.parametrize(
    ("name", "data", "texts"),
    [
        # never quoted
        (
            "a.tsv",
            'n\ttext\n1\t"Fog," he said, "again."\n2\t"Fog," he said.\n3\tHe said "no".\n',
            ['"Fog," he said, "again."', '"Fog," he said.', 'He said "no".'],
        ),
        ("a.tsv", 'n\ttext\n1\t"All of it."\n2\tHe said "no".\n3\tFog.\n', ['"All of it."', 'He said "no".', "Fog."]),
        ("a.tsv", 'n\ttext\n1\t"All of it."\n2\t"And this."\n3\tFog.\n', ['"All of it."', '"And this."', "Fog."]),
        # quoted, by what a quoted cell holds or as all are
        ("a.tsv", 'n\ttext\n1\t"Wind\tand ""rain"""\n2\t"All of it."\n', ['Wind\tand "rain"', "All of it."]),
        ("a.tsv", 'n\ttext\n1\t"Wind."\n2\t"Fog."\n3\t"Rain."\n', ["Wind.", "Fog.", "Rain."]),
        ("a.tsv", '"n"\t"text"\n1\t"Wind."\n', ["Wind."]),
        ("a.tsv", 'n\ttext\n1\t"Wind\nand rain."\n2\tFog.\n', ["Wind\nand rain.", "Fog."]),
        ("a.tsv", 'a\ttext\tn\tm\nb\t"Wind.\n"\t\t"0\n"\nc\tFog.\t1\t2\n', ["Wind.\n", "Fog."]),
        # a quote behind a backslash, as Spark and MySQL write it
        (
            "a.csv",
            'n,text\n1,"He said \\"no\\", and left."\n2,"\\"No\\""\n3,"C:\\new, old"\n',
            ['He said "no", and left.', '"No"', "C:\\new, old"],
        ),
        # a quote in the middle of a cell; one that nobody doubled
        ("a.csv", 'n,text\n1,He said "no".\n2,"He said ""no"", then."\n', ['He said "no".', 'He said "no", then.']),
        ("a.csv", 'n,text\n1,"He said "no" to it, and left."\n', ['He said "no" to it, and left.']),
        ("a.csv", 'n, text\n1, "Wind, rain."\n', ["Wind, rain."]),
    ],
)  # fmt: skip
def test_the_meaning_of_quotes_is_detected_from_the_rows(
    tmp_path: Path, name: str, data: str, texts: list[str]
) -> None:
    found = read_all(lay(tmp_path, {name: data.encode()}))
    assert [each.text for each in documents(found)] == texts
    assert not faults(found)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", 'n,text\n1,One.\n2,"Open.\n3,Three.\n4,"Four, 4."\n5,Five.\n'),
        ("a.csv", 'n,text\n1,One.\n2,"Open.\n3,Three.\n4,"Four,\n4."\n5,Five.\n'),
        ("a.csv", 'n,text\n1,One.\n2,"Open.\n3,Three.\n4,Four.\n5,Five.\n'),
        ("a.tsv", 'n\ttext\n1\tOne.\n2\t"Open.\n3\tThree.\n4\tFour "4".\n5\tFive.\n'),
        ("a.tsv", 'n\ttext\n1\tOne.\n2\t"Open.\n3\tThree.\n4\tFour, "4."\n5\tFive.\n'),
    ],
)
def test_a_quote_that_is_not_closed_takes_no_rows_with_it(tmp_path: Path, name: str, data: str) -> None:
    found = documents(read_all(lay(tmp_path, {name: data.encode()})))
    assert [each.input_metadata["n"] for each in found] == ["1", "2", "3", "4", "5"]
    assert [each.text for each in found][:3] == ["One.", '"Open.', "Three."]
    assert found[4].source == f"{name}:{data.count(chr(10))}"


def test_lines_in_a_cell_that_look_like_rows_are_reported(tmp_path: Path) -> None:
    data = 'n,text\n1,One.\n2,"Results, all:\n7,first\n8,second\n"\n3,Three.\n'
    found = read_all(lay(tmp_path, {"a.csv": data.encode()}))
    assert [each.text for each in documents(found)] == ["One.", "Results, all:\n7,first\n8,second\n", "Three."]
    assert faults(found) == {"a.csv:3": "was read with a cell that holds lines which look like rows: 4, 5"}


def test_a_cell_of_many_lines_stays_whole(tmp_path: Path) -> None:
    lines = "\n".join(f'Line, {n} of ""it"", said he.' for n in range(500))
    found = read_all(lay(tmp_path, {"a.csv": f'n,text\n1,"{lines}"\n2,Two.\n'.encode()}))
    assert [len(each.text.split("\n")) for each in documents(found)] == [500, 1]
    assert not faults(found)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_quotes_that_nothing_closes_are_looked_for_once(tmp_path: Path, name: str) -> None:
    separator = "," if name == "a.csv" else "\t"
    looked: list[int] = []
    closing = CellSplitter.closing

    def counted(self: CellSplitter, line: str, at: int) -> tuple[int, re.Match[str] | None]:
        looked.append(1)
        return closing(self, line, at)

    data = f"n{separator}text\n" + "".join(f'{n}{separator}"Open {n}.\n' for n in range(400))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CellSplitter, "closing", counted)
        found = documents(read_all(lay(tmp_path, {name: data.encode()})))
    assert len(found) == 400
    assert len(looked) < 10 * 400


def test_columns_without_a_name_of_their_own_are_given_one(tmp_path: Path) -> None:
    assert distinct(["", "n", "n", "n.1", ""]) == ["column 1", "n", "n.1", "n.1.1", "column 5"]
    (found,) = documents(read_all(lay(tmp_path, {"a.csv": b"n,text,n,\n1,Wind.,2,3\n"})))
    assert found.input_metadata == {"n": "1", "n.1": "2", "column 4": "3"}


def test_a_row_of_too_many_cells_is_one_fault(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, {"a.csv": b'n,text\n1,"Wind\nand, rain",more\n2,Fog.\n'}))
    assert faults(found) == {"a.csv:2": "has 3 cells, and the header 2"}
    assert [each.text for each in documents(found)] == ["Fog."]


def test_a_stray_byte_is_mended_in_its_row_alone_which_is_flagged(tmp_path: Path) -> None:
    data = "id,text\n1,Größe und Übermut\n2,".encode() + b"\xa9 2020 Holm\n3,Rain all day\n4," + "Äpfel\n".encode()
    for head in (b"", b"\xef\xbb\xbf"):
        found = documents(read_all(lay(tmp_path, {"a.csv": head + data})))
        assert [each.text for each in found] == ["Größe und Übermut", "© 2020 Holm", "Rain all day", "Äpfel"]
        assert [each.flags for each in found] == [(), ("doubtful-encoding",), (), ()]
        assert [[item.raw for item in each.evidence] for each in found] == [[], ["1 byte mended"], [], []]


def test_a_stray_byte_in_the_header_is_mended(tmp_path: Path) -> None:
    data = "Größe,text,x\xa9\n".encode("cp1252").replace(b"\xf6\xdf", "öß".encode()) + "1,Äpfel für alle,b\n".encode()
    assert documents(read_all(lay(tmp_path, {"a.csv": data})))[0].input_metadata == {"Größe": "1", "x©": "b"}


def test_rows_say_which_encoding_they_were_read_in(tmp_path: Path) -> None:
    data = "id,text\n1,Größe und Übermut\n2,Rain all day\n3,Äpfel für alle\n"
    for encoding, found_by in (("cp1252", "guess"), ("utf-16", "byte order mark"), ("utf-16-le", "zero bytes")):
        one, two, three = documents(read_all(lay(tmp_path, {"a.csv": data.encode(encoding)})))
        assert two.evidence == ()
        assert [item.raw for each in (one, three) for item in each.evidence] == [found_by, found_by]
    late = "id,text\n1,Größe und Übermut\n".encode() + b"2,plain words\n" * 90_000 + "3,Größe\n".encode("cp1252")
    one, *_, last = documents(read_all(lay(tmp_path, {"a.csv": late})))
    assert (one.evidence, last.text, [item.value for item in last.evidence]) == ((), "Größe", ["cp1252"])


def test_a_row_that_is_no_text_goes_alone(tmp_path: Path) -> None:
    data = "id,text\n1,Größe und Übermut\n2,".encode() + bytes(range(1, 9)) + b"\xff\n3," + "Äpfel\n".encode()
    found = read_all(lay(tmp_path, {"a.csv": data}))
    assert [each.text for each in documents([found[0], found[2]])] == ["Größe und Übermut", "Äpfel"]
    assert [str(each).split(":")[:2] for each in faults(found)] == [["a.csv", "3"]]
