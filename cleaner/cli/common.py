"""What several commands share: the program that arguments and settings ask for."""

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
    """The settings of the working folder, with what the command line says in their place."""
    settings = load_settings()
    said: dict[str, Any] = {
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
        "duplicates": _duplicates(args, settings.duplicates) if hasattr(args, "duplicates") else None,
        "suppress": (*settings.suppress, *map(_suppression, getattr(args, "suppress", ()))) or None,
    }
    said = {key: value for key, value in said.items() if value is not None}
    for key in said.keys() - {"suppress", "duplicates"}:
        check_setting(f"--{key.replace('_', '-')}", key, said[key])
    if "text_field" in said:
        said["text_field"] = text_fields(",".join(said["text_field"]))
    return replace(settings, **said)


# What `--duplicates` stands for.
_DUPLICATES: Mapping[str | None, Mapping[str, Any]] = {
    None: {},
    "keep": {"exact": False, "near": 0},
    "exact": {"exact": True, "near": 0},
    "near": {"exact": True, "near": Duplicates().near},
}
_FLAGS = {"near": "--similarity", "sites": "--prefer", "against": "--against", "repeated": "--repeated"}


def _duplicates(args: argparse.Namespace, settings: Duplicates) -> Duplicates:
    which = getattr(args, "duplicates", None)
    chosen = dict(_DUPLICATES[which])
    if which == "near" and settings.near:
        chosen["near"] = settings.near
    for key, flag in _FLAGS.items():
        value = getattr(args, flag.removeprefix("--"), None)
        if value is not None and value != []:
            check_duplicates(flag, key, value)
            chosen[key] = tuple(value) if isinstance(value, list) else value
    return replace(settings, **chosen)


def _suppression(told: str) -> Suppression:
    rule, _, host = told.partition("@")
    return Suppression(rule=rule, host=host or "*", why="--suppress")


def stdin_document() -> Document:
    """Standard input as one text, or as a page where it is one. Raises InputError where it is none."""
    try:
        data = b"".join(stdin_lines())
        if is_page(data):
            return read_html(data, name="-", source="-", digest="", given={})
        return read_plain(decode(data), name="-", source="-", digest="", given={})
    except ValueError as error:
        raise InputError("standard input", str(error), "send it a text, or JSON lines with --jsonl") from None


def stdin_lines() -> Iterator[bytes]:
    """The lines of standard input. Raises InputError where it can't be read."""
    try:
        yield from sys.stdin.buffer
    except OSError as error:
        raise InputError("standard input", f"can't be read: {error.strerror or error}", "open it") from error


def rules_folder(settings: Settings) -> Path:
    """The rule folder in force."""
    return Path(settings.rules) if settings.rules else default_rules()


def rules_in_force(settings: Settings) -> RulePack:
    """The rules in force. Raises RulesError."""
    return load_pack(rules_folder(settings))


def program_of(settings: Settings) -> tuple[Program, Options]:
    """The compiled rules in force, and the options they were compiled with."""
    options = settings.options
    return compile_program(rules_in_force(settings), options), options
