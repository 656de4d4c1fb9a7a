"""Kept packs: what comes out of the cache is what was parsed, and no fault of the cache is ever seen."""

from __future__ import annotations

import errno
import os
import pickle
import stat
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import outlines, packcache
from cleaner.checks import rule_faults
from cleaner.errors import RuleFault, RulesError
from cleaner.packcache import kept
from cleaner.program import compile_program
from cleaner.rule import Rule, RuleFile, RulePack
from cleaner.rulefiles import load_pack, parse_pack
from cleaner.ruleyaml import read_file

ADS = """\
label: ad
rules:
  - id: ads/marker
    why: a marker
    line: advertisement
    where: {max_words: 3}
    set: {paywalled: true}
    removes: [{text: Advertisement, gives: {paywalled: true}}]
    keeps: Advertisement spending fell.
  - id: ads/read
    why: a teaser
    pattern: 'Read more in {papers}: .+'
    removes: 'Read more in Lantern: boats'
    keeps: Read more.
"""
LISTS = "lists: {papers: [Lantern, Courier]}\n"
TEXTS = {"ads.yaml": ADS, "lists.yaml": LISTS}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that has examined no pattern yet."""
    monkeypatch.setenv("CLEANER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(outlines, "_EXAMINED", {})
    return tmp_path / "cache"


def never(_texts: Mapping[str, str], _files: Mapping[str, RuleFile]) -> RulePack:
    pytest.fail("what was kept is parsed again")


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, str]]:
    """The texts that `load_pack` parses."""
    parsed: list[Mapping[str, str]] = []

    def parse(texts: Mapping[str, str], files: MutableMapping[str, RuleFile]) -> RulePack:
        parsed.append(texts)
        return parse_pack(texts, files)

    monkeypatch.setattr("cleaner.rulefiles.parse_pack", parse)
    return parsed


def rules_in(folder: Path, texts: Mapping[str, str] = TEXTS) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def packs(cache: Path) -> list[Path]:
    """The files of kept packs; what is known of files and patterns lies beside them."""
    return [path for path in cache.glob("*.pickle") if not path.name.startswith("patterns")]


def worked_on(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """The paths of files that are read, and the ids of rules that are checked, from here on."""
    read: list[str] = []
    checked: list[str] = []

    def reads(path: str, text: str, faults: list[RuleFault]) -> RuleFile:
        read.append(path)
        return read_file(path, text, faults)

    def checks(rule: Rule, lists: Mapping[str, tuple[str, ...]]) -> Any:
        checked.append(rule.id)
        return rule_faults(rule, lists)

    monkeypatch.setattr("cleaner.rulefiles.read_file", reads)
    monkeypatch.setattr("cleaner.rulefiles.rule_faults", checks)
    return read, checked


def test_a_kept_pack_equals_the_parsed_one() -> None:
    fresh = kept(TEXTS, parse_pack)
    again = kept(TEXTS, never)
    assert again == fresh == parse_pack(TEXTS)
    assert (again.needles, again.digest) == (fresh.needles, fresh.digest)  # not compared above
    assert [rule.origin for rule in again.rules] == [rule.origin for rule in fresh.rules]
    assert compile_program(again).digest == compile_program(fresh).digest


def test_the_rules_that_ship_come_out_of_the_cache_as_they_went_in() -> None:
    rules = Path(__file__).parent.parent / "rules"
    texts = {path.relative_to(rules).as_posix(): path.read_text("utf-8") for path in (rules / "lists").glob("*.yaml")}
    texts |= {path.name: path.read_text("utf-8") for path in (rules / "core").glob("*.yaml")}
    fresh, again = kept(texts, parse_pack), kept(texts, never)
    assert (again, again.needles) == (fresh, fresh.needles)
    assert fresh.rules


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "ads.yaml").write_text(ADS.replace("a marker", "another reason")),
        lambda folder: (folder / "ads.yaml").write_text(ADS + "# a comment\n"),
        lambda folder: (folder / "lists.yaml").write_text(LISTS.replace("Courier", "Post")),
        lambda folder: (folder / "more.yaml").write_text(ADS.replace("ads/", "more/")),
        lambda folder: (folder / "ads.yaml").rename(folder / "en.yaml"),
        lambda folder: ((folder / "en").mkdir(), (folder / "ads.yaml").rename(folder / "en" / "ads.yaml")),
    ],
)
def test_an_edit_is_seen_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    folder, parsed = rules_in(tmp_path / "rules"), counted(monkeypatch)
    load_pack(folder)
    load_pack(folder)
    assert len(parsed) == 1
    change(folder)
    found = load_pack(folder)
    assert len(parsed) == 2
    assert {rule.origin.path for rule in found.rules} <= set(parsed[1])
    assert {rule.origin.path for rule in load_pack(folder).rules} == {rule.origin.path for rule in found.rules}
    assert len(parsed) == 2


def test_an_edit_taken_back_finds_the_pack_kept_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, parsed = rules_in(tmp_path / "rules"), counted(monkeypatch)
    before = load_pack(folder)
    for text in (ADS.replace("advertisement", "sponsored"), ADS):
        (folder / "ads.yaml").write_text(text)
        after = load_pack(folder)
    assert len(parsed) == 2
    assert after == before


def test_texts_that_run_into_each_other_are_told_apart() -> None:
    one = kept({"a.yaml": "lists: {a: [x]}\n", "b.yaml": ""}, parse_pack)
    other = kept({"a.yaml": "", "b.yaml": "lists: {a: [y]}\n"}, parse_pack)
    assert (one.lists, other.lists) == ({"a": ("x",)}, {"a": ("y",)})


def test_a_folder_is_known_by_what_it_holds_not_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = counted(monkeypatch)
    assert load_pack(rules_in(tmp_path / "here")) == load_pack(rules_in(tmp_path / "there"))
    assert len(parsed) == 1


def test_other_code_makes_another_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(TEXTS, parse_pack)
    monkeypatch.setattr(packcache, "_code", lambda: "of another version")
    with pytest.raises(pytest.fail.Exception):
        kept(TEXTS, never)


@pytest.mark.parametrize(
    "content", [b"", b"not a pickle", b"\x80\x05", pickle.dumps({"rules": ()}), b"cno.such.module\nThing\n."]
)
def test_a_damaged_cache_is_passed_over_and_mended(cache: Path, content: bytes) -> None:
    fresh = kept(TEXTS, parse_pack)
    for path in cache.rglob("*.pickle"):
        path.write_bytes(content)
    assert kept(TEXTS, parse_pack) == fresh
    assert kept(TEXTS, never) == fresh


def test_a_pack_cut_short_is_passed_over(cache: Path) -> None:
    fresh = kept(TEXTS, parse_pack)
    (path,) = packs(cache)
    path.write_bytes(path.read_bytes()[:-40])
    assert kept(TEXTS, parse_pack) == fresh


def test_what_is_known_of_patterns_serves_the_next_pack(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(TEXTS, parse_pack)
    monkeypatch.setattr(outlines, "_EXAMINED", {})
    kept({**TEXTS, "c.yaml": "lists: {others: [x]}"}, parse_pack)
    assert set(outlines.known()) == set(pickle.loads(next(cache.glob("patterns*")).read_bytes()))


MORE = {
    **TEXTS,
    "press.yaml": ADS.replace("ads/", "press/").replace("{papers}", "(?:Globe|Echo)"),
    "post.yaml": "label: about\nsite: .example.com\nknown_by: [© Example Post]\n",
}


@pytest.mark.parametrize(
    ("path", "text", "read", "checked"),
    [
        ("press.yaml", MORE["press.yaml"] + "# a comment\n", {"press.yaml"}, {"press/marker", "press/read"}),
        ("post.yaml", "", {"post.yaml"}, set()),
        ("lists.yaml", LISTS + "# a comment\n", {"lists.yaml"}, set()),
        ("lists.yaml", LISTS.replace("}", ", towns: [Lundy]}"), {"lists.yaml"}, set()),
        ("lists.yaml", LISTS.replace("Courier", "Herald"), {"lists.yaml"}, {"ads/marker", "ads/read"}),
        ("more.yaml", "lists: {papers: [Herald]}", {"more.yaml"}, {"ads/marker", "ads/read"}),
        ("more.yaml", "lists: {papers: [Lantern]}", {"more.yaml"}, set()),  # which it holds already
    ],
)
def test_an_edit_costs_what_it_can_change(
    monkeypatch: pytest.MonkeyPatch, path: str, text: str, read: set[str], checked: set[str]
) -> None:
    kept(MORE, parse_pack)
    work = worked_on(monkeypatch)
    found = kept({**MORE, path: text}, parse_pack)
    assert tuple(map(set, work)) == (read, checked)
    assert whole(found) == whole(parse_pack({**MORE, path: text}))


def test_a_file_under_another_name_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(TEXTS, parse_pack)
    read, _ = worked_on(monkeypatch)
    moved = kept({"en.yaml": ADS, "lists.yaml": LISTS}, parse_pack)
    assert read == ["en.yaml"]
    assert {rule.origin.path for rule in moved.rules} == {"en.yaml"}


def test_a_changed_list_changes_what_is_found_out_about_its_rules() -> None:
    fresh = kept(TEXTS, parse_pack)
    other = kept({**TEXTS, "lists.yaml": LISTS.replace("Courier", "Sun")}, parse_pack)
    assert other.outlines["ads/read"].least == fresh.outlines["ads/read"].least - len("Courier") + len("Sun")


def whole(pack: RulePack) -> tuple[object, ...]:
    """All of a pack; equal ones may differ in what is worked out."""
    return pack, pack.digest, pack.needles, pack.outlines, [rule.origin for rule in pack.rules]


def faults_of(texts: Mapping[str, str], *files: dict[str, RuleFile]) -> tuple[object, ...]:
    """The pack, or its faults."""
    try:
        return whole(parse_pack(texts, *files))
    except RulesError as error:
        return error.faults


_FILES = {
    "ads.yaml": (ADS, ADS.replace("label: ad", "label: adz"), ADS.replace("{papers}", "{towns}"), "rules: ["),
    "lists.yaml": (LISTS, LISTS.replace("Courier", "Herald"), "lists: {towns: [Lundy]}", "lists: [x]"),
    "more.yaml": (ADS, ADS.replace("ads/", "more/"), ADS.replace("ads/", "more/").replace("papers", "towns")),
    "allow.yaml": tuple(
        f"rules: [{{id: keep/{aim}, label: ad, why: why, action: allow, line: so, allows: [{aim}], keeps: no}}]"
        for aim in ("ads/read", "more/read", "byline")
    ),
    "old.yaml": (
        "rules: [{id: old/one, label: ad, why: why, line: so, status: deprecated, replaced_by: ads/marker}]",
        "site: .example.com\nknown_by: [© Example Post]",
    ),
    "post.yaml": ("site: .example.org\nknown_by: [© Example Post]", "known_by: [© Example Post]"),
}
_EDITS = st.lists(st.fixed_dictionaries({}, optional={path: st.sampled_from(t) for path, t in _FILES.items()}))


@given(_EDITS)
def test_after_any_edits_it_is_the_pack_that_reading_all_gives(edits: list[dict[str, str]]) -> None:
    known: dict[tuple[str, str], RuleFile] = {}
    for texts in edits:
        files = {path: known[path, text] for path, text in texts.items() if (path, text) in known}
        assert faults_of(texts, files) == faults_of(texts)
        known |= {(path, texts[path]): pickle.loads(pickle.dumps(file)) for path, file in files.items()}


def test_what_stands_beside_a_fault_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RulesError):
        kept({**MORE, "press.yaml": "rules: ["}, parse_pack)
    read, _ = worked_on(monkeypatch)
    kept(MORE, parse_pack)
    assert read == ["press.yaml"]


def test_faults_are_never_kept(cache: Path) -> None:
    texts = {"a.yaml": ADS.replace("line:", "lne:")}
    told = set()
    for _ in range(2):
        with pytest.raises(RulesError) as caught:
            kept(texts, parse_pack)
        told.add(str(caught.value))
    assert len(told) == 1
    assert not cache.exists()


def _read_only(cache: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    cache.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cache: cache.write_text("a file in its place"),
        lambda cache: cache.symlink_to(cache.parent / "nowhere" / "else"),
        lambda cache: cache.symlink_to("/dev/null"),
        lambda cache: cache.symlink_to(cache),
        _read_only,
    ],
)
def test_a_cache_that_cannot_be_written_is_passed_over(cache: Path, spoil: Callable[[Path], object]) -> None:
    spoil(cache)
    for _ in range(2):
        assert kept(TEXTS, parse_pack) == parse_pack(TEXTS)


def test_on_a_full_disk_nothing_is_left_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def opened(**where: Any) -> Any:
        file = NamedTemporaryFile(**where)  # noqa: SIM115 - the caller closes it
        file.write = full  # type: ignore[assignment, method-assign]
        return file

    monkeypatch.setattr(packcache, "NamedTemporaryFile", opened)
    assert kept(TEXTS, parse_pack) == parse_pack(TEXTS)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_only_the_newest_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packcache, "_MOST_KEPT", 3)
    for n in range(5):
        kept({"a.yaml": f"lists: {{a: [x{n}]}}\n"}, parse_pack)
        for path in packs(cache):  # older by a minute, each time
            os.utime(path, (path.stat().st_atime - 60, path.stat().st_mtime - 60))
    assert len(packs(cache)) == 3
    kept({"a.yaml": "lists: {a: [x4]}\n"}, never)


def test_only_the_newest_files_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packcache, "_MOST_FILES", 3)
    for n in range(5):
        kept({"a.yaml": f"lists: {{a: [x{n}]}}\n"}, parse_pack)
    assert len(list((cache / "files").iterdir())) == 3


@pytest.mark.parametrize(
    ("env", "place"),
    [
        ({"CLEANER_CACHE": "here"}, "here"),
        ({"CLEANER_CACHE": None, "XDG_CACHE_HOME": "xdg"}, "xdg/cleaner/packs"),
        ({"CLEANER_CACHE": None, "XDG_CACHE_HOME": "", "HOME": "home"}, "home/.cache/cleaner/packs"),
        ({"CLEANER_CACHE": ""}, None),  # none is kept
    ],
)
def test_where_packs_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str | None], place: str | None
) -> None:
    for name, value in env.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(tmp_path / value) if value else "")
    home = tmp_path / "elsewhere"
    home.mkdir()
    monkeypatch.chdir(home)
    kept(TEXTS, parse_pack)
    made = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.pickle")}
    assert {str(Path(path).parent) for path in made} == ({place, f"{place}/files"} if place else set())


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("CLEANER_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert kept(TEXTS, parse_pack) == parse_pack(TEXTS)
