"""Clean a document: the outcome is an article, or a row of the rejected table with the cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.cleaning.edits import apply
from cleaner.dataset.tables import DUPLICATE_ID, FAILED, Rejected
from cleaner.matching.program import Program
from cleaner.model.document import Document, Metadata
from cleaner.readers import Unreadable
from cleaner.readers.readable import UNREADABLE

_LONGEST_TEXT = 500_000_000  # characters; a column of a batch holds 2 GiB of UTF-8
_LONGEST_CAUSE = 500  # characters: a message of a library may quote a whole document

Outcome = Article | Rejected


def cleaned(document: Document, used_ids: set[str], program: Program) -> Outcome:
    """Clean a document, and return its article or its rejection. Adds its id to `used_ids`."""
    if len(document.text) > _LONGEST_TEXT:
        cause, hint = f"is longer than {_LONGEST_TEXT:,} characters", "split it: it can't be one article"
        fault = Unreadable(source=document.source, id=document.id, cause=cause, hint=hint, digest=document.digest)
        return unread(fault, UNREADABLE, used_ids)
    wanted = _as_held(document.id)
    first = wanted if wanted in used_ids else None
    document = replace(document, id=_own_id(wanted, document.source, used_ids))
    return outcome_of(document, first, partial(clean_document, document, program))


def outcome_of(document: Document, first: str | None, cleaned: Callable[[], Article]) -> Outcome:
    """Return the outcome of `cleaned`; `first` is the document's id if an earlier document has the same one."""
    try:
        article = cleaned()
    except Exception as error:  # one document in a million must not stop the rest, nor be lost
        return _failed(document, "cleaning it", error, first)
    if first is not None:
        return Rejected(
            article=article,
            filter=DUPLICATE_ID,
            cause="an earlier document has the same id",
            hint="give each record an id of its own, or none",
            duplicate_of=first,
        )
    if article.verdict.kept:
        return article
    return Rejected(article=article, filter=article.verdict.filter, figure=article.verdict.figure)


def unread(fault: Unreadable, reason: str, used_ids: set[str]) -> Rejected:
    """Return the row of a file or record that could not be read."""
    wanted = _as_held(fault.id)
    first = wanted if wanted in used_ids else None
    own = _own_id(wanted, fault.source, used_ids)
    nothing = Document(id=own, text="", source=fault.source, digest=fault.digest)
    return Rejected(article=_as_it_is(nothing), filter=reason, cause=fault.cause, hint=fault.hint, duplicate_of=first)


def _own_id(wanted: str, source: str, used_ids: set[str]) -> str:
    """Return the wanted id; if it is in use, the id with the document's source, which is unique."""
    while wanted in used_ids:
        wanted = f"{wanted}@{source}"
    used_ids.add(wanted)
    return wanted


def _as_it_is(document: Document) -> Article:
    """Return a document that was not cleaned as an article without edits."""
    text, spacing = apply(document.text, ())
    return Article(
        id=document.id, text=text, metadata=Metadata(), edits=(), spacing=spacing, source=document.source,
        digest=document.digest, url=document.url,
        input_metadata=document.input_metadata, page_metadata=document.page_metadata, blocks=document.blocks,
        evidence=document.evidence, flags=document.flags,
    )  # fmt: skip


def without_rows(outcome: Outcome, error: Exception) -> Iterator[Rejected]:
    """Yield rejections of a document whose rows can't be made: with all values, then with id and source only."""
    article = as_article(outcome)
    named = Document(id=article.id, text="", source=article.source, digest=article.digest)
    with suppress(Exception):  # the same fault may occur here
        whole = replace(
            named, text=article.original(), url=article.url,
            input_metadata=article.input_metadata, page_metadata=article.page_metadata,
            blocks=article.blocks,
        )  # fmt: skip
        yield _failed(whole, "writing it", error, repeats_of(outcome))
    yield _failed(named, "writing it", error, repeats_of(outcome))


def as_article(outcome: Outcome) -> Article:
    """Return the article, or that of a rejected document."""
    return outcome.article if isinstance(outcome, Rejected) else outcome


def repeats_of(outcome: Outcome) -> str | None:
    """Return the id of the document that it duplicates; None if it is no duplicate."""
    return outcome.duplicate_of if isinstance(outcome, Rejected) else None


def _failed(document: Document, what: str, error: Exception, first: str | None) -> Rejected:
    """Return the rejection of a document whose cleaning raised an unexpected error."""
    cause = f"{what} failed: {type(error).__name__}: {error}"
    cause = cause if len(cause) <= _LONGEST_CAUSE else f"{cause[:_LONGEST_CAUSE]}…"
    hint = "please report it, with this text"
    # Without a text it can't be cleaned again when rules change.
    reason = FAILED if document.text else UNREADABLE
    return Rejected(article=_as_it_is(document), filter=reason, cause=cause, hint=hint, duplicate_of=first)


def _as_held(text: str) -> str:
    """Return a text as tables hold it: lone surrogates, which UTF-8 can't encode, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def fault_of(rejected: Rejected) -> Unreadable:
    """Return the fault of a rejected document, as reports list it."""
    article = rejected.article
    source, id_, cause, hint, digest = (
        _as_held(each or "") for each in (article.source, article.id, rejected.cause, rejected.hint, article.digest)
    )
    return Unreadable(source=source, id=id_, cause=cause, hint=hint, digest=digest)
