"""Applies edits to a text, and undoes them. Only this module changes text.

The clean text is the remaining lines, stripped; each is a paragraph, and a blank line separates paragraphs. The white
space between them (line breaks, indents, trailing blanks) is stored separately as *spacing*: n paragraphs have n + 1
gaps, the first before the first paragraph and the last after the last one. A gap that consists of line breaks is
written as their number, any other as a JSON string; equal gaps in a row as `gap*count`.

    >>> edits = (Edit(start=4, end=9, text="Share", label="share", rule="share/button"),)
    >>> apply("One\\nShare\\n\\n Two", edits)
    ('One\\n\\nTwo', '0,"\\\\n\\\\n\\\\n ",0')
    >>> rebuild("One\\n\\nTwo", edits, '0,"\\\\n\\\\n\\\\n ",0')
    'One\\nShare\\n\\n Two'
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from cleaner.model.document import Edit
from cleaner.model.renamed import renamed_arguments

_DECODER = json.JSONDecoder()


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Return the text after all edits; `edits` are in order of start and do not overlap."""
    out: list[str] = []
    at = 0
    for edit in edits:
        out += (text[at : edit.start], edit.replacement)
        at = edit.end
    out.append(text[at:])
    return "".join(out)


def apply(text: str, edits: Sequence[Edit]) -> tuple[str, str]:
    """Return the clean text and its spacing."""
    paragraphs: list[str] = []
    gaps: list[str] = []
    gap = ""
    for number, line in enumerate(edited(text, edits).split("\n")):
        if number:
            gap += "\n"
        kept = line.strip()
        if not kept:
            gap += line
            continue
        at = line.index(kept) if len(kept) < len(line) else 0
        gaps.append(gap + line[:at])
        paragraphs.append(kept)
        gap = line[at + len(kept) :]
    gaps.append(gap)
    return "\n\n".join(paragraphs), _packed(gaps)


@renamed_arguments(layout="spacing")
def rebuild(clean: str, edits: Sequence[Edit], spacing: str) -> str:
    """Return the normalised text that `apply` took. Raises ValueError if the three do not belong together."""
    paragraphs = clean.split("\n\n") if clean else []
    gaps = list(_unpacked(spacing))
    if len(gaps) != len(paragraphs) + 1:
        raise ValueError(f"spacing has {len(gaps)} gaps for {len(paragraphs)} paragraphs")
    left = gaps[0] + "".join(p + gap for p, gap in zip(paragraphs, gaps[1:], strict=True))
    out: list[str] = []
    at = taken = 0  # offsets in the original, and in the text after the edits
    for edit in edits:
        upto = taken + edit.start - at
        if left[upto : upto + len(edit.replacement)] != edit.replacement:
            raise ValueError(f"the replacement of {edit.rule} is not at {edit.start}")
        out += (left[taken:upto], edit.text)
        taken = upto + len(edit.replacement)
        at = edit.end
    out.append(left[taken:])
    return "".join(out)


def _packed(gaps: list[str]) -> str:
    return ",".join(
        _coded(gap) if (count := sum(1 for _ in run)) == 1 else f"{_coded(gap)}*{count}" for gap, run in groupby(gaps)
    )


def _coded(gap: str) -> str:
    return str(len(gap)) if gap.count("\n") == len(gap) else json.dumps(gap, ensure_ascii=False)


def _unpacked(spacing: str) -> Iterator[str]:
    at = 0
    while at < len(spacing):
        value, at = _DECODER.raw_decode(spacing, at)
        gap = "\n" * value if isinstance(value, int) else str(value)
        count = 1
        if spacing[at : at + 1] == "*":
            count, at = _DECODER.raw_decode(spacing, at + 1)
        yield from [gap] * count
        at += 1  # the comma
