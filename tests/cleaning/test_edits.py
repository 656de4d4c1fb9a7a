"""Nothing vanishes: clean text, ledger and layout rebuild the text, whatever the text and the rules."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.clean import clean_document
from cleaner.cleaning.edits import apply, edited, rebuild
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import Cut, DuplicateLine, Join, Label, Neighbour, Rule, Where
from cleaner.rules.load import make_pack
from cleaner.text.normalise import normalise
from support.edits import edits_of, texts


@given(st.data(), texts)
def test_any_edits_are_put_back(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(text))
    clean_text, spacing = apply(text, edits)
    assert rebuild(clean_text, edits, spacing) == text


@given(st.data(), texts)
def test_clean_text_is_the_lines_that_are_left(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(text))
    left = [line.strip() for line in edited(text, edits).split("\n")]
    assert apply(text, edits)[0] == "\n\n".join(line for line in left if line)


_labels: st.SearchStrategy[Label] = st.sampled_from(["ad", "share", "caption", "legal"])
_kinds: list[dict[str, Any]] = [
    {"line": ("share", "by anna reed")},
    {"pattern": ".*[a-z].*", "everywhere": "arbitrary"},
    {"pattern": "Photo: (?P<image_credits>.+)"},
    {"inline": "[aeio]+", "everywhere": "arbitrary"},
    {"inline": "Share", "replace": "Part"},
    {"neighbour": Neighbour(below=("caption", "ad"))},
    {"neighbour": Neighbour(above=("share",))},
    {"duplicate_line": DuplicateLine(of=("share", "ad", "caption"))},
    {"join": Join(after="[a-z]", before="[A-Z]"), "everywhere": "arbitrary"},
    {"headline": True, "label": "title"},
    {"line": ("x",), "cut": Cut(to="end", max_share=1.0)},
    {"line": ("share",), "cut": Cut(to="prose", max_share=1.0)},
    {"line": ("share", "x"), "action": "allow"},
    {"pattern": "“.+”.*", "action": "mark", "literals": ("“",)},
]


@st.composite
def rules(draw: st.DrawFn, number: int) -> Rule:
    """A rule of any kind, sensible or not."""
    where = Where(zone=draw(st.sampled_from([(), ("head",), ("tail",)])), max_words=draw(st.sampled_from([None, 3])))
    made: dict[str, Any] = {
        "id": f"any/rule-{number}", "label": draw(_labels), "why": "any", "where": where,
        "important": draw(st.booleans()), **draw(st.sampled_from(_kinds)),
    }  # fmt: skip
    return Rule(**made)


rule_sets = st.integers(1, 6).flatmap(lambda n: st.tuples(*(rules(number) for number in range(n))))


@given(texts, rule_sets, st.sampled_from([0.0, 0.6, 1.0]))
def test_any_rules_lose_nothing(text: str, drawn: tuple[Rule, ...], budget: float) -> None:
    program = compile_program(make_pack(list(drawn), {}), Options(budget=budget))
    article = clean_document(Document(id="any", text=text), program)
    assert article.original() == normalise(text)
    assert all(edit.rule and edit.label for edit in article.edits)


@given(texts, rule_sets, st.randoms(use_true_random=False))
def test_the_order_of_rules_means_nothing(text: str, drawn: tuple[Rule, ...], random: object) -> None:
    shuffled = list(drawn)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    document = Document(id="any", text=text)
    one, other = (clean_document(document, compile_program(make_pack(each, {}))) for each in (list(drawn), shuffled))
    assert one == other


@given(texts)
def test_a_text_without_rules_keeps_every_line(text: str) -> None:
    article = clean_document(Document(id="any", text=text), compile_program(make_pack([], {})))
    assert article.edits == ()
    assert article.text == "\n\n".join(line.strip() for line in normalise(text).split("\n") if line.strip())
