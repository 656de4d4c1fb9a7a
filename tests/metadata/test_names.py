"""Bylines: who is named, which agencies, and what is no name at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.metadata.names import agency_lookup, parse_agencies, parse_names, split_agencies

KNOWN = agency_lookup(
    (
        *("AFP", "ANI", "AP", "Agence France-Presse", "Associated Press", "DPA", "Reuters"),
        *("The Associated Press", "dpa", "연합뉴스", "共同通信", "新华社"),
    )
)

# language, byline, people
BYLINES: list[tuple[str | None, str, tuple[str, ...]]] = [
    ("en", "Anna Reed", ("Anna Reed",)),
    ("en", "By Anna Reed", ("Anna Reed",)),
    ("en", "BY ANNA REED", ("Anna Reed",)),
    ("en", "Mira Holm, Mira Koster", ("Mira Holm", "Mira Koster")),
    ("en", "Anna Reed and Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("en", "Anna Reed, Tom Okoro, and Lea Brandt", ("Anna Reed", "Tom Okoro", "Lea Brandt")),
    ("en", "Anna Reed & Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("en", "Anna Reed | Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("en", "Anna Reed; Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("en", "Anna Reed • Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("en", "Anna Reed with Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("en", "Anna Reed, anna reed and ANNA REED", ("Anna Reed",)),
    ("en", "Zoe Park, Anna Reed, Zoe Park", ("Zoe Park", "Anna Reed")),
    ("en", "Greta, Tom and Anna", ("Greta", "Tom", "Anna")),
    ("en", "Lena and Peter", ("Lena", "Peter")),
    ("en", "Morgan", ("Morgan",)),
    ("en", "Anna Reed Anna Reed", ("Anna Reed",)),
    # roles
    ("en", "Anna Reed, Senior Correspondent", ("Anna Reed",)),
    ("en", "Anna Reed Senior Correspondent", ("Anna Reed",)),
    ("en", "Anna Reed Health editor", ("Anna Reed",)),
    ("en", "Anna Reed Staff Writer", ("Anna Reed",)),
    ("en", "Anna Reed Deputy Content Hub Director", ("Anna Reed",)),
    ("en", "Anna M. Reed Political reporter", ("Anna M. Reed",)),
    ("en", "Anna Reed, MD, PhD", ("Anna Reed",)),
    ("en", "Anna Reed PhD", ("Anna Reed",)),
    ("en", "Walter Reed, Jr.", ("Walter Reed Jr.",)),
    ("de", "Von Anna Reed, Redakteurin für Finanzen", ("Anna Reed",)),
    ("de", "Von Anna Reed Korrespondentin", ("Anna Reed",)),
    ("fr", "Anna Reed, envoyée spéciale à Brest", ("Anna Reed",)),
    ("es", "Marta Vidal (Enviada especial)", ("Marta Vidal",)),
    ("no", "Anna Reed – Journalist", ("Anna Reed",)),
    # places and outlets
    ("en", "Anna Reed in Berlin", ("Anna Reed",)),
    ("en", "Anna Reed in Berlin and Tom Okoro in Lagos", ("Anna Reed", "Tom Okoro")),
    ("en", "ANNA REED IN BERLIN", ("Anna Reed",)),
    ("en", "Anna Reed, New York", ("Anna Reed",)),
    ("en", "Anna Reed, Nairobi", ("Anna Reed",)),
    ("de", "Anna Reed und Tom Okoro, Frankfurt", ("Anna Reed", "Tom Okoro")),
    ("en", "By Anna Reed for the Courier", ("Anna Reed",)),
    ("en", "By Anna Reed | Special to the Harbour Courier", ("Anna Reed",)),
    ("en", "Anna Reed, harbourcourier.com", ("Anna Reed",)),
    ("en", "Anna Reed The Harbour Courier", ("Anna Reed",)),
    ("en", "Anna Reed Published Oct 29, 2024", ("Anna Reed",)),
    ("en", "Anna ReedPublished Oct 29, 2024", ("Anna Reed",)),
    ("en", "Morgan September 12, 2016", ("Morgan",)),
    ("en", "Anna Reed 3 min read", ("Anna Reed",)),
    ("en", "Anna Reed CBS", ("Anna Reed",)),
    ("en", "Anna Reed anna.reed@example.org (509) 555-0182", ("Anna Reed",)),
    ("en", "Anna Reed @annareed", ("Anna Reed",)),
    ("en", "Anna Reed https://example.org/anna", ("Anna Reed",)),
    # leads
    ("en", "Written by: Anna Reed", ("Anna Reed",)),
    ("en", "Words: Anna Reed", ("Anna Reed",)),
    ("en", "An analysis by Anna Reed", ("Anna Reed",)),
    ("de", "Von: Anna Reed", ("Anna Reed",)),
    ("de", "Ein Kommentar von Anna Reed", ("Anna Reed",)),
    ("fr", "Par Anna Reed et Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("fr", "Propos recueillis par Anna Reed", ("Anna Reed",)),
    ("es", "Por Marta Vidal", ("Marta Vidal",)),
    ("it", "di Luca Moretti", ("Luca Moretti",)),
    ("nl", "Door Anna de Wit en Piet van Dam", ("Anna de Wit", "Piet van Dam")),
    ("sv", "Av Anna Lind och Nils Berg", ("Anna Lind", "Nils Berg")),
    ("da", "Anna Lind og Nils Berg", ("Anna Lind", "Nils Berg")),
    ("tr", "Anna Reed ve Tom Okoro", ("Anna Reed", "Tom Okoro")),
    ("ru", "Автор: Анна Волкова и Пётр Орлов", ("Анна Волкова", "Пётр Орлов")),
    ("uk", "Анна Коваль та Петро Орел", ("Анна Коваль", "Петро Орел")),
    ("id", "Sari Dewi dan Budi Santoso", ("Sari Dewi", "Budi Santoso")),
    ("vi", "Trần Minh", ("Trần Minh",)),
    ("ar", "بقلم أحمد علي", ("أحمد علي",)),
    ("he", "מאת: דנה לוי", ("דנה לוי",)),
    # one man, or two
    ("es", "Juan Pérez y María López", ("Juan Pérez", "María López")),
    ("es", "José Ortega y Gasset", ("José Ortega y Gasset",)),
    ("pt", "Maria Costa e Silva", ("Maria Costa e Silva",)),
    ("it", "Luca Moretti e Anna Bianchi", ("Luca Moretti", "Anna Bianchi")),
    ("pl", "Jan Nowak i Anna Lis", ("Jan Nowak", "Anna Lis")),
    # particles, titles, capitals
    ("de", "von der Leyen", ("von der Leyen",)),
    ("de", "Dr. Max Müller", ("Dr. Max Müller",)),
    ("nl", "Jan van der Berg", ("Jan van der Berg",)),
    ("fr", "Jeanne d'Arcy", ("Jeanne d'Arcy",)),
    ("en", "Omar al-Masri", ("Omar al-Masri",)),
    ("en", "Angela Di Maria", ("Angela Di Maria",)),
    ("en", "Sam O’Brien", ("Sam O’Brien",)),
    ("en", "J. K. Reed", ("J. K. Reed",)),
    ("en", "ANNA MCDONALD", ("Anna McDonald",)),
    ("en", "TOM O'BRIEN", ("Tom O'Brien",)),
    ("en", "JAN VAN DER BERG", ("Jan van der Berg",)),
    ("es", "MARIA DE LA CRUZ", ("Maria de la Cruz",)),
    ("en", "ANNE-MARIE LI", ("Anne-Marie Li",)),
    ("en", "J.K. REED III", ("J.K. Reed III",)),
    ("en", "JP REED", ("JP Reed",)),
    ("en", "ED BO", ("Ed Bo",)),
    ("en", "VAN MORRIS", ("Van Morris",)),
    ("de", "JÖRG GROẞ", ("Jörg Groß",)),
    ("tr", "IŞIL YILMAZ", ("Işıl Yılmaz",)),
    ("tr", "İBRAHİM KAYA", ("İbrahim Kaya",)),
    ("fr", "Anna REED", ("Anna Reed",)),
    ("en", "ANNA REED AND TOM OKORO, Staff Writers", ("Anna Reed", "Tom Okoro")),
    ("en", "DAN REED AND ANN LEE", ("Dan Reed", "Ann Lee")),
    ("id", "SARI DEWI DAN BUDI SANTOSO", ("Sari Dewi", "Budi Santoso")),
    # East Asia
    ("ko", "홍길동 기자", ("홍길동",)),
    ("ko", "홍길동기자", ("홍길동",)),
    ("ko", "산업부 홍길동 기자", ("홍길동",)),
    ("ko", "홍길동 인턴기자", ("홍길동",)),
    ("ko", "홍길동·김영희 기자", ("홍길동", "김영희")),
    ("ko", "홍길동 기자 hong@example.kr 김영희 기자 kim@example.kr", ("홍길동", "김영희")),
    ("ko", "홍길동", ("홍길동",)),
    ("ja", "山田太郎 記者", ("山田太郎",)),
    ("ja", "山田 太郎", ("山田 太郎",)),
    ("ja", "山田太郎、佐藤花子", ("山田太郎", "佐藤花子")),
    ("ja", "文=山田太郎", ("山田太郎",)),
    ("ja", "ジョン・スミス", ("ジョン・スミス",)),
    ("ja", "山田太郎・佐藤花子", ("山田太郎", "佐藤花子")),
    ("zh", "记者 张三 李四", ("张三", "李四")),
    ("zh", "作者:王小明", ("王小明",)),
    ("zh", "張小明/台北報導", ("張小明",)),
]

NO_NAMES: list[tuple[str | None, str]] = [
    (None, ""),
    (None, " , | "),
    ("en", "AFP"),
    ("en", "Reuters"),
    ("de", "dpa"),
    ("en", "Staff"),
    ("en", "Staff reporter"),
    ("en", "Our Correspondent"),
    ("en", "Newsroom"),
    ("en", "Harbour Editorial Team"),
    ("en", "KXZ Staff"),
    ("de", "Redaktion"),
    ("fr", "La rédaction"),
    ("en", "admin"),
    ("en", "anna reed"),
    ("en", "The Associated Press"),
    ("en", "ASSOCIATED PRESS"),
    ("en", "Harbour News Network"),
    ("en", "harbourcourier.com"),
    ("fr", "Le Courrier"),
    ("en", "By Monday the rain had stopped"),
    ("en", "By Monday"),
    ("en", "By the river"),
    ("en", "By all accounts"),
    ("en", "By 2030"),
    ("en", "By and large"),
    ("en", "By Wednesday evening the water stood a metre high."),
    ("en", "By Anna's account the ferry was late"),
    ("en", "Anna Reed is a reporter based in Lagos."),
    ("en", "Anna Reed said on Monday that the port would close"),
    ("de", "Von wegen"),
    ("de", "Von Montag an fahren die Fähren wieder"),
    ("fr", "Par exemple"),
    ("fr", "Par ailleurs, le port reste ouvert"),
    ("es", "Por ejemplo"),
    ("it", "Di solito"),
    ("en", "Published October 29, 2024"),
    ("en", "Photo: Anna Reed"),
    ("en", "Reed, Anna"),
    ("en", "Washington, Reuters"),
    ("en", "News, Portugal, Business"),
    ("en", "4 min read"),
    ("ja", "一方で、港は13日に閉鎖された。"),
    ("ja", "港湾新聞デジタル編集部"),
    ("ko", "사회부 기자"),
    ("ko", "비가 월요일까지 그쳤다"),
    ("en", "x" * 5000),
]


@pytest.mark.parametrize(("language", "raw", "names"), BYLINES)
def test_people_are_named(language: str | None, raw: str, names: tuple[str, ...]) -> None:
    assert parse_names(raw, language=language) == names


@pytest.mark.parametrize(("language", "raw"), NO_NAMES)
def test_what_is_no_person(language: str | None, raw: str) -> None:
    assert parse_names(raw, language=language) == ()


@pytest.mark.parametrize(
    ("raw", "names", "agencies"),
    [
        ("Mei Tan, the Associated Press and Reuters", ("Mei Tan",), ("Associated Press", "Reuters")),
        ("By Anna Reed, AFP", ("Anna Reed",), ("AFP",)),
        ("Jane Doe/AFP", ("Jane Doe",), ("AFP",)),
        ("Anna Reed | REUTERS", ("Anna Reed",), ("Reuters",)),
        ("Anna Reed The Associated Press", ("Anna Reed",), ("Associated Press",)),
        ("Anna Reed Associated Press", ("Anna Reed",), ("Associated Press",)),
        ("ANNA REED, AP Science Writer", ("Anna Reed",), ("AP",)),
        ("Anna Reed for Reuters", ("Anna Reed",), ("Reuters",)),
        ("Anna Reed (dpa)", ("Anna Reed",), ("dpa",)),
        ("Anna Reed und Tom Okoro, dpa", ("Anna Reed", "Tom Okoro"), ("dpa",)),
        ("With files from Tom Okoro and Reuters", ("Tom Okoro",), ("Reuters",)),
        ("Le Courrier et AFP", (), ("AFP",)),
        ("agence france presse", (), ("Agence France-Presse",)),
        ("The Associated Press", (), ("Associated Press",)),
        ("AFP, AFP", (), ("AFP",)),
        ("(서울=연합뉴스) 홍길동 기자 =", ("홍길동",), ("연합뉴스",)),
        ("【共同通信】山田太郎 記者", ("山田太郎",), ("共同通信",)),
        ("新华社 记者 张三", ("张三",), ("新华社",)),
        # a name that looks like an agency's
        ("Ani Reed", ("Ani Reed",), ()),
        ("Ani", ("Ani",), ()),
        ("ANI", (), ("ANI",)),
        ("Staff reporter", (), ()),
    ],
)
def test_agencies_are_distinguished_from_people(raw: str, names: tuple[str, ...], agencies: tuple[str, ...]) -> None:
    assert split_agencies(raw, KNOWN) == (names, agencies)


@pytest.mark.parametrize(
    ("raw", "agencies"),
    [
        ("SBS, AFP", ("SBS", "AFP")),
        ("dpa/AFP", ("dpa", "AFP")),
        ("DPA", ("DPA",)),
        ("Dpa", ("dpa",)),
        ("Reuters and AP", ("Reuters", "AP")),
        ("the associated press", ("Associated Press",)),
        ("The Harbour Courier", ("The Harbour Courier",)),
        ("Reuters & the Harbour Courier", ("Reuters", "Harbour Courier")),
        ("Agence France-Presse.", ("Agence France-Presse",)),
        ("AFP, AFP", ("AFP",)),
        ("according to a report", ()),
        ("Reuters says that the port will close on Monday", ()),
        ("2024", ()),
        ("", ()),
    ],
)
def test_a_line_of_agencies(raw: str, agencies: tuple[str, ...]) -> None:
    assert parse_agencies(raw, KNOWN) == agencies


WORDS = st.sampled_from(
    (
        "Anna REED van der O'Brien and und y e , / | By von (AFP) AFP Reuters the The in 3 editor Health Mr. İI ß"
        " 기자 홍길동 山田"
    ).split()
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60))
def test_nothing_is_made_up(raw: str) -> None:
    """Every word of a name is in the byline; names and agencies come once each."""
    names, agencies = split_agencies(raw, KNOWN)
    for name in names:
        assert name.strip() == name != ""
        assert all(word.casefold() in raw.replace("İ", "i").casefold() for word in name.replace("İ", "i").split())
    assert len({name.casefold() for name in names}) == len(names)
    assert len(set(agencies)) == len(agencies)
    assert set(agencies) <= set(KNOWN.values())


def test_the_lookup_prefers_the_spelling_of_the_list() -> None:
    assert KNOWN["associated press"] == "Associated Press"
    assert (KNOWN["dpa"], KNOWN["DPA"]) == ("dpa", "DPA")
    assert agency_lookup(iter(["The Harbour Wire"])) == {"harbour wire": "Harbour Wire", "Harbour Wire": "Harbour Wire"}
