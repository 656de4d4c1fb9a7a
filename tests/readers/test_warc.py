"""Web archives, sound and broken."""

import gzip
import hashlib
import importlib.util
import random
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from cleaner.readers import Source, discover, read, warc
from cleaner.readers import html as pages
from support.inputs import Found, documents, faults, lay, read_all

pytestmark = pytest.mark.skipif(importlib.util.find_spec("fastwarc") is None, reason="fastwarc is not installed")

PAGE = b"<html><head><title>Fog</title></head><body><p>The ferry waited.</p></body></html>"


def record(
    kind: str, block: bytes, content_type: str = "application/http; msgtype=response", *, number: int = 1, **more: str
) -> bytes:
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-0000-0000-{number:012d}>",
        "WARC-Target-URI": f"https://a.example/{number}",
        "WARC-Date": "2025-03-04T05:06:07Z",
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, kind: str = "text/html", status: str = "200 OK", **more: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{lines}\r\n".encode() + body


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = [body[:half], body[half:], b""]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


BROTLI = bytes.fromhex(
    "1b500000056a6eb14128b78fa424d3a093318bb001072e11cdebe08b0e3a780cdb7551cae710ac77b6fa80c071274e63b3a2"
    "f49dabecfec3c993c3f05222"
)

INFO = record("warcinfo", b"software: a crawler\r\n", "application/warc-fields", number=9)


def test_a_response_is_a_document(tmp_path: Path) -> None:
    block = http(PAGE)
    lay(tmp_path, {"c.warc": INFO + record("request", b"GET / HTTP/1.1\r\n\r\n") + record("response", block)})
    (found,) = documents(read_all(tmp_path))
    assert found.id == "urn:uuid:00000000-0000-0000-0000-000000000001"
    assert (found.source, found.url) == ("c.warc:3", "https://a.example/1")
    assert (found.text, found.page_metadata["title"]) == ("The ferry waited.", "Fog")
    assert len(found.blocks) == 1
    assert found.input_metadata == {"warc_date": "2025-03-04T05:06:07Z"}
    assert found.digest == hashlib.sha256(block).hexdigest()


def test_a_conversion_is_a_text(tmp_path: Path) -> None:
    wet = INFO + record("conversion", "Die Fähre wartete.\nDann fuhr sie.".encode(), "text/plain")
    (found,) = documents(read_all(lay(tmp_path, {"c.warc.wet.gz": gzip.compress(wet)})))
    assert found.text == "Die Fähre wartete.\nDann fuhr sie."
    assert found.blocks == ()


POLISH = "<p>Świt nad Wisłą, łódź i żagle"


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (http(POLISH.encode("iso8859_2"), "text/html; charset=ISO-8859-2"), POLISH[3:]),
        (http(gzip.compress(PAGE), Content_Encoding="gzip"), "The ferry waited."),
        (http(zlib.compress(PAGE), Content_Encoding="deflate"), "The ferry waited."),
        (http(raw_deflate(PAGE), Content_Encoding="deflate"), "The ferry waited."),
        (http(raw_deflate(PAGE), Content_Encoding="Deflate"), "The ferry waited."),
        (http(gzip.compress(PAGE), Content_Encoding="x-gzip"), "The ferry waited."),
        (http(zstandard.compress(PAGE), Content_Encoding="zstd"), "The ferry waited."),
        (http(BROTLI, Content_Encoding="br"), "The ferry waited."),
        (http(gzip.compress(zlib.compress(PAGE)), Content_Encoding="deflate, gzip"), "The ferry waited."),
        (http(chunked(gzip.compress(PAGE)), Transfer_Encoding="gzip, chunked"), "The ferry waited."),
        (http(PAGE, Content_Encoding="deflate"), "The ferry waited."),
        (http(PAGE, Content_Encoding="UTF-8"), "The ferry waited."),
        (http(gzip.compress(PAGE) + b"\r\n", Content_Encoding="gzip"), "The ferry waited."),
        (
            http(b"5;name=x\n" + PAGE[:5] + b"\n%X\n" % (len(PAGE) - 5) + PAGE[5:], Transfer_Encoding="chunked"),
            "The ferry waited.",
        ),
        (http(b"Add\r\nwhat?", "text/plain", Transfer_Encoding="chunked"), "Add\r\nwhat?"),
        (http(chunked(PAGE), Transfer_Encoding="chunked"), "The ferry waited."),
        (http(chunked(gzip.compress(PAGE)), Transfer_Encoding="chunked", Content_Encoding="gzip"), "The ferry waited."),
        # Some crawlers keep the header and undo what it says.
        (http(PAGE, Content_Encoding="gzip"), "The ferry waited."),
        (http(PAGE, Transfer_Encoding="chunked", Content_Encoding="br"), "The ferry waited."),
        (http(PAGE, "application/xhtml+xml"), "The ferry waited."),
        (http(b"Flat text.", "text/plain"), "Flat text."),
        (b"HTTP/1.1 200 OK\r\n\r\n" + PAGE, "The ferry waited."),
    ],
)
def test_what_a_server_sent_is_undone(tmp_path: Path, block: bytes, text: str) -> None:
    (found,) = documents(read_all(lay(tmp_path, {"c.warc": record("response", block)})))
    assert found.text == text


@pytest.mark.parametrize(
    "data",
    [
        record("response", http(b"\xff\xd8\xff", "image/jpeg")),
        record("response", http(PAGE, status="404 Not Found")),
        record("response", http(b"", status="301 Moved")),
        record("response", b"a.example. 60 IN A 192.0.2.1", "text/dns"),
        record("revisit", http(b"")),
        record("metadata", b"fetchTimeMs: 3", "application/warc-fields"),
        record("response", http(bytes(1 << 18), "video/mp4")),
    ],
)
def test_what_is_no_page_is_passed_over(tmp_path: Path, data: bytes) -> None:
    (found,) = read_all(lay(tmp_path, {"c.warc": data + record("response", http(PAGE))}))
    assert found.source == "c.warc:2"


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (http(gzip.compress(PAGE)[:-12], Content_Encoding="gzip"), "its gzip data is cut short"),
        (http(gzip.compress(PAGE)[:-8] + bytes(8), Content_Encoding="gzip"), "its gzip data is damaged"),
        (http(raw_deflate(PAGE)[:-8], Content_Encoding="deflate"), "its deflate data is damaged"),
        (http(BROTLI[:-8], Content_Encoding="br"), "its br data is cut short"),
        (http(b"\x1f\x9d\x90" + bytes(40), Content_Encoding="compress"), "is packed with compress, which can't be"),
        (http(chunked(PAGE)[:-20], Transfer_Encoding="chunked"), "its chunks are cut short"),
        (http(b"400\r\n" + PAGE, Transfer_Encoding="chunked"), "its chunks are cut short"),
        (http(b"5\r\n" + PAGE[:5] + b"\r\nzz\r\n" + PAGE, Transfer_Encoding="chunked"), "its chunks are damaged at"),
    ],
)
def test_a_body_that_is_damaged_loses_its_record_alone(tmp_path: Path, block: bytes, message: str) -> None:
    found = read_all(lay(tmp_path, {"c.warc": record("response", block) + record("response", http(PAGE), number=2)}))
    ((place, cause),) = faults(found).items()
    assert (place, cause[: len(message)]) == ("c.warc:1", message)
    assert [each.text for each in documents(found)] == ["The ferry waited."]


@pytest.mark.parametrize(
    ("pack", "coding"), [(gzip.compress, "gzip"), (zlib.compress, "deflate"), (zstandard.compress, "zstd")]
)
@pytest.mark.parametrize("kind", ["text/html", ""])
def test_a_long_page_is_known_by_its_head(
    tmp_path: Path, pack: Callable[[bytes], bytes], coding: str, kind: str
) -> None:
    noise = random.Random(1).randbytes(100_000).hex().encode()
    page = PAGE.replace(b"<title>", b"<meta content=" + noise + b"><title>")
    block = http(chunked(pack(page)), kind, Content_Encoding=coding, Transfer_Encoding="chunked")
    assert len(block) > 1 << 16
    (found,) = documents(read_all(lay(tmp_path, {"c.warc": record("response", block)})))
    assert found.text == "The ferry waited."


@pytest.mark.parametrize("said", ["<http://a.example/x>", " http://a.example/x "])
def test_an_address_is_read_without_brackets(tmp_path: Path, said: str) -> None:
    data = record("response", http(PAGE), WARC_Target_URI=said)
    (found,) = documents(read_all(lay(tmp_path, {"c.warc": data})))
    assert found.url == "http://a.example/x"


PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstandard.compress}


@pytest.mark.parametrize("packing", PACK)
def test_each_record_may_be_packed_for_itself(tmp_path: Path, packing: str) -> None:
    parts = [INFO, *(record("response", http(PAGE), number=n) for n in range(20))]
    data = b"".join(map(PACK[packing], parts))
    found = documents(read_all(lay(tmp_path, {f"c.warc.{packing}": data})))
    assert [each.source for each in found] == [f"c.warc.{packing}:{n}" for n in range(2, 22)]


RECORDS = [record("response", http(PAGE + bytes(f"{n}", "ascii") * 50), number=n) for n in range(10)]


def test_a_cut_archive_gives_its_records_then_says_so(tmp_path: Path) -> None:
    whole = b"".join(RECORDS)
    for cut in random.Random(3).sample(range(1, len(whole) - 4), 60):
        found = read_all(lay(tmp_path, {"c.warc": whole[:cut]}))
        complete = sum(len(b"".join(RECORDS[:n])) - 4 <= cut for n in range(1, 11))
        assert len(documents(found)) == complete
        at_a_border = any(0 <= cut - len(b"".join(RECORDS[:n])) + 4 <= 4 for n in range(1, 11))
        assert at_a_border or "c.warc" in faults(found), cut


def test_a_cut_gzip_gives_its_records_then_says_so(tmp_path: Path) -> None:
    data = b"".join(map(gzip.compress, RECORDS))
    found = read_all(lay(tmp_path, {"c.warc.gz": data[:-40]}))
    assert len(documents(found)) == 9
    assert "its gzip data is cut short" in faults(found)["c.warc.gz"]


def numbers(found: list[Found]) -> list[int]:
    """The records that were read, by the number in their address."""
    return [int((each.url or "").rsplit("/")[-1]) for each in documents(found)]


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "c.warc.gz"), (zstandard.compress, "c.warc.zst")])
def test_a_damaged_packed_record_loses_no_other(tmp_path: Path, pack: Callable[[bytes], bytes], name: str) -> None:
    packed = [pack(each) for each in RECORDS]
    for damaged, at in ((4, 0), (4, 30), (0, 0), (0, 20), (9, 40)):
        spoilt = bytearray(packed[damaged])
        spoilt[at : at + 20] = b"\x55" * 20
        data = b"".join([*packed[:damaged], bytes(spoilt), *packed[damaged + 1 :]])
        found = read_all(lay(tmp_path, {name: data}))
        (tmp_path / name).unlink()
        assert numbers(found) == [n for n in range(10) if n != damaged], (damaged, at)
        assert name in faults(found)


LONGER = RECORDS[4].replace(b"Content-Length: ", b"Content-Length: 9")


@pytest.mark.parametrize(
    ("spoilt", "lost"),
    [
        (b"JUNK" * 9 + RECORDS[4], []),
        (RECORDS[4].replace(b"Content-Length", b"Content-Langth"), [4]),
        (RECORDS[4].replace(b"Content-Length: ", b"Content-Length: -"), [4]),
        (LONGER, [4]),
        (LONGER.replace(b"WARC-Type: response", b"WARC-Type: request"), [4]),
    ],
)
def test_a_damaged_header_loses_no_other_record(tmp_path: Path, spoilt: bytes, lost: list[int]) -> None:
    found = read_all(lay(tmp_path, {"c.warc": b"".join([*RECORDS[:4], spoilt, *RECORDS[5:]])}))
    assert [n for n in range(10) if n not in numbers(found)] == lost
    assert faults(found)


def test_blank_lines_between_records_are_no_matter(tmp_path: Path) -> None:
    found = read_all(lay(tmp_path, {"c.warc": b"\r\n\n".join([b"", *RECORDS, b""])}))
    assert (numbers(found), faults(found)) == ([*range(10)], {})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no record"),
        (b"no archive at all\n" * 50, "holds data that is not a record after record 0"),
        (INFO[:60], "is cut short in or after record 0"),
        (record("request", b"x", Content_Length="99999999999"), "is cut short in or after record 1"),
        (RECORDS[0] + b"JUNK" * 99 + RECORDS[1], "holds data that is not a record after record 1"),
        (record("response", b"x", Content_Length="-5"), "holds"),
    ],
)
def test_what_is_no_archive_is_reported(tmp_path: Path, data: bytes, message: str) -> None:
    assert faults(read_all(lay(tmp_path, {"c.warc": data})))["c.warc"].startswith(message)


def test_a_page_that_is_too_long_is_reported_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pages, warc):
        monkeypatch.setattr(module, "PAGE_BYTES", 200_000)
    bomb = http(gzip.compress(b"<p>" * 1_000_000), Content_Encoding="gzip")
    data = record("response", http(b"<p>" * 100_000)) + record("response", bomb, number=2) + RECORDS[3]
    found = read_all(lay(tmp_path, {"c.warc": data}))
    assert faults(found) == {f"c.warc:{n}": "is longer than 0 MB, as no article is" for n in (1, 2)}
    assert [each.source for each in documents(found)] == ["c.warc:3"]


def test_damaged_archives_do_no_harm(tmp_path: Path) -> None:
    whole = (
        INFO
        + b"".join(RECORDS[:3])
        + record("response", http(chunked(gzip.compress(PAGE)), Transfer_Encoding="chunked"))
    )
    chance = random.Random(7)
    for _ in range(400):
        spoilt = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(spoilt) - 1)
            if chance.random() < 0.5:
                spoilt[at] = chance.randrange(256)
            else:
                del spoilt[at : at + chance.randrange(60)]
        for each in read_all(lay(tmp_path, {"c.warc": bytes(spoilt)})):
            str(each).encode()


def test_an_archive_is_read_record_by_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By construction: an archive of 10 GB, made as it is read, of which no more is asked for than was given."""
    made = 0

    def endless(*_: object, **__: object) -> Iterator[bytes]:
        nonlocal made
        while made < 10 << 30:
            made += len(RECORDS[0])
            yield RECORDS[0]

    monkeypatch.setattr(warc, "streams", lambda _: iter([endless()]))
    reading = read(Source(path=tmp_path / "c.warc", name="c.warc", size=10 << 30))
    for number in range(1, 501):
        assert next(reading).source == f"c.warc:{number}"
        assert made < number * len(RECORDS[0]) + (1 << 18)


def test_without_the_package_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "find_spec", lambda _: None)
    (source,) = discover(lay(tmp_path, {"c.warc": INFO}))[0]
    (found,) = read(source)
    assert "needs a package that is not installed; pip install 'cleaner[warc]'" in str(found)
