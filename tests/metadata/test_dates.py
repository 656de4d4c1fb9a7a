"""Dates: what bylines of 22 languages say, and what they don't say."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.metadata.dates import _NAMES, _SHORT, _fold, is_update, month_words, parse_datetime

DAY = "2024-10-29"
TIME = "2024-10-29T15:40:00"

# language, text, value
CASES: list[tuple[str | None, str, str]] = [
    # English
    ("en", "29 October 2024", DAY),
    ("en", "October 29, 2024", DAY),
    ("en", "Oct. 29, 2024", DAY),
    ("en", "29th of October, 2024", DAY),
    ("en", "October 29th 2024", DAY),
    ("en", "29-Oct-2024", DAY),
    ("en", "2024 Oct 29", DAY),
    ("en", "Tuesday, October 29, 2024", DAY),
    ("en", "Jul. 8. 2025", "2025-07-08"),
    ("en", "First published: 29 October 2024, 3:40pm", TIME),
    ("en", "29 October 2024 at 15:40", TIME),
    ("en", "Tue 29 Oct 2024 15.40", TIME),
    ("en", "Oct 29, 2024 | 3:40 PM", TIME),
    ("en", "29 Oct 2024 - 15:40", TIME),
    ("en", "October 29, 2024 / 3:40 PM / Harbour News", TIME),
    ("en", "15:40, 29 Oct 2024", TIME),
    ("en", "PUBLISHED: 15:40, Tue, Oct 29, 2024 | UPDATED: 18:05, Wed, Oct 30, 2024", TIME),
    ("en", "Oct 29, 2024, 3pm", "2024-10-29T15:00:00"),
    ("en", "October 29, 2024 12:05 AM", "2024-10-29T00:05:00"),
    ("en", "October 29, 2024 12:05 PM", "2024-10-29T12:05:00"),
    ("en", "10/29/2024 3:40 PM", TIME),
    ("en", "29/10/2024 15:40", TIME),
    ("en", "10.29.2024", DAY),
    ("en", "10/29/24 3:40 PM", TIME),
    ("en", "04/04/2025", "2025-04-04"),
    ("en", "Anna Reed Published Oct 29, 2024", DAY),
    ("en", "May 3 2024", "2024-05-03"),
    # zones
    ("en", "Updated: March 3, 2025 at 16:15 GMT", "2025-03-03T16:15:00+00:00"),
    ("en", "Mon 3 Mar 2025 10.15 EST", "2025-03-03T10:15:00-05:00"),
    ("en", "Oct. 29, 2024, 3:40 p.m. ET", "2024-10-29T15:40:00-04:00"),
    ("en", "Jan. 29, 2024, 3:40 p.m. ET", "2024-01-29T15:40:00-05:00"),
    ("en", "29 July 2024 15:40 BST", "2024-07-29T15:40:00+01:00"),
    ("en", "15:40 JST, October 29, 2024", "2024-10-29T15:40:00+09:00"),
    ("en", "Updated 2:05 am EST, Tuesday, November 5, 2024", "2024-11-05T02:05:00-05:00"),
    ("en", "Tuesday, 29 Oct 2024 3:40 PM MYT", "2024-10-29T15:40:00+08:00"),
    ("en", "29 Oct 2024, 15:40 (GMT+7)", "2024-10-29T15:40:00+07:00"),
    ("en", "29 Oct 2024, 15:40 UTC+5:30", "2024-10-29T15:40:00+05:30"),
    ("en", "29 Oct 2024, 15:40 UTC\N{MINUS SIGN}3", "2024-10-29T15:40:00-03:00"),
    ("de", "29. Oktober 2024, 15:40 Uhr MEZ", "2024-10-29T15:40:00+01:00"),
    ("id", "29/10/2024, 15:40 WIB", "2024-10-29T15:40:00+07:00"),
    # a name that the calendar contradicts, or that several countries share: naive
    ("en", "July 29, 2024, 3:40 p.m. EST", "2024-07-29T15:40:00"),
    ("en", "29 July 2024 15:40 CET", "2024-07-29T15:40:00"),
    ("en", "Oct 29, 2024, 15:40 IST", TIME),
    ("en", "Oct 29, 2024, 3:40 pm CST", TIME),
    # ISO 8601
    (None, "2024-10-29", DAY),
    (None, "2024-10-29T15:40:00Z", "2024-10-29T15:40:00+00:00"),
    (None, "2024-10-29T15:40:00.123+02:00", "2024-10-29T15:40:00+02:00"),
    (None, "2024-10-29T15:40:00-0500", "2024-10-29T15:40:00-05:00"),
    (None, "2024-10-29 15:40", TIME),
    (None, "2024/10/29 15:40", TIME),
    # figures, day first
    ("de", "29.10.2024, 15:40 Uhr", TIME),
    ("de", "29. 10. 2024 , 15:40 Uhr", TIME),
    ("de", "03.04.2025", "2025-04-03"),
    ("de", "03.04.25", "2025-04-03"),
    ("de", "Stand: 29.10.2024 15:40 Uhr", TIME),
    ("de", "10/29/2024", DAY),
    ("fr", "Publié le 29/10/2024 - 15:40", TIME),
    ("vi", "29/10/2024 | 15:40", TIME),
    ("no", "Publisert 29.10.2024, kl. 15.40 Oppdatert 30.10.2024, kl. 12.10", TIME),
    ("ko", "24.10.29", DAY),
    (None, "29.10.2024", DAY),
    # months by name
    ("de", "Dienstag, 29. Oktober 2024, 15:40 Uhr", TIME),
    ("de", "29. Oktober 2024, 15.40 Uhr", TIME),
    ("de", "7. MÄR 2025 09:20", "2025-03-07T09:20:00"),
    ("de", "29. Oktober 2024, 15 Uhr", "2024-10-29T15:00:00"),
    ("de", "Um 12:10 Uhr am 3. Mai 2024", "2024-05-03T12:10:00"),
    ("fr", "Publié le 29 octobre 2024 à 15h40", TIME),
    ("fr", "mar. 29 oct. 2024 à 15 h 40", TIME),
    ("fr", "Le 1er août 2024 à 9h", "2024-08-01T09:00:00"),
    ("es", "Publicado el 29 de octubre de 2024 a las 15:40", TIME),
    ("es", "29 OCT 2024 - 15:40 h", TIME),
    ("es", "29 de octubre de 2024 3:40 p. m.", TIME),
    ("pt", "29 de outubro de 2024 às 15h40", TIME),
    ("pt", "1º de março de 2024", "2024-03-01"),
    ("it", "29 ottobre 2024 alle 15:40", TIME),
    ("nl", "29 oktober 2024 om 15:40 uur", TIME),
    ("sv", "Publicerad 29 oktober 2024 kl. 15.40", TIME),
    ("no", "29. desember 2024", "2024-12-29"),
    ("da", "Offentliggjort fredag 07. feb 2025 11:30", "2025-02-07T11:30:00"),
    ("pl", "29 października 2024, 15:40", TIME),
    ("pl", "29 paź 2024, godz. 15:40", TIME),
    ("cs", "29. října 2024 15:40", TIME),
    ("tr", "29 Ekim 2024 Salı 15:40", TIME),
    ("tr", "29 KASIM 2024", "2024-11-29"),
    ("ru", "29 октября 2024 г., 15:40", TIME),
    ("ru", "29 октября 2024 в 15:40", TIME),
    ("uk", "29 жовтня 2024, 15:40", TIME),
    ("ar", "الثلاثاء 29 أكتوبر 2024 - 15:40", TIME),
    ("ar", "29 تشرين الأول 2024", DAY),
    ("ar", "29 تشرين الأول/أكتوبر 2024", DAY),
    ("ar", "٢٩ أكتوبر ٢٠٢٤", DAY),
    ("ar", "29 أكتوبر 2024 الساعة 3:40 مساءً", TIME),
    ("he", "29 באוקטובר 2024, 15:40", TIME),
    ("id", "Selasa, 29 Oktober 2024 pukul 15.40 WIB", "2024-10-29T15:40:00+07:00"),
    ("vi", "ngày 29 tháng 10 năm 2024 lúc 15:40", TIME),
    ("vi", "Thứ tư, 29/10/2024, 15:40 (GMT+7)", "2024-10-29T15:40:00+07:00"),
    # East Asia
    ("ja", "2024年10月29日", DAY),
    ("ja", "2024年10月29日 15時40分", TIME),
    ("ja", "2024年10月29日午後3時40分", TIME),
    ("ja", "2024年10月29日(火) 15:40", TIME),
    ("ja", "2024年10月29日(火) 15時", "2024-10-29T15:00:00"),
    ("ja", "公開日:2024/10/29 15:40 更新日:2024/10/30 09:15", TIME),
    ("ja", "\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT ZERO}24年10月29日", DAY),
    ("zh", "2024年10月29日 下午3:40", TIME),
    ("zh", "2024-10-29 15:40 来源", TIME),
    ("ko", "입력 2024.10.29 15:40", TIME),
    ("ko", "2024.10.29. 15:40", TIME),
    ("ko", "2024년 10월 29일 오후 3:40", TIME),
    ("ko", "2024년 10월 29일 오후 3시 40분", TIME),
    ("ko", "입력 2024.10.29 15:40 수정 2024.10.30 16:00", TIME),
    ("ko", "2024.10.29(화) 15:40", TIME),
    # several dates
    ("en", "Published 29 October 2024. Updated 30 October 2024", DAY),
    ("en", "Updated 30 October 2024, first published 29 October 2024", DAY),
    ("en", "Last modified on Wed 30 Oct 2024 18.05 GMT First published on Tue 29 Oct 2024 15.40", TIME),
    ("fr", "Publié le 29 octobre 2024 à 15h40, modifié le 30 octobre 2024 à 17h05", TIME),
    ("es", "Actualizado a 30/10/2024 17:10 - 29/10/2024 15:40", "2024-10-29T15:40:00"),
    ("pl", "Aktualizacja: 30.10.2024 18:20 Publikacja: 29.10.2024 15:40", TIME),
    # only an update's
    ("de", "Aktualisiert am 29. Oktober 2024, 15:40 Uhr", TIME),
    # a time that isn't the date's stays out
    ("en", "Published 29 October 2024 Updated 15:40", DAY),
    ("en", "29 October 2024, a meeting at 15:40", DAY),
    ("it", "29 Ottobre 2024 Aggiornato alle 18:20 3 minuti di lettura", DAY),
    ("en", "29 October 2024 3.50 EUR", DAY),
    ("en", "29 October 2024 25:70", DAY),
    ("en", "29 October 2024, 15:40 am", DAY),
    # glued by a flattener
    ("en", "Published Wed, Oct 29 20243:40 PM ESTUpdated an hour ago", "2024-10-29T15:40:00"),
    ("en", "By Anna ReedOctober 29, 2024", DAY),
    ("es", "29 oct 2024 - 15:40Actualizado: 30 oct 2024 - 18:20", TIME),
]

NOT_A_DATE: list[tuple[str | None, str]] = [
    (None, ""),
    ("en", "Monday"),
    ("en", "2 hours ago"),
    ("en", "Yesterday at 15:40"),
    ("en", "29 October"),
    ("en", "October 2024"),
    ("en", "2024"),
    ("en", "© 2024 The Harbour Courier"),
    ("en", "15:40"),
    ("en", "31 February 2024"),
    ("en", "29 February 2023"),
    ("en", "October 32, 2024"),
    ("en", "29/13/2024"),
    ("en", "00/10/2024"),
    ("en", "03/04/2025"),
    ("en", "03.04.2025"),
    (None, "03/04/2025"),
    (None, "03.04.25"),
    ("ja", "03/04/2025"),
    ("en", "28-29 October 2024"),
    ("en", "October 28-29, 2024"),
    ("en", "29 out 2024"),
    ("en", "12 set 2024"),
    ("cs", "12 pro 2024"),
    ("en", "Call 12-34-5678"),
    ("en", "10.1.2.2024"),
    ("en", "Version 1.2.3"),
    ("en", "12 May 1066"),
    ("en", "12 May 2999"),
    ("ja", "令和6年10月29日"),
    ("zh", "民國113年10月29日"),
    ("ar", "29 أكتوبر 1446"),
    ("th", "29/10/2567"),
    ("en", "In 2024 some 29 ships called, 10 of them twice"),
    ("en", "10 of 29 in 2024"),
    ("de", "Von 10 auf 2024"),
    ("en", "ISBN 978-3-16-148410-0"),
]


@pytest.mark.parametrize(("language", "raw", "value"), CASES)
def test_a_date_is_read(language: str | None, raw: str, value: str) -> None:
    assert parse_datetime(raw, language=language) == value


@pytest.mark.parametrize(("language", "raw"), NOT_A_DATE)
def test_null_rather_than_wrong(language: str | None, raw: str) -> None:
    assert parse_datetime(raw, language=language) is None


@pytest.mark.parametrize("language", sorted(_NAMES))
def test_every_month_of_every_language_is_read(language: str) -> None:
    for table in (_NAMES, _SHORT):
        for number, variants in enumerate(table.get(language, "").split(), start=1):
            for name in variants.split("/"):
                raw = f"11 {name.replace('_', ' ')} 2023"
                assert parse_datetime(raw, language=language) == f"2023-{number:02}-11", raw
                assert parse_datetime(raw.upper(), language=language) == f"2023-{number:02}-11", raw


def test_no_month_has_two_meanings() -> None:
    meant: dict[str, int] = {}
    for row in (*_NAMES.values(), *_SHORT.values()):
        for number, variants in enumerate(_fold(row).casefold().split(), start=1):
            for name in variants.split("/"):
                assert meant.setdefault(name, number) == number, name
    assert len(_fold(" ".join(_NAMES.values())).split()) == 12 * len(_NAMES)
    assert len(" ".join(_SHORT.values()).split()) == 12 * len(_SHORT)


def test_short_forms_of_other_languages_are_no_months() -> None:
    assert {"out", "set", "ago", "lip"}.isdisjoint(month_words("en"))
    assert {"out", "set", "ago"} <= month_words("pt")


@pytest.mark.parametrize(
    ("raw", "update"),
    [
        ("Updated 29 October 2024", True),
        ("Last modified: 2024-10-29", True),
        ("Mis à jour le 29/10/2024", True),
        ("최종수정 2024.10.29", True),
        ("Published 29 October 2024", False),
        ("Published 29 October 2024, updated 30 October 2024", False),
        ("Updated an hour ago", False),
    ],
)
def test_an_update_is_detected(raw: str, update: bool) -> None:
    assert is_update(raw, language="fr") is update


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y"])
)
def test_what_is_written_is_read_back(day: date, form: str) -> None:
    assert parse_datetime(day.strftime(form), language="en") == day.isoformat()


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)))
def test_a_moment_is_read_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert parse_datetime(moment.isoformat()) == moment.isoformat()
    assert parse_datetime(moment.strftime("%d.%m.%Y, %H:%M Uhr"), language="de") == moment.replace(second=0).isoformat()
    assert parse_datetime(moment.strftime("%I:%M %p, %B %d, %Y"), language="en") == moment.replace(second=0).isoformat()


@given(st.text(alphabet=st.sampled_from("0123456789.:/- ,年月日時午前apmMTZ+<>{}?!ſİ½①JanOctUhr"), max_size=40))
@example("2024-10-29T15:40:99")
@example("29 <10> 2024 {EST} ! ?")
def test_any_text_gives_a_date_or_nothing(raw: str) -> None:
    for language in (None, "en", "de", "ja"):
        value = parse_datetime(raw, language=language)
        if value is not None:
            assert datetime.fromisoformat(value).year in range(1500, 2100)
            assert any(map(str.isdigit, raw))
