"""Runs a rule's examples against that rule alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast
from zlib import crc32

from cleaner.cleaning.edits import edited
from cleaner.matching.context import MatchContext
from cleaner.matching.kinds import find_matches
from cleaner.matching.kinds.line_breaks import mend
from cleaner.matching.program import Program, compile_program
from cleaner.matching.resolve import Resolution, resolve, with_repairs
from cleaner.metadata.fields import assemble_metadata, known_agencies
from cleaner.model.document import Block, Edit, Match
from cleaner.model.options import Options
from cleaner.model.rule import LABELS, Example, Label, Rule, RulePack
from cleaner.text.lines import Lines

_PLACED = re.compile(r"^<([a-z.][a-z0-9.-]*(?: [a-z.][a-z0-9.-]*)*)> ")
_LABELLED = re.compile(rf"(?m)^({'|'.join(LABELS)})> ")
_PROSE = (
    "The council met again on the second floor of the old customs house, where for most of the morning the"
    " members listened to what the engineers had found beneath the bridge and what it would take to mend it."
)
_OPEN, _CLOSE = "⟦", "⟧"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleOutcome:
    """The outcome of one example: `wanted` and `got` mark the removed pieces with ⟦…⟧."""

    rule: str
    kind: str
    """`removes` or `keeps`."""
    number: int
    """Number of the example, from 0."""
    passed: bool
    wanted: str = ""
    got: str = ""

    def __str__(self) -> str:
        outcome = "ok" if self.passed else f"wanted {self.wanted!r}\n     got {self.got!r}"
        return f"{self.rule} {self.kind}[{self.number}]: {outcome}"


def outcomes(rule: Rule, pack: RulePack) -> Iterator[ExampleOutcome]:
    """Run every example of a rule; `pack` gives the named lists."""
    for kind, count in (("removes", len(rule.removes)), ("keeps", len(rule.keeps))):
        yield from (outcome(rule, pack, kind, number) for number in range(count))


def outcome(rule: Rule, pack: RulePack, kind: str, number: int) -> ExampleOutcome:
    """Run one example: the `number`-th (from 0) of what the rule `removes` or `keeps`.

    An `allow` rule is for what it `keeps`: it must find those texts, and leave alone what it `removes`.
    """
    example = rule.removes[number] if kind == "removes" else Example(text=rule.keeps[number])
    finds = (kind == "removes") is not (rule.action == "allow")
    check = check_removes(rule, pack, number, example) if finds else check_keeps(rule, pack, number, example.text)
    return replace(check, kind=kind)


def check_removes(rule: Rule, pack: RulePack, number: int, example: Example) -> ExampleOutcome:
    """The rule removes what the example marks (or the whole of a one-line example), and gives its metadata."""
    if rule.document:
        return _check_filter(rule, number, "removes", example.text)
    stage = _staged(example.text)
    text = stage.text
    bare, pieces = _unmarked(text)
    matches = _run(rule, pack, bare, stage)
    wanted = text if pieces else _default(rule, bare, matches)
    if example.gives:
        wanted += _given({k: _plain(v) for k, v in sorted(example.gives.items())})
    got = _marked(bare, matches)
    if example.gives:
        metadata, _ = assemble_metadata(
            ((f, rule.id) for m in matches for f in m.fields),
            language=next(iter(rule.language), None),
            agencies_known=known_agencies(pack.lists),
            given={},
        )
        got += _given({k: _plain(getattr(metadata, k, "no such field")) for k in sorted(example.gives)})
    return ExampleOutcome(rule=rule.id, kind="removes", number=number, passed=got == wanted, wanted=wanted, got=got)


def check_keeps(rule: Rule, pack: RulePack, number: int, text: str) -> ExampleOutcome:
    """The rule leaves the text alone."""
    if rule.document:
        return _check_filter(rule, number, "keeps", text)
    stage = _staged(text)
    bare = stage.text
    got = _marked(bare, _run(rule, pack, bare, stage))
    return ExampleOutcome(rule=rule.id, kind="keeps", number=number, passed=got == bare, wanted=bare, got=got)


def _check_filter(rule: Rule, number: int, kind: str, text: str) -> ExampleOutcome:
    from cleaner.cleaning.filters import apply_filters, measure
    from cleaner.text.language import Language

    bare = _staged(text).text
    program = compile_program(RulePack(rules=(_active(rule),), lists={}, digest=""))
    signals = measure(bare, Lines(bare).total_words, Language())
    verdict = apply_filters(signals, program.of_phase["document"]).verdict
    wanted = "kept" if kind == "keeps" else "rejected"
    got = "kept" if verdict.kept else "rejected"
    return ExampleOutcome(
        rule=rule.id, kind=kind, number=number, passed=got == wanted, wanted=f"{wanted}: {bare[:60]}",
        got=f"{got}: {verdict.figure}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """An example's text with its directions (labels, elements, `...`) applied."""

    text: str
    labels: Mapping[int, Label]
    """Labels by line number; blank lines are not counted."""
    blocks: tuple[Block, ...]
    """A block for each line; empty if the example has no markup."""


def _staged(text: str) -> _Stage:
    lines: list[str] = []
    labels: dict[int, Label] = {}
    blocks: list[Block] = []
    for written in text.rstrip("\n").split("\n"):
        line = written
        if labelled := _LABELLED.match(line):
            labels[sum(1 for one in lines if one.strip())] = cast("Label", labelled[1])
            line = line[labelled.end() :]
        placed = _PLACED.match(line)
        blocks.append(_block(placed[1], len(blocks)) if placed else Block())
        line = line[placed.end() :] if placed else line
        lines.append(_PROSE if line.strip() == "..." else line)
    has_markup = any(block != Block() for block in blocks)
    return _Stage(text="\n".join(lines), labels=labels, blocks=tuple(blocks) if has_markup else ())


def _block(written: str, line: int) -> Block:
    """The block of a line inside these elements, outermost first: `aside.related li a`. The last element is the
    line's own; the elements around it are those of other lines with the same ones."""
    tags = [element.partition(".")[0] for element in written.split(" ")]
    names = [name for element in written.split(" ") for name in re.split(r"[.-]", element.partition(".")[2]) if name]
    inside = tuple(tag for tag in tags if tag and tag != "a")
    around = [crc32(" ".join(inside[:n]).encode()) for n in range(len(inside) - 1, 0, -1)]
    return Block(
        tag=inside[-1] if inside else "div", inside=inside, names=tuple(names), links=float("a" in tags),
        above=(-line, *around),
    )  # fmt: skip


def _unmarked(text: str) -> tuple[str, bool]:
    return text.replace(_OPEN, "").replace(_CLOSE, ""), _OPEN in text


def _run(rule: Rule, pack: RulePack, text: str, stage: _Stage) -> list[Match]:
    """Return the rule's winning matches in a text whose other lines have the given labels."""
    found = _trial(rule, _alone(rule, pack), text, stage)
    return [*found.winners, *found.marks]


def trial(rule: Rule, program: Program, text: str) -> tuple[str, Resolution]:
    """Return an example's text without marks, and which matches of a program win in it."""
    stage = _staged(text)
    bare, _ = _unmarked(stage.text)
    return bare, _trial(rule, program, bare, stage)


def _trial(rule: Rule, program: Program, text: str, stage: _Stage) -> Resolution:
    language = next(iter(rule.language), None)
    host = next((h.removeprefix(".") for h in rule.site if not h.startswith("~")), None)
    mended = mend(program, Lines(text), language=language, host=host)
    context = MatchContext(
        mended.lines, language=language, host=host, words=program.words_of(language), blocks=stage.blocks
    )
    context.stage(stage.labels)
    match_set = find_matches(program, context)
    matches, resolution = match_set.matches, resolve(match_set)
    repaired = with_repairs(resolution.winners, mended.repairs, matches, program.effective_actions)
    return replace(resolution, winners=repaired.winners, losses=[*resolution.losses, *repaired.losses])


@lru_cache(maxsize=4)
def _alone(rule: Rule, pack: RulePack) -> Program:
    active = replace(_active(rule), budget=None)
    return compile_program(RulePack(rules=(active,), lists=pack.lists, digest=""), Options(experimental=True))


def _active(rule: Rule) -> Rule:
    """Return the rule changed so that its matches are visible: an `allow` becomes a rule that removes."""
    return replace(rule, action="drop" if rule.action == "allow" else rule.action, status="stable")


def _default(rule: Rule, text: str, matches: list[Match]) -> str:
    """Return the expected pieces of an example without marks: the one line, or the one match of an inline rule."""
    if rule.inline and len(matches) == 1:
        return _marked(text, matches)
    lines = Lines(text)
    return f"{_OPEN}{text}{_CLOSE}" if len(lines) == 1 and text == lines.texts[0] else text


def _marked(text: str, matches: list[Match]) -> str:
    edits = tuple(
        Edit(start=m.start, end=m.end, text="", label="", rule="",
             replacement=_OPEN + text[m.start : m.end] + _CLOSE)
        for m in sorted(matches, key=lambda m: m.start)
    )  # fmt: skip
    return edited(text, edits)


def _plain(value: Any) -> Any:
    """Return a value as a rule file writes it: flags in small letters, anything else as text."""
    if isinstance(value, (list, tuple)):
        return [str(v) for v in value]
    return str(value).lower() if isinstance(value, bool) or value in ("True", "False") else str(value)


def _given(values: Mapping[str, Any]) -> str:
    return f"\n→ {values}"
