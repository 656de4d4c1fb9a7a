"""The keys that records state their metadata under, and the page that lists them."""

from __future__ import annotations

from pathlib import Path

from cleaner.metadata.fields import FIELDS
from cleaner.metadata.record_keys import KEYS, folded, stated

PAGE = Path(__file__).parent.parents[1] / "docs" / "commands.md"


def row(field: str) -> str:
    keys = (f"`{key}`" + (f" ({tools.replace('`', '')})" if tools else "") for key, tools in KEYS[field].items())
    return f"| `{field}` | {', '.join(keys)} |"


def test_every_field_has_its_keys_and_its_own_name_first() -> None:
    assert KEYS.keys() - FIELDS.keys() == {"text", "url", "language"}
    assert FIELDS.keys() <= KEYS.keys()
    assert all(next(iter(KEYS[field])) == field for field in KEYS)


def test_no_key_occurs_twice_in_a_field() -> None:
    for field, keys in KEYS.items():
        assert len(set(map(folded, keys))) == len(keys), field


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text("utf-8")
    assert [field for field in KEYS if row(field) not in page] == []


def test_what_a_record_states_is_in_the_order_of_the_table() -> None:
    record = {"author": "A", "creator": "B", "authors": "C", "metadata": {"byline": "D"}, "authorship": "E"}
    assert list(stated(record, "authors")) == [("authors", "C"), ("author", "A"), ("creator", "B"), ("byline", "D")]
