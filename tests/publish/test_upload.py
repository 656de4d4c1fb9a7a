"""A dataset sent to an address: whole or not taken for whole, and nothing else there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import orjson
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from cleaner.dataset.files import load_manifest
from cleaner.errors import OutputError
from cleaner.model.checksum import json_with_checksum, json_without_checksum
from cleaner.publish.upload import publish, published_files, refuse_foreign
from support.projects import STORY, Here, built, content, prepare


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address where nothing is."""
    MemoryFileSystem.store.clear()
    yield "memory://bucket/dist" if request.param == "memory" else f"file://{tmp_path}/there/dist"
    MemoryFileSystem.store.clear()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (prepare(tmp_path) / "raw" / "a.txt").write_text(STORY)
    built(tmp_path)
    return tmp_path / "dist"


def there(url: str) -> dict[str, bytes]:
    filesystem, root = fsspec.url_to_fs(url)
    return {path.removeprefix(root).lstrip("/"): filesystem.cat_file(path) for path in filesystem.find(root)}


def put(url: str, path: str, data: bytes) -> None:
    filesystem, root = fsspec.url_to_fs(url)
    filesystem.makedirs(root, exist_ok=True)
    filesystem.pipe_file(f"{root}/{path}", data)


class Stopped(BaseException):
    """As a kill: nobody catches it."""


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch, url: str) -> Callable[[int], None]:
    """Let the sending stop before so many files have gone."""
    kind: Any = type(fsspec.url_to_fs(url)[0])
    sends = kind.put_file

    def after(files: int) -> None:
        left = [files]

        def put_file(self: Any, *arguments: Any, **more: Any) -> None:
            if not left[0]:
                raise Stopped
            left[0] -= 1
            sends(self, *arguments, **more)

        monkeypatch.setattr(kind, "put_file", put_file)

    return after


def test_what_is_sent_is_there(url: str, dist: Path) -> None:
    assert published_files(url) is None
    refuse_foreign(url)
    assert publish(dist, url) == 4
    assert there(url) == content(dist)
    assert published_files(url) == load_manifest(dist)
    with fsspec.open(f"{url}/articles/train-00000-of-00001.parquet") as file:
        assert pq.read_table(file).num_rows == 1


def test_only_what_changed_is_sent_again_and_the_rest_goes(url: str, dist: Path, tmp_path: Path) -> None:
    publish(dist, url)
    assert publish(dist, url) == 0
    (tmp_path / "raw" / "b.txt").write_text(STORY * 2)
    (tmp_path / "cleaner.toml").write_text("")
    built(tmp_path)
    assert publish(dist, url) == 3, "all but the table of the rejected"
    put(url, "articles/train-00001-of-00002.parquet", b"of an older dataset")
    with pytest.raises(OutputError, match=r"holds articles/train-00001-of-00002\.parquet, which no build wrote"):
        publish(dist, url)
    assert there(url).keys() == content(dist).keys() | {"articles/train-00001-of-00002.parquet"}


def test_files_of_the_last_dataset_go(url: str, dist: Path, tmp_path: Path) -> None:
    publish(dist, url)
    other = shutil.copytree(dist, tmp_path / "other")
    old, new = "rejected/train-00000-of-00001.parquet", "rejected/train-00000-of-00002.parquet"
    (other / old).rename(other / new)
    manifest = other / "manifest.json"
    changed = json_without_checksum(manifest.read_bytes()).replace(old.encode(), new.encode())
    manifest.write_bytes(json_with_checksum(changed))
    publish(other, url)
    assert there(url) == content(other)


@pytest.mark.parametrize("files", range(4))
def test_a_half_is_never_taken_for_the_whole(
    url: str, dist: Path, tmp_path: Path, stops: Callable[[int], None], files: int
) -> None:
    """Whenever it stops; and the next one puts it right, whatever it sends."""
    publish(dist, url)
    (tmp_path / "raw" / "a.txt").write_text(STORY * 3)
    (tmp_path / "raw" / "empty.txt").write_text("Share this")
    built(tmp_path)
    stops(files)
    with pytest.raises(Stopped):
        publish(dist, url)
    assert published_files(url) is None
    refuse_foreign(url)
    stops(-1)
    assert publish(dist, url) == 4, "nothing that is there is trusted"
    assert there(url) == content(dist)


def test_a_file_that_arrives_cut_off_is_reported(url: str, dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cuts(self: Any, _: str, there: str) -> None:
        self.pipe_file(there, b"PAR1")

    monkeypatch.setattr(type(fsspec.url_to_fs(url)[0]), "put_file", cuts)
    with pytest.raises(OutputError, match=r"articles/train-00000-of-00001\.parquet: has 4 of its \d+ bytes there"):
        publish(dist, url)
    assert published_files(url) is None


def test_what_others_put_there_is_not_lost(url: str, dist: Path) -> None:
    put(url, "thesis.txt", b"years of work")
    for ask in (refuse_foreign, lambda url: publish(dist, url)):
        with pytest.raises(OutputError, match="holds files, and is no dataset of ours; name an address where nothing"):
            ask(url)
    put(url, "manifest.json", b'["of another program"]')
    with pytest.raises(OutputError, match="no dataset of ours"):
        publish(dist, url)
    assert there(url) == {"thesis.txt": b"years of work", "manifest.json": b'["of another program"]'}


def test_other_files_beside_the_dataset_are_unchanged(url: str, dist: Path, tmp_path: Path) -> None:
    put(url, ".gitattributes", b"*.parquet filter=lfs")
    publish(dist, url)
    put(url, "notes.md", b"mine")
    (tmp_path / "raw" / "a.txt").write_text(STORY * 3)
    built(tmp_path)
    assert publish(dist, url) > 0
    assert there(url) == content(dist) | {".gitattributes": b"*.parquet filter=lfs", "notes.md": b"mine"}


@pytest.mark.parametrize("path", ["README.md", "articles/train-00000-of-00001.parquet"])
def test_a_file_that_somebody_changed_there_is_not_replaced(url: str, dist: Path, tmp_path: Path, path: str) -> None:
    publish(dist, url)
    changed = there(url)[path][:-1] + b"!"
    put(url, path, changed)
    (tmp_path / "raw" / "a.txt").write_text(STORY * 3)
    built(tmp_path)
    before = there(url)
    with pytest.raises(OutputError, match=f"{path}: has changed since it was sent; move it away"):
        publish(dist, url)
    assert there(url) == before


@pytest.mark.parametrize("path", ["../victim", "articles/../../victim", "/victim", "victim"])
def test_a_manifest_there_leads_nowhere_else(url: str, dist: Path, path: str) -> None:
    publish(dist, url)
    put(url.rpartition("/")[0], "victim", b"precious")
    listed = json_without_checksum(there(url)["manifest.json"]).replace(b"README.md", path.encode())
    for state in (json_with_checksum(listed), json_with_checksum(orjson.dumps({"unfinished": [path]}))):
        put(url, "manifest.json", state)
        before = there(url)
        with pytest.raises(OutputError, match=r"no dataset of ours|which no build wrote"):
            publish(dist, url)
        assert there(url) == before
        assert there(url.rpartition("/")[0])["victim"] == b"precious"


@pytest.mark.parametrize(
    ("address", "cause"),
    [("nothing://bucket", "can't be reached"), ("memory://", "no dataset of ours")],
)
def test_wrong_addresses_are_reported(dist: Path, address: str, cause: str) -> None:
    put("memory://elsewhere", "a.txt", b"text")
    with pytest.raises(OutputError, match=cause):
        publish(dist, address)


def test_a_folder_without_a_dataset_is_not_sent(url: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="holds no dataset to send; build it first"):
        publish(tmp_path, url)


def test_faults_of_a_library_are_reported(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", forbidden)
    with pytest.raises(OutputError, match="PermissionError: Access Denied; see that the address is right"):
        publish(dist, "memory://denied/dist")


def test_the_command_builds_to_an_address(here: Here, project: Path) -> None:
    """In a working folder, which makes the next build to the address a short one."""
    MemoryFileSystem.store.clear()
    code, out, _ = here("build", "raw", "memory://bucket/dist")
    assert code == 0
    assert "4 files sent to memory://bucket/dist" in out
    assert there("memory://bucket/dist") == content(project / ".cleaner" / "dist")
    assert "0 files sent" in here("build", "raw", "memory://bucket/dist")[1]
    put("memory://bucket/dist", "articles/thesis.txt", b"years of work")
    shutil.rmtree(project / ".cleaner")
    code, _, message = here("build", "raw", "memory://bucket/dist")
    assert (code, message) == (
        2,
        "cleaner: memory://bucket/dist: holds articles/thesis.txt, which no build wrote; "
        "move that away, or write elsewhere\n",
    )
    assert not (project / ".cleaner").exists(), "it was reported before the build"
