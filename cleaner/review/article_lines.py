"""Golden files: an article line by line, with what was removed and why, so that a change reads well in a diff.

A kept line begins with two blanks, a removed one with `- ` and ends with its label and rule; in a line that
was changed in part (`~ `) the pieces that went are marked ⟦…⟧. Blank lines are left out. Lines that begin
with `# ` state the metadata.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from cleaner.cleaning.article import Article
from cleaner.model.document import Edit, Mark

_SIGN = "  ⟵ "
_KEPT, _REMOVED, _CHANGED, _HEAD = "  ", "- ", "~ ", "# "


class GoldenLine(NamedTuple):
    """A line of an article: what happened to it, its text, and the labels and rules of its edits."""

    effective_action: str
    """`  ` kept, `- ` removed, `~ ` changed in part, `# ` metadata."""
    text: str
    signs: str = ""

    def __str__(self) -> str:
        return self.effective_action + self.text + (_SIGN + self.signs if self.signs else "")

    @property
    def source(self) -> str:
        """The line as it is in the text, to find the lines that two articles have in common."""
        return self.text.replace("⟦", "").replace("⟧", "") if self.effective_action == _CHANGED else self.text

    @property
    def is_head(self) -> bool:
        """The line states metadata."""
        return self.effective_action == _HEAD

    @property
    def is_removed(self) -> bool:
        """The whole line is removed."""
        return self.effective_action == _REMOVED

    @property
    def label(self) -> str:
        """The label of the first signature."""
        return self.signs.partition(" · ")[0]

    @property
    def rule(self) -> str:
        """The rule of the first signature."""
        return self.signs.partition(",")[0].partition(" · ")[2]


def aligned(
    before: Sequence[GoldenLine], after: Sequence[GoldenLine]
) -> Iterator[tuple[GoldenLine | None, GoldenLine | None]]:
    """Line by line, the two cleanings of a text; None where a line is on one side only."""
    matcher = SequenceMatcher(None, [x.source for x in before], [x.source for x in after], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(before[a:b], after[c:d], strict=True)
        else:
            yield from ((line, None) for line in before[a:b])
            yield from ((None, line) for line in after[c:d])


def golden(article: Article) -> str:
    """The golden text of an article."""
    return "\n".join(map(str, (*head_lines(article), *golden_lines(article)))) + "\n"


def parse_golden(text: str) -> list[GoldenLine]:
    """The lines of a golden text."""
    lines: list[GoldenLine] = []
    for row in text.splitlines():
        body, _, signs = row[2:].rpartition(_SIGN) if _SIGN in row else (row[2:], "", "")
        lines.append(GoldenLine(effective_action=row[:2], text=body, signs=signs))
    return lines


def head_lines(article: Article) -> Iterator[GoldenLine]:
    """Source, metadata and figures."""
    yield GoldenLine(effective_action=_HEAD, text=article.source or article.id)
    for name in article.metadata.__slots__:
        value = getattr(article.metadata, name)
        if value not in (None, ()):
            shown = " | ".join(value) if isinstance(value, tuple) else str(value)
            yield GoldenLine(effective_action=_HEAD, text=f"{name}: {shown}")
    signals = article.signals
    figures = f"language: {signals.language}, words: {signals.words}, words removed: {signals.words_removed}"
    yield GoldenLine(effective_action=_HEAD, text=figures)
    if not article.verdict.kept:
        yield GoldenLine(effective_action=_HEAD, text=f"rejected: {article.verdict.filter} ({article.verdict.figure})")
    if article.flags:
        yield GoldenLine(effective_action=_HEAD, text=f"flags: {', '.join(article.flags)}")


def golden_lines(article: Article, text: str | None = None) -> list[GoldenLine]:
    """The lines of the normalised text that aren't blank, each with what happened to it. `text` saves rebuilding it."""
    lines: list[GoldenLine] = []
    edits: list[Edit] = []
    coming = iter(article.edits)  # in order, and none overlaps another
    following = next(coming, None)
    at = 0
    for line in (article.original() if text is None else text).split("\n"):
        end = at + len(line)
        edits = [edit for edit in edits if at < edit.end]
        while following and following.start <= end:
            if at < following.end:
                edits.append(following)
            following = next(coming, None)
        marks = [m for m in article.marks if m.start < end and at < m.end] if article.marks else ()
        kept = line.strip()
        if edits or (kept and marks):
            lines.append(_line(line, at, edits, _signs(edits, marks)))
        elif kept:
            lines.append(GoldenLine(_KEPT, kept))
        at = end + 1
    return lines


def _line(line: str, at: int, edits: Sequence[Edit], signs: str) -> GoldenLine:
    if not edits:
        return GoldenLine(effective_action=_KEPT, text=line.strip(), signs=signs)
    if len(edits) == 1 and edits[0].text == line.strip() and not edits[0].replacement:
        return GoldenLine(effective_action=_REMOVED, text=line.strip(), signs=signs)
    out: list[str] = []
    upto = 0
    for edit in edits:
        start, end = min(max(0, edit.start - at), len(line)), min(len(line), edit.end - at)
        broken = "⏎" if edit.end > at + len(line) else ""
        instead = f"→{edit.replacement!r}" if edit.replacement and edit.start >= at else ""
        out += (line[upto:start], "⟦", line[start:end], broken, "⟧", instead)
        upto = end
    out.append(line[upto:])
    return GoldenLine(effective_action=_CHANGED, text="".join(out).strip(), signs=signs)


def _signs(edits: Sequence[Edit], marks: Sequence[Mark]) -> str:
    signs = dict.fromkeys(f"{e.label} · {e.rule}" for e in edits)
    signs |= dict.fromkeys(f"({m.label} · {m.rule})" for m in marks)
    return ", ".join(signs)
