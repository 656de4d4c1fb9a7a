"""All output of commands: text for people has its control characters escaped, data is written as it is.

`line`, `lines`, `remark` and `cleaner.cli.screen` are for people. `print_text` and `document` are for data, which is
written unchanged, or not at all.
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
    """Make the standard streams usable, whatever state the parent process left them in.

    A closed one is opened on the null device, so that reads and writes fail and messages are lost. If it were left
    closed, the next opened file would get its number, and output would be written into that file. In messages, a
    character that the encoding of a stream lacks is escaped.
    """
    for number, mode in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, mode), True)  # the lowest free number, which is this one
    # Python sets these to None if they were closed at its start.
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")


def close() -> None:
    """Flush standard output; on an error discard the rest, as the error was reported before."""
    try:
        sys.stdout.flush()
    except OSError:
        give_up(sys.stdout)


def give_up(stream: Any) -> None:
    """Discard what a stream still buffers: Python flushes at exit, and would print an error."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def line(text: str) -> None:
    """Print one line on standard output."""
    sys.stdout.write(shown(text) + "\n")


def lines(text: str) -> None:
    """Print text with its line breaks and tabs on standard output."""
    sys.stdout.write(shown(text, keep="\n\t"))


def remark(text: str, *, named: bool = True) -> None:
    """Print one line on standard error; if that fails, the line is lost and the command continues."""
    try:
        sys.stderr.write(f"{'cleaner: ' if named else ''}{shown(text)}\n")
        sys.stderr.flush()
    except OSError:
        give_up(sys.stderr)


class Remarks(logging.Handler):
    """Prints what the library logs on standard error, each message once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._made: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message, if it was not printed before."""
        message = record.getMessage()
        if message not in self._made:
            self._made.add(message)
            remark(message)


def print_text(content: str) -> None:
    """Print a text on standard output, in its encoding. Raises OutputError if that lacks a character."""
    try:
        data = content.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError as error:
        missing = f"{content[error.start]!r} (U+{ord(content[error.start]):04X})"
        cause = f"its encoding, {sys.stdout.encoding}, has no {missing}"
        hint = "set PYTHONIOENCODING=utf-8, or use --jsonl, which is always UTF-8"
        raise OutputError("standard output", cause, hint) from None
    _write(data)


def document(content: str | bytes) -> None:
    """Print JSON, YAML or HTML on standard output, as UTF-8 in any locale."""
    _write(content.encode() if isinstance(content, str) else content)


def _write(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
