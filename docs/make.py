"""Rewrites the generated pages: `make docs`. A test fails if one is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # bench/ is no package that is installed

from bench import benchpage  # noqa: E402
from cleaner.api import default_program  # noqa: E402
from cleaner.authoring import coverage, schema  # noqa: E402

_LANGUAGES = """# Kinds and languages

Scrapers leave the same kinds of boilerplate in every language. This page, written by `make docs`, counts the rules for
each: a kind that one language has and another lacks (`·`) is a hole. Rules in the column `all` are for every language,
and rules of sites are not counted. A rule's kind is the topic in its id, `cleaner/authoring/coverage.py` lists them.

"""


def languages() -> str:
    """The page with the table of kinds and languages."""
    return _LANGUAGES + coverage.coverage_table(default_program().pack)


PAGES: Mapping[str, Callable[[], str]] = {
    f"rules/{schema.FILE}": schema.dump,
    "docs/languages.md": languages,
    **benchpage.PAGES,
}
"""Path below the repository → function that returns its content."""


def main() -> int:
    """Write each page that has changed, and name it."""
    for name, page in PAGES.items():
        path, text = ROOT / name, page()
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
