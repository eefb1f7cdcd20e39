"""From /start in a chat to a figure in a district's report, in five languages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx2

from feedback_service.i18n import load_interfaces
from feedback_service.surveys.yaml_form import standing_survey

from ..bots.fake_telegram import FakeTelegram, Person
from ..bots.running import TOKEN, StartBot

LANGUAGES = ("de", "ar", "ti", "uk", "ckb")
DISTRICT = "08416"
# Of the web form, so that the district has enough answers to be shown by itself.
NEIGHBOURS = 20


class Speaking:
    """Somebody who reads one language: presses what stands there in it."""

    def __init__(self, person: Person, lang: str) -> None:
        self.person = person
        self.interface = load_interfaces()[lang]
        self.lang = lang
        self.survey = standing_survey("clients")

    def says(self, message: str) -> str:
        return self.interface.plain(message)

    def label(self, name: str) -> str:
        question = self.survey.question(name)
        assert question is not None
        return question.label[self.lang]

    def choice(self, name: str, choice: str) -> str:
        question = self.survey.question(name)
        assert question is not None
        return next(one.label[self.lang] for one in question.choices if one.name == choice)

    def press(self, words: str, then: str) -> None:
        self.person.press(words)
        self.person.sees(then)

    def answers(self) -> None:
        """Every question, by its words, to the end."""
        self.person.send(f"/start {self.lang}")
        self.person.sees(self.says("Answer here"))
        self.press(self.says("Answer here"), self.says("I counsel refugees"))
        self.press(self.says("I came to Germany as a refugee"), self.label("region"))
        self.press("Regierungsbezirk Tübingen", "Zollernalbkreis")
        self.press("Tübingen", self.label("access"))
        names = ["access", "waiting", "trust", "helpful"]
        for name, following in zip(names, [*names[1:], "pressing"], strict=True):
            self.press(
                self.choice(name, {"access": "no", "waiting": "week"}.get(name, "4")), self.label(following)
            )
        for picked in ("housing", "german"):
            self.press(self.choice("pressing", picked), f"☑ {self.choice('pressing', picked)}")
        self.press(self.says("Continue"), self.label("offices"))
        for following in ("understand", "housing", "turned_away", "comment"):
            self.press(self.says("Skip"), self.label(following))
        self.person.send("😀 " + self.label("comment"))
        self.person.sees(self.says("Change it"))
        self.press(self.says("Continue"), self.says("Nothing was sent yet"))
        self.press(self.says("Send"), self.says("Thank you"))


def test_a_chat_becomes_a_figure_in_the_report_of_tuebingen(
    telegram: FakeTelegram, start_bot: StartBot, installation: Any
) -> None:
    with installation.serving() as served:
        start_bot(served.url)
        for number, lang in enumerate(LANGUAGES, start=1):
            Speaking(telegram.person(number, TOKEN), lang).answers()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode({"region": DISTRICT, "access": "yes", "trust": "3"})
        for _number in range(NEIGHBOURS):
            assert httpx2.post(f"{served.url}/de/a", content=body, headers=headers).status_code == 303
        closed = installation.json("rounds", "close", "clients")
        counted = installation.json("rounds", "count", "clients")
        assert (counted["answers"], counted["invalid"]) == (NEIGHBOURS + len(LANGUAGES), 0)
        installation.json("rounds", "release", "clients")
        release = httpx2.get(f"{served.url}/api/v1/releases/clients/{closed['round']}").json()
    row = next(row for row in release["rows"] if row["region"] == DISTRICT and row["class"] == "local")
    access = row["questions"]["access"]
    assert row["n"] == sum(access["noisy"]) == NEIGHBOURS + len(LANGUAGES)
    shown = dict(zip(access["choices"], access["noisy"], strict=True))
    # Noise moves a figure by a few; those of the chats alone said "no".
    assert abs(shown["no"] - len(LANGUAGES)) <= 10 and abs(shown["yes"] - NEIGHBOURS) <= 10
