"""The rule kinds, one record each. Code that depends on the kind reads this table, so that a new kind is one
record here, one field of `Rule` and one finder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cleaner.model.rule import Rule, RulePack

Phase = Literal[
    "line_breaks", "lines", "context", "elements", "heading", "headline", "byline_block", "neighbours",
    "duplicate_lines", "cuts", "article_region", "residue", "document",
]  # fmt: skip

PHASES: tuple[Phase, ...] = (
    "lines", "context", "elements", "heading", "headline", "byline_block", "neighbours", "duplicate_lines", "cuts",
    "article_region", "residue",
)  # fmt: skip
"""The phases of `find_matches`, in order. `line_breaks` runs before them and `document` after them, elsewhere."""


def _no_patterns(_rule: Rule) -> tuple[str, ...]:
    return ()


def _no_lists(_rule: Rule, _pack: RulePack) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """One kind of rule."""

    name: str
    """The key in a rule file, and the field of `Rule` that holds its value."""
    phase: Phase
    """When its rules run. Rules that match `within_line` run in a later phase if their conditions need labels."""
    finder: str | None = None
    """`module:function`, imported on first use: a direct import would make a cycle. None if no phase of
    `find_matches` runs the kind.

    Of a kind with a `lookup`: (rule, context, line index) → matches. Of others: (program, context) → matches.
    """
    lookup: Literal["phrases", "literals"] | None = None
    """How a line finds its rules: by its key among whole-line phrases, or by literals of the patterns. A rule of a
    kind without a lookup can match in any document of its scope."""
    within_line: bool = False
    """A lookup finds the match within one line: its pattern can be checked against the line alone."""
    fills_line: bool = False
    """Its match is all of a line, or of a unit within a line."""
    leaves_part: bool = False
    """Its matches may remove only a part of a line."""
    takes_rest: bool = False
    """It also matches the rest of a line of which other rules remove a part."""
    patterns: Callable[[Rule], tuple[str, ...]] = _no_patterns
    """Returns the patterns of a rule, as written; lists that they name count as used."""
    lists: Callable[[Rule, RulePack], Iterable[str]] = _no_lists
    """Returns the names of the lists that a rule uses, besides those that its patterns and conditions name."""


def _pattern(rule: Rule) -> tuple[str, ...]:
    return (rule.pattern,) if rule.pattern is not None else ()


def _inline(rule: Rule) -> tuple[str, ...]:
    return (rule.inline,) if rule.inline is not None else ()


def _join(rule: Rule) -> tuple[str, ...]:
    return (rule.join.after, rule.join.before) if rule.join else ()


def lists_ending(pack: RulePack, *suffixes: str) -> set[str]:
    """Return the names of the lists with one of these suffixes: the word lists of all languages."""
    return {name for name in pack.lists if name.endswith(suffixes)}


def _line_break_lists(_rule: Rule, pack: RulePack) -> Iterable[str]:
    return lists_ending(pack, "_leading_words")


def _article_region_lists(rule: Rule, pack: RulePack) -> Iterable[str]:
    scorecards = {rule.article_region.points, rule.article_region.whole} if rule.article_region else set()
    return lists_ending(pack, "_function_words") | scorecards


def _residue_lists(rule: Rule, pack: RulePack) -> Iterable[str]:
    return lists_ending(pack, "_function_words", "_page_words") | ({rule.residue.points} if rule.residue else set())


_KINDS = "cleaner.matching.kinds"

KIND_TABLE: Mapping[str, RuleKind] = {
    kind.name: kind
    for kind in (
        RuleKind(
            name="line", phase="lines", finder=f"{_KINDS}.indexed:find_line", lookup="phrases",
            within_line=True, fills_line=True,
        ),
        RuleKind(
            name="pattern", phase="lines", finder=f"{_KINDS}.indexed:find_pattern", lookup="literals",
            within_line=True, fills_line=True, patterns=_pattern,
        ),
        RuleKind(
            name="inline", phase="lines", finder=f"{_KINDS}.indexed:find_inline", lookup="literals",
            within_line=True, leaves_part=True, patterns=_inline,
        ),
        RuleKind(name="neighbour", phase="neighbours", finder=f"{_KINDS}.neighbours:find_neighbours"),
        RuleKind(name="duplicate_line", phase="duplicate_lines", finder=f"{_KINDS}.neighbours:find_duplicate_lines"),
        RuleKind(name="heading", phase="heading", finder=f"{_KINDS}.headline:find_heading"),
        RuleKind(name="headline", phase="headline", finder=f"{_KINDS}.headline:find_headline"),
        RuleKind(name="byline_block", phase="byline_block", finder=f"{_KINDS}.byline_block:find_byline_blocks"),
        RuleKind(
            name="join", phase="lines", finder=f"{_KINDS}.indexed:find_join", lookup="literals",
            leaves_part=True, patterns=_join,
        ),
        # `kinds.line_breaks.mend` runs these while a document is prepared: they decide what a line is.
        RuleKind(name="line_breaks", phase="line_breaks", leaves_part=True, lists=_line_break_lists),
        RuleKind(name="element", phase="elements", finder=f"{_KINDS}.elements:find_elements", takes_rest=True),
        RuleKind(
            name="article_region", phase="article_region", finder=f"{_KINDS}.article_region:find_article_regions",
            takes_rest=True, lists=_article_region_lists,
        ),
        RuleKind(
            name="residue", phase="residue", finder=f"{_KINDS}.residue:find_residue", lists=_residue_lists
        ),
        # `cleaning.filters` applies these to the clean text.
        RuleKind(name="document", phase="document"),
    )
}  # fmt: skip
"""All kinds by name, in the order in which messages and the schema name them."""


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """Return the names of the kinds that a rule has; a valid rule has exactly one."""
    return tuple(name for name in KIND_TABLE if getattr(rule, name, None) not in (None, (), False))


def patterns_of(rule: Rule) -> tuple[str, ...]:
    """Return the patterns of a rule as written, including its exceptions, without empty ones."""
    own = (pattern for name in kinds_of(rule) for pattern in KIND_TABLE[name].patterns(rule))
    return tuple(pattern for pattern in (*own, *rule.unless) if pattern)
