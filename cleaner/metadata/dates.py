"""Dates as bylines write them, in 22 languages: `parse_datetime`. Null rather than wrong.

Two steps. `_canonical` rewrites the text word by word into a small alphabet: a month becomes `<10>`, a
time zone `{EST}`, a half of the day `AM` or `PM`, a word such as "Updated" `!`, filler ("at", "de", "Uhr",
a weekday) a blank, and every other word `?`. One pattern then finds dates, each with the time that is
right before or right behind it: nothing but blanks and separators may be between, so that a time never
comes from another part of the line. Nothing is ever filled in from today's date.

Month names and abbreviations follow the Unicode CLDR's Gregorian calendars, with the Levantine, Maghrebi
and Moroccan names of Arabic. Time zone abbreviations follow the IANA database.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from unicodedata import category, normalize
from zoneinfo import ZoneInfo

# Twelve months a language; `/` between variants, `_` for a blank.
_NAMES = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar/Jänner Februar/Feber März/Maerz April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "pl": "stycznia/styczeń lutego/luty marca/marzec kwietnia/kwiecień maja/maj czerwca/czerwiec lipca/lipiec"
    " sierpnia/sierpień września/wrzesień października/październik listopada/listopad grudnia/grudzień",
    "cs": "ledna/leden února/únor března/březen dubna/duben května/květen června/červen července/červenec"
    " srpna/srpen září října/říjen listopadu/listopad prosince/prosinec",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "ru": "января/январь февраля/февраль марта/март апреля/апрель мая/май июня/июнь июля/июль августа/август"
    " сентября/сентябрь октября/октябрь ноября/ноябрь декабря/декабрь",
    "uk": "січня/січень лютого/лютий березня/березень квітня/квітень травня/травень червня/червень липня/липень"
    " серпня/серпень вересня/вересень жовтня/жовтень листопада/листопад грудня/грудень",
    "ar": "يناير/كانون_الثاني/جانفي فبراير/شباط/فيفري مارس/آذار أبريل/إبريل/نيسان/أفريل مايو/أيار/ماي"
    " يونيو/حزيران/جوان يوليو/تموز/جويلية/يوليوز أغسطس/آب/أوت/غشت سبتمبر/أيلول/شتنبر أكتوبر/تشرين_الأول"
    " نوفمبر/تشرين_الثاني/نونبر ديسمبر/كانون_الأول/دجنبر",
    "he": "ינואר/בינואר פברואר/בפברואר מרץ/במרץ/מרס/במרס אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי"
    " אוגוסט/באוגוסט ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
}
# Short forms are read in their own language (and English ones everywhere): "out", "set", "ago" are words elsewhere.
# Czech ones ("pro", "led") are left out: they are words in Czech itself, and Czech writes figures instead.
_SHORT = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep/Sept Oct Nov Dec",
    "de": "Jan/Jän Feb Mär/Mrz Apr Mai Jun Jul Aug Sep/Sept Okt Nov Dez",
    "fr": "janv/jan févr/fév mars avr mai juin juil/juill août sept oct nov déc",
    "es": "ene feb mar abr may jun jul ago sep/sept/set oct nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "it": "gen feb mar apr mag giu lug ago set/sett ott nov dic",
    "nl": "jan feb mrt apr mei jun jul aug sep/sept okt nov dec",
    "sv": "jan feb mar apr maj jun jul aug sep/sept okt nov dec",
    "no": "jan feb mar apr mai jun jul aug sep/sept okt nov des",
    "da": "jan feb mar apr maj jun jul aug sep/sept okt nov dec",
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "tr": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
    "ru": "янв фев/февр мар апр май июн июл авг сен/сент окт ноя/нояб дек",
    "uk": "січ лют бер кві/квіт тра/трав чер/черв лип сер/серп вер жов/жовт лис/лист гру/груд",
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu/Agt/Ags Sep/Sept Okt Nov Des",
}
_WEEKDAYS = (  # those that may be between a date and its time
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
    " pazartesi salı çarşamba perşembe cuma cumartesi pazar"
    " 月 火 水 木 金 土 日 一 二 三 四 五 六 월 화 수 목 금 토 일"
    " 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日 월요일 화요일 수요일 목요일 금요일 토요일 일요일"
    " 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日"
)
_FILLER = (
    "at on of the t um der den dem uhr le la les à a h hs hrs hr heure heures las los el del de horas hora às as"
    " do di da il alle ore om uur kl klo klokken kello o w r roku godz godzina v ve hodin saat г года год р року"
    " в во о у об luc lúc vào ngày năm giờ pukul pkl jam tanggal الساعة في בשעה ב יום"
)
_UPDATED = (
    "updated update updates modified edited revised aktualisiert geändert bearbeitet aktualisierung actualisé"
    " actualisée modifié modifiée jour actualizado actualizada actualización modificado atualizado atualizada"
    " atualização aggiornato aggiornata aggiornamento modificato bijgewerkt gewijzigd uppdaterad uppdaterat ändrad"
    " oppdatert endret opdateret ændret aktualizacja aktualizowano zaktualizowano aktualizováno aktualizace upraveno"
    " güncelleme güncellendi güncellenme обновлено обновлён изменено оновлено змінено تحديث עודכן עדכון diperbarui"
    " diupdate cập"
)
_UPDATED_CJK = re.compile("更新|修正|수정|업데이트")
_HALF = {
    "上午": "AM", "午前": "AM", "오전": "AM", "ص": "AM", "صباحا": "AM", "SA": "AM",
    "下午": "PM", "午後": "PM", "오후": "PM", "م": "PM", "مساء": "PM", "CH": "PM",
}  # fmt: skip

# Day first where day and month could change places. English writes both ways, the languages of East Asia
# lead with the year: there (and where the language isn't known) such a date has no reading.
_DAY_FIRST = frozenset(
    "de fr es pt it nl sv no nb nn da pl cs tr ru uk ar he id vi bg ca el et fi gl hi hr is lv ms ro sk sl sr sw th"
    .split()
)  # fmt: skip
_YEAR_FIRST = frozenset(("ja", "ko", "zh"))

# Hours east of Greenwich. Left naive, as the IANA database gives them to several countries: CST (Chicago,
# Shanghai, Havana), IST (Delhi, Jerusalem, Dublin).
_FIXED: dict[str, float] = {
    "GMT": 0, "UTC": 0, "Z": 0, "MST": -7, "HST": -10, "WIB": 7, "WITA": 8, "WIT": 9, "JST": 9, "KST": 9, "HKT": 8,
    "SGT": 8, "MYT": 8, "PHT": 8, "ICT": 7, "PKT": 5, "NPT": 5.75, "MSK": 3, "TRT": 3, "SAST": 2, "CAT": 2,
    "EAT": 3, "WAT": 1, "AEST": 10, "ACST": 9.5, "AWST": 8, "NZST": 12, "BRT": -3,
}  # fmt: skip
# Zones with a summer time. Some papers print the winter name all year round: where the calendar contradicts
# the name, the time stays naive. Two letters are used for two zones.
_SEASONAL = {
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York",
    "CT": "America/Chicago", "CDT": "America/Chicago", "MT": "America/Denver", "MDT": "America/Denver",
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "AKST": "America/Anchorage", "AKDT": "America/Anchorage", "ADT": "America/Halifax",
    "BST": "Europe/London", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "CET": "Europe/Paris",
    "CEST": "Europe/Paris", "EET": "Europe/Athens", "EEST": "Europe/Athens", "IDT": "Asia/Jerusalem",
    "AEDT": "Australia/Sydney", "ACDT": "Australia/Adelaide", "NZDT": "Pacific/Auckland",
}  # fmt: skip
_GERMAN_ZONES = {"MEZ": "CET", "MESZ": "CEST"}

_LETTER = r"[^\W\d_]"
_WORD = re.compile(rf"(?<!{_LETTER})[AaPp]\.?\s?[Mm](?!{_LETTER})\.?|{_LETTER}+|[()\[\]]|[^\w\s.,:/+-]|_")
_HALF_LATIN = re.compile(r"([AaPp])\.?\s?[Mm]\.?")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # "ESTUpdated"
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|re|:e|o|°|-?го|-?е)(?![^\W_])")
_CJK_DAY = re.compile(
    r"(?:(?<=\d{4})\s?([年년])|(?<=\d)\s?([月월]))\s*(?=\d)|(?<=\d)\s?[日일]"
)  # an era's year has no four
_HOUR = re.compile(  # 15時40分, 15시; 15h40, 15 h 40, 15h, 15 Uhr
    r"(?<![:.\d])(\d{1,2})(?:\s?[時时시点點]\s?(?:(\d{1,2})\s?[分분])?"
    rf"|[hH](\d\d)(?!\d)|\s[hH]\s(\d\d)(?!\d)|\s?(?:[hH]|[Uu]hr|uur)(?!{_LETTER}|\d))"
)
_VIETNAMESE_MONTH = re.compile(r"\bthang\s+(0?[1-9]|1[0-2])(?!\d)", re.IGNORECASE)
_ENGLISH = _NAMES["en"].split()
_ARABIC_PAIR = re.compile(r"(تشرين|كانون) (?=الاول|الثاني)")
_STROKES = str.maketrans(
    "ıłøđæßŁØĐÆ–—―−’٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९",
    "ilodasLODA----'" + "0123456789" * 3,
)


def _time(side: str) -> str:
    """A time of day with its zone; the names of its groups end in `side`."""
    return (
        rf"(?:(?P<half{side}>[AP]M) ?)?(?P<hour{side}>\d{{1,2}})"
        rf"(?:(?P<mark{side}>[:.])(?P<minute{side}>\d\d)(?::(?P<second{side}>\d\d)(?:[.,]\d{{1,9}})?)?|(?= ?[AP]M))"
        rf"(?![\d:])(?: ?(?P<late{side}>[AP]M))?"
        rf"(?:[ ,]{{0,2}}\{{(?P<zone{side}>[A-Z]+)\}})?(?: ?(?P<offset{side}>[+-]\d{{1,2}}(?::?\d\d)?)(?!\d))?"
        rf"(?P<loose{side}> ?\?)?"
    )


_GAP = "[ ,./-]{0,6}"
_SEP = "[ .,/-]{0,3}"
_MONTH = r"<(\d{1,2})>(?: ?/ ?<\d{1,2}>)?"
_YEAR = r"((?:1[5-9]|20)\d\d)(?:(?!\d)|(?=\d{1,2}:\d\d))"  # some pages glue the time to the year
_DATE = re.compile(
    rf"(?:(?<![\d.:]){_time('1')}{_GAP})?(?:"
    rf"(?<!\d)(?<!\d[-.:])(\d{{1,2}}){_SEP}{_MONTH}{_SEP}{_YEAR}"
    rf"|{_MONTH}[ .]{{0,2}}(\d{{1,2}})[ ,.]{{1,3}}{_YEAR}"
    rf"|(?<!\d){_YEAR}{_SEP}{_MONTH}{_SEP}(\d{{1,2}})(?![\d:])(?![ ,.]{{0,3}}(?:1[5-9]|20)\d\d)"
    r"|(?<!\d)(?<!\d[./-])(\d{4}|\d{1,2}) ?(?P<sep>[./-]) ?(\d{1,2}) ?(?P=sep) ?(\d{4}(?=\d\d?:\d\d)|\d{4}|\d{1,2})"
    r"(?:(?=(?<=\d{4})\d\d?:\d\d)|(?![./-]?\d))"
    rf")(?:{_GAP}{_time('2')})?"
)


def _fold(text: str) -> str:
    """Latin letters without marks, full-width forms as plain ones, direction marks gone. Case stays."""
    if text.isascii():
        return text
    text = "".join(c for c in normalize("NFKD", text) if category(c) not in ("Mn", "Cf"))
    return normalize("NFC", text).translate(_STROKES)  # NFC puts Hangul syllables together again


@lru_cache(maxsize=64)
def _words(language: str | None) -> dict[str, str]:
    """The meaning of each folded, lower-case word in a document of that language."""
    words = dict.fromkeys(_fold(f"{_WEEKDAYS} {_FILLER}").casefold().split(), " ")
    words |= dict.fromkeys(_fold(_UPDATED).casefold().split(), "!")
    short = _SHORT.values() if language not in _NAMES else (_SHORT["en"], _SHORT.get(language, ""))
    for row in (*_NAMES.values(), *filter(None, short)):
        for number, variants in enumerate(_fold(row).casefold().split(), start=1):
            words |= dict.fromkeys((v.replace("_", "") for v in variants.split("/")), f"<{number}>")
    return words


@lru_cache(maxsize=64)
def month_words(language: str | None) -> frozenset[str]:
    """The names of the months as a document of that language may write them, folded and in lower case."""
    return frozenset(word for word, code in _words(language).items() if code[0] == "<")


@lru_cache(maxsize=64)
def _canonical(raw: str, language: str | None) -> str:
    words = _words(language)

    def rewrite(found: re.Match[str]) -> str:
        word = found[0]
        code = words.get(word.casefold())
        if code is not None:
            return code
        if word in _FIXED or word in _SEASONAL or word in _GERMAN_ZONES:
            return f" {{{_GERMAN_ZONES.get(word, word)}}}"
        if half := _HALF_LATIN.fullmatch(word):
            # In German "am" is a preposition: "12:10 Uhr am 3. Mai".
            return " " if language == "de" and word == "am" else f" {half[1].upper()}M "
        if word in _HALF:
            return f" {_HALF[word]} "
        if not word.isalpha():
            return " " if word in "()[]'" else ","
        if len(parts := _GLUED.split(word)) > 1:
            return " ".join(_WORD.sub(rewrite, part) for part in parts)
        return "!" if _UPDATED_CJK.search(word) else "?"

    text = _fold(raw)
    if not text.isascii():
        text = _CJK_DAY.sub(lambda found: "-" if found[1] or found[2] else " ", text)
        text = _ARABIC_PAIR.sub(r"\1", text)
        text = re.sub("[上下]午|午[前後]|오[전후]", r" \g<0> ", text)
    if "h" in text.lower():  # "h", "Uhr", "thang"
        text = _VIETNAMESE_MONTH.sub(lambda found: _ENGLISH[int(found[1]) - 1], text)
    text = _HOUR.sub(lambda f: f" {f[1]}:{(f[2] or f[3] or f[4] or '0').zfill(2)} ", _ORDINAL.sub("", text))
    return " ".join(_WORD.sub(rewrite, text).split())


def _dates(raw: str, language: str | None, likely: date | None = None) -> tuple[tuple[str, bool], ...]:
    """Every possible date of the text in ISO 8601, and whether an "Updated" is before it."""
    return _read(raw, language, likely) if any(map(str.isdigit, raw)) else ()


@lru_cache(maxsize=64)  # a document's dates are read several times: for what they mark, for their day, for themselves
def _read(raw: str, language: str | None, likely: date | None) -> tuple[tuple[str, bool], ...]:
    text = _canonical(raw, language)
    dates: list[tuple[str, bool]] = []
    at = 0
    for found in _DATE.finditer(text):
        updated = "!" in text[at : found.start()]
        at = found.end()
        day = _day(found, language, likely)
        if day is not None:
            dates.append((_moment(day, found) or day.isoformat(), updated))
    return tuple(dates)


def _day(found: re.Match[str], language: str | None, likely: date | None) -> date | None:
    part = found.groups()
    first = _DATE.groupindex["sep"] - 11  # the date's own groups follow those of the time before it
    d1, m1, y1, m2, d2, y2, y3, m3, d3, a, _, b, c = part[first : first + 13]
    named = (y1 or y2 or y3, m1 or m2 or m3, d1 or d2 or d3)
    readings = _numeric(a, b, c, language) if a else {named}
    days = {day for reading in readings if (day := _valid(*reading))}
    if likely and len(days) > 1:
        days = {day for day in days if is_near(day, likely)}
    return days.pop() if len(days) == 1 else None


def _numeric(a: str, b: str, c: str, language: str | None) -> set[tuple[str, str, str]]:
    """The ways to read three numbers as year, month, day in that language."""
    if len(a) == 4:
        return {(a, b, c)} if len(c) < 3 else set()
    if len(a) == len(c) == 2 and language in _YEAR_FIRST:
        return {(a, b, c)}
    if len(c) == 1:
        return set()
    if language in _DAY_FIRST and _valid(c, b, a):
        return {(c, b, a)}
    either = {(c, b, a), (c, a, b)}
    return either | {(a, b, c)} if len(a) == len(c) == 2 and language is None else either


def _valid(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 1900 if number >= 70 else 2000
    try:
        return date(number, int(month), int(day)) if 1500 <= number < 2100 else None
    except ValueError:
        return None


def _moment(day: date, found: re.Match[str]) -> str | None:
    """The date with the time before it, or else the one behind it; None where neither makes sense."""
    side = "1" if found["hour1"] else "2"
    if not found["hour" + side]:
        return None
    hour, minute = int(found["hour" + side]), int(found["minute" + side] or 0)
    second = int(found["second" + side] or 0)
    half = found["half" + side] or found["late" + side]
    zone, offset = found["zone" + side], found["offset" + side]
    if found["mark" + side] == "." and not half and not zone and found["loose" + side]:
        return None  # "3.50 EUR" is no time
    if half == "AM" and hour > 12:
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "PM" else 0)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, 59 if second == 60 else second)
    except ValueError:
        return None
    return moment.replace(tzinfo=_zone(zone, offset, moment, found["second" + side])).isoformat()


def _zone(name: str | None, offset: str | None, moment: datetime, second: str | None) -> tzinfo | None:
    if offset and name in (None, "GMT", "UTC") and _is_offset(offset, name, second):
        digits = offset[1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
        east = timedelta(hours=hours, minutes=minutes)
        return timezone(east if offset[0] == "+" else -east) if hours <= 14 and minutes < 60 else None
    if name in _FIXED:
        return timezone(timedelta(hours=_FIXED[name])) if _FIXED[name] else UTC
    if name is None:
        return None
    placed = moment.replace(tzinfo=ZoneInfo(_SEASONAL[name]))
    east_now = placed.utcoffset()
    in_force = len(name) == 2 or placed.tzname() == name
    return timezone(east_now) if in_force and east_now is not None else None


def _is_offset(offset: str, name: str | None, second: str | None) -> bool:
    """`10:00-12:00` is a span of time; without GMT, a minus wants seconds before it and four digits behind."""
    return name is not None or (len(offset) >= 5 and (offset[0] == "+" or second is not None))


def is_near(day: date, other: date) -> bool:
    """At most a day apart: midnight is not the same everywhere."""
    return abs((day - other).days) <= 1


def parse_datetime(raw: str, *, language: str | None = None, likely: date | None = None) -> str | None:
    """The date that `raw` states, in ISO 8601, or None.

    A bare date where no time is beside it, naive where no zone is: `2024-10-29`,
    `2024-10-29T15:40:00`, `2024-10-29T15:40:00+00:00`. Of several dates the first that is not marked as an
    update; an update's where there is no other. None for dates without a year or a day, for relative ones
    ("2 hours ago"), for impossible ones, and for figures that leave open which is the day and which the month:
    `03/04/2025` is 3 April where the language writes the day first, and nothing in English, unless `likely` (the
    day in the page's address) is one of the two.
    """
    dates = _dates(raw, language, likely)
    return next((iso for iso, updated in dates if not updated), dates[0][0] if dates else None)


def is_update(raw: str, *, language: str | None = None) -> bool:
    """Whether all that `raw` dates is an update."""
    dates = _dates(raw, language)
    return bool(dates) and all(updated for _, updated in dates)
