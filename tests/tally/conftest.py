"""A round of a small survey: sealed answers to order, lawful and not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.regions.directory import baden_wuerttemberg
from feedback_service.sealing.envelope import info_for, suite
from feedback_service.sealing.keys import PrivateKey
from feedback_service.sealing.plaintext import pad
from feedback_service.secret import Secret
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire
from feedback_service.tally.open_batch import OpeningContext

ROUND = "2026-Q4"


def _question(name: str, kind: str, choices: str = "", **more: str) -> dict[str, Any]:
    closed = {"choices": [{"name": one, "label": {"de": one}} for one in choices.split()], "publish": "local"}
    return {"name": name, "type": kind, "label": {"de": name}, **(closed if choices else {}), **more}


@pytest.fixture(scope="session")
def survey() -> Questionnaire:
    return read_document(
        {
            "name": "small",
            "slug": "s",
            "audience": "clients",
            "source": "de",
            "languages": ["de"],
            "title": {"de": "Titel"},
            "intro": {"de": "Anfang"},
            "questions": [
                _question("region", "region", required="true"),
                _question("access", "select_one", "yes no"),
                _question("trust", "scale", "1 2 3 4 5"),
                _question("pressing", "select_multiple", "work housing papers other", publish="wide"),
                _question("why", "select_one", "far late", relevant="${access} = 'no'"),
                _question("comment", "text"),
            ],
        }
    )


@pytest.fixture(scope="session")
def private_key() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture(scope="session")
def context(survey: Questionnaire, private_key: PrivateKey) -> OpeningContext:
    regions = tuple((region.ags, region.name) for region in baden_wuerttemberg().regions.values())
    return OpeningContext(ROUND, survey.canonical, regions, Secret(private_key.to_bytes()))


@pytest.fixture(scope="session")
def content() -> Callable[..., dict[str, Any]]:
    """The content of one submission; `number` makes its record key, further names replace parts."""

    def made(number: int = 0, answers: object = None, **parts: Any) -> dict[str, Any]:
        return {
            "v": 1,
            "survey": "small",
            "lang": "de",
            "channel": "web",
            "answers": {"region": "08115"} if answers is None else answers,
            "record_key": f"{number:032x}",
            **parts,
        }

    return made


@pytest.fixture(scope="session")
def sealed(survey: Questionnaire, private_key: PrivateKey) -> Callable[..., bytes]:
    """Seals any content, as JSON where it is no bytes, whoever would refuse it."""

    def seal(inside: object, round_id: str = ROUND) -> bytes:
        raw = inside if isinstance(inside, bytes) else json.dumps(inside, ensure_ascii=False).encode()
        info = info_for(round_id, survey.fingerprint)
        return b"\x01" + suite().encrypt(pad(raw), private_key.public.handle, info)

    return seal
