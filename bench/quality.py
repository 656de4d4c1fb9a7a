"""Score the rules, and others, on the real pages of ../shared: `make quality`.

Writes docs/quality.md and docs/quality.svg when all of it is measured, and in any case .cleaner/quality/worst.md, which
shows lines of pages and stays out of git. Ends with 1 where a figure is below its floor in bench/floors.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

from bench import floors, plot, report
from bench.folds import Lists, fitted_folds, of_fold, unseen_fold
from bench.measured import OURS, RAW, Job, Results
from bench.pages import (
    FLAT,
    GOLD,
    HTML,
    ROOT,
    SETS,
    SHARED,
    Record,
    digest,
    document,
    host,
    inputs_of,
    pages,
    pages_file,
)
from bench.peers import PEERS
from bench.scores import (
    SCORER,
    Row,
    kept,
    labels_of,
    metadata_faults,
    metadata_scores,
    scores,
    splitter,
    summary,
    told_lines,
)
from cleaner.cleaning.clean import clean_document
from cleaner.matching.program import Program, compile_program
from cleaner.rules.load import load_pack

WORK = ROOT / ".cleaner" / "quality"
FLOORS = ROOT / "bench" / "floors.json"
_BESIDE = (HTML, GOLD, *FLAT, "trafilatura")  # inputs on which the others run as well


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, compare with the floors, and write what was asked for. 1 where something fell."""
    args = _arguments(arguments)
    if not SCORER.is_file():
        print(f"the evaluation pages are not here: {SHARED.name}/eval and {SHARED.name}/tools/score.py are needed, "
              f"beside this folder ({SHARED})", file=sys.stderr)  # fmt: skip
        return 2
    began = monotonic()
    absent = sorted(filter(None, (peer.absence for peer in PEERS.values())))
    print("\n".join(absent), file=sys.stderr, end="\n" if absent else "")
    validated = args.cross_validate if args.cross_validate is not None else args.limit is None
    folds = fitted_folds(load_pack(args.rules), WORK / "folds", args.limit) if validated else []
    results = _measured(args, folds)
    figures = {job: summary(rows) for job, rows in results.items() if rows}
    whole = args.limit is None and validated and set(args.sets) == set(SETS)
    about = report.About(validated=validated, splitter=splitter()[0], limit=args.limit, absent=absent)
    page = ROOT / "docs" / "quality.md" if whole else WORK / "quality.md"
    WORK.mkdir(parents=True, exist_ok=True)
    page.write_text(report.document(results, figures, about), "utf-8")
    page.with_suffix(".svg").write_text(plot.svg(figures), "utf-8")
    (WORK / "worst.md").write_text(report.worst(results), "utf-8")
    print(report.brief(figures))
    print(f"{page.relative_to(ROOT)}, {WORK.relative_to(ROOT)}/worst.md; {(monotonic() - began) / 60:.1f} minutes")
    if args.limit is not None or not validated:
        print("floors: not looked at, as they are of all pages, cross-validated")
        return 0
    ours = {job.of: own for job, own in figures.items() if job.text == OURS}
    return floors.held(FLOORS, ours, args.sets, update=args.update, lower=args.lower)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.quality", description=__doc__.partition("\n")[0] if __doc__ else None)
    names = ", ".join(SETS)
    parser.add_argument("--sets", type=_sets, default=tuple(SETS), metavar="NAME,...", help=f"of {names}; all")
    parser.add_argument("--limit", type=int, metavar="N", help="pages of each set; with the weights as they ship")
    parser.add_argument(
        "--cross-validate", action=argparse.BooleanOptionalAction,
        help="article region weights that saw no page of the site (as without --limit); fits five folds, then kept",
    )  # fmt: skip
    parser.add_argument("--update", action="store_true", help="raise the floors to what was reached")
    parser.add_argument("--lower", action="store_true", help="and lower those that weren't reached")
    parser.add_argument("--rules", type=Path, default=ROOT / "rules", metavar="DIR")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes at most (2)")
    return parser.parse_args(arguments)


def _sets(given: str) -> tuple[str, ...]:
    names = tuple(filter(None, given.split(",")))
    if unknown := [name for name in names if name not in SETS]:
        raise argparse.ArgumentTypeError(f"no set {', '.join(unknown)}; there are {', '.join(SETS)}")
    return names


# ---------------------------------------------------------------------------------------------------
# Jobs, each in one of a few processes


def jobs(sets: Sequence[str]) -> list[Job]:
    """Every text of every input: as it came, ours, and the others' where they run."""
    found = []
    for name in sets:
        for kind in inputs_of(name):
            texts = [OURS] if kind == HTML else [RAW, OURS]
            if kind in _BESIDE and not (kind == "trafilatura" and name == "aeb"):
                here = (peer for peer in PEERS.values() if peer.html == (kind == HTML) and peer.version is not None)
                texts += [peer.name for peer in here]
            found += [Job(name=name, kind=kind, text=text) for text in texts]
    return found


def _measured(args: argparse.Namespace, folds: Sequence[Lists]) -> Results:
    wanted = jobs(args.sets)
    found: dict[Job, Sequence[Row]] = {}
    context = get_context("spawn")
    with context.Pool(args.workers, _begin, (args.rules, tuple(folds), args.limit)) as pool:
        # A set is read once a process: its jobs follow one another.
        for done, (job, rows) in enumerate(pool.imap_unordered(_run, wanted), 1):
            found[job] = rows
            print(f"{done}/{len(wanted)} {job.name} {job.kind}: {job.text}", file=sys.stderr, flush=True)
    return {job: found[job] for job in wanted}


_here: dict[str, object] = {}


def _begin(rules: Path, folds: tuple[Lists, ...], limit: int | None) -> None:
    _here.update(rules=rules, folds=folds, limit=limit)


def _run(job: Job) -> tuple[Job, Sequence[Row]]:
    limit = _here["limit"]
    if job.text == OURS:
        return job, _ours(job, limit if isinstance(limit, int) else None)
    peer = PEERS.get(job.text)
    made_by = (peer.version, digest(ROOT / "bench" / "peers.py")) if peer else ()
    code = (digest(SCORER), digest(ROOT / "bench" / "scores.py"), splitter()[0])
    key = (job.name, job.kind, job.text, *made_by, *code, digest(pages_file(job.name)), SETS[job.name].metrics, limit)
    return job, kept(WORK / "rows", key, lambda: _others(job, limit if isinstance(limit, int) else None))


def _others(job: Job, limit: int | None) -> list[Row]:
    peer, metrics = PEERS.get(job.text), SETS[job.name].metrics
    rows = []
    for record, page in pages(job.name, job.kind, limit):
        text = peer.extract(page, record.get("lang")) if peer else page
        rows.append(_row(record, scores(record, text, metrics)))
    return rows


def _ours(job: Job, limit: int | None) -> list[Row]:
    rows = []
    for record, page in pages(job.name, job.kind, limit):
        article = clean_document(
            document(record, job.kind, page), _program(unseen_fold(record) if _here["folds"] else None)
        )
        found: Mapping[str, object] = {
            **scores(record, article.text, SETS[job.name].metrics),
            **metadata_scores(record, article),
            **metadata_faults(record, article),
        }
        lost, left = told_lines(record, article.text)
        rows.append(_row(record, found, labels=labels_of(record, article), lost=lost, left=left))
    return rows


def _row(record: Record, found: Mapping[str, object], **more: object) -> Row:
    own = {"id": str(record["id"]), "host": host(record), "language": record.get("lang") or "?", "scores": found}
    return Row(**own, **more)  # type: ignore[arg-type]


@cache
def _program(fold: int | None) -> Program:
    rules, folds = _here["rules"], _here["folds"]
    assert isinstance(rules, Path)
    assert isinstance(folds, tuple)
    pack = load_pack(rules)
    return compile_program(pack if fold is None else of_fold(pack, folds[fold], fold))


if __name__ == "__main__":
    sys.exit(main())
