"""A difference of rule packs as something to read: styled pieces of text, for a terminal, a test or a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from cleaner.corpus.changes import Changes
from cleaner.model.escape import shown
from cleaner.review.article_lines import GoldenLine, aligned
from cleaner.review.diff import ArticleDiff, Counts, PackDiff
from cleaner.text.plural import counted

Style = str
"""`without_styles`, `dim`, `bold`, `removed`, `restored`, `changed`."""
StyledText = tuple[Style, str]

_WIDTH = 110  # of a line of an article, before it is cut; `--html` and `--json` have it whole
_CONTEXT = 1
_SIGNS = {"removed": "-", "restored": "+", "changed": "~", "dim": " "}


def render_summary(diff: PackDiff) -> Iterator[StyledText]:
    """What changed, in figures: the rules, then a row per rule and label."""
    yield from _changes(diff.changes)
    changed = len(diff.articles)
    yield "bold", f"{changed} of {counted(diff.documents, 'document')} {'changes' if changed == 1 else 'change'}"
    yield "dim", f"  ({diff.looked_at} could: both cleanings compared)\n"
    for title, rows in (("rule", diff.by_rule), ("label", diff.by_label)):
        if rows:
            yield from _table(title, rows)


def _changes(changes: Changes) -> Iterator[StyledText]:
    for change, ids in (("new", changes.added), ("gone", changes.removed), ("edited", changes.edited)):
        if ids:
            shown = ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
            yield "plain", f"{change} rule{'s' if len(ids) > 1 else ''}: {shown}\n"
    if changes.agencies:
        yield "plain", "edited list: news_agencies\n"
    if changes.site_phrases:
        yield "plain", "edited: the phrases that name sites (site_phrases)\n"
    if not changes:
        yield "plain", "no rule does anything else than before\n"


def _table(title: str, rows: Mapping[str, Counts]) -> Iterator[StyledText]:
    width = max(len(title), *map(len, rows))
    yield "dim", f"\n{title:<{width}}  documents    newly removed         restored\n"
    for key, counts in rows.items():
        yield "plain", f"{key:<{width}}  {counts.documents:>9}  "
        yield "removed" if counts.removed_pieces else "dim", _pieces(counts.removed_pieces, counts.removed_words)
        yield "restored" if counts.restored_pieces else "dim", _pieces(counts.restored_pieces, counts.restored_words)
        yield "plain", "\n"


def _pieces(pieces: int, words: int) -> str:
    figure = f"{counted(words, 'word')} in {pieces}" if pieces else "-"
    return f"{figure:>17}"


def render_article(diff: ArticleDiff, *, width: int = _WIDTH) -> Iterator[StyledText]:
    """One article: its changed metadata, its changed lines, each with who signs, a line of context around."""
    total = diff.total
    yield "bold", f"\n── {shown(diff.source)}"
    yield "removed", f"  -{counted(total.removed_words, 'word')}" if total.removed_words else ""
    yield "restored", f"  +{counted(total.restored_words, 'word')}" if total.restored_words else ""
    yield "plain", "\n"
    for name, (was, now) in diff.fields.items():
        yield "changed", f"  {name}: {_value(was)} → {_value(now)}\n"
    rows = list(aligned(diff.before, diff.after))
    styles = [_style(old, new) for old, new in rows]
    wanted = {j for i, style in enumerate(styles) if style != "dim" for j in range(i - _CONTEXT, i + _CONTEXT + 1)}
    last = -1
    for i, ((old, new), style) in enumerate(zip(rows, styles, strict=True)):
        if i in wanted:
            if i > last + 1 and last >= 0:
                yield "dim", "    ⋮\n"
            last = i
            yield style, f"  {_SIGNS[style]} {_line(old, new, width)}"
            yield "dim", f"{_note(old, new)}\n"


def _style(old: GoldenLine | None, new: GoldenLine | None) -> Style:
    if old == new:
        return "dim"
    if old is None or new is None:
        return "changed"
    if old.is_removed != new.is_removed:
        return "removed" if new.is_removed else "restored"
    return "changed"


def _line(old: GoldenLine | None, new: GoldenLine | None, width: int) -> str:
    line = new or old
    text = line.text if line else ""
    if old and new and old.text != new.text:
        text = old.text if "⟦" in old.text and "⟦" not in new.text else new.text
    text = shown(text, keep="\t")
    return text if len(text) <= width else f"{text[: width - 20]} … {text[-17:]}"


def _note(old: GoldenLine | None, new: GoldenLine | None) -> str:
    if old == new:
        return f"   {new.signs}" if new and new.signs else ""
    if old is None or new is None:
        return "   (was not in the text)" if old is None else "   (is not in the text any more)"
    if not old.signs:
        return f"   now {new.signs}"
    return f"   was {old.signs}" + (f", now {new.signs}" if new.signs else ", now kept")


def _value(value: object) -> str:
    text = " | ".join(map(str, value)) if isinstance(value, tuple) else "nothing" if value is None else str(value)
    return shown(text) or "nothing"


def render_diff(diff: PackDiff, *, limit: int | None = None, stat: bool = False) -> Iterator[StyledText]:
    """The whole difference; with `stat` the figures alone."""
    yield from render_summary(diff)
    if stat:
        return
    for each in diff.articles[:limit]:
        yield from render_article(each)
    if limit is not None and len(diff.articles) > limit:
        yield "dim", f"\n… and {counted(len(diff.articles) - limit, 'more document')} (--limit 0 for all)\n"


def without_styles(parts: Iterator[StyledText]) -> str:
    """Without colours."""
    return "".join(text for _, text in parts)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Rule change</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 14px/1.5 ui-monospace, monospace; margin: 2rem auto; max-width: 110ch; padding: 0 1rem;
  white-space: pre-wrap }}
.dim {{ opacity: .6 }} .bold {{ font-weight: 700 }}
.removed {{ color: #b3261e }} .restored {{ color: #1b7f3b }} .changed {{ color: #8a5a00 }}
@media (prefers-color-scheme: dark) {{
  .removed {{ color: #ff8a80 }} .restored {{ color: #7ddc9a }} .changed {{ color: #ffcf70 }} }}
</style></head><body>{body}</body></html>
"""


def page(diff: PackDiff) -> str:
    """The difference as one HTML page that needs nothing else."""
    parts = [*render_summary(diff), *(piece for each in diff.articles for piece in render_article(each, width=10_000))]
    return _PAGE.format(body="".join(f'<span class="{style}">{escape(text)}</span>' for style, text in parts))
