"""Draw `docs/explain.svg`, the README's picture: what `cleaner explain` prints of one of the articles in `raw/`."""

from __future__ import annotations

import io
import os
from contextlib import chdir, redirect_stdout
from html import escape
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from cleaner.cli import run

ROOT = Path(__file__).parent.parent
FILE = Path(__file__).with_name("explain.svg")
COMMAND = ("explain", "raw/daily-lantern/0002-drain-ward.txt")

_WIDTH = 116  # columns: most lines fit with their rule, and can be read at the width of a README
_AFTERWARDS = "\n\nnear misses"  # the list below the article is left out of the picture

_THEME = TerminalTheme(
    (13, 17, 23),
    (230, 237, 243),
    [(13, 17, 23), (255, 123, 114), (86, 211, 100), (227, 179, 65),
     (121, 192, 255), (210, 168, 255), (118, 227, 234), (230, 237, 243)],
)  # fmt: skip

# rich's own frame fetches a font from the network, which a picture must not.
_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<desc>%s</desc>
<style>
.{unique_id}-matrix {{
  font: {char_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}}
.{unique_id}-title {{ font: bold 18px sans-serif }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def printed() -> Text:
    """What the command prints, in its colours."""
    out = io.StringIO()
    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color"}
    with chdir(ROOT), patch.dict(os.environ, colours), redirect_stdout(out):
        os.environ.pop("NO_COLOR", None)
        code = run(COMMAND)
    if code:
        raise SystemExit(code)
    text = Text.from_ansi(out.getvalue())
    end = text.plain.find(_AFTERWARDS)
    return text if end < 0 else text[:end]


def picture() -> str:
    """Return the picture as SVG, with its text as a plain description for screen readers."""
    text = printed()
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), highlight=False)
    console.print(text)
    description = escape(text.plain).replace("{", "{{").replace("}", "}}")
    return console.export_svg(
        title=f"cleaner {' '.join(COMMAND)}", theme=_THEME, code_format=_FRAME % description, unique_id="explain"
    )


if __name__ == "__main__":
    FILE.write_text(picture(), "utf-8")
