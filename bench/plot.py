"""The figures as a picture: a row for each input, a mark for each text of it, on a scale of F1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from bench.measured import OURS, RAW, Figures, Job

_ROW, _TOP, _LEFT, _SCALE, _RIGHT = 22, 56, 170, 440, 250  # pixels
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f } .quiet { fill: #57606a } .line { stroke: #d0d7de }
  .raw { fill: #ffffff; stroke: #57606a; stroke-width: 1.5 } .peer { fill: #8c959f } .ours { fill: #0969da }
  .reach { stroke: #0969da; stroke-width: 2; stroke-opacity: .45 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .line { stroke: #3d444d }
    .raw { fill: #0d1117; stroke: #9198a1 } .peer { fill: #7d8590 } .ours { fill: #4493f8 } .reach { stroke: #4493f8 }
  }"""


def svg(figures: Figures) -> str:
    """One picture, legible on light and on dark pages."""
    rows = [(job, _beside(job, figures)) for job in figures if job.text == OURS]
    rows = [(job, beside) for job, beside in rows if OURS in beside]
    least = min((value for _, beside in rows for value in beside.values()), default=0.0)
    start = max(0.0, least // 10 * 10)
    height, width = _TOP + _ROW * len(rows) + 14, _LEFT + _SCALE + _RIGHT
    body = "\n".join([*_axis(start, height), *_legend(), *_rows(rows, start)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="F1 of each input">\n<style>{_STYLE}\n</style>\n{body}\n</svg>\n'
    )


def _beside(job: Job, figures: Figures) -> dict[str, float]:
    found = {}
    for each, own in figures.items():
        value = own.get("aeb_f1", own.get("chunk_f1"))
        if each.of == job.of and value is not None:
            found[each.text] = value
    return found


def _x(value: float, start: float) -> float:
    return round(_LEFT + _SCALE * (value - start) / (100 - start), 1)


def _axis(start: float, height: int) -> Iterator[str]:
    for value in range(int(start), 101, 10):
        x = _x(value, start)
        yield f'<line class="line" x1="{x}" x2="{x}" y1="{_TOP - 10}" y2="{height - 10}"/>'
        yield f'<text class="quiet" x="{x}" y="{_TOP - 15}" text-anchor="middle">{value}</text>'


def _legend() -> Iterator[str]:
    x = _LEFT
    for name, said in (("raw", RAW), ("peer", "another tool"), ("ours", OURS)):
        yield _mark(name, x, 15, said)
        yield f'<text x="{x + 10}" y="19">{said}</text>'
        x += 24 + 7 * len(said)
    yield f'<text class="quiet" x="{x}" y="19">F1, percent</text>'


def _rows(rows: list[tuple[Job, dict[str, float]]], start: float) -> Iterator[str]:
    last = ""
    for i, (job, beside) in enumerate(rows):
        y = _TOP + _ROW * i + 8
        if job.name != last and last:
            yield f'<line class="line" x1="8" x2="{_LEFT + _SCALE + _RIGHT - 8}" y1="{y - 11}" y2="{y - 11}"/>'
        last = job.name
        yield f'<text x="12" y="{y + 4}">{escape(job.name)} <tspan class="quiet">{escape(job.kind)}</tspan></text>'
        if RAW in beside:
            ends = _x(beside[RAW], start), _x(beside[OURS], start)
            yield f'<line class="reach" x1="{ends[0]}" x2="{ends[1]}" y1="{y}" y2="{y}"/>'
        for text, value in sorted(beside.items(), key=lambda pair: pair[0] == OURS):
            kind = {RAW: "raw", OURS: "ours"}.get(text, "peer")
            yield _mark(kind, _x(value, start), y, f"{text}: {value:.1f}")
        yield f'<text x="{_LEFT + _SCALE + 12}" y="{y + 4}">{beside[OURS]:.1f}{_best(beside)}</text>'


def _best(beside: Mapping[str, float]) -> str:
    others = {text: value for text, value in beside.items() if text not in (RAW, OURS)}
    best = max(others, key=others.__getitem__, default=None)
    return f' <tspan class="quiet">{others[best]:.1f} {escape(best)}</tspan>' if best else ""


def _mark(kind: str, x: float, y: float, said: str) -> str:
    size = 5 if kind == "ours" else 4
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{size}"><title>{escape(said)}</title></circle>'
