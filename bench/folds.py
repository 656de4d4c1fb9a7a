"""The rules as a page of a new site meets them: weights of article region rules fitted without that site.

The weights in rules/lists/page-*.yaml were fitted to pages that are measured here. So each of these pages is cleaned
with weights of a fit that saw no page of its publisher: one fit for each of `FOLDS` folds of sites.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from bench.pages import ARTICLES_FITTED, HTML, ROOT, SETS, TEXTS_FITTED, Record, digest, document, pages, pages_file
from bench.scores import scorer
from cleaner.authoring.fit import FOLDS, Of, TrainingPage, fold_lists, fold_of, publisher
from cleaner.model.document import Document
from cleaner.model.rule import RulePack

Lists = Mapping[str, tuple[str, ...]]

_NAMES: Mapping[Of, str] = {"text": "page_text", "markup": "page_markup"}
_FITTED = tuple(name for name, each in SETS.items() if each.fitted)
_CODE = ("cleaner/authoring/fit", "cleaner/matching/page")
_MOST_OPTIONAL = 4


def fitted_folds(pack: RulePack, folder: Path, limit: int | None) -> list[Lists]:
    """The lists of each fold: from the folder where a fit kept them, else fitted, which takes minutes.

    They are kept as long as the weights in the pack are. A new rule alone makes no new ones: the weights that ship
    were fitted before it as well.
    """
    whole: list[dict[str, tuple[str, ...]]] = [{} for _ in range(FOLDS)]
    for of, name in _NAMES.items():
        path = folder / f"{_key(pack, name, limit)}.json"
        try:
            found: Sequence[Lists] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            articles = _articles(limit) if of == "text" else ()  # a page of HTML is a page
            found = list(fold_lists(_examples(of, limit), articles, pack, of=of, name=name, report=_say))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(found), "utf-8")
        for lists, more in zip(whole, found, strict=True):
            lists.update({key: tuple(lines) for key, lines in more.items()})
    return [*whole]


def of_fold(pack: RulePack, lists: Lists, fold: int) -> RulePack:
    """The whole pack, but for the weights."""
    return replace(pack, lists={**pack.lists, **lists}, digest=f"{pack.digest}, fold {fold}")


def unseen_fold(record: Record) -> int | None:
    """The fold whose fit saw nothing of the record's site; None where none did, as with the weights that ship."""
    site = publisher(_bare(record))
    return fold_of(site) if site in _sites_fitted() else None


@lru_cache(maxsize=1)
def _sites_fitted() -> frozenset[str]:
    return frozenset(publisher(_bare(record)) for name in _FITTED for record, _ in pages(name, TEXTS_FITTED[0]))


def _bare(record: Record) -> Document:
    return Document(id=str(record["id"]), text="", url=record.get("url"))


def _examples(of: Of, limit: int | None) -> Iterator[TrainingPage]:
    """As `cleaner rules fit` takes them."""
    for kind in TEXTS_FITTED if of == "text" else (HTML,):
        for name in _FITTED:
            for record, page in pages(name, kind, limit):
                golds = tuple("\n".join(parts) for parts in scorer().references(record, _MOST_OPTIONAL))
                if record.get("gold") and page.strip():
                    yield TrainingPage(document=document(record, kind, page), golds=golds)


def _articles(limit: int | None) -> Iterator[Document]:
    for kind in ARTICLES_FITTED:
        for name in _FITTED:
            yield from (document(record, kind, page) for record, page in pages(name, kind, limit) if page.strip())


def _key(pack: RulePack, name: str, limit: int | None) -> str:
    key = hashlib.sha256(repr((name, limit, _NAMES, TEXTS_FITTED, ARTICLES_FITTED)).encode())
    for lists in (f"{name}_points", f"{name}_whole"):
        key.update("\n".join(pack.lists.get(lists, ())).encode())
    for path in (*map(pages_file, _FITTED), *(file for each in _CODE for file in sorted((ROOT / each).glob("*.py")))):
        key.update(digest(path).encode())
    return f"{name}-{key.hexdigest()[:16]}"


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)
