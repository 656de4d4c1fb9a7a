"""A scaffolded rule loads, its examples hold, and it goes into a file without disturbing it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleaner.authoring.examples import outcomes
from cleaner.authoring.line_stats import holds, survey
from cleaner.authoring.scaffold import DraftOptions, ScaffoldKind, appended, guess_label, removers, scaffold
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.cli import run
from cleaner.errors import CleanerError
from cleaner.model.document import Document
from cleaner.model.rule import RulePack
from cleaner.rules.load import parse_pack
from cleaner.text.lines import word_count

RULES = """
rules:
  - {id: ads/marker, label: ad, language: en, why: x, line: [advertisement, story continues below], removes: Advertisement, keeps: ads}
  - {id: de/ads/anzeige, label: ad, language: de, why: x, line: anzeige, removes: Anzeige, keeps: Anzeigen}
  - {id: newsletter/sign-up, label: newsletter, language: en, why: x, line: sign up for our newsletter, removes: sign up for our newsletter, keeps: x}
  - {id: share/buttons, label: share, why: x, line: [share on social media, share this story], removes: share this story, keeps: x}
"""  # noqa: E501
PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them."
)
SAID = "Each notice says that the story continues after this advert, and each of the readers turns the page."
LONG_SAID = f"{SAID[:-1]}, as they have done for years without a word of complaint."


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return parse_pack({"a.yaml": RULES})


@pytest.fixture(scope="module")
def corpus() -> list[Prepared]:
    text = "{}\n{}\nStory continues after this advert:\n{}\nThe end of it."
    pages = [Document(id=str(n), text=text.format(PROSE, PROSE, PROSE), url=f"https://{n}.example.com/") for n in "ab"]
    tail = Document(id="tail", text=f"{PROSE}\nSTORY CONTINUES AFTER THIS ADVERT", url="https://a.example.com/2")
    return list(map(prepare, [*pages, tail, Document(id="p", text=f"{LONG_SAID}\n{SAID}")]))


def test_a_line_becomes_a_rule(pack: RulePack) -> None:
    draft = scaffold("  Story continues  below this AD: ", pack, DraftOptions(language="en"))
    assert (draft.id, draft.label, draft.language) == ("ads/story-continues-below-this", "ad", "en")
    assert draft.written == ("story continues below this ad",)
    assert draft.removes == ("Story continues below this AD:",)
    assert draft.faults(pack) == []
    [rule] = parse_pack({"a.yaml": "rules:\n" + draft.entry()}).rules
    assert rule.line == draft.written
    assert rule.removes[0].text == draft.removes[0]
    assert rule.why


def test_a_corpus_shows_where_it_occurs_and_what_it_must_keep(pack: RulePack, corpus: list[Prepared]) -> None:
    line_stats = survey(corpus, "Story continues after this advert")
    assert (line_stats.documents, len(line_stats.hosts), line_stats.prose_lines) == (3, 2, 2)
    assert line_stats.share("body") == pytest.approx(2 / 3)
    draft = scaffold("Story continues after this advert", pack, line_stats=line_stats)
    assert draft.keeps == (SAID, LONG_SAID)  # the nearest first
    assert draft.language == "en"
    assert draft.zone == ()
    assert draft.faults(pack) == []


def test_a_zone_that_it_keeps_to_is_a_guard_with_its_example(pack: RulePack, corpus: list[Prepared]) -> None:
    line_stats = survey(corpus, "The end of it")
    draft = scaffold("The end of it", pack, DraftOptions(label="navigation"), line_stats=line_stats)
    assert draft.zone == ("tail",)
    wider = "rules:\n" + draft.entry().replace("    where: {zone: [tail]}\n", "")
    [rule] = parse_pack({"a.yaml": wider}).rules
    assert [outcome.passed for outcome in outcomes(rule, pack)].count(False) == 2  # amid prose, and above it


def test_the_kind_asked_for_is_written(pack: RulePack) -> None:
    pattern = scaffold("Read our 5 best stories", pack, DraftOptions(kind="pattern", label="related"))
    assert pattern.faults(pack) == []
    [rule] = parse_pack({"a.yaml": "rules:\n" + pattern.entry()}).rules
    assert rule.pattern
    more = parse_pack({"a.yaml": "rules:\n" + pattern.entry().replace("5 best stories]", "12 best stories]")})
    assert all(outcome.passed for outcome in outcomes(more.rules[0], more))
    inline = scaffold("Story continues below this ad", pack, DraftOptions(kind="inline"))
    assert inline.faults(pack) == []
    assert "Story continues below this" in inline.keeps[0]
    assert "this ad" not in inline.keeps[0]


def test_a_label_is_guessed_from_the_words_of_other_rules(pack: RulePack) -> None:
    assert guess_label("Sign up to the newsletter", pack) == "newsletter"
    assert guess_label("Share it on social networks", pack) == "share"
    assert guess_label("Anzeige lesen", pack, "de") == "ad"
    assert guess_label("Anzeige lesen", pack, "en") is None
    with pytest.raises(CleanerError, match=r"no rule has words in common.*--label.*newsletter"):
        scaffold("Zum Hafen", pack)


@pytest.mark.parametrize(
    ("text", "language", "id_"),
    [
        ("Anzeige schließen", "de", "de/ads/anzeige-schlieen"),
        ("Publicité", "fr", "fr/ads/publicite"),
        ("Advertisement!", "en", "ads/advertisement"),
        ("Marker", "en", "ads/marker-2"),
        ("Don't miss it", "en", "ads/dont-miss-it"),
    ],
)
def test_ids_follow_the_topics_there_are(pack: RulePack, text: str, language: str, id_: str) -> None:
    assert scaffold(text, pack, DraftOptions(label="ad", language=language)).id == id_


def test_another_script_gets_an_id_that_stays_the_same(pack: RulePack) -> None:
    one, two = (scaffold(text, pack, DraftOptions(label="ad", language="ja")) for text in ("広告を閉じる", "広告"))
    assert one.id != two.id
    assert one.id == scaffold("広告を閉じる", pack, DraftOptions(label="ad", language="ja")).id
    assert one.faults(pack) == []


@pytest.mark.parametrize(("text", "kind"), [("***", "line"), ("", "line"), ("Advertisement", "inline")])
def test_what_makes_no_rule_is_refused(pack: RulePack, text: str, kind: ScaffoldKind) -> None:
    with pytest.raises(CleanerError):
        scaffold(text, pack, DraftOptions(kind=kind, label="ad"))


def test_a_taken_id_is_a_fault(pack: RulePack) -> None:
    assert scaffold("Advert", pack, DraftOptions(id="ads/marker", label="ad")).faults(pack) == [
        "the id ads/marker is taken"
    ]


@given(
    text=st.text(max_size=40),
    kind=st.sampled_from(get_args(ScaffoldKind)),
    language=st.sampled_from([None, "de", "ko"]),
)
def test_the_rule_for_any_line_passes_its_examples(text: str, kind: ScaffoldKind, language: str | None) -> None:
    text = " ".join(prepare(Document(id="", text=text)).text.split())
    assume("⟦" not in text and "⟧" not in text)  # they mark the pieces of an example
    pack = parse_pack({})
    try:
        draft = scaffold(text, pack, DraftOptions(kind=kind, label="ad", language=language))
    except CleanerError:
        assert not any(map(str.isalpha, text)) or word_count(text) < 2
        return
    faults = draft.faults(pack)
    assert not faults or any("no literal" in fault or "matches" in fault for fault in faults), faults
    if not faults:
        [rule] = parse_pack({"a.yaml": "rules:\n" + draft.entry()}).rules
        assert rule.removes[0].text == text


FILE = """\
# Where an ad stood.
label: ad
language: en
rules:
  - id: ads/one
    why: x
    line: one   # a remark
    removes: One
    keeps: Ones
"""


def test_a_rule_goes_to_the_end_of_its_file(pack: RulePack) -> None:
    draft = scaffold("Story continues below this ad", pack, DraftOptions(language="en"))
    text = appended("ads.yaml", FILE, draft)
    assert text.startswith(FILE)
    assert text.count("label:") == text.count("language:") == 1  # said for all rules of the file
    rules = parse_pack({"ads.yaml": text}).rules
    assert [rule.id for rule in rules] == ["ads/one", draft.id]
    assert rules[1].label == "ad"
    assert rules[1].language == ("en",)


def test_a_rule_says_what_differs_from_its_file(pack: RulePack) -> None:
    draft = scaffold("Share this", pack)
    assert (draft.label, draft.language) == ("share", None)
    rule = next(r for r in parse_pack({"a.yaml": appended("a.yaml", FILE, draft)}).rules if r.id == draft.id)
    assert (rule.label, rule.language) == ("share", ())


def test_a_file_may_hold_all_that_rule_files_may(pack: RulePack) -> None:
    """Of two YAML parsers, only the one that reads rule files takes a question mark before a comma."""
    file = "rules:\n  - {id: ads/one, label: ad, why: w, line: [lost ?, found], removes: [found], keeps: [x]}\n"
    text = appended("a.yaml", file, scaffold("Share this", pack))
    assert len(parse_pack({"a.yaml": text}).rules) == 2


def test_a_new_file_is_begun(pack: RulePack) -> None:
    draft = scaffold("Story continues below this ad", pack, DraftOptions(language="en"))
    text = appended("new.yaml", "", draft)
    assert text.startswith("label: ad\nlanguage: en\nrules:\n")
    assert [rule.id for rule in parse_pack({"new.yaml": text}).rules] == [draft.id]


@pytest.mark.parametrize(
    "text",
    ["rules: []\n", "rules:\n- {id: a/b}\n", f"{FILE}lists:\n  a: [b]\n", "lists: {}\n", "label: [", "- x\n"],
)
def test_a_file_that_does_not_end_with_its_rules_is_left_alone(pack: RulePack, text: str) -> None:
    with pytest.raises(CleanerError, match="does not end with its list of rules"):
        appended("a.yaml", text, scaffold("Story continues", pack))


@pytest.mark.parametrize(
    ("text", "phrase", "held"),
    [("he will share it", "share", True), ("his shares fell", "share", False), ("shared, then share.", "share", True),
     ("share", "share", True), ("この広告です", "広告", True), ("", "share", False)],
)  # fmt: skip
def test_words_are_held_whole(text: str, phrase: str, held: bool) -> None:
    assert holds(text, phrase) is held


def test_rules_that_find_the_line_already_are_named(pack: RulePack) -> None:
    assert removers("Advertisement", pack, "en") == ("ads/marker",)
    assert removers("Advertisement", pack, "de") == ()
    assert removers("A line of its own", pack, "en") == ()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules" / "en").mkdir(parents=True)
    (tmp_path / "rules" / "a.yaml").write_text(RULES)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(f"{PROSE}\nStory continues after this advert\n{SAID}\n")
    return tmp_path


def test_the_command_prints_a_rule_and_notes_on_it_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "new", "Story continues after this advert", "--corpus", "raw"]) == 0
    out, err = capsys.readouterr()
    [rule] = parse_pack({"a.yaml": "rules:\n" + out}).rules
    assert rule.keeps[-1] == SAID
    assert "the line occurs in 1 document; lines of prose with its words: 1" in err
    assert f"label {rule.label}" in err
    assert run(["rules", "new", "Advertisement", "--language", "en"]) == 0
    assert "already matched by ads/marker" in capsys.readouterr().err
    assert not list((folder / "rules" / "en").iterdir())


def test_the_command_puts_a_rule_into_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rules" / "schema.json").write_text("{}")
    file = folder / "rules" / "en" / "ads.yaml"
    for number, text in enumerate(("Story continues under this ad", "Story goes on under this ad"), 1):
        assert run(["rules", "new", text, "--into", "rules/en/ads.yaml", "--label", "ad"]) == 0
        place, _, id_ = capsys.readouterr().out.strip().rpartition(": ")
        row = int(place.rpartition(":")[2])
        assert file.read_text().splitlines()[row - 1] == f"  - id: {id_}"
        assert len(parse_pack({"ads.yaml": file.read_text()}).rules) == number
    assert file.read_text().startswith("# yaml-language-server: $schema=../schema.json\n")
    assert [path.name for path in file.parent.iterdir()] == ["ads.yaml"]
    assert run(["rules", "test"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [["Zum Hafen"], ["Story continues", "--label", "advert"], ["Story continues", "--id", "ads/marker"], ["***"],
     ["Story continues", "--corpus", "nowhere"], ["Story continues", "--id", "Ads"]],
)  # fmt: skip
def test_what_cannot_be_a_rule_is_reported_in_a_line(
    folder: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert run(["rules", "new", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cleaner: ")
