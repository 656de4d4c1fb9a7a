"""Scores of a text beside its gold, by the scorer of ../shared, and what they come to over a set."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.pages import SHARED, Record
from cleaner.cleaning.article import Article
from cleaner.cleaning.article import record as told

SCORER = SHARED / "tools" / "score.py"
MEANS = ("aeb_p", "aeb_r", "rouge_f1", "para_f1", "title", "authors", "published")
FIGURES = ("aeb_p", "aeb_r", "aeb_f1", "rouge_f1", "para_f1", "chunk_f1", "title", "authors", "published")
"""What is told of a set, in percent, as the scorer names it."""

STATED = ("title", "authors", "published")
FAULTS = tuple(f"{name}_{fault}" for name in STATED for fault in ("wrong", "missing"))
"""Of the pages whose gold knows a field, in percent: where another value is given, and where none is."""

_WORD = re.compile(r"\w+")
_SHINGLE = 4
_MOST_OPTIONAL = 4
_LINE_TOLD = 60  # characters
_DAY = 10  # characters of a date in ISO 8601


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One page: its scores, as the scorer names them, and what can be said of the text."""

    id: str
    host: str
    language: str
    scores: Mapping[str, Any]
    labels: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Of our own text, by label: pieces removed, words removed, words of these that the article now lacks."""
    lost: Sequence[str] = ()
    """The beginnings of lines of the gold that are gone; like those left, they stay out of git."""
    left: Sequence[str] = ()
    """Those of lines left that aren't the gold's."""


@lru_cache(maxsize=1)
def scorer() -> Any:
    """The scorer, as a module. Raises FileNotFoundError where ../shared isn't there."""
    found = importlib.util.spec_from_file_location("score", SCORER)
    if not SCORER.is_file() or found is None or found.loader is None:
        raise FileNotFoundError(SCORER)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@lru_cache(maxsize=1)
def splitter() -> tuple[str, Callable[[str], list[str]]]:
    """What splits sentences for ROUGE, and its name: Punkt where it is installed, else a pattern."""
    name, split = scorer().load_splitter("auto")
    return name, split


def scores(record: Record, text: str, metrics: Iterable[str]) -> dict[str, Any]:
    """The scorer's row of one text."""
    row: dict[str, Any] = scorer().score_doc(record, text, set(metrics), "auto", splitter()[1], _MOST_OPTIONAL)
    del row["id"], row["lang"]
    return row


def metadata_scores(record: Record, article: Article) -> dict[str, float]:
    """Of the title, the authors and the day, where the record knows them."""
    found: dict[str, float] = scorer().score_meta(record.get("meta") or {}, told(article))
    return found


def metadata_faults(record: Record, article: Article) -> dict[str, float]:
    """Whether a field that the record knows is wrong, or missing: a wrong value does more harm than none.

    Authors are wrong where one of them is none of the record's; too few of them are neither.
    """
    gold, fold, own = record.get("meta") or {}, scorer().fold, told(article)
    faults: dict[str, float] = {}
    for name, key in zip(STATED, ("title", "authors", "publishing_date"), strict=True):
        if wanted := gold.get(key):
            given = own[name]
            right = {
                "title": lambda w, g: fold(w) == fold(g),
                "authors": lambda w, g: {fold(each) for each in g} <= {fold(each) for each in w},
                "published": lambda w, g: str(w)[:_DAY] == str(g)[:_DAY],
            }[name]
            faults[f"{name}_missing"] = float(not given)
            faults[f"{name}_wrong"] = float(bool(given) and not right(wanted, given))
    return faults


def summary(rows: Sequence[Row]) -> dict[str, float]:
    """What rows come to, in percent: means over pages, F1 of the mean P and R, and all chunks together."""
    figures: dict[str, float] = {}
    for name in (*MEANS, *FAULTS):
        if values := [row.scores[name] for row in rows if row.scores.get(name) is not None]:
            figures[name] = fmean(values)
    if any("aeb_acc" in row.scores for row in rows):
        figures["aeb_f1"] = scorer().f1(figures.get("aeb_p"), figures.get("aeb_r"))
    if chunks := [row.scores for row in rows if "include_n" in row.scores]:
        wanted, found, wrong = (
            sum(each[k] for each in chunks) for k in ("include_n", "include_found", "exclude_found")
        )
        figures["chunk_f1"] = scorer().f1(found / max(1, found + wrong), found / max(1, wanted))
    return {name: round(100 * figures[name], 2) for name in (*FIGURES, *FAULTS) if name in figures}


def quality(row: Row) -> tuple[float, float, float] | None:
    """A page's own P, R and F1, 0 to 1: of shingles, else of chunks; None where neither is known."""
    own = row.scores
    if "aeb_acc" in own:
        precision, recall = own["aeb_p"] or 0.0, own["aeb_r"] or 0.0
    elif own.get("include_n"):
        found, wrong = own["include_found"], own["exclude_found"]
        precision, recall = found / max(1, found + wrong), found / own["include_n"]
    else:
        return None
    return precision, recall, scorer().f1(precision, recall)


def told_lines(record: Record, text: str) -> tuple[list[str], list[str]]:
    """Beginnings of lines: of the gold's that are gone, and of those left that aren't the gold's."""
    if record.get("gold"):
        gold = gold_of(record)
        return list(_strange(gold, text)), list(_strange(text, gold))
    flat = " ".join(text.split())
    lost = [chunk for chunk in record.get("include") or () if " ".join(chunk.split()) not in flat]
    left = [chunk for chunk in record.get("exclude") or () if " ".join(chunk.split()) in flat]
    return list(map(_short, lost)), list(map(_short, left))


def gold_of(record: Record) -> str:
    """The article, with all that may be left out of it."""
    parts: Sequence[str] | None = record.get("gold_paragraphs")
    bare = (part[1:-1] if part[:1] == "[" and part[-1:] == "]" else part for part in parts or ())
    return "\n".join(bare) if parts else record["gold"] or ""


def _strange(text: str, other: str) -> Iterator[str]:
    """The lines of a text of which most shingles are not in the other."""
    known = shingles(other)
    for line in dict.fromkeys(text.split("\n")):
        own = shingles(line)
        if 2 * (own & known).total() < own.total():
            yield _short(line)


def _short(line: str) -> str:
    one = " ".join(line.split())
    return one if len(one) <= _LINE_TOLD else one[: _LINE_TOLD - 1] + "…"


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words, those of each line; a shorter line is one."""
    found: Counter[tuple[str, ...]] = Counter()
    for line in text.split("\n"):
        if words := _WORD.findall(line):
            found.update(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))
    return found


def labels_of(record: Record, article: Article) -> dict[str, list[int]]:
    """By label: pieces, words, and words of them that the article lacks now. A copy that is left is no loss."""
    lacking = shingles(gold_of(record)) - shingles(article.text) if record.get("gold") else Counter()
    found: dict[str, list[int]] = {}
    for edit in article.edits:
        if edit.replacement:
            continue
        row = found.setdefault(edit.label, [0, 0, 0])
        row[0] += 1
        for line in edit.text.split("\n"):
            row[1] += len(_WORD.findall(line))
            gone = shingles(line) & lacking
            lacking -= gone
            row[2] += min(len(_WORD.findall(line)), gone.total() + _SHINGLE - 1) if gone else 0
    return found


# ---------------------------------------------------------------------------------------------------
# Rows kept between runs


def kept(folder: Path, key: Iterable[object], make: Callable[[], Sequence[Row]]) -> Sequence[Row]:
    """The rows of that key, from the folder or made; a damaged file is made again."""
    path = folder / f"{hashlib.sha256(repr(tuple(key)).encode()).hexdigest()[:24]}.json"
    try:
        found = json.loads(path.read_text("utf-8"))
        return [Row(**{**each, "lost": tuple(each["lost"]), "left": tuple(each["left"])}) for each in found]
    except (OSError, ValueError, TypeError, KeyError):
        rows = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(row) for row in rows]), "utf-8")
        return rows
