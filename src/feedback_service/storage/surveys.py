"""Questionnaires in the database: every version that a round was or will be asked with."""

from __future__ import annotations

import json

from sqlalchemy import Connection, func, insert, select

from ..surveys.document import read_document
from ..surveys.questionnaire import Questionnaire
from .schema import survey


def add_survey(connection: Connection, questionnaire: Questionnaire) -> int:
    """Keep a questionnaire as the survey's newest version; gives the version's number.

    The same questionnaire again is no new version.
    """
    known = connection.scalar(
        select(survey.c.version).where(
            survey.c.name == questionnaire.name, survey.c.fingerprint == questionnaire.fingerprint
        )
    )
    if known is not None:
        return int(known)
    newest = connection.scalar(
        select(func.coalesce(func.max(survey.c.version), 0)).where(survey.c.name == questionnaire.name)
    )
    version = int(newest or 0) + 1
    connection.execute(
        insert(survey).values(
            name=questionnaire.name,
            version=version,
            fingerprint=questionnaire.fingerprint,
            body=questionnaire.canonical.decode(),
        )
    )
    return version


def survey_names(connection: Connection) -> list[str]:
    """The names of all surveys."""
    return list(connection.scalars(select(survey.c.name).distinct().order_by(survey.c.name)))


def newest_survey(connection: Connection, name: str) -> Questionnaire | None:
    """The version that the survey's next round will ask."""
    body = connection.scalar(
        select(survey.c.body).where(survey.c.name == name).order_by(survey.c.version.desc()).limit(1)
    )
    return read_document(json.loads(body)) if body else None


def survey_by_fingerprint(connection: Connection, name: str, fingerprint: bytes) -> Questionnaire | None:
    """The version with that fingerprint."""
    body = connection.scalar(
        select(survey.c.body).where(survey.c.name == name, survey.c.fingerprint == fingerprint)
    )
    return read_document(json.loads(body)) if body else None


def newest_slugs(connection: Connection) -> list[str]:
    """The addresses of all surveys, open or not."""
    found = (newest_survey(connection, name) for name in survey_names(connection))
    return [questionnaire.slug for questionnaire in found if questionnaire]
