"""Paragraphs that stand in many documents are found, go as edits that can be put back, and are listed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.article import Article
from cleaner.cleaning.edits import apply
from cleaner.cleaning.filters import measure
from cleaner.dedup.inputs import CorpusPart, Numbers, dataset_part, shard_part
from cleaner.dedup.minhash import SignatureWriter, paragraph_keys, signature
from cleaner.dedup.paragraphs import repeated_keys, repeats, without_repeats
from cleaner.errors import InputError
from cleaner.model.document import Edit, Metadata
from cleaner.model.options import REPEATED_RULE as RULE
from cleaner.text.language import Language
from cleaner.text.lines import word_count
from support.edits import edits_of, texts
from support.projects import CLEAN, RULES, Here, built, cleaner, prepare

PLEA = "Every week we send the harbour news to your letterbox, without charge."
TIDE = "The ferry waited for the tide, and the band that had come to meet it went home."


def article(text: str, edits: Sequence[Edit] = (), id_: str = "a") -> Article:
    clean_text, spacing = apply(text, edits)
    signals = measure(clean_text, word_count(text), Language(code="en", probability=0.9))
    return Article(id=id_, text=clean_text, metadata=Metadata(), edits=tuple(edits), spacing=spacing, signals=signals)


def edit(text: str, piece: str, replacement: str = "") -> Edit:
    start = text.index(piece)
    return Edit(start=start, end=start + len(piece), text=piece, label="ad", rule="x/y", replacement=replacement)


def keys(*paragraphs: str) -> set[int]:
    return {key for paragraph in paragraphs for key in paragraph_keys(paragraph).values()}


@given(st.data(), texts)
def test_every_removal_can_be_reverted(data: st.DataObject, text: str) -> None:
    whole = article(text, data.draw(edits_of(text)))
    chosen = data.draw(st.sets(st.sampled_from(sorted(paragraph_keys(whole.text).values()) or [0])))
    left = without_repeats(whole, chosen)
    assert left.original() == text
    edits = sorted(left.edits, key=lambda each: (each.start, each.end))
    assert all(one.end <= other.start for one, other in pairwise(edits))
    assert all(text[each.start : each.end] == each.text for each in edits)


@given(st.data(), st.lists(st.sampled_from([PLEA, TIDE, "Short.", "— Anna Reed", "  " + PLEA.upper()]), max_size=8))
def test_the_paragraphs_go_and_no_others(data: st.DataObject, lines: list[str]) -> None:
    whole = article("\n".join(lines))
    chosen = data.draw(st.sampled_from([set[str](), {PLEA}, {TIDE}, {PLEA, TIDE}]))
    left = without_repeats(whole, keys(*chosen))
    assert left.text == "\n\n".join(line.strip() for line in lines if not keys(line) & keys(*chosen))
    assert left.signals == measure(left.text, word_count(whole.text), Language(code="en", probability=0.9))
    assert (left is whole) == (left.text == whole.text)


def test_what_was_removed_before_keeps_its_rule() -> None:
    broken = "Every week ADVERT we send the har-\nbour news to your letterbox, without charge."
    text = f"Tern Post\n{TIDE}\n{broken}\nEnd of it."
    edits = (edit(text, "Tern Post"), edit(text, "ADVERT "), edit(text, "-\n"))
    left = without_repeats(article(text, edits), keys(PLEA))
    assert left.text == f"{TIDE}\n\nEnd of it."
    assert [(each.rule, each.text) for each in left.edits] == [
        ("x/y", "Tern Post"), (RULE, "Every week "), ("x/y", "ADVERT "), (RULE, "we send the har"), ("x/y", "-\n"),
        (RULE, "bour news to your letterbox, without charge."),
    ]  # fmt: skip
    assert left.original() == text


def test_what_was_put_in_goes_with_its_paragraph() -> None:
    text = f"{TIDE}\n{PLEA.replace('harbour', 'habour')}"
    left = without_repeats(article(text, [edit(text, "habour", "harbour")]), keys(PLEA))
    assert (left.text, left.original()) == (TIDE, text)
    assert [(each.rule, each.text) for each in left.edits] == [(RULE, text.split("\n")[1])]


def test_what_was_put_in_across_paragraphs_stays() -> None:
    text = f"{TIDE} + {PLEA}"
    whole = article(text, [edit(text, "home. + Every", "home.\nEvery")])
    assert len(whole.text.split("\n\n")) == 2
    assert without_repeats(whole, keys(PLEA)).text == whole.text


def part(folder: Path, name: str, articles: Sequence[Article]) -> CorpusPart:
    with SignatureWriter(folder / name) as writer:
        for each in articles:
            writer.add(signature(each, paragraphs=True))
    return shard_part(folder / name, folder / "none")


def none(_part: int) -> Numbers:
    return np.empty(0, np.int64)


def fourth(part: int) -> Numbers:
    return np.array([1] if part else [], np.int64)


@pytest.mark.parametrize("at_once", [1, 1 << 16])
def test_paragraphs_are_counted_once_a_document_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("cleaner.dedup.database.AT_ONCE", at_once)
    own = [f"The {word} council met on Monday, and the {word} road was closed for it." for word in "abcdef"]
    articles = [article(f"{line}\n{PLEA}\nHe nodded.\n{PLEA}") for line in own]
    articles.append(article(TIDE))
    parts = [part(tmp_path, "one", articles[:2]), part(tmp_path, "two", articles[2:])]
    assert set(repeated_keys(parts, 5, none).tolist()) == keys(PLEA)
    assert repeated_keys(parts, 6, none).tolist() == []
    assert repeated_keys(parts, 5, fourth).tolist() == []
    assert set(repeated_keys(parts, 4, fourth).tolist()) == keys(PLEA)
    assert repeated_keys([], 0, none).tolist() == []


def test_an_existing_dataset_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.jsonl").write_text(f'{{"text": "{PLEA}"}}\n')
    parts = [
        dataset_part(str(tmp_path / "old.jsonl"), tmp_path / "signatures"),
        part(tmp_path, "one", [article(PLEA)]),
    ]
    assert repeated_keys(parts, 1, none).tolist() == []


def test_the_most_repeated_are_listed_first(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    pleas = [f"{PLEA}\n\nStory {n} is told in six words." for n in range(3)]
    rows = {
        "id": ["a", "b", "c", "d"],
        "url": ["https://gull.example/1", "https://www.tern.example/2", None, "https://gull.example/3"],
        "text": [*pleas[:2], f"{TIDE}\n\n{pleas[2]}", f"{PLEA.upper()}\n\n{TIDE}"],
    }
    pq.write_table(pa.table(rows), tmp_path / "articles" / "train-00000-of-00001.parquet")
    found = repeats(tmp_path, more_than=1, limit=5)
    assert [(each.text, each.documents, each.id, each.hosts) for each in found] == [
        (PLEA, 4, "a", ("gull.example", "tern.example")), (TIDE, 2, "c", ("gull.example",)),
    ]  # fmt: skip
    assert len(repeats(tmp_path, more_than=1, limit=1)) == 1
    assert repeats(tmp_path, more_than=4, limit=5) == []


def test_the_list_is_printed(project: Path, here: Here) -> None:
    (project / "raw" / "b.txt").write_text(f"{TIDE}\n\n{CLEAN}")
    built(project)
    code, said, _ = here("paragraphs", "--documents", "1")
    assert code == 0
    assert said.splitlines()[1].split()[:2] == ["2", "The"]
    [repeat] = orjson.loads(here("paragraphs", "--documents", "1", "--json")[1])
    assert repeat == {"text": CLEAN, "documents": 2, "id": "a", "hosts": []}
    assert here("paragraphs", "--documents", "2")[:2] == (0, "no paragraph occurs in more than 2 articles of dist\n")
    assert "nowhere: holds no articles" in here("paragraphs", "nowhere")[2]


def test_a_folder_without_articles_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no articles; name a dataset"):
        repeats(tmp_path, more_than=1, limit=5)


@pytest.mark.parametrize("command", [("paragraphs", "dist"), ("diff", "rules", "other", "dist")])
def test_a_dataset_whose_text_is_no_utf8_is_named(tmp_path: Path, command: Sequence[str]) -> None:
    folder = prepare(tmp_path)
    (folder / "raw" / "a.txt").write_text(CLEAN)
    (folder / "other").mkdir()
    (folder / "other" / "rules.yaml").write_text(RULES.replace("share this", "the lamps"))
    built(folder)
    (file,) = (folder / "dist" / "articles").glob("*.parquet")
    table = pq.read_table(file)
    sound = table.column("text").combine_chunks()
    bytes_of = [sound.buffers()[0], sound.buffers()[1], pa.py_buffer(b"\xff" * len(CLEAN))]
    text = pa.Array.from_buffers(sound.type, len(sound), bytes_of)
    pq.write_table(table.set_column(table.schema.get_field_index("text"), "text", text), file)
    done = cleaner(folder, *command)
    assert done.returncode == 2
    assert str(file.relative_to(folder)) in done.stderr
    assert "can't be read" in done.stderr
