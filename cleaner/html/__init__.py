"""HTML as text, with what its markup says beside it.

What reads a page is loaded when it is first asked for: most builds meet none, and the parser with all that looks for
names and dates costs more than many a build.
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
    from cleaner.html import page  # noqa: PLC0415

    return getattr(page, name)
