"""What Hypothesis draws: sound records with an odd one between them, in every format, and odd names and texts."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from hypothesis import reject
from hypothesis import strategies as st

from bench.fuzz.cases import Case
from bench.fuzz.mutators import PIECES
from bench.fuzz.samples import (
    PACKERS,
    PROJECT,
    STEADY,
    arrow,
    delimited,
    page,
    parquet,
    records,
    tarred,
    warc_record,
    zipped,
)

_KEYS = (
    "title", "headline", "author", "authors", "byline", "creator", "date", "published", "date_publish", "publishedAt",
    "url", "link", "language", "lang", "comment_count", "reading_time_minutes", "publisher", "siteName", "sections",
    "captions", "paywalled", "html", "content", "id", "warc_date", "x\x1b[31m", "",
)  # fmt: skip
_CUES = (
    "nan", "None", "N/A", "1970-01-01", "9999-12-31T23:59:60+99:99", "2024-02-30", "99999999999 comments",
    "٣ minutes", "By Anna Reed and Ben Hale", "['A', 'B'", "https://user:password@a.example/x?token=y", "http://[",
    "//", "Share this", "Photo: A man walks his dog", "(Photo by X/Getty Images)", "FILE PHOTO: ", "Image source, X",
    "Read more: boats", "<p>One.</p><p>Two.", "&nbsp;", "\x1b[2J", "\r", "\u202e", "\x00", "\ufeff", "\u2028", "\x85",
    '"', '""', "=1+1", "| ", "İ",
)  # fmt: skip
_WORDS = st.text(max_size=30) | st.sampled_from(_CUES) | st.sampled_from(STEADY)
texts = st.lists(_WORDS, max_size=12).flatmap(
    lambda parts: st.sampled_from(("\n", "\n\n", " ", "")).map(lambda s: s.join(parts))
)
"""Short texts of odd characters and of what rules and readers know."""
_NUMBERS = st.sampled_from(
    (0, -1, 2**31, 2**63, 2**64, 10**30, 1e308, float("nan"), float("inf"), 1714979289, 1714979289000)
)
_ONE = st.none() | st.booleans() | _NUMBERS | _WORDS
_MANY = st.lists(_ONE, max_size=3) | st.dictionaries(st.sampled_from(("name", "@type", "a")), _ONE, max_size=3)
_VALUES = _ONE | _MANY | st.lists(_MANY, max_size=2)
_ODD = st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=5)


def project(name: str, data: bytes, *, rows: int | None = None, steady: Sequence[str] = STEADY) -> Case:
    """A case of one input file."""
    return Case(files={f"raw/{name}": data, **PROJECT}, rows=rows, steady=tuple(steady))


def _between(odd: Any) -> list[Any]:
    """The sound records, with odd ones behind the first."""
    first, *rest = records(STEADY)
    return [first, *odd, *rest]


@st.composite
def written(draw: st.DrawFn) -> Case:
    """A text or a page in some encoding, beside sound ones."""
    text = draw(texts)
    encoding = draw(
        st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "shift_jis", "gb18030", "koi8-r"))
    )
    suffix = draw(st.sampled_from((".txt", ".html", ".xhtml")))
    data = (text if suffix == ".txt" or draw(st.booleans()) else page(text)).encode(encoding, "replace")
    sound = {f"raw/sound-{n}.txt": each.encode() for n, each in enumerate(STEADY)}
    return Case(files={f"raw/odd{suffix}": data, **sound, **PROJECT}, rows=4, steady=STEADY)


@st.composite
def json_lines(draw: st.DrawFn) -> Case:
    """JSON lines with odd records and lines between sound ones."""
    odd = draw(st.lists(_ODD | st.builds(lambda some, text: {**some, "text": text}, _ODD, texts) | _VALUES, max_size=3))
    ascii_ = draw(st.booleans())
    lines = [json.dumps(each, ensure_ascii=ascii_).encode("utf-8", "surrogatepass") for each in _between(odd)]
    if draw(st.booleans()):
        lines.insert(1, draw(st.binary(max_size=20)).replace(b"\n", b"").replace(b"\r", b"") or b"{")
    rows = sum(bool(line.strip()) for line in lines)
    pack = draw(st.sampled_from(sorted(PACKERS)))
    return project(f"a.jsonl{pack}", PACKERS[pack](b"\n".join(lines)), rows=rows)


@st.composite
def tables(draw: st.DrawFn) -> Case:
    """A table of a common dialect."""
    cells = texts.map(lambda text: text.replace("\x00", "") or "x")
    some = st.fixed_dictionaries({"text": cells, "title": cells | st.none()})
    odd = [{"id": f"odd-{n}", "url": None, **each} for n, each in enumerate(draw(st.lists(some, max_size=3)))]
    suffix, delimiter = draw(st.sampled_from(((".csv", ","), (".csv", ";"), (".tsv", "\t"))))
    end = draw(st.sampled_from(("\n", "\r\n")))
    quoting = draw(st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL)))
    data = delimited(_between(odd), delimiter=delimiter, lineterminator=end, quoting=quoting)
    encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
    return project(f"a{suffix}", data.encode(encoding, "replace"), rows=len(odd) + 3)


_TYPES: Mapping[str, pa.DataType] = {
    "seconds": pa.timestamp("s"), "nanoseconds": pa.timestamp("ns", "UTC"), "nowhere": pa.timestamp("us", "Mars/Base"),
    "date": pa.date64(), "time": pa.time64("us"), "duration": pa.duration("s"), "number": pa.int64(),
    "unsigned": pa.uint64(),
    "share": pa.float64(),
}  # fmt: skip
_ODD_NUMBERS = st.sampled_from((0, 1, -1, 2**31, 2**62, -(2**62), 1714979289))


def _as(kind: pa.DataType, numbers: list[int]) -> pa.Array:
    return pa.array(numbers, pa.int64()).view(kind)


def _strings(values: list[bytes]) -> pa.Array:
    """Strings whose bytes nobody has looked at."""
    held = pa.array(values, pa.binary())
    return pa.Array.from_buffers(pa.string(), len(held), held.buffers())


@st.composite
def columns(draw: st.DrawFn) -> Case:
    """A Parquet or Arrow file, with values that Python can't hold in columns beside the text."""
    rows = records(STEADY)
    arrays = {
        "id": pa.array([each["id"] for each in rows]),
        "text": draw(st.sampled_from((pa.string(), pa.large_string()))),
    }
    arrays["text"] = pa.array([each["text"] for each in rows], arrays["text"])
    for key in draw(
        st.sets(st.sampled_from(("date", "title", "authors", "comment_count", "language", "x")), max_size=3)
    ):
        if draw(st.booleans()):
            kind = _TYPES[draw(st.sampled_from(sorted(_TYPES)))]
            arrays[key] = _as(kind, draw(st.lists(_ODD_NUMBERS, min_size=3, max_size=3)))
        else:
            odd = st.sampled_from((b"\xff", b"\xed\xa0\x80", b"\x00", b"\x1b[31m", b"nan")) | st.binary(max_size=6)
            arrays[key] = _strings(draw(st.lists(odd, min_size=3, max_size=3)))
    table = pa.table(arrays)
    if draw(st.booleans()):
        size, packed = draw(st.integers(1, 3)), draw(st.sampled_from(("zstd", "snappy", "gzip", "none")))
        try:
            data = parquet(table, row_group_size=size, compression=packed)
        except pa.ArrowInvalid:  # some values no writer of this format takes
            reject()
        return project("a.parquet", data, rows=3)
    return project("a.arrow", arrow(table, stream=draw(st.booleans())), rows=3)


_NAMES = st.text(min_size=1, max_size=8) | st.sampled_from((
    "../up.txt", "/root.txt", "a/../b.txt", "C:\\x.txt", "\x1b[31m.txt", "a\n.txt", "odd.jsonl", "odd.csv",
    "odd.html", "odd.gz", "odd.zip", "odd.parquet", "odd.warc", ".hidden.txt", "odd.json", "README.md",
    "x" * 300 + ".txt", "\u202e.txt",
))  # fmt: skip


@st.composite
def archives(draw: st.DrawFn) -> Case:
    """An archive with odd members between sound ones."""
    sound = [(f"sound-{n}.txt", text.encode()) for n, text in enumerate(STEADY)]
    bytes_ = st.binary(max_size=40) | texts.map(lambda text: text.encode("utf-8", "replace")) | st.sampled_from(PIECES)
    names = _NAMES.map(lambda name: name.encode("utf-8", "replace").decode())
    odd = draw(st.lists(st.tuples(names, bytes_), max_size=3, unique_by=lambda each: each[0]))
    members = [sound[0], *odd, *sound[1:]]
    if draw(st.booleans()):
        return project("a.zip", zipped(members, method=draw(st.sampled_from((0, 8)))))
    pack = draw(st.sampled_from(sorted(PACKERS)))
    return project(f"a.tar{pack}", PACKERS[pack](tarred(members)))


_CODINGS = (
    ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("br", bytes), ("identity", bytes),
)  # fmt: skip
_BROKEN_HEADS = ("", "Transfer-Encoding: chunked\r\n", "X\r\n", ": \r\n")


@st.composite
def web_archives(draw: st.DrawFn) -> Case:
    """A web archive with an odd response between sound texts."""
    sound = [warc_record(n, text.encode()) for n, text in enumerate(STEADY)]
    body = page(draw(texts)).encode("utf-8", "replace")
    coding, coded = draw(st.sampled_from(_CODINGS))
    head = f"Content-Encoding: {coding}\r\n" + draw(st.sampled_from(_BROKEN_HEADS))
    odd = warc_record(9, coded(body), kind="response", head=head)
    every = [sound[0], odd, *sound[1:]]
    if draw(st.booleans()):
        return project("a.warc.gz", b"".join(map(gzip.compress, every)), rows=4)
    return project("a.warc", b"".join(every), rows=4)


_NAME_PARTS = (
    b"a", b"\xff", b"\\xff", b"\x1b[31m", b"\n", b"\r", b" ", b"\xe2\x80\xae", b"%", b"*", b"[", b"'",
)  # fmt: skip
_NAME = st.lists(st.sampled_from(_NAME_PARTS), min_size=1, max_size=4).map(b"".join)


@st.composite
def names(draw: st.DrawFn) -> Case:
    """Files of odd names, which only their names tell apart."""
    drawn = draw(st.sets(_NAME, min_size=1, max_size=4))
    files = {f"raw/{name.decode('utf-8', 'surrogateescape')}.txt": STEADY[0].encode() for name in drawn}
    return Case(files={**files, **PROJECT}, rows=len(files), steady=(STEADY[0],) * len(files))
