"""Articles in the manner of those in raw/, as many as wanted: `python -m bench.corpus 20000 articles.jsonl`.

An article is the page of one of raw/ (its menus, bylines, captions, ads and links, with other names and numbers) around
paragraphs that are generated; languages and lengths are those of raw/. Each is made from its number alone, so that a
million need no memory, and the same number gives the same article in any corpus. A told share are copies of an earlier
article, exact (`article-7-copy-of-3`) or nearly so (`article-9-near-3`).
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import orjson

from bench.sentences import Taken, Writer, changed, person, phrases, place, sentences, taken
from cleaner.cleaning.prepare import prepare
from cleaner.model.document import Document
from cleaner.readers import discover, read

RAW = Path(__file__).parent.parent / "raw"

COPIES, NEAR = 0.03, 0.04
"""Shares of the articles that are copies of an earlier one, exact and nearly so."""

_LEAST_PROSE = {"ja": 25, "ko": 25}  # characters of a line that is prose; else words
_PROSE_WORDS = 9
_GROWTH = 3.65  # paragraphs made for one of raw/, on average
_BOILERPLATE_KEPT = 0.95
_OF_ANOTHER = 0.9  # share of articles that end with the boilerplate of another page of the language, too
_DAMAGED = 0.06
_CHANGED_PROSE = 0.06  # share of the long lines of a near copy that are cut
_HOSTS = 400
_PAPERS = ("herald", "post", "bote", "diario", "courier")
_PATHS = ("news/{n}", "{y}/{m:02}/{t}", "articles/{t}-{n}", "{t}.html", "local/{n}/{t}", "a/{n}?ref=home", "story/{t}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Of a page of raw/."""

    parts: Taken
    prose: bool
    heading: bool
    """May be a headline: its own, a teaser's, or a subhead."""
    title: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Of raw/, as a mould."""

    language: str
    lines: Sequence[Line]


class Corpus:
    """Makes articles by number."""

    def __init__(self, raw: Path = RAW) -> None:
        own = phrases()
        known: dict[str, list[str]] = defaultdict(list)
        self._pages: list[Page] = []
        for document in _documents(raw):
            page = _page(document)
            if page.language in own:
                self._pages.append(page)
                prose = ("".join(text for text, _ in line.parts) for line in page.lines if line.prose)
                known[page.language] += [each for text in prose for each in sentences(text)]
        by_language: dict[str, list[Page]] = defaultdict(list)
        for page in self._pages:
            by_language[page.language].append(page)
        self._alike: Mapping[str, Sequence[Page]] = by_language
        self._writers = {code: Writer(code, own[code], known[code]) for code in by_language}
        hosts = Random("hosts")
        self._hosts = [
            f"{hosts.choice(('www.', '', 'news.'))}{place(hosts).lower()}-{hosts.choice(_PAPERS)}.example"
            for _ in range(_HOSTS)
        ]

    def article(self, number: int) -> dict[str, str]:
        """The record of one article: `id`, `url`, `title`, `text`."""
        draw = Random(f"article {number}")
        kind = draw.random() if number else 1.0
        if kind < COPIES + NEAR:
            original = draw.randrange(number)
            record = self.article(original)
            near = kind >= COPIES
            told = f"{'near' if near else 'copy-of'}-{record['id'].removeprefix('article-')}"
            text = self._nearly(record["text"], draw) if near else record["text"]
            return {**record, "id": f"article-{number}-{told}", "url": self._url(number, draw), "text": text}
        page = draw.choice(self._pages)
        writer = self._writers[page.language]
        title = writer.title(draw)
        lines = list(self._lines(page, writer, title, draw))
        if draw.random() < _OF_ANOTHER:
            other = draw.choice(self._alike[page.language])
            lines += ["", *self._tail(other, writer, draw)]
        text = "\n".join(lines)
        if draw.random() < _DAMAGED:
            text = _damaged(text, draw)
        return {"id": f"article-{number}", "url": self._url(number, draw), "title": title, "text": text}

    def _lines(self, page: Page, writer: Writer, title: str, draw: Random) -> Iterator[str]:
        growth = _GROWTH * draw.lognormvariate(-0.18, 0.6)
        for line in page.lines:
            if line.prose:
                for more in range(int(growth + draw.random())):
                    if more:
                        yield ""
                    yield writer.paragraph(draw)
            elif line.title:
                yield title
            elif not line.parts or draw.random() < _BOILERPLATE_KEPT:
                yield writer.title(draw) if line.heading and draw.random() < 0.6 else changed(line.parts, draw)

    def _tail(self, page: Page, writer: Writer, draw: Random) -> Iterator[str]:
        last = max((i for i, line in enumerate(page.lines) if line.prose), default=0)
        for line in islice(page.lines, last + 1, None):
            yield writer.title(draw) if line.heading and draw.random() < 0.6 else changed(line.parts, draw)

    def _nearly(self, text: str, draw: Random) -> str:
        """With a few lines cut, and signed by somebody else."""
        lines = text.split("\n")
        long = [i for i, line in enumerate(lines) if len(line) > 60]
        for i in draw.sample(long, round(_CHANGED_PROSE * len(long))):
            lines[i] = lines[i][: len(lines[i]) // 2].rsplit(" ", 1)[0]
        return "\n".join([*lines, "", person(draw)])

    def _url(self, number: int, draw: Random) -> str:
        path = draw.choice(_PATHS).format(n=number, y=draw.randint(2012, 2025), m=draw.randint(1, 12),
                                          t=f"{place(draw)}-{draw.randint(10, 99)}".lower())  # fmt: skip
        return f"https://{draw.choice(self._hosts)}/{path}"


def articles(count: int) -> Iterator[dict[str, str]]:
    """The first `count` articles, one at a time."""
    corpus = Corpus()
    return (corpus.article(number) for number in range(count))


def write(count: int, path: Path) -> Path:
    """The first `count` as JSON lines."""
    with path.open("wb") as file:
        for record in articles(count):
            file.write(orjson.dumps(record) + b"\n")
    return path


# ---------------------------------------------------------------------------------------------------
# The pages of raw/


def _documents(raw: Path) -> Iterator[Document]:
    for source in discover(raw)[0]:
        for found in read(source):
            if isinstance(found, Document) and len(found.text) > 300:
                yield found


def _page(document: Document) -> Page:
    """Normalised, as a few damaged pages would damage every article that takes a sentence of theirs."""
    prepared = prepare(document)
    language = prepared.language.code or ""
    lines = [line.strip() for line in prepared.text.split("\n")]
    prose = [_is_prose(line, language) for line in lines]
    titles = {_folded(str(document.input_metadata["title"]))} if "title" in document.input_metadata else set()
    if not titles:
        first = prose.index(True) if True in prose else 0
        titles = {_folded(next((line for line in lines[:first] if _is_heading(line, language)), ""))} - {""}
    return Page(
        language=language,
        lines=[
            Line(parts=taken(line), prose=of_prose, heading=not of_prose and _is_heading(line, language),
                 title=not of_prose and _folded(line) in titles)
            for line, of_prose in zip(lines, prose, strict=True)
        ],
    )  # fmt: skip


def _is_prose(line: str, language: str) -> bool:
    least = _LEAST_PROSE.get(language)
    return len(line) >= least if least else len(line.split()) >= _PROSE_WORDS and line[-1:] in '.!?”"»’“…'


def _is_heading(line: str, language: str) -> bool:
    """May be wrong about a menu: then the menu is another one now and then."""
    long = 12 <= len(line) < 25 if language in _LEAST_PROSE else 4 <= len(line.split()) <= 14
    return long and line[0].isupper() | (language in _LEAST_PROSE) and not set(line) & set(":|©@/•>*()0123456789")


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


# ---------------------------------------------------------------------------------------------------
# Damage


def _damaged(text: str, draw: Random) -> str:
    """As scrapers and old systems damage texts."""
    return draw.choice(_DAMAGES)(text)


_DAMAGES = (
    lambda text: text.encode().decode("cp1252", "replace"),
    lambda text: text.replace("&", "&amp;").replace("’", "&#8217;").replace("é", "&eacute;").replace("“", "&ldquo;"),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace(", ", ",\u00a0").replace("ation", "a\u00adtion"),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace(". ", ".\u200b "),
)  # fmt: skip


def main() -> int:
    """Write them."""
    parser = argparse.ArgumentParser(prog="bench.corpus", description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path, help="a JSON Lines file")
    args = parser.parse_args()
    write(args.count, args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
