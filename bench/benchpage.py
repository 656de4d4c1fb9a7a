"""Generates docs/benchmarks.md with its plot, and docs/scale.md, from bench/results.json."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from math import log2

from bench import results, scale
from bench.results import FULL, Fact, Results, Row

_ROW, _TOP, _LEFT, _SCALE, _RIGHT = 22, 60, 440, 360, 150  # pixels
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f } .quiet { fill: #57606a } .line { stroke: #d0d7de }
  .reach { stroke: #57606a; stroke-width: 1.5 } .met { fill: #0969da } .missed { fill: #cf222e }
  .span { stroke: #8c959f; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .line { stroke: #3d444d } .reach { stroke: #9198a1 }
    .met { fill: #4493f8 } .missed { fill: #f85149 } .span { stroke: #7d8590 }
  }"""
_DOUBLINGS = 3  # on either side of the target


def document(known: Results) -> str:
    """The page."""
    parts = [_head(known)]
    for title, full in (("Ratios", False), ("With more articles", True)):
        if rows := _of(known.rows.values(), full=full):
            parts.append(f"## {title}\n\n{_ratios(rows)}")
    parts += _notes(known.rows.values())
    if missed := {row.what: why for row in known.rows.values() if row.met is False and (why := _why(row))}:
        reasons = (f"- {what}: {why}." for what, why in missed.items())
        parts.append("## Missed targets\n\n" + "\n".join(reasons))
    if stages := [fact for fact in known.facts.values() if fact.step == "profile"]:
        parts.append(_STAGES + _shares(stages))
    if known.facts:
        parts.append(
            f"## Figures\n\nFigures of this machine, from which [Scale](scale.md) computes its plan.\n\n{_facts(known)}"
        )
    if known.absent:
        lacking = "\n".join(f"- `{name}`: {why}" for name, why in sorted(known.absent.items()))
        parts.append(f"## Not measured\n\n{lacking}")
    return "\n\n".join(parts) + "\n"


def _head(known: Results) -> str:
    where = f"Measured on {known.machine}." if known.rows else "**Nothing has been measured yet.**"
    return f"""# Benchmarks

<!-- Written by `make bench`; edit bench/benchpage.py instead. -->

Each figure is a ratio of two things that were measured in one run, on the same articles, in turns. So it applies to
other machines, unlike seconds. The seconds are listed, too: medians of the rounds, for whole processes and all their
workers, including the start. {where}

The articles are generated (`bench/corpus.py`): pages of `raw/` with their menus, bylines, captions and ads, around
generated paragraphs, 4.8 kB in 83 lines on average, in twelve languages; one in fourteen is an exact or near duplicate
of another.

- **The floor** reads the same JSON lines with pyarrow and writes them as Parquet (zstd, level 3), without any work
  between.
- **Other tools** run with two workers, like the build that they are compared with, each in a separate environment. They
  do a part of the work of a build: none of them has rules, a ledger or metadata. Their row states what they do. They
  are compared with a whole build, and with a build without rules. The latter has only the filters of documents and
  drops only exact duplicates, but detects the language, measures, computes signatures and writes all tables.
- **Rules**: documents are cleaned in one process, after the packs are compiled, the texts are read, and 2,000 other
  documents are cleaned. Packs of 50 and 500 rules are samples of the real one, or the rules of it that match most
  often, which authors write first; the pack of 5,000 contains the real one and generated rules of its kinds. A match is
  recorded, compared with the others and written, and costs more than a rule without a match: a sample matches almost
  nothing.
- **Memory** is the peak of the largest worker; the coordinating process groups the duplicates of all, and its memory
  grows with them.
- **The edit** replaces one of the many phrases of a rule by a new one; one article in a hundred contains the old one.
  The build after it reuses the results of the last.

| | |
|---|---|
| `make bench` | all steps, with 20,000 articles |
| `make bench BENCH=--full` | the same with 200,000, memory and duplicates with 1,000,000 |
| `make bench BENCH='floor edit'` | some of the steps: {", ".join(f"`{name}`" for name in STEPS_TOLD)} |
| `make bench BENCH='rules --articles 2000'` | a trial run, which writes no file |

![Each ratio relative to its target.](benchmarks.svg)"""


STEPS_TOLD = ("floor", "peers", "rules", "edit", "resume", "memory", "duplicates", "profile")


def _of(rows: Iterable[Row], *, full: bool) -> list[Row]:
    order = {name: i for i, name in enumerate(STEPS_TOLD)}
    own = [row for row in rows if row.step.endswith(FULL) == full]
    return sorted(own, key=lambda row: order.get(row.step.split()[0], len(order)))


def _ratios(rows: Sequence[Row]) -> str:
    lines = ["| | articles | numerator | denominator | ratio | target | |", "|---|--:|---|---|--:|--:|---|"]
    for row in rows:
        upper, lower = (f"{said}: {number(value)} {row.unit}" for said, value in
                        ((row.upper_is, row.upper), (row.lower_is, row.lower)))  # fmt: skip
        span = "" if row.rounds == 1 else f" ({number(row.least)} to {number(row.most)})"
        met = {None: "", True: "met", False: "**not met**"}[row.met]
        value = f"**{number(row.ratio)}**{span}"
        lines.append(f"| {row.what} | {row.articles:,} | {upper} | {lower} | {value} | {reach(row)} | {met} |")
    return "\n".join(lines)


def _notes(rows: Iterable[Row]) -> Iterator[str]:
    notes: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.note:
            what = row.what.removesuffix(", CPU").removesuffix(", wall time").removesuffix(", to a whole build")
            notes.setdefault(row.note, {})[what] = None
    if notes:
        yield "\n".join(f"- {'; '.join(what)}: {note}." for note, what in notes.items())


_WHY = {
    "floor-cpu": "the floor copies columns in C++, and examines no line. A build examines each line in a dozen steps, "
    "in Python between calls into C. [No step](#where-the-time-goes) takes as much as a sixth of the time, so removing "
    "the most expensive one would change little; the target allows an article about the time of detecting its language",
    "two-workers": "each worker compiles the patterns that it uses; planning and grouping run in one process; "
    "and there are few shards, so that one worker finishes before the other",
    "rules-whole-5000": "a sample of 50 rules matches almost nothing, and the cost depends on the matches: each is "
    "compared with others and put into the ledger. Relative to the 50 rules that match most often, in a row below, it "
    "is less",
    "diff": "with this many articles, most of the time is the start of the process and the cleaning of the changed "
    "ones: see the two figures of `cleaner diff` below. With more articles the start has a smaller share",
    "edited": "work that does not depend on single documents is repeated: the start, the grouping of all signatures, "
    "the rewriting of each shard that contains duplicates. With more articles its share is smaller",
    "memory-full": "the shards of the smaller corpus are smaller than the batch that is written at once",
    **dict.fromkeys(
        ("datatrove-whole-cpu", "data-juicer-whole-cpu"),
        "it does a few of the steps of a build; a build without rules is more similar",
    ),
}
"""The reason for each missed target, by the key of its row."""


def _why(row: Row) -> str | None:
    return _WHY.get(row.key) or _WHY.get(row.key.removesuffix("-full"))


_STAGES = """## Where the time goes

The time of each step of a build in one process (`make profile` also lists the functions), including the start and the
compilation of patterns, whose share is smaller with more articles.

"""


def _shares(stages: Sequence[Fact]) -> str:
    total = sum(fact.value for fact in stages)
    lines = [f"| {stages[0].articles:,} articles | cpu ms each | |", "|---|--:|--:|"]
    lines += [f"| {fact.what} | {number(fact.value)} | {fact.value / total:.1%} |" for fact in stages]
    return "\n".join([*lines, f"| **all** | {number(total)} | |"])


def _facts(known: Results) -> str:
    lines = ["| | | | articles |", "|---|--:|---|--:|"]
    lines += [
        f"| {fact.what} | {number(fact.value)} | {fact.unit} | {fact.articles:,} |"
        for fact in known.facts.values()
        if fact.step != "profile"
    ]
    return "\n".join(lines)


def reach(row: Row) -> str:
    """The target as a table cell."""
    return "" if row.reach is None else f"{'≥' if row.at_least else '≤'} {number(row.reach)}"


def number(value: float) -> str:
    """Format a number with its significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def line(found: Row | Fact) -> str:
    """A result as a line for the terminal."""
    if isinstance(found, Fact):
        return f"  {found.what}: {number(found.value)} {found.unit}"
    met = {None: "", True: "met", False: "NOT met"}[found.met]
    return (
        f"  {found.what}: {number(found.ratio)} ({number(found.upper)} / {number(found.lower)} {found.unit}) "
        f"{reach(found)} {met} {found.note}"
    ).rstrip()


# ---------------------------------------------------------------------------------------------------
# The plot


def svg(known: Results) -> str:
    """Plot the rows with a target, on a scale of doublings from it; right is better."""
    rows = [row for full in (False, True) for row in _of(known.rows.values(), full=full) if row.reach]
    height, width = _TOP + _ROW * len(rows) + 14, _LEFT + _SCALE + _RIGHT
    body = "\n".join([*_axis(height), *(piece for i, row in enumerate(rows) for piece in _mark(i, row))])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="Each ratio relative to its target">\n'
        f"<style>{_STYLE}\n</style>\n{body}\n</svg>\n"
    )


def _x(times: float) -> float:
    """The x coordinate of a result that is `times` as good as its target."""
    at = max(-_DOUBLINGS, min(_DOUBLINGS, log2(times) if times > 0 else -_DOUBLINGS))
    return round(_LEFT + _SCALE * (at + _DOUBLINGS) / (2 * _DOUBLINGS), 1)


def _axis(height: int) -> Iterator[str]:
    for doubling in range(-_DOUBLINGS, _DOUBLINGS + 1):
        x, kind = _x(2.0**doubling), "line" if doubling else "reach"
        said = {0: "target"}.get(doubling, f"×{2**doubling}" if doubling > 0 else f"÷{2**-doubling}")
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP - 10}" y2="{height - 10}"/>'
        yield f'<text class="quiet" x="{x}" y="{_TOP - 16}" text-anchor="middle">{said}</text>'
    said = "ratio relative to the target: right is better"
    yield f'<text class="quiet" x="{_LEFT + _SCALE}" y="18" text-anchor="end">{said}</text>'


def _mark(place: int, row: Row) -> Iterator[str]:
    y = _TOP + _ROW * place + 8
    ends = (_times(row, value) for value in (row.least, row.most))
    one, two = (_x(each) for each in ends)
    kind = "met" if row.met else "missed"
    what = row.what.replace("`", "")
    if row.step.endswith(FULL) and f"{row.articles:,}" not in what:
        what += f", {row.articles:,} articles"
    yield f'<text x="12" y="{y + 4}">{escape(what)}</text>'
    yield f'<line class="span" x1="{one}" x2="{two}" y1="{y}" y2="{y}"/>'
    yield (
        f'<circle class="{kind}" cx="{_x(_times(row, row.ratio))}" cy="{y}" r="5">'
        f"<title>{number(row.ratio)}, {reach(row)}</title></circle>"
    )
    yield (
        f'<text x="{_LEFT + _SCALE + 14}" y="{y + 4}">{number(row.ratio)} '
        f'<tspan class="quiet">{escape(reach(row))}</tspan></text>'
    )


def _times(row: Row, value: float) -> float:
    assert row.reach
    return value / row.reach if row.at_least else row.reach / value if value > 0 else 2.0**_DOUBLINGS


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/benchmarks.md": lambda: document(results.read()),
    "docs/benchmarks.svg": lambda: svg(results.read()),
    "docs/scale.md": lambda: scale.document(results.read()),
}
"""Path below the repository → function that returns its content."""
