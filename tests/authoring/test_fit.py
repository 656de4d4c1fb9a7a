"""Scorecards fitted to pages of which the article is known: the lines that gold means, the fit, and its command."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from cleaner.authoring.fit import Fit, TrainingPage, asked_of, fit, whole_share, written
from cleaner.authoring.fit.align import article_lines_of
from cleaner.authoring.fit.overlap import overlap
from cleaner.authoring.fit.residue import MarkedArticle, fit_residue
from cleaner.cli import run
from cleaner.errors import InputError
from cleaner.matching.page.article_region import LINE_KINDS, LINE_MEASURES
from cleaner.matching.page.page_facts import WHOLENESS
from cleaner.matching.page.scorecard import Scorecard, faults, parse_clause
from cleaner.model.document import Document
from cleaner.rules.load import parse_pack
from support.short import MORE, PROSE, pack


@pytest.fixture(autouse=True, scope="module")
def few_rounds() -> Iterator[None]:
    """Pages as plain as these need few trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cleaner.authoring.fit._ROUNDS", {"text": 12, "markup": 12})
        yield


PACK = pack("id: share/alone, label: share, line: [share this]")


# Which lines of a page its gold means


@pytest.mark.parametrize(
    ("lines", "gold", "own"),
    [
        (["Home", PROSE, "Share", MORE, "Imprint"], f"{PROSE}\n\n{MORE}", ".x.x."),
        # Of copies, the one among the rest of the article is meant.
        (["The lamps are back again", "Home", "The lamps are back again", PROSE], f"The lamps are back again\n{PROSE}",
         "..xx"),
        # A short line counts where it fills the gap between its neighbours, and nowhere else.
        (["What now?", PROSE, "What now?", MORE, "What now?"], f"{PROSE}\nWhat now?\n{MORE}", ".xxx."),
        ([PROSE, "Advertisement", MORE], f"{PROSE}\nWhat now?\n{MORE}", "x.x"),
        # Most of a line's words decide.
        ([f"{PROSE} Read more", f"Home News Sport Culture Weather {' '.join(PROSE.split()[:4])}"], PROSE, "x."),
        # Case and punctuation don't.
        ([PROSE.upper().replace(",", " —")], PROSE, "x"),
        # What the gold has and the page hasn't changes nothing.
        ([PROSE, MORE], f"Nobody knew of it on the quay.\n{PROSE}\nBoats were late again, they said.\n{MORE}", "xx"),
        (["Home", "", "News"], PROSE, "..."),
        ([], PROSE, ""),
        ([PROSE], "", "."),
    ],
)  # fmt: skip
def test_lines_are_the_articles_where_its_gold_has_them_in_order(lines: list[str], gold: str, own: str) -> None:
    assert "".join("x" if each else "." for each in article_lines_of(lines, gold)) == own


def test_overlap_is_of_runs_of_four_words() -> None:
    both = overlap("a b c d e f", "a b c d x")
    assert (both.precision, both.recall) == (1 / 2, 1 / 3)
    assert both.f1 == pytest.approx(0.4)
    assert overlap("a b c d", "e f g h").f1 == 0


# Fitting

_WORDS = "harbour lamps council ferry storm winter cable granite moorings evening schools pilots quay dues".split()


def _prose(draw: random.Random) -> str:
    return f"The {' '.join(draw.choices([*_WORDS, 'and', 'of', 'the'], k=18))}."


def _corpus(count: int) -> tuple[list[TrainingPage], list[Document]]:
    draw = random.Random(7)
    examples, articles = [], []
    for n in range(count):
        story = [_prose(draw) for _ in range(draw.randint(3, 6))]
        menu = [draw.choice(_WORDS).title() for _ in range(draw.randint(6, 12))]
        foot = [" ".join(draw.choices(_WORDS, k=2)).title() for _ in range(draw.randint(6, 12))]
        text = "\n".join([*menu, *story, *foot])
        url = f"https://site-{n % 10}.example/{n}"
        gold = "\n".join(story)
        examples.append(TrainingPage(document=Document(id=str(n), text=text, url=url), golds=(gold,)))
        articles.append(Document(id=f"a{n}", text=gold, url=url))
    return examples, articles


@pytest.fixture(scope="module")
def fitted() -> Fit:
    pytest.importorskip("lightgbm", reason="LightGBM (`pip install 'cleaner[fit]'`) is not installed")
    return fit(*_corpus(110), PACK, of="text", change=0.5)


def test_a_fit_parts_articles_from_what_surrounds_them_on_sites_not_seen(fitted: Fit) -> None:
    assert (fitted.pages, fitted.sites) == (110, 10)
    assert fitted.seen.f1 < 0.97
    assert fitted.unseen.f1 > 0.99


def test_a_fit_distinguishes_pages_from_articles(fitted: Fit) -> None:
    examples, articles = _corpus(110)
    card = Scorecard(fitted.whole, {})
    assert whole_share((each.document for each in examples), PACK, card) == 1.0
    assert whole_share(articles, PACK, card) == 0.0


def test_a_fit_is_written_as_lists_that_a_rule_can_use(fitted: Fit) -> None:
    text = "\n".join(written("page", fitted)) + "\n"
    structure = "{of: text, points: page_points, whole: page_whole}"
    rule = f"rules:\n  - {{id: page/a, label: page, why: w, article_region: {structure}, removes: [x], keeps: [x]}}\n"
    lists = parse_pack({"lists.yaml": text, "a.yaml": rule}).lists
    assert tuple(map(parse_clause, lists["page_points"])) == fitted.points
    assert tuple(map(parse_clause, lists["page_whole"])) == fitted.whole
    assert not faults(lists["page_points"], LINE_MEASURES, LINE_KINDS)
    assert not faults(lists["page_whole"], WHOLENESS, {})
    assert all(len(clause.tests) <= 2 for clause in fitted.points)


def test_two_fits_are_alike(fitted: Fit) -> None:
    assert fit(*_corpus(110), PACK, of="text", change=0.5) == fitted


def test_trees_may_ask_for_every_fact_that_is_measured() -> None:
    assert {each.fact for each in asked_of("markup")} == set(LINE_MEASURES)
    assert {each.fact for each in asked_of("text")} < set(LINE_MEASURES)


def test_without_lightgbm_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(InputError, match="needs LightGBM; pip install"):
        fit(*_corpus(4), PACK, of="text", change=0.5)


# The command

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text("rules: []\n")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["rules", "fit", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_the_command_writes_the_lists_and_reports_how_good_they_are(command: Say, tmp_path: Path) -> None:
    pytest.importorskip("lightgbm", reason="LightGBM (`pip install 'cleaner[fit]'`) is not installed")
    examples, _ = _corpus(30)
    rows = [
        {"id": e.document.id, "url": e.document.url, "inputs": {"flat": e.document.text}, "gold": e.golds[0]}
        for e in examples
    ]
    (tmp_path / "gold.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    code, _, err = command(
        "gold.jsonl", "--text", "inputs.flat", "--articles", "gold", "--name", "quay", "--into", "quay.yaml"
    )
    assert code == 0, err
    assert "30 pages of 10 sites" in err
    assert "of 30 articles are classified as whole pages" in err
    assert set(parse_pack({"quay.yaml": (tmp_path / "quay.yaml").read_text()}).lists) == {"quay_points", "quay_whole"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "gold.jsonl: can't be read"),
        (b"no json\n", "gold.jsonl: can't be read"),
        (b"\x1f\x8b broken", "gold.jsonl: can't be read"),
        (b'{"text": "no gold"}\n', "gives no pages"),
        (b'{"id": "a", "gold": "one", "other": "field"}\n', "gives no pages"),
        (b"[1]\n", "gold.jsonl: can't be read"),
    ],
)
def test_unusable_gold_is_reported(command: Say, tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "gold.jsonl").write_bytes(content)
    code, out, err = command("gold.jsonl")
    assert (code, out) == (2, "")
    assert message in err


# Residue of articles


def marked(number: int) -> str:
    """A record: an article whose scraper left short lines between buttons, and short lines of its own above them."""
    own, left = f"Lamps and flags {number}", f"Tides of day {number}"
    text = f"{PROSE}\n{own}\n{MORE}\n{MORE}\nShare this\n{left}\nShare this"
    at = text.index(left)
    piece = {"start": at, "end": at + len(left), "kind": "related"}
    return orjson.dumps({"id": f"m{number}", "source": f"corpus{number % 9}", "text": text, "pieces": [piece]}).decode()


def test_a_residue_scorecard_is_fitted_to_marked_pieces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.authoring.fit.residue._ROUNDS", 12)
    gold = tmp_path / "marked.jsonl"
    clean = orjson.dumps({"id": "g", "gold": f"{PROSE}\n{MORE}"}).decode()
    gold.write_text("\n".join([*map(marked, range(90)), clean]))
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "share.yaml").write_text(
        "rules: [{id: share/alone, label: share, why: w, line: [share this], removes: [Share this], keeps: [k]}]"
    )
    into = tmp_path / "residue.yaml"
    monkeypatch.chdir(tmp_path)
    assert run(["rules", "fit", str(gold), "--pieces", "pieces", "--name", "left", "--into", str(into)]) == 0
    assert "90 of 90 lines found" in capsys.readouterr().err
    written_lists = into.read_text()
    assert "left_points:" in written_lists
    clauses = [line.removeprefix("    - '")[:-1] for line in written_lists.splitlines() if line.startswith("    - ")]
    assert faults(clauses, LINE_MEASURES, LINE_KINDS) == []


def test_without_a_marked_line_there_is_no_residue_scorecard() -> None:
    article = MarkedArticle(document=Document(id="g", text=PROSE), corpus="a", pieces=())
    with pytest.raises(InputError, match="no line is marked as residue"):
        fit_residue([article], PACK)
