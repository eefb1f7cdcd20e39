"""A release together with the questionnaire it was asked with: what every report is built from."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from ..reports.across import MOST_ROUNDS
from ..reports.source import Source
from .releases import release_body
from .rounds import all_rounds
from .session import Store
from .surveys import survey_by_fingerprint


def read_source(store: Store, survey: str, round_id: str) -> tuple[Source, bytes] | None:
    """The newest issue of a release, parsed and verbatim; `None` where nothing is released."""
    with store.read() as connection:
        return find_source(connection, survey, round_id)


def find_source(connection: Connection, survey: str, round_id: str) -> tuple[Source, bytes] | None:
    """The same inside a transaction of the caller's."""
    found = release_body(connection, survey, round_id)
    asked = next((one for one in all_rounds(connection, survey) if one.round == round_id), None)
    if found is None or asked is None:
        return None
    questionnaire = survey_by_fingerprint(connection, survey, asked.fingerprint)
    if questionnaire is None:
        return None
    return Source(json.loads(found[1]), questionnaire), found[1]


def newest_complete_round(connection: Connection) -> str | None:
    """The newest round of which every survey that had it is released."""
    rounds = all_rounds(connection)
    for name in sorted({one.round for one in rounds}, reverse=True):
        if all(one.state in ("released", "shredded") for one in rounds if one.round == name):
            return name
    return None


def sources_of_round(connection: Connection, round_id: str) -> list[Source]:
    """The releases of all surveys of one round, clients' and counsellors' alike."""
    surveys = sorted({one.survey for one in all_rounds(connection) if one.round == round_id})
    found = (find_source(connection, survey, round_id) for survey in surveys)
    return [source for source, _ in filter(None, found)]


def sources_before(connection: Connection, round_id: str) -> list[Source]:
    """The releases of all surveys of the rounds before this one, oldest first, as many as a trend shows."""
    before = sorted({one.round for one in all_rounds(connection) if one.round < round_id})
    known = before[-(MOST_ROUNDS - 1) :]
    return [source for name in known for source in sources_of_round(connection, name)]
