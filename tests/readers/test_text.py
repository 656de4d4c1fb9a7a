"""Plain texts and their sidecars."""

import gzip
import hashlib
from pathlib import Path

import pytest
import zstandard

from cleaner.model.document import Document, Evidence
from cleaner.readers import Unreadable, discover, read


def read_all(root: Path) -> list[Document | Unreadable]:
    return [each for source in discover(root)[0] for each in read(source)]


def test_a_file_is_a_document(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    data = "Erste Zeile\r\nzweite, größere\r\n".encode("cp1252")
    (tmp_path / "2024/bericht.v2.txt").write_bytes(data)
    assert read_all(tmp_path) == [
        Document(
            id="2024/bericht.v2",
            text="Erste Zeile\r\nzweite, größere\r\n",
            source="2024/bericht.v2.txt",
            digest=hashlib.sha256(data).hexdigest(),
            evidence=(Evidence(field="encoding", raw="guess", value="cp1252", rule="input"),),
        )
    ]


def test_a_packed_file_is_the_same_document(tmp_path: Path) -> None:
    data = "Ein Text für alle.\n".encode()
    for name, packed in {
        "plain.txt": data,
        "g.txt.gz": gzip.compress(data),
        "z.txt.zst": zstandard.compress(data),
    }.items():
        (tmp_path / name).write_bytes(packed)
    documents = [each for each in read_all(tmp_path) if isinstance(each, Document)]
    assert [each.id for each in documents] == ["g", "plain", "z"]
    assert {(each.text, each.digest) for each in documents} == {(data.decode(), hashlib.sha256(data).hexdigest())}


def test_a_sidecar_gives_the_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words.")
    (tmp_path / "a.json").write_text('{"url": "https://example.com/a", "title": "T", "authors": ["A", "B"], "id": 7}')
    (document,) = read_all(tmp_path)
    assert isinstance(document, Document)
    assert (document.id, document.url) == ("a", "https://example.com/a")
    assert document.input_metadata == {"title": "T", "authors": ["A", "B"], "id": 7}


@pytest.mark.parametrize(
    ("data", "message"),
    [(b'{"title": ', "is no JSON"), (b"[1]", "holds an array, not an object"), (bytes(range(32)) * 10, "is binary")],
)
def test_a_broken_sidecar_is_reported_and_its_text_read(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.txt").write_text("Words.")
    (tmp_path / "a.json").write_bytes(data)
    fault, document = read_all(tmp_path)
    assert isinstance(fault, Unreadable)
    assert fault.source == "a.json"
    assert message in fault.cause
    assert "a.txt was read without its metadata" in fault.hint
    assert isinstance(document, Document)
    assert (document.text, document.input_metadata) == ("Words.", {})


def test_an_empty_file_is_an_empty_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (document,) = read_all(tmp_path)
    assert isinstance(document, Document)
    assert document.text == ""


def test_a_binary_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(32)) * 10)
    (fault,) = read_all(tmp_path)
    assert isinstance(fault, Unreadable)
    assert fault.source == "a.txt"
    assert "is binary" in fault.cause
    assert fault.hint
    assert fault.digest == hashlib.sha256(bytes(range(32)) * 10).hexdigest()


def test_a_cut_archive_is_no_cut_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"A text that matters. " * 100)[:-9])
    (fault,) = read_all(tmp_path)
    assert isinstance(fault, Unreadable)
    assert str(fault) == "a.txt.gz: its gzip data is cut short; fetch the file or pack it again"


def test_a_file_that_has_gone_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    (source,) = discover(tmp_path)[0]
    path.unlink()
    (fault,) = read(source)
    assert isinstance(fault, Unreadable)
    assert (fault.source, fault.cause) == ("a.txt", "no such file or directory")


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_text_of_more_lines_than_are_cleaned_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr("cleaner.readers.sources.MOST_LINES", 3)
    (tmp_path / "a.txt").write_bytes(end.join("abcd").encode())
    (tmp_path / "b.txt").write_bytes(end.join("abc").encode())
    refused, read_ = read_all(tmp_path)
    assert isinstance(refused, Unreadable)
    assert (refused.cause, refused.hint) == (
        "has 4 lines, of at most 3",
        "split it into its articles, or take it out of the input",
    )
    assert isinstance(read_, Document)
