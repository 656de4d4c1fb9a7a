"""Captions and credits kept apart: a sentence is no credit, and what is left of the words around is no caption."""

from __future__ import annotations

import pytest

from cleaner.api import clean
from cleaner.metadata.credits import read_caption, read_credit

PROSE = (
    "The lamps along the northern mole came on again on Tuesday night, eleven weeks after the storm that broke them.",
    "Nobody had believed it, said the keeper, who runs the harbour office, and who had counted the dark nights.",
)


@pytest.mark.parametrize(
    ("raw", "credit"),
    [
        ("Photo by Ada Novak/Getty Images", "Ada Novak/Getty Images"),
        ("(Photo by Ada Novak/Getty Images)", "Ada Novak/Getty Images"),
        ("AP Photo/Ada Novak, File", "AP Photo/Ada Novak"),
        ("REUTERS/Ada Novak/File Photo", "REUTERS/Ada Novak"),
        ("Ada Novak (Archivbild)", "Ada Novak"),
        ("Photo Credit: Ada Novak", "Ada Novak"),
        ("Credit...Ada Novak for The Tern Post", "Ada Novak for The Tern Post"),
        ("Ada Novak and Ines Duarte", "Ada Novak and Ines Duarte"),
        ("Ines Duarte.", "Ines Duarte"),
        ("Tern Valley Inc.", "Tern Valley Inc."),
        ("Ines Duarte, staff photographer", "Ines Duarte, staff photographer"),
        ("cortesía de la familia Novak", "cortesía de la familia Novak"),
        ("Mit freundlicher Genehmigung von Anna Reed", "Mit freundlicher Genehmigung von Anna Reed"),
        ("личный архив Веры Лучининой", "личный архив Веры Лучининой"),
        ("dok. Pelabuhan", "dok. Pelabuhan"),
        ("@tern.valley", "@tern.valley"),
        ("iStock", "iStock"),
        ("岡部修", "岡部修"),
        ("이도현 기자", "이도현 기자"),
        ("Tidepool (opens in a new window)", "Tidepool"),
    ],
)
def test_a_credit_is_names(raw: str, credit: str) -> None:
    assert read_credit(raw) == ((), (credit,))


@pytest.mark.parametrize(
    "raw",
    [
        "A man walks his dog along the pier on Tuesday.",
        "Children waited for hours to see it",
        "Ilse Brandt smiles at the keeper",
        "Der Turm am Abend, als das Licht erlosch.",
        "A lamp keeper climbs the mole in this file photo from 2019.",
    ],
)
def test_a_sentence_is_no_credit(raw: str) -> None:
    assert read_credit(raw) == ((raw,), ())


def test_a_word_that_is_no_name_is_nothing() -> None:
    assert read_credit("smiling") == ((), ())
    assert read_credit("") == ((), ())
    assert read_credit("Ada Novak " * 300) == ((), ())


@pytest.mark.parametrize(
    ("raw", "caption", "credit"),
    [
        ("Lamps on the mole. (Photo by)", "Lamps on the mole.", ""),
        ("Lamps on the mole | Photo", "Lamps on the mole", ""),
        ("Lamps on the mole. Foto:", "Lamps on the mole.", ""),
        ("Lamps on the mole (", "Lamps on the mole", ""),
        ("Lamps on the mole (Symbolbild)", "Lamps on the mole", ""),
        ("Image caption, Lamps on the mole", "Lamps on the mole", ""),
        ("FILE PHOTO: Lamps on the mole. REUTERS/Ada Novak/File Photo", "Lamps on the mole.", "REUTERS/Ada Novak"),
        ("FILE - Lamps on the mole. (AP Photo/Ada Novak, File)", "Lamps on the mole.", "AP Photo/Ada Novak"),
        ("Photo: Lamps on the mole. (Lantern Pictures)", "Lamps on the mole.", "Lantern Pictures"),
        ("Lamps on the mole. Photo: Ada Novak", "Lamps on the mole.", "Ada Novak"),
        ("The lamps that were lit (and those that were not)", "The lamps that were lit (and those that were not)", ""),
        ("The mayor. (CDU)", "The mayor. (CDU)", ""),
        ("The photo", "The photo", ""),
        ("Ada Novak poses for a photo", "Ada Novak poses for a photo", ""),
    ],
)
def test_a_caption_is_read_without_the_words_around_it(raw: str, caption: str, credit: str) -> None:
    assert read_caption(raw) == ((caption,), (credit,) if credit else ())


@pytest.mark.parametrize("raw", ["(Photo by)", "| Photo", "Photo:", "(Foto:", "File photo", "...", ""])
def test_what_is_left_of_a_credit_is_no_caption(raw: str) -> None:
    assert read_caption(raw) == ((), ())


@pytest.mark.parametrize(
    ("line", "captions", "credits_"),
    [
        ("Photo: A man walks his dog along the quay on Friday.", ["A man walks his dog along the quay on Friday."], []),
        (
            "FILE PHOTO: Lamps, March 4, 2025. REUTERS/Ada Novak/File Photo",
            ["Lamps, March 4, 2025."],
            ["REUTERS/Ada Novak"],
        ),
        ("(Photo by Ada Novak/Getty Images)", [], ["Ada Novak/Getty Images"]),
        ("Lamps on March 4. (Photo by Ada Novak/Getty Images)", ["Lamps on March 4."], ["Ada Novak/Getty Images"]),
        ("Lamps on the mole | Photo Credit: Ada Novak", ["Lamps on the mole"], ["Ada Novak"]),
        ("Image source, PA Media", [], ["PA Media"]),
        ("Image copyrightGETTY IMAGES", [], ["GETTY IMAGES"]),
        ("Image caption, The lamps seen from the ferry", ["The lamps seen from the ferry"], []),
        ("(AP Photo/Ada Novak, File)", [], ["AP Photo/Ada Novak"]),
        ("Lamps (REUTERS/Ada Novak/File Photo)", [], ["REUTERS/Ada Novak"]),
        ("Representative image", [], []),
        ("File photo", [], []),
        ("Photos by Ada Novak and Ines Duarte", [], ["Ada Novak and Ines Duarte"]),
        ("Credit...Ada Novak for The Tern Post", [], ["Ada Novak for The Tern Post"]),
        ("Courtesy of Ada Novak", [], ["Ada Novak"]),
        ("Photograph: Ada Novak/Reuters", [], ["Ada Novak/Reuters"]),
    ],
)
def test_a_line_under_a_picture_is_split(line: str, captions: list[str], credits_: list[str]) -> None:
    article = clean("\n\n".join(("By Anna Reed", PROSE[0], line, PROSE[1])))
    assert [*article.metadata.captions] == captions
    assert [*article.metadata.image_credits] == credits_
    left = article.text.split("\n\n")
    assert left in ([*PROSE], [PROSE[0], "Lamps", PROSE[1]])


@pytest.mark.parametrize(
    "line",
    [
        "Photo: the word alone made him laugh.",
        "He wrote to the paper (photo enclosed) and waited for months.",
        "The lamps were lit on Tuesday, the keeper said. Source: Reuters",
        "She showed him the photo: Paul on the mole, laughing.",
        "A poll (Reuters/Ipsos Global) found that most of them had been dark.",
    ],
)
def test_prose_about_pictures_stays(line: str) -> None:
    assert line in clean("\n\n".join((PROSE[0], line, PROSE[1]))).text
