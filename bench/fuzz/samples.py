"""Sound inputs to begin with: the texts of raw/, and pages, records and archives made of them."""

from __future__ import annotations

import bz2
import csv
import gzip
import html
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from bench.running import ROOT

STEADY = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them.",
    "Die Fähre wartete länger als geplant, weil die Ärztin der Insel noch am Kai stand und ihren Koffer suchte.",
    "The council will now decide who is to pay for the new cable, which runs below the customs house to the pier.",
)
"""Texts of documents that nothing is wrong with."""

RULES = b"""\
rules:
  - {id: share/alone, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}
  - {id: x/read, label: related, why: w, inline: 'Read more: \\w+', removes: ['Read more: x'], keeps: [k]}
  - {id: x/copy, label: ad, why: w, duplicate_line: {of: [share]}, removes: ["share> Go\\n[[Go]]"], keeps: [k]}
  - {id: meta/by, label: byline, why: w, action: mark, pattern: 'By (?P<authors>.+)', removes: [By A], keeps: [k]}
  - {id: quality/no-words, label: quality, why: w, document: {fact: words, min: 1}, removes: [""], keeps: [k]}
""".replace(b"[[", "⟦".encode()).replace(b"]]", "⟧".encode())
"""A few rules, of many kinds, that load at once."""

PROJECT = {"rules/rules.yaml": RULES, "cleaner.toml": b"shard_bytes = 300\n"}
"""What is beside an input: the few rules, and a setting that makes several shards even of a small one."""

SETTINGS = b"""\
raw = "raw"
dist = "dist"
rules = "rules"
text_field = ["text", "content"]
html_field = "html"
min_readable = 0.5
workers = 1
engine = "local"
shard_bytes = 1000
budget = 0.6
whole_pages = "auto"
experimental = false
suppress = [{rule = "share/*", host = "a.example", why = "w"}]

[duplicates]
exact = true
near = 0.8
keep = ["site", "longest"]
sites = ["a.example"]
"""


@cache
def texts() -> tuple[bytes, ...]:
    """The articles of raw/."""
    return tuple(path.read_bytes() for path in sorted((ROOT / "raw").rglob("*.txt")))


@cache
def feeds() -> tuple[bytes, ...]:
    """JSON lines: those of raw/, and one of sound records."""
    return (
        lines_of(records(STEADY)),
        (ROOT / "raw" / "feeds" / "regional.jsonl").read_bytes()[:3000],
        (ROOT / "raw" / "damaged" / "0004-broken.jsonl").read_bytes(),
    )


@cache
def rule_files() -> tuple[bytes, ...]:
    """The small ones of those that ship, and the few rules."""
    shipped = (path.read_bytes() for path in sorted((ROOT / "rules").rglob("*.yaml")))
    return (RULES, *(data for data in shipped if len(data) < 4000))


@cache
def pages() -> tuple[bytes, ...]:
    """Articles as pages, with all that pages have around them."""
    return tuple(page(text.decode("utf-8", "replace")).encode() for text in texts()[::4])


def page(text: str) -> str:
    """An article as a page."""
    headline, *rest = [html.escape(line) for line in text.splitlines() if line.strip()] or [""]
    stated = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": headline, "commentCount": 3,
              "datePublished": "2024-05-06T07:08:09Z", "author": [{"@type": "Person",
              "name": "Anna Reed"}]}  # fmt: skip
    body = "".join(f"<p>{line} <a href='/a?b=1&amp;c=2'>more</a></p>\n" for line in rest)
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline} | The Paper</title>
<meta property="og:title" content="{headline}"><meta name="author" content="Anna Reed"><link rel=canonical href="/x">
<script type="application/ld+json">{json.dumps(stated)}</script></head>
<body><nav><ul><li><a href="/">Home</a></ul></nav>
<main><article class="post"><header><h1>{headline}</h1><p class="byline">By <span rel="author">Anna Reed</span>
<time datetime="2024-05-06">6 May 2024</time></header>
<figure><img alt="A ferry"><figcaption>A ferry. Photo: X</figcaption></figure>
{body}<ul><li>One<li>Two</ul><dl><dt>A<dd>B</dl><table><tr><th>a<td>b<tr><td colspan=2>c</table><pre>x = 1
  y</pre><blockquote>Said.<br>Again.</blockquote></article><aside><h2>Related</h2><a href="/b">Other</a></aside></main>
<section id="comments"><p>3 comments</p></section><footer>&copy; 2024 The Paper</footer></body></html>"""


def records(of: Sequence[str]) -> list[dict[str, Any]]:
    """A record for each text."""
    return [{"id": f"sound-{n}", "text": text, "url": f"https://a.example/{n}"} for n, text in enumerate(of)]


def lines_of(of: Sequence[Any]) -> bytes:
    """As JSON lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in of)


def delimited(of: Sequence[Mapping[str, Any]], **dialect: Any) -> str:
    """As a table with a header."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(dict.fromkeys(key for each in of for key in each)), **dialect)
    writer.writeheader()
    writer.writerows(of)
    return file.getvalue()


def parquet(table: pa.Table, **options: Any) -> bytes:
    """As a Parquet file."""
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()


def arrow(table: pa.Table, *, stream: bool) -> bytes:
    """As an Arrow file, or a stream."""
    file = io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return file.getvalue()


def zipped(members: Sequence[tuple[str, bytes]], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """As a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def tarred(members: Sequence[tuple[str, bytes]]) -> bytes:
    """As a tar."""
    file = io.BytesIO()
    with tarfile.TarFile(fileobj=file, mode="w") as archive:
        for name, data in members:
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return file.getvalue()


PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstandard.compress, "": bytes}
"""By suffix."""


def warc_record(number: int, body: bytes, *, kind: str = "conversion", head: str = "") -> bytes:
    """One record of a web archive; a response has HTTP headers before its body."""
    what = "text/plain"
    if kind == "response":
        body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n".encode() + body
        what = "application/http; msgtype=response"
    return (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\n"
        f"WARC-Target-URI: https://a.example/{number}\r\nWARC-Date: 2025-03-04T05:06:07Z\r\nContent-Type: {what}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body + b"\r\n\r\n"  # fmt: skip


def warc_records() -> list[bytes]:
    """The sound texts, each as a record."""
    return [warc_record(n, text.encode()) for n, text in enumerate(STEADY)]


packed_alone = partial(gzip.compress, mtime=0)
"""One record of a web archive."""


@cache
def pieces(suffix: str) -> Sequence[tuple[bytes, str]]:
    """Of files that are made of pieces: the bytes of each sound one, and its text."""
    if suffix == ".jsonl":
        return [(b"\n" + lines_of([each]), each["text"]) for each in records(STEADY)]
    if suffix == ".warc":
        return list(zip(warc_records(), STEADY, strict=True))
    if suffix == ".warc.gz":
        return list(zip(map(packed_alone, warc_records()), STEADY, strict=True))
    return []
