"""Whether enough of an input could be read to make a dataset of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cleaner.errors import UnreadableInputError
from cleaner.readers import Unreadable
from cleaner.text.plural import counted

REFUSED, UNREADABLE = "input/refused", "input/unreadable"
"""Why a file or a record gave no document, as a filter of the rejected: it is no input, or it can't be read."""

MIN_READABLE = 0.5


def require_readable(
    place: str, documents: int, rejected: Mapping[str, int], faults: Sequence[Unreadable], least: float
) -> None:
    """Raises UnreadableInputError where less than the share `least` of the documents could be read, or none.

    `rejected` are the documents by filter, and `faults` why some could not be read. Files that no reader is for are
    no documents; they count only where there is nothing else.
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
