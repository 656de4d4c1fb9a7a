"""Near duplicates among many signatures: a process that signs generated articles, and one that groups them."""

from __future__ import annotations

import argparse
import json
import sys
from itertools import islice
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq

from bench.corpus import articles
from cleaner.duplicates.grouping import group
from cleaner.duplicates.options import Duplicates
from cleaner.duplicates.parts import shard_part
from cleaner.duplicates.signatures import SignatureWriter, sign

_PART = 20_000  # articles of a part, as of a shard
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


def _grouped(place: Path) -> dict[str, float]:
    """Nothing but the files is read: the process's memory is that of the grouping."""
    files = sorted(place.glob("signatures-*.parquet"))
    parts = [shard_part(each, each.with_name(each.name.replace("signatures", "articles"))) for each in files]
    began = process_time()
    found = group(parts, Duplicates(), place)
    return {"grouping": process_time() - began, "found": sum(found.counts.values())}


def main() -> int:
    """`sign PLACE COUNT`, then `group PLACE`; figures are left in PLACE/STEP.json."""
    parser = argparse.ArgumentParser(prog="bench.signed")
    parser.add_argument("step", choices=["sign", "group"])
    parser.add_argument("place", type=Path)
    parser.add_argument("count", type=int, nargs="?", default=0)
    args = parser.parse_args()
    found = _signed(args.count, args.place) if args.step == "sign" else _grouped(args.place)
    (args.place / f"{args.step}.json").write_text(json.dumps(found), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
