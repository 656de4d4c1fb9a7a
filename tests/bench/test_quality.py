"""`make quality` without its pages: floors, tables, the picture, and the others' adapters on a page of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import floors, pages, plot, quality, report
from bench.floors import Fall
from bench.measured import OURS, RAW, Job
from bench.peers import PEERS, Peer
from bench.scores import Row, kept, labels_of, shingles, told_lines
from cleaner.authoring.fit import FOLDS, TrainingPage, fold_lists, fold_of, publisher
from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.rules.load import parse_pack

OF = ("aeb", "inscriptis")
BEFORE = {OF: {"aeb_f1": 90.0, "title": 60.0}}

STORY = (
    "The ferry to Larch Island stopped on Tuesday, when the last of its three engines gave up in the middle of "
    "the bay.",
    "Its captain, who has crossed the bay for thirty years, called the harbour and asked for a tug and for some tea. "
    "The tug came after an hour, and the tea with it, in a can that the harbour keeps for days when the fog is in. "
    "It was the first time in her years on the bay that she was towed, and she hopes that it will be the last.",
    "Nobody on board was hurt, and most of the passengers said that they had enjoyed the quiet of the morning.",
)
FLAT = "\n".join(["Home", "Weather", "Harbour news", *STORY, "Our privacy policy says what we keep of you.", "Contact"])
PAGE = (
    "<!DOCTYPE html><html><head><title>Ferry stops</title></head><body><nav><ul><li><a href='/'>Home</a></li>"
    "<li><a href='/weather'>Weather</a></li></ul></nav><article><h1>Ferry stops in the bay</h1>"
    + "".join(f"<p>{line}</p>" for line in STORY)
    + "</article><footer><p><a href='/contact'>Contact</a></p></footer></body></html>"
)


# ---------------------------------------------------------------------------------------------------
# Floors


def test_floors_tell_what_fell_and_by_how_much() -> None:
    now = {OF: {"aeb_f1": 88.5, "title": 60.0}}
    (fall,) = floors.falls(BEFORE, now, ["aeb"])
    assert fall == Fall(of=OF, figure="aeb_f1", floor=90.0, now=88.5)
    assert floors.table([fall]).splitlines()[1].split() == ["aeb", "inscriptis", "aeb_f1", "90.00", "88.50", "-1.50"]


def test_floors_give_a_little_and_ask_only_for_what_was_measured() -> None:
    assert not list(floors.falls(BEFORE, {OF: {"aeb_f1": 89.95, "title": 60.0}}, ["aeb"]))
    assert not list(floors.falls(BEFORE, {}, ["multi"]))
    gone = list(floors.falls(BEFORE, {OF: {"aeb_f1": 90.0}}, ["aeb"]))
    assert [(fall.figure, fall.now) for fall in gone] == [("title", None)]


def test_floors_change_only_on_request() -> None:
    now = {OF: {"aeb_f1": 92.0, "title": 40.0, "aeb_p": 91.0}}
    fallen = list(floors.falls(BEFORE, now, ["aeb"]))
    assert floors.moved(BEFORE, now) == {OF: {"aeb_f1": 92.0, "title": 60.0}}
    assert floors.moved(BEFORE, now, fallen) == {OF: {"aeb_f1": 92.0, "title": 40.0}}
    assert floors.moved(BEFORE, {}, [Fall(of=OF, figure="title", floor=60.0, now=None)]) == {OF: {"aeb_f1": 90.0}}


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    assert floors.read(path) == {}
    known = {
        OF: {"title": 60.0, "aeb_f1": 90.0},
        ("aeb", "gold"): {"aeb_f1": 99.9},
        ("multi", "html"): {"aeb_f1": 95.0},
    }
    floors.write(path, known)
    assert floors.read(path) == known
    assert len(path.read_text().splitlines()) == len(known) + 2 * 2 + 2, "a line for an input"


@pytest.mark.parametrize(
    ("flags", "code", "floor"), [([], 1, 90.0), (["--update"], 1, 90.0), (["--lower"], 0, 88.0)], ids=str
)
def test_a_fall_is_an_error_unless_it_is_wanted(
    flags: list[str], code: int, floor: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "floors.json"
    floors.write(path, {OF: {"aeb_f1": 90.0}})
    args = quality._arguments(["--sets", "aeb", *flags])
    measured = {OF: {"aeb_f1": 88.0}}
    assert floors.held(path, measured, args.sets, update=args.update, lower=args.lower) == code
    assert floors.read(path) == {OF: {"aeb_f1": floor}}
    assert "-2.00" in capsys.readouterr().out


# ---------------------------------------------------------------------------------------------------
# What is written


def _row(id_: str, precision: float, recall: float, *, language: str = "en", **more: object) -> Row:
    scores = {"aeb_p": precision, "aeb_r": recall, "aeb_acc": 0.0}
    return Row(id=id_, host=f"{id_}.example", language=language, scores=scores, **more)  # type: ignore[arg-type]


def _job(text: str) -> Job:
    return Job(name="multi", kind="inscriptis", text=text)


RESULTS = {
    _job(RAW): [_row("a", 0.4, 1.0), *(_row(id_, 0.5, 1.0, language="de") for id_ in "bc")],
    _job(OURS): [
        _row("a", 0.9, 0.5, labels={"ad": [2, 10, 4]}, lost=("The harbour was quiet",)),
        *(_row(id_, 1.0, 1.0, language="de", labels={"ad": [1, 10, 0]}) for id_ in "bc"),
    ],
    _job("C4's line rule"): [_row("a", 0.8, 0.8)],
}
FIGURES: dict[Job, dict[str, float]] = {
    _job(RAW): {"aeb_p": 46.67, "aeb_r": 100.0, "aeb_f1": 63.64},
    _job(OURS): {"aeb_p": 96.67, "aeb_r": 83.33, "aeb_f1": 89.51, "title": 50.0},
    _job("C4's line rule"): {"aeb_p": 80.0, "aeb_r": 80.0, "aeb_f1": 80.0},
}
ABOUT = report.About(validated=True, splitter="punkt", limit=None, absent=["x: not installed, skipped; pip install x"])


@pytest.fixture
def _without_scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Page's own F1 and sums of languages as the scorer would give them, as it may not be here."""

    class Scorer:
        @staticmethod
        def f1(p: float | None, r: float | None) -> float:
            return 2 * p * r / (p + r) if p and r else 0.0

    monkeypatch.setattr("bench.scores.scorer", Scorer)


@pytest.mark.usefixtures("_without_scorer")
def test_the_page_has_the_figures_and_hosts_but_no_text() -> None:
    page = report.document(RESULTS, FIGURES, ABOUT)
    assert "| `inscriptis` | as it came | 46.7 | 100.0 | 63.6 |  |" in page
    assert "|  | **cleaner** | **96.7** | **83.3** | **89.5** | **50.0** |" in page
    assert "| de | 2 | 66.7 → 100.0 (100.0 / 100.0) |" in page
    assert "| `ad` | 30 (13.33%) |" in page
    assert "a.example 64" in page
    assert "b.example" not in page, "nothing is wrong with it"
    assert "pip install x" in page
    assert "quiet" not in page


@pytest.mark.usefixtures("_without_scorer")
def test_the_worst_pages_show_what_they_lost() -> None:
    page = report.worst(RESULTS)
    shown = "- a (a.example, en) P 90.0% R 50.0%\n    - lost: The harbour was quiet"
    assert page.count(shown) == 2, "of the input, and of its language"
    assert "## label ad: what cost the article most\n\n- 4 words: multi inscriptis a (a.example, en)" in page


@pytest.mark.usefixtures("_without_scorer")
def test_lines_left_on_several_sites_come_first() -> None:
    rows = [_row(id_, 0.9, 1.0, left=("Buy a boat", f"The {id_} of it")) for id_ in "abc"]
    page = report.worst({_job(OURS): rows})
    assert "## Lines left on most sites\n\n- 3 sites: buy a boat\n" in page
    assert "    - left: Buy a boat\n    - left: The a of it" in page


def test_the_picture_has_a_mark_for_each_text() -> None:
    picture = ElementTree.fromstring(plot.svg(FIGURES))
    titles = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[3:] == ["as it came: 63.6", "C4's line rule: 80.0", "cleaner: 89.5"]


# ---------------------------------------------------------------------------------------------------
# What is measured


RULES = """
label: ad
rules:
  - id: ads/boat
    why: w
    line: [buy a new boat today at the old harbour]
    removes: [Buy a new boat today at the old harbour]
    keeps: [A boat.]
  - {id: ads/engines, why: w, pattern: '.*three engines.*', removes: [All three engines.], keeps: [One engine.]}
"""


def _cleaned(text: str) -> Article:
    return clean_document(Document(id="x", text=text), compile_program(parse_pack({"x.yaml": RULES})))


def test_labels_count_what_the_article_lacks() -> None:
    record = {"gold": "\n".join(STORY)}
    article = _cleaned("\n".join(["Buy a new boat today at the old harbour", *STORY, STORY[1]]))
    pieces, words, lacking = labels_of(record, article)["ad"]
    assert (pieces, words) == (2, 9 + len(STORY[0].split()))
    assert lacking == len(STORY[0].split()), "all of the paragraph, and nothing of the ad"


def test_lines_lost_and_left_are_cut_short() -> None:
    lost, left = told_lines(
        {"gold": "\n".join(STORY)}, "\n".join(["Buy a new boat today at the old harbour", *STORY[1:]])
    )
    assert lost == [STORY[0][:59] + "…"]
    assert left == ["Buy a new boat today at the old harbour"]
    assert told_lines({"include": ["tea"], "exclude": ["Contact"]}, "Contact us") == (["tea"], ["Contact"])


def test_short_lines_are_shingles_too() -> None:
    assert shingles("Home\nOne two three four five") == {
        ("Home",): 1, ("One", "two", "three", "four"): 1, ("two", "three", "four", "five"): 1,
    }  # fmt: skip


def test_rows_are_made_once(tmp_path: Path) -> None:
    row = _row("a", 0.5, 1.0, labels={"ad": [1, 2, 0]})
    assert kept(tmp_path, ["key"], lambda: [row]) == [row]
    assert kept(tmp_path, ["key"], list) == [row]
    next(tmp_path.iterdir()).write_text("{")
    assert kept(tmp_path, ["key"], list) == []


def test_without_the_pages_it_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quality, "SCORER", tmp_path / "score.py")
    assert quality.main([]) == 2
    assert "score.py" in capsys.readouterr().err


def test_a_publisher_is_in_one_fold() -> None:
    hosts = ("https://www.sport.example.co.uk/a", "https://news.example.co.uk/b")
    assert {publisher(Document(id="x", text="", url=url)) for url in hosts} == {"example.co.uk"}
    assert publisher(Document(id="x", text="")) == "x"
    assert {fold_of(f"{i}.example") for i in range(200)} == set(range(FOLDS))


def _page(site: int, story: str) -> TrainingPage:
    menus = [f"{name} {site}" for name in ("Home", "Weather", "Harbour news", "Sport", "Contact", "Archive") * 5]
    lines = [*menus, *(f"{story} This is what they said on day {day} of {site}." for day in range(20)), *menus]
    document = Document(id=str(site), text="\n".join(lines), url=f"https://site{site}.example/a")
    return TrainingPage(document=document, golds=("\n".join(lines[len(menus) : -len(menus)]),))


def test_the_lists_of_a_fold_have_seen_nothing_of_its_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.authoring.fit._ROUNDS", {"text": 10})
    monkeypatch.setattr("cleaner.authoring.fit._WHOLE_ROUNDS", 5)
    pack = parse_pack({"x.yaml": RULES})
    own = fold_of("site0.example")

    def fitted(story: str) -> list[Mapping[str, tuple[str, ...]]]:
        stories = [story if fold_of(f"site{i}.example") == own else STORY[0] for i in range(10)]
        examples = [_page(i, each) for i, each in enumerate(stories)]
        articles = [Document(id=str(i), text=each, url=f"https://site{i}.example/b") for i, each in enumerate(stories)]
        return list(fold_lists(examples, articles, pack, of="text", name="page"))

    one, other = fitted(STORY[1]), fitted("Tea 1 & 2 & 3 @ 4")
    assert len(one) == FOLDS
    assert one[own] == other[own]
    assert one != other


# ---------------------------------------------------------------------------------------------------
# The others


@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_others_keep_the_story(peer: Peer) -> None:
    if peer.version is None:
        pytest.skip(str(peer.absence))
    text = peer.extract(PAGE if peer.html else FLAT, "en")
    assert all(line in text for line in STORY)
    assert peer.html is False or "Weather" not in text


def test_c4_drops_menus_and_policies() -> None:
    assert PEERS["C4's line rule"].extract(FLAT, "en") == "\n".join(STORY)


def test_one_that_is_not_installed_says_how_to_get_it() -> None:
    absent = Peer(name="Sieve", package="no-such-sieve", html=False, extract=lambda text, _language: text)
    assert absent.absence == "Sieve: not installed, skipped; pip install no-such-sieve"
    assert PEERS["C4's line rule"].absence is None


def test_each_input_is_read_as_readers_do() -> None:
    page = pages.document({"id": "a/b", "url": "https://a.example/b"}, pages.HTML, PAGE)
    assert page.blocks
    assert STORY[0] in page.text.splitlines()
    flat = pages.document({"id": "a/b", "url": None}, "inscriptis", FLAT)
    assert (flat.text, flat.blocks) == (FLAT, ())


def test_floors_that_are_kept_are_of_known_inputs() -> None:
    if not quality.FLOORS.is_file():
        pytest.skip("no floors yet")
    sets = json.loads(quality.FLOORS.read_text("utf-8"))
    assert set(sets) <= {*pages.SETS, "residue"}
    assert {name for inputs in sets.values() for own in inputs.values() for name in own} <= set(floors.FLOORED)
    assert find_spec("bench") is not None
