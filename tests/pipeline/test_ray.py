"""Builds on a Ray cluster of two nodes: the same bytes as here, whatever dies on the way."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cleaner.cli import run
from cleaner.dataset.digests import versions
from cleaner.dedup.database import Database
from cleaner.dedup.grouping import EXACT, NEAR
from cleaner.dedup.lsh import SHARED, Bands, Sketches, shared_bands
from cleaner.errors import CleanerError, InputError
from cleaner.model.options import Duplicates, Options
from cleaner.model.rule import RulePack
from cleaner.pipeline.build import build
from cleaner.pipeline.engines import Tick
from cleaner.pipeline.engines import ray as engine
from cleaner.pipeline.engines.ray import on_ray
from cleaner.pipeline.engines.ray_lsh import bands_of_many
from cleaner.pipeline.report import Progress
from cleaner.pipeline.run import BuildJob, worker
from cleaner.pipeline.shard import Shard
from cleaner.pipeline.shard_store import ShardReport
from cleaner.rules.load import parse_pack
from support.duplicates import corpus, dropped
from support.projects import RULES, STORY, content, prepare, results

# Ray leaves the logs of the processes that it starts open, and those processes to themselves.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

SHARDS = 12


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes with a core each; this process is connected to the first."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'cleaner[ray]'")
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="ray") as short:
        for name, value in {
            "RAY_TMPDIR": short, "RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), *sys.path]),
            "RAY_AUTH_MODE": "disabled", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        import ray
        from ray.cluster_utils import Cluster

        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        nodes.add_node(num_cpus=1)
        ray.init(address=nodes.address, log_to_driver=False, logging_level="error")
        try:
            yield nodes
        finally:
            ray.shutdown()
            nodes.shutdown()
            gc.collect()  # what Ray leaves open is closed here, and not in the midst of another test


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A feed that makes a dozen shards, and the dataset that one process builds of it."""
    prepare(tmp_path)
    records = (json.dumps({"id": f"{n:03}", "text": STORY * (1 + n % 3)}) for n in range(240))
    feed = tmp_path / "raw" / "feed.jsonl"
    feed.write_text("\n".join(records))
    (tmp_path / "cleaner.toml").write_text(f"shard_bytes = {feed.stat().st_size // SHARDS}\n")
    built(tmp_path, "alone", workers=1)
    return tmp_path


def built(project: Path, dist: str, **more: Any) -> None:
    size = int((project / "cleaner.toml").read_text().split("=")[1])
    pack = parse_pack({"rules.yaml": RULES})
    report = build(str(project / "raw"), project / dist, rules=pack, duplicates=Duplicates(), shard_bytes=size, **more)
    assert report.shards == SHARDS


# A build


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray Data's, of itself
@pytest.mark.usefixtures("cluster")
def test_the_command_builds_the_same_bytes_on_a_cluster(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a relative place, too: the working folder of workers is another one."""
    monkeypatch.chdir(project)
    monkeypatch.setattr("cleaner.pipeline.engines.ray_lsh.LEAST", 1)  # grouped there, too
    assert run(["build", "raw", "dist", "--engine", "ray", "--quiet"]) == 0
    assert content(project / "dist") == content(project / "alone")


def test_a_node_that_dies_in_mid_build_loses_nothing(
    cluster: Any, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies while it holds a shard, half written: some shards are done by then, and some are not begun."""
    doomed = cluster.add_node(num_cpus=1)
    signals = project / "signals"
    signals.mkdir()
    stopped = pipe(signals / "held")
    gate = (signals / "gate").open("w")
    fcntl.flock(gate, fcntl.LOCK_EX)
    held: list[str] = []

    def kill(_: Progress) -> None:
        if not held:
            held.append(said(stopped))
            cluster.remove_node(doomed, allow_graceful=False)
            gate.close()

    monkeypatch.setattr("cleaner.pipeline.run.worker", partial(stopping_worker, signals, doomed.node_id))
    built(project, "dist", engine="ray", progress=kill)

    runs = [path.name.split("@") for path in signals.glob("*@*")]
    lost = [number for number, node in runs if node == doomed.node_id]
    again = [number for number, node in runs if number in lost and node != doomed.node_id]
    print(f"{len({node for _, node in runs})} nodes ran {len(runs)} tasks for {SHARDS} shards;")
    print(f"a node died in the midst of shard {', '.join(lost)}; run again elsewhere: {', '.join(again)}")
    assert held == lost == again
    assert content(project / "dist") == content(project / "alone")


def pipe(path: Path) -> int:
    """A named pipe, its end to read from open."""
    os.mkfifo(path)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def said(by: int) -> str:
    """What a worker writes to a pipe, when it does, and until it closes it."""
    with os.fdopen(by) as file:
        assert select.select([file], [], [], 120)[0], "the worker never came to that"
        return file.read()


def stopping_worker(
    signals: Path, doomed: str, rules: RulePack, options: Options
) -> Callable[[BuildJob, Tick], ShardReport]:
    """The worker. On the doomed node it stops in the midst of one, and the third waits for its end."""
    import ray

    here = ray.get_runtime_context().get_node_id()
    inner = worker(rules, options)

    def stopping(job: BuildJob, tick: Tick) -> ShardReport:
        if not isinstance(job, Shard):
            return inner(job, tick)
        number = job.planned.number
        (signals / f"{number}@{here}").touch()
        documents = 0

        def counted(more: int, size: int) -> None:
            nonlocal documents
            documents += more
            if here == doomed and documents == 5:
                (signals / "held").write_text(str(number))
                signal.pause()
            tick(more, size)

        if here != doomed and number > 1:
            with (signals / "gate").open() as gate:
                fcntl.flock(gate, fcntl.LOCK_SH)
        return inner(job, counted)

    return stopping


# The engine


def square(job: int, tick: Tick) -> int:
    tick(1, job)
    return job * job


def prepare_square() -> Callable[[int, Tick], int]:
    return square


def process(_: int, __: Tick) -> int:
    return os.getpid()


def prepare_once(folder: Path) -> Callable[[int, Tick], int]:
    (folder / str(os.getpid())).touch(exist_ok=False)
    return process


def prepare_fault() -> Callable[[int, Tick], int]:
    raise InputError("rules", "a fault of the user's")


def die(job: int, _: Tick) -> int:
    os._exit(job)


def prepare_death() -> Callable[[int, Tick], int]:
    return die


def silent(*_: int) -> None:
    """Tell nobody."""


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("workers", [0, 1, 3])
def test_every_job_is_done_and_reported(workers: int) -> None:
    ticks: list[tuple[int, int]] = []
    done = results(on_ray, prepare_square, range(20), workers=workers, tick=lambda *done: ticks.append(done))
    assert sorted(done) == [n * n for n in range(20)]
    assert [sum(each) for each in zip(*ticks, strict=True)] == [20, sum(range(20))]


@pytest.mark.usefixtures("cluster")
def test_a_process_prepares_once_for_all_its_jobs(tmp_path: Path) -> None:
    pids = list(results(on_ray, partial(prepare_once, tmp_path), range(20), workers=0, tick=silent))
    assert {path.name for path in tmp_path.iterdir()} == set(map(str, pids))
    assert len(set(pids)) < len(pids)


@pytest.mark.usefixtures("cluster")
def test_the_errors_of_jobs_are_raised() -> None:
    with pytest.raises(InputError, match="a fault of the user's"):
        list(results(on_ray, prepare_fault, [1, 2], workers=0, tick=silent))


@pytest.mark.usefixtures("cluster")
def test_workers_that_die_each_time_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_RETRIES", 1)
    with pytest.raises(CleanerError, match=r"a job was tried 2 times, and its worker died.*use smaller shards"):
        list(results(on_ray, prepare_death, [1], workers=0, tick=silent))


@pytest.mark.usefixtures("cluster")
def test_a_machine_with_other_versions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "versions", lambda: {**versions(), "lxml": "0.1"})
    with pytest.raises(CleanerError, match=r"has other versions, which might write other bytes: lxml .* \(here 0\.1\)"):
        list(results(on_ray, prepare_square, [1], workers=0, tick=silent))


@pytest.mark.usefixtures("cluster")
def test_a_machine_that_lacks_a_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match="nowhere: is not there on that machine; read and write where every machine"):
        list(results(on_ray, prepare_square, [1], workers=0, tick=silent, places=[tmp_path, tmp_path / "nowhere"]))


@pytest.mark.usefixtures("cluster")
def test_when_the_caller_stops_no_job_runs_on(tmp_path: Path) -> None:
    end = pipe(tmp_path / "end")
    os.mkfifo(tmp_path / "begun")
    done = results(on_ray, partial(prepare_waiting, tmp_path), [0, 1], workers=2, tick=silent)
    assert next(done) == 0
    done.close()
    assert said(end) == ""  # it is closed with the process


def prepare_waiting(folder: Path) -> Callable[[int, Tick], int]:
    return partial(wait, folder)


def wait(folder: Path, job: int, _: Tick) -> int:
    """The second job holds a pipe open and never ends; the first ends as soon as that has begun."""
    if job:
        with (folder / "end").open("w"):
            (folder / "begun").write_text("")
            signal.pause()
    (folder / "begun").read_text()
    return job


def test_without_ray_the_next_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(CleanerError, match=r"Ray is not installed; pip install 'cleaner\[ray\]'"):
        list(results(on_ray, prepare_square, [1], workers=0, tick=silent))


def test_a_missing_cluster_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'cleaner[ray]'")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(CleanerError, match=r"no Ray cluster answers: .*refused; see that it runs and RAY_ADDRESS"):
            list(results(on_ray, prepare_square, [1], workers=0, tick=silent))


# Duplicates


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray Data's, of itself
@pytest.mark.usefixtures("cluster")
def test_the_same_documents_are_dropped_on_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And before that, each bucket has the same members, whatever a task takes at a time."""
    monkeypatch.setattr("cleaner.pipeline.engines.ray_lsh._ROWS", 64)
    monkeypatch.setattr("cleaner.pipeline.engines.ray_lsh._KEYS", 1000)
    shared: list[int] = []

    def both(sketches: Sketches, way: Bands, database: Database) -> None:
        found = []
        for find in (shared_bands, bands_of_many):
            database.execute(f"TRUNCATE {SHARED}")
            find(sketches, way, database)
            found.append(database.execute(f"SELECT * FROM {SHARED} ORDER BY ALL").fetchall())
        assert found[0] == found[1]
        shared.append(len(found[0]))

    texts = corpus()
    here, there = dropped(tmp_path, texts, (30, 60)), dropped(tmp_path, texts, (30, 60), find=both)
    assert {each.filter for each in here.values()} == {EXACT, NEAR}
    assert here == there
    assert shared[0] > 500
