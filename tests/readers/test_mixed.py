"""All kinds of inputs in one folder, as `cleaner build` and `cleaner clean` take them."""

import bz2
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.errors import InputError
from cleaner.pipeline.build import build
from cleaner.readers import discover
from cleaner.rules.load import parse_pack
from support.inputs import faults, lay, read_all

pytest.importorskip("fastwarc")

RULE = "rules: [{id: share/this, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}]"
RULES = parse_pack({"r.yaml": RULE})
PAGE = b"<!doctype html><html><head><title>Fog</title></head><body><p>The ferry waited.</p><p>Share this</p></body>"
RECORD = json.dumps({"html": PAGE.decode()}).encode() + b"\n"
BLOCK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:1>\r\nContent-Type: application/http\r\n"
    b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(BLOCK), BLOCK)
)


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"html": [PAGE.decode()]}), out)
    return out.getvalue()


def arrow() -> bytes:
    out = io.BytesIO()
    table = pa.table({"text": [PAGE.decode()]})
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


SOUND = {
    "crawl.warc": WARC,
    "crawl.warc.gz": gzip.compress(WARC.replace(b"urn:x:1", b"urn:x:2")),
    "csv.csv.bz2": bz2.compress(b'html\n"' + PAGE.replace(b'"', b'""') + b'"\n'),
    "feed.jsonl": RECORD,
    "feed.jsonl.zst": zstandard.compress(RECORD),
    "page.html": PAGE,
    "saved/data.arrow": arrow(),
    "saved/dataset_info.json": b"{}",
    "saved/state.json": b'{"_data_files": [{"filename": "data.arrow"}]}',
    "table.parquet": parquet(),
    "tar.tar.zst": zstandard.compress(tarred("a/page.htm", PAGE)),
    "text.txt": b"The ferry waited.\nShare this\n",
    "zip.zip": zipped("a/feed.ndjson", RECORD),
}
HARMFUL = {
    "bomb.txt.gz": gzip.compress(bytes(100 << 20)),
    "climbs.tar": tarred("../../out.txt", b"Out."),
    "cut.warc": WARC[:-40],
    "deep.html": b"<html>" + b"<div>" * 100_000 + b"The ferry waited.",
    "deep.jsonl": b"[" * 100_000,
    "noise.parquet": b"PAR1" + bytes(range(256)),
}


def hashes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_mixes_all_inputs_is_built(tmp_path: Path) -> None:
    raw = lay(tmp_path / "raw", SOUND | HARMFUL)
    report = build(str(raw), tmp_path / "one", rules=RULES, workers=1, shard_bytes=2000)
    assert report.kept == len(SOUND) - 2 + 1  # all but what describes the saved dataset, and the deep page
    assert report.pieces == {"share/this": len(SOUND) - 2}
    reported = {each.source: each.cause for each in report.unreadable}
    assert set(reported) == {
        "bomb.txt.gz", "climbs.tar/../../out.txt", "cut.warc", "deep.jsonl:1", "noise.parquet",
    }  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == [".one.store", "one", "raw"]
    build(str(raw), tmp_path / "two", rules=RULES, workers=2, shard_bytes=2000)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    articles = [row for row in texts(tmp_path / "one") if row]
    assert set(articles) == {"The ferry waited."}


def texts(dist: Path) -> Sequence[str]:
    return [
        row["text"] for file in dist.glob("articles/*") for row in pq.read_table(file, columns=["text"]).to_pylist()
    ]


def test_a_dataset_of_ours_is_no_input_but_its_articles_are(tmp_path: Path) -> None:
    raw = lay(tmp_path / "raw", {"a.txt": b"The ferry waited.\nShare this\n"})
    build(str(raw), raw.parent / "dist", rules=RULES, workers=1)
    with pytest.raises(InputError, match="is a dataset that a build wrote; give the texts that it was built from"):
        discover(tmp_path / "dist")
    assert faults(discover(tmp_path)[1]) == {"dist": "is a dataset that a build wrote"}
    (found,) = read_all(tmp_path / "dist" / "articles")
    assert (found.id, getattr(found, "text", "")) == ("a", "The ferry waited.")


def cleaner(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", *arguments], input=stdin, capture_output=True, cwd=folder, check=False,
        env={**os.environ, "CLEANER_CACHE": ""},
    )  # fmt: skip
    return subprocess.CompletedProcess(arguments, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("clean",), PAGE),
        (("clean", "page.html"), b""),
        (("clean", "--jsonl"), RECORD),
        (("clean", "--jsonl", "--html-field", "raw"), RECORD.replace(b'"html"', b'"raw"', 1)),
    ],
)
def test_pages_on_the_command_line(tmp_path: Path, arguments: tuple[str, ...], stdin: bytes) -> None:
    lay(tmp_path, {"page.html": PAGE, "rules/r.yaml": RULE.encode()})
    done = cleaner(tmp_path, *arguments, stdin=stdin)
    text = json.loads(done.stdout)["text"] if "--jsonl" in arguments else done.stdout
    assert text.strip() == "The ferry waited."
