"""Other tools, as they do some of what a build does: each in a virtual environment of its own below .bench/.

Nothing is downloaded while they run. A tool that can't be installed is skipped, and the reason is reported.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import orjson

from bench.running import FailedError, Spent, run

_OFFLINE = {
    "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PIP_NO_INDEX": "1", "UV_OFFLINE": "1",
}  # fmt: skip
_PARTS = 4  # files, so that workers have something to share out
_INSTALL_SECONDS = 600

_DATATROVE = """
import sys
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.filters import C4QualityFilter
from datatrove.pipeline.formatters import FTFYFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import ParquetWriter

if __name__ == "__main__":
    given, out, workers, sentences = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "sentences"
    counted = {} if sentences else {"min_num_sentences": -1}
    writer = ParquetWriter(f"{out}/articles", compression="zstd")
    steps = [JsonlReader(given), FTFYFormatter(), C4QualityFilter(**counted), writer]
    LocalPipelineExecutor(steps, tasks=workers, workers=workers, logging_dir=f"{out}/logs").run()
"""

_DATA_JUICER = """
project_name: bench
dataset_path: {raw}
export_path: {out}/out.jsonl
np: {workers}
use_cache: false
open_tracer: false
process:
  - fix_unicode_mapper:
  - whitespace_normalization_mapper:
  - text_length_filter: {{min_len: 200}}
  - special_characters_filter:
  - document_deduplicator:
"""
_NO_TORCH = """
# data-juicer asks for torch at every step, and would install it; these steps use nothing of it.
from types import SimpleNamespace
cuda = SimpleNamespace(is_available=lambda: False, device_count=lambda: 0, empty_cache=lambda: None)
Tensor = Generator = type("Absent", (), {})
nn = SimpleNamespace(Module=Tensor)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another tool and what it is asked to do."""

    key: str
    name: str
    """With its version."""
    does: str
    packages: tuple[str, ...]
    prepare: Callable[[Path, Path, int], None]
    """Lays out the input, not timed: the articles, a new folder, workers."""
    command: Callable[[Path, Path, int], list[str | Path]]
    """From the environment's `bin`, that folder and the number of workers."""
    articles: int
    """The most articles to run it on, as more would take hours."""
    reach: float | None = None
    note: str = ""

    def installed(self, folder: Path) -> Path:
        """The `bin` of its environment, made where there is none. Raises FailedError where it can't be installed."""
        place, name = folder / self.packages[0].replace("==", "-"), self.packages[0].partition("==")[0]
        if not (place / "whole").is_file():
            uv = [sys.executable, "-m", "uv"]
            try:
                for each in (
                    ["venv", "-q", "--clear", "--python", sys.executable, str(place)],
                    ["pip", "install", "-q", "--python", str(place / "bin" / "python"), *self.packages],
                ):
                    subprocess.run([*uv, *each], check=True, capture_output=True, timeout=_INSTALL_SECONDS)
            except subprocess.CalledProcessError as failed:
                said = failed.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
                raise FailedError(f"{name} can't be installed: {said}") from None
            except subprocess.TimeoutExpired:
                raise FailedError(f"{name} was not installed within {_INSTALL_SECONDS // 60} minutes") from None
            (place / "whole").touch()
        return place / "bin"

    def run(self, bin_: Path, given: Path, *, workers: int) -> Spent:
        """What it spends on what was prepared. Raises FailedError."""
        env = {**_OFFLINE, "PYTHONPATH": str(given / "stub"), "PATH": f"{bin_}:/usr/bin:/bin"}
        return run(self.command(bin_, given, workers), cwd=given, env=env)


def _parts(raw: Path, folder: Path, *, packed: bool = False) -> None:
    """The articles in a few files of a folder."""
    folder.mkdir()
    with ExitStack() as files, raw.open("rb") as lines:
        parts = [
            files.enter_context(gzip.GzipFile(path, "wb", 1) if packed else path.open("wb"))
            for path in (folder / f"{i}.jsonl{'.gz' if packed else ''}" for i in range(_PARTS))
        ]
        for line, part in zip(lines, cycle(parts), strict=False):
            record = orjson.loads(line)
            part.write(orjson.dumps({"id": record["id"], "text": record["text"], "source": "bench"}) + b"\n")


def _for_datatrove(raw: Path, folder: Path, _workers: int) -> None:
    _parts(raw, folder / "in")
    (folder / "run.py").write_text(_DATATROVE, "utf-8")


def _for_data_juicer(raw: Path, folder: Path, workers: int) -> None:
    (folder / "stub").mkdir()
    (folder / "stub" / "torch.py").write_text(_NO_TORCH, "utf-8")
    (folder / "run.yaml").write_text(_DATA_JUICER.format(raw=raw, out=folder / "out", workers=workers), "utf-8")


def _for_dolma(raw: Path, folder: Path, _workers: int) -> None:
    _parts(raw, folder / "documents", packed=True)


def _datatrove(mode: str) -> Callable[[Path, Path, int], list[str | Path]]:
    return lambda bin_, at, workers: [bin_ / "python", at / "run.py", at / "in", at / "out", str(workers), mode]


_WITH_DATATROVE = ("datatrove==0.10.1", "ftfy", "orjson", "pyarrow", "regex", "spacy")
RIVALS = (
    Rival(
        key="datatrove", name="datatrove 0.10.1, FTFY and its C4 filter", does="JSON lines, FTFY, C4 filter, Parquet",
        packages=_WITH_DATATROVE, prepare=_for_datatrove, command=_datatrove("sentences"), articles=20_000, reach=5,
        note="the filter counts sentences with spaCy",
    ),
    Rival(
        key="datatrove-lines", name="datatrove 0.10.1, FTFY and C4's lines",
        does="JSON lines, FTFY, C4's lines, Parquet",
        packages=_WITH_DATATROVE,
        prepare=_for_datatrove, command=_datatrove("lines"), articles=20_000,
        note="the same filter, set not to count sentences",
    ),
    Rival(
        key="data-juicer", name="data-juicer 1.6.1", does="FTFY, whitespace, two filters, exact duplicates, JSON lines",
        packages=("py-data-juicer==1.6.1", "aiohttp", "ftfy", "ray"), prepare=_for_data_juicer,
        command=lambda bin_, at, _workers: [bin_ / "dj-process", "--config", at / "run.yaml"],
        articles=20_000, reach=15, note="torch, which these steps don't need, is a stub",
    ),
    Rival(
        key="dolma", name="dolma 1.2.1", does="tags of C4's rules alone, in packed JSON lines",
        packages=("dolma==1.2.1",), prepare=_for_dolma, articles=20_000,
        command=lambda bin_, at, workers: [
            bin_ / "dolma", "tag", "--documents", at / "documents" / "*.gz", "--taggers", "c4_v2", "--experiment", "c4",
            "--processes", str(workers),
        ],
    ),
)  # fmt: skip
