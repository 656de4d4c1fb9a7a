"""The figures as a page of tables, and the worst pages as a list to work from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.measured import OURS, RAW, Figures, Job, Results
from bench.pages import FLAT, GOLD, HTML, SETS
from bench.scores import FAULTS, Row, quality, summary

_HEADS: Mapping[str, str] = {
    "aeb_p": "P", "aeb_r": "R", "aeb_f1": "F1", "rouge_f1": "ROUGE-LSum", "para_f1": "lines", "chunk_f1": "chunks",
    "title": "title", "authors": "authors", "published": "date",
}  # fmt: skip
_KINDS: Mapping[str, Callable[[str], bool]] = {
    "flat pages": FLAT.__contains__,
    "HTML": lambda kind: kind == HTML,
    "extractors' texts": lambda kind: kind not in (*FLAT, HTML, GOLD),
    "gold": lambda kind: kind == GOLD,
}
_WORST = 10
_MOST_WRONG = 3.0  # percent
_LINES_TOLD = 3
_LEAST_SITES, _REPEATED_TOLD = 3, 60
_LEAST_PAGES = 2  # of a language, for a row of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """How it was measured."""

    validated: bool
    splitter: str
    limit: int | None
    absent: Sequence[str]


def document(results: Results, figures: Figures, about: About) -> str:
    """The page: how it was measured, then tables of all that was."""
    parts = [
        _head(about), _sets(results, figures), _faults(figures), _languages(results), _labels(results), _hosts(results),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _head(about: About) -> str:
    weights = (
        "The weights of article region rules (`page/*`) were fitted to the pages of aeb, multi and wcxb. So that no "
        "page is scored with weights that were fitted to it, each is cleaned here with weights of a fit without its "
        "site: five fits, each without a fifth of the publishers. Pages of chunks and readability were not used in the "
        "fit; if other pages of their publishers were, the same applies."
        if about.validated
        else "**Not cross-validated:** the weights of article region rules were fitted to the pages of aeb, multi and "
        "wcxb."
    )
    of = f" **The first {about.limit} pages of each set only.**" if about.limit is not None else ""
    absent = f"\n\nNot measured: {'; '.join(about.absent)}." if about.absent else ""
    return f"""# Quality on real pages

<!-- Written by `make quality`; edit bench/report.py instead. -->

Pages from other projects' collections whose article text is known. `make quality` scores what the rules keep of each
page, compares it with the output of other tools for the same pages, and writes this page. It needs the pages, which are
not part of this repository; without them it prints a message.{of}

{weights}{absent}

- **P, R, F1**: shingles of four words, mean over pages, as in article-extraction-benchmark. P is the share of the text
  that belongs to the article, R the share of the article that is kept.
- **ROUGE-LSum**: as in fundus-evaluation (sentences split by {about.splitter}). **lines**: F1 of whole lines.
- **chunks**: F1 of pieces that must be kept and pieces that must be removed.
- **title**, **authors**, **date**: the values that the rules find, for pages with known ones. In plain text no other
  tool finds any.
- `html` is the page itself; `inscriptis` and `beautifulsoup` are the page as plain text, with menus, the latter with a
  line break at each inline tag; `gold` is the article itself, so the difference from 100 is text wrongly removed. The
  others are the output of extractors for the HTML: "as it came" is the extractor's own figure.

![F1 of each input: unchanged, after other tools, and after the rules.](quality.svg)"""


# ---------------------------------------------------------------------------------------------------
# Tables


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> str:
    rule = ["---"] * left + ["--:"] * (len(head) - left)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _sets(results: Results, figures: Figures) -> str:
    parts = []
    for name in dict.fromkeys(job.name for job in results):
        own = {job: each for job, each in figures.items() if job.name == name}
        columns = [key for key in _HEADS if any(key in each for each in own.values())]
        pages = max(len(results[job]) for job in own)
        rows = []
        for job, each in own.items():
            cells = [f"{each[key]:.1f}" if key in each else "" for key in columns]
            bold = job.text == OURS
            rows.append([f"`{job.kind}`" if _first_of(job, own) else "", *(f"**{c}**" if bold and c else c for c in
                        (job.text, *cells))])  # fmt: skip
        table = _table(["input", "text", *(_HEADS[key] for key in columns)], rows, 2)
        parts.append(f"## {name}\n\n{pages} pages: {SETS[name].says}.\n\n{table}")
    return "\n\n".join(parts)


def _faults(figures: Figures) -> str:
    rows = [
        [job.name, f"`{job.kind}`", *(_fault(name, own.get(name)) for name in FAULTS)]
        for job, own in figures.items()
        if job.text == OURS and any(name in own for name in FAULTS)
    ]
    heads = [f"{_HEADS[name.partition('_')[0]]} {name.partition('_')[2]}" for name in FAULTS]
    return (
        "## Wrong and missing\n\nOf the pages with a known value, the share with another value, and the share with "
        f"none. Null is better than wrong: a share of wrong values above {_MOST_WRONG:g}% is bold. Authors are wrong "
        "if one of them is not in the gold.\n\n" + _table(["set", "input", *heads], rows, 2)
    )


def _fault(name: str, share: float | None) -> str:
    if share is None:
        return ""
    return f"**{share:.1f}**" if name.endswith("wrong") and share > _MOST_WRONG else f"{share:.1f}"


def _first_of(job: Job, own: Iterable[Job]) -> bool:
    return next(each for each in own if each.of == job.of) == job


def _main(figures: Mapping[str, float]) -> float | None:
    return figures.get("aeb_f1", figures.get("chunk_f1"))


def _languages(results: Results) -> str:
    parts = ["## By language\n\nF1 of shingles (of chunks, in chunks): as it came → as cleaned; P / R as cleaned."]
    for name in dict.fromkeys(job.name for job in results):
        kinds = [job.kind for job in results if job.name == name and job.text == OURS and job.kind in (HTML, *FLAT)]
        counts = _by_language(results[Job(name=name, kind=kinds[0], text=OURS)])
        if len(counts) < 2:
            continue
        rows = [
            [language, str(len(own)), *(_of_language(results, name, kind, language) for kind in kinds)]
            for language, own in sorted(counts.items(), key=lambda pair: (-len(pair[1]), pair[0]))
            if len(own) >= _LEAST_PAGES
        ]
        parts.append(f"### {name}\n\n" + _table(["language", "pages", *(f"`{kind}`" for kind in kinds)], rows, 1))
    return "\n\n".join(parts) if len(parts) > 1 else parts[0] + "\n\nOf these pages, all are in one language."


def _by_language(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row.language].append(row)
    return found


def _of_language(results: Results, name: str, kind: str, language: str) -> str:
    came, left = (
        summary(_by_language(results.get(Job(name=name, kind=kind, text=text), ())).get(language, []))
        for text in (RAW, OURS)
    )
    before, after = _main(came), _main(left)
    arrow = f"{before:.1f} → " if before is not None else ""
    shares = f" ({left['aeb_p']:.1f} / {left['aeb_r']:.1f})" if {"aeb_p", "aeb_r"} <= left.keys() else ""
    return f"{arrow}{after:.1f}{shares}" if after is not None else ""


def _labels(results: Results) -> str:
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for job, rows in results.items():
        kind = next(name for name, holds in _KINDS.items() if holds(job.kind))
        for row in rows if job.text == OURS and SETS[job.name].metrics != ("chunks",) else ():
            for label, counts in row.labels.items():
                found[label][kind] = [a + b for a, b in zip(found[label][kind], counts, strict=True)]
    order = sorted(found, key=lambda label: -sum(words for _, words, _ in found[label].values()))
    cells = [[f"`{label}`", *(_taken(found[label].get(kind)) for kind in _KINDS)] for label in order]
    return (
        "## By label\n\nWords removed, and in brackets the share of wrongly removed ones: words in "
        "shingles of four that are in the gold article and nowhere in the cleaned text.\n\n"
        + _table(["label", *_KINDS], cells, 1)
    )


def _taken(counts: Sequence[int] | None) -> str:
    if not counts or not counts[1]:
        return ""
    _, words, lacking = counts
    return f"{words:,} ({lacking / words:.2%})"


def _hosts(results: Results) -> str:
    rows = [
        [job.name, f"`{job.kind}`", ", ".join(f"{_place(row)} {100 * f1:.0f}" for row, (_, _, f1) in _worst_of(rows))]
        for job, rows in results.items()
        if job.text == OURS and job.kind in (*FLAT, HTML, GOLD)
    ]
    return (
        "## The worst pages\n\nThe ten lowest F1 of each. `.cleaner/quality/worst.md` lists the lost text and the "
        "remaining boilerplate, also by language and by label; it quotes pages, and so is not in git.\n\n"
        + _table(["set", "input", "pages, F1"], rows, 3)
    )


def _place(row: Row) -> str:
    return row.host if "." in row.host else row.id


def _worst_of(rows: Iterable[Row]) -> list[tuple[Row, tuple[float, float, float]]]:
    known = [(row, own) for row in rows if (own := quality(row)) is not None]
    return sorted((each for each in known if each[1][2] < 1.0), key=lambda each: (each[1][2], each[0].id))[:_WORST]


# ---------------------------------------------------------------------------------------------------
# The list to work from


def worst(results: Results) -> str:
    """The worst pages of each input, language and label, with beginnings of lines: not to be published."""
    ours = {job: rows for job, rows in results.items() if job.text == OURS}
    parts = [
        "# The worst pages: what they lost, and what was left\n\nThis quotes other people's pages: keep it out of git."
    ]
    parts += [f"## {job.name} {job.kind}\n\n{_pages(_worst_of(rows))}" for job, rows in ours.items()]
    parts.append("## Lines left on most sites\n\n" + ("\n".join(_repeated(ours)) or "None."))
    for job, rows in ours.items():
        languages = _by_language(rows)
        if job.kind in (HTML, *FLAT) and len(languages) > 1:
            for language, own in sorted(languages.items()):
                parts.append(f"## {job.name} {job.kind} in {language}\n\n" + _pages(_worst_of(own)))
    for label in sorted({label for rows in ours.values() for row in rows for label in row.labels}):
        parts.append(f"## label {label}: what cost the article most\n\n" + "\n".join(_costly(ours, label)))
    return "\n\n".join(parts) + "\n"


def _pages(found: Iterable[tuple[Row, tuple[float, float, float]]]) -> str:
    return (
        "\n".join(f"- {_named(row)} P {p:.1%} R {r:.1%}\n{_lines(row)}".rstrip() for row, (p, r, _) in found) or "None."
    )


def _named(row: Row) -> str:
    return f"{row.id} ({row.host}, {row.language})" if row.host != row.id else f"{row.id} ({row.language})"


def _lines(row: Row) -> str:
    """Some of the lines that were lost and left: the longest say most."""
    told = []
    for said, lines in (("lost", row.lost), ("left", row.left)):
        longest = set(sorted(lines, key=len, reverse=True)[:_LINES_TOLD])
        told += [f"    - {said}: {line}" for line in lines if line in longest][:_LINES_TOLD]
    return "\n".join(told)


def _repeated(ours: Results) -> Iterator[str]:
    """Lines that were left on several sites, which one rule may remove from all."""
    hosts: dict[str, set[str]] = defaultdict(set)
    for row in (row for rows in ours.values() for row in rows):
        for line in row.left:
            hosts[line.casefold()].add(row.host)
    for line, where in sorted(hosts.items(), key=lambda each: (-len(each[1]), each[0]))[:_REPEATED_TOLD]:
        if len(where) >= _LEAST_SITES:
            yield f"- {len(where)} sites: {line}"


def _costly(ours: Results, label: str) -> Iterator[str]:
    found = [(row.labels[label][2], job, row) for job, rows in ours.items() for row in rows if label in row.labels]
    for words, job, row in sorted(found, key=lambda each: (-each[0], each[2].id))[:_WORST]:
        if words:
            yield f"- {words} words: {job.name} {job.kind} {_named(row)}\n{_lines(row)}".rstrip()


def brief(figures: Figures) -> str:
    """For the terminal: as it came → as cleaned, and who else does best."""
    lines = [f"{'pages':<26}{'came':>8}{'cleaned':>9}  the best of the others"]
    for job, own in figures.items():
        mine = _main(own)
        if job.text != OURS or mine is None:
            continue
        beside = {each.text: value for each, other in figures.items() if each.of == job.of and each.text != OURS
                  and (value := _main(other)) is not None}  # fmt: skip
        came = f"{beside.pop(RAW):.2f}" if RAW in beside else "-"
        best = max(beside, key=beside.__getitem__, default=None)
        peer = f"{beside[best]:.2f} {best}" if best else ""
        lines.append(f"{f'{job.name} {job.kind}':<26}{came:>8}{mine:>9.2f}  {peer}".rstrip())
    for job, own in figures.items():
        if job.kind == HTML and any(name in own for name in FAULTS):
            shares = ", ".join(f"{name.replace('_', ' ')} {own[name]:.1f}%" for name in FAULTS if name in own)
            lines.append(f"{job.name} {job.kind}: {shares}")
    return "\n".join(lines)
