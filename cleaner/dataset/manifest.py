"""The manifest, which records what a build read, did and wrote: counts, digests, versions.

The manifest holds nothing that differs between two builds of the same input: no time, no host, no path of
the machine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from cleaner.cleaning.article import Article
from cleaner.dataset.digests import code, versions
from cleaner.dataset.files import FORMAT
from cleaner.dataset.parquet import Written
from cleaner.dataset.tables import LedgerRow, Rejected
from cleaner.model.checksum import json_with_checksum
from cleaner.model.document import DOUBTFUL
from cleaner.model.options import REPEATED_LABEL, REPEATED_RULE, Duplicates, Options
from cleaner.model.rule import RulePack, rule_digest
from cleaner.readers import Unreadable
from cleaner.readers.fingerprint import Input

DOUBTFUL_TOLD = 20
"""Number of documents of doubtful encoding that a manifest names; further ones have only the flag."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of documents, words and pieces. Tallies of parts add up to the tally of the whole."""

    documents: int = 0
    kept: int = 0
    words_before: int = 0
    """Words of all documents that could be read, normalised."""
    words_after: int = 0
    """Words of the articles."""
    words_rejected: int = 0
    """Words of the rejected documents, cleaned."""
    rejected: Counter[str] = field(default_factory=Counter)
    """Documents by filter."""
    flagged: Counter[str] = field(default_factory=Counter)
    """Documents by flag."""
    doubtful: list[str] = field(default_factory=list)
    """Sources of documents whose encoding is doubtful: the first by name."""
    languages: Counter[str] = field(default_factory=Counter)
    """Articles by language; "" where it is unknown."""
    words_removed: Counter[str] = field(default_factory=Counter)
    """Words by label."""
    pieces: Counter[str] = field(default_factory=Counter)
    """Pieces removed or replaced, by rule."""
    suppressed: Counter[str] = field(default_factory=Counter)
    """Pieces (of a filter: documents) that a suppression left in place, by rule."""
    marks: Counter[str] = field(default_factory=Counter)
    """Pieces (of a filter: documents) marked, by rule."""

    def add_document(self, outcome: Article | Rejected) -> None:
        """Count a document."""
        article = outcome.article if isinstance(outcome, Rejected) else outcome
        signals = article.signals
        self.documents += 1
        self.words_before += signals.words + signals.words_removed
        self.flagged.update(article.flags)
        if DOUBTFUL in article.flags:
            self._doubt(article.source)
        self.suppressed.update(loss.rule for loss in article.losses if loss.guard == "suppressed")
        if isinstance(outcome, Rejected):
            self.words_rejected += signals.words
            self.rejected[outcome.filter] += 1
        else:
            self.kept += 1
            self.words_after += signals.words
            self.languages[signals.language or ""] += 1

    def add_piece(self, piece: LedgerRow) -> None:
        """Count a row of the ledger."""
        if piece.kind == "mark":
            self.marks[piece.rule] += 1
        else:
            self.pieces[piece.rule] += 1
            self.words_removed[piece.label] += piece.words

    def add_rows(self, articles: pa.Table, rejected: pa.Table, removed: pa.Table) -> None:
        """Count documents that are already rows of the three tables."""
        for rows in (articles, rejected):
            self.documents += len(rows)
            self.words_before += _sum(rows, "words") + _sum(rows, "words_removed")
            flags_of = rows.column("flags").to_pylist()
            self.flagged.update(flag for flags in flags_of for flag in flags)
            if any(DOUBTFUL in flags for flags in flags_of):
                sources = zip(rows.column("source").to_pylist(), flags_of, strict=True)
                self._doubt(*(source for source, flags in sources if DOUBTFUL in flags))
        self.kept += len(articles)
        self.words_after += _sum(articles, "words")
        self.languages.update(code or "" for code in articles.column("language").to_pylist())
        self.words_rejected += _sum(rejected, "words")
        self.rejected.update(rejected.column("filter").to_pylist())
        columns = (removed.column(name).to_pylist() for name in ("kind", "rule", "label", "words"))
        for kind, rule, label, words in zip(*columns, strict=True):
            if kind == "mark":
                self.marks[rule] += 1
            else:
                self.pieces[rule] += 1
                self.words_removed[label] += words

    def reject(self, rows: pa.Table) -> None:
        """Count documents as rejected that were counted as kept; their rows are now in the table of rejected ones."""
        words = _sum(rows, "words")
        self.kept -= len(rows)
        self.words_after -= words
        self.words_rejected += words
        self.rejected.update(rows.column("filter").to_pylist())
        self.languages.subtract(code or "" for code in rows.column("language").to_pylist())
        self.languages = +self.languages  # without counts of zero

    def _doubt(self, *sources: str) -> None:
        """Keep the first sources by name, as rows may come in another order than documents."""
        self.doubtful = sorted((*self.doubtful, *sources))[:DOUBTFUL_TOLD]

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, list):
                self._doubt(*theirs)
            else:
                setattr(self, each.name, mine + theirs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of the manifest."""

    tally: Tally
    rules: RulePack
    options: Options
    duplicates: Duplicates | None
    text_field: str
    html_field: str
    shards: int
    key: str
    """SHA-256 of everything the dataset depends on: builds with the same key write the same bytes."""
    inputs: tuple[Input, ...]
    refused: tuple[Unreadable, ...]
    unreadable: tuple[Unreadable, ...]
    """The first unreadable inputs; all are in the `rejected` table."""
    files: tuple[Written, ...]

    def dump(self, card: Written) -> bytes:
        """Return the manifest as JSON with a checksum. `card` is the one file that is written after it was composed."""
        tally = self.tally
        dumped = orjson.dumps(
            {
                "format": FORMAT,
                "versions": versions(),
                "code": code(),
                "documents": {
                    "all": tally.documents,
                    "kept": tally.kept,
                    "rejected": tally.rejected,
                    "flagged": tally.flagged,
                    "doubtful": tally.doubtful,
                    "languages": tally.languages,
                },
                "words": {
                    "before": tally.words_before,
                    "kept": tally.words_after,
                    "rejected": tally.words_rejected,
                    "removed": tally.words_removed,
                },
                "options": asdict(self.options),
                "duplicates": self.duplicates.published() if self.duplicates else None,
                "text_field": self.text_field,
                "html_field": self.html_field,
                "shards": self.shards,
                "key": self.key,
                "rules_digest": self.rules.digest,
                "rules": self._rules(),
                "inputs": [{"name": each.name, "bytes": each.bytes, "sha256": each.sha256} for each in self.inputs],
                "refused": [_fault(each) for each in self.refused],
                "unreadable": [_fault(each) for each in self.unreadable],
                "files": [asdict(each) for each in (*self.files, card)],
            },
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS,
        )
        return json_with_checksum(dumped)

    def _rules(self) -> dict[str, dict[str, Any]]:
        """Return the counts of each rule, and of the built-in rule for repeated paragraphs, which no rule file has."""
        known: list[tuple[str, str | None, str, str]] = [
            (rule.id, rule_digest(rule), rule.label, rule.status) for rule in self.rules.rules
        ]
        if self.duplicates and self.duplicates.max_paragraph_repeats:
            known.append((REPEATED_RULE, None, REPEATED_LABEL, "stable"))
        return {
            key: {
                "digest": digest,
                "label": label,
                "status": status,
                "pieces": self.tally.pieces[key],
                "marks": self.tally.marks[key],
                "suppressed": self.tally.suppressed[key],
            }
            for key, digest, label, status in known
        }


def _sum(rows: pa.Table, column: str) -> int:
    return pc.sum(rows.column(column)).as_py() or 0


def _fault(fault: Unreadable) -> dict[str, str]:
    return {"source": fault.source, "id": fault.id, "cause": fault.cause, "hint": fault.hint}
