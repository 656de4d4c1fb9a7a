"""Floors: figures below which the rules must not fall. They rise by `--update`, and fall by `--lower` alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Figures = Mapping[str, float]
Measured = Mapping[tuple[str, str], Figures]
"""By set and input, figures in percent."""

FLOORED = (
    "aeb_f1", "rouge_f1", "para_f1", "chunk_f1", "title", "authors", "published",
    "removed", "words", "alone", "glued", "freed", "article_words_kept", "of_those_alone", "precision", "recall",
)  # fmt: skip
SLACK = 0.1  # points: another machine's fit of the folds, another splitter's sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A figure below its floor, or one that is no longer measured."""

    of: tuple[str, str]
    """Set and input."""
    figure: str
    floor: float
    now: float | None


def read(path: Path) -> dict[tuple[str, str], dict[str, float]]:
    """The floors of a file; none where there is no file."""
    if not path.is_file():
        return {}
    sets: dict[str, dict[str, dict[str, float]]] = json.loads(path.read_text("utf-8"))
    return {(name, kind): dict(figures) for name, inputs in sets.items() for kind, figures in inputs.items()}


def write(path: Path, floors: Measured) -> None:
    """The floors as a file, a line for an input, so that a diff shows what changed."""
    names = sorted({name for name, _ in floors})
    sets = (
        f"  {json.dumps(name)}: {{\n"
        + ",\n".join(
            f"    {json.dumps(kind)}: {json.dumps(dict(sorted(floors[of].items())))}"
            for of in sorted(floors)
            if of[0] == name and (kind := of[1])
        )
        + "\n  }"
        for name in names
    )
    path.write_text("{\n" + ",\n".join(sets) + "\n}\n", "utf-8")


def falls(floors: Measured, measured: Measured, sets: Sequence[str]) -> Iterator[Fall]:
    """What fell by more than `SLACK` among the sets that were measured, the farthest first."""
    found = [
        Fall(of=of, figure=name, floor=floor, now=measured.get(of, {}).get(name))
        for of, figures in floors.items()
        if of[0] in sets
        for name, floor in figures.items()
    ]
    fallen = (fall for fall in found if fall.now is None or fall.now < fall.floor - SLACK)
    yield from sorted(fallen, key=lambda fall: (fall.now or 0.0) - fall.floor)


def moved(
    floors: Measured, measured: Measured, lowered: Sequence[Fall] = ()
) -> dict[tuple[str, str], dict[str, float]]:
    """The floors after this measurement: raised to what was reached, and lowered where that was asked for."""
    new = {of: dict(figures) for of, figures in floors.items()}
    for of, figures in measured.items():
        own = new.setdefault(of, {})
        own.update({n: figures[n] for n in FLOORED if n in figures and figures[n] > own.get(n, -1.0)})
    for fall in lowered:
        if fall.now is None:
            del new[fall.of][fall.figure]
        else:
            new[fall.of][fall.figure] = fall.now
    return {of: figures for of, figures in new.items() if figures}


def held(path: Path, measured: Measured, sets: Sequence[str], *, update: bool, lower: bool) -> int:
    """Compare with the floors of a file, say what fell, and move them if asked to; 1 if something fell, else 0."""
    known = read(path)
    fallen = list(falls(known, measured, sets))
    if update or lower:
        write(path, moved(known, measured, fallen if lower else ()))
    if not fallen:
        print(
            "floors: all hold"
            if any(of[0] in sets for of in known)
            else f"floors: none yet; --update writes {path.name}"
        )
        return 0
    print(f"floors: {len(fallen)} fell\n{table(fallen)}")
    if lower:
        return 0
    print("mend what made it worse, or say with --lower that it is worth that")
    return 1


def table(fallen: Sequence[Fall]) -> str:
    """What fell, from where and by how much."""
    rows = [("set", "input", "figure", "floor", "now", "by")]
    for fall in fallen:
        now, by = ("-", "gone") if fall.now is None else (f"{fall.now:.2f}", f"{fall.now - fall.floor:+.2f}")
        rows.append((*fall.of, fall.figure, f"{fall.floor:.2f}", now, by))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
