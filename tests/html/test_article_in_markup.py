"""Pages of HTML: what is inside the article stays, a list or table as a whole, and what surrounds it goes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from cleaner.api import default_program
from cleaner.cleaning.clean import clean_document
from cleaner.dataset.blocks import packed, unpacked
from cleaner.html import read_page
from cleaner.matching.context import MatchContext
from cleaner.matching.page.article_region import page_lines_of
from cleaner.matching.program import Program
from cleaner.model.document import Block
from cleaner.readers.html import read_html
from cleaner.text.lines import Lines

ROOT = Path(__file__).parent.parent.parent

MENU = "<nav><a href=/>Home</a> <a href=/garden>Garden</a> <a href=/kitchen>Kitchen</a></nav>"
FIRST = (
    "<p>The orchard behind the old mill gave so many pears this autumn that the crates ran out before the week did.</p>"
    "<p>Marta Lindqvist, who has looked after the trees since her uncle retired, left a basket at every door.</p>"
)
LAST = (
    "<p>Most of what is left goes into the kitchen of the village hall, where somebody is at the stove all day.</p>"
    "<p>She writes down what becomes of them, and this is the page of her notebook that people ask for most.</p>"
)
FOOT = "<footer><ul><li><a href=/about>About us</a><li><a href=/terms>Terms</a></ul><p>© 2025 Mill Post</p></footer>"
HEADLINE = "More pears than crates at the old mill"


@lru_cache(maxsize=1)
def program() -> Program:
    return default_program(ROOT / "rules")


def cleaned(article: str, *, around: tuple[str, str] = ("<main><article>", "</article></main>")) -> list[str]:
    """The lines that are left of a page with this article."""
    begin, end = around
    markup = (
        f"<!doctype html><html lang=en><head><title>{HEADLINE} | Mill Post</title></head><body><header>{MENU}</header>"
        f"{begin}<h1>{HEADLINE}</h1>{article}{end}{FOOT}</body></html>"
    )
    document = read_html(markup, name="page", source="", digest="", url=None, given={})
    return [line.strip() for line in clean_document(document, program()).text.split("\n") if line.strip()]


INGREDIENTS = ["2 pears", "100 g walnuts", "1 tsp salt", "300 g flour", "2 eggs"]
SHORT_STEPS = ["Heat the oven to 180C.", "Peel the pears.", "Bake for an hour."]
LONG_STEPS = [
    "Heat the oven to 180C, and butter a long tin that holds about two litres of batter.",
    "Peel the pears and cut them small, then toss them in the flour with the walnuts and the salt.",
    "Bake for an hour, until the top is brown and a knife that is put into the middle comes out clean.",
]
TOOLS = ["A ladder", "Two buckets", "A saw with a curved blade"]
TABLE = [["Tree", "Planted", "Crates"], ["Conference", "1968", "14"], ["Comice", "1974", "9"], ["Clapp", "1981", "22"]]
TERMS = [("Windfall", "Fruit that fell by itself"), ("Perry", "Cider of pears"), ("Pomace", "What the press leaves")]
CODE = ["def crates(pears):", "    for each in pears:", "        print(each.weight)"]


def items(texts: list[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{text}</li>' for text in texts)}</{tag}>"


def table(rows: list[list[str]]) -> str:
    head, *body = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in body)}</tbody></table>"


RECIPE = f"<h2>Ingredients</h2>{items(INGREDIENTS)}<h2>Method</h2>"
PARTS = {
    "list": (f"<h2>What to bring</h2>{items(TOOLS)}", ["What to bring", *TOOLS]),
    "list of paragraphs": (items([f"<p>{tool}</p>" for tool in TOOLS]), TOOLS),
    "recipe, short steps": (
        RECIPE + items(SHORT_STEPS, "ol"), ["Ingredients", *INGREDIENTS, "Method", *SHORT_STEPS]
    ),
    "recipe, long steps": (RECIPE + items(LONG_STEPS, "ol"), ["Ingredients", *INGREDIENTS, "Method", *LONG_STEPS]),
    "table": (f"<h2>The harvest</h2>{table(TABLE)}", ["The harvest", *map("\t".join, TABLE)]),
    "definitions": (
        "<h2>Words of the mill</h2><dl>" + "".join(f"<dt>{term}<dd>{what}" for term, what in TERMS) + "</dl>",
        ["Words of the mill", *(line for pair in TERMS for line in pair)],
    ),
    "code": ("<pre><code>" + "\n".join(CODE) + "</code></pre>", [line.strip() for line in CODE]),
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_list_or_table_at_the_end_of_the_article_stays_whole(part: str) -> None:
    markup, lines = PARTS[part]
    assert cleaned(FIRST + LAST + markup)[-len(lines) :] == lines


@pytest.mark.parametrize("part", PARTS)
def test_one_in_the_middle_stays_whole(part: str) -> None:
    markup, lines = PARTS[part]
    assert cleaned(FIRST + markup + LAST)[2:-2] == lines


@pytest.mark.parametrize("part", ["list", "recipe, short steps", "table", "definitions"])
def test_one_before_the_first_paragraph_stays_whole(part: str) -> None:
    markup, lines = PARTS[part]
    assert cleaned(markup + FIRST + LAST)[: len(lines)] == lines


@pytest.mark.parametrize("part", ["list", "recipe, long steps", "table"])
def test_a_container_without_a_name_holds_the_article_as_well(part: str) -> None:
    markup, lines = PARTS[part]
    around = ("<div id=page><div class=content>", "</div></div>")
    assert cleaned(FIRST + LAST + markup, around=around)[-len(lines) :] == lines


@pytest.mark.parametrize("part", [items(INGREDIENTS), items(SHORT_STEPS, "ol"), table(TABLE)])
def test_one_in_a_container_of_its_own_stays_beside_that_of_the_prose(part: str) -> None:
    lines = len(cleaned(f"<div>{FIRST}{part}{LAST}</div>")) - 4
    assert len(cleaned(f"<div class=text>{FIRST}{LAST}</div><div>{part}</div>")) == 4 + lines


STORIES = ["Mill wheel turns again", "A bridge for two parishes", "Where the herons went", "Four bells, one ringer"]


def linked(texts: list[str]) -> list[str]:
    return [f"<a href=/{n}>{text}</a>" for n, text in enumerate(texts)]


AROUND = {
    "list of stories": f"<h2>More stories</h2>{items(linked(STORIES))}",
    "tags": f"<div class=post-tags><span>Tags</span>{items(linked(['pears', 'autumn', 'mill']))}</div>",
    "share": f"<div class=share-bar>{items(linked(['Facebook', 'WhatsApp', 'Email']))}</div>",
    "author": "<div class=author-box><h3>About the author</h3><p>Ines Falk writes about gardens.</p></div>",
    "comments": "<section class=comments><h3>2 Comments</h3><p>Tom says: lovely pears, as ever.</p></section>",
}


@pytest.mark.parametrize("part", AROUND)
def test_what_surrounds_an_article_goes_from_inside_its_element(part: str) -> None:
    alone = cleaned(FIRST + LAST)
    assert len(alone) == 4
    assert cleaned(FIRST + LAST + AROUND[part]) == alone


@pytest.mark.parametrize("part", ["list", "table"])
def test_what_surrounds_an_article_goes_after_its_list(part: str) -> None:
    markup, lines = PARTS[part]
    assert cleaned(FIRST + LAST + markup + AROUND["list of stories"])[4:] == lines


@pytest.mark.parametrize("name", ["newsletter", "related", "menu"])
def test_a_wrapper_with_a_wrong_name_hides_neither_the_article_nor_what_surrounds_it(name: str) -> None:
    around = (f"<div class={name}>", f"<h2>More stories</h2>{items(linked(STORIES))}</div>")
    kept = cleaned(FIRST + LAST, around=around)
    assert [line for line in kept if line != HEADLINE] == cleaned(FIRST + LAST)


TEASERS = [
    f"Beneath {place} a whole row of wooden sheds is for sale, each with a stove, a bench and a window to the river."
    for place in ("the castle", "the tannery", "the weir", "the station", "the brewery", "the old ropeworks")
]


def test_the_core_of_a_page_is_its_article_though_teasers_have_more_prose() -> None:
    teasers = "".join(f"<div><h3><a href=/{n}>Sheds</a></h3><p>{text}</p></div>" for n, text in enumerate(TEASERS))
    markup = read_page(f"<div><div><h1>{HEADLINE}</h1>{FIRST}{LAST}</div><div>{teasers}</div></div>")
    page = page_lines_of(MatchContext(Lines(markup.text), blocks=markup.blocks))
    assert page.prose[1:5].sum() < page.prose[5:].sum()
    assert page.core == page.blocks[0].above[1]
    assert page.fact("core").tolist() == [1.0] * 5 + [0.0] * 12


def elements(markup: str) -> list[int]:
    page = read_page(markup)
    return [block.element for line, block in zip(page.text.split("\n"), page.blocks, strict=True) if line.strip()]


@pytest.mark.parametrize(
    ("markup", "parts"),
    [
        ("<p>One<p>Two", "--"),
        ("<ul><li>One<li><p>Two</p><li>Three<ul><li>Four</ul></ul>", "aaaa"),  # nested lists are one thing
        ("<ul><li>One</ul><ul><li>Two</ul>", "ab"),
        ("<dl><dt>One<dd>Two</dl><pre>Three\nFour</pre>", "aabb"),
        ("<table><tr><th>One<td>Two<tr><td>Three</table>", "aa"),
        ("<table><tr><td><p>One<p>Two<ul><li>Three</ul></table>", "--a"),  # a table that lays out a page
    ],
)
def test_the_element_of_a_line(markup: str, parts: str) -> None:
    numbers = elements(markup)
    letters = {number: "abc"[i] for i, number in enumerate(dict.fromkeys(filter(None, numbers)))}
    assert "".join(letters.get(number, "-") for number in numbers) == parts


def test_blocks_of_an_earlier_dataset_have_no_element() -> None:
    blocks = (Block(tag="li", above=(3, 2), element=2),)
    text = packed(blocks) or ""
    assert unpacked(text) == blocks
    assert unpacked(text.replace(",null,2]", ",null]")) == (Block(tag="li", above=(3, 2)),)
