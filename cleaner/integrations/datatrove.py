"""A step of a datatrove pipeline, for Slurm, Hugging Face Jobs, or wherever its executors run.

    LocalPipelineExecutor([JsonlReader("raw"), CleanerStep(), JsonlWriter("clean")]).run()

Needs `pip install 'cleaner[datatrove]'`. The rules are loaded when the step is created and pickled with it, so that all
ranks use the same rules; each process compiles them once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from datatrove.data import Document as Record
from datatrove.pipeline.base import PipelineStep

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.dataset.tables import FAILED, ledger_rows
from cleaner.matching.program import Program, compile_program
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.readers import Keys, Unreadable
from cleaner.readers.readable import UNREADABLE
from cleaner.readers.records import to_document
from cleaner.rules.load import default_rules, load_pack

__all__ = ["CleanerStep"]

_KEYS = Keys()
_programs: dict[tuple[str, Options], Program] = {}


class CleanerStep(PipelineStep):  # type: ignore[misc] # untyped where it is installed, unknown where it is not
    """Cleans documents: passes on those that are kept, with text and metadata of the article, and drops the others.

    A document's metadata may have the keys of an input record: `url`, `language`, `title` and so on. Fields that the
    article has a value for replace those of the same name; all others stay as they were. A document that can't be
    cleaned is dropped with the reason `input/failed`, and does not stop the pipeline.
    """

    type = "🔻 - FILTER"
    name = "🧹 cleaner"

    def __init__(
        self,
        rules: RulePack | Path | str | None = None,
        options: Options | None = None,
        *,
        ledger: str | None = "removed",
        removed_writer: Any = None,
        exclusion_writer: Any = None,
    ) -> None:
        """`rules` is a pack or its folder (default: `rules/` in the working folder, else the installed ones).

        `ledger` is the metadata key for the list of removed pieces, dicts with `start`, `end`, `text`, `words`,
        `label`, `rule`, `replacement` and `kind` (None: no list). `removed_writer`, a datatrove writer, gets a document
        for each piece: its text, the id of the document it was removed from, and the rest as metadata.
        `exclusion_writer` gets each dropped document unchanged, with the metadata `filter_reason`, as with datatrove's
        own filters.

        Raises RulesError if the rules can't be read.
        """
        super().__init__()
        self.rules = rules if isinstance(rules, RulePack) else load_pack(Path(rules) if rules else default_rules())
        self.options = options or Options()
        self.ledger = ledger
        self.removed_writer = removed_writer
        self.exclusion_writer = exclusion_writer

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Record]:  # noqa: ARG002 - theirs
        """Yield the kept documents, in their order."""
        program = _program(self.rules, self.options)
        with ExitStack() as stack:
            for writer in filter(None, (self.removed_writer, self.exclusion_writer)):
                stack.enter_context(writer)
            for document in data or ():
                self.stat_update("total")
                with self.track_time():
                    article, reason = _cleaned(document, program)
                if article is None or reason:
                    self.stat_update("dropped", f"dropped_{reason}")
                    if self.exclusion_writer:
                        document.metadata["filter_reason"] = reason
                        self.exclusion_writer.write(document, rank)
                    continue
                yield self._kept(document, article, rank)

    def _kept(self, document: Record, article: Article, rank: int) -> Record:
        removed = [asdict(piece) for piece in ledger_rows(article)]
        for piece in removed:
            source = piece.pop("id")
            self.stat_update(f"removed_{piece['label']}", value=piece["words"], unit="piece")
            if self.removed_writer:
                rest = {key: value for key, value in piece.items() if key != "text"}
                self.removed_writer.write(Record(text=piece["text"], id=source, metadata=rest), rank)
        document.text = article.text
        found = {name: list(value) if isinstance(value, tuple) else value for name, value in _fields(article)}
        document.metadata.update(
            {name: value for name, value in found.items() if value or name not in document.metadata}
        )
        if self.ledger:
            document.metadata[self.ledger] = removed
        self.stat_update("forwarded")
        self.stat_update("words_removed", value=article.signals.words_removed, unit="doc")
        self.update_doc_stats(document)
        return document


def _fields(article: Article) -> Iterator[tuple[str, Any]]:
    yield from asdict(article.metadata).items()
    yield "language", article.signals.language


def _program(rules: RulePack, options: Options) -> Program:
    """Return the compiled rules; they are compiled once in a process, however many ranks it runs."""
    key = rules.digest, options
    if key not in _programs:
        _programs[key] = compile_program(rules, options)
    return _programs[key]


def _cleaned(record: Record, program: Program) -> tuple[Article | None, str]:
    """Return the article and "", or the reason why it is not kept; None if there is no article."""
    try:
        document = to_document({**record.metadata, "id": record.id, "text": record.text}, str(record.id), "", _KEYS)
        if isinstance(document, Unreadable):
            return None, UNREADABLE
        article = clean_document(document, program)
    except Exception:  # one document in a million must not end the rank
        return None, FAILED
    return article, "" if article.verdict.kept else article.verdict.filter
