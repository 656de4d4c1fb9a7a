"""Counts, minutes, sections, publishers and titles, as lines of boilerplate state them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.metadata.values import clean_publisher, clean_title, parse_count, parse_minutes, parse_sections


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("0", 0),
        ("12", 12),
        ("12 comments", 12),
        ("Comments (12)", 12),
        ("No. 5", 5),
        ("1,204", 1204),
        ("1.204", 1204),
        ("1 204", 1204),
        ("1\N{NARROW NO-BREAK SPACE}204", 1204),
        ("1'204", 1204),
        ("1,204,500", 1_204_500),
        ("1.2K", 1200),
        ("12k", 12_000),
        ("1,25 Mio.", 1_250_000),
        ("1,2 Tsd. Kommentare", 1200),
        ("1.2万", 12_000),
        ("댓글 12개", 12),
        ("コメント12件", 12),
        ("\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT TWO}", 12),
        # none
        ("No", 0),
        ("no comments yet", 0),
        ("Keine", 0),
        ("Keine Kommentare", 0),
        ("Aucun commentaire", 0),
        ("Nessun commento", 0),
        ("Brak komentarzy", 0),
        ("Yorum yok", 0),
        ("댓글 없음", 0),
        ("コメントなし", 0),
        # not said
        ("", None),
        ("Comments", None),
        ("Nobody knows", None),
        ("no idea", None),
        ("3 of 12", None),
        ("3-12", None),
        ("-5", None),
        ("99+", None),
        ("12%", None),
        ("1.2", None),
        ("1,20", None),
        ("1.204,50", None),
        ("5m", None),
        ("5th", None),
        ("9" * 5000, None),
        ("9" * 5000 + "K", None),
    ],
)
def test_a_count(raw: str, count: int | None) -> None:
    assert parse_count(raw) == count


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("4 min read", 4),
        ("4-minute read", 4),
        ("4 minutes", 4),
        ("4", 4),
        ("Lesezeit: 5 Minuten", 5),
        ("Lesezeit:5 Min.", 5),
        ("Temps de lecture : 3 min", 3),
        ("Temps de lecture 3 mn", 3),
        ("1 minuti di lettura", 1),
        ("약 3분", 3),
        ("読了時間 5分", 5),
        ("6 мин", 6),
        ("5 dk", 5),
        ("5 phút đọc", 5),
        ("1 hr 10 min", 70),
        ("1 h", 60),
        ("Published 4 May · 5 min read", 5),
        ("04 min", 4),
        ("", None),
        ("min read", None),
        ("less than a minute", None),
        ("< 1 min", None),
        ("3-4 min", None),
        ("3\N{EN DASH}4 minutes", None),
        ("10+ min", None),
        ("30 sec", None),
        ("04:30 min", None),
        ("2.5 min", None),
        ("4 min read, 5 min listen", None),
        ("0 min", None),
        ("999 min", None),
        ("2024-10-29", None),
        ("9" * 5000, None),
    ],
)
def test_minutes_of_reading(raw: str, minutes: int | None) -> None:
    assert parse_minutes(raw) == minutes


@pytest.mark.parametrize(
    ("raw", "sections"),
    [
        ("News", ("News",)),
        ("Asia-Pacific, News", ("Asia-Pacific", "News")),
        ("World | Europe", ("World", "Europe")),
        ("Home > News > Local", ("News", "Local")),
        ("Startseite » Politik", ("Politik",)),
        ("ホーム > 経済", ("経済",)),
        ("You are here: Home > News", ("News",)),
        ("Business » Markets", ("Business", "Markets")),
        ("Business / Markets", ("Business", "Markets")),
        ("Sport - Rowing", ("Sport", "Rowing")),
        ("News · Ports", ("News", "Ports")),
        ("Filed under: Ports", ("Ports",)),
        ("Posted in Ports", ("Ports",)),
        ("Kategorie: Häfen", ("Häfen",)),
        ("Food & Drink", ("Food & Drink",)),
        ("Arts and Culture", ("Arts and Culture",)),
        ("AC/DC", ("AC/DC",)),
        ("Asia-Pacific", ("Asia-Pacific",)),
        ("G20", ("G20",)),
        ("Section Nord", ("Section Nord",)),
        ("News, news, Ports", ("News", "Ports")),
        ("  World  |  Middle   East ", ("World", "Middle East")),
        ("Home", ()),
        ("|", ()),
        ("", ()),
        ("12", ()),
        ("The harbour master said on Monday that it would close", ()),
    ],
)
def test_sections(raw: str, sections: tuple[str, ...]) -> None:
    assert parse_sections(raw) == sections


@pytest.mark.parametrize(
    ("raw", "publisher"),
    [
        ("The Harbour Courier", "The Harbour Courier"),
        ("© 2025 The Harbour Courier. All rights reserved.", "The Harbour Courier"),
        ("©2025 The Harbour Courier", "The Harbour Courier"),
        ("(c) 2020-2024 Harbour Media, Inc. All Rights Reserved.", "Harbour Media, Inc."),
        ("Copyright © 2025, Harbour Media Ltd.", "Harbour Media Ltd."),
        ("Copyright 2019 by The Harbour Courier Company", "The Harbour Courier Company"),
        ("2020\N{EN DASH}25 Harbour Media", "Harbour Media"),
        ("The Harbour Courier © 2025", "The Harbour Courier"),
        ("© Harbour Courier 2025", "Harbour Courier"),
        ("© 2020, 2025 Harbour Courier.", "Harbour Courier"),
        ("@ 1997 - 2025 Hafen Medien GmbH & Co. KG", "Hafen Medien GmbH & Co. KG"),
        ("© Hafenbote. Alle Rechte vorbehalten", "Hafenbote"),
        ("Le Courrier du Port - Tous droits réservés", "Le Courrier du Port"),
        ("ⓒ 항구신문. 무단 전재 및 재배포 금지", "항구신문"),
        ("Harbour S.A.", "Harbour S.A."),
        ("Port Studies - Insights & Analysis", "Port Studies - Insights & Analysis"),
        ("Port Studies...", "Port Studies..."),
        ("© 20 Harbours", "20 Harbours"),
        ("© 2025 7Ports", "7Ports"),
        ("1970s Club", "1970s Club"),
        ("Copyrighted Works", "Copyrighted Works"),
        ("  The   Harbour\nCourier ", "The Harbour Courier"),
        ("© 2025", None),
        ("All rights reserved.", None),
        ("", None),
    ],
)
def test_a_publisher(raw: str, publisher: str | None) -> None:
    assert clean_publisher(raw) == publisher


@pytest.mark.parametrize(
    ("raw", "outlet", "title"),
    [
        ("  A quiet\n morning  at sea ", None, "A quiet morning at sea"),
        ("A quiet morning | Harbour Courier", None, "A quiet morning | Harbour Courier"),
        ("A quiet morning | Harbour Courier", "Harbour Courier", "A quiet morning"),
        ("A quiet morning - The Harbour Courier", "harbour courier", "A quiet morning"),
        ("A quiet morning \N{EN DASH} Harbour Courier", "The Harbour Courier", "A quiet morning"),
        ("North - South - Harbour Courier", "Harbour Courier", "North - South"),
        ("A quiet morning | Ports", "Harbour Courier", "A quiet morning | Ports"),
        ("Harbour Courier", "Harbour Courier", "Harbour Courier"),
        ("A harbour-courier's day", "courier's day", "A harbour-courier's day"),
        ("", "Harbour Courier", None),
        (" \n", None, None),
    ],
)
def test_a_title(raw: str, outlet: str | None, title: str | None) -> None:
    assert clean_title(raw, outlet=outlet) == title


@given(st.integers(0, 10**9))
def test_a_count_is_read_back_however_it_is_grouped(count: int) -> None:
    for written in (str(count), f"{count:,}", f"{count:,}".replace(",", "."), f"{count:,}".replace(",", "\u202f")):
        assert parse_count(written) == count


@given(st.text(max_size=80))
def test_any_text_gives_a_value_or_nothing(raw: str) -> None:
    count, minutes, publisher = parse_count(raw), parse_minutes(raw), clean_publisher(raw)
    assert count is None or count >= 0
    assert minutes is None or 0 < minutes <= 600
    assert publisher is None or publisher in " ".join(raw.split())
    assert all(section in " ".join(raw.split()) for section in parse_sections(raw))
