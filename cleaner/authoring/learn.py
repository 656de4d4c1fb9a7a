"""What a corpus repeats, site by site: lines, and sentences at the ends of lines, that many pages of one site have.

On one site, the text that repeats from page to page is the page's, not the story's. The corpus is cleaned with the
rules that there are, and what is left is counted. Memory is bounded: sites are taken in groups of some thousand
documents; a first pass over a group counts the documents of each piece in a table of fixed size, and a second pass the
places of those that repeat. Counts don't depend on the order of the documents.

Copies and versions of one story would make its own sentences repeat. So a document weighs less, the more documents hold
what it says: ten copies weigh as much as one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from cleaner.authoring.hashed_counts import HashedCounts
from cleaner.authoring.kept_lines import KeptLine, Sentence, kept_lines
from cleaner.authoring.line_stats import LineStats
from cleaner.cleaning.prepare import Prepared, site_of
from cleaner.matching.program import Program
from cleaner.model.rule import RulePack
from cleaner.text.fold import fold
from cleaner.text.lines import Lines, ends_sentence, word_count
from cleaner.text.sentences import sentences

FEWEST_DOCUMENTS = 3
"""A piece on fewer documents of a site is not counted as repeated."""
_GROUP_DOCUMENTS = 20_000  # of the sites that are counted at the same time
ONE = 720_720
"""The weight of a document that nothing repeats; divisible by 1 to 16, so that the weights of copies sum up to it."""
_SHARE_OF_A_DOCUMENT = 1 / 3  # of its words: what so much of it is found in, the document is found in
_SAYS_SOMETHING = 6  # words of a sentence that shows which story it is of
_PROSE_WORDS = 12
_PLACES = ("amid", "head", "tail", "block")  # of several in one document, the first of these counts
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CONTENT_WORD = re.compile(r"[^\W\d_]{4,}")
_UNSAFE = re.compile(r"[^a-z0-9]+")
_QUOTES = re.compile('["“”„«»‘]')  # one of a pair may be in another sentence
_KEEP_WORDS = range(5, 36)  # words of a sentence that is an example of prose

LEARNED = re.compile(r"sites/[^/]+/learned-.+")
"""The ids of rules that were learned."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Site:
    """The documents that are counted together: those of a host, else those of a folder at the top of the corpus."""

    name: str
    """The host, or the folder's name in small letters; it names the rule file."""
    host: str = ""
    """Empty for a folder."""


@dataclass(slots=True, kw_only=True)
class Repeated:
    """A line or a sentence that repeats on a site."""

    key: str
    line_stats: LineStats = field(default_factory=LineStats)
    weight: int = 0
    sentence_ends: int = 0
    """Documents in which it ends with a sentence mark."""
    as_line: int = 0
    """Documents in which it is a line of its own."""
    as_sentence: int = 0
    """Documents in which it is a sentence of a longer line."""
    leads: int = 0
    """Documents in which it is the line above the first line of the story, as a place and a section are."""
    places: Counter[str] = field(default_factory=Counter)
    """Documents in which all its occurrences are above the story (`head`) or below it (`tail`), in a row of repeated
    pieces (`block`), or in which one is neither (`amid`). Documents without a story are not counted."""
    labels: Counter[str] = field(default_factory=Counter)
    """Labels of lines beside it that rules remove."""
    near: list[str] = field(default_factory=list)
    """Sentences of the site's stories with most of its words, the nearest first."""

    @property
    def documents(self) -> int:
        """Documents that have it."""
        return self.line_stats.documents

    @property
    def words(self) -> int:
        """Its words."""
        return word_count(self.key)

    @property
    def is_prose(self) -> bool:
        """Whether it is long, and ends with a sentence mark: so it is no heading."""
        return self.words >= _PROSE_WORDS and 2 * self.sentence_ends > self.documents

    def share_at(self, *places: str) -> float:
        """Share of its documents with a story where it is in one of these places, 0 to 1; 0 if these are too few."""
        placed = self.places.total()
        return sum(self.places[place] for place in places) / placed if placed >= FEWEST_DOCUMENTS else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What repeats on one site."""

    site: Site
    documents: int
    weight: int
    repeated: tuple[Repeated, ...]
    """In order of their keys."""

    def share(self, piece: Repeated) -> float:
        """The share of the site's stories that have a piece, 0 to 1; copies of one story count once."""
        return piece.weight / self.weight


Choose = Callable[[Learned], Learned]


def learn(
    corpus: Callable[[], Iterable[Prepared]], program: Program, choose: Choose, *, unnamed: str = "corpus"
) -> Iterator[Learned]:
    """Yield what repeats on each site, in order of the sites' names; `choose` says which pieces of it are reported.

    `corpus` is read several times. Documents that have neither an address nor a folder are the site `unnamed`.
    """
    census = Counter(_site(prepared, program, unnamed) for prepared in corpus())
    for group in _groups({site: n for site, n in census.items() if n >= FEWEST_DOCUMENTS}):
        counting = _Counting(corpus, program, unnamed, {site: census[site] for site in group})
        counting.count()
        found = [choose(each) for each in counting.repeated()]
        counting.find_near_prose(found)
        yield from found


def without_learned(pack: RulePack) -> RulePack:
    """The rules of a pack that were not learned."""
    rules = tuple(rule for rule in pack.rules if not LEARNED.fullmatch(rule.id))
    if len(rules) == len(pack.rules):
        return pack
    digest = hashlib.sha256(repr([rule.id for rule in rules]).encode() + pack.digest.encode()).hexdigest()
    return replace(pack, rules=rules, digest=digest)


def _groups(census: Mapping[Site, int]) -> Iterator[list[Site]]:
    group: list[Site] = []
    documents = 0
    for site in sorted(census):
        if group and documents + census[site] > _GROUP_DOCUMENTS:
            yield group
            group, documents = [], 0
        group.append(site)
        documents += census[site]
    if group:
        yield group


def _site(prepared: Prepared, program: Program, unnamed: str) -> Site:
    document = prepared.document
    host, _ = site_of(document, Lines("" if document.url else prepared.text), program)
    if host:
        return Site(name=host, host=host)
    folder, is_below, _ = document.source.partition("/")
    return Site(name=_file_name(folder if is_below else unnamed))


def _file_name(folder: str) -> str:
    latin = unicodedata.normalize("NFKD", fold(folder)).encode("ascii", "ignore").decode()
    name = _UNSAFE.sub("-", latin).strip("-")
    return name or "folder-" + hashlib.sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()[:6]


class _Counting:
    """The passes over the documents of some sites."""

    def __init__(
        self,
        corpus: Callable[[], Iterable[Prepared]],
        program: Program,
        unnamed: str,
        census: Mapping[Site, int],
    ) -> None:
        self._corpus, self._program, self._unnamed, self._census = corpus, program, unnamed, census
        self._table = HashedCounts()

    def _documents(self) -> Iterator[tuple[Site, Prepared]]:
        for prepared in self._corpus():
            site = _site(prepared, self._program, self._unnamed)
            if site in self._census:
                yield site, prepared

    def count(self) -> None:
        """Count for each piece the documents that have it, and those that have it but for its figures."""
        for site, prepared in self._documents():
            keys = {key for line in kept_lines(prepared, self._program) for key in line.keys if _LETTERS.search(key)}
            for key in keys:
                self._table.add(f"{site.name}\n{key}")
            for masked in {_DIGITS.sub("\n", key) for key in keys if _DIGITS.search(key)}:
                self._table.add(f"{site.name}\n{masked}")

    def repeated(self) -> Iterator[Learned]:
        """What repeats on each of the sites, in order of their names. `count` must come first."""
        pieces: defaultdict[Site, dict[str, Repeated]] = defaultdict(dict)
        weights = Counter[Site]()
        for site, prepared in self._documents():
            lines = kept_lines(prepared, self._program)
            weight = ONE // self._copies(site, lines)
            weights[site] += weight
            reading = _Reading(lines, partial(self._repeats, site))
            for key, found in reading.occurrences().items():
                piece = pieces[site].setdefault(key, Repeated(key=key))
                found.add_to(piece, weight, prepared.language.code)
        for site in sorted(self._census):
            chosen = sorted(pieces[site].items())
            yield Learned(
                site=site,
                documents=self._census[site],
                weight=weights[site],
                repeated=tuple(piece for key, piece in chosen if not self._differs_in_figures(site, key)),
            )

    def find_near_prose(self, found: Iterable[Learned]) -> None:
        """Find for each piece the sentences of the site's stories with most of its words."""
        wanted = {each.site: [(piece, _content(piece.key)) for piece in each.repeated] for each in found}
        best: defaultdict[int, set[tuple[int, int, str]]] = defaultdict(set)
        for site, prepared in self._documents():
            for sentence in self._prose(site, prepared) if wanted.get(site) else ():
                folded = fold(sentence)
                words = _content(folded)
                for piece, those in wanted[site]:
                    if piece.key in folded and piece.words >= _SAYS_SOMETHING:
                        continue  # not prose, but the piece with what was joined to it
                    shared = len(words & those)
                    ranks = best[id(piece)]
                    ranks.add((-shared, len(sentence), sentence))
                    if len(ranks) > 2:
                        ranks.remove(max(ranks))
        for pieces in wanted.values():
            for piece, _ in pieces:
                piece.near = [sentence for _, _, sentence in sorted(best[id(piece)])]

    def _prose(self, site: Site, prepared: Prepared) -> Iterator[str]:
        """Sentences that no rule removes, and that few other documents have."""
        lines = Lines(prepared.text)
        for i, text in enumerate(lines.texts):
            for start, end in sentences(text) if lines.words[i] >= _PROSE_WORDS else ():
                sentence = text[start:end]
                if _is_example(sentence) and 0 < self._count(site, Sentence.of(sentence).key) < FEWEST_DOCUMENTS:
                    yield sentence

    def _count(self, site: Site, key: str) -> int:
        return self._table[f"{site.name}\n{key}"]

    def _repeats(self, site: Site, key: str) -> bool:
        """Whether it may be on enough documents to be a rule."""
        return self._count(site, key) >= max(FEWEST_DOCUMENTS, 0.15 * self._census[site])

    def _differs_in_figures(self, site: Site, key: str) -> bool:
        masked = _DIGITS.sub("\n", key)
        return masked != key and self._count(site, masked) > self._count(site, key)

    def _copies(self, site: Site, lines: Sequence[KeptLine]) -> int:
        """The documents that hold a third of the words of this one, as far as the counts of its sentences show."""
        counts = sorted(
            (self._count(site, key), words) for line in lines for key, words in _told(line) if words >= _SAYS_SOMETHING
        )
        left = _SHARE_OF_A_DOCUMENT * sum(words for _, words in counts)
        for count, words in counts:
            left -= words
            if left <= 0:
                return max(count, 1)
        return 1


def _told(line: KeptLine) -> Iterator[tuple[str, int]]:
    if line.sentences:
        yield from ((each.key, each.words) for each in line.sentences if each)
    elif line.is_whole:
        yield line.key, line.words


def _is_example(sentence: str) -> bool:
    """Whether a sentence is whole, and of a length that is easily read."""
    return (
        len(sentence.split()) in _KEEP_WORDS
        and sentence[-1] in ".!?"
        and not sentence.endswith("..")
        and sentence[0].isalpha()
        and not _QUOTES.search(sentence)
    )


def _content(folded: str) -> frozenset[str]:
    return frozenset(_CONTENT_WORD.findall(folded))


@dataclass(slots=True, kw_only=True)
class _Occurrences:
    """Where a document has a piece."""

    text: str
    line: KeptLine
    places: set[str] = field(default_factory=set)
    as_line: bool = False
    as_sentence: bool = False
    leads: bool = False

    def add_to(self, piece: Repeated, weight: int, language: str | None) -> None:
        """Count the document."""
        piece.line_stats.add(self.text, self.line.zones, language, None)
        piece.weight += weight
        piece.sentence_ends += ends_sentence(self.text, word_count(self.text))
        piece.as_line += self.as_line
        piece.as_sentence += self.as_sentence
        piece.leads += self.leads
        piece.places.update(sorted(self.places, key=_PLACES.index)[:1])
        piece.labels.update(set(self.line.neighbours))


class _Reading:
    """The repeated pieces of one document, and where they are."""

    def __init__(self, lines: Sequence[KeptLine], repeats: Callable[[str], bool]) -> None:
        self._lines, self._repeats = lines, repeats
        self._found: dict[str, _Occurrences] = {}
        own = [i for i, line in enumerate(lines) if self._is_own(line)]
        self._story = range(own[0], own[-1] + 1) if own else range(0)
        """From the first line of prose that no other document has up to the last one."""

    def occurrences(self) -> dict[str, _Occurrences]:
        """The pieces by their keys."""
        whole = [self._repeats(line.key) if line.is_whole else None for line in self._lines]
        blocks = _blocks([line.words if yes else 0 for line, yes in zip(self._lines, whole, strict=True)])
        for i, line in enumerate(self._lines):
            if whole[i]:
                place = "head" if i < self._story.start else "tail" if i >= self._story.stop else "amid"
                found = self._note(line, line.key, line.text, "block" if i in blocks and place == "amid" else place)
                found.as_line = True
                found.leads |= i + 1 == self._story.start
            else:
                self._read_sentences(i, line)
        return self._found

    def _is_own(self, line: KeptLine) -> bool:
        """Whether a line is prose that no other document has."""
        if line.is_whole and self._repeats(line.key):
            return False
        if not line.sentences:
            return line.ends_sentence and line.words >= _PROSE_WORDS
        own = (each for each in line.sentences if each and not self._repeats(each.key))
        return sum(each.words for each in own if ends_sentence(each.text, each.words)) >= _PROSE_WORDS

    def _read_sentences(self, i: int, line: KeptLine) -> None:
        """Note the sentences that repeat: those at the beginning and the end of the line, and those between."""
        repeats = [each is None or self._repeats(each.key) for each in line.sentences]
        start = next((n for n, yes in enumerate(repeats) if not yes), len(repeats))
        stop = next((n for n in range(len(repeats), 0, -1) if not repeats[n - 1]), 0)
        blocks = _blocks([each.words if each and yes else 0 for each, yes in zip(line.sentences, repeats, strict=True)])
        for n, each in enumerate(line.sentences):
            if each and repeats[n]:
                is_head, is_tail = n < start and i <= self._story.start, n >= stop and i >= self._story.stop - 1
                place = "head" if is_head else "tail" if is_tail else "block" if n in blocks else "amid"
                self._note(line, each.key, each.text, place).as_sentence = True

    def _note(self, line: KeptLine, key: str, text: str, place: str) -> _Occurrences:
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = _Occurrences(text=text, line=line)
        if self._story:
            found.places.add(place)
        return found


def _blocks(words: Sequence[int]) -> frozenset[int]:
    """The indexes in runs of pieces that repeat, given by their words (0: it does not repeat): three of them, or two of
    which one is a long sentence. So much in a row is no heading."""
    found: list[int] = []
    run: list[int] = []
    for i, n in enumerate((*words, 0)):
        if n:
            run.append(i)
            continue
        if len(run) > 2 or (len(run) == 2 and max(words[k] for k in run) >= _PROSE_WORDS):
            found += run
        run = []
    return frozenset(found)
