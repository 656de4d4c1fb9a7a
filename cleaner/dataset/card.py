"""The dataset card: `README.md` of the dataset. Its header is for `datasets` and the Hub, its text for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import yaml

from cleaner.dataset.manifest import Manifest
from cleaner.dataset.tables import ARTICLES, REJECTED, REMOVED, TABLES, Table
from cleaner.text.markdown import inline_code
from cleaner.text.plural import counted

_SPLIT = "train"
_BUSIEST_RULES = 20
_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")  # of the Hub's size_categories

_BODY = """\
# Clean articles

Articles without the boilerplate that a scraper brought along. Every piece that was taken out is kept beside them,
signed by the rule that took it, and can be put back to the character.

| config | rows | what it holds |
|---|---|---|
{tables}

## Load it

```python
from datasets import load_dataset

folder = "dist"  # the folder of this file
articles = load_dataset(folder, split="train")
removed = load_dataset(folder, "removed", split="train")
```
{empty}
```python
import pandas
articles = pandas.read_parquet("dist/articles")

import polars
articles = polars.read_parquet("dist/articles/*.parquet")

import duckdb
duckdb.sql("SELECT label, sum(words) FROM 'dist/removed/*.parquet' GROUP BY label")
```

## What was done

{documents}

{rejected}{labels}{rules}## Columns

`default`:

{article_columns}

`removed`, in the order of the documents and of their pieces:

{removed_columns}

`rejected` has all columns of `default` and, before them:

{rejected_columns}

## Put the text back

The text as it was before any rule saw it (its encoding and its invisible characters mended) follows from `text`,
`spacing` and the rows of `removed` with the same `id`. The lines of a text are its paragraphs; `spacing` gives
what was before, between and behind them: a number of line breaks, or a JSON string; `*n` repeats it n times.

```python
import json


def put_back(text, spacing, pieces):
    gaps, at = [], 0
    decode = json.JSONDecoder().raw_decode
    while at < len(spacing):
        gap, at = decode(spacing, at)
        times = 1
        if spacing[at : at + 1] == "*":
            times, at = decode(spacing, at + 1)
        gaps += ["\\n" * gap if isinstance(gap, int) else gap] * times
        at += 1
    paragraphs = text.split("\\n\\n") if text else []
    left = gaps[0] + "".join(map(str.__add__, paragraphs, gaps[1:]))
    original, taken, end = "", 0, 0
    for piece in pieces:
        if piece["kind"] == "edit":
            upto = taken + piece["start"] - end
            original += left[taken:upto] + piece["text"]
            taken, end = upto + len(piece["replacement"]), piece["end"]
    return original + left[taken:]


article = articles[0]
pieces = removed.filter(lambda piece: piece["id"] == article["id"])
original = put_back(article["text"], article["spacing"], pieces)
```

`manifest.json` holds the digests of the input, of the rules and of these files, and the versions that made them.
"""

# `datasets` up to 5.2 never loads a split without rows.
_WITHOUT_ROWS = """
There are no rows in {empty}. `load_dataset` refuses to load a table without rows, unless it is given
`streaming=True`; this loads any table, as `datasets` would:

```python
from datasets import Dataset
from pyarrow.parquet import read_table

rejected = Dataset(read_table(f"{{folder}}/rejected"))
```

"""


def card(manifest: Manifest) -> str:
    """Return the card of a dataset, as Markdown with a YAML header."""
    tally = manifest.tally
    rows = {table.config: _total(manifest, table, "rows") for table in TABLES}
    empty = " and ".join(f"`{config}`" for config, count in rows.items() if not count)
    busiest = sorted(tally.pieces.items(), key=lambda each: (-each[1], each[0]))[:_BUSIEST_RULES]
    body = _BODY.format(
        tables="\n".join(f"| `{table.config}` | {rows[table.config]:,} | {table.about} |" for table in TABLES),
        empty=_WITHOUT_ROWS.format(empty=empty) if empty else "",
        documents=(
            f"{counted(tally.documents, 'document')} read; {tally.kept:,} kept, "
            f"{tally.documents - tally.kept:,} rejected. Of {counted(tally.words_before, 'word')}, "
            f"{tally.words_after:,} are in the articles and {tally.words_rejected:,} in rejected documents; "
            f"{tally.words_removed.total():,} were removed by {len(tally.pieces):,} of "
            f"{counted(len(manifest.rules.rules), 'rule')} (digest `{manifest.rules.digest[:12]}`)."
        ),
        rejected=_counts("Rejected by", "documents", sorted(tally.rejected.items())),
        labels=_counts("Removed as", "words", sorted(tally.words_removed.items())),
        rules=_counts("Busiest rules", "pieces", busiest),
        article_columns=_columns(ARTICLES),
        removed_columns=_columns(REMOVED),
        rejected_columns=_columns(REJECTED, without=ARTICLES),
    )
    header = yaml.safe_dump(_header(manifest), sort_keys=False, allow_unicode=True, width=110)
    return f"---\n{header}---\n\n{body}"


def _header(manifest: Manifest) -> Mapping[str, Any]:
    languages = sorted(filter(None, manifest.tally.languages))
    return {
        "pretty_name": "Clean articles",
        **({"language": languages} if languages else {}),
        "size_categories": [_size(manifest.tally.kept)],
        "task_categories": ["text-generation"],
        "configs": [
            {
                "config_name": table.config,
                **({"default": True} if table is ARTICLES else {}),
                "data_files": [{"split": _SPLIT, "path": f"{table.folder}/{_SPLIT}-*.parquet"}],
            }
            for table in TABLES
        ],
        "dataset_info": [_info(manifest, table) for table in TABLES],
    }


def _info(manifest: Manifest, table: Table) -> Mapping[str, Any]:
    size = _total(manifest, table, "size")
    return {
        "config_name": table.config,
        "features": [{"name": field.name, **_feature(field.type)} for field in table.schema],
        "splits": [
            {"name": _SPLIT, "num_bytes": size, "num_examples": _total(manifest, table, "rows")},
        ],
        "download_size": _total(manifest, table, "bytes"),
        "dataset_size": size,
    }


def _feature(kind: pa.DataType) -> dict[str, Any]:
    """Return a column's type in the notation of a dataset card's header."""
    if pa.types.is_list(kind):
        inner = kind.value_type
        if pa.types.is_struct(inner):
            return {"list": [{"name": field.name, **_feature(field.type)} for field in inner]}
        return {"list": _feature(inner)["dtype"]}
    return {"dtype": "float64" if kind == pa.float64() else str(kind)}


def _total(manifest: Manifest, table: Table, what: str) -> int:
    files = (file for file in manifest.files if file.path.startswith(f"{table.folder}/"))
    return sum(getattr(file, what) for file in files)


def _size(rows: int) -> str:
    bounds = [1000 * 10**power for power in range(len(_SIZES))]
    at = sum(rows >= bound for bound in bounds)
    if at in (0, len(_SIZES)):
        return f"n<{_SIZES[0]}" if at == 0 else f"n>{_SIZES[-1]}"
    return f"{_SIZES[at - 1]}<n<{_SIZES[at]}"


def _counts(what: str, unit: str, counts: Iterable[tuple[str, int]]) -> str:
    rows = "".join(f"| {inline_code(name, cell=True)} | {count:,} |\n" for name, count in counts)
    return f"| {what} | {unit} |\n|---|---|\n{rows}\n" if rows else ""


def _columns(table: Table, without: Table | None = None) -> str:
    known = {column.name for column in without.columns} if without else set()
    return "\n".join(
        f"- `{column.name}` ({_typed(column.type)}): {column.about}"
        for column in table.columns
        if column.name not in known
    )


def _typed(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_typed(kind.value_type)}"
    return "struct" if pa.types.is_struct(kind) else str(kind)
