"""Counts where a line occurs in a corpus: documents, sites, zones, languages, and prose with the same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cleaner.cleaning.prepare import Prepared
from cleaner.metadata.sites import host_of
from cleaner.model.rule import Zone
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, phrase_key
from cleaner.text.plural import counted

_HOSTS_COUNTED = 100
_TEXTS_HELD = 8  # spellings of a line
_PROSE_KEPT = 2  # lines of prose
_NEVER = 0.05  # a zone counts if it has at least this share of a line's places
_MOSTLY = 0.8  # a language counts if it has at least this share of a line's documents


@dataclass(slots=True, kw_only=True)
class LineStats:
    """Where a line occurs in a corpus."""

    documents: int = 0
    hosts: set[str] = field(default_factory=set)
    """Of the documents that have an address; counting stops at a hundred."""
    zones: Counter[str] = field(default_factory=Counter)
    languages: Counter[str | None] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    """Its spellings, a few at most."""
    prose_lines: int = 0
    """Lines of prose that hold the same words."""
    prose: list[str] = field(default_factory=list)
    """The shortest of them."""

    def add(self, text: str, zones: Iterable[str], language: str | None, host: str | None) -> None:
        """Count an occurrence in one more document."""
        self.documents += 1
        self.zones.update(zones)
        self.languages[language] += 1
        if host and len(self.hosts) < _HOSTS_COUNTED:
            self.hosts.add(host)
        self.texts[text] += 1
        if len(self.texts) > _TEXTS_HELD:  # the result does not depend on the order of the documents
            del self.texts[max(self.texts)]

    def add_prose(self, prose: str) -> None:
        """Count a line of prose that holds its words."""
        self.prose_lines += 1
        if prose not in self.prose:
            self.prose = sorted((*self.prose, prose), key=lambda each: (len(each), each))[:_PROSE_KEPT]

    def places(self) -> str:
        """Return its numbers of documents and sites, as a text."""
        several = f"{len(self.hosts)} sites" + (" or more" if len(self.hosts) == _HOSTS_COUNTED else "")
        on = f" on {several if len(self.hosts) > 1 else next(iter(self.hosts))}" if self.hosts else ""
        return f"{counted(self.documents, 'document')}{on}"

    @property
    def language(self) -> str | None:
        """The language of most of its documents, or None."""
        code, documents = max(self.languages.items(), key=lambda each: each[1], default=(None, 0))
        return code if documents >= _MOSTLY * self.documents else None

    def share(self, zone: str) -> float:
        """Share of its places that are in a zone, 0 to 1; zones overlap in a text without prose."""
        return self.zones[zone] / self.documents if self.documents else 0.0

    @property
    def zone(self) -> tuple[Zone, ...]:
        """The zones that contain (nearly) all its occurrences; empty if it also occurs between lines of prose."""
        if not self.documents or self.share("body") > _NEVER:
            return ()
        alone = [zone for zone in ("head", "tail") if self.share(zone) >= 1 - _NEVER]
        return (alone[0],) if len(alone) == 1 else ("head", "tail")  # type: ignore[return-value]


def survey(corpus: Iterable[Prepared], text: str) -> LineStats:
    """Count where a line occurs in a corpus, and the lines of prose that contain its words."""
    line_stats = LineStats()
    key = phrase_key(fold(text))
    for prepared in corpus:
        lines = Lines(prepared.text)
        if key not in lines.haystack:
            continue
        same = [i for i, each in enumerate(lines.keys) if each == key]
        if same:
            host = host_of(prepared.document.url)
            line_stats.add(lines.texts[same[0]], lines.zones(same[0]), prepared.language.code, host)
        for prose in prose_holding(lines, key):
            line_stats.add_prose(prose)
    return line_stats


def prose_holding(lines: Lines, key: str) -> Iterator[str]:
    """The lines of prose that contain a folded phrase as whole words."""
    for i, folded in enumerate(lines.folded):
        if key in folded and folded != key and lines.is_prose(i) and holds(folded, key):
            yield lines.texts[i]


def holds(folded: str, key: str) -> bool:
    """Whether a text contains a phrase as whole words; in scripts without spaces, anywhere."""
    at = folded.find(key)
    while at >= 0:
        around = folded[at - 1 : at] + folded[at + len(key) : at + len(key) + 1]
        if not any(char.isalpha() and char < "\u2e80" for char in around):
            return True
        at = folded.find(key, at + 1)
    return False
