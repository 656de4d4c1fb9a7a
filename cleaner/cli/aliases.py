"""Old words of the command line and of settings: accepted for one release, with a message that names the new word.

Delete a row, and what is only needed for it, one release after it was added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

OLD_COMMANDS: Mapping[str, str] = {"repeats": "paragraphs"}
OLD_OPTIONS: Mapping[str, str] = {"--afresh": "--no-cache", "--repeated": "--max-paragraph-repeats"}
DUPLICATES_KEYS: Mapping[str, str] = {"repeated": "max_paragraph_repeats"}
"""Keys of the table `duplicates` in the settings."""

Report = Callable[[str], None]


def current_arguments(arguments: Sequence[str], report: Report) -> list[str]:
    """Return the arguments with each old command and option replaced; call `report` with a message for each.

        >>> current_arguments(["build", "--afresh", "--repeated=9"], print)
        --afresh is deprecated; use --no-cache
        --repeated is deprecated; use --max-paragraph-repeats
        ['build', '--no-cache', '--max-paragraph-repeats=9']

    It does not change what comes after `--`, or anything but the first word and options: a file may be named `repeats`.
    """
    current = list(arguments)
    end = current.index("--") if "--" in current else len(current)
    for at, argument in enumerate(current[:end]):
        word, equals, value = argument.partition("=")
        new = OLD_COMMANDS.get(argument) if at == 0 else OLD_OPTIONS.get(word)
        if new:
            report(_message(word, new))
            current[at] = new + equals + value
    return current


def current_duplicates(table: Mapping[str, Any], place: str, report: Report) -> dict[str, Any]:
    """Return the table with each old key replaced; call `report` with a message for each. A new key wins over an old.

    `place` is where the table is, `path:line`.

        >>> current_duplicates({"repeated": 9}, "cleaner.toml:1", print)
        cleaner.toml:1: duplicates.repeated is deprecated; use duplicates.max_paragraph_repeats
        {'max_paragraph_repeats': 9}
    """
    current = dict(table)
    for old, new in DUPLICATES_KEYS.items():
        if old in current:
            report(f"{place}: {_message(f'duplicates.{old}', f'duplicates.{new}')}")
            value = current.pop(old)
            current.setdefault(new, value)
    return current


def _message(old: str, new: str) -> str:
    return f"{old} is deprecated; use {new}"
