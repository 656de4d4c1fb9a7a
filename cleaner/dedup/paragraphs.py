"""Finds paragraphs that occur in many documents (boilerplate that no rule knows yet), and removes or lists them.

Every occurrence is removed, the first included: a paragraph of hundreds of articles says nothing about any of them.
If the first were kept, as is usual for lines of crawls (Wenzek et al., "CCNet", 2020), an article would also depend on
those before it. Each removal is an edit in the ledger with the rule `corpus/repeated-paragraph`, and can be undone
like any other. A rule is better, as it says why and where, and what must stay; so the paragraphs can be listed first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from cleaner.cleaning.article import Article
from cleaner.cleaning.edits import apply, edited
from cleaner.cleaning.filters import measure
from cleaner.dataset.arrow import values
from cleaner.dedup.database import batch_of, database, insert
from cleaner.dedup.inputs import CorpusPart, Numbers, articles_of
from cleaner.dedup.minhash import BETWEEN, paragraph_keys
from cleaner.dedup.shingles import Hashes
from cleaner.metadata.sites import host_of
from cleaner.model.document import Edit
from cleaner.model.options import REPEATED_LABEL as LABEL
from cleaner.model.options import REPEATED_RULE as RULE
from cleaner.text.language import Language

_HOSTS = 3


def repeated_keys(
    parts: Sequence[CorpusPart], more_than: int, dropped: Callable[[int], Numbers], scratch: Path | None = None
) -> Hashes:
    """Return the keys of the paragraphs that occur in more than `more_than` kept documents, sorted.

    `dropped` returns the rows of the dropped documents of a part, by the part's number: they are not counted, nor are
    documents of existing datasets. Memory holds the result only; the keys are counted in a folder below `scratch`
    (default: the system's folder for temporary files). Raises OutputError if there is no room there.
    """
    return _frequent(_kept_keys(parts, dropped), more_than, scratch)[0]


def _kept_keys(parts: Sequence[CorpusPart], dropped: Callable[[int], Numbers]) -> Iterator[Hashes]:
    for number, part in enumerate(parts):
        if part.dataset:
            continue
        gone, at = dropped(number), 0
        for batch in part.columns("paragraphs"):
            column = batch.column(0)
            here = gone[gone.searchsorted(at) : gone.searchsorted(at + len(batch))] - at
            kept = np.ones(len(batch), bool)
            kept[here] = False
            sizes = np.diff(values(column.offsets))
            yield values(column.flatten())[np.repeat(kept, sizes)]
            at += len(batch)


def _frequent(keys: Iterator[Hashes], more_than: int, scratch: Path | None) -> tuple[Hashes, Numbers]:
    """Return the keys that occur more than `more_than` times, sorted, and their counts. `keys` has each once for each
    document that contains it."""
    with TemporaryDirectory(dir=scratch, prefix="repeats-") as folder, database(Path(folder)) as held:
        held.execute("CREATE TABLE met (key UBIGINT)")
        insert(held, "met", (batch_of(key=some) for some in keys))
        found = held.execute(
            "SELECT key, count(*) AS often FROM met GROUP BY key HAVING often > ? ORDER BY key", [more_than]
        ).fetchnumpy()
    return np.asarray(found["key"]), np.asarray(found["often"])


def without_repeats(article: Article, repeated: Collection[int]) -> Article:
    """Return the article without the paragraphs whose keys are in `repeated`; the same object if it has none of them.

    An edit is added for each such paragraph, and text, spacing and signals follow from the edits; the verdict stays as
    it was. Text that another edit has inserted into such a paragraph is removed with it, as part of the new edit.
    """
    keys = paragraph_keys(article.text)
    gone = {number for number, key in keys.items() if key in repeated}
    if not gone:
        return article
    original = article.original()
    spans = [span for number, span in enumerate(_paragraphs(edited(original, article.edits))) if number in gone]
    edits = tuple(_with(spans, article.edits, original))
    text, spacing = apply(original, edits)
    signals = article.signals
    language = Language(code=signals.language, probability=signals.language_probability)
    return replace(
        article,
        text=text,
        spacing=spacing,
        edits=edits,
        signals=measure(text, signals.words + signals.words_removed, language),
    )


def _paragraphs(left: str) -> Iterator[tuple[int, int]]:
    """Return the span of each paragraph in the text after the edits."""
    at = 0
    for line in left.split("\n"):
        if kept := line.strip():
            start = at + line.index(kept)
            yield start, start + len(kept)
        at += len(line) + 1


def _with(spans: Sequence[tuple[int, int]], edits: Sequence[Edit], original: str) -> list[Edit]:
    """Return the edits, with new ones that remove `spans` of the text after them. A span that begins or ends inside a
    replacement is not removed."""
    placed = list(_placed(edits))
    spans = [(a, b) for a, b in spans if not any(start < a < end or start < b < end for _, start, end, _ in placed)]
    done: list[Edit] = []

    def take(start: int, end: int) -> None:
        if done and done[-1].rule == RULE and done[-1].end == start:
            start = done.pop().start
        done.append(Edit(start=start, end=end, text=original[start:end], label=LABEL, rule=RULE))

    def take_between(at: int, upto: int, behind: int) -> None:
        for a, b in spans:
            if max(a, at) < min(b, upto):
                take(max(a, at) + behind, min(b, upto) + behind)

    at = behind = 0
    for edit, start, end, after in placed:
        take_between(at, start, behind)
        if edit.replacement.strip() and any(a <= start and end <= b for a, b in spans):
            take(edit.start, edit.end)
        else:
            done.append(edit)
        at, behind = end, after
    take_between(at, len(original) - behind, behind)
    return done


def _placed(edits: Sequence[Edit]) -> Iterator[tuple[Edit, int, int, int]]:
    """Yield each edit, the start and end of its replacement in the text after all edits, and the offset to add to a
    position behind it to get the position in the original."""
    ahead = 0
    for edit in edits:
        start = edit.start - ahead
        end = start + len(edit.replacement)
        ahead = edit.end - end
        yield edit, start, end, ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedParagraph:
    """A paragraph that occurs in many articles."""

    text: str
    documents: int
    id: str
    """Id of the first article that contains it."""
    hosts: tuple[str, ...] = field(default=())
    """The hosts of the first few sites that have it."""


def repeats(dataset: Path, *, more_than: int, limit: int) -> list[RepeatedParagraph]:
    """Return the paragraphs that occur in more than `more_than` articles of a dataset, the most frequent first.

    Changes nothing. The articles are read twice, a few at a time. Raises InputError if they can't be read.
    """
    keys, counts = _frequent((_keys_of(text) for _, _, text in articles_of(dataset)), more_than, scratch=None)
    most = np.lexsort((keys, -counts))[:limit]
    documents = dict(zip(keys[most].tolist(), counts[most].tolist(), strict=True))
    found: dict[int, RepeatedParagraph] = {}
    for id_, url, text in articles_of(dataset):
        paragraphs = text.split(BETWEEN)
        host = host_of(url)
        for number, key in paragraph_keys(text).items():
            if key not in documents:
                continue
            first = found.setdefault(key, RepeatedParagraph(text=paragraphs[number], documents=documents[key], id=id_))
            if host and host not in first.hosts and len(first.hosts) < _HOSTS:
                found[key] = replace(first, hosts=(*first.hosts, host))
    return sorted(found.values(), key=lambda repeat: (-repeat.documents, repeat.text))


def _keys_of(text: str) -> Hashes:
    return np.array(sorted(set(paragraph_keys(text).values())), np.uint64)
