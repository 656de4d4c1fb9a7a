"""The library's front door: clean a text with the rules that stand nearest."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.rules.load import default_rules, load_pack


@lru_cache(maxsize=4)
def default_program(rules: Path | None = None, options: Options | None = None) -> Program:
    """The compiled rules of a folder (without one: `rules/` here, else those that ship), built once and kept."""
    return compile_program(load_pack(rules or default_rules()), options)


def clean(text: str | Document, program: Program | None = None, *, url: str | None = None) -> Article:
    """Clean a text. `url`, where it is known, chooses the rules of its site.

    Raises RulesError where the rules can't be read.
    """
    document = text if isinstance(text, Document) else Document(id="", text=text, url=url)
    return clean_document(document, program or default_program())
