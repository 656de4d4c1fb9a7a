"""A dataset takes its place whole or not at all, and nothing that a build did not write is lost on the way."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest

from cleaner.dataset import folders
from cleaner.dataset.atomic import MARK, Growing, growing
from cleaner.dataset.files import CARD, FORMAT, MANIFEST
from cleaner.errors import OutputError
from cleaner.model.checksum import json_with_checksum
from support.projects import content

TABLE = "articles/train-00000-of-00001.parquet"
OLD = {CARD: b"the old card", TABLE: b"old articles", "removed/train-00000-of-00001.parquet": b"as ever"}
NEW = {
    CARD: b"the new card",
    "articles/train-00000-of-00002.parquet": b"new articles",
    "articles/train-00001-of-00002.parquet": b"more of them",
    "removed/train-00000-of-00002.parquet": b"as ever",
}


def manifest(files: Mapping[str, bytes], **changed: Any) -> bytes:
    listed = [
        {"path": path, "rows": 0, "bytes": len(data), "size": 0, "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in files.items()
    ]
    counts = {"all": 0, "kept": 0, "rejected": {}, "flagged": {}, "languages": {}}
    words = {"before": 0, "kept": 0, "rejected": 0, "removed": {}}
    data: dict[str, Any] = {
        "format": FORMAT, "versions": {}, "code": "", "documents": counts, "words": words, "options": {}, "shards": 1,
        "key": "", "rules_digest": "", "rules": {}, "inputs": [], "refused": [], "unreadable": [], "files": listed,
    }  # fmt: skip
    return json_with_checksum(orjson.dumps(data | changed))


def whole(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {MANIFEST: manifest(files), **files}


def put(new: Growing, files: Mapping[str, bytes], made: Path) -> None:
    new.write(MANIFEST, manifest(files))
    for path, data in files.items():
        if path == CARD:
            new.write(path, data)
        else:
            file = made / hashlib.sha256(data).hexdigest()
            file.write_bytes(data)
            new.link(file, path)


def built(dist: Path, files: Mapping[str, bytes], made: Path) -> None:
    with growing(dist) as new:
        put(new, files, made)
        new.publish()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where finished files lie that are linked into a dataset."""
    (tmp_path / "made").mkdir()
    return tmp_path / "made"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The folder in which `dist` is."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture(params=["exchange", "renames"])
def _ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a system that exchanges two names in one step and knows hard links, and with one that does neither."""
    if request.param == "renames":
        monkeypatch.setattr(folders, "_renamed", lambda *_: False)
        monkeypatch.setattr(os, "link", _no_links)


def _no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


BESIDE = {".git/refs/heads/main": b"0" * 40, "LICENSE": b"mine", "articles/.DS_Store": b"\0", "notes/a.md": b"notes"}
LINK = {"latest": b"mine"}  # leads to the LICENSE


def add_beside(dist: Path) -> None:
    for path, data in BESIDE.items():
        (dist / path).parent.mkdir(parents=True, exist_ok=True)
        (dist / path).write_bytes(data)
    (dist / "LICENSE").chmod(0o640)
    (dist / ".git" / "refs" / "tags").mkdir()
    (dist / "latest").symlink_to("LICENSE")


def is_beside(dist: Path) -> bool:
    return (
        BESIDE.items() <= content(dist).items()
        and stat.S_IMODE((dist / "LICENSE").stat().st_mode) == 0o640
        and (dist / ".git" / "refs" / "tags").is_dir()
        and (dist / "latest").readlink() == Path("LICENSE")
    )


def under(dist: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{dist}/{path}": data for path, data in files.items()}


@pytest.mark.usefixtures("_ways")
def test_the_new_one_takes_the_place_of_the_last(work: Path, made: Path) -> None:
    for files in (OLD, NEW, OLD):
        built(work / "dist", files, made)
        assert content(work) == under("dist", whole(files))
        assert sorted(path.name for path in work.iterdir()) == ["dist"]


@pytest.mark.usefixtures("_ways")
def test_other_files_in_the_folder_stay(work: Path, made: Path) -> None:
    built(work / "dist", OLD, made)
    add_beside(work / "dist")
    (work / "dist").chmod(0o750)
    inode = (work / "dist" / "LICENSE").stat().st_ino
    built(work / "dist", NEW, made)
    assert is_beside(work / "dist")
    assert (work / "dist" / "LICENSE").stat().st_ino == inode
    assert stat.S_IMODE((work / "dist").stat().st_mode) == 0o750
    assert content(work) == under("dist", whole(NEW) | BESIDE | LINK)
    assert sorted(path.name for path in work.iterdir()) == ["dist"]


def test_the_first_dataset_may_go_into_a_clone(work: Path, made: Path) -> None:
    (work / "dist" / ".git").mkdir(parents=True)
    for path in (".git/HEAD", ".gitattributes", "LICENSE"):
        (work / "dist" / path).write_text("mine")
    before = content(work / "dist")
    built(work / "dist", NEW, made)
    assert content(work / "dist") == whole(NEW) | before


# Killed


class Killed(BaseException):
    """Nobody catches it; and from then on nothing changes on the disk, as after a kill."""


_CHANGES: tuple[tuple[Any, str], ...] = (
    *((os, name) for name in ("link", "unlink", "rename", "rmdir", "mkdir", "chmod")),
    (folders, "_renamed"),
    (Path, "touch"),
    (Path, "write_bytes"),
)


@pytest.fixture
def killed_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], None]], bool]:
    """Run something until it has changed the disk so many times; whether it came to its end before."""

    def run(changes: int, job: Callable[[], None]) -> bool:
        left = [changes]

        def counted(change: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*arguments: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    raise Killed
                return change(*arguments, **named)

            return counting

        with monkeypatch.context() as patched:
            for where, name in _CHANGES:
                patched.setattr(where, name, counted(getattr(where, name)))
            with suppress(Killed):
                job()
        return left[0] >= 0

    return run


@pytest.mark.usefixtures("_ways")
@pytest.mark.parametrize("first", [True, False])
def test_killed_at_any_step_it_loses_nothing_and_goes_on_by_itself(
    tmp_path: Path, made: Path, killed_after: Callable[[int, Callable[[], None]], bool], first: bool
) -> None:
    """Twice: while it takes its place, and while the next one puts right what is left."""
    for step in range(200):
        work = tmp_path / f"killed-{step}"
        work.mkdir()
        dist = work / "dist"
        if first:
            dist.mkdir()
            (dist / ".git").mkdir()
            (dist / ".git" / "HEAD").write_bytes(b"mine")
            beside = {".git/HEAD": b"mine"}
        else:
            built(dist, OLD, made)
            add_beside(dist)
            beside = BESIDE
        ended = killed_after(step, lambda dist=dist: built(dist, NEW, made))  # type: ignore[misc]
        for again in (step % 7, step % 23)[: 1 + step % 2]:
            there = content(work)
            for path, data in beside.items():
                assert data in [there.get(f"{name}/{path}") for name in ("dist", ".dist.building", ".dist.previous")]
            seen = {path: data for path, data in content(dist).items() if path not in (*beside, *LINK, MARK)}
            assert seen in ([{}] if first or not dist.exists() else []) + [whole(OLD), whole(NEW)]
            killed_after(again, lambda dist=dist: built(dist, NEW, made))  # type: ignore[misc]
        built(dist, NEW, made)
        assert sorted(path.name for path in work.iterdir()) == ["dist"]
        assert content(dist) == whole(NEW) | beside | ({} if first else LINK)
        assert first or is_beside(dist)
        if ended:
            break
    assert 15 < step < 199


# What is refused


@pytest.fixture
def dist(work: Path, made: Path) -> Path:
    """A dataset to be spoilt; a build then refuses, and changes nothing."""
    built(work / "dist", OLD, made)
    return work / "dist"


def _linked(place: Path, to: Path) -> None:
    """Something precious in a folder that a link leads to."""
    to.mkdir()
    (to / "thesis.txt").write_text("years of work")
    place.symlink_to(to)


def _moved_and_linked(place: Path) -> None:
    place.rename(place.parent.parent / "elsewhere")
    place.symlink_to(place.parent.parent / "elsewhere")


def _written(text: str = "mine") -> Callable[[Path], object]:
    def write(place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    return write


SPOILT: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    ("dist/articles/my-labels.csv", _written(), "is a file that no build wrote"),
    ("dist/removed/.gitkeep", _written(), "is a file that no build wrote"),
    ("dist/rejected/deep/notes.md", _written(), "is no regular file, and no build wrote it"),
    (f"dist/{TABLE}", _written("PAR1"), "has changed since it was built"),
    (f"dist/{CARD}", _written("my card"), "has changed since it was built"),
    (f"dist/{MANIFEST}", _written("{}"), "is damaged, or no build wrote it"),
    (f"dist/{TABLE}", _moved_and_linked, "is a link, and no build wrote it"),
    (f"dist/{MANIFEST}", _moved_and_linked, "is a link, and no build wrote it"),
    ("dist/removed", _moved_and_linked, "is a link, and is not followed"),
    (".dist.building", lambda place: _linked(place, place.parent / "home"), "is a link, and is not followed"),
    (".dist.previous", lambda place: _linked(place, place.parent / "home"), "is a link, and is not followed"),
    (".dist.building", _written(), "is not a folder"),
    (".dist.building/thesis.txt", _written(), "is nothing that a build left behind"),
    (".dist.previous/thesis.txt", _written(), "is nothing that a build left behind"),
)


@pytest.mark.parametrize(("place", "spoil", "cause"), SPOILT)
def test_what_no_build_wrote_is_refused_by_name_and_stays(
    work: Path, dist: Path, made: Path, place: str, spoil: Callable[[Path], object], cause: str
) -> None:
    spoil(work / place)
    before = content(work)
    named = {f"dist/{MANIFEST}": "dist", "dist/rejected/deep/notes.md": "dist/rejected/deep"}.get(place, place)
    with pytest.raises(OutputError, match=f"{re.escape(named)}.*: .*{re.escape(cause)}.*; .*move"):
        built(dist, NEW, made)
    assert content(work) == before


def test_the_store_replaces_a_manifest_that_is_gone(dist: Path, made: Path) -> None:
    last = orjson.loads((dist / MANIFEST).read_bytes())
    (dist / MANIFEST).unlink()
    with pytest.raises(OutputError, match="is no dataset of ours"):
        built(dist, NEW, made)
    with growing(dist, last) as new:
        assert new.last.whole is None
        put(new, NEW, made)
        new.publish()
    assert content(dist) == whole(NEW)


@pytest.mark.parametrize("name", ["dist/articles/late.csv", "dist/README.md"])
def test_what_comes_into_the_last_dataset_in_mid_build_stays(work: Path, dist: Path, made: Path, name: str) -> None:
    with growing(dist) as new:
        put(new, NEW, made)
        (work / name).write_text("mine")
        before = {path: data for path, data in content(work).items() if path.startswith("dist")}
        with pytest.raises(OutputError, match=re.escape(name)):
            new.publish()
    assert content(work) == before


def test_what_comes_beside_it_in_mid_build_goes_on(work: Path, dist: Path, made: Path) -> None:
    with growing(dist) as new:
        put(new, NEW, made)
        (dist / "notes.md").write_bytes(b"mine")
        new.publish()
    assert content(work) == under("dist", whole(NEW) | {"notes.md": b"mine"})


def test_what_comes_into_the_new_one_in_mid_build_stays(work: Path, dist: Path, made: Path) -> None:
    with growing(dist) as new:
        put(new, NEW, made)
        (new.folder / "thesis.txt").write_bytes(b"years of work")
    assert content(work) == under("dist", whole(OLD)) | {".dist.building/thesis.txt": b"years of work"}


@pytest.mark.parametrize("path", ["thesis.txt", TABLE, "removed/train-00000-of-00002.parquet"])
def test_of_a_killed_build_no_more_is_removed_than_it_wrote(
    work: Path, dist: Path, made: Path, killed_after: Callable[[int, Callable[[], None]], bool], path: str
) -> None:
    def builds() -> None:
        with growing(dist) as new:
            put(new, NEW, made)
            raise Killed

    for step in range(9, 40):
        if killed_after(step, builds) or (work / ".dist.building" / "removed").is_dir():
            break
    there = work / ".dist.building" / path
    there.unlink(missing_ok=True)
    there.write_text("mine")
    with pytest.raises(OutputError, match=re.escape(f".dist.building/{path}")):
        built(dist, NEW, made)
    assert there.read_text() == "mine"


def test_a_swap_that_fails_puts_the_last_dataset_back(
    work: Path, dist: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fails_once(self: Path, target: Path) -> Path:
        if self.name == ".dist.building":
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(folders, "_renamed", lambda *_: False)
    with growing(dist) as new:
        put(new, NEW, made)
        monkeypatch.setattr(Path, "rename", fails_once)
        with pytest.raises(OutputError, match="can't be written"):
            new.publish()
        monkeypatch.undo()
    assert content(work) == under("dist", whole(OLD))


def test_two_do_not_write_one_dataset(work: Path, made: Path) -> None:
    with growing(work / "dist") as new:
        put(new, NEW, made)
        with pytest.raises(OutputError, match="another build is writing it"), growing(work / "dist"):
            pass
        new.publish()
    assert content(work / "dist") == whole(NEW)
