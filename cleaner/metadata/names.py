"""Who wrote a text and for which agency, out of a byline: `parse_names`, `split_agencies`, `parse_agencies`.

A byline is cut into pieces at its separators and connectives; from each piece the words that can open a name
are taken (capitalised words and particles), up to a role ("Health editor") or a place ("in Berlin"). What
goes on in prose gives no name at all: "By Monday the rain had stopped". Null rather than wrong.

Titles stay ("Dr. Max Müller"): they are part of how the byline names its author, and sources of metadata
(schema.org's `author.name`) carry them too. Degrees behind a name ("PhD") are dropped, as they are mostly
set apart by a comma and would read as further people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cleaner.metadata.dates import month_words
from cleaner.metadata.name_case import cased
from cleaner.metadata.values import (
    AFTER_NAMES,
    CAPITALISED_AFTER_NAMES,
    COLLECTIVES,
    DEGREES,
    MODIFIERS,
    NETWORKS,
    NO_OPENING,
    OUTLETS,
    PARTICLES,
    PLACES,
    ROLES,
    SHORT_ARTICLES,
    TIMES,
    WIRES,
)

AgencyLookup = Mapping[str, str]
"""Agencies by their names, as written and folded: see `agency_lookup`."""

_MOST_CHARS = 2000  # longer, and it is no byline
_MOST_NAMES = 5  # of one person, particles not counted
_ENDING = AFTER_NAMES - PARTICLES
_NO_PERSON = frozenset().union(OUTLETS, ROLES, MODIFIERS, NETWORKS)

_NOISE = re.compile(r"\S+@\S+\.\w+|https?://\S+|www\.\S+|(?<!\w)@\w+|\(?\+?\d[\d\s()./-]{7,}\d")
_GLUED = re.compile(r"(?<=[^\W\d_A-Z])(?=(?:Published|Updated|Publish date)\b)")
_BRACKETS = re.compile(r"[(\[（【〔]([^()\[\]（）【】〔〕]*)[)\]）】〕]")
_JUNIOR = re.compile(r",\s+(?=(?:Jr|Sr|II|III|IV)\b)")
_LEAD = re.compile(
    r"""^(?:[^,|]{1,40}?\s(?:by|par|por|oleh)[ ]+(?=[^\W\d_a-z])      # "Additional reporting by"
    |(?i:[^,|]{0,40}?\b(?:kommentar|kolumne|analyse|gastbeitrag|interview|essay|reportage|bericht|artikel|text
        |leitartikel|glosse|rezension|porträt)\s+von\s+)
    |By(?=[A-Z][a-z]+\s)                                              # glued to the name
    |(?i:by|par|por|door|oleh|von(?!\s+(?:de[rnm]|und|zu)\b))(?:\s*:\s*|\s+)
    |(?:(?i:av|af|di)\s+(?=\S+\s+\S)|di\s+)
    |(?i:(?:authors?|autor|autorin|autoren|auteurs?|autore|autori|text|texte|texto|testo|tekst|words|story|written\s+by
        |posted\s+by|published\s+by|автор|текст|yazan|penulis|tác\ giả|بقلم|كتب|إعداد|מאת|作者|著者|文|取材・文|取材|글)
        \s*(?:[:：=＝]|／|(?<=by)\s)\s*)
    |(?:بقلم|كتبت?|מאת|tác\ giả)\s+
    )""",
    re.VERBOSE,
)
_WITH_REPORTS = re.compile(r"(?i)^with\s.{0,50}?\b(?:from|by)\s+(?=\S)")
_NAME_WORD = re.compile(r"[^\W\d_][^\d_@#:/\\<>\"“”„!?;,…=]*")
_BOUND = re.compile(r"(?:d|l|al|el|ar|as|an)['’-](?=[^\W\d_a-z])")  # d'Angelo, al-Masri
_DOMAIN = re.compile(
    r"\w{2,}\.(?:com|net|org|info|de|ch|at|fr|es|it|nl|be|uk|us|io|tv|ru|pl|in|tr|is)\b", re.IGNORECASE
)
_SIGN = re.compile("(?!I{3}|IV)[B-DF-HJ-NP-TV-XZ]{3,}")  # an outlet's letters: CBS, MDR
_CJK = re.compile("[぀-ヿ一-鿿]")
_HANGUL = re.compile("[가-힣]")


# --------------------------------------------------------------------------------------- agencies


def agency_lookup(known: Iterable[str]) -> dict[str, str]:
    """Agencies by name, for `split_agencies` and `parse_agencies`: built once, one dict access a piece."""
    known = tuple(known)
    lookup: dict[str, str] = {}
    for name in known:
        bare = _without_the(name)
        lookup.setdefault(_key(bare), bare)
    # dpa and DPA: as the text writes it, where the list has both.
    return lookup | {bare: bare for bare in map(_without_the, known)}


def _without_the(name: str) -> str:
    return name[4:] if name[:4].lower() == "the " else name


def _key(name: str) -> str:
    return " ".join(_without_the(name.strip()).casefold().replace(".", "").replace("-", " ").split())


def _agency(piece: str, known: AgencyLookup) -> str | None:
    bare = _without_the(piece.strip(" .:"))
    found = known.get(bare) or known.get(_key(bare))
    # "Ani" is a woman, "ANI" an agency.
    return None if found and found.isupper() and bare.istitle() and len(bare) <= 4 else found


def parse_agencies(raw: str, known: AgencyLookup) -> tuple[str, ...]:
    """The agencies and outlets of a line that names nothing else: "Source: SBS, AFP", "dpa/AFP".

    A piece that isn't known is kept where it looks like an outlet's name: capitalised, five words at most. No
    list is complete, and a rule that captured this line has already said that it names sources; a person
    among them would look the same, and credits the text too. The known ones come in the list's spelling.
    """
    if len(raw) > _MOST_CHARS:
        return ()
    pieces = (piece.strip(" .:").removeprefix("the ") for piece in _split(_WITH_REPORTS.sub("", _NOISE.sub(" ", raw))))
    return _unique(
        found or piece
        for whole in pieces
        for piece in _between_agencies(whole, known)
        if piece and ((found := _agency(piece, known)) or _looks_like_outlet(piece))
    )


def _between_agencies(piece: str, known: AgencyLookup) -> list[str]:
    """Split at "y", "e", "i", "a" where an agency is beside it: "EFE y Reuters"; elsewhere it joins a name."""
    halves = _SMALL_AND.split(piece)
    return halves if any(_agency(half, known) for half in halves) else [piece]


def _looks_like_outlet(piece: str) -> bool:
    words = piece.split()
    return len(words) <= 5 and all(not w[0].islower() or w in PARTICLES for w in words) and words[0][0].isalpha()


# --------------------------------------------------------------------------------------- names


def parse_names(raw: str, *, language: str | None = None) -> tuple[str, ...]:
    """The people a byline names, in order, each once: "Anna Reed and Tom Okoro, AFP" gives two."""
    return split_agencies(raw, {}, language=language)[0]


def split_agencies(
    raw: str, known: AgencyLookup, *, language: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The people and the known agencies of a byline: "Mei Tan, the Associated Press and Reuters".

    Brackets may hold an agency, never a name. What is neither a person nor known is left out.
    """
    if len(raw) > _MOST_CHARS:
        return (), ()
    text = " ".join(_GLUED.sub(" , ", _NOISE.sub(" , ", raw)).split()).strip(" ,|/-–—·•")
    if _HANGUL.search(text):
        names, wires = _korean(text, known)
        return _unique(names), _unique(filter(None, wires))
    inside = [_agency(p, known) for held in _BRACKETS.findall(text) for p in re.split(r"[,/=＝]", held)]
    text = _BRACKETS.sub(" ", text).strip()
    names, agencies = _east_asian(text, known, language) if _CJK.search(text) else _western(text, known, language)
    return _unique(names), _unique(filter(None, (*agencies, *inside)))


def _western(text: str, known: AgencyLookup, language: str | None) -> tuple[list[str], list[str]]:
    text = _WITH_REPORTS.sub("", _LEAD.sub("", _JUNIOR.sub(" ", text), count=1))
    pieces = _split(text, language)
    names: list[str] = []
    agencies: list[str] = []
    capitals = True  # capitals are for the names that open a line ("ANNA REED, Staff Writer"), later for outlets
    for piece in pieces:
        capitals = capitals and piece.isupper()
        if whole := _agency(piece, known):
            agencies.append(whole)
            continue
        piece, wires = _trailing_agency(piece, known)  # noqa: PLW2901
        agencies += wires
        for half in _halves(piece):
            name, behind = _person(half, capitals=capitals, language=language)
            names += filter(None, [name])
            agencies += filter(None, [_agency(behind, known)])
    if full := [name for name in names if " " in name]:
        return full, agencies  # beside them a lone word is a place or an outlet: "Anna Reed, Nairobi"
    # Lone words are names where there is nothing else ("Greta, Tom and Anna"); two may be "Reed, Anna".
    alone = len(names) >= sum(not any(map(str.isdigit, piece)) for piece in pieces)
    return (names if alone and (len(names) != 2 or "," not in text) else []), agencies


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    return tuple(first.values())


_CONNECTIVES = ("and", "und", "et", "og", "och", "with", "mit", "avec", "и", "та", "và", "oraz")
_WORDS_ELSEWHERE = ("en", "med", "com", "con", "ve", "dan", "ja", "или")  # not in capitals: "DAN SMITH AND ANN LEE"
_MARK = r"\s*[,;|•●·∙⋅›»、，；\n\t&+/]\s*|\s+[-–—]+\s+|\s+(?:{})\s+"
_SPLIT = re.compile(_MARK.format("|".join((*_CONNECTIVES, *_WORDS_ELSEWHERE, "AND", "UND", "ET", "OG", "OCH"))))
_SPLIT_CAPITALS = re.compile(_MARK.format("|".join(_CONNECTIVES)), re.IGNORECASE)
_SMALL_AND = re.compile(r"\s+(?:y|e|i|a)\s+")
_CONNECTIVE_FIRST = re.compile(r"^(?:and|und|et|y|e|og|och)\s+")  # behind a comma


def _split(text: str, language: str | None = None) -> list[str]:
    pattern = _SPLIT
    if text.isupper():
        pattern = _SPLIT_CAPITALS
        text = re.sub(rf"\s{_OWN_CAPITALS[language]}\s", ", ", text) if language in _OWN_CAPITALS else text
    return [p for piece in pattern.split(text) if (p := _CONNECTIVE_FIRST.sub("", piece).strip())]


_OWN_CAPITALS = {
    "id": "DAN", "fi": "JA", "et": "JA", "tr": "VE", "nl": "EN", "it": "E", "pt": "E", "es": "Y", "pl": "I", "cs": "A"
}  # fmt: skip


def _halves(piece: str) -> list[str]:
    """Split at "y", "e", "i", "a" where both sides are full names: "Ortega y Gasset" is one man."""
    halves: list[str] = []
    words = piece.split()
    start = 0
    for at, word in enumerate(words):
        if word in ("y", "e", "i", "a") and at - start >= 2 and len(words) - at > 2:
            halves.append(" ".join(words[start:at]))
            start = at + 1
    return [*halves, " ".join(words[start:])]


def _trailing_agency(piece: str, known: AgencyLookup) -> tuple[str, list[str]]:
    """The piece without the agency that ends it, and that: "Anna Reed The Associated Press", "AP Auto Writer"."""
    words = piece.split()
    for at in range(max(1, len(words) - 4), len(words)):
        tail = " ".join(words[at:])
        # A single word must be written as the list has it: "Ani" ends names.
        if found := known.get(_without_the(tail)) or (known.get(_key(tail)) if len(words) - at > 1 else None):
            return " ".join(words[:at]), [found]
    if len(words) > 1 and words[-1].lower() in ROLES and (found := known.get(words[0])):
        return "", [found]
    return piece, []


def _person(piece: str, *, capitals: bool, language: str | None) -> tuple[str | None, str]:
    """The person's name that opens the piece, and what follows a preposition after it."""
    words = piece.split()
    at = next((i for i, word in enumerate(words) if not _opens(word, capitals)), len(words))
    name, behind = words[:at], ""
    if at < len(words):
        ended = _name_before(name, words[at:], language)
        if ended is None:
            return None, ""
        name, behind = ended
    name = _without_end(_without_role(name), capitals)
    if not _is_person(name, language) or (not capitals and piece.isupper()):
        return None, behind
    if len(name[-1]) > 2 and name[-1].casefold() not in ("jr.", "sr."):
        name[-1] = name[-1].rstrip(".:-")
    return " ".join(cased(word, i == 0, capitals, language) for i, word in enumerate(name)), behind


def _name_before(name: list[str], rest: list[str], language: str | None) -> tuple[list[str], str] | None:
    """The words of a name that other words follow, and what follows a preposition; None if these words are prose."""
    follows = rest[0].strip(".,:").casefold()
    if follows in ROLES:
        return [*name, rest[0]], ""
    if follows in AFTER_NAMES or rest[0] in CAPITALISED_AFTER_NAMES:
        return name, " ".join(rest[1:])
    if rest[0][0].isdigit():
        while len(name) > 1 and _is_time(name[-1], language):
            name.pop()  # "Morgan September 12"
        return name, ""
    return None


def _without_end(name: list[str], capitals: bool) -> list[str]:
    """The words of a name without those that end a link or a signature: a post, a copy of it, a degree, an outlet."""
    while len(name) > 2 and name[-1].casefold() in MODIFIERS:
        name.pop()  # "Anna Reed Lifestyle", of a link whose last word, "Writer", a pattern left out
    half = len(name) // 2
    if half > 1 and name[:half] == name[half:]:
        name = name[:half]  # a link and its text: "Anna Reed Anna Reed"
    while name and (name[-1] in PARTICLES or name[-1].casefold() in DEGREES):
        name.pop()
    while len(name) > 2 and not capitals and _SIGN.fullmatch(name[-1]):
        name.pop()  # "Anna Reed CBS", "Anna Reed CPP"
    return name


def _opens(word: str, capitals: bool) -> bool:
    """Whether a word can be part of a name."""
    if not _NAME_WORD.fullmatch(word) or word in CAPITALISED_AFTER_NAMES:
        return False
    if capitals:
        return word.casefold() not in _ENDING
    return not word[0].islower() or word in PARTICLES or bool(_BOUND.match(word))


def _is_time(word: str, language: str | None) -> bool:
    folded = word.strip(".,").casefold()
    return folded in TIMES or folded in month_words(language)


def _without_role(words: list[str]) -> list[str]:
    """The words before a role: "Anna Reed Health editor". A small letter makes the word before it the role's."""
    at = next((i for i, word in enumerate(words) if word.strip(".,:").casefold() in ROLES), None)
    if at is None:
        return words
    if words[-1].casefold() in COLLECTIVES:
        return []  # "Harbour Editorial Team"
    head = words[:at]
    while head and head[-1].casefold() in MODIFIERS:
        head.pop()
    begins = next((i for i, word in enumerate(head) if i > 1 and word.casefold() in MODIFIERS), len(head))
    if begins < len(head):  # "Anna Reed Senior Harbour Reporter"
        return head[:begins]
    if len(head) == at > 2 and words[at][0].islower():
        return []  # "Anna Maria Reed Cabinet editor": no telling where the name ends
    return head if len(head) > 1 else []


def _is_person(words: list[str], language: str | None) -> bool:
    """Whether words that could be a name are one. "Null rather than wrong": in doubt they are none."""
    folded = [word.strip(".,:").casefold() for word in words]
    full = sum(word not in PARTICLES for word in words)
    if not 0 < full <= _MOST_NAMES or folded[0] in NO_OPENING or _DOMAIN.search(" ".join(words)):
        return False
    if not _NO_PERSON.isdisjoint(folded) or _names_place_or_owner(words, folded):
        return False
    return _is_lone_name(words[0], folded[0], language) if len(words) == 1 else _is_full_name(words, language)


def _names_place_or_owner(words: list[str], folded: list[str]) -> bool:
    """The words are a place ("New York") or end in a genitive ("Reed's")."""
    return "_".join(folded) in PLACES or any(word.endswith(("'s", "’s")) for word in words)


def _is_lone_name(word: str, folded: str, language: str | None) -> bool:
    return not (word.isupper() or word.islower() or folded in WIRES or _is_time(word, language))


def _is_full_name(words: list[str], language: str | None) -> bool:
    if len(words) == 2 and words[0].casefold() in SHORT_ARTICLES:  # "A Reed"; "A. Reed" has an initial
        return False
    first = words[0]
    if first.isupper() and len(first) > 2 and "." not in first and not " ".join(words).isupper():
        return False  # "ACME Anvils"
    return not (any(map(_SIGN.fullmatch, words)) or all(_is_time(word, language) for word in words))


# --------------------------------------------------------------------------------------- East Asia

_KOREAN_NAMED = re.compile(  # 홍길동 선임기자, 홍길동 인턴 기자; 홍길동기자
    r"((?:[가-힣]{2,4}\s?[·,/]\s?)*[가-힣]{2,4}?)"
    r"(?:\s+(?:(?:인턴|수습|객원|전문|시민|선임|온라인)\s)?[가-힣]{0,4}|인턴)?(?:기자|논설위원|칼럼니스트|앵커)(?![가-힣])"
)
_KOREAN_NAME = re.compile(r"[가-힣]{2,4}")
_NO_KOREAN_NAME = re.compile(
    r".*[부팀국실]|인턴|수습|객원|전문|시민|선임|온라인|편집|기자|사진|글|본지|취재|뉴스|특파원"
)


def _korean(text: str, known: AgencyLookup) -> tuple[list[str], list[str | None]]:
    """Names before 기자 (reporter); without it, only a line of nothing but names."""
    agencies = [_agency(piece, known) for piece in re.split(r"[\s,/=()\[\]]+", text)]
    text = _LEAD.sub("", text, count=1)
    runs = _KOREAN_NAMED.findall(text) or (
        [text] if re.fullmatch(r"[가-힣]{2,4}(?:\s?[·,/]\s?[가-힣]{2,4})*", text) else []
    )
    names = [name for run in runs for name in _KOREAN_NAME.findall(run)]
    return [name for name in names if not _NO_KOREAN_NAME.fullmatch(name) and name not in known], agencies


_CJK_ROLE = re.compile(
    r"(?:本報|本报)?(?:特约)?(?:記者|记者)ら?|[一-鿿]{0,3}(?:報導|报道)|編集委員|論説委員|特派員|通信員|支局長|ライター|实习生|實習生|撰文|执笔|執筆"
)
_CJK_OUTLET = re.compile(
    r"新聞|新闻|通信|編集|编辑|編輯|オンライン|デジタル|テレビ|放送|ニュース|日報|日报|時報|时报|社$|部$|网$|網$|電$|电$"
)
_CJK_NAME = re.compile(
    r"[一-鿿々〆ヶ぀-ゟ]{2,6}|[゠-ヿ]{2,}(?:[・＝=][゠-ヿ]{2,})*|[一-鿿々]{1,4}[ 　][一-鿿々぀-ゟ]{1,4}"
)


def _east_asian(text: str, known: AgencyLookup, language: str | None) -> tuple[list[str], list[str]]:
    """山田太郎 記者, 记者 张三 李四. A blank is inside a Japanese name, and between two Chinese ones."""
    bare = _LEAD.sub("", text, count=1)
    marked = _CJK_ROLE.sub(" , ", bare)
    if language == "zh" or (language is None and _CJK_ROLE.match(bare)):
        marked = re.sub(r"(?<=[一-鿿]{2})\s+(?=[一-鿿]{2})", ",", marked)
    names: list[str] = []
    agencies: list[str] = []
    others = 0
    for piece in re.split(r"\s*[,、，；;/／|&]\s*|(?<=[一-鿿])[・·](?=[一-鿿])", marked):
        part = piece.strip(" 　・＝=:：")
        if found := _agency(part, known):
            agencies.append(found)
        elif _CJK_NAME.fullmatch(part) and not _CJK_OUTLET.search(part):
            names.append(part)
        else:
            others += bool(part)
    # Without a word such as 記者, only a line of nothing but names can be distinguished from prose.
    return names if marked != text or not others else [], agencies
