"""Detects from its beginning how a delimited table is written: line ends, delimiter, quotes, and its header.

Files do not say it, and their suffix promises little. The name of the text's column is known, so what makes it a cell
of the header is the delimiter. Whether quotes mean anything, and how one is written in a quoted cell, the rows show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cleaner.readers.csv_cells import CellEvidence, CellSplitter, Dialect, without_line_end

SAMPLE_CHARS = 1 << 19
"""Characters that are looked at."""

_DELIMITERS = ",;\t|"
_MOST_ABOVE = 200  # lines before the header
_COMMENT = "#"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # Excel's, which it does not show
_IDLE_SHARE = 0.9
_LONGEST_SHAPED = 200
_FIGURES = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"https?://\S+")


Wanted = Callable[[Sequence[str]], Sequence[str]]
"""Returns the names of a header that may be the text's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The line that names the columns."""

    names: tuple[str, ...]
    delimiter: str
    above: int
    """Lines before it and itself."""


def line_end(text: str) -> str:
    """What ends a line in a text: a line feed, or a carriage return where that ends more of the lines outside quotes.

    >>> line_end('n,text\\r1,"One\\nTwo"\\r'), line_end('n,text\\n1,One\\rTwo\\n')
    ('\\r', '\\n')
    """
    if "\r" not in text.replace("\r\n", "\n"):
        return "\n"
    outside = "".join(text.replace("\r\n", "\n").split('"')[::2])
    return "\r" if outside.count("\r") > outside.count("\n") else "\n"


def header_of(lines: Iterable[str], wanted: Wanted, *, tabbed: bool = False) -> Header | None:
    """The header: the first line that is neither blank, a comment, nor `sep=;`; or the comment that has a name that is
    `wanted` where that line has none. None where there is no line at all.

    `tabbed` says that the file is named as one whose cells are separated by tabs.
    """
    hint, remark = "", None
    for above, line in enumerate(lines, 1):
        plain = without_line_end(line).strip("\ufeff \r\n")
        if above > _MOST_ABOVE:
            break
        if not plain:
            continue
        if found := _SEPARATOR_LINE.fullmatch(plain):
            hint = found[1]
            continue
        of_comment = plain.startswith(_COMMENT)
        names, delimiter = _columns(line.lstrip(_COMMENT + " ") if of_comment else line, wanted, hint, tabbed=tabbed)
        header = Header(names=names, delimiter=delimiter, above=above)
        if not of_comment:
            return remark if remark and not wanted(names) else header
        if wanted(names) and len(names) > 1:
            remark = header
    return remark


def _columns(line: str, wanted: Wanted, hint: str, *, tabbed: bool) -> tuple[tuple[str, ...], str]:
    """The names in a header and the delimiter: one that makes a wanted name a cell; then that of the most columns;
    then the first."""
    order = hint or ("\t" + _DELIMITERS if tabbed else _DELIMITERS)
    read: dict[str, tuple[str, ...]] = {}
    for delimiter in order:
        cells: list[str] = []
        CellSplitter(Dialect(delimiter=delimiter)).read(line, cells, alone=True)
        read[delimiter] = tuple(cell.strip("\ufeff \r\n") for cell in cells)
    best = max(read, key=lambda each: (bool(wanted(read[each])), len(read[each])))
    return read[best], best if len(read[best]) > 1 else ""


def distinct(names: Sequence[str]) -> list[str]:
    """Column names, each once: `n` and `n` are `n` and `n.1`, and one that is blank is called by its number."""
    given: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        named, times = name or f"column {number}", 0
        while named in given:
            times += 1
            named = f"{name or f'column {number}'}.{times}"
        given[named] = None
    return list(given)


def is_escaped(text: str, delimiter: str) -> bool:
    """Report whether quotes in quoted cells follow a backslash, rather than being doubled."""
    mark = re.escape(delimiter)
    behind_backslash = re.findall(rf'(?<!\\)(?:\\\\)*\\"(?! *(?:{mark or "(?!)"}|[\r\n]|\Z))', text)
    doubled = re.findall(rf'[^"\\\r\n{mark}]""(?=[^"\r\n{mark}])', text)
    return len(behind_backslash) > len(doubled)


def is_quoted_cell(delimiter: str, names_in_quotes: bool, evidence: CellEvidence, rows: int) -> bool:
    """Whether quotes around a cell are not its own, by what reading them so in these rows has shown. Text between tabs
    was often never quoted; between commas a file that is not can't be read anyway."""
    if names_in_quotes or evidence.needed > evidence.bare or (delimiter and delimiter in ",;"):
        return True
    # A writer that needs no reason quotes all cells, or all texts.
    return not evidence.bare and (not evidence.idle or evidence.idle >= _IDLE_SHARE * rows)


def shapes_of(rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """For each column the shape that all its cells in these rows have; "" where they differ, or have none."""
    found: list[str] = []
    for at in range(columns):
        shapes = {shape(row[at]) for row in rows if row[at]}
        found.append(shapes.pop() if len(shapes) == 1 and len(rows) > 1 else "")
    return found


def shape(cell: str) -> str:
    """Return the shape of a number, an id, a date or an address; "" for words.

    >>> shape("17"), shape("news-0017"), shape("https://a.example/1"), shape("It rained in 1999")
    ('9', 'a-9', 'address', '')
    """
    cell = without_line_end(cell)
    if len(cell) > _LONGEST_SHAPED or not cell or any(map(str.isspace, cell)):
        return ""
    if _ADDRESS.fullmatch(cell):
        return "address"
    folded = _FIGURES.sub("9", _LETTERS.sub("a", cell))
    return folded if "9" in folded else ""
