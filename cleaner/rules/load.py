"""Rule files: a folder of them in, a frozen pack out, or all the faults of the folder at once.

What a file says depends on nothing but its text, and what is found out about its rules on that and on the lists
that they name; so each is worked out once (`rulecache`), and an edit costs what the edited file does.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path

from cleaner.errors import RuleFault, RulesError
from cleaner.matching.compiled_rule import CompiledRule
from cleaner.matching.kind_table import kinds_of
from cleaner.matching.patterns.prefilter import LinePrefilter
from cleaner.model.rule import Facts, Rule, RuleFile, RulePack, rule_digest
from cleaner.rules.cache import kept
from cleaner.rules.folder import rule_texts
from cleaner.rules.parse import read_file
from cleaner.rules.validate import reference_faults, rule_faults

_log = logging.getLogger(__name__)


def default_rules() -> Path:
    """Return the default rule folder: `rules/` of the working folder, else that of the package."""
    here = Path("rules")
    if here.is_dir():
        return here
    shipped = Path(__file__).parent.parent / "_rules"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent.parent / "rules"


def load_pack(folder: Path) -> RulePack:
    """Read the rule files below a folder, which `cleaner.rules.folder` finds, and check them.

    Raises RulesError with all faults of all files, or if there is no such folder. Logs a warning for each deprecated
    key. Patterns are compiled later, by `compile_program`.

    >>> from tempfile import TemporaryDirectory
    >>> rule = "{id: share/a, label: share, line: [share this], why: w, removes: Share this, keeps: Shares fell.}"
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "share.yaml").write_text(f"rules: [{rule}]")
    ...     pack = load_pack(Path(folder))
    >>> [(rule.id, rule.label) for rule in pack.rules]
    [('share/a', 'share')]
    """
    if not folder.is_dir():
        fault = RuleFault(
            path=str(folder),
            line=1,
            column=1,
            rule="",
            message="no such folder",
            hint="name one with --rules",
        )
        raise RulesError((fault,))
    pack = kept(rule_texts(folder), parse_pack)
    for message in pack.old_keys:
        _log.warning("%s/%s", folder, message)
    return pack


def parse_pack(texts: Mapping[str, str], files: MutableMapping[str, RuleFile] | None = None) -> RulePack:
    """The pack of these files, path → text. Raises RulesError with all faults found.

    `files`, by path, are those of them that have been read before. They are not read again, nor are their rules
    checked again unless one of the lists that these name has changed. Sound files join them, whatever is wrong with
    others.
    """
    before = {} if files is None else files
    faults: list[RuleFault] = []
    said = {path: before.get(path) or read_file(path, text, faults) for path, text in sorted(texts.items())}
    lists = _joined(said.values())
    digests = {name: hashlib.sha256(repr(entries).encode()).hexdigest() for name, entries in lists.items()}
    said = {path: _checked(file, lists, digests, faults) for path, file in said.items()}
    site_phrases: dict[str, str] = {}
    for path, file in said.items():
        for key, host, (line, column) in file.site_phrases:
            if site_phrases.setdefault(key, host) != host:
                message = f"the phrase means {site_phrases[key]} too"
                faults.append(
                    RuleFault(
                        path=path, line=line, column=column, rule="", message=message, hint="no two sites share one"
                    )
                )
    faults += _faults_between([rule for file in said.values() for rule in file.rules])
    unsound = {fault.path for fault in faults}
    before.update({path: file for path, file in said.items() if path not in unsound})
    if faults:
        raise RulesError(tuple(faults))
    pairs = [pair for file in said.values() for pair in zip(file.rules, file.facts, strict=True)]
    return replace(_pack(pairs, lists, site_phrases), old_keys=tuple(_old_keys(said)))


def extended(pack: RulePack, texts: Mapping[str, str]) -> RulePack:
    """The pack with the rules of more files, which name none of its lists. Raises RulesError with all faults of these.

    An id that is in both is a mistake of the caller: ValueError.
    """
    more = parse_pack(texts)
    if taken := {rule.id for rule in pack.rules} & {rule.id for rule in more.rules}:
        raise ValueError(f"ids in both: {', '.join(sorted(taken))}")
    pairs = [
        (rule, Facts(rule_digest(rule), of.literals[rule.id], of.prefilters[rule.id]))
        for of in (pack, more)
        for rule in of.rules
    ]
    return _pack(pairs, pack.lists, pack.site_phrases)


def _old_keys(files: Mapping[str, RuleFile]) -> Iterator[str]:
    for path, file in files.items():
        yield from (f"{path}:{line}:{column}: {message}" for message, (line, column) in file.old_keys)


def _joined(files: Iterable[RuleFile]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for file in files:
        for name, entries in file.lists.items():
            lists[name] = tuple(dict.fromkeys((*lists.get(name, ()), *entries)))
    return lists


def _checked(
    file: RuleFile, lists: Mapping[str, tuple[str, ...]], digests: Mapping[str, str], faults: list[RuleFault]
) -> RuleFile:
    """Return the file with the facts of its rules; if it has faults, add these to `faults` and return it unchanged."""
    if len(file.facts) == len(file.rules) and all(digests.get(name) == was for name, was in file.asked.items()):
        return file
    asked = _Asked(lists)
    found = [_fault(rule, *each) for rule in file.rules for each in rule_faults(rule, asked)]
    faults += found
    if found:
        return file
    facts = tuple(_facts(rule, asked) for rule in file.rules)
    return replace(file, facts=facts, asked={name: digests.get(name) for name in sorted(asked.names)})


def _faults_between(rules: list[Rule]) -> Iterator[RuleFault]:
    by_id: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.id):
        by_id.setdefault(rule.id, []).append(rule)
    for those in by_id.values():
        for rule in those:
            if len(those) > 1:
                others = ", ".join(f"{o.origin.path}:{o.origin.line}" for o in those if o.origin != rule.origin)
                yield _fault(rule, "duplicate-id", f"the id is also at {others}", "ids are never used twice")
            for each in reference_faults(rule, by_id):
                yield _fault(rule, *each)


def _fault(rule: Rule, code: str, message: str, hint: str) -> RuleFault:
    at = rule.origin
    return RuleFault(
        path=at.path, line=at.line, column=at.column, rule=rule.id, code=code, message=message, hint=hint
    )  # fmt: skip


class _Asked(Mapping[str, tuple[str, ...]]):
    """Lists, and which of them have been asked for: an answer holds while these stay the same."""

    def __init__(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        self._lists = lists
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> tuple[str, ...]:
        self.names.add(name)
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("a rule asks for lists by name")

    def __len__(self) -> int:
        return len(self._lists)


def make_pack(
    rules: list[Rule], lists: Mapping[str, tuple[str, ...]], site_phrases: Mapping[str, str] | None = None
) -> RulePack:
    """A pack with its digest. `site_phrases` name a site, as `cleaner.metadata.sites.known_key` writes them."""
    return _pack([(rule, _facts(rule, lists)) for rule in rules], lists, site_phrases)


def _pack(
    pairs: Iterable[tuple[Rule, Facts]], lists: Mapping[str, tuple[str, ...]], site_phrases: Mapping[str, str] | None
) -> RulePack:
    ordered = sorted(pairs, key=lambda pair: pair[0].id)
    digest = hashlib.sha256()
    for _, facts in ordered:
        digest.update(facts.digest.encode())
    digest.update(repr(sorted(lists.items())).encode())
    if site_phrases:
        digest.update(repr(sorted(site_phrases.items())).encode())
    return RulePack(
        rules=tuple(rule for rule, _ in ordered), lists=dict(lists), digest=digest.hexdigest(),
        site_phrases=dict(site_phrases or {}), literals={rule.id: facts.literals for rule, facts in ordered},
        prefilters={rule.id: facts.prefilter for rule, facts in ordered},
    )  # fmt: skip


def _facts(rule: Rule, lists: Mapping[str, tuple[str, ...]]) -> Facts:
    if not kinds_of(rule):
        return Facts(rule_digest(rule), frozenset(), LinePrefilter())
    ready = CompiledRule(rule, 0, lists, rule.action)
    return Facts(rule_digest(rule), ready.literals, ready.prefilter)
