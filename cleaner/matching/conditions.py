"""The conditions of `where:`, one function for each: whether it holds for line i, and the figure found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from cleaner.matching.context import MatchContext
from cleaner.model.document import Block
from cleaner.model.rule import Where
from cleaner.text.lines import has_unspaced_script
from cleaner.text.plural import counted

Answer = tuple[bool, object]
Condition = Callable[[MatchContext, int, Any, Where], Answer]

_QUOTES = re.compile(r"[\"“”„«»「」『』]")


def _zone(context: MatchContext, i: int, wanted: tuple[str, ...], _where: Where) -> Answer:
    zones = context.lines.zones(i)
    return zones[0] in wanted or zones[-1] in wanted, "+".join(zones)  # a line has two zones at most


def _beside(step: int) -> Condition:
    def beside(context: MatchContext, i: int, wanted: tuple[Any, ...], where: Where) -> Answer:
        if context.neighbour(i, step, wanted, where.within) is not None:
            return True, ""
        if context.misses is None:
            return False, ""  # no figure: to find the distance would cost more than the check
        j = i + step
        if not 0 <= j < len(context.lines):
            return False, "edge of the text"
        return False, f"{context.labels.get(j, 'no label')}, {counted(context.lines.breaks(i, j), 'line break')} away"

    return beside


def _shares_words(context: MatchContext, i: int, wanted: int, where: Where) -> Answer:
    own = context.content_words(i)
    shared: frozenset[str] = frozenset()
    for step, labels in ((-1, where.above), (1, where.below)):
        j = context.neighbour(i, step, labels, where.within)
        shared |= own & context.content_words(j) if j is not None else frozenset()
    return len(shared) >= wanted, len(shared)


@lru_cache(maxsize=64)
def _unspaced(listed: frozenset[str]) -> tuple[str, ...]:
    """Return the words of a list in scripts without blanks between words."""
    return tuple(sorted(filter(has_unspaced_script, listed)))


def _holds_word(name: str) -> Callable[[MatchContext, int], bool]:
    def holds(context: MatchContext, i: int) -> bool:
        listed, line = context.words.get(name, frozenset()), context.lines.folded[i]
        if any(word in listed for word in context.lines.tokens(i)):
            return True
        return has_unspaced_script(line) and any(word in line for word in _unspaced(listed))

    return holds


_has_finite_verb = _holds_word("finite_verbs")
_has_attribution = _holds_word("attribution_verbs")


def is_quoted(context: MatchContext, i: int) -> bool:
    """Report whether a line contains quotation marks and an attribution verb."""
    return len(_QUOTES.findall(context.lines.texts[i])) >= 2 and _has_attribution(context, i)


def is_quotation(context: MatchContext, i: int) -> bool:
    """Report whether a line contains quotation marks or an attribution verb: a quotation, not boilerplate."""
    return len(_QUOTES.findall(context.lines.texts[i])) >= 2 or _has_attribution(context, i)


def _is(fact: Callable[[MatchContext, int], bool]) -> Condition:
    def holds(context: MatchContext, i: int, wanted: bool, _where: Where) -> Answer:
        found = fact(context, i)
        return found is wanted, found

    return holds


def _least(fact: Callable[[MatchContext, int], int]) -> Condition:
    def holds(context: MatchContext, i: int, wanted: int, _where: Where) -> Answer:
        found = fact(context, i)
        return found >= wanted, found

    return holds


def _most(fact: Callable[[MatchContext, int], int]) -> Condition:
    def holds(context: MatchContext, i: int, wanted: int, _where: Where) -> Answer:
        found = fact(context, i)
        return found <= wanted, found

    return holds


def _words(context: MatchContext, i: int) -> int:
    return context.lines.words[i]


def _blank(step: int) -> Callable[[MatchContext, int], bool]:
    def blank(context: MatchContext, i: int) -> bool:
        j = i + step
        return not 0 <= j < len(context.lines) or context.lines.breaks(i, j) > 1

    return blank


def _repeats_title(context: MatchContext, i: int) -> bool:
    return i in context.holding(context.title_keys)


def _names_publisher(context: MatchContext, i: int) -> bool:
    return i in context.holding(context.publishers)


def _block(fact: Callable[[Block], Iterable[str]]) -> Condition:
    def is_among(context: MatchContext, i: int, wanted: tuple[str, ...], _where: Where) -> Answer:
        block = context.block(i)
        found = tuple(fact(block)) if block else ()
        return any(one in wanted for one in found), " ".join(found) or "none"

    return is_among


def _links(context: MatchContext, i: int, wanted: float, _where: Where) -> Answer:
    block = context.block(i)
    return block is not None and block.links >= wanted, block.links if block else "no markup"


CONDITIONS: Mapping[str, Condition] = {
    # The cheapest first, as the first that fails ends the check; labels of neighbours before all others.
    "above": _beside(-1),
    "below": _beside(1),
    "min_words": _least(_words),
    "max_words": _most(_words),
    "first": _is(lambda _scene, i: i == 0),
    "last": _is(lambda context, i: i == len(context.lines) - 1),
    "blank_above": _is(_blank(-1)),
    "blank_below": _is(_blank(1)),
    "labelled_lines": _least(lambda context, i: len(context.labels) - (i in context.labels)),
    "ends_sentence": _is(lambda context, i: context.lines.ends_sentence(i)),
    "zone": _zone,
    "tag": _block(lambda block: (block.tag,)),
    "inside": _block(lambda block: block.inside),
    "names": _block(lambda block: block.names),
    "min_links": _links,
    "document_words": _least(lambda context, _i: context.lines.total_words),
    "prose_within": _most(lambda context, i: context.lines.unsplit_between(i, context.lines.head_end)),
    "repeats_title": _is(_repeats_title),
    "names_publisher": _is(_names_publisher),
    "shares_words": _shares_words,
    "finite_verb": _is(_has_finite_verb),
    "quotation": _is(is_quotation),
}

# Conditions that look at other rules' labels or fields: a rule with one of them waits for those.
LABEL_CONDITIONS = frozenset({"above", "below", "labelled_lines", "repeats_title", "names_publisher", "shares_words"})

# Conditions that depend on other lines: on their labels, or on how many there are and how long.
PLACE_CONDITIONS = LABEL_CONDITIONS | {"first", "last", "blank_above", "blank_below", "zone", "prose_within"}

# Conditions that cost more than trying a pattern, since they check every word or more.
DEAR_CONDITIONS = frozenset({"repeats_title", "names_publisher", "shares_words", "finite_verb", "quotation"})

# Conditions that look words up in the language's lists.
WORD_LIST_CONDITIONS = frozenset({"finite_verb", "quotation"})

BoundCondition = tuple[str, Condition, Any]

_UNSET = Where()


def checks(where: Where) -> tuple[BoundCondition, ...]:
    """Return the conditions that a `where` sets, in the order of the table."""
    if where == _UNSET:
        return ()
    return tuple(
        (name, condition, wanted)
        for name, condition in CONDITIONS.items()
        if (wanted := getattr(where, name)) != getattr(_UNSET, name)
    )


def hold(context: MatchContext, i: int, asked: tuple[BoundCondition, ...], where: Where) -> bool:
    """Report whether all conditions hold for line i."""
    for _name, condition, wanted in asked:  # noqa: SIM110 - `all` of a generator takes twice as long
        if not condition(context, i, wanted, where)[0]:
            return False
    return True


def first_failed(
    context: MatchContext, i: int, asked: tuple[BoundCondition, ...], where: Where
) -> tuple[str, str] | None:
    """Return the first condition that fails for line i, with what is required and found; None if all hold."""
    for name, condition, wanted in asked:
        holds, found = condition(context, i, wanted, where)
        if not holds:
            return name, f"wanted {wanted}, found {found}"
    return None
