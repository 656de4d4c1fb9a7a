"""Errors that name the place, the cause and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cleaner.model.escape import redacted


class CleanerError(Exception):
    """An error that a user can correct: printed as one line, without a traceback.

    `place` is a path, a setting or a rule id; `cause` what is wrong there; `hint` what to do next. Passwords and
    tokens of addresses in them are left out.
    """

    exit_code: ClassVar[int] = 2
    """The exit code of a command that raises it."""

    def __init__(self, place: str, cause: str, hint: str = "") -> None:
        self.place, self.cause, self.hint = redacted(place), redacted(cause), redacted(hint)
        super().__init__(f"{self.place}: {self.cause}" + (f"; {self.hint}" if hint else ""))

    @property
    def lines(self) -> tuple[str, ...]:
        """The message as lines, one for each fault."""
        return (str(self),)

    def __reduce__(self) -> tuple[type[CleanerError], tuple[str, str, str]]:
        # Exceptions cross process borders by pickle, which by default calls cls(message).
        return type(self), (self.place, self.cause, self.hint)


class InputError(CleanerError):
    """An input that can't be read: a missing folder, a broken record, a file that is no text."""


class UnreadableInputError(InputError):
    """An input of which too few documents can be read."""

    exit_code = 1


class OutputError(CleanerError):
    """A place that can't be written: no permission, a full disk, a file in the way."""


class SettingsError(CleanerError):
    """A wrong key or value in `cleaner.toml` or `[tool.cleaner]`."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class RuleFault:
    """A fault in a rule file, with its place. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    rule: str
    message: str
    hint: str = ""
    code: str = "rule"
    severity: str = "error"
    """`error`, or `warning` for what may be right."""

    def __str__(self) -> str:
        rule = f" {self.rule}" if self.rule else ""
        hint = f"; {self.hint}" if self.hint else ""
        doubt = "warning: " if self.severity == "warning" else ""
        return f"{self.path}:{self.line}:{self.column}{rule}: {doubt}{self.message}{hint}"


class RulesError(CleanerError):
    """All the faults of a rule pack, at once."""

    def __init__(self, faults: tuple[RuleFault, ...]) -> None:
        self.faults = tuple(sorted(faults))
        Exception.__init__(self, "\n".join(map(str, self.faults)))
        self.place, self.cause, self.hint = "rules", str(self), ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The faults as lines, one for each."""
        return tuple(map(str, self.faults))

    def __reduce__(self) -> tuple[type[RulesError], tuple[tuple[RuleFault, ...]]]:  # type: ignore[override]
        return type(self), (self.faults,)
