"""Texts that come from elsewhere in Markdown: nothing in them is markup, HTML or a control character."""

from __future__ import annotations

import re

from cleaner.model.escape import shown

_MARKS = re.compile(r"[\\`*_\[\]<>|#!&~$]")


def escape_markdown(text: str) -> str:
    r"""A text within a line or a cell of a table (CommonMark, section 2.4).

    >>> plain("a|b <i>\n")
    'a\\|b \\<i\\>'
    """
    return _MARKS.sub(r"\\\g<0>", shown(" ".join(text.split("\n")).strip()))


def inline_code(text: str, *, cell: bool = False) -> str:
    """A text as inline code, whatever backticks it holds (CommonMark, section 6.1); in a cell of a table, too."""
    text = shown(text)
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{ticks}{room}{text.replace('|', chr(92) + '|') if cell else text}{room}{ticks}"
