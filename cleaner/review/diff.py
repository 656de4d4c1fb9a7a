"""Compares two versions of the rules on a corpus: the text that only one of them removes, by rule, label and article.

    >>> from cleaner.cleaning.prepare import prepare
    >>> from cleaner.model.document import Document
    >>> from cleaner.rules.load import parse_pack
    >>> rule = "{id: share/a, label: share, line: [share this], why: w, removes: Share this, keeps: Shares fell.}"
    >>> new = parse_pack({"new.yaml": f"rules: [{rule}]"})
    >>> corpus = [prepare(Document(id="a", text="The ferry is late.\\nShare this"))]
    >>> compare(parse_pack({}), new, corpus).figures["removed_words"]
    2

Text that both versions remove counts no words, even if different rules remove it. Articles are sorted by harm, the
number of words of prose that only the new rules remove, largest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared
from cleaner.corpus.affected import AffectedCheck
from cleaner.corpus.changes import Changes, changes
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Edit, Mark
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.review.article_lines import GoldenLine, aligned, golden_lines, parse_golden
from cleaner.text.lines import Lines, word_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one rule or label removes (only the new rules do) and restores (only the old rules removed it)."""

    documents: int = 0
    removed_pieces: int = 0
    removed_words: int = 0
    restored_pieces: int = 0
    restored_words: int = 0

    def plus(self, other: Counts) -> Counts:
        """The sum of both."""
        return Counts(
            documents=self.documents + other.documents,
            removed_pieces=self.removed_pieces + other.removed_pieces,
            removed_words=self.removed_words + other.removed_words,
            restored_pieces=self.restored_pieces + other.restored_pieces,
            restored_words=self.restored_words + other.restored_words,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDiff:
    """The difference between two cleanings of one document."""

    id: str
    source: str
    before: Sequence[GoldenLine]
    """The lines of both articles; empty if the caller wants figures only."""
    after: Sequence[GoldenLine]
    fields: Mapping[str, tuple[object, object]]
    """Metadata, verdict and flags that differ: before, after."""
    by_rule: Mapping[str, Counts]
    labels: Mapping[str, str]
    """The label of each rule in `by_rule`."""
    harm: int
    """Words of prose that only the new rules remove; articles are sorted by it."""

    @property
    def total(self) -> Counts:
        """All rules together."""
        return _sum(self.by_rule.values(), documents=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDiff:
    """The difference between two packs on a corpus."""

    changes: Changes
    documents: int = 0
    """Documents of the corpus."""
    looked_at: int = 0
    """Documents of which both cleanings were compared."""
    articles: tuple[ArticleDiff, ...] = ()
    by_rule: Mapping[str, Counts] = field(default_factory=dict)
    by_label: Mapping[str, Counts] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.articles)

    @property
    def figures(self) -> dict[str, int]:
        """The figures that `--fail-if` can compare."""
        total = _sum(self.by_rule.values(), documents=0)
        return {
            "documents": len(self.articles),
            "removed_pieces": total.removed_pieces,
            "removed_words": total.removed_words,
            "restored_pieces": total.restored_pieces,
            "restored_words": total.restored_words,
            "fields": sum(len(a.fields) for a in self.articles),
            "harm": sum(a.harm for a in self.articles),
        }


def compare(
    old: RulePack, new: RulePack, corpus: Iterable[Prepared | None], options: Options | None = None, *,
    full: bool = False, lines: bool = True,
) -> PackDiff:  # fmt: skip
    """Clean with both packs the documents that the change of rules can affect, and return the differences.

    A document that cannot change (`cleaner.corpus.affected`) is counted and not cleaned; None in the corpus is a
    document that `cleaner.corpus.affected_rows` has excluded already. A result that a document brings along
    (`Prepared.cleaned`) is used in place of cleaning with the same rules. `full` cleans every document with both packs.
    Without `lines`, the differences have figures and no lines.
    """
    options = options or Options()
    changed = changes(old, new)

    @cache  # compiled when there is a document for them
    def affected_check() -> AffectedCheck:
        return AffectedCheck(old, new, changed, options)

    @cache
    def program(side: RulePack) -> Program:
        return compile_program(side, options)

    def cleaned(prepared: Prepared, side: RulePack) -> Article:
        known = prepared.cleaned
        if known and known.rules_digest == side.digest and not full:
            return known
        return clean_prepared(prepared, program(side))

    documents = looked_at = 0
    found: list[ArticleDiff] = []
    for prepared in corpus:
        documents += 1
        if prepared is not None and (full or (changed and affected_check()(prepared))):
            looked_at += 1
            both = cleaned(prepared, old), cleaned(prepared, new)
            if difference := diff_articles(*both, prepared.text, lines=lines):
                found.append(difference)
    return pack_diff(changed, found, documents=documents, looked_at=looked_at)


def pack_diff(changed: Changes, articles: Iterable[ArticleDiff], *, documents: int, looked_at: int) -> PackDiff:
    """Add up the differences of articles, and put the largest harm first."""
    found = sorted(articles, key=lambda a: (-a.harm, -a.total.removed_words, -a.total.restored_words, a.source, a.id))
    labels = {rule: label for article in found for rule, label in article.labels.items()}
    by_rule = _added_up((rule, counts) for article in found for rule, counts in article.by_rule.items())
    by_label = _added_up((label, counts) for article in found for label, counts in _by_label(article, labels).items())
    return PackDiff(
        changes=changed, documents=documents, looked_at=looked_at, articles=tuple(found),
        by_rule=by_rule, by_label=by_label,
    )  # fmt: skip


def _by_label(article: ArticleDiff, labels: Mapping[str, str]) -> dict[str, Counts]:
    """The counts of one article by label. The article counts once for a label, even if several of its rules matched."""
    by_label = _added_up((labels[rule], counts) for rule, counts in article.by_rule.items())
    return {label: replace(counts, documents=1) for label, counts in by_label.items()}


def diff_articles(before: Article, after: Article, text: str, *, lines: bool = True) -> ArticleDiff | None:
    """The difference between two cleanings of one document, whose normalised text is `text`; None if there is none.

    Losses and evidence are not compared, nor are figures, which follow from the text. Without `lines`, the result has
    figures and no lines.
    """
    was, now = set(before.edits), set(after.edits)
    fields = dict(_changed_fields(before, after))
    if was == now and not fields and _places(before.marks) == _places(after.marks):
        return None
    gone, kept = _spans(after.edits), _spans(before.edits)
    made = [e for e in after.edits if e not in was]
    removed = [e for e in made if not _covered(e, kept)]
    restored = [e for e in before.edits if e not in now and not _covered(e, gone)]
    by_rule: dict[str, Counts] = {}
    for edit in (*removed, *restored, *_resigned(made, removed)):
        words = word_count(edit.text)
        one = Counts(
            removed_pieces=int(edit in removed), removed_words=words if edit in removed else 0,
            restored_pieces=int(edit in restored), restored_words=words if edit in restored else 0,
        )  # fmt: skip
        by_rule[edit.rule] = by_rule.get(edit.rule, Counts()).plus(one)
    by_rule = {rule: replace(counts, documents=1) for rule, counts in by_rule.items()}
    return ArticleDiff(
        id=before.id,
        source=before.source or before.id,
        before=golden_lines(before, text) if lines else (),
        after=golden_lines(after, text) if lines else (),
        fields=fields,
        by_rule=by_rule,
        labels={edit.rule: edit.label for edit in (*before.edits, *after.edits)},
        harm=sum(_prose_words(edit) for edit in removed),
    )


def _changed_fields(before: Article, after: Article) -> Iterator[tuple[str, tuple[object, object]]]:
    for name in before.metadata.__slots__:
        old, new = getattr(before.metadata, name), getattr(after.metadata, name)
        if old != new:
            yield name, (old, new)
    if before.flags != after.flags:
        yield "flags", (before.flags, after.flags)
    if before.verdict.kept != after.verdict.kept or before.verdict.filter != after.verdict.filter:
        yield "rejected by", (before.verdict.filter or None, after.verdict.filter or None)


def _places(marks: Iterable[Mark]) -> list[Mark]:
    """Marks without the figures of filters: a dataset does not keep them, and the same text has the same figures."""
    return [replace(mark, figure="") for mark in marks]


def _resigned(edits: Iterable[Edit], removed: Sequence[Edit]) -> list[Edit]:
    """Edits that were made before, too, and belong to another rule now."""
    return [edit for edit in edits if edit not in removed]


def _spans(edits: Iterable[Edit]) -> list[tuple[int, int]]:
    return sorted((e.start, e.end) for e in edits)


def _covered(edit: Edit, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= edit.start and edit.end <= end for start, end in spans)


def _prose_words(edit: Edit) -> int:
    lines = Lines(edit.text)
    return sum(lines.words[i] for i in range(len(lines)) if lines.is_prose(i))


def _sum(counts: Iterable[Counts], *, documents: int) -> Counts:
    total = Counts()
    for each in counts:
        total = total.plus(each)
    return replace(total, documents=documents)


def _added_up(rows: Iterable[tuple[str, Counts]]) -> dict[str, Counts]:
    out: dict[str, Counts] = {}
    for key, counts in rows:
        out[key] = out.get(key, Counts()).plus(counts)
    return dict(sorted(out.items(), key=lambda row: (-row[1].removed_words - row[1].restored_words, row[0])))


def diff_golden(name: str, stored: str, now: str) -> ArticleDiff | None:
    """The difference between a stored golden text and the one that the rules give now; None if there is none."""
    if stored == now:
        return None
    was, is_now = parse_golden(stored), parse_golden(now)
    heads = [dict(line.text.partition(": ")[::2] for line in lines if line.is_head) for lines in (was, is_now)]
    bodies = [[line for line in lines if not line.is_head] for lines in (was, is_now)]
    fields = {
        key: (heads[0].get(key), heads[1].get(key))
        for key in dict.fromkeys((*heads[0], *heads[1]))
        if heads[0].get(key) != heads[1].get(key)
    }
    by_rule: dict[str, Counts] = {}
    labels: dict[str, str] = {}
    harm = 0
    for old, new in aligned(*bodies):
        removed, restored = new is not None and new.is_removed, old is not None and old.is_removed
        line = new if removed else old
        if removed is not restored and line is not None and line.rule:
            words = word_count(line.text)
            one = (
                Counts(removed_pieces=1, removed_words=words) if removed
                else Counts(restored_pieces=1, restored_words=words)
            )  # fmt: skip
            by_rule[line.rule] = by_rule.get(line.rule, Counts(documents=1)).plus(one)
            labels[line.rule] = line.label
            harm += words if removed and Lines(line.text).is_prose(0) else 0
    before, after = bodies
    return ArticleDiff(
        id=name, source=name, before=before, after=after, fields=fields, by_rule=by_rule, labels=labels, harm=harm
    )
