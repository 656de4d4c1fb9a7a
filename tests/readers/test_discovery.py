"""What is found below a folder, and what is refused there."""

import os
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import InputError
from cleaner.pipeline.plan import plan
from cleaner.readers import discover
from cleaner.readers.fingerprint import digest_inputs
from cleaner.readers.sources import shown_name


def lay(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}" if name.endswith(".json") else "Some words.\n")


def found(where: str | Path) -> list[str]:
    return [source.name for source in discover(where)[0]]


def refused(where: str | Path) -> dict[str, str]:
    return {each.source: each.cause for each in discover(where)[1]}


def test_a_folder_is_searched_in_order_of_name(tmp_path: Path) -> None:
    lay(tmp_path, "b.txt", "a/z.jsonl", "a/B.TXT", "a.text", "a/x.jsonl.gz", "a/y.txt.zst", "c.NDJSON")
    assert found(tmp_path) == ["a.text", "a/B.TXT", "a/x.jsonl.gz", "a/y.txt.zst", "a/z.jsonl", "b.txt", "c.NDJSON"]
    assert refused(tmp_path) == {}
    source = discover(tmp_path)[0][0]
    assert source.size == len("Some words.\n")
    assert pickle.loads(pickle.dumps(source)) == source  # it goes to workers


def test_hidden_files_and_readmes_are_no_inputs(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", ".b.txt", ".git/c.txt", "README.md", "sub/readme.md")
    assert found(tmp_path) == ["a.txt"]
    assert refused(tmp_path) == {}


def test_sidecars_go_with_their_texts(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "a.json", "sub/b.txt.gz", "sub/b.json", "c.txt", "d.jsonl")
    sources, unread = discover(tmp_path)
    assert {source.name: source.sidecar and Path(str(source.sidecar)).name for source in sources} == {
        "a.txt": "a.json",
        "c.txt": None,
        "d.jsonl": None,
        "sub/b.txt.gz": "b.json",
    }
    assert unread == []


def test_sidecars_are_found_for_a_glob_and_for_a_single_file(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "a.json")
    for where in (tmp_path / "*.txt", tmp_path / "a.txt"):
        (source,) = discover(where)[0]
        assert source.name == "a.txt"
        assert source.sidecar == tmp_path / "a.json"


def test_a_sidecar_goes_with_a_text_and_a_page_of_its_name(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "a.json", "a.html")
    for where, names in ((tmp_path, ["a.html", "a.txt"]), (tmp_path / "*.html", ["a.html"])):
        sources, unread = discover(where)
        assert [source.name for source in sources if source.sidecar == tmp_path / "a.json"] == names
        assert unread == []


def test_what_no_reader_is_for_is_reported(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "b.pdf", "sub/c", "e.json", "f.jsonl", "f.json", "g.docx.gz")
    assert refused(tmp_path) == {
        "b.pdf": "there is no reader for .pdf",
        "e.json": "is a sidecar without its text",
        "f.json": "is a sidecar without its text",
        "g.docx.gz": "there is no reader for .docx",
        "sub/c": "has no suffix, so its format is unknown",
    }
    assert "there are readers for .txt .text .html" in str(discover(tmp_path)[1][0])


def test_links_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    lay(tmp_path, "out/secret.txt", "out/a.json", "in/a.txt")
    (tmp_path / "in/file.txt").symlink_to(tmp_path / "out/secret.txt")
    (tmp_path / "in/folder").symlink_to(tmp_path / "out")
    (tmp_path / "in/a.json").symlink_to(tmp_path / "out/a.json")
    (source,), unread = discover(tmp_path / "in")
    assert (source.name, source.sidecar) == ("a.txt", None)
    assert [each.source for each in unread] == ["a.json", "file.txt", "folder"]
    assert {each.cause for each in unread} == {"is a link that leads out of the folder"}


def test_links_within_the_folder_and_loops_do_no_harm(tmp_path: Path) -> None:
    lay(tmp_path, "sub/a.txt")
    (tmp_path / "sub/up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to("sub")
    (tmp_path / "b.txt").symlink_to("sub/a.txt")
    assert found(tmp_path) == ["b.txt", "sub/a.txt"]
    assert refused(tmp_path) == {}


def test_links_to_nothing_and_to_themselves_are_reported(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "self.txt").symlink_to("self.txt")
    assert list(refused(tmp_path)) == ["gone.txt", "self.txt"]


def test_a_folder_that_is_a_link_itself_is_searched(tmp_path: Path) -> None:
    lay(tmp_path, "real/a.txt")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == ["a.txt"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert refused(tmp_path) == {"pipe.txt": "is neither a file nor a folder"}


def test_names_that_are_not_utf8_can_be_written(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("Words.")
    assert found(tmp_path) == ["caf\\xe9.txt"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["a.txt"]),
        ("**/*.txt", ["2023/b.txt", "2024/c.txt", "2024/deep/d.txt", "a.txt"]),
        ("2024/**", ["c.txt", "deep/d.txt"]),
        ("202[34]", ["2023/b.txt", "2024/c.txt", "2024/deep/d.txt"]),
        ("202?/*.txt", ["2023/b.txt", "2024/c.txt"]),
        ("**/deep/*", ["2024/deep/d.txt"]),
    ],
)
def test_globs(tmp_path: Path, pattern: str, names: list[str]) -> None:
    lay(tmp_path, "a.txt", "2023/b.txt", "2024/c.txt", "2024/deep/d.txt", ".2025/e.txt")
    assert found(f"{tmp_path}/{pattern}") == names


def test_a_glob_reports_only_files_that_match_it(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "b.pdf")
    assert refused(f"{tmp_path}/*.txt") == {}


def test_brackets_in_a_real_name_are_no_glob(tmp_path: Path) -> None:
    lay(tmp_path, "raw [old]/a.txt")
    assert found(tmp_path / "raw [old]") == ["a.txt"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("missing", "there is no such file or folder; name a file"),
        ("nowhere://example.com/a.txt", "can't be reached: Protocol not known"),
        ("memory://nothing/a.txt", "there is no such file or folder; name a file"),
        ("missing/*.txt", "no such file or directory"),
        ("full/*.jsonl", "holds nothing to read"),
        ("empty", "holds nothing to read"),
        ("full/b.pdf", "there is no reader for .pdf; there are readers for .txt"),
        ("x" * 5000, "there is no such file or folder"),
    ],
)
def test_an_input_that_is_not_there_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, message: str
) -> None:
    lay(tmp_path, "full/a.txt", "full/b.pdf", "empty/README.md")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        discover(where)


def test_a_digest_changes_with_the_text_and_with_its_sidecar(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "a.json")
    (source,) = discover(tmp_path)[0]
    digests = {source.digest()}
    (tmp_path / "a.json").write_text('{"title": "T"}')
    digests.add(source.digest())
    (tmp_path / "a.txt").write_text("Other words.")
    digests.add(source.digest())
    assert len(digests) == 3


ALIKE = (b"caf\xe9.txt", b"caf\\xe9.txt", b"caf\\x5cxe9.txt")


def test_files_with_undecodable_names_stay_distinct(tmp_path: Path) -> None:
    for name in ALIKE:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    sources, _ = discover(tmp_path)
    assert {source.name for source in sources} == {"caf\\xe9.txt", "caf\\x5cxe9.txt", "caf\\x5cx5cxe9.txt"}
    parts = [part for job in plan(sources, digest_inputs(sources)) for part in job.parts]
    assert {part.source.path.read_bytes() for part in parts} == set(ALIKE)
    assert len({part.key for part in parts}) == len(ALIKE)
    for name in ALIKE:
        (one,), _ = discover(tmp_path / os.fsdecode(name))
        assert one.path.read_bytes() == name
        (one,), _ = discover(tmp_path / os.fsdecode(name.replace(b"caf", b"c?f")))
        assert one.path.read_bytes() == name


@given(names=st.sets(st.lists(st.sampled_from([b"\xe9", b"\\", b"x", b"5c", b"e9", b"a"])).map(b"".join)))
def test_no_two_names_are_shown_alike(names: set[bytes]) -> None:
    assert len({shown_name(os.fsdecode(name)) for name in names}) == len(names)
