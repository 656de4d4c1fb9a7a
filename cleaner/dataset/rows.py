"""Converts rows of a dataset back to objects: articles, documents and edits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import OVER_BUDGET
from cleaner.cleaning.edits import rebuild
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.dataset.blocks import unpacked
from cleaner.dataset.tables import FAILED
from cleaner.model.document import ENCODING, Document, Edit, Evidence, Mark, Metadata, Signals, Verdict
from cleaner.readers import Unreadable
from cleaner.readers.readable import REFUSED, UNREADABLE
from cleaner.readers.sources import OnUnreadable
from cleaner.text.language import Language

_NO_DOCUMENT = (REFUSED, UNREADABLE)


Row = Mapping[str, Any]


def article_of(row: Row, pieces: Iterable[Row]) -> Article:
    """Return the article of a row of the table `articles` or `rejected`, with its rows of the ledger.

    As far as the tables have it: what gave way and where metadata comes from is left out.
    """
    pieces = tuple(pieces)
    refused = row.get("filter") if not row.get("duplicate_of") else None  # filters had kept it, and not its copy
    values = ((each.name, row[each.name]) for each in fields(Metadata))
    metadata: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values}
    return Article(
        id=row["id"],
        text=row["text"],
        metadata=Metadata(**metadata),
        edits=edits_of(pieces),
        spacing=row["spacing"],
        signals=Signals(**{each.name: row[each.name] for each in fields(Signals)}),
        verdict=Verdict(kept=False, filter=refused, figure=row["figure"]) if refused else Verdict(),
        marks=tuple(
            Mark(start=piece["start"], end=piece["end"], label=piece["label"], rule=piece["rule"])
            for piece in pieces
            if piece["kind"] == "mark"
        ),
        flags=tuple(row["flags"]),
        source=row["source"],
    )


def document_of(row: Row, edits: tuple[Edit, ...], on_unreadable: OnUnreadable) -> Prepared | None:
    """Return the document of a row of the table `articles` or `rejected`, as it was before any rule.

    None for an input that gave no document; `on_unreadable` is called with its cause.
    """
    reason = row.get("filter")
    if reason in _NO_DOCUMENT:
        on_unreadable(Unreadable(source=row["source"], id=row["id"], cause=row["cause"] or "", hint=row["hint"] or ""))
        return None
    text = rebuild(row["text"], edits, row["spacing"])
    if reason == FAILED:
        return prepare(_document(row, text))
    language = Language(code=row["language"], probability=row["language_probability"])
    return Prepared(document=_document(row, text), text=text, language=language)


def edits_of(pieces: Iterable[Row]) -> tuple[Edit, ...]:
    """Return the edits among rows of the ledger."""
    return tuple(
        Edit(
            start=row["start"], end=row["end"], text=row["text"], label=row["label"], rule=row["rule"],
            replacement=row["replacement"],
        )
        for row in pieces
        if row["kind"] == "edit"
    )  # fmt: skip


def _document(row: Row, text: str) -> Document:
    of_input, of_page = (json.loads(row[name]) if row[name] else {} for name in ("input_metadata", "page_metadata"))
    return Document(
        id=row["id"], text=text, source=row["source"], digest=row["raw_digest"], url=row["url"],
        input_metadata=of_input, page_metadata=of_page, blocks=unpacked(row["blocks"]),
        evidence=tuple(Evidence(**each) for each in row["evidence"] or () if each["field"] == ENCODING),
        flags=tuple(flag for flag in row["flags"] or () if flag != OVER_BUDGET),
    )  # fmt: skip
