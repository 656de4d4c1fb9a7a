"""Captions and credits, kept apart: `read_caption`, `read_credit`.

A line under a picture says what it shows, who took it, or both, and words around either say which: "Photo:", "(Photo
by …)", "Image caption,", "File photo". A rule finds such a line in one of two dozen languages; what belongs to which
field is settled here. A credit names people and agencies only: what reads as a sentence is a caption, whatever the
word before it. What is left of the words around is no caption: "(Photo by)", "| Photo".
"""

from __future__ import annotations

import re

Read = tuple[tuple[str, ...], tuple[str, ...]]
"""Captions, and credits."""

# What a picture is called where its credit or its caption is led in.
_PICTURE = (
    r"(?:file |stock |handout |cover |featured? |main |top |lead |header |courtesy )?"
    r"(?:photos?|photographs?|photography|pictures?|pics?|images?|illustrations?|graphics?|composite|screenshots?)"
    r"|(?:symbol|archiv|titel|beitrags|aufmacher|artikel|agentur)?(?:fotos?|bild(?:er)?)|grafik|karikatur"
    r"|fotograf(?:ía|ia|ie|in)?s?|photographies?|imagen|imágenes|imagem|imagens|immagin[ei]|visuel|infograf[ií]a|infographie"
    r"|afbeelding|beeld|archief(?:foto|beeld)|arkiv(?:foto|bild|bilde)|illustrasjons?(?:foto)?|modelfoto"
    r"|fot\.|zdjęci[ea]"
    r"|fot[óo]|nyitókép|borítókép|ilustrační foto|snímek|gambar|ilustrasi|ảnh|görsel|fotoğraf"
    r"|фото|фотография|фотографии|снимок|снимка|иллюстрация|ілюстрація|коллаж|кадр|изображение"
    r"|写真|画像|資料写真|사진|자료사진|그래픽|图片|圖片|图|صورة|تصوير|צילום|תמונה"
)
_OF = (
    r"(?:credits?|source|sources|copyright|courtesy(?: of)?|by|via|par|von|por|di|de|da|quelle|nachweis|rechte|"
    r"crédits?|créditos?|crediti|提供|撮影|出典|제공|출처)"
)
_LEADS = re.compile(
    rf"^(?:(?:(?:{_PICTURE})(?:[ /]?{_OF}){{1,2}}|(?:photo |image |picture )?courtesy(?: of)?|crédits?(?: photos?)?|"
    rf"cr[eé]ditos?(?: da foto)?|crediti(?: foto)?|credits?|(?:{_PICTURE}))\s*(?:[:：=＝|©]|\.\.\.|…)\s*"
    rf"|(?:photos?|photographs?|pictures?|images?|illustrations?|graphics?) (?:illustration )?"
    rf"(?:by|courtesy(?: of)?)\s+"
    rf"|(?:photo|image|picture) (?:credit|source|copyright),?\s*(?=\S)"
    rf"|courtesy of\s+|credit(?:\.\.\.|…)\s*|©\s*|\(c\)\s*)",
    re.IGNORECASE,
)
# What only leads in a caption.
_CAPTION_LEADS = re.compile(
    rf"^(?:(?:(?:FILE|File)(?: (?:PHOTO|photo|PICTURE|picture|IMAGE|image))?\s?[-–—:]\s*)"
    rf"|(?i:(?:image|media|video|photo) caption[,:]?\s*)|(?i:(?:{_PICTURE})\s*[:：]\s*))"
)
# Words that say that a picture is old or a substitute: they are no part of a credit.
_STAND_IN = (
    r"(?:file(?: (?:photo|photograph|image|picture|pic))?s?|archives?|handout|pool photo|opens in a new (?:window|tab)|"
    r"symbolbild|symbolfoto|archiv(?:bild|foto)?|"
    r"archivo|arquivo|archivio|archief|arkiv|archiwum|archív|архив|архів|資料写真|자료 ?사진|资料图片?|資料圖片?|"
    r"(?:representative|representational|representation) (?:image|photo|picture))"
)
_STAND_IN_ALONE = re.compile(rf"{_STAND_IN}\.?", re.IGNORECASE)
_STAND_IN_BRACKET = re.compile(rf"\s*[(\[（]{_STAND_IN}[)\]）]\.?$", re.IGNORECASE)
_STAND_IN_BEHIND = re.compile(
    rf"(?:\s*[,/|–-]\s*|\s+)\(?{_STAND_IN}\)?$|\s*[(\[（]{_STAND_IN}[)\]）]\.?$", re.IGNORECASE
)
# What is left of a caption's end where a rule has taken the names alone.
_LEFT_OVER = re.compile(
    rf"(?i:\s*[(\[（|/–—-]{{1,4}}\s*(?:{_PICTURE}|credits?|crédits?|créditos?)?(?:[ /]?{_OF}){{0,2}}"
    rf"\s*[:：=,]?\s*[)\]）]?$"
    rf"|(?<![^\s.!?…\"”»)])(?:{_PICTURE}|credits?|crédits?|créditos?)(?: {_OF})*\s*[:：=]\s*$"
    rf"|(?<![^\s.!?…\"”»)])(?:photos?|pictures?|images?) (?:by|credit|source|courtesy(?: of)?)$)"
)
_NOTHING_ELSE = re.compile(rf"(?i:[(\[（|]?\s*(?:{_PICTURE}|credits?)?(?:[ /]?{_OF}){{0,2}}\s*[:：]?\s*[)\]）]?)")
# Behind a sentence: names with a stroke between them, or a bracket.
_CREDIT_BEHIND = re.compile(
    r"(?<=[.!?…\"”»)])\s*(?P<stroke>(?:[^\s/.!?(][^/.!?()]{0,40})(?: ?/ ?[^/.!?()]{2,40}){1,3})\.?$"
    r"|\s*[(\[](?P<bracket>[^()\[\]]{2,80})[)\]]\.?$"
    rf"|\s[|–—-]? ?(?P<led>(?i:{_PICTURE}|credits?|crédits?|créditos?)(?: (?i:{_OF}))*\s*[:：] ?[^:：]{{2,80}})$"
)
_SENTENCE_BEFORE = re.compile(r"[.!?…][\"”»']?$")

# Small words within names and between them.
_JOINING = frozenset(
    "and or of the for via by with from at in on de da do dos das di del della dei du des la le les el al bin ibn "
    "van von vom und mit aus et y e i és og och en den der het zu zum a an d l & x c/o".split()
)
# Small words that credits are made of: who keeps a picture rather than who took it.
_KEEPING = frozenset(
    "photo photos photographer staff handout courtesy pool file archive archives contributed supplied provided "
    "stock image images privat zvg archiv hersteller veranstalter genehmigung freundlicher verfügung gestellt imago "
    "dpa epd picture alliance press bild cortesía cortesia archivo particular captura pantalla redes sociales "
    "familia divulgação reprodução arquivo pessoal acervo archivio eigen foto istimewa dok dokumentasi ist pribadi "
    "archiwum prywatne materiały prasowe личный архив предоставлено пресс-служба пресс-службы из архива скриншот "
    "соцсети social media screenshot youtube facebook instagram twitter reuters afp ap epa getty unsplash pixabay "
    "pexels shutterstock".split()
)
_WORD = re.compile(r"@?[^\W_]+(?:[.'’&@/_-][^\W_]+)*")
_CASED = re.compile(r"[a-zA-ZÀ-ɏͰ-ԯ]")
_SENTENCES = re.compile(r"[^\W_]{4,}[.!?]['\"’”]? +[^\W_]")  # one, and what follows it
_FULL_STOP = re.compile(r"(?<=[^\W_]{3})(?<!Inc)(?<!Ltd)\.$")  # not that of an abbreviation
_ARTICLES = frozenset(("a", "an"))
_MOST_WORDS = 14
_MOST_IN_WORDS = 8
_MOST_OF_POST = 4
_ARTICLE_AND_NAME = 2
_LONGEST_NAME = 8  # signs, in scripts without capitals
_MOST_READ = 2_000  # signs: a longer one is no caption of one picture, and stays as it is
_MOST_LEADS = 3  # "(Photo: Photo by …)"
_MOST_SIGNS = 40  # likewise, of a credit


def read_credit(raw: str) -> Read:
    """What a rule takes for a credit: names of people and agencies, or a caption after all.

    >>> read_credit("Photo by Dora Wells/Getty Images, File")
    ((), ('Dora Wells/Getty Images',))
    >>> read_credit("A man walks his dog along the pier.")
    (('A man walks his dog along the pier.',), ())
    """
    line = on_one_line(raw)
    if len(line) > _MOST_READ:
        return (), ()
    credit = _without_lead(line)
    if is_credit(credit):
        return (), (credit,)
    captions, credits_ = read_caption(line)
    return tuple(filter(_says_something, captions)), credits_


def read_caption(raw: str) -> Read:
    """What a rule takes for a caption, without the words around it; with the credit that it ends with.

    >>> read_caption("FILE PHOTO: Lamps on the mole, March 4, 2025. REUTERS/Dora Wells/File Photo")
    (('Lamps on the mole, March 4, 2025.',), ('REUTERS/Dora Wells',))
    >>> read_caption("(Photo by)")
    ((), ())
    """
    line = on_one_line(raw)
    if len(line) > _MOST_READ:
        return (line,), ()
    if _NOTHING_ELSE.fullmatch(line) or _STAND_IN_ALONE.fullmatch(line):
        return (), ()
    caption, credit = _split(line[lead.end() :] if (lead := _CAPTION_LEADS.match(line)) else line)
    caption = _STAND_IN_BRACKET.sub("", caption)
    while (left := _LEFT_OVER.search(caption)) and left.end() > left.start():
        caption = caption[: left.start()].rstrip()
    return ((caption,) if any(map(str.isalnum, caption)) else ()), ((credit,) if credit else ())


def is_credit(text: str) -> bool:
    """The text is names of people, agencies and places where pictures are kept, and no sentence."""
    words = _WORD.findall(text)
    if not words or len(words) > _MOST_WORDS or _NOTHING_ELSE.fullmatch(text) or _SENTENCES.search(text):
        return False
    if not _CASED.search(text):
        return _is_short(text, words)
    unknown = _in_words(words)
    if not unknown:
        return words[0].casefold() not in _ARTICLES or len(words) <= _ARTICLE_AND_NAME
    if len(unknown) < sum(word.islower() and word.casefold() not in _JOINING for word in words):
        return len(words) <= _MOST_IN_WORDS  # "cortesía de la familia Reed": who keeps it is said in words like others
    return _has_post_or_house(text, words, unknown)


def _is_short(text: str, words: list[str]) -> bool:
    """A text of a script without capitals is a credit if it is short and no sentence."""
    return len(text) <= _MOST_SIGNS and len(words) <= _MOST_IN_WORDS and not any(sign in text for sign in "。！？!?؟")


def _has_post_or_house(text: str, words: list[str], unknown: list[str]) -> bool:
    """The unknown words are a post or a house, behind the name or before it: "Ines Duarte, staff writer",
    "fotograf Anna Lund", "Ada novak / Reuters"."""
    name, mark, post = _parted(text)
    if mark and not _in_words(_WORD.findall(name)):
        return len(_WORD.findall(post)) <= _MOST_OF_POST and text[-1] not in ".!?"
    few = len(unknown) == 1 and 1 < len(words) <= _MOST_IN_WORDS
    return few and (words[0] in unknown or (mark == "/" and words[-1][0].isupper()))


def on_one_line(raw: str) -> str:
    """Return the text with single blanks, without the bar or bracket between a caption and its credit."""
    line = " ".join(raw.split()).strip(" |[-–—")
    return line.removesuffix("(").rstrip() + ")" * (line.count("(") == 1 and ")" not in line and line[-1:] != "(")


def _in_words(words: list[str]) -> list[str]:
    """Of the words of a credit, those that no name holds and no credit is known to."""
    return [
        word
        for word in words
        if word.islower() and (key := word.casefold()) not in _JOINING and key not in _KEEPING and "." not in key
    ]


def _parted(text: str) -> tuple[str, str, str]:
    """The text before the first comma, stroke or bracket, that mark, and the text behind it."""
    at = next((i for i, sign in enumerate(text) if sign in ",/("), len(text))
    return text[:at], text[at : at + 1], text[at + 1 :]


def _says_something(caption: str) -> bool:
    if _CASED.search(caption):
        return len(_WORD.findall(caption)) > _ARTICLE_AND_NAME
    return len(caption) > _LONGEST_NAME


def _split(caption: str) -> tuple[str, str]:
    """Return a caption and the credit after it, if there is one."""
    found = _CREDIT_BEHIND.search(caption)
    if found is None or not found.start():
        return caption, ""
    before, within = caption[: found.start()].rstrip(), (found["bracket"] or found["stroke"] or found["led"]).strip()
    credit = _without_lead(within)
    is_led = credit != within or "/" in credit
    if is_credit(credit) and (is_led or (_SENTENCE_BEFORE.search(before) and " " in credit)):
        return before, credit
    return caption, ""


def _without_lead(line: str) -> str:
    """A credit without the brackets and words around it."""
    credit = line
    for _ in range(_MOST_LEADS):
        credit = _unwrapped(credit)
        lead = _LEADS.match(credit)
        if lead is None or lead.end() == len(credit):
            break
        credit = credit[lead.end() :]
    while (shorter := _STAND_IN_BEHIND.sub("", credit)) not in (credit, ""):
        credit = shorter
    return _FULL_STOP.sub("", _unwrapped(credit))


def _unwrapped(line: str) -> str:
    """Without the bars and brackets around it, where these are not its own."""
    line = line.strip(" \t|–—-/,;")
    if line[:1] in tuple("([（【") and (line[-1] in ")]）】" or not any(sign in line for sign in ")]）】")):
        line = line.strip("()[]（）【】 ")
    return line
