"""Reads the rows of a delimited table, whose quoted cells may contain line breaks.

A quote that somebody forgot to close, or that never was one, would make one cell of all that follows up to the next
quote. So a cell of several lines is looked at again: where a line in it opens a quoted cell itself, and all lines up to
there are rows, they are read as rows. What stays doubtful is said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from cleaner.readers.csv_cells import CellSplitter
from cleaner.readers.csv_dialect import shape

CELL_CHARS = 50_000_000
"""The most characters of a cell, and of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """The cells of one or more lines."""

    first: int
    """The number of its first line."""
    text: str
    cells: list[str]
    doubtful: tuple[int, ...] = ()
    """Numbers of the lines within a cell that look like rows of their own."""


@dataclass(slots=True)
class _Region:
    """Lines connected by quoted cells, read as one row."""

    lines: list[str]
    cells: list[str]
    closed_at: int = -1
    """The end of the last quoted content on the last line; -1 where no quote closes it."""
    refuted: bool = False
    """A quote in the last line shows that no quoted cell was open."""


class RowReader:
    """Reads rows of `columns` cells. `shapes` are those of the columns, as far as they have one."""

    def __init__(self, splitter: CellSplitter, columns: int, shapes: Sequence[str] = ()) -> None:
        self._splitter = splitter
        self._columns = columns
        self._shapes = tuple(shapes)
        self._waiting: deque[str] = deque()  # lines to read again
        self._lines: Iterator[str] = iter(())

    def read(self, lines: Iterator[str], first: int) -> Iterator[CsvRow]:
        """The rows of lines, of which the next one has the number `first`."""
        self._lines = lines
        alone = 0  # of the lines that wait, those in which no later line closes a quote
        while line := self._next():
            cells: list[str] = []
            start = self._splitter.read(line, cells, alone=alone > 0)
            alone = max(0, alone - 1)
            if start < 0:
                yield CsvRow(first=first, text=line, cells=cells)
                first += 1
                continue
            region = self._region(line, cells, start, self._next)
            if region.closed_at < 0:
                self._waiting.extendleft(reversed(region.lines))
                # A line that opens a cell refutes that an earlier one was open, so those between them open none.
                alone = 1 if region.refuted else len(region.lines)
                continue
            yield from self._settled(region, first)
            first += len(region.lines)

    def _next(self) -> str:
        """The next line; "" at the end."""
        return self._waiting.popleft() if self._waiting else next(self._lines, "")

    def _region(self, line: str, cells: list[str], start: int, following: Callable[[], str]) -> _Region:
        """The lines from one on whose last cell is not closed, up to the line that ends the row."""
        region, content, size = _Region([line], cells), [line[start:]], len(line)
        while size <= CELL_CHARS and (line := following()):
            region.lines.append(line)
            size += len(line)
            end, behind = self._splitter.closing(line, 0)
            if behind is None:
                content.append(line)
                region.refuted = end == 0
                if region.refuted:
                    break
                continue
            cells.append(self._splitter.content("".join([*content, line[:end]])))
            start = self._splitter.read(line, cells, behind.end()) if behind[1] is not None else -1
            if start < 0:
                region.closed_at = end
                break
            content = [line[start:]]
        return region

    def _settled(self, region: _Region, first: int) -> Iterator[CsvRow]:
        """The rows of a region: one, or more where its lines are rows by themselves."""
        lines, within = region.lines, [*region.lines[1:-1], region.lines[-1][: region.closed_at]]
        at = self._opened_again(lines, within)
        if not at and self._are_rows(lines[1:]) and (len(region.cells) != self._columns or not self._splitter.loose):
            at = len(lines) - 1
        for i, line in enumerate(lines[:at]):
            yield CsvRow(first=first + i, text=line, cells=self._alone(line))
        if at:
            yield CsvRow(first=first + at, text="".join(lines[at:]), cells=self._together(lines[at:]))
            return
        doubtful = tuple(first + i for i, line in enumerate(within, 1) if self._looks_like_a_row(line))
        yield CsvRow(first=first, text="".join(lines), cells=region.cells, doubtful=doubtful)

    def _opened_again(self, lines: list[str], within: list[str]) -> int:
        """The line of a region that opens the cell which ends it, where the lines before it are rows; 0 for none."""
        at = max((i for i, line in enumerate(within, 1) if self._splitter.opens_inside(line)), default=0)
        with self._tried():
            if not at or any(len(self._alone(line)) != self._columns for line in lines[:at]):
                return 0
            return at if len(self._together(lines[at:])) == self._columns else 0

    def _together(self, lines: list[str]) -> list[str]:
        """Return the cells of lines that are one row; none if they are not."""
        cells: list[str] = []
        start = self._splitter.read(lines[0], cells)
        if start < 0:
            return cells if len(lines) == 1 else []
        following = iter(lines[1:])
        region = self._region(lines[0], cells, start, lambda: next(following, ""))
        if region.closed_at < 0 and len(lines) == 1:
            return self._alone(lines[0])
        return cells if region.closed_at >= 0 and len(region.lines) == len(lines) else []

    @contextmanager
    def _tried(self) -> Iterator[None]:
        """Cells that are read here as a trial are no evidence of the dialect."""
        held = replace(self._splitter.evidence)
        try:
            yield
        finally:
            self._splitter.evidence = held

    def _alone(self, line: str) -> list[str]:
        cells: list[str] = []
        self._splitter.read(line, cells, alone=True)
        return cells

    def _are_rows(self, lines: list[str]) -> bool:
        return any(self._shapes) and all(map(self._looks_like_a_row, lines))

    def _looks_like_a_row(self, line: str) -> bool:
        """Whether a line has as many cells as the header, and those are of the columns' shapes."""
        if self._columns == 1 or not (any(self._shapes) or not self._splitter.loose):
            return False
        with self._tried():
            cells = self._alone(line)
        if len(cells) != self._columns:
            return False
        pairs = zip(cells, self._shapes or [""] * self._columns, strict=True)
        return all(not shaped or shape(cell) == shaped for cell, shaped in pairs)
