"""Converts HTML to lines of text, with facts from the markup for each line and for the page.

The modules are imported on first use: most builds read no HTML, and importing the parser and the extraction of metadata
takes longer than a small build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.html.page import HtmlPage as HtmlPage
    from cleaner.html.page import read_page as read_page

__all__ = ["HtmlPage", "read_page"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cleaner.html import page

    return getattr(page, name)
