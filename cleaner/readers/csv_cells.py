"""Splits a delimited line into cells, by the dialect of its table."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOOSE = ",;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The dialect of a delimited table."""

    delimiter: str = ","
    """The character between two cells; "" for a single column."""
    quoted: bool = True
    """Whether a cell may be quoted, with quotes in it doubled; else quotes are part of the cell."""
    escaped: bool = False
    """Whether a quote in a quoted cell is written as `\\"` (Spark, Hadoop, MySQL)."""


@dataclass(slots=True)
class CellEvidence:
    """Counts over the cells read, which show their dialect."""

    needed: int = 0
    """Quoted cells whose content needs the quotes."""
    idle: int = 0
    """Quoted cells that do not need the quotes: all cells are quoted, or the text is a quotation."""
    bare: int = 0
    """Unquoted cells with a quote, which a writer that quotes cells never writes."""


class CellSplitter:
    """Reads cells. `evidence` counts over all that it reads; `loose` means that a quote in a quoted cell need not
    be doubled, as long as no delimiter follows."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.evidence = CellEvidence()
        mark = re.escape(dialect.delimiter) or r"(?!)"
        # In a comma-separated file a quote always opens a cell, as prose with commas must be quoted.
        self.loose = dialect.delimiter != "" and dialect.delimiter in _LOOSE
        self._opening = re.compile(' *"' if self.loose else '"')
        self._runs = re.compile(r'\\+"?|"+' if dialect.escaped else '"+')
        self._behind = re.compile(rf" *(?:({mark})|\r*\n?\Z)")
        self._inner_opening = re.compile(rf'(?:^|{mark}) *"(?:"")*(?!"|{mark}|\s*\Z)')

    def read(self, line: str, cells: list[str], at: int = 0, *, alone: bool = False) -> int:
        """Append the cells of a line from `at` on; where a quoted cell is not closed on it, the place where the content
        of that cell begins is returned, else -1. With `alone`, a quote that the line does not close is content."""
        while True:
            opening = self._opening.match(line, at) if self.dialect.quoted else None
            if opening:
                end, behind = self.closing(line, opening.end())
                if behind:
                    cells.append(self.content(line[opening.end() : end]))
                    if behind[1] is None:
                        return -1
                    at = behind.end()
                    continue
                if end < 0 and not alone:
                    return opening.end()
                if end < 0:
                    self._plain(line, cells, at)
                    return -1
            end = line.find(self.dialect.delimiter, at) if self.dialect.delimiter else -1
            cell = line[at:end] if end >= 0 else without_line_end(line[at:])
            self.evidence.bare += '"' in cell
            cells.append(cell)
            if end < 0:
                return -1
            at = end + 1

    def _plain(self, line: str, cells: list[str], at: int) -> None:
        """The rest of a line in which no quote closes a cell: a later one that opens a cell is not closed either."""
        rest = without_line_end(line[at:])
        found = rest.split(self.dialect.delimiter) if self.dialect.delimiter else [rest]
        self.evidence.bare += sum('"' in cell for cell in found)
        cells += found

    def closing(self, line: str, at: int) -> tuple[int, re.Match[str] | None]:
        """Where the content of a quoted cell ends, and what follows its quote; (-1, None) where the line does not
        close it, (0, None) where a quote in it shows that the cell is not quoted."""
        for run in self._runs.finditer(line, at):
            quotes = run[0].lstrip("\\")
            if not quotes or len(quotes) % 2 == 0 or (len(run[0]) - len(quotes)) % 2:
                continue  # doubled, or behind a backslash
            if behind := self._behind.match(line, run.end()):
                return run.end() - 1, behind
            if not self.loose:
                return 0, None
        return -1, None

    def content(self, text: str) -> str:
        """Return the content of a quoted cell."""
        if self.dialect.escaped:
            content = _BACKSLASHES.sub(lambda found: found[0][: len(found[1]) // 2] + '"', text)
        else:
            content = text.replace('""', '"')
        needed = len(content) < len(text) or "\n" in text or (self.dialect.delimiter and self.dialect.delimiter in text)
        self.evidence.needed += bool(needed)
        self.evidence.idle += not needed
        return content

    def opens_inside(self, line: str) -> bool:
        """Whether a line seems to open a quoted cell, which the content of a quoted cell can't: its quotes are
        doubled."""
        return bool(self._inner_opening.search(line))


_BACKSLASHES = re.compile(r'(\\+)"')


def without_line_end(line: str) -> str:
    """A line without its line end."""
    return line.removesuffix("\n").removesuffix("\r")
