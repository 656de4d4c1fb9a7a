"""`cleaner rules new`, `suggest`, `schema` and `docs`: write rules, their schema and their documentation."""

from __future__ import annotations

import argparse
from pathlib import Path

from cleaner.authoring import schema as rule_schema
from cleaner.authoring.docs import INDEX, pages
from cleaner.authoring.line_stats import survey
from cleaner.authoring.scaffold import Draft, DraftOptions, appended, removers, scaffold
from cleaner.authoring.suggest import suggest as suggestions
from cleaner.cli import output
from cleaner.cli.common import program_of, rules_in_force, settings_of
from cleaner.cli.rule_files import opening, rule_file_text, write_rule_file
from cleaner.corpus.read import prepared_corpus
from cleaner.dataset.folders import output_errors
from cleaner.errors import CleanerError
from cleaner.readers import Unreadable
from cleaner.text.plural import counted


def new(args: argparse.Namespace) -> int:
    """Write a rule for a line of text, and print it or append it to a file; return the exit code."""
    settings = settings_of(args)
    pack = rules_in_force(settings)
    line_stats = survey(prepared_corpus(args.corpus, keys=settings.keys), args.text) if args.corpus else None
    draft = scaffold(
        args.text,
        pack,
        DraftOptions(kind=args.kind, label=args.label, id=args.id, language=args.language),
        line_stats=line_stats,
    )
    if faults := draft.faults(pack):
        raise CleanerError(draft.id, "; ".join(faults), "try another --kind or --id")
    if line_stats:
        output.remark(
            f"the line occurs in {line_stats.places()}; lines of prose with its words: {line_stats.prose_lines}"
        )
    if args.kind == "inline" and line_stats and line_stats.prose_lines:
        output.remark("an inline rule removes the words from these lines of prose, too")
    if others := removers(draft.removes[0], pack, draft.language):
        output.remark(f"already matched by {', '.join(others)}")
    if args.label is None:
        output.remark(f"label {draft.label}, from rules with words in common; choose another with --label")
    if args.into is None:
        output.document(draft.entry())
    else:
        _put(draft, args.into)
    return 0


def _put(draft: Draft, file: Path) -> None:
    before = rule_file_text(file)
    after = appended(str(file), opening(file) if before is None else before, draft)
    write_rule_file(file, after)
    line = 1 + next(n for n, row in enumerate(after.splitlines()) if row.strip() == f"- id: {draft.id}")
    output.line(f"{file}:{line}: {draft.id}")


def rules_suggest(args: argparse.Namespace) -> int:
    """Print rules for kept lines that occur often, as YAML; return the exit code."""
    settings = settings_of(args)
    where = args.corpus or settings.raw
    unreadable: dict[str, Unreadable] = {}  # a dict, as the corpus is read twice
    found = suggestions(
        lambda: prepared_corpus(where, keys=settings.keys, unreadable=lambda item: unreadable.update({item.id: item})),
        program_of(settings)[0],
        documents=args.documents,
        hosts=args.hosts,
        limit=args.limit,
    )
    for item in unreadable.values():
        output.remark(str(item))
    if found:
        output.document("rules:\n" + "\n".join(map(str, found)))
    else:
        asked = f"{counted(args.documents, 'document')} of {counted(args.hosts, 'site')}"
        output.remark(f"no kept line occurs in {asked} or more")
    return 1 if unreadable else 0


def schema(_args: argparse.Namespace) -> int:
    """Print the JSON Schema of rule files; return the exit code."""
    output.document(rule_schema.dump())
    return 0


def docs(args: argparse.Namespace) -> int:
    """Write a page of rules for each label, and an index; return the exit code."""
    written = pages(rules_in_force(settings_of(args)))
    with output_errors(args.out):
        args.out.mkdir(parents=True, exist_ok=True)
        for name, text in written.items():
            (args.out / name).write_text(text, "utf-8")
    output.line(f"{args.out / INDEX}: {len(written) - 1} pages")
    return 0
