"""What the service asks now, in one language, as the API tells it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from feedback_service.regions.directory import Directory, Region
from feedback_service.sealing.keys import PublicKey, from_base64url
from feedback_service.sealing.seal import SealingContext
from feedback_service.surveys.expression import parse
from feedback_service.surveys.questionnaire import Choice, Question, Questionnaire


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey that is open now. `lang` is the language of its texts, `closes` the round's last day."""

    questionnaire: Questionnaire
    sealing: SealingContext
    lang: str
    closes: date

    @property
    def name(self) -> str:
        """Its name."""
        return self.questionnaire.name

    @property
    def questions(self) -> tuple[Question, ...]:
        """All of them, in order."""
        return self.questionnaire.questions


@dataclass(frozen=True, slots=True)
class Offer:
    """All that may be asked in one language. `web` is the address of the pages, without a slash."""

    surveys: tuple[Survey, ...]
    directory: Directory = field(repr=False)
    web: str = ""

    def survey(self, name: str) -> Survey | None:
        """The survey of that name, if it is open."""
        return next((one for one in self.surveys if one.name == name), None)

    def only(self, names: tuple[str, ...]) -> Offer:
        """With those surveys alone; with all where none is named."""
        return replace(self, surveys=tuple(one for one in self.surveys if not names or one.name in names))


def read_survey(detail: dict[str, Any]) -> Survey:
    """From `GET /api/v1/surveys/{name}`. Raises `KeyError`, `TypeError` or `ValueError` where it is none."""
    lang = str(detail["lang"])
    questionnaire = Questionnaire(
        name=detail["name"],
        slug=detail["slug"],
        audience=detail["audience"],
        access=detail["access"],
        source=lang,
        languages=tuple(detail["languages"]),
        title={lang: detail["title"]},
        intro={lang: detail["intro"]},
        questions=tuple(_question(one, lang) for one in detail["questions"]),
        # The document isn't told; the fingerprint is.
        document={},
    )
    sealing = SealingContext(
        survey=questionnaire.name,
        round_id=detail["round"],
        fingerprint=bytes.fromhex(detail["fingerprint"]),
        public_key=PublicKey.from_bytes(from_base64url(detail["public_key"])),
    )
    return Survey(questionnaire, sealing, lang, date.fromisoformat(detail["closes"]))


def read_directory(entries: list[dict[str, Any]]) -> Directory:
    """From `GET /api/v1/regions`."""
    return Directory.of(Region(entry["ags"], entry["name"]) for entry in entries)


def _question(entry: dict[str, Any], lang: str) -> Question:
    return Question(
        name=entry["name"],
        type=entry["type"],
        label={lang: entry["label"]},
        hint={lang: entry["hint"]} if entry["hint"] else None,
        required=entry["required"],
        relevant=parse(entry["relevant"]) if entry["relevant"] else None,
        constraint=parse(entry["constraint"]) if entry["constraint"] else None,
        constraint_message={lang: entry["constraint_message"]} if entry["constraint_message"] else None,
        choices=tuple(Choice(one["name"], {lang: one["label"]}) for one in entry["choices"]),
        most=entry["max"] or 1,
    )
