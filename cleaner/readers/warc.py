"""Reads web archives: WARC, and WET with texts that were extracted from pages.

A document is a response that holds a page or a plain text (`response` of a server that said 2xx, `resource`), or a
`conversion`. All else (requests, metadata, revisits, pictures, errors of servers) is no document, and is passed over.
A record's document is named for the record's own id, and its source is `crawl.warc.gz:12` for its twelfth record.
Specification: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

from cleaner.errors import InputError
from cleaner.model.document import Document
from cleaner.readers.compression import streams
from cleaner.readers.encoding import decode
from cleaner.readers.html import PAGE_BYTES, is_page, read_html
from cleaner.readers.http_body import decode_body
from cleaner.readers.sources import Keys, Source, Unreadable, guarded
from cleaner.readers.warc_records import PeekableBytes, Record, RecordDamage, read_records

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_READ = frozenset({*_PAGES, "text/plain", ""})
_AGAIN = "fetch the file again"
_HTTP = "application/http"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payload:
    """The payload of a record, without the header of the server."""

    type: str
    charset: str | None
    data: bytes


def read_warc(source: Source, _keys: Keys) -> Iterator[Document | Unreadable]:
    """A document for every record that holds one, or why it can't be read.

    A document's digest is that of its record's block. One longer than 20 MB is reported, and not read. Raises
    InputError where the file can't be opened or is no archive; one that breaks off gives its records, then says so.
    """
    if find_spec("fastwarc") is None:
        cause, hint = "is a web archive, which needs a package that is not installed", "pip install 'cleaner[warc]'"
        raise InputError(source.name, cause, hint)
    number, reported = 0, False
    for at, pieces in enumerate(streams(source.path)):
        faults: list[Unreadable] = []
        before = number
        whole = True
        try:
            for record in read_records(PeekableBytes(pieces)):
                if isinstance(record, RecordDamage):
                    faults.append(_fault(source, f"{record.cause} after record {number}"))
                    continue
                number += 1
                place = f"{source.name}:{number}"
                if found := guarded(partial(_found, record, place), place):
                    yield found
        except (EOFError, InputError) as error:
            whole = False
            if isinstance(error, InputError):
                faults.append(_fault(source, f"{error.cause} after record {number}", error.hint))
            else:
                faults.append(_fault(source, f"is cut short in or after record {number}"))
        # After damage a stream is found by its first bytes, which may occur anywhere.
        if number > before or not at:
            yield from faults
            reported = reported or bool(faults)
        if whole and (number or at):  # of a file whose first bytes are damaged, the next stream is the first
            break
    if not number and not reported:
        yield _fault(source, "holds no record")


def _fault(source: Source, cause: str, hint: str = _AGAIN) -> Unreadable:
    return Unreadable(source=source.name, id=source.name, cause=cause, hint=hint)


def _found(record: Record, place: str) -> Document | Unreadable | None:
    """The document of a record, or why it has none; None where it isn't one to have one."""
    name = record.headers.get("warc-record-id", "").strip("<> ") or place
    read = _KINDS.get(record.headers.get("warc-type", "").lower())
    if record.length <= PAGE_BYTES and record.block() is None:
        if record.is_damaged:
            return Unreadable(
                source=place,
                id=name,
                cause="its length leads past the next record",
                hint="take the record out, or ignore this",
            )
        return None  # the last record, and truncated

    def made() -> Document | Unreadable | None:
        head = record.head()
        payload = read(record, head) if read else None
        if payload and record.length > PAGE_BYTES:
            raise ValueError(f"is longer than {PAGE_BYTES // 10**6} MB, as no article is")
        block = record.block() if payload and record.length > len(head) else head
        payload = read(record, block) if read and payload and block else None
        return _document(record, payload, block, name, place) if payload and block else None

    try:
        return made()
    except ValueError as error:
        return Unreadable(source=place, id=name, cause=str(error), hint="take the record out, or ignore this")


def _document(record: Record, payload: _Payload, block: bytes, name: str, place: str) -> Document | Unreadable:
    digest = hashlib.sha256(block).hexdigest()
    url = (record.headers.get("warc-target-uri", "")).strip(" <>") or None  # wget writes it in brackets
    date = record.headers.get("warc-date")
    given: Mapping[str, Any] = {"warc_date": date} if date else {}
    try:
        if payload.type in _PAGES or is_page(payload.data):
            return read_html(
                payload.data, name=name, source=place, digest=digest, charset=payload.charset, url=url, given=given
            )
        decoded = decode(payload.data, payload.charset)
    except ValueError as error:
        return Unreadable(
            source=place, id=name, cause=str(error), hint="take the record out, or ignore this", digest=digest
        )
    return Document(
        id=name, text=decoded.text, source=place, digest=digest, url=url, input_metadata=given,
        evidence=decoded.evidence, flags=decoded.flags,
    )  # fmt: skip


def _response(record: Record, block: bytes) -> _Payload | None:
    """Return the payload of an HTTP response without its transfer and content codings. Raises ValueError."""
    from fastwarc.warc import WarcRecord

    if (
        not record.headers.get("content-type", "").lower().startswith("application/http")
    ):  # of a name server, or of a protocol without headers
        return _resource(record, block)
    http = WarcRecord()
    http.set_bytes_content(block)
    http.is_http = True
    try:
        http.parse_http(auto_decode="none")
    except OSError as error:
        raise ValueError(f"holds no HTTP response: {error}") from error
    kind = (http.http_content_type or "").split(";")[0].strip().lower()
    if not 200 <= (http.http_headers.status_code or 0) < 300 or kind not in _READ:
        return None
    coded: dict[str, str] = {}
    for name, value in http.http_headers.items():
        coded[name.lower()] = ",".join(filter(None, (coded.get(name.lower()), value)))
    whole = len(block) >= record.length
    data = decode_body(_take(http.reader, len(block)), coded, PAGE_BYTES + 1, whole=whole)
    if not kind and not is_page(data) and (data or whole):  # the beginning of compressed data may give no bytes
        return None
    return _Payload(type=kind, charset=http.http_charset, data=data)


def _resource(record: Record, block: bytes) -> _Payload | None:
    """A file as it is: a page of a local archive, or a text that was taken out of one."""
    said = record.headers.get("content-type", "").lower()
    kind, _, parameters = said.partition(";")
    if kind.strip() not in _READ:
        return None
    charset = parameters.partition("charset=")[2].split(";")[0].strip(" \"'")
    return _Payload(type=kind.strip(), charset=charset or None, data=block)


_KINDS = {"response": _response, "resource": _resource, "conversion": _resource}


def _take(reader: Any, size: int) -> bytes:
    """Return `size` bytes; fewer only at the end."""
    out = bytearray()
    while len(out) < size and (data := reader.read(size - len(out))):
        out += data
    return bytes(out)
