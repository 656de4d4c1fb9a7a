"""What commands print: nothing that a terminal or a CI obeys, whatever files, ids and rules are called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner.authoring.docs import pages
from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.cli import run
from cleaner.matching.program import Program
from cleaner.model.document import Document
from cleaner.model.escape import shown
from cleaner.rules.load import parse_pack
from support.projects import CLEAN, ENVIRONMENT, MAIN, RULES, STORY, prepare

EVIL = "\x1b[31m\r\x07\x9b\u202e\u200b"
ESCAPED = "\\x1b[31m\\r\\x07\\x9b\\u202e\\u200b"
COMMAND = "::error file=a::"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose names are made to be obeyed; commands run in it."""
    prepare(tmp_path)
    (tmp_path / "raw" / f"{EVIL}\n{COMMAND}.txt").write_text(f"{STORY}\n:warning: [red]{EVIL}x[/red]\n")
    (tmp_path / "raw" / "a.txt").write_text(STORY)
    record = {"id": f"{EVIL}{COMMAND}", "text": f"{CLEAN}\n\nShare this", "title": f"{EVIL}Lamps"}
    (tmp_path / "raw" / "b.jsonl").write_text(json.dumps(record) + "\n" + json.dumps({"id": EVIL, EVIL: "x"}) + "\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLEANER_CACHE", "")
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path


COMMANDS = [
    ("clean", "raw"),
    ("build", "--workers", "1"),
    ("explain", f"raw/{EVIL}\n{COMMAND}.txt"),
    ("explain", "raw/b.jsonl"),
    ("diff", "rules", "edited", "raw"),
    ("diff", "rules", "edited", "raw", "--html"),
    ("rules", "stats", "raw", "--all"),
    ("rules", "suggest", "raw", "--documents", "1", "--hosts", "1"),
    ("rules", "check", "--rules", "broken"),
    ("rules", "check", "--rules", "broken", "--format", "github"),
    ("rules", "check", "--rules", "broken", "--format", "sarif"),
    ("rules", "list", "--rules", "odd"),
    ("rules", "show", "x/odd", "--rules", "odd"),
    ("rules", "test", "--rules", "odd"),
    ("clean", EVIL),
    ("explain", f"{EVIL}:3"),
    ("build", f"raw{EVIL}"),
    ("build", "--text-field", EVIL),
    ("rules", "show", EVIL),
    ("diff", EVIL),
]


@pytest.mark.parametrize("command", COMMANDS, ids=[shown(" ".join(command)) for command in COMMANDS])
def test_nothing_that_is_printed_is_obeyed(
    project: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    why = f"{EVIL}why | <b>"
    for folder in ("edited", "broken", "odd"):
        (project / folder).mkdir()
    (project / "edited" / "rules.yaml").write_text(RULES.replace("share this", "no such line"))
    (project / "broken" / f"{EVIL}\n{COMMAND}.yaml").write_text('rules:\n  - {id: "x\\e[31m\\n::error::", lne: a}\n')
    rule = {"id": "x/odd", "label": "ad", "why": why, "line": ["go"], "removes": ["Stay"], "keeps": [f"{EVIL}k"]}
    (project / "odd" / "odd.yaml").write_text(json.dumps({"rules": [rule]}))
    run(command)
    printed = "".join(capsys.readouterr())
    text = printed.split("{", 1)[0] if "sarif" in command else printed
    assert not set(EVIL) - set("[31m") & set(text)
    assert not any(line.startswith("::") for line in text.split("\n") if "github" not in command)
    if "github" in command:
        assert all(line.startswith("::error file=broken/") for line in printed.splitlines() if line.startswith("::"))
    if "sarif" in command:
        (result, *_) = json.loads(printed[: printed.rindex("}") + 1])["runs"][0]["results"]
        assert "\x1b" not in result["message"]["text"]


def test_names_are_shown_escaped_and_data_is_whole(project: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["clean", "raw/b.jsonl", "raw/a.txt"]) == 1
    out = capsysbinary.readouterr()
    assert f"==> {ESCAPED}{COMMAND} <==\n".encode() in out.out
    assert f"it has {ESCAPED}\n".encode() in out.err
    assert run(["clean", "--jsonl", "raw/b.jsonl"]) == 1
    rows = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == [f"{EVIL}{COMMAND}", EVIL]
    assert project.is_dir()


def test_marks_of_rich_in_a_text_are_shown_as_they_are(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "a.txt").write_text(f"{CLEAN}\n\n:warning: [red]stop[/red]\n")
    assert run(["explain", "a.txt"]) == 0
    assert ":warning: [red]stop[/red]" in capsys.readouterr().out


def test_joiners_of_scripts_that_have_them_stay() -> None:
    assert shown("می\u200cخواهم") == "می\u200cخواهم"
    assert shown("👩\u200d🚀") == "👩\u200d🚀"
    assert shown("ad\u200dmin") == "ad\\u200dmin"


def test_the_pages_of_rules_hold_no_markup_of_others() -> None:
    rule = {
        "id": "x/odd", "label": "ad", "why": f"a | b <img src=x> [c](d) {EVIL}", "line": ["go `|` on"],
        "removes": ["Go `|` on"], "keeps": [f"k {EVIL}"],
    }  # fmt: skip
    written = pages(parse_pack({"a`b.yaml": json.dumps({"rules": [rule]})}))
    assert f"A \\| b \\<img src=x\\> \\[c\\](d) {ESCAPED.replace('[', chr(92) + '[')}." in written["ad.md"].replace(
        "\\\\", "\\"
    )
    row = next(line for line in written["index.md"].splitlines() if "x/odd" in line)
    assert "| b" not in row.replace("\\|", "")
    assert not set(EVIL) - set("[31m") & set("".join(written.values()))


# Streams


def _piped(arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `cleaner` with what a shell says of its streams."""
    command = f"{sys.executable} -c '{MAIN}' {arguments}"
    return subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env=ENVIRONMENT | environment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("clean raw/a.txt >&-", 2, "cleaner: standard output: Bad file descriptor; open it\n"),
        ("clean <&-", 2, "cleaner: standard input: can't be read: Bad file descriptor; redirect a file or"),
        ("clean nowhere 2>&-", 2, ""),
        ("build --workers 1 >&-", 0, ""),
        ("build --workers 2 <&- >&- 2>&-", 0, ""),
        ("build --help >/dev/full", 2, "cleaner: standard output: No space left on device; free some space"),
        (
            "build --workers 1 >/dev/full", 1,
            "cleaner: standard output: No space left on device; the dataset is complete, but its summ",
        ),
    ],
)  # fmt: skip
def test_streams_may_be_closed_or_full(tmp_path: Path, arguments: str, code: int, message: str) -> None:
    prepare(tmp_path)
    (tmp_path / "raw" / "a.txt").write_text(STORY)
    done = _piped(arguments, tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(message)
    assert bool(done.stderr) == bool(message)
    if arguments.startswith("build --w"):
        assert (tmp_path / "dist" / "README.md").is_file()


def test_an_encoding_that_lacks_a_character(tmp_path: Path) -> None:
    prepare(tmp_path)
    (tmp_path / "raw" / "a.txt").write_text(f"“{CLEAN}”\n\nShare this\n")
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    done = _piped("clean raw/a.txt", tmp_path, **ascii_only)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "cleaner: standard output: its encoding, ascii, has no '\\u201c' (U+201C); set PYTHON"
    )
    assert "Share this  share \\xb7 share/alone" in _piped("explain raw/a.txt", tmp_path, **ascii_only).stdout
    done = _piped("clean --jsonl raw/a.txt", tmp_path, **ascii_only)
    assert json.loads(done.stdout)["text"] == f"“{CLEAN}”"


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, os.strerror(12)),
        ImportError("libarrow.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
)
def test_too_little_memory_is_a_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fails(_args: object) -> int:
        raise error

    monkeypatch.setattr("cleaner.cli.output.give_up", lambda _stream: None)  # that of the tests goes on
    monkeypatch.setattr("cleaner.cli.completion.completion_command", fails)
    assert run(["completion", "bash"]) == 2
    assert capsys.readouterr().err.startswith("cleaner: not enough memory; add memory, or use fewer --workers")


def test_a_limit_of_address_space_is_reported_before_a_library_aborts(tmp_path: Path) -> None:
    prepare(tmp_path)
    done = subprocess.run(
        ["/bin/bash", "-c", f"ulimit -v 900000; {sys.executable} -c '{MAIN}' build"], cwd=tmp_path,
        capture_output=True, text=True, check=False, timeout=300, env=ENVIRONMENT,
    )  # fmt: skip
    cause = "the address space is limited to 878 MiB, and a build needs 1024 at least"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"cleaner: memory: {cause}; raise the limit with `ulimit -v`; what was there is untouched\n"


@pytest.mark.parametrize("options", [(), ("--jsonl",)])
def test_one_document_that_breaks_the_cleaner_does_not_end_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    prepare(tmp_path)
    for name in "abc":
        (tmp_path / "raw" / f"{name}.txt").write_text(f"{name.upper()}. {CLEAN}\n")

    def faulty(document: Document, program: Program) -> Article:
        if document.id == "b":
            raise OverflowError("too large")
        return clean_document(document, program)

    monkeypatch.setattr("cleaner.cli.clean.clean_document", faulty)
    monkeypatch.chdir(tmp_path)
    assert run(["clean", *options, "raw"]) == 1
    out, err = capsys.readouterr()
    assert "A. The lamps" in out
    assert "C. The lamps" in out
    assert "OverflowError: too large" in (out if options else err)


def test_a_rule_is_not_put_into_a_file_that_is_not_utf8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    mine = "# für mich\nrules: []\n".encode("latin-1")
    (tmp_path / "mine.yaml").write_bytes(mine)
    assert run(["rules", "new", "Lamps of the week", "--label", "ad", "--into", "mine.yaml"]) == 2
    assert capsys.readouterr().err.startswith("cleaner: mine.yaml: is not UTF-8: the byte 0xfc at 3; save the file")
    assert (tmp_path / "mine.yaml").read_bytes() == mine
