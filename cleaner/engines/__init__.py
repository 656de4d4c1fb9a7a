"""Ways to map one function over jobs. A new way is a function and a row in `ENGINES`."""

from __future__ import annotations

from collections.abc import Mapping

from cleaner.duplicates.bands import Find, shared_bands
from cleaner.engines.bands import many_bands
from cleaner.engines.contract import Engine, Prepare, Run, Tick
from cleaner.engines.local import local
from cleaner.engines.ray import on_ray

__all__ = ["ENGINES", "FINDERS", "Engine", "Prepare", "Run", "Tick"]

ENGINES: Mapping[str, Engine] = {"local": local, "ray": on_ray}
"""By the name that `--engine` takes."""
FINDERS: Mapping[str, Find] = {"local": shared_bands, "ray": many_bands}
"""How signatures that share a band are found there."""
