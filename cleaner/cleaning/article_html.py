"""An article as HTML: the normalised text, in which each edit is struck out, with its label and rule."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.model.document import Edit, Metadata

# One hue a label family, readable on white and on a notebook's dark theme.
_STYLE = "text-decoration:line-through;background:rgba(220,60,60,.16);border-radius:3px"
_TAG = "font:600 10px ui-monospace,monospace;color:#b03030;margin-left:.4em;text-decoration:none"


def marked_html(text: str, edits: Sequence[Edit]) -> str:
    """The normalised `text` as HTML, line ends kept, each edit struck out with its label and rule."""
    out: list[str] = []
    at = 0
    for edit in edits:
        out.append(escape(text[at : edit.start]))
        instead = f"<ins>{escape(edit.replacement)}</ins>" if edit.replacement.strip() else edit.replacement
        out.append(
            f'<del style="{_STYLE}" title="{escape(edit.label)} · {escape(edit.rule)}">{escape(edit.text)}</del>'
            f'{instead}<span style="{_TAG}">{escape(edit.label)} · {escape(edit.rule)}</span>'
        )
        at = edit.end
    out.append(escape(text[at:]))
    return "".join(out)


def article_html(metadata: Metadata, text: str, edits: Sequence[Edit]) -> str:
    """Return an article as HTML for a notebook: its metadata as a table, then the normalised `text` with its edits."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{name}</th><td style='text-align:left'>{escape(str(shown))}</td></tr>"
        for name in metadata.__slots__
        if (value := getattr(metadata, name)) not in (None, ())
        for shown in [", ".join(value) if isinstance(value, tuple) else value]
    )
    body = marked_html(text, edits)
    return f'<table>{rows}</table><div style="white-space:pre-wrap;max-width:60em">{body}</div>'
