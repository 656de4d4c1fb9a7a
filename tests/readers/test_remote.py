"""Addresses that fsspec knows, on its filesystem in memory."""

import gzip
import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.errors import InputError
from cleaner.pipeline.build import build
from cleaner.readers import discover, read, split
from cleaner.readers.locations import Remote
from cleaner.rules.load import parse_pack
from support.inputs import documents, faults, lay, read_all

FILES = {
    "a.txt": b"A.",
    "a.json": b'{"title": "T"}',
    "deep/b.jsonl.gz": gzip.compress(b'{"text": "1"}\n{"text": "2"}\n'),
    "deep/c.html": b"<html><p>A page.",
    "x.pdf": b"%PDF",
    ".hidden.txt": b"No.",
    "README.md": b"No.",
}


@pytest.fixture
def remote() -> Iterator[str]:
    memory = fsspec.filesystem("memory")
    for name, data in FILES.items():
        memory.pipe(f"/in/{name}", data)
    yield "memory://in"
    memory.rm("/", recursive=True)


def test_an_address_is_read_as_a_folder_is(remote: str, tmp_path: Path) -> None:
    assert read_all(remote) == read_all(lay(tmp_path, FILES))
    source = discover(remote)[0][0]
    assert pickle.loads(pickle.dumps(source)) == source  # it goes to workers
    assert [each.digest() for each in discover(remote)[0]] == [each.digest() for each in discover(tmp_path)[0]]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("/a.txt", ["a.txt"]),
        ("/**/*.gz", ["deep/b.jsonl.gz:1", "deep/b.jsonl.gz:2"]),
        ("/deep", ["b.jsonl.gz:1", "b.jsonl.gz:2", "c.html"]),
        ("/*/c.html", ["deep/c.html"]),
    ],
)
def test_files_folders_and_globs(remote: str, where: str, names: list[str]) -> None:
    found = documents(read_all(remote + where))
    assert [each.source for each in found] == names
    assert found[0].input_metadata == ({"title": "T"} if where == "/a.txt" else {})


def test_an_address_of_this_machine_is_a_path(tmp_path: Path) -> None:
    lay(tmp_path / "a b", FILES)
    sources = discover((tmp_path / "a b").as_uri())[0]
    assert [each.path for each in sources] == [each.path for each in discover(tmp_path / "a b")[0]]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("memory://nothing", "there is no such file or folder"),
        ("memory://in/*.warc", "holds nothing to read"),
        ("memory://in/x.pdf", "there is no reader for .pdf"),
        ("nowhere://in", "can't be reached: Protocol not known"),
        ("zip://a.txt::memory://in/x.zip", "is a chain of addresses; name the archive alone"),
    ],
)
@pytest.mark.usefixtures("remote")
def test_an_address_without_inputs_is_reported(where: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        discover(where)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_url: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(InputError, match="needs a package that is not installed: Install s3fs to access S3"):
        discover("s3://bucket/a")


@pytest.mark.usefixtures("remote")
def test_a_table_is_split_between_its_row_groups() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": [f"{n}" for n in range(100)]}), out, row_group_size=10)
    fsspec.filesystem("memory").pipe("/table/t.parquet", out.getvalue())
    (whole,) = discover("memory://table")[0]
    pieces = split(whole, 1)
    assert len(pieces) == 10
    assert [each for piece in pieces for each in read(piece)] == list(read(whole))


class _Breaks(io.BytesIO):
    """As a library whose errors are its own."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise RuntimeError("the line went dead")


def test_a_connection_that_breaks_is_reported(remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = discover(remote + "/a.txt")[0]
    memory: Any = fsspec.filesystem("memory")
    monkeypatch.setattr(memory, "open", lambda *_: _Breaks())
    (found,) = read(source)
    assert "RuntimeError: the line went dead".lower() in str(found)
    with pytest.raises(OSError, match="the line went dead"):
        Remote(source.path.url if isinstance(source.path, Remote) else "").read_bytes()


def test_a_dataset_is_built_from_an_address(remote: str, tmp_path: Path) -> None:
    rule = "rules: [{id: a/b, label: ad, why: w, line: [x], removes: [x], keeps: [k]}]"
    report = build(remote, tmp_path / "dist", rules=parse_pack({"r.yaml": rule}), workers=1)
    assert (report.documents, report.rejected) == (5, {"input/refused": 1})
    assert [each.source for each in report.ignored] == ["x.pdf"]
    assert faults(list(report.ignored)) == {"x.pdf": "there is no reader for .pdf"}
