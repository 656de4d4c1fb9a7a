"""cleaner: a rule-driven cleaner for text corpora.

    >>> import cleaner
    >>> article = cleaner.clean("Lamps return\\n\\nBy Anna Reed\\n\\nThe lamps came on.\\n\\nShare this article")
    >>> article.text
    'Lamps return\\n\\nThe lamps came on.'
    >>> [(edit.label, edit.text) for edit in article.edits]
    [('byline', 'By Anna Reed'), ('share', 'Share this article')]

Everything is imported when it is first used, so that `import cleaner` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.api import clean as clean
    from cleaner.api import default_program as default_program
    from cleaner.cleaning.article import Article as Article
    from cleaner.cleaning.edits import rebuild as rebuild
    from cleaner.errors import CleanerError as CleanerError
    from cleaner.errors import RulesError as RulesError
    from cleaner.matching.program import Program as Program
    from cleaner.matching.program import compile_program as compile_program
    from cleaner.model.document import Document as Document
    from cleaner.model.document import Edit as Edit
    from cleaner.model.document import Metadata as Metadata
    from cleaner.model.options import Options as Options
    from cleaner.model.rule import Rule as Rule
    from cleaner.model.rule import RulePack as RulePack
    from cleaner.pipeline.build import build as build
    from cleaner.pipeline.options import BuildOptions as BuildOptions
    from cleaner.rules.load import load_pack as load_pack

_HOMES = {
    "clean": "api", "default_program": "api", "Article": "cleaning.article", "build": "pipeline.build",
    "BuildOptions": "pipeline.options", "rebuild": "cleaning.edits",
    "CleanerError": "errors", "RulesError": "errors", "Document": "model.document", "Edit": "model.document",
    "Metadata": "model.document", "Options": "model.options", "Rule": "model.rule", "RulePack": "model.rule",
    "Program": "matching.program",
    "compile_program": "matching.program", "load_pack": "rules.load",
}  # fmt: skip

__version__ = "0.1.0"
__all__ = [  # noqa: RUF022  (in the order of `_HOMES`)
    "clean", "default_program", "Article", "build", "BuildOptions", "rebuild", "CleanerError", "RulesError",
    "Document", "Edit", "Metadata", "Options", "Rule", "RulePack", "Program", "compile_program", "load_pack",
    "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    value = getattr(import_module(f"cleaner.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
