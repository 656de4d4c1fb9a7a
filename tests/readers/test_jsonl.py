"""Records, their faults, and the pieces and packings that they come in."""

import gzip
import hashlib
import itertools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.model.document import Document
from cleaner.readers import READERS, SPLITTERS, Keys, Source, Unreadable, discover, read, split
from cleaner.readers.records import to_document


def source_of(path: Path, data: bytes) -> Source:
    path.write_bytes(data)
    return discover(path)[0][0]


def read_bytes(tmp_path: Path, data: bytes, **options: Any) -> list[Document | Unreadable]:
    return list(read(source_of(tmp_path / "a.jsonl", data), **options))


def document(found: Document | Unreadable) -> Document:
    assert isinstance(found, Document), found
    return found


def fault(found: Document | Unreadable) -> Unreadable:
    assert isinstance(found, Unreadable), found
    return found


def test_a_record_is_a_document(tmp_path: Path) -> None:
    line = b'{"id": "x1", "text": "Words.", "url": "https://example.com/", "title": "T", "tags": ["a"]}'
    assert read_bytes(tmp_path, b"\n" + line + b"\r\n") == [
        Document(
            id="x1",
            text="Words.",
            source="a.jsonl:2",
            digest=hashlib.sha256(line).hexdigest(),
            url="https://example.com/",
            input_metadata={"title": "T", "tags": ["a"]},
        )
    ]


def test_blank_lines_line_ends_and_a_mark_are_no_matter(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"text": "1"}\r\n\r\n  \n{"text": "4"}\n{"text": "5"}'
    assert [(document(each).text, each.source) for each in read_bytes(tmp_path, data)] == [
        ("1", "a.jsonl:1"),
        ("4", "a.jsonl:4"),
        ("5", "a.jsonl:5"),
    ]


@pytest.mark.parametrize(
    ("given_id", "name", "left"),
    [
        ('"a/b"', "a/b", {}),
        ("17", "17", {}),
        ("null", "a.jsonl:1", {"id": None}),
        ('" "', "a.jsonl:1", {"id": " "}),
        ("true", "a.jsonl:1", {"id": True}),
        ("[1]", "a.jsonl:1", {"id": [1]}),
    ],
)
def test_ids(tmp_path: Path, given_id: str, name: str, left: dict[str, Any]) -> None:
    (found,) = read_bytes(tmp_path, b'{"text": "x", "id": %s}' % given_id.encode())
    assert (document(found).id, document(found).input_metadata) == (name, left)


def test_an_address_that_is_no_string_is_not_lost(tmp_path: Path) -> None:
    (found,) = read_bytes(tmp_path, b'{"text": "x", "url": ["a", "b"]}')
    assert (document(found).url, document(found).input_metadata) == (None, {"url": ["a", "b"]})


def test_the_text_field_can_be_named(tmp_path: Path) -> None:
    (found,) = read_bytes(tmp_path, b'{"body": "x", "text": 3}', keys=Keys(text="body"))
    assert (document(found).text, document(found).input_metadata) == ("x", {"text": 3})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"text": "cut of', "is no JSON: Unterminated string starting at at character 10; mend the line"),
        (b"Not a record.", "is no JSON: Expecting value at character 1; mend the line"),
        (b'["text"]', "holds an array, not an object; mend the line"),
        (
            b'{"body": "x", "t": 1}',
            "has no field `text`; name the one that holds the text, such as --text-field body; it has body, t",
        ),
        (b"{}", "has no field `text`; name the one that holds the text; it has no others"),
        (b'{"text": null}', "its field `text` holds null, not a string; mend the record"),
        (b'{"text": ["a"]}', "its field `text` holds an array, not a string; mend the record"),
        (b"[" * 100_000, "is nested too deep; mend the line"),
        (bytes(7) * 9, "is binary: 100% of its bytes are control characters; mend the line"),
    ],
)
def test_a_broken_record_is_reported_and_reading_continues(tmp_path: Path, line: bytes, message: str) -> None:
    first, found, last = read_bytes(tmp_path, b'{"text": "1"}\n' + line + b'\n{"text": "3"}\n')
    assert str(fault(found)) == f"a.jsonl:2: {message}"
    assert fault(found).digest == hashlib.sha256(line).hexdigest()
    assert [document(first).text, document(last).text] == ["1", "3"]


def test_a_broken_record_keeps_its_id(tmp_path: Path) -> None:
    (found,) = read_bytes(tmp_path, b'{"id": 4, "text": null}')
    assert (fault(found).id, fault(found).source) == ("4", "a.jsonl:1")


@pytest.mark.parametrize(
    ("line", "text", "left"),
    [
        (b'{"text": "x", "author": NaN, "n": -Infinity}', "x", {"author": None, "n": None}),
        (rb'{"text": "half \ud83d, whole \ud83d\ude00", "n": NaN}', "half \ufffd, whole 😀", {"n": None}),
        (b'{"text": "a\tb"}', "a\tb", {}),
        ('{"text": "Die Bürger hören zu"}'.encode("cp1252"), "Die Bürger hören zu", {}),
        ('{"text": "Größe und Übermut'.encode() + b'\xff"}', "Größe und Übermut\ufffd", {}),
    ],
)
def test_what_scrapers_write_is_read(tmp_path: Path, line: bytes, text: str, left: dict[str, Any]) -> None:
    (found,) = read_bytes(tmp_path, line)
    assert (document(found).text, document(found).input_metadata) == (text, left)


@pytest.mark.parametrize("stray", [b"\xff\xfe", b"\xfe\xff", b"\0"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_stray_bytes_at_the_start_cost_their_line_alone(tmp_path: Path, stray: bytes, at: int) -> None:
    data = b'{"id": "a", "text": "Fog."}\n{"id": "b", "text": "Rain."}\n'
    first, second = read_bytes(tmp_path, data[:at] + stray + data[at:])
    assert first.source == "a.jsonl:1"
    assert document(second).text == "Rain."


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_once(tmp_path: Path, encoding: str) -> None:
    source = source_of(tmp_path / "a.jsonl", ('{"text": "x"}\n' * 50).encode(encoding))
    (found,) = (each for piece in split(source, 20) for each in read(piece))
    assert str(fault(found)) == "a.jsonl: is not UTF-8, as JSON Lines are; convert it: iconv -f UTF-16 -t UTF-8"


@given(st.lists(st.binary(max_size=40)))
@example([b'{"text": "\xff"}', b'{"text": 1e999}', b'{"text": ' + b"9" * 5000 + b"}"])
@example([b'{"\\ud800": 1}', b'"\\udfff"', b'{"text": "\x00"}'])
def test_every_line_gives_a_document_or_a_fault(lines: list[bytes]) -> None:
    data = b"\n".join([b'{"text": ""}', *lines])
    with tempfile.TemporaryDirectory() as folder:
        found = read_bytes(Path(folder), data)
    assert len(found) == sum(1 for line in data.split(b"\n") if line.strip())
    for each in found:
        str(each).encode()  # no half of a surrogate pair


LINES = st.lists(
    st.sampled_from([b'{"text": "Some words.", "n": 1}', b"", b"\r", b"broken", b'{"text": "' + b"long " * 40 + b'"}']),
    min_size=1,
)


@given(lines=LINES, target=st.integers(min_value=1, max_value=300), end=st.sampled_from([b"", b"\n"]))
def test_pieces_give_what_the_whole_gives(lines: list[bytes], target: int, end: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = source_of(Path(folder) / "a.jsonl", b"\n".join(lines) + end)
        pieces = split(whole, target)
        assert [each for piece in pieces for each in read(piece)] == list(read(whole))
        assert sum(piece.size for piece in pieces) == whole.size
        again = [smaller for piece in pieces for smaller in split(piece, 1)]
        assert [each for piece in again for each in read(piece)] == list(read(whole))


def test_pieces_are_about_as_large_as_asked(tmp_path: Path) -> None:
    line = b'{"text": "Some words."}\n'
    pieces = split(source_of(tmp_path / "a.jsonl", line * 1000), len(line) * 100)
    assert [(piece.size, piece.first_line) for piece in pieces] == [(len(line) * 100, 1 + 100 * at) for at in range(10)]
    assert len({piece.digest() for piece in pieces}) == 1  # each of its own bytes, which are alike


RECORDS = b"".join(b'{"text": "Record number %d of them all."}\n' % number for number in range(300))
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


@pytest.mark.parametrize("packing", PACK)
def test_packed_files_give_the_same_records(tmp_path: Path, packing: str) -> None:
    pack = PACK[packing]
    plain = read_bytes(tmp_path, RECORDS)
    middle = len(RECORDS) // 2 + 7
    for data in (pack(RECORDS), pack(RECORDS[:middle]) + pack(b"") + pack(RECORDS[middle:])):
        # By its content: a name without a suffix for compression, or with the wrong one, has no effect.
        for name in ("b.jsonl.gz", "b.jsonl.zst", "b.jsonl"):
            packed = source_of(tmp_path / name, data)
            assert [document(each).text for each in read(packed)] == [document(each).text for each in plain]
            assert split(packed, 100) == [packed]


def test_padding_and_skippable_frames_are_passed_over(tmp_path: Path) -> None:
    skippable = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"
    for data in (gzip.compress(RECORDS) + bytes(700), skippable + zstandard.compress(RECORDS) + skippable):
        assert len([document(each) for each in read(source_of(tmp_path / "a.jsonl", data))]) == 300


def test_a_mark_is_passed_over_behind_an_empty_stream(tmp_path: Path) -> None:
    line = b'{"text": "1"}'
    (found,) = read_bytes(tmp_path, gzip.compress(b"") + gzip.compress(b"\xef\xbb\xbf" + line))
    assert document(found).digest == hashlib.sha256(line).hexdigest()


def test_a_file_that_is_named_packed_and_is_not_is_read(tmp_path: Path) -> None:
    assert len([document(each) for each in read(source_of(tmp_path / "a.jsonl.gz", RECORDS))]) == 300


@pytest.mark.parametrize("packing", PACK)
def test_a_truncated_archive_yields_the_records_before_the_cut(tmp_path: Path, packing: str) -> None:
    noise = [json.dumps({"text": hashlib.sha512(bytes((n % 256, n // 256))).hexdigest()}) for n in range(10_000)]
    data = PACK[packing]("\n".join(noise).encode())
    counts = []
    for cut in (0, 3, 12, len(data) // 3, len(data) // 2, len(data) - 1):
        *records, last = read(source_of(tmp_path / f"a.jsonl.{packing}", data[:cut]))
        assert [document(each).text for each in records] == [json.loads(line)["text"] for line in noise[: len(records)]]
        assert fault(last).source.startswith(f"a.jsonl.{packing}")
        counts.append(len(records))
    assert counts == sorted(counts)
    assert f"after line {len(records)}" in fault(last).cause
    assert 500 < counts[3] < counts[4] < counts[5]


@pytest.mark.parametrize(("packing", "damage"), list(itertools.product(PACK, ["flip", "tail"])))
def test_a_damaged_archive_is_reported(tmp_path: Path, packing: str, damage: str) -> None:
    data = bytearray(PACK[packing](RECORDS))
    if damage == "flip":
        data[-5] ^= 0xFF  # of the checksum, or of the last block
    else:
        data += b"something else"
    found = list(read(source_of(tmp_path / f"a.jsonl.{packing}", bytes(data))))
    assert "data is damaged" in fault(found[-1]).cause
    assert all(document(each) for each in found[:-1])
    if damage == "tail":
        assert len(found) == 301


def test_an_archive_with_a_large_window_is_read(tmp_path: Path) -> None:
    # As `zstd --long=28` makes them: the default limit of zstandard is a window of 2^27 bytes.
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=28, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packer.compress(RECORDS) + packer.flush()
    with pytest.raises(zstandard.ZstdError):
        zstandard.ZstdDecompressor().decompressobj().decompress(data)
    assert len([document(each) for each in read(source_of(tmp_path / "a.jsonl.zst", data))]) == 300


def test_a_line_longer_than_many_blocks(tmp_path: Path) -> None:
    long = "word " * 1_000_000
    data = json.dumps({"text": long}).encode() + b'\n{"text": "next"}\n'
    source = source_of(tmp_path / "a.jsonl", data)
    assert [document(each).text for piece in split(source, 1000) for each in read(piece)] == [long, "next"]


def test_every_format_that_splits_has_a_reader() -> None:
    assert SPLITTERS.keys() <= READERS.keys()


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("1e400", None),
        ("-1e999", None),
        ("9" * 30, float("9" * 30)),  # as JSON's other readers have it
        ("9" * 400, int("9" * 400)),
        ("9" * 5000, "9" * 5000),
        ('"\\ud800"', "�"),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_a_record_is_kept_with_any_value_in_another_field(tmp_path: Path, value: str, held: Any) -> None:
    (found,) = read_bytes(tmp_path, b'{"text": "1", "x": %s}' % value.encode())
    assert document(found).input_metadata == {"x": held}


def test_a_file_of_zeros_behind_its_records_loses_none_of_them(tmp_path: Path) -> None:
    first, second = read_bytes(tmp_path, b'{"text": "1"}\n' + bytes(1000))
    assert (document(first).text, fault(second).source) == ("1", "a.jsonl:2")


def test_lines_may_end_with_carriage_returns_alone(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b'\xef\xbb\xbf{"text": "1"}\r{"text": "2"}\r\r{"text": "4"}')
    assert [(document(each).text, each.source) for each in found] == [
        ("1", "a.jsonl:1"),
        ("2", "a.jsonl:2"),
        ("4", "a.jsonl:4"),
    ]


def test_a_carriage_return_within_a_record_ends_no_line(tmp_path: Path) -> None:
    (found,) = read_bytes(tmp_path, b'{"text":\r "1"}')
    assert document(found).text == "1"


def test_an_unexpected_error_in_a_record_loses_only_that_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(record: dict[str, Any], *arguments: Any) -> Any:
        if record["text"] == "2":
            raise MemoryError
        return to_document(record, *arguments)

    monkeypatch.setattr("cleaner.readers.jsonl.to_document", fails)
    first, second, third = read_bytes(tmp_path, b'{"text": "1"}\n{"text": "2"}\n{"text": "3"}')
    assert (document(first).text, document(third).text) == ("1", "3")
    assert (fault(second).source, fault(second).cause) == ("a.jsonl:2", "reading it failed: MemoryError: ")


def test_a_record_says_how_its_bytes_were_read(tmp_path: Path) -> None:
    lines = [
        '{"text": "It cost £5 at the café"}'.encode("cp1252"),
        '{"text": "Café '.encode() + b'\xa9"}',
        b'{"text":"x"}',
    ]
    found = [document(each) for each in read_bytes(tmp_path, b"\n".join(lines))]
    assert [[(item.field, item.raw, item.value) for item in each.evidence] for each in found] == [
        [("encoding", "guess", "cp1252")],
        [("encoding", "1 byte mended", "utf-8")],
        [],
    ]
    assert [each.flags for each in found] == [(), ("doubtful-encoding",), ()]
