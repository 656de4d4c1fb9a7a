"""Drafts a rule from a line of text: its id, label, literal and examples, as valid YAML."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import yaml

from cleaner.authoring.examples import outcomes
from cleaner.authoring.line_stats import LineStats
from cleaner.errors import CleanerError
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds import find_matches
from cleaner.matching.program import compile_program
from cleaner.matching.resolve import resolve
from cleaner.model.rule import LABELS, Label, Rule, RulePack, Status, Zone
from cleaner.rules.load import parse_pack
from cleaner.text.fold import fold, plain
from cleaner.text.lines import Lines, phrase_key, word_count

ScaffoldKind = Literal["line", "pattern", "inline"]

_WORD = re.compile(r"[^\W\d_]+")
_SLUG_WORDS = 4
_SURE = 0.3  # share of the votes that a label must have
_WIDTH = 116
NO_WORD = r"[^\p{L}\p{N}]*"
"""Pattern for the characters around a phrase; in RE2, `\\W` matches every letter beyond ASCII, too."""
NUMBER = r"\d+(?:[.,:]\d+)*"
"""Pattern for a number."""

_AROUND: Mapping[ScaffoldKind, tuple[str, str]] = {
    "pattern": (f"{NO_WORD}(?i:", f"){NO_WORD}"),
    "inline": (" ?(?i:", ")"),
}

WHY: Mapping[str, str] = {
    "title": "the headline again", "section": "the section or the tags of the page", "byline": "who wrote it",
    "dateline": "when it was written", "agency": "the wire it came over", "reading_time": "how long it takes to read",
    "caption": "the credit or the text of a picture", "ad": "a marker of advertising",
    "paywall": "a notice to those who do not pay", "share": "a button to share or follow",
    "newsletter": "an invitation to subscribe", "related": "a pointer to other stories",
    "comments": "boilerplate of the comments", "navigation": "boilerplate of the page",
    "legal": "a notice of rights or terms", "about": "the publisher or the author described",
}  # fmt: skip
"""A first `why` of a rule for each label."""

# A sentence that contains the line, in each language that has rules.
_SENTENCES: Mapping[str, str] = {
    "en": "“{}” was all that the sign by the harbour said.",
    "de": "„{}“ war alles, was auf dem Schild am Hafen stand.",
    "fr": "« {} », voilà tout ce que disait l'écriteau du port.",
    "es": "«{}» era todo lo que decía el letrero del puerto.",
    "pt": "“{}” era tudo o que dizia a placa do porto.",
    "it": "«{}» era tutto ciò che diceva il cartello del porto.",
    "nl": "“{}” was alles wat er op het bord bij de haven stond.",
    "pl": "„{}” to wszystko, co było napisane na tablicy w porcie.",
    "sv": "”{}” var allt som stod på skylten i hamnen.",
    "da": "»{}« var alt, hvad der stod på skiltet ved havnen.",
    "no": "«{}» var alt som sto på skiltet ved havnen.",
    "ru": "«{}» — вот и всё, что было написано на щите в порту.",
    "tr": "Limandaki tabelada yalnızca “{}” yazıyordu.",
    "ja": "港の看板には「{}」とだけ書かれていた。",
    "ko": "항구의 간판에는 “{}”라고만 적혀 있었다.",
    "zh": "港口的牌子上只写着“{}”。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A rule that is not yet written to a file."""

    id: str
    label: str
    why: str
    kind: ScaffoldKind
    written: tuple[str, ...]
    """Phrases of a `line` rule; the one pattern of the others."""
    removes: tuple[str, ...]
    keeps: tuple[str, ...]
    language: str | None = None
    site: str | None = None
    zone: tuple[Zone, ...] = ()
    unit: Literal["line", "sentence"] | None = None
    most_words: int | None = None
    """The number of words that it may remove from one document."""
    status: Status = "stable"

    def entry(self, shared: Mapping[str, Any] | None = None) -> str:
        """As an item of `rules:`, without what its file says for all of them."""
        own: dict[str, Any] = {
            "id": self.id, "label": self.label, "language": self.language or [], "site": self.site or [],
            "why": self.why,
            self.kind: list(self.written) if self.kind == "line" else self.written[0],
            "where": {"zone": list(self.zone)} if self.zone else [],
            "unit": self.unit or [],
            "budget": {"words": self.most_words} if self.most_words else [],
            "status": self.status if self.status != "stable" else [],
            "removes": list(self.removes), "keeps": list(self.keeps),
        }  # fmt: skip
        shared = shared or {}
        rows = [_row(key, value) for key, value in own.items() if value != shared.get(key, [])]
        return "  - " + "\n    ".join(rows) + "\n"

    def faults(self, pack: RulePack) -> list[str]:
        """Return what is wrong with it: faults in the rule, an id that the pack has, examples that fail."""
        try:
            [rule] = parse_pack({"draft.yaml": f"rules:\n{self.entry()}"}).rules
        except CleanerError as error:
            return [str(error)]
        taken = [f"the id {rule.id} is taken"] if rule.id in {other.id for other in pack.rules} else []
        return taken + [str(outcome) for outcome in outcomes(rule, pack) if not outcome.passed]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOptions:
    """The choices of the author of a new rule; None: guessed from the text."""

    kind: ScaffoldKind = "line"
    label: str | None = None
    id: str | None = None
    language: str | None = None


def scaffold(
    text: str,
    pack: RulePack,
    options: DraftOptions | None = None,
    *,
    line_stats: LineStats | None = None,
    taken: Collection[str] = (),
) -> Draft:
    """Return the draft of a rule for a line of text.

    `line_stats` are the places of the line in a corpus, and the most similar prose. `taken` are ids that the rule
    can't have, besides those of the pack. Without a label, the rule gets that of the pack's rules with words in common.
    Raises CleanerError if no rule has words in common, or the text makes no rule of this kind.
    """
    options = options or DraftOptions()
    kind, label, language = options.kind, options.label, options.language
    text = " ".join(text.split())
    words = _WORD.findall(fold(text))
    if not words:
        raise CleanerError(repr(text), "contains no word", "give a line of text, in quotes")
    if kind == "inline" and word_count(text) < 2:
        raise CleanerError(repr(text), "a single word would be removed from prose", "make it a `line` rule")
    language = language or (line_stats.language if line_stats else None)
    label = label or guess_label(text, pack, language)
    if label is None:
        raise CleanerError(
            repr(text), "no rule has words in common with it", f"choose a label with --label: {', '.join(LABELS)}"
        )
    zone = line_stats.zone if line_stats and kind != "inline" else ()
    return Draft(
        id=options.id or _new_id(text, label, language, pack, taken),
        label=label,
        language=language,
        why=WHY.get(label, "boilerplate of the page") + (", alone on its line" if kind != "inline" else ""),
        kind=kind,
        written=(phrase_key(fold(text)) if kind == "line" else _pattern(text, kind),),
        zone=zone,
        removes=(text,),
        keeps=(*placed(text, zone), *_nearest(text, kind, language, line_stats)),
    )


def removers(text: str, pack: RulePack, language: str | None = None) -> tuple[str, ...]:
    """Return the rules that already match this line, as far as that can be determined without its document."""
    program = compile_program(pack)
    context = MatchContext(Lines(text), language=language, words=program.words_of(language))
    found = resolve(find_matches(program, context))
    by_words = (match.rule for match in (*found.winners, *found.marks) if match.rule.line or match.rule.pattern)
    return tuple(dict.fromkeys(rule.id for rule in by_words))


def guess_label(text: str, pack: RulePack, language: str | None = None, *, sure: float = _SURE) -> Label | None:
    """The label of the rules (for this language) whose phrases and examples share the most words with a text.

    A rule's word votes for its label, the less the more rules hold it; None where no label has the share
    `sure` of the votes.
    """
    rules_with = _rules_with(pack, language)
    votes: defaultdict[Label, float] = defaultdict(float)
    for word in sorted(set(_WORD.findall(fold(text))) & rules_with.keys()):
        of_word = rules_with[word]
        for label, rules in of_word.items():
            votes[label] += rules / of_word.total() ** 1.5
    best = max(votes, key=lambda label: (votes[label], label), default=None)
    return best if best and votes[best] >= sure * sum(votes.values()) else None


@lru_cache(maxsize=16)
def _rules_with(pack: RulePack, language: str | None) -> Mapping[str, Counter[Label]]:
    """Return for each word the labels of the rules for this language that contain it."""
    rules_with: defaultdict[str, Counter[Label]] = defaultdict(Counter)
    for rule in pack.rules:
        if language and rule.language and language not in rule.language:
            continue
        for word in {word for text in _known_texts(rule) for word in _WORD.findall(fold(text))}:
            rules_with[word][rule.label] += 1
    return dict(rules_with)


def _known_texts(rule: Rule) -> Iterator[str]:
    if rule.action != "allow":
        yield from rule.line
        yield from (example.text for example in rule.removes if "\n" not in example.text)


def _new_id(text: str, label: str, language: str | None, pack: RulePack, taken: Collection[str]) -> str:
    """Return an unused id: the topic of the rules with this label and language, and the first words."""
    topics = Counter(rule.id.rpartition("/")[0] for rule in pack.rules if rule.label == label)
    alike = [topic for topic, _ in topics.most_common() if _language_of(topic) == language]
    name = next((topic.rpartition("/")[2] for topic, _ in topics.most_common()), label.replace("_", "-"))
    topic = alike[0] if alike else name if language in (None, "en") else f"{language}/{name}"
    given_away = {*taken, *(rule.id for rule in pack.rules)}
    slug = wanted = slug_of(text)
    number = 1
    while f"{topic}/{slug}" in given_away:
        number += 1
        slug = f"{wanted}-{number}"
    return f"{topic}/{slug}"


def _language_of(topic: str) -> str:
    first, _, rest = topic.partition("/")
    return first if rest and len(first) == 2 else "en"


def slug_of(text: str) -> str:
    """Return the first words of a text, as the second part of an id."""
    latin = unicodedata.normalize("NFKD", fold(text)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", latin.replace("'", ""))
    if sum(map(len, words)) < 2:  # another script: a digest as the name
        return f"phrase-{hashlib.sha256(fold(text).encode()).hexdigest()[:6]}"
    return "-".join(words[:_SLUG_WORDS])


def _pattern(text: str, kind: ScaffoldKind) -> str:
    body = re.sub(r"\d+(?:[.,:]\d+)*", "\0", plain(text))
    body = escaped(body).replace("\0", NUMBER)
    if kind == "inline":
        edge = re.compile(r"[A-Za-z0-9]")
        body = (r"\b" if edge.match(body[0]) else "") + body + (r"\b" if edge.match(body[-1]) else "")
    return body.join(_AROUND[kind])


def escaped(text: str) -> str:
    """Return the pattern that matches a text literally."""
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def _nearest(text: str, kind: ScaffoldKind, language: str | None, line_stats: LineStats | None) -> tuple[str, ...]:
    """Prose that a careless rule would take for the line: from the corpus, else made from it."""
    if kind == "inline":  # would rightly take the whole phrase; so prose that stops one word short of it
        return (sentence_with(text.rsplit(" ", 1)[0], language),)
    return tuple(line_stats.prose) if line_stats and line_stats.prose else (sentence_with(text, language),)


def sentence_with(text: str, language: str | None) -> str:
    """Return a sentence of prose that contains a line."""
    return _SENTENCES.get(language or "en", _SENTENCES["en"]).format(text)


def placed(text: str, zone: Sequence[Zone]) -> Iterator[str]:
    """Return examples where a line must stay, for a rule with a zone: amid prose, and at the other end of the text."""
    if zone:
        yield f"...\n{text}\n..."
    if zone == ("tail",):
        yield f"{text}\n..."
    if zone == ("head",):
        yield f"...\n{text}"


def _row(key: str, value: Any) -> str:
    if isinstance(value, str):
        return f"{key}: {_scalar(value)}"
    if isinstance(value, int):
        return f"{key}: {value}"
    if isinstance(value, Mapping):
        return f"{key}: {{{', '.join(_row(*each) for each in value.items())}}}"
    flow = f"{key}: [{', '.join(_scalar(each, flow=True) for each in value)}]"
    if len(flow) <= _WIDTH and not any("\n" in each for each in value):
        return flow
    return "\n      ".join((f"{key}:", *map(_item, value)))


def _item(text: str) -> str:
    return "- |\n        " + text.replace("\n", "\n        ") if "\n" in text else f"- {_scalar(text)}"


def _scalar(text: str, *, flow: bool = False) -> str:
    written: str = yaml.safe_dump([text], default_flow_style=flow, allow_unicode=True, width=10**9)
    return written.strip()[1:-1] if flow else written[1:].strip()


def appended(path: str, text: str, draft: Draft) -> str:
    """A rule file with a further rule at its end; one without any, but remarks, is begun.

    Raises CleanerError where its rules are not what it ends with.
    """
    if all(not row.strip() or row.startswith("#") for row in text.splitlines()):
        said = {"label": draft.label, "language": draft.language, "site": draft.site}
        scope = {key: value for key, value in said.items() if value}
        head = "".join(f"{key}: {value}\n" for key, value in scope.items())
        return f"{text}{head}rules:\n{draft.entry(scope)}"
    before = _plain(text)
    shared: dict[str, Any] = before if isinstance(before, dict) else {}
    added = text.rstrip("\n") + "\n\n" + draft.entry(shared)
    after = _plain(added)
    rules = after.get("rules") if isinstance(after, dict) else None
    if not isinstance(rules, list) or rules[:-1] != shared.get("rules") or rules[-1].get("id") != draft.id:
        raise CleanerError(path, "does not end with its list of rules", "print the rule, and paste it where it belongs")
    return added


def _plain(text: str) -> Any:
    try:
        return yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # libyaml, as rule files are read with it
    except yaml.YAMLError:
        return None
