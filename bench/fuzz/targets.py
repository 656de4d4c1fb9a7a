"""What the campaign tries: a name, what makes the cases, and the properties that each must have."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from random import Random

import pyarrow as pa
from hypothesis import strategies as st

from bench.fuzz import drawn, properties, samples
from bench.fuzz.cases import Case
from bench.fuzz.mutators import mutated
from bench.fuzz.properties import Property

Samples = Callable[[], Sequence[tuple[str, bytes]]]
"""Names of files below the project, and sound bytes of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A kind of input."""

    cases: st.SearchStrategy[Case]
    properties: tuple[Property, ...]


def damaged(
    sound: Samples, beside: Mapping[str, bytes] | None = None, steady: Sequence[str] = ()
) -> st.SearchStrategy[Case]:
    """A sample with mutations, and sound files beside it."""

    def case(seed: int) -> Case:
        draw = Random(seed)
        name, data = draw.choice(sound())
        others = samples.PROJECT if beside is None else beside
        return Case(files={**others, name: mutated(data, draw)}, damaged=name, steady=tuple(steady))

    return st.integers(0, 2**62).map(case)


def _each(name: str, some: Callable[[], Sequence[bytes]]) -> Samples:
    return lambda: [(name, data) for data in some()]


_BESIDE = {**samples.PROJECT, "raw/sound.txt": samples.STEADY[0].encode()}
"""What is beside a damaged file: rules, and a text that must be built."""
_beside = partial(damaged, beside=_BESIDE, steady=samples.STEADY[:1])


@cache
def _delimited() -> Sequence[tuple[str, bytes]]:
    rows = samples.records((*samples.STEADY, samples.texts()[0].decode()))
    return [
        (f"raw/a{suffix}", samples.delimited(rows, delimiter=delimiter, lineterminator=end).encode())
        for suffix, delimiter, end in ((".csv", ",", "\r\n"), (".csv", ";", "\n"), (".tsv", "\t", "\n"))
    ]


@cache
def _columnar() -> Sequence[tuple[str, bytes]]:
    table = pa.Table.from_pylist(samples.records(samples.STEADY * 3))
    return [
        ("raw/a.parquet", samples.parquet(table, row_group_size=2)),
        ("raw/a.parquet", samples.parquet(table, compression="none", use_dictionary=False)),
        ("raw/a.arrow", samples.arrow(table, stream=True)),
        ("raw/a.arrow", samples.arrow(table, stream=False)),
    ]


@cache
def _packed() -> Sequence[tuple[str, bytes]]:
    members = [(f"a/{n}.txt", text.encode()) for n, text in enumerate(samples.STEADY)]
    members += [("b.jsonl", samples.feeds()[0]), ("a/0.json", b'{"url": "https://a.example/"}')]
    tar = samples.tarred(members)
    return [
        ("raw/a.zip", samples.zipped(members)),
        ("raw/a.zip", samples.zipped(members, method=zipfile.ZIP_STORED)),
        *((f"raw/a.tar{suffix}", pack(tar)) for suffix, pack in samples.PACKERS.items()),
        *((f"raw/a.jsonl{suffix}", pack(samples.feeds()[0])) for suffix, pack in samples.PACKERS.items() if suffix),
    ]


@cache
def _warc() -> Sequence[tuple[str, bytes]]:
    kept = [*samples.warc_records()]
    kept.insert(1, samples.warc_record(7, samples.pages()[0], kind="response"))
    return [("raw/a.warc", b"".join(kept)), ("raw/a.warc.gz", b"".join(map(samples.packed_alone, kept)))]


@cache
def _sound_project() -> Mapping[str, bytes]:
    """A project with its dataset, store and rule cache, and once more the dataset as it must be."""
    raw = {
        "raw/a.jsonl": samples.feeds()[0],
        "raw/b.txt": samples.texts()[0],
        "raw/c.txt": b"Share this\n\nBy Anna Reed\n",
    }
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        Case(files={**raw, "rules/rules.yaml": samples.RULES}).write(folder)
        (folder / "cache").mkdir()
        properties.built(folder, "dist", "--workers", "1")
        whole = properties.content(folder)
        return whole | {f"sound/{name}": data for name, data in properties.content(folder / "dist").items()}


def _of_project() -> Sequence[tuple[str, bytes]]:
    return [
        each for each in sorted(_sound_project().items()) if each[0].startswith(("dist/", ".dist.store/", "cache/"))
    ]


def _stored() -> st.SearchStrategy[Case]:
    return st.deferred(lambda: damaged(_of_project, _sound_project()))


_READ = (properties.reads, properties.cleans)
_BUILT = (properties.reads, properties.builds)

TARGETS: Mapping[str, Target] = {
    "texts": Target(cases=drawn.written(), properties=_READ),
    "texts-damaged": Target(cases=_beside(_each("raw/a.txt", samples.texts)), properties=_BUILT),
    "pages-damaged": Target(cases=_beside(_each("raw/a.html", samples.pages)), properties=_BUILT),
    "json-lines": Target(cases=drawn.json_lines(), properties=(*_READ, properties.builds)),
    "json-lines-damaged": Target(
        cases=_beside(_each("raw/a.jsonl", samples.feeds)), properties=(*_BUILT, properties.reads_lines)
    ),
    "tables": Target(cases=drawn.tables(), properties=_BUILT),
    "tables-damaged": Target(cases=_beside(_delimited), properties=_BUILT),
    "columns": Target(cases=drawn.columns(), properties=_BUILT),
    "columns-damaged": Target(cases=_beside(_columnar), properties=_BUILT),
    "archives": Target(cases=drawn.archives(), properties=_BUILT),
    "archives-damaged": Target(cases=_beside(_packed), properties=(*_BUILT, properties.keeps_what_is_whole)),
    "web-archives": Target(cases=drawn.web_archives(), properties=_BUILT),
    "web-archives-damaged": Target(cases=_beside(_warc), properties=(*_BUILT, properties.keeps_what_is_whole)),
    "names": Target(cases=drawn.names(), properties=_BUILT),
    "rules-damaged": Target(
        cases=damaged(_each("rules/rules.yaml", samples.rule_files), {"raw/a.txt": samples.texts()[0]}),
        properties=(properties.checks_rules,),
    ),
    "settings-damaged": Target(
        cases=damaged(lambda: [("cleaner.toml", samples.SETTINGS)], _BESIDE), properties=(properties.obeys_settings,)
    ),
    "store-damaged": Target(cases=_stored(), properties=(properties.mends,)),
}
