"""Strategies for texts and for edits of them."""

from __future__ import annotations

from hypothesis import strategies as st

from cleaner.model.document import Edit

# Texts with many line breaks, blanks of all sorts, and words that the rules below are after.
_pieces = st.sampled_from(
    ["\n", "\n\n", " ", "\t", "\u00a0", "\u3000", "\x1f", "Share", "share!", "Photo: A/AFP", "İ", "ß",
     "A long line of prose that ends as lines of prose do, with a full stop after some twenty words or so.",
     "“Quote,” he said.", "By Anna Reed", "x", "-", "©"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=80), st.lists(_pieces, max_size=40).map("".join))


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> tuple[Edit, ...]:
    """Non-overlapping edits of a text, with replacements that may break lines."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    return tuple(
        Edit(
            start=a,
            end=b,
            text=text[a:b],
            label="ad",
            rule="x/y",
            replacement=draw(st.sampled_from(["", " ", "\n", "z"])),
        )
        for a, b in pairs
    )
