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
    from cleaner.article import Article as Article
    from cleaner.building import build as build
    from cleaner.edits import rebuild as rebuild
    from cleaner.errors import CleanerError as CleanerError
    from cleaner.errors import RulesError as RulesError
    from cleaner.model import Document as Document
    from cleaner.model import Edit as Edit
    from cleaner.model import Metadata as Metadata
    from cleaner.model import Options as Options
    from cleaner.program import Program as Program
    from cleaner.program import compile_program as compile_program
    from cleaner.rule import Rule as Rule
    from cleaner.rule import RulePack as RulePack
    from cleaner.rulefiles import load_pack as load_pack

_HOMES = {
    "clean": "api", "default_program": "api", "Article": "article", "build": "building", "rebuild": "edits",
    "CleanerError": "errors", "RulesError": "errors", "Document": "model", "Edit": "model",
    "Metadata": "model", "Options": "model", "Rule": "rule", "RulePack": "rule", "Program": "program",
    "compile_program": "program", "load_pack": "rulefiles",
}  # fmt: skip

__version__ = "0.1.0"
__all__ = [  # noqa: RUF022  (in the order of `_HOMES`)
    "clean", "default_program", "Article", "build", "rebuild", "CleanerError", "RulesError", "Document", "Edit",
    "Metadata", "Options", "Rule", "RulePack", "Program", "compile_program", "load_pack", "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    value = getattr(import_module(f"cleaner.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
