"""Zip and tar: read as folders are, and hostile ones do no harm."""

import bz2
import gzip
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.model.document import Document
from cleaner.readers import Source, archives, compression, discover, read
from support.inputs import Found, documents, faults, lay, read_all


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tarred(files: dict[str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def parquet(texts: list[str]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), out)
    return out.getvalue()


FILES = {
    "a.html": b"<html><p>A page.",
    "a.json": b'{"url": "https://a.example/"}',
    "deep/b.jsonl": b'{"text": "1"}\n{"text": "2"}\n',
    "deep/c.txt.gz": gzip.compress(b"Packed."),
    "deep/t.parquet": parquet(["Row 1.", "Row 2."]),
    "z.csv": b"text\nCell.\n",
    ".hidden.txt": b"No.",
    "README.md": b"No.",
    "__MACOSX/._a.txt": b"No.",
}
PACKED = {
    "x.zip": zipped(FILES),
    "x.tar": tarred(FILES),
    "x.tar.gz": gzip.compress(tarred(FILES)),
    "x.tgz": gzip.compress(tarred(FILES, tarfile.GNU_FORMAT)),
    "x.tar.bz2": bz2.compress(tarred(FILES)),
    "x.tar.zst": zstandard.compress(tarred(FILES)),
}


@pytest.mark.parametrize("name", PACKED)
def test_an_archive_is_read_as_a_folder_is(tmp_path: Path, name: str) -> None:
    plain = documents(read_all(lay(tmp_path / "plain", FILES)))
    found = read_all(lay(tmp_path / "packed", {name: PACKED[name]}))
    assert faults(found) == {}
    assert [(each.source, each.text, each.url) for each in documents(found)] == [
        (f"{name}/{each.source}", each.text, each.url) for each in plain
    ]
    assert [each.digest for each in documents(found)] == [each.digest for each in plain]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_sidecars_are_beside_their_texts(tmp_path: Path, pack: type) -> None:
    sidecar = b'{"title": "T"}'
    files = {"a.json": sidecar, "a.txt": b"A.", "b.txt": b"B.", "c.txt": b"C.", "c.json": sidecar, "d.json": sidecar}
    found = read_all(lay(tmp_path, {"x.zip" if pack is zipped else "x.tar": pack(files)}))
    assert [each.input_metadata for each in documents(found)] == [{"title": "T"}, {}, {"title": "T"}]
    assert [name.split("/")[1] for name in faults(found)] == ["d.json"]


HOSTILE = ["../out.txt", "/etc/out.txt", "in/../../out.txt", "..\\out.txt", "C:\\out.txt", "\\\\host\\out.txt"]


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, pack: type, name: str) -> None:
    folder = tmp_path / "in"
    files = {"a.txt": b"A.", name: b"Out.", "z.txt": b"Z."}
    before = sorted(lay(folder, {"x.zip" if pack is zipped else "x.tar": pack(files)}).rglob("*"))
    found = read_all(folder)
    assert [each.text for each in documents(found)] == ["A.", "Z."]
    assert list(faults(found).values()) == ["its name leads out of the archive"]
    assert sorted(tmp_path.rglob("*")) == sorted([folder, *before])  # nothing is written, here or elsewhere


def tar_of(*members: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member in members:
            archive.addfile(member)
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_what_is_no_file_in_a_tar_is_refused(tmp_path: Path) -> None:
    data = tar_of(
        special("folder", tarfile.DIRTYPE),
        special("device.txt", tarfile.CHRTYPE),
        special("hard.txt", tarfile.LNKTYPE, "/etc/passwd"),
        special("pipe.txt", tarfile.FIFOTYPE),
        special("soft.txt", tarfile.SYMTYPE, "/etc/passwd"),
    )
    assert faults(read_all(lay(tmp_path, {"x.tar": data}))) == {
        "x.tar/device.txt": "is a device, not a file",
        "x.tar/hard.txt": "is a link",
        "x.tar/pipe.txt": "is a device, not a file",
        "x.tar/soft.txt": "is a link",
    }


def test_a_sparse_file_is_refused(tmp_path: Path) -> None:
    """It claims a length of 8 TB and has no byte of it."""
    member = tarfile.TarInfo("holes.txt")
    member.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 43)}
    assert faults(read_all(lay(tmp_path, {"x.tar": tar_of(member)}))) == {
        "x.tar/holes.txt": "is a sparse file, which may be of any length"
    }


def test_a_header_of_any_length_is_not_read(tmp_path: Path) -> None:
    member = special("long.txt", tarfile.XHDTYPE)
    member.size = 1 << 35
    (cause,) = faults(read_all(lay(tmp_path, {"x.tar": member.tobuf(tarfile.GNU_FORMAT)}))).values()
    assert cause == "can't be read as a tar: a header is longer than 16 mib"


def test_what_a_zip_may_hold_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret.txt", b"x" * 30)
        archive.writestr("inner.zip", zipped({"a.txt": b"A."}))
        archive.writestr("inner.tar.gz", b"")
        archive.writestr("picture.png", b"")
        archive.writestr("slow.txt", b"x" * 30, zipfile.ZIP_BZIP2)
    data = bytearray(out.getvalue())
    for at in (data.index(b"secret.txt") - 30 + 6, data.rindex(b"secret.txt") - 46 + 8):
        data[at] |= 1  # the flag of encryption, in the member's header and in the directory
    assert faults(read_all(lay(tmp_path, {"x.zip": bytes(data)}))) == {
        "x.zip/inner.tar.gz": "is an archive in an archive",
        "x.zip/inner.zip": "is an archive in an archive",
        "x.zip/link.txt": "is a link",
        "x.zip/picture.png": "there is no reader for .png",
        "x.zip/secret.txt": "is encrypted",
        "x.zip/slow.txt": "is packed with bzip2",
    }


def test_a_bomb_in_a_zip_is_not_unpacked(tmp_path: Path) -> None:
    bomb = zipped({"a.txt": b"A.", "b.jsonl": b" " * (100 << 20), "c.txt": b"C."})
    found = read_all(lay(tmp_path, {"x.zip": bomb}))
    assert [each.text for each in documents(found)] == ["A.", "C."]
    (message,) = (each for each in found if each.source == "x.zip/b.jsonl")
    assert "unpacks to more than 200 times its size" in str(message)
    assert "unpack the archive yourself" in str(message)


def test_small_bombs_are_counted_together_and_sound_members_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "_UNSUSPECTED", 250_000)
    blank = b" " * 100_000 + b"x"
    files = {f"{n}.txt": blank if n % 2 else f"Sound {n}.".encode() for n in range(10)}
    found = read_all(lay(tmp_path, {"x.zip": zipped(files)}))
    assert [each.text for each in documents(found) if each.text[0] != " "] == [f"Sound {n}." for n in range(0, 10, 2)]
    assert list(faults(found)) == ["x.zip/5.txt", "x.zip/7.txt", "x.zip/9.txt"]


def test_members_that_share_their_bytes_are_a_bomb_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_UNSUSPECTED", 1 << 16)
    text = b"".join(b'{"text": "%s"}\n' % Random(n).randbytes(500).hex().encode() for n in range(20))
    once = zipped({"a.jsonl": text})
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        (member,) = archive.infolist()
        directory = archive.start_dir
    entry = once[directory : once.index(b"PK\x05\x06")]
    copies = 1000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(entry) * copies, directory, 0)
    lay(tmp_path, {"x.zip": once[:directory] + entry * copies + end})
    found = read_all(tmp_path)
    assert len(documents(found)) < 200 * (tmp_path / "x.zip").stat().st_size / member.file_size * 20
    assert "x.zip/a.jsonl" in faults(found)


@pytest.mark.parametrize("pack", [bz2.compress, zstandard.compress, gzip.compress])
def test_a_packed_bomb_is_not_unpacked(tmp_path: Path, pack: type) -> None:
    most = 0
    forward = compression._decompressed

    def watched(*arguments: object) -> Iterator[bytes]:
        nonlocal most
        for piece in forward(*arguments):  # type: ignore[arg-type]
            most = max(most, len(piece))
            yield piece

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "_decompressed", watched)
        bomb = {"a.txt": b"A.", "b.jsonl": b" " * (100 << 20), "c.txt": b"C."}
        lay(tmp_path, {"x.tar.gz": pack(tarred(bomb)), "y.jsonl": pack(b" " * (100 << 20))})
        found = read_all(tmp_path)
    assert [each.text for each in documents(found)] == ["A.", "C."]
    assert [name for name, cause in faults(found).items() if "unpacks to more than 200 times its size" in cause] == [
        "x.tar.gz/b.jsonl", "y.jsonl",
    ]  # fmt: skip
    assert most <= 64 << 20


def test_a_bomb_in_a_tar_is_not_skipped_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_UNSUSPECTED", 1 << 20)
    monkeypatch.setattr(archives, "_MOST_SKIPPED", 1 << 22)
    bomb = {"a.txt": b"A.", "b.jsonl": b" " * (8 << 20), "c.txt": b"C."}
    found = read_all(lay(tmp_path, {"x.tar.gz": gzip.compress(tarred(bomb))}))
    assert [each.text for each in documents(found)] == ["A."]
    assert list(faults(found)) == ["x.tar.gz/b.jsonl", "x.tar.gz"]


def whole_members(cut: int) -> int:
    """Of 1,400 bytes each, behind a header of 512, padded to blocks of 512."""
    return sum(2048 * at + 512 + 1400 <= cut for at in range(5))


def test_a_cut_tar_gives_its_members_then_says_so(tmp_path: Path) -> None:
    data = tarred({f"{n}.txt": b"Words. " * 200 for n in range(5)})
    for cut in range(1, len(data) - 10240, 300):
        found = read_all(lay(tmp_path, {"x.tar": data[:cut]}))
        assert faults(found), cut
        assert [each.text for each in documents(found)] == ["Words. " * 200] * whole_members(cut)
    packed = gzip.compress(data)
    found = read_all(lay(tmp_path, {"x.tar": packed[: len(packed) // 2]}))
    assert "its gzip data is cut short" in faults(found).values()


@pytest.mark.parametrize(
    "data", [b"", b"no archive", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), bytes(10240), b"\x1f\x8b"]
)
@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz"])
def test_what_is_no_archive_is_reported_or_empty(tmp_path: Path, name: str, data: bytes) -> None:
    assert documents(read_all(lay(tmp_path, {name: data}))) == []


def test_a_damaged_member_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"A.", "b.txt": b"Words.", "c.txt": b"C."}, zipfile.ZIP_STORED))
    data[data.index(b"Words.")] ^= 1
    found = read_all(lay(tmp_path, {"x.zip": bytes(data)}))
    assert [each.text for each in documents(found)] == ["A.", "C."]
    assert faults(found)["x.zip/b.txt"].startswith("its data in the archive is damaged (bad crc-32")


class Unseekable(io.RawIOBase):
    """As a pipe is one: what writes a zip into it knows no length before the data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += memoryview(data)  # type: ignore[arg-type]
        return len(memoryview(data))  # type: ignore[arg-type]


def streamed(files: dict[str, bytes]) -> bytes:
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return bytes(out.data)


@pytest.mark.parametrize("pack", [zipped, streamed, lambda files: zipped(files, zipfile.ZIP_STORED)])
def test_a_cut_zip_gives_its_members_then_says_so(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    words = {f"{n}.txt": b" ".join(b"%x" % (n**k) for k in range(300)) for n in range(5)} | {"p.png": b"no" * 50}
    data = pack(words | {"z.txt": b"Last."})
    starts = [at for at in range(len(data)) if data[at : at + 4] == b"PK\x03\x04"]
    for cut in range(1, len(data), 211):
        found = read_all(lay(tmp_path, {"x.zip": data[:cut]}))
        assert "x.zip" in faults(found), cut
        texts = [each.text.encode() for each in documents(found)]
        whole = sum(end <= cut for end in starts[1:6])
        assert texts[:whole] == list(words.values())[:whole], cut
        assert len(texts) <= whole + 1, cut


def test_a_member_that_is_cut_gives_its_rows(tmp_path: Path) -> None:
    rows = b"".join(b'{"text": "%s"}\n' % Random(n).randbytes(200).hex().encode() for n in range(2000))
    data = zipped({"a.jsonl": rows})
    found = read_all(lay(tmp_path, {"x.zip": data[: len(data) // 2]}))
    assert len(documents(found)) > 500
    assert "its data is cut short after line" in faults(found)["x.zip/a.jsonl"]


def test_a_zip_whose_directory_is_damaged_is_read_all_the_same(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"A.", "\u00e9.txt": b"E.", "c.txt": b"C.", "boom.jsonl": b" " * (65 << 20)}))
    where = data.rindex(b"PK\x01\x02")
    data[where : where + 4] = b"PK\x00\x00"
    found = read_all(lay(tmp_path, {"x.zip": bytes(data)}))
    assert [each.id for each in documents(found)] == ["x.zip/a", "x.zip/\u00e9", "x.zip/c"]
    assert list(faults(found)) == ["x.zip/boom.jsonl", "x.zip"]
    assert "of its members those are read that have their headers" in faults(found)["x.zip"]


@pytest.mark.parametrize("kind", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("spoil", [b"\xff" * 512, bytes(512)])
def test_a_damaged_header_loses_one_member(tmp_path: Path, kind: int, spoil: bytes) -> None:
    long = "x" * 120  # its name has a header of its own
    files = {"a.txt": b"A.", f"{long}.txt": b"B. " * 1000, "c.txt": b"C.", "d.txt": b"D."}
    data = bytearray(tarred(files, kind))
    for place in (data.index(b"B. B. ") - 512, data.index(b"C.") - 512):
        data[place : place + 512] = spoil
    found = read_all(lay(tmp_path, {"x.tar": bytes(data)}))
    assert [(each.id, each.text) for each in documents(found)] == [("x.tar/a", "A."), ("x.tar/d", "D.")]
    assert list(faults(found)) == ["x.tar"]
    assert "of its headers can't be read, whose members are lost; those behind are read" in faults(found)["x.tar"]


def test_tars_that_follow_each_other_are_read(tmp_path: Path) -> None:
    data = tarred({"a.txt": b"A."}) + tarred({"b.txt": b"B."}) + b"\xff" * 5000
    found = read_all(lay(tmp_path, {"x.tar": data}))
    assert [each.text for each in found if isinstance(each, Document)] == ["A.", "B."]
    assert faults(found) == {}


def test_a_member_without_a_name_costs_no_other_one(tmp_path: Path) -> None:
    packed = zipped({"": b"", "a.txt": b"One."})
    assert [each.text for each in documents(read_all(lay(tmp_path, {"x.zip": packed}))) if each.text] == ["One."]


def test_members_of_one_name_are_read_each(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", b"One.")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.txt", b"Two.")
    found = read_all(lay(tmp_path, {"x.zip": out.getvalue()}))
    assert [each.text for each in documents(found)] == ["One.", "Two."]


def test_a_tar_is_read_once_and_member_by_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By construction: a tar that never ends, made as it is read."""
    member = tarred({"a.jsonl": b'{"text": "1"}\n'})[:1024]
    made = 0

    def endless(*_: object, **__: object) -> Iterator[bytes]:
        nonlocal made
        while True:
            made += len(member)
            yield member

    monkeypatch.setattr(archives, "chunks", endless)
    reading = read(Source(path=tmp_path / "x.tar", name="x.tar", size=1 << 40))
    for number in range(1, 2001):
        assert next(reading).source == "x.tar/a.jsonl:1"
        assert made <= (number + 2) * len(member)


def test_what_is_held_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.readers.jsonl.HELD_BYTES", 1 << 20)
    lines = [json.dumps({"text": "word " * size}).encode() for size in (1, 700_000, 1, 900_000, 1)]
    (source,) = discover(lay(tmp_path, {"a.jsonl": b"\n".join(lines)}))[0]
    found: list[Found] = list(read(source))
    assert [each.source for each in documents(found)] == ["a.jsonl:1", "a.jsonl:3", "a.jsonl:5"]
    assert faults(found) == {f"a.jsonl:{n}": "is longer than 1,048,576 bytes" for n in (2, 4)}


def test_members_of_a_tar_with_undecodable_names_stay_distinct(tmp_path: Path) -> None:
    files = {"caf\udce9.txt": b"One.", "caf\\xe9.txt": b"Two."}
    lay(tmp_path, {"a.tar": tarred(files, tarfile.GNU_FORMAT)})
    texts = {each.source: each.text for each in documents(read_all(tmp_path))}
    assert texts == {"a.tar/caf\\xe9.txt": "One.", "a.tar/caf\\x5cxe9.txt": "Two."}
