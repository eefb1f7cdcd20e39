"""What is found in texts of every language, what isn't, and how long a hostile text takes."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.free_text.find import find_personal

# The passage in brackets is to be found, nothing else.
NUMBERS = {
    "phone": [
        "Rufen Sie mich an: [0170 1234567]!",
        "Tel. [0711/123456], abends",
        "(07071) 1 ist kurz, [07071 123456] nicht",
        "[+49 (0)170 1234567]",
        "[0049 170 1234567]",
        "ohne Null [170 1234567] oder",
        "WhatsApp [49 170 1234567]",
        "از [۰۱۷۰ ۱۲۳۴۵۶۷] زنگ بزنید",
        "رقمي [٠١٧٠١٢٣٤٥٦٧] شكرا",
        "फ़ोन [०१७० १२३४५६७]",
        "ফোন [০১৭০ ১২৩৪৫৬৭]",
        "[+963 944 123 456] رقم أمي",
        "мій номер [+380 67 123 45 67]",
        "\u202a[+49 170 1234567]\u202c",
    ],
    "email": [
        "an [a.b+c@example.org], bitte",
        "[ali (at) example.com]",
        "بريدي [fatima@example.com].",
        "пошта [олена@приклад.укр]",
    ],
    "iban": [
        "Konto [DE89 3704 0044 0532 0130 00] bei der Bank",
        "[DE89370400440532013000]",
        "[de89 3704 0044 0532 0130 00] ist meins",
        "[GB82 WEST 1234 5698 7654 32]",
        "حسابي [DE٨٩ ٣٧٠٤ ٠٠٤٤ ٠٥٣٢ ٠١٣٠ ٠٠]",
    ],
    "file-number": [
        "Bescheid [1234567-163] vom Bundesamt",
        "[7 654 321 - 439]",
        "Az.: [AB-123/45] und so weiter",
        "Aktenzeichen [12 K 3456/23]",
        "Das Gericht: [A 12 K 3456/23].",
        "[123//BG0001234]",
        "[12345BG0001234]",
        "BG-Nummer [123 45678]",
        "Kundennummer [617A123456]",
        "AZR-Nummer [123456789012]",
        "[123456789012]",
        "Steuer-ID [36 574 261 809]",
        "[36574261809]",
        "Rente [65 170839 J 003]",
        "номер справи [123456]",
        "شماره پرونده [۱۲۳۴۵۶]",
        "رقم الملف: [٤٥٦٧٨٩]",
        "dosya numarası [12345]",
    ],
}
NAMES = {
    "de": ["[Herr Müller] sagt", "mit [Frau Dr. Schmidt-Rottluff]", "[Frau von der Leyen] half",
           "[Herrn El Ali]", "[herr Abu Ali]", "meine [Frau Amina] ist krank", "[Familie Ahmadi] wohnt",
           "bei [Dr. Weiß]",
           "[Frau محمد]"],
    "en": ["[Mr. Smith] said", "[Mrs Jones]", "[Ms. O'Neil]", "[Miss Ahmed]"],
    "uk": ["до [пана Шевченка]", "[пані Олена] сказала"],
    "ru": ["[господин Иванов]", "[г-жа Петрова]", "у [Dr. Иванова]"],
    "ar": ["قال لي [السيد أحمد] إن", "[للسيدة فاطمة]", "مع [أستاذ خالد]", "[الدكتورة ليلى] جيدة"],
    "fa": ["[آقای احمدی] گفت", "[خانم رضایی] کمک کرد", "[آقای Müller] گفت"],
    "prs": ["[داکتر احمد] گفت", "[جناب احمدی]"],
    "ps": ["[ښاغلی احمد] وویل", "[مېرمن زرغونه]"],
    "kmr": ["[birêz Azad] got", "[Rêzdar Şivan]"],
    "ckb": ["[بەڕێز ئازاد] وتی", "[خاتوو شیرین]"],
    "tr": ["[Ahmet Bey] dedi", "bizim [Ayşe Hanım] geldi", "[Sayın Yılmaz]"],
    "ti": ["[ኣይተ ተስፋይ] ኢሉ", "[ወይዘሮ ሰላም]"],
    "am": ["[አቶ አበበ] አለ", "[ወ/ሮ ሰላም]"],
    "so": ["[mudane Axmed] ayaa", "[Marwo Hodan]"],
    "fr": ["[Monsieur Diallo] dit", "[Mme Koné]", "[M. Dupont] aussi"],
    "sq": ["[Zoti Hoxha] tha", "[zonja Krasniqi]"],
    "mk": ["[господинот Петров] рече", "[госпоѓа Ана]"],
    "ka": ["[ბატონი გიორგი] ამბობს", "[ქალბატონი ნინო]"],
    "sr": ["[госпођа Јовић] каже", "[gospodin Petrović] kaže"],
    "ur": ["[جناب احمد] نے", "[محترمہ عائشہ]"],
}  # fmt: skip
NOTHING = [
    "", " ", "\n", "Frau", "die Frau hat geholfen", "Herr der Lage", "Mein Herr. Dann ging ich",
    "Frauen Rechte", "meine Frau Arbeit sucht", "Meine Frau Und ich",
    "I miss Kyiv", "panel", "панель Новая", "г. Киев",
    "die Frau Sachbearbeiterin", "z. B. Arbeit", "Am Fr. Vormittag",
    "500 Euro", "1.234,50 €", "10 000 Menschen", "1 234 567 Menschen", "50 %", "100000", "0,5 %",
    "12.10.2024", "02.03.2024", "01.02.2024", "2022-10-12", "am 02/03/2024", "von 2015 bis 2024", "2022/2023",
    "02.03.", "02.03.2024 - 05.06.2024", "seit 24.02.2022 hier", "08.30-12.00 Uhr", "08:30 - 16:00",
    "Paragraph 24", "§ 24 AufenthG", "§ 60a Abs. 2 Satz 3", "2026-Q4", "08416", "08416041", "70173 Stuttgart",
    "01067 Dresden", "Zimmer 0815", "SGB II", "3 Kinder, 12 Monate", "B1 Kurs 2023/24",
    "السيدة التي ساعدتني", "السيد المدير", "أستاذ اللغة الألمانية", "خانم ها", "خانم\u200cها", "خانم من",
    "آقای محترم", "یک خانم و آقا", "مېرمن چې", "بەڕێز و", "محترمہ نے", "ქალბატონი რომელიც", "bir hanım",
    "Bu Bey", "٥٠٠ يورو", "سنة ٢٠٢٤", "۱۲۰۰ یورو", "በ2024", "አቶ", "mudane", "Monsieur le président",
    "Zoti ju bekoftë", "a @ b", "DE12 3456",
]  # fmt: skip


def _cases() -> list[tuple[str, str]]:
    named = [("name", case) for cases in NAMES.values() for case in cases]
    return [(kind, case) for kind, cases in NUMBERS.items() for case in cases] + named


@pytest.mark.parametrize(("kind", "case"), _cases())
def test_just_the_passage_is_found_and_called_what_it_is(kind: str, case: str) -> None:
    start, end = case.index("["), case.index("]") - 1
    text = case.replace("[", "", 1).replace("]", "", 1)
    assert [(one.start, one.end, one.kind.value) for one in find_personal(text)] == [(start, end, kind)]


def test_every_language_of_the_service_has_cases() -> None:
    from feedback_service.i18n import LANGUAGES  # noqa: PLC0415

    assert NAMES.keys() == LANGUAGES.keys()


@pytest.mark.parametrize("text", NOTHING)
def test_everyday_words_and_figures_are_left_alone(text: str) -> None:
    assert [text[one.start : one.end] for one in find_personal(text)] == []


def test_several_passages_come_in_the_order_of_the_text() -> None:
    text = "Herr Müller hat 0170 1234567, Az. 1234567-163, und a@example.org"
    assert [one.kind.value for one in find_personal(text)] == ["name", "phone", "file-number", "email"]


@given(st.text(alphabet=st.sampled_from("Herr Müler 0170۱۲DE89@.-/+()السيدأحم\u200c\u202a\n"), max_size=200))
def test_passages_never_overlap_and_lie_in_the_text(text: str) -> None:
    last = 0
    for one in find_personal(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end


def _hostile() -> list[str]:
    chance = random.Random(1000)
    units = [
        "0", "1234567890", "01 ", "DE12 ",
        "DE8937040044053201300", "a.", "a@", "a@b.", "Herr ",
        "Herr von ", "Az. a1 ", "Az.", "0170 1234567 ", "+49 ", "1-", "(0", "a'", "السيد ", "1 K 1/",
        "1.111.111-", "۰۱۷۰ ", "170 1234567 ", "-", "Dr.",
    ]  # fmt: skip
    signs = "0123456789 -/.+()"
    return [unit * 1000 for unit in units] + ["".join(chance.choices(signs, k=1000)) for _ in range(20)]


def test_no_text_of_a_thousand_characters_takes_long() -> None:
    for text in _hostile():
        begun = time.process_time()
        find_personal(text[:1000])
        # Ten times what the slowest takes here: what grows with the square or worse is far above.
        assert time.process_time() - begun < 0.3, text[:20]
