"""Bytes in any encoding become the text they were, and never a crash."""

import codecs
import random
from typing import Any

import chardet
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.readers.encoding import decode

# One short paragraph a language, written for this test.
PARAGRAPHS = {
    "en": "The council’s café opened late. “We have waited for years,” said the mayor – and paid £3.50 for a tea.",
    "de": "Die Bürger müssen künftig höhere Gebühren zahlen. Das beschloss der Rat am späten Abend; „größer“ wird "
    "nur der Fußballplatz.",
    "fr": "Le maire a déclaré que l’hôpital, fermé depuis l’été, rouvrira ses portes à Noël. « C’est une très "
    "bonne nouvelle », a ajouté sa collègue, où qu’elle soit.",
    "es": "El próximo año la compañía abrirá una fábrica más pequeña en el sur. ¿Será suficiente? Los vecinos "
    "dicen que sí, pero nadie sabe cuándo.",
    "pt": "A população não aceitou a decisão da câmara: as obras começarão amanhã, às oito horas, e só terminarão "
    "no próximo verão, segundo o vereador.",
    "it": "La città ha già speso più di quanto può: così il sindaco è tornato a parlare di libertà e "
    "responsabilità, perché nessuno capì.",
    "sv": "Färjan går över sundet två gånger på kvällen. Många åker hem när ljuset släcks, men några väljer att "
    "stanna kvar på ön.",
    "da": "Færgen sejler over sundet to gange om aftenen. Nogle bliver på øen, når lyset går ud, og spiser rødgrød.",
    "fi": "Lautta lähtee myöhään illalla, mutta lämmin sää jää. Hän päätti jäädä kotiin, vaikka öinen meri "
    "houkutteli yhä.",
    "is": "Ferjan siglir út fjörðinn þegar kvöldar og börnin sofa. Það er ekkert að óttast, sagði skipstjórinn, "
    "því sjórinn er sléttur og veðrið ágætt í júní.",
    "tr": "Belediye başkanı yeni köprünün bu yıl açılacağını söyledi. Işıklar akşam saatlerinde yandı, şehir "
    "sakinleri çok güzel buldu.",
    "pl": "Wójt zapowiedział, że wyższe opłaty będą obowiązywać już od września. Mieszkańcy są źli, a część z nich "
    "chce pójść do sądu.",
    "cs": "Starosta řekl, že příští rok začne výstavba nové školy. Děti se těší, ale úředníci zůstávají opatrní "
    "kvůli rozpočtu města.",
    "sk": "Starosta povedal, že budúci rok začne výstavba novej školy. Ľudia sa tešia, hoci päť úradníkov ešte "
    "stále váha a mlčí.",
    "hu": "A polgármester szerint jövőre megépül az új iskola. A gyerekek örülnek, de a szülők közül többen "
    "félnek a zajtól, és őszintén szólva fűtés sincs.",
    "ro": "Primarul a spus că anul viitor va începe construcţia unei şcoli noi. Oamenii aşteaptă, însă preţurile "
    "cresc şi răbdarea scade.",
    "hr": "Gradonačelnik je rekao da će iduće godine početi gradnja nove škole. Građani se vesele, iako još "
    "čekaju dozvolu i sljedeći proračun.",
    "lt": "Meras pranešė, kad kitąmet prasidės naujos mokyklos statyba. Žmonės džiaugiasi, nors šįmet biudžetas "
    "mažesnis ir darbų mažėja.",
    "lv": "Mērs paziņoja, ka nākamgad sāksies jaunas skolas celtniecība. Cilvēki priecājas, lai gan šogad naudas "
    "ir mazāk un darbi kavējas ļoti.",
    "et": "Linnapea ütles, et järgmisel aastal algab uue kooli ehitus. Lapsed rõõmustavad, kuigi öösel on veel "
    "külm ja töö jääb seisma.",
    "ru": "Мэр сообщил, что строительство новой школы начнётся в будущем году. Жители рады, хотя бюджет города "
    "пока не утверждён.",
    "uk": "Мер повідомив, що будівництво нової школи почнеться наступного року. Мешканці радіють, хоча їхній "
    "бюджет іще не затверджено.",
    "bg": "Кметът съобщи, че строежът на новото училище ще започне догодина. Хората се радват, макар че "
    "бюджетът още не е приет.",
    "el": "Ο δήμαρχος είπε ότι η κατασκευή του νέου σχολείου θα αρχίσει τον επόμενο χρόνο. Οι κάτοικοι χαίρονται, "
    "αν και δεν υπάρχουν χρήματα.",
    "he": "ראש העיר אמר כי בניית בית הספר החדש תתחיל בשנה הבאה. התושבים שמחים, אף שהתקציב עדיין לא אושר.",
    "ar": "قال رئيس البلدية إن بناء المدرسة الجديدة سيبدأ في العام المقبل. السكان سعداء مع أن الميزانية لم تعتمد بعد.",
    "th": "นายกเทศมนตรีกล่าวว่าการก่อสร้างโรงเรียนใหม่จะเริ่มในปีหน้า ชาวบ้านดีใจแม้ว่างบประมาณยังไม่ผ่าน",
    "ja": "市長は新しい学校の建設を来年始めると発表した。住民は喜んでいるが、予算はまだ決まっていないという。",
    "ko": "시장은 내년에 새 학교 건설을 시작한다고 밝혔다. 주민들은 기뻐하지만 예산은 아직 정해지지 않았다.",
    "zh-Hans": "市长宣布，新学校的建设将于明年开始。居民们很高兴，不过预算还没有通过，工程可能会推迟。",
    "zh-Hant": "市長宣布，新學校的建設將於明年開始。居民們很高興，不過預算還沒有通過，工程可能會延後。",
}
LEGACY = {
    "cp1252": "en de fr es pt it sv da fi is",
    "cp1254": "tr",
    "cp1250": "pl cs sk hu ro hr",
    "iso8859_2": "pl cs sk hu ro hr",
    "cp1257": "lt lv et",
    "cp1251": "ru uk bg",
    "koi8_u": "ru uk",
    "cp1253": "el",
    "cp1255": "he",
    "cp1256": "ar",
    "cp874": "th",
    "cp932": "ja",
    "euc_jp": "ja",
    "iso2022_jp": "ja",
    "cp949": "ko",
    "gb18030": "zh-Hans",
    "big5": "zh-Hant",
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize(
    ("encoding", "language"), [(encoding, each) for encoding, codes in LEGACY.items() for each in codes.split()]
)
def test_legacy_encodings(encoding: str, language: str) -> None:
    text = PARAGRAPHS[language]
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("language", PARAGRAPHS)
@pytest.mark.parametrize("encoding", UNICODE)
def test_unicode_encodings(encoding: str, language: str) -> None:
    text = PARAGRAPHS[language] + "\r\n\r\n" + PARAGRAPHS[language]
    assert decode(text.encode(encoding)).text == text


def test_windows_text_in_capitals_and_symbols() -> None:
    text = "ÜBER 3 GRÖSSEN © 2024 – SCHLUSS"
    assert decode(text.encode("cp1252")).text == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
@example("")
@example("\ufffd")
def test_utf8_comes_back(text: str) -> None:
    assert decode(b"." + text.encode()).text == "." + text


@given(st.binary())
@example(b"\xff\xfe\x00")
@example(b"\x00\x00\xfe\xff\xff")
@example(b"\xe2\x80")
@example(b"\x1b$B\xff")
@example(b"\x81\x8d\x8f\x90\x9d")
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data).text
    except ValueError as error:
        text = str(error)
    text.encode()  # raises on half of a surrogate pair, which no writer takes


def test_a_few_broken_bytes_leave_utf8_as_it_is() -> None:
    text = PARAGRAPHS["fr"]
    broken = text[:40].encode() + b"\xff" + text[40:].encode()
    assert decode(broken).text == text[:40] + "\ufffd" + text[40:]
    cut = text.encode() + "’".encode()[:2]
    assert decode(cut).text == text + "\ufffd"


@pytest.mark.parametrize(("encoding", "language"), [("cp932", "ja"), ("big5", "zh-Hant"), ("cp949", "ko")])
def test_a_broken_character_costs_its_line_alone(encoding: str, language: str) -> None:
    lines = [PARAGRAPHS[language] + str(number) for number in range(8)]
    raw = [line.encode(encoding) for line in lines]
    raw[3] = raw[3][:10] + b"\xff" + raw[3][10:]
    decoded = decode(b"\n".join(raw)).text.split("\n")
    assert [*decoded[:3], *decoded[4:]] == [*lines[:3], *lines[4:]]


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(4000),
        b"\x7fELF\x02\x01\x01" + bytes(4000),
        b"ID\x00\x00\x00\x07" * 300,
        random.Random(2).randbytes(100_000),
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"is binary: \d+% of its bytes"):
        decode(data)


def test_stray_zeros_do_not_make_a_text_binary() -> None:
    text = PARAGRAPHS["en"] + "\0" + PARAGRAPHS["de"]
    assert decode(text.encode()).text == text


def test_a_guess_is_made_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    guess = chardet.detect_all
    sizes: list[int] = []

    def spy(data: bytes, **options: Any) -> Any:
        sizes.append(len(data))
        return guess(data, **options)

    monkeypatch.setattr(chardet, "detect_all", spy)
    text = "plain words " * 200_000 + PARAGRAPHS["de"]
    assert decode(text.encode("cp1252")).text == text
    text = PARAGRAPHS["zh-Hans"] * 20_000
    assert decode(text.encode("gb18030")).text == text
    assert sizes
    assert max(sizes) <= 1 << 17


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        decoded = decode(mark + "One".encode(encoding))
        assert (decoded.text, decoded.encoding) == ("One", encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_sample_may_end_within_a_pair(encoding: str) -> None:
    # Whatever the sample's size: characters of four bytes, from an odd place on.
    text = "A line of words.\n" + "😀" * 20_000
    assert decode(text.encode(encoding)).text == text
    assert decode(text.encode(encoding)[:-2]).text == text[:-1] + "\ufffd"
