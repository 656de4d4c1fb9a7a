"""Rewrite the pages that are made from the code: `make docs`. A test tells where one is stale."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cleaner import schema

ROOT = Path(__file__).parent.parent

PAGES: Mapping[str, Callable[[], str]] = {
    f"rules/{schema.FILE}": schema.dump,
}
"""Path below the repository → what stands there."""


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
