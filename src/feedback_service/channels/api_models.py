"""The API's models, and how an open survey is shown in them. Strict: an unknown field is an error."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ..intake.open_rounds import OpenSurvey
from ..sealing.keys import to_base64url
from ..surveys.questionnaire import Access, Question, Questionnaire

# 3,922 bytes in base64url without padding; a little more is read, to say what is wrong with it.
_ENVELOPE_TEXT = 5230


class Submission(BaseModel):
    """One sealed answer. `tag` and `id` come from the client's receipt; sending twice is one answer."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    survey: Annotated[str, Field(max_length=30)]
    round: Annotated[str, Field(max_length=20)]
    tag: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    envelope: Annotated[
        str, Field(max_length=_ENVELOPE_TEXT * 2, description="3,922 bytes in base64url, unpadded")
    ]
    code: Annotated[str | None, Field(max_length=40)] = None


class Accepted(BaseModel):
    """The one reply to every submission that was stored."""

    status: str = "accepted"


class SurveyEntry(BaseModel):
    """A survey that is open now."""

    name: str
    slug: str
    audience: str
    access: Access
    round: str
    closes: date
    languages: list[str]


class ChoiceText(BaseModel):
    """One choice with its text."""

    name: str
    label: str


class QuestionText(BaseModel):
    """One question in one language, in XLSForm's words."""

    name: str
    type: str
    label: str
    hint: str | None
    required: bool
    relevant: str | None
    constraint: str | None
    constraint_message: str | None
    max: int | None
    choices: list[ChoiceText]


class SurveyDetail(SurveyEntry):
    """All that a client needs to ask, and to seal."""

    lang: str
    title: str
    intro: str
    public_key: Annotated[str, Field(description="P-256 point, 65 bytes, base64url unpadded")]
    fingerprint: Annotated[
        str, Field(description="SHA-256 of the questionnaire, hex; enters `info` as 32 bytes")
    ]
    questions: list[QuestionText]


class RegionEntry(BaseModel):
    """One region with its parent's key."""

    ags: str
    name: str
    level: str


class ReleaseEntry(BaseModel):
    """What names a release."""

    survey: str
    round: str
    issue: int
    issued: date


def survey_entry(survey: OpenSurvey) -> dict[str, Any]:
    """What names a survey and its open round."""
    asked: Questionnaire = survey.questionnaire
    return {
        "name": asked.name,
        "slug": asked.slug,
        "audience": asked.audience,
        "access": asked.access,
        "round": survey.round_id,
        "closes": survey.closes,
        "languages": list(asked.languages),
    }


def sealing_of(survey: OpenSurvey) -> dict[str, str]:
    """What an envelope is sealed to."""
    return {
        "public_key": to_base64url(survey.sealing.public_key.to_bytes()),
        "fingerprint": survey.sealing.fingerprint.hex(),
    }


def survey_detail(survey: OpenSurvey, lang: str) -> SurveyDetail:
    """A survey with its questions in one of its languages."""
    asked = survey.questionnaire
    return SurveyDetail(
        **survey_entry(survey),
        **sealing_of(survey),
        lang=lang,
        title=asked.title[lang],
        intro=asked.intro[lang],
        questions=[_question(question, lang) for question in asked.questions],
    )


def _question(question: Question, lang: str) -> QuestionText:
    return QuestionText(
        name=question.name,
        type=question.type,
        label=question.label[lang],
        hint=question.hint[lang] if question.hint else None,
        required=question.required,
        relevant=question.relevant.source if question.relevant else None,
        constraint=question.constraint.source if question.constraint else None,
        constraint_message=question.constraint_message[lang] if question.constraint_message else None,
        max=question.most if question.type == "select_multiple" else None,
        choices=[ChoiceText(name=choice.name, label=choice.label[lang]) for choice in question.choices],
    )
