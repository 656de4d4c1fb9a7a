"""Tables and styled text on the terminal: see `cleaner.cli.output`."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from cleaner.model.escape import shown


class Screen(Console):
    """A console that prints strings without control characters, and leaves `:names:` in them alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"highlight": False, "emoji": False, **options})

    def render_str(self, text: str, **options: Any) -> Text:
        """As rich's, of the text as it is shown."""
        return super().render_str(shown(text, keep="\n"), **options)


class StyledWords(Text):
    """Styled text of parts without control characters."""

    def append(self, text: Text | str, style: Any = None) -> StyledWords:
        """Add a part."""
        super().append(shown(text, keep="\t") if isinstance(text, str) else text, style)
        return self
