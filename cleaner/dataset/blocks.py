"""Serialises the blocks of a page, in which a dataset keeps its markup, and reads them back.

JSON with the parts that lines share (`inside`, `names`, `above`) written once and referred to by number; a line is
`[tag, inside, names, above, links, emphasis, stated, element]`, a blank one `0`. Datasets of earlier versions have no
`element`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from cleaner.model.document import Block

_SHARED = ("inside", "names", "above")
_BLANK = Block()
_ELEMENT = 7  # its place in a line


def packed(blocks: Sequence[Block]) -> str | None:
    """Return the blocks as a text; None if there are none."""
    if not blocks:
        return None
    numbers: dict[str, dict[Any, int]] = {name: {} for name in _SHARED}
    rows: list[Any] = []
    for block in blocks:
        if block == _BLANK:
            rows.append(0)
            continue
        shared = [held.setdefault(getattr(block, name), len(held)) for name, held in numbers.items()]
        rows.append([block.tag, *shared, block.links, block.emphasis, block.stated, block.element])
    return orjson.dumps({**{name: list(held) for name, held in numbers.items()}, "lines": rows}).decode()


def unpacked(text: str | None) -> tuple[Block, ...]:
    """Return the blocks that `packed` wrote. Raises ValueError if the text is anything else."""
    if not text:
        return ()
    try:
        data = orjson.loads(text)
        inside, names, above = ([tuple(one) for one in data[name]] for name in _SHARED)
        return tuple(
            Block(
                tag=row[0], inside=inside[row[1]], names=names[row[2]], above=above[row[3]],
                links=row[4], emphasis=row[5], stated=row[6], element=row[7] if len(row) > _ELEMENT else 0,
            ) if row else _BLANK
            for row in data["lines"]
        )  # fmt: skip
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"no blocks of a page: {text[:40]!r}") from error
