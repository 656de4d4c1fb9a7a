"""Rewrites the generated pages: `make docs`. A test fails if one is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # bench/ is no package that is installed

from bench import benchpage  # noqa: E402
from cleaner.authoring import schema  # noqa: E402

PAGES: Mapping[str, Callable[[], str]] = {
    f"rules/{schema.FILE}": schema.dump,
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
