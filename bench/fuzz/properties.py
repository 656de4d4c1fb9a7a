"""What must hold of any input. Each property takes a project folder and its case, and raises BrokenError."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from bench.fuzz.cases import Case
from bench.fuzz.samples import RULES, pieces
from bench.running import ROOT
from cleaner.cleaning.article import record
from cleaner.cleaning.clean import clean_document as clean
from cleaner.cleaning.edits import rebuild
from cleaner.cli import run
from cleaner.errors import InputError
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document, Edit
from cleaner.readers import Unreadable, discover, read
from cleaner.rules.load import load_pack, parse_pack
from cleaner.text.normalise import normalise

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
_NOT_OURS_TO_LEAVE = ("rules", "raw", "cleaner.toml", "cache", "docs")
_DIST, _STORE = "dist", ".dist.store"
_ALL = ("--duplicates", "keep", "--min-readable", "0")
"""Options by which each document that can be read is an article, or rejected by a rule."""


class BrokenError(AssertionError):
    """Something that is promised does not hold: the property's name, and what was met."""

    def __init__(self, name: str, about: str = "") -> None:
        super().__init__(name)
        self.name, self.about = name, about


def require(holds: object, name: str, about: object = "") -> None:
    """Raises BrokenError under this name."""
    if not holds:
        raise BrokenError(name, f"{about!r:.600}")


@cache
def shipped() -> Program:
    """The rules of this repository."""
    return compile_program(load_pack(ROOT / "rules"))


@cache
def few() -> Program:
    """The rules that cases are built with."""
    return compile_program(parse_pack({"rules.yaml": RULES.decode()}))


def reads(folder: Path, case: Case) -> None:
    """Every document is an article or a message, the same twice, and is rebuilt to the character."""
    found = _items(folder)
    require(found == _items(folder), "reading twice gives the same")
    documents = [each for each in found if isinstance(each, Document)]
    for document in documents:
        article = clean(document, shipped())
        require(article == clean(document, shipped()), "cleaning twice gives the same", document.source)
        require(article.original() == normalise(document.text), "rebuilt to the character", document.source)
        orjson.dumps(record(article))
    for unreadable in found:
        if isinstance(unreadable, Unreadable):
            require(unreadable.cause, "a message has a cause", unreadable)
            require("please report" not in unreadable.hint or case.damaged, "a fault is known", unreadable)
    require(case.rows in (None, len(found)), "no row is lost or made up", (case.rows, len(found), found))
    missing = Counter(map(normalise, case.steady)) - Counter(normalise(each.text) for each in documents)
    require(not missing, "sound documents are read whatever stands beside them", list(missing))


def reads_lines(folder: Path, case: Case) -> None:
    """Each line of JSON lines that is not blank is a document or a message, if the file as a whole is not refused."""
    found = [each for each in _items(folder) if each.source.startswith("a.jsonl")]
    data = case.files["raw/a.jsonl"]
    lines = sum(bool(line.strip()) for line in data.split(b"\n"))
    if b"\n" not in data and b"}\r" in data:  # which may end lines, then
        return
    require(
        len(found) == lines or [each.source for each in found] == ["a.jsonl"], "a line is one document", (lines, found)
    )


def keeps_what_is_whole(folder: Path, case: Case) -> None:
    """What damage has not touched is read, in formats that are made of pieces."""
    data = case.files[case.damaged]
    whole = [text for piece, text in pieces(case.damaged[case.damaged.index(".") :]) if piece in data]
    texts = [each.text for each in _items(folder) if isinstance(each, Document)]
    require(set(whole) <= set(texts), "a piece that is whole is read", [text for text in whole if text not in texts])


def _items(folder: Path) -> list[Document | Unreadable]:
    try:
        sources, refused = discover(folder / "raw")
    except InputError:
        return []
    return [*refused, *(each for source in sources for each in read(source))]


def cleans(folder: Path, case: Case) -> None:
    """`clean --jsonl` gives a line for each document, in order, and says by its exit code whether one failed."""
    code, out, err = command(folder, "clean", "raw", "--jsonl")
    require(code in (0, 1, 2), "the exit code is one of those promised", code)
    lines = [orjson.loads(line) for line in out.splitlines()]
    if code != 2:
        require(len(lines) == len(_items(folder)), "a line for each document", (len(lines), len(_items(folder))))
        require(code == any("error" in line for line in lines), "the exit code tells of failures", code)
    require(not any("please report this text" in line.get("hint", "") for line in lines), "no text fails", out[-400:])
    del err, case


def builds(folder: Path, case: Case) -> None:
    """`build` ends in a dataset that holds every document once and can be rebuilt, or in a message and nothing else.

    Of the many cases that are damaged at random, one in three: a build takes longer than all else.
    """
    if case.damaged and not _one_in(3, case):
        return
    code = built(folder, _DIST, "--workers", "1")
    if code:
        require(not (folder / _DIST).exists(), "a build that fails writes no dataset")
        return
    _whole(folder, case)
    if not _one_in(4, case):
        return
    two = 2 if _one_in(12, case) else 1
    require(built(folder, "again", "--workers", str(two)) == 0, "building twice ends alike")
    require(content(folder / _DIST) == content(folder / "again"), "the same bytes twice, and with 1 worker and 2", two)


def built(folder: Path, dist: str, *options: str) -> int:
    """The exit code of a build; its messages are looked at, and what it leaves behind."""
    code, out, err = command(folder, "build", "raw", dist, *_ALL, *options)
    require(code in (0, 1, 2), "the exit code is one of those promised", code)
    require(not code or err.strip(), "a failure is told")
    visible(out.decode() + err)
    left = set(os.listdir(folder)) - {*_NOT_OURS_TO_LEAVE, _DIST, _STORE, "again", ".again.store"}
    require(not left, "nothing is left behind", left)
    stores = [
        name for store in (_STORE, ".again.store") if (folder / store).is_dir() for name in os.listdir(folder / store)
    ]
    require(not [name for name in stores if name.startswith("new-")], "nothing is left in the store", stores)
    return code


def _whole(folder: Path, case: Case) -> None:
    dist = folder / _DIST
    articles, rejected, removed = (rows(dist, table) for table in ("articles", "rejected", "removed"))
    found = _items(folder)
    require(len(articles) + len(rejected) == len(found), "documents in = articles + rejected",
            (len(articles), len(rejected), len(found)))  # fmt: skip
    ids = [row["id"] for row in (*articles, *rejected)]
    require(len(set(ids)) == len(ids), "ids are unique", ids)
    failed = [row["cause"] for row in rejected if row["filter"] == "input/failed"]
    require(not failed, "no document fails", failed)
    texts = Counter(normalise(each.text) for each in found if isinstance(each, Document))
    edits: dict[str, list[Edit]] = {}
    for row in removed:
        if row["kind"] == "edit":
            of = {key: row[key] for key in ("start", "end", "text", "label", "rule", "replacement")}
            edits.setdefault(row["id"], []).append(Edit(**of))
    back = Counter(
        rebuild(row["text"], edits.get(row["id"], []), row["spacing"])
        for row in (*articles, *rejected)
        if row["text"] is not None and row.get("filter") not in ("input/refused", "input/unreadable")
    )
    require(back == texts, "the dataset gives the texts back", [*(back - texts), *(texts - back)])
    require(not Counter(map(normalise, case.steady)) - back, "sound documents are built whatever stands beside them")
    for row in articles:
        if "sound" in row["id"] and row["text"] in case.steady and not (row["input_metadata"] or row["page_metadata"]):
            alone = record(clean(Document(id=row["id"], text=row["text"], url=row["url"]), few()))
            require(_like(alone, row), "a sound document's row is the same whatever stands beside it", row)


def _like(alone: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a row holds what the article has by itself."""
    return all(row[key] == (list(value) if isinstance(value, tuple) else value) for key, value in alone.items()
               if key in row and key not in ("kept", "filter"))  # fmt: skip


def mends(folder: Path, case: Case) -> None:
    """A build over damaged files of an earlier one makes them anew, to the byte, or refuses and touches nothing."""
    sound = {name.removeprefix("sound/"): data for name, data in content(folder).items() if name.startswith("sound/")}
    os.rename(folder / "sound", folder.parent / "sound")  # noqa: PTH104
    before = content(folder / _DIST)
    code = built(folder, _DIST, "--workers", "1")
    after = content(folder / _DIST)
    if code:
        require(after == before, "a build that refuses touches nothing", case.damaged)
    else:
        own = {name: data for name, data in after.items() if name in sound}
        require(own == sound, "what is damaged is made anew", case.damaged)
    for arguments in (("diff", "rules", "rules", "dist"), ("repeats", "dist")):
        code, _, err = command(folder, *arguments)
        require(code in (0, 1, 2), "the exit code is one of those promised", code)
        visible(err)


def checks_rules(folder: Path, case: Case) -> None:
    """Rule files end in faults with their places, or are in force; then they can clean and be written about."""
    code, out, err = command(folder, "rules", "check")
    require(code in (0, 1, 2), "the exit code is one of those promised", code)
    visible(out.decode() + err)
    require(not code or (out + err.encode()).strip(), "a failure is told")
    for arguments in (("rules", "test"), ("rules", "docs"), ("rules", "list")):
        other, out, err = command(folder, *arguments)
        require(other in (0, 1, 2), "the exit code is one of those promised", (arguments, other))
        if arguments[1] != "docs":
            visible(out.decode() + err)
    del case
    builds_anyhow(folder)


def builds_anyhow(folder: Path) -> None:
    """A build under damaged rules or settings is whole, or ends in a message."""
    code = built(folder, _DIST, "--workers", "1")
    if code:
        require(not (folder / _DIST).exists(), "a build that fails writes no dataset")
    else:
        _whole(folder, Case(files={}))


def obeys_settings(folder: Path, case: Case) -> None:
    """Settings end in a message with their place, or are in force."""
    del case
    with _settings_stay(folder):
        code, out, err = command(folder, "build", "--workers", "1")
    require(code in (0, 1, 2), "the exit code is one of those promised", code)
    visible(out.decode() + err)
    require(not code or err.strip(), "a failure is told")


@contextmanager
def _settings_stay(folder: Path) -> Iterator[None]:
    before = (folder / "cleaner.toml").read_bytes()
    yield
    require((folder / "cleaner.toml").read_bytes() == before, "settings are not written to")


def visible(text: str) -> None:
    """What people read holds nothing that a terminal obeys."""
    odd = [c for c in text if (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in _BIDI]
    require(not odd, "messages hold no control character", (odd[:5], text))


def command(folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Run `cleaner` in this process, in a folder; what it does not catch is raised."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", newline="\n") for _ in range(2))
    before, was, where = sys.stdin, dict(os.environ), Path.cwd()
    os.environ |= {"CLEANER_CACHE": str(folder / "cache") if (folder / "cache").is_dir() else "", "NO_COLOR": "1",
                   "COLUMNS": "400"}  # fmt: skip
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    os.chdir(folder)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = run(arguments)
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else 1
            out.flush()
            err.flush()
    finally:
        os.chdir(where)
        sys.stdin = before
        os.environ.clear()
        os.environ |= was
    said = err.buffer.getvalue().decode()  # type: ignore[attr-defined]
    return code, out.buffer.getvalue(), said  # type: ignore[attr-defined]


def rows(dist: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table of a dataset."""
    return [row for file in sorted((dist / table).iterdir()) for row in pq.read_table(file).to_pylist()]


def content(folder: Path) -> dict[str, bytes]:
    """All files below a folder; links are as what they lead to."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _one_in(count: int, case: Case) -> bool:
    told = hashlib.sha256(b"".join(case.files[name] for name in sorted(case.files))).digest()
    return told[0] % count == 0


Property = Callable[[Path, Case], None]
