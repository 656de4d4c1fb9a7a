"""Settings of the whole suite."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["pytester"]

# The same cases every time, and none that fails for being slow on a busy machine.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
