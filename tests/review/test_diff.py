"""A rule change is shown as it is: nothing more, nothing less, wherever it can reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.corpus.changes import changes
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.rule import ArticleRegion, Cut, DuplicateLine, Join, Neighbour, Rule, RulePack, Where
from cleaner.review import render
from cleaner.review.article_lines import aligned, golden, parse_golden
from cleaner.review.diff import PackDiff, compare, diff_golden
from cleaner.rules.load import make_pack
from support.rules_by_type import LISTS, PROSE, rule

LINES = [
    "Lamps return to the harbour", "By Anna Reed", PROSE, "Advertisement", "Share", "Share this",
    "Photo: Ada Novak/AFP", "The harbour at dusk Photo: AFP", "Two women beside a boat", "Read more: the storm",
    "Read more: the cable", "Back to top", "The ships were late. U.S.", "Senator Novak asked why.", "",
    "© 2025 The Lantern", "Nobody knew.",
]  # fmt: skip
RULES = (
    rule("ad", line=("advertisement",)),
    rule("share", label="share", line=("share",)),
    rule("share-more", label="share", pattern="Share .+", cut=Cut(to="prose")),
    rule("more", label="related", pattern="Read more: .+"),
    rule("credit", label="caption", pattern="(?P<captions>.+) Photo: (?P<image_credits>.*{wires}.*)"),
    rule("credit-line", label="caption", pattern="Photo: (?P<image_credits>.*{wires})"),
    rule("alt", label="caption", neighbour=Neighbour(below=("caption",)), where=Where(finite_verb=False)),
    rule("title", label="title", headline=True, where=Where(labelled_lines=1)),
    rule("again", label="title", duplicate_line=DuplicateLine(of=("title",))),
    rule("by", label="byline", pattern="By (?P<authors>.+)"),
    rule("legal", label="legal", pattern="© .+", where=Where(zone=("tail",))),
    rule("top", label="navigation", line=("back to top",), cut=Cut(to="end", max_share=0.9)),
    rule("join", label="repair", join=Join(after="U[.]S[.]", before="[A-Z]")),
    rule("word", label="repair", inline="harbour", replace="harbor"),
    rule("allow", action="allow", line=("share this",)),
    rule("around", label="page", article_region=ArticleRegion(of="text", points="points", whole="whole")),
)


def pack(*rules: Rule, **lists: tuple[str, ...]) -> RulePack:
    return make_pack(list(rules), {**LISTS, **lists})


def document(text: str, name: str = "a", **more: Any) -> Prepared:
    return prepare(Document(id=name, source=name, text=text, **more))


MENU = ["Home", "News", "Sport", "Culture", "Weather"]
PREPARED = [document("\n".join(LINES[n:] + LINES[: n - 7]), f"doc-{n}") for n in range(len(LINES))]
PREPARED.append(document("\n".join([*MENU, *LINES, PROSE, *MENU]), "page"))

_edits = st.sampled_from(
    [
        lambda _: None,  # deleted
        lambda r: replace(r, action="mark"),
        lambda r: replace(r, label="legal") if not r.headline else r,
        lambda r: replace(r, where=Where(max_words=3)),
        lambda r: replace(r, where=Where(above=("share", "ad"))),
        lambda r: replace(r, line=("share this", "nobody knew")) if r.line else r,
        lambda r: replace(r, pattern="Read .+") if r.pattern else r,
        lambda r: replace(r, status="deprecated"),
        lambda r: replace(r, language=("de",)),
        lambda r: replace(r, important=True),
        lambda r: replace(r, unless=("Novak",)),
        lambda r: replace(r, why="another reason"),  # changes nothing
    ]
)


_LISTS: list[dict[str, tuple[str, ...]]] = [
    {}, {"wires": ("dpa",)}, {"en_finite_verbs": ("beside",)}, {"news_agencies": ()},
    {"points": ("words < 3 => -1.60 | +1.40",)}, {"whole": ("+1.00",)},
]  # fmt: skip


@st.composite
def edited_packs(draw: st.DrawFn) -> tuple[RulePack, RulePack]:
    old = draw(st.sets(st.sampled_from(RULES), min_size=3))
    new = {r.id: r for r in old}
    for _ in range(draw(st.integers(1, 3))):
        target = draw(st.sampled_from(RULES))
        made = draw(_edits)(new.get(target.id, target))
        new = {key: r for key, r in {**new, target.id: made}.items() if r}
    lists: dict[str, tuple[str, ...]] = draw(st.sampled_from(_LISTS))
    return pack(*old), pack(*new.values(), **lists)


@given(edited_packs())
def test_what_is_not_listed_has_not_changed(packs: tuple[RulePack, RulePack]) -> None:
    old, new = packs
    quick, full = compare(old, new, PREPARED), compare(old, new, PREPARED, full=True)
    assert quick.articles == full.articles
    listed = {article.id for article in quick.articles}
    programs = compile_program(old), compile_program(new)
    for prepared in PREPARED:
        before, after = (replace(clean_prepared(prepared, p), rules_digest="", losses=()) for p in programs)
        assert (before == after) == (prepared.document.id not in listed)


@pytest.mark.parametrize("name", ["points", "whole"])
def test_other_weights_are_an_edit_of_the_structure_rule(name: str) -> None:
    old, new = pack(RULES[-1]), pack(RULES[-1], **{name: ("-1.00",)})
    assert changes(old, new).edited == ("x/around",)
    assert [article.id for article in compare(old, new, PREPARED[-1:]).articles] == ["page"]


def test_only_documents_that_the_rule_can_affect_are_cleaned_twice() -> None:
    corpus = [document(f"{PROSE}\n{line}", line) for line in ("Advertisement", "Share", "Nobody knew.")]
    found = compare(pack(*RULES), pack(*(r for r in RULES if r.id != "x/ad")), corpus)
    assert (found.documents, found.looked_at, len(found.articles)) == (3, 1, 1)


def test_figures_alone_are_those_beside_the_lines() -> None:
    old, new = pack(*RULES), pack(*RULES[1:])
    shown, counted = (compare(old, new, PREPARED, lines=lines) for lines in (True, False))
    assert any(article.before != article.after for article in shown.articles)
    bare = tuple(replace(article, before=(), after=()) for article in shown.articles)
    assert replace(shown, articles=bare) == counted


def one_line(old: RulePack, new: RulePack, text: str) -> PackDiff:
    return compare(old, new, [document(text)])


def test_figures_are_of_what_went_and_what_came_back() -> None:
    text = f"{PROSE}\nAdvertisement\nShare\nRead more: the storm"
    found = one_line(pack(RULES[0], RULES[3]), pack(RULES[1]), text)
    assert found.figures == {
        "documents": 1, "removed_pieces": 1, "removed_words": 1, "restored_pieces": 2, "restored_words": 5,
        "fields": 0, "harm": 0,
    }  # fmt: skip
    assert set(found.by_label) == {"share", "ad", "related"}
    assert found.changes.added == ("x/share",)
    assert found.changes.removed == ("x/ad", "x/more")


def test_the_largest_harm_comes_first() -> None:
    eater = rule("eater", pattern="The lamps .+")
    corpus = [document(f"{PROSE}\nShare", "prose"), document("Advertisement\nNobody knew.", "ad")]
    found = compare(pack(), pack(eater, *RULES[:2]), corpus)
    assert [a.id for a in found.articles] == ["prose", "ad"]
    assert found.articles[0].harm == len(PROSE.split())


def test_a_piece_signed_by_another_rule_is_shown_and_counts_no_words() -> None:
    other = rule("zzz", line=("advertisement",), language=("en",))
    found = one_line(pack(RULES[0]), pack(RULES[0], other), f"{PROSE}\nAdvertisement")
    assert found.figures["removed_words"] == 0
    text = render.without_styles(render.render_diff(found))
    assert "was ad · x/ad, now ad · x/zzz" in text


def test_metadata_and_budget_are_shown() -> None:
    found = one_line(pack(), pack(RULES[9]), f"By Anna Reed\n{PROSE}")
    assert found.articles[0].fields == {"authors": ((), ("Anna Reed",))}
    greedy = rule("greedy", pattern="The lamps .+")
    text = "\n".join([PROSE] * 4 + ["Nobody knew."])
    over = one_line(pack(), pack(greedy), text)
    assert over.articles[0].fields["flags"] == ((), ("over-budget",))
    assert over.figures["removed_words"] == 0


def test_reasons_and_examples_change_nothing() -> None:
    old = pack(RULES[0])
    assert not changes(old, pack(replace(RULES[0], why="else", keeps=("x",))))
    assert changes(old, pack(replace(RULES[0], label="share"))).edited == ("x/ad",)


@pytest.mark.parametrize("changed", [{"wires": ("AFP",)}, {"en_finite_verbs": ()}])
def test_a_changed_list_changes_the_rules_that_use_it(changed: dict[str, tuple[str, ...]]) -> None:
    touched = changes(pack(*RULES), pack(*RULES, **changed)).edited
    assert ("x/credit" in touched) == ("wires" in changed)
    assert ("x/alt" in touched) == ("en_finite_verbs" in changed)
    assert "x/ad" not in touched


def test_the_golden_picture_is_the_diffs_picture() -> None:
    text = f"{PROSE}\nAdvertisement\nShare"
    old, new = pack(RULES[0]), pack(RULES[1])
    stored, now = (golden(clean_prepared(document(text), compile_program(p))) for p in (old, new))
    from_golden, from_compare = diff_golden("a", stored, now), one_line(old, new, text).articles[0]
    assert from_golden is not None
    assert from_golden.by_rule == from_compare.by_rule
    pictures = [
        render.without_styles(render.render_article(replace(d, fields={}))) for d in (from_golden, from_compare)
    ]
    assert pictures[0] == pictures[1]
    assert "  - Share   now share · x/share" in pictures[0]
    assert "  + Advertisement   was ad · x/ad, now kept" in pictures[0]


@given(st.sets(st.sampled_from(RULES)), st.sampled_from(PREPARED))
def test_golden_text_is_read_back(rules: set[Rule], prepared: Prepared) -> None:
    text = golden(clean_prepared(prepared, compile_program(pack(*rules))))
    lines = parse_golden(text)
    assert "\n".join(map(str, lines)) + "\n" == text
    assert all(old is new for old, new in aligned(lines, lines))


def test_a_page_escapes_what_it_shows() -> None:
    found = one_line(pack(), pack(rule("tag", pattern="<b>.+")), f"{PROSE}\n<b>bold & brave")
    assert "&lt;b&gt;bold &amp; brave" in render.page(found)
    assert "<b>bold" not in render.page(found)
