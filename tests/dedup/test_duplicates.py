"""What is dropped repeats what is kept, the right one is kept, and neither shards nor their order of work matter."""

from __future__ import annotations

import random
import resource
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.cli.common import settings_of
from cleaner.cli.parser import make_parser
from cleaner.dedup.database import database
from cleaner.dedup.grouping import EXACT, NEAR, group
from cleaner.dedup.inputs import dataset_part
from cleaner.dedup.lsh import bands
from cleaner.dedup.minhash import VERSION, minhashes, sign
from cleaner.dedup.shingles import jaccard, shingle_set, word_hashes
from cleaner.errors import InputError, OutputError
from cleaner.model.options import Duplicates
from cleaner.readers import Unreadable
from support.duplicates import Text, corpus, dropped, like, part, prose
from support.projects import CLEAN


def test_words_are_what_texts_are_compared_by() -> None:
    one = word_hashes("“Don’t stop”, he said — in Curaçao, at 9.")
    assert np.array_equal(one, word_hashes("DON'T STOP he said\n\nin curaÇao at\t9"))
    assert not np.array_equal(one, word_hashes("Don't stop, she said, in Curaçao, at 9."))
    assert len(word_hashes("你好吗 abc ไทย")) == 3 + 1 + 3
    assert len(word_hashes("... — !")) == 0


def test_a_text_of_any_length_has_the_words_of_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join([*prose(1, 900), "你好吗ไทย", *prose(2, 100)])
    whole = word_hashes(text)
    monkeypatch.setattr("cleaner.dedup.shingles._PIECE", 64)
    assert np.array_equal(whole, word_hashes(text))


def test_a_signature_is_the_same_everywhere() -> None:
    # A change of these values needs another version of signatures: files of before could not be compared.
    signed = sign("a", "The ferry to Saltmouth left at noon, with two cars and a goat on board.")
    assert (VERSION, signed.words, signed.exact.hex()) == ("1-2-128-5", 15, "4fdaa1a2babcbd976b67a5cd397c3058")
    assert minhashes([signed.shingles])[0, :6].tolist() == [71, 179, 71, 27, 98, 108]


def test_a_minhash_is_that_of_its_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = [sign("", " ".join(prose(seed, words))).shingles for seed, words in enumerate((400, 0, 3, 90, 1200))]
    whole = minhashes(sets)
    monkeypatch.setattr("cleaner.dedup.minhash._CALL", 100)
    assert np.array_equal(minhashes(sets), whole)
    assert np.array_equal(whole[1], np.zeros(128))


@pytest.mark.parametrize("similarity", [0.95, 0.9, 0.85, 0.75, 0.7, 0.5])
def test_planted_near_duplicates_are_found_above_the_threshold_alone(tmp_path: Path, similarity: float) -> None:
    pairs = [(prose(seed), like(prose(seed), similarity)) for seed in range(40)]
    texts = [Text(f"{n}/{side}", " ".join(words)) for n, pair in enumerate(pairs) for side, words in enumerate(pair)]
    found = dropped(tmp_path, texts)
    if similarity < 0.8:
        assert not found
    else:
        assert {one: other.of for one, other in found.items()} == {f"{n}/0": f"{n}/1" for n in range(40)}
        assert {each.filter for each in found.values()} == {NEAR}
        assert all(abs(each.similarity - similarity) < 0.01 for each in found.values())


def by_hand(texts: Sequence[Text], threshold: float) -> dict[str, set[str]]:
    """What is dropped, each with all the kept ones that it repeats: every pair compared."""
    sets = [shingle_set(each.text) for each in texts]
    kept: list[int] = []
    repeats: dict[str, set[str]] = {}
    for n in sorted(range(len(texts)), key=lambda n: (-len(word_hashes(texts[n].text)), n)):
        if alike := {texts[k].id for k in kept if jaccard(sets[n], sets[k]) >= threshold}:
            repeats[texts[n].id] = alike
        else:
            kept.append(n)
    return repeats


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.9])
def test_each_dropped_one_repeats_a_kept_one_as_if_all_pairs_were_compared(tmp_path: Path, threshold: float) -> None:
    texts = corpus()
    found = dropped(tmp_path, texts, near=threshold)
    truth = by_hand(texts, threshold)
    assert found.keys() == truth.keys()
    assert all(each.of in truth[one] for one, each in found.items())
    assert {each.filter for each in found.values()} == {EXACT, NEAR}


@pytest.mark.parametrize("cuts", [(1,), (10, 11, 60), range(5, 100, 5), (0, 0, 70)])
def test_shards_change_nothing(tmp_path: Path, cuts: Sequence[int]) -> None:
    texts = corpus()
    assert dropped(tmp_path, texts, cuts) == dropped(tmp_path, texts)


@pytest.mark.parametrize("at_once", [1, 7])
def test_documents_taken_in_turns_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    whole = dropped(tmp_path, corpus())
    for place in ("lsh.AT_ONCE", "database.AT_ONCE", "near.AT_ONCE", "near._STRETCH"):
        monkeypatch.setattr(f"cleaner.dedup.{place}", at_once)
    monkeypatch.setattr("cleaner.dedup.minhash._BATCH", 4)
    assert dropped(tmp_path, corpus()) == whole


def test_preferred_sites_go_first_then_the_longest_then_the_earliest(tmp_path: Path) -> None:
    words = prose(1)
    longer = " ".join(like(words, 0.95))
    same = " ".join(words)
    texts = [
        Text("a", same),
        Text("b", same),
        Text("c", longer),
        Text("d", longer),
        Text("e", same, "www.gull.example"),
    ]
    assert {one: each.of for one, each in dropped(tmp_path, texts).items()} == {"a": "c", "b": "c", "d": "c", "e": "c"}
    by_site = dropped(tmp_path, texts, sites=("tern.example", "gull.example"))
    assert {one: (each.of, each.filter) for one, each in by_site.items()} == {
        "a": ("e", EXACT), "b": ("e", EXACT), "c": ("e", NEAR), "d": ("e", NEAR),
    }  # fmt: skip
    first = dropped(tmp_path, texts, keep=("earliest",))
    assert {each.of for each in first.values()} == {"a"}
    last = dropped(tmp_path, texts, keep=("shortest", "latest"))
    assert {each.of for each in last.values()} == {"e"}


def test_a_preferred_site_is_no_other_whose_name_ends_so(tmp_path: Path) -> None:
    same = " ".join(prose(1))
    texts = [Text("a", same, "seagull.example"), Text("b", same, "gull.example")]
    assert dropped(tmp_path, texts, sites=("gull.example",)).keys() == {"a"}


def test_copies_of_a_dropped_one_go_where_it_went(tmp_path: Path) -> None:
    words = prose(1)
    texts = [Text("a", " ".join(words)), Text("b", " ".join(words).upper()), Text("c", " ".join(like(words, 0.9)))]
    found = dropped(tmp_path, texts)
    assert {one: (each.of, each.filter) for one, each in found.items()} == {"a": ("c", NEAR), "b": ("c", NEAR)}
    assert found["a"].similarity == found["b"].similarity


def test_what_resembles_only_a_dropped_one_stays(tmp_path: Path) -> None:
    words = prose(1, 1000)
    chain = [Text(str(n), " ".join(words[n * 60 : n * 60 + 600])) for n in range(5)]  # each like the next, no further
    assert {one: each.of for one, each in dropped(tmp_path, chain).items()} == {"1": "0", "3": "2"}


def test_texts_without_words_repeat_nothing(tmp_path: Path) -> None:
    assert dropped(tmp_path, [Text("a", ""), Text("b", ""), Text("c", "— … —"), Text("d", "***")]) == {}
    assert dropped(tmp_path, []) == {}


def test_short_texts_are_compared_whole(tmp_path: Path) -> None:
    texts = ["Rain.", "Sun.", "Rain and sun", "Rain, and sun!", "Sun and rain", "Rain and sun again"]
    found = dropped(tmp_path, [Text(text, text) for text in texts])
    assert {one: (each.of, each.filter) for one, each in found.items()} == {"Rain, and sun!": ("Rain and sun", EXACT)}


def test_scripts_without_blanks(tmp_path: Path) -> None:
    chosen = random.Random(3)
    chinese = ["".join(chr(chosen.randint(0x4E00, 0x9000)) for _ in range(400)) for _ in range(30)]
    thai = ["".join(chr(chosen.randint(0x0E01, 0x0E2E)) for _ in range(400)) for _ in range(30)]
    others = [f"{text[:200]}。{text[200:390]}" for text in chinese + thai]
    found = dropped(tmp_path, [Text(f"{n}", text) for n, text in enumerate(chinese + thai + others)])
    assert {one: each.of for one, each in found.items()} == {str(n + 60): str(n) for n in range(60)}


def test_a_cluster_of_thousands_is_compared_with_its_kept_one(tmp_path: Path) -> None:
    words = prose(1, 60)
    texts = [Text(str(n), " ".join([*words, f"number{n}"])) for n in range(3000)]
    found = dropped(tmp_path, texts, (1000, 2000))
    assert {each.of for each in found.values()} == {"0"}
    assert len(found) == 2999


def test_an_existing_dataset_is_not_repeated_and_loses_nothing(tmp_path: Path) -> None:
    old, near = prose(1), like(prose(2), 0.9)
    there = tmp_path / "there"
    there.mkdir()
    rows = [" ".join(old), " ".join(old), " ".join(prose(2))]
    pq.write_table(pa.table({"text": rows, "id": ["x", "y", "z"]}), there / "data.parquet")
    texts = [Text("a", " ".join(old)), Text("b", " ".join(near)), Text("c", " ".join(near)), Text("d", "Other.")]
    parts = [dataset_part(str(there), tmp_path / "there.signatures"), part(tmp_path, "here", texts)]
    with group(parts, Duplicates(), tmp_path) as found:
        assert list(found.of(0)) == []
        assert [(each.row, each.filter, each.of, each.dataset) for each in found.of(1)] == [
            (0, EXACT, "x", "there"), (1, NEAR, "z", "there"), (2, NEAR, "z", "there"),
        ]  # fmt: skip
        assert found.rows(0).tolist() == []
        assert found.rows(1).tolist() == [0, 1, 2]
        assert (found.counts, found.clusters) == ({EXACT: 1, NEAR: 2}, 2)


def test_a_dataset_that_a_build_wrote_is_its_articles(finished: Path, tmp_path: Path) -> None:
    dist = str(finished / "dist")
    parts = [dataset_part(dist, tmp_path / "signatures"), part(tmp_path, "here", [Text("new", CLEAN.upper())])]
    with group(parts, Duplicates(near=None), tmp_path) as found:
        assert [(each.of, each.dataset) for each in found.of(1)] == [("a", "dist")]


def test_what_cannot_be_read_of_an_existing_dataset_is_reported(project: Path, tmp_path: Path) -> None:
    (tmp_path / "holds").mkdir()
    (project / "dist").rename(tmp_path / "holds" / "dist")
    with pytest.raises(InputError, match="is a dataset that a build wrote; give the texts"):
        dataset_part(str(tmp_path / "holds"), tmp_path / "signatures")
    (project / "raw" / "bad.jsonl").write_text("{\n")
    reported: list[Unreadable] = []
    assert dataset_part(str(project / "raw"), tmp_path / "signatures", unreadable=reported.append).rows == 1
    assert [item.source for item in reported] == ["bad.jsonl:1"]


def test_signatures_of_another_version_are_not_compared(tmp_path: Path) -> None:
    shard = part(tmp_path, "here", [Text("a", "One two three.")])
    table = pq.read_table(shard.signatures)
    pq.write_table(table.replace_schema_metadata({"cleaner.signatures": "0"}), shard.signatures)
    with pytest.raises(InputError, match="version 0"), group([shard], Duplicates(), tmp_path):
        pass


def test_what_is_not_asked_for_is_not_dropped(tmp_path: Path) -> None:
    words = prose(1)
    texts = [Text("a", " ".join(words)), Text("b", " ".join(words)), Text("c", " ".join(like(words, 0.9)))]
    assert dropped(tmp_path, texts, near=None).keys() == {"b"}
    assert dropped(tmp_path, texts, exact=False).keys() == {"a", "b"}
    assert dropped(tmp_path, texts, exact=False, near=None) == {}


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((), Duplicates(near=0.9, sites=("a",))),
        (("--duplicates", "keep"), Duplicates(exact=False, near=0, sites=("a",))),
        (("--duplicates", "exact", "--prefer", "b", "--prefer", "c"), Duplicates(near=0, sites=("b", "c"))),
        (("--similarity", "0.7", "--against", "x"), Duplicates(near=0.7, sites=("a",), against=("x",))),
        (
            ("--duplicates", "near", "--max-paragraph-repeats", "9"),
            Duplicates(near=0.9, sites=("a",), max_paragraph_repeats=9),
        ),
        (("--similarity", "0"), Duplicates(near=0, sites=("a",))),
    ],
)
def test_options_go_before_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], wanted: Duplicates
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cleaner.toml").write_text("duplicates = {near = 0.9, sites = ['a']}")
    assert settings_of(make_parser().parse_args(["build", *arguments])).duplicates == wanted


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with group([part(tmp_path, "here", corpus())], Duplicates(), scratch):
        pass
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(("name", "room"), [("minhashes", 64), ("shingles", 128)])
def test_a_full_disk_is_reported(tmp_path: Path, name: str, room: int) -> None:
    texts = corpus()
    parts = [part(tmp_path, "here", texts)]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room * len(texts), hard))
    try:
        with pytest.raises(OutputError, match=f"{name}: the file is larger than"), group(parts, Duplicates(), scratch):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(scratch.iterdir()) == []


def test_too_little_memory_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.dedup.database.MEMORY", 2**20)
    parts = [part(tmp_path, "here", corpus())]
    refused = pytest.raises(OutputError, match=r"can't hold what duplicates are found by: .*; free some space")
    with refused, group(parts, Duplicates(), tmp_path):
        pass


def test_memory_that_the_system_refuses_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(MemoryError, match="Allocation failure"), database(tmp_path):
        raise duckdb.OutOfMemoryException("Out of Memory Error: Allocation failure")


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
def test_bands_find_what_is_as_alike_as_asked_for(threshold: float) -> None:
    way = bands(threshold)
    assert way.count * way.rows <= 128
    assert way.finds(threshold) >= 0.99
