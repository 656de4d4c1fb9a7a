"""Score the rules on articles that other scrapers have flattened, piece by piece: the second half of `make quality`.

Writes docs/residue.md, and .cleaner/quality/missed.md, which shows pieces of the articles and stays out of git. Ends
with 1 where a figure is below its floor in bench/floors.json. The articles, their marked pieces and the scorers are
those of ../shared; what counts as removed is what its score_residue.py says.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench import floors
from bench.pages import ROOT, SHARED, Record
from cleaner.authoring.learned_rules import SiteRules, learn_site_rules, site_file
from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.cleaning.prepare import prepare
from cleaner.matching.program import Program, compile_program
from cleaner.metadata.sites import host_of
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.rules.folder import rule_texts
from cleaner.rules.load import load_pack, parse_pack

FLOORS = ROOT / "bench" / "floors.json"
DATA = SHARED / "eval"
SCORERS = SHARED / "tools"
AS_IT_CAME, ONE_LINE, FIVE_PAGES, LEARNED = (
    "as it came",
    "one line",
    "sites of five pages",
    "sites of five pages, learned",
)
_PAGES_OF_A_SITE = 5
_LEAST_PIECES = 20  # of a language or a kind, for a row of its own
_TOLD = 160  # characters
_BREAKS = re.compile(r"\s*\n\s*")
_HEADLINE_OF_A_LINK = "related"
"""The kind of link headlines: without an end mark, and within a line, nobody can tell where they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A marked piece of furniture, and whether the rules removed it."""

    kind: str
    text: str
    words: int
    is_metadata: bool
    """A headline, a byline, a date or an agency: these become metadata, and are counted apart."""
    alone: bool
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One article."""

    id: str
    language: str
    pieces: tuple[Piece, ...]
    words: int
    """Words of the article."""
    harm: tuple[tuple[str, str], ...]
    """Words of the article that were removed, each with the rule."""

    @property
    def is_freed(self) -> bool:
        """Whether all furniture went, and nothing of the article."""
        return not self.harm and all(piece.removed for piece in self.furniture)

    @property
    def furniture(self) -> tuple[Piece, ...]:
        """The pieces that do not become metadata."""
        return tuple(piece for piece in self.pieces if not piece.is_metadata)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, compare with the floors, and write the page. 1 where something fell."""
    parser = argparse.ArgumentParser(prog="bench.residue", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--update", action="store_true", help="raise the floors to what was reached")
    parser.add_argument("--lower", action="store_true", help="and lower those that weren't reached")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules", metavar="DIR")
    args = parser.parse_args(arguments)
    if not (DATA / "residue.jsonl.gz").is_file():
        print(f"the marked articles are not here: {SHARED.name}/eval is needed beside this folder", file=sys.stderr)
        return 2
    pack = load_pack(args.rules)
    program = compile_program(pack, Options())
    marked, corpora = read("residue"), read("residue-corpora")
    results = {AS_IT_CAME: scored(marked, program), ONE_LINE: scored(map(one_line, marked), program)}
    few = five_pages(marked, corpora)
    results[FIVE_PAGES] = scored(few.marked, program)
    results[LEARNED], learned = scored_learned(few, args.rules, pack)
    titles = title_figures(corpora, program)
    page = ROOT / "docs" / "residue.md"
    page.write_text(document(results, titles, learned), "utf-8")
    folder = ROOT / ".cleaner" / "quality"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "missed.md").write_text(missed(results[AS_IT_CAME]), "utf-8")
    print("\n".join(table(results)))
    print(titles_told(titles))
    measured = {("residue", name): floored(each) for name, each in results.items()}
    measured["residue", "titles"] = {"precision": titles["precision"], "recall": titles["recall"]}
    measured["residue", ONE_LINE]["of_those_alone"] = found_again(results[AS_IT_CAME], results[ONE_LINE])
    return floors.held(FLOORS, measured, ["residue"], update=args.update, lower=args.lower)


def read(name: str) -> list[Record]:
    """The records of a set."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


@lru_cache(maxsize=2)
def _scorer(name: str) -> Any:
    found = importlib.util.spec_from_file_location(name, SCORERS / f"{name}.py")
    if found is None or found.loader is None:
        raise FileNotFoundError(SCORERS / name)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _cleaned(record: Record, program: Program) -> Article:
    return clean_document(Document(id=record["id"], text=record["text"], url=record.get("url")), program)


# ------------------------------------------------------------------------------------------ pieces


def scored(records: Iterable[Record], program: Program) -> list[Scored]:
    """Clean each article, and see which of its marked pieces went."""
    return [_score(record, _cleaned(record, program)) for record in records]


def _score(record: Record, article: Article) -> Scored:
    scorer, text = _scorer("score_residue"), record["text"]
    removed = [{"text": e.text, "start": e.start, "rule": e.rule, "replacement": e.replacement} for e in article.edits]
    spans, _ = scorer.removed_spans(text, removed)
    rules: dict[int, str] = {i: rule for start, end, rule in spans for i in range(start, end)}
    own, pieces = bytearray(b"\1" * len(text)), []
    for piece in record["gold_removed"]:
        start, end, kind = piece["start"], piece["end"], piece["kind"]
        own[start:end] = bytes(end - start)
        places = [i for i in range(start, end) if not text[i].isspace()]
        if places and not kind.endswith("?"):
            gone = sum(i in rules for i in places) >= scorer.ENOUGH * len(places)
            beside = text[text.rfind("\n", 0, start) + 1 : start] + text[end:].partition("\n")[0]
            said = text[start:end]
            pieces.append(
                Piece(
                    kind=kind,
                    text=said,
                    words=len(said.split()),
                    is_metadata=bool(scorer.META.match(kind)),
                    alone=not beside.strip(),
                    removed=gone,
                )
            )
    words = [m for m in re.finditer(r"\S+", text) if all(own[m.start() : m.end()])]
    gone_words = [m for m in words if all(i in rules for i in range(m.start(), m.end()))]
    return Scored(
        id=record["id"],
        language=record.get("lang") or "?",
        pieces=tuple(pieces),
        words=len(words),
        harm=tuple((m.group(), rules[m.start()]) for m in gone_words),
    )


def one_line(record: Record) -> Record:
    """The article with its lines joined by blanks, and its pieces where they are then."""
    text, places, at = record["text"], list[int](), 0
    parts = []
    for gap in _BREAKS.finditer(text):
        parts += [text[at : gap.start()], " "]
        at = gap.end()
    parts.append(text[at:])
    joined, new = "".join(parts), 0
    gaps = {i: gap for gap in _BREAKS.finditer(text) for i in range(gap.start(), gap.end())}
    for i in range(len(text) + 1):
        places.append(new)
        gap = gaps.get(i)
        new += gap is None or i == gap.start()
    pieces = [{**p, "start": places[p["start"]], "end": places[p["end"]]} for p in record["gold_removed"]]
    return {**record, "text": joined, "gold_removed": pieces}


def found_again(several: Sequence[Scored], one: Sequence[Scored]) -> float:
    """Of the pieces that are removed where they have a line of their own, but for headlines of links: how many are
    removed where the article is one line, in percent."""
    pairs = [
        (piece, again)
        for article, joined in zip(several, one, strict=True)
        for piece, again in zip(article.pieces, joined.pieces, strict=True)
        if piece.alone and piece.removed and not piece.kind.startswith(_HEADLINE_OF_A_LINK)
    ]
    return _share(sum(again.removed for _, again in pairs), len(pairs))


# ----------------------------------------------------------------------------------------- learning


@dataclass(frozen=True, slots=True, kw_only=True)
class FivePages:
    """Five pages of each site that has as many, and the marked articles among them."""

    pages: Sequence[Record]
    marked: Sequence[Record]


def five_pages(marked: Sequence[Record], corpora: Sequence[Record]) -> FivePages:
    """The marked articles first, then others of the site, in the order of the files."""
    sites: defaultdict[str, list[Record]] = defaultdict(list)
    wanted = {_site(record) for record in marked}
    known = {record["text"] for record in marked}
    for record in (*marked, *(each for each in corpora if each["text"] not in known)):
        if _site(record) in wanted:
            sites[_site(record)].append(record)
    chosen = [record for of in sites.values() if len(of) >= _PAGES_OF_A_SITE for record in of[:_PAGES_OF_A_SITE]]
    return FivePages(pages=chosen, marked=[record for record in chosen if "gold_removed" in record])


def _site(record: Record) -> str:
    return host_of(record.get("url")) or str(record["source"])


def scored_learned(few: FivePages, rules: Path, pack: RulePack) -> tuple[list[Scored], str]:
    """The articles cleaned with rules that were learned from five pages of their site; and what these came to.

    A source without addresses is a folder: what is learned of it names a language and no host, so it is used for that
    source alone.
    """

    def corpus() -> Iterator[Any]:
        for record in few.pages:
            yield prepare(
                Document(
                    id=record["id"], text=record["text"], url=record.get("url"), source=f"{record['source']}/page.txt"
                )
            )

    found = learn_site_rules(corpus, pack, Options(), folder_name="corpus")
    texts = rule_texts(rules)
    with_hosts = [each for each in found.sites if each.host and each.drafts]
    of_folders = {each.name: each for each in found.sites if not each.host and each.drafts}
    shared = compile_program(_with(texts, with_hosts), Options())
    folders = {name: compile_program(_with(texts, [each]), Options()) for name, each in of_folders.items()}
    by_name = {_folder_name(record): folders.get(_folder_name(record), shared) for record in few.marked}
    rows = [
        _score(record, _cleaned(record, shared if record.get("url") else by_name[_folder_name(record)]))
        for record in few.marked
    ]
    drafts = sum(len(each.drafts) for each in found.sites)
    return rows, f"{drafts:,} rules for {sum(bool(each.drafts) for each in found.sites)} sites and folders"


def _with(texts: Mapping[str, str], found: Sequence[SiteRules]) -> RulePack:
    return parse_pack({**texts, **{each.path: site_file(each, texts.get(each.path)) for each in found}})


def _folder_name(record: Record) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(record["source"]).casefold()).strip("-")


# ------------------------------------------------------------------------------------------- titles


def title_figures(corpora: Sequence[Record], program: Program) -> dict[str, float]:
    """Titles found in articles whose corpus states them, counted as score_titles.py does; shares in percent."""
    scorer, found = _scorer("score_titles"), Counter[str]()
    for record in corpora:
        if not (stated := scorer.words(record.get("stated_title"))):
            continue
        bare: Record = {"id": record["id"], "text": record["text"]}
        given = scorer.words(_cleaned(bare, program).metadata.title)
        head = [scorer.words(line) for line in record["text"].split("\n") if line.strip()][:3]
        is_there, right = any(scorer.same(line, stated) for line in head), scorer.same(given, stated)
        found.update(texts=1, there=is_there, right=right, wrong=bool(given) and not right, again=is_there and right)
    return {
        **found,
        "precision": _share(found["right"], found["right"] + found["wrong"]),
        "recall": _share(found["again"], found["there"]),
    }


# --------------------------------------------------------------------------------------------- page


def figures(rows: Sequence[Scored]) -> dict[str, float]:
    """What articles come to: shares in percent, harm in words of 1,000."""
    furniture = [piece for row in rows for piece in row.furniture]
    every = [piece for row in rows for piece in row.pieces]
    alone, glued = ([p for p in every if p.alone], [p for p in every if not p.alone])
    with_furniture = [row for row in rows if row.furniture]
    return {
        "articles": len(rows),
        "pieces": len(furniture),
        "removed": _removed(furniture),
        "words": _share(sum(p.words for p in furniture if p.removed), sum(p.words for p in furniture)),
        "alone": _removed(alone),
        "glued": _removed(glued),
        "freed": _share(sum(row.is_freed for row in with_furniture), len(with_furniture)),
        "harm": 10 * _share(sum(len(row.harm) for row in rows), sum(row.words for row in rows)),
        "harmed": _share(sum(bool(row.harm) for row in rows), len(rows)),
    }


def floored(rows: Sequence[Scored]) -> dict[str, float]:
    """The figures that have floors: of harm the words that stay, in percent, as more is better there, too."""
    found = figures(rows)
    kept = {"article_words_kept": 100 - found["harm"] / 10}
    return {name: round(value, 2) for name, value in {**found, **kept}.items() if name in floors.FLOORED}


def _removed(pieces: Sequence[Piece]) -> float:
    return _share(sum(piece.removed for piece in pieces), len(pieces))


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


_COLUMNS: Mapping[str, str] = {
    "articles": "articles", "pieces": "pieces", "removed": "removed", "words": "their words", "alone": "own line",
    "glued": "glued", "freed": "freed", "harm": "harm, of 1,000 words", "harmed": "articles harmed",
}  # fmt: skip


def table(results: Mapping[str, Sequence[Scored]]) -> Iterator[str]:
    """A table in Markdown, a row for each group."""
    yield "|  | " + " | ".join(_COLUMNS.values()) + " |"
    yield "| --- |" + " --: |" * len(_COLUMNS)
    for name, rows in results.items():
        found = figures(rows)
        cells = (f"{found[key]:,.0f}" if key in ("articles", "pieces") else _told(key, found[key]) for key in _COLUMNS)
        yield f"| {name} | " + " | ".join(cells) + " |"


def _told(key: str, value: float) -> str:
    return f"{value:.2f}" if key == "harm" else f"{value:.1f}"


def titles_told(titles: Mapping[str, float]) -> str:
    """The titles in a sentence."""
    return (
        f"{titles['right']:,.0f} titles right, {titles['wrong']:,.0f} wrong: precision {titles['precision']:.1f}, "
        f"recall {titles['recall']:.1f} of the {titles['there']:,.0f} that are on the first three lines"
    )


def document(results: Mapping[str, Sequence[Scored]], titles: Mapping[str, float], learned: str) -> str:
    """The page."""
    as_came = results[AS_IT_CAME]
    languages: defaultdict[str, list[Scored]] = defaultdict(list)
    kinds: defaultdict[str, list[Piece]] = defaultdict(list)
    for row in as_came:
        languages[row.language].append(row)
        for piece in row.pieces:
            kinds[piece.kind].append(piece)
    told = {n: rows for n, rows in sorted(languages.items()) if sum(len(r.furniture) for r in rows) >= _LEAST_PIECES}
    counted = sorted(((n, p) for n, p in kinds.items() if len(p) >= _LEAST_PIECES), key=lambda each: -len(each[1]))
    rules = Counter(rule for row in as_came for _, rule in row.harm)
    again = found_again(as_came, results[ONE_LINE])
    parts = [
        _HEAD,
        "\n".join(table(results)),
        f"Of the pieces that are removed where they have a line of their own, but for headlines of links, {again:.1f}% "
        f"are removed where the article is one line. From five pages of each site, `cleaner learn` wrote {learned}.",
        f"## Titles\n\nIn {titles['texts']:,.0f} texts whose corpus states the title: {titles_told(titles)}.",
        f"## By language\n\nLanguages with {_LEAST_PIECES} pieces or more.\n\n" + "\n".join(table(told)),
        "## By kind\n\nKinds as they were marked by hand; headlines, bylines, dates and agencies become metadata.\n\n"
        "| kind | pieces | removed | their words |\n| --- | --: | --: | --: |\n" + "\n".join(
            f"| {name} | {len(pieces):,} | {_removed(pieces):.1f} | "
            f"{_share(sum(p.words for p in pieces if p.removed), sum(p.words for p in pieces)):.1f} |"
            for name, pieces in counted
        ),
        "## Words of articles that were removed\n\n| rule | words |\n| --- | --: |\n" + "\n".join(
            f"| `{rule}` | {count} |" for rule, count in sorted(rules.items(), key=lambda each: (-each[1], each[0]))
        ),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


_HEAD = """# Residue of scraped articles

<!-- Written by `make quality`; edit bench/residue.py instead. -->

Articles that other people's scrapers have already flattened, with what was left of the page in them: 941 articles of
115 sources, chosen for their residue, each piece marked by hand. They are not part of this repository. A piece counts
as removed where four fifths of its characters are. The rules were written with these articles in view, and the
scorecard (`residue/*`) was fitted to them: on others expect less.

- **own line**: pieces that fill their lines; **glued**: those in a line with something else.
- **freed**: of the articles with boilerplate, the share that lost all of it and no word of their own.
- **harm**: words of the article that were removed; **articles harmed**: share of the articles that lost any."""


def missed(rows: Sequence[Scored]) -> str:
    """What is left, and what was harmed, as a list to work from."""
    lines = ["# Left"]
    lines += [
        f"- {row.id} · {row.language} · {piece.kind}: {' '.join(piece.text.split())[:_TOLD]}"
        for row in rows
        for piece in row.furniture
        if not piece.removed
    ]
    lines.append("\n# Harmed")
    lines += [f"- {row.id} · {rule}: {word}" for row in rows for word, rule in row.harm]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
