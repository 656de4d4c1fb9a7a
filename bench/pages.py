"""The evaluation pages of ../shared: sets of records, each with the same page in several inputs, and its gold."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cleaner.metadata.sites import host_of
from cleaner.model.document import Document
from cleaner.readers.html import read_html

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

HTML, GOLD = "html", "gold"
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """One file of pages, and what of it is measured."""

    metrics: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    """Nothing: whatever its records have."""
    fitted: bool = False
    """Whether the weights of article region rules were fitted to its pages."""
    says: str
    """What it is, for the reader of the figures."""


FLAT = ("inscriptis", "beautifulsoup")
SETS: Mapping[str, Set] = {
    "aeb": Set(metrics=("aeb", "rouge", "para"), fitted=True, says="English news, bodies by hand"),
    "multi": Set(
        metrics=("aeb", "rouge", "para"), inputs=(HTML, GOLD, *FLAT), fitted=True,
        says="news of 103 publishers in 21 languages, paragraphs by hand",
    ),
    # ROUGE of pages that long takes minutes an input, and tells no more than shingles do.
    "wcxb": Set(
        metrics=("aeb", "para", "chunks"), inputs=(HTML, GOLD, *FLAT, "trafilatura"), fitted=True,
        says="English articles, news, blogs and guides",
    ),
    "chunks": Set(
        metrics=("chunks",), inputs=(*FLAT, "trafilatura"),
        says="pages of which some pieces are known to belong to the article or not, 70% German",
    ),
    "readability": Set(metrics=("aeb", "para"), inputs=FLAT, says="what Readability.js makes of its own test pages"),
}  # fmt: skip

TEXTS_FITTED = FLAT
"""The inputs that the weights of flat pages were fitted to."""
ARTICLES_FITTED = (
    GOLD, "trafilatura", "readability_js", "newspaper", "goose3", "dragnet", "justext", "AutoExtract", "boilerpipe",
)  # fmt: skip
"""The inputs that represent articles without boilerplate, from which whole pages must be distinguished."""


def pages_file(name: str) -> Path:
    """The file of a set."""
    return SHARED / "eval" / f"{name}.jsonl.gz"


@lru_cache(maxsize=2)
def records(name: str) -> Sequence[Record]:
    """The records of a set, in the file's order."""
    with gzip.open(pages_file(name), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@lru_cache(maxsize=64)
def digest(path: Path) -> str:
    """Of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs_of(name: str) -> tuple[str, ...]:
    """The inputs of a set that are measured: whole pages first, the gold last."""
    named = SETS[name].inputs or (
        HTML,
        GOLD,
        *dict.fromkeys(key for record in records(name) for key in record["inputs"]),
    )
    return tuple(sorted(named, key=lambda given: (given == GOLD, given != HTML, given not in FLAT)))


def given(name: str, record: Record, kind: str) -> str | None:
    """A record's page in that input, or None where it has none."""
    if kind == HTML:
        file = SHARED / "eval" / HTML / name / f"{record['id'].replace('/', '__')}.html.gz"
        return gzip.decompress(file.read_bytes()).decode("utf-8", "replace") if file.is_file() else None
    text: str | None = record["gold"] if kind == GOLD else record["inputs"].get(kind)
    return text


def pages(name: str, kind: str, limit: int | None = None) -> Iterator[tuple[Record, str]]:
    """The records that have that input, each with it."""
    for record in records(name)[:limit]:
        if (page := given(name, record, kind)) is not None:
            yield record, page


def document(record: Record, kind: str, page: str) -> Document:
    """The page as the readers give it: HTML read, a text as it is."""
    id_, url = str(record["id"]), record.get("url")
    if kind == HTML:
        return read_html(page, name=id_, source="", digest="", url=url, given={})
    return Document(id=id_, text=page, url=url)


def host(record: Record) -> str:
    """The page's host, or where it has none its id."""
    return host_of(record.get("url")) or str(record["id"])
