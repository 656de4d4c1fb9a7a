"""Checks that enough of an input could be read to make a dataset of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cleaner.errors import UnreadableInputError
from cleaner.readers import Unreadable
from cleaner.text.plural import counted

REFUSED, UNREADABLE = "input/refused", "input/unreadable"
"""Filters in the table of rejected documents: a file is not an input, or a file or record can't be read."""

MIN_READABLE = 0.5


def require_readable(
    place: str, documents: int, rejected: Mapping[str, int], faults: Sequence[Unreadable], least: float
) -> None:
    """Raise UnreadableInputError if a smaller share of the documents than `least` could be read, or none.

    `rejected` counts documents by filter; `faults` are the causes. Files without a reader do not count, unless there
    is nothing else. It does nothing if `least` is 0.
    """
    unreadable = rejected.get(UNREADABLE, 0)
    tried = documents - rejected.get(REFUSED, 0)
    readable = tried - unreadable
    if not least or (readable and readable >= least * tried):
        return
    of = f"{readable:,} of {counted(tried, 'document')}" if tried else "no document"
    asked = f"--min-readable {least:g} asks for more"
    if not faults:
        raise UnreadableInputError(place, f"{of} could be read; {asked}", "see what the input holds")
    (cause, hint), _count = Counter((fault.cause, fault.hint) for fault in faults).most_common(1)[0]
    first = next(fault.source for fault in faults if fault.cause == cause)
    raise UnreadableInputError(place, f"{of} could be read; {asked}. Most often, as at {first}: {cause}", hint)
