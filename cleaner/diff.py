"""What a change of rules changes: per rule and label, and in each article, the largest harm first.

Only documents that a changed rule can touch are cleaned twice: those where it, old and new, matches
otherwise, or where its matches come to something else. A rule that isn't looked up by literals (a neighbour,
a repeat, the headline, a filter) touches every document of its scope. All else that can differ follows from
the matches of changed rules: `tests/test_diff.py` holds that against full comparisons.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cleaner.article import Article
from cleaner.cleaning import Prepared, clean_prepared, mended_lines, site_of
from cleaner.conditions import LABEL_CONDITIONS, WORD_LIST_CONDITIONS
from cleaner.golden import GoldenLine, aligned, golden_lines, parse_golden
from cleaner.kinds.indexed import candidates, find_indexed
from cleaner.lines import Lines, word_count
from cleaner.model import Block, Edit, Match, Options
from cleaner.patterns import list_names
from cleaner.program import Program, compile_program
from cleaner.rule import Origin, Rule, RulePack, Where
from cleaner.rulefiles import pack_of, rule_digest
from cleaner.scene import Scene

_INDEXED = frozenset({"line", "pattern", "inline", "join"})
AGENCIES = "news_agencies"
_PEOPLE_FIELDS = frozenset({"authors", "agencies", "contributors"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The ids of rules that are new, gone, or do something else now."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    agencies: bool = False
    """The list of news agencies differs, by which bylines of every document are read, given ones too."""
    known_by: bool = False
    """The phrases differ by which texts name their site."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.edited or self.agencies or self.known_by)

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.added, *self.removed, *self.edited))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one rule, or one label, does more and less than before."""

    documents: int = 0
    removed_pieces: int = 0
    removed_words: int = 0
    restored_pieces: int = 0
    restored_words: int = 0

    def plus(self, other: Counts) -> Counts:
        """Added up."""
        return Counts(
            documents=self.documents + other.documents,
            removed_pieces=self.removed_pieces + other.removed_pieces,
            removed_words=self.removed_words + other.removed_words,
            restored_pieces=self.restored_pieces + other.restored_pieces,
            restored_words=self.restored_words + other.restored_words,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDiff:
    """One document that comes out otherwise."""

    id: str
    source: str
    before: Sequence[GoldenLine]
    after: Sequence[GoldenLine]
    fields: Mapping[str, tuple[object, object]]
    """Metadata, verdict and flags that differ: before, after."""
    by_rule: Mapping[str, Counts]
    labels: Mapping[str, str]
    """The label of each rule in `by_rule`."""
    harm: int
    """Words of prose newly removed: what sorts the articles."""

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
    """Documents that were cleaned twice."""
    articles: tuple[ArticleDiff, ...] = ()
    by_rule: Mapping[str, Counts] = field(default_factory=dict)
    by_label: Mapping[str, Counts] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.articles)

    @property
    def figures(self) -> dict[str, int]:
        """What `--fail-if` can ask about."""
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


def changes(old: RulePack, new: RulePack) -> Changes:
    """Which rules differ in what they do; a changed list changes the rules that use it."""
    before, after = _effects(old), _effects(new)
    return Changes(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        edited=tuple(sorted(key for key in before.keys() & after.keys() if before[key] != after[key])),
        agencies=old.lists.get(AGENCIES, ()) != new.lists.get(AGENCIES, ()),
        known_by=old.known_by != new.known_by,
    )


def _effects(pack: RulePack) -> dict[str, str]:
    return {rule.id: rule_digest(rule) + repr(_used_lists(rule, pack)) for rule in pack.rules}


def _used_lists(rule: Rule, pack: RulePack) -> list[tuple[str, tuple[str, ...]]]:
    join = (rule.join.after, rule.join.before) if rule.join else ()
    patterns = [p for p in (rule.pattern, rule.inline, *join, *rule.unless) if p]
    names = {name for pattern in patterns for name in list_names(pattern)}
    if rule.cut or any(getattr(rule.where, name) is not None for name in WORD_LIST_CONDITIONS):
        names |= {name for name in pack.lists if name.endswith(("_finite_verbs", "_attribution_verbs"))}
    if rule.structure:
        names |= {name for name in pack.lists if name.endswith("_function_words")}
        names |= {rule.structure.points, rule.structure.whole}
    if rule.layout:
        names |= {name for name in pack.lists if name.endswith("_leading_words")}
    if any(f"(?P<{name}>" in pattern for name in _PEOPLE_FIELDS for pattern in patterns):
        names.add(AGENCIES)
    return sorted((name, pack.lists.get(name, ())) for name in names)


class Touch:
    """Which documents a set of changed rules can touch: those where the old and the new ones match otherwise."""

    def __init__(self, old: RulePack, new: RulePack, changed: Changes, options: Options) -> None:
        sides = {side: {rule.id: rule for rule in pack.rules} for side, pack in (("old", old), ("new", new))}
        rules = [
            replace(rule, id=f"{rule.id}/{side}", status="stable", action="drop", where=_own(rule.where))
            for side, known in sides.items()
            for rule in known.values()
            if rule.id in changed.ids and rule.status != "deprecated"
        ]
        self._programs = tuple(
            compile_program(
                pack_of([rule for rule in rules if rule.id.endswith(f"/{side}")], pack.lists, pack.known_by), options
            )
            for side, pack in (("old", old), ("new", new))
        )
        whole = [rule for rule in new.rules if rule.layout and rule.status != "deprecated"]
        self._layout = compile_program(pack_of(whole, new.lists), options)
        self._everything = changed.agencies
        self._anywhere = tuple(
            rule for program in self._programs for rule in program.rules if rule.kind not in _INDEXED
        )
        self._otherwise = frozenset(
            key
            for key in changed.ids
            if (key in sides["old"]) != (key in sides["new"])
            or _effect(sides["old"][key], old) != _effect(sides["new"][key], new)
        )

    def __call__(self, prepared: Prepared) -> bool:
        """Whether a changed rule matches elsewhere here than before, or its matches come to something else."""
        language, lines = prepared.language.code, Lines(prepared.text)
        was, now = (site_of(prepared.document, lines, program) for program in self._programs)
        host, _ = now
        if self._everything or was != now or any(rule.in_scope(language, host) for rule in self._anywhere):
            return True
        lines = mended_lines(prepared, self._layout, host, self._layout.fates).lines
        before, after = (_places(program, lines, prepared.blocks, language, host) for program in self._programs)
        return before != after or any(rule in self._otherwise for rule, _ in before)


Place = tuple[str, Match]


def _places(
    program: Program, lines: Lines, blocks: Sequence[Block], language: str | None, host: str | None
) -> set[Place]:
    """Where the rules of one side match, whatever other rules make of it; each by its own id."""
    scene = Scene(lines, language=language, host=host, words=program.words_of(language), blocks=blocks)
    found = (m for near in candidates(program, scene).values() for m in find_indexed(program, scene, near))
    return {(m.rule.id.rpartition("/")[0], replace(m, rule=_ANY_RULE)) for m in found}


_ANY_RULE = Rule(id="any/rule", label="residue", why="stands for either side's rule when places are compared")


def _own(where: Where) -> Where:
    """The conditions that a line meets or fails by itself, not by other rules' labels."""
    unset = Where()
    return replace(where, **{name: getattr(unset, name) for name in LABEL_CONDITIONS})


def _effect(rule: Rule, pack: RulePack) -> tuple[Rule, list[tuple[str, tuple[str, ...]]]]:
    """A rule apart from where it matches, and the lists that its cut goes by."""
    asked = {name: getattr(rule.where, name) for name in (*LABEL_CONDITIONS, "within")}
    apart = replace(
        rule, line=(), element=(), pattern=None, inline=None, join=None, unless=(), literals=(), everywhere=None,
        where=Where(**asked), why="", removes=(), keeps=(), origin=Origin(path=""),
    )  # fmt: skip
    return apart, _used_lists(replace(apart, where=Where()), pack)


def compare(
    old: RulePack, new: RulePack, corpus: Iterable[Prepared], options: Options | None = None, *, full: bool = False
) -> PackDiff:
    """Clean what can change with both packs and tell what does. With `full`, clean everything twice."""
    options = options or Options()
    changed = changes(old, new)
    programs = compile_program(old, options), compile_program(new, options)
    touch = Touch(old, new, changed, options)
    documents = looked_at = 0
    found: list[ArticleDiff] = []
    for prepared in corpus:
        documents += 1
        if full or (changed and touch(prepared)):
            looked_at += 1
            if difference := article_diff(prepared, *programs):
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
    """One article's counts by label; it counts once, however many of a label's rules had a part in it."""
    by_label = _added_up((labels[rule], counts) for rule, counts in article.by_rule.items())
    return {label: replace(counts, documents=1) for label, counts in by_label.items()}


def article_diff(prepared: Prepared, old: Program, new: Program) -> ArticleDiff | None:
    """How one document differs under two programs; None where it does not."""
    before, after = clean_prepared(prepared, old), clean_prepared(prepared, new)
    return diff_articles(before, after)


def diff_articles(before: Article, after: Article) -> ArticleDiff | None:
    """How two cleanings of one document differ; None where they don't."""
    was, now = set(before.edits), set(after.edits)
    fields = dict(_changed_fields(before, after))
    if was == now and not fields and before.marks == after.marks:
        return None
    gone, kept = _spans(after.edits), _spans(before.edits)
    removed = [e for e in now - was if not _covered(e, kept)]
    restored = [e for e in was - now if not _covered(e, gone)]
    by_rule: dict[str, Counts] = {}
    for edit in (*removed, *restored, *_resigned(now - was, removed)):
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
        before=golden_lines(before),
        after=golden_lines(after),
        fields=fields,
        by_rule=by_rule,
        labels={edit.rule: edit.label for edit in (*was, *now)},
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


def _resigned(edits: Iterable[Edit], removed: Sequence[Edit]) -> list[Edit]:
    """Pieces that were removed before, too, and are signed by another rule now."""
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
    """How a golden text differs from what the rules make of the document now; None where it does not."""
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
