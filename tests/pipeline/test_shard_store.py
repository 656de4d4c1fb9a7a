"""What is kept between builds: damaged, it is made anew; foreign, it stays; and none of it is run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import orjson
import pytest

from cleaner.corpus.from_dataset import documents
from cleaner.dataset.files import MANIFEST, load_manifest
from cleaner.errors import InputError, OutputError
from cleaner.model.checksum import json_with_checksum, json_without_checksum, with_checksum
from cleaner.model.options import Duplicates
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.pipeline.shard_store import Store
from cleaner.rules.load import parse_pack
from support.projects import RULES, STORY, Here, built, content, planted_pickle


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.fixture
def store(project: Path) -> Path:
    return Store.of(project / "dist").folder


def edited(project: Path) -> BuildReport:
    """Built with an edited rule, which makes the store be asked for the rules before."""
    rules = parse_pack({"rules.yaml": RULES.replace("[share this]", "[share this, share that]")})
    return build(str(project / "raw"), project / "dist", rules=rules, workers=1)


def test_a_changed_report_is_detected_and_its_shard_rebuilt(project: Path, store: Path) -> None:
    before = content(project / "dist")
    (file,) = store.glob("*/report.json")
    sound = file.read_bytes()
    at = sound.index(b'"documents":1') + len(b'"documents":')
    for damaged in (flipped(sound, at), sound[:-1], b"", b"[]", json_with_checksum(b'{"key":"x"}')):
        shutil.rmtree(project / "dist")
        file.write_bytes(damaged)
        assert built(project).cleaned == 1
        assert content(project / "dist") == before
        assert file.read_bytes() == sound


def test_a_report_leads_to_no_file_elsewhere(project: Path, store: Path) -> None:
    before = content(project / "dist")
    (file,) = store.glob("*/report.json")
    shutil.copy(project / "dist" / "articles" / "train-00000-of-00001.parquet", project / "secret.parquet")
    report = orjson.loads(json_without_checksum(file.read_bytes()))
    report["files"][0]["path"] = "../../secret.parquet"
    file.write_bytes(json_with_checksum(orjson.dumps(report)))
    assert Store(store).find(file.parent.name) is None
    shutil.rmtree(project / "dist")
    built(project)
    assert content(project / "dist") == before


def test_a_pickle_that_somebody_planted_is_not_run(project: Path, store: Path, tmp_path: Path) -> None:
    (rules,) = store.glob("*.rules")
    for planted in (planted_pickle(tmp_path / "ran"), with_checksum(planted_pickle(tmp_path / "ran"))):
        rules.write_bytes(planted)
        assert edited(project).cleaned == 1, "the rules before are not known, so all is cleaned again"
        shutil.rmtree(project / "dist")
        built(project)
    assert not (tmp_path / "ran").exists()


def test_rules_that_were_changed_are_noticed(project: Path, store: Path) -> None:
    (rules,) = store.glob("*.rules")
    sound = rules.read_bytes()
    rules.write_bytes(flipped(sound, len(sound) // 2))
    assert Store(store).rules(rules.stem) is None
    shutil.rmtree(project / "dist")
    built(project)
    assert rules.read_bytes() == sound


def test_changed_signatures_of_an_existing_dataset_are_computed_again(project: Path, store: Path) -> None:
    (project / "existing.jsonl").write_text(json.dumps({"id": "first", "text": STORY.partition("\n")[0]}))
    against = Duplicates(against=(str(project / "existing.jsonl"),))

    def again() -> BuildReport:
        shutil.rmtree(project / "dist")
        rules = parse_pack({"rules.yaml": RULES})
        return build(str(project / "raw"), project / "dist", rules=rules, workers=1, duplicates=against)

    assert again().rejected == {"duplicate/exact": 1}
    (file,) = store.glob("*.signatures")
    sound = file.read_bytes()
    file.write_bytes(flipped(sound, sound.index(b"first")))
    assert again().rejected == {"duplicate/exact": 1}
    assert [each.read_bytes() for each in store.glob("*.signatures")] == [sound]


# Foreign files


@pytest.mark.parametrize(
    "path", ["thesis.txt", "new-thesis/a.txt", "{key}/notes.md", "{key}/articles.parquet.bak", "mine/", "new-x.rules/"]
)
def test_what_no_build_wrote_is_refused_by_name_and_stays(project: Path, store: Path, path: str) -> None:
    (shard,) = (each for each in store.iterdir() if each.is_dir())
    place = store / path.format(key=shard.name)
    if path.endswith("/"):
        place.mkdir()
    else:
        place.parent.mkdir(exist_ok=True)
        place.write_text("mine")
    before = content(project)
    with pytest.raises(OutputError, match=rf"{place.name}: is nothing that a build wrote.*; move it away"):
        edited(project)
    assert content(project) == before
    assert sorted(each.name for each in project.iterdir() if each.name.startswith(".")) == [".dist.store"]


def _all(store: Path) -> Path:
    return store


def _shard(store: Path) -> Path:
    return next(each for each in store.iterdir() if each.is_dir())


def _table(store: Path) -> Path:
    return next(store.glob("*/articles.parquet"))


@pytest.mark.parametrize("linked", [_all, _shard, _table])
def test_a_link_is_not_followed(project: Path, store: Path, linked: Callable[[Path], Path]) -> None:
    place = linked(store)
    place.rename(project / "home")
    if (project / "home").is_dir():
        (project / "home" / "thesis.txt").write_text("years of work")
    place.symlink_to(project / "home")
    before = content(project)
    with pytest.raises(OutputError, match=place.name):
        edited(project)
    assert content(project) == before


def test_what_comes_into_the_store_in_mid_build_stays(project: Path, store: Path) -> None:
    (project / "raw" / "b.txt").write_text(STORY * 2)
    shard = _shard(store)
    mine = [store / "thesis.txt", shard / "notes.md"]

    def puts(_: object) -> None:
        for path in mine:
            path.write_text("mine")

    rules = parse_pack({"rules.yaml": RULES})
    build(str(project / "raw"), project / "dist", rules=rules, workers=1, progress=puts)
    assert [path.read_text() for path in mine] == ["mine"] * 2


def test_what_killed_builds_left_goes(project: Path, store: Path) -> None:
    before = content(project)
    for left in (f"new-{'0' * 16}-abcd_123/articles.parquet", "ids-abcd1234/spilled/duckdb_temp_storage-0.tmp",
                 "duplicates-abcd1234/heads-3", f"new-{'0' * 64}.rules", f"new-new-{'0' * 64}.signatures"):  # fmt: skip
        (store / left).parent.mkdir(parents=True, exist_ok=True)
        (store / left).write_text("half")
    (store / f"new-{'1' * 16}-abcd1234").mkdir()
    built(project)
    assert content(project) == before
    assert not [each for each in store.iterdir() if each.name.startswith(("new-", "ids-", "duplicates-"))]


# The manifest


def _wrong(**changed: object) -> Callable[[bytes], bytes]:
    def change(dumped: bytes) -> bytes:
        return json_with_checksum(orjson.dumps(orjson.loads(json_without_checksum(dumped)) | changed))

    return change


def _listing(path: str) -> Callable[[bytes], bytes]:
    return _wrong(files=[{"path": path, "rows": 0, "bytes": 0, "size": 0, "sha256": "0" * 64}])


DAMAGED: tuple[Callable[[bytes], bytes], ...] = (
    lambda _: b"",
    lambda _: b"\xff\xfe",
    lambda _: b"null",
    lambda _: b"[" * 100_000,
    lambda _: b'{"format":1,"a":' * 50_000,
    lambda dumped: dumped[:-2],
    json_without_checksum,
    _wrong(format=3), _wrong(format="2"), _wrong(format=None), _wrong(files=None), _wrong(files=[{}]),
    _wrong(files="x"), _wrong(documents=[]), _wrong(documents={"all": "many"}),
    _wrong(words=7), _wrong(rules=[1]), _wrong(inputs=[[]]),
    _wrong(unreadable=[{"source": 1}]), _wrong(refused=[{"no": "such"}]), _wrong(key=None), _wrong(shards="1"),
    _listing("../../raw/a.txt"), _listing("/etc/passwd"), _listing("articles/../../raw/a.txt"), _listing("."),
    _listing("articles"), _listing("articles/a\0.parquet"), _listing("raw.parquet"),
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(DAMAGED)))
def test_a_damaged_manifest_is_refused_by_name_and_nothing_is_deleted(project: Path, here: Here, number: int) -> None:
    file = project / "dist" / MANIFEST
    file.write_bytes(DAMAGED[number](file.read_bytes()))
    before = content(project)
    code, _, said = here("build", "--workers", "1")
    assert code == 2
    assert said.startswith(
        "cleaner: dist: holds files, and is no dataset of ours: manifest.json is damaged, or no build"
    )
    assert content(project) == before
    assert load_manifest(project / "dist") is None
    with pytest.raises(InputError, match=r"manifest\.json: is no manifest that a build wrote"):
        list(documents(project / "dist", None, lambda _: None))


def test_any_changed_byte_of_a_manifest_is_noticed(project: Path) -> None:
    file = project / "dist" / MANIFEST
    sound = file.read_bytes()
    for at in (*range(120), *Random(7).sample(range(len(sound)), 300)):
        for bit in (1, 32):
            file.write_bytes(sound[:at] + bytes([sound[at] ^ bit]) + sound[at + 1 :])
            assert load_manifest(project / "dist") is None


def test_without_its_manifest_a_dataset_is_made_again(project: Path) -> None:
    """The next step that the message of a damaged one names; the store has its own, to know our files by."""
    before = content(project / "dist")
    (project / "dist" / MANIFEST).unlink()
    assert built(project).cleaned == 0
    assert content(project / "dist") == before
    (project / "dist" / MANIFEST).unlink()
    (project / "dist" / "README.md").write_text("my card")
    with pytest.raises(OutputError, match=r"README\.md: has changed since it was built"):
        built(project)


def test_a_manifest_of_the_format_before_is_replaced(project: Path) -> None:
    file = project / "dist" / MANIFEST
    before = content(project / "dist")
    file.write_bytes(orjson.dumps(orjson.loads(json_without_checksum(file.read_bytes())) | {"format": 1, "key": "old"}))
    built(project)
    assert content(project / "dist") == before
