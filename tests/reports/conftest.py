"""A small release, written by hand as the design prints it, and the questionnaire that it was asked with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_service.i18n import Interface, load_interfaces
from feedback_service.regions.directory import Directory, Region, baden_wuerttemberg
from feedback_service.reports.source import Source
from feedback_service.surveys.document import read_document
from feedback_service.surveys.questionnaire import Questionnaire

LANGUAGES = ("de", "en")
SCALE = ("1", "2", "3", "4", "5")


def _texts(text: str) -> dict[str, str]:
    return {code: f"{text} {code}" for code in LANGUAGES}


def _question(name: str, kind: str, *choices: str, **more: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": kind, "label": _texts(f"Q {name}"), **more}
    if choices:
        found["choices"] = [{"name": one, "label": _texts(f"A {one}")} for one in choices]
    return found


def _released(count: list[int], **more: Any) -> dict[str, Any]:
    """One question's figures as a row holds them."""
    return {
        "kind": "select_one", "choices": [], "noisy": count, "count": count, "pct": None, "mean": None,
        "rank": None, "trend": None, **more,
    }  # fmt: skip


def _row(region: str, level: str, publish: str, n: int, **questions: dict[str, Any]) -> dict[str, Any]:
    return {
        "region": region, "level": level, "class": publish, "audience": "clients", "window": ["2026-Q4"],
        "n": n, "atoms": [region], "questions": questions,
    }  # fmt: skip


def _withheld(region: str, publish: str, pool: str | None) -> dict[str, Any]:
    return {
        "region": region, "class": publish, "audience": "clients", "reason": "fewer-than-k",
        "pooled_into": pool,
    }  # fmt: skip


def _trust(count: list[int], **more: Any) -> dict[str, Any]:
    return _released(count, choices=[*SCALE, "_none"], **more)


def _pressing(count: list[int], **more: Any) -> dict[str, Any]:
    return _released(count, kind="select_multiple", choices=["work", "housing", "other", "_none"], **more)


def _release() -> dict[str, Any]:
    """Böblingen has all, Freudenstadt too few for the wide class, Tuttlingen is pooled, Calw is nowhere."""
    return {
        "format": "feedback-release/1",
        "survey": "small",
        "round": "2026-Q4",
        "issue": 1,
        "issued": "2027-01-04",
        "parameters": {
            "k": {"local": 10, "wide": 20, "state": 25},
            "V": 3,
            "percent_from": 20,
            "mean_from": 30,
        },
        "atoms": [],
        "rows": [
            _row(
                "08",
                "state",
                "local",
                200,
                trust=_trust(
                    [20, 30, 50, 60, 30, 10],
                    pct=[10, 15, 25, 30, 15, 5],
                    mean=3.3,
                    trend=["up", None, None, "down", None, None],
                ),
                pressing=_pressing([120, 90, 6, 0], pct=[60, 45, 3, 0], rank=[1, 2, 3, None]),
            ),
            _row(
                "08115",
                "kreis",
                "local",
                40,
                trust=_trust([5, 6, 7, 8, 9, 5], pct=[13, 15, 18, 20, 23, 13], mean=3.2),
                pressing=_pressing(
                    [39, 12, 1, 0],
                    pct=[98, 30, 3, 0],
                    rank=[1, 2, 3, None],
                    trend=[None, "up", None, None],
                ),
            ),
            _row(
                "08237",
                "kreis",
                "local",
                14,
                trust=_trust([1, 2, 3, 4, 4, 0]),
                pressing=_pressing([9, 3, 0, 1]),
            ),
            _row(
                "083-rest",
                "pool",
                "local",
                12,
                trust=_trust([2, 2, 2, 2, 2, 2]),
                pressing=_pressing([0, 7, 7, 0]),
            ),
            _row(
                "08",
                "state",
                "wide",
                200,
                housing=_released([150, 40, 10], choices=["own", "shared", "_none"], pct=[75, 20, 5]),
            ),
            _row(
                "08115",
                "kreis",
                "wide",
                41,
                housing=_released([30, 10, 1], choices=["own", "shared", "_none"], pct=[73, 24, 2]),
            ),
            _row(
                "08",
                "state",
                "state",
                200,
                employer=_released([100, 80, 20], choices=["yes", "no", "_none"], pct=[50, 40, 10]),
            ),
        ],
        "withheld": [
            _withheld("08235", "local", None),
            _withheld("08235", "wide", None),
            _withheld("08237", "wide", "08-rest"),
            _withheld("08327", "local", "083-rest"),
            _withheld("08327", "wide", "083-rest"),
        ],
        "invalid": 3,
        "chain": {"previous": "", "this": "", "signature": None},
    }


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    return read_document(
        {
            "name": "small",
            "slug": "s",
            "audience": "clients",
            "source": "de",
            "languages": list(LANGUAGES),
            "title": _texts("Title"),
            "intro": _texts("Intro"),
            "questions": [
                _question("region", "region", required="true"),
                _question("trust", "scale", *SCALE, publish="local"),
                _question("housing", "select_one", "own", "shared", publish="wide"),
                _question("pressing", "select_multiple", "work", "housing", "other", publish="local"),
                _question("employer", "select_one", "yes", "no", publish="state"),
                _question("comment", "text"),
            ],
        }
    )


@pytest.fixture
def release() -> dict[str, Any]:
    """A fresh copy: tests change it."""
    return _release()


@pytest.fixture
def source(release: dict[str, Any], questionnaire: Questionnaire) -> Source:
    return Source(release, questionnaire)


@pytest.fixture(scope="session")
def directory() -> Directory:
    return baden_wuerttemberg().merged_with([Region("08115003", "Böblingen, Stadt")])


@pytest.fixture(scope="session")
def english() -> Interface:
    return load_interfaces()["en"]


@pytest.fixture(scope="session")
def say(english: Interface) -> Callable[..., str]:
    return english.plain
