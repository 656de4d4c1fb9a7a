"""A corpus and its golden files: made, compared, rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from cleaner.cleaning.clean import clean_document
from cleaner.corpus.changes import Changes
from cleaner.matching.program import compile_program
from cleaner.model.rule import RulePack
from cleaner.readers import Unreadable, discover, read
from cleaner.review import render
from cleaner.review.article_lines import golden
from cleaner.review.diff import PackDiff, diff_golden, pack_diff

_SUFFIX = ".golden"


def golden_texts(raw: Path, pack: RulePack) -> dict[str, str]:
    """The golden text of every document, and of what could not be read; file name below the golden folder → text."""
    return dict(_golden_texts(raw, pack))


def _golden_texts(raw: Path, pack: RulePack) -> Iterator[tuple[str, str]]:
    program = compile_program(pack)
    sources, refused = discover(raw)
    for item in (*refused, *(item for source in sources for item in read(source))):
        name = item.source.replace(":", "-") + _SUFFIX
        yield name, f"# {item}\n" if isinstance(item, Unreadable) else golden(clean_document(item, program))


def stored_goldens(folder: Path) -> dict[str, str]:
    """The golden files of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in sorted(folder.rglob(f"*{_SUFFIX}"))}


def compare_goldens(folder: Path, texts: Mapping[str, str], *, limit: int | None = None) -> str:
    """The picture of what differs, as `cleaner diff` draws it; empty where nothing does."""
    found = golden_diff(folder, texts)
    return render.without_styles(render.render_diff(found, limit=limit)) if found else ""


def golden_diff(folder: Path, texts: Mapping[str, str]) -> PackDiff:
    """What differs between the stored golden files and these texts."""
    stored = stored_goldens(folder)
    names = sorted(stored.keys() | texts.keys())
    differences = (diff_golden(n.removesuffix(_SUFFIX), stored.get(n, ""), texts.get(n, "")) for n in names)
    return pack_diff(Changes(), [d for d in differences if d], documents=len(names), looked_at=len(names))


def write_goldens(folder: Path, texts: Mapping[str, str]) -> None:
    """Make the folder hold these golden files and no others."""
    for name in stored_goldens(folder).keys() - texts.keys():
        (folder / name).unlink()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
