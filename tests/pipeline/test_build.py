"""Building: the same bytes every time, nothing lost, and a fault that leaves the last dataset whole."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.errors import CleanerError, InputError, OutputError
from cleaner.matching.program import Program
from cleaner.model.document import Document
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.pipeline.engines import ENGINES, Tick
from cleaner.pipeline.engines.local import local
from cleaner.pipeline.plan import plan
from cleaner.pipeline.report import Progress
from cleaner.readers import Source
from cleaner.readers.fingerprint import Input, digest_inputs
from cleaner.rules.load import parse_pack
from support.projects import content, results

RULES = """
rules:
  - id: share/alone
    label: share
    why: a button on a line of its own
    line: [Share, Share this story]
    removes: [Share]
    keeps: ["Share this burden, he said."]
  - id: legal/rights
    label: legal
    why: the line that ends every page
    pattern: '© \\d{4} .+'
    removes: ["© 2024 Harbour Courier"]
    keeps: ["A © stood on the wall."]
  - id: quality/no-words
    label: quality
    why: a page without words is no article
    document: { fact: words, min: 3 }
    removes: [Gone.]
    keeps: ["Three words stay."]
"""


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"rules.yaml": RULES})


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Two feeds and a text: 61 documents that are kept, one that says too little."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for name in ("harbour", "valley"):
        lines = (
            json.dumps({"id": f"{name}-{n}", "text": f"Boat {n} came in.\n\nShare\n\nNobody saw it.", "n": n})
            for n in range(30)
        )
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    (folder / "short.txt").write_text("Gone.")
    (folder / "zebra.txt").write_text("The last one in order.\n© 2024 Valley Post\n")
    return folder


def rows(dist: Path, config: str) -> list[dict[str, Any]]:
    return [row for file in sorted((dist / config).iterdir()) for row in pq.read_table(file).to_pylist()]


@pytest.fixture
def built(raw: Path, tmp_path: Path, pack: RulePack) -> Path:
    """A dataset that an earlier build has left."""
    build(str(raw), tmp_path / "dist", rules=pack, workers=1)
    return tmp_path / "dist"


# What is built


def test_report_counts_what_is_written(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    report = build(str(raw), tmp_path / "dist", rules=pack, workers=1)
    assert (report.documents, report.kept, report.rejected) == (62, 61, {"quality/no-words": 1})
    assert report.pieces == {"share/alone": 60, "legal/rights": 1}
    assert report.words_removed == {"share": 60, "legal": 4}
    assert report.words_before == report.words_after + report.words_rejected + 64
    assert report.words_rejected == 1
    assert len(rows(report.dist, "articles")) == 61
    assert len(rows(report.dist, "removed")) == 61
    assert [(row["id"], row["filter"], row["figure"], row["text"]) for row in rows(report.dist, "rejected")] == [
        ("short", "quality/no-words", "words 1", "Gone.")
    ]


def test_workers_change_no_byte(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    alone = build(str(raw), tmp_path / "one", rules=pack, workers=1, shard_bytes=1000)
    shared = build(str(raw), tmp_path / "two", rules=pack, workers=2, shard_bytes=1000)
    again = build(str(raw), tmp_path / "one", rules=pack, workers=1, shard_bytes=1000)
    assert alone.shards > 2
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert (alone.documents, alone.pieces) == (shared.documents, shared.pieces) == (again.documents, again.pieces)


@pytest.mark.parametrize("shard_bytes", [1, 700, 3000])
def test_shard_size_changes_no_row(raw: Path, tmp_path: Path, pack: RulePack, built: Path, shard_bytes: int) -> None:
    build(str(raw), tmp_path / "other", rules=pack, workers=1, shard_bytes=shard_bytes)
    for config in ("articles", "removed", "rejected"):
        assert rows(tmp_path / "other", config) == rows(built, config)


sizes = st.lists(st.integers(0, 50), min_size=1, max_size=30)


@given(sizes=sizes, shard_bytes=st.integers(1, 100))
def test_plan_takes_every_source_once_and_in_order(sizes: list[int], shard_bytes: int) -> None:
    sources = [Source(path=Path(f"{n}.txt"), name=f"{n}.txt", size=size) for n, size in enumerate(sizes)]
    inputs = [Input(name=source.name, bytes=source.size, sha256="") for source in sources]
    jobs = plan(sources, inputs, shard_bytes=shard_bytes)
    assert [part.source for job in jobs for part in job.parts] == sources
    assert [job.number for job in jobs] == list(range(len(jobs)))
    # A shard passes its size by its last file at most.
    assert all(job.size < shard_bytes + max(sizes) or job.size <= shard_bytes for job in jobs)


def test_plan_shares_a_small_input_out(tmp_path: Path) -> None:
    file = tmp_path / "feed.jsonl"
    file.write_bytes(b'{"text": "' + b"x" * 1000 + b'"}\n' * 1 + b'{"text": "y"}\n' * 3_000_000)
    source = Source(path=file, name=file.name, size=file.stat().st_size)
    jobs = plan([source], digest_inputs([source]))
    assert len(jobs) > 4
    *full, last = (job.size for job in jobs)
    assert max(full) < 1.2 * min(full)
    assert last <= max(full)


def test_progress_grows_to_the_end(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    seen: list[Progress] = []
    build(str(raw), tmp_path / "dist", rules=pack, workers=1, shard_bytes=1000, progress=seen.append)
    assert [(step.documents, step.bytes, step.shards) for step in seen] == sorted(
        (step.documents, step.bytes, step.shards) for step in seen
    )
    last = seen[-1]
    assert (last.documents, last.bytes, last.shards) == (62, last.total_bytes, last.total_shards)


# Bad input


def test_bad_inputs_are_rejected_and_the_rest_goes_on(tmp_path: Path, pack: RulePack) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text("A sound text here.")
    (raw / "b.txt").write_bytes(bytes(range(256)) * 8)
    (raw / "c.jsonl").write_text('{"text": "One good record."}\n{"text": \n{"body": "No text field."}\n')
    (raw / "d.png").write_bytes(b"\x89PNG")
    (tmp_path / "outside.txt").write_text("Not part of it.")
    (raw / "e.txt").symlink_to(tmp_path / "outside.txt")
    report = build(str(raw), tmp_path / "dist", rules=pack, workers=1, min_readable=0.4)
    assert (report.documents, report.kept) == (7, 2)
    assert report.rejected == {"input/unreadable": 3, "input/refused": 2}
    assert [fault.source for fault in report.unreadable] == ["b.txt", "c.jsonl:2", "c.jsonl:3"]
    assert [fault.source for fault in report.ignored] == ["d.png", "e.txt"]
    rejected = {row["source"]: row for row in rows(report.dist, "rejected")}
    assert set(rejected) == {"b.txt", "c.jsonl:2", "c.jsonl:3", "d.png", "e.txt"}
    assert all(row["cause"] and row["hint"] and row["text"] == "" for row in rejected.values())


def test_a_document_that_breaks_the_cleaner_is_kept_aside(
    raw: Path, tmp_path: Path, pack: RulePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(document: Document, program: Program) -> Article:
        if document.id == "valley-3":
            raise RecursionError("too deep")
        return clean_document(document, program)

    monkeypatch.setattr("cleaner.pipeline.outcomes.clean_document", faulty)
    report = build(str(raw), tmp_path / "dist", rules=pack, workers=1)
    assert report.rejected == {"input/failed": 1, "quality/no-words": 1}
    [row] = [row for row in rows(report.dist, "rejected") if row["filter"] == "input/failed"]
    assert row["text"] == "Boat 3 came in.\n\nShare\n\nNobody saw it."
    assert "RecursionError: too deep" in row["cause"]
    assert [fault.id for fault in report.unreadable] == ["valley-3"]


def test_nothing_to_read(tmp_path: Path, pack: RulePack) -> None:
    (tmp_path / "raw").mkdir()
    with pytest.raises(InputError, match="raw"):
        build(str(tmp_path / "raw"), tmp_path / "dist", rules=pack)
    with pytest.raises(InputError, match="nowhere"):
        build(str(tmp_path / "nowhere"), tmp_path / "dist", rules=pack)
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize(("workers", "shard_bytes"), [(1, 10_000), (1, 1), (1, 150), (2, 150)])
def test_ids_are_unique_and_no_document_is_lost(tmp_path: Path, pack: RulePack, workers: int, shard_bytes: int) -> None:
    """The first in order keeps an id, whatever shard the others fall into; even one that is named like a later one."""
    raw = tmp_path / "raw"
    raw.mkdir()
    wanted = ["x", "y", "x", "x@b.jsonl:1", "z"]
    for name in ("a", "b"):
        records = [{"id": id_, "text": f"Document {name}{n} is here."} for n, id_ in enumerate(wanted)]
        (raw / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    report = build(str(raw), tmp_path / "dist", rules=pack, workers=workers, shard_bytes=shard_bytes)
    kept, rejected = rows(report.dist, "articles"), rows(report.dist, "rejected")
    assert [(row["id"], row["text"]) for row in kept] == [
        ("x", "Document a0 is here."),
        ("y", "Document a1 is here."),
        ("x@b.jsonl:1", "Document a3 is here."),
        ("z", "Document a4 is here."),
    ]
    assert [(row["id"], row["duplicate_of"], row["text"]) for row in rejected] == [
        ("x@a.jsonl:3", "x", "Document a2 is here."),
        ("x@b.jsonl:1@b.jsonl:1", "x", "Document b0 is here."),
        ("y@b.jsonl:2", "y", "Document b1 is here."),
        ("x@b.jsonl:3", "x", "Document b2 is here."),
        ("x@b.jsonl:1@b.jsonl:4", "x@b.jsonl:1", "Document b3 is here."),
        ("z@b.jsonl:5", "z", "Document b4 is here."),
    ]
    assert {row["filter"] for row in rejected} == {"input/duplicate-id"}
    assert (report.documents, report.kept, report.rejected) == (10, 4, {"input/duplicate-id": 6})


# Places


def test_foreign_folder_is_refused(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="no dataset of ours"):
        build(str(raw), dist, rules=pack)
    assert content(dist) == {"thesis.txt": b"years of work"}
    (dist / "manifest.json").write_text('{"format": 1, "name": "of another program"}')
    with pytest.raises(OutputError, match="no dataset of ours"):
        build(str(raw), dist, rules=pack)


def test_empty_folder_is_taken(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    (tmp_path / "dist").mkdir()
    assert build(str(raw), tmp_path / "dist", rules=pack, workers=1).kept == 61


def test_dataset_and_input_lie_apart(raw: Path, pack: RulePack, built: Path) -> None:
    with pytest.raises(OutputError, match="lies in the input folder"):
        build(str(raw), raw / "dist", rules=pack)
    with pytest.raises(OutputError, match="lies in the input folder"):
        build(str(raw), raw, rules=pack)
    (built / "new.txt").write_text("An input in the dataset.")
    with pytest.raises(OutputError, match=r"holds the input new\.txt"):
        build(str(built / "new.txt"), built, rules=pack)
    assert not (raw / "dist").exists()


def test_unwritable_places_are_reported(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        build(str(raw), tmp_path / "file", rules=pack)
    with pytest.raises(OutputError, match="there is a file where a folder is needed"):
        build(str(raw), tmp_path / "file" / "dist", rules=pack)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_missing_permission_is_reported(raw: Path, tmp_path: Path, pack: RulePack) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="no permission to write here; choose another folder"):
        build(str(raw), tmp_path / "locked" / "dist", rules=pack)


def test_a_link_keeps_leading_to_the_dataset(raw: Path, tmp_path: Path, pack: RulePack, built: Path) -> None:
    (tmp_path / "link").symlink_to(built)
    (raw / "zebra.txt").unlink()
    build(str(raw), tmp_path / "link", rules=pack, workers=1)
    assert (tmp_path / "link").is_symlink()
    assert len(rows(built, "articles")) == 60


# Faults in mid-build


def fails_with(error: BaseException) -> Callable[[Progress], None]:
    def progress(step: Progress) -> None:
        if step.documents > 20:
            raise error

    return progress


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("the caller's own fault")])
def test_a_build_that_fails_leaves_the_last_dataset(
    raw: Path, tmp_path: Path, pack: RulePack, built: Path, workers: int, error: BaseException
) -> None:
    before = content(built)
    with pytest.raises(type(error)):
        build(str(raw), built, rules=pack, workers=workers, shard_bytes=500, progress=fails_with(error))
    assert content(built) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dist.store", "dist", "raw"]
    assert not multiprocessing.active_children()


def test_a_full_disk_is_reported(
    raw: Path, tmp_path: Path, pack: RulePack, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(built)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_batch", full)
    with pytest.raises(OutputError, match="the disk is full; free some space and build again"):
        build(str(raw), built, rules=pack, workers=1, no_cache=True)
    assert content(built) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".dist.store", "dist", "raw"]


def test_readers_see_the_last_dataset_until_the_new_one_is_whole(raw: Path, pack: RulePack, built: Path) -> None:
    before = content(built)
    (raw / "zebra.txt").unlink()
    during: list[bool] = []
    build(str(raw), built, rules=pack, workers=1, progress=lambda _: during.append(content(built) == before))
    assert during
    assert all(during)
    assert content(built) != before


# Engines


def square(job: int, tick: Tick) -> int:
    tick(1, job)
    return job * job


def prepare_square() -> Callable[[int, Tick], int]:
    return square


def die(job: int, _: Tick) -> int:
    os._exit(job)


def prepare_death() -> Callable[[int, Tick], int]:
    return die


def prepare_fault() -> Callable[[int, Tick], int]:
    raise InputError("rules", "a fault of the user's")


@pytest.mark.parametrize("workers", [1, 2])
def test_engines_do_every_job_and_report_it(workers: int) -> None:
    ticks: list[tuple[int, int]] = []
    done = results(local, prepare_square, range(6), workers=workers, tick=lambda *done: ticks.append(done))
    assert sorted(done) == [0, 1, 4, 9, 16, 25]
    assert [sum(each) for each in zip(*ticks, strict=True)] == [6, 15]


@pytest.mark.parametrize("workers", [1, 2])
def test_engines_raise_the_errors_of_jobs(workers: int) -> None:
    with pytest.raises(InputError, match="a fault of the user's"):
        list(results(local, prepare_fault, [1, 2], workers=workers, tick=lambda *_: None))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_without_jobs_nothing_is_prepared(engine: str) -> None:
    """A build with nothing to do compiles no rules, and starts no cluster."""
    assert not list(results(ENGINES[engine], prepare_fault, [], workers=0, tick=lambda *_: None))


def test_a_dead_worker_is_reported() -> None:
    with pytest.raises(CleanerError, match=r"a worker process died.*use fewer workers"):
        list(results(local, prepare_death, [1, 2, 3], workers=2, tick=lambda *_: None))


def test_the_bytes_hang_on_no_order_of_a_set(tmp_path: Path) -> None:
    """In each process a set gives what it holds in another order."""
    root = Path(__file__).parent.parent.parent
    cleaner = [sys.executable, "-m", "cleaner"]
    options = ["--rules", f"{root}/rules", "--workers", "1", "--quiet"]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [*cleaner, "build", f"{root}/raw", str(tmp_path / seed), *options]
        subprocess.run(command, env=environment, check=True)
    assert content(tmp_path / "1") == content(tmp_path / "2")


WAITING = """
import signal
# Should it hang after all, it fails and holds nobody up: workers read these lines, too.
signal.alarm(60)
# Tests that run in the background of a shell are born deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from cleaner.pipeline.engines.local import local

def prepare():
    return wait

def wait(job, tick):
    print("running", flush=True)
    signal.pause()

if __name__ == "__main__":
    with local(prepare, workers=2, tick=lambda *_: None) as run:
        list(run([1, 2]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_worker_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    """The workers hold the same pipe as standard output: it ends when the last of them has ended."""
    script = tmp_path / "script.py"
    script.write_text(WAITING)
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["running\n"] * 2
        parent.send_signal(number)
        out, err = parent.communicate(timeout=30)
    assert out == ""
    assert parent.returncode == -number
    assert err.count("Traceback") == (number == signal.SIGINT)  # the parent's own


@pytest.mark.usefixtures("raw")
def test_build_imports_nothing_heavy(tmp_path: Path) -> None:
    """pandas and datasets take seconds to import, in every worker."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    script = (
        "import sys; from pathlib import Path; from cleaner.pipeline.build import build; "
        "from cleaner.rules.load import load_pack; "
        "build('raw', Path('dist'), rules=load_pack(Path('rules')), workers=1); "
        "print(sorted({'pandas', 'datasets', 'polars', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
