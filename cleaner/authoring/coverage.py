"""Counts the rules of each language by the kind of boilerplate that they find, so that a missing kind shows.

The kind of a rule is the topic of its id: `read-also` of `es/read-also/label`, `related` of `related/link`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cleaner.model.rule import Rule, RulePack

KINDS: Mapping[str, frozenset[str]] = {
    "read also, related": frozenset({"related", "read-also", "most-read"}),
    "continue reading": frozenset({"continue", "more-info"}),
    "source line": frozenset({"source", "original", "wire"}),
    "agency, contributors": frozenset({"agency", "contributors", "desk"}),
    "byline, author's note": frozenset({"byline", "bio", "about"}),
    "date line": frozenset({"dateline", "updated"}),
    "caption, credit": frozenset({"caption", "credit", "gallery"}),
    "player, embed": frozenset({"player", "embed", "loading"}),
    "ad": frozenset({"ad", "ads"}),
    "share": frozenset({"share"}),
    "follow": frozenset({"follow"}),
    "newsletter, subscribe": frozenset({"newsletter", "subscribe"}),
    "paywall": frozenset({"paywall"}),
    "app": frozenset({"app", "apps"}),
    "donate": frozenset({"donate", "membership"}),
    "comments": frozenset({"comments"}),
    "shop, promotion": frozenset({"shop", "promo", "promotion"}),
    "press release": frozenset({"press", "press-release"}),
    "copyright, disclaimer": frozenset({"legal", "disclaimer", "reprint"}),
    "correction, translation": frozenset({"correction", "translation", "translated", "error", "tip"}),
    "login, survey, cookies": frozenset({"login", "survey", "cookies", "help"}),
    "section, tags": frozenset({"section", "tags"}),
    "navigation": frozenset({"navigation"}),
}
"""Each kind with the topics of the rules that find it."""

_EVERY = "all"
_HOLE = "·"


def coverage(pack: RulePack) -> Mapping[str, Mapping[str, int]]:
    """Return the number of rules by kind and language; under `all` those that are for every language.

    Deprecated rules, rules of sites, and rules of other topics do not count.
    """
    kind_of = {topic: kind for kind, topics in KINDS.items() for topic in topics}
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for rule in pack.rules:
        kind = kind_of.get(_topic(rule))
        if kind and rule.status != "deprecated" and not rule.site:
            counts[kind].update(rule.language or (_EVERY,))
    return counts


def coverage_table(pack: RulePack) -> str:
    """Return the counts as a table in Markdown: a row for each kind, a column for each language, `·` for none."""
    counts = coverage(pack)
    languages = sorted({language for of in counts.values() for language in of} - {_EVERY})
    rows = [["kind", _EVERY, *languages], ["---", *["--:"] * (len(languages) + 1)]]
    for kind, of in counts.items():
        rows.append([kind, *(str(of[language] or _HOLE) for language in (_EVERY, *languages))])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _topic(rule: Rule) -> str:
    """`<topic>/<slug>` or `<language>/<topic>/<slug>`."""
    return rule.id.split("/")[-2]
