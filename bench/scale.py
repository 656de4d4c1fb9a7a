"""docs/scale.md, reckoned from what was measured: `python -m bench.scale --pages 2e8 --cores 64` for other numbers."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from pathlib import Path

from bench import results
from bench.results import Results

TEMPLATE = Path(__file__).parent / "scale.template.md"
UNKNOWN = "**?**"
"""Stands where a figure has not been measured."""

_SLOT = re.compile(r"\{\{([\w-]+)\}\}")
_SHARD, _LARGE_SHARD = 64 * 2**20, 2**30  # bytes of input; the first is `shard_bytes` where nothing is said
_UNITS = (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def measured(known: Results) -> dict[str, float]:
    """The figures that a plan is reckoned from, by the page's letters; those of larger runs where there are any."""

    def of(key: str) -> float | None:
        fact = known.facts.get(f"{key}-full") or known.facts.get(key)
        return fact.value if fact else None

    workers = known.rows.get("two-workers")
    found = {
        "r": of("rate"), "b": of("raw-bytes"), "d": of("dist"), "d_articles": of("dist-articles"),
        "z": of("floor-bytes"), "f": of("manifest"), "w": of("peak"), "g": of("near-bytes"), "q": of("near"),
        "n": of("near-peak"), "s": of("near-scratch"), "y": of("near-sign"),
        "e": workers.ratio / 2 if workers else None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def plan(figures: Mapping[str, float], pages: float, cores: float, shard: float = _SHARD) -> dict[str, float]:
    """What so many pages need with so many cores: seconds, bytes, counts; without what hangs on an unknown figure."""
    formulas: Mapping[str, Callable[..., float]] = {
        "core_seconds": lambda r: pages / r,
        "wall_seconds": lambda r, e: pages / r / cores / min(e, 1.0),
        "raw": lambda b: pages * b,
        "raw_packed": lambda b, z: pages * b * z,
        "dist": lambda b, d: pages * b * d,
        "read_rate": lambda r, b: cores * r * b,
        "write_rate": lambda r, b, d: cores * r * b * d,
        "shards": lambda b: max(1.0, pages * b / shard),
        "shard_seconds": lambda r, b: shard / b / r,
        "shard_articles": lambda d_articles: shard * d_articles,
        "manifest": lambda b, f: max(1.0, pages * b / shard) * f,
        "memory": lambda w: cores * w * 2**20,
        "signatures": lambda g: pages * g,
        "signing_seconds": lambda y: pages * y / 1e6,
        "grouping_seconds": lambda q: pages * q / 1e6,
        "grouping_disk": lambda s: pages * s,
    }
    found = {}
    for name, formula in formulas.items():
        asked = signature(formula).parameters
        if all(each in figures for each in asked):
            found[name] = formula(*(figures[each] for each in asked))
    return found


def document(known: Results) -> str:
    """The page, with every slot of its template filled. Raises KeyError where a slot means nothing."""
    figures = measured(known)
    known_slots = slots(figures)
    return _SLOT.sub(lambda found: known_slots[found[1]], TEMPLATE.read_text("utf-8"))


def slots(figures: Mapping[str, float]) -> dict[str, str]:
    """What stands in each slot."""
    found = {
        name: _plain(figures.get(name))
        for name in ("r", "b", "d", "d_articles", "z", "f", "w", "g", "q", "n", "s", "y", "e")
    }
    for prefix, pages, cores, shard in (
        ("all", 1e9, 1_000, _LARGE_SHARD),
        ("all-small", 1e9, 1_000, _SHARD),
        ("dump", 1e7, 64, _SHARD),
        ("one", 1e6, 2, _SHARD),
    ):
        own = plan(figures, pages, cores, shard)
        found |= {f"{prefix}-{name.replace('_', '-')}": _told(name, own.get(name)) for name in _NAMES}
    return found


_NAMES = (
    "core_seconds", "wall_seconds", "raw", "raw_packed", "dist", "read_rate", "write_rate", "shards", "shard_seconds",
    "shard_articles", "manifest", "memory", "signatures", "signing_seconds", "grouping_seconds", "grouping_disk",
)  # fmt: skip


def _told(name: str, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if name.endswith("seconds"):
        return duration(value)
    if name == "shards":
        return f"{value:,.0f}"
    return size(value) + ("/s" if name.endswith("rate") else "")


def _plain(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def size(value: float) -> str:
    """Bytes, in the unit that leaves one to three digits."""
    for unit, least in _UNITS:
        if value >= least:
            return f"{value / least:.3g} {unit}"
    return f"{value:.0f} bytes"


def duration(seconds: float) -> str:
    """In hours, or what is nearer."""
    if seconds >= 3600:
        return f"{seconds / 3600:,.0f} hours" if seconds >= 36_000 else f"{seconds / 3600:.1f} hours"
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the plan for other numbers."""
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--pages", type=float, default=1e9)
    parser.add_argument("--cores", type=float, default=1_000)
    parser.add_argument("--shard", type=float, default=_SHARD, metavar="BYTES", help="of input, a shard")
    parser.add_argument("--with", dest="given", action="append", default=[], metavar="LETTER=NUMBER",
                        help="another figure than the measured one, such as r=250 or b=6000")  # fmt: skip
    args = parser.parse_args(arguments)
    figures = measured(results.read())
    for each in args.given:
        name, _, value = each.partition("=")
        figures[name] = float(value)
    for name, value in plan(figures, args.pages, args.cores, args.shard).items():
        print(f"{name.replace('_', ' '):<18}{_told(name, value)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
