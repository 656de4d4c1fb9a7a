"""Engines: ways to map one function over jobs. To add one, write a function and add a row to `ENGINES`."""

from __future__ import annotations

from collections.abc import Mapping

from cleaner.dedup.lsh import BandFinder, shared_bands
from cleaner.pipeline.engines.base import Engine, Prepare, Run, Tick
from cleaner.pipeline.engines.local import local
from cleaner.pipeline.engines.ray import on_ray
from cleaner.pipeline.engines.ray_lsh import many_bands

__all__ = ["ENGINES", "FINDERS", "Engine", "Prepare", "Run", "Tick"]

ENGINES: Mapping[str, Engine] = {"local": local, "ray": on_ray}
"""Engines by the name that `--engine` takes."""
FINDERS: Mapping[str, BandFinder] = {"local": shared_bands, "ray": many_bands}
"""For each engine, the function that finds signatures with a common band."""
