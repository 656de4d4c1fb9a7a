"""The text of a table's file, piece by piece, and how the text of each row was decoded.

The encoding of a file is one for all its rows. Where it is UTF-8, stray bytes are kept until the row that holds them is
known: in that row alone they are mended.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from cleaner.readers import csv_rows as rows
from cleaner.readers.compression import chunks
from cleaner.readers.encoding import Decoded, decode, decode_part, marked_encoding
from cleaner.readers.sources import Source

_HEAD = 64  # bytes: of the header, which has letters of ASCII
_ZEROS = 0.25
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_BETWEEN = "\n\f\n"  # cells; lines, as each is judged alone
_PLAIN = Decoded(text="", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Part:
    """What begins behind a number of line ends, and how it was decoded."""

    feeds: int
    returns: int
    decoded: Decoded


class CsvText:
    """The text of a file, as it is read."""

    def __init__(self, source: Source) -> None:
        self.ends = "\n"
        """What ends a line."""
        self._source = source
        self._parts = [_Part(0, 0, _PLAIN)]

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces.

        The encoding is that of the byte order mark or of the zero bytes; else UTF-8, or what the first bytes that are
        not UTF-8 look like. Stray bytes are as the `surrogateescape` handler marks them. Raises InputError where the
        file can't be read.
        """
        pieces = chunks(self._source.path)
        first = next(pieces, b"")
        encoding = marked_encoding(first) or _wide_encoding(first)
        if encoding and encoding != "utf-8":
            found = "byte order mark" if marked_encoding(first) else "zero bytes"
            self._parts = [_Part(0, 0, Decoded(text="", encoding=encoding, found=found))]
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            yield decoder.decode(first).removeprefix("\ufeff")
            for piece in pieces:
                yield decoder.decode(piece)
            yield decoder.decode(b"", final=True)
            return
        guessed, feeds, returns = _PLAIN, 0, 0
        for block in _whole_lines(chain([first.removeprefix(codecs.BOM_UTF8)], pieces)):
            part = _PLAIN
            try:
                text = block.decode("utf-8")
            except UnicodeDecodeError:
                if guessed is _PLAIN:
                    guessed = _guess(block)
                part = guessed
                text = block.decode(part.encoding, "surrogateescape" if part is _PLAIN else "replace")
            if part is not self._parts[-1].decoded:
                self._parts.append(_Part(feeds, returns, part))
            feeds, returns = feeds + text.count("\n"), returns + text.count("\r")
            yield text

    def cells(self, row: rows.CsvRow) -> tuple[Sequence[str], Decoded | None]:
        """The cells of a row, and how they were decoded; None where they are ASCII, or plain UTF-8. Rows are asked for
        in order. Raises ValueError, with the cause in words, where the row is no text."""
        if any(map(_has_strays, row.cells)):
            return _mended(row.cells)
        decoded = self._decoded(row.first)
        if decoded is _PLAIN or row.text.isascii():
            return row.cells, None
        return row.cells, replace(decoded, mended=row.text.count("\ufffd"))

    def _decoded(self, line: int) -> Decoded:
        """Return how a line was decoded."""
        while len(self._parts) > 1 and self._before(self._parts[1]) < line:
            del self._parts[0]
        return self._parts[0].decoded

    def _before(self, part: _Part) -> int:
        return part.feeds if self.ends == "\n" else part.returns


def mended_cells(cells: Sequence[str]) -> list[str]:
    """Cells without the marks of stray bytes, which are decoded."""
    return list(_mended(cells)[0]) if any(map(_has_strays, cells)) else list(cells)


def _mended(cells: Sequence[str]) -> tuple[Sequence[str], Decoded]:
    decoded = decode_part(_BETWEEN.join(cells).encode("utf-8", "surrogateescape"))
    parts = decoded.text.split(_BETWEEN)
    if len(parts) != len(cells):
        parts = [decode_part(cell.encode("utf-8", "surrogateescape")).text for cell in cells]
    return parts, decoded


def _has_strays(cell: str) -> bool:
    return not cell.isascii() and any("\udc80" <= character <= "\udcff" for character in cell)


def _guess(block: bytes) -> Decoded:
    """How bytes are decoded that are not UTF-8 as a whole; `_PLAIN` where some rows of them are."""
    try:
        decoded = decode(block)
    except ValueError:
        return _PLAIN  # some rows are no text; each is judged alone
    return _PLAIN if decoded.encoding in ("utf-8", *_WIDE) else replace(decoded, text="", mended=0)


def _wide_encoding(first: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, which has a zero in most characters; "" for other encodings."""
    head = first[:_HEAD]
    if head.count(b"\0") < _ZEROS * len(head) or not head:
        return ""
    try:
        encoding = decode(first).encoding
    except ValueError:
        return ""
    return encoding if encoding in _WIDE else ""


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, cut behind a line; no character of any encoding without a mark holds the byte of a line's end."""
    held: list[bytes] = []
    length = 0
    for piece in pieces:
        cut = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        length += len(piece)
        if cut or length > rows.CELL_CHARS:
            yield b"".join([*held, piece[:cut]])
            held, length = [piece[cut:]], len(piece) - cut
        else:
            held.append(piece)
    yield b"".join(held)
