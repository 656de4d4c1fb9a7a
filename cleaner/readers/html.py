"""Makes documents of HTML: of files, fields of records, and records of web archives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cleaner.model.document import READ_AS_HTML, Document
from cleaner.readers.encoding import Decoded, decode_html
from cleaner.readers.html_fragments import markup_of

PAGE_BYTES = 20_000_000
"""The longest page that is read, in bytes or characters. The longest text pages of the web have about 5 MB."""

# It may follow blanks, an XML declaration, comments (such as a browser's `saved from url`).
_HEAD = r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,1000}?-->\s*){0,3}<(?:!doctype\s+html|html)[\s>]"
_PAGE = re.compile("\ufeff?" + _HEAD, re.IGNORECASE | re.DOTALL)
_PAGE_BYTES = re.compile(rb"(?:\xef\xbb\xbf)?" + _HEAD.encode(), re.IGNORECASE | re.DOTALL)


def is_page(text: str | bytes) -> bool:
    """Report whether a text is a whole page: it begins with a document type or an `html` element.

    >>> is_page("<!DOCTYPE html><p>Lamps"), is_page("<p>Lamps"), is_page("<html> is where a page begins")
    (True, False, True)
    """
    return bool(_PAGE.match(text) if isinstance(text, str) else _PAGE_BYTES.match(text))


def read_html(
    markup: str | bytes,
    *,
    name: str,
    source: str,
    digest: str,
    charset: str | None = None,
    url: str | None = None,
    given: Mapping[str, Any],
) -> Document:
    """Return the document of a page: its text, and what its markup says about each line and the whole.

    `name` becomes its id; `charset` is the encoding that a server states. `url` takes precedence over the address that
    the page states. Raises ValueError with the cause if it is binary or longer than `PAGE_BYTES`.
    """
    if len(markup) > PAGE_BYTES:
        raise ValueError(f"is longer than {PAGE_BYTES // 10**6} MB, as no article is")
    from cleaner.html import read_page

    read = Decoded(text=markup, encoding="utf-8") if isinstance(markup, str) else decode_html(markup, charset)
    page = read_page(read.text, url)
    return Document(
        id=name, text=page.text, source=source, digest=digest, url=url or page.url, input_metadata=given,
        page_metadata=page.stated, blocks=page.blocks, evidence=read.evidence, flags=read.flags,
    )  # fmt: skip


def read_plain(
    text: str | Decoded, *, name: str, source: str, digest: str, url: str | None = None, given: Mapping[str, Any]
) -> Document:
    """Return the document of a text; a text that is clearly a part of a page is read as HTML, and flagged.

    An escaped page is read as HTML, too. Prose about tags, code and XML are not. Raises ValueError as `read_html` does.
    """
    read = text if isinstance(text, Decoded) else Decoded(text=text, encoding="utf-8")
    markup = markup_of(read.text) if len(read.text) <= PAGE_BYTES else None
    if markup is None:
        return Document(
            id=name, text=read.text, source=source, digest=digest, url=url, input_metadata=given,
            evidence=read.evidence, flags=read.flags,
        )  # fmt: skip
    page = read_html(markup, name=name, source=source, digest=digest, url=url, given=given)
    flags = read.flags if is_page(markup) else (*read.flags, READ_AS_HTML)
    return replace(page, evidence=read.evidence, flags=flags)
