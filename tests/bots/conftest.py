"""What the bots' tests share: what is asked, without a service."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from feedback_bot.conversation import Conversation
from feedback_bot.offered import Offer, Survey
from feedback_service.i18n import load_interfaces
from feedback_service.regions.directory import Region, baden_wuerttemberg
from feedback_service.sealing.keys import PublicKey
from feedback_service.sealing.seal import SealingContext
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey

TOWNS = [Region("08416041", "Tübingen, Universitätsstadt"), Region("08416036", "Rottenburg am Neckar, Stadt")]


def survey_of(questionnaire: Questionnaire, lang: str = "de", round_id: str = "2026-Q4") -> Survey:
    """A survey as if the service had told it, with a key that nobody keeps."""
    key = PublicKey(ec.generate_private_key(ec.SECP256R1()).public_key())
    context = SealingContext(questionnaire.name, round_id, questionnaire.fingerprint, key)
    return Survey(questionnaire, context, lang, date(2026, 12, 31))


@pytest.fixture(scope="session")
def interfaces() -> dict[str, Any]:
    return dict(load_interfaces())


@pytest.fixture(scope="session")
def conversation(interfaces: dict[str, Any]) -> Conversation:
    return Conversation(interfaces, tuple(interfaces))


@pytest.fixture(scope="session")
def offer() -> Offer:
    """Both standing surveys, with municipalities in one district."""
    surveys = tuple(survey_of(standing_survey(name)) for name in ("clients", "counsellors"))
    return Offer(surveys, baden_wuerttemberg().merged_with(TOWNS), "https://feedback.example")
