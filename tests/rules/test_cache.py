"""Kept rules: what comes out of the cache is what was read, and no fault of the cache is ever seen."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.errors import RuleFault, RulesError
from cleaner.matching.patterns import prefilter
from cleaner.matching.program import compile_program
from cleaner.model.checksum import with_checksum
from cleaner.model.rule import Rule, RuleFile, RulePack
from cleaner.rules import cache as rulecache
from cleaner.rules import parse as ruleyaml
from cleaner.rules.cache import kept
from cleaner.rules.encode import encoded, examined_of, file_of
from cleaner.rules.load import load_pack, parse_pack
from cleaner.rules.parse import read_file
from cleaner.rules.validate import rule_faults
from support.projects import planted_pickle

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
    """An empty cache, and a process that knows of no file or pattern yet."""
    monkeypatch.setenv("CLEANER_CACHE", str(tmp_path / "cache"))
    forget(monkeypatch)
    return tmp_path / "cache"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process of its own."""
    rulecache._file.cache_clear()
    ruleyaml._validator.cache_clear()
    for name, empty in (("_EXAMINED", {}), ("_RECALLED", {}), ("_EARLIER", [])):
        monkeypatch.setattr(prefilter, name, empty)


def rules_in(folder: Path, texts: Mapping[str, str] = TEXTS) -> Path:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


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

    monkeypatch.setattr("cleaner.rules.load.read_file", reads)
    monkeypatch.setattr("cleaner.rules.load.rule_faults", checks)
    return read, checked


def test_a_kept_pack_equals_the_parsed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = kept(TEXTS, parse_pack)
    forget(monkeypatch)
    work = worked_on(monkeypatch)
    again = kept(TEXTS, parse_pack)
    assert work == ([], [])
    assert whole(again) == whole(fresh) == whole(parse_pack(TEXTS))
    assert compile_program(again).digest == compile_program(fresh).digest


def test_the_rules_that_ship_come_out_of_the_cache_as_they_went_in(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Path(__file__).parent.parent.parent / "rules"
    texts = {path.relative_to(rules).as_posix(): path.read_text("utf-8") for path in (rules / "lists").glob("*.yaml")}
    texts |= {path.name: path.read_text("utf-8") for path in (rules / "core").glob("*.yaml")}
    fresh = kept(texts, parse_pack)
    forget(monkeypatch)
    work = worked_on(monkeypatch)
    assert whole(kept(texts, parse_pack)) == whole(fresh)
    assert work == ([], [])
    assert fresh.rules


def test_packs_share_the_files_that_both_have(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(TEXTS, parse_pack)
    forget(monkeypatch)
    one, other = kept(TEXTS, parse_pack), kept({**TEXTS, "c.yaml": "lists: {others: [x]}"}, parse_pack)
    assert [id(rule) for rule in one.rules] == [id(rule) for rule in other.rules]


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
    folder = rules_in(tmp_path / "rules")
    load_pack(folder)
    read, _ = worked_on(monkeypatch)
    load_pack(folder)
    assert read == []
    change(folder)
    found = load_pack(folder)
    assert len(read) == 1
    there = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.yaml")}
    assert whole(found) == whole(load_pack(folder)) == whole(parse_pack(there))


def test_an_edit_taken_back_finds_the_file_kept_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = rules_in(tmp_path / "rules")
    before = load_pack(folder)
    read, _ = worked_on(monkeypatch)
    for text in (ADS.replace("advertisement", "sponsored"), ADS):
        (folder / "ads.yaml").write_text(text)
        after = load_pack(folder)
    assert read == ["ads.yaml"]
    assert after == before


def test_texts_that_run_into_each_other_are_distinguished() -> None:
    one = kept({"a.yaml": "lists: {a: [x]}\n", "b.yaml": ""}, parse_pack)
    other = kept({"a.yaml": "", "b.yaml": "lists: {a: [y]}\n"}, parse_pack)
    assert (one.lists, other.lists) == ({"a": ("x",)}, {"a": ("y",)})


def test_a_folder_is_known_by_what_it_holds_not_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, _ = worked_on(monkeypatch)
    assert load_pack(rules_in(tmp_path / "here")) == load_pack(rules_in(tmp_path / "there"))
    assert sorted(read) == sorted(TEXTS)


def test_other_code_reads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(TEXTS, parse_pack)
    monkeypatch.setattr(rulecache, "_code", lambda: "of another version")
    read, _ = worked_on(monkeypatch)
    kept(TEXTS, parse_pack)
    assert sorted(read) == sorted(TEXTS)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a kept file", b"\x80\x05", encoded({"rules": "none"}), encoded(("shape", {"of type": "system"})),
     encoded({"rules": [{"id": "a/b", "label": "no label", "why": "w"}]})],
)  # fmt: skip
def test_a_damaged_cache_is_passed_over_and_mended(
    cache: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    fresh = kept(TEXTS, parse_pack)
    for path in cache.rglob("*.kept"):
        path.write_bytes(content)
    forget(monkeypatch)
    assert whole(kept(TEXTS, parse_pack)) == whole(fresh)
    forget(monkeypatch)
    work = worked_on(monkeypatch)
    assert whole(kept(TEXTS, parse_pack)) == whole(fresh)
    assert work == ([], [])


def test_a_changed_byte_is_noticed_wherever_it_is(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = kept(TEXTS, parse_pack)
    sound = {path: path.read_bytes() for path in cache.rglob("*.kept")}
    assert len(sound) == len(TEXTS) + 2, "its files, the patterns, the shape of a rule"
    for path, data in sound.items():
        for at in range(0, len(data), len(data) // 20):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            forget(monkeypatch)
            assert whole(kept(TEXTS, parse_pack)) == whole(fresh)
            if path.parent.name == "files":
                assert path.read_bytes() == data, "it is made anew"
        path.write_bytes(data)


def test_what_somebody_plants_in_the_cache_is_not_run(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = kept(TEXTS, parse_pack)
    for path in list(cache.rglob("*.kept")):
        for planted in (planted_pickle(tmp_path / "ran"), with_checksum(planted_pickle(tmp_path / "ran"))):
            path.write_bytes(planted)
            path.with_suffix(".pickle").write_bytes(planted)
            forget(monkeypatch)
            assert whole(kept(TEXTS, parse_pack)) == whole(fresh)
    assert not (tmp_path / "ran").exists()


def test_other_files_in_the_cache_folder_stay(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulecache, "_MOST_OF_CODE", 1)
    monkeypatch.setattr(rulecache, "_MOST_FILES", 1)
    (cache / "files").mkdir(parents=True)
    mine = [cache / "model.pickle", cache / "notes.kept", cache / "files" / "a.kept", cache / "files" / "b.pickle"]
    for path in mine:
        path.write_text("mine")
        os.utime(path, (0, 0))
    for n in range(4):
        monkeypatch.setattr(rulecache, "_code", (f"{n:x}" * 64).format)
        kept({"a.yaml": f"lists: {{a: [x{n}]}}\n"}, parse_pack)
    assert all(path.exists() for path in mine)


def test_files_cut_short_are_passed_over(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = kept(TEXTS, parse_pack)
    for path in cache.rglob("*.kept"):
        path.write_bytes(path.read_bytes()[:-40])
    forget(monkeypatch)
    assert whole(kept(TEXTS, parse_pack)) == whole(fresh)


def test_what_is_known_of_patterns_serves_the_next_pack(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(TEXTS, parse_pack)
    first = prefilter.known()
    forget(monkeypatch)
    kept({**TEXTS, "ads.yaml": ADS + "# a comment\n"}, parse_pack)
    assert (prefilter.count(), prefilter.known()) == (0, first)
    kept({**TEXTS, "more.yaml": ADS.replace("ads/", "more/").replace("Read more", "Read on")}, parse_pack)
    assert prefilter.count() == 1
    (patterns,) = cache.glob("patterns*")
    assert examined_of(patterns.read_bytes()) == prefilter.known()


def test_a_cached_schema_reports_the_same_faults(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"a.yaml": ADS.replace("max_words: 3", "max_words: three, min_wrods: 1").replace("label: ad", "label: adz")}
    reported = []
    for _ in range(2):
        forget(monkeypatch)
        with pytest.raises(RulesError) as caught:
            kept(wrong, parse_pack)
        reported.append(caught.value.faults)
    assert list(cache.glob("shape-*"))
    assert reported[0] == reported[1]
    assert len(reported[0]) > 2


MORE = {
    **TEXTS,
    "press.yaml": ADS.replace("ads/", "press/").replace("{papers}", "(?:Globe|Echo)"),
    "post.yaml": "label: about\nsite: .example.com\nsite_phrases: [© Example Post]\n",
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
    assert other.prefilters["ads/read"].least == fresh.prefilters["ads/read"].least - len("Courier") + len("Sun")


def whole(pack: RulePack) -> tuple[object, ...]:
    """All of a pack; equal ones may differ in what is worked out."""
    return pack, pack.digest, pack.literals, pack.prefilters, [rule.origin for rule in pack.rules]


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
        "site: .example.com\nsite_phrases: [© Example Post]",
    ),
    "post.yaml": ("site: .example.org\nsite_phrases: [© Example Post]", "site_phrases: [© Example Post]"),
}
_EDITS = st.lists(st.fixed_dictionaries({}, optional={path: st.sampled_from(t) for path, t in _FILES.items()}))


@given(_EDITS)
def test_after_any_edits_it_is_the_pack_that_reading_all_gives(edits: list[dict[str, str]]) -> None:
    known: dict[tuple[str, str], RuleFile] = {}
    for texts in edits:
        files = {path: known[path, text] for path, text in texts.items() if (path, text) in known}
        assert faults_of(texts, files) == faults_of(texts)
        known |= {(path, texts[path]): file_of(encoded(file)) for path, file in files.items()}


def test_files_beside_a_fault_are_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RulesError):
        kept({**MORE, "press.yaml": "rules: ["}, parse_pack)
    read, _ = worked_on(monkeypatch)
    kept(MORE, parse_pack)
    assert read == ["press.yaml"]


def test_faults_are_never_kept(cache: Path) -> None:
    texts = {"a.yaml": ADS.replace("line:", "lne:")}
    reported = set()
    for _ in range(2):
        with pytest.raises(RulesError) as caught:
            kept(texts, parse_pack)
        reported.add(str(caught.value))
    assert len(reported) == 1
    assert not (cache / "files").exists()


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

    monkeypatch.setattr(rulecache, "NamedTemporaryFile", opened)
    assert kept(TEXTS, parse_pack) == parse_pack(TEXTS)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_of_the_code_only_the_newest_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulecache, "_MOST_OF_CODE", 3)
    for n in range(5):
        monkeypatch.setattr(rulecache, "_code", (f"{n:x}" * 64).format)
        assert rulecache.worked_out("shape", lambda n=n: n) == n  # type: ignore[misc]
        for path in cache.glob("*.kept"):  # older by a minute, each time
            os.utime(path, (path.stat().st_atime - 60, path.stat().st_mtime - 60))
    assert len(list(cache.glob("*.kept"))) == 3
    assert rulecache.worked_out("shape", lambda: None) == 4


def test_only_the_newest_files_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulecache, "_MOST_FILES", 3)
    for n in range(5):
        kept({"a.yaml": f"lists: {{a: [x{n}]}}\n"}, parse_pack)
    assert len(list((cache / "files").iterdir())) == 3


def test_a_pack_of_more_files_is_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulecache, "_MOST_FILES", 3)
    texts = {f"{n}.yaml": f"lists: {{a: [x{n}]}}\n" for n in range(5)}
    kept(texts, parse_pack)
    read, _ = worked_on(monkeypatch)
    kept(texts, parse_pack)
    assert read == []


@pytest.mark.parametrize(
    ("env", "place"),
    [
        ({"CLEANER_CACHE": "here"}, "here"),
        ({"CLEANER_CACHE": None, "XDG_CACHE_HOME": "xdg"}, "xdg/cleaner/rules"),
        ({"CLEANER_CACHE": None, "XDG_CACHE_HOME": "", "HOME": "home"}, "home/.cache/cleaner/rules"),
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
    made = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.kept")}
    assert {str(Path(path).parent) for path in made} == ({place, f"{place}/files"} if place else set())


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("CLEANER_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    assert kept(TEXTS, parse_pack) == parse_pack(TEXTS)
