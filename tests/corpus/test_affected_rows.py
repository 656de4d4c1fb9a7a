"""A row that `AffectedRows` excludes does not change, whatever the rules, the edit and the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.corpus.affected import AffectedCheck
from cleaner.corpus.affected_rows import AffectedRows, _literal_pattern
from cleaner.corpus.changes import changes
from cleaner.dataset.parquet import record_batch
from cleaner.dataset.tables import ARTICLES, REMOVED, ledger_rows
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options, Suppression
from cleaner.model.rule import ArticleRegion, Budget, Cut, Filter, Join, Neighbour, Rule, RulePack, Where
from cleaner.review.diff import diff_articles
from cleaner.rules.load import make_pack
from cleaner.text.fold import fold
from support.rules_by_type import LISTS, PROSE, rule

RULES = (
    rule("ad", line=("advertisement", "read it's all", "***")),
    rule("share", label="share", pattern="Share .+", cut=Cut(to="prose"), language=("en",)),
    rule("share-here", label="share", pattern="(?i:share this)", site=(".example.com",)),
    rule("elsewhere", label="share", line=("share this",), site=("~www.example.com",)),
    rule("more", label="related", pattern='\\W*Read (?:it\'s|"more").*'),
    rule("inline", label="related", inline=r"\(photo: [a-z ]+\)"),
    rule("inline-few", label="ad", inline="on tuesday|On Tuesday night", budget=Budget(words=1)),
    rule("alt", label="caption", neighbour=Neighbour(above=("ad",)), where=Where(max_words=4)),
    rule("join", label="repair", join=Join(after="U[.]S[.]", before="[A-Z]")),
    rule("tags", label="repair", line_breaks="tags"),
    rule("wrapped", label="repair", line_breaks="wrapped"),
    rule("allow", action="allow", line=("share this",)),
    rule("allow-piece", action="allow", inline="photo: [a-z]+"),
    rule("few", label="quality", document=Filter(fact="words", min=20)),
    rule("around", label="page", article_region=ArticleRegion(of="text", points="points", whole="whole")),
    rule("anything", label="page", pattern=".{3,9}", everywhere="short lines are few here"),
)

_PARTS = st.sampled_from(
    [
        PROSE, "Advertisement", "ADVERTİSEMENT:", "• advertısement …", "Share this", "Share\u00a0this", "share it on",
        "Read it’s  all", "READ IT`S all", "Read “more” of the storm", "Nobody knew (photo: ada novak) of it.",
        "The ships were late. U.S.", "Senator Novak asked why.", "***", "", "", "The harbour (photo:", "ada novak",
        ", and so on.",
        "was said on", "Tuesday night,", "came. On Tuesday night it rained (photo: ada", "novak) again.",
        "Home", "News", "© 2025 Example Media Group",
    ]
)  # fmt: skip
_URLS = st.sampled_from([None, "https://www.example.com/a", "https://other.org/b", "no address"])


@st.composite
def _documents(draw: st.DrawFn) -> list[Prepared]:
    texts = draw(st.lists(st.lists(_PARTS, min_size=1, max_size=14), min_size=1, max_size=4))
    return [
        prepare(
            Document(
                id=str(n), source=str(n), text="\n".join(parts), url=draw(_URLS),
                input_metadata=draw(st.sampled_from([{}, {"language": "en"}, {"language": "de"}])),
            )
        )
        for n, parts in enumerate(texts)
    ]  # fmt: skip


_EDITS = st.sampled_from(
    [
        lambda _: None,
        lambda r: replace(r, action="mark") if r.action == "drop" else r,
        lambda r: replace(r, line=(*r.line, "nobody knew (photo: ada novak) of it")) if r.line else r,
        lambda r: replace(r, line=r.line[:1]) if r.line else r,
        lambda r: replace(r, pattern="Read .+|Share this") if r.pattern else r,
        lambda r: replace(r, line=(), pattern="(?i:news|.*storm)") if r.line else r,
        lambda r: replace(r, pattern=None, inline="this|ada") if r.pattern else r,
        lambda r: replace(r, inline="the harbour .photo: ada") if r.inline else r,
        lambda r: replace(r, unless=("Novak",)) if not r.line_breaks else r,
        lambda r: replace(r, status="deprecated"),
        lambda r: replace(r, status="experimental"),
        lambda r: replace(r, language=("de",)),
        lambda r: replace(r, site=("www.example.com",)),
        lambda r: replace(r, important=True),
        lambda r: replace(r, document=Filter(fact="words", min=12)) if r.document else r,
        lambda r: replace(r, where=Where(above=("share", "ad"))) if not r.document and not r.line_breaks else r,
        lambda r: replace(r, allows=("x/join", "x/tags")) if r.action == "allow" else r,
    ]
)
_KNOWN_BY = st.sampled_from([{}, {"\nexample media group": "www.example.com"}])
_OPTIONS = st.sampled_from(
    [
        Options(),
        Options(experimental=True),
        Options(suppress=(Suppression(rule="x/tags", host="*.example.com"),)),
    ]
)


@st.composite
def _packs(draw: st.DrawFn) -> tuple[RulePack, RulePack]:
    old = draw(st.sets(st.sampled_from(RULES), min_size=3))
    new: dict[str, Rule] = {r.id: r for r in old}
    for _ in range(draw(st.integers(1, 3))):
        target = draw(st.sampled_from(RULES))
        made = draw(_EDITS)(new.get(target.id, target))
        new = {key: r for key, r in {**new, target.id: made}.items() if r}
    return tuple(  # type: ignore[return-value]
        make_pack(list(rules), LISTS, draw(_KNOWN_BY)) for rules in (old, new.values())
    )


def tables(documents: Sequence[Prepared], made_by: RulePack, options: Options) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    program = compile_program(made_by, options)
    articles = [clean_prepared(each, program) for each in documents]
    return record_batch(ARTICLES, articles), record_batch(REMOVED, [p for a in articles for p in ledger_rows(a)])


@settings(max_examples=400)
@given(_packs(), _documents(), _OPTIONS, st.integers(0, 2))
def test_what_is_held_back_is_not_touched(
    packs: tuple[RulePack, RulePack], documents: list[Prepared], options: Options, made_by: int
) -> None:
    old, new = packs
    changed = changes(old, new)
    third = make_pack([r for r in RULES if r.id < "x/j"], LISTS)
    articles, ledger = tables(documents, (old, new, third)[made_by], options)
    affected = AffectedRows(old, new, changed, options)
    through = affected(articles, ledger)
    assert not (through & ~affected.scope(articles)).any()
    touch = AffectedCheck(old, new, changed, options)
    old_program, new_program = compile_program(old, options), compile_program(new, options)
    filters = any(r.document for pack in packs for r in pack.rules if r.id in changed.ids)
    for each, may in zip(documents, through.tolist(), strict=True):
        if not may:
            before, after = (clean_prepared(each, program) for program in (old_program, new_program))
            assert not changed or diff_articles(before, after, each.text) is None
            assert filters or not touch(each)


def held_back(old: Sequence[Rule], new: Sequence[Rule], *texts: str, **more: Any) -> list[bool]:
    documents = [prepare(Document(id=str(n), text=text, **more)) for n, text in enumerate(texts)]
    packs = make_pack(list(old), LISTS), make_pack(list(new), LISTS)
    articles, ledger = tables(documents, packs[0], Options())
    through: list[bool] = (~AffectedRows(*packs, changes(*packs))(articles, ledger)).tolist()
    return through


def test_documents_without_a_literal_of_the_rule_are_held_back() -> None:
    kept = f"{PROSE}\nNobody knew."
    ad = [f"{kept}\nAdvertisement:", f"{PROSE} Advertisement."]
    assert held_back(RULES[:1], (), kept, *ad) == [True, False, True]


def test_a_phrase_that_is_too_long_for_a_pattern_may_stand_anywhere() -> None:
    long = "read all of it " * 30_000
    rules = rule("long", line=(long, "read it")), rule("share", pattern="Share .+")
    kept = f"{PROSE}\nNobody knew."
    assert held_back(rules, (), f"{PROSE}\n{long}", kept) == [False, False]
    assert held_back(rules[1:], (), f"{PROSE}\n{long}", kept) == [True, True]


def test_a_phrase_more_asks_for_that_phrase_alone() -> None:
    ad, more = RULES[0], replace(RULES[0], line=(*RULES[0].line, "nobody knew"))
    assert held_back([ad], [more], f"{PROSE}\nAdvertisement", "Nobody knew.") == [True, False]


def test_a_filter_asks_for_the_figure() -> None:
    few, fewer = (rule("few", label="quality", document=Filter(fact="words", min=n)) for n in (21, 3))
    assert held_back([few], [fewer], f"{PROSE} {PROSE}", PROSE, "Rain.") == [True, False, False]


def test_a_rule_for_other_languages_and_sites_touches_nothing() -> None:
    german, theirs = replace(RULES[0], language=("de",)), replace(RULES[0], id="x/theirs", site=("other.org",))
    here: dict[str, Any] = {"input_metadata": {"language": "en"}, "url": "https://www.example.com/a"}
    assert held_back([german, theirs], (), "Advertisement", **here) == [True]
    assert held_back([german], (), "Advertisement", input_metadata={"language": "de"}) == [False]
    assert held_back([theirs], (), "Advertisement") == [True]  # no text names that site
    assert held_back([theirs], (), "Advertisement", url="https://other.org/b") == [False]


def test_dozens_of_rules_are_as_sound_as_one() -> None:
    phrases = [f"button number {n} of many" for n in range(700)]
    many = [rule(f"many-{n}", line=tuple(phrases[n::7])) for n in range(7)]
    assert held_back(many, (), *phrases[:3], "Nobody knew.") == [False] * 3 + [True]


def test_every_letter_is_found_as_it_is_folded() -> None:
    odd = [char for char in map(chr, range(0x110000)) if not "\ud800" <= char <= "\udfff" and fold(char) != char]
    assert len(odd) > 1000
    missed = [
        text for char in odd for text in (char, f"A{char}")
        if not re2.search("(?im)" + _literal_pattern(fold(text)), text)
    ]  # fmt: skip
    assert missed == []


@pytest.mark.parametrize("literal", ["\nby ", "photo\n", "a\nlonger piece", "x.y (z)"])
def test_a_literal_is_found_at_the_edges_of_its_line(literal: str) -> None:
    before, after = "" if literal.startswith("\n") else "\n", "" if literal.endswith("\n") else " "
    text = f"Above{before}{literal}{after}\n"
    assert re2.search("(?im)" + _literal_pattern(literal), text)
    assert not re2.search("(?im)" + _literal_pattern("\nabove\n"), "Far above\n")
