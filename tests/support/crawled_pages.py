"""Pages of two invented sites as a scraper leaves them: each has its own story, and what its site puts around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, product
from pathlib import Path
from random import Random

from cleaner.model.document import Document

TERN, GULL = "tern.example.com", "gull.example.org"
POLICY = (
    "Readers may write to us about any of our stories, and we print what is short and kind, "
    "but we never print what we can't sign with a name and a street."
)
GLUED_END = "The night desk of the Tern keeps a lantern lit for you."
MENU = ("Tides and timetables", "The mole in pictures", "Letters to the keeper")
MOTTO = "Gull Sheet, a paper for both banks"
SUBHEADS = ("The claims", "Policies")
DATELINE = "SALTMOUTH, The Tern"
SPEAKER = "Mrs Okoro"

_WHO = (
    "the keeper",
    "a diver",
    "the harbour board",
    "an engineer",
    "the ferry crew",
    "a baker",
    "the school",
    "one clerk",
)
_DID = ("counted", "mended", "painted", "sold", "hid", "weighed", "found", "drew", "lost", "repaired")
_WHAT = ("nets", "lamps", "buoys", "ropes", "ledgers", "engines", "bells", "boats", "signs", "maps", "oars")
_WHERE = ("by the weir", "below the mill", "behind the church", "on the north mole", "under the bridge", "at the slip")
_WHEN = ("before the storm came in", "while the tide was low", "after the last ferry had gone", "as the wind turned")


def _sentences(random: Random) -> Iterator[str]:
    """Sentences, none of which comes twice."""
    every = list(product(_WHO, _DID, _WHAT, _WHERE, _WHEN))
    random.shuffle(every)
    for n, (who, did, what, where, when) in zip(count(11), every, strict=False):
        yield f"{who.capitalize()} {did} {n} {what} {where} {when}, and wrote it down."


def pages(tern: int = 30, gull: int = 20, *, seed: int = 1) -> list[Document]:
    """So many pages of the two sites.

    Each page of the Tern has its menu above and its policy below; a third of them has subheads, most have a dateline.
    The last paragraph of each ends with one more sentence. The Gull puts its motto under each story, a count of readers
    that differs from page to page, and begins paragraphs with the name of who speaks.
    """
    random = Random(seed)
    told = _sentences(random)
    return [_tern(n, told) for n in range(tern)] + [_gull(n, told) for n in range(gull)]


def _paragraph(told: Iterator[str]) -> str:
    return f"{next(told)} {next(told)}"


def _tern(n: int, told: Iterator[str]) -> Document:
    title = " ".join(next(told).split()[:6])
    subheads = SUBHEADS if n % 3 == 0 else ("", "")
    place = DATELINE if n % 5 else ""
    story = [_paragraph(told), subheads[0], _paragraph(told), subheads[1], f"{_paragraph(told)} {GLUED_END}"]
    lines = [*MENU, title, place, *story, POLICY]
    return Document(id=f"tern/{n}", text="\n\n".join(filter(None, lines)), url=f"https://www.{TERN}/story/{n}")


def _gull(n: int, told: Iterator[str]) -> Document:
    lines = [
        _paragraph(told),
        SPEAKER,
        _paragraph(told),
        SPEAKER,
        _paragraph(told),
        MOTTO,
        f"{n + 3} neighbours read it",
    ]
    return Document(id=f"gull/{n}", text="\n\n".join(lines), url=f"https://{GULL}/{n}")


def write_pages(folder: Path, documents: list[Document]) -> None:
    """Write a text and its sidecar for each page."""
    for document in documents:
        file = folder / f"{document.id}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(document.text)
        file.with_suffix(".json").write_text(json.dumps({"url": document.url}))
