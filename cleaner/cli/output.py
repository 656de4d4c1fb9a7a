"""All that commands print goes through here: what people read has nothing in it that a terminal obeys; data is whole.

`line`, `lines`, `remark` and `cleaner.cli.screen` are for people. `print_text` and `document` are for data, which is
written as it is, or not at all.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import Any

from cleaner.errors import OutputError
from cleaner.model.escape import shown

_STANDARD = ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY))


def open_streams() -> None:
    """Make the standard streams usable, whatever the parent process left of them.

    A closed one is opened so that input and output fail and messages go nowhere: left closed, the next file to be
    opened would take its number, and what is printed would go into it. A character that the encoding of a stream
    lacks is escaped in messages.
    """
    for number, mode in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, mode), True)  # the lowest free number, which is this one
    # What Python left out as it found them closed.
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def close() -> None:
    """Write what is left, or let it go: a message has been printed by now, or nobody reads."""
    try:
        sys.stdout.flush()
    except OSError:
        give_up(sys.stdout)


def give_up(stream: Any) -> None:
    """Let what is still to be written to a stream go nowhere: Python tries again when it ends, and would complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def line(print_text: str) -> None:
    """One line on standard output."""
    sys.stdout.write(shown(print_text) + "\n")


def lines(print_text: str) -> None:
    """Text with its line breaks and tabs on standard output."""
    sys.stdout.write(shown(print_text, keep="\n\t"))


def remark(print_text: str, *, named: bool = True) -> None:
    """One line on standard error; where nobody reads that, it is lost, and the command goes on."""
    try:
        sys.stderr.write(f"{'cleaner: ' if named else ''}{shown(print_text)}\n")
        sys.stderr.flush()
    except OSError:
        give_up(sys.stderr)


class Remarks(logging.Handler):
    """What the library logs, as remarks; each once, however often it comes up."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._made: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print it, if it is new."""
        message = record.getMessage()
        if message not in self._made:
            self._made.add(message)
            remark(message)


def print_text(content: str) -> None:
    """An article's text on standard output, in its encoding. Raises OutputError where that lacks a character."""
    try:
        data = content.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError as error:
        lacking = f"{content[error.start]!r} (U+{ord(content[error.start]):04X})"
        cause = f"its encoding, {sys.stdout.encoding}, has no {lacking}"
        hint = "set PYTHONIOENCODING=utf-8, or take --jsonl, which is always UTF-8"
        raise OutputError("standard output", cause, hint) from None
    _write(data)


def document(content: str | bytes) -> None:
    """JSON, YAML or HTML on standard output: UTF-8, as these formats have it, in any locale."""
    _write(content.encode() if isinstance(content, str) else content)


def _write(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
