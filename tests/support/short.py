"""Rules and documents in short, for tests."""

from __future__ import annotations

from typing import Any

from cleaner.cleaning.article import Article
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import compile_program
from cleaner.model.document import Document
from cleaner.model.options import Options
from cleaner.model.rule import RulePack
from cleaner.rules.load import parse_pack

PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them."
)
MORE = (
    "The council will now decide who is to pay for the new cable, which runs below the old customs house to the pier."
)
STORY = f"{PROSE}\n\n{MORE}"  # 20 and 23 words

SHARE = "id: share/alone, label: share, line: [share this]"
CREDIT = "id: meta/by, label: byline, action: mark, pattern: 'Words: (?P<authors>.+)'"
SHARED = f"{STORY}\nShare this\nPass it on\nWords: Anna Reed"


def entry(rule: str) -> str:
    """A rule in short, `id: x/a, ...`; what it leaves out is added."""
    usual = {"id": "x/rule", "label": "ad", "why": "w", "removes": "[Boats]", "keeps": "[k]"}
    added = "".join(f"{key}: {value}, " for key, value in usual.items() if f"{key}:" not in rule)
    return f"  - {{{added}{rule}}}\n"


def pack(*rules: str, lists: str = "{}") -> RulePack:
    return parse_pack({"a.yaml": f"lists: {lists}\nrules:\n" + "".join(map(entry, rules))})


def cleaned(text: str, *rules: str, options: Options | None = None, lists: str = "{}", **more: Any) -> Article:
    document = Document(**{"id": "doc", "text": text, **more})
    return clean_document(document, compile_program(pack(*rules, lists=lists), options))


def removed(article: Article) -> list[str]:
    return [edit.text for edit in article.edits]


def guards(article: Article) -> list[tuple[str, str]]:
    return [(loss.rule, loss.to or loss.guard) for loss in article.losses]
