"""Builds that go on from what an earlier one has made: byte for byte what a build from nothing gives."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cleaner.corpus.affected_rows import AffectedRows
from cleaner.corpus.changes import changes
from cleaner.corpus.read import dataset_documents, prepared_corpus
from cleaner.errors import InputError, OutputError
from cleaner.model.options import Duplicates, Options, Suppression
from cleaner.model.rule import Rule, RulePack
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.pipeline.shard_store import Store
from cleaner.review.diff import compare
from cleaner.rules.load import make_pack, parse_pack
from support.projects import content, rows

RULES = """\
rules:
  - {id: share/alone, label: share, why: w, line: [share this, share, print], removes: [Share], keeps: [k]}
  - {id: legal/line, label: legal, why: w, pattern: '© \\d{4} .*', removes: ['© 2024 x'], keeps: [k]}
  - {id: x/read, label: related, why: w, inline: 'Read more: \\w+', removes: ['Read more: x'], keeps: [k]}
  - {id: x/copy, label: ad, why: w, duplicate_line: {of: [share]}, removes: ["share> Go\\n⟦Go⟧"], keeps: [k]}
  - {id: a/under, label: about, why: w, neighbour: {below: [legal]}, removes: ["⟦a⟧\\nlegal> b"], keeps: [k]}
  - {id: quality/short, label: quality, why: w, document: {fact: words, min: 8}, removes: [""], keeps: [k]}
"""
OTHERS = """\
rules:
  - {id: y/line, label: newsletter, why: w, line: [sign up, subscribe now], removes: [Sign up], keeps: [k]}
  - {id: y/harbour, label: ad, why: w, inline: '\\(adv\\.\\)', removes: ['(adv.)'], keeps: [k]}
  - {id: y/by, label: byline, why: w, pattern: 'By (?P<authors>[A-Z]\\w+ [A-Z]\\w+)', removes: [By Ann Lee], keeps: [k]}
  - {id: y/all, label: residue, why: w, everywhere: no literal, pattern: '[*]{2,}', removes: ['**'], keeps: [k]}
  - {id: y/keep, label: share, why: w, action: allow, line: [print], removes: [print], keeps: [k]}
"""
LINES = (
    "The ferry left the northern mole at seven, with forty people and one piano on board.",
    "Nobody on the quay could say who had ordered the piano, or to which island it was going.",
    "By Mara Quist", "Share", "Share this", "Print", "Sign up", "**", "© 2024 The Quay Post", "Read more: piano",
    "The harbour master (adv.) said he would look into it. Read more: harbour", "A small desk of ours", "Go",
)  # fmt: skip


def article(draw: random.Random) -> str:
    return "\n".join(draw.choice(LINES) for _ in range(draw.randrange(1, 9))) + f"\nNumber {draw.randrange(10**6)}."


def write(raw: Path, name: str, draw: random.Random) -> None:
    if name.endswith(".jsonl"):
        records = ({"id": f"{name}-{n}", "text": article(draw)} for n in range(draw.randrange(1, 30)))
        (raw / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    else:
        (raw / name).write_text(article(draw))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    raw.mkdir()
    draw = random.Random(7)
    for number in range(30):
        write(raw, f"{number:02}.txt" if number % 3 else f"{number:02}.jsonl", draw)
    (raw / "bad.jsonl").write_text('{"text": \n{"id": "twice", "text": "x"}\n{"id": "twice", "text": "y"}\n')
    return raw


def same(raw: Path, dist: Path, rules: RulePack, options: Options | None = None) -> BuildReport:
    """Build on what is there, and from nothing, and hold one against the other."""
    into = partial(
        build, str(raw), rules=rules, options=options, duplicates=Duplicates(near=0.5), workers=1, shard_bytes=2_000
    )
    report = into(dist)
    clean = dist.with_name("clean")
    whole = into(clean, no_cache=True)
    assert content(dist) == content(clean)
    assert replace(report, dist=clean, seconds=0, cleaned=0) == replace(whole, seconds=0, cleaned=0)
    return report


def test_nothing_changed_is_nothing_done(corpus: Path, tmp_path: Path) -> None:
    rules = parse_pack({"rules.yaml": RULES})
    first = same(corpus, tmp_path / "dist", rules)
    assert first.cleaned == first.documents > 100
    assert first.rejected["duplicate/near"] > 5
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "dist").rglob("*")}
    assert same(corpus, tmp_path / "dist", rules).cleaned == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "dist").rglob("*")} == stamps
    shutil.rmtree(tmp_path / "dist")
    assert same(corpus, tmp_path / "dist", rules).cleaned == 0  # the store has it all


def test_what_a_reader_flags_stays_flagged(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    draw = random.Random(3)
    texts = [f"<p>{article(draw)}</p>" if n % 2 else article(draw) for n in range(12)]
    (raw / "a.jsonl").write_text(
        "".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts))
    )
    rules = parse_pack({"rules.yaml": RULES})
    more = make_pack([*rules.rules, *parse_pack({"rules.yaml": OTHERS}).rules], {})
    assert [same(raw, tmp_path / "dist", each).flagged["read-as-html"] for each in (rules, more)] == [6, 6]


def test_a_dataset_that_was_spoilt_is_made_good(corpus: Path, tmp_path: Path) -> None:
    rules = parse_pack({"rules.yaml": RULES})
    same(corpus, tmp_path / "dist", rules)
    dist = tmp_path / "dist"
    folder = Store.of(dist).folder

    def spoil(file: Path) -> None:
        file.write_bytes(file.read_bytes()[:-9] + b"123456789")

    file = min((dist / "removed").iterdir())
    spoil(file)  # and with it the store's, which is the same file
    with pytest.raises(OutputError, match=f"{file.name}: has changed since it was built; move it away"):
        same(corpus, dist, rules)
    file.rename(tmp_path / "mine")
    report = same(corpus, dist, rules)
    assert report.cleaned < report.documents
    assert (tmp_path / "mine").read_bytes().endswith(b"123456789")
    shutil.rmtree(dist)
    spoil(min(folder.rglob("*.parquet")))
    report = same(corpus, dist, rules)
    assert report.cleaned < report.documents


def test_random_edits_of_inputs_and_rules(corpus: Path, tmp_path: Path) -> None:
    draw = random.Random(11)
    held: list[Rule] = [*parse_pack({"rules.yaml": RULES}).rules]
    spare: list[Rule] = [*parse_pack({"rules.yaml": OTHERS}).rules]
    first = same(corpus, tmp_path / "dist", make_pack(held, {}))
    cleaned = []
    for step in range(30):
        match draw.randrange(6):
            case 0 | 1 if spare:
                held.append(spare.pop(draw.randrange(len(spare))))
            case 2:
                spare.append(held.pop(draw.randrange(len(held))))
            case 3:
                write(corpus, f"{draw.randrange(60):02}.{draw.choice(('txt', 'jsonl'))}", draw)
            case 4:
                draw.choice(sorted(corpus.iterdir())).unlink()
            case _:
                with draw.choice(sorted(corpus.glob("*.jsonl"))).open("a") as file:
                    file.write(json.dumps({"id": draw.choice(("twice", f"new-{step}")), "text": article(draw)}) + "\n")
        report = same(corpus, tmp_path / "dist", make_pack(held, {}))
        cleaned.append(report.cleaned)
    assert sum(cleaned) < 0.5 * len(cleaned) * first.documents


NEW = "Here is one new text, and it is long enough."


@pytest.mark.parametrize(
    ("edit", "cleaned"),
    [
        pytest.param(lambda raw: (raw / "13.txt").write_text(NEW), 1, id="edited"),
        pytest.param(lambda raw: (raw / "13a.txt").write_text(NEW), 1, id="added"),
        pytest.param(lambda raw: (raw / "13.txt").unlink(), 0, id="deleted"),
    ],
)
def test_an_input_costs_what_it_is(corpus: Path, tmp_path: Path, edit: Callable[[Path], object], cleaned: int) -> None:
    rules = parse_pack({"rules.yaml": RULES})
    (corpus / "bad.jsonl").unlink()
    same(corpus, tmp_path / "dist", rules)
    edit(corpus)
    assert same(corpus, tmp_path / "dist", rules).cleaned == cleaned


def test_a_rule_costs_only_the_documents_that_it_can_affect(corpus: Path, tmp_path: Path) -> None:
    rules, more = parse_pack({"rules.yaml": RULES}), parse_pack({"rules.yaml": OTHERS})
    (corpus / "13.txt").write_text("Here is one new text, and it is long enough.\n\nSubscribe now!\n")
    (corpus / "bad.jsonl").unlink()
    same(corpus, tmp_path / "dist", rules)
    (line,) = (rule for rule in more.rules if rule.id == "y/line")
    narrow = make_pack([*rules.rules, replace(line, line=("subscribe now",))], {})
    written = {file.stat().st_ino for file in (tmp_path / "dist").rglob("*.parquet")}
    report = same(corpus, tmp_path / "dist", narrow)
    assert (report.shards > 10, report.cleaned) == (True, 1)
    anew = {file.stat().st_ino for file in (tmp_path / "dist").rglob("*.parquet")} - written
    assert 0 < len(anew) <= 3  # the tables of the shard that holds it: the others are not written again
    assert same(corpus, tmp_path / "dist", rules).cleaned == 1


def test_suppressions_and_budgets_are_counted_as_ever(corpus: Path, tmp_path: Path) -> None:
    rules = parse_pack({"rules.yaml": RULES})
    same(corpus, tmp_path / "dist", rules)
    for options in (Options(suppress=(Suppression(rule="share/*"),)), Options(budget=0.1), Options()):
        assert same(corpus, tmp_path / "dist", rules, options).cleaned > 0
        write(corpus, "90.txt", random.Random(3))
        same(corpus, tmp_path / "dist", rules, options)


def test_a_file_that_changes_while_it_is_read_is_reported(corpus: Path, tmp_path: Path) -> None:
    rules = parse_pack({"rules.yaml": RULES})

    def change(_: object) -> None:
        (corpus / "29.txt").write_text("Another text than the one whose digest was taken.")

    with pytest.raises(InputError, match="changed during the build; run again"):
        build(str(corpus), tmp_path / "dist", rules=rules, workers=1, progress=change)
    assert not (tmp_path / "dist").exists()
    same(corpus, tmp_path / "dist", rules)


@pytest.mark.parametrize("duplicates", [None, Duplicates(near=0.5), Duplicates(near=0.5, max_paragraph_repeats=20)])
def test_row_groups_change_no_row(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, duplicates: Duplicates | None
) -> None:
    """A shard is finished, reused and read a row group at a time: however many it has, the rows are the same."""
    for pack in ({"rules.yaml": RULES}, {"rules.yaml": RULES, "others.yaml": OTHERS}):
        into = partial(build, str(corpus), rules=parse_pack(pack), duplicates=duplicates, workers=1)
        few = into(tmp_path / "few")
        with monkeypatch.context() as patch:
            patch.setattr("cleaner.dataset.parquet._BATCH_ROWS", 4)
            many = into(tmp_path / "many")
        assert replace(many, dist=few.dist, seconds=0) == replace(few, seconds=0)
        for table in ("articles", "rejected", "removed"):
            assert list(rows(many.dist, table)) == list(rows(few.dist, table))
            (file,) = (many.dist / table).iterdir()
            assert pq.read_metadata(file).num_row_groups > 3
        assert list(prepared_corpus(str(many.dist))) == list(prepared_corpus(str(few.dist)))
    assert 0 < many.cleaned < many.documents


@pytest.mark.parametrize("duplicates", [None, Duplicates(near=0.5), Duplicates(exact=True, max_paragraph_repeats=20)])
def test_a_diff_may_use_the_articles_of_the_tables(corpus: Path, tmp_path: Path, duplicates: Duplicates | None) -> None:
    """One side of it is read and not cleaned again: whichever of the two packs the dataset was built with."""
    draw = random.Random(5)
    for name in draw.sample(sorted(corpus.iterdir()), 18):
        name.unlink()
    known = [*parse_pack({"rules.yaml": RULES}).rules, *parse_pack({"rules.yaml": OTHERS}).rules]
    known = [replace(each, action="mark") if each.id in ("legal/line", "quality/short") else each for each in known]
    from_tables = 0
    for _ in range(2):
        old, new = (make_pack(draw.sample(known, 8), {}) for _ in range(2))
        build(str(corpus), tmp_path / "dist", rules=old, duplicates=duplicates, workers=1, shard_bytes=4_000)
        whole = list(prepared_corpus(str(tmp_path / "dist")))
        for one, other in ((old, new), (new, old)):
            sifted = list(dataset_documents(str(tmp_path / "dist"), AffectedRows(one, other, changes(one, other))))
            from_tables += sum(each is not None and each.cleaned is not None for each in sifted)
            quick, full = compare(one, other, sifted), compare(one, other, whole, full=True)
            assert replace(quick, looked_at=0) == replace(full, looked_at=0)
            assert full.articles
    assert from_tables > 50


# Duplicates


def test_a_duplicate_is_rejected_with_what_it_repeats(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    story = " ".join(LINES[:2]) * 8
    texts = {"a": story, "b": story.upper(), "c": f"{story} One more line at its end.", "d": " ".join(LINES[10:]) * 8}
    for name, text in texts.items():
        (raw / f"{name}.txt").write_text(f"{text}\n\nShare\n")
    rules = parse_pack({"rules.yaml": RULES})
    dist = tmp_path / "dist"
    report = build(str(raw), dist, rules=rules, duplicates=Duplicates(), workers=1, shard_bytes=1)
    assert (report.shards, report.documents, report.kept) == (4, 4, 2)
    assert report.rejected == {"duplicate/near": 2}
    assert {row["id"] for row in rows(dist, "articles")} == {"c", "d"}
    rejected = {row["id"]: (row["filter"], row["duplicate_of"], row["text"]) for row in rows(dist, "rejected")}
    assert rejected == {
        "a": ("duplicate/near", "c", texts["a"]),
        "b": ("duplicate/near", "c", texts["b"]),
    }
    assert all(0.8 <= row["similarity"] < 1 for row in rows(dist, "rejected"))
    assert {row["id"] for row in rows(dist, "removed")} == set(texts)
    assert {each.document.id for each in prepared_corpus(str(dist))} == set(texts)


def test_an_existing_dataset_is_not_repeated(corpus: Path, tmp_path: Path) -> None:
    rules = parse_pack({"rules.yaml": RULES})
    old = build(str(corpus), tmp_path / "old", rules=rules, workers=1)
    (corpus / "new.txt").write_text("Nobody has written of the lamps on the southern mole, which are out since May.")
    against = Duplicates(against=(str(tmp_path / "old"),))
    new = build(str(corpus), tmp_path / "new", rules=rules, duplicates=against, workers=1)
    assert (new.kept, new.rejected["duplicate/exact"]) == (1, old.kept)
    assert {row["cause"] for row in rows(new.dist, "rejected") if row["filter"] == "duplicate/exact"} == {
        "old holds it already"
    }
    again = build(str(corpus), tmp_path / "new", rules=rules, duplicates=against, workers=1)
    assert (again.cleaned, again.kept) == (0, 1)


def test_paragraphs_that_repeat_go_and_can_be_put_back(corpus: Path, tmp_path: Path) -> None:
    rules = parse_pack({"rules.yaml": RULES})
    into = partial(build, str(corpus), rules=rules, workers=1, shard_bytes=2_000)
    before = into(tmp_path / "before", duplicates=Duplicates())
    report = into(tmp_path / "dist", duplicates=Duplicates(max_paragraph_repeats=20))
    assert report.kept == before.kept
    assert report.pieces["corpus/repeated-paragraph"] > 100
    assert LINES[1] not in {line for row in rows(report.dist, "articles") for line in row["text"].split("\n")}
    assert sum(report.words_removed.values()) == report.words_before - report.words_after - report.words_rejected
    originals = {
        place: {each.document.id: (each.text, each.language) for each in prepared_corpus(str(tmp_path / place))}
        for place in ("before", "dist")
    }
    assert originals["before"] == originals["dist"]
    marks = [row for row in rows(report.dist, "removed") if row["kind"] == "mark"]
    assert marks == [row for row in rows(before.dist, "removed") if row["kind"] == "mark"]
    again = into(tmp_path / "again", duplicates=Duplicates(max_paragraph_repeats=20), workers=2)
    assert content(again.dist) == content(report.dist)
