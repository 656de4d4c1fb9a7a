"""Compares two rule packs: which rules were added, removed or edited, by themselves or by a list that they use."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner.matching.conditions import WORD_LIST_CONDITIONS
from cleaner.matching.kind_table import KIND_TABLE, kinds_of, lists_ending, patterns_of
from cleaner.matching.patterns.regex import list_names
from cleaner.model.rule import Rule, RulePack, rule_digest

AGENCIES = "news_agencies"


_PEOPLE_FIELDS = frozenset({"authors", "agencies", "contributors"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The ids of rules that were added, removed, or edited so that they behave differently."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    agencies: bool = False
    """The list of news agencies differs. Bylines of all documents are read with it, also those of the input."""
    site_phrases: bool = False
    """The phrases that identify the site of a text differ."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.edited or self.agencies or self.site_phrases)

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.added, *self.removed, *self.edited))


def changes(old: RulePack, new: RulePack) -> Changes:
    """Compare two packs by what their rules do. A rule whose list has changed counts as edited."""
    before, after = ({rule.id: rule for rule in pack.rules} for pack in (old, new))
    other_lists = old.lists != new.lists
    return Changes(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        edited=tuple(
            sorted(
                key
                for key in before.keys() & after.keys()
                if _does_else(before[key], after[key])
                or (other_lists and used_lists(before[key], old) != used_lists(after[key], new))
            )
        ),
        agencies=old.lists.get(AGENCIES, ()) != new.lists.get(AGENCIES, ()),
        site_phrases=old.site_phrases != new.site_phrases,
    )


def _does_else(old: Rule, new: Rule) -> bool:
    return old is not new and old != new and rule_digest(old) != rule_digest(new)


def used_lists(rule: Rule, pack: RulePack) -> list[tuple[str, tuple[str, ...]]]:
    """The named lists that a rule uses, with their entries, in order of name; a list that is missing has none."""
    patterns = patterns_of(rule)
    names = {name for pattern in patterns for name in list_names(pattern)}
    for kind in kinds_of(rule):
        names.update(KIND_TABLE[kind].lists(rule, pack))
    if _asks_for_words(rule):
        names |= lists_ending(pack, "_finite_verbs", "_attribution_verbs")
    if any(f"(?P<{name}>" in pattern for name in _PEOPLE_FIELDS for pattern in patterns):
        names.add(AGENCIES)
    return sorted((name, pack.lists.get(name, ())) for name in names)


def _asks_for_words(rule: Rule) -> bool:
    """Whether the word lists of the document's language decide on a match, or on how far its cut reaches."""
    return bool(rule.cut) or any(getattr(rule.where, name) is not None for name in WORD_LIST_CONDITIONS)
