"""Rules for what repeats on a site: which pieces become rules, how they are written, and the file of a site.

A piece becomes a rule if it repeats on many pages of its site and is at their beginning or end, or in a row of others.
What is between paragraphs may be a subhead, and what is above the first one a place or a section: these stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cleaner.authoring.learn import ONE, Learned, Repeated, learn, without_learned
from cleaner.authoring.lint import is_domain, lint
from cleaner.authoring.scaffold import WHY, Draft, appended, guess_label, placed, sentence_with, slug_of
from cleaner.cleaning.prepare import Prepared
from cleaner.matching.program import compile_program
from cleaner.metadata.bylines import read_signature
from cleaner.metadata.dates import parse_datetime
from cleaner.model.options import Options
from cleaner.model.rule import Rule, RulePack, Status, Zone
from cleaner.rules.load import parse_pack
from cleaner.rules.validate import HOST

_LEAST_SHARE = 0.3  # of the stories of a site
_MANY_STORIES, _SHARE_OF_MANY = 12, 0.1  # where so many have it, a smaller share is enough
_WORDS_OF_MANY = 4
_SURE_SHARE = 0.6  # for what may be a name, a place or a section
_PROSE_SHARE = 0.5  # for a sentence between the sentences of the story
_MOST_AMID = 0.2  # of its documents; a subhead is amid prose in most of them
_MOST_CHARACTERS = 1000
_HARDLY, _NEARLY_ALL = 0.05, 0.9
_SHORT = 8  # words
_WORDS_OF_PART = 3  # fewer are no sentence
_WORDS_OF_NAME = 6
_KEEPS, _REMOVES = 2, 3
_SURE_STORIES, _HALF = 5, 0.5  # on fewer stories and a smaller share it may be chance
_SURE_LABEL = 0.5  # share of the votes of other rules' words

# A place, or a place and a source: `JAKARTA, The Lantern`, `Oslo (Northwind)`, `HARBOUR TOWN -`.
_DATELINE = re.compile(r"[^\W\d_a-z][^\s,(]*(?: [^\W\d_a-z][^\s,(]*){0,2}(?:, ?\S.*| ?\(.+\)| ?[-–—:])+")

# What repeats on a site is one of these, else `residue`: a caption or a title is of one page.
_LABELS = frozenset({"ad", "paywall", "share", "newsletter", "related", "comments", "navigation", "legal", "about"})

Unit = Literal["line", "sentence"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """The rules that were learned for a site."""

    name: str
    host: str
    documents: int
    drafts: tuple[Draft, ...]

    @property
    def path(self) -> str:
        """Their file below the rule folder."""
        return f"sites/{self.name}.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRulesFound:
    """What a corpus gives."""

    sites: tuple[SiteRules, ...]
    """The sites on which something repeats, in order of their names; without rules where the pack has all of them."""
    unknown_hosts: tuple[str, ...]
    """Hosts on which something repeats, and that no rule can name, as they are below no known domain."""


def learn_site_rules(
    corpus: Callable[[], Iterable[Prepared]], pack: RulePack, options: Options, *, folder_name: str
) -> SiteRulesFound:
    """The rules that `pack` lacks for what repeats on the sites of a corpus.

    `corpus` is read several times. `folder_name` names the documents that have neither an address nor a folder. The
    rules that were learned before take no part in the cleaning: so the same corpus gives the same rules again, of which
    those that the pack has are left out.
    """
    program = compile_program(without_learned(pack), options)
    learned = [each for each in learn(corpus, program, chosen, unnamed=folder_name) if each.repeated]
    taken = {rule.id for rule in pack.rules}
    named = [site_rules(each, pack, taken) for each in learned if _is_known(each.site.host)]
    unknown = (each.site.host for each in learned if not _is_known(each.site.host))
    return SiteRulesFound(sites=tuple(without_doubts(named, pack)), unknown_hosts=tuple(unknown))


def _is_known(host: str) -> bool:
    return not host or (HOST.fullmatch(host) is not None and is_domain(host))


def chosen(learned: Learned) -> Learned:
    """What becomes a rule, of all that repeats on a site."""
    pieces = (piece for piece in learned.repeated if _is_boilerplate(learned, piece))
    return replace(learned, repeated=tuple(pieces))


def _is_boilerplate(learned: Learned, piece: Repeated) -> bool:
    return _is_frequent(learned, piece) and _is_outside(learned, piece) and not _may_be_of_the_story(learned, piece)


def _is_frequent(learned: Learned, piece: Repeated) -> bool:
    stories, share = piece.weight / ONE, learned.share(piece)
    if stories < 3:
        return False
    words = _WORDS_OF_MANY if _is_line(piece) else _SHORT
    many = stories >= _MANY_STORIES and share >= _SHARE_OF_MANY and piece.words >= words
    return share >= _LEAST_SHARE or (many and piece.share_at("head", "tail", "block") >= _NEARLY_ALL)


def _is_outside(learned: Learned, piece: Repeated) -> bool:
    """Whether it is above or below the story, or in a row of others, on most pages."""
    if piece.is_prose and learned.share(piece) >= _PROSE_SHARE:
        return True
    if piece.words < _SHORT and piece.places["amid"] and not _zone(piece):
        return False
    return piece.share_at("head", "tail", "block") > 0.5 and piece.share_at("amid") <= _MOST_AMID


def _may_be_of_the_story(learned: Learned, piece: Repeated) -> bool:
    """Whether it may be a place, a section, a date or a name, or is too short or too long for a rule."""
    if len(piece.key) > _MOST_CHARACTERS or _is_too_short(learned, piece):
        return True
    if _label_beside(piece) or piece.words > _WORDS_OF_NAME:
        return False
    text, is_sure = _text(piece), learned.share(piece) >= _SURE_SHARE
    if 2 * piece.leads > piece.documents or (piece.places["head"] and _DATELINE.fullmatch(text)):
        return True
    return bool(parse_datetime(text) or (not is_sure and read_signature(text)))


def _is_too_short(learned: Learned, piece: Repeated) -> bool:
    """Whether it has so few words that it may be anything: a rule for a folder is for all sites."""
    if piece.words >= _WORDS_OF_PART:
        return False
    if not learned.site.host or piece.as_sentence or piece.share_at("head", "tail", "block") < _NEARLY_ALL:
        return True
    return learned.share(piece) < _SURE_SHARE and not _label_beside(piece)


def _is_line(piece: Repeated) -> bool:
    return piece.as_line > piece.as_sentence


def _text(piece: Repeated) -> str:
    """Its most usual spelling."""
    return _spellings(piece)[0]


def _spellings(piece: Repeated) -> list[str]:
    return [text for text, _ in sorted(piece.line_stats.texts.items(), key=lambda each: (-each[1], each[0]))]


def _label_beside(piece: Repeated) -> str | None:
    """The label of the removed lines beside it, if most of its documents agree."""
    votes = {label: n for label, n in piece.labels.items() if label in _LABELS}
    best = max(votes, key=lambda label: (votes[label], label), default=None)
    return best if best and 2 * votes[best] > piece.documents else None


def _unit(piece: Repeated) -> Unit:
    if 10 * piece.as_sentence >= piece.documents:
        return "sentence"
    return "line" if piece.words < _SHORT else None


def _zone(piece: Repeated) -> tuple[Zone, ...]:
    """The zones that a short piece keeps to, which protect it elsewhere. A longer one is the same text anywhere."""
    if piece.is_prose or (piece.as_sentence and piece.words >= _SHORT):
        return ()
    share = piece.line_stats.share if _is_line(piece) else piece.share_at
    ends: tuple[Zone, ...] = ("head", "tail")
    return tuple(zone for zone in ends if share(zone) > _HARDLY) if sum(map(share, ends)) >= 1 - _MOST_AMID else ()


# ------------------------------------------------------------------------------------------ drafts


def site_rules(learned: Learned, pack: RulePack, taken: set[str]) -> SiteRules:
    """The rules for what repeats on a site and no rule of its file in `pack` names; each passes its examples.

    Pieces of one label and place that the same number of pages have become one rule. `taken` are the ids in use; those
    of the rules join them.
    """
    site, others = learned.site, without_learned(pack)
    written = _phrases_of(f"sites/{site.name}.yaml", pack)
    groups: defaultdict[_Group, list[Repeated]] = defaultdict(list)
    for piece in learned.repeated:
        if piece.key not in written:
            group = _Group(
                documents=piece.documents,
                label=_label(piece, others),
                status=_status(learned, piece),
                unit=_unit(piece) or "",
                zone=_zone(piece),
            )
            groups[group].append(piece)
    drafts: list[Draft] = []
    for group, pieces in sorted(groups.items(), key=lambda each: (-each[0].documents, each[0])):
        ways = _with_keeps(_draft(learned, group, pieces, taken), pieces)
        if draft := next((each for each in ways if not each.faults(pack)), None):
            taken.add(draft.id)
            drafts.append(draft)
    return SiteRules(name=site.name, host=site.host, documents=learned.documents, drafts=tuple(drafts))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Group:
    """What the pieces of one rule have in common."""

    documents: int
    label: str
    status: Status
    unit: Literal["line", "sentence", ""]
    zone: tuple[Zone, ...]


def _draft(learned: Learned, group: _Group, pieces: Sequence[Repeated], taken: Collection[str]) -> Draft:
    site = learned.site
    reason = WHY.get(group.label, "boilerplate of the page")
    return Draft(
        id=_free_id(f"sites/{site.name.strip('-.')}/learned-{slug_of(_text(pieces[0]))}", taken),
        label=group.label,
        site=site.host or None,
        language=None if site.host else pieces[0].line_stats.language,
        why=f"{reason}, on {group.documents:,} of {learned.documents:,} pages",
        kind="line",
        written=tuple(piece.key for piece in pieces),
        removes=tuple(_text(piece) for piece in pieces[:_REMOVES]),
        keeps=(),
        zone=group.zone,
        unit=group.unit or None,
        most_words=2 * sum(piece.words for piece in pieces),
        status=group.status,
    )


def _phrases_of(path: str, pack: RulePack) -> frozenset[str]:
    return frozenset(phrase for rule in pack.rules if rule.origin.path == path for phrase in rule.line)


def _label(piece: Repeated, pack: RulePack) -> str:
    """That of the lines beside it, else of the rules with words in common, else `residue`."""
    guess = guess_label(_text(piece), pack, piece.line_stats.language, sure=_SURE_LABEL)
    return _label_beside(piece) or (guess if guess in _LABELS else None) or "residue"


def _status(learned: Learned, piece: Repeated) -> Status:
    """Experimental where so few pages have it that it may be chance."""
    sure = piece.weight >= _SURE_STORIES * ONE or learned.share(piece) >= _HALF
    return "stable" if sure else "experimental"


def _with_keeps(draft: Draft, pieces: Sequence[Repeated]) -> Iterator[Draft]:
    """The draft with prose that is near to its phrases, else with a sentence that holds one of them."""
    around = tuple(placed(draft.removes[0], draft.zone))
    near = tuple(dict.fromkeys(sentence for piece in pieces for sentence in piece.near[:1]))[:_KEEPS]
    said = sentence_with(draft.removes[0], pieces[0].line_stats.language)
    if near:
        yield replace(draft, keeps=(*around, *near))
    yield replace(draft, keeps=(*around, said))
    yield replace(draft, keeps=(said,))


def _free_id(wanted: str, taken: Collection[str]) -> str:
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(each for each in numbered if each not in taken)


def without_doubts(found: Iterable[SiteRules], pack: RulePack) -> list[SiteRules]:
    """The rules of which `cleaner rules check --strict` reports nothing, beside those of the pack."""
    found = list(found)
    rules = [rule for each in found for rule in _parsed(each)]
    if not rules:
        return found
    both = sorted([*pack.rules, *rules], key=lambda rule: rule.id)
    merged = replace(pack, rules=tuple(both), digest=f"{pack.digest} and learned")
    doubtful = {fault.rule for fault in lint(merged, only={rule.id for rule in rules})}
    return [replace(each, drafts=tuple(draft for draft in each.drafts if draft.id not in doubtful)) for each in found]


def _parsed(found: SiteRules) -> tuple[Rule, ...]:
    entries = "".join(draft.entry() for draft in found.drafts)
    return parse_pack({found.path: f"rules:\n{entries}"}).rules if entries else ()


# ------------------------------------------------------------------------------------------- files


def one_file(found: Iterable[SiteRules]) -> str:
    """All rules as the text of one file; empty without rules."""
    entries = "\n".join(draft.entry() for site in found for draft in site.drafts)
    said = "# What repeats on the sites of the input, as `cleaner build --learn` found it.\n"
    return f"{said}rules:\n{entries}" if entries else ""


def site_file(found: SiteRules, before: str | None, opening: str = "") -> str:
    """The text of a site's rule file with its new rules at the end.

    What is there stays as it is. Raises CleanerError where a file does not end with its list of rules.
    """
    if before is None:
        shared: Mapping[str, str] = {"site": found.host} if found.host else {}
        said = "".join(f"{key}: {value}\n" for key, value in shared.items())
        what = f"the pages of {found.name}" if found.host else f"the documents of the folder {found.name}"
        entries = "\n".join(draft.entry(shared) for draft in found.drafts)
        return f"{opening}# What repeats on {what}, as `cleaner learn` found it.\n{said}rules:\n{entries}"
    text = before
    for draft in found.drafts:
        text = appended(found.path, text, draft)
    return text
