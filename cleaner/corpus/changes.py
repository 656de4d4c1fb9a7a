"""Compare two rule packs: which rules are new, gone or edited, with the lists that they use."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner.matching.conditions import WORD_LIST_CONDITIONS
from cleaner.matching.patterns.regex import list_names
from cleaner.model.rule import Rule, RulePack, rule_digest

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
    site_phrases: bool = False
    """The phrases differ by which texts name their site."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.edited or self.agencies or self.site_phrases)

    @property
    def ids(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.added, *self.removed, *self.edited))


def changes(old: RulePack, new: RulePack) -> Changes:
    """Which rules differ in what they do; a changed list changes the rules that use it."""
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
                or (other_lists and _used_lists(before[key], old) != _used_lists(after[key], new))
            )
        ),
        agencies=old.lists.get(AGENCIES, ()) != new.lists.get(AGENCIES, ()),
        site_phrases=old.site_phrases != new.site_phrases,
    )


def _does_else(old: Rule, new: Rule) -> bool:
    return old is not new and old != new and rule_digest(old) != rule_digest(new)


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
