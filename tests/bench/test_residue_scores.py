"""Scores of flattened articles: pieces keep their text in an article of one line, and removal is counted whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.residue import Piece, Scored, figures, found_again, one_line


@given(st.lists(st.sampled_from(["Lamps", "  went out", "\n", " \n\n ", "Share this", "\t"]), max_size=12), st.data())
def test_pieces_keep_their_words_where_the_article_becomes_one_line(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    joined = one_line({"text": text, "gold_removed": [{"start": start, "end": end, "kind": "share"}]})
    assert "\n" not in joined["text"]
    piece = joined["gold_removed"][0]
    assert joined["text"][piece["start"] : piece["end"]].split() == text[start:end].split()
    assert joined["text"].split() == text.split()


def piece(kind: str, *, removed: bool, alone: bool = True) -> Piece:
    return Piece(kind=kind, text="Share this", words=2, is_metadata=False, alone=alone, removed=removed)


def article(*pieces: Piece, harm: int = 0) -> Scored:
    return Scored(id="a", language="en", pieces=pieces, words=100, harm=(("lamps", "x/y"),) * harm)


def test_what_is_found_again_leaves_out_headlines_of_links() -> None:
    several = [article(*(piece(kind, removed=True) for kind in ("share", "ad", "related")))]
    one = [article(piece("share", removed=True), piece("ad", removed=False), piece("related", removed=False))]
    assert found_again(several, one) == 50


def test_an_article_is_freed_only_if_all_boilerplate_and_nothing_else_was_removed() -> None:
    rows = [
        article(piece("share", removed=True)),
        article(piece("share", removed=True), harm=1),
        article(piece("share", removed=False)),
        article(),
    ]
    found = figures(rows)
    assert round(found["freed"], 1) == 33.3
    assert found["harm"] == 10 / 4
    assert found["harmed"] == 25
