"""Defines the commands, arguments and help. Imports only the standard library, so that `--help` is fast."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from cleaner.model.escape import shown

_EXIT_CODES = """\
exit codes:
  0  finished, without findings
  1  finished, with findings: some input could not be read, or a check or an example failed
     (`build` lists unreadable input in `rejected` and exits with 0; if less than --min-readable could be read,
     it exits with 1 and keeps the last dataset)
  2  failed: invalid arguments, settings or rules, or a path that can't be read or written
  130  interrupted; no file is left half-written
"""

_MAIN = """\
examples:
  cleaner build                       raw/ → dist/, a dataset that datasets.load_dataset("dist") reads
  cleaner clean article.txt           the clean text, on standard output
  cleaner explain article.txt         the article with every removed piece, its label and its rule
  cleaner rules check                 all faults in the rule files, with path, line and column

Rules are read from --rules DIR, else from rules/ in the working folder, else from the installed package.
Settings are read from cleaner.toml, else from [tool.cleaner] in pyproject.toml. Options override settings.
"""


def _add(commands: Any, name: str, call: str, summary: str, examples: str = "") -> argparse.ArgumentParser:
    text = f"examples:\n{examples}\n{_EXIT_CODES}" if examples else _EXIT_CODES
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=summary[:1].upper() + summary[1:] + ".", epilog=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.set_defaults(call=call)
    return parser


def _rules_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", type=Path, metavar="DIR", help="folder of rule files")


def _cleaning_options(parser: argparse.ArgumentParser) -> None:
    _rules_option(parser)
    parser.add_argument("--experimental", action="store_true", help="let experimental rules remove text, too")
    parser.add_argument(
        "--suppress", action="append", default=[], metavar="RULE[@HOST]",
        help="switch a rule off, on one host only if HOST is given; * and ? are wildcards (repeatable)",
    )  # fmt: skip
    parser.add_argument("--budget", type=float, metavar="SHARE", help="share of a document that rules may drop")
    parser.add_argument(
        "--whole-pages", choices=["auto", "always", "never"],
        help="which texts are whole pages, with menus: those detected as such (auto), all (always), or none (never)",
    )  # fmt: skip
    _keys_options(parser)


def _keys_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--text-field", action="append", metavar="KEY",
        help="record key of the text (text); several keys, with commas or repeated, are tried in order",
    )  # fmt: skip
    parser.add_argument(
        "--html-field", metavar="KEY", help="record key of the HTML page, used if the record has no text (html)"
    )


def _build(commands: Any) -> None:
    parser = _add(
        commands, "build", "build:build_command", "clean a corpus and write it as a dataset",
        "  cleaner build\n  cleaner build 'crawl/**/*.jsonl.zst' out --workers 8\n",
    )  # fmt: skip
    parser.add_argument(
        "raw", nargs="?", help="input: a folder, a file, a glob, or an address like s3://bucket/folder (raw)"
    )
    parser.add_argument("dist", nargs="?", help="output: a folder, or an address (dist)")
    parser.add_argument("--workers", type=int, metavar="N", help="number of processes; 0: one for each core")
    parser.add_argument(
        "--engine",
        choices=["local", "ray"],
        help="where shards are cleaned: on this machine (local, the default) or on a Ray cluster (ray)",
    )
    parser.add_argument(
        "--learn", action="store_true", help="first learn rules for what repeats on the sites of the input"
    )
    parser.add_argument("--no-cache", action="store_true", help="reuse nothing from an earlier build")
    parser.add_argument(
        "--min-readable", type=float, metavar="SHARE",
        help="fail and keep the last dataset if a smaller share of the documents could be read (0.5)",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="print no progress bar and no summary")
    _duplicates_options(parser)
    _cleaning_options(parser)


def _duplicates_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--duplicates", choices=["near", "exact", "keep"],
        help="drop near duplicates (near, the default), only documents with the same words (exact), or none (keep)",
    )  # fmt: skip
    parser.add_argument("--similarity", type=float, metavar="SHARE", help="least similarity of near duplicates (0.8)")
    parser.add_argument(
        "--prefer", action="append", default=[], metavar="HOST",
        help="among duplicates keep the document of this site (repeatable, the most preferred first)",
    )  # fmt: skip
    parser.add_argument(
        "--against", action="append", default=[], metavar="DATASET",
        help="also drop duplicates of this dataset: a folder, a file or a glob (repeatable)",
    )  # fmt: skip
    parser.add_argument(
        "--max-paragraph-repeats", type=int, metavar="N", help="remove paragraphs that occur in more than N documents"
    )


def _clean(commands: Any) -> None:
    parser = _add(
        commands, "clean", "clean:clean_command", "clean texts to standard output",
        "  cleaner clean article.txt\n  cat article.txt | cleaner clean\n"
        "  cleaner clean --jsonl < records.jsonl > clean.jsonl\n",
    )  # fmt: skip
    parser.add_argument(
        "files", nargs="*", default=["-"], help="files, folders, globs or addresses; - for standard input"
    )
    parser.add_argument(
        "--jsonl", action="store_true",
        help="write JSON lines: one for each article, with its text, metadata and removed pieces; "
        "standard input is JSON lines with `text` or `html`, and optionally `id` and `url`",
    )  # fmt: skip
    _cleaning_options(parser)


def _explain(commands: Any) -> None:
    parser = _add(
        commands, "explain", "explain:explain_command",
        "show an article with every removed piece, its label and its rule",
        "  cleaner explain article.txt\n  cleaner explain article.txt:12     why line 12 was kept or removed\n"
        "  cleaner explain article.txt --rule caption/alt-text\n",
    )  # fmt: skip
    parser.add_argument("file", help="a file, or FILE:LINE for one line; - for standard input")
    parser.add_argument("--rule", metavar="ID", help="show only the matches and near misses of this rule")
    parser.add_argument("--url", help="URL of the page, which selects the rules of its site")
    parser.add_argument("--near", type=int, default=12, metavar="N", help="number of near misses to show (12)")
    _cleaning_options(parser)


def _diff(commands: Any) -> None:
    parser = _add(
        commands, "diff", "diff:diff_command", "show the effect of a rule change across a corpus",
        "  cleaner diff                            the committed rules against the edited ones, on raw/\n"
        "  cleaner diff HEAD~1 . dist              against another revision, on a built dataset\n"
        "  cleaner diff --stat --fail-if 'restored_words > 100'\n\n"
        "A rule pack is a folder, a git revision of rules/, or . for rules/ as it is now.\n"
        "For this command, exit code 1 means that something changes (with --fail-if: that a condition holds).\n",
    )  # fmt: skip
    parser.add_argument("old", nargs="?", default="HEAD", metavar="A", help="the old rule pack (HEAD)")
    parser.add_argument("new", nargs="?", default=".", metavar="B", help="the new rule pack (., the working tree)")
    parser.add_argument("corpus", nargs="?", help="readable input, or a built dataset (raw)")
    parser.add_argument("--stat", action="store_true", help="print only the figures")
    parser.add_argument("--json", dest="output", action="store_const", const="json", default="text", help="print JSON")
    parser.add_argument(
        "--html", dest="output", action="store_const", const="html", help="write one HTML page with whole lines"
    )
    parser.add_argument("--out", metavar="FILE", help="output file of --html (standard output)")
    parser.add_argument("--rule", metavar="ID", help="show only the changes by this rule")
    parser.add_argument("--label", help="show only the changes by rules with this label")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="number of documents to show; 0: all (20)")
    parser.add_argument(
        "--full",
        action="store_true",
        help="clean every document with both packs, also those that the change can't affect",
    )
    parser.add_argument(
        "--fail-if", action="append", default=[], metavar="CONDITION",
        help="exit with 1 only if this holds, for example 'restored_words > 100' (repeatable)",
    )  # fmt: skip
    _cleaning_options(parser)


def _rules(commands: Any) -> None:
    rules = _add(commands, "rules", "", "list, check, test and write rules")
    inner = rules.add_subparsers(metavar="COMMAND", title="commands")
    listing = _add(inner, "list", "rules:list_rules", "list rules", "  cleaner rules list --label ad\n")
    listing.add_argument("--label", help="list only rules with this label")
    listing.add_argument("--language", metavar="CODE", help="list only rules for this language")
    listing.add_argument("--kind", help="list only rules of this kind")
    show = _add(inner, "show", "rules:show", "show one rule, its place in the rule files and its index literals")
    show.add_argument("id", help="the rule's id")
    check = _add(inner, "check", "rules:rules_check", "report all faults in the rule files",
                 "  cleaner rules check\n  cleaner rules check --format github\n")  # fmt: skip
    check.add_argument("--format", choices=["text", "json", "github", "sarif"], default="text")
    check.add_argument("--strict", action="store_true", help="report warnings, and fail on them, too")
    check.add_argument("--examples", action="store_true", help="also run every example")
    check.add_argument(
        "--against", metavar="A", help="report rule ids whose meaning changed since this revision or folder"
    )
    test = _add(inner, "test", "rules:test", "run every example of every rule", "  cleaner rules test 'ads/*'\n")
    test.add_argument("only", nargs="*", metavar="ID", help="run only these rules; * and ? are wildcards")
    for parser in (listing, show, check, test):
        _rules_option(parser)
    _health(inner)
    _authoring(inner)


def _health(inner: Any) -> None:
    parser = _add(
        inner, "stats", "rules_stats:stats", "report rules that look wrong on a corpus, and what each rule does",
        "  cleaner rules stats\n  cleaner rules stats new-crawl/ --last dist    which rules find less than before?\n"
        "  cleaner rules stats dist --all\n",
    )  # fmt: skip
    parser.add_argument("corpus", nargs="?", help="readable input, or a built dataset (raw)")
    parser.add_argument("--last", metavar="DIST", help="the dataset to compare with (dist)")
    parser.add_argument(
        "--limit", type=int, default=10, metavar="N", help="number of rules to show for each finding (10)"
    )
    parser.add_argument("--all", action="store_true", help="show all findings, and the figures of every rule")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    _cleaning_options(parser)


def _authoring(inner: Any) -> None:
    new = _add(
        inner, "new", "rules_write:new", "write a rule from a line of text",
        "  cleaner rules new 'Story continues below this ad'\n"
        "  cleaner rules new 'Mehr zum Thema' --label related --language de --into rules/de/related.yaml\n"
        "  cleaner rules new 'Read more' --corpus raw     with the most similar prose as `keeps`\n",
    )  # fmt: skip
    new.add_argument("text", metavar="TEXT", help="the line of text, in quotes")
    new.add_argument("--label", help="the rule's label (default: that of rules with words in common)")
    new.add_argument("--id", help="the rule's id (default: its topic and the first words)")
    new.add_argument("--kind", choices=["line", "pattern", "inline"], default="line", help="the rule's kind (line)")
    new.add_argument(
        "--language",
        metavar="CODE",
        help="the rule's language (default: all languages, or that of the lines in --corpus)",
    )
    new.add_argument("--corpus", help="corpus to search for the line and for prose that the rule must keep")
    new.add_argument("--into", type=Path, metavar="FILE", help="the rule file to append to (standard output)")
    _keys_options(new)
    suggest = _add(
        inner, "suggest", "rules_write:rules_suggest",
        "propose rules for kept lines that occur in many documents",
        "  cleaner rules suggest\n  cleaner rules suggest dist --documents 20 > new.yaml\n",
    )  # fmt: skip
    suggest.add_argument("corpus", nargs="?", help="readable input, or a built dataset (raw)")
    suggest.add_argument(
        "--documents", type=int, default=5, metavar="N", help="least number of documents that contain the line (5)"
    )
    suggest.add_argument(
        "--hosts", type=int, default=2, metavar="N", help="least number of sites that contain the line (2)"
    )
    suggest.add_argument("--limit", type=int, default=20, metavar="N", help="number of rules to propose (20)")
    _cleaning_options(suggest)
    _add(inner, "schema", "rules_write:schema", "print the JSON Schema of rule files",
         "  cleaner rules schema > rules/schema.json\n")  # fmt: skip
    fit = _add(
        inner, "fit", "rules_fit:rules_fit",
        "fit the scorecards of article_region rules to pages whose article is known",
        "  cleaner rules fit gold.jsonl --text page --articles gold --name page --into rules/lists/page.yaml\n"
        "  cleaner rules fit news.jsonl.gz --pages html/ --name markup --into rules/lists/markup.yaml\n"
        "  cleaner rules fit marked.jsonl --pieces gold_removed --name residue --into rules/lists/residue.yaml\n",
    )  # fmt: skip
    fit.add_argument(
        "gold", nargs="+", type=Path, help="records whose `gold` is the article's text; .jsonl or .jsonl.gz"
    )
    fit.add_argument(
        "--text", action="append", metavar="FIELD", help="field of the page's text; a.b is the field b of the field a"
    )
    fit.add_argument("--pages", type=Path, metavar="DIR", help="folder of the pages: DIR/RECORDS/ID.html.gz")
    fit.add_argument("--articles", action="append", metavar="FIELD", help="field of a text that is not a whole page")
    fit.add_argument(
        "--texts", action="append", metavar="PATH", help="file or folder of texts that are not whole pages"
    )
    fit.add_argument(
        "--pieces", metavar="FIELD",
        help="fit a residue rule to articles in `text`: field of the marked pieces, with start, end, and kind "
             "(`?` at its end: doubtful); records without it are articles in `gold`",
    )  # fmt: skip
    fit.add_argument("--name", default="page", help="prefix of the lists' names (page)")
    fit.add_argument(
        "--change", type=float, default=0.5, help="cost of each change between article and boilerplate (0.5)"
    )
    fit.add_argument("--into", type=Path, metavar="FILE", help="output file (standard output)")
    docs = _add(inner, "docs", "rules_write:docs", "write one page of rules for each label, and an index")
    docs.add_argument("out", nargs="?", type=Path, default=Path("docs/rules"), help="output folder (docs/rules)")
    for parser in (new, docs):
        _rules_option(parser)


def _paragraphs(commands: Any) -> None:
    parser = _add(
        commands, "paragraphs", "paragraphs:paragraphs_command", "list the most frequent paragraphs of a dataset",
        "  cleaner paragraphs\n  cleaner paragraphs dist --documents 100 --json    candidates for new rules\n",
    )  # fmt: skip
    parser.add_argument("dist", nargs="?", help="a built dataset (dist)")
    parser.add_argument(
        "--documents", type=int, default=10, metavar="N", help="list paragraphs that occur in more than N articles (10)"
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="number of paragraphs to show (20)")
    parser.add_argument("--json", action="store_true", help="print whole paragraphs as JSON")


def _learn(commands: Any) -> None:
    parser = _add(
        commands, "learn", "learn:learn_command", "write rules for what repeats on the sites of a corpus",
        "  cleaner learn crawl/                     a file for each site, in rules/sites/\n"
        "  cleaner learn dist --out learned-rules   a new rule folder: the rules in force, and those for the sites\n",
    )  # fmt: skip
    parser.add_argument("corpus", nargs="?", help="readable input, or a built dataset (raw)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="rule folder to write to; a new one begins with the rules in force (rules)",
    )
    _cleaning_options(parser)


def _completion(commands: Any) -> None:
    parser = _add(
        commands, "completion", "completion:completion_command", "print a shell script that completes commands",
        "  cleaner completion bash > ~/.local/share/bash-completion/completions/cleaner\n",
    )  # fmt: skip
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"])


COMMANDS: tuple[Callable[[Any], None], ...] = (
    _build,
    _clean,
    _explain,
    _diff,
    _paragraphs,
    _learn,
    _rules,
    _completion,
)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from cleaner import __version__

        sys.stdout.write(f"cleaner {__version__}\n")
        parser.exit()


class _Parser(argparse.ArgumentParser):
    """Escapes control characters in messages, and fails if the help can't be printed."""

    def error(self, message: str) -> NoReturn:
        super().error(shown(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `args.call` is `module:function` below `cleaner.cli`."""
    parser = _Parser(
        prog="cleaner",
        description="A rule-driven cleaner for text corpora: every removed character is signed by a rule.",
        epilog=_MAIN + "\n" + _EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for add in COMMANDS:
        add(commands)
    return parser
