"""A corpus is the same whether it is read from its files or out of the dataset that was built of them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cleaner.corpus.read import prepared_corpus
from cleaner.errors import InputError
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.readers import Keys, Unreadable
from cleaner.rules.load import parse_pack

RULES = """
language: en
rules:
  - id: ads/marker
    label: ad
    why: the word over an advertisement
    line: advertisement
    removes: Advertisement
    keeps: The advertisement cost a crown.
  - id: repair/join
    label: repair
    why: a line ends in mid-sentence after a comma
    join: {after: ", and", before: "[a-z]+"}
    removes: "It rained, and⟦\\n⟧snowed."
    keeps: It rained.
  - id: share/button
    label: share
    why: a button
    line: share
    action: mark
    removes: Share
    keeps: Share the bread.
  - id: quality/too-short
    label: quality
    why: a stub
    document: {fact: words, min: 8}
    removes: It rained.
    keeps: One two three four five six seven eight nine.
"""
STORY = "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm."
PAGE = f"<title>Lamps</title><nav><a>Tides</a></nav><main><h1>Lamps</h1><p class=lead>{STORY}<p>Advertisement</main>"
BROKEN = "It rained, and\nsnowed."


@pytest.fixture
def pack() -> RulePack:
    return parse_pack({"rules.yaml": RULES})


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    records = [
        {"id": "plain", "text": STORY, "url": "https://a.example.com/1"},
        {
            "id": "edited",
            "text": f"\n Advertisement\n\n{STORY}\nIt rained, and\nsnowed.\r\n\n\nShare\n",
            "title": "Lamps",
        },
        {"id": "stub", "text": "Advertisement\nIt rained."},
        {"id": "edited", "text": f"{STORY}\nAdvertisement"},
        {"id": "last", "text": f"Advertisement\n{STORY} \tAdvertisement", "tags": ["sea", None]},
        {"id": "only-marked", "text": f"Share\n{STORY}"},
        {"id": "page", "html": PAGE},
    ]
    lines = [*map(json.dumps, records), "{broken"]
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "b.txt").write_text(f"{STORY}\n\nAdvertisement\n")
    (folder / "c.pdf").write_bytes(b"%PDF-")
    return folder


def test_a_dataset_gives_the_documents_it_was_built_of(raw: Path, pack: RulePack, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    build(str(raw), dist, rules=pack, workers=1, shard_bytes=300)
    untold: list[Unreadable] = []
    fresh = {item.document.source: item for item in prepared_corpus(str(raw))}
    kept = {item.document.source: item for item in prepared_corpus(str(dist), unreadable=untold.append)}
    assert kept.keys() == fresh.keys()
    for source, item in fresh.items():
        found = kept[source]
        assert found.text == item.text
        assert found.language == item.language
        assert (found.document.url, found.document.digest) == (item.document.url, item.document.digest)
        assert found.document.input_metadata == item.document.input_metadata
        assert found.document.page_metadata == item.document.page_metadata
        assert found.blocks == item.blocks == item.document.blocks
    assert fresh["a.jsonl:7"].blocks[0].inside == ("nav",)
    assert {item.source for item in untold} == {"a.jsonl:8", "c.pdf"}
    assert all(item.cause for item in untold)


def test_input_that_gives_no_document_is_reported(raw: Path) -> None:
    untold: list[Unreadable] = []
    assert len(list(prepared_corpus(str(raw), unreadable=untold.append))) == 8
    assert sorted(item.source for item in untold) == ["a.jsonl:8", "c.pdf"]


def test_the_text_field_is_the_one_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "1", "body": STORY}))
    assert [item.text for item in prepared_corpus(str(tmp_path), keys=Keys(text="body"))] == [STORY]


def test_a_dataset_of_before_there_was_markup_holds_none(raw: Path, pack: RulePack, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    build(str(raw), dist, rules=pack, workers=1)
    for file in (*dist.glob("articles/*"), *dist.glob("rejected/*")):
        pq.write_table(pq.read_table(file).drop_columns(["page_metadata", "blocks"]), file)
    kept = {item.document.id: item for item in prepared_corpus(str(dist))}
    assert kept["page"].text.endswith("Advertisement")
    assert not any(item.blocks or item.document.page_metadata for item in kept.values())


def test_a_dataset_with_the_old_names_of_columns_gives_the_same_documents(
    raw: Path, pack: RulePack, tmp_path: Path
) -> None:
    dist = tmp_path / "dist"
    build(str(raw), dist, rules=pack, workers=1, shard_bytes=300)
    expected = list(prepared_corpus(str(dist)))
    old = {"spacing": "layout", "input_metadata": "given", "page_metadata": "stated"}
    for file in (*dist.glob("articles/*"), *dist.glob("rejected/*")):
        table = pq.read_table(file)
        assert old.keys() <= set(table.column_names)
        pq.write_table(table.rename_columns([old.get(name, name) for name in table.column_names]), file)
    assert list(prepared_corpus(str(dist))) == expected
    assert any(item.document.input_metadata and item.document.page_metadata == {} for item in expected)
    assert any(item.document.page_metadata for item in expected)


def test_a_damaged_dataset_is_reported_with_its_file(raw: Path, pack: RulePack, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    build(str(raw), dist, rules=pack, workers=1)
    [ledger] = (dist / "removed").iterdir()
    [articles] = (dist / "articles").iterdir()
    whole = articles.read_bytes()
    articles.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"articles/train.*build the dataset again"):
        list(prepared_corpus(str(dist)))
    articles.unlink()
    with pytest.raises(InputError, match=r"articles/train"):
        list(prepared_corpus(str(dist)))
    articles.write_bytes(whole)
    ledger.unlink()
    with pytest.raises(InputError, match=r"removed/train"):
        list(prepared_corpus(str(dist)))
    (dist / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="no manifest"):
        list(prepared_corpus(str(dist)))


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(prepared_corpus(str(tmp_path / "nowhere")))
