"""Rules that a crawl teaches: what repeats on a site goes, what is of the story stays, in whatever order pages come."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from cleaner.authoring.examples import outcomes
from cleaner.authoring.hashed_counts import HashedCounts
from cleaner.authoring.learned_rules import SiteRules, learn_site_rules, site_file
from cleaner.authoring.lint import lint
from cleaner.cleaning.clean import clean_document
from cleaner.cleaning.prepare import prepare
from cleaner.errors import CleanerError
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.rules.load import parse_pack
from support.crawled_pages import DATELINE, GLUED_END, GULL, MENU, MOTTO, POLICY, SPEAKER, SUBHEADS, TERN, pages

RULES = """
rules:
  - {id: share/button, label: share, why: x, line: [share this], removes: Share this, keeps: [x]}
"""


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"a.yaml": RULES})


def learned(documents: Iterable[Document], pack: RulePack) -> dict[str, SiteRules]:
    corpus = list(map(prepare, documents))
    found = learn_site_rules(lambda: corpus, pack, Options(), folder_name="crawl")
    return {site.name: site for site in found.sites}


def phrases(site: SiteRules | None) -> set[str]:
    return {phrase for draft in site.drafts for phrase in draft.written} if site else set()


def texts(found: dict[str, SiteRules]) -> dict[str, str]:
    return {site.path: site_file(site, None) for site in found.values()}


@pytest.fixture(scope="module")
def found(pack: RulePack) -> dict[str, SiteRules]:
    return learned(pages(), pack)


def test_what_repeats_on_a_site_is_learned_and_what_is_of_the_story_is_not(found: dict[str, SiteRules]) -> None:
    assert found.keys() == {TERN, GULL}
    assert phrases(found[TERN]) == {text.lower().rstrip(".") for text in (*MENU, POLICY, GLUED_END)}
    assert phrases(found[GULL]) == {MOTTO.lower()}


def test_a_pack_of_learned_rules_has_no_faults_and_its_examples_pass(found: dict[str, SiteRules]) -> None:
    both = parse_pack({"a.yaml": RULES, **texts(found)})
    assert lint(both) == []
    assert all(outcome.passed for rule in both.rules for outcome in outcomes(rule, both))
    [policy] = (rule for rule in both.rules if POLICY.lower().rstrip(".") in rule.line)
    assert policy.why.endswith("on 30 of 30 pages")
    assert policy.site == (TERN,)
    assert policy.budget
    assert policy.keeps


def test_learned_rules_remove_what_they_were_learned_from_and_nothing_else(found: dict[str, SiteRules]) -> None:
    program = compile_program(parse_pack({"a.yaml": RULES, **texts(found)}))
    for document in pages(6, 4, seed=2):
        article = clean_document(document, program)
        gone = (*MENU, POLICY, GLUED_END) if TERN in str(document.url) else (MOTTO,)
        assert sorted(edit.text.strip() for edit in article.edits) == sorted(gone)
        assert not any(text in article.text for text in gone)


def test_the_order_of_the_documents_changes_nothing(found: dict[str, SiteRules], pack: RulePack) -> None:
    documents = pages()
    for seed in range(2):
        random.Random(seed).shuffle(documents)
        assert texts(learned(documents, pack)) == texts(found)


def test_the_same_corpus_teaches_nothing_twice(found: dict[str, SiteRules]) -> None:
    again = learned(pages(), parse_pack({"a.yaml": RULES, **texts(found)}))
    assert again.keys() == found.keys()
    assert not any(site.drafts for site in again.values())


def test_a_grown_corpus_adds_rules_behind_those_that_are_there(found: dict[str, SiteRules]) -> None:
    before = texts(found)[f"sites/{GULL}.yaml"]
    edited = before.replace("why: ", "why: checked by hand, ")
    grown = [replace(d, text=f"{d.text}\n\nOrder old numbers of the Sheet") for d in pages()]
    more = learned(grown, parse_pack({"a.yaml": RULES, f"sites/{GULL}.yaml": edited}))[GULL]
    assert phrases(more) == {"order old numbers of the sheet"}
    after = site_file(more, edited)
    assert after.startswith(edited)
    assert len(parse_pack({"a.yaml": after}).rules) == 2


@pytest.mark.parametrize("action", ["allow", "mark"])
def test_a_phrase_of_the_sites_file_is_not_proposed_whatever_its_rule_does(action: str) -> None:
    own = f"""
site: {GULL}
rules:
  - {{id: x/y, label: about, why: x, action: {action}, line: ["{MOTTO.lower()}"], removes: ["{MOTTO}"], keeps: [k]}}
"""
    own = own.replace(f'removes: ["{MOTTO}"], keeps: [k]', f'removes: [k], keeps: ["{MOTTO}"]' if action == "allow" else
                      f'removes: ["{MOTTO}"], keeps: [k]')  # fmt: skip
    assert phrases(learned(pages(), parse_pack({"a.yaml": RULES, f"sites/{GULL}.yaml": own})).get(GULL)) == set()


# ------------------------------------------------------------------------------- what is never learned


def site_of(lines: Sequence[Sequence[str]]) -> list[Document]:
    """The pages of one site: the stories of the Gull, with other lines in front of and behind them."""
    stories = [d.text.split("\n\n")[0:5:2] for d in pages(0, len(lines))]
    return [
        Document(
            id=f"{n}", url=f"https://{GULL}/{n}",
            text="\n\n".join(line if line != "..." else story.pop(0) for line in own),
        )
        for n, (own, story) in enumerate(zip(lines, stories, strict=True))
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        *([("...", subhead, "...", "...")] * 9 for subhead in (*SUBHEADS, SPEAKER)),
        [(DATELINE, "...", "...")] * 9,
        [("SALTMOUTH", "...", "...")] * 9,
        [("3 March 2025", "What happened next", "...", "...")] * 9,
        [("...", "...", f"{n} neighbours read it") for n in (3, 3, 3, 3, 3, 4, 5, 6, 7)],
        [("...", "...", "Anna Reed")] * 4 + [("...", "...", "Tom Okoro")] * 4,
        [("...", "...", "Order old numbers")] * 2 + [("...", "...")] * 7,
        [("...", "...", "Order old numbers")] * 3 + [("...", "...")] * 12,
    ],
    ids=[*SUBHEADS, "speaker", "dateline", "place", "date", "figures", "names", "two pages", "few of many"],
)
def test_no_rule_for(lines: list[tuple[str, ...]], pack: RulePack) -> None:
    assert phrases(learned(site_of(lines), pack).get(GULL)) - {"what happened next"} == set()


def test_a_subhead_that_is_a_heading_of_the_page_elsewhere_is_learned(pack: RulePack) -> None:
    lines = [("...", "...", "The claims of the paper")] * 9 + [("...", "The claims of the paper", "...")]
    [draft] = learned(site_of(lines), pack)[GULL].drafts
    assert draft.written == ("the claims of the paper",)
    assert draft.zone == ("tail",)


def test_copies_of_one_story_are_one_story(pack: RulePack) -> None:
    copies = [replace(pages(0, 1)[0], id=f"{n}", url=f"https://{GULL}/{n}") for n in range(9)]
    assert phrases(learned(copies, pack).get(GULL)) == set()
    assert phrases(learned([*copies, *pages(0, 9, seed=3)], pack).get(GULL)) == {MOTTO.lower()}


def test_sentences_below_the_share_stay_where_a_line_repeats_often(pack: RulePack) -> None:
    """Twelve stories of a hundred are enough for a line below the story, and for no short sentence in it."""
    head = [("...", "...", "How the weir was built, in nine pictures")] * 13
    glued = [("...", "... He would say no more.")] * 13
    documents = site_of([*head, *[("...", "...")] * 60])
    assert phrases(learned(documents, pack)[GULL]) == {"how the weir was built, in nine pictures"}
    ends = [replace(d, text=f"{d.text} He would say no more.") for d in site_of([("...", "...")] * len(glued))]
    others = [replace(d, id=f"o{d.id}") for d in site_of([("...", "...", "...")] * 60)[13:]]
    assert phrases(learned([*ends, *others], pack).get(GULL)) == set()


# ------------------------------------------------------------------------------------ texts and groups


def test_a_text_of_one_line_gives_its_sentences(pack: RulePack) -> None:
    documents = [replace(d, text=" ".join(d.text.split("\n\n")[3:])) for d in pages(12, 0)]
    found = learned(documents, pack)
    assert {POLICY.lower().rstrip("."), GLUED_END.lower().rstrip(".")} <= phrases(found[TERN])
    program = compile_program(parse_pack(texts(found)))
    for document in documents:
        assert POLICY not in clean_document(document, program).text


def test_documents_without_an_address_are_grouped_by_folder(pack: RulePack) -> None:
    documents = [replace(d, url=None, source=f"Old Gull/{d.id}.txt") for d in pages(0, 9)]
    site = learned(documents, pack)["old-gull"]
    assert phrases(site) == {MOTTO.lower()}
    [rule] = parse_pack(texts({"": site})).rules
    assert rule.site == ()
    assert rule.language == ("en",)
    loose = [replace(d, url=None, source=f"{d.id[5:]}.txt") for d in pages(0, 9)]
    assert learned(loose, pack).keys() == {"crawl"}


@pytest.mark.parametrize("host", ["10.0.0.7", "intranet", "my_blog.example.com", "bücher.example"])
def test_a_host_that_rules_can_not_name_is_reported(host: str, pack: RulePack) -> None:
    corpus = [prepare(replace(d, url=f"http://{host}/{d.id}")) for d in pages(0, 9)]
    found = learn_site_rules(lambda: corpus, pack, Options(), folder_name="crawl")
    assert found.sites == ()
    assert found.unknown_hosts == (host,)


def test_few_pages_and_a_small_share_make_an_experimental_rule(pack: RulePack) -> None:
    few = [("...", "...", "Order old numbers of the Sheet")] * 3 + [("...", "...")] * 6
    [draft] = learned(site_of(few), pack)[GULL].drafts
    assert draft.status == "experimental"
    [draft] = learned(site_of(few[:5]), pack)[GULL].drafts
    assert draft.status == "stable"


def test_the_label_is_that_of_the_lines_beside_it(pack: RulePack) -> None:
    lines = [("...", "...", "Share this", "Pass the Sheet on to your bank")] * 9
    [draft] = learned(site_of(lines), pack)[GULL].drafts
    assert draft.label == "share"


def test_a_file_that_does_not_end_with_its_rules_is_left_alone(found: dict[str, SiteRules]) -> None:
    with pytest.raises(CleanerError, match="does not end with its list of rules"):
        site_file(found[GULL], "rules: []\nlabel: ad\n")


def test_hashed_counts_are_never_too_low() -> None:
    counts = HashedCounts()
    for n in range(1000):
        for _ in range(n % 5):
            counts.add(f"key {n}")
    assert all(counts[f"key {n}"] >= n % 5 for n in range(1000))
    assert counts["another"] <= 4
