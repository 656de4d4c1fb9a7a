"""The options of a build, and its inputs with their digests, as frozen types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from cleaner.model.options import Duplicates, Options
from cleaner.model.renamed import renamed_fields
from cleaner.model.rule import RulePack
from cleaner.pipeline.plan import SHARD_BYTES, Planned
from cleaner.readers import Keys, Unreadable
from cleaner.readers.fingerprint import Input
from cleaner.readers.readable import MIN_READABLE


@renamed_fields(afresh="no_cache")
@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """How a dataset is built. `workers`, `engine` and `no_cache` change no byte of it."""

    cleaning: Options = field(default_factory=Options)
    """Options of cleaning."""
    duplicates: Duplicates | None = None
    """Which repeated documents and paragraphs are dropped; None keeps all."""
    text_field: str | Sequence[str] = "text"
    """Field of a record that holds its text. Of several, the first that holds some text is read."""
    html_field: str = "html"
    """Field of a record that holds its HTML, read where no text field holds text."""
    min_readable: float = MIN_READABLE
    """Least share of the documents that must be readable, 0 to 1; below it the build fails."""
    workers: int | None = None
    """Number of processes; None or 0 for one for each core."""
    engine: str = "local"
    """Where the processes run: a row of `cleaner.pipeline.engines.ENGINES`."""
    shard_bytes: int = SHARD_BYTES
    """The most input bytes in one output file. It changes how rows are divided into files, not the rows."""
    no_cache: bool = False
    """Reuse nothing from an earlier build."""
    learn: bool = False
    """First learn rules for what repeats on the sites of the input, and clean with them, too. The dataset holds them
    (`cleaner.dataset.files.LEARNED`). One process does this, and reads the input three times."""

    @property
    def keys(self) -> Keys:
        """The fields of records to read."""
        return Keys.of(self.text_field, self.html_field)


class BuildSettings(TypedDict, total=False):
    """The fields of `BuildOptions` except `cleaning`, as keyword arguments of `cleaner.build`."""

    duplicates: Duplicates | None
    text_field: str | Sequence[str]
    html_field: str
    min_readable: float
    workers: int | None
    engine: str
    shard_bytes: int
    no_cache: bool
    learn: bool


def build_options(options: BuildOptions | Options | None, **settings: Unpack[BuildSettings]) -> BuildOptions:
    """Return the options of a build with these settings.

    `options` may be options of cleaning alone. Raises TypeError for an unknown setting.

    >>> build_options(Options(budget=0.4), workers=2).cleaning.budget
    0.4
    """
    whole = options if isinstance(options, BuildOptions) else BuildOptions(cleaning=options or Options())
    whole = replace(whole, **settings)
    active = whole.duplicates and (whole.duplicates.any or whole.duplicates.max_paragraph_repeats)
    return whole if active else replace(whole, duplicates=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInputs:
    """Everything that a dataset depends on, with digests."""

    rules: RulePack
    options: BuildOptions
    existing: Mapping[str, str]
    """Digests of the existing datasets to compare with, by address."""
    inputs: tuple[Input, ...]
    refused: tuple[Unreadable, ...]
    """Files of the input that no reader can read."""
    planned: tuple[Planned, ...]
    made_with: str
    """Digest of packages, code and settings: everything that can change a row, except the input and the program."""
    program: str
    """Digest of rules and options of cleaning."""
    key: str
    """Digest of everything."""
    learned: str = ""
    """The rules that were learned from the input, as the text of a rule file; `rules` has them, too."""
