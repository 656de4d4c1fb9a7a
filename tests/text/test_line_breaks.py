"""Line breaks that are none: which are found, which are left, and how they are signed."""

from __future__ import annotations

import re
from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.cleaning.edits import rebuild
from cleaner.cleaning.prepare import open_document, prepare
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Block, Document
from cleaner.model.options import Options, Suppression
from cleaner.model.rule import Budget, Cut, Join, Rule
from cleaner.review.explain import explain
from cleaner.rules.load import make_pack
from cleaner.text.line_breaks import find_breaks
from cleaner.text.lines import Lines
from cleaner.text.normalise import normalise

LISTS = {
    "en_leading_words": ("the", "a", "an", "and", "or", "of", "to", "for", "in", "on", "that", "by", "with", "at"),
    "de_leading_words": ("der", "die", "das", "den", "von", "und", "in", "auf", "mit", "für", "dass"),
    "es_leading_words": ("el", "la", "los", "las", "de", "del", "que", "y", "en", "por", "con", "al", "para"),
}
REPAIRS = tuple(
    Rule(id=f"repair/{name}", label="repair", why="w", line_breaks=name)
    for name in ("tags", "wrapped", "hyphen", "page")
)


def program(*rules: Rule, suppress: tuple[Suppression, ...] = ()) -> Program:
    return compile_program(make_pack([*REPAIRS, *rules], LISTS), Options(suppress=suppress))


def cleaned(text: str, *rules: Rule, **more: object) -> Article:
    return clean_document(Document(id="d", text=text), program(*rules, **more))  # type: ignore[arg-type]


def paragraphs(text: str) -> list[str]:
    return cleaned(text).text.split("\n\n")


# --------------------------------------------------------------------------------------- broken at tags

NEWS = """\
Home
Local news
Log in
Ferry will not sail until the spring
The
Harbour Office
said on Tuesday that the ferry, which has crossed the bay since 1931, will stay at the quay until
the spring
. A spokeswoman,
Ada Novak
, told
Lantern Radio
that the engine had to be taken apart.
Nobody knows what it will cost. The mayor, who crosses the bay every day, “has learned to
row
,” he said.
The council will meet again in the old town hall (
Lower Street
) and hopes to hear of a price.
More about
ferries
Share
"""


def test_a_page_broken_at_tags_has_its_paragraphs_back() -> None:
    assert paragraphs(NEWS)[:8] == [
        "Home",
        "Local news",
        "Log in",
        "Ferry will not sail until the spring",
        "The Harbour Office said on Tuesday that the ferry, which has crossed the bay since 1931, will stay at the quay"
        " until the spring. A spokeswoman, Ada Novak, told Lantern Radio that the engine had to be taken apart.",
        "Nobody knows what it will cost. The mayor, who crosses the bay every day, “has learned to row,” he said.",
        "The council will meet again in the old town hall (Lower Street) and hopes to hear of a price.",
        "More about",
    ]


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        (  # nouns have capitals, and so may the piece after a link
            "Die Fähre, die seit neunzig Jahren über die Bucht fährt, bleibt bis zum Frühjahr am\nKai\n, sagte das"
            " Hafenamt am Dienstag. Die Maschine muss auf der\nWerft\nzerlegt werden, und niemand weiß, was es kostet.",
            "Die Fähre, die seit neunzig Jahren über die Bucht fährt, bleibt bis zum Frühjahr am Kai, sagte das"
            " Hafenamt am Dienstag. Die Maschine muss auf der Werft zerlegt werden, und niemand weiß, was es kostet.",
        ),
        (
            "El transbordador que cruza la bahía desde hace noventa años se quedará en\nel muelle\n, según dijo el"
            " martes la oficina del puerto. La alcaldesa,\nInés Robledo\n, pidió a los vecinos que tengan paciencia.",
            "El transbordador que cruza la bahía desde hace noventa años se quedará en el muelle, según dijo el"
            " martes la oficina del puerto. La alcaldesa, Inés Robledo, pidió a los vecinos que tengan paciencia.",
        ),
        (
            "港の事務所は火曜日、湾を九十年にわたって渡ってきた\n渡し船\nが春まで休むと発表した。町長の\n野田さん\n"
            "は記者に、自分で漕ぐことを覚えたと話している\n。費用がいくらになるかは誰にも分からない。",
            "港の事務所は火曜日、湾を九十年にわたって渡ってきた渡し船が春まで休むと発表した。町長の野田さん"
            "は記者に、自分で漕ぐことを覚えたと話している。費用がいくらになるかは誰にも分からない。",
        ),
        (  # no case at all: punctuation decides
            "قال مكتب الميناء يوم الثلاثاء إن العبارة التي تعبر الخليج منذ تسعين عاما ستبقى عند\nالرصيف\n، وأضاف أن"
            " المحرك يحتاج إلى إصلاح طويل في\nالورشة\n، ولا أحد يعرف كم سيكلف ذلك.",
            "قال مكتب الميناء يوم الثلاثاء إن العبارة التي تعبر الخليج منذ تسعين عاما ستبقى عند الرصيف، وأضاف أن"
            " المحرك يحتاج إلى إصلاح طويل في الورشة، ولا أحد يعرف كم سيكلف ذلك.",
        ),
    ],
)
def test_other_languages(pieces: str, whole: str) -> None:
    lists = {**LISTS, "ar_leading_words": ("عند", "في", "أن", "من")}
    article = clean_document(Document(id="d", text=pieces), compile_program(make_pack(list(REPAIRS), lists)))
    assert article.text == whole


def test_french_marks_keep_the_blank_before_them() -> None:
    text = (
        "Le bac restera à quai jusqu’au printemps : c’est ce qu’a dit la capitainerie. La mairesse, qui l’a pris\n"
        "chaque matin\n, pose une seule question à ceux qui le réparent depuis\ntrois mois\n: combien ?"
    )
    assert "depuis trois mois : combien" in cleaned(text).text
    assert "chaque matin, pose" in cleaned(text).text


# --------------------------------------------------------------------------------------- wrapped

PARAGRAPHS = (
    "The crane on the north quay was built in the year of the great frost, by a man who had never built one before and"
    " was never asked to build another. It has lifted everything from herring to a steam organ, and dropped only the"
    " organ.",
    "Whoever walks along the harbour in the evening can hear it creak, and whoever asks about it is told a different"
    " story by each of the old men on the bench. One of them says that it turns at night, by itself, to look at the"
    " sea.",
    "In the spring it will be painted. The council has voted for green, the harbour office for grey, and the painter,"
    " who has been paid already, for the red that he has left from the lighthouse.",
)


@pytest.mark.parametrize("width", [60, 72, 78, 98])
def test_wrapped_paragraphs_are_whole_again(width: int) -> None:
    text = "\n\n".join(fill(p, width, break_on_hyphens=False) for p in PARAGRAPHS)
    assert paragraphs(text) == list(PARAGRAPHS)


def test_mail_keeps_what_was_meant() -> None:
    mail = "\n\n".join(
        (
            "Dear neighbours,",
            fill(PARAGRAPHS[0], 72),
            "> " + fill(PARAGRAPHS[1], 70).replace("\n", "\n> "),
            "  * " + fill(PARAGRAPHS[2], 66).replace("\n", "\n    ") + "\n  * Bring paint.",
            "Day        Hours    Painter\nMonday     8 to 10  Novak\nTuesday    9 to 11  Reed",
            "Yours,\nAnna Reed\nLower Street 4",
        )
    )
    assert paragraphs(mail) == [
        "Dear neighbours,",
        PARAGRAPHS[0],
        "> " + PARAGRAPHS[1],
        "* " + PARAGRAPHS[2],
        "* Bring paint.",
        "Day        Hours    Painter",
        "Monday     8 to 10  Novak",
        "Tuesday    9 to 11  Reed",
        "Yours,",
        "Anna Reed",
        "Lower Street 4",
    ]


def test_a_hyphen_goes_only_where_the_text_holds_the_word_without_it() -> None:
    text = (
        "The harbour office says that the crane has to be painted before the summer, and that its paint-\n"
        "work is older than anybody who works at the office. Paintwork of that age, it says, is a well-\n"
        "known danger, as everybody knows who has stood below it in the rain. There will be two- and three-\n"
        "man crews on the ropes, and nobody below them, for as long as it takes to get the whole of it done."
    )
    assert cleaned(text).text == (
        "The harbour office says that the crane has to be painted before the summer, and that its paintwork is older"
        " than anybody who works at the office. Paintwork of that age, it says, is a well-known danger, as everybody"
        " knows who has stood below it in the rain. There will be two- and three-man crews on the ropes, and nobody"
        " below them, for as long as it takes to get the whole of it done."
    )


TYPESET = (
    "The government has said that it will not pay for the crane, and the harbour off-\n"
    "ice that it has nothing to pay with. Those who own the boats have asked the gov-\n"
    "ernment to think again, and the office to look into the drawer where it once kept\n"
    "the money for the lighthouse. What they found in it was a brush, a pot of red pa-\n"
    "int and the bill of a man who had painted something else. It has been paid since."
)


def test_a_typesetter_who_splits_words_by_the_dozen_is_believed() -> None:
    text = cleaned(TYPESET).text
    assert "harbour office that" in text
    assert "asked the government to" in text
    assert "red paint and" in text


def test_one_compound_that_the_text_holds_keeps_the_unknown_hyphens() -> None:
    text = cleaned(TYPESET + "\n\nThe pa-int, as they call it, is well-known.").text
    assert "harbour office that" in text
    assert "red pa-int and" in text


def test_a_page_number_in_mid_sentence_goes() -> None:
    top, bottom = fill(PARAGRAPHS[0], 72).split("\n")[:2], fill(PARAGRAPHS[0], 72).split("\n")[2:]
    pages = "\n".join(top) + "\n\nPage 3 of 9\n\n" + "\n".join(bottom) + "\n\n- 4 -\n\n" + fill(PARAGRAPHS[1], 72)
    assert paragraphs(pages) == [PARAGRAPHS[0], "- 4 -", PARAGRAPHS[1]]


# --------------------------------------------------------------------------------------- no damage

VERSE = """\
so the wind came in
over the flat grey water,
and the lamps went out
along the harbour wall,
and the old men rose
from their bench and went home,
one by one, to bed
"""
RECIPE = """\
You need
two leeks
a pound of potatoes, peeled
butter, salt and a little milk
a pot that is not too small for what you have in mind
Boil it all for half an hour, and let it stand for as long as you can bear to wait.
"""
CODE = """\
The function below adds the prices up, and that is all that it was ever meant to do for us.
function total(prices) {
let sum = 0;
prices.forEach((price) => {
sum += price;
});
return sum;
}
"""
MENU = """\
home
about us
contact
the harbour in pictures
sign up for our letter
Harbour office closes for the winter
by Anna Reed
The harbour office will be closed from Monday, and nobody has said when it is going to open again.
Crane to be painted green after all
by Ada Novak
The council has voted for green, and the painter, who was paid in advance, has ordered it in red.
"""
HEADINGS = """\
What the council wants
The council wants the crane to be green, and it has said so more often than anybody can remember.
What the painter wants
The painter wants to be left alone, and to use the red paint that he has left from the lighthouse.
What the crane wants
Nobody has asked the crane, and perhaps it is better so, for it has been known to turn at night.
"""
SHORT_LINES = """\
The boats will not sail on Monday.
The crane is still in pieces on the quay, they say.
The man who knows it has gone fishing.
We hope to see him back by Wednesday or so.
Nobody knows what he will say to all of this when he comes.
"""


VERSE_IN_AN_ARTICLE = """\
The poem that won the harbour's prize has been read aloud on the quay, and its author has promised to write another one.

A lamp's eye threw her a line:
between the mole & the moon
she held a spark to make a little day,
told her story on a card:
ADA NOVAK & SISTERS,
Keepers of Lamps (late of Orr)
to the island's muddy hem, she carried a running light
each light a step from the pier to the point
each light a word that mends the hearts of women,
of men.

The prize was given for the first time, and the jury, which read two hundred poems, said it would not be the last.
"""

ITEMS = """\
The harbour office has told those who come to the quay what it expects of them, and has put it on a board by the gate.

Everyone who comes must:

have a ticket that was bought before the gate

promote the "wait, look, go" rule for all who cross the slip

step aside for carts

be ready to show the ticket to the keeper of the lamps
"""

LABELS = """\
The towns along the coast have all put up their lamps again, though no two of them agree on when they should be lit.

Orr: Lamps are lit at nine

image copyright Lantern Pool image caption The lamps of Orr were lit for the first time since the storm

Tern: Lamps stay dark

image copyright Lantern Pool image caption The lamps of Tern have been dark since the storm
"""


@pytest.mark.parametrize(
    "text",
    [VERSE, RECIPE, CODE, MENU, HEADINGS, SHORT_LINES, VERSE_IN_AN_ARTICLE, ITEMS, LABELS, "", "\n", "one line"],
)
def test_short_lines_of_their_own_right_stay(text: str) -> None:
    words = frozenset(LISTS["en_leading_words"])
    assert find_breaks(Lines(text), words) == ()


def test_the_lines_of_a_page_are_never_mended() -> None:
    assert cleaned(NEWS).edits
    page = Document(id="d", text=NEWS, blocks=(Block(tag="p"),) * NEWS.count("\n"))
    assert not clean_document(page, program()).edits


# --------------------------------------------------------------------------------------- with other rules

ROW = "said on Tuesday that the ferry"


def dropping(**more: object) -> Rule:
    return Rule(**{"id": "x/drop", "label": "ad", "why": "w", "pattern": f".*{ROW}.*", **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("scope", [{}, {"language": ("en",)}, {"important": True}])
def test_a_whole_line_goes_with_the_breaks_in_it(scope: dict[str, object]) -> None:
    article = cleaned(NEWS, dropping(**scope))
    [drop] = [edit for edit in article.edits if edit.rule == "x/drop"]
    assert drop.text.startswith("The\nHarbour Office\nsaid")
    assert drop.text.endswith("taken apart.")
    left = article.text.split("\n\n")
    assert left[3:5] == [
        "Ferry will not sail until the spring",
        "Nobody knows what it will cost. The mayor, who crosses the bay every day, “has learned to row,” he said.",
    ]
    assert any(loss.rule == "repair/tags" and loss.to == "x/drop" for loss in article.losses)


def test_a_swept_line_goes_with_the_breaks_in_it() -> None:
    rule = Rule(id="x/cut", label="related", why="w", line=("log in",), cut=Cut(to="end", max_share=1))
    article = clean_document(
        Document(id="d", text=NEWS.replace("“", "").replace("”", "")),
        compile_program(make_pack([*REPAIRS, rule], LISTS), Options(budget=1)),
    )
    assert article.text == "Home\n\nLocal news"


def test_a_rule_past_its_budget_leaves_its_line_whole() -> None:
    article = cleaned(NEWS, dropping(budget=Budget(words=3)))
    assert "The Harbour Office said on Tuesday" in article.text


def test_an_allow_of_all_rules_does_not_stop_a_repair_but_one_that_names_it_does() -> None:
    assert "Harbour Office said" in cleaned(NEWS, dropping(action="allow")).text
    assert "Harbour Office\n\nsaid" in cleaned(NEWS, dropping(action="allow", allows=("repair",))).text


def test_suppressed_repairs_leave_the_lines_and_are_counted() -> None:
    article = cleaned(NEWS, suppress=(Suppression(rule="repair/tags"),))
    assert not article.edits
    assert {(loss.rule, loss.guard) for loss in article.losses} == {("repair/tags", "suppressed")}


def test_a_text_past_the_document_budget_is_whole_and_keeps_its_words() -> None:
    article = cleaned(NEWS, dropping(pattern=".*(?:ferry|mayor|council).*", everywhere="w"))
    assert article.flags == ("over-budget",)
    assert {edit.rule for edit in article.edits} == {"repair/tags"}
    assert "The Harbour Office said on Tuesday" in article.text


def test_a_join_goes_on_from_a_mended_line() -> None:
    rule = Rule(id="x/join", label="repair", why="w", join=Join(after="taken apart\\.", before="Nobody"))
    assert "taken apart. Nobody knows" in cleaned(NEWS, rule).text


def test_explain_shows_each_line_the_break_behind_it() -> None:
    lines = explain(Document(id="d", text=NEWS), program()).lines
    assert [line.row for line in lines if line.edits][:3] == [5, 6, 7]


# --------------------------------------------------------------------------------------- always

_pieces = st.sampled_from(
    ["\n", "\n\n", "\n> ", "\n  ", " ", "\t", ", ", ".", "“", "”", "(", ")", "-\n", "the", "of", "Reed", "crane",
     "and that is what the harbour office said about the crane", "The council wants it to be green.", "港の", "が",
     "\n\n- 7 -\n\n", "。", "* ", "said\n, ", "govern-\nment", "government", "- ", "o ", "»", "«", "x\ny", "https://a.example/b"]
)  # fmt: skip
pages = st.one_of(st.lists(_pieces, max_size=60).map("".join), st.permutations(NEWS.split("\n")).map("\n".join))
wrapped = st.tuples(pages, st.integers(45, 95)).map(lambda pair: fill(pair[0], pair[1]))


@given(st.one_of(pages, wrapped))
def test_breaks_are_breaks_and_everything_is_put_back(text: str) -> None:
    prepared, everything = prepare(Document(id="d", text=text)), program(dropping(pattern=".*crane.*"))
    ends = 0
    for each in find_breaks(Lines(prepared.text), frozenset(LISTS["en_leading_words"])):
        piece = prepared.text[each.start : each.end]
        assert re.fullmatch(r"-?\s*\n[\s>]*" if each.damage != "page" else r"\s*\n[\W\d]+\n\s*", piece)
        assert each.start >= ends
        ends = each.end
    lines = open_document(prepared, everything).context.lines
    for i, line in enumerate(lines.texts):
        stood = prepared.text[lines.starts[i] : lines.end(i)]
        assert all(shown in (there, " ") for there, shown in zip(stood, line, strict=True))
        assert lines.rows[i] == prepared.text.count("\n", 0, lines.starts[i])
    article = clean_document(Document(id="d", text=text), everything)
    assert rebuild(article.text, article.edits, article.spacing) == normalise(text)


@given(st.one_of(pages, wrapped))
def test_cleaning_again_joins_nothing_more(text: str) -> None:
    once = cleaned(text).text
    assert cleaned(once).text == once
