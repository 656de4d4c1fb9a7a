"""Old words of the command line and of settings: each works, and a message names the new one."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from cleaner.cli import aliases
from cleaner.cli.aliases import current_arguments
from cleaner.cli.common import settings_of
from cleaner.cli.parser import make_parser
from cleaner.cli.settings import load_settings
from support.projects import Here


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["build", "--afresh"], ["build", "--no-cache"]),
        (["build", "--repeated", "9"], ["build", "--max-paragraph-repeats", "9"]),
        (["build", "--repeated=9"], ["build", "--max-paragraph-repeats=9"]),
        (["repeats", "dist"], ["paragraphs", "dist"]),
    ],
)
def test_an_old_word_means_the_new_one(old: list[str], new: list[str]) -> None:
    messages: list[str] = []
    arguments = current_arguments(old, messages.append)
    assert arguments == new
    [message] = messages
    assert message.endswith("is deprecated; use " + next(word for word in new if word not in old).partition("=")[0])
    assert make_parser().parse_args(arguments)


@pytest.mark.parametrize("arguments", [["build", "repeats"], ["clean", "--", "--afresh"], ["build", "--no-cache"], []])
def test_other_words_are_left_alone(arguments: list[str]) -> None:
    assert current_arguments(arguments, pytest.fail) == arguments


def test_an_old_command_runs_and_names_the_new_one(here: Here) -> None:
    code, printed, remarks = here("repeats", "--documents", "2")
    assert (code, printed) == here("paragraphs", "--documents", "2")[:2]
    assert remarks == "cleaner: repeats is deprecated; use paragraphs\n"


def test_an_old_setting_means_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cleaner.toml").write_text("raw = 'texts'\n[duplicates]\nrepeated = 9\n")
    assert load_settings().duplicates.max_paragraph_repeats == 9
    old, new = "duplicates.repeated", "duplicates.max_paragraph_repeats"
    assert capsys.readouterr().err == f"cleaner: cleaner.toml:2: {old} is deprecated; use {new}\n"
    args = make_parser().parse_args(["build", "--max-paragraph-repeats", "7"])
    assert settings_of(args).duplicates.max_paragraph_repeats == 7


def test_no_new_word_is_an_old_one() -> None:
    for table in (aliases.OLD_COMMANDS, aliases.OLD_OPTIONS, aliases.DUPLICATES_KEYS):
        assert not table.keys() & set(table.values())


def test_the_examples_of_docstrings_run() -> None:
    assert doctest.testmod(aliases).failed == 0
