"""Shared by commands: settings with the command line's changes, the rules in force, standard input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleaner.cli.settings import Settings, check_duplicates, check_setting, load_settings
from cleaner.errors import InputError
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.options import Duplicates, Options, Suppression
from cleaner.model.rule import RulePack
from cleaner.readers.encoding import decode
from cleaner.readers.html import is_page, read_html, read_plain
from cleaner.readers.sources import text_fields
from cleaner.rules.load import default_rules, load_pack


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings of the working folder, overridden by command-line arguments. Raises SettingsError."""
    settings = load_settings()
    given: dict[str, Any] = {
        "raw": getattr(args, "raw", None),
        "dist": getattr(args, "dist", None),
        "workers": getattr(args, "workers", None),
        "engine": getattr(args, "engine", None),
        "budget": getattr(args, "budget", None),
        "whole_pages": getattr(args, "whole_pages", None),
        "text_field": getattr(args, "text_field", None),
        "min_readable": getattr(args, "min_readable", None),
        "html_field": getattr(args, "html_field", None),
        "rules": str(args.rules) if getattr(args, "rules", None) else None,
        "experimental": getattr(args, "experimental", False) or None,
        "learn": getattr(args, "learn", False) or None,
        "duplicates": _duplicates(args, settings.duplicates) if hasattr(args, "duplicates") else None,
        "suppress": (*settings.suppress, *map(_suppression, getattr(args, "suppress", ()))) or None,
    }
    given = {key: value for key, value in given.items() if value is not None}
    for key in given.keys() - {"suppress", "duplicates"}:
        check_setting(f"--{key.replace('_', '-')}", key, given[key])
    if "text_field" in given:
        given["text_field"] = text_fields(",".join(given["text_field"]))
    return replace(settings, **given)


# The settings that each value of `--duplicates` sets.
_DUPLICATES: Mapping[str | None, Mapping[str, Any]] = {
    None: {},
    "keep": {"exact": False, "near": 0},
    "exact": {"exact": True, "near": 0},
    "near": {"exact": True, "near": Duplicates().near},
}
_FLAGS = {
    "near": "--similarity",
    "sites": "--prefer",
    "against": "--against",
    "max_paragraph_repeats": "--max-paragraph-repeats",
}


def _duplicates(args: argparse.Namespace, settings: Duplicates) -> Duplicates:
    which = getattr(args, "duplicates", None)
    chosen = dict(_DUPLICATES[which])
    if which == "near" and settings.near:
        chosen["near"] = settings.near
    for key, flag in _FLAGS.items():
        value = getattr(args, flag.removeprefix("--").replace("-", "_"), None)
        if value is not None and value != []:
            check_duplicates(flag, key, value)
            chosen[key] = tuple(value) if isinstance(value, list) else value
    return replace(settings, **chosen)


def _suppression(argument: str) -> Suppression:
    rule, _, host = argument.partition("@")
    return Suppression(rule=rule, host=host or "*", why="--suppress")


def stdin_document() -> Document:
    """Return standard input as one document, read as HTML if it is a page. Raises InputError if it is no text."""
    try:
        data = b"".join(stdin_lines())
        if is_page(data):
            return read_html(data, name="-", source="-", digest="", given={})
        return read_plain(decode(data), name="-", source="-", digest="", given={})
    except ValueError as error:
        raise InputError("standard input", str(error), "send a text, or JSON lines with --jsonl") from None


def stdin_lines() -> Iterator[bytes]:
    """Yield the lines of standard input. Raises InputError if it can't be read."""
    try:
        yield from sys.stdin.buffer
    except OSError as error:
        raise InputError(
            "standard input", f"can't be read: {error.strerror or error}", "redirect a file or a pipe to it"
        ) from error


def rules_folder(settings: Settings) -> Path:
    """Return the rule folder in force: the setting, else the default."""
    return Path(settings.rules) if settings.rules else default_rules()


def rules_in_force(settings: Settings) -> RulePack:
    """Load the rules in force. Raises RulesError."""
    return load_pack(rules_folder(settings))


def program_of(settings: Settings) -> tuple[Program, Options]:
    """Compile the rules in force; return the program and its options. Raises RulesError."""
    options = settings.options
    return compile_program(rules_in_force(settings), options), options
