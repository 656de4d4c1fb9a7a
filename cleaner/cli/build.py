"""`cleaner build`: builds a dataset, with a progress bar, and prints a summary."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from cleaner.cli import output
from cleaner.cli.common import rules_in_force, settings_of
from cleaner.cli.screen import Screen
from cleaner.model.document import DOUBTFUL
from cleaner.model.escape import redacted
from cleaner.pipeline.build import build
from cleaner.pipeline.report import BuildReport
from cleaner.pipeline.report import Progress as Step
from cleaner.publish.upload import is_address, publish, refuse_foreign
from cleaner.text.plural import counted

_WIDTH = 140
_BUSIEST = 10
_CAUSES_SHOWN = 8


def build_command(args: argparse.Namespace) -> int:
    """Build a dataset, publish it if `dist` is an address, and print a summary; return the exit code."""
    settings = settings_of(args)
    rules = rules_in_force(settings)
    address = settings.dist if is_address(settings.dist) else None
    if address:
        refuse_foreign(address)
    with _bar(shown=not args.quiet and sys.stderr.isatty()) as progress:
        report = build(
            settings.raw,
            Path(settings.work if address else settings.dist),
            rules=rules,
            options=settings.options,
            duplicates=settings.duplicates,
            no_cache=args.no_cache,
            learn=settings.learn,
            text_field=settings.text_field,
            min_readable=settings.min_readable,
            html_field=settings.html_field,
            workers=settings.workers or None,
            engine=settings.engine,
            shard_bytes=settings.shard_bytes,
            progress=progress,
        )
    sent = publish(report.dist, address) if address else 0
    if args.quiet:
        return 0
    try:
        console = _console()
        print_summary(report, console)
        if address:
            console.print(f"{counted(sent, 'file')} sent to [bold]{escape(redacted(address))}[/bold]")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        output.give_up(sys.stdout)
        if error.errno == errno.EBADF:  # standard output was closed by the caller
            return 0
        output.remark(
            f"standard output: {error.strerror}; the dataset is complete, but its summary could not be printed"
        )
        return 1
    return 0


def _console() -> Screen:
    """Return a console as wide as the terminal, or wide enough for the tables if the output is a file."""
    return Screen(width=None if sys.stdout.isatty() else _WIDTH)


@contextmanager
def _bar(*, shown: bool) -> Iterator[Callable[[Step], None]]:
    if not shown:
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("cleaning"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[documents]:,} documents"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Screen(stderr=True), transient=True) as bar:
        task = bar.add_task("", documents=0)
        yield lambda step: bar.update(task, completed=step.bytes, total=step.total_bytes, documents=step.documents)


def print_summary(report: BuildReport, console: Screen) -> None:
    """Print counts of documents and words, by label, rule, filter and language, and the unreadable input."""
    words_gone = sum(report.words_removed.values())
    share = words_gone / report.words_before if report.words_before else 0
    if not report.cleaned and report.documents:
        console.print("nothing has changed: no document was cleaned again")
    elif report.cleaned < report.documents:
        console.print(
            f"{report.cleaned:,} of {counted(report.documents, 'document')} cleaned; "
            "the others are reused from the last build"
        )
    console.print(
        f"[bold]{report.kept:,}[/bold] of {counted(report.documents, 'document')} kept, "
        f"[bold]{report.words_after:,}[/bold] word{'' if report.words_after == 1 else 's'}; "
        f"{counted(words_gone, 'word')} removed ({share:.1%}), "
        f"{report.words_rejected:,} in rejected documents  [dim]{report.seconds:.1f} s[/dim]\n"
    )
    grid = Table.grid(padding=(0, 4))
    grid.add_row(
        _counts("words removed by label", report.words_removed),
        _counts("pieces removed by rule, the most frequent", report.pieces, most=_BUSIEST),
        _counts("documents rejected by", report.rejected),
    )
    console.print(grid)
    for name, counts in (
        ("flagged", report.flagged),
        ("suppressed", report.suppressed),
        ("experimental, counted only", report.experimental),
        ("languages", report.languages),
    ):
        if counts:
            listed = ", ".join(f"{key or 'unknown'} {count:,}" for key, count in counts.items())
            console.print(f"[bold]{name}[/bold]  {escape(listed)}")
    if report.doubtful:
        console.print(
            "\n[bold]doubtful encoding[/bold]  [dim](`cleaner explain FILE` shows the assumed encoding)[/dim]"
        )
        _print_first(console, report.doubtful, report.flagged.get(DOUBTFUL, 0))
    faults = (*report.ignored, *report.unreadable)
    if faults:
        console.print("\n[bold]could not be read[/bold]  [dim](listed in `rejected`)[/dim]")
    _print_first(console, faults, len(faults))
    dist = escape(str(report.dist))
    console.print(f'\n[bold]{dist}[/bold]  datasets.load_dataset("{dist}")  ·  "removed"  ·  "rejected"')


def _print_first(console: Screen, items: Sequence[object], total: int) -> None:
    for item in items[:_CAUSES_SHOWN]:
        console.print(f"  {item}", markup=False)
    if total > _CAUSES_SHOWN:
        console.print(f"  … and {total - _CAUSES_SHOWN} more")


def _counts(title: str, counts: Mapping[str, int], *, most: int | None = None) -> Table:
    table = Table(title, "", box=None, header_style="bold", pad_edge=False)
    table.columns[1].justify = "right"
    for key, count in islice(counts.items(), most):
        table.add_row(key, f"{count:,}")
    if most and len(counts) > most:
        others = sum(islice(counts.values(), most, None))
        table.add_row(f"[dim]{len(counts) - most} more[/dim]", f"[dim]{others:,}[/dim]")
    if not counts:
        table.add_row("none", "")
    return table
