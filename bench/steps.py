"""The steps of `make bench`: what of ours is measured, beside what."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.builds import RULES, AbsentError, Bench, build, cpu, digest, fresh, wall, without_rules
from bench.results import Fact, Row, ratio
from bench.rivals import RIVALS, Rival
from bench.running import MIB, ROOT, FailedError, Spent, alternated, run

FLOOR = """
import sys, pyarrow.json as reader, pyarrow.parquet as writer
table = reader.read_json(sys.argv[1], read_options=reader.ReadOptions(use_threads=False))
writer.write_table(table, sys.argv[2], compression="zstd", compression_level=3)
"""
"""The least that makes Parquet of JSON lines, in one thread."""

PEAKS = """
import json, resource, sys
from cleaner.cli import main
try:
    main(sys.argv[2:])
finally:
    who = {"first": resource.RUSAGE_SELF, "worker": resource.RUSAGE_CHILDREN}
    with open(sys.argv[1], "w") as out:
        json.dump({name: resource.getrusage(each).ru_maxrss for name, each in who.items()}, out)
"""
"""`cleaner`, which tells the memory of its first process, and of the largest of its workers."""

EDITED, BEFORE = "es/reader.yaml", "copiar enlace, "
AFTER, BESIDE = "copiar {}, ", "copiar enlace, copiar {}, "
"""The edit of a rule: a file, what stands in it, and what is put in its place. One article in a hundred has it.
What is put in is new in every round, as in life: a pack that was read before is not read again. Put beside the old
phrase, it touches nothing."""

_EACH, _EACH_FULL = 10_000, 100_000  # articles of the smaller build whose memory is measured
_MORE, _MORE_FULL = 4, 10  # times as many in the greater one
_LOTS = 10  # times as many signatures as articles that were signed
_RULE_ARTICLES = 8000
_PROFILED_ARTICLES = 4000
_WORKERS = 2
_DIFFERENT = 1  # what `cleaner diff` ends with where something changes


# ---------------------------------------------------------------------------------------------------
# Steps


def floor(bench: Bench) -> Iterator[Row | Fact]:
    """Builds with one and with two workers beside the floor; sizes, and the cost of a start."""
    raw, out = bench.corpus(bench.articles), bench.folder / "floor.parquet"
    found = alternated(
        bench.rounds,
        floor=lambda: run([sys.executable, "-c", FLOOR, raw, out], cwd=ROOT),
        one=partial(fresh, bench, raw),
        two=partial(fresh, bench, raw, workers=2),
    )
    own: dict[str, Any] = {"step": "floor", "articles": bench.articles, "lower_is": "the floor"}
    yield ratio(key="floor-cpu", what="a whole build to the floor, CPU", upper=cpu(found["one"]),
                lower=cpu(found["floor"]), upper_is="a build, 1 worker", unit="cpu s", reach=6, **own)  # fmt: skip
    yield ratio(key="floor-wall", what="a whole build to the floor, wall time", upper=wall(found["one"]),
                lower=wall(found["floor"]), upper_is="a build, 1 worker", unit="s", **own)  # fmt: skip
    yield ratio(key="floor-wall-two", what="a build by 2 workers to the floor, wall time", upper=wall(found["two"]),
                lower=wall(found["floor"]), upper_is="a build, 2 workers", unit="s", **own)  # fmt: skip
    own["lower_is"] = "2 workers"
    yield ratio(key="two-workers", what="2 workers: how many times as fast as 1", upper=wall(found["one"]),
                lower=wall(found["two"]), upper_is="1 worker", unit="s", reach=1.85, at_least=True, **own)  # fmt: skip
    own["lower_is"] = "1 worker"
    yield ratio(key="two-workers-cpu", what="2 workers to 1, CPU", upper=cpu(found["two"]), lower=cpu(found["one"]),
                upper_is="2 workers", unit="cpu s", **own)  # fmt: skip
    yield Fact(step="floor", key="floor-bytes", what="the floor's Parquet to the JSON", unit="bytes/byte",
               value=out.stat().st_size / raw.stat().st_size, articles=bench.articles)  # fmt: skip
    start = fresh(bench, bench.corpus(1))
    yield from _sizes(bench, raw, min(cpu(found["one"])) - start.cpu)
    yield Fact(step="floor", key="start", what="the start of a build: a corpus of one article", value=start.cpu,
               unit="cpu s", articles=1)  # fmt: skip
    yield Fact(step="floor", key="floor", what="articles a CPU second, the floor", unit="articles/cpu s",
               value=bench.articles / min(cpu(found["floor"])), articles=bench.articles)  # fmt: skip


def _sizes(bench: Bench, raw: Path, spent: float) -> Iterator[Fact]:
    place = bench.place()
    build(raw, place, workers=2)
    dist = place / "dist"
    own: dict[str, Any] = {"step": "floor", "articles": bench.articles}
    size = raw.stat().st_size
    yield Fact(key="rate", what="articles a CPU second, a build without its start", unit="articles/cpu s",
               value=bench.articles / spent, **own)  # fmt: skip
    yield Fact(key="raw-bytes", what="JSON an article", value=size / bench.articles, unit="bytes", **own)
    for name in ("articles", "removed", "rejected", ""):
        inside = sum(each.stat().st_size for each in (dist / name).rglob("*") if each.is_file())
        yield Fact(key=f"dist-{name}" if name else "dist", what=f"the dataset's {name or 'files'} to the JSON",
                   value=inside / size, unit="bytes/byte", **own)  # fmt: skip
    shards = max(1, sum(1 for _ in (dist / "articles").iterdir()))
    files = sum(each.is_file() for each in dist.rglob("*"))
    yield Fact(key="shards", what="shards", value=shards, unit="shards", **own)
    yield Fact(key="files", what="files of the dataset", value=files, unit="files", **own)
    manifest = json.loads((dist / "manifest.json").read_bytes())
    told = sum(len(json.dumps(each)) for name in ("files", "inputs") for each in manifest[name])
    yield Fact(key="manifest", what="manifest a shard", value=told / shards, unit="bytes", **own)
    shutil.rmtree(place)


def peers(bench: Bench) -> Iterator[Row | Fact]:
    """What others need for some of the same steps, with 2 workers on each side."""
    here: dict[int, list[tuple[Rival, Path]]] = {}
    for rival in RIVALS:
        try:
            folder = rival.installed(ROOT / ".bench")
        except FailedError as error:
            bench.absent[f"peers: {rival.name}"] = str(error)
        else:
            here.setdefault(min(bench.articles, rival.articles), []).append((rival, folder))
    for count, rivals in here.items():
        yield from _beside(bench, bench.corpus(count), count, rivals)


def _beside(bench: Bench, raw: Path, count: int, rivals: Sequence[tuple[Rival, Path]]) -> Iterator[Row]:
    def theirs(rival: Rival, folder: Path) -> Spent:
        place = bench.place()
        try:
            rival.prepare(raw, place, _WORKERS)
            return rival.run(folder, place, workers=_WORKERS)
        except FailedError as error:
            bench.absent[f"peers: {rival.name}"] = str(error)
            return Spent(cpu=0, wall=0, peak=0)
        finally:
            shutil.rmtree(place)

    jobs = {rival.key: partial(theirs, rival, folder) for rival, folder in rivals}
    ours = {
        "whole": partial(fresh, bench, raw, workers=_WORKERS),
        "bare": partial(without_rules, bench, raw, workers=_WORKERS),
    }
    found = alternated(bench.rounds, **ours, **jobs)
    for rival, _ in rivals:
        if f"peers: {rival.name}" in bench.absent:
            continue
        for kind, told, take in (("cpu", "CPU", cpu), ("wall", "wall time", wall)):
            for mine, name, reach in (("whole", "a whole build", rival.reach), ("bare", "a build without rules", None)):
                yield ratio(step="peers", key=f"{rival.key}-{mine}-{kind}", what=f"{rival.name}, to {name}, {told}",
                            upper=take(found[rival.key]), lower=take(found[mine]), upper_is=rival.does,
                            lower_is=name, unit="cpu s" if kind == "cpu" else "s", reach=reach, at_least=True,
                            articles=count, note=rival.note)  # fmt: skip


def rules(bench: Bench) -> Iterator[Row | Fact]:
    """What a document costs with 50, 500 and 5,000 rules."""
    count = min(bench.articles, _RULE_ARTICLES)
    command = [sys.executable, "-m", "bench.packs", str(bench.corpus(count)), "--count", str(count)]
    done = subprocess.run([*command, "--rounds", str(bench.rounds)], cwd=ROOT, capture_output=True, check=True)
    found = json.loads(done.stdout)
    for name, told, reach in (
        ("whole", "a document with {} rules to one with 50", 1.5),
        ("words", "the same, without rules of place and look", None),
        ("finding", "the same, the fewer being those that find the most", 1.5),
    ):
        costs = found["costs"][name]
        for size in ("500", "5000"):
            number = f"{int(size):,}"
            yield ratio(step="rules", key=f"rules-{name}-{size}", what=told.format(number) if name == "whole" else
                        f"{told}: {number} to 50", upper=costs[size], lower=costs["50"], upper_is=f"{number} rules",
                        lower_is="50 rules", unit="cpu s", articles=found["documents"],
                        reach=reach if size == "5000" else None)  # fmt: skip


def edit(bench: Bench) -> Iterator[Row | Fact]:
    """One rule edited, and nothing changed: `cleaner diff`, and a build in the place of the last one."""
    raw, full, again, idle = bench.corpus(bench.articles), [], [], []
    diffs: dict[str, list[Spent]] = {"before": [], "beside": [], "after": []}
    same = True
    for _ in range(bench.rounds):
        place, other = bench.place(), bench.place()
        before, beside, after, own = (place / name for name in (*diffs, "rules"))
        for folder in (before, beside, after, own):
            shutil.copytree(RULES, folder)
        _edit(beside / EDITED, BESIDE, place.name)
        _edit(after / EDITED, AFTER, place.name)
        full.append(build(raw, place, rules=own))
        idle.append(build(raw, place, rules=own))
        for name, spent in diffs.items():
            command = [sys.executable, "-m", "cleaner", "diff", before, place / name, place / "dist", "--stat"]
            spent.append(run(command, cwd=place, codes=(0, _DIFFERENT)))
        _edit(own / EDITED, AFTER, place.name)
        again.append(build(raw, place, rules=own))
        build(raw, other, rules=after, workers=2)
        same &= digest(place / "dist") == digest(other / "dist")
        shutil.rmtree(place)
        shutil.rmtree(other)
    whole: dict[str, Any] = {
        "step": "edit",
        "lower": cpu(full),
        "lower_is": "a whole build",
        "unit": "cpu s",
        "articles": bench.articles,
    }
    told = "" if same else "**not the same bytes as a clean build**"
    yield ratio(key="diff", what="`cleaner diff` after an edit of one rule", upper=cpu(diffs["after"]),
                upper_is="the diff", reach=0.03, **whole)  # fmt: skip
    for key, what, spent in (
        ("diff-start", "`cleaner diff` of two equal packs: its start", diffs["before"]),
        ("diff-look", "`cleaner diff` of an edit that touches nothing: its start, and a look at all", diffs["beside"]),
    ):
        yield Fact(step="edit", key=key, what=what, value=median(cpu(spent)), unit="cpu s", articles=bench.articles)
    yield ratio(key="edited", what="a build after that edit", upper=cpu(again), upper_is="the build", reach=0.1,
                note=told, **whole)  # fmt: skip
    yield ratio(key="unchanged", what="a build with nothing changed", upper=cpu(idle), upper_is="the build", reach=0.01,
                **whole)  # fmt: skip


def _edit(path: Path, to: str, new: str) -> None:
    text = path.read_text("utf-8")
    if text.count(BEFORE) < 1:
        raise AbsentError(f"rules/{EDITED} no longer says {BEFORE!r}: name another edit in bench/steps.py")
    path.write_text(text.replace(BEFORE, to.format(new)), "utf-8")


def resume(bench: Bench) -> Iterator[Row | Fact]:
    """A build killed in the middle and started again, beside one that ran through."""
    raw, whole, killed, rest = bench.corpus(bench.articles), [], [], []
    same = True
    for _ in range(bench.rounds):
        place, other = bench.place(), bench.place()
        whole.append(build(raw, other))
        killed.append(build(raw, place, killed_after=whole[-1].wall / 2))
        rest.append(build(raw, place))
        same &= digest(place / "dist") == digest(other / "dist")
        shutil.rmtree(place)
        shutil.rmtree(other)
    own: dict[str, Any] = {
        "step": "resume", "lower": cpu(whole), "lower_is": "a build that ran through", "unit": "cpu s",
        "articles": bench.articles, "note": "" if same else "**not the same bytes**",
    }  # fmt: skip
    both = [one.cpu + two.cpu for one, two in zip(killed, rest, strict=True)]
    yield ratio(key="resumed", what="killed in the middle, and the build that resumed it", upper=both,
                upper_is="both together", **own)  # fmt: skip
    yield ratio(key="resumed-rest", what="the build that resumed it alone", upper=cpu(rest), upper_is="the rest", **own)


def memory(bench: Bench) -> Iterator[Row | Fact]:
    """The largest worker of a build of few and of many articles; the first process groups duplicates, too."""
    least = _EACH_FULL if bench.full else min(_EACH, bench.articles)
    most = least * (_MORE_FULL if bench.full else _MORE)
    few, many = (_peaks(bench, bench.corpus(count)) for count in (least, most))
    yield ratio(step="memory", key="memory", what=f"memory of a worker, {most:,} articles to {least:,}",
                upper=[many["worker"]], lower=[few["worker"]], upper_is=f"{most:,} articles",
                lower_is=f"{least:,} articles",
                unit="MiB", articles=most, reach=1.1)  # fmt: skip
    yield ratio(step="memory", key="memory-bound", what=f"memory of a worker, {most:,} articles, to 600 MiB",
                upper=[many["worker"]], lower=[600.0], upper_is="the largest worker", lower_is="what is allowed",
                unit="MiB", articles=most, reach=1)  # fmt: skip
    for key, who, what in (
        ("peak", "worker", "the largest worker of a build"),
        ("peak-first", "first", "the process that shares out the work, and groups duplicates"),
    ):
        yield Fact(step="memory", key=key, what=what, value=many[who], unit="MiB", articles=most)


def _peaks(bench: Bench, raw: Path) -> Mapping[str, float]:
    """MiB of the processes of a build by two workers."""
    place = bench.place()
    told = place / "peaks.json"
    command = ("build", raw, place / "dist", "--rules", RULES, "--workers", str(_WORKERS), "--quiet")
    run([sys.executable, "-c", PEAKS, told, *command], cwd=place)
    peaks = {name: peak / MIB for name, peak in json.loads(told.read_bytes()).items()}
    shutil.rmtree(place)
    return {**peaks, "worker": peaks["worker"] or peaks["first"]}  # of one shard, the first process does the work


def duplicates(bench: Bench) -> Iterator[Row | Fact]:
    """Near duplicates among signatures: of as many articles as are measured, or of a million; then of more."""
    count = 1_000_000 if bench.full else bench.articles
    place = bench.place()
    run([sys.executable, "-m", "bench.signed", "sign", place, str(count)], cwd=ROOT)
    spent, found = _grouping(place)
    made = json.loads((place / "sign.json").read_bytes())
    own: dict[str, Any] = {"step": "duplicates", "articles": count}
    yield ratio(key="near-memory", what=f"near duplicates of {count:,} signatures: memory, to 2 GiB", reach=1,
                upper=[spent.peak], lower=[2048.0], upper_is="the process", lower_is="what is allowed", unit="MiB",
                **own)  # fmt: skip
    yield ratio(key="near-found", what="duplicates that are found, to those that were planted", unit="articles",
                upper=[found["found"]], lower=[made["planted"]], upper_is="found",
                lower_is="planted", note="a near copy may fall short of the threshold", **own)  # fmt: skip
    for key, what, value, unit in (
        ("near", "grouping, a signature", found["grouping"] / count * 1e6, "cpu µs"),
        ("near-bytes", "a signature", made["bytes"] / count, "bytes"),
        ("near-sign", "signing an article", made["signing"] / count * 1e6, "cpu µs"),
        ("near-scratch", "grouping, a signature", found["scratch"] / count, "bytes of the disk"),
        ("near-peak", "the process that groups", spent.peak, "MiB"),
    ):
        yield Fact(key=key, what=what, value=value, unit=unit, **own)
    if bench.full:  # of fewer, DuckDB does not take all that it may
        run([sys.executable, "-m", "bench.signed", "multiply", place, str(_LOTS)], cwd=ROOT)
        more, _ = _grouping(place)
        own["articles"] = _LOTS * count
        yield ratio(key="near-growth", what=f"memory of grouping, {_LOTS * count:,} signatures to {count:,}",
                    upper=[more.peak], lower=[spent.peak], upper_is=f"{_LOTS * count:,} signatures",
                    lower_is=f"{count:,} signatures", unit="MiB", **own)  # fmt: skip
    shutil.rmtree(place)


def _grouping(place: Path) -> tuple[Spent, dict[str, float]]:
    spent = run([sys.executable, "-m", "bench.signed", "group", place], cwd=ROOT)
    return spent, json.loads((place / "group.json").read_bytes())


def profile(bench: Bench) -> Iterator[Fact]:
    """Where the time of a build goes that one process makes, its start included."""
    count, told = min(bench.articles, _PROFILED_ARTICLES), bench.place() / "stages.json"
    run([sys.executable, "-m", "bench.profile", "--articles", str(count), "--stages", told], cwd=ROOT)
    stages: dict[str, float] = json.loads(told.read_bytes())
    for stage, spent in sorted(stages.items(), key=lambda each: -each[1]):
        yield Fact(step="profile", key=f"stage-{stage}", what=stage, value=1000 * spent / count, unit="cpu ms",
                   articles=count)  # fmt: skip


Step = Callable[[Bench], Iterator[Row | Fact]]
STEPS: Mapping[str, Step] = {
    "floor": floor, "peers": peers, "rules": rules, "edit": edit, "resume": resume, "memory": memory,
    "duplicates": duplicates, "profile": profile,
}  # fmt: skip
