"""The documentation as its readers use it: examples run, links lead somewhere, and nothing that exists is missing.

In a Markdown page a `python` block runs (as a doctest where it has prompts), a `console` block runs and prints what
stands below each `$ ` (`...` for anything), and a block with a path behind its language (`yaml rules/en/tide.yaml`)
is a file. A page runs from top to bottom in one folder, with copies of `raw/` and of some rules. A `sh` block is not
run; what it calls must exist.
"""

from __future__ import annotations

import argparse
import ast
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import MISSING, dataclass, fields
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import unquote

import pyarrow as pa
import pytest
import yaml

import cleaner
from cleaner.authoring.examples import outcomes
from cleaner.authoring.schema import rule_schema
from cleaner.cleaning.article import Article
from cleaner.cli import run
from cleaner.cli.parser import make_parser
from cleaner.cli.settings import Settings
from cleaner.dataset.tables import TABLES
from cleaner.errors import RuleFault, RulesError
from cleaner.matching.kind_table import KIND_TABLE
from cleaner.model import document as model
from cleaner.model import rule as rules
from cleaner.model.options import Duplicates
from cleaner.pipeline.engines import ENGINES
from cleaner.readers import READERS
from cleaner.rules.load import parse_pack

ROOT = Path(__file__).parent.parent
PAGES = sorted(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])

# Enough for the examples, and read in a moment.
_SOME_RULES = ("core/*.yaml", "lists/*.yaml", "en/ads.yaml", "en/bylines.yaml", "en/share.yaml", "en/title.yaml")
_SOME_RAW = ("harbour-courier/*", "daily-lantern/*", "feeds/*", "damaged/*")

# Packages that a page's examples need, and that need not be there.
_EXTRAS = {"docs/cluster.md": ("datatrove",)}

_FENCE = re.compile(r"^```(\w+)?[ \t]*([^\n`]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)|(?:src|href)=\"([^\"]+)\"", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


# ---------------------------------------------------------------------------------------------------
# A page, taken apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block; `line` is where its content begins."""

    language: str
    file: str
    content: str
    line: int


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str) -> list[Block]:
    text = text_of(page)
    return [
        Block(language=m[1] or "", file=m[2].strip(), content=m[3], line=text.count("\n", 0, m.start(3)) + 1)
        for m in _FENCE.finditer(text)
    ]


def prose_of(page: str) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text_of(page))


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next one of any level."""
    text = prose_of(page)
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no heading {heading!r}"
    return found[1]


def table(page: str, heading: str) -> dict[str, list[str]]:
    """The first table below a heading: the code in its first cell → the other cells."""
    rows = [
        [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        for line in section(page, heading).splitlines()
        if line.startswith("| `")
    ]
    return {_CODE.findall(cells[0])[0]: cells[1:] for cells in rows}


# ---------------------------------------------------------------------------------------------------
# Examples


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed working folder, as after a clone, and an environment that reaches neither network nor home."""
    work = tmp_path / "work"
    for top, globs in (("rules", _SOME_RULES), ("raw", _SOME_RAW)):
        for path in (path for glob in globs for path in (ROOT / top).glob(glob)):
            target = work / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    (work / ".venv").symlink_to(sys.prefix)
    monkeypatch.chdir(work)
    commands = str(Path(sys.executable).parent)
    for name, value in {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "110", "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path), "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1",
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b.example", "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@b.example", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    subprocess.run("git init -q && git add rules raw && git commit -qm rules", shell=True, check=True)
    return work


@pytest.mark.parametrize("page", [page for page in PAGES if {b.language for b in blocks(page)} & {"console", "python"}])
def test_examples_run(page: str, folder: Path) -> None:
    cleaner.default_program.cache_clear()  # it holds the rules of the folder that was asked first
    for extra in _EXTRAS.get(page, ()):
        pytest.importorskip(extra)
    if page == "README.md":  # whose reader has just run `make dataset`
        cleaner.build("raw", Path("dist"), rules=cleaner.load_pack(Path("rules")), workers=1)
    try:
        names: dict[str, Any] = {"__name__": "example"}
        for block in blocks(page):
            if block.file:
                (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
                (folder / block.file).write_text(block.content, "utf-8")
            elif block.language == "python":
                _run_python(block, page, names)
            elif block.language == "console":
                _run_console(block, page)
    finally:
        cleaner.default_program.cache_clear()


def _run_python(block: Block, page: str, names: dict[str, Any]) -> None:
    if ">>> " not in block.content:
        source = "\n" * (block.line - 1) + block.content
        exec(compile(source, str(ROOT / page), "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.content, names, page, str(ROOT / page), block.line - 1)
    told: list[str] = []
    doctest.DocTestRunner(verbose=False, optionflags=_FLAGS).run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert not told, "".join(told)


def _run_console(block: Block, page: str) -> None:
    for command, wanted in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.content, re.MULTILINE):
        got = _printed(command)
        fits = doctest.OutputChecker().check_output(wanted, got, _FLAGS)
        assert fits, f"{page}:{block.line}: $ {command}\n\nwanted:\n{wanted}\ngot:\n{got}"


def _printed(command: str) -> str:
    """What a command prints. To start Python takes longer than what `cleaner` does, so that is called right here."""
    words = shlex.split(command)
    if Path(words[0]).name != "cleaner" or {"|", "<", ">", "&&", ";"} & set(words):
        done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.stdout.decode()
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(out):
        run(words[1:])
    return out.buffer.getvalue().decode()


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_run_can_be_called(page: str) -> None:
    targets = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    called = [line for block in blocks(page) if block.language == "sh" for line in block.content.splitlines()]
    called += [code for code in _CODE.findall(prose_of(page)) if re.match(r"make \w+$", code)]
    for line in called:
        words = re.split(r"[#>]", line)[0].split()
        if words[:1] == ["make"]:
            assert words[1] in targets, line
        elif words and words[0].endswith("cleaner"):
            parsed = make_parser().parse_args(words[1:])
            assert parsed.call, line


def test_rule_examples_load_and_hold() -> None:
    files = [(page, b) for page in ("docs/rules.md", "docs/html.md") for b in blocks(page) if b.language == "yaml"]
    assert len(files) > 10
    for page, block in files:
        pack = parse_pack({f"{page}:{block.line}": block.content})
        failed = [str(outcome) for rule in pack.rules for outcome in outcomes(rule, pack) if not outcome.passed]
        assert not failed, f"{page}:{block.line}: " + "\n".join(failed)


# ---------------------------------------------------------------------------------------------------
# Links


@pytest.mark.parametrize(
    "page", [*PAGES, *(f"docs/rules/{p.name}" for p in ROOT.glob("docs/rules/*.md")), "raw/README.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    for found in _LINK.finditer(prose_of(page)):
        link = next(filter(None, found.groups()))
        path, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", path):
            assert path.startswith("https://"), link
            continue
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), f"{page}: {link}"
        if anchor:
            assert anchor in set(_anchors(target.read_text("utf-8"))), f"{page}: {link}"


def _anchors(text: str) -> Iterator[str]:
    """Of the headings, as GitHub makes them."""
    for _, heading in _HEADING.findall(_FENCE.sub("", text)):
        yield re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# ---------------------------------------------------------------------------------------------------
# Nothing is missing, and nothing is told that isn't there


def _commands(parser: argparse.ArgumentParser, name: str = "cleaner") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by its full name."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield name, parser
    for action in inner:
        for word, each in action.choices.items():
            yield from _commands(each, f"{name} {word}")


COMMANDS = dict(_commands(make_parser()))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_its_options_are_documented(name: str) -> None:
    wanted = {
        max(action.option_strings, key=len) if action.option_strings else str(action.metavar or action.dest).upper()
        for action in COMMANDS[name]._actions
        if not isinstance(action, argparse._HelpAction)
    }
    assert {key.split()[0] for key in table("docs/commands.md", name)} == wanted


def test_every_documented_command_exists() -> None:
    told = {heading for _, heading in _HEADING.findall(prose_of("docs/commands.md")) if heading.startswith("cleaner ")}
    assert told == set(COMMANDS)


def test_every_setting_is_documented_with_its_default() -> None:
    rows = table("docs/commands.md", "Settings")
    assert list(rows) == [each.name for each in fields(Settings)]
    for each in fields(Settings):
        default = ast.literal_eval(_python(_CODE.findall(rows[each.name][0])[0]))
        wanted = {} if each.default is MISSING else each.default  # a table of its own, which says nothing
        assert default == (list(wanted) if isinstance(wanted, tuple) else wanted), each.name


def test_every_setting_of_duplicates_is_documented_with_its_default() -> None:
    rows = table("docs/duplicates.md", "Settings")
    told = {key: ast.literal_eval(_python(_CODE.findall(row[0])[0])) for key, row in rows.items()}
    assert {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()} == {
        each.name: each.default for each in fields(Duplicates)
    }


def _python(toml: str) -> str:
    return {"true": "True", "false": "False", "unset": "None"}.get(toml, toml)


SHAPES: Mapping[str, tuple[type, str]] = {
    "A rule": (rules.Rule, ""),
    "neighbour": (rules.Neighbour, "neighbour"),
    "duplicate_line": (rules.DuplicateLine, "duplicate_line"),
    "join": (rules.Join, "join"),
    "document": (rules.Filter, "document"),
    "article_region": (rules.ArticleRegion, "article_region"),
    "where": (rules.Where, "where"),
    "cut": (rules.Cut, "cut"),
    "budget": (rules.Budget, "budget"),
    "Examples": (rules.Example, "removes"),
}
"""Heading of docs/rules.md → the type whose keys stand there, and the key of a rule that holds it."""


@pytest.mark.parametrize("heading", SHAPES)
def test_every_key_of_a_rule_is_documented(heading: str) -> None:
    shape, _ = SHAPES[heading]
    assert set(table("docs/rules.md", heading)) == {each.name for each in fields(shape)} - {"origin"}


@pytest.mark.parametrize(
    ("heading", "key"), [(heading, key) for heading in SHAPES for key in table("docs/rules.md", heading)]
)
def test_a_key_is_written_as_its_example_says(heading: str, key: str) -> None:
    """The example of each row is read, typed and compiled, whatever else a rule of that sort would need."""
    example = yaml.safe_load(_CODE.findall(table("docs/rules.md", heading)[key][-1])[-1])
    assert list(example) == [key]
    _, within = SHAPES[heading]
    rule = {"id": "a/b", "why": "x", "label": "ad", **({within: example} if within else example)}
    assert not [fault for fault in _faults(rule) if fault.code in ("unknown-key", "wrong-value", "pattern")]


def _faults(rule: Mapping[str, Any]) -> tuple[RuleFault, ...]:
    try:
        parse_pack({"a.yaml": yaml.safe_dump({"rules": [rule]}, allow_unicode=True)})
    except RulesError as error:
        return error.faults
    return ()


def test_every_kind_has_its_section() -> None:
    for kind in KIND_TABLE:
        assert section("docs/rules.md", kind)


def test_every_key_of_a_rule_file_is_documented() -> None:
    assert set(table("docs/rules.md", "A file")) == set(rule_schema()["properties"])


def test_every_label_and_metadata_field_is_documented() -> None:
    assert tuple(table("docs/rules.md", "Labels")) == rules.LABELS
    assert tuple(table("docs/rules.md", "Metadata")) == rules.FIELD_NAMES


@pytest.mark.parametrize("choices", [rules.Action, rules.Status, rules.Zone, Any], ids=["action", "status", "zone", ""])
def test_every_choice_is_documented(choices: Any) -> None:
    words = get_args(choices) or tuple(
        word
        for shape, key in ((rules.Cut, "to"), (rules.Filter, "fact"))
        for word in get_args(get_type_hints(shape)[key])
    )
    assert set(words) <= set(_CODE.findall(prose_of("docs/rules.md")))


@pytest.mark.parametrize("config", TABLES, ids=lambda config: config.config)
def test_every_column_is_documented_with_its_type(config: Any) -> None:
    rows = table("docs/dataset.md", config.config)
    own = config.columns if config.config != "rejected" else config.columns[: -len(TABLES[0].columns)]
    assert list(rows) == [column.name for column in own]
    assert [cells[0] for cells in rows.values()] == [_told_type(column.type) for column in own]


def _told_type(kind: Any) -> str:
    if pa.types.is_list(kind):
        return f"list of {_told_type(kind.value_type)}"
    return "struct" if pa.types.is_struct(kind) else str(kind)


def test_every_public_name_is_documented() -> None:
    told = set(_CODE.findall(prose_of("docs/library.md")))
    missing = [n for n in cleaner.__all__ if not any(re.match(rf"(?:cleaner\.)?{n}\b", code) for code in told)]
    assert not missing
    for shape in (Article, model.Edit, model.Signals):
        assert list(table("docs/library.md", shape.__name__)) == [each.name for each in fields(shape)]


def test_every_input_format_is_documented() -> None:
    told = set(_CODE.findall(section("docs/commands.md", "What can be read")))
    assert set(READERS) <= told
    assert set(READERS) <= set(_CODE.findall(prose_of("README.md")))


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == cleaner.__version__


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("HTML", ".html" in READERS),
        ("WARC", any("warc" in suffix for suffix in READERS)),
        ("Ray", "ray" in ENGINES),
        ("near-duplicates", (ROOT / "cleaner" / "dedup").exists()),
        ("splits", (ROOT / "cleaner" / "splits.py").exists()),
    ],
)
def test_the_readme_names_missing_features(name: str, there: bool) -> None:
    assert (name in section("README.md", "What it does not do")) is not there


def test_the_picture_shows_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    picture = import_module("picture")
    told = re.search(r"<desc>(.*?)</desc>", picture.FILE.read_text("utf-8"), re.DOTALL)
    assert told
    assert unescape(told[1]) == picture.printed().plain, "draw it again: python docs/picture.py"
