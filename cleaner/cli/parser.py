"""What can be typed: commands, arguments, help. Only the standard library, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from cleaner.model.escape import shown

_EXIT_CODES = """\
exit codes:
  0  done; nothing to say
  1  done, and there is something to say: some input could not be read, a check or example failed
     (`build` counts what it can't read in `rejected`, and ends with 0; where less than --min-readable could be read
     it ends with 1, and the last dataset stays)
  2  not done: wrong arguments, settings, rules, or a place that can't be read or written
  130  interrupted; nothing is left half-written
"""

_MAIN = """\
examples:
  cleaner build                       raw/ → dist/, a dataset that datasets.load_dataset("dist") reads
  cleaner clean article.txt           the clean text, on standard output
  cleaner explain article.txt         the article with every removed piece, its label and its rule
  cleaner rules check                 all faults of the rule files, with path, line and column

Rules come from --rules DIR, else from rules/ in the working folder, else from the installed package.
Settings come from cleaner.toml, else from [tool.cleaner] in pyproject.toml; options go before them.
"""


def _add(commands: Any, name: str, call: str, told: str, examples: str = "") -> argparse.ArgumentParser:
    text = f"examples:\n{examples}\n{_EXIT_CODES}" if examples else _EXIT_CODES
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=told, description=told[:1].upper() + told[1:] + ".", epilog=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.set_defaults(call=call)
    return parser


def _rules_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", type=Path, metavar="DIR", help="folder of rule files")


def _cleaning_options(parser: argparse.ArgumentParser) -> None:
    _rules_option(parser)
    parser.add_argument("--experimental", action="store_true", help="let experimental rules remove, too")
    parser.add_argument(
        "--suppress", action="append", default=[], metavar="RULE[@HOST]",
        help="switch a rule off, on a host alone if one is named; * and ? are wildcards (may be given again)",
    )  # fmt: skip
    parser.add_argument("--budget", type=float, metavar="SHARE", help="share of a document that rules may drop")
    parser.add_argument(
        "--whole-pages", choices=["auto", "always", "never"],
        help="which texts are whole pages, menus and all: those that look it (auto), all, or none",
    )  # fmt: skip
    _keys_options(parser)


def _keys_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--text-field", action="append", metavar="KEY",
        help="key of a record that holds its text (text); several, with commas or given again, are tried in order",
    )  # fmt: skip
    parser.add_argument("--html-field", metavar="KEY", help="key that holds its page, where it has no text (html)")


def _build(commands: Any) -> None:
    parser = _add(
        commands, "build", "build:build_command", "clean a corpus and write it as a dataset",
        "  cleaner build\n  cleaner build 'crawl/**/*.jsonl.zst' out --workers 8\n",
    )  # fmt: skip
    parser.add_argument(
        "raw", nargs="?", help="a folder, a file, a glob, or an address such as s3://bucket/folder (raw)"
    )
    parser.add_argument("dist", nargs="?", help="where the dataset is written: a folder, or an address (dist)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes; 0 for one a core")
    parser.add_argument("--engine", choices=["local", "ray"], help="where they run: here, or on a Ray cluster (local)")
    parser.add_argument("--afresh", action="store_true", help="take nothing over from an earlier build")
    parser.add_argument(
        "--min-readable", type=float, metavar="SHARE",
        help="fail, and keep the last dataset, where less of the documents could be read (0.5)",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    _duplicates_options(parser)
    _cleaning_options(parser)


def _duplicates_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--duplicates", choices=["near", "exact", "keep"],
        help="drop documents that nearly repeat another (near), those with the same words alone (exact), or none",
    )  # fmt: skip
    parser.add_argument(
        "--similarity", type=float, metavar="SHARE", help="how alike near duplicates are at least (0.8)"
    )
    parser.add_argument(
        "--prefer", action="append", default=[], metavar="HOST",
        help="keep this site's document among duplicates (may be given again, the most preferred first)",
    )  # fmt: skip
    parser.add_argument(
        "--against", action="append", default=[], metavar="DATASET",
        help="drop what repeats this dataset, too: a folder, a file or a glob (may be given again)",
    )  # fmt: skip
    parser.add_argument(
        "--repeated", type=int, metavar="N", help="take out paragraphs that stand in more than N documents"
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
        help="JSON lines out, one an article with text, metadata and what was removed; "
        "standard input is JSON lines with `text` or `html`, and `id`, `url` where known",
    )  # fmt: skip
    _cleaning_options(parser)


def _explain(commands: Any) -> None:
    parser = _add(
        commands, "explain", "explain:explain_command",
        "show an article with every removed piece, its label and its rule",
        "  cleaner explain article.txt\n  cleaner explain article.txt:12     why line 12 was kept, or not\n"
        "  cleaner explain article.txt --rule caption/alt-text\n",
    )  # fmt: skip
    parser.add_argument("file", help="a file, or FILE:LINE for one line; - for standard input")
    parser.add_argument("--rule", metavar="ID", help="only what this rule did, or nearly did")
    parser.add_argument("--url", help="the page's address, which chooses the rules of its site")
    parser.add_argument("--near", type=int, default=12, metavar="N", help="how many near misses to show (12)")
    _cleaning_options(parser)


def _diff(commands: Any) -> None:
    parser = _add(
        commands, "diff", "diff:diff_command", "show what a change of rules changes across a corpus",
        "  cleaner diff                            what is committed against what is edited, on raw/\n"
        "  cleaner diff HEAD~1 . dist              another revision, on a dataset that was built\n"
        "  cleaner diff --stat --fail-if 'restored_words > 100'\n\n"
        "A rule pack is named by its folder, by a git revision of rules/, or by . for rules/ as it is now.\n"
        "Here 1 tells that something changes (with --fail-if: that a condition holds).\n",
    )  # fmt: skip
    parser.add_argument("old", nargs="?", default="HEAD", metavar="A", help="the pack before (HEAD)")
    parser.add_argument("new", nargs="?", default=".", metavar="B", help="the pack after (. the working tree)")
    parser.add_argument("corpus", nargs="?", help="what can be read, or a dataset that was built (raw)")
    parser.add_argument("--stat", action="store_true", help="the figures alone")
    parser.add_argument("--json", dest="output", action="store_const", const="json", default="text")
    parser.add_argument("--html", dest="output", action="store_const", const="html", help="one page, whole")
    parser.add_argument("--out", metavar="FILE", help="where --html is written (standard output)")
    parser.add_argument("--rule", metavar="ID", help="only what this rule changes")
    parser.add_argument("--label", help="only what rules with this label change")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many documents to show; 0 for all (20)")
    parser.add_argument("--full", action="store_true", help="clean every document twice, whatever can change")
    parser.add_argument(
        "--fail-if", action="append", default=[], metavar="CONDITION",
        help="exit with 1 only where this holds, such as 'restored_words > 100' (may be given again)",
    )  # fmt: skip
    _cleaning_options(parser)


def _rules(commands: Any) -> None:
    rules = _add(commands, "rules", "", "look at, check, test and write the rules")
    inner = rules.add_subparsers(metavar="COMMAND", title="commands")
    listing = _add(inner, "list", "rules:list_rules", "list the rules", "  cleaner rules list --label ad\n")
    listing.add_argument("--label", help="only rules with this label")
    listing.add_argument("--language", metavar="CODE", help="only rules for this language")
    listing.add_argument("--kind", help="only rules of this kind")
    show = _add(inner, "show", "rules:show", "show one rule, where it is written and how it is looked up")
    show.add_argument("id", help="the rule's id")
    check = _add(inner, "check", "rules:rules_check", "tell all faults of the rule files",
                 "  cleaner rules check\n  cleaner rules check --format github\n")  # fmt: skip
    check.add_argument("--format", choices=["text", "json", "github", "sarif"], default="text")
    check.add_argument("--strict", action="store_true", help="tell warnings, and let them fail, too")
    check.add_argument("--examples", action="store_true", help="run every example, too")
    check.add_argument("--against", metavar="A", help="tell ids that changed meaning since: a revision or a folder")
    test = _add(inner, "test", "rules:test", "run every example of every rule", "  cleaner rules test 'ads/*'\n")
    test.add_argument("only", nargs="*", metavar="ID", help="only these rules; * and ? are wildcards")
    for parser in (listing, show, check, test):
        _rules_option(parser)
    _health(inner)
    _authoring(inner)


def _health(inner: Any) -> None:
    parser = _add(
        inner, "stats", "rules_stats:stats", "tell the health of the rules on a corpus",
        "  cleaner rules stats\n  cleaner rules stats new-crawl/ --last dist    what do rules find less than before?\n"
        "  cleaner rules stats dist --all\n",
    )  # fmt: skip
    parser.add_argument("corpus", nargs="?", help="what can be read, or a dataset that was built (raw)")
    parser.add_argument("--last", metavar="DIST", help="the build to compare with (dist)")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="how many rules to show of each sort (10)")
    parser.add_argument("--all", action="store_true", help="show all of them, and the figures of every rule")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    _cleaning_options(parser)


def _authoring(inner: Any) -> None:
    new = _add(
        inner, "new", "rules_write:new", "write a rule from a line of text",
        "  cleaner rules new 'Story continues below this ad'\n"
        "  cleaner rules new 'Mehr zum Thema' --label related --language de --into rules/de/related.yaml\n"
        "  cleaner rules new 'Read more' --corpus raw     with the prose nearest to it as `keeps`\n",
    )  # fmt: skip
    new.add_argument("text", metavar="TEXT", help="the line, in quotes")
    new.add_argument("--label", help="what it is; else what rules with words in common say")
    new.add_argument("--id", help="the rule's id; else its topic and the first words")
    new.add_argument("--kind", choices=["line", "pattern", "inline"], default="line", help="the rule's kind (line)")
    new.add_argument("--language", metavar="CODE", help="the language it is for; else for all, or as the corpus says")
    new.add_argument("--corpus", help="where to look for prose that it must keep, and where the line stands")
    new.add_argument("--into", type=Path, metavar="FILE", help="the rule file to put it in (standard output)")
    _keys_options(new)
    suggest = _add(
        inner, "suggest", "rules_write:rules_suggest",
        "propose rules for lines that repeat across documents and are kept",
        "  cleaner rules suggest\n  cleaner rules suggest dist --documents 20 > new.yaml\n",
    )  # fmt: skip
    suggest.add_argument("corpus", nargs="?", help="what can be read, or a dataset that was built (raw)")
    suggest.add_argument("--documents", type=int, default=5, metavar="N", help="a line stands in so many at least (5)")
    suggest.add_argument("--hosts", type=int, default=2, metavar="N", help="on so many sites at least (2)")
    suggest.add_argument("--limit", type=int, default=20, metavar="N", help="how many rules to propose (20)")
    _cleaning_options(suggest)
    _add(inner, "schema", "rules_write:schema", "print the JSON Schema of rule files",
         "  cleaner rules schema > rules/schema.json\n")  # fmt: skip
    fit = _add(
        inner, "fit", "rules_fit:rules_fit",
        "fit the scorecards of structure rules to pages of which the article is known",
        "  cleaner rules fit gold.jsonl --text page --articles gold --name page --into rules/lists/page.yaml\n"
        "  cleaner rules fit news.jsonl.gz --pages html/ --name markup --into rules/lists/markup.yaml\n",
    )  # fmt: skip
    fit.add_argument("gold", nargs="+", type=Path, help="records with `gold`, the article's text; .jsonl or .jsonl.gz")
    fit.add_argument("--text", action="append", metavar="FIELD", help="the field of the page's text; a.b for b in a")
    fit.add_argument("--pages", type=Path, metavar="DIR", help="folder of the pages: DIR/RECORDS/ID.html.gz")
    fit.add_argument("--articles", action="append", metavar="FIELD", help="a field of text that is no whole page")
    fit.add_argument(
        "--texts", action="append", metavar="PATH", help="a file or folder of texts that are no whole pages"
    )
    fit.add_argument("--name", default="page", help="what the lists' names begin with (page)")
    fit.add_argument("--change", type=float, default=0.5, help="what a change between article and furniture costs")
    fit.add_argument("--into", type=Path, metavar="FILE", help="the file to write; else it is printed")
    docs = _add(inner, "docs", "rules_write:docs", "write a page for each label's rules, and an index")
    docs.add_argument("out", nargs="?", type=Path, default=Path("docs/rules"), help="the folder (docs/rules)")
    for parser in (new, docs):
        _rules_option(parser)


def _repeats(commands: Any) -> None:
    parser = _add(
        commands, "repeats", "repeats:repeats_command", "list the paragraphs that stand in most articles of a dataset",
        "  cleaner repeats\n  cleaner repeats dist --documents 100 --json    the next rules to write?\n",
    )  # fmt: skip
    parser.add_argument("dist", nargs="?", help="a dataset that was built (dist)")
    parser.add_argument("--documents", type=int, default=10, metavar="N", help="in more than so many articles (10)")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many to show (20)")
    parser.add_argument("--json", action="store_true", help="whole paragraphs, as JSON")


def _completion(commands: Any) -> None:
    parser = _add(
        commands, "completion", "completion:completion_command", "print a script that completes commands in your shell",
        "  cleaner completion bash > ~/.local/share/bash-completion/completions/cleaner\n",
    )  # fmt: skip
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"])


COMMANDS: tuple[Callable[[Any], None], ...] = (_build, _clean, _explain, _diff, _repeats, _rules, _completion)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from cleaner import __version__  # noqa: PLC0415

        sys.stdout.write(f"cleaner {__version__}\n")
        parser.exit()


class _Parser(argparse.ArgumentParser):
    """Its messages hold nothing that a terminal obeys, and it fails where its help can't be printed."""

    def error(self, message: str) -> NoReturn:
        super().error(shown(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `args.call` is `module:function` below `cleaner.cli`."""
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
