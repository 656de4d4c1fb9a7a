"""Escapes text from other sources for Markdown, so that none of it is read as markup, HTML or a control character."""

from __future__ import annotations

import re

from cleaner.model.escape import shown

_MARKS = re.compile(r"[\\`*_\[\]<>|#!&~$]")


def escape_markdown(text: str) -> str:
    r"""Return the text on one line with its Markdown marks escaped (CommonMark, section 2.4); valid in a table cell,
    too.

    >>> escape_markdown("a|b <i>\n")
    'a\\|b \\<i\\>'
    """
    return _MARKS.sub(r"\\\g<0>", shown(" ".join(text.split("\n")).strip()))


def inline_code(text: str, *, cell: bool = False) -> str:
    """Return the text as inline code, whatever backticks it holds (CommonMark, section 6.1).

    With `cell`, bars are escaped, too, as a cell of a table needs.

    >>> inline_code("a`b")
    '``a`b``'
    """
    text = shown(text)
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{ticks}{room}{text.replace('|', chr(92) + '|') if cell else text}{room}{ticks}"
