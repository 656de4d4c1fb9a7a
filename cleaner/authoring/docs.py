"""Writes the documentation of rules as Markdown: a page for each label with an anchor for each rule, and an index."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from typing import Any

from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.conditions import checks
from cleaner.model.escape import shown
from cleaner.model.rule import LABELS, Label, Rule, RulePack
from cleaner.text.markdown import escape_markdown, inline_code
from cleaner.text.plural import counted

INDEX = "index.md"

# The meaning of each label; after the semicolon, an edge case.
_LABELS: Mapping[Label, str] = {
    "title": "The headline, extracted; a later copy of it is a repeat. A deck is content.",
    "section": "Section, category, tags.",
    "byline": "Who wrote it, extracted.",
    "dateline": "When, extracted; a copyright year is no date of publication.",
    "agency": "The wire it came over, extracted.",
    "reading_time": "How long it takes to read, extracted.",
    "caption": "A photo's caption, its credit, its alt text; kept as metadata.",
    "ad": "A marker or a slot of advertising; never prose about advertising.",
    "paywall": "A premium flag, a meter, a log-in wall; extracted as a flag.",
    "share": "Share and follow buttons.",
    "newsletter": "Sign-ups, apps, donations.",
    "related": "Other stories, inside the story or after it.",
    "comments": "The form, the counter, the readers' comments.",
    "navigation": "Menus, breadcrumbs, pagers, back to the top.",
    "legal": "Copyright, disclaimers, cookies, terms.",
    "about": "The publisher or the author described.",
    "page": "The lines around the article of a whole page, found by the shape of each line and of the lines near it.",
    "repair": "Blanks and broken lines mended; it replaces, and does not only remove.",
    "residue": "Looks damaged or like the page's; no other rule names it: removed if a scorecard is sure, or marked.",
    "quality": "Filters on whole documents; what they reject is kept in `rejected`.",
}
_LITERALS_SHOWN = 12
_EXAMPLES = (
    "Every rule shows what it removes and what it keeps; each is a test. `⟦…⟧` marks the pieces that go where not all"
    " does, `...` alone means a paragraph of prose, and `caption> text` for a line that another rule labels so."
)


def pages(pack: RulePack) -> dict[str, str]:
    """Return the pages of a pack: file name → Markdown."""
    by_label = {label: tuple(rules) for label, rules in groupby(sorted(pack.rules, key=_order), attrgetter("label"))}
    return {
        INDEX: _index(pack, by_label),
        **{docs_file_of(label): _page(label, rules, pack) for label, rules in by_label.items()},
    }


def docs_file_of(label: str) -> str:
    """Return the name of the file that describes the rules of a label."""
    return f"{label.replace('_', '-')}.md"


def anchor(rule: str) -> str:
    """Return the link target of a rule within its page, as GitHub and most renderers derive it from the heading."""
    return re.sub(r"[^\w-]", "", rule)


def _order(rule: Rule) -> tuple[int, str]:
    return LABELS.index(rule.label), rule.id


def _index(pack: RulePack, by_label: Mapping[Label, Sequence[Rule]]) -> str:
    languages = sorted({language for rule in pack.rules for language in rule.language})
    size = f"{counted(len(pack.rules), 'rule')} in {counted(len(languages), 'language')}"
    rows = [
        "# Rules", "",
        f"{size} ({', '.join(languages)}), by what they remove.", "",
        "| label | rules | what it is |", "|---|---|---|",
        *(
            f"| [{label}]({docs_file_of(label)}) | {len(rules)} | {_LABELS[label]} |"
            for label, rules in by_label.items()
        ),
        "", _EXAMPLES, "", "## All rules", "", "| rule | for | why |", "|---|---|---|",
        *(
            f"| [{rule.id}]({docs_file_of(rule.label)}#{anchor(rule.id)}) | {_scope(rule)} "
            f"| {escape_markdown(rule.why)} |"
            for rule in pack.rules
        ),
    ]  # fmt: skip
    return "\n".join(rows) + "\n"


def _page(label: Label, rules: Sequence[Rule], pack: RulePack) -> str:
    sections = [row for rule in rules for row in _section(rule, pack)]
    return "\n".join((f"# {label}", "", f"{_LABELS[label]} [All rules]({INDEX})", "", *sections)).rstrip("\n") + "\n"


def _section(rule: Rule, pack: RulePack) -> Iterator[str]:
    compiled = CompiledRule(rule, 0, pack.lists, rule.action)
    yield from (f"## {rule.id}", "", f"{escape_markdown(rule.why[:1].upper() + rule.why[1:]).rstrip('.')}.", "")
    for name, value in _facts(rule, compiled):
        yield f"- {name}: {value}"
    yield ""
    for name, texts in (("Removes", [example.text for example in rule.removes]), ("Keeps", rule.keeps)):
        if texts:
            yield from (f"{name}:", "", *_fenced(texts))


def _facts(rule: Rule, compiled: CompiledRule) -> Iterator[tuple[str, str]]:
    yield "kind", compiled.kind + ("" if rule.action == "drop" else f", {rule.action}")
    yield "for", _scope(rule)
    if rule.status != "stable":
        yield "status", rule.status + (f", replaced by {inline_code(rule.replaced_by)}" if rule.replaced_by else "")
    for name in ("line", "pattern", "inline", "line_breaks", "unless", "replace", "allows"):
        if value := getattr(rule, name):
            yield name, ", ".join(map(inline_code, (value,) if isinstance(value, str) else value))
    for name in ("neighbour", "duplicate_line", "join", "document", "cut", "budget"):
        if value := getattr(rule, name):
            yield name, _plain(value)
    if conditions := checks(rule.where):
        yield "where", ", ".join(f"{name} {_value(wanted)}" for name, _check, wanted in conditions)
    if rule.set:
        yield "sets", ", ".join(f"{name} to {_value(value)}" for name, value in rule.set.items())
    if compiled.kind in ("pattern", "inline") and (fields := [name for name, _number in compiled.groups]):
        yield "extracts", ", ".join(fields)
    if literals := sorted(literal.strip("\n") for literal in compiled.literals):
        more = f" and {len(literals) - _LITERALS_SHOWN} more" if len(literals) > _LITERALS_SHOWN else ""
        yield "looked up by", ", ".join(map(inline_code, literals[:_LITERALS_SHOWN])) + more
    yield "written in", f"{inline_code(rule.origin.path)}, line {rule.origin.line}"


def _scope(rule: Rule) -> str:
    return ", ".join((*rule.language, *rule.site)) or "all"


def _plain(shape: Any) -> str:
    held = ((each.name, getattr(shape, each.name)) for each in fields(shape))
    return ", ".join(f"{name} {_value(value)}" for name, value in held if value not in (None, ()))


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return " or ".join(escape_markdown(str(each)) for each in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else escape_markdown(str(value))


def _fenced(texts: Sequence[str]) -> Iterator[str]:
    """Return texts in fenced blocks: one block for all texts of one line, and one for each longer text."""
    blocks: list[str] = []
    for of_lines, some in groupby(texts, lambda text: "\n" in text):
        together = [shown(text.rstrip("\n"), keep="\n\t") for text in some]
        blocks += together if of_lines else ["\n".join(together)]
    for block in blocks:
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block)), default=0))
        yield from (f"{fence}text", block, fence, "")
