"""Which language a text is in: right, the same every time, and the slow detector runs only in doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.cleaning.clean import clean_prepared
from cleaner.cleaning.prepare import Prepared, prepare
from cleaner.matching.program import Program, compile_program
from cleaner.model.document import Document
from cleaner.rules.load import load_pack
from cleaner.text import language as languages
from cleaner.text.language import Language, detect, sample, stated_or_detected
from cleaner.text.lines import Lines

# One sentence, in the words of each.
SENTENCES = {
    "en": "The harbour council decided on Tuesday to reopen the old pier, three weeks earlier than planned.",
    "de": "Der Hafenrat beschloss am Dienstag, den alten Pier wieder zu öffnen, drei Wochen früher als geplant.",
    "fr": "Le conseil du port a décidé mardi de rouvrir la vieille jetée, trois semaines plus tôt que prévu.",
    "es": "El consejo del puerto decidió el martes reabrir el viejo muelle, tres semanas antes de lo previsto.",
    "pt": "O conselho do porto decidiu na terça-feira reabrir o velho cais, três semanas antes do previsto.",
    "it": "Il consiglio del porto ha deciso martedì di riaprire il vecchio molo, tre settimane prima del previsto.",
    "nl": "De havenraad besloot dinsdag de oude pier weer te openen, drie weken eerder dan gepland.",
    "sv": "Hamnrådet beslutade i tisdags att öppna den gamla piren igen, tre veckor tidigare än planerat.",
    "da": "Havnerådet besluttede tirsdag at genåbne den gamle mole, tre uger tidligere end planlagt.",
    "no": "Havnerådet bestemte tirsdag at den gamle moloen skal åpnes igjen, tre uker tidligere enn planlagt.",
    "pl": "Rada portu postanowiła we wtorek ponownie otworzyć stare molo, trzy tygodnie wcześniej, niż planowano.",
    "cs": "Rada přístavu se v úterý rozhodla znovu otevřít staré molo, o tři týdny dříve, než se plánovalo.",
    "ru": "Совет порта решил во вторник вновь открыть старый причал, на три недели раньше, чем планировалось.",
    "uk": "Рада порту вирішила у вівторок знову відкрити старий причал, на три тижні раніше, ніж планувалося.",
    "tr": "Liman kurulu salı günü eski iskeleyi planlanandan üç hafta önce yeniden açmaya karar verdi.",
    "ar": "قرر مجلس الميناء يوم الثلاثاء إعادة فتح الرصيف القديم قبل ثلاثة أسابيع مما كان مخططا له.",
    "he": "מועצת הנמל החליטה ביום שלישי לפתוח מחדש את הרציף הישן, שלושה שבועות לפני המתוכנן.",
    "ja": "港の評議会は火曜日、古い桟橋を計画より三週間早く再び開くことを決めた。",
    "ko": "항만 위원회는 화요일에 오래된 부두를 계획보다 삼 주 일찍 다시 열기로 결정했다.",
    "zh": "港口委员会星期二决定重新开放旧码头，比原来计划的时间早了三个星期。",
    "vi": "Hội đồng cảng hôm thứ Ba quyết định mở lại bến tàu cũ, sớm hơn ba tuần so với kế hoạch.",
    "id": "Dewan pelabuhan pada hari Selasa memutuskan untuk membuka kembali dermaga lama, tiga minggu lebih awal.",
}
SHORT = ("", "Gone.", "12.08.2024, 14:30", "Photo: AP", "...", "\U0001f30a" * 40, "ＡＢＣ １２３", "12345 67890 " * 40)
DOUBTFUL = "Dublin Oslo Paris Berlin Madrid Roma Lisboa Praha"


@pytest.mark.parametrize("code", SENTENCES)
def test_the_language_of_a_sentence_is_detected(code: str) -> None:
    found = detect(SENTENCES[code])
    assert found.code == code
    assert found.probability is not None
    assert 0.5 <= found.probability <= 1


@pytest.mark.parametrize("code", [code for code, text in SENTENCES.items() if text.upper() != text and code != "tr"])
def test_capitals_change_nothing(code: str) -> None:
    """Turkish aside: its dotless i is lost in capitals."""
    assert detect(SENTENCES[code].upper()) == detect(SENTENCES[code])


@pytest.mark.parametrize("text", SHORT)
def test_too_few_letters_have_no_language(text: str) -> None:
    assert detect(text) == Language(code=None, probability=None)


def test_twenty_letters_are_enough_to_ask() -> None:
    text = "The lamp shone all night"
    assert sum(map(str.isalpha, text)) == 20
    assert detect(text).code == "en"
    assert detect(text[:-1]) == Language()


def test_detection_does_not_depend_on_earlier_texts() -> None:
    texts = [*SENTENCES.values(), *SHORT, DOUBTFUL, " ".join(SENTENCES.values())]
    first = {text: detect(text) for text in texts}
    assert {text: detect(text) for text in reversed(texts)} == first
    for text in texts[::5]:
        assert {detect(text) for _ in range(3)} == {first[text]}


def test_the_slow_detector_is_deterministic() -> None:
    """langdetect draws lots; with another seed each time, close texts get other answers."""
    text = f"{SENTENCES['da'][:40]} {SENTENCES['no'][:40]} {SENTENCES['sv'][:40]}".lower()
    answers = set()
    for other in list(SENTENCES.values())[:8]:
        answers.add(languages._slow(text))
        languages._slow(other)
    assert len(answers) == 1


@given(st.text(max_size=200))
def test_any_text_gets_an_answer_or_none(text: str) -> None:
    found = detect(text)
    assert (found.code is None) is (found.probability is None)
    assert found.probability is None or 0 <= found.probability <= 1
    assert found == detect(text)


# Which detector is asked


@pytest.mark.parametrize(
    ("fast", "slow", "answer", "asked"),
    [
        (("da", 1.0), None, ("da", 1.0), False),
        (("da", 0.7), None, ("da", 0.7), False),  # sure enough
        (("da", 1.000049), None, ("da", 1.0), False),  # fastText rounds up, at times past 1
        (("da", 0.69), ("no", 0.99), ("no", 0.99), True),
        (("da", 0.69), ("no", 0.7), ("no", 0.7), True),
        (("da", 0.69), ("no", 0.69), ("da", 0.69), True),  # both in doubt: the fast one, while it is likely
        (("da", 0.5), (None, None), ("da", 0.5), True),
        (("da", 0.49), ("no", 0.69), (None, None), True),
        (("", 0.0), (None, None), (None, None), True),
        (("zh", 0.3), ("zh-cn", 0.9), ("zh", 0.9), True),
        (("nn", 0.9), None, ("no", 0.9), False),
        (("yue", 0.9), None, ("zh", 0.9), False),
        (("iw", 0.9), None, ("he", 0.9), False),
        (("arz", 0.9), None, ("ar", 0.9), False),
        (("ceb", 0.9), None, (None, None), False),  # ISO 639-1 has no code for it
    ],
)
def test_langdetect_is_asked_only_in_doubt(
    monkeypatch: pytest.MonkeyPatch,
    fast: tuple[str, float],
    slow: tuple[str, float] | tuple[None, None] | None,
    answer: tuple[str | None, float | None],
    asked: bool,
) -> None:
    questions: list[str] = []

    def asks(text: str) -> Language:
        questions.append(text)
        return languages._language(*slow) if slow and slow[0] and slow[1] else Language()

    monkeypatch.setattr(languages, "_fast", lambda _text: fast)
    monkeypatch.setattr(languages, "_slow", asks)
    found = detect("The lamps were on at night")
    assert (found.code, found.probability) == answer
    assert len(questions) == asked


def test_of_plain_sentences_few_are_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[str] = []
    slow = languages._slow

    def asks(text: str) -> Language:
        questions.append(text)
        return slow(text)

    monkeypatch.setattr(languages, "_slow", asks)
    for text in (*SENTENCES.values(), *SHORT):
        detect(text)
    assert len(questions) <= len(SENTENCES) // 5
    detect(DOUBTFUL)
    assert DOUBTFUL.lower() in questions


# What is looked at


def test_a_sample_is_the_longest_lines_in_their_order() -> None:
    menu = [f"Menu {n}" for n in range(50)]
    text = "\n".join([*menu, SENTENCES["fr"] * 3, "Partager", SENTENCES["fr"] * 4, *menu])
    assert sample(text) == f"{SENTENCES['fr'] * 3} {SENTENCES['fr'] * 4}"
    assert sample("Home\n\nShare") == "Home Share"
    assert sample("") == ""


def test_a_sample_is_short_however_long_the_text() -> None:
    long = SENTENCES["de"] * 1000
    assert len(sample(long)) == 600
    assert sample(f"Home\n{'x' * 600}") == "x" * 600
    assert len(sample(f"{'x' * 599}\n{long}")) == 600
    assert len(sample("\n".join(["x" * 599] * 10))) == 1199  # the second one fills it
    assert detect(sample(f"{long}\n{SENTENCES['en']}")).code == "de"


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("da", "da"), ("DA", "da"), (" da-DK ", "da"), ("nb_NO", "no"), ("iw", "en"),  # Hebrew in Latin letters
        ("ru", "en"), ("ja", "en"), ("xx", "en"), ("vn", "en"), ("eng", "en"), ("English", "en"), ("", "en"),
        (None, "en"), (12, "en"), (["da"], "en"),
    ],
)  # fmt: skip
def test_a_stated_language_is_believed_unless_it_is_absurd(stated: object, code: str) -> None:
    for key in ("language", "lang"):
        document = Document(id="any", text=SENTENCES["en"], input_metadata={key: stated})
        assert prepare(document).language.code == code


def test_a_stated_language_counts_where_the_text_is_too_short_to_detect_one() -> None:
    assert stated_or_detected(("de",), "Mehr dazu") == Language(code="de")
    assert stated_or_detected((None, "ko"), "구독") == Language(code="ko")


def test_what_markup_states_counts_where_nothing_is_detected() -> None:
    """Templates say `lang="en"` of whatever is written in them."""
    assert prepare(Document(id="any", text=SENTENCES["de"], page_metadata={"language": "en-US"})).language.code == "de"
    assert prepare(Document(id="any", text="Mehr dazu", page_metadata={"language": "de"})).language.code == "de"


# A wrong guess


ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def program() -> Program:
    return compile_program(load_pack(ROOT / "rules"))


def read(path: Path) -> str:
    """The text of a file, with U+FFFD where it is not in UTF-8."""
    return path.read_text("utf-8", "replace")


@pytest.fixture(scope="module")
def bodies(program: Program) -> list[Prepared]:
    """Prose in many languages: the sentences above, and the paragraphs that cleaning leaves of the sample articles."""
    raw = [text for path in sorted((ROOT / "raw").rglob("*.txt")) if "\ufffd" not in (text := read(path))]
    assert len(raw) > len(SENTENCES)
    pages = [Lines(clean_prepared(prepare(Document(id="any", text=text)), program).text) for text in raw]
    prose = ("\n\n".join(page.texts[i] for i in range(len(page)) if page.is_prose(i)) for page in pages)
    return [prepare(Document(id="any", text=text)) for text in ("\n\n".join(SENTENCES.values()), *prose)]


@pytest.mark.parametrize("guess", SENTENCES)
def test_a_wrong_guess_takes_nothing_from_clean_text(program: Program, bodies: list[Prepared], guess: str) -> None:
    """The packs of one language know nothing of another's prose."""
    for body in bodies:
        misled = clean_prepared(replace(body, language=Language(code=guess)), program)
        assert [(edit.rule, edit.text) for edit in misled.edits] == []
