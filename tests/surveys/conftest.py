"""Small surveys to order: a region question, whatever else a test asks, two languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.regions.directory import Directory, Region, baden_wuerttemberg
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.surveys.yaml_form import standing_survey

LANGUAGES = ("de", "en")
TYPES_WITH_CHOICES = ("select_one", "select_multiple", "scale")


def _texts(text: str) -> dict[str, str]:
    return {code: f"{text} ({code})" for code in LANGUAGES}


def _question(name: str, kind: str = "select_one", *choices: str, **more: Any) -> dict[str, Any]:
    """A question; keys set to `None` are left out."""
    found: dict[str, Any] = {"name": name, "type": kind, "label": _texts(name)}
    if kind in TYPES_WITH_CHOICES:
        names = choices or (("1", "2", "3", "4", "5") if kind == "scale" else ("yes", "no"))
        found["choices"] = [{"name": one, "label": _texts(one)} for one in names]
        found["publish"] = "local"
    return {key: value for key, value in {**found, **more}.items() if value is not None}


def _document(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    region = _question("region", "region", required="true")
    document: dict[str, Any] = {
        "name": "small",
        "slug": "s",
        "audience": "clients",
        "source": "de",
        "languages": list(LANGUAGES),
        "title": _texts("title"),
        "intro": _texts("intro"),
        "questions": [region, *questions],
    }
    return {key: value for key, value in {**document, **more}.items() if value is not None}


@pytest.fixture(scope="session")
def texts() -> Callable[[str], dict[str, str]]:
    return _texts


@pytest.fixture(scope="session")
def question() -> Callable[..., dict[str, Any]]:
    return _question


@pytest.fixture(scope="session")
def document() -> Callable[..., dict[str, Any]]:
    return _document


@pytest.fixture(scope="session")
def survey() -> Callable[..., Questionnaire]:
    def read(*questions: dict[str, Any], **more: Any) -> Questionnaire:
        return read_document(_document(*questions, **more))

    return read


@pytest.fixture(scope="session")
def standing() -> dict[str, Questionnaire]:
    return {name: standing_survey(name) for name in ("clients", "counsellors")}


@pytest.fixture(scope="session")
def directory() -> Directory:
    """The shipped tree with one municipality."""
    return baden_wuerttemberg().merged_with([Region("08115003", "Böblingen")])
