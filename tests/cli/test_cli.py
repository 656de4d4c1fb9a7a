"""The command line as a user meets it: what it prints, how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

ROOT = Path(__file__).parent.parent.parent
ARTICLE = """\
Lamps return to the harbour

By Anna Reed and Tom Okoro

The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them.

Advertisement

“Nobody had believed it,” said Ilse Brandt, who keeps the harbour office, and who had counted the dark nights.

The council will now decide who is to pay for the new cable, which runs below the old customs house to the pier.

Share this article
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cleaner(tmp_path: Path) -> Run:
    """Run `cleaner` in an empty folder with the rules of the repository."""

    def run(*args: str, stdin: str | bytes = "", **env: str) -> subprocess.CompletedProcess[str]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-c", "from cleaner.cli import main; main()", *args],
            input=data, capture_output=True, cwd=tmp_path, check=False,
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **env},
        )  # fmt: skip
        return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def test_clean_writes_plain_text(cleaner: Run) -> None:
    done = cleaner("clean", stdin=ARTICLE)
    assert done.returncode == 0
    paragraphs = done.stdout.strip().split("\n\n")
    assert paragraphs[0].startswith("The lamps along")
    assert len(paragraphs) == 3


def test_clean_names_each_of_several_files(cleaner: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(ARTICLE)
    done = cleaner("clean", "a.txt", "b.txt")
    assert done.stdout.count("==>") == 2
    assert "==> b <==" in done.stdout


def test_jsonl_gives_a_line_for_every_record(cleaner: Run) -> None:
    records = [json.dumps({"id": "one", "text": ARTICLE}), "{broken", json.dumps({"id": "three"})]
    done = cleaner("clean", "--jsonl", stdin="\n".join(records))
    one, two, three = map(json.loads, done.stdout.splitlines())
    assert one["title"] == "Lamps return to the harbour"
    assert one["authors"] == ["Anna Reed", "Tom Okoro"]
    assert one["language"] == "en"
    assert {piece["label"] for piece in one["removed"]} == {"title", "byline", "ad", "share"}
    for piece in one["removed"]:
        assert ARTICLE[piece["start"] : piece["end"]] == piece["text"]
        assert piece["rule"]
    assert "error" in two
    assert three["id"] == "three"
    assert "text" in three["error"]
    assert done.returncode == 1


def test_a_given_title_and_url_are_used(cleaner: Run) -> None:
    record = {"id": "x", "text": ARTICLE, "url": "https://www.example.com/a", "title": "Lamps return to the harbour"}
    row = json.loads(cleaner("clean", "--jsonl", stdin=json.dumps(record)).stdout)
    assert row["title"] == record["title"]
    assert row["url"] == record["url"]
    assert not row["text"].startswith("Lamps return")


def test_explain_shows_label_and_rule(cleaner: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    output = cleaner("explain", "a.txt").stdout
    assert "ad · ads/" in output
    assert "\x1b[" not in output  # NO_COLOR and a pipe
    assert "authors: Anna Reed | Tom Okoro" in output
    assert "removed by ads/" in cleaner("explain", "a.txt:7").stdout
    kept = cleaner("explain", "a.txt:11").stdout
    assert kept.startswith("11 The council")
    assert "removed by" not in kept
    past = cleaner("explain", "a.txt:99")
    assert past.returncode == 2
    assert "there is no line 99" in past.stderr


def test_build_writes_a_dataset_and_says_so(cleaner: Run, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(ARTICLE)
    (tmp_path / "raw" / "b.pdf").write_bytes(b"%PDF-")
    done = cleaner("build")
    assert done.returncode == 0, done.stderr
    assert "1 of 2 documents kept" in done.stdout
    assert "b.pdf" in done.stdout
    assert (tmp_path / "dist" / "manifest.json").is_file()


RULE = """\
rules:
  - {id: x/ad, label: ad, why: w, line: [%s], removes: [%s], keeps: [k]}
"""


def test_a_diff_is_the_same_text_in_colour_and_without(cleaner: Run, tmp_path: Path) -> None:
    for folder, phrase in (("raw", ""), ("old", "Advertisement"), ("new", "Share this article")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rules.yaml").write_text(RULE % (phrase, phrase))
    (tmp_path / "raw" / "rules.yaml").unlink()
    (tmp_path / "raw" / "a.txt").write_text(ARTICLE)
    assert cleaner("build", "--rules", "old").returncode == 0
    for corpus in ("raw", "dist"):
        plain = cleaner("diff", "old", "new", corpus, FORCE_COLOR="")
        assert plain.returncode == 1, plain.stderr
        assert "- Share this article" in plain.stdout
        assert "\033" not in plain.stdout
        coloured = cleaner("diff", "old", "new", corpus, FORCE_COLOR="1", NO_COLOR="", TERM="xterm-256color").stdout
        assert "\033[31m" in coloured
        assert re.sub("\033\\[[0-9;]*m", "", coloured) == plain.stdout
    assert cleaner("diff", "old", "old", "dist").returncode == 0
    assert cleaner("diff", "old", "new", "dist", "--fail-if", "restored_words > 1").returncode == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("build", "nowhere"), "nowhere"),
        (("clean", "nowhere.txt"), "nowhere.txt"),
        (("clean", "--rules", "nowhere"), "no such folder"),
        (("rules", "show", "ads/stry"), "no rule has this id"),
        (("rules", "test", "nothing/*"), "no rule has this id"),
    ],
)
def test_a_users_mistake_is_one_line_without_a_traceback(cleaner: Run, args: tuple[str, ...], said: str) -> None:
    done = cleaner(*args)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.startswith("cleaner: ")
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_reported_with_its_line(cleaner: Run, tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text('raw = "in"\nbugdet = 0.5\n')
    done = cleaner("clean", stdin="x")
    assert done.returncode == 2
    assert "cleaner.toml:2: unknown setting 'bugdet'; did you mean 'budget'?" in done.stderr


def test_settings_of_pyproject_are_read_and_options_go_before_them(cleaner: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nbudget = "x"\n[tool.cleaner]\nbudget = "x"\n')
    assert "pyproject.toml:4: budget = 'x'" in cleaner("clean", stdin="x").stderr
    (tmp_path / "pyproject.toml").write_text('[tool.cleaner]\ntext_field = "body"\n')
    assert json.loads(cleaner("clean", "--jsonl", stdin='{"body": "Rain."}').stdout)["text"] == "Rain."
    row = json.loads(cleaner("clean", "--jsonl", "--text-field", "b", stdin='{"b": "Rain."}').stdout)
    assert row["text"] == "Rain."


def test_a_suppressed_rule_removes_nothing(cleaner: Run) -> None:
    row = json.loads(cleaner("clean", "--jsonl", stdin=json.dumps({"text": ARTICLE})).stdout)
    rule = next(piece["rule"] for piece in row["removed"] if piece["label"] == "ad")
    other = cleaner("clean", "--jsonl", "--suppress", rule, stdin=json.dumps({"text": ARTICLE})).stdout
    assert "Advertisement" in json.loads(other)["text"]


def test_rules_are_listed_shown_checked_and_tested(cleaner: Run) -> None:
    assert "title/above-the-article" in cleaner("rules", "list", "--label", "title").stdout
    shown = cleaner("rules", "show", "agency/source").stdout
    assert "index literals" in shown
    assert "bylines.yaml" in shown
    assert "no faults" in cleaner("rules", "check").stderr
    assert ", 0 failed" in cleaner("rules", "test", "title/*").stdout


def test_faults_of_rules_are_reported_in_the_format_asked_for(cleaner: Run, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text("label: ad\nrules:\n  - id: a/b\n    lne: x\n")
    text = cleaner("rules", "check")
    assert text.returncode == 1
    assert "rules/a.yaml:4:5 a/b: unknown key 'lne'; did you mean 'line'?" in text.stdout
    assert json.loads(cleaner("rules", "check", "--format", "json").stdout)[0]["line"]
    assert "::error file=rules/a.yaml,line=4,col=5" in cleaner("rules", "check", "--format", "github").stdout


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from cleaner.cli import run\ntry: run(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"pyarrow", "rich", "yaml", "pydantic", "re2", "ftfy", "datasets", "numpy", "orjson"}


@pytest.mark.skipif("jemalloc" not in pa.supported_memory_backends(), reason="Arrow has no jemalloc here")
@pytest.mark.skipif(sys.platform != "linux", reason="left to Arrow elsewhere")
@pytest.mark.parametrize(("wanted", "taken"), [("", "jemalloc"), ("system", "system")])
def test_arrow_takes_memory_as_the_user_says_or_else_sparingly(wanted: str, taken: str) -> None:
    script = (
        "from cleaner.cli import main\ntry: main(['--version'])\n"
        "finally: import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    )
    own = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    env = {**own, "ARROW_DEFAULT_MEMORY_POOL": wanted} if wanted else own
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.splitlines()[-1] == taken


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_the_commands(cleaner: Run, shell: str) -> None:
    done = cleaner("completion", shell)
    assert done.returncode == 0
    assert "explain" in done.stdout
