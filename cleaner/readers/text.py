"""Reads plain texts and pages: one document per file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from cleaner.model.document import Document
from cleaner.readers.compression import read_whole
from cleaner.readers.encoding import decode
from cleaner.readers.html import is_page, read_html, read_plain
from cleaner.readers.records import parse, take_url
from cleaner.readers.sources import PAGES, Keys, Source, Unreadable


def read_text(source: Source, _keys: Keys) -> Iterator[Document | Unreadable]:
    """Yield the file as a document, with its path without suffixes as id.

    Its digest is that of the decompressed bytes. An empty file is a document with an empty text, so that a filter can
    reject it by its id. A file with the suffix of a page, a whole page or clearly a part of one is read as HTML. An
    unreadable sidecar is reported next to the document, which then has no metadata. Raises InputError if the file
    can't be opened or decompressed, or is longer than `HELD_BYTES`.
    """
    data = read_whole(source.path)
    digest = hashlib.sha256(data).hexdigest()
    given: dict[str, Any] = {}
    if source.sidecar:
        name = source.stem + source.sidecar.suffix
        try:
            given, _ = parse(source.sidecar.read_bytes())
        except (OSError, ValueError) as error:
            cause = f"the sidecar {getattr(error, 'strerror', None) or error}"
            hint = f"mend it: {source.name} was read without its metadata"
            yield Unreadable(source=name, id=name, cause=cause, hint=hint)
    url = take_url(given)
    try:
        if source.suffix in PAGES or is_page(data):
            yield read_html(data, name=source.stem, source=source.name, digest=digest, url=url, given=given)
            return
        yield read_plain(decode(data), name=source.stem, source=source.name, digest=digest, url=url, given=given)
    except ValueError as error:
        hint = "give the text itself, or take the file out of the input folder"
        yield Unreadable(source=source.name, id=source.name, cause=str(error), hint=hint, digest=digest)
