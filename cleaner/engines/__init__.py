"""Ways to map one function over jobs. A new way is a function and a row in `ENGINES`."""

from __future__ import annotations

from collections.abc import Mapping

from cleaner.engines.contract import Engine, Prepare, Tick
from cleaner.engines.local import local
from cleaner.engines.ray import on_ray

__all__ = ["ENGINES", "Engine", "Prepare", "Tick"]

ENGINES: Mapping[str, Engine] = {"local": local, "ray": on_ray}
"""By the name that `--engine` takes."""
