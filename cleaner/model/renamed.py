"""Old names of fields and arguments: they work for one release, and each use warns with the new name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

C = TypeVar("C", bound=type)
P = ParamSpec("P")
R = TypeVar("R")


def renamed_fields(**names: str) -> Callable[[C], C]:
    """Decorate a class with old names for some of its fields, old=new: as attributes and in the constructor.

    Each use of one warns with a DeprecationWarning. Delete a name one release after it was added.
    """

    def decorated(cls: C) -> C:
        construct: Any = cls.__init__  # type: ignore[misc]
        construct.__qualname__ = cls.__name__
        cls.__init__ = renamed_arguments(**names)(construct)  # type: ignore[misc]
        for old, new in names.items():
            setattr(cls, old, _attribute(cls.__name__, old, new))
        return cls

    return decorated


def renamed_arguments(**names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function with old names for some of its keyword arguments, old=new; each use of one warns.

    >>> @renamed_arguments(colour="color")
    ... def paint(color):
    ...     return color
    >>> paint(color="red")
    'red'
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def current(*args: P.args, **kwargs: P.kwargs) -> R:
            for old in names.keys() & kwargs.keys():
                _warn(function.__qualname__, old, names[old])
                kwargs[names[old]] = kwargs.pop(old)
            return function(*args, **kwargs)

        return current

    return decorated


def _attribute(owner: str, old: str, new: str) -> property:
    def value(self: Any) -> Any:
        _warn(owner, old, new)
        return getattr(self, new)

    return property(value, doc=f"The old name of `{new}`.")


def _warn(owner: str, old: str, new: str) -> None:
    warnings.warn(f"{old!r} of {owner} is deprecated; use {new!r}", DeprecationWarning, stacklevel=3)
