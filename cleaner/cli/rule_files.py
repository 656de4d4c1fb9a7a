"""Reads and writes rule files of the user's project, each as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cleaner.authoring import schema as rule_schema
from cleaner.dataset.folders import output_errors
from cleaner.errors import CleanerError
from cleaner.rules.folder import rule_texts


def rule_file_text(file: Path) -> str | None:
    """The text of a rule file; None if there is none. Raises CleanerError if it is not UTF-8."""
    try:
        with output_errors(file):
            return file.read_bytes().decode("utf-8") if file.is_file() else None
    except UnicodeDecodeError as error:
        cause = f"is not UTF-8: the byte 0x{error.object[error.start]:02x} at {error.start}"
        raise CleanerError(str(file), cause, "save the file as UTF-8, or name another") from None


def write_rule_file(file: Path, text: str) -> None:
    """Write a rule file, with its folder. Raises OutputError."""
    unfinished = file.with_name(f".{file.name}.new")
    with output_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, "utf-8")
        unfinished.replace(file)


def opening(file: Path) -> str:
    """The comment that names the schema to an editor, if a folder above the file has the schema."""
    above = (folder / rule_schema.FILE for folder in file.resolve().parents[:3])
    found = next((path for path in above if path.is_file()), None)
    return f"# yaml-language-server: $schema={os.path.relpath(found, file.resolve().parent)}\n" if found else ""


def copy_rules(folder: Path, to: Path) -> int:
    """Copy the rule files of a folder, and the schema, to one that has none; return how many. Raises OutputError."""
    texts = rule_texts(folder)
    schema = folder / rule_schema.FILE
    unfinished = to.resolve().with_name(f".{to.resolve().name}.new")
    with output_errors(to):
        copied = {**texts, rule_schema.FILE: schema.read_text("utf-8")} if schema.is_file() else texts
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            for name, text in copied.items():
                (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
                (unfinished / name).write_text(text, "utf-8")
            unfinished.replace(to)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return len(texts)
