"""Texts that repeat each other, as shards to be searched for duplicates."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.dedup.grouping import Duplicate, group
from cleaner.dedup.inputs import CorpusPart, shard_part
from cleaner.dedup.lsh import BandFinder, shared_bands
from cleaner.dedup.minhash import SignatureWriter, sign
from cleaner.model.options import Duplicates


@dataclass(frozen=True)
class Text:
    id: str
    text: str
    host: str = ""


def prose(seed: int, words: int = 300) -> list[str]:
    """Words that share no run of five with those of another seed."""
    chosen = random.Random(seed)
    return ["".join(chosen.choices("aeioubcdlmnprst", k=chosen.randint(2, 9))) for _ in range(words)]


def like(words: Sequence[str], similarity: float) -> list[str]:
    """The words with others behind: their shingles are so alike, to a hundredth."""
    more = round((len(words) - 4) * (1 / similarity - 1))
    return [*words, *prose(len(words) + more, more)]


def part(folder: Path, name: str, texts: Iterable[Text]) -> CorpusPart:
    """A shard of some texts."""
    texts = tuple(texts)
    with SignatureWriter(folder / f"{name}.signatures.parquet") as writer:
        for each in texts:
            writer.add(sign(each.id, each.text, host=each.host))
    articles = folder / f"{name}.parquet"
    pq.write_table(pa.table({"text": pa.array([each.text for each in texts], pa.string())}), articles, row_group_size=3)
    return shard_part(folder / f"{name}.signatures.parquet", articles)


def dropped(
    folder: Path, texts: Sequence[Text], cuts: Iterable[int] = (), find: BandFinder = shared_bands, **options: Any
) -> dict[str, Duplicate]:
    """What is dropped of the texts, cut into shards, by id."""
    shards = [texts[a:b] for a, b in pairwise((0, *cuts, len(texts)))]
    parts = [part(folder, str(number), shard) for number, shard in enumerate(shards)]
    with group(parts, Duplicates(**options), folder, find=find) as found:
        return {
            shard[each.row].id: each._replace(row=0) for number, shard in enumerate(shards) for each in found.of(number)
        }


def corpus() -> list[Text]:
    """Families of texts that were cut, added to and changed, some as they are, in a mixed order."""
    chosen = random.Random(5)
    texts: list[str] = []
    for seed in range(60):
        words = prose(seed, chosen.choice([3, 20, 120, 400]))
        for _ in range(chosen.choice([1, 1, 2, 6])):
            other = list(words)
            for place in chosen.sample(range(len(words)), len(words) * chosen.choice([0, 0, 1, 2, 4]) // 100):
                other[place] = "otherwise"
            texts.append(" ".join(other[chosen.choice([0, 0, 0, len(words) // 10]) :]))
    chosen.shuffle(texts)
    return [Text(str(n), text, f"{n % 3}.example") for n, text in enumerate(texts)]
