"""Prints tables and styled text on the terminal; see `cleaner.cli.output`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from cleaner.model.escape import shown


class Screen(Console):
    """A console that escapes control characters in strings, and does not replace `:names:` by emoji."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"highlight": False, "emoji": False, **options})

    def render_str(self, text: str, **options: Any) -> Text:
        """Render the text with its control characters escaped."""
        return super().render_str(shown(text, keep="\n"), **options)


class StyledWords(Text):
    """Styled text whose parts have their control characters escaped."""

    def append(self, text: Text | str, style: Any = None) -> StyledWords:
        """Append a part, with its control characters escaped."""
        super().append(shown(text, keep="\t") if isinstance(text, str) else text, style)
        return self
