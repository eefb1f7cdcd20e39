"""The two standing surveys ask what the brief lists, in twenty languages, and nothing that identifies."""

from __future__ import annotations

import re

import pytest

from feedback_service.i18n import LANGUAGES
from feedback_service.regions.directory import Directory
from feedback_service.sealing.plaintext import LONGEST_CONTENT
from feedback_service.surveys.capacity import longest_plaintext
from feedback_service.surveys.questionnaire import Questionnaire, counted_questions
from feedback_service.surveys.translating.texts import texts_of
from feedback_service.surveys.yaml_form import STANDING

Standing = dict[str, Questionnaire]
# What people meet on letters stays readable behind its translation.
GERMAN_TERM = re.compile(
    r"\((?:Jobcenter|Ausländerbehörde|Sozialamt|Duldung|Kita|Familienkasse|Krankenkasse)\)"
)
ASKED = {
    "clients": [
        "region",
        "access",
        "waiting",
        "trust",
        "helpful",
        "pressing",
        "offices",
        "understand",
        "housing",
        "turned_away",
        "comment",
    ],
    "counsellors": [
        "pressing",
        "region",
        "caseload",
        "forms_share",
        "outside_tasks",
        "advocacy",
        "independence",
        "services",
        "excluded",
        "training_received",
        "training_needed",
        "employer",
        "comment",
    ],
}
# Each meaning that the brief lists, as a pattern for the English label of some choice.
MEANINGS = {
    ("counsellors", "pressing"): [
        "too many people per counsellor", "pass their work on", "forms eats the time",
        "outside the role.*running housing.*control visits.*delivering messages",
        "conflict with authorities without protection", "secrecy is not respected",
        "pressure from performance figures", "new tasks without new posts",
        "fixed-term or uncertain funding", "groups that i am not allowed to counsel",
        "wrong information from authorities", "no training", "no supervision or exchange",
        "no interpreters", "housing shortage", "else",
    ],
    ("counsellors", "excluded"): ["private flats", "duldung", "ukraine", r"\beu\b", "nobody"],
    ("counsellors", "services"): [
        "jobcenter", "ausländerbehörde", "sozialamt", "familienkasse", "school", "health insurance",
    ],
    ("counsellors", "training_received"): [
        "asylum and residence law", "supervision", "racism-critical", "conflicts of mandate",
        "self-organisations", "trauma",
    ],
    ("counsellors", "training_needed"): [
        "asylum and residence law", "supervision", "racism-critical", "conflicts of mandate",
        "self-organisations", "trauma",
    ],
    ("counsellors", "employer"): ["municipality", "landkreis", "free welfare organisation"],
    ("clients", "access"): ["^yes$", "^sometimes$", "^no$", "know who"],
    ("clients", "pressing"): [
        "housing", "papers.*stay", "work", "german course", "school.*kita", "health", "family", "money",
        "letters and forms", "discrimination", "being alone", "else",
    ],
    ("clients", "understand"): ["^yes$", "^partly$", "^no$"],
    ("clients", "housing"): ["shared accommodation", "flat", "else"],
    ("clients", "turned_away"): ["^yes$", "^no$"],
}  # fmt: skip
KINDS = {
    ("counsellors", "pressing"): ("select_multiple", 3),
    ("counsellors", "outside_tasks"): ("select_multiple", 3),
    ("counsellors", "excluded"): ("select_multiple", 3),
    ("counsellors", "services"): ("select_multiple", 2),
    ("counsellors", "caseload"): ("select_one", 1),
    ("counsellors", "forms_share"): ("select_one", 1),
    ("counsellors", "advocacy"): ("scale", 1),
    ("counsellors", "independence"): ("scale", 1),
    ("clients", "pressing"): ("select_multiple", 3),
    ("clients", "waiting"): ("select_one", 1),
    ("clients", "trust"): ("scale", 1),
    ("clients", "helpful"): ("scale", 1),
    ("clients", "offices"): ("scale", 1),
}
both = pytest.mark.parametrize("name", STANDING)


@both
def test_german_terms_stay_in_brackets_behind_their_translation(standing: Standing, name: str) -> None:
    document = standing[name].document
    english = texts_of(document, "en")
    terms = {key: GERMAN_TERM.findall(text) for key, text in english.items() if GERMAN_TERM.search(text)}
    assert len(terms) > 1
    for code in set(LANGUAGES) - {"de", "en"}:
        texts = texts_of(document, code)
        assert {key: GERMAN_TERM.findall(texts[key]) for key in terms} == terms, code


@both
def test_every_question_of_the_brief_is_asked_in_order(standing: Standing, name: str) -> None:
    assert [question.name for question in standing[name].questions] == ASKED[name]


@pytest.mark.parametrize(("name", "asked"), MEANINGS)
def test_the_choices_mean_at_least_what_the_brief_lists(standing: Standing, name: str, asked: str) -> None:
    question = standing[name].question(asked)
    assert question is not None
    labels = [choice.label["en"].lower() for choice in question.choices]
    missing = [
        meaning for meaning in MEANINGS[name, asked] if not any(re.search(meaning, label) for label in labels)
    ]
    assert missing == []


@pytest.mark.parametrize(("name", "asked"), KINDS)
def test_questions_are_of_the_kind_that_the_brief_says(standing: Standing, name: str, asked: str) -> None:
    question = standing[name].question(asked)
    assert question is not None
    assert (question.type, question.most) == KINDS[name, asked]


@both
def test_every_text_stands_in_every_language(standing: Standing, name: str) -> None:
    survey = standing[name]
    assert survey.languages == tuple(LANGUAGES)
    assert survey.source == "de"
    texts = [survey.title, survey.intro]
    for question in survey.questions:
        texts += [question.label, question.hint or question.label]
        texts += [question.constraint_message or question.label]
        texts += [choice.label for choice in question.choices]
    assert all(set(text) == set(LANGUAGES) for text in texts)
    assert all(text[code].strip() == text[code] != "" for text in texts for code in LANGUAGES)


@both
@pytest.mark.parametrize(("code", "letters"), [("uk", "[а-яіїєґ]"), ("ar", "[\u0621-\u064a]")])
def test_ukrainian_and_arabic_texts_are_in_their_own_script(
    standing: Standing, name: str, code: str, letters: str
) -> None:
    labels = [question.label[code] for question in standing[name].questions]
    labels += [choice.label[code] for question in standing[name].questions for choice in question.choices]
    assert [label for label in labels if not re.search(letters, label.lower())] == []


@both
def test_no_question_takes_more_than_three_picks(standing: Standing, name: str) -> None:
    assert max(question.most for question in standing[name].questions) == 3


@both
def test_six_questions_are_local_and_the_employer_is_published_for_the_state_only(
    standing: Standing, name: str
) -> None:
    published = {question.name: question.publish for question in counted_questions(standing[name])}
    assert list(published.values()).count("local") == 6
    assert {asked for asked, where in published.items() if where == "state"} == (
        {"employer"} if name == "counsellors" else set()
    )
    assert published["pressing"] == "local"


@both
def test_only_the_region_must_be_answered(standing: Standing, name: str) -> None:
    required = [question.name for question in standing[name].questions if question.required]
    assert required == ["region"]


@both
def test_the_longest_answer_fits_an_envelope_with_its_padding(standing: Standing, name: str) -> None:
    assert longest_plaintext(standing[name]) <= LONGEST_CONTENT < 3840


@both
def test_nothing_is_asked_that_identifies(standing: Standing, name: str) -> None:
    never = r"your name|birth|born|nationalit|religion|file number|your address|phone|e-mail|telegram"
    asked = [
        text.lower()
        for question in standing[name].questions
        for text in (question.label["en"], *(choice.label["en"] for choice in question.choices))
    ]
    assert [text for text in asked if re.search(never, text)] == []


@both
def test_there_is_one_open_question_and_it_comes_last(standing: Standing, name: str) -> None:
    kinds = [question.type for question in standing[name].questions]
    assert kinds.count("text") == 1
    assert kinds[-1] == "text"


def test_the_pictograms_are_at_the_clients_problems(standing: Standing) -> None:
    with_pictograms = [
        (name, question.name)
        for name, survey in standing.items()
        for question in survey.questions
        if question.pictograms
    ]
    assert with_pictograms == [("clients", "pressing")]


def test_the_two_surveys_are_told_apart(standing: Standing, directory: Directory) -> None:
    clients, counsellors = standing["clients"], standing["counsellors"]
    assert (clients.name, clients.audience) == ("clients", "clients")
    assert (counsellors.name, counsellors.audience) == ("counsellors", "counsellors")
    assert clients.slug != counsellors.slug
    assert clients.fingerprint != counsellors.fingerprint
