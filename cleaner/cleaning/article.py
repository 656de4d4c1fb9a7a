"""The article: a cleaned document, with what was removed from it and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cleaner.cleaning.article_html import article_html
from cleaner.cleaning.edits import rebuild
from cleaner.model.document import Block, Edit, Evidence, Loss, Mark, Metadata, Signals, Verdict
from cleaner.model.renamed import renamed_fields


@renamed_fields(layout="spacing", given="input_metadata", stated="page_metadata")
@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned document. `text`, `edits` and `spacing` rebuild the normalised text to the character."""

    id: str
    text: str
    metadata: Metadata
    edits: tuple[Edit, ...]
    spacing: str
    """The white space between the lines of the normalised text, encoded as in `cleaner.cleaning.edits`."""
    signals: Signals = field(default_factory=Signals)
    verdict: Verdict = field(default_factory=Verdict)
    marks: tuple[Mark, ...] = ()
    losses: tuple[Loss, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    flags: tuple[str, ...] = ()
    """For review: `over-budget` if rules would remove more than the document's budget, so that its text is kept."""
    source: str = ""
    digest: str = ""
    url: str | None = None
    input_metadata: Mapping[str, Any] = field(default_factory=dict)
    page_metadata: Mapping[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    rules_digest: str = ""

    def original(self) -> str:
        """Return the normalised text, rebuilt from the clean text, the edits and the spacing.

        It is the text after decoding and normalising, and not the bytes of the input.
        """
        return rebuild(self.text, self.edits, self.spacing)

    def _repr_html_(self) -> str:
        return article_html(self.metadata, self.original(), self.edits)


def record(article: Article) -> dict[str, Any]:
    """Return the article as plain data for JSON: id, text, metadata fields, figures, and what was removed."""
    return {
        "id": article.id,
        "text": article.text,
        **asdict(article.metadata),
        **asdict(article.signals),
        "kept": article.verdict.kept,
        "filter": article.verdict.filter or None,
        "flags": article.flags,
        "url": article.url,
        "spacing": article.spacing,
        "removed": [asdict(edit) for edit in article.edits],
    }
