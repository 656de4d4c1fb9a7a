"""An article as one flat record: what `cleaner clean --jsonl` writes a line of."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cleaner.article import Article


def record(article: Article) -> dict[str, Any]:
    """The article's id, text, every metadata field, its figures, and what was removed."""
    return {
        "id": article.id,
        "text": article.text,
        **asdict(article.metadata),
        **asdict(article.signals),
        "kept": article.verdict.kept,
        "filter": article.verdict.filter or None,
        "flags": article.flags,
        "url": article.url,
        "layout": article.layout,
        "removed": [asdict(edit) for edit in article.edits],
    }
