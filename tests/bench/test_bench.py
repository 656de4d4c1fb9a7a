"""What the measuring rests on: generated articles, ratios, and the pages that are made of them. Nothing is timed."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import mean
from xml.etree import ElementTree

import pytest

from bench import benchpage, scale
from bench.corpus import Corpus, articles
from bench.packs import RULES, by_words, finding, of_size
from bench.results import Fact, Results, Row, dump, merged, ratio, read
from bench.running import FailedError, run
from bench.sentences import changed, taken
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.rule import Example, Rule
from cleaner.rules.load import load_pack, make_pack

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def some() -> list[dict[str, str]]:
    return list(articles(400))


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return set(zip(*(words[i:] for i in range(5)), strict=False))


def alike(one: str, other: str) -> float:
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b) if a | b else 0.0


# ---------------------------------------------------------------------------------------------------
# Generated articles


def test_an_article_follows_from_its_number_alone(some: list[dict[str, str]]) -> None:
    assert Corpus().article(217) == some[217]


def test_articles_differ_and_look_like_those_of_raw(some: list[dict[str, str]]) -> None:
    assert len({each["id"] for each in some}) == len(some)
    assert len({each["url"].split("/")[2] for each in some}) > 100
    assert 3_000 < mean(len(each["text"].encode()) for each in some) < 7_000
    assert 50 < mean(each["text"].count("\n") for each in some) < 120


def test_no_two_articles_are_alike_but_the_planted_ones(some: list[dict[str, str]]) -> None:
    own = [each["text"] for each in some if "-of-" not in each["id"] and "-near-" not in each["id"]]
    found = [alike(one, other) for one, other in combinations(own[:120], 2)]
    assert mean(found) < 0.02
    assert max(found) < 0.3


def test_ids_show_copies(some: list[dict[str, str]]) -> None:
    by_id = {each["id"]: each for each in some}
    exact = [each for each in some if re.fullmatch(r"article-\d+-copy-of-\d+", each["id"])]
    near = [each for each in some if re.fullmatch(r"article-\d+-near-\d+", each["id"])]
    assert exact
    assert near
    for each in exact:
        assert each["text"] == by_id[f"article-{each['id'].rpartition('-')[2]}"]["text"]
    for each in near:
        assert 0.6 < alike(each["text"], by_id[f"article-{each['id'].rpartition('-')[2]}"]["text"]) < 1


def test_numbers_stay_what_they_are() -> None:
    parts = taken("By Anna Reed, published 3 March 2025 at 16:15, says that Tom Okoro paid £40,000")
    for seed in range(50):
        told = changed(parts, Random(seed))
        found = re.fullmatch(
            r"By (\w+ \w+), published (\d+) March (20\d\d) at (\d\d):(\d\d), says that (\w+ \w+) paid £\d\d,\d{3}", told
        )
        assert found, told
        assert 1 <= int(found[2]) <= 12
        assert int(found[4]) <= 28
        assert int(found[5]) <= 28
        assert found[1] != "Anna Reed"
        assert found[6] != "Tom Okoro"


# ---------------------------------------------------------------------------------------------------
# Packs


def test_packs_have_the_size_that_was_asked_for_and_every_rule_is_found_by_its_words() -> None:
    real = load_pack(RULES)
    words = by_words(real)
    few, many = of_size(50, words), of_size(len(words) + 200, words)
    assert len(few) == 50
    assert set(few) < set(words)
    assert {bool(rule.line) for rule in few} == {True, False}
    assert len({rule.id for rule in many}) == len(words) + 200
    pack = make_pack(many, real.lists, real.site_phrases)
    assert all(rule.line or pack.literals[rule.id] for rule in many), "none is tried on every line"
    compile_program(make_pack(many[-200:], real.lists))


def test_rules_that_find_the_most_come_first() -> None:
    rules = [
        Rule(id=f"x/{word}", label="ad", why="w", line=(word,), removes=(Example(text=word),))
        for word in ("one", "two", "three")
    ]
    texts = ("Two\nThree\nLong lines of prose stay, as no rule is for them.", "three", "Three\n\nfour")
    documents = [Document(id=str(number), text=text) for number, text in enumerate(texts)]
    found = finding(rules, make_pack(rules, {}), documents)
    assert [rule.id for rule in found] == ["x/three", "x/two", "x/one"]


# ---------------------------------------------------------------------------------------------------
# Ratios


def row(key: str = "a", step: str = "floor", *, values: tuple[float, ...] = (6.0,), **more: object) -> Row:
    own = {"what": key, "upper_is": "ours", "lower_is": "theirs", "unit": "s", "articles": 10, **more}
    return ratio(step=step, key=key, upper=values, lower=[1.0] * len(values), **own)


def test_a_ratio_is_the_median_of_the_rounds_and_not_of_sums() -> None:
    found = ratio(
        step="floor", key="a", what="a", upper_is="", lower_is="", unit="s", articles=1,
        upper=[10.0, 40.0, 12.0], lower=[5.0, 10.0, 6.0],
    )  # fmt: skip
    assert (found.ratio, found.least, found.most, found.upper, found.lower, found.rounds) == (
        2.0,
        2.0,
        4.0,
        12.0,
        6.0,
        3,
    )


@pytest.mark.parametrize(("upper", "lower"), [([], []), ([1.0], [1.0, 2.0])])
def test_rounds_come_in_pairs(upper: list[float], lower: list[float]) -> None:
    with pytest.raises(ValueError, match=r"round|shorter|longer"):
        ratio(step="", key="", what="", upper_is="", lower_is="", unit="", articles=1, upper=upper, lower=lower)


@pytest.mark.parametrize(
    ("reach", "at_least", "met"),
    [(6, False, True), (5.9, False, False), (6, True, True), (6.1, True, False), (None, False, None)],
)
def test_what_is_met(reach: float | None, at_least: bool, met: bool | None) -> None:
    assert row(reach=reach, at_least=at_least).met is met


def test_a_step_measured_again_replaces_all_of_its_own_and_nothing_else() -> None:
    fact = Fact(step="edit", key="f", what="f", value=1, unit="s", articles=1)
    known = merged(
        Results(), [row("a"), row("b"), row("c", "edit"), fact], ["floor", "edit"], {"peers: x": "no"}, "old"
    )
    found = merged(known, [row("a", values=(9.0,))], ["floor", "peers"], {}, "new")
    assert set(found.rows) == {"a", "c"}
    assert found.rows["a"].ratio == 9
    assert set(found.facts) == {"f"}
    assert not found.absent
    assert found.machine == "new"


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    fact = Fact(step="s", key="f", what="f", value=2.5, unit="s", articles=1)
    known = merged(Results(), [row(values=(6.0, 7.5)), fact], ["floor"], {"x": "why"}, "a machine")
    (tmp_path / "r.json").write_text(dump(known), "utf-8")
    assert read(tmp_path / "r.json") == known
    assert read(tmp_path / "none.json") == Results()


# ---------------------------------------------------------------------------------------------------
# Pages


def test_the_page_tells_what_was_met_and_what_was_not() -> None:
    rows = [
        row("quick", reach=7),
        row("slow", reach=5),
        row("told"),
        replace(row("large"), step="floor --full", key="l"),
    ]
    text = benchpage.document(merged(Results(), rows, [], {"peers: y": "can't be installed"}, "2 cores"))
    assert re.search(r"\| quick \| .*≤ 7 \| met \|", text)
    assert re.search(r"\| slow \| .*≤ 5 \| \*\*not met\*\* \|", text)
    assert re.search(r"\| told \| .*\|  \|  \|", text)
    assert (
        text.index("## Ratios") < text.index("| slow |") < text.index("## With more articles") < text.index("| large |")
    )
    assert "- `peers: y`: can't be installed" in text


@pytest.mark.parametrize(
    ("own", "right"),
    [({"reach": 12}, True), ({"reach": 3}, False), ({"reach": 3, "at_least": True}, True),
     ({"reach": 12, "at_least": True}, False), ({"reach": 1e-9}, False)],
)  # fmt: skip
def test_in_the_plot_right_of_the_line_is_better(own: dict[str, object], right: bool) -> None:
    picture = ElementTree.fromstring(benchpage.svg(Results(rows={"a": row(**own)})))  # type: ignore[arg-type]
    space = {"s": "http://www.w3.org/2000/svg"}
    mark, line = picture.find("s:circle", space), picture.find("s:line[@class='reach']", space)
    assert mark is not None
    assert line is not None
    assert (float(mark.attrib["cx"]) > float(line.attrib["x1"])) is right
    assert mark.attrib["class"] == ("met" if right else "missed")


@pytest.mark.parametrize("name", list(benchpage.PAGES))
def test_pages_hold_what_was_measured_last(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == benchpage.PAGES[name](), f"{name} is stale: make docs"


# ---------------------------------------------------------------------------------------------------
# Scale


def test_a_plan_follows_from_the_figures() -> None:
    found = scale.plan({"r": 200, "b": 5_000, "d": 0.5, "e": 0.8, "w": 400}, pages=1e6, cores=10, shard=1e8)
    assert found["core_seconds"] == 5_000
    assert found["wall_seconds"] == 625
    assert found["dist"] == 2.5e9
    assert found["shards"] == 50
    assert found["shard_seconds"] == 100
    assert found["memory"] == 4_000 * 2**20
    assert "grouping_disk" not in found


def test_the_page_of_scale_is_filled_and_marks_unknown_figures() -> None:
    facts = {key: Fact(step="floor", key=key, what=key, value=value, unit="", articles=1)
             for key, value in (("rate", 300.0), ("raw-bytes", 4_800.0), ("rate-full", 250.0))}  # fmt: skip
    text = scale.document(Results(facts=facts))
    assert "{{" not in text
    assert "| *r* | 250 |" in text, "larger runs tell more"
    assert "1,111 hours" in text, "a billion pages at 250 a second"
    assert "4.8 TB" in text
    assert scale.UNKNOWN in text
    slots = set(re.findall(r"\{\{([\w-]+)\}\}", scale.TEMPLATE.read_text("utf-8")))
    assert slots <= set(scale.slots({}))


@pytest.mark.parametrize(
    ("value", "told"), [(5, "5 bytes"), (4.8e12, "4.8 TB"), (2.5e9, "2.5 GB"), (999_400, "999 kB")]
)
def test_sizes(value: float, told: str) -> None:
    assert scale.size(value) == told


@pytest.mark.parametrize(
    ("value", "told"), [(90, "90 seconds"), (600, "10 minutes"), (5400, "1.5 hours"), (4e6, "1,111 hours")]
)
def test_durations(value: float, told: str) -> None:
    assert scale.duration(value) == told


# ---------------------------------------------------------------------------------------------------
# Processes


def test_leftover_processes_are_counted_and_failures_reported(tmp_path: Path) -> None:
    if sys.platform == "linux":
        held = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'b\"x\" * (300 << 20)'])"
        assert run([sys.executable, "-c", held], cwd=tmp_path).peak > 250
    with pytest.raises(FailedError, match=r"ended with 3: no such thing as …$"):
        run([sys.executable, "-c", "import sys; print('no such thing as /home/me/x', file=sys.stderr); sys.exit(3)"],
            cwd=tmp_path)  # fmt: skip
    run([sys.executable, "-c", "import signal; signal.pause()"], cwd=tmp_path, killed_after=0)


def test_every_step_is_documented() -> None:
    from bench.steps import STEPS

    assert tuple(STEPS) == benchpage.STEPS_TOLD
