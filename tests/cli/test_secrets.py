"""Passwords, tokens and paths of the machine: in no dataset and in no message."""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from cleaner.cli import run
from cleaner.errors import InputError
from cleaner.model.escape import redacted
from cleaner.model.options import Duplicates
from cleaner.pipeline.build import build
from cleaner.readers import Unreadable, discover
from cleaner.readers.locations import Remote
from cleaner.readers.sources import Source, read_by
from cleaner.rules.load import parse_pack
from support.projects import CLEAN, RULES, STORY, content, prepare, rows

SECRET = "hunter2"


class _Signed(MemoryFileSystem):  # type: ignore[misc] # fsspec has no types
    """As that of the web: a path is the whole address, password, query and all."""

    protocol = "signed"
    files: ClassVar[dict[str, bytes]] = {}

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def unstrip_protocol(self, name: str) -> str:
        return name

    def isfile(self, path: str) -> bool:
        return path in self.files

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        return {"name": path, "size": len(self.files[path]), "type": "file"}

    def _open(self, path: str, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"403, url={path}")


@pytest.fixture
def signed() -> Iterator[str]:
    fsspec.register_implementation("signed", _Signed, clobber=True)
    address = f"signed://anna:{SECRET}@host/dir/a.jsonl?X-Amz-Signature={SECRET}/{SECRET}.x&n=1"
    _Signed.files[address] = b"{}"
    yield address
    _Signed.files.clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"s3://key:{SECRET}@bucket/a", "s3://***@bucket/a"),
        (f"s3://key:a/{SECRET}+b@bucket/a b", "s3://***@bucket/a b"),
        (f"https://u:p@{SECRET}@host/a", "https://***@host/a"),
        (f"https://{SECRET}@host/a", "https://***@host/a"),
        (f"see 'https://host/a?sig={SECRET}&token={SECRET}#access_token={SECRET}'!", None),
        (f"HTTPS://host/a?key={SECRET}=={SECRET}", "HTTPS://host/a?key=***"),
        ("https://host:8080/@anna/a?b", "https://host:8080/@anna/a?b"),
        ("abfs://container@account/a", "abfs://container@account/a"),
        ("s3://bucket/a?.jsonl", "s3://bucket/a?.jsonl"),
        ("a@b.example: x?y=z", "a@b.example: x?y=z"),
    ],
)
def test_secrets_of_addresses_are_left_out(text: str, expected: str | None) -> None:
    assert SECRET not in redacted(text)
    assert expected in (None, redacted(text))


def test_errors_and_causes_hold_no_secrets() -> None:
    address = f"s3://key:{SECRET}@bucket/a?token={SECRET}"
    assert SECRET not in repr(InputError(address, f"can't read {address}", f"see {address}"))
    assert SECRET not in str(Unreadable(source="a", id="a", cause=f"no {address}", hint=f"see {address}"))


def test_a_signed_address_gives_names_without_its_secrets(signed: str) -> None:
    (source,), refused = discover(signed)
    assert (source.name, source.suffix, refused) == ("a.jsonl", ".jsonl", [])
    assert str(source.path) == signed


@pytest.mark.parametrize("command", [("clean",), ("clean", "--jsonl"), ("explain",), ("build", "--workers", "1")])
def test_no_command_prints_a_secret(
    signed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: tuple[str]
) -> None:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    for address in (signed, f"nowhere://u:{SECRET}@h/x?sig={SECRET}", f"memory://u:{SECRET}@h/x?sig={SECRET}"):
        assert run([*command, address])
    printed = "".join(capfd.readouterr())
    assert SECRET not in printed
    assert "***" in printed
    assert not any(SECRET.encode() in data for data in content(tmp_path).values())


def test_a_dataset_is_the_same_wherever_it_is_built(tmp_path: Path) -> None:
    """Of input, dataset and datasets that are not to be repeated it holds no path."""
    made = []
    for name in ("one", "another place"):
        root = prepare_there(tmp_path / name)
        duplicates = Duplicates(against=(str(root / "old.jsonl"),))
        pack = parse_pack({"rules.yaml": RULES})
        build(str(root / "raw"), root / "dist", rules=pack, duplicates=duplicates, workers=1)
        made.append(content(root / "dist"))
        assert not any(str(tmp_path).encode() in data for data in made[-1].values())
    assert made[0] == made[1]
    manifest = json.loads(made[0]["manifest.json"])
    assert manifest["duplicates"]["against"] == ["old.jsonl"]
    assert manifest["documents"]["rejected"] == {"duplicate/exact": 1, "input/unreadable": 1}
    causes = {row["filter"]: row["cause"] for row in rows(root / "dist", "rejected")}
    assert causes["duplicate/exact"] == "old.jsonl holds it already"


def prepare_there(root: Path) -> Path:
    (root / "raw").mkdir(parents=True)
    (root / "raw" / "a.txt").write_text(STORY)
    (root / "raw" / "b.txt").write_text(CLEAN.replace("lamps", "boats").replace("storm", "flood of that year"))
    (root / "raw" / "c.parquet").write_bytes(b"PAR1 cut off")
    (root / "old.jsonl").write_text(json.dumps({"id": "old", "text": CLEAN}) + "\n")
    return root


def test_a_librarys_error_names_the_file_as_the_dataset_does(tmp_path: Path) -> None:
    def reader(source: Source, _keys: object) -> Iterator[Unreadable]:
        yield from ()
        raise OSError(5, "Input/output error", str(source.path))

    source = Source(path=tmp_path / "deep" / "a.txt", name="deep/a.txt", size=1)
    (found,) = read_by(reader, source, None)  # type: ignore[arg-type]
    assert isinstance(found, Unreadable)
    assert found.cause == "reading it failed: OSError: [Errno 5] Input/output error: 'deep/a.txt'"
    remote = Source(path=Remote(f"s3://k:{SECRET}@b/a.txt"), name="a.txt", size=1)
    (found,) = read_by(reader, remote, None)  # type: ignore[arg-type]
    assert isinstance(found, Unreadable)
    assert SECRET not in found.cause
    shutil.rmtree(tmp_path)


def test_a_traceback_of_an_error_repeats_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(url: str) -> None:
        raise ValueError(f"no access to {url}")

    monkeypatch.setattr(fsspec.core, "url_to_fs", refusing)
    with pytest.raises(InputError) as caught:
        discover(f"s3://anna:{SECRET}@b/x")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
