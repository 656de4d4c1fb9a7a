"""Bad input and bad places, as the command meets them: a message, the rest goes on, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cleaner.building import BuildReport, build
from cleaner.cli import run
from cleaner.errors import SettingsError
from cleaner.model import Suppression
from cleaner.readers import discover, read
from cleaner.rulefiles import parse_pack
from cleaner.settings import Settings, load_settings

CLEAN = "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm."
STORY = f"{CLEAN}\n\nShare this\n"
RULES = """\
rules:
  - {id: share/alone, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}
  - {id: x/read, label: related, why: w, inline: 'Read more: \\w+', removes: ['Read more: x'], keeps: [k]}
  - {id: x/copy, label: ad, why: w, repeat: {of: [share]}, removes: ["share> Go\\n⟦Go⟧"], keeps: [k]}
  - {id: quality/no-words, label: quality, why: w, document: {fact: words, min: 1}, removes: [""], keeps: [k]}
"""
MAIN = "from cleaner.cli import main; main()"

ENVIRONMENT = {**os.environ, "COLUMNS": "400", "NO_COLOR": "1", "CLEANER_CACHE": ""}


def cleaner(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run `cleaner` in a folder; whatever it meets, it ends in time and without a traceback."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        input=stdin, capture_output=True, cwd=folder, check=False, timeout=300, env=ENVIRONMENT,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return subprocess.CompletedProcess(arguments, done.returncode, done.stdout.decode(), done.stderr.decode())


def prepare(folder: Path) -> Path:
    """A project: rules, and an empty raw/."""
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yaml").write_text(RULES)
    (folder / "raw").mkdir()
    return folder


def built(folder: Path, dist: str = "dist") -> BuildReport:
    return build(str(folder / "raw"), folder / dist, rules=parse_pack({"rules.yaml": RULES}), workers=1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one text, and the dataset of an earlier build."""
    folder = prepare(tmp_path_factory.mktemp("finished"))
    (folder / "raw" / "a.txt").write_text(STORY)
    built(folder)
    return folder


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    """A copy of that, to be spoilt."""
    return shutil.copytree(finished, tmp_path / "project")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(dist: Path, table: str) -> list[dict[str, Any]]:
    return [row for file in sorted((dist / table).iterdir()) for row in pq.read_table(file).to_pylist()]


# One folder with all that goes wrong: the rest is built, and each fault has its row and its message


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The dataset of it, and what the build said."""
    folder = prepare(tmp_path_factory.mktemp("messy"))
    raw = folder / "raw"
    (folder / "outside.txt").write_text("Not to be read.")
    (raw / "good.txt").write_text(STORY)
    (raw / "empty.txt").write_bytes(b"")
    (raw / "blank.txt").write_bytes(b"\n \t\n")
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (raw / "picture.png").write_bytes(b"\x89PNG\r\n")
    (raw / "noformat").write_text("x")
    (raw / "latin.txt").write_bytes("Le café rouvre, déjà très fréquenté par les pêcheurs.".encode("cp1252"))
    (raw / "halved.txt").write_bytes(
        "Das Café öffnet wieder, früher als geplant, für die Gäste. ".encode() * 3 + b"\xc3 Ja."
    )
    (raw / "out.txt").symlink_to(folder / "outside.txt")
    (raw / "nowhere.txt").symlink_to(folder / "gone.txt")
    (raw / "circle.txt").symlink_to(raw / "circle.txt")
    (raw / "alone.json").write_text("{}")
    (raw / "side.txt").write_text(STORY)
    (raw / "side.json").write_text("{broken")
    os.mkfifo(raw / "pipe.txt")
    (raw / os.fsdecode(b"caf\xe9.txt")).write_text(STORY)
    (raw / "cut.jsonl.gz").write_bytes(gzip.compress(json.dumps({"id": "cut", "text": STORY}).encode() * 500)[:-9])
    (raw / "none.jsonl.gz").write_bytes(b"")
    (raw / "wide.jsonl").write_bytes(json.dumps({"text": STORY}).encode("utf-16"))
    records = [
        {"id": "first", "text": STORY}, "{broken", {"id": "no-text", "body": STORY}, {"id": "number", "text": 3},
        "[1, 2]", {"id": "first", "text": "Another one."}, '{"id": "deep", "text": ' + "[" * 200_000, "",
        '{"id": "half", "text": "One \\ud800 half."}', b'{"id": "bytes", "text": "Caf\xe9 au lait, tr\xe8s bon."}',
        {"id": "last", "text": STORY},
    ]  # fmt: skip
    lines = [
        x if isinstance(x, bytes) else x.encode() if isinstance(x, str) else json.dumps(x).encode() for x in records
    ]
    (raw / "feed.jsonl").write_bytes(b"\n".join(lines))
    done = cleaner(folder, "build", "--workers", "1")
    assert done.stderr == ""
    return folder / "dist", done.stdout


def test_what_can_be_read_is_built(messy: tuple[Path, str]) -> None:
    texts = {row["id"]: row["text"] for row in rows(messy[0], "articles")}
    assert texts == {
        "good": CLEAN, "side": CLEAN, "first": CLEAN, "last": CLEAN, "caf\\xe9": CLEAN, "half": "One � half.",
        "latin": "Le café rouvre, déjà très fréquenté par les pêcheurs.",
        "halved": "Das Café öffnet wieder, früher als geplant, für die Gäste. " * 3 + "� Ja.",
        "bytes": "Café au lait, très bon.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "reason", "cause", "hint"),
    [
        ("empty.txt", "quality/no-words", None, None),
        ("blank.txt", "quality/no-words", None, None),
        ("binary.txt", "input/unreadable", "is binary: 10% of its bytes are control", "take the file out"),
        ("picture.png", "input/refused", "there is no reader for .png", "there are readers for .txt"),
        ("noformat", "input/refused", "has no suffix to tell its format by", "there are readers for .txt"),
        ("out.txt", "input/refused", "is a link that leads out of the folder", "copy the file here"),
        ("nowhere.txt", "input/refused", "no such file", "see where the link leads"),
        ("circle.txt", "input/refused", "symbolic links", "see where the link leads"),
        ("alone.json", "input/refused", "is a sidecar without its text", "put alone.txt beside it"),
        ("side.json", "input/unreadable", "the sidecar is no JSON", "side.txt was read without its metadata"),
        ("pipe.txt", "input/refused", "is neither a file nor a folder", "take it out"),
        ("cut.jsonl.gz", "input/unreadable", "its gzip data is cut short", "fetch the file or pack it again"),
        ("none.jsonl.gz", "input/unreadable", "is empty: it holds no gzip data", "fetch the file"),
        ("wide.jsonl", "input/unreadable", "is not UTF-8, as JSON Lines are", "iconv -f UTF-16 -t UTF-8"),
        ("feed.jsonl:2", "input/unreadable", "is no JSON:", "mend the line"),
        ("feed.jsonl:3", "input/unreadable", "has no field `text`", "it has body"),
        ("feed.jsonl:4", "input/unreadable", "its field `text` holds a number", "mend the record"),
        ("feed.jsonl:5", "input/unreadable", "holds an array, not an object", "mend the line"),
        ("feed.jsonl:6", "input/duplicate-id", "an earlier document has the same id", "give each record an id"),
        ("feed.jsonl:7", "input/unreadable", "is nested too deep", "mend the line"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_the_next_step(
    messy: tuple[Path, str], source: str, reason: str, cause: str | None, hint: str | None
) -> None:
    (row,) = [row for row in rows(messy[0], "rejected") if row["source"] == source]
    assert row["filter"] == reason
    assert (row["cause"] is None) is (cause is None)
    assert (cause or "") in (row["cause"] or "")
    assert (hint or "") in (row["hint"] or "")


def test_nothing_is_rejected_that_is_not_told_above(messy: tuple[Path, str]) -> None:
    rejected = rows(messy[0], "rejected")
    assert len(rejected) == 20
    assert len({row["id"] for row in rejected} | {row["id"] for row in rows(messy[0], "articles")}) == 29
    manifest = json.loads((messy[0] / "manifest.json").read_bytes())
    assert (manifest["documents"]["all"], manifest["documents"]["kept"]) == (29, 9)
    assert sum(manifest["documents"]["rejected"].values()) == 20
    assert {each["source"] for each in manifest["refused"]} == {
        row["source"] for row in rejected if row["filter"] == "input/refused"
    }


def test_the_summary_names_files_and_causes(messy: tuple[Path, str]) -> None:
    said = messy[1]
    assert "9 of 29 documents kept" in said
    assert "alone.json: is a sidecar without its text; put alone.txt beside it" in said
    assert "picture.png: there is no reader for .png; there are readers for" in said
    assert "… and 9 more" in said  # of 17 faults of the input eight are shown


def test_a_link_that_leads_out_is_not_read_by_any_name(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("Not to be read.")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "raw" / "up").symlink_to("..")
    sources, refused = discover(tmp_path / "raw")
    assert (sources, [item.source for item in refused]) == ([], ["folder", "up"])


# Size


def test_a_line_of_thirty_megabytes_takes_its_time_and_no_more(tmp_path: Path) -> None:
    raw = prepare(tmp_path) / "raw"
    line = "The lamps came on – share this, read more. Boats again. " * 560_000 + "Read more: boats"
    assert len(line.encode()) > 30_000_000
    (raw / "long.txt").write_text(f"{line}\nShare this\n")
    (raw / "long.jsonl").write_bytes(b'{"id": "broken", "text": "' + b"a" * 30_000_000 + b"\n")
    (raw / "z.txt").write_text(STORY)
    done = cleaner(tmp_path, "build", "--workers", "1")
    assert done.returncode == 0
    assert len(done.stdout) < 3000  # no line is quoted
    kept = {row["id"]: row for row in rows(tmp_path / "dist", "articles")}
    assert set(kept) == {"long", "z"}
    assert kept["long"]["text"] == line.removesuffix(" Read more: boats")
    assert kept["long"]["words_removed"] == 5
    (broken,) = rows(tmp_path / "dist", "rejected")
    assert broken["source"] == "long.jsonl:1"
    assert len(broken["cause"]) < 100


# Mistakes that end a command: one line that names the place and the next step


def _file_at(name: str, text: str = "mine") -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return write


def nothing(_folder: Path) -> None:
    """All is well."""


Here = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run `cleaner` in this process, which is faster; what it does not catch fails the test."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("CLEANER_CACHE", "")

    def ran(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


@pytest.mark.parametrize(
    ("spoil", "arguments", "told"),
    [
        (nothing, ("build", "nowhere"), "nowhere: there is no such file or folder; name a file, a folder, or a glob"),
        (nothing, ("build", "raw/*.jsonl"), "raw/*.jsonl: holds nothing to read; there are readers for .txt"),
        (nothing, ("build", "nowhere://a/b"), "nowhere://a/b: can't be reached: Protocol not known"),
        (nothing, ("build", "x" * 5000), "x: there is no such file or folder; name a file"),
        (_file_at("p.png"), ("build", "p.png"), "p.png: there is no reader for .png; there are readers for .txt"),
        (_file_at("new"), ("build", "raw", "new"), "new: is a file; name a folder"),
        (_file_at("new"), ("build", "raw", "new/dist"), "new/dist: a file stands where a folder is wanted; choose"),
        (_file_at("new/a.txt"), ("build", "raw", "new"), "new: holds files, and is no dataset of ours; name a new"),
        (_file_at("new/manifest.json"), ("build", "raw", "new"), "new: holds files, and is no dataset of ours; name"),
        (_file_at("dist/my.txt"), ("build",), "dist: holds my.txt, which no build wrote; move that away, or write"),
        (_file_at("dist/README.md"), ("build",), "dist/README.md: was changed by hand since it was built; move it"),
        (nothing, ("build", "raw", "raw/dist"), "raw/dist: lies in the input folder raw; write the dataset beside it"),
        (nothing, ("build", "raw", "."), ".: holds "),
        (nothing, ("build", "--rules", "nowhere"), "nowhere:1:1: no such folder; name one with --rules"),
        (_file_at("rules/b.yaml", "rules: [\n"), ("build",), "b.yaml:2:1: not YAML: "),
        (_file_at("cleaner.toml", "raw = 3"), ("build",), "cleaner.toml:1: raw = 3; it is a text"),
        (_file_at("cleaner.toml", "raw = ["), ("build",), "cleaner.toml: not TOML: "),
        (_file_at("cleaner.toml", "workers = -1"), ("build",), "cleaner.toml:1: workers = -1; it is a whole number, 0"),
        (_file_at("cleaner.toml", "shard_bytes = 0"), ("build",), "cleaner.toml:1: shard_bytes = 0; it is a whole num"),
        (_file_at("cleaner.toml", "\nbudget = nan"), ("build",), "cleaner.toml:2: budget = nan; it is a number from 0"),
        (_file_at("cleaner.toml", "[[suppress]]\nrule = 3"), ("build",), "cleaner.toml:1: suppress: {'rule': 3}; it"),
        (_file_at("cleaner.toml", "\n[[supress]]"), ("build",), "cleaner.toml:2: unknown setting 'supress'; did you"),
        (_file_at("pyproject.toml", "[tool]\ncleaner = 1"), ("build",), "pyproject.toml: tool.cleaner = 1; write the"),
        (lambda folder: (folder / "cleaner.toml").write_bytes(b"\xff\xfe"), ("build",), "cleaner.toml: is not UTF-8"),
        (nothing, ("clean", "nowhere.txt"), "nowhere.txt: there is no such file or folder; name a file"),
        (nothing, ("explain", "nowhere.txt"), "nowhere.txt: there is no such file or folder; name a file"),
        (nothing, ("explain", "raw/a.txt:9"), "raw/a.txt:9: there is no line 9; the text has 4 lines"),
        (lambda folder: (folder / "b.txt").write_bytes(bytes(range(256))), ("explain", "b.txt"), "b.txt: is binary: "),
        (nothing, ("diff", "--rules", "nowhere"), "nowhere: no such folder; name one with --rules"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_line_and_loses_nothing(
    project: Path, here: Here, spoil: Callable[[Path], object], arguments: tuple[str, ...], told: str
) -> None:
    spoil(project)
    before = content(project)
    code, said, remarked = here(*arguments)
    assert (code, said) == (2, "")
    assert remarked.replace("x" * 5000, "x").startswith(f"cleaner: {told}")
    assert remarked.count("\n") == 1
    assert content(project) == before
    assert {path.name for path in project.iterdir()} == {path.split("/")[0] for path in before}


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("cleaner.toml", "", Settings()),
        ("cleaner.toml", "workers = 0\nshard_bytes = 1\nbudget = 0", Settings(workers=0, shard_bytes=1, budget=0)),
        ("cleaner.toml", "budget = 1\nexperimental = true", Settings(budget=1, experimental=True)),
        ("cleaner.toml", "[[suppress]]\nrule = 'a/*'", Settings(suppress=(Suppression(rule="a/*"),))),
        ("cleaner.toml", "suppress = [{rule = 'a', host = 'b', document = 'c', why = 'd'}]",
         Settings(suppress=(Suppression(rule="a", host="b", document="c", why="d"),))),
        ("pyproject.toml", "[tool.cleaner]\nraw = 'in'\n[tool.other]\nraw = 3", Settings(raw="in")),
        ("pyproject.toml", "[tool.other]\nraw = 3", Settings()),
        ("pyproject.toml", "tool = 3", Settings()),
    ],
)  # fmt: skip
def test_settings_at_their_bounds_are_taken(tmp_path: Path, file: str, text: str, expected: Settings) -> None:
    (tmp_path / file).write_text(text)
    assert load_settings(tmp_path) == expected
    assert not Settings().options.experimental


@pytest.mark.parametrize("table", ["{}", "3", "{rule = 'a', hots = 'b'}", "{host = 'b'}", "{rule = 'a', why = 3}"])
def test_a_suppression_names_its_rule(tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.other]\nsuppress = 3\n[tool.cleaner]\nsuppress = [{table}]")
    with pytest.raises(SettingsError, match=r"pyproject\.toml:4: suppress: .*; it is a list of tables with `rule`"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("build", "--workers", "-1"), "--workers"),
        (("build", "--budget", "7"), "--budget"),
        (("clean", "--budget", "nan", "raw/a.txt"), "--budget"),
    ],
)
def test_an_option_has_the_bounds_of_its_setting(here: Here, arguments: tuple[str, ...], told: str) -> None:
    code, _, remarked = here(*arguments)
    assert code == 2
    assert told in remarked


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everywhere")
def test_places_without_permission_are_told(project: Path) -> None:
    before = content(project / "dist")
    (project / "raw" / "b.txt").write_text("Nobody may read it.")
    (project / "raw" / "b.txt").chmod(0)
    project.chmod(0o500)
    try:
        done = cleaner(project, "build")
        assert "dist: no permission to write here; choose another folder" in done.stderr
    finally:
        project.chmod(0o700)
    assert content(project / "dist") == before
    assert "b.txt: permission denied; see that the file is there and may be read" in cleaner(project, "build").stdout


def test_what_is_piped_in_may_be_anything(project: Path) -> None:
    done = cleaner(project, "clean", stdin=bytes(range(256)) * 9)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "cleaner: standard input: is binary: 10% of its bytes are control characters; send it"
    )
    assert cleaner(project, "clean", stdin=b"").stdout == "\n"
    records = [b'{"text": "One."}', b"{broken", b"\xff\xfe\x00", b'{"id": 7}', b"", b'{"text": "Two."}']
    done = cleaner(project, "clean", "--jsonl", stdin=b"\n".join(records))
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("text") for row in made] == ["One.", None, None, None, "Two."]
    assert ["error" in row for row in made] == [False, True, True, True, False]
    assert [row["id"] for row in made] == ["-:1", "-:2", "-:3", "7", "-:6"]
    assert done.returncode == 1


def test_a_file_that_is_not_there_does_not_keep_the_others_from_being_cleaned(project: Path, here: Here) -> None:
    (project / "b.txt").write_text("It rained.")
    code, said, remarked = here("clean", "raw/a.txt", "nowhere.txt", "b.txt")
    assert code == 1
    assert "nowhere.txt: there is no such file or folder" in remarked
    assert CLEAN in said
    assert "It rained." in said


@pytest.mark.parametrize("name", ["out[v2]", pytest.param("out[/v2]", id="out[,v2]")])
def test_the_summary_names_the_dataset_as_it_is_called(here: Here, name: str) -> None:
    assert f'datasets.load_dataset("{name}")' in here("build", "raw", name)[1]


# The disk


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_file_that_the_system_refuses_leaves_the_last_dataset(project: Path, workers: str) -> None:
    """A limit on the size of files; the tests of the build try a disk that is full."""
    records = (json.dumps({"id": n, "text": os.urandom(40_000).hex()}) for n in range(8))
    (project / "raw" / "feed.jsonl").write_text("\n".join(records))
    (project / "cleaner.toml").write_text("shard_bytes = 350_000")  # two, for two workers to share
    before = content(project)
    script = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); {MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", script, "build", "--workers", workers], cwd=project, capture_output=True, text=True,
        check=False, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("cleaner: articles/train-0000")
    assert "the file is larger than this system allows; build with smaller shards" in done.stderr
    assert "Traceback" not in done.stderr
    assert content(project) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "arguments",
    [("clean", "raw"), ("clean", "--jsonl", "raw"), ("build",)],
)
def test_a_full_disk_behind_standard_output_is_told(project: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", MAIN, *arguments], cwd=project, stdout=full, stderr=subprocess.PIPE, text=True,
            check=False, env=ENVIRONMENT,
        )  # fmt: skip
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_fault(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "clean", "raw"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert writer.stderr.read() == ""
    assert writer.returncode == 128 + signal.SIGPIPE


# Interrupted and killed

# The command as it is, but for its progress bar: it says when documents are done, and waits there.
WAITS = f"""
import signal
from rich.progress import Progress

def update(bar, task, *, documents, **_):
    if documents:
        print("running", flush=True)
        signal.pause()

if __name__ == "__main__":
    Progress.update = update
    {MAIN}
"""


@pytest.fixture
def running(project: Path) -> Callable[..., subprocess.Popen[str]]:
    """A build over a few hundred documents that has begun to clean them, in a process group of its own."""
    for name in range(4):
        records = (json.dumps({"id": f"{name}-{n}", "text": STORY * 2}) for n in range(100))
        (project / "raw" / f"{name}.jsonl").write_text("\n".join(records))
    (project / "cleaner.toml").write_text("shard_bytes = 10_000")
    (project / "waits.py").write_text(WAITS)

    def start(workers: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "waits.py", "build", "--workers", workers], cwd=project, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        return process

    return start


def _left(project: Path) -> set[str]:
    return {path.name for path in project.iterdir()} - {"raw", "rules", "cleaner.toml", "waits.py"}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_build_and_leaves_the_last_dataset(
    project: Path, running: Callable[..., subprocess.Popen[str]], workers: str
) -> None:
    """A terminal sends it to all processes of the command, not to the first alone."""
    before = content(project / "dist")
    with running(workers) as process:
        assert ".dist.building" in _left(project)
        os.killpg(process.pid, signal.SIGINT)
        said, remarked = process.communicate(timeout=60)  # when the last worker has ended
    assert process.returncode == 130
    assert remarked == "cleaner: interrupted; nothing was left half-written\n"
    assert said == ""
    assert _left(project) == {"dist"}
    assert content(project / "dist") == before


def test_after_a_kill_a_build_works_again(project: Path, running: Callable[..., subprocess.Popen[str]]) -> None:
    before = content(project / "dist")
    with running("2") as process:
        process.kill()
        process.communicate(timeout=60)  # the workers hold standard output, too: none is left
    assert process.returncode == -signal.SIGKILL
    assert _left(project) == {"dist", ".dist.building"}
    assert content(project / "dist") == before
    assert built(project).kept == 401
    assert _left(project) == {"dist"}
    built(project, "fresh")
    assert content(project / "fresh") == content(project / "dist")


def test_a_file_that_vanishes_in_mid_build_is_told(tmp_path: Path) -> None:
    (prepare(tmp_path) / "raw" / "a.txt").write_text(STORY)
    (source,), _ = discover(tmp_path / "raw")
    (tmp_path / "raw" / "a.txt").unlink()
    (item,) = read(source)
    assert str(item).startswith("a.txt: no such file or directory; see that the file is there")
