"""`cleaner learn`: writes rule files for what repeats on the sites of a corpus."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from pathlib import Path

import cleaner
from cleaner.authoring.learned_rules import SiteRules, SiteRulesFound, learn_site_rules, site_file
from cleaner.cleaning.prepare import Prepared
from cleaner.cli import output
from cleaner.cli.common import rules_folder, settings_of
from cleaner.cli.rule_files import copy_rules, opening, rule_file_text, write_rule_file
from cleaner.corpus.read import prepared_corpus
from cleaner.errors import CleanerError, OutputError
from cleaner.readers import Unreadable
from cleaner.rules.folder import rule_texts
from cleaner.rules.load import load_pack
from cleaner.rules.revisions import pack_at
from cleaner.text.plural import counted


def learn_command(args: argparse.Namespace) -> int:
    """Write the rules that a corpus gives, a file for each site; return 1 if part of it could not be read, else 0."""
    settings = settings_of(args)
    where = args.corpus or settings.raw
    folder = rules_folder(settings)
    out = args.out or Path(settings.rules or "rules")
    is_new = _is_new(out)
    pack = load_pack(folder if is_new else out)
    unreadable: dict[str, Unreadable] = {}  # a dict, as the corpus is read several times

    def corpus() -> Iterator[Prepared]:
        return prepared_corpus(where, keys=settings.keys, unreadable=lambda item: unreadable.update({item.id: item}))

    found = learn_site_rules(corpus, pack, settings.options, folder_name=Path(where).stem)
    for item in unreadable.values():
        output.remark(str(item))
    for host in found.unknown_hosts:
        output.remark(f"{host}: is no host that a rule can name; skipped")
    fresh = {site: _text(site, folder if is_new else out) for site in found.sites if site.drafts}
    if fresh and is_new:
        output.remark(f"{out}: {counted(copy_rules(folder, out), 'rule file')} copied from {folder}")
    for site, text in fresh.items():
        _write(site, text, out)
    _report(found, out)
    if fresh:
        output.line(f"see what they remove: {shlex.join(_next_command(folder, out, where))}")
    return 1 if unreadable else 0


def _is_new(out: Path) -> bool:
    """Whether there are no rules yet. Raises OutputError if rules can't be written there."""
    if out.resolve().is_relative_to(Path(cleaner.__file__).resolve().parent):
        raise OutputError(str(out), "is a folder of the installed package", "name one of your own with --out")
    if out.exists() and not out.is_dir():
        raise OutputError(str(out), "is not a folder", "name another with --out")
    if not out.exists():
        return True
    if not any(out.iterdir()):
        return True
    if not rule_texts(out):
        raise OutputError(str(out), "holds files, and no rules", "name a rule folder, or a new one, with --out")
    return False


def _text(site: SiteRules, rules: Path) -> str:
    """The text of a site's file, of which the beginning may be there."""
    file = rules / site.path
    return site_file(site, rule_file_text(file), opening(file))


def _write(site: SiteRules, text: str, out: Path) -> None:
    file = out / site.path
    write_rule_file(file, text)
    trials = sum(draft.status == "experimental" for draft in site.drafts)
    doubts = f", {trials} of them experimental" if trials else ""
    pages = counted(site.documents, "page")
    output.line(f"{file}: {counted(len(site.drafts), 'rule')}{doubts}, from {pages}")


def _report(found: SiteRulesFound, out: Path) -> None:
    rest = [site for site in found.sites if not site.drafts]
    if not found.sites:
        output.remark("nothing repeats on 3 pages or more of one site, beyond what the rules remove")
    elif rest:
        output.remark(f"{counted(len(rest), 'site')} with nothing new: {out / 'sites'} has rules for what repeats")


def _next_command(folder: Path, out: Path, where: str) -> list[str]:
    """The command that shows the effect of the new rules."""
    if not out.exists() or not out.samefile(folder):
        return ["cleaner", "diff", str(folder), str(out), where]
    named = ["--rules", str(out)] if out != Path("rules") else []
    try:
        pack_at("HEAD", out)
    except CleanerError:  # no repository, or the rules are not in it
        return ["cleaner", "rules", "stats", where, *named]
    return ["cleaner", "diff", "HEAD", ".", where, *named]
