"""Pages as text: their lines, the facts of each line, and robustness of the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.html import read_page
from cleaner.text.normalise import normalise

PARTS = st.sampled_from(
    "<p> </p> <div> </div> <br> <li> <ul> </ul> <a href=x> </a> <b> </b> <td> <tr> <table> </table> <pre> </pre>"
    " <script> </script> <title> </title> <body> </html> <!-- --> <![CDATA[ <svg> </svg> <h1 class='Big-Title'>"
    " <span hidden> </span> &amp;#10; &#8232; &lt; &NewLine; â€¨ <section role=navigation> \n \t \r \v \x1c \x85"
    " \u2028 \0 \ud800 < > & ' \" word Satz. 文".split(" ")
)


@given(st.lists(PARTS | st.text(max_size=8), max_size=40).map("".join))
def test_any_text_is_a_page_whose_lines_survive_normalising(markup: str) -> None:
    page = read_page(markup)
    lines = page.text.split("\n") if page.blocks else []
    assert len(lines) == len(page.blocks)
    assert normalise(page.text).count("\n") == page.text.count("\n")
    assert all(not line.strip() or block.above for line, block in zip(lines, page.blocks, strict=True))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One <b>two</b><i>three</i>\n four</p><p>Five", "One twothree four\n\nFive"),
        ("<ul><li>One<li><p>Two</p><li><div>Three</div></ul><p>Four", "One\nTwo\nThree\n\nFour"),
        ("<div>One<br>two<br><br>three</div>", "One\ntwo\n\nthree"),
        ("<table><tr><th>Boat<td><p>Oars</p></td></tr><tr><td>Skiff<td>2</table>", "Boat\tOars\nSkiff\t2"),
        ("<p>One\n\t\t<b>two</b>\tthree<pre>a\tb</pre>", "One two three\n\na\tb"),
        ("<nav><a href=/a>Home</a><a href=/b>Sport</a></nav>", "Home Sport"),
        ("<pre>a = 1\n  b = 2</pre>", "a = 1\n  b = 2"),
        ("<p>Mast<script>x</script>head<style>p{}</style><svg><text>y</text></svg>", "Masthead"),
        ("<p>漢<ruby>字<rp>（</rp><rt>じ</rt><rp>）</rp></ruby>", "漢字（じ）"),
        (
            "<p>Ten<span class=sr-only> (opens in a new tab)</span> boats<span style='display: none'>!</span>",
            "Ten boats",
        ),
        ("<p>10&nbsp;000 boats&nbsp;</p><p>&nbsp;</p>", "10\xa0000 boats"),
        ("<template><p>No</template><noscript><img></noscript><p>Yes", "Yes"),
        ("", ""),
        ("  \n", ""),
        ("No markup\nat all", "No markup at all"),
    ],
)
def test_the_lines_of_a_page(markup: str, text: str) -> None:
    assert read_page(markup).text == text


def test_facts_of_a_line() -> None:
    page = read_page(
        "<body class=home><main><div id=storyBody role=article><h2>Tide tables</h2>"
        "<p class='lead-in big'>Read <a href=/x>all of it</a></p><p hidden><em>Not</em> shown</p></div></main>"
    )
    title, _, lead, _, unseen = page.blocks
    assert (title.tag, title.inside) == ("h2", ("main", "article", "h2"))
    assert (lead.tag, lead.names, lead.links) == ("p", ("lead", "in", "big", "story", "body", "article"), 0.69)
    assert (unseen.inside[-1], unseen.emphasis) == ("hidden", 0.38)
    assert lead.above[1:] == unseen.above[1:] == title.above[1:]


NESTED = 100_000


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * NESTED + "deep",
        "<div>" * NESTED + "deep" + "</div>" * NESTED,
        "<ul><li><p><a href=x><b>" * (NESTED // 5) + "deep",
        "<table><tr><td>" * (NESTED // 3) + "deep",
        "<div>" * NESTED + "</b>" * NESTED + "deep",
        "<p " + " ".join(f"a{n}=1" for n in range(NESTED)) + ">deep",
        "<p class='" + "a" * 10_000_000 + "'>deep",
    ],
    ids=lambda markup: markup[:20],
)
def test_a_page_nested_beyond_reason_gives_its_text(markup: str) -> None:
    assert read_page(markup).text == "deep"
