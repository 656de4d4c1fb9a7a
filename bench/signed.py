"""Near duplicates among many signatures: a process that signs generated articles, and one that groups them.

Of many more than can be written in good time, the signatures of a corpus are taken several times over, each time
disguised, so that no lot is like another; the texts behind them are those of the first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from threading import Event
from time import process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.corpus import articles
from cleaner.dataset.arrow import bytes_of, keys
from cleaner.dedup.grouping import group
from cleaner.dedup.inputs import shard_part
from cleaner.dedup.minhash import SignatureWriter, sign
from cleaner.model.options import Duplicates

_PART = 20_000  # articles of a part, as of a shard
_LOOK_SECONDS = 0.2
_SCHEMA = pa.schema([("text", pa.string())])


def _signed(count: int, place: Path) -> dict[str, float]:
    made = articles(count)
    cpu, planted, size = 0.0, 0, 0
    for number in range(-(-count // _PART)):
        file, part = place / f"signatures-{number:05}.parquet", list(islice(made, _PART))
        texts = pa.array([each["text"] for each in part], pa.string())
        pq.write_table(pa.table([texts], schema=_SCHEMA), place / f"articles-{number:05}.parquet", compression="zstd")
        began = process_time()
        with SignatureWriter(file) as out:
            for each in part:
                out.add(sign(each["id"], each["text"]))
        cpu += process_time() - began
        planted += sum("-near-" in each["id"] or "-copy-of-" in each["id"] for each in part)
        size += file.stat().st_size
    return {"signing": cpu, "planted": planted, "bytes": size}


def _multiplied(times: int, place: Path) -> dict[str, float]:
    """Beside each file of signatures as many more, disguised."""
    files = sorted(place.glob("signatures-*.parquet"))
    for lot in range(1, times):
        for file in files:
            rows = pq.read_table(file)
            for name in ("exact", "minhash"):
                at = rows.schema.get_field_index(name)
                rows = rows.set_column(at, rows.schema.field(at), _disguised(rows.column(at), lot))
            name = file.name.replace(".parquet", f"-{lot}.parquet")
            pq.write_table(rows, file.with_name(name), compression="none")
    return {"times": times}


def _disguised(column: pa.ChunkedArray, lot: int) -> pa.Array:
    """Keys of one size, each byte changed as it is in all keys of the lot: what was equal is so still."""
    mask = np.random.default_rng(lot).integers(0, 256, column.type.byte_width, np.uint8)
    return keys(np.concatenate([bytes_of(chunk) for chunk in column.chunks]) ^ mask)


def _grouped(place: Path) -> dict[str, float]:
    """Nothing but the files is read: the process's memory is that of the grouping."""
    files = sorted(place.glob("signatures-*.parquet"))
    parts = [shard_part(each, place / f"articles-{each.name.split('-')[1].removesuffix('.parquet')}.parquet")
             for each in files]  # fmt: skip
    scratch = place / "scratch"
    scratch.mkdir()
    ended = Event()
    with ThreadPoolExecutor(1) as beside:
        most = beside.submit(_most_bytes, scratch, ended)
        began = process_time()
        try:
            with group(parts, Duplicates(), scratch) as grouping:
                found = sum(grouping.counts.values())
        finally:
            ended.set()
        spent = process_time() - began
    scratch.rmdir()
    return {"grouping": spent, "found": found, "scratch": most.result()}


def _most_bytes(folder: Path, ended: Event) -> int:
    """The most of the disk that the files in a folder take until it has ended."""
    most = 0
    while not ended.wait(_LOOK_SECONDS):
        most = max(most, sum(_bytes(each) for each in folder.rglob("*")))
    return most


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_blocks * 512  # of a file with holes, what is written
    except FileNotFoundError:
        return 0


STEPS: Mapping[str, Callable[[argparse.Namespace], dict[str, float]]] = {
    "sign": lambda args: _signed(args.count, args.place),
    "multiply": lambda args: _multiplied(args.count, args.place),
    "group": lambda args: _grouped(args.place),
}


def main() -> int:
    """`sign PLACE COUNT`, `multiply PLACE TIMES`, `group PLACE`; figures are left in PLACE/STEP.json."""
    parser = argparse.ArgumentParser(prog="bench.signed")
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("place", type=Path)
    parser.add_argument("count", type=int, nargs="?", default=0)
    args = parser.parse_args()
    (args.place / f"{args.step}.json").write_text(json.dumps(STEPS[args.step](args)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
