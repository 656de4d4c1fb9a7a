"""A case: the files of a project, and what is known of what must come out. Kept in a folder, it can be run again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

_FILE = "case.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`files` are paths below the project, with their bytes; bytes of a name that are not UTF-8 are surrogates."""

    files: Mapping[str, bytes] = field(repr=False)
    damaged: str = ""
    """The file that a mutator changed, which may be cut to find what breaks it; none where Hypothesis drew all."""
    steady: tuple[str, ...] = field(default=())
    """Texts of documents that nothing is wrong with: each must be an article, whatever stands beside it."""
    rows: int | None = None
    """Documents that there are, if that is known."""

    def write(self, folder: Path) -> None:
        """Lay the files out in an empty folder."""
        for name, data in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def keep(self, folder: Path, target: str, fault: str) -> None:
        """Store it with the fault that it shows. What was stored there before is replaced."""
        shutil.rmtree(folder, ignore_errors=True)
        self.write(folder / "project")
        about = {"target": target, "damaged": self.damaged, "steady": self.steady, "rows": self.rows, "fault": fault}
        (folder / _FILE).write_text(json.dumps(about, indent=2) + "\n", "utf-8")


def kept(folder: Path) -> tuple[str, Case]:
    """The target and the case of a folder that `Case.keep` wrote."""
    about = json.loads((folder / _FILE).read_bytes())
    project = folder / "project"
    found = (Path(where) / name for where, _, names in os.walk(project) for name in names)
    files = {path.relative_to(project).as_posix(): path.read_bytes() for path in found}
    steady = tuple(about["steady"])
    return about["target"], Case(files=files, damaged=about["damaged"], steady=steady, rows=about["rows"])


def minimised(case: Case, fails: Callable[[Case], bool], most: int = 400) -> Case:
    """The case with its damaged file cut as far as it `fails` still: lines first, then bytes, in ever smaller parts."""
    if not case.damaged:
        return case

    def with_data(data: bytes) -> Case:
        return replace(case, files={**case.files, case.damaged: data})

    tries = 0

    def shorter(parts: list[bytes], glue: bytes) -> list[bytes]:
        nonlocal tries
        size = max(1, len(parts) // 2)
        while size and tries < most:
            at = 0
            while at < len(parts) and tries < most:
                tries += 1
                less = parts[:at] + parts[at + size :]
                if fails(with_data(glue.join(less))):
                    parts = less
                else:
                    at += size
            size //= 2
        return parts

    data = b"\n".join(shorter(case.files[case.damaged].split(b"\n"), b"\n"))
    return with_data(b"".join(shorter([data[i : i + 1] for i in range(len(data))], b"")))
