"""Suggested rules load, hold to their examples, and are asked for by the corpus."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.authoring import suggest as module
from cleaner.authoring.examples import outcomes
from cleaner.authoring.suggest import Suggestion, line_key, suggest
from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.cli import run
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.rule import RulePack
from cleaner.rules.load import make_pack, parse_pack

PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them.",
    "The council will now decide who is to pay for the new cable, which runs below the old customs house to the pier.",
    "Nobody had believed it, said the woman who keeps the harbour office, and who had counted all the dark nights.",
)
RULES = """
rules:
  - {id: ads/marker, label: ad, why: x, line: advertisement, removes: advertisement, keeps: ads}
  - {id: newsletter/sign-up, label: newsletter, why: x, line: [sign up for our newsletter], removes: sign up for our newsletter, keeps: sign}
  - {id: reading-time/minutes, label: reading_time, why: x, pattern: '(?i:\\d+ minutes to read)', removes: 3 minutes to read, keeps: 3 minutes}
"""  # noqa: E501
NAMES = ("Anna Reed", "Tom Okoro", "Ilse Brandt", "Ada Novak", "Jon Vale", "Mia Sund", "Leo Hart", "Ines Rua")


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"a.yaml": RULES})


def _page(n: int, host: str, *, own: str = "") -> Document:
    """A page of a site: a head, prose, a tail; two of its lines differ in a number and a name."""
    site = host.partition(".")[0]
    lines = [
        f"{n % 9 + 1} min read", PROSE[n % 3], own or f"Chapter {'abcdefghij'[n % 10]}", PROSE[(n + 1) % 3],
        "Advertisement", "What happens next", PROSE[(n + 2) % 3],
        f"More stories written by {NAMES[n % 8]}", "Sign up to our newsletter", f"Only {site} has this",
    ]  # fmt: skip
    return Document(id=f"{host}/{n}", text="\n".join(lines), url=f"https://{host}/{n}")


@pytest.fixture(scope="module")
def corpus() -> list[Prepared]:
    pages = [_page(n, host) for n, host in product(range(8), ("tern.example.com", "gull.example.org"))]
    said = Document(id="said", text=f"She told them to sign up to our newsletter, as she {PROSE[0][4:].lower()}")
    return list(map(prepare, [*pages, said]))


@pytest.fixture(scope="module")
def found(corpus: list[Prepared], pack: RulePack) -> dict[str, Suggestion]:
    return {each.draft.id: each for each in suggest(lambda: corpus, compile_program(pack))}


def test_what_repeats_across_sites_and_is_kept_is_suggested(found: dict[str, Suggestion]) -> None:
    assert found.keys() == {
        "newsletter/sign-up-to-our", "navigation/what-happens-next", "navigation/more-stories-written-by",
        "reading-time/1-min-read",
    }  # fmt: skip


def test_figures_are_those_of_the_corpus(found: dict[str, Suggestion]) -> None:
    newsletter = found["newsletter/sign-up-to-our"]
    assert newsletter.line_stats.documents == 16
    assert len(newsletter.line_stats.hosts) == 2
    assert newsletter.line_stats.share("tail") == 1
    assert newsletter.line_stats.prose_lines == 1
    assert newsletter.draft.keeps[-1].startswith("She told them to sign up to our newsletter")
    assert newsletter.guessed
    assert "16 documents on 2 sites" in newsletter.summary()
    assert "its words in prose: 1" in newsletter.summary()


def test_guesses_and_lines_amid_prose_are_noted(found: dict[str, Suggestion]) -> None:
    summary = found["navigation/what-happens-next"].summary()
    assert "a subhead?" in summary
    assert "the label is a guess" in summary
    assert "a subhead?" not in found["newsletter/sign-up-to-our"].summary()


def test_lines_that_differ_in_numbers_or_names_make_one_pattern(found: dict[str, Suggestion]) -> None:
    minutes, names = found["reading-time/1-min-read"].draft, found["navigation/more-stories-written-by"].draft
    assert minutes.kind == names.kind == "pattern"
    assert minutes.label == "reading_time"
    assert len(names.removes) == 8


def test_pasted_rules_remove_what_they_were_suggested_for(
    found: dict[str, Suggestion], corpus: list[Prepared], pack: RulePack
) -> None:
    pasted = parse_pack({"new.yaml": "rules:\n" + "\n".join(map(str, found.values()))})
    assert all(outcome.passed for rule in pasted.rules for outcome in outcomes(rule, pasted))
    program = compile_program(make_pack([*pack.rules, *pasted.rules], {}))
    for prepared in corpus:
        removed = {edit.text for edit in clean_prepared(prepared, program).edits}
        wanted = {"Sign up to our newsletter", "What happens next"} if prepared.document.url else set()
        assert wanted <= removed
        assert not any(text in PROSE for text in removed)
    again = suggest(lambda: corpus, program)
    assert [each.draft.id for each in again] == []


def test_a_zone_that_the_line_keeps_to_guards_the_rule(found: dict[str, Suggestion]) -> None:
    assert found["newsletter/sign-up-to-our"].draft.zone == ("tail",)
    assert found["reading-time/1-min-read"].draft.zone == ("head",)
    assert found["navigation/what-happens-next"].draft.zone == ()


def test_a_line_of_one_site_is_suggested_for_that_site(corpus: list[Prepared], pack: RulePack) -> None:
    sites = {each.draft.site: each.draft for each in suggest(lambda: corpus, compile_program(pack), hosts=1)}
    assert sites["tern.example.com"].written == ("only tern has this",)
    assert sites["gull.example.org"].written == ("only gull has this",)


def test_thresholds_and_limit_hold(corpus: list[Prepared], pack: RulePack) -> None:
    program = compile_program(pack)
    assert suggest(lambda: corpus, program, documents=17) == []
    assert len(suggest(lambda: corpus, program, limit=2)) == 2


def test_without_addresses_documents_alone_count(corpus: list[Prepared], pack: RulePack) -> None:
    bare = [prepare(Document(id=each.document.id, text=each.text)) for each in corpus]
    assert "newsletter/sign-up-to-our" in {each.draft.id for each in suggest(lambda: bare, compile_program(pack))}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("5 min read", "12 min read", True),
        ("* Follow us on Twitter", "Follow us on Facebook:", True),
        ("Photo: Anna Reed", "Photo: Tom Okoro", True),
        ("Page 1 of 2", "Page 10 of 12", True),
        ("MOST READ", "Most read", True),
        ("Most Popular Stories", "Most Read Stories", False),
        ("By Anna Reed", "By Tom Okoro", False),  # too little is left to distinguish a byline from a title
        ("Read more", "Read on", False),
    ],
)
def test_what_counts_as_the_same_line(one: str, other: str, same: bool) -> None:
    assert (line_key(one) == line_key(other)) is same


def test_memory_is_bounded_and_frequent_lines_are_found(monkeypatch: pytest.MonkeyPatch, pack: RulePack) -> None:
    monkeypatch.setattr(module, "_MOST_LINES", 40)
    letters = "abcdefghijklmnopqrstuvwxyz"
    rare = ["".join(pair) * 2 for pair in product(letters, repeat=2)]

    def corpus() -> Iterable[Prepared]:
        for n in range(60):
            own = "\n".join(rare[n * 10 : n * 10 + 10])
            yield prepare(_page(n, ("tern.example.com", "gull.example.org")[n % 2], own=own))

    found = {each.draft.id: each for each in suggest(corpus, compile_program(pack))}
    assert found["newsletter/sign-up-to-our"].line_stats.documents == 60


ODD = ("Tern & Gull", "{xy} [yz] (zz)", "aa: bb", "'quoted' \"twice\"", "#1 lamp | 2", "über uns", "広告", "null")


@given(st.lists(st.sampled_from(ODD), min_size=1, max_size=4, unique=True))
def test_the_yaml_for_any_lines_loads(texts: list[str]) -> None:
    pages = [prepare(Document(id=str(n), text="\n".join([PROSE[0], *texts]))) for n in range(5)]
    corpus: Callable[[], list[Prepared]] = lambda: pages  # noqa: E731
    found = suggest(corpus, compile_program(parse_pack({})))
    pasted = parse_pack({"a.yaml": "rules:\n" + "\n".join(map(str, found))}).rules
    assert len(pasted) == len(found) == len(texts)
    assert all(rule.line for rule in pasted)


def test_the_command_prints_yaml_to_paste(
    corpus: list[Prepared], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULES)
    (tmp_path / "raw").mkdir()
    records = [{"id": p.document.id, "text": p.document.text, "url": p.document.url} for p in corpus]
    (tmp_path / "raw" / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    assert run(["rules", "suggest"]) == 0
    out = capsys.readouterr().out
    assert len(parse_pack({"a.yaml": out}).rules) == 4
    (tmp_path / "rules" / "b.yaml").write_text(out)
    assert run(["rules", "suggest"]) == 0
    assert "no kept line occurs" in capsys.readouterr().err
    (tmp_path / "raw" / "b.jsonl").write_text("{broken\n")
    assert run(["rules", "suggest"]) == 1
    assert capsys.readouterr().err.count("b.jsonl:1") == 1
