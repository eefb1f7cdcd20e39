"""The conversation by itself: places, buttons, notices and ends, without a clock, a network or a chat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feedback_bot.answering import checked
from feedback_bot.conversation import Conversation
from feedback_bot.events import (
    Arrived,
    Begun,
    Command,
    Commanded,
    Do,
    Event,
    Expired,
    Loaded,
    Press,
    Pressed,
    RoundOver,
    SentOther,
    Unreachable,
    Wrote,
)
from feedback_bot.offered import Offer
from feedback_bot.state import ENDS, At, State
from feedback_bot.views.model import Button, View
from feedback_service.regions.directory import Region
from feedback_service.sealing.access_code import AccessCode
from feedback_service.sealing.receipt import Receipt
from feedback_service.surveys.document import read_document
from feedback_service.surveys.yaml_form import standing_survey

from .conftest import survey_of

RECEIPT = Receipt(bytes(range(16)))
MARKS = str.maketrans({"\u2068": None, "\u2069": None, "\u200f": None})


class Talk:
    """A conversation that goes on: the last state and view, and what to press by its words."""

    def __init__(self, conversation: Conversation, offer: Offer, lang: str = "de") -> None:
        self.conversation = conversation
        self.offer = offer
        self.state: State
        self.view: View
        self.happens(None, Begun(RECEIPT, lang))
        self.event(Loaded(offer))

    def happens(self, state: State | None, event: Event) -> None:
        self.state, self.view = self.conversation.step(state, event)

    def event(self, event: Event) -> None:
        self.happens(self.state, event)

    def is_at(self, at: At) -> bool:
        return self.state.at is at

    def press(self, words: str) -> None:
        self.event(Pressed(self.button(words).press or Press(Do.BACK)))

    def button(self, words: str) -> Button:
        found = [one for row in self.view.rows for one in row if words in one.label.translate(MARKS)]
        assert found, (words, self.labels)
        return found[0]

    @property
    def labels(self) -> list[str]:
        return [one.label.translate(MARKS) for row in self.view.rows for one in row]

    @property
    def text(self) -> str:
        return f"{self.view.heading}\n{self.view.body}\n{self.view.covered}".translate(MARKS)

    def to_clients(self) -> None:
        self.press("Hier antworten")
        self.press("Ich bin nach Deutschland geflüchtet")

    def to_question(self, words: str) -> None:
        """Skip to the question with these words; the region is answered on the way."""
        if self.state.at is At.WELCOME:
            self.to_clients()
        while words not in self.text:
            if "Wo wohnen Sie?" in self.text:
                self.press("Das möchte ich nicht sagen")
            else:
                self.press("Auslassen")

    def to_summary(self) -> None:
        self.to_question("Was soll sich ändern?")
        self.press("Auslassen")


@pytest.fixture
def talk(conversation: Conversation, offer: Offer) -> Talk:
    return Talk(conversation, offer)


def test_languages_stand_by_their_own_names_the_phones_first(conversation: Conversation) -> None:
    state, view = conversation.step(None, Begun(RECEIPT, prefers="ti"))
    labels = [one.label for row in view.rows for one in row]
    assert state.at is At.LANGUAGES and labels[0] == "ትግርኛ" and len(labels) == 20
    # Asked in a language that the person reads.
    assert view.heading == "🌍 ቋንቋኹም ምረጹ"


def test_a_posters_link_chooses_the_language_and_an_unknown_one_asks(conversation: Conversation) -> None:
    assert conversation.step(None, Begun(RECEIPT, "ar"))[0].at is At.LOADING
    assert conversation.step(None, Begun(RECEIPT, "xx"))[0].at is At.LANGUAGES
    alone = replace(conversation, languages=("so",))
    assert alone.step(None, Begun(RECEIPT))[0].lang == "so"


def test_the_first_screen_says_what_telegram_sees_and_offers_the_browser(talk: Talk) -> None:
    assert "Telegram weiß, dass und wann Sie diesem Bot schreiben" in talk.text
    assert talk.view.rows[0][0].url == "https://feedback.example/de/"
    assert talk.labels[:2] == ["Im Browser antworten (sicherer)", "Hier antworten"]


def test_the_region_goes_from_bezirk_to_municipality_and_back(talk: Talk) -> None:
    talk.to_clients()
    assert "1 von 11" in talk.text and "Auslassen" not in talk.labels
    talk.press("Regierungsbezirk Tübingen")
    talk.press("Tübingen")
    assert talk.labels[0] == "Nur der Landkreis: Tübingen"
    talk.press("Zurück")
    assert "Zollernalbkreis" in talk.labels
    talk.press("Tübingen")
    talk.press("Rottenburg")
    assert talk.state.given["region"] == ("08416036",) and "2 von 11" in talk.text


def test_the_district_itself_and_one_without_municipalities_are_answers(talk: Talk) -> None:
    talk.to_clients()
    talk.press("Regierungsbezirk Tübingen")
    talk.press("Zollernalbkreis")
    assert talk.state.given["region"] == ("08417",)
    talk.press("Zurück")
    talk.press("Regierungsbezirk Tübingen")
    talk.press("Tübingen")
    talk.event(Pressed(Press(Do.CHOOSE, "08416")))
    assert talk.state.given["region"] == ("08416",)


def test_many_municipalities_come_in_pages(conversation: Conversation, offer: Offer) -> None:
    towns = [Region(f"08417{number:03}", f"Ort {number:03}") for number in range(1, 31)]
    talk = Talk(conversation, replace(offer, directory=offer.directory.merged_with(towns)))
    talk.to_clients()
    talk.press("Regierungsbezirk Tübingen")
    talk.press("Zollernalbkreis")
    assert "Vorige Seite" not in talk.labels
    talk.press("Nächste Seite")
    talk.press("Nächste Seite")
    assert "Ort 030" in talk.labels and "Nächste Seite" not in talk.labels
    talk.press("Vorige Seite")
    talk.press("Ort 020")
    assert talk.state.given["region"] == ("08417020",)


def test_ticks_have_a_limit_that_is_told(talk: Talk) -> None:
    talk.to_question("größte Problem")
    for words in ("Wohnung", "Arbeit", "Geld"):
        talk.press(words)
    assert [label for label in talk.labels if label.startswith("☑")] == ["☑ Wohnung", "☑ Arbeit", "☑ Geld"]
    talk.press("Gesundheit")
    assert "Bitte wählen Sie höchstens 3 aus." in talk.text and "☐ Gesundheit" in talk.labels
    talk.press("Arbeit")
    assert "höchstens" not in talk.text
    talk.press("Weiter")
    assert talk.state.given["pressing"] == ("housing", "money")


def test_back_and_skip_keep_and_drop_answers(talk: Talk) -> None:
    talk.to_question("um Rat fragen")
    talk.press("Manchmal")
    talk.press("Zurück")
    assert "✓ Manchmal" in talk.labels
    talk.press("Auslassen")
    assert talk.state.given["access"] == ()


def test_a_text_is_shown_with_what_may_tell_who_somebody_is(talk: Talk) -> None:
    talk.to_question("Was soll sich ändern?")
    talk.event(Wrote("Frau Müller, 0171 3920012"))
    assert talk.is_at(At.TYPED) and "eine Telefonnummer" in talk.view.covered
    assert "woran man jemanden erkennt" in talk.text
    talk.press("Ändern")
    assert "Müller" not in talk.text and talk.state.text == ""
    talk.event(Wrote("Mehr Zeit"))
    assert "woran man jemanden erkennt" not in talk.text
    talk.press("Weiter")
    assert talk.state.given["comment"] == ("Mehr Zeit",) and talk.state.text == ""
    # The summary says that there is a text, and not which.
    assert "Mehr Zeit" not in talk.text


def test_a_text_that_is_too_long_is_refused_with_its_length(talk: Talk) -> None:
    talk.to_question("Was soll sich ändern?")
    talk.event(Wrote("x" * 1001))
    assert "1001" in talk.text and "1000" in talk.text and talk.is_at(At.QUESTION)


@pytest.mark.parametrize("event", [Wrote("hello"), SentOther()])
def test_what_cannot_be_taken_is_told_and_nothing_is_lost(talk: Talk, event: Event) -> None:
    talk.to_question("um Rat fragen")
    given = talk.state.given
    talk.event(event)
    assert "gelöscht" in talk.text and talk.state.given == given
    talk.press("Ja")
    assert "gelöscht" not in talk.text


@pytest.mark.parametrize("event", [Wrote("hello", gone=False), SentOther(gone=False)])
def test_a_message_that_could_not_be_deleted_is_the_persons_to_delete(talk: Talk, event: Event) -> None:
    talk.to_clients()
    talk.event(event)
    assert "Bitte löschen Sie sie selbst" in talk.text


def test_the_summary_has_the_receipt_and_every_answer_can_be_changed(talk: Talk) -> None:
    talk.to_summary()
    assert RECEIPT.shown in talk.text and "31.12.2026" in talk.text
    assert "Wo wohnen Sie? Das möchte ich nicht sagen" in talk.view.covered
    talk.press("Ändern")
    talk.press("Hilft Ihnen die Beratung?")
    talk.press("Viel")
    assert talk.is_at(At.SUMMARY) and "Hilft Ihnen die Beratung? Viel" in talk.view.covered
    talk.press("Absenden")
    assert talk.is_at(At.SENDING) and talk.labels == []
    assert checked(talk.state).answers == {"region": "08", "helpful": "4"}


def test_a_change_that_goes_nowhere_leads_back_to_the_summary(talk: Talk) -> None:
    talk.to_summary()
    talk.press("Ändern")
    talk.press("Zurück")
    talk.press("Ändern")
    talk.press("Wo wohnen")
    talk.press("Regierungsbezirk Tübingen")
    talk.press("Zurück")
    talk.press("Zurück")
    assert talk.is_at(At.SUMMARY)


def test_the_end_is_neutral_and_knows_nothing(talk: Talk) -> None:
    talk.to_summary()
    talk.press("Absenden")
    talk.event(Arrived())
    assert talk.state == State(At.ARRIVED, lang="de")
    assert talk.labels == ["Auch diese Nachricht löschen"]
    assert talk.text.split() == ["Danke", "Ihre", "Antwort", "ist", "angekommen."]


def test_out_of_reach_keeps_the_answers_and_says_when_to_try_again(talk: Talk) -> None:
    talk.to_summary()
    talk.press("Absenden")
    talk.event(Unreachable(5))
    assert "5 Minuten" in talk.text and talk.labels == ["Noch einmal versuchen", "Abbrechen"]
    before = checked(talk.state).answers
    talk.press("Noch einmal")
    assert talk.is_at(At.SENDING) and checked(talk.state).answers == before
    talk.event(Unreachable(5))
    talk.press("Abbrechen")
    # It may have arrived: only the reply was lost.
    assert "Ob Ihre Antwort angekommen ist, ist nicht bekannt." in talk.text


def test_out_of_reach_at_the_beginning_begins_anew_later(conversation: Conversation) -> None:
    state, _ = conversation.step(None, Begun(RECEIPT, "de"))
    state, view = conversation.step(state, Unreachable(3))
    assert state.at is At.UNREACHABLE and view.rows[0][0].press == Press(Do.BEGIN)


def test_a_round_that_ended_is_answered_with_the_next_ones_key(talk: Talk, offer: Offer) -> None:
    talk.to_summary()
    talk.press("Absenden")
    clients = standing_survey("clients")
    renewed = replace(offer, surveys=(survey_of(clients, round_id="2027-Q1"),))
    for _ in range(3):
        talk.event(RoundOver(renewed))
        assert talk.is_at(At.SENDING)
        assert talk.state.survey and talk.state.survey.sealing.round_id == "2027-Q1"
    # Not for ever.
    talk.event(RoundOver(renewed))
    assert talk.is_at(At.CLOSED)


def test_changed_questions_are_shown_with_the_answers_that_still_fit(talk: Talk, offer: Offer) -> None:
    talk.to_summary()
    talk.press("Ändern")
    talk.press("Hilft Ihnen")
    talk.press("Viel")
    talk.press("Absenden")
    document: dict[str, Any] = dict(standing_survey("clients").document)
    document["questions"] = [one for one in document["questions"] if one["name"] != "housing"]
    changed = replace(offer, surveys=(survey_of(read_document(document)),))
    talk.event(RoundOver(changed))
    assert talk.is_at(At.SUMMARY) and "haben sich inzwischen geändert" in talk.text
    assert checked(talk.state).answers == {"region": "08", "helpful": "4"}
    talk.press("Absenden")
    assert talk.is_at(At.SENDING)


def test_a_survey_that_is_closed_says_so(talk: Talk, offer: Offer) -> None:
    talk.to_summary()
    talk.press("Absenden")
    talk.event(RoundOver(replace(offer, surveys=())))
    assert (talk.is_at(At.CLOSED) and "gerade nicht offen" in talk.text) or "nicht" in talk.text


def test_nothing_open_at_all_is_told(conversation: Conversation, offer: Offer) -> None:
    talk = Talk(conversation, replace(offer, surveys=()))
    talk.press("Hier antworten")
    assert talk.is_at(At.FORMS) and talk.labels == ["Zurück"]


def test_a_new_language_in_the_middle_keeps_the_answers(talk: Talk, offer: Offer) -> None:
    talk.to_question("um Rat fragen")
    talk.press("Ja")
    question = talk.state.question
    talk.event(Commanded(Command.LANGUAGE))
    talk.press("العربية")
    assert talk.is_at(At.LOADING)
    talk.event(Loaded(replace(offer, surveys=tuple(replace(one, lang="ar") for one in offer.surveys))))
    assert (talk.state.at, talk.state.lang, talk.state.question) == (At.QUESTION, "ar", question)
    assert talk.state.given["access"] == ("yes",) and "كم مدة انتظارك" in talk.text
    # Labels run from right to left whatever they begin with.
    assert all(one.label.startswith("\u200f") for row in talk.view.rows for one in row)


def test_help_leads_back_to_where_one_was(talk: Talk) -> None:
    talk.to_question("um Rat fragen")
    before = talk.text
    talk.event(Commanded(Command.HELP))
    assert "/delete" in talk.text
    talk.event(Commanded(Command.LANGUAGE))
    talk.event(Commanded(Command.HELP))
    talk.press("Weiter")
    assert talk.text == before


@pytest.mark.parametrize(("command", "at"), [(Command.CANCEL, At.CANCELLED), (Command.DELETE, At.DELETED)])
def test_cancel_and_delete_end_it(talk: Talk, command: Command, at: At) -> None:
    talk.to_question("um Rat fragen")
    talk.press("Ja")
    talk.event(Commanded(command))
    assert talk.state.at is at and not talk.state.given and talk.state.receipt is None
    assert talk.button("Auch diese Nachricht löschen").press == Press(Do.DELETE_THIS)


def test_delete_says_what_it_cannot_and_how_then(talk: Talk) -> None:
    talk.event(Commanded(Command.DELETE))
    assert "48 Stunden" in talk.text and "Chat löschen" in talk.text
    assert talk.button("Eine Antwort löschen").url == "https://feedback.example/de/delete"


@pytest.mark.parametrize("command", [Command.HELP, Command.DELETE, Command.CANCEL])
def test_commands_work_for_somebody_unknown(conversation: Conversation, command: Command) -> None:
    state, view = conversation.step(None, Commanded(command, prefers="ar"))
    assert view.rows and not state.given
    # In the phone's language, since no other is known.
    assert any("\u0600" <= sign <= "\u06ff" for sign in view.heading)


def test_thirty_minutes_end_it_but_not_what_is_being_sent(talk: Talk) -> None:
    talk.to_summary()
    talk.press("Absenden")
    sending = talk.state
    talk.event(Expired())
    assert talk.is_at(At.SENDING) and checked(talk.state).answers == checked(sending).answers
    talk.event(Unreachable(1))
    talk.event(Expired())
    assert talk.is_at(At.EXPIRED) and "nicht bekannt" in talk.text
    assert not talk.state.given and talk.state.receipt is None


@pytest.mark.parametrize(
    "event", [Wrote("x"), SentOther(), Pressed(Press(Do.BACK)), Commanded(Command.CANCEL)]
)
def test_what_is_being_sent_is_not_disturbed(talk: Talk, event: Event) -> None:
    talk.to_summary()
    talk.press("Absenden")
    sending = talk.state
    talk.event(event)
    assert talk.is_at(At.SENDING) and talk.state.given is sending.given


@pytest.mark.parametrize("at", sorted(ENDS))
def test_after_an_end_nothing_goes_on(conversation: Conversation, at: At) -> None:
    state, view = conversation.step(State(at, lang="uk"), Pressed(Press(Do.SEND)))
    assert state.at is At.STALE and view.heading == "Будь ласка, почніть спочатку"


def test_a_code_is_asked_for_where_the_survey_wants_one(conversation: Conversation, offer: Offer) -> None:
    document = {**standing_survey("clients").document, "access": "code-required"}
    talk = Talk(conversation, replace(offer, surveys=(survey_of(read_document(document)),)))
    talk.press("Hier antworten")
    talk.to_question("Was soll sich ändern?")
    talk.press("Auslassen")
    assert talk.is_at(At.CODE) and "Auslassen" not in talk.labels
    talk.event(Wrote("0000-0000-0000-00001"))
    assert "Er hat 17 Buchstaben und Ziffern." in talk.text
    code = AccessCode.fresh()
    talk.event(Wrote(code.shown.lower()))
    assert talk.is_at(At.SUMMARY) and talk.state.code == code.shown
    # It isn't shown again.
    assert code.shown not in talk.text


def test_a_code_that_may_be_left_out_can_be_skipped(conversation: Conversation, offer: Offer) -> None:
    document = {**standing_survey("clients").document, "access": "code-optional"}
    talk = Talk(conversation, replace(offer, surveys=(survey_of(read_document(document)),)))
    talk.press("Hier antworten")
    talk.to_question("Was soll sich ändern?")
    talk.press("Auslassen")
    talk.press("Zurück")
    assert "Was soll sich ändern?" in talk.text
    talk.press("Auslassen")
    talk.press("Auslassen")
    assert talk.is_at(At.SUMMARY) and talk.state.code == ""


def test_conditions_and_rules_of_a_survey_hold(conversation: Conversation, offer: Offer) -> None:
    document: dict[str, Any] = dict(standing_survey("counsellors").document)
    talk = Talk(conversation, replace(offer, surveys=(survey_of(read_document(document)),)))
    talk.press("Hier antworten")
    while "außerhalb Ihrer Rolle hatten" not in talk.text:
        talk.press("Das möchte ich nicht sagen" if "Wo arbeiten Sie?" in talk.text else "Auslassen")
    talk.press("Keine davon")
    talk.press("Heimleitung")
    talk.press("Weiter")
    assert "passt nicht zu einer weiteren Auswahl" in talk.text
    talk.press("Heimleitung")
    talk.press("Weiter")
    assert "passt nicht" not in talk.text


def test_no_state_and_no_event_prints_what_somebody_said(talk: Talk) -> None:
    talk.to_question("Was soll sich ändern?")
    talk.event(Wrote("canary"))
    printed = repr([talk.state, talk.view, Wrote("canary"), Pressed(Press(Do.CHOOSE, "canary")), RECEIPT])
    assert "canary" not in printed and "clients" not in printed


@pytest.mark.parametrize("at", [At.QUESTION, At.SUMMARY])
def test_every_view_has_words_in_every_language(
    conversation: Conversation, offer: Offer, interfaces: dict[str, Any], at: At
) -> None:
    for code in interfaces:
        state = State(At.LOADING, lang=code, receipt=RECEIPT)
        state, _ = conversation.step(state, Loaded(offer))
        state = replace(state, survey=offer.surveys[0], given={"region": ("08",)})
        _, view = conversation.step(replace(state, at=at, back_to=at), Commanded(Command.HELP))
        assert len(view.body) > 50, code
        assert len(conversation.view(replace(state, at=at)).heading) > 3, code
