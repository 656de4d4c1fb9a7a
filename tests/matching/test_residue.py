"""Residue rules weigh single lines of an article; a labelled line near them must vouch."""

from __future__ import annotations

import pytest

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document, explained
from cleaner.cleaning.prepare import prepare
from cleaner.html import read_page
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import Action, Residue, Rule
from cleaner.rules.load import make_pack

STORY = "The ferry waits for the last of the children, as it has every year since the bridge was closed."
LISTS = {"short_points": ("words < 6 => +1 | -1",)}


def program(least: float = 0.5, below: float | None = None, action: Action = "drop") -> Program:
    short = Rule(
        id="residue/short", label="residue", why="w", action=action,
        residue=Residue(points="short_points", least=least, below=below),
    )  # fmt: skip
    share = Rule(id="share/button", label="share", why="w", line=("share",))
    return compile_program(make_pack([short, share], LISTS), Options(budget=1.0))


def cleaned(text: str, of: Program) -> Article:
    article = clean_document(Document(id="a", text=text), of)
    assert article.original() == text
    return article


@pytest.mark.parametrize(
    ("tail", "left"),
    [
        ("Share\nTides and weather", ""),
        ("Tides and weather", "Tides and weather"),  # no label
        (f"Share\n{STORY}\n{STORY}\nTides and weather", f"{STORY}\n\n{STORY}"),  # three lines away
        (f"Share\n{STORY}\n{STORY}\n{STORY}\nTides and weather", f"{STORY}\n\n{STORY}\n\n{STORY}\n\nTides and weather"),
    ],
)
def test_a_line_goes_only_near_a_labelled_one(tail: str, left: str) -> None:
    assert cleaned(f"{STORY}\n{tail}", program()).text == f"{STORY}\n\n{left}".strip()


def test_html_is_left_to_its_markup() -> None:
    read = read_page(f"<article><p>{STORY}</p><p>Share</p><p>Tides and weather</p></article>", None)
    article = clean_document(Document(id="a", text=read.text, blocks=read.blocks), program())
    assert [edit.rule for edit in article.edits] == ["share/button"]


def test_bounds_divide_lines_among_rules() -> None:
    text = f"{STORY}\nShare\nTides and weather"
    assert cleaned(text, program(least=1.5)).text == f"{STORY}\n\nTides and weather"
    assert cleaned(text, program(least=0.5, below=1.0)).text == f"{STORY}\n\nTides and weather"
    marked = cleaned(text, program(action="mark"))
    assert [(mark.rule, text[mark.start : mark.end]) for mark in marked.marks] == [
        ("residue/short", "Tides and weather")
    ]


def test_the_points_are_explained_for_each_line_of_the_text() -> None:
    _, context = explained(prepare(Document(id="a", text=f"{STORY}\nShare\nTides and weather")), program())
    assert context.weighed is not None
    (weighed,) = context.weighed
    assert [for_article for for_article, _ in weighed.lines] == [True, True, False]
    assert [figure for _, figure in weighed.lines] == ["-1.00 points: ", "", "+1.00 points: words < 6 +1.00"]
