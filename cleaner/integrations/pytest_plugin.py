"""A pytest plugin: the examples of rule files as tests, golden corpora, and rule changes as a fixture.

One line of configuration in the repository with the rules turns it on:

    [tool.pytest.ini_options]
    cleaner_rules = "rules"

Each example is then a test named by its rule. The fixture `golden_corpus` checks a corpus against stored
golden files and fails with a diff (`--update-golden` rewrites them); `rule_diff` returns the difference between
two packs, for your own assertions. Nothing of `cleaner` is imported until it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cleaner.model.rule import Rule, RulePack
    from cleaner.review.diff import PackDiff

GoldenCorpus = Callable[[str, str], None]
RuleDiff = Callable[..., "PackDiff"]

_SHOWN = 20  # documents of a golden difference; `git diff` after an update shows them all


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings of the plugin."""
    group = parser.getgroup("cleaner")
    group.addoption("--update-golden", action="store_true", help="rewrite golden files instead of comparing them")
    parser.addini("cleaner_rules", "folder of rule files whose examples are tests", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the rule folder in addition to `testpaths`, which need not name it."""
    folder = _folder(config)
    if folder and config.args_source is pytest.Config.ArgsSource.TESTPATHS and str(folder) not in config.args:
        config.args.append(str(folder))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the rule files as collections of examples."""
    folder = _folder(parent.config)
    if folder and file_path.suffix in (".yaml", ".yml") and file_path.is_relative_to(folder):
        collector: pytest.Collector = RuleFileItem.from_parent(parent, path=file_path)
        return collector
    return None


def _folder(config: pytest.Config) -> Path | None:
    named = config.getini("cleaner_rules")
    return (config.rootpath / named).resolve() if named else None


class RuleFileItem(pytest.File):
    """A rule file; its tests are the examples of its rules, or its faults."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test for each example or, if the rules have faults, one test that reports those of this file."""
        from cleaner.errors import RulesError

        folder = _folder(self.config)
        assert folder
        name = self.path.resolve().relative_to(folder).as_posix()
        try:
            pack = _pack(self.config, folder)
        except RulesError as error:
            messages = [str(fault) for fault in error.faults if fault.path == name]
            if messages:
                yield Faults.from_parent(self, name="faults", messages=messages)
            return
        for rule in pack.rules:
            if rule.origin.path == name:
                for kind, count in (("removes", len(rule.removes)), ("keeps", len(rule.keeps))):
                    for number in range(count):
                        item_name = f"{rule.id}:{kind}:{number}"
                        yield RuleExample.from_parent(self, name=item_name, rule=rule, kind=kind, number=number)


_PACKS: pytest.StashKey[dict[Path, Any]] = pytest.StashKey()


def _pack(config: pytest.Config, folder: Path) -> RulePack:
    """Return the rule pack, loaded once for the session, or raise its RulesError again."""
    from cleaner.errors import RulesError
    from cleaner.rules.load import load_pack

    packs = config.stash.setdefault(_PACKS, {})
    if folder not in packs:
        try:
            packs[folder] = load_pack(folder)
        except RulesError as error:
            packs[folder] = error
    if isinstance(packs[folder], RulesError):
        raise packs[folder]
    pack: RulePack = packs[folder]
    return pack


class Faults(pytest.Item):
    """A test that fails with the faults of a rule file."""

    def __init__(self, *, messages: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.messages = messages

    def runtest(self) -> None:
        """Fail."""
        from cleaner.model.escape import shown

        pytest.fail("\n".join(map(shown, self.messages)), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the rule file."""
        return self.path, 0, f"{self.path.name} faults"


class RuleExample(pytest.Item):
    """One example of one rule, run against that rule alone."""

    def __init__(self, *, rule: Rule, kind: str, number: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rule, self.kind, self.number = rule, kind, number

    def runtest(self) -> None:
        """Fail with the expected and the actual pieces, if they differ."""
        from cleaner.authoring.examples import outcome
        from cleaner.model.escape import shown

        folder = _folder(self.config)
        assert folder
        result = outcome(self.rule, _pack(self.config, folder), self.kind, self.number)
        if not result.passed:
            message = f"{self.rule.id} {self.kind}[{self.number}]\n\nwanted:\n{result.wanted}\n\ngot:\n{result.got}"
            pytest.fail(shown(message, keep="\n\t"), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the rule."""
        return self.path, self.rule.origin.line - 1, self.name


@pytest.fixture
def golden_corpus(pytestconfig: pytest.Config) -> GoldenCorpus:
    """Check that the rules clean a corpus as its golden files say: `golden_corpus("raw", "tests/golden")`."""

    def check(raw: str, golden: str) -> None:
        from cleaner.review.golden import compare_goldens, golden_texts, write_goldens

        root, rules = pytestconfig.rootpath, _folder(pytestconfig)
        if rules is None:
            pytest.fail('set `cleaner_rules = "rules"` in the pytest configuration', pytrace=False)
        texts = golden_texts(root / raw, _pack(pytestconfig, rules))
        if pytestconfig.getoption("--update-golden"):
            write_goldens(root / golden, texts)
        if picture := compare_goldens(root / golden, texts, limit=_SHOWN):
            pytest.fail(f"{picture}\nIf this is what you meant, accept it with --update-golden.", pytrace=False)

    return check


@pytest.fixture
def rule_diff(pytestconfig: pytest.Config) -> RuleDiff:
    """The difference between two packs on a corpus: `rule_diff(old="HEAD", new=".", corpus="raw")`."""

    def diff(*, old: str = "HEAD", new: str = ".", corpus: str = "raw") -> PackDiff:
        from cleaner.corpus.read import prepared_corpus
        from cleaner.review.diff import compare
        from cleaner.rules.revisions import pack_at

        folder = _folder(pytestconfig) or pytestconfig.rootpath / "rules"
        documents = prepared_corpus(str(pytestconfig.rootpath / corpus))
        return compare(pack_at(old, folder), pack_at(new, folder), documents)

    return diff
