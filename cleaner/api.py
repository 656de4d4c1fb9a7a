"""The functions for scripts: clean a text with the rules of the working folder, else with the installed ones."""

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
    """Compile the rules of a folder (default: `rules/` here, else the installed ones); the result is cached.

    Raises RulesError if the rules can't be read.
    """
    return compile_program(load_pack(rules or default_rules()), options)


def clean(text: str | Document, program: Program | None = None, *, url: str | None = None) -> Article:
    """Clean a text and return the article. `url`, if given, selects the rules of its site.

    A text without matches comes back as it is, with no edits. Raises RulesError if the rules can't be read.

        >>> clean("The lamps came on.\\n\\nShare this article").text
        'The lamps came on.'
    """
    document = text if isinstance(text, Document) else Document(id="", text=text, url=url)
    return clean_document(document, program or default_program())
