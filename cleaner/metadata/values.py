"""Words by which metadata is recognised, and the short values: counts, minutes, sections, publishers, titles.

Dates are in `cleaner.metadata.dates`, people and agencies in `cleaner.metadata.names`. All parsers are pure; None or
empty where the text doesn't say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cleaner.text.normalise import normalise


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# --------------------------------------------------------------------------------------- words around names

ROLES = _set(
    "editor editors correspondent correspondents reporter reporters writer writers columnist columnists contributor"
    " contributors journalist journalists producer photographer photojournalist analyst critic intern fellow host"
    " presenter anchor director specialist expert author staff bureau desk newsroom team editorial researcher attorney"
    " founder co-founder ceo coo cto officer reviewer manager president head consultant dietitian educator agencies"
    " newsdesk admin administrator webmaster guest anonymous"
    " redakteur redakteurin redaktor redaktorin redaktion online-redakteur online-redakteurin korrespondent"
    " korrespondentin reporterin volontär volontärin autor autorin chefredakteur chefredakteurin chefreporter"
    " journalistin ressortleiter ressortleiterin kolumnist kolumnistin praktikant praktikantin agenturen"
    " journaliste rédacteur rédactrice rédaction correspondant correspondante envoyé envoyée chroniqueur chroniqueuse"
    " periodista corresponsal redacción redactor redactora enviado enviada columnista reportero reportera editora"
    " agencias repórter jornalista redação correspondente colunista agências giornalista redazione inviato inviata"
    " corrispondente redattore redattrice verslaggever redactie redacteur redaktör redaktør redaktionen dziennikarz"
    " dziennikarka redakcja korespondent redaktorka redakce zpravodaj muhabir muhabiri editör editörü"
    " корреспондент журналист редактор редакция обозреватель кореспондент журналіст редакція оглядач"
    " wartawan redaksi مراسل محرر صحفي כתב כתבת עורך"
)
COLLECTIVES = _set("team staff desk newsroom bureau editors redaktion rédaction redacción redação redazione redactie")
MODIFIERS = _set(  # words before a role
    "senior junior chief deputy associate assistant managing executive staff special contributing freelance guest lead"
    " national international foreign political politics business economics economic finance financial health science"
    " technology tech sports sport news lifestyle travel culture arts features entertainment education environment"
    " climate energy world local city crime courts investigative investigations data digital online web social media"
    " parliamentary diplomatic defence defense security royal property consumer money opinion general breaking auto"
    " weekend content hub live video multimedia football cricket medical legal legislative regional global markets"
    " leitender leitende stellvertretender stellvertretende freier freie grand especial spécial spéciale speciale"
    " special master former"
)
OUTLETS = _set(
    "news press media times magazine newspaper newspapers online network agency service services wire tv radio zeitung"
    " zeitungen presse agentur presse-agentur university institute company inc ltd llc gmbh kg co group studio studios"
    " blog store photography productions publishing insider today usa daily weekly reviews medien verlag rundfunk"
    " agence agencia agência agenzia agentschap agencja ajansı haber haberler nachrichten sponsored advertorial"
)
WIRES = _set("reuters bloomberg xinhua tass kyodo yonhap anadolu antara bernama interfax ritzau belga lusa euronews")
TIMES = _set(
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag"
    " sonntag lundi mardi mercredi jeudi vendredi samedi dimanche christmas easter christmastime spring summer autumn"
    " winter morning noon evening night midnight today tomorrow yesterday"
)
PLACES = _set(  # two words that would read as a person
    "new_york new_delhi los_angeles san_francisco san_diego las_vegas washington_dc hong_kong kuala_lumpur tel_aviv"
    " buenos_aires mexico_city cape_town abu_dhabi addis_ababa den_haag st_petersburg santa_fe sao_paulo são_paulo"
    " united_nations united_kingdom united_states new_zealand south_africa south_korea north_korea saudi_arabia"
    " sri_lanka costa_rica el_paso fort_worth"
)
NETWORKS = _set("facebook twitter instagram linkedin pinterest youtube whatsapp telegram tiktok")  # beside bylines
NO_OPENING = _set(  # words that no name begins with
    "the our your this that all an die der das les los las het eine ein my his her their no more about zum zur im"
    " updated update published posted image images photo photos picture credit copyright reviewed edited compiled"
    " fact-checked written certified licensed registered"
    " meet hi follow view read share last recent why who contact what when where how foto quelle source text"
)
SHORT_ARTICLES = _set("le la el il lo de o a os as gli i un una une")  # with one word: an outlet, "La Stampa"
PARTICLES = _set(
    "van von der den dem de la le du des del della dei degli di da do dos das e y i zu zum zur ter ten te 't op af av"
    " el al bin bint ibn ben ap und"
)
LOWERED = _set("van von der den de del dos das do da di du la las los zu ter ten bin bint ibn y und")
AFTER_NAMES = _set(  # small words that may follow a name: before a place, an outlet, or what the person does
    "in at for from of aus für bei nach à au aux en pour depuis chez para desde em no na nos dal per a i på från fra"
    " til för voor vanuit w z dla v ve pro из в для reports reporting berichtet writes schreibt dans on über published"
    " updated posted"
)
CAPITALISED_AFTER_NAMES = _set(
    "The For At From On Via View Updated Published Publish Posted Last Follow Former Special"
)
DEGREES = _set("md m.d. phd ph.d. rd rdn ms mba cfa cfp esq esq. dds mph msc")

LEADS = frozenset((  # what leads in a byline, alone on its line or before names
    "by", "words by", "text by", "story by", "written by", "posted by", "reported by", "author", "authors",
    "author of the article", "about the author", "von", "kommentar von", "ein kommentar von", "gastkommentar von",
    "gastbeitrag von", "interview von", "analyse von", "eine analyse von", "kolumne von", "eine kolumne von",
    "ein gastbeitrag von", "bericht von", "ein bericht von", "text von", "essay von", "autor", "autorin", "autoren",
    "par", "propos recueillis par", "por", "texto", "texto de", "di", "a cura di", "autore", "door", "av", "af",
    "tekst", "tekst av", "text", "auteur", "penulis", "oleh", "yazan", "haber", "haberi", "autorzy", "автор", "авторы",
    "текст", "автори", "بقلم", "כתב", "מאת", "作者", "文", "著者",
))  # fmt: skip

NO_VALUES = frozenset((  # what programs write where they know nothing: pandas, str(None), SQL, JavaScript, templates
    "", "nan", "nat", "none", "null", "nil", "n/a", "na", "n.a.", "#n/a", "<na>", "<none>", "<null>", "(null)",
    "(none)", "undefined", "unknown", "untitled", "not available", "not specified", "no title", "no author",
    "unknown author", "[]", "{}", "()", "[none]", "[null]", '[""]', "['']", "\\n", "-", "--", "---", "–", "—", "?",
    "??", "_", ".", "[deleted]", "[removed]",
))  # fmt: skip
"""Values that are none, as a whole and in any case."""


def is_no_value(value: object) -> bool:
    """Whether a value that an input states says nothing. A longer text that begins so is one: "None of the above".

    >>> is_no_value("NaN"), is_no_value("None of the above"), is_no_value(0)
    (True, False, False)
    """
    return value is None or (isinstance(value, str) and value.strip().casefold() in NO_VALUES)


def repaired(value: Any) -> Any:
    """A value of the input with its strings repaired as a text is (`cleaner.text.normalise`), those within it, too.

    >>> repaired({"name": "CafÃ© Rialto", "ids": [1, "Zoë"]})
    {'name': 'Café Rialto', 'ids': [1, 'Zoë']}
    """
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, Mapping):
        return {key: repaired(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [repaired(each) for each in value]
    return value


# --------------------------------------------------------------------------------------- counts


def _on_one_line(raw: str) -> str:
    return " ".join(raw.split())


_NUMBER = re.compile(r"\d+(?:[.,'’ \u00a0\u202f]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:([.,'’ \u00a0\u202f])\d{3})(?:\1\d{3})*")
_MOST_FIGURES = 15  # with the separators
_SCALE = {
    "k": 1_000, "tsd": 1_000, "mil": 1_000, "tys": 1_000, "bin": 1_000, "тыс": 1_000, "тис": 1_000, "rb": 1_000,
    "m": 1_000_000, "mio": 1_000_000, "mln": 1_000_000, "млн": 1_000_000, "jt": 1_000_000,
    "천": 1_000, "千": 1_000, "万": 10_000, "萬": 10_000, "만": 10_000,
}  # fmt: skip
_SCALED = re.compile(r"\s?(천|千|万|萬|만|[^\W\d_]+)")
_NONE = re.compile(
    r"(?i)(?:no|none|zero|keine?|null|aucune?|pas de|ning[úu]n|ninguna?|sin|nenhum|sem|nessuna?|nessun|geen|inga|ingen"
    r"|brak|žádn[ýáé]|yok|hiç|нет|немає|なし|없음|暂无|無|无|לא|אין|لا|belum ada|tidak ada|chưa có|không có)"
    r"(?:$|\s+(?:com|kom|ком|yorum|rea[ck]|repl|respo|opin|share|תגוב|تعليق|bình luận|评论|評論|留言))"
    r"|.{0,40}(?:なし|없음|없습니다|\byok)$"
)


def parse_count(raw: str) -> int | None:
    """How many: "1,204", "12 comments", "1.2K", "No comments" (0); None for two numbers, ranges, decimals.

    A separator groups thousands where three figures follow it, in whatever language: nobody counts in
    thousandths.
    """
    raw = raw.strip()
    numbers = list(_NUMBER.finditer(raw))
    if not numbers:
        return 0 if _NONE.match(raw) else None
    number = numbers[0]
    before, behind = raw[: number.start()], raw[number.end() :]
    if len(numbers) > 1 or before.rstrip().endswith(("-", "−", "<", ">")) or behind[:1] in ("+", "%"):
        return None
    scaled = _SCALED.match(behind)
    scale = _SCALE.get(scaled[1].casefold() if scaled[1] != "m" else "", 0) if scaled else 0
    if behind[:1].isascii() and behind[:1].isalpha() and not scale:
        return None  # "5m", "5th"
    if scale:
        whole, _, part = number[0].replace(",", ".").partition(".")
        return _scaled(whole, part, scale)
    if len(number[0]) <= _MOST_FIGURES and (number[0].isdecimal() or _GROUPED.fullmatch(number[0])):
        return int(re.sub(r"\D", "", number[0]))
    return None


def _scaled(whole: str, part: str, scale: int) -> int | None:
    if not (whole.isdecimal() and len(whole) <= 4 and (part == "" or (part.isdecimal() and len(part) <= 2))):
        return None
    return int(whole) * scale + (int(part) * scale // 10 ** len(part) if part else 0)


_MINUTES = re.compile(
    r"(?<!\d)(?<!\d[:.,])(\d{1,3})[\s-]?(?:min|mn\b|мин|хв|хвилин|分|분|dk\b|dakika|דק|دقي|دقائق|phút|menit|perc)",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"(\d{1,2})\s?(?:h\b|hrs?\b|hours?\b|std\b|stunden?\b|heures?\b|horas?\b|時間|小时|시간)", re.IGNORECASE
)
_OTHER_UNIT = re.compile(r"\d\s?(?:s\b|sec|sek|秒|초|:)", re.IGNORECASE)
_SPAN = re.compile(r"\d\s?[-–—~]\s?\d|<|>|\d\s?\+")


def parse_minutes(raw: str) -> int | None:
    """Minutes of reading: "4 min read", "Lesezeit: 5 Minuten", "약 3분", "1 hr 10 min"; None for spans."""
    if _SPAN.search(raw):
        return None
    minutes, hours, numbers = _MINUTES.findall(raw), _HOURS.findall(raw), _NUMBER.findall(raw)
    if len(minutes) > 1 or len(hours) > 1:
        return None
    if minutes or hours:
        total = int(minutes[0] if minutes else 0) + 60 * int(hours[0] if hours else 0)
    elif len(numbers) == 1 and numbers[0].isdecimal() and len(numbers[0]) <= 3 and not _OTHER_UNIT.search(raw):
        total = int(numbers[0])
    else:
        return None
    return total if 0 < total <= 600 else None


# --------------------------------------------------------------------------------------- sections

_SECTION_MARK = re.compile(r"\s*[,、，;|>»›•·●→⟩\n\t]\s*|\s+[/–—-]\s+")
_FILED = re.compile(
    r"(?i)^(?:(?:filed (?:under|in|to)|posted in)[\s:]+|(?:categor(?:y|ies)|kategorien?|rubrik(?:en)?|ressort|sections?"
    r"|topics?|tags?|catégories?|rubriques?|categorías?|categorias?|categori[ae]|sezione|temas?|thema|рубрика|카테고리|分类"
    r"|カテゴリー?|you are here)\s*[:：]\s*)"
)
_HOME = _set(
    "home homepage start startseite accueil inicio portada início capa prima_pagina voorpagina hem hjem forside"
    " strona_główna domů ana_sayfa anasayfa главная головна ホーム トップ top 홈 首页 首頁 الرئيسية ראשי beranda"
    " trang_chủ tags categories"
)
_MOST_WORDS = 6  # a section longer than that is prose


def parse_sections(raw: str) -> tuple[str, ...]:
    """The sections a line files its text under, "Home > News > Local" without the home page, each once."""
    sections: dict[str, str] = {}
    for piece in _SECTION_MARK.split(_FILED.sub("", raw.strip(), count=1)):
        name = " ".join(piece.split()).strip(" .:/")
        folded = name.casefold()
        if not any(map(str.isalpha, name)) or len(name.split()) > _MOST_WORDS or folded.replace(" ", "_") in _HOME:
            continue
        sections.setdefault(folded, name)
    return tuple(sections.values())


# --------------------------------------------------------------------------------------- publisher, title

_RIGHTS = re.compile(
    r"(?i)(?:all rights? reserved|alle rechte vorbehalten|tous droits(?: de reproduction)? réservés"
    r"|todos los derechos reservados|todos os direitos reservados|tutti i diritti(?: sono)? riservati"
    r"|alle rechten voorbehouden|alla rättigheter|alle rettighede?r|wszelkie prawa zastrzeżone"
    r"|všechna práva vyhrazena|tüm hakları saklıdır|все права защищены|(?:усі|всі) права захищен"
    r"|無断転載|無断複製|무단\s?전재|版权所有|版權所有|保留所有权利|جميع الحقوق محفوظة|כל הזכויות שמורות"
    r"|hak cipta dilindungi).*$",
    re.DOTALL,
)
_YEARS = r"(?:1[89]|20)\d\d(?:\s?[-–—/]\s?(?:(?:1[89]|20)?\d\d|present|heute))?"
_MOST_MARKS = 6
_MARK = rf"(?:[©ⓒⒸ℗]|\(c\)|\bcopyrights?\b|\b{_YEARS}(?!\w))"
_COPYRIGHT = re.compile(rf"(?i)^@?\s?{_MARK}(?:\s?by\b)?|{_MARK}$")
_ABBREVIATED = re.compile(
    r"(?i)(?:\b(?:ltd|inc|corp|co|bros|cie|llc|plc|pty|oy|jr|sr|st|intl|assoc)|\b\w|\.\w{1,3})\.$|\.\.\.$|…$"
)


def clean_publisher(raw: str) -> str | None:
    """The publisher a legal line names: without ©, years and reserved rights, "Ltd." and the like kept."""
    text = _RIGHTS.sub("", _on_one_line(raw))
    for _ in range(_MOST_MARKS):  # "Copyright © 2020, 2025 Name © 2025": each pass takes one off either end
        text = _COPYRIGHT.sub("", text.strip(" ,:;|·–—-")).strip(" ,:;|·–—-")
    if text.endswith(".") and not _ABBREVIATED.search(text):
        text = text[:-1].rstrip()
    return text if any(map(str.isalpha, text)) else None


_OUTLET_MARK = re.compile(r"\s+(?:\||-|–|—|::|·|•|»)\s+")


def clean_title(raw: str, *, outlet: str | None = None) -> str | None:
    """The title on one line; " | Outlet" behind it goes only where `outlet` names it."""
    title = _on_one_line(raw)
    if outlet and (marks := list(_OUTLET_MARK.finditer(title))):
        mark = marks[-1]
        if title[mark.end() :].casefold().removeprefix("the ") == outlet.strip().casefold().removeprefix("the "):
            title = title[: mark.start()]
    return title or None
