"""Bad places and sudden ends: a full disk, a closed pipe, Ctrl-C, a kill; the last dataset stays."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.readers import discover, read
from support.projects import ENVIRONMENT, MAIN, STORY, built, content, prepare

# The disk


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_file_that_the_system_refuses_leaves_the_last_dataset(project: Path, workers: str) -> None:
    """A limit on the size of files; the tests of the build try a disk that is full."""
    records = (json.dumps({"id": n, "text": os.urandom(40_000).hex()}) for n in range(8))
    (project / "raw" / "feed.jsonl").write_text("\n".join(records))
    (project / "cleaner.toml").write_text("shard_bytes = 350_000")  # two, for two workers to share
    before = content(project / "dist")
    script = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); {MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", script, "build", "--workers", workers], cwd=project, capture_output=True, text=True,
        check=False, env=ENVIRONMENT,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("cleaner: articles.parquet: ")
    assert "the file is larger than this system allows; build with smaller shards" in done.stderr
    assert "Traceback" not in done.stderr
    assert content(project / "dist") == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("clean", "raw"), 2), (("clean", "--jsonl", "raw"), 2), (("build",), 1)],  # the dataset is there, its summary not
)
def test_a_full_disk_behind_standard_output_is_reported(project: Path, arguments: tuple[str, ...], code: int) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", MAIN, *arguments], cwd=project, stdout=full, stderr=subprocess.PIPE, text=True,
            check=False, env=ENVIRONMENT,
        )  # fmt: skip
    assert done.returncode == code
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

# The command as it is, but that it says when documents are done, and waits there.
WAITS = f"""
import signal
from cleaner.pipeline.run import BuildRun

def tick(run, documents, size):
    if documents:
        print("running", flush=True)
        signal.pause()

if __name__ == "__main__":
    BuildRun.tick = tick
    # What runs in the background of a shell inherits that Ctrl-C is ignored, and would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(60)
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
    return {path.name for path in project.iterdir()} - {"raw", "rules", "cleaner.toml", "waits.py", ".dist.store"}


def _unfinished(project: Path) -> list[str]:
    return [path.name for path in (project / ".dist.store").iterdir() if not re.fullmatch(_KEPT, path.name)]


_KEPT = r"[0-9a-f]{64}(\.rules)?|manifest\.json"


@pytest.mark.parametrize(
    ("number", "workers", "said"),
    [
        (signal.SIGINT, "1", "interrupted"),
        (signal.SIGINT, "2", "interrupted"),
        (signal.SIGTERM, "1", "ended by SIGTERM"),
        (signal.SIGTERM, "2", "ended by SIGTERM"),
        (signal.SIGHUP, "2", "ended by SIGHUP"),
    ],
)
def test_a_build_that_is_ended_leaves_the_last_dataset_and_nothing_else(
    project: Path, running: Callable[..., subprocess.Popen[str]], number: signal.Signals, workers: str, said: str
) -> None:
    """A terminal sends it to all processes of the command, not to the first alone."""
    before = content(project / "dist")
    with running(workers) as process:
        assert ".dist.building" in _left(project)
        assert workers != "1" or _unfinished(project)  # of two workers, each may be between two shards just now
        os.killpg(process.pid, number)
        printed, remarked = process.communicate(timeout=60)  # when the last worker has ended
    assert process.returncode == 128 + number
    assert remarked == f"cleaner: {said}; no file was left half-written\n"
    assert printed == ""
    assert _left(project) == {"dist"}
    assert _unfinished(project) == []
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


def test_a_file_that_vanishes_in_mid_build_is_reported(tmp_path: Path) -> None:
    (prepare(tmp_path) / "raw" / "a.txt").write_text(STORY)
    (source,), _ = discover(tmp_path / "raw")
    (tmp_path / "raw" / "a.txt").unlink()
    (item,) = read(source)
    assert str(item).startswith("a.txt: no such file or directory; see that the file is there")
